import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from scipy import sparse

from mrio.errors import FileError, LabelError
from mrio.files import read_groups, write_groups
from mrio.netcdf import read_netcdf
from mrio.provenance import CellGroup, Provenance
from mrio.schema import SYSTEM_DIMS
from mrio.tables import System, Systems
from mrio.tables.formats.netcdf import KIND_SYSTEMS, system_from_dataset, system_to_dataset
from tests.strategies import pairs

WORDS = ("unit", "price_basis", "period", "scenario", "population_unit", "provenance", "labels")


def assert_identical(first, second):
    """Assert that two tables are the same to the last bit."""
    for word in WORDS:
        assert getattr(first, word) == getattr(second, word), word
    for name in SYSTEM_DIMS:
        left, right = getattr(first.arrays, name), getattr(second.arrays, name)
        assert (left is None) == (right is None), name
        if left is None:
            continue
        if sparse.issparse(left):
            assert sparse.issparse(right)
            left, right = left.toarray(), right.toarray()
        np.testing.assert_array_equal(left, right, err_msg=name)
    assert list(first.accounts) == list(second.accounts)
    for name, account in first.accounts.items():
        other = second.accounts[name]
        assert account.unit == other.unit
        np.testing.assert_array_equal(account.values, other.values)
        assert (account.direct_values is None) == (other.direct_values is None)
        if account.direct_values is not None:
            np.testing.assert_array_equal(account.direct_values, other.direct_values)


@pytest.fixture
def full(table):
    """Return a table with everything that a table can hold."""
    flows = table["accounts"]["co2"][0]
    return System.from_arrays(
        **{
            **table,
            "V": np.stack([table["V"], -0.1 * table["V"]]),
            "factors": ["wages", "subsidies"],
            "discrepancy": 0.001 * table["exports"],
            "accounts": {
                "co2": (flows, "Mt CO2", [1.0, 2.0, 3.0, 4.0]),
                "energy use": (flows * 20, "PJ"),
            },
            "scenario": "low",
            "provenance": Provenance(
                "统计局",
                groups={"Z": CellGroup("estimated", "model", "note")},
                headline="estimated by mrio",
            ).with_step("aggregated", regions=["a", "b"], to=2),
        }
    )


def test_a_full_table_comes_back(full, tmp_path):
    full.to_netcdf(tmp_path / "a.nc")
    found = read_netcdf(tmp_path / "a.nc")
    assert list(found) == ["0"]
    assert_identical(found["0"], full)


def test_tables_come_back_in_order(worked, tmp_path):
    tables = Systems({"b": worked.b, "a": worked.a})
    tables.to_netcdf(tmp_path / "a.nc")
    found = read_netcdf(tmp_path / "a.nc")
    assert list(found) == ["b", "a"]
    for name in tables:
        assert_identical(found[name], tables[name])


@settings(max_examples=10)
@given(pairs())
def test_any_table_comes_back(tmp_path_factory, pair):
    path = tmp_path_factory.mktemp("any") / "a.nc"
    tables = Systems(pair.systems())
    tables.to_netcdf(path)
    for name, found in read_netcdf(path).items():
        assert_identical(found, tables[name])


def test_a_sparse_table_comes_back_sparse(full, tmp_path):
    s = full.replace(Z=sparse.csr_array(np.where(full.arrays.Z > 1e3, full.arrays.Z, 0.0)))
    s.to_netcdf(tmp_path / "a.nc")
    found = read_netcdf(tmp_path / "a.nc")["0"]
    assert_identical(found, s)
    assert found.arrays.Z.nnz == s.arrays.Z.nnz
    with xr.open_dataset(tmp_path / "a.nc", group="0") as dataset:
        assert dataset["Z_data"].attrs["mrio_unit"] == "1e8 CNY"


def test_same_tables_give_the_same_bytes(full, tmp_path):
    full.to_netcdf(tmp_path / "a.nc")
    read_netcdf(tmp_path / "a.nc").to_netcdf(tmp_path / "b.nc")
    full.replace().to_netcdf(tmp_path / "c.nc")
    first = (tmp_path / "a.nc").read_bytes()
    assert (tmp_path / "b.nc").read_bytes() == first
    assert (tmp_path / "c.nc").read_bytes() == first


def test_every_group_opens_alone_with_units(full, worked, tmp_path):
    Systems({"2012": full, "2017": full.replace(period="1")}).to_netcdf(tmp_path / "a.nc")
    for name in ("2012", "2017"):
        with xr.open_dataset(tmp_path / "a.nc", group=name) as dataset:
            assert dataset["Z"].dims == SYSTEM_DIMS["Z"]
            for variable in dataset.data_vars.values():
                assert variable.attrs["units"]
                assert variable.attrs["long_name"]
                for dim in variable.dims:
                    assert dim in dataset.coords
            assert (dataset["co2"].attrs["units"], dataset["co2"].attrs["mrio_unit"]) == ("Mt", "Mt CO2")
            assert dataset["co2"].attrs["long_name"].endswith("(CO2)")
            assert dataset["co2_direct"].dims == ("use_region",)
            assert dataset.attrs["price_basis"] == "current CNY, producer prices"
            for word in ("title", "source", "history", "provenance", "Conventions", "comment"):
                assert dataset.attrs[word]


@pytest.mark.parametrize("name", ["2012/13", "/", " "])
def test_names_that_are_no_groups(worked, tmp_path, name):
    with pytest.raises(LabelError, match="cannot be written under its name") as caught:
        Systems({name: worked.a}).to_netcdf(tmp_path / "a.nc")
    assert caught.value.where == repr(name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("part", ["Z", "Y", "V", "region"])
def test_a_table_with_a_part_missing(full, tmp_path, part):
    dataset = system_to_dataset(full)
    dataset = dataset.drop_vars(part) if part != "region" else dataset.drop_vars("region")
    with pytest.raises(FileError, match="not complete") as caught:
        system_from_dataset(dataset)
    assert part in caught.value.amount or part == "Z"


@pytest.mark.parametrize("word", ["unit", "provenance", "period"])
def test_a_table_with_a_word_missing(full, word):
    dataset = system_to_dataset(full)
    del dataset.attrs[word]
    with pytest.raises(FileError, match="not complete") as caught:
        system_from_dataset(dataset)
    assert caught.value.amount == f"missing: {word!r}"


def test_a_file_without_tables(tmp_path):
    write_groups({}, tmp_path / "a.nc", KIND_SYSTEMS, "none")
    assert dict(read_netcdf(tmp_path / "a.nc")) == {}
    assert read_groups(tmp_path / "a.nc")[0] == KIND_SYSTEMS
