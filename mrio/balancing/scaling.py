"""Kernels of biproportional scaling: alternating sweeps, and Newton steps where sweeps are slow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_NULL = 1e-13
"""Eigenvalues of the scaled dual Hessian below this belong to factors that change nothing."""


def scale(
    prior: Array, rows: Array, columns: Array, tolerance: float, max_iterations: int
) -> tuple[Array, npt.NDArray[np.int_]]:
    """Scale rows and columns in turn until both margins hold.

    X = r P s - N / (r s), with P the positive part of the prior and N the absolute negative part. Each turn
    meets one margin exactly: r = (u + sqrt(u^2 + 4 p n)) / (2 p) with p = P s and n = N / s, or -n / u where
    p = 0.

    Parameters
    ----------
    prior
        (batch, m, n), any sign.
    rows, columns
        (batch, m) and (batch, n), with equal totals.
    tolerance
        Relative gap at which one problem of the batch is left alone.
    max_iterations
        Sweeps.

    Returns
    -------
    tuple
        Matrix (batch, m, n) and sweeps (batch,).
    """
    matrix, sweeps = prior.copy(), np.zeros(len(prior), dtype=np.int_)
    active = np.flatnonzero(margin_gap(prior, rows, columns) > tolerance)
    P, N = _signs(prior[active])
    u, v = rows[active], columns[active]
    p, n = _times(P, np.ones_like(v)), _times(N, np.ones_like(v))
    for sweep in range(1, max_iterations + 1):
        if not active.size:
            break
        r, r_inverse = factors(u, p, n)
        s, s_inverse = factors(v, _times(_turned(P), r), _times(_turned(N), r_inverse))
        p, n = _times(P, s), _times(N, s_inverse)
        # Columns hold after their turn, so rows tell; half the tolerance leaves room for rounding.
        gap = _relative(r * p - r_inverse * n - u, np.maximum(np.abs(u), r * p + r_inverse * n))
        stop = (gap <= tolerance / 2) | (sweep == max_iterations)
        if stop.any():
            at, keep = active[stop], ~stop
            matrix[at] = _scaled(P, r, s, stop) - _scaled(N, r_inverse, s_inverse, stop)
            sweeps[at] = sweep
            active, u, v, p, n = active[keep], u[keep], v[keep], p[keep], n[keep]
            P, N = _kept(P, keep), _kept(N, keep)
    return matrix, sweeps


def polish(
    prior: Array, rows: Array, columns: Array, tolerance: float, max_iterations: int
) -> tuple[Array, int]:
    """Go on from a scaled matrix by Newton steps on the dual, each followed by one sweep.

    Sweeps are slow where parts of the matrix are hardly connected. With r = exp(a) and s = exp(b) the dual
    sum(P r s + N / (r s)) - u a - v b is convex, its gradient is the gap of the margins, and its minimum is
    the matrix to which the sweeps tend.

    Parameters
    ----------
    prior
        (m, n), any sign.
    rows, columns
        (m,) and (n,), with equal totals.
    tolerance
        Relative gap at which to stop.
    max_iterations
        Newton steps.

    Returns
    -------
    tuple
        Matrix (m, n) and number of steps.
    """
    if len(rows) > len(columns):
        # The work grows with the cube of the number of rows.
        matrix, step = polish(prior.T, columns, rows, tolerance, max_iterations)
        return matrix.T, step
    matrix, step = prior, 0
    while step < max_iterations and margin_gap(matrix, rows, columns) > tolerance:
        direction = _newton_direction(matrix, rows, columns)
        matrix = _descend(matrix, rows, columns, *direction)
        matrix = scale(matrix[None], rows[None], columns[None], 0.0, 1)[0][0]
        step += 1
    return matrix, step


def _newton_direction(matrix: Array, rows: Array, columns: Array) -> tuple[Array, Array]:
    """Return da (m,) and db (n,) with [D_r G; G' D_c] (da, db) = gaps, G = |matrix|, D its sums.

    In the scaled form I - B B' the solution is taken by eigenvalues, leaving out the factors that change
    nothing (one for each connected part of the matrix).
    """
    gross = np.abs(matrix)
    row_root, column_root = (np.sqrt(gross.sum(axis=axis)) for axis in (1, 0))
    row_root, column_root = (np.where(root > 0, root, 1.0) for root in (row_root, column_root))
    B = gross / np.outer(row_root, column_root)
    row_gap, column_gap = (rows - matrix.sum(axis=1)) / row_root, (columns - matrix.sum(axis=0)) / column_root
    values, vectors = np.linalg.eigh(np.eye(len(rows)) - B @ B.T)
    inverse = np.divide(1.0, values, out=np.zeros_like(values), where=values > _NULL)
    a = vectors @ (inverse * (vectors.T @ (row_gap - B @ column_gap)))
    return a / row_root, (column_gap - B.T @ a) / column_root


def _descend(matrix: Array, rows: Array, columns: Array, a: Array, b: Array) -> Array:
    """Step along (a, b) as far as the dual does not rise, never more than a factor e^2 in a cell."""
    P, N = np.maximum(matrix, 0.0), np.maximum(-matrix, 0.0)
    change, slope = a[:, None] + b, float(rows @ a + columns @ b)
    change[matrix == 0] = 0.0
    dual = np.abs(matrix).sum()
    length = min(1.0, 2.0 / max(float(np.abs(change).max()), 1e-300))
    for _ in range(40):
        factor = np.exp(length * change)
        up, down = P * factor, N / factor
        if up.sum() + down.sum() - length * slope <= dual * (1 + 1e-15):
            return np.asarray(up - down)
        length /= 2
    return matrix


def margin_gap(matrix: Array, rows: Array, columns: Array) -> Array:
    """Return the largest gap of each matrix (...,) relative to its target or gross sum, the larger one."""
    size = np.abs(matrix)
    return np.maximum(
        _relative(matrix.sum(axis=-1) - rows, np.maximum(np.abs(rows), size.sum(axis=-1))),
        _relative(matrix.sum(axis=-2) - columns, np.maximum(np.abs(columns), size.sum(axis=-2))),
    )


def _relative(gap: Array, size: Array) -> Array:
    """Return the largest |gap| / size of each problem, 0 where nothing is due and nothing stands."""
    ratio = np.divide(np.abs(gap), size, out=np.zeros_like(gap), where=size > 0)
    return np.asarray(ratio.max(axis=-1, initial=0.0))


def factors(total: Array, p: Array, n: Array) -> tuple[Array, Array]:
    """Return r and 1/r with r p - n / r = total, in the form that loses no digits to cancellation."""
    reach = np.abs(total) + np.hypot(total, 2 * np.sqrt(p * n))
    p, n = (np.broadcast_to(2 * part, reach.shape) for part in (p, n))
    rising = total >= 0
    # Where nothing can be scaled (no cells) the factor is 0: it meets no cell.
    r = _divide(np.where(rising, reach, n), np.where(rising, p, reach))
    r_inverse = _divide(np.where(rising, p, reach), np.where(rising, reach, n))
    return r, r_inverse


def _divide(numerator: Array, denominator: Array) -> Array:
    """Divide, with 0 where the denominator is 0."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


def _signs(prior: Array) -> tuple[Array | None, Array | None]:
    """Split into positive part and absolute negative part; None saves the work on a part without cells."""
    negative = np.maximum(-prior, 0.0)
    return np.maximum(prior, 0.0), negative if negative.any() else None


def _turned(part: Array | None) -> Array | None:
    return None if part is None else part.swapaxes(-1, -2)


def _kept(part: Array | None, keep: npt.NDArray[np.bool_]) -> Array | None:
    return None if part is None else part[keep]


def _times(part: Array | None, factor: Array) -> Array:
    """Return the sums over the last axis weighted by `factor`; a column of zeros for a part without cells."""
    if part is None:
        return np.zeros((len(factor), 1))
    return np.asarray(np.matmul(part, factor[..., None])[..., 0])


def _scaled(part: Array | None, r: Array, s: Array, which: npt.NDArray[np.bool_]) -> Array | float:
    """Return diag(r) part diag(s) for the problems asked for."""
    return 0.0 if part is None else r[which, :, None] * part[which] * s[which, None, :]
