"""One damaged cell gives an error of the library or the same numbers, in every reader; never others."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mrio.classification import load_classification
from mrio.errors import DataError
from mrio.readers.china import ceads_files, nbs_layouts, nbs_national, nbs_provincial, sic
from mrio.readers.raw.workbook import Sheet, open_csv, open_workbook
from tests.readers.china import test_ceads_emissions, test_nbs_national, test_nbs_provincial, test_sic
from tests.readers.sheets import as_sheet

DATA = os.environ.get("MRIO_DATA_DIR")
real = pytest.mark.skipif(DATA is None, reason="MRIO_DATA_DIR is not set")
SIC8 = load_classification("sic8")


def sic_arrays(sheet):
    return list(vars(sic.parse_sheet(sheet, SIC8)).values())


def regional_arrays(table):
    names = ("Z", "Y", "V", "x", "out_total", "in_total", "stock_change", "error")
    return [getattr(table, name) for name in names]


def uniform_arrays(sheet):
    return regional_arrays(nbs_provincial.parse_sheet(sheet, nbs_layouts.UNIFORM, "Hebei")[0])


def own_arrays(sheet):
    return regional_arrays(nbs_provincial.parse_sheet(sheet, nbs_layouts.OWN, "Hebei")[0])


def national_arrays(sheet):
    flows = nbs_national.parse_sheet(sheet)
    return [flows.Z, flows.imports, flows.error, flows.x, flows.V, *flows.final.values()]


def ceads_arrays(sheet):
    return [ceads_files.parse_sheet(sheet)]


READERS = {
    "sic": (sic_arrays, test_sic.grid(test_sic.arrays())),
    "uniform": (
        uniform_arrays,
        test_nbs_provincial.grid(test_nbs_provincial.flows(), nbs_layouts.UNIFORM),
    ),
    "own": (own_arrays, test_nbs_provincial.grid(test_nbs_provincial.flows(), nbs_layouts.OWN)),
    "national": (national_arrays, test_nbs_national.competitive()[0]),
    "non-competitive": (national_arrays, test_nbs_national.non_competitive()[0]),
    "ceads": (ceads_arrays, test_ceads_emissions.sheet(test_ceads_emissions.emissions())),
}
JUNK = st.sampled_from(["", "n/a", "1,5", float("nan"), float("inf"), True, None, "01", 17.0])


def same_or_error(parse, expected, rows):
    """Tell whether the numbers are the expected ones or the library refuses the sheet."""
    try:
        found = parse(as_sheet(rows))
    except DataError as error:
        return "sheet 'S' of book.xlsx" in str(error)
    return all(np.allclose(a, b, rtol=1e-3, atol=1e-9) for a, b in zip(expected, found, strict=True))


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_one_damaged_cell(name, data):
    parse, good = READERS[name]
    rows = [list(row) for row in good]
    i = data.draw(st.integers(0, len(rows) - 1))
    j = data.draw(st.integers(0, len(rows[i]) - 1))
    value = rows[i][j]
    changed = st.just(value * 1.5 + 1.0) if isinstance(value, float) else JUNK
    rows[i][j] = data.draw(JUNK | changed)
    assert same_or_error(parse, parse(as_sheet(good)), rows)


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_one_row_or_column_is_missing(name, data):
    parse, good = READERS[name]
    rows = [list(row) for row in good]
    if data.draw(st.booleans()):
        del rows[data.draw(st.integers(0, len(rows) - 1))]
    else:
        k = data.draw(st.integers(0, max(map(len, rows)) - 1))
        rows = [row[:k] + row[k + 1 :] for row in rows]
    assert same_or_error(parse, parse(as_sheet(good)), rows)


def real_sheets():
    folder = Path(DATA)
    provincial = folder / "nbs_provincial_2007"
    sheets = {
        "sic": open_workbook(folder / "sic_irio_2002_2007" / sic.WORKBOOK).sheet("2007-8"),
        "uniform": open_workbook(provincial / nbs_provincial.UNIFORM).sheet("03Hebei"),
        "own": open_workbook(provincial / "ChinaIO.xls").sheet("HEB"),
        "national": open_csv(folder / "nbs_national/china_2015_42.csv.gz"),
        "non-competitive": open_csv(folder / "nbs_national/china_2017_42.csv.gz"),
        "ceads": open_workbook(folder / "ceads_co2/Emission_Inventories_for_30_Provinces_2012.xlsx").sheet(
            "Hebei2012"
        ),
    }
    return {name: [list(row) for row in sheet.cells] for name, sheet in sheets.items()}


@real
def test_damage_in_real_sheets():
    rng = np.random.default_rng(0)
    for name, good in real_sheets().items():
        parse = READERS[name][0]
        expected = parse(as_sheet(good))
        scale = max(float(np.abs(a).max()) for a in expected)
        for kind in ("text", "empty", "nan", "number", "row", "column") * 2:
            rows = [list(row) for row in good]
            i, j = int(rng.integers(len(rows))), int(rng.integers(len(rows[10])))
            if kind == "row":
                del rows[i]
            elif kind == "column":
                rows = [row[:j] + row[j + 1 :] for row in rows]
            elif j < len(rows[i]):
                rows[i][j] = {"text": "n/a", "empty": "", "nan": float("nan"), "number": scale}[kind]
            assert same_or_error(parse, expected, rows), (name, kind, i, j)


def test_empty_and_foreign_sheets_are_refused():
    for parse, _ in READERS.values():
        for rows in ([["x"]], [["1", "2"], ["3"]], [[""], ["", "Code"]]):
            with pytest.raises(DataError, match="book"):
                parse(Sheet("book.xlsx", "S", tuple(tuple(row) for row in rows)))
