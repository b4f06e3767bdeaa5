"""Technology and sourcing of two periods, and the coefficient matrix of any mixture of them.

    H[i,b] = T[i,b] / x[b]        technology: product i per unit of output of buyer b, any origin
    C[o,i,b] = Z[o,i,b] / T[i,b]  sourcing shares of the origins
    A(h, c) = C_c H_h             coefficients with the technology of state h and the sourcing of period c

The shares C are never stored: ``A(h, c)`` is the table of period c with its rows scaled, ``Z_c (H_h / T_c)``.
A technology state is a pair ``(v, m)``: ``(0, 0)`` and ``(1, 1)`` are the two periods, the mixed states exist
in the dependent form, where ``H = m (1 - v)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mrio.change.shares import Array, Mask, other_where_zero
from mrio.errors import BalanceError
from mrio.leontief.storage.matrices import Matrix
from mrio.leontief.storage.rated import RatedMatrix
from mrio.tables.arrays import ratio

TechnologyState = tuple[int, int]
CoefficientState = tuple[TechnologyState, int]

_NOTHING_BOUGHT = 1e-12
"""Share of inputs in output below which value added counts as all of output: V / x rounds."""


@dataclass(frozen=True, eq=False)
class Technology:
    """Technology of two periods; R regions, N products, n = R N buyers.

    Attributes
    ----------
    Z
        Domestic flows of both periods, each (R, N, n).
    abroad
        Imported flows by product of both periods, each (N, n), or None where abroad is no origin.
    total
        T, purchases from all origins, each (N, n).
    H
        Technology, each (N, n); the other period's where a buyer has no output.
    v
        Value added per unit of output, each (n,), likewise.
    idle
        Buyers without output, each (n,) bool.
    """

    Z: tuple[Array, Array]
    abroad: tuple[Array, Array] | None
    total: tuple[Array, Array]
    H: tuple[Array, Array]
    v: tuple[Array, Array]
    idle: tuple[Mask, Mask]

    @property
    def n(self) -> int:
        """Number of buyers."""
        return int(self.total[0].shape[1])

    def technology(self, state: TechnologyState) -> Array:
        """Return H of a state, (N, n)."""
        v, m = state
        if v == m:
            return self.H[v]
        return self.input_mix()[m] * (1.0 - self.v[v])

    def input_mix(self) -> tuple[Array, Array]:
        """Return ``m = H / (1 - v)`` of both periods, (N, n); the other period's where nothing is bought."""
        rest = tuple(1.0 - v for v in self.v)
        own = (ratio(self.H[0], rest[0]), ratio(self.H[1], rest[1]))
        return other_where_zero(own, (_nothing_left(self.v[0]), _nothing_left(self.v[1])))

    def coefficients(self, state: CoefficientState) -> Matrix:
        """Return A of a state (n, n), held as the flows of its period times rates where that is possible."""
        h, c = state
        H, total, other = self.technology(h), self.total[c], self.total[1 - c]
        A = RatedMatrix(self._flows(c), ratio(H, total))
        lost = (total == 0) & (other != 0) & (H != 0)
        if not lost.any():
            return A
        return A.toarray() + RatedMatrix(self._flows(1 - c), np.where(lost, ratio(H, other), 0.0)).toarray()

    def _flows(self, period: int) -> Array:
        return self.Z[period].reshape(self.n, self.n)

    def sourcing(self, product: int, period: int) -> Array:
        """Return the sourcing shares of one product, (origins, n); abroad is last where it is an origin."""
        own, other = (self._origins(product, t) for t in (period, 1 - period))
        own_total, other_total = self.total[period][product], self.total[1 - period][product]
        return np.where(own_total == 0, ratio(other, other_total), ratio(own, own_total))

    def _origins(self, product: int, period: int) -> Array:
        domestic = self.Z[period][:, product]
        if self.abroad is None:
            return domestic
        return np.concatenate([domestic, self.abroad[period][product][np.newaxis]])

    def as_observed(self, period: int) -> bool:
        """Tell whether A of a pure state is exactly that period's own ``Z / x``."""
        return not (self.idle[period] & ~self.idle[1 - period]).any()


def require_input_mix(technology: Technology) -> None:
    """Raise unless ``H = m (1 - v)`` can hold: a buyer whose value added is all of its output buys nothing.

    Raises
    ------
    BalanceError
        With the number of buyers.
    """
    for H, v in zip(technology.H, technology.v, strict=True):
        broken = _nothing_left(v) & (np.abs(H).sum(axis=0) > _NOTHING_BOUGHT)
        if broken.any():
            raise BalanceError(
                "Value added is all of output although inputs are bought; the dependent form does not exist.",
                amount=f"{int(broken.sum())} columns",
                remedy="balance the columns (system.check()), or pass dependent=False",
            )


def _nothing_left(v: Array) -> Mask:
    """Mark buyers whose value added is all of their output, up to rounding, (n,)."""
    return np.asarray(np.abs(1.0 - v) <= _NOTHING_BOUGHT)
