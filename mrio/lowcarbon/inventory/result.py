"""The result of an emission inventory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import DataError, LabelError, MissingDataError
from mrio.lowcarbon.frames import as_frame
from mrio.lowcarbon.inventory.factors import EmissionFactors
from mrio.lowcarbon.pictures import InventoryPictures
from mrio.results import Result, require_adding_up
from mrio.tables import Account, System
from mrio.units import conversion, parse_unit

HOUSEHOLDS = ("urban households", "rural households")
"""Sectors of an inventory that are final users; their flows go apart from the producers'."""

FUEL, PROCESS, ELECTRICITY = "fuel_emissions", "process", "electricity"


class Inventory(Result):
    """Emissions by region, sector, fuel and year; process emissions and electricity stand apart.

    Made by `mrio.lowcarbon.co2_inventory` and `mrio.lowcarbon.pollutant_inventory`.
    """

    kind: ClassVar[str] = "inventory"

    @property
    def unit(self) -> str:
        """Unit of all emissions."""
        return str(self.data.attrs["unit"])

    @property
    def emissions(self) -> xr.DataArray:
        """Emissions of burnt fuel (region, sector, fuel, year)."""
        return self.data[FUEL]

    @property
    def process(self) -> xr.DataArray | None:
        """Process emissions (region, sector, year), or None."""
        return self.data.get(PROCESS)

    @property
    def electricity(self) -> xr.DataArray | None:
        """Emissions of purchased electricity, scope 2 (region, sector, year), or None."""
        return self.data.get(ELECTRICITY)

    @property
    def scope_1(self) -> xr.DataArray:
        """Direct emissions, fuel and process together (region, sector, year)."""
        total = self.emissions.sum("fuel")
        if self.process is not None:
            total = total + self.process
        return total.rename("scope_1").assign_attrs(units=self.unit, long_name="direct emissions")

    def shares(self, dim: str) -> xr.DataArray:
        """Return the share of each label of a dim in the fuel emissions of each region and year [1].

        Parameters
        ----------
        dim
            ``"fuel"`` or ``"sector"``.

        Raises
        ------
        LabelError
            When the dim is another one.
        """
        other = {"fuel": "sector", "sector": "fuel"}.get(dim)
        if other is None:
            raise LabelError(f"There are no shares by {dim!r}.", remedy='ask for "fuel" or "sector"')
        parts = self.emissions.sum(other)
        total = parts.sum(dim)
        share = parts / total.where(total != 0)
        return share.rename("share").assign_attrs(units="1", long_name=f"share of {dim} in emissions")

    def intensity(self, activity: xr.DataArray, unit: str) -> xr.DataArray:
        """Return direct emissions per output or value added (region, sector, year).

        Parameters
        ----------
        activity
            Output or value added (region, sector, year) with exactly the labels of the inventory; where it is
            zero the intensity is not defined and NaN.
        unit
            Unit of the activity, for example ``"1e8 CNY"``.

        Raises
        ------
        LabelError
            When the labels differ.
        """
        emissions, given = _aligned(self.scope_1, activity)
        ratio = emissions / given.where(given != 0)
        return ratio.rename("intensity").assign_attrs(
            units=f"{self.unit} per {unit}", long_name="emission intensity"
        )

    def ranking(self, values: xr.DataArray | None = None) -> pd.DataFrame:
        """Return ranks of sectors over the years, 1 being the largest.

        Parameters
        ----------
        values
            What to rank (region, sector, year), for example an `intensity`: ranked within each region, since
            ratios of regions do not add up. When left out, direct emissions of all regions together.

        Returns
        -------
        pandas.DataFrame
            One row a sector, one column a year; one row a region and sector where several regions are ranked.
            What is not defined has no rank.

        Raises
        ------
        LabelError
            When the values have no sectors or years.
        """
        absent = [] if values is None else [dim for dim in ("sector", "year") if dim not in values.dims]
        if absent:
            raise LabelError(
                f"What is to be ranked has no dim {absent[0]!r}.", remedy="give (region, sector, year)"
            )
        ranked = self.scope_1.sum("region") if values is None else values
        if ranked.sizes.get("region", 0) == 1:
            ranked = ranked.isel(region=0, drop=True)
        ranks = ranked.to_dataframe("rank")["rank"].unstack("year")
        within = [name for name in ranks.index.names if name != "sector"]
        groups = ranks.groupby(level=within, sort=False) if within else ranks
        return groups.rank(ascending=False, method="min")

    def account(
        self,
        system: System,
        year: str | int,
        *,
        sectors: Mapping[str, str] | None = None,
        households: Sequence[str] = HOUSEHOLDS,
    ) -> Account:
        """Return the direct emissions of a year as a satellite account of a table.

        Parameters
        ----------
        system
            The table whose regions and sectors the account shall have.
        year
            Year of the inventory.
        sectors
            Sector of the inventory to sector of the table, where the names differ; several may go into one.
        households
            Sectors of the inventory that are final users; they become the account's direct flows.

        Raises
        ------
        LabelError
            When a sector or region has no place in the table, or the year is not in the inventory.
        """
        if str(year) not in set(map(str, self.data["year"].values)):
            known = ", ".join(map(str, self.data["year"].values))
            raise LabelError(
                f"The inventory has no year {str(year)!r}.", where=self.title, remedy=f"years are {known}"
            )
        values = self.scope_1.sel(year=str(year))
        producing = [str(name) for name in values["sector"].values if str(name) not in households]
        target = {name: (sectors or {}).get(name, name) for name in producing}
        _require_places(target, values, system)
        values = values.reindex(region=list(system.regions)).transpose("region", "sector")
        flows = np.zeros((len(system.regions), len(system.sectors)))
        for name, place in target.items():
            flows[:, system.sectors.index(place)] += values.sel(sector=name).to_numpy()
        own = [name for name in households if name in set(map(str, values["sector"].values))]
        direct = values.sel(sector=own).sum("sector").to_numpy()
        placed = float(flows.sum() + direct.sum())
        require_adding_up(placed, float(values.sum()), abs(placed), "account equals inventory")
        return Account(flows, self.unit, direct=direct if own else None)

    @property
    def plot(self) -> InventoryPictures:
        """Pictures: ``plot.fuels(year)``."""
        return InventoryPictures(self)

    def to_dataframe(self) -> pd.DataFrame:
        """Return all emissions in long form: part, region, sector, fuel, year, value, unit."""
        frames = [self.emissions.to_series().rename("value").reset_index().assign(part="fuel")]
        frames += [
            self.data[part].to_series().rename("value").reset_index().assign(part=part)
            for part in (PROCESS, ELECTRICITY)
            if part in self.data
        ]
        columns = ["part", "region", "sector", "fuel", "year", "value"]
        return pd.concat(frames, ignore_index=True).reindex(columns=columns).assign(unit=self.unit)

    def summary(self) -> pd.DataFrame:
        """Return emissions of the last year by fuel and region, with process emissions and electricity."""
        last = self.data.isel(year=-1)
        table = as_frame(last[FUEL].sum("sector"), "fuel", "region")
        if PROCESS in last:
            table.loc["process"] = last[PROCESS].sum("sector").to_numpy()
        table.loc["scope 1"] = table.sum().to_numpy()
        if ELECTRICITY in last:
            table.loc["electricity (scope 2)"] = last[ELECTRICITY].sum("sector").to_numpy()
        table.index.name = f"{last['year'].item()} [{self.unit}]"
        return table


def inventory_dataset(
    emissions: xr.DataArray, factors: EmissionFactors, extra: Mapping[str, xr.DataArray], unit: str
) -> xr.Dataset:
    """Return the Dataset of an inventory.

    Parameters
    ----------
    emissions
        (region, sector, fuel, year) [`unit`].
    factors
        The factors used.
    extra
        Process emissions and electricity (region, sector, year), in any mass unit of the same substance.
    unit
        Unit of all of them.

    Raises
    ------
    LabelError, DataError, MissingDataError
        When an extra part has regions or years that the energy table does not have, no unit, or numbers that
        are not finite.
    """
    data = xr.Dataset(
        {FUEL: emissions.assign_attrs(units=unit, long_name=f"{factors.pollutant} of burnt fuel")}
    )
    sectors = list(map(str, emissions["sector"].values))
    for part in extra.values():
        sectors += [str(name) for name in part["sector"].values if str(name) not in sectors]
    data = data.reindex(sector=sectors, fill_value=0.0)
    for name, part in extra.items():
        data[name] = _in_unit(name, part, data, unit)
    data.attrs = {
        "title": f"{factors.pollutant} inventory, factors {factors.name}",
        "pollutant": factors.pollutant,
        "unit": unit,
        "factors": factors.name,
        "factor_source": factors.provenance.source,
        "provenance": factors.provenance.with_step("multiplied energy use with emission factors").to_json(),
    }
    return data


def _in_unit(name: str, part: xr.DataArray, data: xr.Dataset, unit: str) -> xr.DataArray:
    """Return an extra part on the labels of the inventory and in its unit."""
    for dim in ("region", "year"):
        unknown = sorted(set(map(str, part[dim].values)) - set(map(str, data[dim].values)))
        if unknown:
            raise LabelError(
                f"The part {name!r} has a {dim} {unknown[0]!r} that the energy table does not have.",
                remedy="give energy use and the extra part for the same regions and years",
            )
    if "units" not in part.attrs:
        raise DataError(
            f"The part {name!r} states no unit.", remedy='set attrs["units"], for example "Mt CO2"'
        )
    if not np.isfinite(part.to_numpy()).all():
        raise MissingDataError(
            f"The part {name!r} holds numbers that are not finite.",
            amount=f"{int((~np.isfinite(part.to_numpy())).sum())} cells",
            remedy="give a number for every region, sector and year, or leave the labels out",
        )
    scale = conversion(parse_unit(part.attrs["units"]), parse_unit(unit))
    labels = {dim: data[dim].values for dim in ("region", "sector", "year")}
    values = part.reindex(labels, fill_value=0.0).transpose(*labels) * scale
    return values.assign_attrs(units=unit, long_name=name)


def _aligned(first: xr.DataArray, second: xr.DataArray) -> tuple[xr.DataArray, xr.DataArray]:
    """Return both arrays in the dims of the first, or raise where labels differ."""
    for dim in first.dims:
        given = [str(label) for label in second[dim].values] if dim in second.dims else []
        wanted = [str(label) for label in first[dim].values]
        if sorted(given) != sorted(wanted):
            differing = sorted(set(given) ^ set(wanted))
            raise LabelError(
                f"The labels of dim {str(dim)!r} differ from those of the inventory.",
                where=", ".join(map(repr, differing[:4])),
                amount=f"{len(differing)} labels",
                remedy="give exactly the labels of the inventory",
            )
    relabelled = second.assign_coords({dim: list(map(str, second[dim].values)) for dim in first.dims})
    return first, relabelled.reindex({dim: first[dim].values for dim in first.dims}).transpose(*first.dims)


def _require_places(target: Mapping[str, str], values: xr.DataArray, system: System) -> None:
    """Raise unless every sector and region of the inventory has its place in the table."""
    homeless = [name for name, place in target.items() if place not in system.sectors]
    if homeless:
        raise LabelError(
            "Sectors of the inventory have no place in the table.",
            where=", ".join(map(repr, homeless)),
            amount=f"{len(homeless)} of {len(target)} sectors",
            remedy="give sectors={inventory sector: table sector}",
            table=pd.DataFrame({"sector": homeless}),
        )
    regions = set(map(str, values["region"].values))
    differing = sorted(regions ^ set(system.regions))
    if differing:
        raise LabelError(
            "The regions of the inventory are not those of the table.",
            where=", ".join(map(repr, differing)),
            remedy="give energy use of every region of the table, and of no other",
        )
    if not np.isfinite(values.to_numpy()).all():
        raise MissingDataError(
            "The inventory holds numbers that are not finite.",
            where=str(values.name),
            amount=f"{int((~np.isfinite(values.to_numpy())).sum())} cells",
            remedy="give energy use of every region and sector",
        )
