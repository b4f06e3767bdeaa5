"""Sweeps: every point is its scenario, on labels, told apart in errors."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import mrio
from tests.compare import told
from tests.ensembles.measures import by_region, change, failing, move, move_and_clean, of_other_labels, total
from tests.ensembles.measures import warning as warning_measure
from tests.scenarios.test_shocks import tables

GRID = {"share": [0.0, 0.3, 0.5], "factor": [1.0, 0.8]}


def test_every_point_is_its_scenario(table):
    found = mrio.sweep(table, move_and_clean, GRID)
    assert found.quantities == ("output", "value_added", "co2", "co2_direct", "jobs")
    assert found.grid == GRID
    assert found.values("co2").dims == ("share", "factor", "region", "sector")
    for share in GRID["share"]:
        for factor in GRID["factor"]:
            run = mrio.run_scenarios(table, move_and_clean(share, factor))
            one = mrio.compare(run)
            for name in ("output", "value_added", "co2", "jobs"):
                at = found.values(name).sel(share=share, factor=factor)
                np.testing.assert_array_equal(at.values, one.levels(name)[1].values)
                np.testing.assert_array_equal(
                    found.difference(name).sel(share=share, factor=factor).values,
                    one.difference(name)[1].values,
                )
                assert at.attrs["units"] == one.unit(name)
    np.testing.assert_array_equal(found.baseline("co2_direct"), [1.0, 2.0])


@given(tables(R=2, N=2, imports="product", exports=True), st.floats(0, 1))
def test_a_grid_of_one_point_is_a_run(system, share):
    def family(share):
        return mrio.Scenario("one").shift_sourcing("sector 0", "region 0", "region 1", share=share)

    try:
        run = mrio.compare(mrio.run_scenarios(system, family(share)), accounts=["output", "co2"])
    except mrio.MrioError as error:
        with pytest.raises(type(error), match=f"share={share}"):
            mrio.sweep(system, family, {"share": [share]}, ["output", "co2"])
        return
    found = mrio.sweep(system, family, {"share": [share]}, ["output", "co2"])
    for name in ("output", "co2"):
        np.testing.assert_array_equal(found.values(name)[0].values, run.levels(name)[1].values)


@given(tables())
def test_scenarios_without_a_shock_are_the_baseline(system):
    found = mrio.sweep(system, lambda name: mrio.Scenario(name), {"name": ["a", "b"]})
    for name in found.quantities:
        assert (found.difference(name).values == 0).all()
        np.testing.assert_array_equal(found.values(name)[1], found.baseline(name))
    np.testing.assert_array_equal(found.baseline("output"), system.arrays.x)


@pytest.mark.parametrize(
    ("measure", "dims"),
    [
        (total, ()),
        (by_region, ("region",)),
        (lambda t: by_region(t).to_frame("x"), ("region", "dim_1")),
        (lambda t: t.x.rename(None), ("region", "sector")),
        (lambda t: xr.Dataset({"value": t.x, "other": t.V.sum()}), ("region", "sector")),
        (lambda t: mrio.linkages(t), ("sector",)),
        (lambda t: t.arrays.x.sum(), ()),
    ],
)
def test_measures_give_numbers_arrays_and_results(table, measure, dims):
    found = mrio.sweep(table, move, {"share": [0.1, 0.2]}, measure)
    first = found.values()
    assert first.dims[0] == "share"
    assert first.dims[1:] == dims or dims[0] in first.dims
    alone = measure(move(0.2).apply(table))
    if dims == ():
        assert first.values[1] == alone
    elif isinstance(alone, xr.DataArray):
        np.testing.assert_array_equal(first.values[1], alone.values)


def test_measures_against_the_baseline(table):
    found = mrio.sweep(table, move, {"share": [0.0, 0.4]}, change, against_baseline=True)
    assert found.quantities == ("growth",)
    assert (found.values()[0] == 0).all()
    np.testing.assert_array_equal(found.values()[1], move(0.4).apply(table).arrays.x - table.arrays.x)
    effects = mrio.sweep(
        table, move, {"share": [0.4]}, lambda a, b: mrio.decompose(a, b, "co2"), against_baseline=True
    )
    alone = mrio.decompose(table, move(0.4).apply(table), "co2")
    np.testing.assert_array_equal(effects.values("co2")[0], alone.effects)
    assert effects.values("co2").attrs["units"] == "Mt CO2"


def test_what_a_sweep_says(table, tmp_path):
    found = mrio.sweep(table, move_and_clean, GRID, ["co2", "output"])
    summary = found.summary()
    assert summary.index.names == ["share", "factor"]
    base = table.account("co2").values.sum()
    assert summary.loc[(0.0, 0.8), ("co2 [Mt CO2]", "change")] == pytest.approx(-0.2 * base, rel=1e-12)
    assert "hypothetical" in found.headline
    assert "fixed:" in found.data.attrs["assumptions"]
    assert "swept scenarios" in found.data.attrs["provenance"]
    assert "6 scenarios by share, factor" in repr(found)
    stats = found.statistics("co2", over="sector", q=[0.25])
    values = found.values("co2").sum("sector").values.reshape(6, 2)
    assert stats.index.tolist() == ["A", "B"]
    np.testing.assert_allclose(stats["mean"], values.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(stats["standard deviation"], values.std(axis=0), rtol=1e-10)
    np.testing.assert_allclose(stats["q0.25"], np.quantile(values, 0.25, axis=0), rtol=1e-12)
    frame = found.to_dataframe()
    assert len(frame) == 2 * 6 * 4 + 6 * 2
    assert frame.columns[-1] == "unit"
    path = tmp_path / "sweep.nc"
    found.to_netcdf(path)
    back = mrio.read_netcdf(path)
    assert type(back) is type(found)
    assert back.data.identical(found.data)
    assert back.summary().equals(summary)
    assert not found.data["co2"].values.flags.writeable
    with xr.open_dataset(path) as lazy:
        assert not lazy["co2"].variable._in_memory
        np.testing.assert_array_equal(lazy["co2"].sel(share=0.3).values, found.values("co2").sel(share=0.3))
    with pytest.raises(mrio.MrioError, match="was not measured"):
        found.values("so2")


def test_one_parameter_of_texts(table):
    def family(where):
        return mrio.Scenario("w").scale_demand(1.1, region=where)

    found = mrio.sweep(table, family, {"where": ["A", "B"]}, "output")
    assert found.summary().index.tolist() == ["A", "B"]
    assert found.values().sel(where="B").sum() > found.baseline().sum()


def told_once(call, *parts):
    assert told(call, *parts).count("what to do") <= 1


@pytest.mark.parametrize(
    ("grid", "parts"),
    [
        ({}, ("one parameter",)),
        ({"share": []}, ("'share'", "has no values", "empty list")),
        ({"share": [0.1, "x"]}, ("numbers or all texts",)),
        ({"share": [True]}, ("numbers or all texts",)),
        ({"share": [0.1, 0.1]}, ("distinct",)),
        ({"share": [float("nan")]}, ("value of parameter 'share'", "no finite number")),
        ({"share": [0.1, float("inf")]}, ("no finite number", "inf")),
        ({"share": [0.1, 1.3]}, ("share=1.3", "between 0 and 1", "shift_sourcing")),
        ({"part": [0.1]}, ("part=0.1", "gives no scenario", "TypeError")),
    ],
)
def test_grids_that_cannot_be(table, grid, parts):
    told_once(lambda: mrio.sweep(table, move, grid, "co2"), *parts)


def test_errors_name_the_run(table):
    def steel(factor):
        return mrio.Scenario("s").scale_technology(factor, sector="goods")

    told_once(
        lambda: mrio.sweep(table, steel, {"factor": [1.0, 5.0]}, "co2"),
        "value added would be negative",
        "run 1 of 2 (factor=5.0): scenario 's', shock 1",
    )
    least = 0.9 * total(table)
    told_once(
        lambda: mrio.sweep(table, move_and_clean, GRID, lambda t: failing(t, least)),
        "run 1 of 6 (share=0.0, factor=0.8)",
        "RuntimeError: the cat",
    )
    told_once(lambda: mrio.sweep(table, move, {"share": [0.1]}, lambda t: [1]), "untouched table", "got list")
    told_once(
        lambda: mrio.sweep(table, move, {"share": [0.1]}, of_other_labels), "other labels of region", "run 0"
    )
    told_once(lambda: mrio.sweep(table, move, {"share": [0.1]}, "so2"), "no account 'so2'")
    told_once(
        lambda: mrio.sweep(table, lambda share: share, {"share": [0.1]}), "gives no scenario", "got float"
    )
    told_once(
        lambda: mrio.sweep(table, lambda region: move(0.1), {"region": ["A"]}), "two things", "'region'"
    )
    told_once(lambda: mrio.sweep(table, move, {"share": [0.1]}, workers=0), "workers must be", "1 or more")
    told_once(
        lambda: mrio.sweep(table, move, {"share": [0.1]}, workers=2, client=object()), "workers= or client="
    )


def test_numbers_that_are_not_finite_are_told_once(table):
    def hollow(t):
        return float("nan") if "0.1" not in t.scenario and t.scenario != "baseline" else total(t)

    def named(share):
        return mrio.Scenario(f"move {share}").shift_sourcing("goods", "B", "A", share=share)

    grid = {"share": [0.1, 0.2, 0.3]}
    with pytest.warns(mrio.errors.DataWarning) as heard:
        found = mrio.sweep(table, named, grid, hollow)
    (warning,) = heard
    assert str(warning.message).startswith(
        "2 of 3 runs gave numbers that are not finite, the first of them run 1 of 3 (share=0.2)"
    )
    assert warning.filename == __file__
    assert warning.message.table["run"].tolist() == ["run 1 of 3 (share=0.2)", "run 2 of 3 (share=0.3)"]
    assert warning.message.table["cells"].tolist() == [1, 1]
    assert np.isnan(found.values().values).tolist() == [False, True, True]


def test_warnings_are_passed_on_once(table):
    with pytest.warns(mrio.errors.DataWarning) as heard:
        mrio.sweep(table, move, {"share": [0.1, 0.2, 0.3]}, lambda t: _quiet_baseline(t))
    assert [str(one.message) for one in heard] == ["something small (run 0 of 3 (share=0.1) and 2 others)"]


def _quiet_baseline(table):
    return total(table) if table.scenario == "baseline" else warning_measure(table)
