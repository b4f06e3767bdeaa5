"""Margins of arrays with any number of axes: read them, fit one, and name those that cannot be met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack, vstack

from mrio.balancing.feasibility import check_numbers
from mrio.balancing.scaling import factors
from mrio.cells import as_numbers
from mrio.errors import BalanceError, ConvergenceError, DataError

Array = npt.NDArray[np.float64]
Names = Sequence[Sequence[object]]
MarginLike = tuple[Sequence[int], npt.ArrayLike]

_EXAMINED = 60_000
"""Cells up to which a linear programme looks for the margins that no array on these cells can meet."""


@dataclass(frozen=True)
class Margin:
    """One margin of an array.

    Parameters
    ----------
    axes, others
        Axes that stay and axes that are summed, ascending.
    target, known
        Targets, and which of them are known; shaped like the array with length 1 on `others`.
    """

    axes: tuple[int, ...]
    others: tuple[int, ...]
    target: Array
    known: npt.NDArray[np.bool_]

    def gap(self, array: Array) -> Array:
        """Return the gap relative to target or gross sum, the larger one; 0 where no target is known."""
        gross = np.abs(array).sum(axis=self.others, keepdims=True)
        size = np.maximum(np.abs(self.target), gross)
        gap = np.abs(array.sum(axis=self.others, keepdims=True) - self.target)
        return np.asarray(np.divide(gap, size, out=np.zeros_like(size), where=self.known & (size > 0)))

    def fit(self, array: Array) -> Array:
        """Return the array scaled so that this margin holds."""
        p = np.maximum(array, 0.0).sum(axis=self.others, keepdims=True)
        n = np.maximum(-array, 0.0).sum(axis=self.others, keepdims=True)
        r, r_inverse = factors(self.target, p, n)
        r, r_inverse = np.where(self.known, r, 1.0), np.where(self.known, r_inverse, 1.0)
        return np.asarray(array * (np.where(array > 0, r, r_inverse) if n.any() else r))


def read_margin(shape: tuple[int, ...], number: int, margin: MarginLike) -> Margin:
    """Return one margin in the order of the axes of the array, or raise."""
    axes, target = tuple(margin[0]), _masked(f"margin {number}", margin[1])
    fits = all(0 <= axis < len(shape) for axis in axes) and len(set(axes)) == len(axes)
    if not fits or target.shape != tuple(shape[axis] for axis in axes):
        raise DataError(
            "A margin does not fit the array.",
            where=f"margin {number}",
            amount=f"axes {axes}, target {target.shape}, prior {shape}",
            remedy="name each axis once, and give the target the shape of the prior on these axes",
        )
    known = ~np.ma.getmaskarray(target)
    check_numbers(**{f"margin {number}": target.filled(0.0)})
    others = tuple(axis for axis in range(len(shape)) if axis not in axes)
    full = tuple(1 if axis in others else size for axis, size in enumerate(shape))
    values = np.transpose(target.filled(0.0), np.argsort(axes)).reshape(full)
    mask = np.transpose(known, np.argsort(axes)).reshape(full)
    return Margin(tuple(sorted(axes)), others, np.asarray(values, dtype=np.float64), np.asarray(mask))


def _masked(name: str, target: npt.ArrayLike) -> np.ma.MaskedArray[Any, np.dtype[np.float64]]:
    """Return targets as numbers, with the mask that says which are free."""
    mask = np.ma.getmaskarray(target) if isinstance(target, np.ma.MaskedArray) else None
    values = as_numbers(name, np.ma.getdata(target) if mask is not None else target)
    return np.ma.masked_array(values, mask=mask if mask is not None else False)


def constraints(shape: tuple[int, ...], margins: list[Margin]) -> tuple[csr_array, Array]:
    """Return the margins as G a = c over all cells of the array, known targets only."""
    cells = np.arange(int(np.prod(shape)))
    places = np.unravel_index(cells, shape)
    parts, values = [], []
    for margin in margins:
        inner = tuple(shape[axis] for axis in margin.axes)
        count = int(np.prod(inner))
        row = np.ravel_multi_index([places[axis] for axis in margin.axes], inner) if inner else 0 * cells
        known = margin.known.ravel()
        parts.append(csr_array((np.ones(len(cells)), (row, cells)), shape=(count, len(cells)))[known])
        values.append(margin.target.ravel()[known])
    return csr_array(vstack(parts, format="csr")), np.concatenate(values)


def empty_problem(prior: Array, margin: Margin, names: Names) -> BalanceError | None:
    """Return the error of targets with no cell of their sign behind them."""
    up = (prior > 0).any(axis=margin.others, keepdims=True)
    down = (prior < 0).any(axis=margin.others, keepdims=True)
    bad = margin.known & (((margin.target > 0) & ~up) | ((margin.target < 0) & ~down))
    if not bad.any():
        return None
    table = _table(bad, margin, names, target=margin.target[bad])
    return BalanceError(
        "A margin has a target but no cell of its sign that could carry it.",
        where=_first(table),
        amount=f"{len(table)} targets, the first {table['target'].iloc[0]:g}",
        remedy="give it a prior, or set its target to 0",
        table=table,
    )


def disagreement(first: Margin, second: Margin, names: Names, tolerance: float) -> BalanceError | None:
    """Return the error of two fully known margins that differ in the totals they share."""
    if not (first.known.all() and second.known.all()):
        return None
    shared = tuple(axis for axis in first.axes if axis in second.axes)
    rest = tuple(axis for axis in range(first.target.ndim) if axis not in shared)
    one, two = (margin.target.sum(axis=rest, keepdims=True) for margin in (first, second))
    gross = np.maximum(*(np.abs(margin.target).sum(axis=rest, keepdims=True) for margin in (first, second)))
    bad = np.abs(one - two) > tolerance * gross
    if not bad.any():
        return None
    common = Margin(shared, rest, one, np.ones(one.shape, dtype=bool))
    table = _table(bad, common, names, first=one[bad], second=two[bad], gap=(one - two)[bad])
    worst = table.iloc[0]
    return BalanceError(
        f"The margins over axes {first.axes} and {second.axes} disagree on what they share.",
        where=_first(table),
        amount=f"{worst['first']:.12g} and {worst['second']:.12g}, tolerance {tolerance:g} relative",
        remedy="bring both to the same totals first, and say which one is right",
        table=table,
    )


def examine(prior: Array, margins: list[Margin], names: Names) -> None:
    """Raise when no array on the cells of the prior meets all margins, naming those that stay off.

    The linear programme min sum(slack) with G a + slack = c and the signs of the prior; left out for large
    arrays, whose margins are then named by their gap after the last step.
    """
    filled = np.flatnonzero(prior)
    if len(filled) > _EXAMINED:
        return
    G, c = constraints(prior.shape, margins)
    signed = G[:, filled] * np.sign(prior.ravel()[filled])
    size = float(np.abs(c).max(initial=0.0)) or 1.0
    one = eye_array(len(c))
    cost = np.concatenate([np.zeros(len(filled)), np.ones(2 * len(c))])
    found = linprog(cost, A_eq=hstack([signed, one, -one], format="csr"), b_eq=c / size, method="highs")
    slack = (
        np.abs(found.x[len(filled) : -len(c)] - found.x[-len(c) :]) if found.x is not None else np.zeros(0)
    )
    # The solver's own feasibility tolerance is 1e-7.
    if not (slack > 1e-6).any():
        return
    tables, start = [], 0
    for margin in margins:
        missing = np.zeros(margin.target.shape)
        missing[margin.known] = slack[start : start + margin.known.sum()] * size
        start += int(margin.known.sum())
        bad = missing > 1e-6 * size
        tables.append(_table(bad, margin, names, target=margin.target[bad], missing=missing[bad]))
    table = pd.concat(tables, ignore_index=True)
    raise BalanceError(
        "No array on the cells that are not zero meets all margins.",
        where=_first(table),
        amount=f"at least {table['missing'].sum():.6g} must stay unmet, here in {len(table)} targets",
        remedy="open cells of the prior that are zero, or mend the margins",
        table=table,
    )


def unconverged(array: Array, margins: list[Margin], names: Names, tolerance: float) -> ConvergenceError:
    """Return the error of an iteration that ended early, with the margins that are off."""
    tables = []
    for margin in margins:
        gap, sums = margin.gap(array), array.sum(axis=margin.others, keepdims=True)
        bad = gap > tolerance
        tables.append(_table(bad, margin, names, target=margin.target[bad], sum=sums[bad], gap=gap[bad]))
    table = pd.concat(tables, ignore_index=True).sort_values("gap", ascending=False, ignore_index=True)
    return ConvergenceError(
        "The proportional fitting did not reach its tolerance.",
        where=_first(table),
        amount=f"relative gap {table['gap'].iloc[0]:.3g}, tolerance {tolerance:g}, {len(table)} targets off",
        remedy="allow more iterations, or look whether these margins contradict each other",
        table=table,
    )


def _table(which: npt.NDArray[np.bool_], margin: Margin, names: Names, **columns: Array) -> pd.DataFrame:
    """Return one line for each marked cell of a margin: its axes, its labels, and the given columns."""
    places = np.argwhere(which).tolist()
    labels = [tuple(names[axis][place[axis]] for axis in margin.axes) for place in places]
    return pd.DataFrame({"axes": [margin.axes] * len(places), "label": labels, **columns})


def _first(table: pd.DataFrame) -> str:
    """Return the first line of a table of margins as text."""
    label = ", ".join(map(repr, table["label"].iloc[0]))
    return f"axes {table['axes'].iloc[0]}, at {label or 'the total'}"
