r"""Emission inventories from energy use: fuel by fuel, with process emissions and electricity apart.

.. math:: E = \sum_{fuel} Q \cdot \mathrm{NCV} \cdot \mathrm{CC} \cdot \mathrm{OF} \cdot 44/12

The quantity Q is mass or volume of the fuel itself. Factors per kilogram of fuel times tonnes of standard
coal give a number 29 % too low for coal and 47 % too high for gasoline, so units decide and a mixture raises.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

import pandas as pd
import xarray as xr

from mrio.errors import DataError, LabelError, UnitsError
from mrio.lowcarbon.inventory.energy_units import KINDS, energy_unit
from mrio.lowcarbon.inventory.factors import EmissionFactors
from mrio.lowcarbon.inventory.result import Inventory, inventory_dataset
from mrio.lowcarbon.inventory.tidy import KEYS, Missing, as_array, cells_in_words, checked_rows
from mrio.units import conversion, parse_unit


def co2_inventory(
    energy: pd.DataFrame,
    factors: EmissionFactors,
    *,
    process: xr.DataArray | None = None,
    electricity: xr.DataArray | None = None,
    unit: str = "Mt CO2",
    missing: Missing = "raise",
) -> Inventory:
    """Return the carbon dioxide inventory of a table of energy use.

    Parameters
    ----------
    energy
        Tidy table: columns ``region``, ``sector``, ``fuel``, ``year``, ``value`` and ``unit``, one row a
        number. Tonnes of fuel, cubic metres, tonnes of standard coal and joules are told apart.
    factors
        Emission factors of carbon dioxide; see `emission_factors`.
    process
        Process emissions, for example of cement; see `process_emissions`.
    electricity
        Emissions of purchased electricity (scope 2); see `electricity_emissions`. Kept apart, never added to
        what the fuels emit.
    unit
        Unit of the result.
    missing
        What an absent row means; by default every series must have every year.

    Returns
    -------
    Inventory
        Emissions by region, sector, fuel and year [`unit`].

    Raises
    ------
    UnitsError
        When a factor and a quantity do not count the same thing, or the factors are not of carbon dioxide.
    LabelError, MissingDataError, DataError
        When a fuel has no factor, rows are missing, doubled, negative or empty.

    References
    ----------
    Provincial Greenhouse Gas Inventory Guidelines, NDRC [2011] 1041. IPCC 2006 Guidelines, Volume 2.

    Examples
    --------
    >>> import pandas as pd
    >>> from mrio.lowcarbon import emission_factors
    >>> energy = pd.DataFrame({"region": "Beijing", "sector": "industry", "fuel": ["coal", "natural gas"],
    ...     "year": 2015, "value": [12.5, 20.4], "unit": ["1e4 t", "1e8 m3"]})
    >>> factors = emission_factors("provincial-guidelines-2011")
    >>> inventory = co2_inventory(energy, factors, unit="1e4 t CO2")
    >>> inventory.emissions.sel(fuel="natural gas").item().__round__(2)
    441.63
    """
    if factors.pollutant != "co2":
        raise UnitsError(
            "The factors are not of carbon dioxide.",
            amount=f"they are of {factors.pollutant!r}",
            remedy="use pollutant_inventory for other pollutants",
        )
    extra = {"process": process, "electricity": electricity}
    return _inventory(
        energy, factors, {name: part for name, part in extra.items() if part is not None}, unit, missing
    )


def pollutant_inventory(
    energy: pd.DataFrame, factors: EmissionFactors, *, unit: str, missing: Missing = "raise"
) -> Inventory:
    """Return the inventory of any pollutant (SO2, NOx, PM2.5, ...) by factors per fuel.

    Parameters
    ----------
    energy
        Tidy table of energy use; see `co2_inventory`.
    factors
        Emission factors of one pollutant, after abatement where there is any.
    unit
        Unit of the result, for example ``"kt SO2"``.
    missing
        What an absent row means.

    Returns
    -------
    Inventory
        Emissions by region, sector, fuel and year [`unit`]; `Inventory.account` makes a satellite account of
        a table of them.

    Raises
    ------
    UnitsError, LabelError, MissingDataError, DataError
        As `co2_inventory`.

    Notes
    -----
    No factors of pollutants are bundled: they depend on the sulphur of the fuel, the furnace and the
    abatement, and no source at hand prints them. The numbers of the example are made up.

    Examples
    --------
    >>> import pandas as pd
    >>> from mrio.lowcarbon import emission_factors
    >>> coal = pd.DataFrame({"region": ["Hebei"], "sector": ["industry"], "fuel": ["coal"], "year": [2014],
    ...     "value": [100.0], "unit": ["1e4 t"]})
    >>> own = {"so2": 0.008, "nox": 0.004, "pm25": 0.003}
    >>> factors = {name: emission_factors({"coal": value}, pollutant=name) for name, value in own.items()}
    >>> {name: float(pollutant_inventory(coal, each, unit=f"kt {name}").scope_1.sum().round(6))
    ...     for name, each in factors.items()}
    {'so2': 8.0, 'nox': 4.0, 'pm25': 3.0}
    """
    return _inventory(energy, factors, {}, unit, missing)


def process_emissions(
    production: pd.DataFrame, factors: EmissionFactors, *, unit: str = "Mt CO2", missing: Missing = "raise"
) -> xr.DataArray:
    """Return process emissions (region, sector, year) of production, for example of cement.

    Parameters
    ----------
    production
        Tidy table: columns ``region``, ``sector``, ``product``, ``year``, ``value`` and ``unit``.
    factors
        Emission factors whose names are the products [kg per kg of product].
    unit
        Unit of the result.
    missing
        What an absent row means.

    Raises
    ------
    UnitsError, LabelError, MissingDataError, DataError
        As `co2_inventory`.

    Examples
    --------
    >>> import pandas as pd
    >>> from mrio.lowcarbon import emission_factors
    >>> cement = pd.DataFrame({"region": ["Hebei"], "sector": ["building materials"], "product": ["cement"],
    ...     "year": [2014], "value": [1e4], "unit": ["1e4 t"]})
    >>> float(process_emissions(cement, emission_factors({"cement": 0.29})).sum().round(6))
    29.0
    """
    rows = production.rename(columns={"product": "fuel"})
    return _emissions(rows, factors, unit, missing, "production").sum("fuel").assign_attrs(units=unit)


def electricity_emissions(
    consumption: pd.DataFrame, grid: Mapping[str, float], *, unit: str = "Mt CO2", missing: Missing = "raise"
) -> xr.DataArray:
    """Return emissions of purchased electricity (scope 2) by region, sector and year.

    Parameters
    ----------
    consumption
        Tidy table: columns ``region``, ``sector``, ``year``, ``value`` and ``unit`` (kWh and multiples).
    grid
        Grid factor of each region [kg CO2 per kWh], of the grid that supplies it in these years.
    unit
        Unit of the result.
    missing
        What an absent row means.

    Raises
    ------
    UnitsError, LabelError, MissingDataError, DataError
        When quantities are no electricity, a region has no usable grid factor, or rows are unusable.

    Examples
    --------
    >>> import pandas as pd
    >>> bought = pd.DataFrame({"region": ["Hebei"], "sector": ["steel"], "year": [2014], "value": [10.0],
    ...     "unit": ["1e8 kWh"]})
    >>> float(electricity_emissions(bought, {"Hebei": 0.9}).sum().round(6))
    0.9
    """
    keys = ("region", "sector", "year")
    rows = checked_rows(consumption, keys, "electricity")
    units = {text: energy_unit(text) for text in rows["unit"].unique()}
    wrong = [text for text, read in units.items() if read.basic != "kWh"]
    if wrong:
        raise UnitsError(
            f"The quantity of electricity is in {wrong[0]!r}.", remedy="give kWh, for example 1e8 kWh"
        )
    unknown = sorted(set(rows["region"]) - set(grid))
    if unknown:
        raise LabelError(
            f"The region {unknown[0]!r} has no grid factor.",
            remedy="give one for every region in kg CO2 per kWh",
        )
    unusable = [name for name in rows["region"].unique() if not 0 <= grid[name] < float("inf")]
    if unusable:
        raise DataError(
            f"The grid factor of {unusable[0]!r} is negative or no number.",
            amount=f"{grid[unusable[0]]}",
            remedy="give kg CO2 per kWh, zero or more",
        )
    scale = rows["unit"].map(lambda text: units[text].scale).astype(float)
    per_kg = conversion(parse_unit("kg CO2"), parse_unit(unit))
    rows["value"] = rows["value"] * scale * rows["region"].map(dict(grid)).astype(float) * per_kg
    return as_array(rows, keys, "electricity", missing).assign_attrs(units=unit)


def coal_equivalent(
    energy: pd.DataFrame, factors: EmissionFactors, *, unit: str = "1e4 tce", missing: Missing = "raise"
) -> xr.DataArray:
    """Return energy use in standard coal, by region, sector and year.

    Output over it is the energy efficiency of a sector; `Inventory.ranking` ranks sectors by it.

    Parameters
    ----------
    energy
        Tidy table of energy use; see `co2_inventory`. Electricity is refused: it has several coefficients.
    factors
        A set that states the standard-coal coefficients of the fuels.
    unit
        Unit of the result.
    missing
        What an absent row means.

    Raises
    ------
    UnitsError, LabelError, MissingDataError, DataError
        As `co2_inventory`.

    Examples
    --------
    >>> import pandas as pd
    >>> from mrio.lowcarbon import emission_factors
    >>> coal = pd.DataFrame({"region": ["Beijing"], "sector": ["industry"], "fuel": ["coal"], "year": [2015],
    ...     "value": [10.0], "unit": ["1e4 t"]})
    >>> float(coal_equivalent(coal, emission_factors("provincial-guidelines-2011")).sum().round(6))
    7.143
    """
    target = energy_unit(unit)
    if target.basic != "kgce":
        raise UnitsError(f"The unit {unit!r} is not of standard coal.", remedy='give for example "1e4 tce"')
    kgce = _products(energy, factors.coal_equivalents(), missing, "energy use").sum("fuel")
    return (kgce / target.scale).assign_attrs(units=unit, long_name="energy use")


def _inventory(
    energy: pd.DataFrame,
    factors: EmissionFactors,
    extra: Mapping[str, xr.DataArray],
    unit: str,
    missing: Missing,
) -> Inventory:
    """Return the inventory of a table of energy use with its extra parts."""
    emissions = _emissions(energy, factors, unit, missing, "energy use")
    return Inventory(inventory_dataset(emissions, factors, extra, unit))


def _emissions(
    energy: pd.DataFrame, factors: EmissionFactors, unit: str, missing: Missing, what: str
) -> xr.DataArray:
    """Return emissions (region, sector, fuel, year) [`unit`] of a table of energy use."""
    substance = parse_unit(unit).base.removeprefix("t").strip()
    if substance and _plain(substance) != _plain(factors.pollutant):
        raise UnitsError(
            f"The factors are of {factors.pollutant!r}, and the unit {unit!r} is of something else.",
            remedy=f'ask for a mass of it, for example "kt {factors.pollutant}"',
        )
    per_kg = conversion(parse_unit(f"kg {substance}".strip()), parse_unit(unit))
    return _products(energy, factors, missing, what) * per_kg


def _plain(substance: str) -> str:
    """Return the name of a substance without its spelling: PM2.5 and pm25 are one."""
    return "".join(letter for letter in substance.casefold() if letter.isalnum())


def _products(energy: pd.DataFrame, factors: EmissionFactors, missing: Missing, what: str) -> xr.DataArray:
    """Return checked quantities in basic units times factors (region, sector, fuel, year)."""
    rows = checked_rows(energy, KEYS, what)
    _require_factors(rows, factors, what)
    units = {text: energy_unit(text) for text in rows["unit"].unique()}
    basic = rows["unit"].map(lambda text: units[text].basic)
    per = rows["fuel"].map(factors.table["per"])
    if (basic != per).any():
        raise _mixture(rows[basic != per], basic[basic != per], per[basic != per])
    scale = rows["unit"].map(lambda text: units[text].scale).to_numpy(dtype=float)
    factor = rows["fuel"].map(factors.table["factor"]).to_numpy(dtype=float)
    rows["value"] = rows["value"].to_numpy(dtype=float) * scale * factor
    return as_array(rows, KEYS, what, missing)


def _require_factors(rows: pd.DataFrame, factors: EmissionFactors, what: str) -> None:
    """Raise unless every fuel of a table has a factor."""
    unknown = [fuel for fuel in dict.fromkeys(rows["fuel"]) if fuel not in factors.table.index]
    if not unknown:
        return
    near = difflib.get_close_matches(unknown[0], factors.fuels, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise LabelError(
        f"{len(unknown)} fuels of the table of {what} have no emission factor.",
        where=", ".join(map(repr, unknown)),
        remedy=f"{hint}factors {factors.name!r} are for {', '.join(map(repr, factors.fuels))}; "
        "rename fuels (factors.renamed) or give own factors",
        table=rows[rows["fuel"].isin(unknown)],
    )


def _mixture(rows: pd.DataFrame, basic: pd.Series[str], per: pd.Series[str]) -> UnitsError:
    """Return the error for factors and quantities that count different things."""
    table = rows.assign(counts=basic.map(KINDS), factor_per=per)
    trap = ""
    if (basic == "kgce").any():
        trap = (
            " This is the trap of multiplying factors per kg of fuel with tonnes of standard coal: coal "
            "would come out 29 % too low, gasoline 47 % too high."
        )
    return UnitsError(
        f"Emission factors and quantities count different things.{trap}",
        where=cells_in_words(table[["region", "sector", "fuel", "year", "unit"]]),
        amount=f"{len(table)} rows; for example {table['counts'].iloc[0]} against a factor per "
        f"{table['factor_per'].iloc[0]}",
        remedy='bring the factors to the unit of the quantities, factors.per("tce") or factors.per("TJ"), '
        "or give quantities of the fuel itself",
        table=table,
    )
