"""Flows embodied in final purchases: kernels on arrays, R regions, N sectors, n = R N, M accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mrio.leontief import Leontief, SolveReport
from mrio.tables.arrays import Array


@dataclass(frozen=True, eq=False)
class Embodied:
    """Flows by where they arise and for whom.

    Attributes
    ----------
    regions
        For the final purchases of each region (M, n, R).
    outside
        For each other column of final demand (M, n, K).
    report
        How the outputs behind them were solved for.
    """

    regions: Array
    outside: Array
    report: SolveReport


def embodied_flows(op: Leontief, F: Array, purchases: Array, outside: Array) -> Embodied:
    """Return ``F o (L y)`` for every column y of final demand.

    Parameters
    ----------
    op
        Operator of the table.
    F
        Flows per unit of output (M, n).
    purchases
        Final purchases of each region (n, R).
    outside
        Other columns of final demand (n, K).
    """
    outputs = op.solve(np.concatenate([purchases, outside], axis=1))
    flows = F[:, :, np.newaxis] * np.asarray(outputs)
    R = purchases.shape[1]
    return Embodied(flows[:, :, :R], flows[:, :, R:], outputs.report)


def across_regions(flows: Array, n_regions: int) -> Array:
    """Return flows (M, n, R) summed over the sectors where they arise, (M, R, R)."""
    M, n, users = flows.shape
    return np.asarray(flows.reshape(M, n_regions, n // n_regions, users).sum(axis=2))


def traded(flows: Array) -> tuple[Array, Array]:
    """Return what each region makes for others, and what others make for it, (M, R) each, of (M, R, R)."""
    between = flows.copy()
    own = np.arange(flows.shape[1])
    between[:, own, own] = 0.0
    return between.sum(axis=2), between.sum(axis=1)


def by_product(op: Leontief, F: Array, purchases: Array, n_regions: int) -> tuple[Array, Array, SolveReport]:
    """Return flows by product bought and buyer: all of them, and those that arise elsewhere.

    With ``m^u = f^u L`` the multipliers of the flows that arise in region u,

        all[i, s]       = sum_r sum_u m^u[r i] y[r i, s]
        elsewhere[i, s] = sum_r sum_(u not s) m^u[r i] y[r i, s]

    Parameters
    ----------
    op
        Operator of the table.
    F
        Flows per unit of output (M, n).
    purchases
        Final purchases of each region (n, R).
    n_regions
        R.

    Returns
    -------
    tuple
        Flows (M, N, R) each, and how the multipliers were solved for.
    """
    M, n = F.shape
    R, N = n_regions, n // n_regions
    rows = np.zeros((M, R, n))
    for region in range(R):
        own = slice(region * N, (region + 1) * N)
        rows[:, region, own] = F[:, own]
    multipliers = op.solve_left(rows.reshape(M * R, n))
    by_origin = np.asarray(multipliers).reshape(M, R, R, N)
    bought = purchases.reshape(R, N, R)
    everywhere = np.einsum("mri,ris->mis", by_origin.sum(axis=1), bought)
    at_home = np.einsum("msri,ris->mis", by_origin, bought, optimize=True)
    return everywhere, everywhere - at_home, multipliers.report


def enabled_flows(op: Leontief, flows: Array, costs: Array) -> Array:
    """Return the flows that primary inputs enable in the model of Ghosh, (M, n, O).

    With ``G = x^-1 L x`` the output that primary inputs v enable at a is ``(v' G)_a = x_a (w' L)_a``, w being
    v per unit of output: each product carries the shares of the origins of its cost.

    Parameters
    ----------
    op
        Operator of the table.
    flows
        Flows of producers (M, n).
    costs
        Primary inputs per unit of output by origin (O, n).
    """
    shares = np.asarray(op.solve_left(costs))
    return np.asarray(flows[:, :, np.newaxis] * shares.T)
