import copy
import dataclasses
import pickle

import numpy as np
import pytest
from hypothesis import given
from scipy import sparse

from mrio.change import decompose
from mrio.errors import DataError, LabelError, MissingDataError
from mrio.provenance import Provenance
from mrio.schema import LONG_NAMES, SYSTEM_DIMS
from mrio.tables import Account, System
from tests.compare import assert_close
from tests.strategies import pairs

# -- what goes in comes out ---------------------------------------------------------------------------------


def test_arrays_come_out_labelled(table):
    s = System.from_arrays(**table)
    for name, dims in SYSTEM_DIMS.items():
        array = s.array(name)
        if name in ("imports_row_Z", "imports_row_Y", "discrepancy"):
            assert array is None
            continue
        assert array.dims == dims
        assert array.attrs["units"] == ("1e4 person" if name == "population" else "1e8 CNY")
        assert array.attrs["long_name"] == LONG_NAMES[name]
        for dim in dims:
            assert tuple(array[dim].values) == s.labels.of(dim)
        if name in table:
            np.testing.assert_array_equal(array.values.ravel(), table[name].ravel())
    assert s.Z.attrs["price_basis"] == "current CNY, producer prices"
    assert "price_basis" not in s.population.attrs


def test_reference_output(worked):
    for period, s in (("0", worked.a), ("1", worked.b)):
        derived = worked.expected["derived"][period]
        assert_close(s.x, derived["x"])
        assert_close(s.A.values.reshape(12, 12), derived["A"])
        assert_close(s.leontief.inverse(), derived["L"])


def test_flattened_arrays_are_the_same_table(table):
    flat = {
        "Z": table["Z"].reshape(12, 12),
        "Y": table["Y"].reshape(12, 8),
        "V": table["V"].ravel(),
        "exports": table["exports"].ravel(),
        "imports_Z": table["imports_Z"].reshape(3, 12),
        "imports_Y": table["imports_Y"].reshape(3, 8),
        "accounts": {"co2": (table["accounts"]["co2"][0].ravel(), "Mt CO2")},
    }
    first, second = System.from_arrays(**table), System.from_arrays(**{**table, **flat})
    for name in SYSTEM_DIMS:
        if getattr(first.arrays, name) is not None:
            np.testing.assert_array_equal(getattr(first.arrays, name), getattr(second.arrays, name))
    np.testing.assert_array_equal(first.accounts["co2"].values, second.accounts["co2"].values)


def test_sparse_flows_are_the_same_table(table):
    dense = System.from_arrays(**table)
    s = System.from_arrays(**{**table, "Z": sparse.csr_array(dense.arrays.Z)})
    assert sparse.issparse(s.A)
    # Rows are added up in another order.
    np.testing.assert_allclose(s.A.toarray(), dense.A.values.reshape(12, 12), rtol=1e-14)
    np.testing.assert_allclose(s.leontief.inverse(), dense.leontief.inverse(), rtol=1e-13)
    assert s.check().to_dataframe()["passed"].equals(dense.check().to_dataframe()["passed"])
    d = decompose(s, s.replace(period="again"), "co2")
    assert_close(d.effects, np.zeros(d.effects.shape), scale=1e3, tolerance=1e-12)
    for part in (s.arrays.Z.data, s.A.data):
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 1.0


def test_what_was_not_given_is_none(table):
    for name in ("exports", "stock_change", "imports_Z", "imports_Y", "population"):
        table[name] = None
    s = System.from_arrays(**table)
    assert s.exports is None
    assert s.imports_Z is None
    assert s.population is None
    assert s.imports == "none"


def test_several_factors(table):
    V = np.stack([table["V"] * 0.6, table["V"] * 0.4])
    s = System.from_arrays(**{**table, "V": V, "factors": ["wages", "profits"]})
    assert s.factors == ("wages", "profits")
    assert s.V.dims == ("factor", "region", "sector")
    np.testing.assert_allclose(s.account("value_added").values, table["V"], rtol=1e-15)


def test_accounts(table):
    flows = table["accounts"]["co2"][0]
    table["accounts"]["energy"] = Account(2 * flows, "PJ", direct=[1.0, 2.0, 3.0, 4.0])
    s = System.from_arrays(**table)
    assert s.account_names == ("value_added", "co2", "energy")
    assert s.account("co2").direct is None
    assert s.account("energy").total() == pytest.approx(2 * flows.sum() + 10, rel=1e-14)
    assert s.account("energy").flows.attrs["units"] == "PJ"
    assert s.account("value_added").unit == "1e8 CNY"
    assert "Mt CO2" in repr(s.account("co2"))
    with pytest.raises(LabelError, match="no account 'ch4'") as caught:
        s.account("ch4")
    assert caught.value.remedy == "accounts are 'value_added', 'co2', 'energy'"


def test_intensities(worked):
    derived = worked.expected["derived"]["0"]
    s = worked.a
    assert_close(s.account("co2").intensity(s.arrays.x), derived["fc"])
    assert_close(s.account("value_added").intensity(s.arrays.x), derived["fv"])


# -- nothing changes ----------------------------------------------------------------------------------------


def test_arrays_are_locked_and_the_input_is_left_alone(table):
    before = {name: value.copy() for name, value in table.items() if isinstance(value, np.ndarray)}
    s = System.from_arrays(**table)
    for name, value in before.items():
        own = getattr(s.arrays, name)
        assert not np.shares_memory(own, table[name])
        with pytest.raises(ValueError, match="read-only"):
            own[...] = 0.0
        with pytest.raises(ValueError, match="read-only"):
            s.array(name).values[...] = 0.0
        np.testing.assert_array_equal(table[name], value)
    flows = s.accounts["co2"]
    assert not np.shares_memory(flows.values, table["accounts"]["co2"][0])
    for locked in (flows.values, flows.flows.values, s.arrays.x, s.A.values, s.leontief.A):
        with pytest.raises(ValueError, match="read-only"):
            locked[...] = 0.0


def test_attributes_are_frozen(worked):
    s = worked.a
    for holder in (s, s.arrays, s.labels, s.provenance):
        for field in dataclasses.fields(holder):
            with pytest.raises(AttributeError):
                setattr(holder, field.name, None)
    with pytest.raises(TypeError):
        s.accounts["new"] = s.accounts["co2"]
    with pytest.raises(AttributeError):
        s.x = 1.0


def test_changing_a_view_does_not_change_the_table(worked):
    x = worked.a.x
    x.attrs["units"] = "apples"
    x.values = np.zeros(x.shape)
    assert worked.a.x.attrs["units"] == "1e8 CNY"
    assert worked.a.x.values.all()


# -- replace ------------------------------------------------------------------------------------------------


def test_replace_changes_one_part_of_a_new_table(worked):
    s = worked.a
    new = s.replace(exports=2 * s.arrays.exports)
    np.testing.assert_allclose(new.arrays.x - s.arrays.x, s.arrays.exports, rtol=1e-9)
    np.testing.assert_array_equal(new.arrays.Z, s.arrays.Z)
    assert new.accounts["co2"].unit == "Mt CO2"
    assert s.exports is not None
    assert s.replace(exports=None).exports is None


def test_the_operator_is_handed_on_only_when_A_is_the_same(worked):
    s = worked.a
    same = ("period", "scenario", "accounts", "population", "V")
    changes = {"period": "2", "scenario": "low", "accounts": {}, "population": None, "V": 2 * s.arrays.V}
    operator = s.leontief
    for name in same:
        assert s.replace(**{name: changes[name]}).leontief is operator
    for other in ({"exports": None}, {"Z": s.arrays.Z / 2}, {"regions": ["a", "b", "c", "d"]}):
        assert s.replace(**other).leontief is not operator


def test_the_operator_of_a_replaced_table_is_its_own(worked):
    new = worked.a.replace(Z=worked.a.arrays.Z / 2)
    y = new.arrays.final_demand.ravel()
    np.testing.assert_allclose(new.leontief.solve(y), new.arrays.x.ravel(), rtol=1e-12)


def test_replace_renames_regions_and_keeps_the_accounts(worked):
    new = worked.a.replace(regions=["a", "b", "c", "d"])
    assert new.regions == ("a", "b", "c", "d")
    np.testing.assert_array_equal(new.accounts["co2"].values, worked.a.accounts["co2"].values)
    assert tuple(new.accounts["co2"].flows["region"].values) == new.regions


def test_replace_of_the_source(worked):
    assert worked.a.replace(source="elsewhere").provenance == Provenance("elsewhere")
    with pytest.raises(TypeError, match=r"unknown parts \['flows'\]"):
        worked.a.replace(flows=1)


# -- words --------------------------------------------------------------------------------------------------


def test_repr_says_what_there_is(worked):
    text = repr(worked.a)
    assert "4 regions x 3 sectors" in text
    assert "1e8 CNY, current CNY, producer prices" in text
    assert "accounts: value_added, co2" in text
    assert "discrepancy" not in text
    assert repr(worked.a.replace(scenario="low")).startswith("<System 0 (low), 4 regions")


def test_html_shows_headline_and_escapes_words(worked):
    s = worked.a.replace(provenance=Provenance("<b>source</b>", headline="estimated & modelled"))
    page = s._repr_html_()
    assert "estimated &amp; modelled" in page
    assert "<b>source</b>" not in page
    assert "estimated & modelled" in repr(s)


def test_summary(worked):
    s = worked.a
    summary = s.summary()
    assert summary.index.tolist() == ["BJ", "TJ", "HE", "RC"]
    np.testing.assert_allclose(summary["output [1e8 CNY]"], s.arrays.x.sum(axis=1), rtol=1e-10)
    total = s.arrays.imports_Z.sum() + s.arrays.imports_Y.sum()
    assert summary["imports [1e8 CNY]"].sum() == pytest.approx(total, rel=1e-14)
    assert summary["co2 [Mt CO2]"].sum() == pytest.approx(s.accounts["co2"].total(), rel=1e-14)


# -- accounting identities ----------------------------------------------------------------------------------


@given(pairs())
def test_rows_and_columns_balance(pair):
    for s in pair.systems():
        report = s.check()
        assert report["row balance"].passed
        assert report["column balance"].passed
        assert report["sum of value added"].passed
        assert report["productive A"].passed
        np.testing.assert_array_equal(s.arrays.x, s.arrays.row_sums())


@given(pairs())
def test_output_is_what_demand_needs(pair):
    for s in pair.systems():
        x = s.leontief.solve(s.arrays.final_demand.ravel())
        assert_close(x, s.arrays.x.ravel(), tolerance=1e-12)


@given(pairs())
def test_production_and_consumption_accounts_add_up(pair):
    s, _ = pair.systems()
    R, N = s.arrays.x.shape
    for name in s.account_names:
        account = s.account(name)
        f = account.intensity(s.arrays.x).ravel()
        y = np.concatenate(
            [s.arrays.Y.sum(axis=3).reshape(R * N, R), s.arrays.outside_demand.reshape(R * N, 1)], axis=1
        )
        embodied = f[:, np.newaxis] * np.asarray(s.leontief.solve(y))
        total = account.values.sum()
        scale = np.abs(account.values).sum()
        assert_close(embodied.sum(axis=1), account.values.ravel(), scale, what="by producer")
        consumption = np.asarray(s.leontief.solve_left(f)) @ y
        assert_close(consumption, embodied.sum(axis=0), scale, what="by consumer")
        assert_close(consumption.sum(), total, scale)


@given(pairs(imports="none"))
def test_income_per_unit_of_demand_is_one_in_a_closed_chain(pair):
    s, _ = pair.systems()
    f = s.account("value_added").intensity(s.arrays.x).ravel()
    multipliers = np.asarray(s.leontief.solve_left(f))
    # A sector without output pays nothing and has no chain.
    active = s.arrays.x.ravel() != 0
    np.testing.assert_allclose(multipliers[active], 1.0, rtol=1e-12)


def test_a_table_survives_a_process_pool(worked):
    sent = pickle.loads(pickle.dumps(worked.a))
    assert sent.labels == worked.a.labels
    assert sent.provenance == worked.a.provenance
    np.testing.assert_array_equal(sent.arrays.Z, worked.a.arrays.Z)
    np.testing.assert_array_equal(sent.accounts["co2"].values, worked.a.accounts["co2"].values)


def test_identical_tables(worked):
    s = worked.a
    assert s.identical(pickle.loads(pickle.dumps(s)))
    assert s.identical(copy.deepcopy(s))
    flows = s.accounts["co2"].values
    for changes in (
        {"scenario": "low"},
        {"V": 2 * s.arrays.V},
        {"source": "elsewhere"},
        {"accounts": {"co2": (flows, "kt CO2")}},
        {"regions": ["a", "b", "c", "d"]},
    ):
        assert not s.identical(s.replace(**changes))
    assert not s.identical(s.arrays)


@pytest.mark.parametrize("name", ["Z", "Y", "V", "x", "exports", "imports_Z", "imports_Y", "population"])
def test_frames_come_out_and_go_in_again(worked, table, name):
    frame = worked.a.to_dataframe(name)
    np.testing.assert_array_equal(frame.to_numpy().ravel(), getattr(worked.a.arrays, name).ravel())
    assert System.from_arrays(**{**table, name: frame}).identical(System.from_arrays(**table))


def test_frame_of_a_sparse_table(worked):
    s = worked.a.replace(Z=sparse.csr_array(worked.a.arrays.Z))
    np.testing.assert_array_equal(s.to_dataframe("Z").to_numpy(), worked.a.arrays.Z)
    with pytest.raises(DataError, match="Z is stored sparse"):
        s.array("Z")
    with pytest.raises(MissingDataError, match="discrepancy was not given"):
        s.to_dataframe("discrepancy")


def test_arrays_that_do_not_exist(worked):
    with pytest.raises(LabelError, match="no array 'L'"):
        worked.a.array("L")
    with pytest.raises(LabelError, match="no account"):
        worked.a.account(["co2"])


def test_gaps_between_rows_and_columns_are_told(worked):
    s = worked.a
    assert "columns miss" not in repr(s) + s._repr_html_()
    gap = s.replace(V=s.arrays.V + 0.1 * s.arrays.x.max())
    assert "columns miss output by up to 0.1 of the largest one: see check()" in repr(gap)
    assert "columns miss output by up to 0.1" in gap._repr_html_()


def test_a_table_of_one_cell_and_one_of_zeros():
    words = {"unit": "CNY", "price_basis": "current CNY", "period": "1"}
    labels = {"regions": ["A"], "sectors": ["g"], "demand": ["c"]}
    one = System.from_arrays(**labels, Z=[[1.0]], Y=[[1.0]], V=[1.0], **words)
    assert one.check().passed
    assert one.A.item() == 0.5
    none = System.from_arrays(**labels, Z=[[0.0]], Y=[[0.0]], V=[0.0], discrepancy=[0.0], **words)
    report = none.check()
    assert report["row balance"].worst == report["column balance"].worst == 0.0
    assert report["discrepancy"].passed
