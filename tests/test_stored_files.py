"""Files of every format ever written stay readable, and a writer killed at any moment leaves the old file."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import mrio
from mrio.errors import FileError, MemoryLimitError
from mrio.files import FORMAT
from mrio.tables.formats.netcdf import system_to_dataset

STORED = Path(__file__).parent / "stored"


@pytest.mark.parametrize("version", [1, 2])
def test_every_format(version):
    """The expected numbers are the arguments of the call that wrote the file, typed again."""
    table = mrio.read_netcdf(STORED / f"format_{version}.nc")["2017"]
    assert table.regions == ("Beijing", "河北")
    assert (table.sectors, table.demand) == (("coal", "steel"), ("households", "government"))
    assert table.factors == ("pay", "tax")
    assert (table.unit, table.price_basis) == ("1e8 CNY", "current 2017 CNY, producer prices")
    assert table.provenance.source == f"made-up numbers to keep format {version} readable"
    numbers = np.arange(1.0, 17.0).reshape(4, 4)
    np.testing.assert_array_equal(table.arrays.Z, numbers)
    np.testing.assert_array_equal(table.arrays.Y.reshape(4, 4), numbers + 40)
    np.testing.assert_array_equal(table.arrays.V.reshape(2, 4), [[100, 100, 110, 120], [60, 70, 80, 90]])
    np.testing.assert_array_equal(table.arrays.exports.ravel(), [1, 2, 3, 4])
    np.testing.assert_array_equal(table.arrays.stock_change.ravel(), [-1, 0, 1, 2])
    np.testing.assert_array_equal(table.arrays.discrepancy.ravel(), [0.5, -0.5, 0, 0])
    np.testing.assert_array_equal(table.arrays.imports_Z, np.ones((2, 2, 2)))
    np.testing.assert_array_equal(table.arrays.imports_Y, np.full((2, 2, 2), 0.25))
    np.testing.assert_array_equal(table.account("co2").values.ravel(), [1, 2, 3, 4])
    np.testing.assert_array_equal(table.account("co2").direct_values, [0.1, 0.2])
    np.testing.assert_array_equal(table.arrays.population, [2e3, 7e3])
    assert table.population_unit == "1e4 person"
    assert table.account("co2").unit == "Mt CO2"


def test_the_format_that_is_written_is_stored():
    assert sorted(path.name for path in STORED.glob("*.nc")) == [f"format_{k + 1}.nc" for k in range(FORMAT)]


def test_a_table_larger_than_memory_is_refused_before_it_is_loaded(monkeypatch):
    loaded = []
    monkeypatch.setattr("mrio.files.available_memory", lambda: 100)
    original = xr.Dataset.load
    monkeypatch.setattr(xr.Dataset, "load", lambda self: loaded.append(len(self.data_vars)) or original(self))
    with pytest.raises(MemoryLimitError) as caught:
        mrio.read_netcdf(STORED / "format_1.nc")
    assert "byte needed, 100 byte available" in caught.value.amount
    # Only the root group, which holds no arrays.
    assert loaded == [0]


WRITER = """
import sys
import mrio
new = mrio.load_example("illustrative")
print("ready", flush=True)
while True:
    new.to_netcdf(sys.argv[1])
"""


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_a_whole_file(tmp_path):
    """Kill real processes at random moments; the file is always the old one or the new one."""
    path = tmp_path / "tables.nc"
    old = mrio.Systems([mrio.load_example("illustrative")["0"]])
    new = mrio.load_example("illustrative")
    known = [{name: system_to_dataset(s) for name, s in tables.items()} for tables in (old, new)]
    rng = np.random.default_rng(0)
    kept = {0: 0, 1: 0}
    for _ in range(15):
        old.to_netcdf(path)
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, env={**os.environ}
        ) as process:
            assert process.stdout.readline() == b"ready\n"
            time.sleep(rng.uniform(0, 0.12))
            process.send_signal(signal.SIGKILL)
        found = {name: system_to_dataset(s) for name, s in mrio.read_netcdf(path).items()}
        which = [k for k, tables in enumerate(known) if list(tables) == list(found)]
        assert which
        for name, dataset in found.items():
            xr.testing.assert_identical(dataset, known[which[0]][name])
        kept[which[0]] += 1
    assert kept[0] > 0


@pytest.mark.parametrize("ending", [".nc", ".xlsx", ".parquet", ".csv", ".txt", ".zip", ".pkl", ""])
def test_files_of_nobody_get_one_clear_error(tmp_path, ending):
    path = tmp_path / f"something{ending}"
    path.write_bytes(b"\x80\x04}q\x00." * 20)
    with pytest.raises(FileError) as caught:
        mrio.read(path)
    assert caught.value.remedy
