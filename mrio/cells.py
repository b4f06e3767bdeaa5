"""Cells of arrays as users hand them to kernels: real numbers, and labels that agree where there are any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from mrio.errors import DataError, LabelError, MissingDataError

_SHOWN = 3


def as_numbers(name: str, value: ArrayLike) -> NDArray[np.float64]:
    """Return an array as floats; what a mask hides becomes NaN, because it means nothing.

    Parameters
    ----------
    name
        Name of the array, for messages.
    value
        Array, frame or nested lists of any shape.

    Raises
    ------
    DataError
        When rows are of several lengths.
    MissingDataError
        When cells hold texts, complex numbers or anything else that is no number.

    Examples
    --------
    >>> as_numbers("prior", [[1, 2], [3, 4]]).dtype
    dtype('float64')
    """
    if isinstance(value, np.ma.MaskedArray):
        return np.ma.filled(value.astype(np.float64), np.nan)
    try:
        plain = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise DataError(
            f"{name} is not an array of numbers.", amount=str(error), remedy="give rows of one length"
        ) from error
    # Texts are refused even where they can be read as numbers: "1,234" could not.
    return plain.astype(np.float64) if plain.dtype.kind in "fiub" else _of_objects(name, plain)


def _of_objects(name: str, plain: NDArray[Any]) -> NDArray[np.float64]:
    """Return an array of objects as floats, None as NaN, or raise with the cells that are no numbers."""
    number = int | float | np.integer | np.floating
    cells = dict(zip(np.ndindex(plain.shape), plain.ravel().tolist(), strict=True))
    bad = {at: cell for at, cell in cells.items() if not (cell is None or isinstance(cell, number))}
    if not bad:
        return plain.astype(np.float64)
    table = pd.DataFrame({"array": name, "place": list(bad), "value": list(bad.values())})
    raise MissingDataError(
        f"{name} holds something that is no number.",
        where="; ".join(f"at {at}: {cell!r}" for at, cell in list(bad.items())[:_SHOWN]),
        amount=f"{len(bad)} cells",
        remedy="give numbers; texts are not read as numbers",
        table=table,
    )


def labels_of_axes(value: object) -> list[list[str] | None]:
    """Return the labels of each axis of a frame or DataArray, None where it has none or numbers only."""
    if isinstance(value, pd.DataFrame | pd.Series):
        indexes: list[pd.Index[Any] | None] = list(value.axes)
    elif isinstance(value, xr.DataArray):
        indexes = [value.indexes.get(dim) for dim in value.dims]
    else:
        return [None] * np.ndim(value)  # type: ignore[arg-type]
    return [
        None if index is None or pd.api.types.is_integer_dtype(index.dtype) else list(map(str, index))
        for index in indexes
    ]


def require_one_order(what: str, axes: Sequence[tuple[str, Sequence[str] | None]]) -> None:
    """Raise unless all labelled axes of one kind carry the same labels in the same order (convention 2).

    Parameters
    ----------
    what
        What the labels are, for the message: ``"rows"``.
    axes
        Name of each array and the labels of its axis, None where it has none.

    Raises
    ------
    LabelError
        With a table of all positions that differ.

    Examples
    --------
    >>> require_one_order("rows", [("prior", ["a", "b"]), ("totals", None)])
    """
    labelled = [(name, list(labels)) for name, labels in axes if labels is not None]
    for name, labels in labelled[1:]:
        first_name, first = labelled[0]
        if labels == first:
            continue
        length = max(len(first), len(labels))
        pairs = [(k, _at(first, k), _at(labels, k)) for k in range(length) if _at(first, k) != _at(labels, k)]
        raise LabelError(
            f"The labels of {what} differ between {first_name} and {name}.",
            where="; ".join(f"position {k}: {one!r} and {two!r}" for k, one, two in pairs[:_SHOWN]),
            amount=f"{len(pairs)} of {length} positions differ",
            remedy="bring both into one order, or give plain numbers (.to_numpy())",
            table=pd.DataFrame(pairs, columns=["position", first_name, name]),
        )


def _at(labels: Sequence[str], place: int) -> str | None:
    return labels[place] if place < len(labels) else None
