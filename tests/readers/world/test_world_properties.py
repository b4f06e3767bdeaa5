"""Random world tables, written in each layout and read back; and what one damaged cell does to them."""

import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mrio.errors import DataWarning, MrioError
from mrio.readers.world import wiod
from mrio.readers.world.eora import read_eora
from mrio.readers.world.figaro import read_figaro
from mrio.readers.world.icio import read_icio
from mrio.readers.world.wiod import read_wiod
from mrio.readers.world.world import WorldWords, world_flows, world_system
from tests.readers.sheets import as_sheet, write_lines
from tests.readers.world import test_eora, test_figaro, test_icio, test_wiod
from tests.readers.worlds import World

REGIONS = ["AUS", "BEL", "CHN", "MEX", "ROW"]
SECTORS = ["A01", "B05_06", "C10T12", "F"]
SLOW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Kind:
    """How a table is written: categories, the one that is stocks, rows of V, and those that are factors."""

    categories: int
    stocks: int
    rows: int
    closing: int
    factors: tuple[int, ...]
    taxed: tuple[int, ...]


ICIO = Kind(6, 4, 2, 0, (0, 1), (1,))
FIGARO = Kind(5, 4, 6, 5, (3, 4, 5, 0), (0, 3, 4))
WIOD = Kind(5, 4, 6, 4, (4, 0), (0, 5))
EORA = Kind(6, 4, 6, 3, (0, 1, 2, 3, 4, 5), (0, 1, 2, 4, 5))


@st.composite
def worlds(draw, kind):
    """Draw a balanced table with sectors without output, many zeros and numbers of any size."""
    R, N = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scale, zeros, n = 10.0 ** draw(st.integers(-3, 9)), draw(st.sampled_from([0.0, 0.5, 0.9])), R * N
    Z = rng.lognormal(0, 2, (n, n)) * (rng.random((n, n)) >= zeros) * scale
    Y = rng.lognormal(1, 2, (n, R, kind.categories)) * (rng.random((n, R, kind.categories)) >= zeros) * scale
    Y[:, :, 0] += 0.1 * scale
    Y[:, :, kind.stocks] = 0.01 * scale * rng.normal(0, 1, (n, R))
    V = np.zeros((kind.rows, n))
    V[list(kind.taxed)] = rng.normal(0, 0.01, (len(kind.taxed), n)) * scale
    if n > 1 and draw(st.booleans()):
        out = int(rng.integers(n))
        Z[out], Z[:, out], Y[out], V[:, out] = 0, 0, 0, 0
    x = Z.sum(1) + Y.sum((1, 2))
    V[kind.closing] = x - Z.sum(0) - V.sum(0)
    return World(Z, Y, V, rng.lognormal(0, 1, (kind.rows, R, kind.categories)), x), R, N


def require_same(found, drawn, kind):
    w, R, N = drawn
    n, own = R * N, [k for k in range(kind.categories) if k != kind.stocks]
    assert (found.regions, found.sectors) == (tuple(REGIONS[:R]), tuple(SECTORS[:N]))
    # Value added is what is left of output, so that its rounding is that of output.
    close = {"rtol": 1e-12, "atol": 1e-12 * float(np.abs(w.x).max())}
    np.testing.assert_array_equal(found.arrays.Z, w.Z)
    np.testing.assert_array_equal(found.arrays.Y.reshape(n, R, -1), w.Y[:, :, own])
    np.testing.assert_allclose(found.arrays.stock_change.ravel(), w.Y[:, :, kind.stocks].sum(1), **close)
    np.testing.assert_array_equal(found.arrays.V.reshape(len(kind.factors), n), w.V[list(kind.factors)])
    np.testing.assert_allclose(found.arrays.x.ravel(), w.x, **close)


def icio_rows(drawn):
    return test_icio.cells(drawn[0], regions=REGIONS[: drawn[1]], sectors=SECTORS[: drawn[2]])


def figaro_rows(drawn):
    return test_figaro.cells(drawn[0], REGIONS[: drawn[1]], SECTORS[: drawn[2]])


def wiod_rows(drawn):
    return test_wiod.book_rows(drawn[0], regions=REGIONS[: drawn[1]], sectors=SECTORS[: drawn[2]])


def wiod_sheet_system(rows):
    grid = wiod.sheet_grid(as_sheet(rows), (6, 4))
    layout = wiod.wiod_layout(grid)
    words = WorldWords("test", "million USD", "USD", "2014")
    return world_system(world_flows(grid, layout, 0.05), layout, words)


def eora_folder(folder, drawn):
    """Write a table without discrepancies."""
    w, R, N = drawn
    e = test_eora.Eora(w.Z, w.Y.reshape(R * N, -1), w.V, w.V[:1] * 0, w.finals[:1].reshape(1, -1))
    test_eora.write(folder, e, labels=False)
    accounts = [("Emissions (Gg)", "Total")]
    test_eora.write_labels(folder, row=False, regions=REGIONS[:R], sectors=SECTORS[:N], accounts=accounts)
    return folder


@given(drawn=worlds(ICIO))
@SLOW
def test_icio_comes_back(drawn):
    with tempfile.TemporaryDirectory() as folder:
        path = write_lines(Path(folder) / "2020_SML.csv", icio_rows(drawn))
        require_same(read_icio(path), drawn, ICIO)


@given(drawn=worlds(FIGARO), flat=st.booleans())
@SLOW
def test_figaro_comes_back(drawn, flat):
    rows = figaro_rows(drawn)
    with tempfile.TemporaryDirectory() as folder:
        path = write_lines(Path(folder) / "f_2010.csv", test_figaro.flat(rows) if flat else rows)
        require_same(read_figaro(path), drawn, FIGARO)


@given(drawn=worlds(WIOD), as_text=st.booleans())
@SLOW
def test_wiod_comes_back(drawn, as_text):
    rows = wiod_rows(drawn)
    if not as_text:
        require_same(wiod_sheet_system(rows), drawn, WIOD)
        return
    lines = test_wiod.wide(rows, regions=REGIONS[: drawn[1]], sectors=SECTORS[: drawn[2]])
    with tempfile.TemporaryDirectory() as folder:
        require_same(read_wiod(test_wiod.write_csv(Path(folder) / test_wiod.TEXT, lines)), drawn, WIOD)


@given(drawn=worlds(EORA))
@SLOW
def test_eora_comes_back(drawn):
    with tempfile.TemporaryDirectory() as folder:
        require_same(read_eora(eora_folder(Path(folder) / "2015", drawn)), drawn, EORA)


# -- one damaged cell ---------------------------------------------------------------------------------------


JUNK = ["", "n/a", "1,5", "nan", "inf", "-", "01_1", "AUS_A01", "c1", "\t", '"', "1e999"]


def read_text(reader, name, rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text("\n".join(",".join(map(text, row)) for row in rows) + "\n", encoding="utf-8")
        return reader(path)


def text(cell):
    return cell if isinstance(cell, str) else repr(float(cell))


GOOD = {
    "icio": (test_icio.cells(test_icio.table()), lambda rows: read_text(read_icio, "2020.csv", rows)),
    "figaro": (test_figaro.cells(test_figaro.table()), lambda rows: read_text(read_figaro, "2010.csv", rows)),
    "flat": (
        test_figaro.flat(test_figaro.cells(test_figaro.table())),
        lambda rows: read_text(read_figaro, "2010.csv", rows),
    ),
    "wiod": (test_wiod.book_rows(test_wiod.table()), wiod_sheet_system),
    "wide": (
        test_wiod.wide(test_wiod.book_rows(test_wiod.table())),
        lambda rows: read_text(read_wiod, "WIOT2014_x.csv", rows),
    ),
}


def main_arrays(system):
    return [getattr(system.arrays, name) for name in ("Z", "Y", "V", "x", "stock_change")]


def same_told_or_refused(read, good, rows):
    """Tell whether a damaged table is refused, warned about, or has the numbers of the good one.

    Gaps below 1e-3 of output, here some 0.4, go to the discrepancy without a word.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DataWarning)
            found = read(rows)
    except (MrioError, DataWarning):
        return True
    expected = read(good)
    return all(
        a.shape == b.shape and np.allclose(a, b, rtol=1e-12, atol=0.5)
        for a, b in zip(main_arrays(found), main_arrays(expected), strict=True)
    )


@pytest.mark.parametrize("name", GOOD)
@given(data=st.data())
@SLOW
def test_one_damaged_cell(name, data):
    good, read = GOOD[name]
    rows = [list(row) for row in good]
    i = data.draw(st.integers(0, len(rows) - 1))
    j = data.draw(st.integers(0, len(rows[i]) - 1))
    value = rows[i][j]
    # Without totals nothing tells what a sector sells to itself: its row and column change alike.
    silent = (name == "figaro" and rows[0][j] == rows[i][0]) or (name == "flat" and rows[i][0] == rows[i][1])
    changed = st.just(value * 1.5 + 1.0) if isinstance(value, float) and not silent else st.nothing()
    rows[i][j] = data.draw(st.sampled_from(JUNK) | changed)
    assert same_told_or_refused(read, good, rows)


@pytest.mark.parametrize("name", GOOD)
@given(data=st.data())
@SLOW
def test_lines_or_columns_missing_doubled_or_swapped(name, data):
    good, read = GOOD[name]
    rows = [list(row) for row in good]
    across, how = data.draw(st.booleans()), data.draw(st.sampled_from(["miss", "double", "swap"]))
    top = 6 if name == "wiod" else 1
    count = len(rows[-1]) if across else len(rows)
    i, j = (data.draw(st.integers(1 if across else top, count - 1)) for _ in range(2))
    order = list(range(count))
    if how == "miss":
        del order[i]
    elif how == "double":
        order.insert(j, i)
    else:
        order[i], order[j] = order[j], order[i]
    rows = [[row[k] for k in order if k < len(row)] for row in rows] if across else [rows[k] for k in order]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DataWarning)
            found = read(rows)
    except (MrioError, DataWarning):
        return
    # A table whose rows or columns stand in another order is the same table, perhaps in another order.
    expected = read(good)
    assert set(found.regions) == set(expected.regions)
    picked = found.Z.sel(region=expected.Z["region"], sector=expected.Z["sector"])
    picked = picked.sel(use_region=expected.Z["use_region"], use_sector=expected.Z["use_sector"])
    np.testing.assert_allclose(picked.values, expected.Z.values, rtol=1e-12)
    np.testing.assert_allclose(
        found.x.sel(region=expected.x["region"], sector=expected.x["sector"]).values,
        expected.x.values,
        rtol=1e-9,
        atol=1e-9,
    )
