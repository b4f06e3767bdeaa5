"""Biproportional balancing: RAS for non-negative matrices, GRAS for mixed signs.

Both multiply rows by r and columns by s until the margins hold. They share their kernels (`scaling`), because
GRAS on a matrix without negative cells is RAS; `ras` only adds the demand that there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mrio.balancing.feasibility import Names, check_margins, check_numbers, check_support, unconverged
from mrio.balancing.scaling import margin_gap, polish, scale
from mrio.cells import as_numbers, labels_of_axes, require_one_order
from mrio.errors import DataError
from mrio.parameters import require_count, require_tolerance

Array = npt.NDArray[np.float64]
Labels = Sequence[Sequence[object]]

_SWEEPS = 300
"""Sweeps before margins not yet met are examined for being unattainable and Newton steps take over."""


@dataclass(frozen=True)
class Stopping:
    """When a balancing iteration stops.

    Parameters
    ----------
    tolerance
        Largest relative gap left between a margin and its target.
    max_iterations
        Sweeps over all margins, and Newton steps.
    required
        Raise when the tolerance is not reached; False returns the state reached, with ``converged=False``.
    """

    tolerance: float = 1e-12
    max_iterations: int = 1_000
    required: bool = True

    def __post_init__(self) -> None:
        require_tolerance(self.tolerance)
        require_count(self.max_iterations, "max_iterations")


@dataclass(frozen=True)
class Balanced:
    """A balanced array and how it was reached.

    Parameters
    ----------
    matrix
        The balanced array, shaped like the prior.
    iterations
        Sweeps (and Newton steps) done, 0 when the prior already met its margins; the largest over a batch.
    residual
        Largest relative gap left between a margin and its target.
    converged
        Whether the residual is within the tolerance.
    moved
        sum |matrix - prior| / sum |prior|: how much the numbers moved.
    """

    matrix: Array
    iterations: int
    residual: float
    converged: bool
    moved: float


def ras(
    prior: npt.ArrayLike,
    rows: npt.ArrayLike,
    columns: npt.ArrayLike,
    *,
    labels: Labels | None = None,
    stopping: Stopping | None = None,
) -> Balanced:
    """Balance a non-negative matrix to its row and column totals.

    X = diag(r) A diag(s) with sum_j X[i,j] = u[i] and sum_i X[i,j] = v[j]. Zeros stay zeros. A prior that
    already meets its margins is returned as it is, so a second run changes nothing.

    Parameters
    ----------
    prior
        A (..., m, n), not negative; leading axes are independent problems.
    rows
        u (..., m), not negative.
    columns
        v (..., n), not negative. Totals of rows and columns may differ by rounding (1e-9 relative); the
        columns are then scaled to the total of the rows.
    labels
        One list of labels for each axis of `prior`, for error messages.
    stopping
        Tolerance and number of sweeps; `Stopping()` by default.

    Raises
    ------
    MissingDataError
        NaN, infinity, text or masked cells in the input.
    LabelError
        Frames or DataArrays whose labels are not those of each other, in their order.
    DataError
        Shapes that do not fit, negative cells or targets.
    BalanceError
        Margins that cannot be met: their totals differ, a positive target stands on an empty row or column,
        or a group of rows needs more than the columns it reaches may hold.
    ConvergenceError
        The tolerance was not reached.

    Notes
    -----
    Stone, R. (1961), Input-Output and National Accounts, OECD; Bacharach, M. (1970), Biproportional Matrices
    and Input-Output Change, Cambridge University Press.

    Examples
    --------
    >>> ras([[1, 2], [3, 4]], [6, 4], [5, 5]).matrix.round(3)
    array([[2.758, 3.242],
           [2.242, 1.758]])
    """
    A, u, v = _as_arrays(prior, rows, columns, labels)
    if min(float(part.min(initial=0.0)) for part in (A, u, v)) < 0:
        raise DataError(
            "RAS takes no negative numbers.",
            amount=f"smallest cell {A.min():g}, row total {u.min():g}, column total {v.min():g}",
            remedy="use gras for mixed signs",
        )
    return _balance(A, u, v, labels, stopping or Stopping())


def gras(
    prior: npt.ArrayLike,
    rows: npt.ArrayLike,
    columns: npt.ArrayLike,
    *,
    labels: Labels | None = None,
    stopping: Stopping | None = None,
) -> Balanced:
    """Balance a matrix of mixed signs to its row and column totals.

    With P the positive part and N the absolute negative part, X = r P s - N / (r s). Signs and zeros are
    kept. Per row, with p = sum_j P s and n = sum_j N / s:
    r = (u + sqrt(u^2 + 4 p n)) / (2 p), and r = -n / u where the row has no positive cell; columns likewise.

    Parameters
    ----------
    prior
        A (..., m, n), any sign; leading axes are independent problems.
    rows
        u (..., m), any sign.
    columns
        v (..., n), any sign; totals as in `ras`.
    labels
        One list of labels for each axis of `prior`, for error messages.
    stopping
        Tolerance and number of sweeps; `Stopping()` by default. The gap of a margin is taken relative to
        the larger of its target and the sum of the absolute cells behind it.

    Raises
    ------
    MissingDataError, DataError, BalanceError, ConvergenceError
        As in `ras`; also a positive target on a row without positive cells, and a negative one on a row
        without negative cells.

    Notes
    -----
    Junius, T. and Oosterhaven, J. (2003), Economic Systems Research 15(1):87-96,
    doi:10.1080/0953531032000056954, in the corrected form of Lenzen, M., Wood, R. and Gallego, B. (2007),
    Economic Systems Research 19(4):461-465, doi:10.1080/09535310701698613: the target function carries no
    factor e, so that the prior is its own solution when it meets its margins.

    Examples
    --------
    >>> gras([[7, 3], [-2, 4]], [12, 3], [6, 9]).matrix.round(3)
    array([[ 7.936,  4.064],
           [-1.936,  4.936]])
    """
    A, u, v = _as_arrays(prior, rows, columns, labels)
    return _balance(A, u, v, labels, stopping or Stopping())


def moved(matrix: Array, prior: Array) -> float:
    """Return sum |matrix - prior| / sum |prior|, 0 for an empty prior."""
    size = float(np.abs(prior).sum())
    return float(np.abs(matrix - prior).sum()) / size if size > 0 else 0.0


def _as_arrays(
    prior: npt.ArrayLike, rows: npt.ArrayLike, columns: npt.ArrayLike, labels: Labels | None
) -> tuple[Array, Array, Array]:
    """Return the three inputs as float arrays of fitting shapes, or raise."""
    given = {"prior": prior, "rows": rows, "columns": columns}
    A, u, v = (as_numbers(name, part) for name, part in given.items())
    if A.size == 0 or A.ndim < 2 or u.shape != A.shape[:-1] or v.shape != (*A.shape[:-2], A.shape[-1]):
        raise DataError(
            "Matrix and margins do not fit together.",
            amount=f"prior {A.shape}, rows {u.shape}, columns {v.shape}",
            remedy="give prior (..., m, n), rows (..., m) and columns (..., n), none of them empty",
        )
    for axis, (name, margin) in zip((-2, -1), (("rows", rows), ("columns", columns)), strict=True):
        own, other = labels_of_axes(prior)[axis], labels_of_axes(margin)[-1]
        require_one_order(name, [("the prior", own), ("its totals", other)])
    if labels is not None and tuple(len(names) for names in labels) != A.shape:
        raise DataError(
            "The labels do not fit the matrix.",
            amount=f"labels {tuple(len(names) for names in labels)}, prior {A.shape}",
            remedy="give one list of labels for each axis of the prior",
        )
    check_numbers(prior=A, rows=u, columns=v)
    return A, u, v


def _balance(A: Array, u: Array, v: Array, labels: Labels | None, stopping: Stopping) -> Balanced:
    """Check that the margins can be met, run the kernel, and refuse what did not converge."""
    shape, (m, n) = A.shape, A.shape[-2:]
    flat, rows, columns = A.reshape(-1, m, n), u.reshape(-1, m), v.reshape(-1, n)
    names = Names.of(shape, labels)
    columns = check_margins(flat, rows, columns, names)
    tolerance, most = stopping.tolerance, stopping.max_iterations
    matrix, sweeps = scale(flat, rows, columns, tolerance, min(_SWEEPS, most))
    late = margin_gap(matrix, rows, columns) > tolerance
    if late.any() and stopping.required:
        check_support(flat, rows, columns, late, names)
    for at in np.flatnonzero(late):
        matrix[at], steps = polish(matrix[at], rows[at], columns[at], tolerance, most - sweeps[at])
        sweeps[at] += steps
    residual = margin_gap(matrix, rows, columns)
    converged = bool((residual <= tolerance).all())
    if stopping.required and not converged:
        raise unconverged(matrix, rows, columns, names, tolerance)
    return Balanced(
        matrix=matrix.reshape(shape),
        iterations=int(sweeps.max(initial=0)),
        residual=float(residual.max(initial=0.0)),
        converged=converged,
        moved=moved(matrix, flat),
    )
