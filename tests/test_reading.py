"""One door for every source: what `mrio.read` recognises, and what it says when it does not."""

import sys

import pandas as pd
import pytest
import xarray as xr

import mrio
from mrio.errors import FileError, MissingExtraError
from mrio.reading import SOURCES
from mrio.tables.formats.netcdf import system_to_dataset
from tests.readers.china import test_ceads_mrio, test_ipio
from tests.readers.packages import test_mario
from tests.readers.sheets import write
from tests.readers.world import test_exiobase, test_gloria


def same(first, second):
    assert list(first) == list(second)
    for name in first:
        xr.testing.assert_identical(system_to_dataset(first[name]), system_to_dataset(second[name]))


@pytest.mark.parametrize("ending", ["nc", "parquet", "csv", "xlsx"])
def test_what_mrio_wrote(worked, tmp_path, ending):
    path = tmp_path / f"t.{ending}"
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    writers = {"parquet": mrio.write_parquet, "csv": mrio.write_csv, "xlsx": mrio.write_excel}
    writers.get(ending, mrio.Systems.to_netcdf)(worked.tables, path)
    same(mrio.read(path), worked.tables)


def test_a_ceads_workbook(tmp_path):
    found = mrio.read(test_ceads_mrio.book(tmp_path / "mrio.xlsx", test_ceads_mrio.arrays()))
    assert list(found) == ["2017"]
    assert "CEADs" in found["2017"].provenance.source


def test_a_folder_and_a_zip_of_exiobase(tmp_path):
    folder = test_exiobase.write(tmp_path / "IOT_2015_pxp", test_exiobase.arrays())
    assert "EXIOBASE" in mrio.read(folder)["2015"].provenance.source
    path = test_exiobase.zipped(folder, tmp_path / "IOT_2015_pxp.zip")
    assert "EXIOBASE" in mrio.read(path)["2015"].provenance.source


def test_an_interprovincial_workbook(tmp_path):
    found = mrio.read(test_ipio.book(tmp_path / "t.xlsx", test_ipio.arrays()))
    assert "Chen et al. 2023" in found["2017"].provenance.source


def test_a_folder_of_gloria(tmp_path):
    found = mrio.read(test_gloria.write(tmp_path / "GLORIA_MRIOs_57_2019", test_gloria.arrays()))
    assert "GLORIA release 057" in found["2019"].provenance.source


@pytest.mark.parametrize("supply_use", [False, True])
def test_a_folder_of_mario(tmp_path, supply_use):
    frames = test_mario.matrices(test_mario.arrays(), supply_use=supply_use)
    found = mrio.read(test_mario.write(tmp_path / "io", frames, record={"year": 2019}))
    assert found["2019"].provenance.steps[0].action == "taken over from MARIO"


@pytest.mark.filterwarnings("ignore::Warning:pymrio")
def test_a_pymrio_folder(worked, tmp_path):
    pytest.importorskip("pymrio")
    worked.a.to_pymrio().save_all(tmp_path / "io", table_format="txt", float_format="%.17g")
    same(mrio.read(tmp_path / "io"), mrio.Systems([worked.a]))
    same(mrio.read(tmp_path / "io" / "file_parameters.json"), mrio.Systems([worked.a]))


def test_what_is_not_recognised_is_told_with_all_that_was_tried(tmp_path):
    path = write(tmp_path / "other.xlsx", {"A": [["x", 1.0]]})
    with pytest.raises(FileError) as caught:
        mrio.read(path)
    for source in SOURCES:
        assert source.name in caught.value.amount
    assert "mrio.read_sheet" in caught.value.remedy
    for place in (tmp_path, tmp_path / "none.nc"):
        with pytest.raises(FileError):
            mrio.read(place)


def test_a_package_that_is_not_installed_is_named(tmp_path, monkeypatch):
    pd.DataFrame([[1, 2]]).to_excel(tmp_path / "t.xlsx")
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(MissingExtraError, match="python-calamine"):
        mrio.read(tmp_path / "t.xlsx")
