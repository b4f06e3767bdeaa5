"""Interprovincial tables of China, on small workbooks made in the layout that the reader documents.

The published workbook could not be had: how its headers are worded is an assumption.
"""

import numpy as np
import pytest

from mrio.errors import BalanceError, DataError, FileError, LabelError, MissingDataError, UnitsError
from mrio.readers.china.ipio import is_ipio, read_ipio
from mrio.readers.raw.workbook import open_workbook
from tests.readers.china import test_ceads_mrio
from tests.readers.sheets import write

REGIONS, ZH = ["Beijing", "Tianjin", "Hebei"], ["北京", "天津", "河北"]
SECTORS = ["Agriculture", "Coal mining", "Services"]
DEMAND = [
    "Rural households",
    "Urban households",
    "Government",
    "Fixed capital formation",
    "Change in inventories",
]
FACTORS = ["Compensation of employees", "Net taxes on production", "Depreciation", "Operating surplus"]
R, N, K = 3, 3, 5
n = R * N
ENGLISH = {"imports": "Imports", "exports": "Exports", "output": "Total output", "inputs": "Total inputs"}
CHINESE = {"imports": "进口", "exports": "出口", "output": "总产出", "inputs": "总投入"}


def arrays(seed=0):
    """Return a balanced table."""
    rng = np.random.default_rng(seed)
    Z, Y = rng.uniform(0, 5, (n, n)), rng.uniform(5, 9, (n, R, K))
    Y[..., 4] -= 7.0
    exports = rng.uniform(1, 20, n)
    x = Z.sum(1) + Y.sum((1, 2)) + exports
    MZ = rng.uniform(0, 1, (N, n))
    V = rng.dirichlet(np.ones(4), n).T * (x - Z.sum(0) - MZ.sum(0))
    return {"Z": Z, "Y": Y, "exports": exports, "x": x, "MZ": MZ, "MF": rng.uniform(0, 1, (N, R * K)), "V": V}


def grid(a, *, merged=True, words=ENGLISH, regions=REGIONS, factors=FACTORS):
    """Lay the arrays out: province and item above and in front, imports by product below the provinces."""
    top = [["", ""], ["", ""]]
    for items in (SECTORS, DEMAND):
        for region in regions:
            for k, item in enumerate(items):
                top[0].append("" if merged and k else region)
                top[1].append(item)
    for name in ("exports", "output"):
        top[0].append(words[name])
        top[1].append("")
    rows = [["单位：万元"], *top]
    for k in range(n):
        label = "" if merged and k % N else regions[k // N]
        body = [*a["Z"][k], *a["Y"][k].ravel(), a["exports"][k], a["x"][k]]
        rows.append([label, SECTORS[k % N], *body])
    abroad = [[words["imports"], *[""] * (N - 1)], [words["imports"]] * N][not merged]
    rows += [[abroad[k], SECTORS[k], *a["MZ"][k], *a["MF"][k]] for k in range(N)]
    for name, values in zip(factors, a["V"], strict=True):
        rows.append(["", name, *values])
    rows.append(["", words["inputs"], *a["x"]])
    return rows


def book(path, a, **choices):
    return write(path, {"Notes": [["about"]], "Table 2017": grid(a, **choices)})


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("words", [ENGLISH, CHINESE])
def test_every_number_is_in_its_place(tmp_path, merged, words):
    a = arrays()
    regions = REGIONS if words is ENGLISH else ZH
    factors = FACTORS if words is ENGLISH else ["VA001", "VA002", "VA003", "VA004"]
    found = read_ipio(
        book(tmp_path / "t.xlsx", a, merged=merged, words=words, regions=regions, factors=factors)
    )
    assert (found.regions, found.sectors, found.demand) == (tuple(regions), tuple(SECTORS), tuple(DEMAND[:4]))
    assert (found.period, found.unit, found.imports) == ("2017", "1e4 CNY", "product")
    assert found.price_basis == "current 2017 CNY, producer prices"
    np.testing.assert_allclose(found.arrays.Z, a["Z"], rtol=1e-15)
    np.testing.assert_allclose(found.arrays.Y.reshape(n, R, 4), a["Y"][..., :4], rtol=1e-15)
    np.testing.assert_allclose(found.arrays.stock_change.ravel(), a["Y"][..., 4].sum(1), rtol=1e-14)
    np.testing.assert_allclose(found.arrays.V.reshape(4, n), a["V"], rtol=1e-15)
    np.testing.assert_allclose(found.arrays.exports.ravel(), a["exports"], rtol=1e-15)
    np.testing.assert_allclose(found.arrays.imports_Z.reshape(N, n), a["MZ"], rtol=1e-15)
    MF = a["MF"].reshape(N, R, K)
    MF = np.concatenate([MF[..., :3], MF[..., 3:].sum(axis=2, keepdims=True)], axis=2)
    np.testing.assert_allclose(found.arrays.imports_Y, MF, rtol=1e-14)
    assert found.arrays.discrepancy is None
    assert found.check()["row balance"].passed
    assert found.check()["column balance"].worst < 1e-10


def test_rounded_output_leaves_a_discrepancy(tmp_path):
    a = arrays()
    rows = a["x"].copy()
    a["x"] = np.round(a["x"], 2)
    found = read_ipio(book(tmp_path / "t.xlsx", a))
    np.testing.assert_allclose(found.arrays.discrepancy.ravel(), a["x"] - rows, atol=1e-12)
    np.testing.assert_allclose(found.arrays.x.ravel(), a["x"], rtol=1e-12)


def spoiled(tmp_path, row, column, value):
    rows = grid(arrays())
    rows[row][column] = value
    return write(tmp_path / "t.xlsx", {"2017": rows})


@pytest.mark.parametrize(
    ("row", "column", "value", "kind", "text"),
    [
        (4, 3, "", MissingDataError, "D5"),
        (4, 3, "n.a.", MissingDataError, "'n.a.'"),
        (4, 3, 1e6, BalanceError, "gross output"),
        (0, 0, "单位：亿元", UnitsError, "another unit"),
        (2, 3, "Coal mining and", LabelError, "Coal mining and"),
        (4, 1, "Coal", LabelError, "missing or too many"),
        (1, 2, "Bejing", LabelError, "not known"),
        (3 + n + N, 1, "Subsidies", LabelError, "imports | Subsidies"),
        (3 + n, 0, "Abroad", LabelError, "not known"),
        (1, 2 + n + R * K, "Something", LabelError, "not known"),
    ],
)
def test_damage_is_told_by_its_place(tmp_path, row, column, value, kind, text):
    with pytest.raises(kind) as caught:
        read_ipio(spoiled(tmp_path, row, column, value), sheet="2017")
    assert text in str(caught.value)


def test_a_row_that_stands_twice(tmp_path):
    rows = grid(arrays(), merged=False)
    path = write(tmp_path / "t.xlsx", {"2017": [*rows[:4], rows[3], *rows[4:]]})
    with pytest.raises(LabelError, match="stands twice"):
        read_ipio(path)


def test_which_workbooks_hold_such_a_table(tmp_path):
    path = book(tmp_path / "t.xlsx", arrays())
    assert [is_ipio(open_workbook(path).sheet(name)) for name in ("Notes", "Table 2017")] == [False, True]
    other = test_ceads_mrio.book(tmp_path / "ceads.xlsx", test_ceads_mrio.arrays())
    with pytest.raises(FileError, match="no interprovincial table"):
        read_ipio(other)
    with pytest.raises(DataError, match="year"):
        read_ipio(write(tmp_path / "a.xlsx", {"Table": grid(arrays())}))
    assert read_ipio(tmp_path / "a.xlsx", 2012).period == "2012"
