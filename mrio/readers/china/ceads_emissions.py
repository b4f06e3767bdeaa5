"""CO2 inventories of Chinese provinces by CEADs: 47 sectors by fuels, process emissions, households.

Two forms are read: the original workbooks of one year, with a sheet for each province (``Beijing2007``), and
one long CSV file of all years (``region, year, sector, fuel, co2_mt``), in which cells of zero are left out
except totals. The workbooks hold full precision, the long file eight digits.

Emissions are those of the territory (scope 1). The columns of scope 2 in the workbooks are not read. Sectors
45 and 46 of the inventory, trade with catering and other services, are split over the sectors of a table by
weights (value added, where nothing better is known); all others go whole into one sector. There is no
inventory for Tibet.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from mrio.classification import Concordance, load_classification, load_concordance, provinces
from mrio.errors import DataError, DataWarning, LabelError
from mrio.provenance import Provenance
from mrio.readers.china.ceads_files import FUELS, HOUSEHOLDS, UNIT, read_long, read_workbook
from mrio.readers.raw.workbook import Floats
from mrio.tables import Account

SOURCE: Final = (
    "CEADs provincial CO2 emission inventories: Shan et al. 2018, Scientific Data 5:170201 "
    "(doi 10.1038/sdata.2017.201); Shan et al. 2020, Scientific Data 7:54 (doi 10.1038/s41597-020-0393-y); "
    "Guan et al. 2021, Earth's Future 9 (doi 10.1029/2021EF002241)"
)


@dataclass(frozen=True, eq=False, repr=False)
class EmissionInventory:
    """Emissions of regions by sector and fuel.

    Parameters
    ----------
    data
        ``combustion`` (region, sector, fuel), ``process`` (region, sector), ``households`` (region,
        household, fuel), all [Mt CO2]; 45 sectors of CEADs, households Urban and Rural.
    year
        Year of the emissions.
    provenance
        Source and steps.
    """

    data: xr.Dataset
    year: int
    provenance: Provenance

    @property
    def regions(self) -> tuple[str, ...]:
        """Names of the regions."""
        return tuple(str(name) for name in self.data["region"].values)

    @property
    def total(self) -> xr.DataArray:
        """All emissions of each region, households included (region) [Mt CO2]."""
        d = self.data
        total = d["combustion"].sum(("sector", "fuel")) + d["process"].sum("sector")
        total = total + d["households"].sum(("household", "fuel"))
        return total.rename("total").assign_attrs(units=UNIT)

    def sum_regions(self, groups: Mapping[str, Sequence[str]]) -> EmissionInventory:
        """Return the inventory with regions added up.

        Parameters
        ----------
        groups
            Members of each new region, in the order wanted. Regions in no group are left out.

        Raises
        ------
        LabelError
            When a member is no region of the inventory or stands in two groups.
        """
        members = [name for group in groups.values() for name in group]
        unknown = sorted(set(members) - set(self.regions))
        doubled = sorted({name for name in members if members.count(name) > 1})
        if unknown or doubled:
            raise LabelError(
                "Regions cannot be grouped.",
                where=f"not in the inventory: {', '.join(unknown) or 'none'}; "
                f"in two groups: {', '.join(doubled) or 'none'}",
                remedy=f"choose each region once, of: {', '.join(self.regions)}",
            )
        parts = [self.data.sel(region=list(group)).sum("region") for group in groups.values()]
        data = xr.concat(parts, dim=xr.DataArray(list(groups), dims="region", name="region"))
        data = data.transpose("region", ...)
        for name in data.data_vars:
            data[name].attrs = dict(self.data[name].attrs)
        step = self.provenance.with_step("regions added up", after=list(groups))
        return EmissionInventory(_locked(data), self.year, step)

    def to_sectors(self, target: str = "h39", weights: ArrayLike | None = None) -> xr.Dataset:
        """Bring the inventory to the sectors of a table; totals are kept.

        Parameters
        ----------
        target
            A classification that CEADs sectors have a concordance to: ``"h39"`` or ``"sic17"``.
        weights
            Weights by which sectors that cover several target sectors are split: (T,) or (R, T), for
            example value added of the table, in the order of the target classification and of `regions`.

        Returns
        -------
        xarray.Dataset
            As `data`, on the target's sectors.

        Raises
        ------
        DataError
            When weights are needed and missing, of another shape, negative or not finite.

        Warns
        -----
        DataWarning
            When a region has no weight in any target of a sector that it has emissions of; the weights of
            all regions together then take their place.
        """
        concordance = load_concordance("ceads47", target)
        shares = self._shares(concordance, weights)
        d = self.data
        names = load_classification(target).names_en
        coords = {"region": d["region"], "sector": list(names), "fuel": d["fuel"]}
        return _locked(
            xr.Dataset(
                {
                    "combustion": _flows(np.einsum("rsf,rst->rtf", d["combustion"].values, shares), "fuel"),
                    "process": _flows(np.einsum("rs,rst->rt", d["process"].values, shares)),
                    "households": d["households"],
                },
                coords=coords,
                attrs=d.attrs,
            )
        )

    def account(self, target: str = "h39", weights: ArrayLike | None = None) -> Account:
        """Return the inventory as satellite account: combustion and process of sectors, households apart.

        Parameters
        ----------
        target, weights
            See `to_sectors`.

        Examples
        --------
        >>> inventory = read_ceads_emissions("data/ceads_co2", year=2017)  # doctest: +SKIP
        >>> inventory.account("sic17").unit  # doctest: +SKIP
        'Mt CO2'
        """
        d = self.to_sectors(target, weights)
        flows = d["combustion"].sum("fuel") + d["process"]
        return Account(flows.values, UNIT, d["households"].sum(("household", "fuel")).values)

    def _shares(self, concordance: Concordance, weights: ArrayLike | None) -> Floats:
        """Return the shares of sectors (R, S, T), with weights of all regions where a region has none."""
        count, size = len(self.regions), len(concordance.target_codes)
        if weights is None:
            shares = concordance.shares()
            return np.broadcast_to(shares, (count, *shares.shape))
        given = np.asarray(weights, dtype=np.float64)
        if given.shape not in ((size,), (count, size)):
            raise DataError(
                "The weights do not fit the inventory.",
                amount=f"shape {given.shape}, expected {(size,)} or {(count, size)}",
                remedy=f"give one weight for each sector of {concordance.target!r}, or a row for each region",
            )
        filled = np.array(np.broadcast_to(given, (count, size)))
        told = [text for code in concordance.splits for text in self._fill(filled, concordance, code)]
        if told:
            warnings.warn(
                f"No weight in any target of a sector; weights of all regions are used: {'; '.join(told)}.",
                DataWarning,
                stacklevel=3,
            )
        return concordance.shares(filled)

    def _fill(self, weights: Floats, concordance: Concordance, code: str) -> list[str]:
        """Put the weights of all regions where one has none for a split; return where that matters."""
        s = concordance.source_codes.index(code)
        targets = np.flatnonzero(concordance.members[s])
        empty = np.flatnonzero((weights[:, targets] == 0.0).all(axis=1))
        if len(empty) == len(weights):
            return []
        weights[np.ix_(empty, targets)] = weights[:, targets].sum(axis=0)
        emissions = (self.data["combustion"].sum("fuel") + self.data["process"]).values[:, s]
        return [f"{self.regions[r]}: {self.data['sector'].values[s]}" for r in empty if emissions[r] > 0.0]

    def __repr__(self) -> str:
        return (
            f"<EmissionInventory {self.year}: {len(self.regions)} regions, {self.data.sizes['sector']} "
            f"sectors, {float(self.total.sum()):,.6g} {UNIT}>"
        )


def read_ceads_emissions(
    path: str | Path, year: int | None = None, regions: Sequence[str] | None = None
) -> EmissionInventory:
    """Read the CO2 inventories of provinces for one year.

    Parameters
    ----------
    path
        A workbook of one year, the long CSV file, or a folder that holds either under its original name
        (the workbook of the year is taken first).
    year
        Needed but for a workbook, which tells it.
    regions
        Provinces as in `mrio.classification.provinces`, and ``"China"`` in the long file; left out, all
        provinces that are there, in that order.

    Returns
    -------
    EmissionInventory
        Emissions [Mt CO2] by region, sector and fuel; process emissions and households apart.

    Raises
    ------
    DataError
        When a file is missing or damaged, year or region is not in it, codes in the headers are not those of
        the original, a cell holds no number or a negative one, the unit is another one, or totals do not add
        up to 1e-6 relative.
    MissingExtraError
        When the file is a workbook and python-calamine is not installed.

    Examples
    --------
    >>> inventory = read_ceads_emissions("data/ceads_co2", year=2007)  # doctest: +SKIP
    >>> round(float(inventory.total.sel(region="Beijing")), 1)  # doctest: +SKIP
    102.9
    """
    file = _file(Path(path), year)
    order = list(provinces().index)
    if file.suffix in (".csv", ".gz"):
        if year is None:
            raise DataError(
                "The year is not given.",
                where=file.name,
                remedy="say year=; the file holds many",
            )
        values = read_long(file, year, regions, order)
    else:
        year, values = read_workbook(file, year, regions, order)
    return EmissionInventory(_dataset(values, year), year, Provenance(SOURCE))


def _file(path: Path, year: int | None) -> Path:
    """Return the file itself, or the one of the year in a folder."""
    if not path.is_dir():
        return path
    workbook = path / f"Emission_Inventories_for_30_Provinces_{year}.xlsx"
    return workbook if workbook.is_file() else path / "ceads_co2_1997_2019_long.csv.gz"


def _dataset(values: Mapping[str, Floats], year: int) -> xr.Dataset:
    """Return the inventories of regions, each (47, fuels and process), as one Dataset."""
    names = list(load_classification("ceads47").names_en)
    cube = np.array(list(values.values()))
    producers = len(names) - len(HOUSEHOLDS)
    households = cube[:, producers:, :-1]
    return _locked(
        xr.Dataset(
            {
                "combustion": _flows(cube[:, :producers, :-1], "fuel"),
                "process": _flows(cube[:, :producers, -1]),
                "households": (("region", "household", "fuel"), households, {"units": UNIT}),
            },
            coords={
                "region": list(values),
                "sector": names[:producers],
                "household": list(HOUSEHOLDS),
                "fuel": list(FUELS),
            },
            attrs={"source": SOURCE, "year": year},
        )
    )


def _flows(values: Floats, *more: str) -> tuple[tuple[str, ...], Floats, dict[str, str]]:
    """Return an array by region and sector with its unit."""
    return ("region", "sector", *more), values, {"units": UNIT}


def _locked(data: xr.Dataset) -> xr.Dataset:
    """Return the dataset with writing switched off."""
    for array in data.data_vars.values():
        array.values.flags.writeable = False
    return data
