"""Demand of two periods as a product of factors, in every mixture of the two periods.

    y = sum_sk D[r,i,s,k] B[i,s,k] S[s,k] g[s] P[s] + e + h

Each factor is a player; a state of the players is a bit mask, bit p set when player p is in period 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product as cartesian
from math import factorial

import numpy as np
from numpy.typing import NDArray

from mrio.change.shares import Array

Pair = tuple[Array, Array]

FINAL = ("final_sourcing", "product_mix", "category_mix", "level", "population")
OUTSIDE = ("export_sourcing", "exports", "stocks_and_discrepancy")


@dataclass(frozen=True, eq=False)
class Demand:
    """Factors of demand in two periods; R regions, O origins, N products, K categories.

    Attributes
    ----------
    D
        Final sourcing shares (O, N, R, K).
    B
        Product mix (N', R, K), where N' is N + 1 if imports are a product of their own, which comes last.
    S
        Category mix (R, K).
    g
        Level per head, or in total where no population is known (R,).
    P
        Population (R,), or None.
    export_sourcing
        Shares of the regions in exports (R, N), or None where exports are a level.
    exports
        Exports (R, N), or by product (N,) where they are sourced; None where there are none.
    other
        Stocks and discrepancy (R, N), or None.
    """

    D: Pair
    B: Pair
    S: Pair
    g: Pair
    P: Pair | None = None
    export_sourcing: Pair | None = None
    exports: Pair | None = None
    other: Pair | None = None

    players: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        known = {
            "population": self.P,
            "export_sourcing": self.export_sourcing,
            "exports": self.exports,
            "stocks_and_discrepancy": self.other,
        }
        players = [name for name in (*FINAL, *OUTSIDE) if name not in known or known[name] is not None]
        object.__setattr__(self, "players", tuple(players))

    @property
    def shape(self) -> tuple[int, int]:
        """Regions and products (R, N)."""
        return int(self.S[0].shape[0]), int(self.D[0].shape[1])

    def final_volume(self, bits: tuple[int, int, int, int]) -> Array:
        """Return final purchases by product ``B S g P`` (N, R, K), bits in the order of `FINAL` without D."""
        mix, category, level, population = bits
        heads = 1.0 if self.P is None else self.P[population]
        volume = self.B[mix] * (self.S[category] * (self.g[level] * heads)[:, np.newaxis])
        return np.asarray(volume[: self.shape[1]])

    def export_volume(self, bit: int) -> Array:
        """Return exports by product (N,), where they are sourced."""
        if self.exports is None or self.export_sourcing is None:
            return np.zeros(self.shape[1])
        return self.exports[bit]

    def basis(self) -> Array:
        """Return columns of which every state of demand is a sum, (2^p + 2^m - 1, R N).

        Final purchases and the rest, exports and stocks, add up. So the states of p players of the one and m
        of the other together need no more columns than each alone: all final states with the rest in period
        0, and the steps of the rest. Players that do not change need none.
        """
        final, outside = self._final_states(), self._outside_states()
        columns = np.concatenate([final + outside[0], outside[1:] - outside[0]])
        return columns.reshape(len(columns), -1)

    def mixing(self) -> Array:
        """Return every state as a sum of the basis, (2^players, 2^p + 2^m - 1).

        Bit p of the index is the period of player p.
        """
        final = self._places([name for name in self.players if name in FINAL])
        outside = self._places([name for name in self.players if name in OUTSIDE])
        levels = np.tile(np.eye(final.max() + 1)[final], (len(outside), 1))
        steps = np.repeat(np.eye(outside.max() + 1)[outside, 1:], len(final), axis=0)
        return np.concatenate([levels, steps], axis=1)

    def states(self) -> Array:
        """Return y of every state, (2^players, R N)."""
        return self.mixing() @ self.basis()

    def _periods(self, player: str) -> tuple[int, ...]:
        """Return the periods in which a player differs: both, or only the first."""
        pairs = (self.D, self.B, self.S, self.g, self.P, self.export_sourcing, self.exports, self.other)
        pair = dict(zip((*FINAL, *OUTSIDE), pairs, strict=True))[player]
        return (0,) if pair is None or np.array_equal(*pair) else (0, 1)

    def _places(self, players: list[str]) -> NDArray[np.intp]:
        """Return the place of every state of some players among the states of those that change."""
        places = np.zeros(1, dtype=np.intp)
        different = 1
        for player in players:
            changes = len(self._periods(player)) > 1
            places = np.concatenate([places, places + different * changes])
            different <<= changes
        return places

    def _final_states(self) -> Array:
        """Return final demand of every state of its own players that change, (2^p, R, N)."""
        # The last player has the highest bit, so it is the slowest index.
        sourcing, *rest = (self._periods(player) for player in FINAL)
        states = []
        for bits in cartesian(*reversed(rest)):
            volume = self.final_volume((bits[3], bits[2], bits[1], bits[0]))
            states += [np.einsum("onsk,nsk->on", self.D[bit][: self.shape[0]], volume) for bit in sourcing]
        return np.array(states)

    def _outside_states(self) -> Array:
        """Return exports, stocks and discrepancy of every state of their players that change, (2^m, R, N)."""
        states = []
        for other, level, source in cartesian(*(self._periods(player) for player in reversed(OUTSIDE))):
            total = np.zeros(self.shape) if self.other is None else self.other[other]
            if self.exports is not None:
                share = 1.0 if self.export_sourcing is None else self.export_sourcing[source]
                total = total + share * self.exports[level]
            states.append(total)
        return np.array(states)


@dataclass(frozen=True, eq=False)
class AggregatedDemand:
    """Demand states added up by their size, all that the Shapley value needs of them.

    Attributes
    ----------
    by_size
        Sum of y over all states of k players in period 1, (n_y + 1, n).
    steps
        For each player p, the sum of ``y(T + p) - y(T)`` over all T without p of size k, (n_y, n_y, n).
    """

    by_size: Array
    steps: Array


def aggregate(states: Array) -> AggregatedDemand:
    """Add demand states up by their size.

    Parameters
    ----------
    states
        (2^n_y, n), as `Demand.states` or `Demand.mixing` gives them.
    """
    count = states.shape[0].bit_length() - 1
    index = np.arange(states.shape[0])
    size = np.array([int(mask).bit_count() for mask in index])
    by_size = np.array([states[size == k].sum(axis=0) for k in range(count + 1)])
    steps = np.zeros((count, count, states.shape[1]))
    for player in range(count):
        without = index[(index >> player) & 1 == 0]
        gain = states[without | (1 << player)] - states[without]
        for k in range(count):
            steps[player, k] = gain[size[without] == k].sum(axis=0)
    return AggregatedDemand(by_size, steps)


def shapley_weight(size: int, players: int) -> float:
    """Return ``|S|! (n - 1 - |S|)! / n!``, the weight of a coalition of `size` out of `players` players."""
    return factorial(size) * factorial(players - 1 - size) / factorial(players)
