"""Arrays of any dims as tables: one column of cells, long form, names with units."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pandas as pd
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


def long_form(arrays: Sequence[xr.DataArray]) -> pd.DataFrame:
    """Return arrays in long form: quantity, one column a dim, value, unit."""
    frames = []
    for values in arrays:
        frame = values.to_series().rename("value").reset_index()
        frame.insert(0, "quantity", str(values.name))
        frames.append(frame.assign(unit=values.attrs["units"]))
    together = pd.concat(frames, ignore_index=True)
    last = ["value", "unit"]
    return together[[*(column for column in together.columns if column not in last), *last]]


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
