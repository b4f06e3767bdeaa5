"""What the command line says about files of every kind."""

import warnings

import pytest

import mrio
from mrio.cli import _parser, main

WRITERS = {
    "t.nc": lambda tables, path: tables.to_netcdf(path),
    "t.parquet": mrio.write_parquet,
    "t.csv": mrio.write_csv,
    "sdmx.csv": mrio.write_sdmx,
    "t.xlsx": mrio.write_excel,
}


@pytest.mark.parametrize("name", WRITERS)
def test_info_of_every_export(worked, tmp_path, capsys, name):
    WRITERS[name](worked.tables, tmp_path / name)
    assert main(["info", str(tmp_path / name)]) == 0
    said = capsys.readouterr().out
    assert "<Systems: 2 tables>" in said
    assert f"[{worked.a.unit}]" in said


def test_info_of_a_result(worked, tmp_path, capsys):
    mrio.measure_transfer(worked.a, worked.b).to_netcdf(tmp_path / "r.nc")
    assert main(["info", str(tmp_path / "r.nc")]) == 0
    said = capsys.readouterr().out
    assert "<Transfer: Industrial transfer, 0 to 1" in said
    assert "direct (use 2, from_region 5, to_region 5, sector 3)" in said


@pytest.mark.parametrize("name", ["none.nc", "t.csv-codelists.csv", "broken.nc"])
def test_info_of_something_else(worked, tmp_path, capsys, name):
    mrio.write_sdmx(worked.a, tmp_path / "t.csv")
    (tmp_path / "broken.nc").write_bytes(b"CDF nothing")
    assert main(["info", str(tmp_path / name)]) == 2
    assert "what to do:" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["transfer", "decompose", "report"])
def test_a_file_stands_where_the_folder_should(worked, tmp_path, capsys, command):
    worked.tables.to_netcdf(tmp_path / "t.nc")
    (tmp_path / "out").touch()
    assert main([command, str(tmp_path / "t.nc"), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr()
    assert "There can be no folder under this name." in said.err
    assert said.out == ""


@pytest.mark.parametrize("command", ["transfer", "decompose", "report"])
def test_a_file_of_one_table_has_no_change(worked, tmp_path, capsys, command):
    worked.a.to_netcdf(tmp_path / "t.nc")
    assert main([command, str(tmp_path / "t.nc"), "--out", str(tmp_path / "out")]) == 2
    assert "give a file that holds tables of two periods" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_warning_is_told_once(tmp_path, capsys):
    mrio.load_example("bth").to_netcdf(tmp_path / "t.nc")
    words = ["transfer", str(tmp_path / "t.nc"), "--from", "2017", "--to", "2012", "--out", str(tmp_path)]
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert main(words) == 0
    assert capsys.readouterr().err.count("backwards, from 2017 to 2012") == 1


def test_every_option_of_every_command_says_what_it_does():
    commands = _parser()._subparsers._group_actions[0].choices
    silent = [
        f"{name} {option.option_strings or option.dest}"
        for name, parser in commands.items()
        for option in parser._actions
        if not option.help
    ]
    assert silent == []
