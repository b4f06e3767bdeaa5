"""What the shipped files say, without any raw data."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

import mrio
from data.recipe import labels
from data.recipe.choices import SENSITIVITY
from data.recipe.status import HEADLINE

DATA = Path(__file__).resolve().parents[2] / "data"
GDP = {"2007": 266_044, "2012": 536_800, "2017": 823_216}
CO2_BEIJING = {"2007": 102.9, "2012": 98.0, "2017": 85.6}


@pytest.fixture(scope="module")
def bth() -> mrio.Systems:
    return mrio.read_netcdf(DATA / "bth.nc")


def test_three_years_four_regions(bth: mrio.Systems):
    assert list(bth) == ["2007", "2012", "2017"]
    for table in bth.values():
        assert table.regions == ("Beijing", "Tianjin", "Hebei", "Rest of China")
        assert table.sectors == labels.SECTORS
        assert table.demand == labels.DEMAND
        assert (table.unit, table.population_unit) == ("1e8 CNY", "1e4 person")
        assert table.price_basis == f"current {table.period} CNY, producer prices"


@pytest.mark.parametrize("year", GDP)
def test_totals_and_balances(bth: mrio.Systems, year: str):
    table = bth[year]
    assert round(float(table.V.sum())) == GDP[year]
    co2 = table.account("co2")
    assert round(float(co2.values[0].sum() + co2.direct_values[0]), 1) == CO2_BEIJING[year]
    report = table.check()
    for name in ("row balance", "column balance", "sum of value added", "non-negative flows"):
        assert report[name].passed, name
    inputs = table.Z.values.sum(axis=(0, 1)) + table.imports_Z.values.sum(axis=0) + table.V.values.sum(axis=0)
    np.testing.assert_allclose(inputs, table.x.values, rtol=1e-10)


def test_every_table_says_what_is_fact_and_what_is_estimated(bth: mrio.Systems):
    for year, table in bth.items():
        record = table.provenance
        assert record.headline == HEADLINE
        assert {group.status for group in record.groups.values()} == {"fact", "derived", "estimated"}
        known = record.groups["Z + imports_Z by user (technology)"].status
        assert known == ("derived" if year == "2007" else "estimated")
        assert len(record.steps) == 10
    assert "Z + imports_Z of Beijing (technology)" in bth["2012"].provenance.groups
    assert HEADLINE in repr(bth)


def test_sensitivity_set_is_whole():
    tables = mrio.read_netcdf(DATA / "bth_sensitivity.nc")
    assert list(tables) == [f"{name} {year}" for name in SENSITIVITY for year in labels.YEARS]
    for key, table in tables.items():
        assert key == f"{table.scenario} {table.period}"
        assert round(float(table.V.sum())) == GDP[table.period]


def test_checksums():
    lines = (DATA / "SHA256SUMS").read_text(encoding="utf-8").split("\n")
    listed = dict(reversed(line.split("  ")) for line in lines if line)
    assert set(listed) == {"bth.nc", "bth_sensitivity.nc"}
    for name, digest in listed.items():
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest
