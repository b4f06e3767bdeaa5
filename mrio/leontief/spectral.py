"""Spectral radius, and whether A is productive.

Column sums of powers of |A| settle it for almost every table: once every column sum of |A|^k is below 1, the
spectral radius is below 1 and

    ||L||_1 <= max_j (1'(I + |A| + ... + |A|^(k-1)))_j / (1 - max_j (1'|A|^k)_j)

which for k = 1 is the well-known 1 / (1 - largest column sum). Where they do not fall below 1 soon, A >= 0
is productive exactly when p = p A + 1 has a positive answer, and then ||L||_1 is the largest p. For A of
mixed signs the largest eigenvalue decides and no bound is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse.linalg as spla

from mrio.leontief.report import Floats
from mrio.leontief.storage.matrices import Matrix, absolute_left_product, to_dense

_POWERS = 40
_SMALL = 64
_SINGULAR = 1e-12


@dataclass(frozen=True)
class Productivity:
    """Result of the test.

    Parameters
    ----------
    productive
        Spectral radius below 1; None where only a solve can tell.
    inverse_norm
        Upper bound of the 1-norm of L; None where none is known.
    radius
        Spectral radius where it had to be computed; None where the column sums settled it.
    """

    productive: bool | None
    inverse_norm: float | None
    radius: float | None


def productivity_of(A: Matrix, sums: Floats, nonnegative: bool) -> Productivity:
    """Tell whether the spectral radius of A (n, n) is below 1; its column sums (n,) mostly settle it."""
    total = np.ones_like(sums)
    power = sums if nonnegative else absolute_left_product(A, total)
    for _ in range(_POWERS):
        if power.max() < 1 - _SINGULAR:
            return Productivity(True, float(total.max() / (1 - power.max())), None)
        total = total + power
        power = A.T @ power if nonnegative else absolute_left_product(A, power)
    if nonnegative:
        return Productivity(None, None, None)
    radius = spectral_radius(A)
    return Productivity(radius < 1 - _SINGULAR, None, radius)


def inverse_norm_of(multipliers: Floats) -> float | None:
    """Return the 1-norm of L for A >= 0 from p = p A + 1 (n,); None where L is not positive."""
    largest = float(multipliers.max())
    if not np.isfinite(multipliers).all() or multipliers.min() < 0.5 or largest > 1 / _SINGULAR:
        return None
    return largest


def spectral_radius(A: Matrix, nonnegative: bool = False) -> float:
    """Return the largest absolute eigenvalue of A (n, n); A >= 0 has it as an eigenvalue of its own."""
    n = A.shape[0]
    if n <= _SMALL:
        return float(np.abs(np.linalg.eigvals(to_dense(A))).max(initial=0.0))
    # Shifted, the eigenvalue of A >= 0 stands alone even where others lie on the same circle.
    shift = 0.5 if nonnegative else 0.0
    operator = spla.LinearOperator(
        (n, n), matvec=lambda v: A @ v.ravel() + shift * v.ravel(), dtype=np.float64
    )
    start = np.random.default_rng(0).uniform(0.5, 1.5, n)
    if not np.any(A @ start):
        return 0.0
    try:
        values = spla.eigs(operator, k=1, which="LM", v0=start, return_eigenvectors=False, tol=1e-10)
    except spla.ArpackNoConvergence as stopped:
        values = stopped.eigenvalues
    except spla.ArpackError:
        values = np.empty(0)
    return float(np.abs(values).max()) - shift if len(values) else _power_growth(A, start)


def _power_growth(A: Matrix, start: Floats, steps: int = 300) -> float:
    """Return the mean growth of ||A^k v||: the fallback where Krylov iteration breaks down (nilpotent A)."""
    logs = np.zeros(steps)
    vector = start / np.linalg.norm(start)
    for step in range(steps):
        vector = A @ vector
        norm = float(np.linalg.norm(vector))
        if norm == 0:
            return 0.0
        logs[step] = np.log(norm)
        vector = vector / norm
    return float(np.exp(logs[steps // 2 :].mean()))
