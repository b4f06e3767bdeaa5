import csv
import os
import warnings
from pathlib import Path

import numpy as np
import pytest

from mrio.classification import load_classification, provinces
from mrio.errors import (
    BalanceError,
    DataWarning,
    FileError,
    LabelError,
    MissingDataError,
    UnitsError,
)
from mrio.readers.china.nbs_layouts import NATIONAL, OWN, UNIFORM
from mrio.readers.china.nbs_provincial import parse_sheet, read_nbs_provincial
from tests.readers.sheets import as_sheet, write

DATA = os.environ.get("MRIO_DATA_DIR")
real = pytest.mark.skipif(DATA is None, reason="MRIO_DATA_DIR is not set")
CLASSES = load_classification("nbs2007_42")
N = 42
DEMAND = ["FU101", "FU102", "FU103", "FU201"]
FACTORS = ["VA001", "VA002", "VA003", "VA004"]
TRADE = ["exports", "outflow", "imports", "inflow"]


def flows(seed=0, split=True):
    """Return a balanced provincial table by the names of its columns and rows."""
    rng = np.random.default_rng(seed)
    f = {"Z": rng.uniform(0, 5, (N, N))}
    f |= {key: rng.uniform(0, 30, N) for key in (*DEMAND, "exports", "outflow", "imports", "inflow")}
    f["FU202"], f["ERR"] = rng.normal(size=(2, N))
    f["out_total"], f["in_total"] = f["exports"] + f["outflow"], f["imports"] + f["inflow"]
    f["TIU"], f["TII"] = f["Z"].sum(1), f["Z"].sum(0)
    f["THC"] = f["FU101"] + f["FU102"]
    f["TC"] = f["THC"] + f["FU103"]
    f["GCF"] = f["FU201"] + f["FU202"]
    f["GO"] = f["TIU"] + f["TC"] + f["GCF"] + f["out_total"] - f["in_total"] + f["ERR"]
    f["TFU"] = f["TC"] + f["GCF"] + f["out_total"]
    f["TI"], f["TVA"] = f["GO"], f["GO"] - f["TII"]
    for key, share in zip(FACTORS, rng.dirichlet(np.ones(4), N).T, strict=True):
        f[key] = share * f["TVA"]
    if not split:
        f |= {key: [""] * N for key in TRADE}
    return f


def grid(f, layout):
    """Lay the flows out as the sheets do: names in heights of their own, codes in one row."""
    columns = sorted(layout.columns.items(), key=lambda item: item[1][0] if layout is OWN else "")
    names = [name for _, (_, name) in columns]
    codes = [code for _, (code, _) in columns]
    sectors = [
        "通用专用设备制造业" if layout is OWN and k == 15 else n for k, n in enumerate(CLASSES.names_zh)
    ]
    rows = [
        ["某省2007年投入产出表", "", ""],
        ["制表单位：某省统计局", "", "", "单位：万元"],
        ["产出", "", "代码", *sectors, *["" if k % 2 else name for k, name in enumerate(names)]],
        ["", "", "", *[""] * N, *[name if k % 2 else "" for k, name in enumerate(names)]],
        ["代码", "", "", *[f"{k:02d}" if k < 10 else float(k) for k in range(1, N + 1)], *codes],
    ]
    for i in range(N):
        values = [f[key][i] for key, _ in columns]
        rows.append(["", sectors[i], f"{i + 1:02d}", *f["Z"][i].tolist(), *values])
    for key, (code, name) in layout.rows.items():
        rows.append(["", name, code, *np.asarray(f[key]).tolist()])
    return rows


def at(rows, row_code, column_code):
    """Return row and column of a cell by codes."""
    i = next(k for k, row in enumerate(rows) if row[2] == row_code)
    return i, rows[4].index(column_code)


@pytest.mark.parametrize("layout", [UNIFORM, OWN])
def test_flows_come_back(layout):
    f = flows()
    table, notes = parse_sheet(as_sheet(grid(f, layout)), layout, "Hebei")
    assert notes == []
    np.testing.assert_array_equal(table.Z, f["Z"])
    np.testing.assert_array_equal(table.Y, np.column_stack([f[key] for key in DEMAND]))
    np.testing.assert_array_equal(table.V, [f[key] for key in FACTORS])
    for name, key in (("x", "GO"), ("stock_change", "FU202"), ("exports", "exports"), ("inflow", "inflow")):
        np.testing.assert_array_equal(getattr(table, name), f[key])
    np.testing.assert_allclose(table.error, f["ERR"], atol=1e-12)
    np.testing.assert_allclose(table.out_total, f["out_total"], rtol=1e-15)
    assert table.has_split
    assert table.split_gap == pytest.approx(0, abs=1e-15)
    assert table.unit == "1e4 CNY"
    assert table.price_basis == "current 2007 CNY, producer prices"
    table.check()


def test_the_nation_trades_abroad_only():
    f = flows()
    table, _ = parse_sheet(as_sheet(grid(f, NATIONAL)), NATIONAL, "China")
    np.testing.assert_array_equal(table.exports, f["out_total"])
    np.testing.assert_array_equal(table.imports, f["in_total"])
    assert table.has_split
    assert not table.outflow.any()
    assert not table.inflow.any()


@pytest.mark.parametrize("empty", [True, False])
def test_totals_only(empty):
    f = flows(split=False)
    if not empty:
        f |= {"exports": np.zeros(N), "imports": np.zeros(N)}
        f |= {"outflow": f["out_total"], "inflow": f["in_total"]}
    table, _ = parse_sheet(as_sheet(grid(f, UNIFORM)), UNIFORM, "Shandong")
    assert not table.has_split
    assert table.exports is None
    assert table.outflow is None
    np.testing.assert_array_equal(table.out_total, f["out_total"])


def test_own_sheet_with_totals_only():
    f = flows()
    f |= {"outflow": f["out_total"], "inflow": f["in_total"], "exports": np.zeros(N), "imports": np.zeros(N)}
    table, _ = parse_sheet(as_sheet(grid(f, OWN)), OWN, "Shanxi")
    assert not table.has_split
    np.testing.assert_array_equal(table.in_total, f["in_total"])


def test_net_trade_is_told():
    f = flows()
    net = f["out_total"] - f["in_total"]
    f |= {"exports": np.zeros(N), "imports": np.zeros(N)}
    f |= {"outflow": np.maximum(net, 0), "inflow": np.maximum(-net, 0)}
    table, _ = parse_sheet(as_sheet(grid(f, OWN)), OWN, "Heilongjiang")
    assert any("published net" in step.action for step in table.provenance.steps)


def test_a_split_that_misses_the_totals_is_told():
    f = flows()
    f["exports"] = f["exports"] * 4
    table, notes = parse_sheet(as_sheet(grid(f, UNIFORM)), UNIFORM, "Qinghai")
    gap = (3 * f["exports"] / 4).sum() / f["out_total"].sum()
    assert table.split_gap == pytest.approx(gap, rel=1e-12)
    assert f"{gap:.0%}" in notes[0]
    assert "not usable" in notes[0]


def test_exports_and_outflow_are_taken_by_their_names():
    f = flows()
    rows = grid(f, OWN)
    j, k = (rows[4].index(code) for code in ("52", "53"))
    for row in rows:
        if len(row) > k and row is not rows[4]:
            row[j], row[k] = row[k], row[j]
    table, notes = parse_sheet(as_sheet(rows, "SHD"), OWN, "Shandong")
    np.testing.assert_array_equal(table.exports, f["exports"])
    assert "'SHD'" in notes[0]
    assert "reverse order" in notes[0]
    assert table.provenance.steps[-1].details["text"] == notes[0]


def test_an_empty_cell_of_final_demand_is_zero_when_its_totals_say_so():
    f = flows()
    f["FU103"][7] = 0.0
    f["TC"] = f["THC"] + f["FU103"]
    f["GO"] = f["TIU"] + f["TC"] + f["GCF"] + f["out_total"] - f["in_total"] + f["ERR"]
    f["TI"], f["TVA"] = f["GO"], f["GO"] - f["TII"]
    f["VA004"] = f["TVA"] - f["VA001"] - f["VA002"] - f["VA003"]
    rows = grid(f, UNIFORM)
    i, j = at(rows, "08", "FU103")
    rows[i][j] = ""
    table, notes = parse_sheet(as_sheet(rows), UNIFORM, "Hunan")
    assert table.Y[7, 2] == 0.0
    assert "read as zero" in notes[0]
    rows = grid(flows(), UNIFORM)
    rows[i][j] = ""
    with pytest.raises(BalanceError, match="column TC"):
        parse_sheet(as_sheet(rows), UNIFORM, "Hunan")


def test_small_row_gaps_go_into_the_discrepancy():
    f = flows()
    f["ERR"] = f["ERR"] + f["GO"] * 5e-5
    table, _ = parse_sheet(as_sheet(grid(f, OWN)), OWN, "Ningxia")
    assert np.abs(table.row_gap).max() < 1e-12 * table.x.mean()
    (step,) = table.provenance.steps
    assert step.details["share_of_output"] == pytest.approx(5e-5, rel=1e-9)


def drop_row(rows):
    del rows[at(rows, "20", "FU101")[0]]
    return "missing: 20"


def drop_column(rows):
    k = rows[4].index("FU201")
    for row in rows:
        del row[k : k + 1]
    return "missing: FU201"


def drop_factor(rows):
    del rows[at(rows, "VA002", "FU101")[0]]
    return "missing: VA002"


def swap_header(rows):
    j, k = rows[4].index("FU101"), rows[4].index("FU102")
    rows[4][j], rows[4][k] = rows[4][k], rows[4][j]
    return "AV3"


def swap_sector(rows):
    rows[4][5], rows[4][6] = rows[4][6], rows[4][5]
    return "cells G3"


def swap_trade(rows):
    j, k = rows[4].index("FU303"), rows[4].index("FU304")
    rows[4][j], rows[4][k] = rows[4][k], rows[4][j]
    return "2 names"


def text_cell(rows):
    rows[10][8] = "1,234.5"
    return "I11 ('1,234.5')"


def blank_cell(rows):
    rows[10][8] = ""
    return "I11 ('')"


def nan_cell(rows):
    rows[10][8] = float("nan")
    return "I11 (nan)"


def blank_trade_cell(rows):
    i, j = at(rows, "08", "FU302")
    rows[i][j] = ""
    return "BF13 ('')"


def wrong_flow(rows):
    rows[10][8] += 1.0
    return "AT11"


def wrong_total(rows):
    i, _ = at(rows, "TVA", "FU101")
    rows[i][3] *= 1.01
    return "D53"


def wrong_output(rows):
    i, j = at(rows, "08", "GO")
    rows[i][j] *= 1.01
    return "BD13"


def wrong_unit(rows):
    rows[1][3] = "单位：亿元"
    return "cell D2"


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (drop_row, LabelError),
        (drop_column, LabelError),
        (drop_factor, LabelError),
        (swap_header, LabelError),
        (swap_sector, LabelError),
        (swap_trade, LabelError),
        (text_cell, MissingDataError),
        (blank_cell, MissingDataError),
        (nan_cell, MissingDataError),
        (blank_trade_cell, MissingDataError),
        (wrong_flow, BalanceError),
        (wrong_total, BalanceError),
        (wrong_output, BalanceError),
        (wrong_unit, UnitsError),
    ],
)
def test_damage_is_named_by_sheet_and_cell(damage, kind):
    rows = grid(flows(), UNIFORM)
    place = damage(rows)
    with pytest.raises(kind) as caught:
        parse_sheet(as_sheet(rows, "03Hebei", "book.xls"), UNIFORM, "Hebei")
    assert place in str(caught.value)
    assert "sheet '03Hebei' of book.xls" in str(caught.value)


def test_workbooks_are_told_apart_by_their_sheets(tmp_path):
    f = flows()
    uniform = write(tmp_path / "China31-Hancheng.xls", {"03Hebei": grid(f, UNIFORM), "02Tianjin": [[""]]})
    own = write(tmp_path / "own.xlsx", {"HEB": grid(f, OWN)})
    a, b, c = (read_nbs_provincial(path, "Hebei") for path in (tmp_path, uniform, own))
    np.testing.assert_array_equal(a.Z, b.Z)
    np.testing.assert_array_equal(a.Z, c.Z)
    with pytest.raises(LabelError, match="no table of 'Tibet'"):
        read_nbs_provincial(uniform, "Tibet")
    with pytest.raises(LabelError, match="no table of 'China'"):
        read_nbs_provincial(own, "China")
    with pytest.raises(LabelError, match="no table of 'hebei'"):
        read_nbs_provincial(uniform, "hebei")
    with pytest.raises(FileError, match=r"sheet '02Tianjin' of China31-Hancheng\.xls, cell A1"):
        read_nbs_provincial(uniform, "Tianjin")


def test_notes_become_warnings(tmp_path):
    f = flows()
    f["exports"] = f["exports"] * 4
    path = write(tmp_path / "a.xlsx", {"28Qinghai": grid(f, UNIFORM)})
    with pytest.warns(DataWarning, match="not usable"):
        read_nbs_provincial(path, "Qinghai")


TOTALS_ONLY = {
    *("Shanxi", "InnerMongolia", "Jilin", "Heilongjiang", "Jiangxi", "Shandong", "Henan", "Hubei", "Hunan"),
    *("Sichuan", "Guizhou", "Shaanxi"),
}
UNUSABLE = {"Hainan", "Chongqing", "Gansu", "Qinghai", "Ningxia"}


def read_quietly(path, region):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_nbs_provincial(path, region)


@real
def test_all_31_tables_of_the_uniform_workbook():
    folder = Path(DATA) / "nbs_provincial_2007"
    with (folder / "checks.csv").open() as file:
        checks = {row["region"]: row for row in csv.DictReader(file)}
    with np.load(folder / "prov_io_2007_31x42.npz") as f:
        reference = {key: f[key] for key in f.files}
    names = [{"Neimenggu": "InnerMongolia"}.get(str(name), str(name)) for name in reference["regions"]]
    assert set(names) == {"China", *provinces().index} - {"Tibet"}
    total = 0.0
    for k, region in enumerate(names):
        t = read_quietly(folder, region)
        for found, key in ((t.Z, "Z"), (t.V, "va"), (t.x, "x")):
            np.testing.assert_allclose(found, reference[key][k], rtol=1e-12, err_msg=region)
        np.testing.assert_allclose(t.Y, reference["F"][k][:, :4], rtol=1e-12)
        np.testing.assert_allclose(t.stock_change, reference["F"][k][:, 4], rtol=1e-12)
        if region != "China":
            np.testing.assert_allclose(t.out_total, reference["out_total"][k], rtol=1e-12)
            np.testing.assert_allclose(t.in_total, reference["in_total"][k], rtol=1e-12)
            assert t.has_split == (region not in TOTALS_ONLY)
            assert (t.split_gap > 0.05) == (region in UNUSABLE)
        if t.has_split:
            np.testing.assert_allclose(t.exports, reference["export"][k], rtol=1e-12)
            np.testing.assert_allclose(t.imports, reference["imp"][k], rtol=1e-12)
            np.testing.assert_allclose(t.outflow, reference["outflow"][k], rtol=1e-12)
            np.testing.assert_allclose(t.inflow, reference["inflow"][k], rtol=1e-12)
        # Rounding of rows is put into the discrepancy: to 1e-12 of the output.
        np.testing.assert_allclose(t.error, reference["err"][k], rtol=0, atol=1e-12 * t.x.max())
        check = checks["Neimenggu" if region == "InnerMongolia" else region]
        value_added = t.V.sum() / 1e4
        assert value_added == pytest.approx(float(check["GDP_1e8CNY"]), rel=1e-12)
        assert (t.x == 0).sum() == int(check["zero_sectors"])
        assert (t.V < 0).sum() == int(check["neg_VA"])
        total += value_added if region != "China" else 0.0
    assert total == pytest.approx(276751, abs=1)


@real
def test_all_30_own_sheets():
    path = Path(DATA) / "nbs_provincial_2007/ChinaIO.xls"
    with np.load(path.with_name("prov_io_2007_31x42.npz")) as f:
        names = [{"Neimenggu": "InnerMongolia"}.get(str(n), str(n)) for n in f["regions"]]
        Z, x = dict(zip(names, f["Z"], strict=True)), dict(zip(names, f["x"], strict=True))
    other = {"InnerMongolia", "Shandong", "Hubei", "Hainan", "Gansu", "Qinghai", "Ningxia"}
    other_flows = {"Chongqing", "Shaanxi"}
    for region in provinces().index.drop("Tibet"):
        t = read_quietly(path, region)
        scale = x[region].max()
        assert (np.abs(t.x - x[region]).max() < 1e-6 * scale) == (region not in other), region
        if region not in other | other_flows:
            np.testing.assert_allclose(t.Z, Z[region], rtol=0, atol=1e-6 * Z[region].max())
        # Own sheets write totals of trade as outflow where exports are not known.
        assert t.has_split == (region not in TOTALS_ONLY - {"Shandong"}), region
        # Output differs from inputs by up to 1.4e-5 in some sheets.
        t.check(tolerance=2e-5)


@real
def test_what_own_sheets_do_not_say_alike():
    path = Path(DATA) / "nbs_provincial_2007/ChinaIO.xls"
    with pytest.warns(DataWarning, match=r"columns 52 and 53 \(cells BC8 and BD8\)"):
        t = read_nbs_provincial(path, "Shandong")
    assert t.exports.sum() / 1e4 == pytest.approx(2207.28, abs=0.01)
    t = read_nbs_provincial(path, "Heilongjiang")
    assert any("published net" in step.action for step in t.provenance.steps)


@real
def test_an_empty_cell_in_hunan():
    with pytest.warns(DataWarning, match="AX34"):
        read_nbs_provincial(Path(DATA) / "nbs_provincial_2007", "Hunan")
