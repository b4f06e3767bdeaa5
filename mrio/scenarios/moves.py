"""Kernels of the shocks: purchases moved between origins and between products.

O origins, N products, B buyers of which b are meant.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mrio.tables.arrays import Array

Index = NDArray[np.intp]


def move_between_origins(
    values: Array, cells: Index, product: int, pair: tuple[int, int], share: float
) -> None:
    """Let buyers take a share of what they buy from one origin from another, in place.

    Parameters
    ----------
    values
        Purchases (O, N, B), changed in place.
    cells
        Buyers (b,).
    product
        Number of the product.
    pair
        Origins that lose and gain.
    share
        Share of the purchases from the loser [1].
    """
    loser, gainer = pair
    moved = share * values[loser, product, cells]
    values[loser, product, cells] -= moved
    values[gainer, product, cells] += moved


def move_between_products(
    values: Array, cells: Index, pair: tuple[int, int], share: float, worth: float, sourcing: Array
) -> Array:
    """Replace a share of the purchases of one product by another, and return what is saved (b,).

    Parameters
    ----------
    values
        Purchases (O, N, B), changed in place.
    cells
        Buyers (b,).
    pair
        The old and the new product.
    share
        Share of the old product that is replaced, from all origins alike [1].
    worth
        Spending on the new product for each unit of spending replaced [1].
    sourcing
        Origins of the new product (O, b); each column adds up to one.
    """
    old, new = pair
    given_up = share * values[:, old, cells]
    released = given_up.sum(axis=0)
    values[:, old, cells] -= given_up
    values[:, new, cells] += sourcing * (worth * released)
    return np.asarray((1 - worth) * released)


def sourcing_of(values: Array, cells: Index, product: int, weight: Array, region: Index) -> Array:
    """Return from which origins buyers take a product, (O, b); columns add up to one, or to zero.

    A buyer that has none of it so far buys like its region does, and a region that has none like all regions.

    Parameters
    ----------
    values
        Purchases (O, N, B).
    cells
        Buyers (b,).
    product
        Number of the product.
    weight
        Money per unit of `values` (B,).
    region
        Number of the region of each buyer (B,).
    """
    bought = values[:, product]
    money = bought * weight
    by_region = np.zeros((len(values), int(region.max()) + 1))
    np.add.at(by_region.T, region, money.T)
    result = _shares(np.broadcast_to(money.sum(axis=1, keepdims=True), (len(values), cells.size)))
    for finer in (by_region[:, region[cells]], bought[:, cells]):
        known = finer.sum(axis=0) > 0
        result = np.where(known, _shares(finer), result)
    return result


def _shares(parts: Array) -> Array:
    """Return parts (O, b) over their sums, zero where the sum is not positive."""
    total = parts.sum(axis=0)
    return np.asarray(np.divide(parts, total, out=np.zeros(parts.shape), where=total > 0))
