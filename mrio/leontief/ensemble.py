"""Multipliers of an uncertain table: many draws of A, or the spread to first order.

Every coefficient has a relative error of its own, independent of the others. Drawing them is made cheap: 16
random bits pick one of 65 536 equally likely values of the distribution. One draw A* moves the multipliers
m = f L by

    d = (m D + d D) L,    D = A* - A

which a few products solve, as D is small beside I - A. All of it runs in float32: what is solved for is a
change, so that multipliers are exact to about 1e-6 of their size, far below the sampling error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from mrio.errors import ConvergenceError, DataError
from mrio.leontief.memory import require
from mrio.leontief.operator import Leontief
from mrio.leontief.progress import track
from mrio.leontief.report import Floats
from mrio.leontief.storage.matrices import to_dense
from mrio.threads import one_thread

Distribution = Literal["lognormal", "normal"]
_Singles = NDArray[np.float32]

_LEVELS = 65536
_CHUNK = 16
_MOST_STEPS = 60
_SETTLED = 1e-6


@dataclass(frozen=True)
class MultiplierEnsemble:
    """Multipliers over the draws of an uncertain table.

    Parameters
    ----------
    mean
        Mean (m, n) [unit of F].
    std
        Standard deviation (m, n) [unit of F].
    n_draws
        Number of draws.
    draws
        Every draw (n_draws, m, n) where they were kept, else None.
    """

    mean: Floats
    std: Floats
    n_draws: int
    draws: Floats | None


@dataclass(frozen=True)
class _Spread:
    """How coefficients are drawn: the change of each is its `size` (n, n) times one value of `table`."""

    size: _Singles
    table: _Singles


def draw_multipliers(
    op: Leontief,
    F: ArrayLike,
    relative_error: ArrayLike,
    *,
    distribution: Distribution = "lognormal",
    n_draws: int = 1000,
    seed: int = 0,
    workers: int = 1,
    keep: bool = False,
) -> MultiplierEnsemble:
    """Return mean and standard deviation of the multipliers F @ L over draws of A.

    The draws depend on the seed alone, not on the number of workers.

    Parameters
    ----------
    op
        Operator of the table.
    F
        Intensities (m, n) or (n,) [per unit of output], certain.
    relative_error
        Relative standard deviation of the coefficients [1]: one number, or (n, n) with ``"normal"``.
    distribution
        ``"lognormal"`` keeps signs; ``"normal"`` may turn them. Both keep the mean.
    n_draws
        Number of draws.
    seed
        Seed of the random numbers.
    workers
        Threads; they gain as long as there are free cores.
    keep
        Keep every draw, not only mean and standard deviation.

    Raises
    ------
    DataError
        When an error is negative or does not fit.
    MemoryLimitError
        When the arrays do not fit into memory.
    ConvergenceError
        When a draw is no productive table: the errors are too large.
    """
    rows = np.atleast_2d(np.asarray(F, dtype=np.float64))
    cells = op.n * op.n
    require((18 + 10 * workers) * cells, "draws of A", {"first_order_std": 24 * cells})
    base = np.asarray(op.solve_left(rows))
    spread = _spread(to_dense(op.A), relative_error, distribution)
    inverse = op.inverse().astype(np.float32)
    chunks = [range(start, min(start + _CHUNK, n_draws)) for start in range(0, n_draws, _CHUNK)]

    def work(numbers: range) -> Floats:
        return _draw_chunk(base, inverse, spread, numbers, seed)

    total, squares = np.zeros_like(base), np.zeros_like(base)
    kept: list[Floats] = []
    for changes in track(_in_order(work, chunks, workers), len(chunks), "draws"):
        total += changes.sum(axis=0)
        squares += np.square(changes).sum(axis=0)
        if keep:
            kept.append(base + changes)
    mean = total / n_draws
    variance = np.maximum(squares / n_draws - mean**2, 0.0) * n_draws / max(n_draws - 1, 1)
    return MultiplierEnsemble(base + mean, np.sqrt(variance), n_draws, np.concatenate(kept) if keep else None)


def first_order_std(op: Leontief, F: ArrayLike, relative_error: ArrayLike) -> Floats:
    """Return the standard deviation of the multipliers F @ L to first order in the errors of A.

        var m_j = sum_kl m_k^2 var(A_kl) L_lj^2

    Parameters
    ----------
    op
        Operator of the table.
    F
        Intensities (m, n) or (n,) [per unit of output], certain.
    relative_error
        Relative standard deviation of the coefficients [1]: one number, or (n, n).

    Returns
    -------
    numpy.ndarray
        Standard deviations (m, n), or (n,) for one row [unit of F].

    Raises
    ------
    DataError
        When an error is negative or does not fit.
    """
    rows = np.asarray(F, dtype=np.float64)
    multipliers = np.asarray(op.solve_left(np.atleast_2d(rows)))
    variance = np.square(to_dense(op.A) * _check_error(relative_error, op.n))
    spread = np.square(multipliers) @ variance @ np.square(op.inverse())
    return np.asarray(np.sqrt(spread)).reshape(rows.shape)


def _check_error(relative_error: ArrayLike, n: int) -> Floats:
    """Return relative errors as one number or (n, n)."""
    error = np.asarray(relative_error, dtype=np.float64)
    if error.shape not in ((), (n, n)) or not np.all(error >= 0) or not np.isfinite(error).all():
        raise DataError(
            "The relative errors of the coefficients cannot be used.",
            amount=f"shape {error.shape}, smallest {error.min(initial=np.inf):.3g}",
            remedy=f"give one number of 0 or more, or an array ({n}, {n})",
        )
    return error


def _spread(A: Floats, relative_error: ArrayLike, distribution: Distribution) -> _Spread:
    """Return how to draw; the values of the table have exactly the mean and the deviation asked for."""
    error = _check_error(relative_error, len(A))
    normal = ndtri((np.arange(_LEVELS) + 0.5) / _LEVELS)
    if error.ndim == 2:
        if distribution == "lognormal":
            raise DataError(
                "Errors that differ by cell are drawn from the normal distribution only.",
                remedy='use distribution="normal", or one relative error for all cells',
            )
        return _Spread((A * error).astype(np.float32), (normal / normal.std()).astype(np.float32))
    values = normal
    if distribution == "lognormal":
        sigma = np.sqrt(np.log1p(error**2))
        values = np.expm1(sigma * normal - sigma**2 / 2)
    values = values - values.mean()
    deviation = values.std()
    table = values * (error / deviation if deviation > 0 else 0.0)
    return _Spread(A.astype(np.float32), table.astype(np.float32))


def _in_order(work: Callable[[range], Floats], chunks: Sequence[range], workers: int) -> Iterator[Floats]:
    """Yield the work of each chunk in order, on threads where there are several workers."""
    if workers == 1:
        yield from map(work, chunks)
        return
    # Workers that each start threads of BLAS would wait for one another.
    with one_thread(), ThreadPoolExecutor(workers) as pool:
        yield from pool.map(work, chunks)


def _draw_chunk(base: Floats, inverse: _Singles, spread: _Spread, numbers: range, seed: int) -> Floats:
    """Return the changes (draws, m, n) of the multipliers `base` (m, n) for some draws."""
    n = base.shape[1]
    change = np.empty((n, n), dtype=np.float32)
    start = base.astype(np.float32)
    settled = np.float32(_SETTLED) * np.abs(start).max(axis=1)
    results = np.empty((len(numbers), *base.shape))
    for place, number in enumerate(numbers):
        stream = np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(number,)))
        bits = stream.random_raw(-(-n * n // 4)).view(np.uint16)[: n * n].reshape(n, n)
        spread.table.take(bits, out=change, mode="clip")
        change *= spread.size
        results[place] = _moved(start, change, inverse, settled)
    return results


def _moved(start: _Singles, change: _Singles, inverse: _Singles, settled: _Singles) -> _Singles:
    """Return d (m, n) with d = (start D + d D) L."""
    direct = np.dot(start, change)
    moved: _Singles = np.dot(direct, inverse)
    before = np.abs(moved).max(axis=1)
    for _ in range(_MOST_STEPS):
        following: _Singles = np.dot(direct + np.dot(moved, change), inverse)
        last = np.abs(following - moved).max(axis=1)
        moved = following
        # What is left after a step is the step times its contraction, or less.
        if np.all(last * last <= settled * before):
            return moved
        before = last
    raise ConvergenceError(
        "A draw of the table has no multipliers.",
        amount=f"not settled after {_MOST_STEPS} steps",
        remedy="the relative errors make a productive table unproductive: choose smaller ones",
    )
