"""OECD ICIO, on small files made in exactly its layout (no published file is used)."""

import zipfile
from dataclasses import replace

import numpy as np
import pytest

import mrio
from mrio.errors import BalanceError, DataWarning, FileError, LabelError, MemoryLimitError, MissingDataError
from mrio.readers.raw.workbook import address
from mrio.readers.world.icio import read_icio
from tests.readers.sheets import write_lines
from tests.readers.worlds import REGIONS, SECTORS, N, R, footprints_add_up, n, world

DEMAND = ["HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR"]
KEPT = [0, 1, 2, 3, 5]
PAIRS = [f"{r}_{s}" for r in REGIONS for s in SECTORS]


def table(seed=0):
    """Rows of V: value added, taxes less subsidies."""
    return world(2, 6, 4, seed=seed)


def cells(w, *, corner="", regions=REGIONS, users=None, sectors=SECTORS):
    """Return the cells of a file of the edition of 2023; `corner` stands at the lower right."""
    users = users or regions
    pairs = [f"{r}_{s}" for r in regions for s in sectors]
    width = w.Y.shape[1] * w.Y.shape[2]
    head = ["V1", *pairs, *(f"{r}_{c}" for r in users for c in DEMAND), "OUT"]
    rows = [head]
    for k, code in enumerate(pairs):
        rows.append([code, *w.Z[k], *w.Y[k].ravel(), w.x[k]])
    rows.append(["TLS", *w.V[1], *w.finals[1].ravel(), corner])
    rows.append(["VA", *w.V[0], *([corner] * width), corner])
    rows.append(["OUT", *w.x, *([corner] * width), corner])
    return rows


def require_same(found, w):
    np.testing.assert_allclose(found.arrays.Z, w.Z, rtol=1e-12)
    np.testing.assert_allclose(found.arrays.Y.reshape(n, R, -1), w.Y[:, :, KEPT], rtol=1e-12)
    np.testing.assert_allclose(found.arrays.stock_change.ravel(), w.Y[:, :, 4].sum(1), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.arrays.V.reshape(2, n), w.V, rtol=1e-12)
    np.testing.assert_allclose(found.arrays.x.ravel(), w.x, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("corner", ["", "0", "1.5"])
def test_every_number_is_in_its_place(tmp_path, corner):
    w = table()
    found = read_icio(write_lines(tmp_path / "2020_SML.csv", cells(w, corner=corner)))
    assert (found.regions, found.sectors) == (tuple(REGIONS), tuple(SECTORS))
    assert found.demand == ("HFCE", "NPISH", "GGFC", "GFCF", "DPABR")
    assert found.factors == ("value added at basic prices", "taxes less subsidies on products")
    assert (found.unit, found.price_basis, found.period) == (
        "million USD",
        "current 2020 USD, basic prices",
        "2020",
    )
    require_same(found, w)
    assert found.arrays.discrepancy is None
    assert found.imports == "none"
    taxes = found.account("taxes less subsidies on products")
    np.testing.assert_allclose(taxes.values.ravel(), w.V[1], rtol=1e-12)
    np.testing.assert_allclose(taxes.direct_values, w.finals[1].sum(1), rtol=1e-12)
    assert found.check()["column balance"].passed
    assert footprints_add_up(found, "value_added")


def test_inventories_as_final_purchases(tmp_path):
    w = table()
    found = read_icio(write_lines(tmp_path / "2020.csv", cells(w)), stocks="final")
    assert found.demand == tuple(DEMAND)
    np.testing.assert_allclose(found.arrays.Y.reshape(n, R, -1), w.Y, rtol=1e-12)
    assert found.arrays.stock_change is None
    with pytest.raises(mrio.MrioError, match="Inventories"):
        read_icio(tmp_path / "2020.csv", stocks="both")


def test_the_edition_of_2021(tmp_path):
    """Taxes by country that levies them, VALU, OUTPUT and TOTAL; quoted codes, Windows line ends."""
    w = table()
    shares = np.random.default_rng(1).dirichlet(np.ones(R), n).T
    rows = cells(w)
    rows[0][0], rows[0][-1] = "", "TOTAL"
    taxes = [[f"{r}_TAXSUB", *(w.V[1] * shares[k]), *rows[-3][n + 1 :]] for k, r in enumerate(REGIONS)]
    rows[-3:] = [*taxes, ["VALU", *rows[-2][1:]], ["OUTPUT", *rows[-1][1:]]]
    rows = [[f'"{row[0]}"', *row[1:]] for row in rows]
    rows[0] = [f'"{code.strip(chr(34))}"' for code in rows[0]]
    path = write_lines(tmp_path / "ICIO2021_2018.csv", rows)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    found = read_icio(path)
    require_same(found, w)
    assert found.period == "2018"
    assert "2021 edition" in found.provenance.source


PARTS = ["AUS", "CHN", "MEX", "ROW", "MX1", "MX2", "CN1", "CN2"]


def in_parts():
    """MX1, MX2, CN1, CN2 hold the flows; MEX and CHN are zero, but buy."""
    w = world(2, 6, 4, shape=(8, N))
    Z, V, Y = w.Z.copy(), w.V.copy(), w.Y[:, :4].copy()
    whole = slice(N, 3 * N)
    Z[whole], Z[:, whole], V[:, whole], Y[whole] = 0, 0, 0, 0
    x = Z.sum(1) + Y.sum((1, 2))
    V[0] = x - Z.sum(0) - V[1]
    return replace(w, Z=Z, Y=Y, V=V, x=x, finals=w.finals[:, :4])


def test_mexico_and_china_in_parts(tmp_path):
    """Brute force adds the parts up."""
    w, regions = in_parts(), PARTS
    found = read_icio(write_lines(tmp_path / "2020.csv", cells(w, regions=regions, users=regions[:4])))
    assert found.regions == ("AUS", "CHN", "MEX", "ROW")
    home = {"MX1": "MEX", "MX2": "MEX", "CN1": "CHN", "CN2": "CHN"}
    to = [regions.index(home.get(r, r)) * N + s for r in regions for s in range(N)]
    expected = {"Z": np.zeros((4 * N, 4 * N)), "x": np.zeros(4 * N), "V": np.zeros((2, 4 * N))}
    for i in range(8 * N):
        expected["x"][to[i]] += w.x[i]
        expected["V"][:, to[i]] += w.V[:, i]
        for j in range(8 * N):
            expected["Z"][to[i], to[j]] += w.Z[i, j]
    np.testing.assert_allclose(found.arrays.Z, expected["Z"], rtol=1e-12)
    np.testing.assert_allclose(found.arrays.x.ravel(), expected["x"], rtol=1e-12)
    np.testing.assert_allclose(found.arrays.V.reshape(2, -1), expected["V"], rtol=1e-12, atol=1e-12)
    assert footprints_add_up(found, "value_added")


def test_a_zip_of_one_year_and_one_of_several(tmp_path):
    w = table()
    text = write_lines(tmp_path / "x.csv", cells(w)).read_text()
    for years in (["2018"], ["2017", "2018"]):
        path = tmp_path / f"ICIO_{len(years)}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("ReadMe.csv", "about,this\n")
            for year in years:
                archive.writestr(f"ICIO2021_{year}.csv", text)
        require_same(read_icio(path, period="2018"), w)
    with pytest.raises(FileError, match="more than one") as caught:
        read_icio(path)
    assert "found ICIO2021_2017.csv, ICIO2021_2018.csv" in caught.value.amount
    with pytest.raises(FileError):
        read_icio(path, period="2016")


def test_read_knows_it(tmp_path):
    w = table()
    path = write_lines(tmp_path / "2020_SML.csv", cells(w))
    require_same(mrio.read(path)["2020"], w)
    with zipfile.ZipFile(tmp_path / "2020.zip", "w") as archive:
        archive.write(path, "2020_SML.csv")
    require_same(mrio.read(tmp_path / "2020.zip")["2020"], w)


# -- damage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", "n/a", "1_0", "nan", "inf", "1.2.3", "-"])
@pytest.mark.parametrize(("row", "column"), [(1, 1), (3, 7), (12, 14), (13, 2), (14, 3), (15, 4), (5, 31)])
def test_a_cell_without_a_number(tmp_path, value, row, column):
    rows = cells(table())
    rows[row][column] = value
    with pytest.raises(MissingDataError) as caught:
        read_icio(write_lines(tmp_path / "2020.csv", rows))
    assert f"{address(row, column)} (" in caught.value.where
    assert len(caught.value.table) == 1


@pytest.mark.parametrize("side", ["row", "column"])
@pytest.mark.parametrize("code", ["AUS_A01", "AUS_A01 ", "aus_f", "AUS_OUT", "", "ZZZ_A01"])
def test_a_wrong_or_doubled_code(tmp_path, side, code):
    rows = cells(table())
    if side == "row":
        rows[7][0] = code
    else:
        rows[0][7] = code
    with pytest.raises(LabelError) as caught:
        read_icio(write_lines(tmp_path / "2020.csv", rows))
    assert "'BEL_F'" in str(caught.value)
    assert address(*((7, 0) if side == "row" else (0, 7))) in str(caught.value)


@pytest.mark.parametrize("side", ["row", "column"])
def test_swapped_headings_are_noticed(tmp_path, side):
    rows = cells(table())
    if side == "row":
        rows[1][0], rows[6][0] = rows[6][0], rows[1][0]
    else:
        rows[0][1], rows[0][6] = rows[0][6], rows[0][1]
    with pytest.raises(BalanceError) as caught:
        read_icio(write_lines(tmp_path / "2020.csv", rows))
    assert set(caught.value.table["sector"]) == {"AUS_A01", "BEL_C10"}


def test_another_order_of_rows_and_columns_is_the_same_table(tmp_path):
    w = table()
    rows = cells(w)
    rng = np.random.default_rng(0)
    down = [0, *(1 + rng.permutation(len(rows) - 1))]
    across = [0, *(1 + rng.permutation(len(rows[0]) - 1))]
    mixed = [[rows[i][j] for j in across] for i in down]
    found = read_icio(write_lines(tmp_path / "2020.csv", mixed))
    where = {pair: k for k, pair in enumerate(PAIRS)}
    order = [where[f"{r}_{s}"] for r in found.regions for s in found.sectors]
    np.testing.assert_allclose(found.arrays.Z, w.Z[np.ix_(order, order)], rtol=1e-12)
    np.testing.assert_allclose(found.arrays.x.ravel(), w.x[order], rtol=1e-12)


def test_totals_that_disagree(tmp_path):
    rows = cells(table())
    rows[2][-1] *= 1.5
    with pytest.raises(BalanceError) as caught:
        read_icio(write_lines(tmp_path / "2020.csv", rows))
    assert f"AUS_C10, cell {address(2, len(rows[0]) - 1)}" in caught.value.amount
    assert "tolerance=" in caught.value.remedy
    with pytest.raises(mrio.MrioError, match="tolerance must be zero or more"):
        read_icio(tmp_path / "2020.csv", tolerance=float("nan"))


def test_a_small_gap_is_kept_as_discrepancy_and_told_once(tmp_path):
    w = table()
    rows = cells(w)
    rows[2][3] = w.Z[1, 2] + 0.02 * w.x[1]
    path = write_lines(tmp_path / "2020.csv", rows)
    with pytest.warns(DataWarning, match="2 gaps.*worst 0.024 at AUS_F, cell D16") as caught:
        found = read_icio(path)
    assert len(caught) == 1
    expected = np.zeros(n)
    expected[1] = -0.02 * w.x[1]
    np.testing.assert_allclose(found.arrays.discrepancy.ravel(), expected, atol=1e-10)
    np.testing.assert_allclose(found.arrays.V.sum((1, 2)), w.V.sum(1), rtol=1e-12)
    assert not found.check()["discrepancy"].passed
    with pytest.raises(BalanceError):
        read_icio(path, tolerance=0.01)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_file_cut_off(tmp_path, share):
    path = write_lines(tmp_path / "2020.csv", cells(table()))
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(mrio.MrioError):
        read_icio(path)


@pytest.mark.parametrize("what", ["row", "column"])
def test_a_missing_row_or_column(tmp_path, what):
    good = cells(table())
    for k in range(1, len(good if what == "row" else good[0])):
        rows = [list(row) for row in good]
        if what == "row":
            del rows[k]
        else:
            rows = [row[:k] + row[k + 1 :] for row in rows]
        with pytest.raises(mrio.MrioError):
            read_icio(write_lines(tmp_path / "2020.csv", rows))


def test_a_table_larger_than_memory_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = write_lines(tmp_path / "2020.csv", cells(table()))
    monkeypatch.setattr("mrio.files.available_memory", lambda: 100)
    with pytest.raises(MemoryLimitError):
        read_icio(path)


def test_foreign_files(tmp_path):
    for name, text in {"a.csv": "a,b\n1,2\n", "b.csv": "", "c.csv": "\x00\xff", "d.zip": "no zip"}.items():
        (tmp_path / name).write_text(text, encoding="latin-1")
        with pytest.raises(FileError):
            read_icio(tmp_path / name)
    with pytest.raises(FileError):
        read_icio(tmp_path / "none.csv")


@pytest.mark.filterwarnings("ignore")
def test_pymrio_reads_the_same_numbers(tmp_path):
    pymrio = pytest.importorskip("pymrio")
    path = write_lines(tmp_path / "ICIO2023_2020.csv", cells(in_parts(), regions=PARTS, users=PARTS[:4]))
    own, peer = read_icio(path, stocks="final"), pymrio.parse_oecd(path)
    pairs = [(r, s) for r in own.regions for s in own.sectors]
    finals = [(r, c) for r in own.regions for c in own.demand]
    np.testing.assert_allclose(peer.Z.loc[pairs, pairs].to_numpy(), own.arrays.Z, rtol=1e-12)
    expected = own.arrays.Y.reshape(len(pairs), -1)
    np.testing.assert_allclose(peer.Y.loc[pairs, finals].to_numpy(), expected, rtol=1e-12)
    F = peer.factor_inputs.F.loc[["VA", "TLS"], pairs].to_numpy()
    np.testing.assert_allclose(F, own.arrays.V.reshape(2, -1), rtol=1e-12)
