"""The whole chain on the official statistics."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import mrio
from data.recipe import labels, validate
from data.recipe.accounts import Facts
from data.recipe.assemble import Table, build
from data.recipe.choices import DEFAULT
from data.recipe.systems import SENSITIVITY_SET, TABLES, four_regions, to_system

CHECKOUT = Path(__file__).resolve().parents[2]
GDP = {2007: 266_044, 2012: 536_800, 2017: 823_216}
CO2_BEIJING = {2007: 102.9, 2012: 98.0, 2017: 85.6}


@pytest.mark.parametrize("year", labels.YEARS)
def test_tables_balance_and_add_up_to_nation_and_controls(tables: dict[int, Table], facts: Facts, year: int):
    for table, member in ((tables[year], None), (four_regions(tables[year]), labels.REGION_OF)):
        gaps = validate.balance(table, facts, member)
        assert max(gaps.rows, gaps.columns, gaps.nation, gaps.controls) < 1e-9
        assert round(gaps.value_added) == GDP[year]
    for part in (
        tables[year].Z,
        tables[year].Y,
        tables[year].V,
        tables[year].imports_Z,
        tables[year].exports,
    ):
        assert part.min() >= 0


@pytest.mark.parametrize("year", labels.YEARS)
def test_emissions_are_those_of_the_inventories(tables: dict[int, Table], facts: Facts, year: int):
    table = tables[year]
    totals = table.co2.sum(axis=1) + table.co2_households
    np.testing.assert_allclose(totals, facts.years[year].co2.sum(axis=1), rtol=1e-12)
    assert round(float(totals[labels.BEIJING]), 1) == CO2_BEIJING[year]
    assert totals[labels.TIBET] == 0


def test_all_provinces_make_one_table(tables: dict[int, Table]):
    table = to_system(tables[2017], DEFAULT)
    assert (table.regions, len(table.sectors)) == (labels.PROVINCES, 39)
    report = table.check()
    for name in ("row balance", "column balance", "sum of value added", "non-negative flows", "productive A"):
        assert report[name].passed, name


def test_validation_reaches_the_required_scores(tables: dict[int, Table], root: Path, facts: Facts):
    scores = validate.against_sic(tables[2007], root)
    assert scores.r >= 0.87
    assert scores.wape <= 0.60
    assert scores.block_r >= 0.88
    assert scores.block_wape <= 0.28
    # The exponent is that of 2002, so the table of 2007 did not choose it.
    assert round(validate.distance_exponent(root, 2002, facts), 2) == DEFAULT.exponent


def test_provinces_that_publish_totals_only_are_known(facts: Facts):
    assert set(facts.structure.totals_only) == {
        *("Shanxi", "InnerMongolia", "Jilin", "Heilongjiang", "Jiangxi", "Shandong", "Henan", "Hubei"),
        *("Hunan", "Sichuan", "Guizhou", "Shaanxi"),
        *("Hainan", "Chongqing", "Gansu", "Qinghai", "Ningxia"),
    }


def test_shares_of_the_official_structure_are_shares(facts: Facts):
    structure = facts.structure
    for share in (structure.own_supply, structure.own_demand):
        assert ((share >= 0) & (share <= 1)).all()
    np.testing.assert_allclose(structure.mix.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(structure.A[labels.TIBET], structure.A[labels.PROVINCES.index("Qinghai")])


def test_backcast_of_beijing_beats_the_national_table(facts: Facts):
    table = build(facts, replace(DEFAULT, beijing_2012=False))[2012]
    result = validate.backcast(table, facts)
    assert result.technology["assembled"] < result.technology["nation"]
    assert result.technology["mean"] < result.technology["own of 2007"]
    assert result.net_trade_r > 0.7


def test_rebuilt_tables_are_the_shipped_ones(root: Path, tmp_path: Path):
    rebuilds(TABLES, "tables", tmp_path)


@pytest.mark.slow
def test_rebuilt_sensitivity_set_is_the_shipped_one(root: Path, tmp_path: Path):
    rebuilds(SENSITIVITY_SET, "sensitivity", tmp_path)


def rebuilds(name: str, what: str, folder: Path) -> None:
    """Run the command and compare its file with the shipped one, byte by byte."""
    command = [sys.executable, "-m", "data.recipe", what, "--out", str(folder)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    rebuilt, shipped = folder / name, CHECKOUT / "data" / name
    if rebuilt.read_bytes() == shipped.read_bytes():
        return
    made, known = mrio.read_netcdf(rebuilt), mrio.read_netcdf(shipped)
    assert list(made) == list(known)
    for key, table in made.items():
        assert table.provenance == known[key].provenance
        for array in ("Z", "Y", "V", "exports", "imports_Z", "imports_Y", "stock_change", "population"):
            a, b = table.array(array).values, known[key].array(array).values
            np.testing.assert_array_equal(a, b, err_msg=f"{key} {array}")
    pytest.skip("same numbers, written by another version of mrio or of the netCDF library")
