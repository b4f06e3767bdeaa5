"""Adding up by labels without matrix products.

A matrix product is summed in an order that the linear algebra library chooses by the processor it finds;
plain sums give the same bytes on every machine.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]


def add_up(values: Array, member: Index, number: int, axis: int = 0) -> Array:
    """Return sums over the members of each group along one axis.

    Parameters
    ----------
    values
        Any array with S entries along `axis`.
    member
        Group of each entry (S,).
    number
        Number of groups T.
    axis
        The axis.

    Returns
    -------
    ndarray
        `values` with T entries along `axis`.
    """
    groups = [
        values.take(np.flatnonzero(member == group), axis=axis).sum(axis=axis) for group in range(number)
    ]
    return np.stack(groups, axis=axis)


def add_up_square(values: Array, member: Index, number: int) -> Array:
    """Return sums over the members of each group along the last two axes (..., S, S)."""
    return add_up(add_up(values, member, number, axis=-1), member, number, axis=-2)
