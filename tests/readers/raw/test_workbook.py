import gzip
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrio.errors import FileError, LabelError, MissingDataError, MissingExtraError
from mrio.readers.consistency import Total, name_cells, name_problems, total_problems, unit_problems
from mrio.readers.raw.workbook import Block, address, code, header, numbers, open_csv, open_workbook
from tests.readers.sheets import as_sheet, write

GRID = [
    ["单位： 万元", "", "", "", ""],
    ["", "", "", "wheat", ""],
    ["", "", "", "", "st eel"],
    ["code", "", "", "01", 2.0],
    ["", "wheat", "1", 5.0, 7],
    ["", "steel", "02", 11.0, -2.5],
    ["total", "", "TII", 16.0, 4.5],
]


def test_a_written_grid_comes_back_at_its_addresses(tmp_path):
    sheet = open_workbook(write(tmp_path / "a.xlsx", {"one": GRID})).sheet("one")
    assert sheet.value(3, 4) == 2.0
    assert sheet.place == "sheet 'one' of a.xlsx"
    assert sheet.value(3, 99) == ""


@given(st.integers(0, 20000), st.integers(0, 16383))
def test_addresses_are_those_of_spreadsheets(row, column):
    from openpyxl.utils import get_column_letter

    assert address(row, column) == f"{get_column_letter(column + 1)}{row + 1}"


def test_codes():
    assert [code(v) for v in ("01", 1.0, 1, " TI U\n", "0", "", 2.5, "A001")] == [
        *("1", "1", "1", "TIU", "0", "", "2.5", "A001")
    ]


def test_headers_are_found_by_codes_in_the_order_asked():
    sheet = as_sheet(GRID)
    row = header(sheet, ["2", "1"], along="row")
    assert (row.line, row.at) == (3, (4, 3))
    column = header(sheet, ["TII", "1"], along="column")
    assert (column.line, column.at) == (2, (6, 4))
    assert column.cell(0) == (6, 2)


def test_headers_can_be_sought_in_a_part_of_the_sheet():
    grid = [*GRID, ["", "", "1"]]
    column = header(as_sheet(grid), ["1"], along="column", within=[6, 7])
    assert (column.line, column.at) == (2, (7,))


def test_header_without_a_code_is_named():
    with pytest.raises(LabelError) as caught:
        header(as_sheet(GRID, "S"), ["1", "2", "TVA"], along="column")
    assert "sheet 'S' of book.xlsx, the column of cell C1" in caught.value.where
    assert "missing: TVA" in caught.value.amount


def test_header_with_a_code_twice_is_named():
    grid = [[*row, ""] for row in GRID]
    grid[3][5] = 1.0
    with pytest.raises(LabelError, match=r"more than once: 1 in cells D4, F4"):
        header(as_sheet(grid), ["1", "2"], along="row")


def test_numbers():
    found = numbers(as_sheet(GRID), {"Z": Block([4, 5], [3, 4]), "total": Block([6], [4, 3])})
    np.testing.assert_array_equal(found["Z"], [[5.0, 7.0], [11.0, -2.5]])
    np.testing.assert_array_equal(found["total"], [[4.5, 16.0]])


def test_every_cell_that_is_no_number_is_told_by_address():
    grid = [list(row) for row in GRID]
    grid[4][3], grid[4][4], grid[5][3], grid[6][4] = "n.a.", "", True, float("nan")
    with pytest.raises(MissingDataError) as caught:
        numbers(as_sheet(grid), {"Z": Block([4, 5], [3, 4]), "total": Block([6], [3, 4])})
    assert caught.value.table["cell"].tolist() == ["D5", "E5", "D6", "E7"]
    assert "4 cells" in caught.value.amount
    assert "sheet 'S' of book.xlsx" in caught.value.where


def test_empty_cells_mean_what_the_reader_says():
    grid = [list(row) for row in GRID]
    grid[4][4] = ""
    found = numbers(as_sheet(grid), {"Z": Block([4], [3, 4], empty=0.0)})
    np.testing.assert_array_equal(found["Z"], [[5.0, 0.0]])


def test_error_cells_count_as_empty(tmp_path):
    path = write(tmp_path / "a.xlsx", {"one": [[1.0, "#DIV/0!"]]})
    with pytest.raises(MissingDataError, match="B1"):
        numbers(open_workbook(path).sheet("one"), {"x": Block([0], [0, 1])})


def test_names_beside_codes():
    sheet = as_sheet(GRID)
    row, column = header(sheet, ["1", "2"], along="row"), header(sheet, ["1", "2"], along="column")
    above, left = name_cells(sheet, row), name_cells(sheet, column)
    assert above == [(1, 3), (2, 4)]
    assert name_problems(sheet, above, ["wheat", "steel"]) == []
    assert name_problems(sheet, left, ["wheat", ("iron", "steel")]) == []
    assert name_problems(sheet, left, ["", "steel"]) == []
    (problem,) = name_problems(sheet, above, ["steel", "wheat"])
    assert "D2 ('wheat', expected 'steel'), E3" in problem.where


def test_totals():
    sheet = as_sheet(GRID)
    cells = [(6, 3), (6, 4)]
    parts = np.array([[5.0, 11.0], [7.0, -2.5]])
    good = Total("inputs", cells, parts, np.array([16.0, 4.5]))
    bad = Total("inputs", cells, parts, np.array([16.0, 5.45]))
    (problem,) = total_problems(sheet, [good, bad], 1e-9)
    assert "E7" in problem.where
    # |4.5 - 5.45| over the absolute parts 7 + 2.5.
    assert problem.table["relative"].tolist() == pytest.approx([0.1], rel=1e-12)


def test_totals_of_nothing_are_zero():
    nothing = Total("t", [(0, 0)], np.zeros((1, 2)), np.zeros(1))
    assert total_problems(as_sheet(GRID), [nothing], 1e-9) == []


def test_units():
    sheet = as_sheet(GRID)
    assert unit_problems(sheet, "单位", "万元") == []
    (problem,) = unit_problems(sheet, "单位", "亿元")
    assert "cell A1" in problem.where
    # The office that compiled the sheet (制表单位) is no unit.
    office = as_sheet([["制表单位：河北省统计局"]])
    assert unit_problems(office, "单位", "万元") == []


def test_sheets_that_are_missing_or_empty(tmp_path):
    book = open_workbook(write(tmp_path / "a.xlsx", {"one": GRID, "none": [[""]]}))
    with pytest.raises(LabelError, match="no sheet 'two'"):
        book.sheet("two")
    with pytest.raises(FileError, match=r"sheet 'none' of a\.xlsx, cell A1"):
        book.sheet("none")


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls"])
def test_damaged_and_missing_workbooks(tmp_path, name):
    good = write(tmp_path / "good.xlsx", {"one": GRID}).read_bytes()
    (tmp_path / name).write_bytes(good[: len(good) // 2])
    with pytest.raises(FileError, match="cannot be read as a workbook"):
        open_workbook(tmp_path / name)
    with pytest.raises(FileError, match="no such file"):
        open_workbook(tmp_path / "none.xlsx")


def test_without_the_extra_the_remedy_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(MissingExtraError, match=r"mrio\[excel\]"):
        open_workbook(tmp_path / "a.xlsx")


def test_csv_is_the_same_grid(tmp_path):
    text = 'Code,Name,01\n01,"wheat, corn",5.5\n02,steel,1_0\n03,x,\n'
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with gzip.open(tmp_path / "b.csv.gz", "wt", encoding="utf-8") as file:
        file.write(text)
    plain, packed = open_csv(tmp_path / "a.csv"), open_csv(tmp_path / "b.csv.gz")
    assert plain.cells == packed.cells
    assert plain.name == "a"
    assert packed.name == "b"
    assert plain.cells[1] == ("01", "wheat, corn", 5.5)
    # An underscore is no digit separator in data, and nothing is no number.
    assert plain.cells[2][2] == "1_0"
    assert plain.cells[3][2] == ""


def test_damaged_csv(tmp_path):
    with gzip.open(tmp_path / "a.csv.gz", "wt") as file:
        file.write("1,2\n" * 5000)
    data = (tmp_path / "a.csv.gz").read_bytes()
    (tmp_path / "a.csv.gz").write_bytes(data[: len(data) // 2])
    with pytest.raises(FileError, match="cannot be read as CSV"):
        open_csv(tmp_path / "a.csv.gz")
    (tmp_path / "b.csv").write_text("\n,\n")
    with pytest.raises(FileError, match="is empty"):
        open_csv(tmp_path / "b.csv")
