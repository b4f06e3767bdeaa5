"""The base year of an update, and how much of it enters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mrio.balancing.balance import Balanced
from mrio.errors import DataError
from mrio.parameters import require_factor, require_share, require_tolerance
from mrio.tables import System

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class UpdateRule:
    """How the structure of the base year enters.

    Parameters
    ----------
    own_weight
        Weight of the region's own base-year technology and mix of final demand in the prior; the rest is the
        nation of the new year, where its cells are given. Full weight on own deviations multiplies noise;
        half did best on the one province and year where the truth is known.
    opening
        Weight of supply by any region beside the sourcing of the base year, so that products and regions
        that did not trade then can; 0 keeps the zeros.
    tolerance
        Largest relative difference between regional margins and national cells.

    Examples
    --------
    >>> UpdateRule(own_weight=0.75).opening
    1e-06
    """

    own_weight: float = 0.5
    opening: float = 1e-6
    tolerance: float = 1e-6

    def __post_init__(self) -> None:
        require_share(self.own_weight, "own_weight")
        require_factor(self.opening, "opening")
        require_tolerance(self.tolerance)


@dataclass(frozen=True, eq=False)
class BaseYear:
    """Purchases of the base year; users are the N sectors, then the K categories of final demand.

    Parameters
    ----------
    purchases
        (N, R, R, N + K): product, origin, region, user [money].
    imported
        (R, N, N + K): region, product, user [money].
    x, V
        Output (R, N) and primary inputs (M, R, N) [money].
    regions, sectors, users
        Labels.
    """

    purchases: Array
    imported: Array
    x: Array
    V: Array
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    users: tuple[str, ...]

    @property
    def use(self) -> Array:
        """Purchases of all origins (R, N, N + K)."""
        return np.asarray(self.purchases.sum(axis=1).transpose(1, 0, 2) + self.imported)


def base_year(system: System) -> BaseYear:
    """Return the purchases of a table by product, origin, region and user.

    Raises
    ------
    DataError
        When imports are known only as one row.
    """
    if system.imports == "row":
        raise DataError(
            "A table with imports as one row cannot be updated.",
            where=system.title,
            remedy="part the row by product first, or leave imports out",
        )
    arrays = system.arrays
    R, N = arrays.x.shape
    Z = arrays.Z.toarray() if hasattr(arrays.Z, "toarray") else arrays.Z
    purchases = np.concatenate([np.asarray(Z).reshape(R, N, R, N), arrays.Y], axis=3).transpose(1, 0, 2, 3)
    imported = np.zeros((R, N, purchases.shape[3]))
    if arrays.imports_Z is not None and arrays.imports_Y is not None:
        imported = np.concatenate([arrays.imports_Z, arrays.imports_Y], axis=2).transpose(1, 0, 2)
    users = (*system.sectors, *system.demand)
    return BaseYear(purchases, imported, arrays.x, arrays.V, system.regions, system.sectors, users)


def fit_numbers(fitted: Balanced) -> dict[str, float]:
    """Return how a fit went."""
    return {"moved": fitted.moved, "iterations": fitted.iterations, "residual": fitted.residual}
