import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from mrio.errors import BalanceError, DataError, FileError, LabelError, MissingDataError
from mrio.readers.china.nbs_national import read_nbs_national

DATA = os.environ.get("MRIO_DATA_DIR")
real = pytest.mark.skipif(DATA is None, reason="MRIO_DATA_DIR is not set")
N = 4
NAMES = ["Wheat", "Coal", "Steel", "Trade"]
FACTORS = ["VA001", "VA002", "VA003", "VA004"]


def flows(final, seed=0):
    """Return random flows of one origin."""
    rng = np.random.default_rng(seed)
    return {"Z": rng.uniform(1, 9, (N, N))} | {name: rng.uniform(1, 20, N) for name in final}


def factors(x, inputs, seed=1):
    """Return the rows below the flows."""
    share = np.random.default_rng(seed).dirichlet(np.ones(4), N).T
    rows = {"TII": inputs, **dict(zip(FACTORS, share * (x - inputs), strict=True))}
    return rows | {"TVA": x - inputs, "TI": x}


def competitive():
    """Return the table as rows of texts, and its arrays."""
    f = flows(["FU101", "FU102", "FU103", "FU201", "EX", "IM"])
    f["FU202"], f["ERR"] = np.random.default_rng(5).normal(size=(2, N))
    f["TIU"], f["THC"] = f["Z"].sum(1), f["FU101"] + f["FU102"]
    f["TC"], f["GCF"] = f["THC"] + f["FU103"], f["FU201"] + f["FU202"]
    f["TFU"] = f["TC"] + f["GCF"] + f["EX"]
    f["GO"] = f["TIU"] + f["TFU"] - f["IM"] + f["ERR"]
    columns = ["TIU", "FU101", "FU102", "THC", "FU103", "TC", "FU201", "FU202", "GCF", "EX", "TFU", "IM"]
    columns += ["ERR", "GO"]
    rows = [["Code", "Description", "DescriptionInChinese", *[f"{k:03d}" for k in range(1, N + 1)], *columns]]
    rows += [
        [f"{i + 1:03d}", NAMES[i], f"产品{i}", *f["Z"][i], *[f[c][i] for c in columns]] for i in range(N)
    ]
    for name, values in factors(f["GO"], f["Z"].sum(0)).items():
        rows.append([name, name, name, *values, *[""] * len(columns)])
    return rows, f


def non_competitive():
    """Return the table as rows of texts, and its arrays by origin."""
    parts = {}
    columns = ["TIU", "TC", "FU201", "FU202", "EX", "TFU", "GO"]
    rows = [["Code", "Description", "DescriptionInChinese", "Origin", *map(str, range(1, N + 1)), *columns]]
    for seed, origin in enumerate(("Domestic", "Imports")):
        f = parts[origin] = flows(["TC", "FU201", "FU202", "EX"], seed)
        f["TIU"], f["TFU"] = f["Z"].sum(1), f["TC"] + f["FU201"] + f["FU202"] + f["EX"]
        f["GO"] = f["TIU"] + f["TFU"]
        for i in range(N):
            values = [*f["Z"][i], *[f[c][i] for c in columns]]
            rows.append([str(i + 1), NAMES[i], f"产品{i}", origin, *values])
    inputs = parts["Domestic"]["Z"].sum(0) + parts["Imports"]["Z"].sum(0)
    for name, values in factors(parts["Domestic"]["GO"], inputs).items():
        rows.append([name, name, name, "TOT", *values, *[""] * len(columns)])
    return rows, parts


def save(path, rows):
    """Write rows as CSV, packed where the name says so."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_competitive_table(tmp_path):
    rows, f = competitive()
    t = read_nbs_national(save(tmp_path / "china_2010_4.csv.gz", rows))
    np.testing.assert_array_equal(t.Z, f["Z"])
    np.testing.assert_array_equal(t.Y, np.column_stack([f[c] for c in ("FU101", "FU102", "FU103", "FU201")]))
    for name, key in (
        ("x", "GO"),
        ("stock_change", "FU202"),
        ("exports", "EX"),
        ("imports", "IM"),
        ("error", "ERR"),
    ):
        np.testing.assert_array_equal(getattr(t, name), f[key])
    assert t.sectors == tuple(NAMES)
    assert t.price_basis == "current 2010 CNY, producer prices"
    assert t.imports_Z is None
    assert t.has_split
    t.check()


def test_columns_that_a_table_does_not_have(tmp_path):
    rows, f = competitive()
    drop = [rows[0].index(c) for c in ("THC", "TC", "GCF", "TFU")]
    rows = [[v for k, v in enumerate(row) if k not in drop] for row in rows]
    np.testing.assert_array_equal(read_nbs_national(save(tmp_path / "a.csv", rows), 2005).x, f["GO"])


def test_non_competitive_table(tmp_path):
    rows, parts = non_competitive()
    t = read_nbs_national(save(tmp_path / "china_2019_4.csv", rows))
    home, abroad = parts["Domestic"], parts["Imports"]
    np.testing.assert_array_equal(t.Z, home["Z"] + abroad["Z"])
    np.testing.assert_array_equal(t.imports_Z, abroad["Z"])
    assert t.demand == ("Final consumption", "Fixed capital formation")
    np.testing.assert_array_equal(t.imports_Y, np.column_stack([abroad["TC"], abroad["FU201"]]))
    np.testing.assert_array_equal(t.imports, abroad["GO"])
    np.testing.assert_array_equal(t.x, home["GO"])
    np.testing.assert_array_equal(t.exports, home["EX"] + abroad["EX"])
    t.check()


def test_arrays_beside_the_csv_give_the_same_table(tmp_path):
    rows, f = competitive()
    path = save(tmp_path / "china_2010_4.csv.gz", rows)
    fd = ["FU101", "FU102", "FU103", "FU201", "FU202", "EX"]
    va = np.array([row[3 : 3 + N] for row in rows[-6:-2]], dtype=float)
    arrays = {"Z": f["Z"], "F": np.column_stack([f[c] for c in fd]), "fd": fd, "imp": f["IM"]}
    arrays |= {"err": f["ERR"], "x": f["GO"], "va": va, "sectors": np.array(NAMES, dtype=object)}
    np.savez(tmp_path / "china_2010_4.npz", **arrays)
    a, b = read_nbs_national(path), read_nbs_national(tmp_path / "china_2010_4.npz")
    for name in ("Z", "Y", "V", "x", "exports", "imports", "stock_change", "error"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert a.sectors == b.sectors
    np.savez(tmp_path / "china_2010_4.npz", **(arrays | {"x": f["GO"] * 1.01}))
    with pytest.raises(BalanceError, match="does not add up"):
        read_nbs_national(tmp_path / "china_2010_4.npz")
    np.savez(tmp_path / "china_2010_4.npz", **(arrays | {"Z": np.ones((3, 3))}))
    with pytest.raises(DataError, match="do not have the sectors"):
        read_nbs_national(tmp_path / "china_2010_4.npz")
    (tmp_path / "china_2010_4.npz").write_bytes(b"PK\x03\x04half")
    with pytest.raises(FileError, match="cannot be read"):
        read_nbs_national(tmp_path / "china_2010_4.npz")
    path.unlink()
    with pytest.raises(FileError, match="names the sectors is missing"):
        read_nbs_national(tmp_path / "china_2010_4.npz")


def damaged(row, column, value):
    def damage(rows):
        rows[row][column] = value

    return damage


def drop_row(rows):
    del rows[2]


def drop_column(rows):
    for row in rows:
        del row[4]


def swap_codes(rows):
    rows[0][3], rows[0][4] = rows[0][4], rows[0][3]


def scale(row, column):
    def damage(rows):
        rows[row][column] *= 1.01

    return damage


@pytest.mark.parametrize(
    ("damage", "kind", "place"),
    [
        (drop_row, LabelError, "missing: 2"),
        (drop_column, LabelError, "missing: 2"),
        (swap_codes, BalanceError, "against column GO"),
        (damaged(3, 5, "n/a"), MissingDataError, "F4 ('n/a')"),
        (damaged(3, 5, ""), MissingDataError, "F4 ('')"),
        (damaged(3, 5, "nan"), MissingDataError, "F4 (nan)"),
        (scale(2, 4), BalanceError, "cells H3"),
        (scale(2, 20), BalanceError, "cells U3"),
        (scale(10, 5), BalanceError, "cells F11"),
        (damaged(0, 19, "IMPORT"), BalanceError, "does not add up"),
        (damaged(0, 7, "TOTAL"), LabelError, "missing: TIU"),
    ],
)
def test_damage_is_named_by_cell(tmp_path, damage, kind, place):
    rows, _ = competitive()
    damage(rows)
    with pytest.raises(kind) as caught:
        read_nbs_national(save(tmp_path / "china_2010_4.csv", rows))
    assert place in str(caught.value)


def test_damage_in_the_imported_half(tmp_path):
    rows, _ = non_competitive()
    rows[6][5] = "-"
    with pytest.raises(MissingDataError, match=r"F7 \('-'\)"):
        read_nbs_national(save(tmp_path / "china_2019_4.csv", rows))
    del rows[6]
    with pytest.raises(LabelError, match="missing: 2"):
        read_nbs_national(save(tmp_path / "china_2019_4.csv", rows))


def test_files_without_year_or_content(tmp_path):
    rows, _ = competitive()
    with pytest.raises(DataError, match="year of the table is not known"):
        read_nbs_national(save(tmp_path / "a.csv", rows))
    (tmp_path / "china_2010_4.csv").write_text("")
    with pytest.raises(FileError, match="is empty"):
        read_nbs_national(tmp_path / "china_2010_4.csv")
    with pytest.raises(FileError, match="no such file"):
        read_nbs_national(tmp_path / "china_2011_4.csv")


def test_names_of_a_bundled_classification_are_compared(tmp_path):
    # 42 sectors of 2015 have a bundled classification, whose names these are not.
    rows, _ = competitive()
    rows[1:5] = [[f"{k:02d}", "x", "y", *[1.0] * 18] for k in range(1, 43)]
    with pytest.raises(LabelError, match="expected '农林牧渔产品和服务'"):
        read_nbs_national(save(tmp_path / "china_2015_42.csv", rows))


@real
def test_real_tables_against_arrays_and_checks():
    folder = Path(DATA) / "nbs_national"
    with (folder / "checks.csv").open() as file:
        checks = list(csv.DictReader(file))
    assert len(checks) == 12
    for check in checks:
        a = read_nbs_national(folder / f"{check['table']}.csv.gz")
        b = read_nbs_national(folder / f"{check['table']}.npz")
        assert len(a.sectors) == int(check["sectors"])
        for name in ("Z", "Y", "V", "x", "exports", "imports", "stock_change", "error"):
            one, other = getattr(a, name), getattr(b, name)
            # The CSV files keep 12 digits; sums of a domestic and an imported part may cancel some.
            np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-12 * b.x.max())
        for t, digits in ((a, 1e-11), (b, 1e-13)):
            assert t.V.sum() / 1e4 == pytest.approx(float(check["GDP_1e8"]), rel=digits)
            assert t.x.sum() / 1e4 == pytest.approx(float(check["X_1e8"]), rel=digits)
        assert (b.V < 0).sum() == int(check["neg_VA"])
        assert (b.imports_Z is None) == check["kind"].startswith("competitive")
        # Output of 2007 differs from inputs by 7e-9.
        b.check(1e-8)


@real
def test_real_names():
    t = read_nbs_national(Path(DATA) / "nbs_national/china_2017_149.csv.gz")
    assert t.sectors[104:107] == ("Wholesale", "Retail", "Railway passenger transport")
    with np.load(Path(DATA) / "nbs_national/china_2017_42.npz", allow_pickle=True) as f:
        n = read_nbs_national(Path(DATA) / "nbs_national/china_2017_42.npz")
        np.testing.assert_array_equal(n.imports_Z, f["Zm"])
        np.testing.assert_array_equal(n.imports_Y, f["Fm"][:, :2])
        assert float((f["Fm"][:, 3]).sum() / 1e4) == pytest.approx(1675, abs=1)
