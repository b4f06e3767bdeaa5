"""Files of runs: finished runs stay, torn ones are made again, other runs are refused."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import mrio
from mrio.ensembles import journal
from tests.ensembles.measures import by_region, failing, move, move_and_clean, told, total

GRID = {"share": [0.0, 0.3, 0.5], "factor": [1.0, 0.8]}


def interrupted(table, path, family=move_and_clean, grid=GRID, after=3, measure=None):
    """Begin a sweep that stops after some runs."""
    measure = measure or by_region
    made = []

    def stopping(table):
        made.append(table.scenario)
        if len(made) > after + 1:
            raise KeyboardInterrupt
        return measure(table)

    stopping.__module__, stopping.__qualname__ = measure.__module__, measure.__qualname__
    with pytest.raises(KeyboardInterrupt):
        mrio.sweep(table, family, grid, stopping, to=path)


def counting(measure, made):
    def counted(table):
        made.append(table.scenario)
        return measure(table)

    counted.__module__, counted.__qualname__ = measure.__module__, measure.__qualname__
    return counted


def test_an_interrupted_sweep_goes_on(table, tmp_path):
    path = tmp_path / "sweep.nc"
    interrupted(table, path)
    with xr.open_dataset(path) as partly:
        assert not partly["value"].variable._in_memory
        assert partly["value"].dims == ("share", "factor", "region")
        assert partly["region"].values.tolist() == ["A", "B"]
        done = np.isfinite(partly["value"].values).all(axis=2)
        assert done.tolist() == [[True, True], [True, False], [False, False]]
        np.testing.assert_array_equal(partly["value_baseline"], by_region(table))
        assert (
            partly["value"].sel(share=0.3, factor=1.0).values.tolist()
            == by_region(move_and_clean(0.3, 1.0).apply(table)).to_list()
        )
    with pytest.raises(mrio.MrioError, match="not all finished"):
        mrio.read_netcdf(path)
    made = []
    found = mrio.sweep(table, move_and_clean, GRID, counting(by_region, made), to=path)
    assert len(made) == 1 + 3
    whole = mrio.sweep(table, move_and_clean, GRID, by_region)
    assert found.data.identical(whole.data)
    assert mrio.read_netcdf(path).data.identical(whole.data)
    made.clear()
    again = mrio.sweep(table, move_and_clean, GRID, counting(by_region, made), to=path)
    assert again.data.identical(whole.data)
    assert len(made) == 1


def test_draws_go_on_too(draws, tmp_path):
    path = tmp_path / "draws.nc"
    measure = partial(failing, at=0.0)
    whole = mrio.monte_carlo(draws, measure, to=path)
    assert mrio.monte_carlo(draws, measure, to=path).data.identical(whole.data)
    assert mrio.read_netcdf(path).data.identical(whole.data)
    for others in (
        mrio.perturb(draws.base, 0.1, n=6, seed=3),
        mrio.perturb(draws.base, 0.1, n=5, seed=4),
        mrio.perturb(draws.base, 0.2, n=5, seed=3),
    ):
        with pytest.raises(mrio.MrioError, match="other runs"):
            mrio.monte_carlo(others, measure, to=path)


def test_finished_runs_stay_when_one_fails(table, tmp_path):
    path = tmp_path / "sweep.nc"
    grid = {"share": [0.0], "factor": [1.0, 0.9, 0.8, 0.7]}
    measure = partial(failing, at=0.75 * total(table))
    with pytest.raises(mrio.MrioError, match=r"factor=0\.7"):
        mrio.sweep(table, move_and_clean, grid, measure, to=path)
    with xr.open_dataset(path) as partly:
        assert np.isfinite(partly["value"].values).tolist() == [[True, True, True, False]]


@pytest.mark.parametrize("place", ["number", "seal"])
def test_a_run_that_is_half_written_is_made_again(table, tmp_path, place):
    path = tmp_path / "sweep.nc"
    interrupted(table, path)
    content = bytearray(path.read_bytes())
    value = by_region(move_and_clean(0.3, 1.0).apply(table)).to_numpy()[1]
    with xr.open_dataset(path) as partly:
        seal = bytes(partly["run_sha256"].values[0, 1])
    torn = np.array(value, ">f8").tobytes() if place == "number" else seal
    start = content.rindex(torn)
    content[start + 3] ^= 1
    path.write_bytes(content)
    made = []
    found = mrio.sweep(table, move_and_clean, GRID, counting(by_region, made), to=path)
    assert len(made) == 1 + 4
    assert found.data.identical(mrio.sweep(table, move_and_clean, GRID, by_region).data)


def test_damage_is_told_or_mended(table, tmp_path):
    path = tmp_path / "sweep.nc"
    interrupted(table, path)
    content = path.read_bytes()
    whole = mrio.sweep(table, move_and_clean, GRID, by_region)
    chance = np.random.default_rng(0)
    ends = {"mended": 0, "told": 0}
    for number in range(40):
        damaged, place = bytearray(content), chance.integers(len(content))
        if number % 2:
            damaged[place] ^= 1 << chance.integers(8)
        else:
            damaged = damaged[:place]
        path.write_bytes(damaged)
        try:
            found = mrio.sweep(table, move_and_clean, GRID, by_region, to=path)
        except mrio.errors.FileError:
            ends["told"] += 1
        else:
            ends["mended"] += 1
            assert found.data.identical(whole.data)
    assert min(ends.values()) > 3


def clean(factor):
    return mrio.Scenario("clean").scale_intensity("co2", factor)


@pytest.mark.parametrize("finished", [False, True])
def test_other_runs_are_refused(table, tmp_path, finished):
    path = tmp_path / "sweep.nc"
    if finished:
        mrio.sweep(table, move, {"share": [0.1, 0.2, 0.3, 0.4, 0.5]}, by_region, to=path)
    else:
        interrupted(table, path, move, {"share": [0.1, 0.2, 0.3, 0.4, 0.5]})
    before = path.read_bytes()
    other = table.replace(accounts={"co2": (table.account("co2").values * 2, "Mt CO2")})
    shares = {"share": [0.1, 0.2, 0.3, 0.4, 0.5]}
    for call in (
        lambda: mrio.sweep(other, move, shares, by_region, to=path),
        lambda: mrio.sweep(table, move, {"share": [0.1, 0.2, 0.3, 0.4, 0.6]}, by_region, to=path),
        lambda: mrio.sweep(table, lambda share: clean(share), shares, by_region, to=path),
        lambda: mrio.sweep(table, move, shares, "output", to=path),
        lambda: mrio.monte_carlo(mrio.perturb(table, 0.1, n=5), by_region, to=path),
    ):
        with pytest.raises(mrio.MrioError, match=r"other runs|Another file"):
            call()
    assert path.read_bytes() == before


def test_foreign_files_are_left_alone(table, tmp_path):
    shares = {"share": [0.1]}
    for name, write in {
        "text.nc": lambda path: path.write_text("not a netCDF file"),
        "tables.nc": table.to_netcdf,
        "plain.nc": lambda path: mrio.sweep(table, move, shares, "co2").to_netcdf(path),
        "classic.nc": lambda path: journal.netCDF4.Dataset(path, "w", format="NETCDF3_64BIT_DATA").close(),
    }.items():
        path = tmp_path / name
        write(path)
        before = path.read_bytes()
        if name == "plain.nc":
            # The same sweep, only written in another way: taken as it is.
            mrio.sweep(table, move, shares, "co2", to=path)
        else:
            with pytest.raises(mrio.MrioError):
                mrio.sweep(table, move, shares, "co2", to=path)
        assert path.read_bytes() == before
    with pytest.raises(mrio.MrioError, match="folder does not exist"):
        mrio.sweep(table, move, shares, "co2", to=tmp_path / "none" / "a.nc")


def test_labels_of_any_script_are_kept(table, tmp_path):
    named = table.aggregate(regions={"A": "北京", "B": "天津"})
    path = tmp_path / "sweep.nc"
    grid = {"where": ["北京", "天津"]}

    def family(where):
        return mrio.Scenario("w").scale_demand(1.1, region=where)

    interrupted(named, path, family, grid, after=1)
    with xr.open_dataset(path) as partly:
        assert partly["where"].values.tolist() == ["北京", "天津"]
    found = mrio.sweep(named, family, grid, by_region, to=path)
    assert found.data.identical(mrio.sweep(named, family, grid, by_region).data)


SCRIPT = """
import sys
from functools import partial
import mrio
from tests.ensembles.measures import move_and_clean, slow
if __name__ == "__main__":
    tables, path, log, workers = sys.argv[1:]
    table = mrio.read_netcdf(tables)["2017"]
    grid = {"share": [0.02 * k for k in range(20)], "factor": [1.0, 0.9, 0.8]}
    mrio.sweep(table, move_and_clean, grid, partial(slow, log=log), workers=int(workers), to=path)
"""


def finished_runs(path):
    with xr.open_dataset(path) as partly:
        return int(np.isfinite(partly["value"].values).sum())


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_killed_sweep_resumes_and_leaves_no_process(table, tmp_path, workers):
    tables, path, log, script = (tmp_path / name for name in ("t.nc", "sweep.nc", "log", "script.py"))
    table.to_netcdf(tables)
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), *map(str, (tables, path, log)), workers]
    root = str(Path(mrio.__file__).resolve().parents[1])
    running = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": root}, start_new_session=True)
    try:
        _wait(lambda: path.exists() and finished_runs(path) >= 5)
    finally:
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    done = finished_runs(path)
    assert 5 <= done < 60
    # Workers notice that the other end of their pipe is gone.
    _wait(lambda: not _members(running.pid))
    before = len(log.read_text().splitlines())
    again = subprocess.run(command, env={**os.environ, "PYTHONPATH": root}, check=True, capture_output=True)
    assert again.stderr == b""
    # The baseline and every run that was not finished, no other.
    assert len(log.read_text().splitlines()) - before == 1 + 60 - done
    found = mrio.read_netcdf(path)
    grid = {"share": [0.02 * k for k in range(20)], "factor": [1.0, 0.9, 0.8]}
    whole = mrio.sweep(table, move_and_clean, grid, partial(told, log=tmp_path / "other"))
    np.testing.assert_array_equal(found.values(), whole.values())


def _wait(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def _members(group):
    """List the processes of a group that run."""
    members = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, own, session = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if session == str(group) and state != "Z":
            members.append((own, (stat.parent / "cmdline").read_text()))
    return [one for one in members if "resource_tracker" not in one[1]]
