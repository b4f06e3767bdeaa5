"""Plain sheets and tidy long tables of other sources, through their layouts."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

import mrio
from mrio.errors import DataError, DataWarning, FileError, LabelError, MissingDataError
from tests.readers.sheets import write

REGIONS, SECTORS, DEMAND, FACTORS = ("A", "B"), ("coal", "steel", "power"), ("house", "state"), ("pay", "tax")
R, N, K = 2, 3, 2
n = R * N
WORDS = {"unit": "1e8 CNY", "price_basis": "current 2017 CNY", "period": "2017"}


def arrays(seed=0):
    rng = np.random.default_rng(seed)
    Z, Y, exports = rng.uniform(0, 5, (n, n)), rng.uniform(0, 9, (n, R * K)), rng.uniform(0, 3, n)
    x = Z.sum(1) + Y.sum(1) + exports
    return {"Z": Z, "Y": Y, "exports": exports, "V": (x - Z.sum(0)) * [[0.75], [0.25]]}


# -- plain sheets -------------------------------------------------------------------------------------------

LAYOUT = mrio.SheetLayout(
    {"Z": "C3:H8", "Y": "I3:L8", "exports": "$M$3:$M$8", "V": "C9:H10"},
    regions="A3:A8",
    sectors="B3:B8",
    demand=DEMAND,
    factors="B9:B10",
    accounts={"co2": ("C11:H11", "Mt CO2")},
)


def grid(a):
    rows = [["a table"], [""]]
    for k, (region, sector) in enumerate(product(REGIONS, SECTORS)):
        name = region if sector == SECTORS[0] else ""
        rows.append([name, sector, *a["Z"][k], *a["Y"][k], a["exports"][k]])
    rows += [["", name, *values] for name, values in zip(FACTORS, a["V"], strict=True)]
    return [*rows, ["", "co2", *range(1, n + 1)]]


def test_a_plain_sheet(tmp_path):
    a = arrays()
    path = write(tmp_path / "plain.xlsx", {"notes": [["x"]], "data": grid(a)})
    with pytest.raises(DataError, match="beyond the sheet"):
        mrio.read_sheet(path, LAYOUT, **WORDS)
    layout = mrio.SheetLayout(**{**vars(LAYOUT), "sheet": "data"})
    found = mrio.read_sheet(path, layout, **WORDS, source="somebody")
    assert (found.regions, found.sectors, found.factors) == (REGIONS, SECTORS, FACTORS)
    # Workbooks keep 16 digits of a number.
    np.testing.assert_allclose(found.arrays.Z, a["Z"], rtol=1e-15)
    np.testing.assert_allclose(found.arrays.Y.reshape(n, -1), a["Y"], rtol=1e-15)
    np.testing.assert_allclose(found.arrays.V.reshape(2, n), a["V"], rtol=1e-15)
    np.testing.assert_allclose(found.arrays.exports.ravel(), a["exports"], rtol=1e-15)
    np.testing.assert_array_equal(found.account("co2").values.ravel(), range(1, n + 1))
    assert found.provenance.source == "somebody"


def test_an_empty_cell_is_told_by_its_address_or_has_a_meaning(tmp_path):
    rows = grid(arrays())
    rows[3][4] = ""
    path = write(tmp_path / "plain.xlsx", {"data": rows})
    with pytest.raises(MissingDataError) as caught:
        mrio.read_sheet(path, LAYOUT, **WORDS)
    assert "E4" in caught.value.where
    with pytest.warns(DataWarning, match="does not balance"):
        found = mrio.read_sheet(path, mrio.SheetLayout(**{**vars(LAYOUT), "empty": 0.0}), **WORDS)
    assert found.arrays.Z[1, 2] == 0.0


@pytest.mark.parametrize("where", ["C3", "C3:H7", "H8:C3", "C0:H8", "C3:ZZ9", "3C:8H", "", "../x"])
def test_a_wrong_range(tmp_path, where):
    path = write(tmp_path / "plain.xlsx", {"data": grid(arrays())})
    layout = mrio.SheetLayout(**{**vars(LAYOUT), "ranges": {**LAYOUT.ranges, "Z": where}})
    with pytest.raises(DataError):
        mrio.read_sheet(path, layout, **WORDS)


def test_a_layout_without_final_demand(tmp_path):
    path = write(tmp_path / "plain.xlsx", {"data": grid(arrays())})
    layout = mrio.SheetLayout(**{**vars(LAYOUT), "ranges": {"Z": "C3:H8", "W": "A1"}})
    with pytest.raises(DataError, match="'W', 'V', 'Y'"):
        mrio.read_sheet(path, layout, **WORDS)


# -- tidy tables --------------------------------------------------------------------------------------------

TIDY = mrio.TidyLayout(
    DEMAND, FACTORS, region="from", sector="row", use_region="to", use_sector="col", value="v", exports="EX"
)


def tidy(a):
    pairs, finals = list(product(REGIONS, SECTORS)), list(product(REGIONS, DEMAND))
    rows = [(*p, *q, a["Z"][i, j]) for i, p in enumerate(pairs) for j, q in enumerate(pairs)]
    rows += [(*p, *q, a["Y"][i, j]) for i, p in enumerate(pairs) for j, q in enumerate(finals)]
    rows += [(*p, "ROW", "EX", a["exports"][i]) for i, p in enumerate(pairs)]
    rows += [("W2", f, *q, a["V"][i, j]) for i, f in enumerate(FACTORS) for j, q in enumerate(pairs)]
    return pd.DataFrame(rows, columns=["from", "row", "to", "col", "v"])


@pytest.mark.parametrize("kind", ["csv", "parquet", "tsv"])
def test_a_tidy_table(tmp_path, kind):
    a, path = arrays(), tmp_path / f"tidy.{kind}"
    frame = tidy(a)
    if kind == "parquet":
        pytest.importorskip("pyarrow")
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, sep="\t" if kind == "tsv" else ",")
    found = mrio.read_tidy(path, TIDY, **WORDS)
    assert (found.regions, found.sectors, found.demand, found.factors) == (REGIONS, SECTORS, DEMAND, FACTORS)
    np.testing.assert_array_equal(found.arrays.Z, a["Z"])
    np.testing.assert_array_equal(found.arrays.Y.reshape(n, -1), a["Y"])
    np.testing.assert_array_equal(found.arrays.V.reshape(2, n), a["V"])
    np.testing.assert_array_equal(found.arrays.exports.ravel(), a["exports"])


def refused(tmp_path, frame, kind, layout=TIDY):
    frame.to_csv(tmp_path / "tidy.csv", index=False)
    with pytest.raises(kind) as caught:
        mrio.read_tidy(tmp_path / "tidy.csv", layout, **WORDS)
    return caught.value


def test_a_value_that_is_no_number_is_told_by_its_line(tmp_path):
    frame = tidy(arrays()).astype(object)
    frame.loc[3, "v"] = "n.a."
    assert "5 ('n.a.')" in refused(tmp_path, frame, MissingDataError).where


def test_a_flow_that_stands_twice(tmp_path):
    frame = tidy(arrays())
    assert refused(tmp_path, pd.concat([frame, frame.iloc[:1]]), DataError).amount == "2 rows"


def test_a_label_nobody_named(tmp_path):
    layout = mrio.TidyLayout(**{**vars(TIDY), "exports": None})
    assert "EX" in refused(tmp_path, tidy(arrays()), LabelError, layout).where


def test_a_missing_flow(tmp_path):
    layout = mrio.TidyLayout(**{**vars(TIDY), "empty": None})
    assert "NaN" in refused(tmp_path, tidy(arrays()).iloc[1:], MissingDataError, layout).what


def test_a_missing_column_and_a_missing_file(tmp_path):
    refused(tmp_path, tidy(arrays()).drop(columns="to"), LabelError)
    with pytest.raises(FileError):
        mrio.read_tidy(tmp_path / "none.csv", TIDY, **WORDS)


SMALL = ["A,goods,A,goods,60", "A,goods,A,final,40", "A,va,A,goods,40"]
HEAD = "region,sector,use_region,use_sector,value"
OWN = mrio.TidyLayout(("final",), ("va",))


def small(tmp_path, head, rows):
    """Return a table of one sector read from lines of text."""
    (tmp_path / "t.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return mrio.read_tidy(tmp_path / "t.csv", OWN, **WORDS)


def test_a_mark_of_byte_order_is_no_part_of_a_label(tmp_path):
    assert small(tmp_path, "\ufeff" + HEAD, SMALL).arrays.x.tolist() == [[100.0]]
    (tmp_path / "s.csv").write_text("\ufeffA,20,10,50,20\nB,10,30,10,60\nva,70,70\n", encoding="utf-8")
    ranges = {"Z": "B1:C2", "Y": "D1:E2", "V": "B3:C3"}
    layout = mrio.SheetLayout(ranges, "A1:A2", ("goods",), ("final",))
    assert mrio.read_sheet(tmp_path / "s.csv", layout, **WORDS).regions == ("A", "B")


@pytest.mark.parametrize(
    ("head", "rows", "amount"),
    [
        (HEAD + ",value", [row + ",9" for row in SMALL], "columns stand twice: 'value'"),
        (HEAD, [row + ",1" for row in SMALL], "loss of data"),
        (HEAD, [SMALL[0] + ",1", *SMALL[1:]], "Expected 5 fields"),
        (HEAD, [SMALL[0], SMALL[1] + ",1", SMALL[2]], "Expected 5 fields"),
    ],
)
def test_columns_that_could_be_shifted_or_lost(tmp_path, head, rows, amount):
    with pytest.raises(FileError, match="cannot be read as a long table") as caught:
        small(tmp_path, head, rows)
    assert amount in caught.value.amount or "loss of data" in caught.value.amount


def test_a_layout_needs_lists():
    with pytest.raises(LabelError, match="needs lists of labels") as caught:
        mrio.TidyLayout("final", ("va",))
    assert caught.value.remedy == "give demand=('final',)"
