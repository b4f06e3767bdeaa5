"""EORA26, on small folders and zips made in exactly its layout (no published file is used)."""

import os
import subprocess
import sys
import warnings
import zipfile
from dataclasses import dataclass

import numpy as np
import pytest

import mrio
from mrio.errors import DataWarning, FileError, LabelError, MemoryLimitError, MissingDataError
from mrio.readers.raw.workbook import address
from mrio.readers.world.eora import read_eora
from tests.readers.worlds import N, R, footprints_add_up, n, world

REGIONS = ["AFG", "CHN", "USR"]
SECTORS = ["Agriculture", "Food & Beverages", "Construction", "Re-export & Re-import"]
DEMAND = [
    "Household final consumption P.3h",
    "Non-profit institutions serving households P.3n",
    "Government final consumption P.3g",
    "Gross fixed capital formation P.51",
    "Changes in inventories P.52",
    "Acquisitions less disposals of valuables P.53",
]
FACTORS = [
    "Compensation of employees D.1",
    "Taxes on production D.29",
    "Subsidies on production D.39",
    "Net operating surplus B.2n",
    "Net mixed income B.3n",
    "Consumption of fixed capital K.1",
]
KEPT = [0, 1, 2, 3, 5]
Q = [
    ("I-GHG-CO2 emissions (Gg)", "Total"),
    ("Energy Usage (TJ)", "Coal/Lignite"),
    ("Count", "Jobs"),
    ("Count", "Jobs"),
]
CO2 = "I-GHG-CO2 emissions | Total"


@dataclass(frozen=True)
class Eora:
    """Flows with ROW as last row and column: T (n+1, n+1), FD (n+1, (R+1) K), VA, Q, QY."""

    T: np.ndarray
    FD: np.ndarray
    VA: np.ndarray
    Q: np.ndarray
    QY: np.ndarray


def table(seed=0, *, gap=0.0, row=True):
    """Return a table whose sectors sell what they pay for, up to a relative gap; `row`: with ROW."""
    w = world(6, 6, 4, seed=seed)
    rng = np.random.default_rng(seed + 1)
    m, k = n + row, (R + row) * 6
    T, FD, VA = np.zeros((m, m)), np.zeros((m, k)), rng.normal(0, 4, (6, m))
    T[:n, :n], FD[:n, : R * 6] = w.Z, w.Y.reshape(n, -1)
    if row:
        T[n], T[:, n], FD[n], FD[:, R * 6 :] = (rng.normal(0, 1, s) for s in (m, m, k, (m, 6)))
    empty = n - 2
    T[empty], T[:, empty], FD[empty], VA[:, empty] = 0, 0, 0, 0
    sales = T.sum(1) + FD.sum(1)
    VA[0] = sales * (1 + gap * rng.uniform(-1, 1, m)) - T.sum(0) - VA[1:].sum(0)
    VA[:, empty] = 0
    return Eora(T, FD, VA, rng.uniform(0, 1, (4, m)) * (sales != 0), rng.uniform(0, 1, (4, k)))


def write(folder, e, *, year="2015", price="bp", labels=True):
    folder.mkdir(parents=True, exist_ok=True)
    for kind in ("T", "FD", "VA", "Q", "QY"):
        lines = ["\t".join(map(repr, map(float, row))) for row in getattr(e, kind)]
        (folder / f"Eora26_{year}_{price}_{kind}.txt").write_text("\n".join(lines) + "\n")
    if labels:
        write_labels(folder, row=len(e.T) > n)
    return folder


def write_labels(folder, *, row=True, regions=REGIONS, sectors=SECTORS, accounts=Q):
    T = [(f"name of {r}", r, "Industries", s) for r in regions for s in sectors]
    users = [*regions, "ROW"][: len(regions) + row]
    FD = [(f"name of {r}", r, "Final Demand", s) for r in users for s in DEMAND]
    if row:
        T.append(("Rest of World", "ROW", "Industries", "TOTAL"))
    files = {"T": T, "FD": FD, "VA": [("Primary Inputs", f) for f in FACTORS], "Q": accounts}
    for kind, lines in files.items():
        (folder / f"labels_{kind}.txt").write_text("".join("\t".join(line) + "\t\n" for line in lines))


def zipped(folder, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.glob("*.txt")):
            archive.write(file, file.name)
    return path


def require_same(found, e):
    assert (found.regions, found.sectors) == (tuple(REGIONS), tuple(SECTORS))
    assert found.demand == tuple(DEMAND[k] for k in KEPT)
    assert found.factors == tuple(FACTORS)
    FD = e.FD[:n, : R * 6].reshape(n, R, 6)
    np.testing.assert_allclose(found.arrays.Z, e.T[:n, :n], rtol=1e-12)
    np.testing.assert_allclose(found.arrays.Y.reshape(n, R, -1), FD[:, :, KEPT], rtol=1e-12)
    np.testing.assert_allclose(found.arrays.stock_change.ravel(), FD[:, :, 4].sum(1), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.arrays.V.reshape(6, n), e.VA[:, :n], rtol=1e-12)
    paid = e.T[:, :n].sum(0) + e.VA[:, :n].sum(0)
    np.testing.assert_allclose(found.arrays.x.ravel(), paid, rtol=1e-12, atol=1e-11)
    rest = paid - e.T[:n, :n].sum(1) - FD.sum((1, 2))
    own = np.zeros(n) if found.arrays.discrepancy is None else found.arrays.discrepancy.ravel()
    np.testing.assert_allclose(own, rest, atol=1e-10)
    co2 = found.account(CO2)
    np.testing.assert_allclose(co2.values.ravel(), e.Q[0, :n], rtol=1e-12)
    np.testing.assert_allclose(co2.direct_values, e.QY[0, : R * 6].reshape(R, 6).sum(1), rtol=1e-12)


@pytest.mark.parametrize("as_zip", [True, False])
@pytest.mark.parametrize("row", [True, False])
def test_every_number_is_in_its_place(tmp_path, as_zip, row):
    e = table(row=row)
    path = write(tmp_path / "2015", e)
    if as_zip:
        path = zipped(path, tmp_path / "Eora26_2015_bp.zip")
    found = read_eora(path)
    require_same(found, e)
    assert (found.unit, found.price_basis) == ("thousand USD", "current 2015 USD, basic prices")
    assert list(found.accounts) == [CO2, "Energy Usage | Coal-Lignite", "Count | Jobs", "Count | Jobs (2)"]
    assert [a.unit for a in found.accounts.values()] == ["Gg", "TJ", "unit not stated", "unit not stated"]
    assert found.imports == ("row" if row else "none")
    if row:
        np.testing.assert_allclose(found.arrays.imports_row_Z.ravel(), e.T[n, :n], rtol=1e-12)
        bought = e.FD[n, : R * 6].reshape(R, 6)[:, KEPT]
        np.testing.assert_allclose(found.arrays.imports_row_Y, bought, rtol=1e-12)
        np.testing.assert_allclose(
            found.provenance.steps[-1].details["left_out_within"],
            e.T[n, n] + e.FD[n, R * 6 :].sum() + e.VA[:, n].sum(),
        )
    assert found.check()["column balance"].passed
    assert footprints_add_up(found, "value_added")
    assert footprints_add_up(found, CO2)


def test_a_table_that_does_not_balance_warns_once_and_keeps_the_gap_apart(tmp_path):
    e = table(gap=0.1)
    with pytest.warns(DataWarning, match="does not balance") as caught:
        found = read_eora(write(tmp_path / "2015", e))
    assert len(caught) == 1
    message = str(caught[0].message)
    sold = e.T[:n].sum(1) + e.FD[:n].sum(1)
    paid = e.T[:, :n].sum(0) + e.VA[:, :n].sum(0)
    relative = np.abs(sold - paid) / np.maximum(np.maximum(np.abs(sold), np.abs(paid)), 1e-300)
    worst = int(relative.argmax())
    assert f"worst {relative[worst]:.2g} at {REGIONS[worst // N]} | {SECTORS[worst % N]}" in message
    assert f"{(relative > 1e-3).sum()} gaps" in message
    require_same(found, e)
    np.testing.assert_allclose(found.arrays.V.sum(), e.VA[:, :n].sum(), rtol=1e-12)
    report = found.check()
    assert report["column balance"].passed
    assert not report["discrepancy"].passed
    assert footprints_add_up(found, "value_added")


def test_a_sector_that_pays_nothing_and_one_that_sells_nothing(tmp_path):
    e = table(row=False)
    e.T[:, 0], e.VA[:, 0] = 0, 0
    e.T[1], e.FD[1] = 0, 0
    with pytest.warns(DataWarning):
        found = read_eora(write(tmp_path / "2015", e))
    x, gap = found.arrays.x.ravel(), found.arrays.discrepancy.ravel()
    np.testing.assert_allclose(x[0], e.T[0].sum() + e.FD[0].sum(), rtol=1e-12)
    np.testing.assert_allclose([x[1], gap[1]], e.T[:, 1].sum() + e.VA[:, 1].sum(), rtol=1e-12)


def test_a_sector_that_pays_next_to_nothing(tmp_path):
    e = table(row=False)
    e.T[:, 0], e.VA[:, 0] = 0, 0
    e.VA[0, 0] = 1e-13
    with pytest.warns(DataWarning):
        found = read_eora(write(tmp_path / "2015", e))
    np.testing.assert_allclose(found.arrays.x.ravel()[0], e.T[0].sum() + e.FD[0].sum(), rtol=1e-12)


def test_inventories_as_final_purchases_and_chosen_accounts(tmp_path):
    e = table()
    path = write(tmp_path / "2015", e)
    found = read_eora(path, stocks="final", accounts=(CO2,))
    assert found.demand == tuple(DEMAND)
    assert list(found.accounts) == [CO2]
    assert dict(read_eora(path, accounts=()).accounts) == {}
    with pytest.raises(LabelError, match="no such accounts"):
        read_eora(path, accounts=("Count",))
    (path / "Eora26_2015_bp_QY.txt").unlink()
    assert read_eora(path).account(CO2).direct_values is None
    (path / "Eora26_2015_bp_Q.txt").unlink()
    assert dict(read_eora(path).accounts) == {}


def test_several_tables_in_a_folder(tmp_path):
    e, other = table(), table(seed=5)
    path = write(tmp_path / "eora", e)
    write(path, other, year="2014")
    write(path, other, price="pp")
    require_same(read_eora(path, period="2015", price="bp"), e)
    found = read_eora(path, period="2015", price="pp")
    require_same(found, other)
    assert found.price_basis == "current 2015 USD, purchaser prices"
    for given in ({}, {"period": "2015"}, {"price": "bp"}, {"period": "1999"}):
        with pytest.raises(FileError):
            read_eora(path, **given)


def test_labels_beside_the_zip(tmp_path):
    e = table()
    path = zipped(write(tmp_path / "2015", e, labels=False), tmp_path / "Eora26_2015_bp.zip")
    (tmp_path / "indices").mkdir()
    write_labels(tmp_path / "indices")
    zipped(tmp_path / "indices", tmp_path / "indices.zip")
    require_same(read_eora(path), e)
    (tmp_path / "indices.zip").unlink()
    with pytest.raises(FileError, match=r"labels_T\.txt"):
        read_eora(path)


def test_read_knows_it(tmp_path):
    e = table()
    path = write(tmp_path / "2015", e)
    require_same(mrio.read(path)["2015"], e)
    require_same(mrio.read(zipped(path, tmp_path / "any.zip"))["2015"], e)


# -- damage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", "n/a", "nan", "1_0"])
@pytest.mark.parametrize("kind", ["T", "FD", "VA", "Q", "QY"])
def test_a_cell_without_a_number(tmp_path, kind, value):
    folder = write(tmp_path / "2015", table())
    path = folder / f"Eora26_2015_bp_{kind}.txt"
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    rows[2][5] = value
    path.write_text("\n".join(map("\t".join, rows)) + "\n")
    with pytest.raises(MissingDataError) as caught:
        read_eora(folder)
    assert f"cells {address(2, 5)} ({value!r})" in caught.value.where


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
@pytest.mark.parametrize(
    "name",
    [
        *(f"Eora26_2015_bp_{k}.txt" for k in ("T", "FD", "VA", "Q", "QY")),
        *(f"labels_{k}.txt" for k in ("T", "FD", "VA", "Q")),
    ],
)
def test_a_file_cut_off(tmp_path, name, share):
    folder = write(tmp_path / "2015", table())
    whole = (folder / name).read_text().splitlines(keepends=True)
    cut = max(0, min(int(share * len(whole)), len(whole) - 1))
    (folder / name).write_text("".join(whole[:cut]))
    with pytest.raises(mrio.MrioError):
        read_eora(folder)


@pytest.mark.parametrize("name", ["T", "FD", "VA"])
def test_missing_files(tmp_path, name):
    for file in (f"Eora26_2015_bp_{name}.txt", f"labels_{name}.txt"):
        folder = write(tmp_path / file, table())
        (folder / file).unlink()
        with pytest.raises(FileError):
            read_eora(folder)


@pytest.mark.parametrize("name", ["labels_T.txt", "labels_FD.txt"])
@pytest.mark.parametrize("damage", ["swap", "double", "blank", "rename"])
def test_wrong_labels(tmp_path, name, damage):
    folder = write(tmp_path / "2015", table())
    lines = (folder / name).read_text().splitlines(keepends=True)
    if damage == "swap":
        lines[1], lines[2] = lines[2], lines[1]
    elif damage == "double":
        lines[1] = lines[0]
    elif damage == "blank":
        lines[3] = "\t\t\t\t\n"
    else:
        lines[7] = lines[7].replace("CHN", "CHX")
    (folder / name).write_text("".join(lines))
    with pytest.raises(LabelError) as caught:
        read_eora(folder)
    assert name in str(caught.value)


def test_transposed_final_demand_is_refused(tmp_path):
    e = table()
    with pytest.raises(FileError):
        read_eora(write(tmp_path / "2015", Eora(e.T, e.FD.T, e.VA, e.Q, e.QY)))


def test_a_table_larger_than_memory_is_refused_before_it_is_read(tmp_path, monkeypatch):
    folder = write(tmp_path / "2015", table())
    monkeypatch.setattr("mrio.files.available_memory", lambda: 100)
    with pytest.raises(MemoryLimitError):
        read_eora(folder)


def test_foreign_folders_and_zips(tmp_path):
    (tmp_path / "Eora26_2015_bp_T.txt").mkdir()
    with pytest.raises(FileError):
        read_eora(tmp_path)
    (tmp_path / "a.zip").write_text("no zip")
    with pytest.raises(FileError):
        read_eora(tmp_path / "a.zip")
    with warnings.catch_warnings(), zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("../Eora26_2015_bp_T.txt", "1\n")
    with pytest.raises(FileError, match="lead out"):
        read_eora(tmp_path / "b.zip")


@pytest.mark.filterwarnings("ignore")
def test_pymrio_reads_the_same_numbers(tmp_path):
    pymrio = pytest.importorskip("pymrio")
    path = write(tmp_path / "2015", table())
    own, peer = read_eora(path, stocks="final"), pymrio.parse_eora26(path, year=2015)
    np.testing.assert_allclose(peer.Z.to_numpy(), own.arrays.Z, rtol=1e-12)
    np.testing.assert_allclose(peer.Y.to_numpy(), own.arrays.Y.reshape(n, -1), rtol=1e-12)
    np.testing.assert_allclose(peer.VA.F.to_numpy(), own.arrays.V.reshape(6, n), rtol=1e-12)
    assert list(dict.fromkeys(peer.Z.index.get_level_values(0))) == list(own.regions)
    np.testing.assert_allclose(peer.Q.F.to_numpy()[0], own.account(CO2).values.ravel(), rtol=1e-12)


BIG = """
import resource, sys, time
import mrio
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.perf_counter()
table = mrio.read_eora(sys.argv[1])
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(seconds, (peak - before) * 1024 / table.arrays.Z.nbytes, float(table.arrays.V.sum()))
"""


def line(rng, width):
    return np.array([f"{value:.6g}" for value in rng.lognormal(0, 2, width)])


@pytest.mark.slow
def test_a_table_of_full_size(tmp_path):
    """189 countries x 26 sectors and ROW: under 60 s, and under 4 times the size of Z in memory."""
    rng, size, finals = np.random.default_rng(0), 189 * 26 + 1, 190 * 6
    flows, final = line(rng, size), line(rng, finals)
    regions = [f"C{k:02d}" if k < 100 else f"D{k - 100:02d}" for k in range(189)]
    folder = tmp_path / "2015"
    folder.mkdir()
    write_labels(
        folder, regions=regions, sectors=[f"s{k}" for k in range(26)], accounts=[("CO2 (Gg)", "Total")]
    )
    added = repr(float(final.astype(float).sum() / 6))
    # Circulant flows: all rows and columns have the same sum.
    with (folder / "Eora26_2015_bp_T.txt").open("w") as file:
        file.writelines("\t".join(np.roll(flows, k)) + "\n" for k in range(size))
    with (folder / "Eora26_2015_bp_FD.txt").open("w") as file:
        file.writelines("\t".join(np.roll(final, k)) + "\n" for k in range(size))
    (folder / "Eora26_2015_bp_VA.txt").write_text(("\t".join([added] * size) + "\n") * 6)
    (folder / "Eora26_2015_bp_Q.txt").write_text("\t".join(["1.5"] * size) + "\n")
    answer = subprocess.run(
        [sys.executable, "-c", BIG, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    )
    seconds, memory, total = map(float, answer.stdout.split())
    print(f"{seconds:.1f} s, {memory:.2f} times Z")
    np.testing.assert_allclose(total, 6 * float(added) * (size - 1), rtol=1e-9)
    assert seconds < 60
    assert memory < 4
