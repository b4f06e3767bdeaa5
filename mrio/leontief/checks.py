"""Checks of A and of right-hand sides, and the errors that name what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from mrio.errors import DataError, MissingDataError, NotProductiveError
from mrio.leontief.report import Floats
from mrio.leontief.storage.matrices import Matrix, column_sums, diagonal

Labels = Callable[[int], str] | Sequence[str] | None
_NAMED = 10
_TOLD = 5
_NEAR = 1e-9


def label(labels: Labels, index: int) -> str:
    """Return the name of one row."""
    if labels is None:
        return f"sector {index}"
    return str(labels(index) if callable(labels) else labels[index])


def check_matrix(A: Any) -> Matrix:
    """Return A in a storage that can be solved.

    Raises
    ------
    DataError
        When A is not a square matrix of numbers.
    """
    if sp.issparse(A):
        # By columns or by rows as it is, without a copy; other sparse formats have slow products.
        A = sp.csc_array(A, dtype=np.float64) if A.format == "csc" else sp.csr_array(A, dtype=np.float64)
    elif not hasattr(A, "absolute_left_product"):
        try:
            A = np.asarray(A, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise DataError(
                "A is not a matrix of numbers.", amount=str(error), remedy="give an array (n, n) of floats"
            ) from error
    if A.ndim != 2 or A.shape[0] != A.shape[1] or A.shape[0] == 0:
        raise DataError(
            "A is not a square matrix with at least one row.",
            amount=f"shape {A.shape}",
            remedy="give A of shape (n, n): rows sell, columns buy",
        )
    return A


def check_labels(labels: Labels, n: int) -> None:
    """Raise a `DataError` when the names are not one a row."""
    if labels is not None and not callable(labels) and len(labels) != n:
        raise DataError(
            "The labels are not one for each row of A.",
            amount=f"{len(labels)} labels, {n} rows",
            remedy="give one label a row, or a function from row to label",
        )


def check_blocks(blocks: Sequence[int] | int | None, n: int) -> tuple[int, ...] | None:
    """Return the sizes of the diagonal blocks as a tuple.

    Raises
    ------
    DataError
        When they do not add up to n.
    """
    if blocks is None:
        return None
    sizes = (blocks,) * (n // max(blocks, 1)) if isinstance(blocks, int) else tuple(map(int, blocks))
    if sum(sizes) != n or any(size < 1 for size in sizes):
        raise DataError(
            "The blocks do not cover A.",
            amount=f"sizes add up to {sum(sizes)}, A has {n} rows",
            remedy="give the number of sectors of each region, in order",
        )
    return sizes


def check_positions(positions: Any, n: int) -> NDArray[np.intp]:
    """Return positions of rows or columns as distinct integers (q,) from 0 to n - 1.

    Raises
    ------
    DataError
        When they are not.
    """
    index = np.atleast_1d(np.asarray(positions))
    whole = index.ndim == 1 and np.issubdtype(index.dtype, np.integer)
    if not whole or index.size != np.unique(index).size or np.any((index < 0) | (index >= n)):
        raise DataError(
            "Positions of changed columns or rows are not distinct numbers of rows.",
            amount=f"{positions!r} for {n} rows",
            remedy=f"give different integers from 0 to {n - 1}",
        )
    return index.astype(np.intp)


def check_finite_matrix(sums: Floats, A: Matrix, labels: Labels) -> None:
    """Raise a `MissingDataError` that names the columns of A with NaN or infinity.

    `sums` are the column sums: a NaN or infinity in a column always shows in its sum.
    """
    if np.isfinite(sums).all():
        return
    columns = np.flatnonzero(~np.isfinite(sums))
    raise MissingDataError(
        "A holds NaN or infinity.",
        where=", ".join(label(labels, int(j)) for j in columns[:_NAMED]),
        amount=f"{columns.size} of {A.shape[0]} columns",
        remedy="say what an empty cell means, and give zero output a zero column, before A is computed",
        table=pd.DataFrame({"column": [label(labels, int(j)) for j in columns], "sum": sums[columns]}),
    )


def check_rhs(values: Any, n: int, axis: int, what: str, labels: Labels) -> Floats:
    """Return right-hand sides as floats, one- or two-dimensional, n long along `axis`.

    Raises
    ------
    DataError
        When the shape is wrong.
    MissingDataError
        When there is NaN or infinity.
    """
    if sp.issparse(values):
        values = values.toarray()
    try:
        array = np.asarray(values, dtype=np.float64).view(np.ndarray)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"{what} is not an array of numbers.", amount=str(error), remedy="give floats"
        ) from error
    if array.ndim not in (1, 2) or array.shape[axis if array.ndim == 2 else 0] != n:
        shape = f"({n},) or ({n}, k)" if axis == 0 else f"({n},) or (m, {n})"
        raise DataError(f"{what} does not fit A.", amount=f"shape {array.shape}", remedy=f"give {shape}")
    if not np.isfinite(array).all():
        cells = np.argwhere(~np.isfinite(array))
        rows = [label(labels, int(cell[axis if array.ndim == 2 else 0])) for cell in cells]
        raise MissingDataError(
            f"{what} holds NaN or infinity.",
            where=", ".join(rows[:_NAMED]),
            amount=f"{len(cells)} of {array.size} cells",
            remedy="say what an empty cell means before solving",
            table=pd.DataFrame({"row": rows, "value": array[tuple(cells.T)]}),
        )
    return array


def check_guess(guess: Any, B: Floats, labels: Labels) -> Floats:
    """Return an expected answer as floats of the shape of the right-hand sides B.

    Raises
    ------
    DataError, MissingDataError
        When the shape is another one, or there is NaN or infinity.
    """
    array = np.asarray(guess)
    if array.shape != B.shape:
        raise DataError(
            "The guess does not fit the right-hand sides.",
            amount=f"shape {array.shape}, needed {B.shape}",
            remedy="give one expected answer for each right-hand side",
        )
    return check_rhs(guess, B.shape[0], 0, "guess", labels)


def not_productive(A: Matrix, radius: float | None, labels: Labels) -> NotProductiveError:
    """Return the error that names the spectral radius and the columns that ask for too much."""
    sums, own = column_sums(A), diagonal(A)
    worst = np.lexsort((-sums, own < 1 - _NEAR))[:_NAMED]
    guilty = (sums[worst] >= 1 - _NEAR) | (own[worst] >= 1 - _NEAR)
    worst = worst[guilty] if guilty.any() else worst[:3]
    table = pd.DataFrame(
        {
            "column": [label(labels, int(j)) for j in worst],
            "column_sum": sums[worst],
            "own_input": own[worst],
        }
    )
    where = "; ".join(
        f"{name}: inputs {total:.6g}, of its own product {self_use:.6g} per unit of output"
        for name, total, self_use in table.head(_TOLD).itertuples(index=False, name=None)
    )
    amount = "I - A is singular" if radius is None else f"spectral radius {radius:.12g}, must be below 1"
    return NotProductiveError(
        "The table is not productive: I - A has no economic inverse.",
        where=where,
        amount=amount,
        remedy="these columns buy as much as they make or more: merge them with a neighbouring sector, "
        "or correct their output",
        table=table,
    )
