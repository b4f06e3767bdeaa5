"""Every way in which input can be wrong: class, the four parts of the message, and the cells."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import sparse

from mrio.errors import (
    BalanceError,
    DataError,
    LabelError,
    MissingDataError,
    PriceBasisError,
    UnitsError,
)
from mrio.tables import Account, System


def refused(kind, table, **changes):
    """Return the error with which a table is refused."""
    with pytest.raises(DataError) as caught:
        System.from_arrays(**{**table, **changes})
    assert type(caught.value) is kind
    assert "what to do" in str(caught.value)
    return caught.value


def cells(error):
    """Return the offending cells as plain rows."""
    return error.table.to_numpy().tolist()


# -- numbers that are none ----------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("name", "index", "where"),
    [
        ("Z", (0, 1, 2, 0), ["BJ", "TEC", "HE", "RES"]),
        ("Y", (3, 0, 1, 1), ["RC", "RES", "TJ", "CAPF"]),
        ("V", (2, 1), ["value_added", "HE", "TEC"]),
        ("exports", (0, 0), ["BJ", "RES"]),
        ("stock_change", (1, 2), ["TJ", "SRV"]),
        ("imports_Z", (0, 3, 1), ["RES", "RC", "TEC"]),
        ("imports_Y", (2, 0, 0), ["SRV", "BJ", "CONS"]),
        ("population", (2,), ["HE"]),
    ],
)
def test_no_number(table, name, index, where, bad):
    table[name][index] = bad
    error = refused(MissingDataError, table)
    assert error.what == f"{name} holds NaN or infinity."
    assert error.where == " | ".join(where) + f" = {bad:.6g}"
    assert error.amount == "1 cells"
    assert "empty cells mean" in error.remedy
    assert [row[:-1] for row in cells(error)] == [where]


def test_no_number_in_an_account(table):
    flows = table["accounts"]["co2"][0].copy()
    flows[1, 1] = np.nan
    error = refused(MissingDataError, table, accounts={"co2": (flows, "Mt CO2")})
    assert error.what == "account 'co2' holds NaN or infinity."
    assert error.where == "TJ | TEC = nan"
    error = refused(MissingDataError, table, accounts={"co2": (np.ones((4, 3)), "Mt CO2", [1, np.nan, 2, 3])})
    assert error.what == "direct flows of account 'co2' holds NaN or infinity."
    assert error.where == "TJ = nan"


def test_masked_cells_are_no_numbers(table):
    mask = np.zeros(table["Z"].shape, dtype=bool)
    mask[0, 0, 1, 2] = True
    error = refused(MissingDataError, table, Z=np.ma.array(table["Z"], mask=mask))
    assert error.where == "BJ | RES | TJ | SRV = nan"


@pytest.mark.parametrize("bad", ["12", "n/a", None, "", pd.NA, 1j])
def test_something_that_is_no_number(table, bad):
    Z = table["Z"].astype(object)
    Z[0, 0, 1, 2] = bad
    error = refused(MissingDataError, table, Z=Z)
    assert error.what == "Z holds something that is no number."
    assert error.where == f"'BJ' | 'RES' | 'TJ' | 'SRV' | {bad!r}"
    assert error.amount == "1 cells"
    assert len(error.table) == 1


def test_a_whole_array_of_text(table):
    error = refused(MissingDataError, table, exports=table["exports"].astype(str))
    assert error.what == "exports holds something that is no number."
    assert error.amount == "12 cells"


def test_complex_numbers(table):
    error = refused(MissingDataError, table, Z=table["Z"] + 0j)
    assert error.what == "Z holds something that is no number."


@pytest.mark.parametrize("name", ["Z", "Y", "V"])
def test_nothing_where_something_is_needed(table, name):
    error = refused(MissingDataError, table, **{name: None})
    assert error.what == f"{name} was not given."


def test_all_problems_of_the_arrays_are_told_at_once(table):
    table["Z"][0, 0, 0, 0] = np.nan
    table["exports"][1, 1] = np.inf
    error = refused(MissingDataError, table)
    assert error.what.startswith("2 problems were found:\n1. Z holds NaN")
    assert "exports holds NaN" in error.what
    assert len(error.table) == 2


# -- shapes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "got", "expected"),
    [
        ("Z", np.ones((12, 11)), "(12, 11)", "(4, 3, 4, 3) or (12, 12)"),
        ("Z", np.ones((3, 4, 3, 4)), "(3, 4, 3, 4)", "(4, 3, 4, 3) or (12, 12)"),
        ("Y", np.ones((12, 7)), "(12, 7)", "(4, 3, 4, 2) or (12, 8)"),
        ("V", np.ones(11), "(11,)", "(1, 4, 3) or (1, 12) or (12,) or (4, 3)"),
        ("exports", np.ones((3, 4)), "(3, 4)", "(4, 3) or (12,)"),
        ("population", np.ones((4, 1)), "(4, 1)", "(4,)"),
        ("imports_Z", np.ones((4, 3, 3)), "(4, 3, 3)", "(3, 4, 3) or (3, 12)"),
        ("x", 3.0, "()", "(4, 3) or (12,)"),
    ],
)
def test_wrong_shape(table, name, value, got, expected):
    error = refused(DataError, table, **{name: value})
    assert error.what == f"{name} has the wrong shape."
    assert error.amount == f"got {got}, expected {expected}"
    assert "rows sell, columns buy" in error.remedy


def test_rows_of_two_lengths(table):
    error = refused(DataError, table, exports=[[1.0, 2.0], [3.0]])
    assert error.what == "exports is not an array."
    assert error.remedy == "give rows of one length"


def test_factors_without_names(table):
    error = refused(LabelError, table, V=np.ones((2, 4, 3)))
    assert error.what == "V has 2 primary inputs but no names."


# -- labels -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "labels", "what", "where"),
    [
        ("regions", ["BJ", "TJ ", "HE", "RC"], "Some regions have blanks before or after the name.", "'TJ '"),
        ("sectors", ["RES", "TEC", "RES"], "Some sectors stand twice.", "'RES'"),
        ("demand", ["CONS", ""], "The demand of a table must be a list of texts.", ""),
        ("regions", [1, 2, 3, 4], "The regions of a table must be a list of texts.", ""),
        ("demand", [], "The demand of a table must be a list of texts.", ""),
        (
            "regions",
            ["BJ", "TJ", "HE", "abroad"],
            "A region is called 'abroad', the word for the origin outside the table.",
            "",
        ),
    ],
)
def test_labels_that_cannot_be(table, field, labels, what, where):
    error = refused(LabelError, table, **{field: labels})
    assert error.what == what
    assert error.where == where


def dataarray(table, name, dims):
    """Return an array of the table with its own labels."""
    labels = {"region": "regions", "use_region": "regions", "sector": "sectors", "use_sector": "sectors"}
    labels["demand"] = "demand"
    return xr.DataArray(table[name], dims=dims, coords={dim: table[labels[dim]] for dim in dims})


def test_labelled_input_is_taken_where_its_labels_are_those_of_the_table(table):
    Z = dataarray(table, "Z", ("region", "sector", "use_region", "use_sector"))
    plain = System.from_arrays(**table)
    np.testing.assert_array_equal(System.from_arrays(**{**table, "Z": Z}).arrays.Z, plain.arrays.Z)


@pytest.mark.parametrize(
    ("dim", "change", "where", "remedy"),
    [
        ("region", {1: "TJ "}, "position 1: 'TJ ' and 'TJ'", "blanks or capitals"),
        ("use_sector", {0: "res"}, "position 0: 'res' and 'RES'", "blanks or capitals"),
        ("use_region", {0: "TJ", 1: "BJ"}, "position 0: 'TJ' and 'BJ'; position 1: 'BJ' and 'TJ'", "order"),
        ("sector", {2: "OTH"}, "position 2: 'OTH' and 'SRV'", "common classification"),
    ],
)
def test_labels_of_a_dataarray(table, dim, change, where, remedy):
    Z = dataarray(table, "Z", ("region", "sector", "use_region", "use_sector"))
    labels = Z[dim].values.astype(object)
    for position, label in change.items():
        labels[position] = label
    error = refused(LabelError, table, Z=Z.assign_coords({dim: labels}))
    assert error.what == f"The labels of dim {dim!r} differ between Z and the table."
    assert error.where == where
    assert error.amount == f"{len(change)} of {len(labels)} positions differ"
    assert remedy in error.remedy
    assert error.table["Z"].tolist() == list(change.values())


def test_dims_of_a_dataarray(table):
    Z = dataarray(table, "Z", ("region", "sector", "use_region", "use_sector"))
    turned = Z.transpose("use_region", "use_sector", "region", "sector")
    error = refused(LabelError, table, Z=turned)
    assert error.what == "Z has the wrong dims."
    assert "expected ('region', 'sector', 'use_region', 'use_sector')" in error.amount


def frame(table, name):
    """Return an array of the table as a labelled frame."""
    rows = pd.MultiIndex.from_product([table["regions"], table["sectors"]])
    users = pd.MultiIndex.from_product([table["regions"], table["demand"]])
    R, N, K = 4, 3, 2
    return {
        "Z": lambda v: pd.DataFrame(v.reshape(R * N, R * N), rows, rows),
        "Y": lambda v: pd.DataFrame(v.reshape(R * N, R * K), rows, users),
        "V": lambda v: pd.DataFrame(v.reshape(1, R * N), ["value_added"], rows),
        "exports": lambda v: pd.Series(v.ravel(), rows),
        "stock_change": lambda v: pd.DataFrame(v, table["regions"], table["sectors"]),
        "imports_Z": lambda v: pd.DataFrame(v.reshape(N, R * N), table["sectors"], rows),
        "imports_Y": lambda v: pd.DataFrame(v.reshape(N, R * K), table["sectors"], users),
        "population": lambda v: pd.Series(v, table["regions"]),
    }[name](table[name])


FRAMES = ("Z", "Y", "V", "exports", "stock_change", "imports_Z", "imports_Y", "population")


@pytest.mark.parametrize("name", FRAMES)
def test_labelled_frames_are_taken(table, name):
    plain = System.from_arrays(**table)
    labelled = System.from_arrays(**{**table, name: frame(table, name)})
    np.testing.assert_array_equal(getattr(labelled.arrays, name), getattr(plain.arrays, name))


@pytest.mark.parametrize(
    ("name", "axis"),
    [
        *((name, 0) for name in FRAMES if name != "V"),
        *((name, 1) for name in FRAMES if name not in ("exports", "population")),
    ],
)
def test_reordered_frames_are_refused(table, name, axis):
    value = frame(table, name)
    order = [1, 0, *range(2, value.shape[axis])]
    turned = value.iloc[order] if axis == 0 else value.iloc[:, order]
    error = refused(LabelError, table, **{name: turned})
    assert f"differ between {name} and the table" in error.what
    assert "another order" in error.remedy
    assert error.amount.startswith("2 of ")
    assert len(error.table) == 2


@pytest.mark.parametrize("name", FRAMES)
def test_frames_off_by_one_space_are_refused(table, name):
    value = frame(table, name)
    axis = value.axes[-1]
    if axis.nlevels == 2:
        labels = [
            (first + " ", second) if k == 0 else (first, second) for k, (first, second) in enumerate(axis)
        ]
        axis = pd.MultiIndex.from_tuples(labels)
    else:
        axis = [label + " " if k == 0 else label for k, label in enumerate(axis)]
    error = refused(LabelError, table, **{name: value.set_axis(axis, axis=value.ndim - 1)})
    assert "blanks or capitals" in error.remedy


def test_frames_whose_labels_cannot_be_compared(table):
    Z = frame(table, "Z")
    Z.index = [" / ".join(label) for label in Z.index]
    error = refused(LabelError, table, Z=Z)
    assert error.what == "The labels of Z cannot be compared with those of the table."
    assert error.amount == "1 levels for region and sector"
    assert "MultiIndex" in error.remedy


def test_frames_without_labels_are_plain_numbers(table):
    plain = System.from_arrays(**table)
    Z = pd.DataFrame(table["Z"].reshape(12, 12))
    np.testing.assert_array_equal(System.from_arrays(**{**table, "Z": Z}).arrays.Z, plain.arrays.Z)


def test_labels_of_an_account(table):
    flows, unit = table["accounts"]["co2"]
    labelled = xr.DataArray(
        flows,
        dims=("region", "sector"),
        coords={"region": ["TJ", "BJ", "HE", "RC"], "sector": table["sectors"]},
    )
    error = refused(LabelError, table, accounts={"co2": (labelled, unit)})
    assert error.what == "The labels of dim 'region' differ between account 'co2' and the table."


# -- balance ------------------------------------------------------------------------------------------------


def test_unbalanced_rows(table):
    x = System.from_arrays(**table).arrays.x.copy()
    x[2, 1] *= 1.01
    x[0, 0] *= 0.5
    error = refused(BalanceError, table, x=x)
    assert error.what == "Rows do not add up to the gross output that was given."
    assert error.where == "BJ | RES = 0.5; HE | TEC = 0.00990099"
    assert error.amount == "largest relative difference 0.5, tolerance 1e-06"
    assert "discrepancy=" in error.remedy
    assert error.table.columns.tolist() == ["region", "sector", "relative_difference"]


def test_rounded_output_is_replaced_by_the_row_sums_and_said_so(table):
    exact = System.from_arrays(**table)
    s = System.from_arrays(**{**table, "x": exact.arrays.x * (1 + 1e-8)})
    np.testing.assert_array_equal(s.arrays.x, exact.arrays.x)
    (step,) = s.provenance.steps
    assert step.action == "took row sums for gross output"
    assert step.details["largest_relative_difference"] == pytest.approx(1e-8, rel=1e-6)


def idle(table):
    """Empty the sector TJ | TEC."""
    for name, index in {
        "Z": [(1, 1), (slice(None), slice(None), 1, 1)],
        "Y": [(1, 1)],
        "V": [(1, 1)],
        "exports": [(1, 1)],
        "stock_change": [(1, 1)],
        "imports_Z": [(slice(None), 1, 1)],
    }.items():
        for place in index:
            table[name][place] = 0.0
    flows, unit = table["accounts"]["co2"]
    flows = flows.copy()
    flows[1, 1] = 0.0
    table["accounts"] = {"co2": (flows, unit)}
    return table


def test_a_sector_without_output_may_be_empty(table):
    s = System.from_arrays(**idle(table))
    assert s.arrays.x[1, 1] == 0.0
    assert not s.A.values[:, :, 1, 1].any()


@pytest.mark.parametrize(
    ("name", "index", "verb"),
    [
        ("Z", (0, 0, 1, 1), "buys or pays"),
        ("V", (1, 1), "buys or pays"),
        ("imports_Z", (2, 1, 1), "buys or pays"),
    ],
)
def test_a_sector_without_output_that_buys(table, name, index, verb):
    idle(table)[name][index] = 7.0
    error = refused(DataError, table)
    assert error.what == f"A sector with zero output {verb}: coefficients do not exist there."
    assert error.where == "TJ | TEC = 7"
    assert error.amount == "1 sectors"
    assert cells(error) == [["TJ", "TEC", 7.0]]


def test_a_sector_without_output_that_sells(table):
    idle(table)["Y"][1, 1, 0, 0] = 7.0
    table["stock_change"][1, 1] = -7.0
    error = refused(DataError, table)
    assert error.what == "A sector with zero output sells: coefficients do not exist there."
    assert cells(error) == [["TJ", "TEC", 14.0]]


def test_a_sector_without_output_that_emits(table):
    flows, unit = idle(table)["accounts"]["co2"]
    flows[1, 1] = 3.0
    error = refused(DataError, table, accounts={"co2": (flows, unit)})
    assert error.what.startswith("A sector with zero output has flows of account 'co2'")
    assert cells(error) == [["TJ", "TEC", 3.0]]


# -- parts that belong together -----------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["imports_Z", "imports_Y"])
def test_imports_for_one_kind_of_user_only(table, missing):
    error = refused(MissingDataError, table, **{missing: None})
    assert error.what == "Imports are given for one kind of user only."
    assert error.where in ("imports_Z", "imports_Y")
    assert error.where != missing
    assert "zeros where there are none" in error.remedy


def test_imports_twice(table):
    error = refused(
        DataError,
        table,
        imports_row_Z=table["imports_Z"].sum(axis=0),
        imports_row_Y=table["imports_Y"].sum(axis=0),
    )
    assert error.what == "Imports are given both by product and as one row."
    assert "count twice" in error.remedy


# -- words --------------------------------------------------------------------------------------------------


def test_unit_that_is_no_money(table):
    error = refused(UnitsError, table, unit="Mt CO2")
    assert error.what == "The unit of the table is no money: 'Mt CO2'."


def test_unit_and_price_basis_in_two_currencies(table):
    error = refused(PriceBasisError, table, unit="1e8 USD")
    assert error.what == "Unit and price basis name two currencies."
    assert error.amount == "'1e8 USD' and 'current CNY, producer prices'"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"unit": ""}, UnitsError),
        ({"price_basis": "2017"}, PriceBasisError),
        ({"population_unit": ""}, UnitsError),
        ({"accounts": {"co2": (np.ones((4, 3)), "")}}, UnitsError),
    ],
)
def test_words_that_say_nothing(table, changes, kind):
    refused(kind, table, **changes)


@pytest.mark.parametrize("bad", [0.0, -5.0])
def test_population_that_cannot_be(table, bad):
    table["population"][0] = bad
    error = refused(DataError, table)
    assert error.what == "Population must be positive."
    assert error.amount == f"smallest {bad:g}"


@pytest.mark.parametrize(
    "name",
    ["value_added", "x", "exports", "region", "effect", "value_added_total", "", " co2", "a/b", "a\nb"],
)
def test_account_names_that_mean_something_else(table, name):
    error = refused(DataError, table, accounts={name: table["accounts"]["co2"]})
    assert error.what == f"An account cannot be called {name!r}."
    assert "choose" in error.remedy


@pytest.mark.parametrize("suffix", ["_direct", "_total"])
def test_account_names_that_are_part_of_another(table, suffix):
    flows = table["accounts"]["co2"]
    error = refused(DataError, table, accounts={"co2": flows, f"co2{suffix}": flows})
    assert error.what == f"An account cannot be called 'co2{suffix}'."
    assert error.where == f"accounts 'co2', 'co2{suffix}'"


@pytest.mark.parametrize("value", [np.ones((4, 3)), (np.ones((4, 3)),), {"co2": 1}, (np.ones((4, 3)), 3)])
def test_accounts_without_a_unit(table, value):
    error = refused(DataError, table, accounts={"co2": value})
    assert error.what == "The account 'co2' cannot be read."
    assert error.amount == f"got {type(value).__name__}"


def test_account_of_another_shape(table):
    error = refused(DataError, table, accounts={"co2": Account(np.ones((3, 4)), "Mt CO2")})
    assert error.what == "account 'co2' has the wrong shape."


# -- input that looks right ---------------------------------------------------------------------------------


def test_a_transposed_matrix_is_told_from_a_table_with_gaps(table):
    balanced = System.from_arrays(**table)
    turned = np.asarray(balanced.arrays.Z).T
    for Z in (turned, sparse.csr_array(turned)):
        error = refused(BalanceError, table, Z=Z)
        assert error.what == "Z stands transposed: with rows and columns exchanged the table balances."
        assert error.remedy.endswith("Z.T")
    assert System.from_arrays(**{**table, "V": 2 * table["V"]}).check()["column balance"].passed is False


@pytest.mark.parametrize(("factor", "largest"), [(1e200, "e+20"), (1e-200, "e-19"), (5e302, "inf")])
def test_output_that_cannot_be_computed_with(table, factor, largest):
    names = ("Z", "Y", "V", "exports", "stock_change", "imports_Z", "imports_Y")
    error = refused(DataError, table, **{name: table[name] * factor for name in names})
    assert error.what == "Output is too large or too small to be computed with."
    assert largest in error.amount


def test_arrays_that_say_they_are_in_other_prices(table):
    other = System.from_arrays(**{**table, "price_basis": "constant 2010 CNY, producer prices"})
    error = refused(PriceBasisError, table, Y=other.Y)
    assert error.what == "Y says it is in other prices than the table."
    spelled = other.Y.assign_attrs(price_basis="current CNY; producer prices")
    assert System.from_arrays(**{**table, "Y": spelled}).price_basis == table["price_basis"]


@pytest.mark.parametrize(("units", "what"), [("kt CO2", "another unit than stated"), ("", "cannot be read")])
def test_accounts_that_say_they_are_in_another_unit(table, units, what):
    flows, unit = table["accounts"]["co2"]
    labelled = xr.DataArray(flows, dims=("region", "sector"), attrs={"units": units})
    error = refused(UnitsError, table, accounts={"co2": (labelled, unit)})
    assert what in error.what
    assert error.amount == f"{units!r} and {unit!r}"


def test_a_transposed_frame_is_told_by_its_levels(table):
    Z = System.from_arrays(**table).to_dataframe("Z")
    error = refused(LabelError, table, Z=Z.T)
    assert error.what == "Z stands transposed: buyers are where sellers must be."
    plain = frame(table, "Z").rename_axis(["region", "sector"]).rename_axis(["region", "sector"], axis=1)
    assert System.from_arrays(**{**table, "Z": plain}).sectors == tuple(table["sectors"])


def test_numbered_rows_out_of_order(table):
    exports = pd.Series(table["exports"].ravel())
    assert System.from_arrays(**{**table, "exports": exports.set_axis(range(5, 17))}).exports is not None
    error = refused(LabelError, table, exports=exports.sort_values())
    assert error.what == "The numbers of region and sector of exports do not ascend."
    assert "positions" in error.remedy


def test_frames_of_one_column_are_vectors(table):
    plain = System.from_arrays(**table)
    rows = pd.MultiIndex.from_product([table["regions"], table["sectors"]])
    for name in ("exports", "V"):
        column = pd.DataFrame({"any": table[name].ravel()}, rows)
        found = System.from_arrays(**{**table, name: column})
        np.testing.assert_array_equal(getattr(found.arrays, name), getattr(plain.arrays, name))
        error = refused(LabelError, table, **{name: column.iloc[::-1]})
        assert "another order" in error.remedy
    people = pd.DataFrame({"people": table["population"]}, table["regions"])
    np.testing.assert_array_equal(
        System.from_arrays(**{**table, "population": people}).arrays.population, table["population"]
    )


def test_names_of_factors_are_read_off_a_frame(table):
    rows = pd.MultiIndex.from_product([table["regions"], table["sectors"]])
    V = pd.DataFrame(np.stack([table["V"].ravel() / 2] * 2), ["wages", "profits"], rows)
    assert System.from_arrays(**{**table, "V": V}).factors == ("wages", "profits")


def test_other_storage_is_taken(table):
    plain = System.from_arrays(**table)
    decimals = np.array([Decimal(v) for v in table["exports"].ravel().tolist()], dtype=object)
    other = {
        "exports": decimals,
        "Y": sparse.csr_array(table["Y"].reshape(12, 8)),
        "Z": np.asfortranarray(table["Z"]),
    }
    found = System.from_arrays(**{**table, **other})
    for name in other:
        np.testing.assert_array_equal(getattr(found.arrays, name), getattr(plain.arrays, name))


def test_sparse_complex_numbers(table):
    error = refused(MissingDataError, table, Z=sparse.csr_array(table["Z"].reshape(12, 12) + 1j))
    assert error.amount == "sparse array of complex128"


def test_a_dataset_is_no_array(table):
    error = refused(DataError, table, V=xr.Dataset({"V": table["V"].ravel()[0]}))
    assert error.what == "V is not an array."


@pytest.mark.parametrize(
    ("field", "labels", "kind"),
    [
        ("regions", "BTHR", "one text"),
        ("sectors", {"RES", "TEC", "SRV"}, "a set"),
        ("factors", "wages", "one text"),
    ],
)
def test_labels_that_are_no_list(table, field, labels, kind):
    error = refused(LabelError, table, **{field: labels})
    assert error.what == f"The {field} of a table must be a list of texts."
    assert kind in error.amount


@pytest.mark.parametrize(
    ("labels", "what"),
    [
        (["RES", "ＲＥＳ", "SRV"], "Some sectors look the same and are not."),
        (["R E", "R\u00a0E", "SRV"], "Some sectors look the same and are not."),
        (["RES\u200b", "TEC", "SRV"], "Some sectors have blanks before or after the name."),
        (["RES", "TE\r\nC", "SRV"], "Some sectors hold signs that no file can."),
        (["RES\0", "TEC", "SRV"], "Some sectors hold signs that no file can."),
        (["RES", "\ud800", "SRV"], "Some sectors hold signs that no file can."),
    ],
)
def test_labels_that_readers_or_files_cannot_tell_apart(table, labels, what):
    assert refused(LabelError, table, sectors=labels).what == what


def test_labels_are_plain_texts(table):
    s = System.from_arrays(**{**table, "regions": np.array(table["regions"])})
    assert {type(label) for label in s.regions} == {str}
    assert refused(LabelError, table, regions=[]).what == "The regions of a table must be a list of texts."


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"period": None}, "The period of a table"),
        ({"period": 2017.5}, "The period of a table"),
        ({"period": True}, "The period of a table"),
        ({"period": pd.Timestamp("2017")}, "The period of a table"),
        ({"scenario": None}, "The scenario of a table"),
        ({"scenario": "a\0b"}, "The scenario of a table"),
        ({"source": None}, "The source of a table"),
        ({"provenance": "an office"}, "The provenance of a table"),
        ({"accounts": [("co2", 1)]}, "Accounts must be given by name."),
    ],
)
def test_words_of_another_kind(table, changes, what):
    assert refused(DataError, table, **changes).what.startswith(what)


@pytest.mark.parametrize("period", [2017, 2017.0, np.int64(2017), "2017"])
def test_years_may_be_numbers(table, period):
    assert System.from_arrays(**{**table, "period": period}).period == "2017"


@pytest.mark.parametrize("name", [5, "a\0b", "a\tb", "Z_data", "region_code", "co2\u200b"])
def test_account_names_that_files_cannot_hold(table, name):
    assert refused(DataError, table, accounts={name: table["accounts"]["co2"]}).what.startswith(
        "An account cannot"
    )


@pytest.mark.parametrize("unit", ["Mt CO2 per 1e8 CNY", "t/CNY"])
def test_an_intensity_is_no_account(table, unit):
    error = refused(UnitsError, table, accounts={"co2": (table["accounts"]["co2"][0], unit)})
    assert error.what == "An account holds flows, and its unit is that of an intensity."
    assert Account(np.ones((1, 1)), "t CO2 per year").unit == "t CO2 per year"
