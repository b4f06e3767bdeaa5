"""Other names for regions and sectors of a result, for example Chinese ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from mrio.classification import chinese_names
from mrio.errors import LabelError

_ENDS = ("region", "sector", "origin")
"""How dims and variables end whose labels are regions or sectors."""


def relabelled(data: xr.Dataset, names: str | Mapping[str, str]) -> xr.Dataset:
    """Return a Dataset with other names of regions and sectors.

    Parameters
    ----------
    data
        Numbers of a result.
    names
        ``"zh"``, or new names by old ones.

    Raises
    ------
    LabelError
        When a label has no Chinese name, a mapping changes nothing, or two labels get the same name.
    """
    new = chinese_names() if names == "zh" else names
    if isinstance(new, str):
        raise LabelError(f"There are no bundled names in {names!r}.", remedy='use "zh" or a mapping')
    places = [name for name in data.variables if str(name).endswith(_ENDS) and data[name].dtype.kind in "UO"]
    known = dict.fromkeys(str(label) for name in places for label in data[name].values.ravel() if label)
    missing = [label for label in known if label not in new]
    if missing and (names == "zh" or len(missing) == len(known)):
        raise LabelError(
            "Some labels have no other name.",
            where=", ".join(map(repr, missing[:12])),
            amount=f"{len(missing)} of {len(known)} labels",
            remedy="give all names: labelled({**mrio.classification.chinese_names(), label: name})",
        )
    changed = {name: data[name].copy(data=_renamed(data[name].values, new)) for name in places}
    for name, array in changed.items():
        _require_distinct(str(name), array, data[name])
    block = "\n".join(new.get(name, name) for name in str(data.attrs.get("block", "")).split("\n"))
    result = data.assign_coords({name: array for name, array in changed.items() if name in data.coords})
    result = result.assign({name: array for name, array in changed.items() if name not in data.coords})
    return result.assign_attrs({"block": block} if "block" in data.attrs else {})


def _renamed(labels: np.ndarray, new: Mapping[str, str]) -> np.ndarray:
    """Return an array of labels with their new names."""
    return np.array([new.get(str(label), str(label)) for label in labels.ravel()]).reshape(labels.shape)


def _require_distinct(name: str, new: xr.DataArray, old: xr.DataArray) -> None:
    """Raise when labels of a dim that differed are the same now."""
    if len(np.unique(new)) < len(np.unique(old)):
        labels, counts = np.unique(new.values, return_counts=True)
        raise LabelError(
            f"Two labels of {name} would have the same name.",
            where=", ".join(map(repr, labels[counts > 1])),
            remedy="give distinct names",
        )
