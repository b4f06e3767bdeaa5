"""Scaling of a matrix to the sums of its blocks, rows and columns at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from mrio.balancing.scaling import factors

Array = npt.NDArray[np.float64]
Groups = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Sums:
    """What a matrix (m, n) must add up to; G groups of rows, H of columns.

    Attributes
    ----------
    rows_of, columns_of
        Group of each row (m,) and of each column (n,).
    blocks
        Sum over each group of rows and of columns (G, H).
    rows, columns
        Sum of each row (m,) and column (n,); NaN where it is free.
    """

    rows_of: Groups
    columns_of: Groups
    blocks: Array
    rows: Array
    columns: Array


def scale_groups(prior: Array, sums: Sums, tolerance: float, max_iterations: int) -> tuple[Array, int, float]:
    """Scale blocks, rows and columns in turn until all sums hold; cells of mixed signs as in GRAS.

    Parameters
    ----------
    prior
        (m, n), any sign; zeros and signs are kept.
    sums
        What it must add up to.
    tolerance
        Largest gap of a sum relative to the absolute cells behind it.
    max_iterations
        Sweeps.

    Returns
    -------
    tuple
        Matrix (m, n), sweeps done, and the largest relative gap left.
    """
    up, down = np.maximum(prior, 0.0), np.maximum(-prior, 0.0)
    R, C = _membership(sums.rows_of), _membership(sums.columns_of).T.tocsr()
    done, gap = 0, _gap(up, down, sums, R, C)
    while gap > tolerance and done < max_iterations:
        r, inverse = factors(sums.blocks, (R @ up) @ C, (R @ down) @ C)
        place = np.ix_(sums.rows_of, sums.columns_of)
        up, down = up * r[place], down * inverse[place]
        for axis, totals in ((1, sums.rows), (0, sums.columns)):
            r, inverse = _line_factors(totals, up.sum(axis=axis), down.sum(axis=axis))
            up, down = (
                up * np.expand_dims(r, axis),
                down * np.expand_dims(inverse, axis),
            )
        done, gap = done + 1, _gap(up, down, sums, R, C)
    return up - down, done, gap


def _line_factors(totals: Array, up: Array, down: Array) -> tuple[Array, Array]:
    """Return the factors of rows or columns, one where the total is free."""
    free = np.isnan(totals)
    r, inverse = factors(np.where(free, 0.0, totals), up, down)
    return np.where(free, 1.0, r), np.where(free, 1.0, inverse)


def _gap(up: Array, down: Array, sums: Sums, R: csr_array, C: csr_array) -> float:
    """Return the largest gap of any sum relative to its target or the absolute cells behind it."""
    net, gross = up - down, up + down
    pairs = [
        ((R @ net) @ C, (R @ gross) @ C, sums.blocks),
        (net.sum(axis=1), gross.sum(axis=1), sums.rows),
        (net.sum(axis=0), gross.sum(axis=0), sums.columns),
    ]
    largest = 0.0
    for found, size, target in pairs:
        wanted = np.where(np.isnan(target), found, target)
        size = np.maximum(size, np.abs(wanted))
        relative = np.divide(np.abs(found - wanted), size, out=np.zeros_like(size), where=size > 0)
        largest = max(largest, float(relative.max(initial=0.0)))
    return largest


def _membership(groups: Groups) -> csr_array:
    """Return one where a line belongs to a group (groups, lines)."""
    count = len(groups)
    return csr_array(
        (np.ones(count), (groups, np.arange(count))), shape=(int(groups.max(initial=-1)) + 1, count)
    )
