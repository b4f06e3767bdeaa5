"""What one file holds and what comes out: results of every kind, with their provenance."""

import pkgutil
from importlib import import_module

import numpy as np
import pytest
import xarray as xr

import mrio
from mrio.change import decompose
from mrio.errors import FileError
from mrio.files import write_groups
from mrio.netcdf import RESULTS, read_netcdf
from mrio.results import Result
from mrio.transfer import measure_transfer


def decomposition(worked):
    return decompose(worked.a, worked.b, ["value_added", "co2"])


def one_account(worked):
    return decompose(worked.a, worked.b, "co2", "polar_mean", imports="domestic", exports="sourced")


def flagged(worked):
    Y = worked.a.arrays.Y.copy()
    Y[0, 0, 0, 0] *= -1
    with pytest.warns(mrio.errors.DataWarning, match="1 purchase cells"):
        return decompose(worked.a.replace(Y=Y), worked.b, "co2")


def transfer(worked):
    return measure_transfer(worked.a, worked.b, block=worked.block, scheme="nested", exports="sourced")


def without_block(worked):
    return measure_transfer(worked.a, worked.b, accounts="co2")


MAKERS = [decomposition, one_account, flagged, transfer, without_block]


@pytest.mark.parametrize("make", MAKERS)
def test_results_come_back_identical(worked, tmp_path, make):
    result = make(worked)
    result.to_netcdf(tmp_path / "a.nc")
    found = read_netcdf(tmp_path / "a.nc")
    assert type(found) is type(result)
    xr.testing.assert_identical(found.data, result.data)
    assert found.accounts == result.accounts
    assert repr(found) == repr(result)
    found.to_netcdf(tmp_path / "b.nc")
    assert (tmp_path / "a.nc").read_bytes() == (tmp_path / "b.nc").read_bytes()


@pytest.mark.parametrize("make", MAKERS)
def test_results_open_with_plain_tools(worked, tmp_path, make):
    result = make(worked)
    result.to_netcdf(tmp_path / "a.nc")
    with xr.open_dataset(tmp_path / "a.nc") as dataset:
        for name, variable in dataset.data_vars.items():
            assert variable.attrs["units"], name
            assert variable.attrs["long_name"], name
            np.testing.assert_array_equal(variable, result.data[name])
        assert dataset.attrs["title"] == result.title
        assert mrio.provenance.Provenance.from_json(dataset.attrs["provenance_0"]) == worked.a.provenance
        assert mrio.provenance.Provenance.from_json(dataset.attrs["provenance_1"]) == worked.b.provenance


@pytest.mark.parametrize("make", MAKERS)
def test_numbers_read_are_locked(worked, tmp_path, make):
    make(worked).to_netcdf(tmp_path / "a.nc")
    for variable in read_netcdf(tmp_path / "a.nc").data.data_vars.values():
        if variable.dtype.kind == "f":
            with pytest.raises(ValueError, match="read-only"):
                variable.values[...] = 0.0


def test_every_kind_of_result_has_a_home():
    for info in pkgutil.walk_packages(mrio.__path__, "mrio."):
        if not info.name.endswith("__main__"):
            import_module(info.name)
    homes = {kind: getattr(import_module(module), name) for kind, (module, name) in RESULTS.items()}
    assert {kind: home.kind for kind, home in homes.items()} == {kind: kind for kind in RESULTS}
    assert finished(Result) <= set(homes.values())


def finished(base):
    """Return the classes of the library below a base that nobody builds upon."""
    below = [
        kind
        for kind in base.__subclasses__()
        if kind.__module__.startswith("mrio.") and not kind.__name__.startswith("_")
    ]
    return set().union(*map(finished, below)) if below else {base}


def test_a_kind_that_is_not_known(tmp_path):
    write_groups({"/": xr.Dataset()}, tmp_path / "a.nc", "prophecy", "t")
    with pytest.raises(FileError, match="does not know") as caught:
        read_netcdf(tmp_path / "a.nc")
    assert caught.value.amount == "kind 'prophecy'"


def test_a_file_cut_in_half(worked, tmp_path):
    path = tmp_path / "a.nc"
    worked.tables.to_netcdf(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(FileError, match="damaged") as caught:
        read_netcdf(path)
    assert str(path) in caught.value.where
    assert "get the file anew" in caught.value.remedy
