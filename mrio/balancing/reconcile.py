"""KRAS: balancing under linear constraints that may contradict each other, by their reliabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array, sparray, spmatrix

from mrio.balancing.balance import Balanced, Stopping, moved
from mrio.balancing.feasibility import check_numbers
from mrio.balancing.projection import constraint_gap, project
from mrio.balancing.scaling import factors
from mrio.cells import as_numbers
from mrio.errors import BalanceError, ConvergenceError, DataError
from mrio.parameters import require_number

Array = npt.NDArray[np.float64]

_SETTLING = 50
"""Rounds before contradicting values begin to give way."""


@dataclass(frozen=True)
class Reconciled(Balanced):
    """A balanced array and the constraint values that could be kept.

    Parameters
    ----------
    values
        Constraint values met by the result (constraints,): as given where nothing contradicted them.
    strain
        (values - given) / standard error (constraints,), 0 where nothing was moved: how many standard
        errors each constraint had to give way.
    """

    values: Array
    strain: Array


def kras(
    prior: npt.ArrayLike,
    coefficients: sparray | spmatrix | npt.ArrayLike,
    values: npt.ArrayLike,
    errors: npt.ArrayLike,
    *,
    step: float = 0.1,
    stopping: Stopping | None = None,
) -> Reconciled:
    """Balance an array under general linear constraints, some of which may contradict each other.

    Constraints G a = c on the cells a of the array, taken in C order. Cells are scaled by
    a = a0 exp(sign(a0) G' lambda): for coefficients of one this is `gras` for any groups of cells.
    Constraints that agree are met whatever their standard errors. Where they contradict each other, each
    value gives way in every round by at most `step` standard errors towards what it finds before its turn,
    c <- c - sign(c - g a) min(|c - g a|, step sigma), until all agree: so two contradicting values meet at a
    point that divides their gap as their standard errors. A value with standard error 0 never gives way.

    Parameters
    ----------
    prior
        Array of any shape and sign; zeros and signs are kept.
    coefficients
        G (constraints, cells), sparse or dense.
    values
        c (constraints,).
    errors
        sigma (constraints,), standard errors in units of the values, not negative.
    step
        Share of a standard error by which a value gives way in one round; small steps divide gaps finer.
    stopping
        Tolerance, number of rounds; `Stopping()` by default.

    Returns
    -------
    Reconciled
        The array, the values it meets, and the strain of each constraint.

    Raises
    ------
    MissingDataError, DataError
        NaN or infinity, shapes that do not fit, negative errors, a step of zero or less.
    BalanceError
        Constraints that contradict each other and have no standard error to give way, named by number.
    ConvergenceError
        The values did not come to agree in the given number of rounds.

    Notes
    -----
    Lenzen, M., Gallego, B. and Wood, R. (2009), Matrix balancing under conflicting information, Economic
    Systems Research 21(1):23-44, doi:10.1080/09535310802688661. Here Newton steps on the dual meet the
    constraints that agree; rounds over single constraints are only made where they do not. Coefficients other
    than one enter as exponents, as the minimum of the target function demands.

    Examples
    --------
    Two sources for one total, the second half as reliable as the first:

    >>> found = kras([4.0, 6.0], [[1, 1], [1, 1]], values=[10, 13], errors=[1, 2])
    >>> found.matrix.round(6).tolist(), found.strain.round(6).tolist()
    ([4.4, 6.6], [1.0, -1.0])
    """
    require_number(step, "step")
    if step <= 0:
        raise DataError(
            "Values give way by no step.", amount=f"step = {step:g}", remedy="give a share above 0, like 0.1"
        )
    array = np.array(prior, dtype=np.float64)
    G, c, sigma = _read(array, coefficients, values, errors)
    stopping = stopping or Stopping()
    tolerance, most = stopping.tolerance, stopping.max_iterations
    kept, rounds = c, 0
    found, steps = project(_emptied(array.ravel(), G, c), G, c, tolerance, most)
    if constraint_gap(found, G, c).max(initial=0.0) > tolerance:
        start = _emptied(array.ravel(), G, np.where(sigma > 0, np.inf, c))
        found, kept, rounds = reconcile(start, G, c, step * sigma, stopping)
        found, steps = project(found, G, kept, tolerance, most)
    gap = constraint_gap(found, G, kept)
    residual = float(gap.max(initial=0.0))
    if stopping.required and residual > tolerance:
        raise _conflict(gap, G @ found, kept, sigma, tolerance)
    matrix = found.reshape(array.shape)
    strain = np.divide(kept - c, sigma, out=np.zeros_like(c), where=sigma > 0)
    return Reconciled(
        matrix=matrix,
        iterations=steps + rounds,
        residual=residual,
        converged=residual <= tolerance,
        moved=moved(matrix, array),
        values=kept,
        strain=strain,
    )


def reconcile(
    prior: Array, G: csr_array, c: Array, steps: Array, stopping: Stopping
) -> tuple[Array, Array, int]:
    """Scale to one constraint after the other and let those give way that find a gap before their turn.

    Parameters
    ----------
    prior
        (cells,), without zeros.
    G, c
        (constraints, cells) and (constraints,).
    steps
        Most by which each value gives way in one round (constraints,).
    stopping
        Tolerance and rounds.

    Returns
    -------
    tuple
        Cells, values that remain, and rounds done.
    """
    a, values, rounds, met = prior.copy(), c.copy(), 0, False
    blocks = [
        (G.indices[start:end], G.data[start:end])
        for start, end in zip(G.indptr[:-1], G.indptr[1:], strict=True)
    ]
    while not met and rounds < stopping.max_iterations:
        met = True
        for number, (cells, g) in enumerate(blocks):
            terms = g * a[cells]
            gap = float(values[number] - terms.sum())
            size = max(abs(values[number]), float(np.abs(terms).sum()))
            if abs(gap) <= stopping.tolerance * size:
                continue
            met = False
            # The prior itself contradicts nobody: only the gaps that others reopen make a value give way.
            if rounds >= _SETTLING:
                values[number] -= np.sign(gap) * min(abs(gap), steps[number])
            a[cells] *= _scaling(terms, np.abs(g), float(values[number]))
        rounds += 1
    return a, values, rounds


def _scaling(terms: Array, g: Array, value: float) -> Array:
    """Return exp(sign(terms) g lambda) (cells,) with which the terms sum to the value.

    Ones where no cell has the sign that is needed.
    """
    p, n = float(terms[terms > 0].sum()), float(-terms[terms < 0].sum())
    if (value > 0 and p == 0) or (value < 0 and n == 0) or p == n == 0:
        return np.ones_like(terms)
    if np.ptp(g) == 0:
        r, r_inverse = factors(*(np.array([part]) for part in (value, p, n)))
        return np.where(terms > 0, r, r_inverse)
    power, multiplier = np.sign(terms) * g, 0.0
    for _ in range(100):
        scaled = terms * np.exp(multiplier * power)
        gap = value - float(scaled.sum())
        if abs(gap) <= 1e-15 * float(np.abs(scaled).sum()):
            break
        change = gap / float(scaled @ power)
        multiplier += np.sign(change) * min(abs(change), 1.0 / float(g.max()))
    return np.asarray(np.exp(multiplier * power))


def _emptied(cells: Array, G: csr_array, c: Array) -> Array:
    """Return the cells with those at zero that a constraint of value 0 leaves no choice."""
    gross = abs(G) @ np.abs(cells)
    forced = (c == 0) & (np.abs(G @ cells) >= gross * (1 - 1e-15))
    return np.where((abs(G)[forced]).sum(axis=0) > 0, 0.0, cells)


def _read(
    array: Array,
    coefficients: sparray | spmatrix | npt.ArrayLike,
    values: npt.ArrayLike,
    errors: npt.ArrayLike,
) -> tuple[csr_array, Array, Array]:
    """Return coefficients, values and errors in fitting shapes, or raise."""
    G = csr_array(coefficients, dtype=np.float64)
    c, sigma = (as_numbers(name, part) for name, part in {"values": values, "errors": errors}.items())
    if G.shape != (len(c), array.size) or sigma.shape != c.shape or c.ndim != 1:
        raise DataError(
            "Constraints and cells do not fit together.",
            amount=f"coefficients {G.shape}, values {c.shape}, errors {sigma.shape}, cells {array.size}",
            remedy="give one row of coefficients over all cells, one value and one error a constraint",
        )
    check_numbers(prior=array, coefficients=G.data, values=c, errors=sigma)
    if (sigma < 0).any():
        raise DataError(
            "A standard error is negative.",
            where=f"constraint {int(np.argmin(sigma))}",
            amount=f"{sigma.min():g}",
            remedy="give errors in units of the values; 0 means exact",
        )
    G.sum_duplicates()
    G.eliminate_zeros()
    return G, c, sigma


def _conflict(
    gap: Array, found: Array, values: Array, sigma: Array, tolerance: float
) -> BalanceError | ConvergenceError:
    """Return the error of constraints that do not agree, with those that are off, worst first."""
    off = np.flatnonzero(gap > tolerance)
    columns = {
        "constraint": off,
        "value": values[off],
        "found": found[off],
        "error": sigma[off],
        "gap": gap[off],
    }
    table = pd.DataFrame(columns).sort_values("gap", ascending=False, ignore_index=True)
    exact = bool((table["error"] == 0).all())
    kind = BalanceError if exact else ConvergenceError
    worst = table.iloc[0]
    return kind(
        "Constraints contradict each other and have no error to give way."
        if exact
        else "Contradicting constraints did not come to agree.",
        where=f"constraints {', '.join(str(int(number)) for number in table['constraint'][:6])}",
        amount=f"{worst['value']:.8g} wanted, {worst['found']:.8g} found, relative gap {worst['gap']:.3g}, "
        f"tolerance {tolerance:g}",
        remedy="give a standard error to the less reliable ones, or leave one out"
        if exact
        else "allow more rounds, a larger step, or larger standard errors",
        table=table,
    )
