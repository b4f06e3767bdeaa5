"""Step 7: which uses the imports of a province go to.

Imported and domestic uses are fitted together, so that no import can exceed the use it is part of: per
product the odds of imported to domestic are those expected times a factor of the province and one of the
use, chosen so that the imports of provinces and the imported uses of the nation hold. That is iterative
proportional fitting of (province, use, origin) to its three margins, solved for the two sets of factors.

Where the margins contradict each other (crude oil and gas are one product: the nation's gas-fired power
plants import in proportion, but customs record no imports for some of their provinces), the imports of
provinces hold, and the imported uses of the nation, which rest on an assumption of proportionality, give way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logit

from data.recipe import labels
from data.recipe.sources import Array

_SHARES = (1e-9, 1.0 - 1e-6)
"""No use is expected to be imported altogether, or not at all: margins decide that."""
_TOLERANCE = 1e-12
_SOFTER = (1e-1, 1e-2, 1e-3)
"""How soft the margins of uses are where they cannot all be met; each state is the start of the next."""
_STEPS = 200
"""Newton steps; margins that agree are met after some ten."""
_ROUNDING = 1e-13
_SHORTEST = 1e-6
_LONGEST = 2.0
"""Longest step, in logarithms of odds."""
_HALVINGS = 100
"""Bisections of a logarithm of odds between -1e4 and 1e4, down to rounding."""


@dataclass(frozen=True)
class ImportUse:
    """Imported uses and what had to give way.

    Parameters
    ----------
    values
        (N, R, U) [1e8 CNY].
    gave_way
        Products whose national imported uses could not be met (codes).
    shifted
        Imports that go to other uses than the national table says [1e8 CNY].
    """

    values: Array
    gave_way: tuple[str, ...]
    shifted: float


def import_use(use: Array, imports: Array, national: Array) -> ImportUse:
    """Return imported uses (N, R, U), U = intermediate and final uses.

    Parameters
    ----------
    use
        Uses of any origin by product (N, R, U).
    imports
        Imports of provinces (R, N), below their use.
    national
        Imported uses of the nation (N, U).
    """
    expected = _expected_share(use, imports.T, national)
    values = np.zeros_like(use)
    gave_way = []
    for i, code in enumerate(labels.CODES):
        at = np.ix_(imports[:, i] > 0, national[i] > 0)
        margins = imports[imports[:, i] > 0, i], national[i, national[i] > 0]
        if margins[0].size:
            values[i][at], met = fit_shares(use[i][at], expected[i][at], *margins)
            gave_way += [] if met else [code]
    shifted = float(np.abs(values.sum(axis=1) - national).sum() / 2)
    return ImportUse(values, tuple(gave_way), shifted)


def _expected_share(use: Array, imports: Array, national: Array) -> Array:
    """Return the import share of the province, weighed by that of the use in the nation (N, R, U)."""
    by_province = _share(imports, use.sum(axis=2))
    by_use = _share(national, use.sum(axis=1))
    of_nation = _share(national.sum(axis=1), use.sum(axis=(1, 2)))[:, None]
    weight = _share(by_use, np.broadcast_to(of_nation, by_use.shape))
    return np.clip(by_province[:, :, None] * weight[:, None, :], *_SHARES)


def _share(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def fit_shares(use: Array, expected: Array, rows: Array, columns: Array) -> tuple[Array, bool]:
    """Return the parts p of uses with odds p / (1 - p) = a[r] b[u] times expected ones that meet margins.

    Where both margins cannot hold, rows do, and each column misses its margin by a thousandth times margin
    times log b: nearly all of the miss falls on the columns that cannot be met.

    Parameters
    ----------
    use
        (R, U), positive.
    expected
        Expected parts (R, U), within 0 and 1.
    rows, columns
        Margins of use times p, (R,) and (U,), positive, equal sums; rows below their use.

    Returns
    -------
    tuple
        use times p (R, U), and whether both margins hold.
    """
    problem = _Odds(use, logit(expected), rows, columns, softness=0.0)
    a, b, met = _solve(problem, np.zeros(len(rows)), np.zeros(len(columns)))
    if not met:
        a, b = np.zeros_like(a), np.zeros_like(b)
        for softness in _SOFTER:
            a, b, _ = _solve(replace(problem, softness=softness), a, b)
        a = _row_factor(use, problem.odds + b, rows)
    return use * expit(problem.odds + a[:, None] + b), met


@dataclass(frozen=True)
class _Odds:
    """The convex function of (log a, log b) whose gradient is minus the gap of the margins."""

    use: Array
    odds: Array
    rows: Array
    columns: Array
    softness: float

    def value(self, a: Array, b: Array) -> float:
        """Return sum use log(1 + odds a b) - rows log a - columns log b + softness columns (log b)^2 / 2."""
        whole = (self.use * np.logaddexp(0.0, self.odds + a[:, None] + b)).sum()
        soft = self.softness / 2 * (self.columns * b * b).sum()
        return float(whole - (self.rows * a).sum() - (self.columns * b).sum() + soft)

    def parts(self, a: Array, b: Array) -> tuple[Array, Array, Array]:
        """Return parts p (R, U), and the gaps of rows and columns."""
        part = expit(self.odds + a[:, None] + b)
        column_gap = self.columns * (1 - self.softness * b) - (self.use * part).sum(axis=0)
        return part, self.rows - (self.use * part).sum(axis=1), column_gap

    def step(self, part: Array, row_gap: Array, column_gap: Array) -> tuple[Array, Array]:
        """Return the Newton step of (log a, log b)."""
        weight = self.use * part * (1 - part)
        own = weight.sum(axis=0) + self.softness * self.columns
        H = np.block([[np.diag(weight.sum(axis=1)), weight], [weight.T, np.diag(own)]])
        scale = 1.0 / np.sqrt(np.maximum(np.diag(H), 1e-30))
        # A factor common to all rows and its inverse to all columns change nothing: the ridge picks one pair.
        H = H * scale[:, None] * scale + 1e-12 * np.eye(len(scale))
        change = scale * np.linalg.solve(H, scale * np.concatenate([row_gap, column_gap]))
        return change[: len(row_gap)], change[len(row_gap) :]


def _solve(problem: _Odds, a: Array, b: Array) -> tuple[Array, Array, bool]:
    """Go by damped Newton steps from (log a, log b) to the minimum; tell whether it was reached."""
    for _ in range(_STEPS):
        part, *gaps = problem.parts(a, b)
        if max(np.abs(gaps[0] / problem.rows).max(), np.abs(gaps[1] / problem.columns).max()) <= _TOLERANCE:
            return a, b, True
        up, down = problem.step(part, *gaps)
        length = min(1.0, _LONGEST / max(np.abs(up).max(), np.abs(down).max()))
        highest = problem.value(a, b) * (1 + _ROUNDING)
        while length > _SHORTEST and problem.value(a + length * up, b + length * down) > highest:
            length /= 2
        a, b = a + length * up, b + length * down
    return a, b, False


def _row_factor(use: Array, odds: Array, rows: Array) -> Array:
    """Return log a (R,) with which each row of use times expit(odds + log a) meets its total."""
    low, high = np.full(len(rows), -1e4), np.full(len(rows), 1e4)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        short = (use * expit(odds + middle[:, None])).sum(axis=1) < rows
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return (low + high) / 2
