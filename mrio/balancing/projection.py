"""Newton steps to the nearest array, in information, under linear constraints: kernel of IPF and KRAS."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import cg

Array = npt.NDArray[np.float64]

_DENSE = 4000
"""Constraints up to which the dual Hessian is factorised; conjugate gradients above."""

_RIDGE = 1e-13
"""Added to the unit diagonal of the scaled Hessian, which is singular where constraints are redundant."""

_PATIENCE = 12
"""Newton steps without progress after which constraints count as conflicting."""


def project(prior: Array, G: csr_array, c: Array, tolerance: float, max_iterations: int) -> tuple[Array, int]:
    """Scale cells by a = a0 exp(sign(a0) G' lambda) until G a = c, by Newton steps on the dual.

    The dual sum |a0| exp(sign(a0) G' lambda) - c lambda is convex and its gradient is G a - c. Signs and
    zeros are kept. Where constraints conflict the gap stops falling and the best state is returned.

    Parameters
    ----------
    prior
        a0 (cells,), any sign.
    G
        (constraints, cells), sparse coefficients.
    c
        (constraints,).
    tolerance
        Largest relative gap, see `constraint_gap`.
    max_iterations
        Newton steps.

    Returns
    -------
    tuple
        a (cells,) and the number of steps.
    """
    a = best = prior.copy()
    lowest, since, step = float(constraint_gap(prior, G, c).max(initial=0.0)), 0, 0
    while step < max_iterations and lowest > tolerance and since < _PATIENCE:
        a = _step(a, G, c)
        step += 1
        gap = float(constraint_gap(a, G, c).max(initial=0.0))
        since = 0 if gap < 0.8 * lowest else since + 1
        if gap < lowest:
            best, lowest = a, gap
    return best, step


def constraint_gap(a: Array, G: csr_array, c: Array) -> Array:
    """Return |G a - c| (constraints,) relative to the larger of |c| and the gross sum |G| |a|."""
    size = np.maximum(np.abs(c), abs(G) @ np.abs(a))
    return np.asarray(np.divide(np.abs(G @ a - c), size, out=np.zeros_like(size), where=size > 0))


def _step(a: Array, G: csr_array, c: Array) -> Array:
    """Return the cells after one damped Newton step, never more than a factor e^2 in a cell."""
    size = np.abs(a)
    direction = _solve(G, size, c - G @ a)
    change = np.sign(a) * (G.T @ direction)
    slope, dual = float(c @ direction), float(size.sum())
    length = min(1.0, 2.0 / max(float(np.abs(change).max(initial=0.0)), 1e-300))
    for _ in range(40):
        trial = a * np.exp(length * change)
        if float(np.abs(trial).sum()) - length * slope <= dual * (1 + 1e-15):
            return np.asarray(trial)
        length /= 2
    return a


def _solve(G: csr_array, weights: Array, gap: Array) -> Array:
    """Solve (G diag(weights) G') y = gap in the scaling with unit diagonal."""
    H: Any = G @ diags_array(weights) @ G.T
    root = np.sqrt(H.diagonal())
    scale = np.divide(1.0, root, out=np.zeros_like(root), where=root > 0)
    H = diags_array(scale) @ H @ diags_array(scale)
    if len(gap) > _DENSE:
        return np.asarray(scale * cg(H, scale * gap, rtol=1e-10, maxiter=2000)[0])
    dense = H.toarray()
    dense[np.diag_indices_from(dense)] += np.where(root > 0, _RIDGE, 1.0)
    try:
        return np.asarray(scale * cho_solve(cho_factor(dense), scale * gap))
    except LinAlgError:
        # Rounding made a redundant constraint's pivot negative: least squares has no such pivot.
        return np.asarray(scale * np.linalg.lstsq(dense, scale * gap, rcond=1e-13)[0])
