"""Classes of sectors, along the transferred products as along the affected sectors."""

from __future__ import annotations

import os
from collections.abc import Mapping

import xarray as xr

from mrio.classification import class_of_sector
from mrio.mapping import as_mapping, groups_of

Classes = str | Mapping[str, str] | os.PathLike[str] | None
"""None, ``"sector"``, ``"class"``, a mapping from sector to class, or the path of a CSV file with one."""


def grouped(values: xr.DataArray, by: Classes) -> xr.DataArray:
    """Sum sectors away, keep them, or add them up by class, in the order of the classes' first sectors.

    Parameters
    ----------
    values
        Any array with dim ``sector``.
    by
        See `Classes`.

    Raises
    ------
    LabelError
        When a sector has no class.
    ValueError
        When `by` is a word that is none of the above.
    """
    if by is None:
        return values.sum("sector", keep_attrs=True)
    if by == "sector":
        return values
    if isinstance(by, str) and by != "class" and not by.lower().endswith(".csv"):
        raise ValueError(
            f"by={by!r}: choose 'sector', 'class', a mapping from sector to class, a CSV file, or None"
        )
    mapping = class_of_sector() if by == "class" else as_mapping(by, "class")
    classes = groups_of([str(name) for name in values["sector"].values], mapping, "sectors")
    result = values.assign_coords(sector=list(classes)).groupby("sector").sum(keep_attrs=True)
    return result.sel(sector=list(dict.fromkeys(classes))).transpose(*values.dims)
