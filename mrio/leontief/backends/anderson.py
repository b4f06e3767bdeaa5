"""Fixed-point iteration with Anderson mixing of depth two, every right-hand side on its own.

A sweep of a splitting method maps X to G(X). Mixing takes, column by column, the combination of the last
three G whose increments F = G - X are shortest (Anderson 1965; Walker and Ni 2011, doi:10.1137/10078356X),
which removes the slow mode that block methods leave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mrio.errors import ConvergenceError
from mrio.leontief.norms import Norm, rounding
from mrio.leontief.report import Floats

_FORESEEN = 0.05
"""Part of its target below which a residual may be foreseen instead of met."""

Sweep = Callable[[Floats, Floats, NDArray[np.intp]], tuple[Floats, Floats]]
"""Maps right-hand sides B (n, k), X (n, k) and the numbers of these columns (k,) to G(X) (n, k) and the norm
(k,) of the residuals met."""


@dataclass(frozen=True)
class Until:
    """When an iteration stops.

    Parameters
    ----------
    target
        What the residual of each column must be below (k,).
    norm
        Its norm.
    max_sweeps
        Sweeps after which the iteration gives up.
    certified
        The residual of the answer is taken afterwards, and solved for where it is too large: then a residual
        that the last two foresee to be a small part of the target need not be met.
    """

    target: Floats
    norm: Norm
    max_sweeps: int
    certified: bool = False


@dataclass(frozen=True)
class Iterate:
    """Where an iteration stopped.

    Parameters
    ----------
    X
        Answer (n, k).
    sweeps
        Sweeps of the column that needed most.
    converged
        Every column reached its target.
    """

    X: Floats
    sweeps: int
    converged: bool

    def require(self, method: str) -> tuple[Floats, int]:
        """Return X and the number of sweeps.

        Raises
        ------
        ConvergenceError
            When a column did not reach its target.
        """
        if self.converged:
            return self.X, self.sweeps
        raise ConvergenceError(
            f"{method} did not converge.", amount=f"{self.sweeps} sweeps", remedy='use solver="lu"'
        )


# An iteration that runs away ends with numbers that are not finite.
@np.errstate(divide="ignore", over="ignore", invalid="ignore")
def iterate(sweep: Sweep, B: Floats, guess: Floats | None, until: Until) -> Iterate:
    """Sweep until each column of X (n, k) has reached its target, or is sure to.

    A sweep meets the residual of X and makes G of it, which is better by the contraction of a sweep: so small
    elements are as good as the norm of the column. A column that has met its target is done with G. One that
    is foreseen to is done with the next, mixed X, which saves the sweep that would only confirm it. Columns
    that are done leave the iteration. It starts at the guess (n, k), which is not changed, or at zero.
    """
    X = np.zeros_like(B) if guess is None else guess
    answer = np.empty_like(B)
    active = np.arange(B.shape[1])
    before = np.zeros(B.shape[1])
    history = _History()
    foreseen = _FORESEEN if until.certified else 0.0
    for number in range(1, until.max_sweeps + 1):
        G, met = sweep(B, X, active)
        if not np.isfinite(met).all():
            break
        enough = np.maximum(until.target[active], rounding(B.shape[0]) * until.norm(G))
        reached = met <= enough
        done = reached | (met * met < foreseen * enough * before)
        X = G if reached.all() else history.mix(X, G)
        if done.any():
            answer[:, active[done]] = np.where(reached[done], G[:, done], X[:, done])
            if done.all():
                return Iterate(answer, number, True)
            going = ~done
            active, B, X, met = active[going], B[:, going], X[:, going], met[going]
            history.keep(going)
        before = met
    answer[:, active] = G
    return Iterate(answer, number, False)


class _History:
    """The last increments and images of an iteration, as differences."""

    def __init__(self) -> None:
        self._last: tuple[Floats, Floats] | None = None
        self._differences: list[tuple[Floats, Floats]] = []

    def keep(self, columns: NDArray[np.bool_]) -> None:
        """Drop the columns that are not in the mask (k,)."""
        if self._last is not None:
            self._last = (self._last[0][:, columns], self._last[1][:, columns])
        self._differences = [(dF[:, columns], dG[:, columns]) for dF, dG in self._differences]

    def mix(self, X: Floats, G: Floats) -> Floats:
        """Return the next X (n, k)."""
        F = G - X
        if self._last is not None:
            self._differences = [(F - self._last[0], G - self._last[1]), *self._differences[:1]]
        self._last = (F, G)
        if not self._differences:
            return G
        mixed = G.copy()
        weights = _weights(F, [dF for dF, _ in self._differences])
        for weight, (_, dG) in zip(weights, self._differences, strict=True):
            mixed -= weight * dG
        return mixed


def _weights(F: Floats, differences: list[Floats]) -> list[Floats]:
    """Return the least-squares weights (k,) of one or two differences that make F (n, k) shortest."""
    a, b = _dots(differences[0], differences[0]), _dots(differences[0], F)
    first = np.divide(b, a, out=np.zeros_like(b), where=a > 0)
    if len(differences) == 1:
        return [first]
    c, d = _dots(differences[0], differences[1]), _dots(differences[1], differences[1])
    e = _dots(differences[1], F)
    determinant = a * d - c * c
    independent = determinant > 1e-12 * a * d
    safe = np.where(independent, determinant, 1.0)
    return [
        np.where(independent, (b * d - e * c) / safe, first),
        np.where(independent, (a * e - b * c) / safe, 0.0),
    ]


def _dots(left: Floats, right: Floats) -> Floats:
    """Return the dot product of each column (k,)."""
    return np.asarray(np.einsum("ij,ij->j", left, right))
