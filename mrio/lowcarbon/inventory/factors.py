"""Emission factors of fuels: bundled sets with their properties and sources, and users' own.

A factor is stated per kilogram or cubic metre of the fuel. Multiplied with tonnes of standard coal it would
give a wrong number without a sign of it; `EmissionFactors.per` gives the factors per unit of standard coal or
heat instead, and the inventory refuses the mixture.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from mrio import bundled
from mrio.errors import DataError, LabelError, MissingDataError, UnitsError
from mrio.lowcarbon.inventory.energy_units import KILOJOULES_PER_KGCE, KINDS
from mrio.parameters import require_number
from mrio.provenance import CellGroup, Provenance
from mrio.tables.arrays import Array

FACTOR_SETS: Final[dict[str, CellGroup]] = {
    "provincial-guidelines-2011": CellGroup(
        "fact",
        "Cui Tiening and Liu Mengyun, Research on Low-Carbon Development Pathways for Modern Manufacturing "
        "in the Capital of China, Table 5; carbon content and oxidation: Provincial Greenhouse Gas Inventory "
        "Guidelines (NDRC [2011] 1041); heating values: GB/T 2589-2020 as quoted there",
    ),
    "ceads-implied": CellGroup(
        "derived",
        "CEADs inventories of Beijing, Tianjin and Hebei 2014 divided by the official energy balance of 2014",
        "heating values read off the quotient; no publication of CEADs was used for them",
    ),
}
"""Status and source of the bundled sets."""

PROPERTIES: Final = ("ncv", "carbon_content", "oxidation")
"""Net calorific value [kJ per kg or m3], carbon content [t C per TJ] and oxidised share [1]."""

CARBON_TO_CO2: Final = 44.0 / 12.0
"""Mass of carbon dioxide per mass of carbon, as inventories round it."""


def carbon_dioxide_factor(ncv: Array, carbon_content: Array, oxidation: Array, ratio: Array | float) -> Array:
    """Return the carbon dioxide factor of fuels, (F,) [kg CO2 per kg or m3 of fuel].

    Parameters
    ----------
    ncv
        Net calorific value (F,) [kJ per kg or m3].
    carbon_content
        (F,) [t C per TJ].
    oxidation
        Oxidised share of the carbon (F,) [1].
    ratio
        Mass of carbon dioxide per mass of carbon (F,) or one number [1].
    """
    # kJ to TJ is 1e-9, t C to kg C is 1e3.
    return np.asarray(ncv * 1e-6 * carbon_content * oxidation * ratio)


@dataclass(frozen=True, eq=False)
class EmissionFactors:
    """Emission factors of fuels for one pollutant.

    Parameters
    ----------
    name
        Name of the set.
    pollutant
        ``"co2"``, ``"so2"``, ...
    table
        One row a fuel: ``factor`` [kg of pollutant per basic unit] and ``per``, the basic unit (``"kg"``,
        ``"m3"``, ``"kgce"``, ``"kJ"`` or ``"kWh"``); where known also ``ncv`` [kJ per kg or m3],
        ``standard_coal`` [kgce per kg or m3], ``carbon_content``, ``oxidation`` and the ``printed_factor``.
    provenance
        Source and status.
    """

    name: str
    pollutant: str
    table: pd.DataFrame
    provenance: Provenance

    @property
    def fuels(self) -> tuple[str, ...]:
        """Names of the fuels."""
        return tuple(map(str, self.table.index))

    def rounded(self) -> EmissionFactors:
        """Return the factors as their source prints them, rounded.

        Raises
        ------
        MissingDataError
            When the source prints no factors.
        """
        printed = self._of_every_fuel("printed_factor")
        return self._with(printed, self.table["per"].tolist(), "as printed")

    def per(self, unit: str) -> EmissionFactors:
        """Return the factors per unit of standard coal or heat instead of fuel.

        Parameters
        ----------
        unit
            ``"tce"`` (or ``"kgce"``): divided by the standard-coal coefficient of each fuel; ``"TJ"`` (or
            ``"kJ"``): divided by its net calorific value.

        Raises
        ------
        UnitsError, MissingDataError
            When the unit is another one, or a fuel lacks the coefficient.

        Examples
        --------
        >>> per_tce = emission_factors("provincial-guidelines-2011").rounded().per("tce")
        >>> float(per_tce.table.loc["coal", "factor"].round(6))
        2.663727
        """
        columns = {"tce": "standard_coal", "kgce": "standard_coal", "TJ": "ncv", "kJ": "ncv"}
        if unit not in columns:
            raise UnitsError(f"Factors per {unit!r} are not known.", remedy='ask for "tce" or "TJ"')
        basic = "kgce" if columns[unit] == "standard_coal" else "kJ"
        values = self.table["factor"].to_numpy(dtype=float) / self._of_every_fuel(columns[unit])
        return self._with(values, [basic] * len(self.table), f"per {unit}")

    def standard_coal(self, heat: float = KILOJOULES_PER_KGCE) -> pd.Series[float]:
        """Return standard-coal coefficients from calorific values, NCV / heat of 1 kgce [kgce per kg or m3].

        Parameters
        ----------
        heat
            Heat of one kilogram of coal equivalent [kJ]; the edition of 2008 uses 29271.

        Raises
        ------
        MissingDataError, DataError
            When the calorific values are not known, or the heat is not above zero.
        """
        require_number(heat, "heat")
        if heat <= 0:
            raise DataError(
                "The heat of coal equivalent is not above zero.",
                amount=f"{heat:g} kJ",
                remedy="give kJ per kgce, for example 29307.6",
            )
        if "ncv" not in self.table:
            raise MissingDataError(
                f"The factors {self.name!r} state no calorific values.",
                remedy="give a table of factors with a column 'ncv'",
            )
        return (self.table["ncv"] / heat).rename("standard_coal")

    def coal_equivalents(self) -> EmissionFactors:
        """Return the standard-coal coefficients [kgce per kg or m3] in the place of the factors.

        Raises
        ------
        MissingDataError
            When a fuel has no coefficient.
        """
        return self._with(self._of_every_fuel("standard_coal"), self.table["per"].tolist(), "standard coal")

    def renamed(self, names: Mapping[str, str]) -> EmissionFactors:
        """Return the set with other names of fuels, for example those of an own energy table.

        Parameters
        ----------
        names
            Present name to new name; fuels left out keep their names.

        Raises
        ------
        LabelError
            When a present name is unknown, or two fuels get one name.
        """
        unknown = sorted(set(names) - set(self.fuels))
        if unknown:
            raise LabelError(
                f"The factors {self.name!r} have no fuel {unknown[0]!r}.",
                remedy=f"fuels are {', '.join(map(repr, self.fuels))}",
            )
        table = self.table.rename(index=dict(names))
        doubled = table.index[table.index.duplicated()]
        if len(doubled):
            raise LabelError(f"Two fuels would be named {doubled[0]!r}.", remedy="give each its own name")
        return replace(self, table=table)

    def _of_every_fuel(self, column: str) -> Array:
        """Return a column (F,), or raise where it is absent or has gaps."""
        values = self.table.get(column)
        if values is None or values.isna().any():
            absent = self.fuels if values is None else tuple(map(str, self.table.index[values.isna()]))
            raise MissingDataError(
                f"The factors {self.name!r} do not state {column!r} of every fuel.",
                where=", ".join(map(repr, absent[:6])),
                amount=f"{len(absent)} of {len(self.table)} fuels",
                remedy=f"give a table of factors with a column {column!r}, or do without",
            )
        return np.asarray(values.to_numpy(dtype=float))

    def _with(self, values: Array, per: list[str], note: str) -> EmissionFactors:
        """Return a copy with other factors per other basic units."""
        table = self.table.assign(factor=values, per=per)
        return replace(
            self,
            name=f"{self.name}, {note}",
            table=table,
            provenance=self.provenance.with_step("restated emission factors", how=note),
        )


def emission_factors(
    source: str | pd.DataFrame | Mapping[str, float],
    *,
    pollutant: str = "co2",
    per: str | Mapping[str, str] = "kg",
    reference: str = "given by the user",
) -> EmissionFactors:
    r"""Return a bundled set of emission factors, or one made of a user's own numbers.

    .. math:: f = \mathrm{NCV} \cdot 10^{-6} \cdot \mathrm{CC} \cdot \mathrm{OF} \cdot 44/12

    Parameters
    ----------
    source
        Name of a bundled set, ``"provincial-guidelines-2011"`` or ``"ceads-implied"``; or a mapping of fuel
        to factor [kg of pollutant per `per`]; or a table with one row a fuel that has either a column
        ``factor`` or the columns ``ncv``, ``carbon_content`` and ``oxidation``, and may have ``per``.
    pollutant
        What own factors are of.
    per
        Basic unit of own factors where the table does not say, one for all or fuel to unit: ``"kg"``,
        ``"m3"``, ``"kgce"``, ``"kJ"`` or ``"kWh"``.
    reference
        Source of own factors.

    Returns
    -------
    EmissionFactors
        Bundled sets are computed from the fuel properties without rounding; `EmissionFactors.rounded` gives
        the printed ones.

    Raises
    ------
    LabelError, MissingDataError, DataError, UnitsError
        When there is no such set, or own factors are incomplete, negative or per an unknown unit.

    Examples
    --------
    >>> factors = emission_factors("provincial-guidelines-2011")
    >>> float(factors.table.loc["coal", "factor"].round(4))
    1.9027
    >>> units = {"coal": "kg", "natural gas": "m3"}
    >>> emission_factors({"coal": 0.004, "natural gas": 0.0016}, pollutant="nox", per=units).pollutant
    'nox'
    """
    if isinstance(source, str):
        return _bundled_set(source)
    table = pd.DataFrame({"factor": source}) if isinstance(source, Mapping) else source.copy()
    table.index = table.index.map(str)
    if "per" not in table:
        table["per"] = per if isinstance(per, str) else _units(table.index, per)
    _require_usable(table)
    if "factor" not in table:
        columns = [table[name].to_numpy(dtype=float) for name in PROPERTIES]
        table["factor"] = carbon_dioxide_factor(columns[0], columns[1], columns[2], CARBON_TO_CO2)
    return EmissionFactors("own factors", pollutant, table, Provenance(reference))


def _units(fuels: pd.Index, per: Mapping[str, str]) -> list[str]:
    """Return the basic unit of each fuel, or raise."""
    absent = [fuel for fuel in fuels if fuel not in per]
    if absent:
        raise MissingDataError(
            "Emission factors of some fuels state no basic unit.",
            where=", ".join(map(repr, absent)),
            amount=f"{len(absent)} of {len(fuels)} fuels",
            remedy='give per= for every fuel, for example {"coal": "kg", "natural gas": "m3"}',
        )
    return [per[fuel] for fuel in fuels]


def _bundled_set(name: str) -> EmissionFactors:
    """Read a bundled set and compute its factors."""
    if name not in FACTOR_SETS:
        raise LabelError(
            f"There are no bundled emission factors {name!r}.",
            remedy=f"bundled are {', '.join(map(repr, FACTOR_SETS))}; or give an own table",
        )
    with bundled.path("lowcarbon/emission_factors.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["set"] == name]
    table = pd.DataFrame(rows).set_index("fuel").drop(columns=["set", "source", "printed_digits"])
    ratio = np.array([_quotient(text) for text in table.pop("molar_ratio")])
    numeric = ["ncv", "standard_coal", "carbon_content", "oxidation", "printed_factor"]
    table[numeric] = table[numeric].apply(pd.to_numeric)
    properties = [table[column].to_numpy(dtype=float) for column in PROPERTIES]
    table["factor"] = carbon_dioxide_factor(properties[0], properties[1], properties[2], ratio)
    group = FACTOR_SETS[name]
    return EmissionFactors(name, "co2", table, Provenance(group.source, groups={"factors": group}))


def _quotient(text: str) -> float:
    """Return the value of ``"a/b"``."""
    above, below = text.split("/")
    return float(above) / float(below)


def _require_usable(table: pd.DataFrame) -> None:
    """Raise when own factors cannot be used."""
    columns = ["factor"] if "factor" in table else list(PROPERTIES)
    missing = [name for name in columns if name not in table]
    if missing:
        raise MissingDataError(
            f"The table of emission factors lacks the columns {', '.join(missing)}.",
            remedy="give a column factor, or ncv, carbon_content and oxidation",
        )
    if table.empty:
        raise MissingDataError("There are no emission factors.", remedy="give one row a fuel")
    doubled = table.index[table.index.duplicated()]
    if len(doubled):
        raise LabelError(f"The fuel {doubled[0]!r} has two emission factors.", remedy="keep one of them")
    values = table[columns].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    bad = ~np.isfinite(values) | (values < 0)
    if bad.any():
        fuels = table.index[bad.any(axis=1)]
        raise DataError(
            "Emission factors are missing, negative or no numbers.",
            where=", ".join(map(repr, fuels)),
            amount=f"{int(bad.sum())} cells",
            remedy="give finite numbers of zero or more",
            table=table.loc[fuels].reset_index(),
        )
    _require_divisors(table)
    if "oxidation" in table:
        share = pd.to_numeric(table["oxidation"], errors="coerce")
        if (share > 1).any():
            raise DataError(
                "An oxidised share is above one.",
                where=", ".join(map(repr, table.index[share > 1])),
                amount=f"{share.max():g}",
                remedy="give shares, 0.98 for 98 %",
            )
    unknown = sorted(set(table["per"]) - set(KINDS))
    if unknown:
        raise UnitsError(
            f"Emission factors per {unknown[0]!r} cannot be used.",
            remedy=f"state them per {', '.join(KINDS)}",
        )


def _require_divisors(table: pd.DataFrame) -> None:
    """Raise unless calorific values and standard-coal coefficients, where known, can stand below a line."""
    for name in ("ncv", "standard_coal"):
        if name not in table:
            continue
        given = pd.to_numeric(table[name], errors="coerce")
        bad = table[name].notna() & ~((given > 0) & (given < np.inf))
        if bad.any():
            raise DataError(
                f"Some fuels have a {name!r} that is not above zero.",
                where=", ".join(map(repr, table.index[bad])),
                amount=f"{int(bad.sum())} of {len(table)} fuels",
                remedy="give a number above zero, or leave the cell empty where it is not known",
                table=table[bad].reset_index(),
            )
