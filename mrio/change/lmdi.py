"""The logarithmic mean Divisia index (LMDI I) of a change along the chain.

Every term ``w = f_a L[a,b] y[b,c]``, where y is a product of demand factors, changes by
``sum_k lm(w1, w0) ln(x_k1 / x_k0)``. The Leontief inverse is one factor; its effect is split among what
stands inside of it by the shares of ``dL_x = 1/2 (L1 dA_x L0 + L0 dA_x L1)``, which add up to ``L1 - L0``.
n = R N rows, c cells of a part of demand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import exprel

from mrio.change.coalitions import average, owen_weights, singletons
from mrio.change.demand import Demand, Pair
from mrio.change.evaluation import Operators, evaluate
from mrio.change.factors import Factors
from mrio.change.plans import weighted_plan
from mrio.change.shares import Array
from mrio.change.technology import Technology
from mrio.leontief.storage.matrices import to_dense
from mrio.logmean import log_mean, log_ratio, switched

_STOCKS = "stocks_and_discrepancy"

_CHUNK = 2_000_000
"""Terms held at a time."""

_ROUNDING = 1e-14
"""Entries of the inverse below this share of the largest of their column are zeros blurred by rounding."""


@dataclass(frozen=True, eq=False)
class DemandPart:
    """One additive part of demand, each of its cells a product of factors.

    Attributes
    ----------
    names
        Names of the factors.
    factors
        Their values in the two periods, each (factors, n, c).
    """

    names: tuple[str, ...]
    factors: Pair


@dataclass(frozen=True, eq=False)
class Inverse:
    """The Leontief inverse of two periods, and what its change is made of.

    Attributes
    ----------
    L
        Both inverses, each (n, n).
    changes
        Change of the inverse because of each factor inside of it, (factors, n, n); they add up to L1 - L0.
    """

    L: Pair
    changes: Array


@dataclass(frozen=True, eq=False)
class PartEffects:
    """Effects through one part of demand.

    Attributes
    ----------
    intensity
        (n,).
    inside
        Of the factors inside the inverse (factors, n).
    demand
        Of the factors of demand (factors, n).
    """

    intensity: Array
    inside: Array
    demand: Array


def lmdi_effects(
    factors: Factors, dependent: tuple[bool, ...], operators: Operators, mixed: bool = False
) -> Array:
    """Return the additive LMDI effects, (accounts, effects, n), effects in the order of a plan.

    Parameters
    ----------
    factors
        Factors of both tables, intensities of M accounts; nothing negative.
    dependent
        For each account, whether it takes the dependent form, in which the effect of value added per output
        inside the inverse counts as intensity.
    operators
        Source of the Leontief operators.
    mixed
        Leave stocks and discrepancy, which may have any sign, to their Shapley value.
    """
    parts = demand_parts(factors.demand)
    if mixed:
        parts = [part for part in parts if part.names != (_STOCKS,)]
    inverses = {form: inverse_of(factors.technology, operators, form) for form in set(dependent)}
    labels = ("intensity", "technology", "intermediate_sourcing", *factors.demand.players)
    effects = np.zeros((len(dependent), len(labels), factors.technology.n))
    for account, form in enumerate(dependent):
        intensity = factors.intensity[0][account], factors.intensity[1][account]
        for part in parts:
            own = part_effects(intensity, inverses[form], part.factors)
            effects[account, 0] += own.intensity
            effects[account, 3 - len(own.inside) : 3] += own.inside
            for name, values in zip(part.names, own.demand, strict=True):
                effects[account, labels.index(name)] += values
    if mixed and factors.demand.other is not None:
        found = stock_effects(factors, dependent, operators)
        effects[:, [0, 1, 2, labels.index(_STOCKS)]] += found
    return effects


def stock_effects(factors: Factors, dependent: tuple[bool, ...], operators: Operators) -> Array:
    """Return the Shapley effects on the part ``f L h`` of stocks and discrepancy, (accounts, 4, n).

    Parameters
    ----------
    factors, dependent, operators
        As in `lmdi_effects`; effects of intensity, technology, sourcing, and stocks.
    """
    pair = factors.demand.other
    assert pair is not None
    plan = weighted_plan(owen_weights(singletons(4)), np.eye(2))
    return evaluate(plan, factors, dependent, operators, np.array([values.ravel() for values in pair]))


def demand_parts(demand: Demand) -> list[DemandPart]:
    """Return final purchases, exports and stocks as products of their factors."""
    R, N = demand.shape
    K = demand.S[0].shape[1]
    known: dict[str, Pair] = {
        "final_sourcing": (demand.D[0][:R], demand.D[1][:R]),
        "product_mix": (demand.B[0][:N], demand.B[1][:N]),
        "category_mix": demand.S,
        "level": (demand.g[0][:, np.newaxis], demand.g[1][:, np.newaxis]),
    }
    if demand.P is not None:
        known["population"] = demand.P[0][:, np.newaxis], demand.P[1][:, np.newaxis]
    parts = [_part(known, (R, N, R, K))]
    if demand.exports is not None:
        own: dict[str, Pair] = {"exports": demand.exports}
        if demand.export_sourcing is not None:
            own = {"export_sourcing": demand.export_sourcing, **own}
        parts.append(_part(own, (R, N)))
    if demand.other is not None:
        parts.append(_part({_STOCKS: demand.other}, (R, N)))
    return parts


def _part(factors: dict[str, Pair], shape: tuple[int, ...]) -> DemandPart:
    """Return a part whose factors are brought to one shape, rows first."""
    rows = shape[0] * shape[1]
    first, second = (
        np.array([np.broadcast_to(pair[t], shape).reshape(rows, -1) for pair in factors.values()])
        for t in (0, 1)
    )
    return DemandPart(tuple(factors), (first, second))


def inverse_of(technology: Technology, operators: Operators, dependent: bool) -> Inverse:
    """Return the inverse of both periods and its change because of each factor inside of it.

    The factors are technology and sourcing; in the dependent form value added per output, input mix and
    sourcing. The change of A is split among them by their Shapley value.
    """
    bits = 3 if dependent else 2
    states = [[mask >> bit & 1 for bit in range(bits)] for mask in range(1 << bits)]
    A = np.array([to_dense(technology.coefficients(((s[0], s[-2]), s[-1]))) for s in states])
    dA = average(A, owen_weights(singletons(bits)))
    first, second = (_clean(np.asarray(operators.of(((t, t), t)).inverse())) for t in (0, 1))
    return Inverse((first, second), np.array([(second @ d @ first + first @ d @ second) / 2 for d in dA]))


def _clean(L: Array) -> Array:
    """Return the inverse with zeros where only rounding stands."""
    return np.where(np.abs(L) <= _ROUNDING * L.max(axis=0), 0.0, L)


def part_effects(f: Pair, inverse: Inverse, factors: Pair) -> PartEffects:
    """Return the effects of all factors through one part of demand.

    Parameters
    ----------
    f
        Intensities of both periods, each (n,).
    inverse
        The Leontief inverse of both periods and its change by factor.
    factors
        Factors of demand of both periods, each (factors, n, c).
    """
    n, cells = factors[0].shape[1:]
    step = max(1, _CHUNK // (n * cells))
    blocks = [_rows(f, inverse, factors, slice(row, row + step)) for row in range(0, n, step)]
    return PartEffects(
        np.concatenate([block.intensity for block in blocks]),
        np.concatenate([block.inside for block in blocks], axis=1),
        np.concatenate([block.demand for block in blocks], axis=1),
    )


def _rows(f: Pair, inverse: Inverse, factors: Pair, rows: slice) -> PartEffects:
    """Return the effects on some rows a of ``f_a L[a,b] y[b,c]``."""
    own, L = (f[0][rows], f[1][rows]), (inverse.L[0][rows], inverse.L[1][rows])
    y = factors[0].prod(axis=0), factors[1].prod(axis=0)
    logs = log_ratio(*own)[:, np.newaxis, np.newaxis] + log_ratio(*L)[:, :, np.newaxis] + log_ratio(*y)
    w = [own[t][:, np.newaxis, np.newaxis] * L[t][:, :, np.newaxis] * y[t] for t in (0, 1)]
    # Same as log_mean(w0, w1), with logarithms taken of the factors instead of all terms.
    mean = np.where((w[0] > 0) & (w[1] > 0), w[0] * exprel(logs), 0.0)
    jumps = _jumps(w, own, L, factors)
    by_b, jump_b = mean.sum(axis=2), jumps.sum(axis=2)
    dL = L[1] - L[0]
    rate = np.divide(by_b, log_mean(*L), out=np.zeros_like(dL), where=(L[0] > 0) & (L[1] > 0))
    rate += np.divide(jump_b, dL, out=np.zeros_like(dL), where=switched(*L))
    k = len(factors[0])
    demand = log_ratio(*factors).reshape(k, -1) @ mean.reshape(len(mean), -1).T
    demand += switched(*factors).reshape(k, -1) @ jumps.reshape(len(jumps), -1).T
    return PartEffects(
        by_b.sum(axis=1) * log_ratio(*own) + jump_b.sum(axis=1) * switched(*own),
        np.einsum("ab,xab->xa", rate, inverse.changes[:, rows]),
        demand,
    )


def _jumps(w: list[Array], f: Pair, L: Pair, factors: Pair) -> Array:
    """Return what terms that vanish or appear give to each factor that is zero in one period only.

    Such a change belongs in equal parts to these factors, the analytical limit (see `mrio.logmean`).
    """
    change = np.where((w[0] > 0) != (w[1] > 0), w[1] - w[0], 0.0)
    if not change.any():
        return change
    count = switched(*factors).sum(axis=0) + switched(*L)[:, :, np.newaxis].astype(np.int64)
    count = count + switched(*f)[:, np.newaxis, np.newaxis]
    return np.asarray(change / np.maximum(count, 1))
