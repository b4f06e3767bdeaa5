"""What is fact, derived and estimated in the tables, group of cells by group of cells."""

from __future__ import annotations

from collections.abc import Mapping

from data.recipe.choices import Choices
from mrio.provenance import CellGroup, Provenance, Step

HEADLINE = "estimated by mrio from official statistics"

SOURCE = (
    "Estimated by mrio from official statistics: "
    "National Bureau of Statistics of China, national input-output tables 2007, 2012 and 2017, regional "
    "input-output tables of 30 provinces 2007, regional accounts; "
    "balanced regional accounts, gross output and customs records of 31 provinces as used by Chen et al. "
    "2023, Scientific Data, doi:10.1038/s41597-023-02183-2; "
    "Beijing Municipal Bureau of Statistics, input-output tables 2012 and 2017; "
    "CEADs provincial CO2 inventories: Shan et al. 2018, doi:10.1038/sdata.2017.201; Shan et al. 2020, "
    "doi:10.1038/s41597-020-0393-y; Guan et al. 2021, doi:10.1029/2021EF002241; "
    "energy and population series of the statistical yearbooks"
)

_NATIONAL = "NBS national input-output table of the year"
_OUTPUT = "gross output of the provincial tables (Chen et al. 2023), scaled to the nation"
_CONTROLS = "balanced regional accounts (Chen et al. 2023)"
_TABLES_2007 = "NBS regional input-output tables 2007"
_BEIJING = "Beijing Municipal Bureau of Statistics"
_CUSTOMS = "customs records by domestic origin and destination (Chen et al. 2023)"
_CEADS = "CEADs provincial inventories"
_MODEL = "mrio"


def record(action: str, details: Mapping[str, object]) -> Step:
    """Return one step of the record; its numbers say how much was moved, so six digits are enough."""
    return Step(action, {name: _rounded(value) for name, value in details.items()})


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, Mapping):
        return {name: _rounded(part) for name, part in value.items()}
    return value


def provenance(year: int, choices: Choices, steps: tuple[Step, ...]) -> Provenance:
    """Return the record of one table: sources, steps, and the status of each group of cells."""
    groups = {**_always(choices), **_of_year(year, choices)}
    return Provenance(source=SOURCE, steps=steps, groups=groups, headline=HEADLINE)


def _always(choices: Choices) -> dict[str, CellGroup]:
    """Return the groups whose status is the same in all years."""
    vintage = "4th economic census" if choices.vintage == "balanced" else "first published"
    return {
        "sums over regions of x, V, Y + imports_Y, Z + imports_Z, exports": CellGroup(
            "fact", _NATIONAL, "cell by cell"
        ),
        "x": CellGroup("derived", _OUTPUT, "national level, provincial shares"),
        "x of coal mining and of electricity and heat": CellGroup(
            "estimated", f"{_TABLES_2007}; tonnes and kWh", _location(choices)
        ),
        "V by region and industry group": CellGroup(
            "derived", f"{_CONTROLS}; {_NATIONAL}", f"vintage: {vintage}; one national factor a group"
        ),
        "Y + imports_Y by region and demand category": CellGroup(
            "derived", f"{_CONTROLS}; {_NATIONAL}", f"vintage: {vintage}; one national factor a category"
        ),
        "exports and imports of goods (h01 to h22) by region": CellGroup(
            "derived", _CUSTOMS, "scaled to the nation by product; export at most 90 %, import 95 %"
        ),
        "exports and imports of services by region": CellGroup(
            "estimated", _MODEL, "in proportion to size and the root of openness in goods"
        ),
        "stock_change, discrepancy": CellGroup(
            "derived", _NATIONAL, "national rows in proportion to output; imports into stocks left out"
        ),
        "imports_Z and imports_Y by user": CellGroup(
            "estimated", f"{_NATIONAL}, imports split in proportion to use", "fitted to imports by region"
        ),
        "origin of Z and Y (trade between regions)": CellGroup(
            "estimated", f"{_TABLES_2007}; distances", _trade(choices)
        ),
        "origin of services and construction in Z and Y": CellGroup(
            "estimated", _MODEL, "not to be published as numbers: no test supports them"
        ),
        "single pairs of regions by product": CellGroup(
            "estimated", _MODEL, "not to be published as numbers: uncertain by a factor of 4"
        ),
        "co2 by region in total, households apart": CellGroup("fact", _CEADS, "scope 1, without Tibet"),
        "co2 by sector": CellGroup("derived", _CEADS, "energy use and cement process, sectors added up"),
        "co2 of services": CellGroup("estimated", _CEADS, "spread by value added over 2 and 11 services"),
        "Tibet (in Rest of China)": CellGroup(
            "estimated", _TABLES_2007, "structure of Qinghai; no emission inventory"
        ),
    }


def _of_year(year: int, choices: Choices) -> dict[str, CellGroup]:
    """Return the groups whose status depends on the year."""
    of_2007 = year == 2007
    known = "derived" if of_2007 else "estimated"
    mixed = f"{_TABLES_2007}; {_NATIONAL}"
    plain_mean = "balanced from the official structure of 2007"
    if not of_2007:
        plain_mean = "balanced from the mean of the nation of the year and the own official structure of 2007"
    groups = {
        "V by sector within industry groups": CellGroup(known, mixed, "balanced to controls and nation"),
        "Y + imports_Y by product": CellGroup(known, mixed, plain_mean),
        "Z + imports_Z by user (technology)": CellGroup(known, mixed, plain_mean),
        "population": CellGroup(
            "fact",
            "statistical yearbooks",
            "residents; series revised after later censuses, some provinces in 2012 as published that year",
        ),
    }
    if choices.beijing_2012 and not of_2007:
        groups["Y + imports_Y of Beijing, printed products"] = CellGroup(
            "derived", f"{_BEIJING}, official rows {year}", "shares, then balanced to the nation"
        )
    if choices.beijing_2012 and year == 2012:
        groups["Z + imports_Z of Beijing (technology)"] = CellGroup(
            "derived", f"{_BEIJING}, official table 2012", "coefficients, then balanced to the nation"
        )
    return groups


def _location(choices: Choices) -> str:
    """Say how power and coal are located."""
    words = {
        "unit_value": "quantity at the official value per unit of 2007; Beijing at the mean of the others",
        "quantity": "shares of the quantity",
        "booked": "as the output tables say, head offices included",
    }
    return f"coal: {words[choices.coal]}; electricity: {words[choices.electricity]}"


def _trade(choices: Choices) -> str:
    """Say how trade between regions is modelled."""
    return (
        f"own supply of 2007 by the rule {choices.own_supply!r}, the rest by gravity with exponent "
        f"{choices.exponent:g}, balanced; 2012 and 2017 updated from 2007; the same shares for all buyers"
    )
