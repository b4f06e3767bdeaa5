"""Arrays of any dims as tables: one column of cells, long form, names with units."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import xarray as xr

from mrio.errors import LabelError

CELL = "cell"


def by_cell(values: xr.DataArray, kept: Sequence[str] = ()) -> xr.DataArray:
    """Return an array with all dims but some in one, ``cell``, whose labels are joined by bars.

    Parameters
    ----------
    values
        Any dims.
    kept
        Dims that stay in front.
    """
    own = [str(dim) for dim in values.dims if dim not in kept]
    labels = [" | ".join(map(str, cell)) or "total" for cell in product(*(values[dim].values for dim in own))]
    ordered = values.transpose(*kept, *own)
    plain = ordered.values.reshape(*(values.sizes[dim] for dim in kept), -1)
    coords = {**{dim: values[dim].values for dim in kept}, CELL: labels}
    return xr.DataArray(plain, coords, (*kept, CELL), attrs=values.attrs)


def known(name: str | None, names: Sequence[str]) -> str:
    """Return the name of a quantity, the first where none is given.

    Raises
    ------
    LabelError
        When there is no such quantity.
    """
    if name is None:
        return names[0]
    if name not in names:
        raise LabelError(
            f"The quantity {name!r} was not measured.", remedy=f"measured were {', '.join(map(repr, names))}"
        )
    return name


def with_unit(values: xr.DataArray) -> str:
    """Return the name of an array and its unit."""
    return f"{values.name} [{values.attrs['units']}]"
