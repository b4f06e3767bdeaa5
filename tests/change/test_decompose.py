"""What `decompose` refuses, warns of, and says about its result."""

import warnings

import numpy as np
import pytest

from mrio.change import decompose
from mrio.errors import BalanceError, DataError, DataWarning, LabelError, MissingDataError, UnitsError
from mrio.schema import EFFECTS
from mrio.tables import System
from mrio.transfer import measure_transfer
from tests.compare import assert_close, level

BOTH = pytest.mark.parametrize(
    "compare",
    [
        lambda a, b, names, **o: decompose(a, b, names, **o),
        lambda a, b, names, **o: measure_transfer(a, b, accounts=names, **o),
    ],
    ids=["decompose", "measure_transfer"],
)


@pytest.fixture
def tables(worked):
    return worked.a, worked.b


def refused(kind, compare, a, b, names="co2", **options):
    """Return the error with which a comparison is refused."""
    with pytest.raises(DataError) as caught:
        compare(a, b, names, **options)
    assert type(caught.value) is kind
    assert caught.value.remedy
    return caught.value


# -- accounts -----------------------------------------------------------------------------------------------


@BOTH
def test_an_account_that_one_table_lacks(tables, compare):
    a, b = tables
    error = refused(LabelError, compare, a, b.replace(accounts={}))
    assert error.what == "The table has no account 'co2'."
    assert error.where == "1, 4 regions x 3 sectors"
    assert error.remedy == "accounts are 'value_added'"


@BOTH
def test_an_account_in_two_units(tables, compare):
    a, b = tables
    flows = b.accounts["co2"].values
    error = refused(UnitsError, compare, a, b.replace(accounts={"co2": (flows, "1e4 t CO2")}))
    assert error.what == "The account 'co2' is in two units."
    assert error.amount == "'Mt CO2' and '1e4 t CO2'"
    compare(a, b.replace(accounts={"co2": (flows, "1e6 t CO2")}), "co2")


@BOTH
@pytest.mark.parametrize("names", [[], ["co2", "co2"]])
def test_accounts_named_twice_or_not_at_all(tables, compare, names):
    error = refused(DataError, compare, *tables, names)
    assert error.what == "Accounts are named twice or not at all."
    assert error.amount == f"got {tuple(names)}"


@BOTH
def test_the_dependent_form_without_value_added(tables, compare):
    error = refused(DataError, compare, *tables, dependent=True)
    assert error.what == "The dependent form exists for value added only."
    assert error.amount == "accounts co2"


# -- treatments ---------------------------------------------------------------------------------------------


@BOTH
def test_imports_known_in_two_ways(tables, compare):
    a, b = tables
    error = refused(MissingDataError, compare, a, b.replace(imports_Z=None, imports_Y=None))
    assert error.what == "The two tables know imports in different ways."
    assert error.amount == "'product' and 'none'"


@BOTH
def test_imports_that_the_tables_do_not_hold(tables, compare):
    a, b = (
        t.replace(
            imports_Z=None,
            imports_Y=None,
            imports_row_Z=t.arrays.imports_by_user,
            imports_row_Y=t.arrays.imports_by_demand,
        )
        for t in tables
    )
    error = refused(MissingDataError, compare, a, b, imports="sourced")
    assert error.what == "Imports cannot be sourced by product: the tables know them as one row only."
    none = [t.replace(imports_row_Z=None, imports_row_Y=None) for t in (a, b)]
    error = refused(MissingDataError, compare, *none, imports="row")
    assert error.what == "Imports cannot be a row: the tables hold no imports."


@BOTH
@pytest.mark.parametrize("option", ["imports", "exports"])
def test_options_that_are_not_there(tables, compare, option):
    with pytest.raises(ValueError, match=f"{option}='maybe': choose"):
        compare(*tables, "co2", **{option: "maybe"})


def test_a_method_that_is_not_there(tables):
    with pytest.raises(ValueError, match=r"method='lucky': choose one of shapley, polar_mean"):
        decompose(*tables, method="lucky")


@pytest.mark.parametrize(("kind", "expected"), [("product", "sourced"), ("row", "row"), ("none", "domestic")])
def test_the_finest_treatment_of_imports_is_taken_and_said(tables, kind, expected):
    changed = []
    for t in tables:
        rows = {"imports_row_Z": t.arrays.imports_by_user, "imports_row_Y": t.arrays.imports_by_demand}
        without = {} if kind == "product" else {"imports_Z": None, "imports_Y": None}
        changed.append(t.replace(**without, **(rows if kind == "row" else {})))
    d = decompose(*changed, "co2", exports="sourced")
    assert d.data.attrs["imports"] == expected
    assert d.data.attrs["exports"] == "sourced"


def test_exports_of_one_period_only(tables):
    a, b = tables
    d = decompose(a.replace(exports=None), b, "co2")
    zeros = decompose(a.replace(exports=np.zeros((4, 3))), b, "co2")
    np.testing.assert_array_equal(d.effects, zeros.effects)


# -- negative flows -----------------------------------------------------------------------------------------


@BOTH
def test_negative_flows_are_flagged(tables, compare):
    a, b = tables
    Z, Y = a.arrays.Z.copy(), a.arrays.Y.copy()
    Z[0, 1], Y[1, 2, 3, 0] = -100.0, -50.0
    with pytest.warns(DataWarning, match="2 purchase cells have sourcing shares outside") as caught:
        result = compare(a.replace(Z=Z, Y=Y), b, "co2")
    assert caught[0].filename == __file__
    assert int(result.data["flag_intermediate"].sum()) == 1
    assert int(result.data["flag_intermediate"].sel(sector="RES", use_region="BJ", use_sector="TEC")) == 1
    assert int(result.data["flag_final"].sel(sector="SRV", use_region="RC", demand="CONS")) == 1


def cancelled(name, index, table):
    """Return a table in which the flows of one purchase cancel."""
    values = {n: getattr(table.arrays, n).copy() for n in ("Z", "Y", "imports_Z", "imports_Y")}
    values["Z"] = values["Z"].reshape(4, 3, 4, 3)
    origins = np.concatenate([values[name], values[f"imports_{name}"][np.newaxis]])
    origins[(0, *index)] = 0.0
    rest = origins[(slice(None), *index)].sum()
    values[name][(0, *index)] = -rest
    return table.replace(**{name: values[name]})


@BOTH
@pytest.mark.parametrize(
    ("name", "index", "what"),
    [("Z", (1, 2, 0), "intermediate purchases (Z)"), ("Y", (1, 2, 0), "final purchases (Y)")],
)
def test_flows_that_cancel_have_no_shares(tables, compare, name, index, what):
    a, b = tables
    error = refused(DataError, compare, cancelled(name, index, a), b)
    assert error.what.startswith(f"Flows of different sign cancel out in {what}")
    assert error.amount.startswith("1 cells, up to ")
    assert "stock_change=" in error.remedy


def test_imports_that_cancel_home_flows_have_no_shares(tables):
    a, b = tables
    MZ = a.arrays.imports_Z.copy()
    MZ[1, 2, 0] = -a.arrays.Z.reshape(4, 3, 4, 3)[:, 1, 2, 0].sum()
    error = refused(DataError, decompose, a.replace(imports_Z=MZ), b)
    assert "intermediate purchases (Z)" in error.what


@pytest.mark.parametrize("whole", [False, True])
def test_final_use_that_cancels_has_no_mix(tables, whole):
    # Inventories inside Y often do: gains of one product, losses of another.
    a, b = (t.replace(imports_Z=None, imports_Y=None) for t in tables)
    Y = a.arrays.Y.copy()
    Y[:, 1:, 2, 1] = 0.0
    Y[:, 1, 2, 1] = -Y[:, 0, 2, 1]
    what = "the products of a final demand category (Y)"
    if whole:
        Y[:, :, 2, 1] = -Y[:, :, 2, 0]
        what = "the final demand of a region (Y)"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        error = refused(DataError, decompose, a.replace(Y=Y), b)
    assert what in error.what


# -- dependent form -----------------------------------------------------------------------------------------


def test_columns_that_buy_although_all_is_value_added(tables):
    a, b = tables
    V = a.arrays.V.copy()
    V[0, 1, 1] = a.arrays.x[1, 1]
    with pytest.raises(BalanceError, match="dependent form does not exist") as caught:
        decompose(a.replace(V=V), b)
    assert caught.value.amount == "1 columns"
    assert "dependent=False" in caught.value.remedy
    decompose(a.replace(V=V), b, dependent=False)


def test_a_column_that_buys_nothing_takes_the_input_mix_of_the_other_period():
    # One region, one product: 1 - v is 1e-16 in the first period, as several factors may leave it.
    def table(period, Z, V):
        words = {"regions": ["A"], "sectors": ["goods"], "demand": ["final"], "unit": "CNY"}
        flows = {"Z": [[Z]], "Y": [[10.0]], "V": [V]}
        return System.from_arrays(**words, **flows, price_basis="current CNY", period=period)

    a, b = table("0", 0.0, np.nextafter(10.0, 0.0)), table("1", 6.0, 10.0)
    d = decompose(a, b)
    # The input mix never differs, so it has no effect; intensity and chain cancel, value added is demand.
    assert_close(d.effects.sel(effect="input_mix"), [[0.0]], scale=10.0)
    assert_close(d.effects.sel(effect="intensity"), [[0.0]], scale=10.0)


# -- small changes ------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("size", [1e-3, 1e-6, 1e-9])
def test_a_small_change_is_not_refused_for_its_rounding(tables, compare, size):
    a, _ = tables
    Y = a.arrays.Y.copy()
    moved = size * Y[0, 0, 0, 0]
    Y[0, 0, 0, 0] -= moved
    Y[1, 0, 0, 0] += moved
    y = Y.sum(axis=(2, 3)) + a.arrays.outside_demand
    growth = np.asarray(a.leontief.solve(y.ravel())).reshape(4, 3) / a.arrays.x
    b = a.replace(
        period="1",
        Z=a.arrays.Z * growth.ravel(),
        Y=Y,
        V=a.arrays.V * growth,
        imports_Z=a.arrays.imports_Z * growth,
        accounts={"co2": (a.accounts["co2"].values * growth, "Mt CO2")},
    )
    result = compare(a, b, "co2")
    assert "of the total change, or of a thousandth of the account" in result.data.attrs["checks"]
    d = decompose(a, b, "co2")
    rest = d.effects.drop_sel(effect="final_sourcing")
    scale = level(a, b, "co2")
    assert_close(rest, np.zeros(rest.shape), scale, tolerance=1e-14)
    assert_close(d.effects.sel(effect="final_sourcing"), d.total, scale, tolerance=1e-14)


# -- the result ---------------------------------------------------------------------------------------------


def test_labels_and_units(worked):
    d = decompose(worked.a, worked.b, "co2")
    assert d.effects.dims == ("effect", "region", "sector")
    assert d.effects.name == "effects"
    assert d.effects.attrs["units"] == d.total.attrs["units"] == d.residual.attrs["units"] == "Mt CO2"
    labels = list(d.effects["effect"].values)
    assert labels == [label for label in EFFECTS if label in labels]
    assert tuple(d.effects["region"].values) == worked.a.regions
    both = decompose(worked.a, worked.b, ["value_added", "co2"])
    assert both.effects.dims == ("account", "effect", "region", "sector")
    assert list(both.effects["unit"].values) == ["1e8 CNY", "Mt CO2"]
    assert both.total.dims == both.residual.dims == ("account", "region", "sector")


def test_changing_a_view_does_not_change_the_result(worked):
    d = decompose(worked.a, worked.b, "co2")
    before = d.data.copy(deep=True)
    for view in (d.effects, d.total, d.residual):
        view.attrs["units"] = "apples"
        view.values = np.zeros(view.shape)
    assert d.data.identical(before)


def test_share(worked):
    d = decompose(worked.a, worked.b, "co2")
    share = d.share()
    assert share.dims == ("effect", "region")
    assert share.attrs["units"] == "1"
    assert_close(share.sum("effect"), np.ones(4))
    expected = d.effects.sum("sector") / d.total.sum("sector")
    assert_close(share, expected)
    nothing = decompose(worked.a, worked.a.replace(period="again"), "co2").share()
    assert bool(nothing.isnull().all())


def test_long_table(worked):
    d = decompose(worked.a, worked.b, ["value_added", "co2"])
    frame = d.to_dataframe()
    assert frame.columns.tolist() == ["account", "effect", "region", "sector", "value", "unit"]
    assert len(frame) == 2 * d.effects.sizes["effect"] * 12
    row = frame.set_index(["account", "effect", "region", "sector"]).loc[("co2", "level", "HE", "TEC")]
    expected = d.data["co2"].sel(effect="level", region="HE", sector="TEC").item()
    assert row.tolist() == [expected, "Mt CO2"]


def test_summary(worked):
    summary = decompose(worked.a, worked.b, "co2").summary()
    assert summary.columns.tolist() == ["BJ", "TJ", "HE", "RC", "all regions"]
    assert summary.index[-1] == "total change"
    assert_close(summary.iloc[:-1].sum(), summary.iloc[-1])
    both = decompose(worked.a, worked.b, ["value_added", "co2"]).summary()
    assert both.index.names == ["account", "effect"]
    assert "technology" not in both.loc["value_added [1e8 CNY]"].index
    assert "input_mix" not in both.loc["co2 [Mt CO2]"].index


def test_words(worked):
    d = decompose(worked.a, worked.b, "co2", "polar_mean")
    assert d.title == "Decomposition of co2, 0 to 1, polar_mean"
    assert repr(d).startswith("<Decomposition: Decomposition of co2, 0 to 1, polar_mean>")
    assert "effects add up to the change" in repr(d)
    assert "<table" in d._repr_html_()
    attrs = d.data.attrs
    assert attrs["price_note"] == "each period in its own prices: changes contain price changes"
    assert attrs["source"] == "not stated"
    constant = [t.replace(price_basis="constant 2007 CNY, producer prices") for t in (worked.a, worked.b)]
    note = decompose(*constant, "co2").data.attrs["price_note"]
    assert note == "prices of 2007: changes are changes of volume"


def test_value_added_is_the_default(worked):
    d = decompose(worked.a, worked.b)
    assert d.accounts == ("value_added",)
    assert "input_mix" in d.effects["effect"]
    assert d.data["value_added"].attrs["form"].startswith("dependent")


def test_population_of_one_period_only_is_told(worked):
    without = worked.a.replace(population=None)
    with pytest.warns(DataWarning, match="knows its population"):
        d = decompose(without, worked.b, "co2")
    assert "population" not in d.effects["effect"].values
