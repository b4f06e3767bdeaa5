"""Price indices by product, national or by region, with their source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd
import xarray as xr

from mrio.cells import as_numbers
from mrio.errors import DataError, LabelError
from mrio.tables.arrays import Array
from mrio.texts import require_text


@dataclass(frozen=True, eq=False, repr=False)
class Deflator:
    """Price indices of products over time.

    Only ratios between two periods matter, so the indices may stand on any base.

    Parameters
    ----------
    index
        Indices with dims (period, sector), one national price a product, or (period, region, sector) [any
        base, for example 2010 = 100].
    source
        Who published them.
    note
        What they are, where they are not producer prices of the products themselves.

    Raises
    ------
    DataError, LabelError
        When indices are not positive numbers, dims and labels are not as above, or no source is named.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"goods": [80.0, 100.0], "services": [50.0, 100.0]}, index=["2002", "2007"])
    >>> prices = Deflator.from_table(table, source="made up")
    >>> prices.ratio("2002", "2007", ["A"], ["goods", "services"])
    array([[0.8, 0.5]])
    """

    index: xr.DataArray
    source: str
    note: str = ""

    def __post_init__(self) -> None:
        dims = tuple(map(str, self.index.dims))
        if dims not in (("period", "sector"), ("period", "region", "sector")):
            raise LabelError(
                "A deflator has the wrong dims.",
                amount=f"got {dims}",
                remedy="give (period, sector) or (period, region, sector)",
            )
        require_text(self.source, "The source of a deflator", 'source="National Bureau of Statistics"')
        if not self.index.size:
            raise DataError(
                "A deflator has no price indices.",
                amount=", ".join(f"{dim} ({size})" for dim, size in self.index.sizes.items()),
                remedy="give a row a period and a column a product",
            )
        coords = {dim: [str(label) for label in self.index[dim].values] for dim in dims}
        doubled = [dim for dim, labels in coords.items() if len(set(labels)) < len(labels)]
        if doubled:
            raise LabelError(
                f"Labels of a deflator stand twice in dim {', '.join(doubled)}.",
                remedy="give each period, region and sector once",
            )
        values = as_numbers("A table of price indices", self.index.values)
        bad = ~(np.isfinite(values) & (values > 0))
        if bad.any():
            table = pd.DataFrame(
                [
                    (*(coords[dim][k] for dim, k in zip(dims, at, strict=True)), values[tuple(at)])
                    for at in np.argwhere(bad)
                ],
                columns=[*dims, "value"],
            )
            raise DataError(
                "Price indices must be positive numbers.",
                where="; ".join(" | ".join(map(str, row)) for row in table.head(3).itertuples(index=False)),
                amount=f"{len(table)} cells",
                remedy="leave out periods or sectors whose prices are not known",
                table=table,
            )
        values.flags.writeable = False
        attrs = {"units": "1", "long_name": "price index"}
        object.__setattr__(self, "index", xr.DataArray(values, dims=dims, coords=coords, attrs=attrs))

    @classmethod
    def from_table(cls, table: pd.DataFrame, source: str, note: str = "") -> Deflator:
        """Make a deflator of a table with one row a period.

        Parameters
        ----------
        table
            Columns are sectors, or (region, sector) pairs in a MultiIndex.
        source, note
            As in `Deflator`.
        """
        periods = [str(label) for label in table.index]
        if not isinstance(table.columns, pd.MultiIndex):
            coords = {"period": periods, "sector": [str(name) for name in table.columns]}
            return cls(xr.DataArray(table.to_numpy(), dims=tuple(coords), coords=coords), source, note)
        regions, sectors = (list(dict.fromkeys(map(str, table.columns.get_level_values(k)))) for k in (0, 1))
        pairs = [tuple(map(str, pair)) for pair in table.columns]
        if pairs != [(region, sector) for region in regions for sector in sectors]:
            raise LabelError(
                "The columns of a regional deflator are no full set of regions and sectors in order.",
                amount=f"{len(pairs)} columns for {len(regions)} regions and {len(sectors)} sectors",
                remedy="give every sector of every region, regions outside, sectors inside",
            )
        values = table.to_numpy().reshape(len(periods), len(regions), len(sectors))
        coords = {"period": periods, "region": regions, "sector": sectors}
        return cls(xr.DataArray(values, dims=tuple(coords), coords=coords), source, note)

    @property
    def national(self) -> bool:
        """Whether there is one price a product for all regions."""
        return "region" not in self.index.dims

    @property
    def periods(self) -> tuple[str, ...]:
        """Periods of the indices."""
        return tuple(map(str, self.index["period"].values))

    def ratio(self, period: str, to: str, regions: Sequence[str], sectors: Sequence[str]) -> Array:
        """Return prices of a period relative to those of another, (R, N) [1].

        Parameters
        ----------
        period, to
            Two periods of the indices.
        regions, sectors
            Labels of the table, each of which the deflator must know (regions only where it has any).

        Raises
        ------
        LabelError
            When a period, sector or region is missing.
        """
        self._require("periods", (period, to), self.periods)
        self._require("sectors", sectors, [str(name) for name in self.index["sector"].values])
        chosen = self.index.sel(sector=list(sectors))
        if not self.national:
            self._require("regions", regions, [str(name) for name in self.index["region"].values])
            chosen = chosen.sel(region=list(regions))
        ratio = chosen.sel(period=period).values / chosen.sel(period=to).values
        return np.broadcast_to(ratio, (len(regions), len(sectors))).copy()

    def _require(self, what: str, asked: Sequence[str], known: Sequence[str]) -> None:
        missing = [name for name in asked if name not in known]
        if missing:
            near = {name: get_close_matches(name, known, n=1) for name in missing}
            raise LabelError(
                f"The deflator does not know all {what}.",
                where="; ".join(
                    f"{name!r}" + (f" (near: {near[name][0]!r})" if near[name] else "")
                    for name in missing[:5]
                ),
                amount=f"{len(missing)} missing; known are {', '.join(map(repr, known[:20]))}",
                remedy=f"give prices of these {what}, in exactly the spelling of the table",
                table=pd.DataFrame({"label": missing}),
            )

    def __repr__(self) -> str:
        kind = "national" if self.national else f"{self.index.sizes['region']} regions"
        span = f"{self.periods[0]} to {self.periods[-1]}"
        note = f"\n  {self.note}" if self.note else ""
        return f"<Deflator: {kind}, {self.index.sizes['sector']} sectors, {span}>\n  {self.source}{note}"
