"""Tools of other people open the files and find the same numbers; each is skipped where it is not installed.

Every tool prints whole arrays with 17 digits, which are compared cell by cell, and a sum that it adds up.
"""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import mrio

pytestmark = pytest.mark.slow

RTOL = 1e-12
BLOCK = ["Beijing", "Tianjin", "Hebei"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Write one file of each kind; return the folder and the arrays that must be found, by file and place."""
    folder = tmp_path_factory.mktemp("interop")
    tables = mrio.load_example("bth")
    transfer = mrio.measure_transfer(tables["2012"], tables["2017"], block=BLOCK)
    power = mrio.Scenario("cleaner power").scale_intensity("co2", sector="Electricity and heat", factor=0.7)
    comparison = mrio.compare(mrio.run_scenarios(tables["2017"], [power]), accounts=["value_added", "co2"])
    tables["2017"].to_netcdf(folder / "system.nc")
    tables.to_netcdf(folder / "systems.nc")
    transfer.to_netcdf(folder / "transfer.nc")
    comparison.to_netcdf(folder / "comparison.nc")
    last = tables["2017"]
    known = {
        ("system.nc", "2017", name): last.array(name).values
        for name in ("Z", "Y", "x", "imports_Z", "population")
    }
    known |= {("systems.nc", name, "x"): table.arrays.x for name, table in tables.items()}
    known["systems.nc", "2012", "co2"] = tables["2012"].account("co2").values
    known |= {("transfer.nc", "", name): transfer.data[name].values for name in ("direct", "impact_co2")}
    known |= {("comparison.nc", "", name): comparison.data[name].values for name in ("value_added", "co2")}
    return folder, known


def run(*command, cwd):
    """Run a tool and return what it prints."""
    plain = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300, env=plain
    )
    # Octave 7 complains on its way out, after all work is done.
    assert done.returncode == 0 or command[0] == "octave", (
        f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    )
    return done.stdout


def needs(*programs):
    """Skip the test unless the programs are installed."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


@cache
def has_package(*command):
    """Tell whether a tool has a package, by a command that fails without it."""
    return subprocess.run(command, capture_output=True, check=False, timeout=120).returncode == 0


def same(printed, expected, what):
    found = np.array([float(word) for word in printed])
    np.testing.assert_allclose(found, expected.ravel(), rtol=RTOL, atol=0.0, err_msg=str(what))


def same_sum(found, expected, what):
    scale = np.abs(expected).sum()
    assert abs(float(found) - expected.sum()) <= RTOL * scale, what


def test_ncdump(files):
    needs("ncdump")
    folder, known = files
    for (file, group, name), expected in known.items():
        where = ["-g", group] if group else []
        text = run("ncdump", *where, "-v", name, "-p", "17,17", file, cwd=folder)
        data = re.search(rf"\n\s*{name} =([^;]*);", text[text.index("data:") :])[1]
        same(data.replace(",", " ").split(), expected, (file, group, name))


def test_nco(files):
    needs("ncks", "ncwa")
    folder, known = files
    for (file, group, name), expected in known.items():
        where = ["-g", group] if group else []
        text = run("ncks", "-H", "-C", "-s", "%.17g\n", *where, "-v", name, file, cwd=folder)
        same(text.split(), expected, (file, group, name))
        run("ncks", "-O", "-C", *where, "-G", ":", "-v", name, file, "one.nc", cwd=folder)
        run("ncwa", "-O", "-y", "ttl", "one.nc", "sum.nc", cwd=folder)
        total = run("ncks", "-H", "-C", "-s", "%.17g\n", "-v", name, "sum.nc", cwd=folder)
        same_sum(total, expected, (file, group, name))


def test_cdo(files):
    """CDO knows fields on grids: arrays of one or two dims, without labels, which ncks leaves out."""
    needs("cdo", "ncks")
    folder, known = files
    flat = {key: value for key, value in known.items() if value.ndim <= 2}
    assert len(flat) >= 5
    for (file, group, name), expected in flat.items():
        run("ncks", "-O", "-C", "-g", group, "-G", ":", "-v", name, file, "one.nc", cwd=folder)
        same(run("cdo", "-s", "outputf,%.17g,1", "one.nc", cwd=folder).split(), expected, (file, group, name))
        total = run("cdo", "-s", "outputf,%.17g,1", "-fldsum", "one.nc", cwd=folder)
        same_sum(total, expected, (file, group, name))


R_NCDF4 = """
words <- commandArgs(TRUE)
nc <- nc_open(words[1])
place <- function(name) if (words[2] == "") name else paste0(words[2], "/", name)
values <- ncvar_get(nc, place(words[3]))
cat(sprintf("%.17g\\n", sum(values)))
cat(sprintf("%.17g\\n", as.vector(values)), sep = "")
cat("labels", ncvar_get(nc, place("region")), ncvar_get(nc, place("region_code")), sep = "|")
unit <- ncatt_get(nc, place(words[3]), "mrio_unit")$value
cat("|", ncvar_get(nc, place("region_name_zh"))[3], "|", unit, sep = "")
"""

R_RNETCDF = """
words <- commandArgs(TRUE)
nc <- open.nc(words[1])
if (words[2] != "") nc <- grp.inq.nc(nc, words[2])$self
values <- var.get.nc(nc, words[3])
cat(sprintf("%.17g\\n", sum(values)))
cat(sprintf("%.17g\\n", as.vector(values)), sep = "")
cat("labels", var.get.nc(nc, "region"), var.get.nc(nc, "region_code"), sep = "|")
cat("|", var.get.nc(nc, "region_name_zh")[3], "|", att.get.nc(nc, words[3], "mrio_unit"), sep = "")
"""

OCTAVE = """
pkg load netcdf
words = argv();
place = @(name) [words{2} name];
values = ncread(words{1}, place(words{3}));
printf("%.17g\\n", sum(values(:)));
printf("%.17g\\n", values(:));
names = cellstr(ncread(words{1}, place("region")).');
codes = cellstr(ncread(words{1}, place("region_code")).');
chinese = cellstr(ncread(words{1}, place("region_name_zh")).');
unit = ncreadatt(words{1}, place(words{3}), "mrio_unit");
printf("%s", strjoin({"labels", names{:}, codes{:}, chinese{3}, unit}, "|"));
"""

LABELS = ["Beijing", "Tianjin", "Hebei", "Rest of China", "110000", "120000", "130000", "", "河北"]


def units_of(name):
    """Return the unit that stands beside an array."""
    return {"population": "1e4 person", "co2": "Mt CO2", "impact_co2": "Mt CO2"}.get(name, "1e8 CNY")


def check_script(text, expected, what):
    """Compare what a script printed: its own sum, all numbers, then labels and unit."""
    numbers, _, words = text.partition("labels")
    total, *values = numbers.split()
    same_sum(total, expected, what)
    same(values, expected, what)
    # Names may come padded to one length.
    found = [word.strip("\0 ") for word in words.removeprefix("|").split("|")]
    assert found == [*LABELS, units_of(what[2])]


@pytest.mark.parametrize(("package", "script"), [("ncdf4", R_NCDF4), ("RNetCDF", R_RNETCDF)])
def test_r(files, package, script):
    needs("Rscript")
    if not has_package("Rscript", "-e", f"library({package})"):
        pytest.skip(f"R has no package {package}")
    folder, known = files
    (folder / "read.R").write_text(f"library({package})\n{script}", encoding="utf-8")
    for (file, group, name), expected in known.items():
        text = run("Rscript", "read.R", file, group, name, cwd=folder)
        check_script(text, expected, (file, group, name))


def test_octave(files):
    needs("octave")
    if "ready" not in run(
        "octave", "--no-gui", "-q", "--eval", "pkg load netcdf; disp('ready')", cwd=files[0]
    ):
        pytest.skip("Octave has no package netcdf")
    folder, known = files
    (folder / "read.m").write_text(OCTAVE, encoding="utf-8")
    for (file, group, name), expected in known.items():
        place = f"/{group}/" if group else ""
        text = run("octave", "--no-gui", "-q", "read.m", file, place, name, cwd=folder)
        check_script(text, expected, (file, group, name))


XARRAY = """
import sys
import xarray
engine, *places = sys.argv[1:]
for place in places:
    file, group, name = place.split("|")
    data = xarray.open_dataset(file, group=group or None, engine=engine)
    values = data[name]
    print(repr(float(values.sum())))
    print("\\n".join(map(repr, values.values.ravel().tolist())))
    words = [*data["region"].values, *data["region_code"].values, data["region_name_zh"].values[2]]
    print("labels", *words, values.attrs["mrio_unit"], sep="|", end="\\f")
assert not [module for module in sys.modules if module.split(".")[0] == "mrio"]
"""

H5NETCDF = """
import sys
import h5netcdf
file, group, name = sys.argv[1:]
with h5netcdf.File(file) as whole:
    data = whole[group] if group else whole
    values = data[name][...]
    print(repr(float(values.sum())))
    print("\\n".join(map(repr, values.ravel().tolist())))
    text = lambda key: [b"".join(row).decode() for row in data[key][...]]
    words = [*text("region"), *text("region_code"), text("region_name_zh")[2], data[name].attrs["mrio_unit"]]
    print("labels", *words, sep="|", end="")
"""


@pytest.mark.parametrize("engine", ["netcdf4", "h5netcdf"])
def test_xarray_without_mrio(files, engine):
    if engine == "h5netcdf":
        pytest.importorskip("h5py")
        pytest.importorskip("h5netcdf")
    folder, known = files
    text = run(sys.executable, "-c", XARRAY, engine, *map("|".join, known), cwd=folder)
    for part, (what, expected) in zip(text.removesuffix("\f").split("\f"), known.items(), strict=True):
        check_script(part, expected, what)


def test_h5netcdf(files):
    pytest.importorskip("h5py")
    pytest.importorskip("h5netcdf")
    folder, known = files
    for (file, group, name), expected in known.items():
        text = run(sys.executable, "-c", H5NETCDF, file, group, name, cwd=folder)
        check_script(text, expected, (file, group, name))


def test_ncdump_shows_labels_and_attributes(files):
    needs("ncdump")
    text = run("ncdump", "-h", "systems.nc", cwd=files[0])
    for line in (
        ':Conventions = "CF-1.11, ACDD-1.3"',
        "double Z(region, sector, use_region, use_sector)",
        'Z:units = "1e8"',
        'Z:mrio_unit = "1e8 CNY"',
        'region_code:codelist = "GB/T 2260-2007"',
    ):
        assert line in text


def test_no_temporary_file_is_left(files):
    assert not [path for path in Path(files[0]).iterdir() if path.suffix == ".part"]
