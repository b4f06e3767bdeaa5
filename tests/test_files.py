import os
import stat
import zipfile

import netCDF4
import numpy as np
import pytest
import xarray as xr

from mrio import files
from mrio.errors import FileError, MemoryLimitError
from mrio.files import FORMAT, digest, read_groups, require_plain_workbook, write_groups


@pytest.fixture
def groups():
    values = xr.DataArray(
        np.arange(6.0).reshape(2, 3),
        dims=("region", "sector"),
        coords={"region": ["河北", "B"], "sector": ["a", "b", "c"]},
        attrs={"units": "1e8 CNY"},
    )
    marks = xr.DataArray(np.array([0, 1], dtype=np.int8), dims="region", attrs={"units": "1"})
    return {
        "/": xr.Dataset({"v": values}, attrs={"comment": "root", "block": ""}),
        "2012": xr.Dataset({"v": 2 * values, "flag": marks}, attrs={"period": "2012"}),
    }


@pytest.fixture
def path(tmp_path, groups):
    path = tmp_path / "file.nc"
    write_groups(groups, path, "kind", "Title")
    return path


def refused(path):
    """Return the error with which a file is refused."""
    with pytest.raises(FileError) as caught:
        read_groups(path)
    assert str(path) in caught.value.where
    assert caught.value.remedy
    return caught.value


def test_what_was_written_is_read(path, groups):
    kind, found = read_groups(path)
    assert kind == "kind"
    assert set(found) == {"/", "2012"}
    for name, dataset in groups.items():
        expected = dataset.assign_attrs(title="Title") if name == "/" else dataset
        xr.testing.assert_identical(found[name], expected)


def test_same_content_gives_the_same_bytes(tmp_path, path, groups):
    write_groups(
        {name: group.copy(deep=True) for name, group in groups.items()}, tmp_path / "b.nc", "kind", "Title"
    )
    assert (tmp_path / "b.nc").read_bytes() == path.read_bytes()


def test_plain_tools_read_it(path):
    with xr.open_dataset(path, group="2012") as dataset:
        assert (dataset["v"].attrs["units"], dataset["v"].attrs["mrio_unit"]) == ("1e8", "1e8 CNY")
        assert list(dataset["region"].values) == ["河北", "B"]
    with netCDF4.Dataset(path) as file:
        assert file.Conventions == "CF-1.11, ACDD-1.3"
        assert file.mrio_format == FORMAT
        assert file["2012"]["v"].filters()["zlib"]
        assert "_FillValue" not in file["2012"]["v"].ncattrs()


def test_texts_of_every_kind_come_back(tmp_path):
    dataset = xr.Dataset(
        {
            "words": ("region", ["", "中 国", " a "]),
            "none": ("region", ["", "", ""]),
            "one": xr.DataArray("天津"),
            "empty": ("nothing", np.array([], dtype=str)),
        },
        coords={"region": ["b", "水", "a long name"], "at": "2017"},
    )
    write_groups({"/": dataset}, tmp_path / "a.nc", "kind", "Title")
    found = read_groups(tmp_path / "a.nc")[1]["/"]
    for name in ("words", "none", "one", "empty", "region", "at"):
        assert found[name].values.tolist() == dataset[name].values.tolist(), name
    with netCDF4.Dataset(tmp_path / "a.nc") as file:
        assert file["region"].dtype == "S1"


def test_digest_sees_every_change(groups):
    dataset = groups["2012"]
    other = [
        dataset.assign(v=dataset["v"] + 1e-13),
        dataset.assign_coords(region=["河北", "C"]),
        dataset.assign_attrs(period="2013"),
        dataset.rename(v="w"),
        dataset.assign(v=dataset["v"].assign_attrs(units="1e4 CNY")),
        dataset.assign(flag=1 - dataset["flag"]),
    ]
    assert len({digest(one) for one in [dataset, *other]}) == 7
    assert digest(dataset) == digest(dataset.copy(deep=True))


# -- damage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.9, 0.999])
def test_a_file_cut_off(path, share):
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * (len(whole) - files._SEAL_LENGTH))])
    error = refused(path)
    assert error.what == "The file is damaged or is no netCDF-4 file."
    assert "cut off" in error.remedy


def test_a_file_that_lost_its_seal_only_is_whole(path, groups):
    path.write_bytes(path.read_bytes()[: -files._SEAL_LENGTH])
    xr.testing.assert_identical(read_groups(path)[1]["2012"], groups["2012"])


def test_a_flipped_bit_anywhere(path):
    whole = path.read_bytes()
    places = np.random.default_rng(0).integers(0, len(whole) - files._SEAL_LENGTH, 200)
    for place in [*places.tolist(), 0, 8, len(whole) - files._SEAL_LENGTH - 1]:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        path.write_bytes(damaged)
        error = refused(path)
        assert error.what == "The file is damaged."
        assert "SHA-256" in error.amount


def test_numbers_changed_by_another_program(path):
    with netCDF4.Dataset(path, "a") as file:
        file["2012"]["v"][0, 0] = 99.0
    error = refused(path)
    assert error.what == "The content of a file is not what was written."
    assert "group '2012'" in error.where
    assert "read the file, change them, and write it with mrio" in error.remedy


def test_words_changed_by_another_program(path):
    with netCDF4.Dataset(path, "a") as file:
        file["2012"].period = "2013"
    assert refused(path).what == "The content of a file is not what was written."


def test_a_file_of_somebody_else(tmp_path):
    path = tmp_path / "foreign.nc"
    xr.Dataset({"v": ("x", [1.0])}).to_netcdf(path)
    error = refused(path)
    assert error.what == "The file was not written by mrio."
    assert "System.from_arrays" in error.remedy


def test_text_is_no_netcdf(tmp_path):
    path = tmp_path / "text.nc"
    path.write_text("region,sector\n" * 100)
    assert refused(path).what == "The file is damaged or is no netCDF-4 file."


def test_a_missing_file(tmp_path):
    assert refused(tmp_path / "none.nc").what == "There is no such file."
    assert refused(tmp_path).what == "This is a folder, not a file."
    assert "no folder" in refused(tmp_path / "nowhere" / "none.nc").remedy
    (tmp_path / "transfer.nc").touch()
    assert refused(tmp_path / "transfers.nc").remedy.startswith("did you mean 'transfer.nc'?")


@pytest.mark.parametrize("version", [FORMAT + 1, "two"])
def test_a_file_of_a_newer_version(path, version):
    with netCDF4.Dataset(path, "a") as file:
        file.delncattr("mrio_format")
        file.setncattr("mrio_format", version)
    error = refused(path)
    assert error.what == "The file was written by a newer version of mrio."
    assert error.amount == f"format {version}, this version reads up to {FORMAT}"
    assert error.remedy == "update mrio"


# -- writing ------------------------------------------------------------------------------------------------


class Killed(Exception):
    """What ends a writer in the middle."""


@pytest.mark.parametrize("at", [1, 2])
def test_a_killed_writer_leaves_the_old_file(path, groups, monkeypatch, at):
    before = path.read_bytes()
    write, calls = xr.Dataset.to_netcdf, []

    def killed(self, *args, **kwargs):
        calls.append(args)
        if len(calls) == at:
            raise Killed
        return write(self, *args, **kwargs)

    monkeypatch.setattr(xr.Dataset, "to_netcdf", killed)
    with pytest.raises(Killed):
        write_groups({**groups, "2017": groups["2012"]}, path, "kind", "Title")
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["file.nc"]


def test_a_disk_that_is_full(path, groups, monkeypatch):
    before = path.read_bytes()

    def full(self, *args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(xr.Dataset, "to_netcdf", full)
    with pytest.raises(FileError, match="cannot be written") as caught:
        write_groups(groups, path, "kind", "Title")
    assert "No space left" in caught.value.amount
    assert caught.value.where == str(path)
    assert path.read_bytes() == before
    assert len(list(path.parent.iterdir())) == 1


def test_a_folder_that_is_not_there(tmp_path, groups):
    with pytest.raises(FileError, match="folder does not exist") as caught:
        write_groups(groups, tmp_path / "none" / "file.nc", "kind", "Title")
    assert caught.value.where == str(tmp_path / "none")


def test_a_folder_of_that_name(tmp_path, groups):
    (tmp_path / "file.nc").mkdir()
    with pytest.raises(FileError, match="The path is that of a folder"):
        write_groups(groups, tmp_path / "file.nc", "kind", "Title")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file.nc"]


def test_the_content_given_is_left_alone(tmp_path, groups):
    before = {name: group.copy(deep=True) for name, group in groups.items()}
    write_groups(groups, tmp_path / "b.nc", "kind", "Title")
    for name, group in groups.items():
        xr.testing.assert_identical(group, before[name])


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_permissions_are_those_of_any_new_file(path, tmp_path):
    (tmp_path / "plain").write_text("")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_a_workbook_that_unpacks_to_far_more_than_a_sheet(tmp_path, monkeypatch):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 2**25)
    with pytest.raises(FileError, match="unpacks to far more") as caught:
        require_plain_workbook(path)
    assert "sheet1.xml" in caught.value.where
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 1000)
    require_plain_workbook(path)
    monkeypatch.setattr("mrio.files.available_memory", lambda: 100)
    with pytest.raises(MemoryLimitError, match="larger than memory"):
        require_plain_workbook(path)
    path.write_text("no zip")
    require_plain_workbook(path)


def test_links_and_homes(tmp_path, groups, monkeypatch):
    write_groups(groups, tmp_path / "own.nc", "kind", "Title")
    (tmp_path / "link.nc").symlink_to(tmp_path / "own.nc")
    write_groups({}, tmp_path / "link.nc", "other", "Title")
    assert (tmp_path / "link.nc").is_symlink()
    assert read_groups(tmp_path / "own.nc")[0] == "other"
    monkeypatch.setenv("HOME", str(tmp_path))
    write_groups(groups, "~/home.nc", "kind", "Title")
    assert read_groups("~/home.nc")[0] == "kind"
    assert (tmp_path / "home.nc").is_file()


def test_protected_files_and_folders(path, groups, monkeypatch):
    before = path.read_bytes()
    with pytest.raises(FileError, match="The path is that of a folder"):
        write_groups(groups, path.parent, "kind", "Title")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(FileError, match="write-protected"):
        write_groups({}, path, "kind", "Title")
    assert path.read_bytes() == before
