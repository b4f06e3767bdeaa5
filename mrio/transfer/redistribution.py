"""The proportional rule: who took over the share that somebody lost.

In one purchase cell, one product bought by one buyer, the change of sourcing shares ``d = C1 - C0`` sums to
zero. Gains are ``G = max(d, 0)``, losses ``K = max(-d, 0)``, and T the sum of either. What origin p lost goes
to the gainers in proportion to their gains:

    theta[p -> r] = K[p] G[r] / T,        sum_r theta = K[p],   sum_p theta = G[r].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mrio.change.shares import Array, Mask, share_pair

Level = Literal["cell", "buyer_region", "product"]
"""Where gains and losses are told apart: in each purchase, in all purchases of a region, or in all."""


_NOTHING_MOVED = 1e-150
"""Change of shares that counts as none: far below rounding, and dividing by it would overflow."""


@dataclass(frozen=True, eq=False)
class Moves:
    """Losses and gains of O origins in a set of cells that redistribute among themselves.

    Attributes
    ----------
    losses, gains
        (O, cells), not negative.
    moved
        T, what moves in each cell (cells,).
    """

    losses: Array
    gains: Array
    moved: Array

    def flows(self, volumes: Array, groups: int | None = None) -> Array:
        """Return ``sum_cells theta V`` for several volumes, (V, O, O), from the first to the second.

        Theta is never built: its sum over cells is a matrix product of losses and gains.

        Parameters
        ----------
        volumes
            Purchases in each cell, (V, cells).
        groups
            Into how many groups of equal size the cells fall, one after another: what origins gain and lose
            is then added up over a group first. None tells gains and losses apart in each cell.
        """
        if groups is not None:
            return self._grouped_flows(volumes, groups)
        rate = np.divide(volumes, self.moved, out=np.zeros_like(volumes), where=self.moved > _NOTHING_MOVED)
        origins, cells = self.losses.shape
        # One large product instead of one a volume: small threaded products collapse on shared cores.
        weighted = (self.losses * rate[:, np.newaxis]).reshape(-1, cells)
        return (weighted @ self.gains.T).reshape(-1, origins, origins)

    def _grouped_flows(self, volumes: Array, groups: int) -> Array:
        """Return flows with gains and losses netted within each group of cells."""
        change = (self.gains - self.losses) * volumes[:, np.newaxis]
        net = change.reshape(*change.shape[:-1], groups, -1).sum(axis=-1)
        gains, losses = np.maximum(net, 0.0), np.maximum(-net, 0.0)
        moved = gains.sum(axis=1, keepdims=True)
        rate = np.divide(losses, moved, out=np.zeros_like(losses), where=moved > 0)
        return np.asarray(rate @ gains.transpose(0, 2, 1))


def between_origins(first: Array, second: Array) -> list[Moves]:
    """Return the moves of the bilateral scheme: every origin stands for itself.

    Parameters
    ----------
    first, second
        Sourcing shares in the two periods, (O, cells).
    """
    return [_moves(second - first)]


def between_and_within(first: Array, second: Array, block: Mask) -> list[Moves]:
    """Return the moves of the nested scheme: the block against all other origins, then inside the block.

    With W the share of the block and omega the shares of its members within it,
    ``dC = dW mean(omega) + mean(W) domega`` holds exactly. Moves between the block and other origins are
    split to the members by mean(omega); moves inside are those of omega times mean(W). Where the block sells
    nothing in one period, omega of the other is taken.

    Parameters
    ----------
    first, second
        Sourcing shares in the two periods, (O, cells).
    block
        Whether each origin belongs to the block (O,) bool; abroad may be named although it is no origin here.
    """
    block = block[: len(first)]
    shares = (first[block], second[block])
    W = (shares[0].sum(axis=0), shares[1].sum(axis=0))
    omega = share_pair(shares)
    mean_omega, mean_W = (omega[0] + omega[1]) / 2, (W[0] + W[1]) / 2
    groups = np.concatenate([(W[1] - W[0])[np.newaxis], second[~block] - first[~block]])
    outer = _moves(groups)

    def spread(values: Array) -> Array:
        result = np.zeros_like(first)
        result[block] = values[0] * mean_omega
        result[~block] = values[1:]
        return result

    inner = np.zeros_like(first)
    inner[block] = (omega[1] - omega[0]) * mean_W
    return [Moves(spread(outer.losses), spread(outer.gains), outer.moved), _moves(inner)]


def _moves(change: Array) -> Moves:
    """Return gains and losses of a change of shares (O, cells)."""
    gains = np.maximum(change, 0.0)
    return Moves(np.maximum(-change, 0.0), gains, gains.sum(axis=0))
