"""FIGARO, on small files made in exactly its layouts (no published file is used)."""

import zipfile

import numpy as np
import pytest

import mrio
from mrio.errors import BalanceError, DataWarning, FileError, LabelError, MissingDataError
from mrio.readers.raw.workbook import address
from mrio.readers.world.figaro import read_figaro
from tests.readers.sheets import write_lines
from tests.readers.worlds import R, footprints_add_up, n, world

AREAS, SECTORS = ["AR", "DE", "FIGW1"], ["A01", "C10T12", "C31_32", "T"]
DEMAND = ["P3_S13", "P3_S14", "P3_S15", "P51G", "P5M"]
BELOW = ["W2_D21X31", "W2_OP_RES", "W2_OP_NRES", "W2_D1", "W2_D29X39", "W2_B2A3G"]
FACTORS = [3, 4, 5, 0]
PAIRS = [f"{r}_{s}" for r in AREAS for s in SECTORS]
MATRIX, FLAT = "matrix_eu-ic-io_ind-by-ind_23ed_2010.csv", "flatfile_eu-ic-io_ind-by-ind_23ed_2010.csv"


def table(seed=0):
    """Rows of V as `BELOW`; purchases of and abroad concern final users only."""
    w = world(6, 5, 4, seed=seed)
    w.V[1:3] = 0
    w.V[0] = w.x - w.Z.sum(0) - w.V[1:].sum(0)
    w.finals[3:] = 0
    return w


def cells(w, areas=AREAS, sectors=SECTORS):
    pairs = [f"{r}_{s}" for r in areas for s in sectors]
    rows = [["rowLabels", *pairs, *(f"{r}_{c}" for r in areas for c in DEMAND)]]
    rows += [[code, *w.Z[k], *w.Y[k].ravel()] for k, code in enumerate(pairs)]
    return rows + [[code, *w.V[k], *w.finals[k].ravel()] for k, code in enumerate(BELOW)]


def flat(rows):
    """Return the flat lines of a matrix."""
    lines = [["icioiRow", "icioiCol", "refArea", "rowIi", "counterpartArea", "colIi", "obsValue"]]
    for row in rows[1:]:
        lines += [
            [row[0], code, *row[0].split("_", 1), *code.split("_", 1), value]
            for code, value in zip(rows[0][1:], row[1:], strict=True)
        ]
    return lines


def require_same(found, w):
    assert (found.regions, found.sectors) == (tuple(AREAS), tuple(SECTORS))
    np.testing.assert_allclose(found.arrays.Z, w.Z, rtol=1e-12)
    np.testing.assert_allclose(found.arrays.Y.reshape(n, R, -1), w.Y[:, :, :4], rtol=1e-12)
    np.testing.assert_allclose(found.arrays.stock_change.ravel(), w.Y[:, :, 4].sum(1), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.arrays.V.reshape(4, n), w.V[FACTORS], rtol=1e-12)
    np.testing.assert_allclose(found.arrays.x.ravel(), w.x, rtol=1e-12, atol=1e-12)
    residents = found.account("direct purchases abroad by residents")
    np.testing.assert_allclose(residents.direct_values, w.finals[1].sum(1), rtol=1e-12)
    basic = found.account("value added at basic prices")
    np.testing.assert_allclose(basic.values.ravel(), w.V[3:].sum(0), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", [MATRIX, FLAT])
def test_every_number_is_in_its_place(tmp_path, name):
    w = table()
    rows = cells(w)
    found = read_figaro(write_lines(tmp_path / name, rows if name == MATRIX else flat(rows)))
    require_same(found, w)
    assert (found.unit, found.price_basis) == ("million EUR", "current 2010 EUR, basic prices")
    assert found.demand == ("P3_S13", "P3_S14", "P3_S15", "P51G")
    assert found.factors[0] == "compensation of employees"
    assert found.arrays.discrepancy is None
    assert found.imports == "none"
    assert found.check()["column balance"].passed
    assert footprints_add_up(found, "value_added")
    assert footprints_add_up(found, "value added at basic prices")


@pytest.mark.parametrize("name", [MATRIX, FLAT])
def test_read_knows_it(tmp_path, name):
    w = table()
    rows = cells(w)
    path = write_lines(tmp_path / name, rows if name == MATRIX else flat(rows))
    require_same(mrio.read(path)["2010"], w)
    with zipfile.ZipFile(tmp_path / "f.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, name)
    require_same(mrio.read(tmp_path / "f.zip")["2010"], w)


def test_lines_in_any_order_are_the_same_table(tmp_path):
    w = table()
    lines = flat(cells(w))
    order = 1 + np.random.default_rng(0).permutation(len(lines) - 1)
    found = read_figaro(write_lines(tmp_path / FLAT, [lines[0], *(lines[k] for k in order)]))
    where = {pair: k for k, pair in enumerate(PAIRS)}
    places = [where[f"{r}_{s}"] for r in found.regions for s in found.sectors]
    np.testing.assert_allclose(found.arrays.Z, w.Z[np.ix_(places, places)], rtol=1e-12)


def test_many_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr("mrio.readers.world.figaro._LINES_AT_ONCE", 7)
    w = table()
    require_same(read_figaro(write_lines(tmp_path / FLAT, flat(cells(w)))), w)


def test_rounding_to_three_digits_becomes_the_discrepancy(tmp_path):
    w = table()
    rows = [rows if k == 0 else [rows[0], *np.round(rows[1:], 3)] for k, rows in enumerate(cells(w))]
    found = read_figaro(write_lines(tmp_path / MATRIX, rows))
    Z, V = (np.array([row[1 : n + 1] for row in part]) for part in (rows[1 : n + 1], rows[n + 1 :]))
    np.testing.assert_allclose(found.arrays.x.ravel(), Z.sum(0) + V.sum(0), rtol=1e-12, atol=1e-12)
    sales = np.array([row[1:] for row in rows[1 : n + 1]], dtype=float).sum(1)
    np.testing.assert_allclose(found.arrays.discrepancy.ravel(), found.arrays.x.ravel() - sales, atol=1e-12)
    assert np.abs(found.arrays.discrepancy).max() < 0.02
    assert found.check()["column balance"].passed


def test_a_sector_that_only_sells_a_unit_of_rounding(tmp_path):
    """Without any input output is what is sold; the table exists, and the sector has no technology."""
    w = table()
    rows = cells(w)
    rows[n - 1][n + 2] = 1e-5
    found = read_figaro(write_lines(tmp_path / MATRIX, rows))
    assert found.arrays.x.ravel()[n - 2] == 1e-5
    assert found.arrays.discrepancy is None


# -- damage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", "n/a", ":", "nan", "1_0"])
def test_a_cell_without_a_number(tmp_path, value):
    rows = cells(table())
    rows[3][4] = value
    with pytest.raises(MissingDataError, match=f"cells {address(3, 4)} "):
        read_figaro(write_lines(tmp_path / MATRIX, rows))
    lines = flat(cells(table()))
    lines[50][-1] = value
    with pytest.raises(MissingDataError, match="line 51 "):
        read_figaro(write_lines(tmp_path / FLAT, lines))


@pytest.mark.parametrize("code", ["AR_A01", "AR_P3_S14", "DE_C10T12 ", "W2_X", "DE"])
def test_a_wrong_or_doubled_code(tmp_path, code):
    for row, column in ((6, 0), (0, 6)):
        rows = cells(table())
        rows[row][column] = code
        with pytest.raises(LabelError) as caught:
            read_figaro(write_lines(tmp_path / MATRIX, rows))
        assert "'DE_C10T12' missing" in str(caught.value)
        assert address(row, column) in str(caught.value)


def test_flat_lines_that_are_missing_doubled_or_cut_off(tmp_path):
    good = flat(cells(table()))
    for k in (1, 40, len(good) - 1):
        with pytest.raises(LabelError, match="0 lines") as caught:
            read_figaro(write_lines(tmp_path / FLAT, good[:k] + good[k + 1 :]))
        assert f"{good[k][0]} to {good[k][1]}" in str(caught.value)
    with pytest.raises(LabelError, match="2 lines"):
        read_figaro(write_lines(tmp_path / FLAT, [*good, good[5]]))
    with pytest.raises(mrio.MrioError):
        read_figaro(write_lines(tmp_path / FLAT, good[: len(good) // 2]))
    with pytest.raises(FileError, match="too long or too short"):
        read_figaro(write_lines(tmp_path / FLAT, [*good[:9], good[9][:4], *good[10:]]))
    with pytest.raises(FileError):
        read_figaro(write_lines(tmp_path / FLAT, good[:1]))


def test_swapped_headings_and_changed_numbers_are_noticed(tmp_path):
    rows = cells(table())
    rows[0][1], rows[0][6] = rows[0][6], rows[0][1]
    with pytest.raises(BalanceError, match=r"AR_A01|DE_C10T12"):
        read_figaro(write_lines(tmp_path / MATRIX, rows))
    rows = cells(table())
    rows[2][5] *= 50
    with pytest.raises(BalanceError):
        read_figaro(write_lines(tmp_path / MATRIX, rows))
    rows[2][5] /= 40
    with pytest.warns(DataWarning, match=r"2 gaps.*AR_C10T12|2 gaps.*DE_A01"):
        read_figaro(write_lines(tmp_path / MATRIX, rows))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("name", [MATRIX, FLAT])
def test_a_file_cut_off(tmp_path, name, share):
    rows = cells(table())
    path = write_lines(tmp_path / name, rows if name == MATRIX else flat(rows))
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(mrio.MrioError):
        read_figaro(path)


def test_foreign_files(tmp_path):
    for name, text in {"a.csv": "a,b\n1,2\n", "b.csv": "", "d.zip": "no zip"}.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(FileError):
            read_figaro(tmp_path / name)
