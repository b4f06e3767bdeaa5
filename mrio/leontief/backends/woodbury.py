"""Factors of A serve on when a few of its columns or rows change.

With A* = A + D E' (D the change of q columns, E the unit columns they stand in), by the identity of Woodbury,

    (I - A*)^-1 = L + L D (I - E' L D)^-1 E' L
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mrio.leontief.report import Floats
from mrio.leontief.storage.updated import UpdatedMatrix

Solve = Callable[[Floats, bool], Floats]
"""Maps right-hand sides (n, k) and the direction (transposed) to answers (n, k) of the unchanged system."""


class Woodbury:
    """Solves the updated system with a solver of the unchanged one.

    Parameters
    ----------
    A
        The updated matrix.
    solve_base
        Solver of the unchanged system.

    Raises
    ------
    numpy.linalg.LinAlgError
        When the updated I - A is singular.
    """

    name = "woodbury"

    def __init__(self, A: UpdatedMatrix, solve_base: Solve) -> None:
        self._index = A.index
        self._change = A.change
        self._by_rows = A.by_rows
        self._solve_base = solve_base
        self._spread: dict[bool, Floats] = {}
        self._small = np.eye(A.index.size) - self._answer_to_change(False)[A.index]
        if np.linalg.cond(self._small) > 1 / np.finfo(np.float64).eps:
            raise np.linalg.LinAlgError("the updated I - A is singular")

    def solve(
        self, B: Floats, transposed: bool, target: Floats, guess: Floats | None = None
    ) -> tuple[Floats, int]:
        """Return X (n, k) with (I - A) X = B, or (I - A)' X = B, and the number of sweeps, which is 0."""
        # A change of rows is a change of columns of the transpose.
        flipped = transposed != self._by_rows
        X = self._solve_base(B, transposed)
        spread = self._answer_to_change(flipped)
        if flipped:
            X = X + spread @ np.linalg.solve(self._small.T, self._change.T @ X)
        else:
            X = X + spread @ np.linalg.solve(self._small, X[self._index])
        return X, 0

    def _answer_to_change(self, flipped: bool) -> Floats:
        """Return L D (n, q), or L' E (n, q), solved for once."""
        if flipped not in self._spread:
            right = self._change
            if flipped:
                right = np.zeros_like(self._change)
                right[self._index, np.arange(self._index.size)] = 1.0
            self._spread[flipped] = self._solve_base(right, flipped != self._by_rows)
        return self._spread[flipped]
