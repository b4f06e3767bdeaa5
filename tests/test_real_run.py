"""The real tables of 2002 and 2007, 8 regions x 17 sectors, from workbook to transfer and back from file."""

import numpy as np
import pytest
import xarray as xr

import mrio
from tests.compare import assert_close
from tests.naive import Model

ACCOUNTS = ("value_added", "co2")


@pytest.fixture(scope="module")
def tables(real_data):
    folder = real_data / "sic_irio_2002_2007"
    return mrio.Systems([mrio.read_sic(folder, year, 17) for year in (2002, 2007)])


@pytest.fixture(scope="module")
def d(tables):
    return mrio.decompose(tables["2002"], tables["2007"], ACCOUNTS)


@pytest.fixture(scope="module")
def t(tables):
    return mrio.measure_transfer(
        tables["2002"], tables["2007"], block=["BeijingTianjin", "NorthCoast"], accounts=ACCOUNTS
    )


def test_effects_add_up_to_the_change(tables, d):
    for name in ACCOUNTS:
        change = tables["2007"].account(name).values - tables["2002"].account(name).values
        size = np.abs(change).sum()
        assert np.abs(d.residual.sel(account=name)).sum() < 1e-10 * size
        assert np.abs(d.effects.sel(account=name).sum("effect") - change).max() < 1e-10 * size
    assert d.data.attrs["imports"] == "row"


def test_impacts_add_up_to_the_sourcing_effects(d, t):
    for name in ACCOUNTS:
        size = float(np.abs(d.total.sel(account=name)).sum())
        effects = d.effects.sel(account=name, effect=["intermediate_sourcing", "final_sourcing"])
        impact = t.impact(name).sum(["from_region", "to_region", "sector"])
        gap = impact.values.T - effects.sum("sector").transpose("region", "effect").values
        assert np.abs(gap).max() < 1e-10 * size
        assert_close(t.blocks(name)["total"], t.own_view(name)["total"])


def test_transfers_are_real_and_balanced(tables, t):
    moved = float(t.direct.sum())
    assert 0 < moved < tables["2007"].arrays.x.sum()
    assert abs(t.balance()["net"].sum()) < 1e-10 * moved
    # Imports are one row: abroad is a label at both ends, but takes over no product.
    assert t.origins[-1] == "abroad"
    assert not t.direct.sel(to_region="abroad").any()


def test_the_shapley_value_of_a_real_table_by_brute_force(tables):
    a, b = (arguments(table) for table in tables.values())
    expected = Model(a, b, "co2", "row").shapley()
    found = mrio.decompose(tables["2002"], tables["2007"], "co2").effects
    scale = max(np.abs(values).max() for values in expected.values())
    for name, values in expected.items():
        assert_close(found.sel(effect=name), values, scale, what=name)


def arguments(table):
    """Return the arguments of `System.from_arrays` that the brute force reads."""
    arrays = {name: getattr(table.arrays, name) for name in mrio.schema.SYSTEM_DIMS}
    return {
        **arrays,
        "Z": arrays["Z"].reshape(8, 17, 8, 17),
        "regions": table.regions,
        "sectors": table.sectors,
        "demand": table.demand,
        "accounts": {"co2": (table.accounts["co2"].values, "Mt CO2")},
    }


@pytest.mark.parametrize("year", ["2002", "2007"])
def test_the_discrepancy_is_named(tables, year):
    report = tables[year].check()
    check = report["discrepancy"]
    share = np.abs(tables[year].arrays.discrepancy / tables[year].arrays.x)
    assert not check.passed
    assert "column 'discrepancy'" in check.note
    assert check.worst == pytest.approx(share.max(), rel=1e-12)
    assert 0.09 < check.worst < 0.11
    worst = check.cells.iloc[0]
    place = tables[year].discrepancy.sel(region=worst["region"], sector=worst["sector"])
    output = tables[year].x.sel(region=worst["region"], sector=worst["sector"])
    assert abs(float(place / output)) == pytest.approx(check.worst, rel=1e-12)
    assert "discrepancy" in repr(report)
    for name in ("row balance", "column balance", "sum of value added", "productive A"):
        assert report[name].passed, name


def test_everything_comes_back_from_files(tables, d, t, tmp_path):
    tables.to_netcdf(tmp_path / "tables.nc")
    for name, table in mrio.read_netcdf(tmp_path / "tables.nc").items():
        np.testing.assert_array_equal(table.arrays.Z, tables[name].arrays.Z)
        assert table.provenance == tables[name].provenance
    for result in (d, t):
        result.to_netcdf(tmp_path / "result.nc")
        xr.testing.assert_identical(mrio.read_netcdf(tmp_path / "result.nc").data, result.data)
