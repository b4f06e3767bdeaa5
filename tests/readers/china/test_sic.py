import os
from pathlib import Path

import numpy as np
import pytest

from mrio.classification import load_classification, load_concordance
from mrio.errors import BalanceError, DataError, FileError, LabelError, MissingDataError, UnitsError
from mrio.readers.china.sic import REGIONS, parse_sheet, read_sic
from mrio.readers.raw.workbook import open_workbook
from tests.readers.sheets import as_sheet, write

DATA = os.environ.get("MRIO_DATA_DIR")
real = pytest.mark.skipif(DATA is None, reason="MRIO_DATA_DIR is not set")
SIC8 = load_classification("sic8")
LETTERS = list(REGIONS)
N = 64
DEMAND_ZH = ["农村居民消费", "城镇居民消费", "政府     消费", "固定资本形成总额"]
FACTORS_ZH = ["固定资产折旧", "劳动者报酬", "生产税净额", "企业盈余"]


def arrays(seed=0):
    """Return a balanced table in the arrays of the sheet."""
    rng = np.random.default_rng(seed)
    Z, Y = rng.uniform(0, 5, (N, N)), rng.uniform(0, 9, (N, 32))
    stock, exports, error = rng.normal(size=(3, N)) * [[3.0], [0.0], [2.0]] + [[0.0], [20.0], [0.0]]
    x = Z.sum(1) + Y.sum(1) + stock + exports + error
    m, m_final = rng.uniform(0, 2, N), rng.uniform(0, 2, 32)
    V = rng.dirichlet(np.ones(4), N).T * (x - Z.sum(0) - m)
    return {"Z": Z, "Y": Y, "V": V, "m": m, "m_final": m_final} | {
        "stock": stock,
        "exports": exports,
        "error": error,
        "x": x,
    }


def grid(a):
    """Lay the arrays out as the original sheet does, with regional subtotals and merged headings."""
    sector_codes = [f"{r}{c}" for r in LETTERS for c in SIC8.codes]
    header = ["代            码", "", "", ""]
    regions, names = ["", "", "", ""], ["", "", "", ""]
    columns = []
    for k, (letter, (_, region)) in enumerate(REGIONS.items()):
        for j, name in enumerate(SIC8.names_zh):
            header.append(f"{letter}{SIC8.codes[j]}")
            regions.append(region if j == 0 else "")
            names.append("电力蒸气热水、煤气及自来水的生产和供应业" if j == 4 else name)
            columns.append(a["Z"][:, 8 * k + j])
        header.append(f"{letter}900")
        regions.append("")
        names.append(f"{region}合计")
        columns.append(a["Z"][:, 8 * k : 8 * k + 8].sum(1))
    header.append("ET")
    regions.append("中间使用合计")
    names.append("")
    columns.append(a["Z"].sum(1))
    for k, (letter, (_, region)) in enumerate(REGIONS.items()):
        for j in range(4):
            header.append(f"F{letter}00{j + 1}")
            regions.append(region if j == 0 else "")
            names.append(DEMAND_ZH[j])
            columns.append(a["Y"][:, 4 * k + j])
        header.append(f"F{letter}900")
        regions.append("")
        names.append(f"{region}合计")
        columns.append(a["Y"][:, 4 * k : 4 * k + 4].sum(1))
    final = a["Y"].sum(1) + a["stock"] + a["exports"]
    for code, name, column in (
        ("STK", "库存", a["stock"]),
        ("EX", "出口", a["exports"]),
        ("FT", "最终使用合计", final),
        ("ERR", "", a["error"]),
        ("XX", "", a["x"]),
    ):
        header.append(code)
        regions.append(name)
        names.append("")
        columns.append(column)
    title = ["", "", "", "代码", "中间使用", *[""] * (len(header) - 5)]
    rows = [title, regions, names, header]
    body = np.array(columns).T
    for i, code in enumerate(sector_codes):
        rows.append(["", "", SIC8.names_zh[i % 8], code, *body[i].tolist()])
        if i % 8 == 7:
            rows.append(["", "", "合计", f"{code[0]}900", *body[i - 7 : i + 1].sum(0).tolist()])
    at = {code: k for k, code in enumerate(header)}

    def below(label, code, values, final=None):
        row = ["", label, "", code, *[""] * (len(header) - 4)]
        for c, value in zip(sector_codes, values, strict=True):
            row[at[c]] = float(value)
        for k, value in enumerate([] if final is None else final):
            row[at[f"F{LETTERS[k // 4]}00{k % 4 + 1}"]] = float(value)
        if final is not None:
            row[at["ET"]] = float(np.sum(values))
            row[at["FT"]] = float(np.sum(final))
            row[at["STK"]] = row[at["EX"]] = 0.0
        rows.append(row)

    inputs = a["Z"].sum(0) + a["m"]
    below("进口", "IM", a["m"], a["m_final"])
    below("中间投入合计", "ET", inputs)
    for k in range(4):
        below(FACTORS_ZH[k], f"VA00{k + 1}", a["V"][k])
    below("增加值合计", "VA", a["V"].sum(0))
    below("总投入", "XX", inputs + a["V"].sum(0))
    return rows


def cell(rows, row_code, column_code):
    """Return row and column of a cell by its codes."""
    i = next(k for k, row in enumerate(rows) if row[3] == row_code)
    return i, rows[3].index(column_code)


def test_arrays_come_back():
    a = arrays()
    t = parse_sheet(as_sheet(grid(a)), SIC8)
    for found, expected in (
        (t.Z, a["Z"]),
        (t.Y, a["Y"]),
        (t.V, a["V"]),
        (t.imports_Z, a["m"]),
        (t.imports_Y, a["m_final"]),
        (t.stock_change, a["stock"]),
        (t.exports, a["exports"]),
        (t.discrepancy, a["error"]),
        (t.x, a["x"]),
    ):
        np.testing.assert_array_equal(found, expected)


def test_rows_and_columns_in_another_order_give_the_same_table():
    a = arrays()
    rows = grid(a)
    order = [*range(4), *np.random.default_rng(1).permutation(np.arange(4, len(rows[3])))]
    shuffled = [[row[k] for k in order] for row in rows]
    body = [shuffled[4 + k] for k in np.random.default_rng(2).permutation(len(rows) - 4)]
    # Headings without a name in their own row take the one above; so all stay right when moved.
    t = parse_sheet(as_sheet([["", *row] for row in [*shuffled[:4], *body]]), SIC8)
    np.testing.assert_array_equal(t.Z, a["Z"])
    np.testing.assert_array_equal(t.V, a["V"])


def test_system_from_a_workbook_with_co2_beside_it(tmp_path):
    a = arrays()
    path = write(tmp_path / "SIC_IRIO_2002_2007_original.xls", {"2002-8": grid(a)})
    co2 = np.arange(8 * 19, dtype=float).reshape(8, 19)
    heads = [*load_classification("sic17").names_en, "HH_Urban", "HH_Rural"]
    lines = ["r8," + ",".join(heads)]
    lines += [f"{name}," + ",".join(map(str, co2[k])) for k, (name, _) in enumerate(REGIONS.values())]
    (tmp_path / "co2_mt_2002_8x17.csv").write_text("\n".join(lines))
    s = read_sic(tmp_path, year=2002, sectors=8)
    assert s.labels.regions == tuple(name for name, _ in REGIONS.values())
    assert s.unit == "1e4 CNY"
    assert s.price_basis == "current 2002 CNY, producer prices"
    # The writer of the workbook keeps 16 digits of a number.
    np.testing.assert_allclose(s.arrays.Z, a["Z"], rtol=1e-14)
    np.testing.assert_allclose(s.arrays.discrepancy.ravel(), a["error"], rtol=1e-14)
    np.testing.assert_allclose(s.accounts["co2"].total(), co2.sum(), rtol=1e-14)
    np.testing.assert_array_equal(s.accounts["co2"].direct_values, co2[:, 17:].sum(1))
    # Heavy industry of the 8 sectors holds sectors 7 to 13 of the 17.
    np.testing.assert_array_equal(s.accounts["co2"].values[:, 3], co2[:, 6:13].sum(1))
    bad = "\n".join(lines).replace("Northwest,", "North west x,")
    (tmp_path / "co2_mt_2002_8x17.csv").write_text(bad)
    with pytest.raises(LabelError, match="missing: Northwest"):
        read_sic(tmp_path, year=2002, sectors=8)
    (tmp_path / "co2_mt_2002_8x17.csv").write_text("\n".join(lines).replace(",0.0,", ",-1.0,"))
    with pytest.raises(FileError, match="Emissions are negative"):
        read_sic(tmp_path, year=2002, sectors=8)
    (tmp_path / "co2_mt_2002_8x17.csv").unlink()
    assert list(read_sic(path, year=2002, sectors=8).accounts) == []


def drop_row(rows):
    del rows[cell(rows, "C005", "A001")[0]]
    return "missing: C005"


def drop_column(rows):
    k = cell(rows, "A001", "FD002")[1]
    for row in rows:
        del row[k]
    return "missing: FD002"


def swap_codes(rows):
    k = rows[3].index("FB001")
    rows[3][k], rows[3][k + 1] = rows[3][k + 1], rows[3][k]
    return "CF3"  # the name above the code that now stands there


def swap_factors(rows):
    i = cell(rows, "VA001", "A001")[0]
    rows[i][3], rows[i + 1][3] = rows[i + 1][3], rows[i][3]
    return "B80"


def text_in_cell(rows):
    i, j = cell(rows, "D003", "E002")
    rows[i][j] = "n/a"
    return "AP34 ('n/a')"


def blank_cell(rows):
    i, j = cell(rows, "D003", "E002")
    rows[i][j] = ""
    return "AP34 ('')"


def nan_cell(rows):
    i, j = cell(rows, "IM", "FA001")
    rows[i][j] = float("nan")
    return "BZ77 (nan)"


def wrong_cell(rows):
    i, j = cell(rows, "D003", "E002")
    rows[i][j] += 1.0
    return "BY34"


def wrong_total(rows):
    i, j = cell(rows, "D003", "XX")
    rows[i][j] *= 1.001
    return "DR34"


def wrong_unit(rows):
    rows[0][0] = "单位：亿元"
    return "cell A1"


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (drop_row, LabelError),
        (drop_column, LabelError),
        (swap_codes, LabelError),
        (swap_factors, LabelError),
        (text_in_cell, MissingDataError),
        (blank_cell, MissingDataError),
        (nan_cell, MissingDataError),
        (wrong_cell, BalanceError),
        (wrong_total, BalanceError),
        (wrong_unit, UnitsError),
    ],
)
def test_damage_is_named_by_sheet_and_cell(damage, kind):
    rows = grid(arrays())
    place = damage(rows)
    with pytest.raises(kind) as caught:
        parse_sheet(as_sheet(rows, "2002-8", "sic.xls"), SIC8)
    assert place in str(caught.value)
    assert "sheet '2002-8' of sic.xls" in str(caught.value)


def test_the_address_of_damage_is_that_of_the_file(tmp_path):
    rows = grid(arrays())
    i, j = cell(rows, "A001", "A001")
    rows[i][j] = "x"
    path = write(tmp_path / "sic.xlsx", {"2002-8": rows})
    with pytest.raises(MissingDataError, match=r"E5 \('x'\)"):
        read_sic(path, year=2002, sectors=8)


def test_what_there_is_not(tmp_path):
    with pytest.raises(DataError, match="no such table"):
        read_sic(tmp_path, year=2012)
    with pytest.raises(DataError, match="no such table"):
        read_sic(tmp_path, sectors=30)
    with pytest.raises(FileError, match="no such file"):
        read_sic(tmp_path)
    path = write(tmp_path / "sic.xlsx", {"2007-17": [[""]]})
    with pytest.raises(FileError, match=r"sheet '2007-17' of sic\.xlsx, cell A1"):
        read_sic(path)
    with pytest.raises(LabelError, match="no sheet '2002-17'"):
        read_sic(path, year=2002)


@real
@pytest.mark.parametrize("year", [2002, 2007])
@pytest.mark.parametrize("sectors", [17, 8])
def test_real_tables_are_those_of_the_checked_arrays(year, sectors):
    folder = Path(DATA) / "sic_irio_2002_2007"
    s = read_sic(folder, year, sectors)
    with np.load(folder / f"sic_irio_{year}_8x{sectors}.npz") as f:
        assert s.labels.regions == tuple(f["regions"])
        assert s.labels.sectors == tuple(f["sectors"])
        for name, key in (
            ("Z", "Z"),
            ("Y", "F"),
            ("V", "va"),
            ("exports", "export"),
            ("stock_change", "stock"),
            ("discrepancy", "err"),
            ("imports_row_Z", "import_z"),
            ("imports_row_Y", "import_f"),
        ):
            found = getattr(s.arrays, name)
            np.testing.assert_allclose(found.reshape(f[key].shape), f[key], rtol=1e-12, err_msg=name)
        # Output is taken as the row sum, which the published one misses by up to 5e-11.
        np.testing.assert_allclose(s.arrays.x.ravel(), f["x"], rtol=1e-10)


@real
def test_real_co2():
    folder = Path(DATA) / "sic_irio_2002_2007"
    a, b = (read_sic(folder, 2007, n).accounts["co2"] for n in (17, 8))
    rows = [line.split(",") for line in (folder / "co2_mt_2007_8x17.csv").read_text().splitlines()[1:]]
    values = np.array([[float(v) for v in row[1:]] for row in rows])
    np.testing.assert_allclose(a.values, values[:, :17], rtol=1e-12)
    np.testing.assert_allclose(a.direct_values, values[:, 17] + values[:, 18], rtol=1e-12)
    share = load_concordance("sic17", "sic8").shares()
    np.testing.assert_allclose(b.values, values[:, :17] @ share, rtol=1e-12)
    assert a.total() == pytest.approx(6822.27, abs=0.01)
    assert read_sic(folder, 2002).accounts["co2"].total() == pytest.approx(3517.78, abs=0.01)


@real
def test_damage_in_the_real_sheet():
    book = open_workbook(Path(DATA) / "sic_irio_2002_2007/SIC_IRIO_2002_2007_original.xls")
    rows = [list(row) for row in book.sheet("2007-17").cells]
    sic17 = load_classification("sic17")
    rows[10][20] = rows[10][20] + 1e4
    with pytest.raises(BalanceError, match="intermediate use"):
        parse_sheet(as_sheet(rows), sic17)
    del rows[30]
    with pytest.raises(LabelError, match="missing: B009"):
        parse_sheet(as_sheet(rows), sic17)
