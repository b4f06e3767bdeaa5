"""WIOD 2016, on small files made in exactly its layouts (no published workbook is used)."""

import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mrio
from mrio.errors import BalanceError, DataWarning, FileError, LabelError, MissingDataError
from mrio.readers.raw.workbook import address
from mrio.readers.world import wiod
from mrio.readers.world.wiod import read_wiod
from tests.readers.sheets import as_sheet, write
from tests.readers.worlds import REGIONS, SECTORS, R, World, footprints_add_up, n, world

DATA = os.environ.get("MRIO_DATA_DIR")
DEMAND = ["CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN"]
BELOW = ["TXSP", "EXP_adj", "PURR", "PURNR", "VA", "IntTTM"]
NAMES = ["Crop and animal production, hunting", "Food, beverages", "Construction", "Trade"]
BOOK, TEXT, STATA = "WIOT2014_Nov16_ROW.xlsx", "WIOT2014_October16_ROW.csv", "WIOT2014_October16_ROW.dta"


def table(seed=0):
    """Rows of V as `BELOW`; value added closes the columns."""
    w = world(6, 5, 4, seed=seed)
    w.V[1:4] = 0
    w.V[4] = w.x - w.Z.sum(0) - w.V[[0, 1, 2, 3, 5]].sum(0)
    return w


def heads(regions=REGIONS, sectors=SECTORS):
    """Return (code, description, country, number) of the columns."""
    industries = [(s, f"name of {s}", r, f"c{k}") for r in regions for k, s in enumerate(sectors, 1)]
    finals = [(c, f"use {c}", r, f"c{k}") for r in regions for k, c in enumerate(DEMAND, 57)]
    return [*industries, *finals, ("GO", "Output", "TOT", "c62")]


def book_rows(w, *, corner="", regions=REGIONS, sectors=SECTORS):
    """Return the cells of a sheet; `corner` stands where final users pay nothing."""
    above = list(zip(*heads(regions, sectors), strict=True))
    rows = [["Intercountry Input-Output Table"], ["(industry-by-industry)"]]
    rows += [["(millions of US$)" if k == 0 else "", "", "", "", *line] for k, line in enumerate(above)]
    labels = [(s, f"name of {s}", r, f"r{k}") for r in regions for k, s in enumerate(sectors, 1)]
    rows += [[*label, *w.Z[k], *w.Y[k].ravel(), w.x[k]] for k, label in enumerate(labels)]
    width = w.Y[0].size
    total = w.Z.sum(0)
    rows.append(
        ["II_fob", "Total intermediate consumption", "TOT", "r65", *total, *w.Y.sum(0).ravel(), corner]
    )
    for k, code in enumerate(BELOW):
        finals = [corner] * width if code == "VA" else w.finals[k].ravel()
        rows.append([code, f"row {code}", "TOT", f"r{66 + k}", *w.V[k], *finals, corner])
    rows.append(["GO", "Output at basic prices", "TOT", "r73", *w.x, *([corner] * width), corner])
    return rows


def wide(rows, *, prefix="", numbers=False, regions=REGIONS, sectors=SECTORS):
    """Return the table of the R and Stata files as lines."""
    names = [
        "TOT" if country == "TOT" else f"{prefix}{country}{number[1:]}"
        for _, _, country, number in heads(regions, sectors)
    ]
    first = [""] if numbers else []
    lines = [[*first, "IndustryCode", "IndustryDescription", "Country", "RNr", "Year", *names]]
    for k, row in enumerate(rows[6:], 1):
        own = [str(k)] if numbers else []
        lines.append([*own, *row[:3], float(row[3][1:]), 2014.0, *row[4:]])
    return lines


def write_csv(path, lines):
    def cell(value):
        if isinstance(value, str):
            return f'"{value}"' if "," in value or value.isalpha() else value
        return repr(float(value))

    path.write_text("\n".join(",".join(map(cell, line)) for line in lines) + "\n")
    return path


def require_same(found, w):
    assert (found.regions, found.sectors) == (tuple(REGIONS), tuple(SECTORS))
    assert found.demand == tuple(DEMAND[:4])
    np.testing.assert_allclose(found.arrays.Z, w.Z, rtol=1e-12)
    np.testing.assert_allclose(found.arrays.Y.reshape(n, R, -1), w.Y[:, :, :4], rtol=1e-12)
    np.testing.assert_allclose(found.arrays.stock_change.ravel(), w.Y[:, :, 4].sum(1), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.arrays.V.reshape(2, n), w.V[[4, 0]], rtol=1e-12)
    np.testing.assert_allclose(found.arrays.x.ravel(), w.x, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.arrays.imports_row_Z.ravel(), w.V[[1, 2, 3, 5]].sum(0), rtol=1e-12)
    np.testing.assert_allclose(found.arrays.imports_row_Y, w.finals[5][:, :4], rtol=1e-12)
    margins = found.account("international transport margins")
    np.testing.assert_allclose(margins.values.ravel(), w.V[5], rtol=1e-12)
    np.testing.assert_allclose(margins.direct_values, w.finals[5].sum(1), rtol=1e-12)
    assert (found.unit, found.price_basis) == ("million USD", "current 2014 USD, basic prices")


@pytest.mark.parametrize("corner", ["", 0.0, 7.5])
def test_every_number_of_a_workbook_is_in_its_place(tmp_path, corner):
    w = table()
    found = read_wiod(write(tmp_path / BOOK, {"2014": book_rows(w, corner=corner)}))
    require_same(found, w)
    assert found.factors == ("value added at basic prices", "taxes less subsidies on products")
    assert found.imports == "row"
    assert found.arrays.discrepancy is None
    assert found.check()["column balance"].passed
    assert found.check()["sum of value added"].passed
    assert footprints_add_up(found, "value_added")
    assert footprints_add_up(found, "international transport margins")


@pytest.mark.parametrize("numbers", [True, False])
def test_the_table_of_the_r_files_as_csv(tmp_path, numbers):
    w = table()
    path = write_csv(tmp_path / TEXT, wide(book_rows(w), numbers=numbers))
    require_same(read_wiod(path), w)
    with zipfile.ZipFile(tmp_path / "WIOT2014_October16_ROW.zip", "w") as archive:
        archive.write(path, TEXT)
    require_same(read_wiod(tmp_path / "WIOT2014_October16_ROW.zip"), w)


def stata(path, w):
    lines = wide(book_rows(w, corner=0.0), prefix="v")
    pd.DataFrame(lines[1:], columns=lines[0]).to_stata(path, write_index=False)
    return path


def test_the_stata_file(tmp_path):
    w = table()
    require_same(read_wiod(stata(tmp_path / STATA, w)), w)
    assert read_wiod(stata(tmp_path / "renamed.dta", w)).period == "2014"


def test_read_knows_it(tmp_path):
    w = table()
    rows = book_rows(w)
    paths = [
        write(tmp_path / BOOK, {"2014": rows}),
        write(tmp_path / "renamed.xlsx", {"Notes": [["x"]], "2014": rows}),
        write_csv(tmp_path / TEXT, wide(rows)),
        write_csv(tmp_path / "renamed 2014.csv", wide(rows)),
        stata(tmp_path / STATA, w),
    ]
    for path in paths:
        require_same(mrio.read(path)["2014"], w)


def test_final_users_may_carry_words(tmp_path):
    w = table()
    rows = book_rows(w)
    rows[2][16:] = [f"words {k}" for k in range(len(rows[2][16:]))]
    require_same(read_wiod(write(tmp_path / BOOK, {"2014": rows})), w)


def test_prices_of_the_year_before(tmp_path):
    path = write(tmp_path / "WIOT2014_PYP_Nov16_ROW.xlsx", {"2014": book_rows(table())})
    assert read_wiod(path).price_basis == "previous-year 2013 USD, basic prices"


# -- damage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", "n/a", float("nan"), True])
@pytest.mark.parametrize(("row", "column"), [(6, 4), (9, 20), (17, 31), (19, 5), (23, 6), (25, 8), (8, 25)])
def test_a_cell_without_a_number(value, row, column):
    rows = book_rows(table())
    rows[row][column] = value
    with pytest.raises(MissingDataError) as caught:
        wiod.sheet_grid(as_sheet(rows), (6, 4))
    assert f"cells {address(row, column)} (" in caught.value.where


@pytest.mark.parametrize("value", ["", "n/a", "nan"])
def test_a_cell_without_a_number_in_text(tmp_path, value):
    lines = wide(book_rows(table()))
    lines[3][8] = value
    with pytest.raises(MissingDataError, match=address(3, 8)):
        read_wiod(write_csv(tmp_path / TEXT, lines))


def test_a_missing_number_in_stata(tmp_path):
    lines = wide(book_rows(table(), corner=0.0), prefix="v")
    lines[2][7] = np.nan
    pd.DataFrame(lines[1:], columns=lines[0]).to_stata(tmp_path / STATA, write_index=False)
    with pytest.raises(MissingDataError, match="AUS_C10, AUS_F"):
        read_wiod(tmp_path / STATA)


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        *[(9, column, value) for column, value in ((0, "A01"), (0, "X"), (2, "BEL"), (2, "AUSS"), (3, "r3"))],
        *[(row, 7, value) for row, value in ((2, "A01"), (2, "X"), (4, "BEL"), (5, "c3"), (5, "x"), (5, ""))],
        *[(2, 17, "GFCF"), (5, 17, "c60"), (4, 17, "BEL"), (23, 0, "VVA"), (25, 0, "VA"), (4, 31, "AUS")],
    ],
)
def test_a_wrong_heading(tmp_path, row, column, value):
    rows = book_rows(table())
    rows[row][column] = value
    with pytest.raises(LabelError) as caught:
        read_wiod(write(tmp_path / BOOK, {"2014": rows}))
    assert caught.value.table is not None


@pytest.mark.parametrize("side", ["row", "column"])
def test_swapped_headings_are_noticed(tmp_path, side):
    rows = book_rows(table())
    for k in range(4):
        if side == "row":
            rows[6][k], rows[11][k] = rows[11][k], rows[6][k]
        else:
            rows[2 + k][4], rows[2 + k][9] = rows[2 + k][9], rows[2 + k][4]
    with pytest.raises(BalanceError, match=r"AUS_A01|BEL_C10"):
        read_wiod(write(tmp_path / BOOK, {"2014": rows}))


def test_another_order_is_the_same_table(tmp_path):
    w = table()
    rows = book_rows(w, corner=0.0)
    rng = np.random.default_rng(0)
    down = [*range(6), 6, *(7 + rng.permutation(len(rows) - 7))]
    across = [*range(5), *(5 + rng.permutation(len(rows[6]) - 5))]
    mixed = [rows[i] if i < 2 else [rows[i][j] for j in across] for i in down]
    found = read_wiod(write(tmp_path / BOOK, {"2014": mixed}))
    pairs = [(r, s) for r in REGIONS for s in SECTORS]
    order = [pairs.index((r, s)) for r in found.regions for s in found.sectors]
    np.testing.assert_allclose(found.arrays.Z, w.Z[np.ix_(order, order)], rtol=1e-12)
    np.testing.assert_allclose(found.arrays.x.ravel(), w.x[order], rtol=1e-12)


def test_totals_that_disagree(tmp_path):
    rows = book_rows(table())
    rows[7][-1] *= 1.5
    with pytest.raises(BalanceError) as caught:
        read_wiod(write(tmp_path / BOOK, {"2014": rows}))
    assert f"AUS_C10, cell {address(7, len(rows[7]) - 1)}" in caught.value.amount
    rows[7][-1] *= 1.02 / 1.5
    with pytest.warns(DataWarning, match="AUS_C10"):
        read_wiod(write(tmp_path / BOOK, {"2014": rows}))


def test_a_missing_row_or_column():
    good = book_rows(table())
    for k in range(6, len(good)):
        if good[k][0] != "II_fob":
            refused(good[:k] + good[k + 1 :])
    for k in range(4, len(good[6])):
        refused([row if i < 2 else row[:k] + row[k + 1 :] for i, row in enumerate(good)])


def refused(rows):
    sheet = as_sheet(rows)
    corner = wiod.find_corner(sheet)
    assert corner is None or corner == (6, 4)
    with pytest.raises(mrio.MrioError):
        parsed(sheet)


def parsed(sheet):
    grid = wiod.sheet_grid(sheet, (6, 4))
    return wiod.world_flows(grid, wiod.wiod_layout(grid), 0.05)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_files_cut_off(tmp_path, share):
    w = table()
    rows = book_rows(w)
    paths = [
        write(tmp_path / BOOK, {"2014": rows}),
        write_csv(tmp_path / TEXT, wide(rows)),
        stata(tmp_path / STATA, w),
    ]
    for path in paths:
        whole = path.read_bytes()
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(mrio.MrioError):
            read_wiod(path)


def test_foreign_files(tmp_path):
    write(tmp_path / "a.xlsx", {"2014": [["x", 1.0]]})
    write(tmp_path / "b.xlsx", {"A": [["x", 1.0]], "B": [["r1", "c1"]]})
    (tmp_path / "c.csv").write_text("a,b\n1,2\n")
    (tmp_path / "d.dta").write_text("no stata")
    pd.DataFrame({"a": [1.0]}).to_stata(tmp_path / "e.dta", write_index=False)
    for name in "abcde":
        with pytest.raises(FileError):
            read_wiod(next(tmp_path.glob(f"{name}.*")))


@pytest.mark.skipif(DATA is None, reason="MRIO_DATA_DIR is not set")
def test_real_flows_of_seven_regions(tmp_path):
    """WIOD by 7 regions x 35 sectors in 2011, in this layout; its totals are off by up to 4.7 million USD."""
    kept = np.load(Path(DATA) / "wiod_regional" / "wiod2013_regional_2011_7x35.npz")
    Z, F, x = kept["Z"], kept["F"], kept["x"]
    V = np.zeros((6, len(x)))
    V[4] = x - Z.sum(0)
    w = World(Z, F.reshape(len(x), 7, 5), V, np.zeros((6, 7, 5)), x)
    regions, sectors = ["EUZ", "NEU", "NAF", "CHN", "EAS", "BRI", "ROW"], [f"S{k}" for k in range(1, 36)]
    path = write(tmp_path / BOOK, {"2014": book_rows(w, regions=regions, sectors=sectors)})
    found = read_wiod(path)
    np.testing.assert_allclose(found.arrays.Z, Z, rtol=1e-12)
    np.testing.assert_allclose(found.arrays.x.ravel(), x, rtol=1e-12)
    np.testing.assert_allclose(found.arrays.V.sum(), x.sum() - Z.sum(), rtol=1e-12)
    np.testing.assert_allclose(found.arrays.discrepancy.ravel(), x - Z.sum(1) - F.sum(1), atol=1e-6)
    assert footprints_add_up(found, "value_added")
