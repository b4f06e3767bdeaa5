"""What the command line says about files of every kind."""

import pytest

import mrio
from mrio.cli import main

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
