"""EXIOBASE 3, on small folders and zips made in exactly its layout (no published file is used)."""

import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from mrio.errors import DataWarning, FileError, MemoryLimitError, MrioError
from mrio.readers.world.exiobase import read_exiobase

REGIONS, SECTORS, DEMAND = ["AT", "CN", "WW"], ["Wheat", "Steel (C1)"], ["Households", "Government"]
R, N, K = 3, 2, 2
n = R * N
PAIRS = [(r, s) for r in REGIONS for s in SECTORS]
FINALS = [(r, c) for r in REGIONS for c in DEMAND]


def arrays(seed=0):
    rng = np.random.default_rng(seed)
    Z, Y = rng.uniform(0, 5, (n, n)), rng.uniform(0, 9, (n, R * K))
    x = Z.sum(1) + Y.sum(1)
    V = (x - Z.sum(0)) * [[0.5], [0.25], [0.25]]
    return {
        "Z": Z,
        "Y": Y,
        "x": x,
        "V": V,
        "F": rng.uniform(0, 1, (2, n)),
        "F_Y": rng.uniform(0, 1, (2, R * K)),
    }


def text(values, head, labels, names):
    """Return a matrix as EXIOBASE writes it: levels above, the names of the row levels below them."""
    blank = [""] * len(labels[0])
    lines = [[*[level, *blank[1:]], *own] for level, own in zip(names, zip(*head, strict=True), strict=True)]
    lines.append([*["region", "sector"][: len(blank)], *[""] * len(head)])
    lines += [[*label, *map(repr, map(float, row))] for label, row in zip(labels, values, strict=True)]
    return "\n".join("\t".join(line) for line in lines) + "\n"


FACTORS = [("Taxes less subsidies",), ("Compensation of employees",), ("Operating surplus",)]
STRESSORS = [("CO2 - combustion - air",), ("Employment: Low/medium-skilled",)]


def write(folder, a, *, old=False):
    """Write a folder as version 3.9 has it, or as versions up to 3.8 (`old`)."""
    folder.mkdir(parents=True)
    pairs, finals = ("region", "sector"), ("region", "category")
    (folder / "Z.txt").write_text(text(a["Z"], PAIRS, PAIRS, pairs))
    (folder / "Y.txt").write_text(text(a["Y"], FINALS, PAIRS, finals))
    x = [
        "region\tsector\tindout",
        *(f"{r}\t{s}\t{v!r}" for (r, s), v in zip(PAIRS, a["x"].tolist(), strict=True)),
    ]
    (folder / "x.txt").write_text("\n".join(x) + "\n")
    units = ["region\tsector\tunit", *(f"{r}\t{s}\tM.EUR" for r, s in PAIRS)]
    (folder / "unit.txt").write_text("\n".join(units) + "\n")
    zeros = np.zeros((3, R * K))
    rows = {"factor_inputs": (FACTORS, a["V"], zeros), "air_emissions": (STRESSORS, a["F"], a["F_Y"])}
    if old:
        both = (FACTORS + STRESSORS, np.vstack([a["V"], a["F"]]), np.vstack([zeros, a["F_Y"]]))
        rows = {"satellite": both, "impacts": (STRESSORS, a["F"], a["F_Y"])}
    for name, (labels, F, F_Y) in rows.items():
        own = folder / name
        own.mkdir()
        (own / "F.txt").write_text(text(F, PAIRS, labels, pairs))
        (own / "F_Y.txt").write_text(text(F_Y, FINALS, labels, finals))
        unit = {True: "M.EUR", False: "kg"}
        lines = ["stressor\tunit", *(f"{label}\t{unit[(label,) in FACTORS]}" for (label,) in labels)]
        (own / "unit.txt").write_text("\n".join(lines) + "\n")
    return folder


def zipped(folder, path, inside="IOT_2015_pxp/"):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*.txt")):
            archive.write(file, inside + file.relative_to(folder).as_posix())
    return path


@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("as_zip", [True, False])
def test_every_number_is_in_its_place(tmp_path, old, as_zip):
    a = arrays()
    path = write(tmp_path / "IOT_2015_pxp", a, old=old)
    if as_zip:
        path = zipped(path, tmp_path / "IOT_2015_pxp.zip")
    found = read_exiobase(path)
    assert (found.regions, found.sectors, found.demand) == (tuple(REGIONS), tuple(SECTORS), tuple(DEMAND))
    assert (found.unit, found.price_basis) == ("M.EUR", "current 2015 EUR, basic prices")
    assert found.factors == tuple(name for (name,) in FACTORS)
    np.testing.assert_array_equal(found.arrays.Z, a["Z"])
    np.testing.assert_array_equal(found.arrays.Y.reshape(n, -1), a["Y"])
    np.testing.assert_array_equal(found.arrays.V.reshape(3, n), a["V"])
    assert found.arrays.discrepancy is None
    assert set(found.accounts) == {"CO2 - combustion - air", "Employment: Low-medium-skilled"}
    co2 = found.account("CO2 - combustion - air")
    np.testing.assert_array_equal(co2.values.ravel(), a["F"][0])
    np.testing.assert_allclose(co2.direct_values, a["F_Y"][0].reshape(R, K).sum(1), rtol=1e-15)
    assert set(read_exiobase(path, accounts=("CO2 - combustion - air",)).accounts) == {
        "CO2 - combustion - air"
    }


def test_output_that_differs_from_the_row_sum_is_kept_as_discrepancy(tmp_path):
    a = arrays()
    a["x"] = a["x"] * 1.01
    with pytest.warns(DataWarning, match="does not balance"):
        found = read_exiobase(write(tmp_path / "IOT_2015_pxp", a))
    np.testing.assert_allclose(found.arrays.x.ravel(), a["x"], rtol=1e-12)
    np.testing.assert_allclose(found.arrays.discrepancy.ravel(), a["x"] / 1.01 * 0.01, rtol=1e-10)


# -- damage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Z.txt", "Y.txt", "x.txt", "unit.txt", "factor_inputs/F.txt", "factor_inputs/unit.txt"]
)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
def test_a_file_cut_off(tmp_path, name, share):
    folder = write(tmp_path / "io", arrays())
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(MrioError):
        read_exiobase(folder)


@pytest.mark.parametrize("name", ["F.txt", "F_Y.txt", "unit.txt"])
def test_an_extension_with_a_row_too_many(tmp_path, name):
    folder = write(tmp_path / "io", arrays())
    path = folder / "factor_inputs" / name
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[-1]]) + "\n")
    with pytest.raises(FileError, match="name other rows"):
        read_exiobase(folder)


def test_a_missing_file(tmp_path):
    folder = write(tmp_path / "io", arrays())
    (folder / "Y.txt").unlink()
    with pytest.raises(FileError, match="no table of EXIOBASE"):
        read_exiobase(folder)


@pytest.mark.parametrize("name", ["../Z.txt", "/Z.txt", "a/../../Z.txt", "C:\\Z.txt", "..\\Z.txt"])
def test_names_that_lead_out_of_a_zip(tmp_path, name):
    path = zipped(write(tmp_path / "io", arrays()), tmp_path / "io.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "x")
    with pytest.raises(FileError, match="lead out"):
        read_exiobase(path)


def test_links_in_zips_and_folders(tmp_path):
    folder = write(tmp_path / "io", arrays())
    path = zipped(folder, tmp_path / "io.zip")
    link = zipfile.ZipInfo("IOT_2015_pxp/link.txt")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(FileError, match="lead out"):
        read_exiobase(path)
    (tmp_path / "other.txt").write_text((folder / "x.txt").read_text())
    (folder / "x.txt").unlink()
    (folder / "x.txt").symlink_to(tmp_path / "other.txt")
    with pytest.raises(FileError, match="lead out"):
        read_exiobase(folder)


def test_a_damaged_zip(tmp_path):
    path = zipped(write(tmp_path / "io", arrays()), tmp_path / "io.zip")
    whole = path.read_bytes()
    expected = read_exiobase(path, period="2015").arrays
    rng = np.random.default_rng(0)
    spoiled = [whole[: int(share * len(whole))] for share in (0.0, 0.5, 0.99)]
    for place in rng.integers(0, len(whole), 60):
        one = bytearray(whole)
        one[place] ^= 1 << int(rng.integers(8))
        spoiled.append(bytes(one))
    refused = 0
    for content in spoiled:
        path.write_bytes(content)
        try:
            found = read_exiobase(path, period="2015").arrays
        except MrioError:
            refused += 1
        else:
            # Damage to time stamps and the like, which no number depends on.
            np.testing.assert_array_equal(found.Z, expected.Z)
            np.testing.assert_array_equal(found.Y, expected.Y)
    assert refused > 10


def test_a_table_larger_than_memory_is_refused_before_it_is_read(tmp_path, monkeypatch):
    folder = write(tmp_path / "io", arrays())
    monkeypatch.setattr("mrio.files.available_memory", lambda: 100)
    with pytest.raises(MemoryLimitError) as caught:
        read_exiobase(folder)
    assert "576 byte needed, 100 byte available" in caught.value.amount


BIG = """
import resource, sys, time
from mrio.readers.world.exiobase import read_exiobase
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.perf_counter()
table = read_exiobase(sys.argv[1])
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(seconds, (peak - before) * 1024 / table.arrays.Z.nbytes, table.arrays.Z.sum())
"""


@pytest.mark.slow
def test_a_table_of_full_size(tmp_path):
    """49 regions x 200 products: under 60 s, and under 3 times the size of Z in memory."""
    rng = np.random.default_rng(0)
    regions, sectors = [f"R{k:02d}" for k in range(49)], [f"product {k}" for k in range(200)]
    pairs = [(r, s) for r in regions for s in sectors]
    folder = tmp_path / "IOT_2015_pxp"
    folder.mkdir()
    row = rng.lognormal(0, 4, len(pairs))
    row[rng.random(len(pairs)) < 0.4] = 0
    cells = "\t".join(map(repr, row.tolist()))
    head = "".join(
        f"{level}\t\t" + "\t".join(p[k] for p in pairs) + "\n" for k, level in enumerate(("region", "sector"))
    )
    with (folder / "Z.txt").open("w") as file:
        file.write(head + "region\tsector" + "\t" * len(pairs) + "\n")
        file.writelines(f"{r}\t{s}\t{cells}\n" for r, s in pairs)
    finals = [(r, f"final {k}") for r in regions for k in range(7)]
    above = "".join(
        f"{level}\t\t" + "\t".join(p[k] for p in finals) + "\n"
        for k, level in enumerate(("region", "category"))
    )
    final = "\t".join(["1.5"] * len(finals))
    with (folder / "Y.txt").open("w") as file:
        file.write(above + "region\tsector" + "\t" * len(finals) + "\n")
        file.writelines(f"{r}\t{s}\t{final}\n" for r, s in pairs)
    (folder / "unit.txt").write_text(
        "region\tsector\tunit\n" + "".join(f"{r}\t{s}\tM.EUR\n" for r, s in pairs)
    )
    (folder / "factor_inputs").mkdir()
    value = "\t".join(["2.5"] * len(pairs))
    own = head.replace("\t\t", "\t") + "stressor" + "\t" * len(pairs) + f"\nvalue added\t{value}\n"
    (folder / "factor_inputs" / "F.txt").write_text(own)
    (folder / "factor_inputs" / "unit.txt").write_text("stressor\tunit\nvalue added\tM.EUR\n")
    answer = subprocess.run(
        [sys.executable, "-c", BIG, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    )
    seconds, memory, total = map(float, answer.stdout.split())
    print(f"{seconds:.1f} s, {memory:.2f} times Z")
    np.testing.assert_allclose(total, row.sum() * len(pairs), rtol=1e-9)
    assert seconds < 60
    assert memory < 3
