"""LMDI, multiplicative form, groups and spread: reference case, brute force, properties, refusals."""

from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrio
from mrio.change import MultiplicativeDecomposition, decompose
from mrio.change.spread import BOUNDS
from mrio.errors import DataError, LabelError
from tests.compare import assert_close, level
from tests.naive import Model
from tests.strategies import Layout, Pair, pairs, random_table

ACCOUNTS = [("value_added", "va"), ("co2", "co2")]
NAMES = {
    "f": "intensity",
    "H": "technology",
    "C": "intermediate_sourcing",
    "D": "final_sourcing",
    "B": "product_mix",
    "S": "category_mix",
    "g": "level",
    "P": "population",
    "e": "exports",
}
POSITIVE = {"stocks": False, "discrepancy": False}
BLOCK = {"transfer": ["intermediate_sourcing", "final_sourcing"], "demand": ["level", "product_mix"]}


def small(seed=5, **layout):
    """Return a random pair of tables with few factors."""
    layout = Layout(**{"R": 2, "N": 2, "K": 2, **layout})
    rng = np.random.default_rng(seed)
    return Pair(layout, random_table(layout, rng, "0"), random_table(layout, rng, "1"))


# -- LMDI --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("account", "key"), ACCOUNTS)
def test_lmdi_of_the_reference_case(worked, account, key):
    d = decompose(worked.a, worked.b, account, "lmdi", dependent=False)
    expected = dict(worked.expected["indicators"][key]["lmdi"])
    inverse = d.effects.sel(effect=["technology", "intermediate_sourcing"]).sum("effect")
    assert_close(inverse.values.ravel(), expected.pop("L"), what="L")
    for symbol, values in expected.items():
        assert_close(d.effects.sel(effect=NAMES[symbol]).values.ravel(), values, what=symbol)


def plain_lmdi(pair, account, imports="domestic", exports="level", dependent=False):
    """Return LMDI effects by region and sector, term by term."""
    model = Model(pair.a, pair.b, account, imports, exports, dependent)
    R, N, n = model.R, model.N, model.R * model.N
    L = [model.inverse(frozenset()), model.inverse(frozenset(model.players))]
    dL = {name: (L[1] @ d @ L[0] + L[0] @ d @ L[1]) / 2 for name, d in coefficient_changes(model).items()}
    effects = {name: np.zeros(n) for name in model.players}
    f = [v.ravel() for v in model.values["intensity"]]
    for a, b in np.ndindex(n, n):
        for factors in demand_terms(model, *divmod(b, N)):
            own = {"own": [v[a] for v in f], "L": [inverse[a, b] for inverse in L], **factors}
            found = _term(own)
            effects["intensity"][a] += found.pop("own")
            change, effect = L[1][a, b] - L[0][a, b], found.pop("L")
            for inner, part in dL.items():
                effects[inner][a] += effect * part[a, b] / change if change else 0.0
            for name, value in found.items():
                effects[name][a] += value
    return {name: values.reshape(R, N) for name, values in effects.items()}


def coefficient_changes(model):
    """Return the Shapley value of the change of A for each factor inside of it, each (n, n)."""
    inner = ["input_mix" if model.dependent else "technology", "intermediate_sourcing"]
    inner += ["intensity"] if model.dependent else []
    n, count = model.R * model.N, len(inner)

    def A(state):
        sourcing = model.at("intermediate_sourcing", state)[: model.R]
        return (sourcing * model.technology(state)).reshape(n, n)

    changes = {name: np.zeros((n, n)) for name in inner}
    for order in permutations(inner):
        state = frozenset()
        for name in order:
            changes[name] += (A(state | {name}) - A(state)) / factorial(count)
            state |= {name}
    return changes


def demand_terms(model, o, j):
    """Yield the factors of every part of the demand for product j of region o."""
    values = model.values
    for s, k in np.ndindex(model.R, model.K):
        factors = {
            "final_sourcing": [v[o, j, s, k] for v in values["final_sourcing"]],
            "product_mix": [v[j, s, k] for v in values["product_mix"]],
            "category_mix": [v[s, k] for v in values["category_mix"]],
            "level": [v[s] for v in values["level"]],
        }
        if "population" in values:
            factors["population"] = [v[s] for v in values["population"]]
        yield factors
    if "export_sourcing" in values:
        shares, exports = (
            [v[place] for v in values[name]] for name, place in (("export_sourcing", (o, j)), ("exports", j))
        )
        yield {"export_sourcing": shares, "exports": exports}
    elif "exports" in values:
        yield {"exports": [v[o, j] for v in values["exports"]]}


def _term(factors):
    """Return the LMDI effects of one term, a product of positive or vanishing factors."""
    w = [np.prod([pair[t] for pair in factors.values()]) for t in (0, 1)]
    if w[0] > 0 and w[1] > 0:
        mean = w[0] if w[0] == w[1] else (w[1] - w[0]) / np.log(w[1] / w[0])
        return {name: mean * np.log(pair[1] / pair[0]) for name, pair in factors.items()}
    jumping = [name for name, pair in factors.items() if (pair[0] == 0) != (pair[1] == 0)]
    if w[0] == w[1]:
        return dict.fromkeys(factors, 0.0)
    return {name: (w[1] - w[0]) / len(jumping) if name in jumping else 0.0 for name in factors}


@pytest.mark.parametrize("holes", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_lmdi_is_the_sum_over_terms(seed, holes):
    pair = small(seed, holes=holes)
    a, b = pair.systems()
    d = decompose(a, b, "co2", "lmdi")
    for name, values in plain_lmdi(pair, "co2").items():
        assert_close(d.effects.sel(effect=name), values, level(a, b, "co2"), what=name)


@pytest.mark.parametrize("exports", ["level", "sourced"])
@pytest.mark.parametrize("dependent", [False, True])
@pytest.mark.parametrize("imports", ["sourced", "domestic", "row"])
def test_lmdi_is_the_sum_over_terms_in_every_treatment(imports, exports, dependent):
    pair = small(imports="product", exports=True, population=True, holes=dependent)
    a, b = pair.systems()
    account = "value_added" if dependent else "co2"
    d = decompose(a, b, account, "lmdi", imports=imports, exports=exports, dependent=dependent)
    expected = plain_lmdi(pair, account, imports, exports, dependent)
    assert set(expected) == set(d.effects["effect"].values)
    for name, values in expected.items():
        assert_close(d.effects.sel(effect=name), values, level(a, b, account), what=name)


@given(pairs(**POSITIVE), st.sampled_from(["value_added", "co2"]), st.sampled_from(["level", "sourced"]))
def test_lmdi_leaves_no_residual_and_flips_with_the_periods(pair, account, exports):
    a, b = pair.systems()
    there = decompose(a, b, account, "lmdi", exports=exports, spread=False)
    back = decompose(b, a, account, "lmdi", exports=exports, spread=False)
    assert_close(there.effects.sum("effect"), there.total, level(a, b, account))
    assert_close(back.effects, -there.effects, level(a, b, account))


def test_lmdi_refuses_negative_terms_with_their_cells(table):
    table["stock_change"][2, 1] = -5.0
    table["Y"][0, 0, 1, 1] = -2.5
    a = mrio.System.from_arrays(**table)
    with pytest.raises(DataError, match="logarithms") as caught:
        decompose(a, a.replace(period="1"), "co2", "lmdi")
    cells = caught.value.table
    assert list(cells["array"]) == ["stock_change + discrepancy"] * 2 + ["Y"] * 2
    assert "HE | TEC" in set(cells["cell"])
    assert "shapley" in str(caught.value)


@given(pairs(M=1), st.sampled_from(["value_added", "co2"]))
def test_mixed_lmdi_takes_stocks_of_any_sign(pair, account):
    a, b = pair.systems()
    d = decompose(a, b, account, "lmdi_mixed", spread=False)
    assert_close(d.effects.sum("effect"), d.total, level(a, b, account))
    back = decompose(b, a, account, "lmdi_mixed", spread=False)
    assert_close(back.effects, -d.effects, level(a, b, account))


def test_mixed_lmdi_without_negative_flows_differs_in_stocks_only(worked):
    # Stocks are zero here, so there is nothing that the two treat differently.
    plain, mixed = (decompose(worked.a, worked.b, "co2", method) for method in ("lmdi", "lmdi_mixed"))
    assert_close(mixed.effects, plain.effects, level(worked.a, worked.b, "co2"))
    ratio = decompose(worked.a, worked.b, "co2", "lmdi_mixed", form="multiplicative")
    assert_close(ratio.effects.prod("effect"), ratio.ratio)


def test_stocks_take_their_shapley_value_in_the_mixed_form(worked):
    h = [0.02 * worked.a.arrays.x, -0.03 * worked.b.arrays.x]
    a, b = (t.replace(stock_change=part) for t, part in zip((worked.a, worked.b), h, strict=True))
    with pytest.raises(DataError, match="lmdi_mixed"):
        decompose(a, b, "co2", "lmdi")
    d = decompose(a, b, "co2", "lmdi_mixed", imports="domestic")
    Z = [t.arrays.Z.reshape(4, 3, 12) for t in (a, b)]
    H = [Zt.sum(axis=0) / t.arrays.x.ravel() for Zt, t in zip(Z, (a, b), strict=True)]
    C = [Zt / Zt.sum(axis=0) for Zt in Z]
    f = [t.account("co2").values.ravel() / t.arrays.x.ravel() for t in (a, b)]

    def marginal(intensity, technology, sourcing):
        A = (C[sourcing] * H[technology]).reshape(12, 12)
        return f[intensity] * np.linalg.solve(np.eye(12) - A, (h[1] - h[0]).ravel())

    weights = [1 / 4, 1 / 12, 1 / 12, 1 / 4]
    expected = sum(weights[sum(state)] * marginal(*state) for state in np.ndindex(2, 2, 2))
    assert_close(d.effects.sel(effect="stocks_and_discrepancy").values.ravel(), expected)


# -- multiplicative ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("account", "key"), ACCOUNTS)
def test_multiplicative_reference_case(worked, account, key):
    d = decompose(worked.a, worked.b, account, form="multiplicative", dependent=False)
    expected = worked.expected["indicators"][key]
    for symbol, values in expected["multiplicative_shapley_by_region"].items():
        assert_close(d.effects.sel(effect=NAMES[symbol]), values, what=symbol)
    assert_close(d.ratio, expected["ratio_by_region"])


def test_multiplicative_shapley_is_the_geometric_mean_of_all_orders():
    pair = small()
    a, b = pair.systems()
    model = Model(pair.a, pair.b, "co2", "domestic")
    known = {}

    def totals(state):
        if state not in known:
            q = model.q(state).sum(axis=1)
            known[state] = np.log(np.append(q, q.sum()))
        return known[state]

    logs = {name: np.zeros(3) for name in model.players}
    for order in permutations(model.players):
        state = frozenset()
        for player in order:
            logs[player] += totals(state | {player}) - totals(state)
            state |= {player}
    d = decompose(a, b, "co2", form="multiplicative")
    for name, log in logs.items():
        expected = np.exp(log / factorial(len(model.players)))
        assert_close(d.effects.sel(effect=name), expected[:-1], what=name)
        assert d.all_regions()[name] == pytest.approx(expected[-1], rel=1e-10)


@given(
    pairs(**POSITIVE), st.sampled_from(["shapley", "polar_mean", "polar_forward", "polar_backward", "lmdi"])
)
def test_the_product_of_effects_is_the_ratio(pair, method):
    a, b = pair.systems()
    totals = [table.account("co2").values.sum(axis=1) for table in (a, b)]
    if min(part.min() for part in totals) == 0:
        with pytest.raises(DataError, match="zero or negative"):
            decompose(a, b, "co2", method, form="multiplicative", spread=False)
        return
    refused = None
    try:
        d = decompose(a, b, "co2", method, form="multiplicative", spread=False)
    except DataError as error:
        refused = error.table["smallest total"]
    if refused is not None:
        # Factors of both periods together can leave a region with nothing; LMDI has no such mixtures.
        assert method != "lmdi"
        assert (refused <= 0).all()
        return
    np.testing.assert_allclose(d.effects.prod("effect"), totals[1] / totals[0], rtol=1e-10)
    np.testing.assert_allclose(d.all_regions().prod(), totals[1].sum() / totals[0].sum(), rtol=1e-10)


def test_a_multiplicative_result_refuses_to_be_read_as_a_sum(worked, tmp_path):
    d = decompose(worked.a, worked.b, ["value_added", "co2"], form="multiplicative")
    assert isinstance(d, MultiplicativeDecomposition)
    assert d.data.attrs["form"] == "multiplicative"
    for wrong in (lambda: d.total, d.share):
        with pytest.raises(DataError, match="multiplicative"):
            wrong()
    assert_close(d.residual, np.zeros((2, 4)), 1.0)
    assert d.table("co2").index[-1] == "ratio (product)"
    assert_close(d.logarithms("co2").iloc[:-1].sum(), d.logarithms("co2").iloc[-1])
    d.to_netcdf(tmp_path / "d.nc")
    back = mrio.read_netcdf(tmp_path / "d.nc")
    assert isinstance(back, MultiplicativeDecomposition)
    assert back.data.identical(d.data)


# -- groups ------------------------------------------------------------------------------------------------


def test_groups_follow_the_orders_that_keep_them_together():
    pair = small()
    a, b = pair.systems()
    model = Model(pair.a, pair.b, "co2", "domestic")
    together = [{"intermediate_sourcing", "final_sourcing"}, {"level", "product_mix"}]
    known = {}

    def q(state):
        if state not in known:
            known[state] = model.q(state)
        return known[state]

    effects = {name: np.zeros((2, 2)) for name in model.players}
    count = 0
    for order in permutations(model.players):
        places = {name: place for place, name in enumerate(order)}
        if any(abs(np.subtract(*[places[name] for name in pair_])) != 1 for pair_ in together):
            continue
        count += 1
        state = frozenset()
        for player in order:
            effects[player] += q(state | {player}) - q(state)
            state |= {player}
    d = decompose(a, b, "co2", groups=BLOCK)
    for name, total in effects.items():
        assert_close(d.effects.sel(effect=name), total / count, level(a, b, "co2"), what=name)


@pytest.mark.parametrize("form", ["additive", "multiplicative"])
def test_groups_are_their_members_together(worked, form):
    d = decompose(worked.a, worked.b, "co2", form=form, groups=BLOCK)
    groups = d.groups
    members = d.effects.sel(effect=BLOCK["transfer"])
    expected = members.sum("effect") if form == "additive" else members.prod("effect")
    assert_close(groups.sel(group="transfer"), expected)
    assert list(groups["group"].values[:3]) == ["intensity", "technology", "transfer"]
    whole = groups.sum("group") if form == "additive" else groups.prod("group")
    assert_close(whole, d.total if form == "additive" else d.ratio)


def test_one_group_of_everything_and_groups_of_one_change_nothing(worked):
    plain = decompose(worked.a, worked.b, "co2")
    names = [str(name) for name in plain.effects["effect"].values]
    for groups in ({"all": names}, {f"only {name}": [name] for name in names}):
        d = decompose(worked.a, worked.b, "co2", groups=groups)
        assert_close(d.effects, plain.effects, level(worked.a, worked.b, "co2"))


@pytest.mark.parametrize(
    ("groups", "error", "words"),
    [
        ({"x": ["sourcing"]}, LabelError, "'sourcing'"),
        ({"x": ["level"], "y": ["level", "exports"]}, DataError, "two groups"),
        ({"x": []}, DataError, "names no factors"),
        ({"x": "level"}, DataError, "names no factors"),
        ({"exports": ["level"]}, DataError, "name of a factor"),
    ],
)
def test_groups_that_cannot_be(worked, groups, error, words):
    with pytest.raises(error, match=words):
        decompose(worked.a, worked.b, "co2", groups=groups)


def test_groups_belong_to_shapley_and_are_asked_for_by_name(worked):
    with pytest.raises(ValueError, match="Owen"):
        decompose(worked.a, worked.b, "co2", "lmdi", groups=BLOCK)
    with pytest.raises(DataError, match="without groups"):
        _ = decompose(worked.a, worked.b, "co2").groups
    with pytest.raises(ValueError, match="additive"):
        decompose(worked.a, worked.b, form="product")


def test_technology_in_a_group_is_input_mix_in_the_dependent_form(worked):
    groups = {"production": ["intensity", "technology"]}
    d = decompose(worked.a, worked.b, ["value_added", "co2"], groups=groups)
    own = d.data["value_added"].sel(effect=["intensity", "input_mix"]).sum("effect")
    assert_close(d.groups.sel(group="production", account="value_added"), own)


# -- spread ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["additive", "multiplicative"])
def test_spread_is_the_range_over_all_orders(form):
    pair = small(seed=9)
    a, b = pair.systems()
    model = Model(pair.a, pair.b, "value_added", "domestic", dependent=True)
    known = {}

    def total(state):
        if state not in known:
            q = model.q(state).sum(axis=1)
            q = np.append(q, q.sum())
            known[state] = np.log(q) if form == "multiplicative" else q
        return known[state]

    low = dict.fromkeys(model.players, np.full(3, np.inf))
    high = dict.fromkeys(model.players, np.full(3, -np.inf))
    for order in permutations(model.players):
        state = frozenset()
        for player in order:
            gain = total(state | {player}) - total(state)
            low[player], high[player] = np.minimum(low[player], gain), np.maximum(high[player], gain)
            state |= {player}
    d = decompose(a, b, form=form)
    scale = level(a, b, "value_added") if form == "additive" else 1.0
    for place, region in enumerate([*a.regions, None]):
        spread = d.spread(region=region)
        for name in model.players:
            expected = np.array([low[name][place], high[name][place]])
            expected = np.exp(expected) if form == "multiplicative" else expected
            assert_close(spread.loc[name, ["lowest", "highest"]], expected, scale, what=name)


@given(pairs(), st.sampled_from(["shapley", "polar_mean", "polar_forward", "polar_backward"]))
@settings(max_examples=10)
def test_every_form_lies_within_the_spread(pair, method):
    a, b = pair.systems()
    d = decompose(a, b, "co2", method)
    for region in (None, a.regions[0]):
        spread = d.spread(region=region)
        own = d.table("co2")["all regions" if region is None else region].iloc[:-1]
        slack = 1e-9 * level(a, b, "co2")
        assert (own >= spread["lowest"] - slack).all()
        assert (own <= spread["highest"] + slack).all()
        assert set(BOUNDS) <= set(spread.columns)


def test_spread_stands_beside_the_method_and_is_kept_in_files(worked, tmp_path):
    d = decompose(worked.a, worked.b, "co2", "lmdi")
    assert list(d.spread().columns) == ["lmdi", *BOUNDS]
    assert list(decompose(worked.a, worked.b, "co2").spread().columns) == list(BOUNDS)
    d.to_netcdf(tmp_path / "d.nc")
    assert mrio.read_netcdf(tmp_path / "d.nc").spread("co2", "HE").equals(d.spread("co2", "HE"))
    with pytest.raises(LabelError, match="'Hebei'"):
        d.spread(region="Hebei")
    bare = decompose(worked.a, worked.b, "co2", spread=False)
    with pytest.raises(DataError, match="spread"):
        bare.spread()
    assert bare.plot.whiskers_data() is None


def test_the_waterfall_has_whiskers(worked):
    plt = pytest.importorskip("matplotlib.pyplot")
    d = decompose(worked.a, worked.b, "co2")
    low = d.plot.whiskers_data(region="HE")["lowest"]
    assert_close(low, d.spread(region="HE")["lowest"])
    ax = d.plot.waterfall(region="HE")
    assert len(ax.containers) >= 3
    plt.close(ax.figure)
