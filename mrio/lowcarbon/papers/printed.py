"""What papers print, recomputed: agreements and disagreements side by side.

A printed number stands for an interval, half a unit of its last digit to both sides. A recomputed number made
of printed ones therefore has a range too, and agreement means that the two overlap.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import Final, Literal

import numpy as np
import pandas as pd

from mrio import bundled
from mrio.lowcarbon.change.cocontrol import elasticities
from mrio.lowcarbon.change.tapio import tapio
from mrio.lowcarbon.choices import require_choice
from mrio.lowcarbon.drivers.econometrics import is_stationary
from mrio.lowcarbon.drivers.fit_statistics import adjusted_r2, f_p_value, f_statistic, t_p_value, t_statistic
from mrio.lowcarbon.inventory.energy_units import KILOJOULES_PER_KGCE
from mrio.lowcarbon.inventory.factors import emission_factors
from mrio.lowcarbon.papers.rounding import (
    Printed,
    Recomputed,
    growth_per_year,
    relative_change,
    rounding_range,
)
from mrio.lowcarbon.papers.series import printed_rows

MANUFACTURING: Final = "beijing-manufacturing"
CIRCULAR: Final = "bth-circular-economy"

_FUELS = ("coal", "gasoline", "kerosene", "diesel", "fuel oil", "LPG", "natural gas")
_RESEARCH_YEARS = (2021, 2020, 2019, 2018, 2017, 2016, 2014)
_PLAUSIBLE_SHARE = (0.10, 0.20)
_YEARS = 8

Status = Literal["agrees", "disagrees", "note"]


def check_papers(*, only: Status | None = None) -> pd.DataFrame:
    """Recompute what the papers behind these methods print, and say what agrees.

    Parameters
    ----------
    only
        ``"agrees"``, ``"disagrees"`` or ``"note"``: rows of one status.

    Returns
    -------
    pandas.DataFrame
        One row a number: ``number`` of the item (1 to 95), ``paper``, ``place``, ``item``, ``part``,
        ``printed``, ``computed`` with ``low`` and ``high`` (its range within the rounding of the numbers it
        is made of), ``status`` and ``note``. Items about words only have no numbers. The status ``note``
        means that nothing printed can be right or wrong there.

    Raises
    ------
    DataError
        When there is no such status.

    Examples
    --------
    >>> table = check_papers()
    >>> table.drop_duplicates("number")["status"].value_counts().to_dict()
    {'agrees': 64, 'disagrees': 21, 'note': 10}
    """
    if only is not None:
        require_choice("only", only, Status)
    with bundled.path("lowcarbon/paper_checks.csv").open(encoding="utf-8", newline="") as file:
        items = list(csv.DictReader(file))
    numbers = dict(_numbers())
    rows = []
    for item in items:
        found = numbers.get(int(item["number"]), [])
        status = item["status"] or ("agrees" if all(part.agrees for part in found) else "disagrees")
        rows += [_row(item, part, status) for part in found] or [_row(item, None, status)]
    table = pd.DataFrame(rows)
    return table if only is None else table[table["status"] == only].reset_index(drop=True)


def _row(item: dict[str, str], part: Recomputed | None, status: str) -> dict[str, object]:
    """Return one row of the table of checks."""
    nothing = (np.nan, np.nan, np.nan)
    printed = nothing if part is None or part.printed is None else part.printed
    computed = nothing if part is None else part.computed
    return {
        "number": int(item["number"]),
        "paper": item["paper"],
        "place": item["place"],
        "item": item["item"],
        "part": "" if part is None else part.part,
        "printed": printed[1],
        "computed": computed[1],
        "low": computed[0],
        "high": computed[2],
        "status": status,
        "note": item["note"],
    }


def _numbers() -> Iterator[tuple[int, list[Recomputed]]]:
    """Give the recomputed numbers of all items that have any, by the number of the item."""
    yield from _table_5()
    yield from _growth_in_manufacturing()
    yield from _tables_1_to_3()
    yield from _table_7()
    yield from _table_8()
    yield from _table_10()
    yield from _table_11()
    yield from _coefficients()
    yield from _circular_economy()
    ET = float(elasticities(np.array(-0.20), np.array(-0.07)))
    yield 93, [Recomputed("", None, (ET, ET, ET))]


def _known(series: str) -> dict[tuple[str, ...], Printed]:
    """Return the printed numbers of a paper by variable and labels."""
    return {
        (row["variable"], *(row[key] for key in ("label_1", "label_2") if row[key])): Printed(row["value"])
        for row in printed_rows(series)
    }


def _exactly(value: float, printed: Printed | None = None, part: str = "") -> list[Recomputed]:
    """Return a number recomputed from numbers taken as exact."""
    return [Recomputed(part, None if printed is None else _interval(printed), (value, value, value))]


def _within(printed: Printed | None, function: Callable[..., float], *numbers: Printed) -> list[Recomputed]:
    """Return a number recomputed from printed numbers, with its range."""
    interval = None if printed is None else _interval(printed)
    return [Recomputed("", interval, rounding_range(function, *numbers))]


def _interval(printed: Printed) -> tuple[float, float, float]:
    """Return lowest, printed and highest number that a printed one stands for."""
    return printed.low, printed.value, printed.high


def _table_5() -> Iterator[tuple[int, list[Recomputed]]]:
    """Factors and standard-coal coefficients from the properties of the fuels (1 to 16)."""
    factors = emission_factors("provincial-guidelines-2011")
    with bundled.path("lowcarbon/emission_factors.csv").open(encoding="utf-8", newline="") as file:
        printed = {row["fuel"]: row for row in csv.DictReader(file) if row["set"] == factors.name}
    coal = factors.standard_coal()
    for position, fuel in enumerate(_FUELS):
        value = float(factors.table["factor"][fuel])
        yield 2 * position + 1, _exactly(value, Printed(printed[fuel]["printed_factor"]))
        yield 2 * position + 2, _exactly(float(coal[fuel]), Printed(printed[fuel]["standard_coal"]))
    yield 15, _exactly(41868 / KILOJOULES_PER_KGCE, Printed(printed["fuel oil"]["standard_coal"]))
    per_coal = factors.rounded().per("tce").table["factor"]
    yield 16, [part for fuel in _FUELS for part in _exactly(float(per_coal[fuel]), part=fuel)]


def _growth_in_manufacturing() -> Iterator[tuple[int, list[Recomputed]]]:
    """Growth rates and implied numbers of modern manufacturing (17 to 21)."""
    known = _known(MANUFACTURING)
    added = known["value_added", "2015"], known["value_added", "2021"]
    computed = rounding_range(relative_change, *added)
    # "Nearly 300 %" is a number of hundreds, not of single per cent.
    yield 17, [Recomputed("", (250.0, known["value_added_growth",].value, 350.0), computed)]
    index = known["index", "2015"], known["index", "2021"]
    yield 18, _within(known["index_growth",], relative_change, *index)
    emitted = known["emissions", "2015"], known["emissions", "2020"]
    yield 19, _within(None, relative_change, *emitted)
    output = known["pharmaceutical_output", "2021"]
    yield 20, _within(None, lambda a, b: a / b, output, added[1])
    chemicals = (
        known["industry_emissions", "chemicals", "2019"],
        known["industry_intensity", "chemicals", "2019"],
    )
    yield 21, _within(None, lambda kt, intensity: kt * 1e3 / intensity, *chemicals)


def _tables_1_to_3() -> Iterator[tuple[int, list[Recomputed]]]:
    """Totals of Tables 1 and 2, and shares of Table 3 (22 to 35)."""
    known = _known(MANUFACTURING)
    totals = [("little_giants", level) for level in ("national", "municipal")]
    certificates = ("green factories", "green parks", "green design products", "green supply chain")
    totals += [("green_manufacturing", name) for name in certificates]
    for number, (variable, column) in enumerate(totals, start=22):
        total = sum(cell.value for key, cell in known.items() if key[0] == variable and key[-1] == column)
        yield number, _exactly(total, known[f"{variable}_total", column])
    for number, year in enumerate(_RESEARCH_YEARS, start=28):
        share = known["rd_manufacturing", str(year)].value / known["rd_total", str(year)].value
        low, high = _PLAUSIBLE_SHARE
        yield number, [Recomputed("", (low, np.nan, high), (share, share, share))]
    count = known["rd_institutions", "2021"].value
    whole = float(round(count))
    yield 35, [Recomputed("", (whole, count, whole), (count, count, count))]


def _table_7() -> Iterator[tuple[int, list[Recomputed]]]:
    """Sum and ranks of the entropy weights (37 and 38)."""
    known = _known(MANUFACTURING)
    weights = {key[1]: cell for key, cell in known.items() if key[0] == "weight"}
    total = [sum(getattr(cell, edge) for cell in weights.values()) for edge in ("low", "value", "high")]
    yield 37, [Recomputed("", (1.0, 1.0, 1.0), (total[0], total[1], total[2]))]
    ranks = pd.Series({name: cell.value for name, cell in weights.items()}).rank(ascending=False)
    exact = {name: known["rank", name] for name in weights}
    yield 38, [part for name in weights for part in _exactly(float(ranks[name]), exact[name], name)]


def _table_8() -> Iterator[tuple[int, list[Recomputed]]]:
    """Verdicts of the unit-root tests: 1 is stationary (40 to 43)."""
    known = _known(MANUFACTURING)
    for number, name in enumerate(("lnP", "lnA", "lnT", "lnRE"), start=40):
        verdict = float(is_stationary(known["adf_p", name].value))
        yield number, [Recomputed("stationary", (1.0, 1.0, 1.0), (verdict, verdict, verdict))]


def _table_10() -> Iterator[tuple[int, list[Recomputed]]]:
    """Give the arithmetic of the least-squares table (45 to 57)."""
    known = _known(MANUFACTURING)
    r2, adjusted = known["ols_fit", "R2"], known["ols_fit", "adjusted R2"]
    f, p = known["ols_fit", "F"], known["ols_fit", "p of F"]
    for number, regressors in ((45, 4), (47, 3)):
        yield number, _within(adjusted, lambda x, k=regressors: adjusted_r2(x, _YEARS, k), r2)
        yield number + 1, _within(f, lambda x, k=regressors: f_statistic(x, _YEARS, k), r2)
    yield 49, _within(p, lambda x: f_p_value(x, _YEARS, 3), f)
    yield from _t_and_p("ols", ("const", "lnP", "lnA", "lnT"), 50, 4)


def _table_11() -> Iterator[tuple[int, list[Recomputed]]]:
    """Give the arithmetic of the ridge table (59 to 70)."""
    known = _known(MANUFACTURING)
    r2 = known["ridge_fit", "R2"]
    yield 59, _within(known["ridge_fit", "adjusted R2"], lambda x: adjusted_r2(x, _YEARS, 4), r2)
    yield 60, _within(known["ridge_fit", "F"], lambda x: f_statistic(x, _YEARS, 4), r2)
    yield from _t_and_p("ridge", ("const", "lnP", "lnA", "lnT", "lnRE"), 61, 3)


def _t_and_p(
    table: str, terms: tuple[str, ...], first: int, df: int
) -> Iterator[tuple[int, list[Recomputed]]]:
    """Give t from B and its error, and p from the printed t, of the terms of a table."""
    known = _known(MANUFACTURING)
    for number, term in enumerate(terms):
        B, se, t = (known[f"{table}_{column}", term] for column in ("B", "se", "t"))
        yield first + 2 * number, _within(t, t_statistic, B, se)
        yield first + 2 * number + 1, _within(known[f"{table}_p", term], lambda x: t_p_value(x, df), t)


def _coefficients() -> Iterator[tuple[int, list[Recomputed]]]:
    """Ratios of standardised to unstandardised coefficients, and the elasticities (71 and 72)."""
    known = _known(MANUFACTURING)
    places = [("ols", name, "Table 10") for name in ("lnP", "lnA", "lnT")]
    places += [("ridge", name, "Table 11") for name in ("lnP", "lnA", "lnT", "lnRE")]
    yield (
        71,
        [
            Recomputed(
                f"{name}, {place}",
                None,
                rounding_range(
                    lambda beta, B: beta / B, known[f"{table}_beta", name], known[f"{table}_B", name]
                ),
            )
            for table, name, place in places
        ],
    )
    variables = ("lnP", "lnA", "lnT", "lnRE")
    yield (
        72,
        [
            Recomputed(name, _interval(known["equation_11", name]), _interval(known["ridge_B", name]))
            for name in variables
        ],
    )


def _circular_economy() -> Iterator[tuple[int, list[Recomputed]]]:
    """Give the figures on circular economy and green finance (74 to 90)."""
    known = _known(CIRCULAR)
    scale = known["industry_scale", "2014"], known["industry_scale", "2023"]
    emitted = known["emissions", "2014"], known["emissions", "2023"]
    yield 74, _within(known["scale_growth",], relative_change, *scale)
    yield 75, _within(known["emission_change",], relative_change, *emitted)
    for number, position, year in ((76, 0, "2014"), (77, 1, "2023")):
        # Mt over billion CNY is t over 1e3 CNY, so ten times that over 1e4 CNY.
        yield (
            number,
            _within(known["intensity", year], lambda c, y: 10.0 * c / y, emitted[position], scale[position]),
        )
    ends = [np.array(pair.value) for pair in (*emitted, *scale)]
    yield 78, _exactly(float(tapio(*ends)[0]))
    bounds = known["industry_growth_per_year", "low"].value, known["industry_growth_per_year", "high"].value
    growth = rounding_range(lambda a, b: growth_per_year(a, b, 9), *scale)
    yield 79, [Recomputed("", (bounds[0], np.nan, bounds[1]), growth)]
    used = {
        name: (known["solid_waste_use", name, "2014"], known["solid_waste_use", name, "2023"])
        for name in _WASTE
    }
    for number, name in enumerate(_WASTE, start=80):
        yield (
            number,
            _within(
                known.get(("plastics_growth",)) if name == "plastics" else None, relative_change, *used[name]
            ),
        )
    points = {name: used[name][1].value - used[name][0].value for name in ("electronics", "plastics")}
    yield 83, [part for name, value in points.items() for part in _exactly(value, part=f"{name}, points")]
    yield from _green_finance(known)
    for number, name in ((88, "so2"), (89, "pm25")):
        yield (
            number,
            _within(known["air_change", name], relative_change, known[name, "2014"], known[name, "2022"]),
        )


_WASTE = ("steel", "electronics", "plastics")


def _green_finance(known: dict[tuple[str, ...], Printed]) -> Iterator[tuple[int, list[Recomputed]]]:
    """Give the figure on green finance (84 to 87 and 90)."""
    total = known["green_finance", "2014"], known["green_finance", "2023"]
    credit, bonds = (
        known["green_credit", "2023"],
        (known["green_bonds", "2014"], known["green_bonds", "2023"]),
    )
    yield 84, _within(known["finance_multiple",], lambda a, b: b / a - 1.0, *total)
    yield (
        85,
        _within(known["credit_share", "2023"], lambda part, whole: 100.0 * part / whole, credit, total[1]),
    )
    early = known["credit_share", "2014"].value / 100.0 * total[0].value
    yield 86, _exactly(early)
    printed = known["bond_growth_per_year",]
    exact = {f"{years} years": growth_per_year(bonds[0].value, bonds[1].value, years) for years in (9, 10)}
    yield 87, [part for name, value in exact.items() for part in _exactly(value, printed, name)]
    # The other amounts of the figure are whole billions, so credit of 7.995 is read as 8.
    rest = {"2014": total[0].value - round(early) - bonds[0].value}
    rest["2023"] = total[1].value - credit.value - bonds[1].value
    yield 90, [part for name, value in rest.items() for part in _exactly(value, part=name)]
