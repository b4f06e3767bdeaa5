import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from mrio.classification import load_classification, load_concordance, provinces
from mrio.errors import (
    BalanceError,
    DataError,
    DataWarning,
    FileError,
    LabelError,
    MissingDataError,
    UnitsError,
)
from mrio.provenance import Provenance
from mrio.readers.china.ceads_emissions import EmissionInventory, read_ceads_emissions
from mrio.readers.china.ceads_files import FUELS, PROCESS, SCOPE_1
from tests.readers.sheets import write

DATA = os.environ.get("MRIO_DATA_DIR")
real = pytest.mark.skipif(DATA is None, reason="MRIO_DATA_DIR is not set")
SECTORS = load_classification("ceads47").names_en
ITEMS = [*FUELS, PROCESS]
REGIONS = ["Beijing", "Hebei"]


def emissions(seed=0):
    """Return emissions (47, 19), many of them zero, process only in one sector."""
    rng = np.random.default_rng(seed)
    e = rng.uniform(0, 3, (47, 19)) * (rng.uniform(size=(47, 19)) < 0.4)
    e[:, 18] = 0.0
    e[26, 18] = 7.0
    return e


def sheet(e, *, underscores=False):
    """Lay emissions out as a sheet of the workbook, columns of scope 2 included."""
    heads = ["", *FUELS[:-1], "Scope 2 Heat", "Scope 2 Electricity", "Other Energy", PROCESS, SCOPE_1]
    if underscores:
        heads = [head.replace(" ", "_") for head in heads]
    total = "Total Emissions" if underscores else "Total Consumption"
    rows = [heads, ["", *["Mt CO2"] * 22], [""] * 23]
    for name, values in zip([f"{total}  ", *SECTORS], [e.sum(0), *e], strict=True):
        scope2 = [5.0, 6.0]
        rows.append(
            [name + "   ", *values[:17].tolist(), *scope2, *values[17:].tolist(), float(values.sum())]
        )
    return rows


def long_rows(by_region, year=2012):
    """Lay emissions out as the long file, zeros left out except totals of scope 1."""
    rows = [["region", "year", "sector", "fuel", "co2_mt"]]
    for region, e in by_region.items():
        for name, values in zip(["Total", *SECTORS], [e.sum(0), *e], strict=True):
            rows += [[region, year, name, ITEMS[k], repr(float(v))] for k, v in enumerate(values) if v]
            rows.append([region, year, name, SCOPE_1, repr(float(values.sum()))])
    return rows


def save(path, rows):
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def book(path, **damage):
    sheets = {f"{r}2012": sheet(emissions(k), underscores=k == 1) for k, r in enumerate(REGIONS)}
    return write(path, {"NOTE": [["Unit", "Mt"]], **sheets, **damage})


def inventory(cube, regions=REGIONS):
    """Return an inventory of emissions (R, 47, 19)."""
    cube = np.asarray(cube)
    data = xr.Dataset(
        {
            "combustion": (("region", "sector", "fuel"), cube[:, :45, :18]),
            "process": (("region", "sector"), cube[:, :45, 18]),
            "households": (("region", "household", "fuel"), cube[:, 45:, :18]),
        },
        coords={
            "region": list(regions),
            "sector": list(SECTORS[:45]),
            "household": ["Urban", "Rural"],
            "fuel": list(FUELS),
        },
    )
    return EmissionInventory(data, 2012, Provenance("made up"))


def test_workbook(tmp_path):
    a = read_ceads_emissions(book(tmp_path / "a.xlsx"))
    assert a.regions == ("Beijing", "Hebei")
    assert a.year == 2012
    for k in range(2):
        e = emissions(k)
        np.testing.assert_allclose(a.data["combustion"][k], e[:45, :18], rtol=1e-14)
        np.testing.assert_allclose(a.data["process"][k], e[:45, 18], rtol=1e-14)
        np.testing.assert_allclose(a.data["households"][k], e[45:, :18], rtol=1e-14)
        np.testing.assert_allclose(a.total[k], e.sum(), rtol=1e-14)
    assert a.data["combustion"].attrs["units"] == "Mt CO2"
    with pytest.raises(ValueError, match="read-only"):
        a.data["process"].values[0] = 1.0


def test_both_forms_say_the_same(tmp_path):
    path = book(tmp_path / "Emission_Inventories_for_30_Provinces_2012.xlsx")
    a = read_ceads_emissions(path)
    long = save(
        tmp_path / "ceads_co2_1997_2019_long.csv.gz",
        [
            *long_rows({"Hebei": emissions(1), "Beijing": emissions(0), "China": emissions(2)}),
            *long_rows({"Hebei": emissions(3)}, 2013)[1:],
        ],
    )
    b = read_ceads_emissions(long, year=2012)
    # The writer of workbooks keeps 16 digits.
    xr.testing.assert_allclose(a.data, b.data, rtol=1e-14)
    assert read_ceads_emissions(tmp_path, year=2012).regions == ("Beijing", "Hebei")
    assert read_ceads_emissions(tmp_path, year=2013).regions == ("Hebei",)
    china = read_ceads_emissions(long, 2012, ["China", "Hebei"])
    assert china.regions == ("China", "Hebei")
    np.testing.assert_allclose(china.total[0], emissions(2).sum(), rtol=1e-12)


def test_regions_are_added_up():
    e = [emissions(0), emissions(1), emissions(2)]
    a = inventory(e, ["A", "B", "C"]).sum_regions({"rest": ["C", "A"], "B": ["B"]})
    assert a.regions == ("rest", "B")
    np.testing.assert_allclose(a.data["combustion"][0], (e[0] + e[2])[:45, :18], rtol=1e-15)
    np.testing.assert_allclose(a.total, [(e[0] + e[2]).sum(), e[1].sum()], rtol=1e-13)
    with pytest.raises(LabelError, match="not in the inventory: D"):
        a.sum_regions({"x": ["D"]})
    with pytest.raises(LabelError, match="in two groups: B"):
        a.sum_regions({"x": ["B"], "y": ["B"]})


def test_sectors_by_brute_force():
    e = np.array([emissions(0), emissions(1)])
    weights = np.random.default_rng(3).uniform(1, 5, (2, 39))
    out = inventory(e).to_sectors("h39", weights)
    c = load_concordance("ceads47", "h39")
    expected = np.zeros((2, 39, 19))
    for r in range(2):
        for s in range(45):
            targets = [t for t in range(39) if c.members[s, t]]
            for t in targets:
                share = weights[r, t] / sum(weights[r, u] for u in targets)
                expected[r, t] += e[r, s] * share
    np.testing.assert_allclose(out["combustion"], expected[:, :, :18], rtol=1e-12)
    np.testing.assert_allclose(out["process"], expected[:, :, 18], rtol=1e-12)
    np.testing.assert_array_equal(out["households"], e[:, 45:, :18])
    assert list(out["sector"].values) == list(load_classification("h39").names_en)


@given(st.integers(0, 10_000), st.sampled_from(["h39", "sic17"]), st.booleans())
@settings(max_examples=20, deadline=None)
def test_totals_are_kept(seed, target, national):
    rng = np.random.default_rng(seed)
    a = inventory([emissions(seed), emissions(seed + 1)])
    size = len(load_classification(target))
    weights = rng.uniform(0.1, 9, size if national else (2, size))
    account = a.account(target, weights)
    flows, direct = np.asarray(account.flows), np.asarray(account.direct)
    np.testing.assert_allclose(flows.sum(axis=1) + direct, a.total.values, rtol=1e-12)
    assert account.unit == "Mt CO2"


def test_sic_sectors_need_no_weights():
    a = inventory([emissions(0), emissions(1)])
    np.testing.assert_allclose(
        np.asarray(a.account("sic17").flows).sum(1), np.asarray(a.account("h39", np.ones(39)).flows).sum(1)
    )
    with pytest.raises(DataError, match="needs weights"):
        a.account("h39")


def test_a_region_without_weights_takes_those_of_all():
    e = np.array([emissions(0), emissions(1)])
    weights = np.random.default_rng(3).uniform(1, 5, (2, 39))
    weights[0, [25, 27]] = 0.0
    e[0, 43, 0] = 2.0
    with pytest.warns(DataWarning, match="Beijing: Wholesale, Retail Trade and Catering"):
        out = inventory(e).to_sectors("h39", weights)
    share = weights[1, 25] / (weights[1, 25] + weights[1, 27])
    np.testing.assert_allclose(out["combustion"][0, 25], e[0, 43, :18] * share, rtol=1e-12)
    # Nothing to split, nothing to tell.
    e[0, 43] = 0.0
    inventory(e).to_sectors("h39", weights)
    weights[:, [25, 27]] = 0.0
    with pytest.raises(DataError, match="weights are all zero"):
        inventory(np.ones((2, 47, 19))).to_sectors("h39", weights)


@pytest.mark.filterwarnings("ignore::mrio.errors.DataWarning")
@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones((3, 39)), "do not fit the inventory"),
        (np.full((2, 39), np.nan), "negative or not finite"),
        (np.full((2, 39), -1.0), "negative or not finite"),
    ],
)
def test_bad_weights(weights, message):
    with pytest.raises(DataError, match=message):
        inventory([emissions(0), emissions(1)]).to_sectors("h39", weights)


def cell_damage(row, column, value):
    def damage(rows):
        rows[row][column] = value

    return damage


def drop_row(rows):
    del rows[20]


def swap_heads(rows):
    rows[0][1], rows[0][2] = rows[0][2], rows[0][1]


def add(row, column):
    def damage(rows):
        rows[row][column] = (rows[row][column] or 0.0) + 0.5

    return damage


@pytest.mark.parametrize(
    ("damage", "kind", "place"),
    [
        (drop_row, LabelError, "missing: FurnitureManufacturing"),
        (cell_damage(0, 13, "Fuel Oils"), LabelError, "missing: FuelOil"),
        (cell_damage(0, 12, "Fuel Oil"), LabelError, "missing: DieselOil"),
        (cell_damage(1, 5, "kt CO2"), UnitsError, "cells F2"),
        (cell_damage(9, 5, "-"), MissingDataError, "F10 ('-')"),
        (cell_damage(9, 5, ""), MissingDataError, "F10 ('')"),
        (cell_damage(9, 22, "#N/A"), MissingDataError, "W10 ('')"),
        (cell_damage(9, 5, -1.0), DataError, "F10"),
        (add(9, 5), BalanceError, "cells W10"),
        (add(3, 22), BalanceError, "cells W4"),
    ],
)
def test_damage_in_a_workbook_is_named_by_sheet_and_cell(tmp_path, damage, kind, place):
    rows = sheet(emissions(1))
    damage(rows)
    with pytest.raises(kind) as caught:
        read_ceads_emissions(book(tmp_path / "a.xlsx", Hebei2012=rows))
    assert place in str(caught.value)
    assert "sheet 'Hebei2012' of a.xlsx" in str(caught.value)


def test_swapped_headings_of_fuels_keep_the_total(tmp_path):
    # Fuels have no second name in the sheet: a swap of two headings cannot be seen, and is not claimed to be.
    rows = sheet(emissions(1))
    swap_heads(rows)
    a = read_ceads_emissions(book(tmp_path / "a.xlsx", Hebei2012=rows))
    np.testing.assert_allclose(a.total[1], emissions(1).sum(), rtol=1e-12)


def test_what_a_workbook_does_not_hold(tmp_path):
    path = book(tmp_path / "a.xlsx")
    with pytest.raises(LabelError, match="does not hold the year"):
        read_ceads_emissions(path, year=2017)
    with pytest.raises(LabelError, match="Regions are not in the file"):
        read_ceads_emissions(path, regions=["Beijing", "Tibet"])
    with pytest.raises(FileError, match=r"sheet 'Hebei2012' of b\.xlsx, cell A1"):
        read_ceads_emissions(book(tmp_path / "b.xlsx", Hebei2012=[[""]]))
    with pytest.raises(LabelError, match="sheets of years none"):
        read_ceads_emissions(write(tmp_path / "c.xlsx", {"NOTE": [["x"]]}))


def first(rows, sector, fuel):
    return next(k for k, row in enumerate(rows) if row[2] == sector and row[3] == fuel)


def test_damage_in_the_long_file_is_named_by_cell(tmp_path):
    def read(rows):
        return read_ceads_emissions(save(tmp_path / "a.csv.gz", rows), year=2012)

    good = long_rows({"Hebei": emissions(1)})
    k = first(good, "Chemical Fiber", SCOPE_1)

    def changed(row, column, value):
        rows = [list(line) for line in good]
        rows[row][column] = value
        return rows

    for value in ("", "n/a", "nan", "-1"):
        with pytest.raises(MissingDataError, match=rf"a\.csv\.gz, cells E{k + 1}"):
            read(changed(k, 4, value))
    with pytest.raises(LabelError, match=rf"cells C{k + 1}"):
        read(changed(k, 2, "Chemical Fibre"))
    with pytest.raises(LabelError, match=rf"cells D{k + 1}"):
        read(changed(k, 3, "Scope 1"))
    with pytest.raises(BalanceError, match=rf"Scope 1 Total of Hebei.*\n.*cells E{k + 1}"):
        read(changed(k, 4, "99"))
    with pytest.raises(LabelError, match="Scope 1 Total of Hebei, Chemical Fiber"):
        read([row for i, row in enumerate(good) if i != k])
    j = next(i for i, row in enumerate(good) if row[2] == "Chemical Fiber" and row[3] != SCOPE_1)
    with pytest.raises(BalanceError, match=rf"cells E{k}"):
        read([row for i, row in enumerate(good) if i != j])
    with pytest.raises(LabelError, match=rf"more than once(.|\n)*E{len(good) + 1}"):
        read([*good, good[k]])
    with pytest.raises(LabelError, match="missing: co2_mt"):
        read([[*good[0][:4], "co2_kt"], *good[1:]])
    with pytest.raises(LabelError, match="does not hold the year"):
        read(long_rows({"Hebei": emissions(1)}, 2011))
    with pytest.raises(DataError, match="year is not given"):
        read_ceads_emissions(tmp_path / "a.csv.gz")


def test_damaged_long_files(tmp_path):
    path = save(tmp_path / "a.csv.gz", long_rows({"Hebei": emissions(1)}))
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(FileError, match="cannot be read as CSV"):
        read_ceads_emissions(path, year=2012)
    (tmp_path / "b.csv").write_text("")
    with pytest.raises(FileError, match="is empty"):
        read_ceads_emissions(tmp_path / "b.csv", year=2012)
    with pytest.raises(FileError, match="no such file"):
        read_ceads_emissions(tmp_path / "c.csv", year=2012)


@real
@pytest.mark.parametrize(
    ("year", "totals"),
    [(2007, (102.9, 103.5, 529.0)), (2012, (98.0, None, None)), (2017, (85.6, 144.0, 792.3))],
)
def test_real_workbooks_against_the_long_file(year, totals):
    folder = Path(DATA) / "ceads_co2"
    a = read_ceads_emissions(folder, year)
    b = read_ceads_emissions(folder / "ceads_co2_1997_2019_long.csv.gz", year)
    assert a.regions == b.regions == tuple(provinces().index.drop("Tibet"))
    # The long file holds eight digits of each number.
    for name in ("combustion", "process", "households"):
        np.testing.assert_allclose(a.data[name], b.data[name], rtol=1e-7, atol=1e-12)
    for region, total in zip(("Beijing", "Tianjin", "Hebei"), totals, strict=True):
        assert total is None or float(a.total.sel(region=region)) == pytest.approx(total, abs=0.06)
    weights = np.random.default_rng(1).uniform(1, 2, (30, 39))
    account = a.account("h39", weights)
    np.testing.assert_allclose(
        np.asarray(account.flows).sum(1) + np.asarray(account.direct), a.total.values, rtol=1e-12
    )


@real
def test_real_sector_totals():
    folder = Path(DATA) / "ceads_co2"
    a = read_ceads_emissions(folder, 2012, ["Beijing", "Tianjin", "Hebei"])
    found = a.data["combustion"].sum("fuel") + a.data["process"]
    with (folder / "ceads_co2_bth_china_sector_1997_2019.csv").open(newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["year"] == "2012" and r["region"] in a.regions]
    compared = 0
    for row in rows:
        if row["sector"] in SECTORS[:45]:
            value = float(found.sel(region=row["region"], sector=row["sector"]))
            assert value == pytest.approx(float(row["co2_mt"]), rel=1e-7, abs=1e-12)
            compared += 1
    assert compared == 3 * 45


@real
@pytest.mark.parametrize("year", [2002, 2007])
def test_real_inventories_add_up_to_the_accounts_of_the_sic_regions(year):
    a = read_ceads_emissions(Path(DATA) / "ceads_co2/ceads_co2_1997_2019_long.csv.gz", year)
    regions = provinces().loc[list(a.regions), "sic_region"]
    with (Path(DATA) / f"sic_irio_2002_2007/co2_mt_{year}_8x17.csv").open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    groups = {row[0]: list(regions.index[regions == row[0]]) for row in rows}
    account = a.sum_regions(groups).account("sic17")
    expected = np.array([[float(v) for v in row[1:]] for row in rows])
    # Both files are rounded to eight digits.
    np.testing.assert_allclose(account.flows, expected[:, :17], rtol=1e-6)
    np.testing.assert_allclose(account.direct, expected[:, 17:].sum(1), rtol=1e-6)


@real
@pytest.mark.slow
def test_every_region_and_year_of_the_long_file_adds_up():
    folder = Path(DATA) / "ceads_co2"
    path = folder / "ceads_co2_1997_2019_long.csv.gz"
    regions = [*provinces().index.drop("Tibet"), "China"]
    with (folder / "checks.csv").open(newline="") as file:
        (check,) = csv.DictReader(file)
    count = sum(len(read_ceads_emissions(path, year, regions).regions) for year in range(1997, 2020))
    assert count == int(check["n_region_years"])
