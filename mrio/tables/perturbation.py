"""Kernels of uncertain tables: relative errors on cells, balanced back to the totals of the table.

A table is one matrix: products, imports and primary inputs sell; sectors and final users buy. Cells get
log-normal factors of mean one, then GRAS brings rows and columns back to their totals. Cells without error
are left out of the balancing and stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mrio.balancing.balance import Stopping, gras
from mrio.leontief.storage.matrices import to_dense
from mrio.tables.arrays import Array, Arrays

TABLE_PARTS = (
    "Z",
    "Y",
    "V",
    "exports",
    "stock_change",
    "discrepancy",
    "imports_Z",
    "imports_Y",
    "imports_row_Z",
    "imports_row_Y",
)
"""Arrays that stand in the matrix of a table."""

_TOLERANCE = 1e-11
"""Relative gap between totals before and after; the rest of a draw is made of the same rows and columns."""


def errors(cv: Array, generator: np.random.Generator) -> Array:
    """Return log-normal factors of mean one, in the shape of `cv`.

    Parameters
    ----------
    cv
        Standard deviation of each factor, zero or more; one where it is zero.
    generator
        Source of random numbers.
    """
    variance = np.log1p(cv**2)
    draws = generator.standard_normal(cv.shape)
    return np.asarray(np.exp(np.sqrt(variance) * draws - variance / 2))


def perturbed(values: Array, cv: Array, generator: np.random.Generator) -> Array:
    """Return a matrix with errors on its cells and the row and column sums that it had.

    Parameters
    ----------
    values
        Any signs (m, n).
    cv
        Relative error of each cell (m, n); cells with zero stay as they are.
    generator
        Source of random numbers.
    """
    free = np.where(cv > 0, values, 0.0)
    if not free.any():
        return values
    drawn = free * errors(cv, generator)
    # Rows and columns without free cells take no part: GRAS has nothing to scale there.
    rows, columns = (free != 0).any(axis=1), (free != 0).any(axis=0)
    part = np.ix_(rows, columns)
    balanced = gras(
        drawn[part],
        free.sum(axis=1)[rows],
        free.sum(axis=0)[columns],
        stopping=Stopping(tolerance=_TOLERANCE),
    )
    result = values.copy()
    result[part] += balanced.matrix - free[part]
    return result


def matrix_of(parts: Mapping[str, Array], shape: tuple[int, int, int]) -> Array:
    """Return the matrix of a table, (n + imports + M, n + R K + 3), zeros where a part is not given.

    Parameters
    ----------
    parts
        Arrays by name, flattened or not.
    shape
        Regions, sectors, categories.
    """
    places = _places(parts, shape)
    rows = max(place[0].stop for place in places.values())
    columns = shape[0] * shape[1] + shape[0] * shape[2] + 3
    matrix = np.zeros((rows, columns))
    for name, place in places.items():
        matrix[place] = parts[name].reshape(place[0].stop - place[0].start, place[1].stop - place[1].start)
    return matrix


def parts_of(matrix: Array, parts: Mapping[str, Array], shape: tuple[int, int, int]) -> dict[str, Array]:
    """Return the arrays of a table from its matrix, in the shapes of `parts`."""
    return {
        name: matrix[place].reshape(parts[name].shape).copy() for name, place in _places(parts, shape).items()
    }


def _places(parts: Mapping[str, Array], shape: tuple[int, int, int]) -> dict[str, tuple[slice, slice]]:
    """Return rows and columns of each part in the matrix."""
    R, N, K = shape
    n, users = R * N, R * K
    imports = N if "imports_Z" in parts else 1 if "imports_row_Z" in parts else 0
    rows = {"products": slice(0, n), "imports": slice(n, n + imports)}
    factors = parts["V"].reshape(-1, n).shape[0]
    rows["factors"] = slice(n + imports, n + imports + factors)
    sectors, final = slice(0, n), slice(n, n + users)
    columns = {name: slice(n + users + k, n + users + k + 1) for k, name in enumerate(_SINGLE)}
    places = {
        "Z": (rows["products"], sectors),
        "Y": (rows["products"], final),
        "V": (rows["factors"], sectors),
        "imports_Z": (rows["imports"], sectors),
        "imports_Y": (rows["imports"], final),
        "imports_row_Z": (rows["imports"], sectors),
        "imports_row_Y": (rows["imports"], final),
        **{name: (rows["products"], columns[name]) for name in _SINGLE},
    }
    return {name: places[name] for name in TABLE_PARTS if name in parts}


_SINGLE = ("exports", "stock_change", "discrepancy")


def given_parts(arrays: Arrays) -> dict[str, Array]:
    """Return the arrays of a table that stand in its matrix, Z dense."""
    parts = {name: getattr(arrays, name) for name in TABLE_PARTS if getattr(arrays, name) is not None}
    return {**parts, "Z": to_dense(arrays.Z)}
