"""CEADs tables of China, on small workbooks made in exactly the published layout (no full file is used)."""

import zipfile

import numpy as np
import pytest

from mrio.errors import BalanceError, DataError, FileError, LabelError, MissingDataError, UnitsError
from mrio.readers.china.ceads_mrio import parse_sheet, read_ceads_mrio
from tests.readers.sheets import as_sheet, write

REGIONS = ["Beijing", "Tianjin", "Hebei"]
ZH = ["北京", "天津", "河北"]
SECTORS = ["Agriculture", "Coal", "Power", "Services"]
R, N = len(REGIONS), len(SECTORS)
n = R * N
FINALS = ["FU101", "FU102", "FU103", "FU201", "FU202"]
FACTORS = ["VA001", "VA002", "VA003", "VA004"]


def arrays(seed=0):
    """Return a balanced table."""
    rng = np.random.default_rng(seed)
    Z, Y = rng.uniform(0, 5, (n, n)), rng.uniform(0, 9, (n, R, 5))
    Y[..., 4] -= 4.0
    exports, error = rng.uniform(1, 20, n), rng.normal(size=n)
    x = Z.sum(1) + Y.sum((1, 2)) + exports + error
    imports = rng.uniform(0, 2, n)
    V = rng.dirichlet(np.ones(4), n).T * (x - Z.sum(0) - imports)
    return {"Z": Z, "Y": Y, "exports": exports, "error": error, "x": x, "imports": imports, "V": V}


def grid(a, *, regions=REGIONS, merged=True, tii_with_imports=True):
    """Lay the arrays out as the published sheets do: three header rows and three header columns."""
    width = 3 + n + 1 + 5 * R + 4
    top = [["", "", ""] for _ in range(3)]
    for k in range(n):
        region, sector = divmod(k, N)
        top[0].append("" if merged and sector else regions[region])
        top[1].append(SECTORS[sector])
        top[2].append(f"{sector + 1:02d}")
    top[0].append("")
    top[1].append("Total intermediate use")
    top[2].append("TIU")
    for region in regions:
        for j, code in enumerate(FINALS):
            top[0].append("" if merged and j else region)
            top[1].append(code + " name")
            top[2].append(code)
    for code in ("EX", "ERR", "GO"):
        for row, text in zip(top, ("", code + " name", code), strict=True):
            row.append(text)
    rows = [["单位：万元"], *top]
    for k in range(n):
        region, sector = divmod(k, N)
        label = "" if merged and sector else regions[region]
        ends = [a["exports"][k], a["error"][k], a["x"][k]]
        body = [*a["Z"][k], a["Z"][k].sum(), *a["Y"][k].ravel(), *ends]
        rows.append([label, SECTORS[sector], f"{sector + 1:02d}", *body])
    inputs = a["Z"].sum(0) + (a["imports"] if tii_with_imports else 0)
    rows.append(["", "Total intermediate inputs", "TII", *inputs])
    rows.append(["", "Imports", "IM", *a["imports"]])
    for code, values in zip(FACTORS, a["V"], strict=True):
        rows.append(["", code + " name", code, *values])
    rows.append(["", "Value added", "TVA", *a["V"].sum(0)])
    rows.append(["", "Total inputs", "TI", *a["x"]])
    return [[*row, *[""] * (width - len(row))] for row in rows]


def book(path, a, **choices):
    """Write a workbook as published: provinces, sectors, the English table and its Chinese twin."""
    return write(
        path,
        {
            "Province": [["Province"], *[[name] for name in REGIONS]],
            "Sector": [["No.", "Sector"], *[[k, name] for k, name in enumerate(SECTORS, 1)]],
            "Table_2017_Chinese Version": grid(a, regions=ZH, **choices),
            "Table_2017_English Version": grid(a, **choices),
        },
    )


def same(values, expected):
    """Workbooks keep 16 digits of a number."""
    np.testing.assert_allclose(values, expected, rtol=1e-15)


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("tii_with_imports", [True, False])
def test_every_number_is_in_its_place(tmp_path, merged, tii_with_imports):
    a = arrays()
    found = read_ceads_mrio(book(tmp_path / "mrio.xlsx", a, merged=merged, tii_with_imports=tii_with_imports))
    assert found.regions == tuple(REGIONS)
    assert found.sectors == tuple(SECTORS)
    assert (found.period, found.unit, found.imports) == ("2017", "1e4 CNY", "row")
    assert found.price_basis == "current 2017 CNY, producer prices"
    same(found.arrays.Z, a["Z"])
    same(found.arrays.Y.reshape(n, R, 4), a["Y"][..., :4])
    np.testing.assert_allclose(found.arrays.stock_change.ravel(), a["Y"][..., 4].sum(1), rtol=1e-15)
    same(found.arrays.V.reshape(4, n), a["V"])
    same(found.arrays.exports.ravel(), a["exports"])
    same(found.arrays.discrepancy.ravel(), a["error"])
    same(found.arrays.imports_row_Z.ravel(), a["imports"])
    assert not found.arrays.imports_row_Y.any()
    np.testing.assert_allclose(found.arrays.x.ravel(), a["x"], rtol=1e-12)
    assert found.check()["row balance"].passed
    assert found.check()["column balance"].worst < 1e-10


def test_the_chinese_sheet_holds_the_same_numbers(tmp_path):
    path = book(tmp_path / "mrio.xlsx", arrays())
    found = read_ceads_mrio(path, sheet="Table_2017_Chinese Version")
    assert found.regions == tuple(ZH)
    np.testing.assert_array_equal(found.arrays.Z, read_ceads_mrio(path).arrays.Z)


def test_an_old_workbook_with_one_sheet_of_another_name(tmp_path):
    path = write(tmp_path / "China MRIO 2012.xlsx", {"Sheet1": [["notes"]], "表": grid(arrays())})
    assert read_ceads_mrio(path).period == "2012"
    assert read_ceads_mrio(path, 2015).period == "2015"


def test_blocks_are_found_by_code_wherever_they_stand():
    a = arrays()
    rows = grid(a)
    moved = [row[:3] + row[3 + n :] + row[3 : 3 + n] for row in rows[1:]]
    moved = [*moved[:3], *moved[-6:], *moved[3:-6]]
    table = parse_sheet(as_sheet(moved))
    np.testing.assert_array_equal(table.Z, a["Z"])
    np.testing.assert_array_equal(table.V, a["V"])
    np.testing.assert_array_equal(table.discrepancy, a["error"])


def test_codes_as_numbers_and_other_names_of_output():
    a = arrays()
    rows = grid(a)
    rows[3] = [int(c) if str(c).isdigit() else {"GO": "TO"}.get(c, c) for c in rows[3]]
    np.testing.assert_array_equal(parse_sheet(as_sheet(rows)).x, a["x"])


def test_imports_for_final_use_where_they_are_stated(tmp_path):
    rows = grid(arrays())
    row = next(k for k, line in enumerate(rows) if line[2] == "IM")
    final = np.arange(5.0 * R)
    rows[row][3 + n + 1 : 3 + n + 1 + 5 * R] = final
    found = read_ceads_mrio(write(tmp_path / "2017.xlsx", {"T": rows}))
    expected = final.reshape(R, 5)[:, :4] + [[0, 0, 0, 1]] * final.reshape(R, 5)[:, 4:]
    np.testing.assert_array_equal(found.arrays.imports_row_Y, expected)


# -- damage -------------------------------------------------------------------------------------------------


def spoiled(row, column, value):
    rows = grid(arrays())
    rows[row][column] = value
    return as_sheet(rows)


@pytest.mark.parametrize("value", ["", "n.a.", True, float("nan")])
def test_a_cell_without_number_is_told_by_its_address(value):
    with pytest.raises(MissingDataError) as caught:
        parse_sheet(spoiled(6, 5, value))
    assert "F7" in caught.value.where
    assert len(caught.value.table) == 1


def test_all_bad_cells_are_told_at_once():
    rows = grid(arrays())
    for k in range(5, 9):
        rows[k][k] = "x"
    with pytest.raises(MissingDataError) as caught:
        parse_sheet(as_sheet(rows))
    assert list(caught.value.table["cell"]) == ["F6", "G7", "H8", "I9"]


def test_a_changed_number_breaks_totals():
    with pytest.raises(BalanceError) as caught:
        parse_sheet(spoiled(6, 5, 400.0))
    assert "gross output" in str(caught.value)


@pytest.mark.parametrize("column", [3 + n + 1 + 2, 3 + n + 1 + 5 * R, 3 + n + 1 + 5 * R + 1, 5])
def test_a_missing_or_doubled_column_is_refused(column):
    rows = grid(arrays())
    with pytest.raises(DataError):
        parse_sheet(as_sheet([row[:column] + row[column + 1 :] for row in rows]))
    with pytest.raises(DataError):
        parse_sheet(as_sheet([row[:column] + row[column : column + 1] + row[column:] for row in rows]))


def test_a_province_spelled_in_two_ways():
    rows = grid(arrays(), merged=False)
    rows[5][0] = "Bejing"
    with pytest.raises(LabelError) as caught:
        parse_sheet(as_sheet(rows))
    assert "Bejing" in caught.value.where


def test_another_unit():
    rows = grid(arrays())
    rows[0][0] = "单位：亿元"
    with pytest.raises(UnitsError):
        parse_sheet(as_sheet(rows))


def test_a_foreign_workbook(tmp_path):
    path = write(tmp_path / "other.xlsx", {"A": [["x", 1.0]]})
    with pytest.raises(FileError, match="no CEADs table"):
        read_ceads_mrio(path)


def test_a_year_nobody_states(tmp_path):
    path = write(tmp_path / "mrio.xlsx", {"T": grid(arrays())})
    with pytest.raises(DataError, match="year"):
        read_ceads_mrio(path)


def test_a_damaged_sheet_is_not_passed_over_for_its_twin(tmp_path):
    path = book(tmp_path / "mrio.xlsx", arrays())
    with zipfile.ZipFile(path) as archive:
        english = archive.getinfo("xl/worksheets/sheet4.xml")
    content = bytearray(path.read_bytes())
    middle = english.header_offset + english.compress_size // 2
    content[middle : middle + 50] = bytes(50)
    path.write_bytes(content)
    with pytest.raises(FileError, match="sheet of a workbook cannot be read") as caught:
        read_ceads_mrio(path)
    assert "Table_2017_English Version" in caught.value.where
