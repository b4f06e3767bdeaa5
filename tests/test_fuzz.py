"""Damaged files of every kind: one clear error or the same tables, never a crash, a hang or other numbers."""

import time

import numpy as np
import pytest
import xarray as xr

import mrio
from mrio.errors import MrioError
from mrio.tables.netcdf import system_to_dataset
from tests.readers import test_exiobase

pytest.importorskip("pyarrow")

LIMIT = 20.0
"""Seconds after which a reader hangs; whole files of this size take some hundredths."""


def netcdf(tables, path):
    tables.to_netcdf(path)


def exiobase(tables, path):
    """Write a zip, whose members carry checksums; it holds no tables of its own choice."""
    folder = test_exiobase.write(path.parent / "IOT_2015_pxp", test_exiobase.arrays())
    test_exiobase.zipped(folder, path)


WRITERS = {
    "nc": netcdf,
    "parquet": mrio.write_parquet,
    "csv": mrio.write_csv,
    "xlsx": mrio.write_excel,
    "zip": exiobase,
}


def damaged(whole, rng):
    """Return a damaged copy: flipped bits, cut off, a part removed, doubled, zeroed or replaced by noise."""
    content = bytearray(whole)
    place, length = int(rng.integers(len(whole))), int(rng.integers(1, 200))
    kind = int(rng.integers(6))
    if kind == 0:
        for spot in rng.integers(0, len(whole), int(rng.integers(1, 4))):
            content[spot] ^= 1 << int(rng.integers(8))
    elif kind == 1:
        del content[place:]
    elif kind == 2:
        del content[place : place + length]
    elif kind == 3:
        content[place:place] = content[place : place + length]
    elif kind == 4:
        content[place : place + length] = bytes(len(content[place : place + length]))
    else:
        content[place : place + length] = rng.bytes(len(content[place : place + length]))
    return bytes(content)


def fuzz(tables, folder, kind, inputs):
    """Return how many damaged inputs were refused, and how many gave the same tables."""
    path = folder / f"IOT_2015.{kind}"
    WRITERS[kind](tables, path)
    expected = {name: system_to_dataset(system) for name, system in mrio.read(path).items()}
    whole, rng = path.read_bytes(), np.random.default_rng(7)
    refused = same = 0
    for _ in range(inputs):
        path.write_bytes(damaged(whole, rng))
        start = time.perf_counter()
        try:
            found = mrio.read(path)
        except MrioError:
            refused += 1
        else:
            assert list(found) == list(expected)
            for name, dataset in expected.items():
                xr.testing.assert_identical(system_to_dataset(found[name]), dataset)
            same += 1
        assert time.perf_counter() - start < LIMIT
    return refused, same


@pytest.mark.parametrize("kind", WRITERS)
def test_damaged_files(worked, tmp_path, kind):
    refused, same = fuzz(worked.tables, tmp_path, kind, 12)
    assert refused + same == 12
    assert refused >= 6


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRITERS)
def test_many_damaged_files(worked, tmp_path, kind):
    refused, same = fuzz(worked.tables, tmp_path, kind, 400)
    print(f"{kind}: 400 inputs, {refused} refused, {same} without harm")
    assert refused + same == 400
