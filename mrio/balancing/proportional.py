"""Iterative proportional fitting of an array to several margins at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from mrio.balancing.balance import Balanced, Labels, Stopping, moved
from mrio.balancing.feasibility import check_numbers
from mrio.balancing.margins import (
    Margin,
    MarginLike,
    Names,
    constraints,
    disagreement,
    empty_problem,
    examine,
    read_margin,
    unconverged,
)
from mrio.balancing.projection import project
from mrio.cells import as_numbers, labels_of_axes, require_one_order
from mrio.errors import DataError, raise_together

Array = npt.NDArray[np.float64]

_SWEEPS = 300
"""Sweeps before margins not yet met are examined and Newton steps take over."""


def ipf(
    prior: npt.ArrayLike,
    margins: Sequence[MarginLike],
    *,
    labels: Labels | None = None,
    stopping: Stopping | None = None,
) -> Balanced:
    """Fit an array to several margins at once by iterative proportional fitting.

    Each margin in turn multiplies the array along its axes until all hold; cells of mixed signs are scaled
    as in `gras`. With margins over rows and over columns of a matrix this is `ras`; national cell totals of a
    table Z (region, sector, use_region, use_sector) are the margin over axes (1, 3). Zeros and signs are
    kept; a prior that already meets its margins is returned as it is.

    Parameters
    ----------
    prior
        Array of any number of axes and any sign.
    margins
        Pairs ``(axes, target)``: the sum over all other axes equals `target`, whose shape is that of the
        prior on `axes`, in this order. Masked cells of a masked array are free.
    labels
        One list of labels for each axis of `prior`, for error messages.
    stopping
        Tolerance and number of sweeps; `Stopping()` by default.

    Raises
    ------
    MissingDataError, DataError
        NaN or infinity, axes or shapes that do not fit.
    BalanceError
        Margins that cannot be met: two of them disagree on a total they share by more than the tolerance,
        a target has no cell of its sign, or no array on the non-zero cells meets all of them.
    ConvergenceError
        The tolerance was not reached.

    Notes
    -----
    Deming, W. E. and Stephan, F. F. (1940), Annals of Mathematical Statistics 11(4):427-444,
    doi:10.1214/aoms/1177731829.

    Examples
    --------
    >>> fitted = ipf(np.ones((2, 2, 2)), [((0,), [6, 2]), ((1, 2), [[1, 3], [2, 2]])])
    >>> fitted.matrix[0].tolist()
    [[0.75, 2.25], [1.5, 1.5]]
    """
    array = as_numbers("prior", prior)
    stopping = stopping or Stopping()
    names: Names = [range(size) for size in array.shape] if labels is None else labels
    if tuple(map(len, names)) != array.shape:
        raise DataError(
            "The labels do not fit the array.",
            amount=f"labels {tuple(map(len, names))}, prior {array.shape}",
            remedy="give one list of labels for each axis of the prior",
        )
    check_numbers(prior=array)
    _require_labels(prior, margins)
    known = [read_margin(array.shape, number, margin) for number, margin in enumerate(margins)]
    problems = [empty_problem(array, margin, names) for margin in known]
    problems += [disagreement(*pair, names, stopping.tolerance) for pair in combinations(known, 2)]
    raise_together([problem for problem in problems if problem is not None])
    return _fit(array, known, names, stopping)


def _require_labels(prior: npt.ArrayLike, margins: Sequence[MarginLike]) -> None:
    """Raise for labelled margins whose labels are not those of a labelled prior."""
    own = labels_of_axes(prior)
    for number, (axes, target) in enumerate(margins):
        for axis, labels in zip(axes, labels_of_axes(target), strict=False):
            if 0 <= axis < len(own):
                require_one_order(f"axis {axis}", [("the prior", own[axis]), (f"margin {number}", labels)])


def _fit(prior: Array, margins: list[Margin], names: Names, stopping: Stopping) -> Balanced:
    """Sweep, polish by Newton steps what sweeps leave, and refuse what did not converge."""
    tolerance, most = stopping.tolerance, stopping.max_iterations
    array, sweeps = sweep(prior, margins, tolerance, min(_SWEEPS, most))
    residual = _residual(array, margins)
    if residual > tolerance and sweeps < most:
        if stopping.required:
            examine(prior, margins, names)
        G, c = constraints(array.shape, margins)
        cells, steps = project(array.ravel(), G, c, tolerance, most - sweeps)
        array, sweeps = cells.reshape(array.shape), sweeps + steps
        residual = _residual(array, margins)
    if stopping.required and residual > tolerance:
        raise unconverged(array, margins, names, tolerance)
    return Balanced(array, sweeps, residual, residual <= tolerance, moved(array, prior))


def sweep(
    prior: Array, margins: Sequence[Margin], tolerance: float, max_iterations: int
) -> tuple[Array, int]:
    """Fit each margin in turn until all hold; return the array and the number of sweeps."""
    array, done = prior.copy(), 0
    while done < max_iterations and _residual(array, margins) > tolerance:
        for margin in margins:
            array = margin.fit(array)
        done += 1
    return array, done


def _residual(array: Array, margins: Sequence[Margin]) -> float:
    """Return the largest relative gap over all margins."""
    return max((float(margin.gap(array).max(initial=0.0)) for margin in margins), default=0.0)
