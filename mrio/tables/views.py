"""Labelled views of the arrays of a table: every array under its symbol, with labels and units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import xarray as xr

from mrio.errors import DataError, LabelError, MissingDataError
from mrio.schema import LONG_NAMES, SYSTEM_DIMS
from mrio.tables.arrays import Arrays, is_sparse, labelled
from mrio.tables.labels import Labels


@dataclass(frozen=True, eq=False, repr=False)
class LabelledArrays:
    """Arrays of one table with their labels, units and price basis; each view is made anew when asked for.

    Attributes
    ----------
    labels
        Regions, sectors, final-demand categories and primary factors.
    arrays
        The numbers.
    unit, price_basis
        Money unit and price basis of all flows.
    population_unit
        Unit of `population`.
    """

    labels: Labels
    arrays: Arrays
    unit: str
    price_basis: str
    population_unit: str

    @property
    def regions(self) -> tuple[str, ...]:
        """Labels of the regions."""
        return self.labels.regions

    @property
    def sectors(self) -> tuple[str, ...]:
        """Labels of the sectors."""
        return self.labels.sectors

    @property
    def demand(self) -> tuple[str, ...]:
        """Labels of the final-demand categories."""
        return self.labels.demand

    @property
    def factors(self) -> tuple[str, ...]:
        """Labels of the primary inputs."""
        return self.labels.factors

    def array(self, name: str) -> xr.DataArray | None:
        """Return an array by its name in the schema, labelled and with units, or None where not given.

        Raises
        ------
        LabelError
            When the schema has no such array.
        DataError
            When Z is stored sparse, which labelled arrays cannot be.
        """
        _require_array(name)
        values = getattr(self.arrays, name)
        if values is None:
            return None
        if is_sparse(values):
            raise DataError(
                f"{name} is stored sparse, and labelled arrays are dense.",
                remedy=f"take arrays.{name}, or to_dataframe({name!r})",
            )
        dims = SYSTEM_DIMS[name]
        unit = self.population_unit if name == "population" else self.unit
        attrs = {"units": unit, "long_name": LONG_NAMES[name]}
        if name != "population":
            attrs["price_basis"] = self.price_basis
        coords = {dim: self.labels.of(dim) for dim in dims}
        return labelled(values.reshape(self.labels.shape(dims)), dims, coords, name, attrs)

    def to_dataframe(self, name: str) -> pd.DataFrame:
        """Return an array as pandas shows it: sellers in rows, buyers in columns.

        Parameters
        ----------
        name
            Name in the schema. `Z` and `Y` have (region, sector) rows; `V` and imports by product one label a
            row; vectors have one column. A sparse Z stays sparse.

        Raises
        ------
        LabelError, MissingDataError
            When there is no such array, or it was not given.
        """
        _require_array(name)
        values, dims = getattr(self.arrays, name), SYSTEM_DIMS[name]
        if values is None:
            raise MissingDataError(f"{name} was not given for this table.")
        rows = dims[:2] if len(dims) in (2, 4) else dims[:1]
        columns = dims[len(rows) :]
        index = self._index(rows)
        if not columns:
            return pd.DataFrame({name: values.ravel()}, index)
        if is_sparse(values):
            accessor: Any = pd.DataFrame.sparse
            frame: pd.DataFrame = accessor.from_spmatrix(values, index, self._index(columns))
            return frame
        return pd.DataFrame(values.reshape(len(index), -1).copy(), index, self._index(columns))

    def _index(self, dims: Sequence[str]) -> pd.Index[Any]:
        """Return the labels of one dim, or the pairs of several."""
        if len(dims) == 1:
            return pd.Index(list(self.labels.of(dims[0])), name=dims[0])
        return pd.MultiIndex.from_product([list(self.labels.of(dim)) for dim in dims], names=list(dims))

    def _given(self, name: str) -> xr.DataArray:
        value = self.array(name)
        if value is None:
            raise AttributeError(f"{name} was not given for this table")
        return value

    @property
    def Z(self) -> Any:
        """Domestic intermediate flows (region, sector, use_region, use_sector); sparse tables give (n, n)."""
        return self.arrays.Z if is_sparse(self.arrays.Z) else self._given("Z")

    @property
    def Y(self) -> xr.DataArray:
        """Domestic final purchases (region, sector, use_region, demand)."""
        return self._given("Y")

    @property
    def V(self) -> xr.DataArray:
        """Primary inputs (factor, region, sector)."""
        return self._given("V")

    @property
    def x(self) -> xr.DataArray:
        """Gross output (region, sector)."""
        return self._given("x")

    @property
    def exports(self) -> xr.DataArray | None:
        """Exports abroad (region, sector), or None."""
        return self.array("exports")

    @property
    def stock_change(self) -> xr.DataArray | None:
        """Change of inventories (region, sector), or None."""
        return self.array("stock_change")

    @property
    def discrepancy(self) -> xr.DataArray | None:
        """Statistical discrepancy (region, sector), or None."""
        return self.array("discrepancy")

    @property
    def imports_Z(self) -> xr.DataArray | None:
        """Imported intermediates by product (sector, use_region, use_sector), or None."""
        return self.array("imports_Z")

    @property
    def imports_Y(self) -> xr.DataArray | None:
        """Imported final purchases by product (sector, use_region, demand), or None."""
        return self.array("imports_Y")

    @property
    def imports_row_Z(self) -> xr.DataArray | None:
        """Imports of intermediates as one row (use_region, use_sector), or None."""
        return self.array("imports_row_Z")

    @property
    def imports_row_Y(self) -> xr.DataArray | None:
        """Imports for final use as one row (use_region, demand), or None."""
        return self.array("imports_row_Y")

    @property
    def population(self) -> xr.DataArray | None:
        """Population (use_region), or None."""
        return self.array("population")


def _require_array(name: str) -> None:
    """Raise for a name that is not in the schema."""
    if name not in SYSTEM_DIMS:
        raise LabelError(f"A table has no array {name!r}.", remedy=f"arrays are {', '.join(SYSTEM_DIMS)}")
