"""The other measures of transfer: reference case, plain definitions, identities, names that stay apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrio
from mrio.errors import BalanceError, LabelError, MissingDataError
from mrio.transfer import CounterfactualTransfer, DemandTransfer, NoTransfer, Transfer, measure_transfer
from mrio.transfer.counterfactual import SITUATIONS
from mrio.transfer.no_transfer import own_economy
from tests.compare import assert_close, level, money
from tests.naive import Model
from tests.strategies import Layout, Pair, pairs, random_table

ACCOUNTS = [("value_added", "va"), ("co2", "co2")]
REFERENCES = ["base", "comparison", "mean"]
SOURCING = frozenset({"intermediate_sourcing", "final_sourcing", "export_sourcing"})


# -- two blocks and counterfactual -------------------------------------------------------------------------


@pytest.mark.parametrize(("account", "key"), ACCOUNTS)
@pytest.mark.parametrize("reference", REFERENCES)
def test_two_blocks_of_the_reference_case(worked, account, key, reference):
    t = measure_transfer(
        worked.a, worked.b, accounts=account, weights="two_block", reference=reference, dependent=False
    )
    expected = worked.expected["indicators"][key]["transfer_two_block"][reference]
    assert_close(t.direct.sum("use"), expected["Phi"], what="Phi")
    assert_close(t.impact(account).sum("use"), expected["Psi_region"], what="Psi")
    assert_close(t.affected(account).sum(["use", "part"]).values.ravel(), expected["effect"], what="effect")
    words = {"base": "base period", "comparison": "comparison period", "mean": "mean of both"}
    assert words[reference] in t.title
    assert t.data.attrs["reference"] == reference


@pytest.mark.parametrize(("account", "key"), ACCOUNTS)
@pytest.mark.parametrize("reference", REFERENCES)
def test_counterfactual_of_the_reference_case(worked, account, key, reference):
    c = measure_transfer(
        worked.a, worked.b, accounts=account, method="counterfactual", reference=reference, dependent=False
    )
    expected = worked.expected["indicators"][key]["transfer_two_block"]
    assert_close(c.effect(account).values.ravel(), expected[reference]["effect"])
    by_region = c.references(account)
    for name in REFERENCES:
        assert_close(by_region[name], np.reshape(expected[name]["effect"], (4, 3)).sum(axis=1), what=name)


@given(pairs(), st.sampled_from(["level", "sourced"]), st.booleans(), st.sampled_from(REFERENCES))
def test_counterfactual_by_its_definition(pair, exports, dependent, reference):
    a, b = pair.systems()
    imports = {"none": "domestic", "product": "sourced", "row": "row"}[pair.layout.imports]
    c = measure_transfer(
        a,
        b,
        accounts="value_added",
        method="counterfactual",
        reference=reference,
        exports=exports,
        dependent=dependent,
    )
    model = Model(pair.a, pair.b, "value_added", imports, exports, dependent)
    everything = frozenset(model.players)
    own = SOURCING & everything
    base = model.q(own) - model.q(frozenset())
    comparison = model.q(everything) - model.q(everything - own)
    expected = {"base": base, "comparison": comparison, "mean": (base + comparison) / 2}[reference]
    assert_close(c.effect("value_added"), expected, level(a, b, "value_added"))
    assert c.situations("value_added").shape == (pair.layout.R, len(SITUATIONS))


@given(pairs(), st.sampled_from(["level", "sourced"]), st.sampled_from(REFERENCES))
def test_two_blocks_add_up_to_the_counterfactual(pair, exports, reference):
    a, b = pair.systems()
    options = {"reference": reference, "exports": exports}
    t = measure_transfer(a, b, weights="two_block", **options)
    c = measure_transfer(a, b, method="counterfactual", **options)
    for account in t.accounts:
        found = t.impact(account).sum(["use", "from_region", "to_region", "sector"])
        assert_close(found, c.effect(account).sum("sector"), level(a, b, account), what=account)
        assert_close(
            t.affected(account).sum(["use", "part"]), c.effect(account), level(a, b, account), what=account
        )


@given(pairs())
def test_swapping_the_periods_flips_the_mean_and_swaps_base_and_comparison(pair):
    a, b = pair.systems()
    for reference, other in (("mean", "mean"), ("base", "comparison")):
        there = measure_transfer(a, b, weights="two_block", reference=reference)
        back = measure_transfer(b, a, weights="two_block", reference=other)
        turned = {"from_region": "to_region", "to_region": "from_region"}
        flows = back.direct.rename(turned).transpose(*there.direct.dims)
        assert_close(flows, there.direct.values, money(a, b))
        impact = back.impact("co2").rename(turned).transpose(*there.impact("co2").dims)
        assert_close(impact, -there.impact("co2").values, level(a, b, "co2"))


# -- demand ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "key"), [("output", "output"), *ACCOUNTS])
def test_demand_of_the_reference_case(worked, name, key):
    d = measure_transfer(worked.a, worked.b, method="demand")
    expected = worked.expected["demand_driven"][key]
    assert_close(d.induced(name).values[0], expected["X0"])
    assert_close(d.induced(name).values[1], expected["X1"])
    assert_close(d.transfer(name).transpose("to_region", "sector", "from_region"), expected["dX"])
    assert_close(d.net(name), expected["net"])


@given(pairs())
def test_users_add_up_to_output_and_accounts(pair):
    a, b = pair.systems()
    d = measure_transfer(a, b, method="demand")
    for period, table in enumerate((a, b)):
        assert_close(d.induced()[period].sum("use_region"), table.arrays.x, money(a, b))
        co2 = d.induced("co2")[period].sum("use_region")
        assert_close(co2, table.account("co2").values, level(a, b, "co2"))
    assert_close(d.table()["total change"], (b.arrays.x - a.arrays.x).sum(axis=1), money(a, b))
    net = d.net().to_numpy()
    np.testing.assert_array_equal(net, -net.T)


# -- no transfer -------------------------------------------------------------------------------------------


def plain_alone(given_, closed):
    """Return the output of regions that make for themselves, region by region with the inverse."""
    R, N = len(given_["regions"]), len(given_["sectors"])
    zeros = np.zeros((R, N))
    parts = {name: zeros if given_[name] is None else given_[name] for name in ("exports", "stock_change")}
    discrepancy = zeros if given_["discrepancy"] is None else given_["discrepancy"]
    sold = sum(parts.values()) + discrepancy
    x = given_["Z"].sum(axis=(2, 3)) + given_["Y"].sum(axis=(2, 3)) + sold
    alone = np.zeros((R, N))
    for r in range(R):
        bought = given_["Z"][:, :, r].sum(axis=0)
        used = given_["Y"][:, :, r].sum(axis=(0, 2))
        if closed:
            bought = bought + given_["imports_Z"][:, r]
            used = used + given_["imports_Y"][:, r].sum(axis=1) + sold[r] - parts["exports"][r]
        else:
            used = used + sold[r]
        H = np.array([[bought[i, j] / x[r, j] if x[r, j] else 0.0 for j in range(N)] for i in range(N)])
        alone[r] = np.linalg.inv(np.eye(N) - H) @ used
    return x, alone


@given(pairs(), st.booleans())
def test_no_transfer_by_its_definition(pair, closed):
    closed = closed and pair.layout.imports == "product"
    a, b = pair.systems()
    n = measure_transfer(a, b, method="no_transfer", imports="sourced" if closed else "domestic")
    for period, given_ in enumerate((pair.a, pair.b)):
        x, alone = plain_alone(given_, closed)
        assert_close(n.actual()[period], x, money(a, b))
        assert_close(n.alone()[period], alone, money(a, b))
        f = np.divide(given_["accounts"]["co2"][0], x, out=np.zeros_like(x), where=x != 0)
        assert_close(n.transferred("co2")[period], f * (x - alone), level(a, b, "co2"))


def test_no_transfer_of_one_table(worked):
    n = measure_transfer(worked.b, method="no_transfer")
    assert n.periods == ("1",)
    both = measure_transfer(worked.a, worked.b, method="no_transfer")
    assert_close(n.transferred(), both.transferred()[1:])
    assert n.data.attrs["abroad"] == "closed"


def test_a_region_without_trade_transfers_nothing():
    layout = Layout(R=1, N=3, K=2)
    rng = np.random.default_rng(2)
    a, b = Pair(layout, random_table(layout, rng, "0"), random_table(layout, rng, "1")).systems()
    n = measure_transfer(a, b, method="no_transfer")
    assert_close(n.transferred(), np.zeros((2, 1, 3)), money(a, b))


def test_the_balance_of_trade_adds_up_to_nothing_between_regions(worked):
    own = own_economy(worked.a, "domestic")
    assert_close(own.balance.sum(axis=0), np.zeros(3), money(worked.a, worked.b))


# -- level -------------------------------------------------------------------------------------------------


def plain_level(pair, buyers):
    """Return what moves with gains and losses told apart after adding up over buyers, final purchases only.

    The volumes of final purchases do not depend on intensity and chains, so the states of demand are enough.
    """
    model = Model(pair.a, pair.b, "co2", "domestic")
    first, second = model.values["final_sourcing"]
    volume = 0.0
    for S, w in model.others("final_sourcing"):
        if not S & {"intensity", "technology", "intermediate_sourcing"}:
            volume = volume + w * model.volume(S)
    moved = (second - first) * volume
    R, N = model.R, model.N
    Phi = np.zeros((R, R, N))
    for i in range(N):
        for group in buyers(R):
            net = moved[:, i, group].sum(axis=(1, 2))
            gains, losses = np.maximum(net, 0), np.maximum(-net, 0)
            Phi[:, :, i] += np.outer(losses, gains) / gains.sum() if gains.sum() else 0.0
    return Phi


@pytest.mark.parametrize("seed", range(3))
def test_levels_of_final_purchases_by_their_definition(seed):
    from mrio.change.factors import factors_of, treatment_of
    from mrio.transfer.flows import final_flows
    from mrio.transfer.redistribution import between_origins
    from mrio.transfer.weights import weighted_demand, weights_by_rule

    layout = Layout(R=3, N=2, K=2)
    rng = np.random.default_rng(seed)
    pair = Pair(layout, random_table(layout, rng, "0"), random_table(layout, rng, "1"))
    a, b = pair.systems()
    demand = factors_of(a, b, ("co2",), treatment_of(a, b, None, "level")).demand
    weighted = weighted_demand(weights_by_rule("shapley", "mean", demand), demand)
    volumes = weighted.final[0, 0, 0][np.newaxis]
    for groups, buyers in (
        (1, lambda R: [list(range(R))]),
        (3, lambda R: [[s] for s in range(R)]),
    ):
        found = final_flows(demand, volumes, between_origins, groups)[0]
        assert_close(found, plain_level(pair, buyers), money(a, b))


@given(pairs(), st.sampled_from(["level", "sourced"]))
def test_net_transfers_and_impacts_do_not_depend_on_the_level(pair, exports):
    a, b = pair.systems()
    results = [
        measure_transfer(a, b, level=name, exports=exports) for name in ("cell", "buyer_region", "product")
    ]
    gross = [t.direct.sum().item() for t in results]
    slack = 1e-12 * money(a, b)
    assert gross[0] >= gross[1] - slack
    assert gross[1] >= gross[2] - slack
    for t in results[1:]:
        assert_close(t.balance("sector")["net"], results[0].balance("sector")["net"], money(a, b))
        for account in t.accounts:
            found = t.affected(account).sum("part")
            assert_close(found, results[0].affected(account).sum("part"), level(a, b, account))
    assert [t.data.attrs["level"] for t in results] == ["cell", "buyer_region", "product"]


# -- names that stay apart ---------------------------------------------------------------------------------


def test_measures_are_told_apart_by_class_kind_title_and_file(worked, tmp_path):
    measures = {
        "sourcing": Transfer,
        "demand": DemandTransfer,
        "no_transfer": NoTransfer,
        "counterfactual": CounterfactualTransfer,
    }
    results = {name: measure_transfer(worked.a, worked.b, method=name) for name in measures}
    assert len({type(result).kind for result in results.values()}) == 4
    assert len({repr(result).splitlines()[0] for result in results.values()}) == 4
    for name, result in results.items():
        assert type(result) is measures[name]
        assert result.method == name
        result.to_netcdf(tmp_path / f"{name}.nc")
        back = mrio.read_netcdf(tmp_path / f"{name}.nc")
        assert type(back) is measures[name]
        assert back.data.identical(result.data)
        assert "checks" in result.data.attrs
        assert len(result.to_dataframe())
        assert result._repr_html_()
    titles = {
        measure_transfer(worked.a, worked.b, method="counterfactual", reference=reference).title
        for reference in REFERENCES
    }
    assert len(titles) == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "demand", "imports": "domestic"}, "does not know imports"),
        ({"method": "demand", "block": ["HE"]}, "does not know block"),
        ({"method": "no_transfer", "weights": "two_block"}, "does not know weights"),
        ({"method": "counterfactual", "level": "product"}, "does not know level"),
        ({"method": "counterfactual", "reference": "first"}, "'comparison'"),
        ({"method": "shares"}, "no_transfer"),
        ({"reference": "base"}, "two_block"),
        ({"weights": "owen"}, "'two_block'"),
        ({"level": "sector"}, "'buyer_region'"),
        ({"scheme": "nested", "block": ["HE"], "level": "product"}, "nested"),
    ],
)
def test_options_that_do_not_go_together(worked, options, words):
    with pytest.raises(ValueError, match=words):
        measure_transfer(worked.a, worked.b, **options)


def test_two_tables_are_needed_to_compare(worked):
    with pytest.raises(MissingDataError, match="two tables"):
        measure_transfer(worked.a)
    with pytest.raises(LabelError, match="'value_added'"):
        measure_transfer(worked.a, worked.b, method="demand", accounts="co2").induced("value_added")


def test_an_identity_that_does_not_hold_refuses_the_result(worked, monkeypatch):
    monkeypatch.setattr("mrio.transfer.demand.induced_output", lambda system: np.ones((4, 3, 5)))
    with pytest.raises(BalanceError, match="induced output"):
        measure_transfer(worked.a, worked.b, method="demand")
