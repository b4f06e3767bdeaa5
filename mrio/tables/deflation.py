"""Kernels of deflation: rows by the price of the product, value added as what is left of output.

    z'[ri, .] = z[ri, .] / p[ri],    x' = sum of row,    v'[sj] = x'[sj] - sum_ri z'[ri, sj] - m'[sj]

p is the price of the period of the table relative to the prices wanted. R regions, N sectors, n = R N.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mrio.leontief.storage.matrices import to_dense
from mrio.tables.arrays import Array, Arrays, is_sparse


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices of the period relative to those wanted.

    Attributes
    ----------
    products
        Of domestic products (R, N).
    imports
        Of imported products (N,), used where imports are known by product.
    import_rows
        Of the imports of each buyer: producers (R, N) and final users (R, K), used where imports are one row.
    """

    products: Array
    imports: Array
    import_rows: tuple[Array, Array]


def deflated_arrays(arrays: Arrays, prices: Prices) -> dict[str, Any]:
    """Return all money arrays of a table in the prices wanted, value added in one factor (1, R, N).

    Parameters
    ----------
    arrays
        Numbers of the table.
    prices
        Prices of the period relative to those wanted.
    """
    p = prices.products
    row = 1.0 / p.ravel()
    Z = (
        arrays.Z.multiply(row[:, np.newaxis]).tocsr()
        if is_sparse(arrays.Z)
        else arrays.Z * row[:, np.newaxis]
    )
    result: dict[str, Any] = {"Z": Z, "Y": arrays.Y / p[:, :, np.newaxis, np.newaxis]}
    for name in ("exports", "stock_change", "discrepancy"):
        values = getattr(arrays, name)
        result[name] = None if values is None else values / p
    for name in ("imports_Z", "imports_Y"):
        values = getattr(arrays, name)
        result[name] = None if values is None else values / prices.imports[:, np.newaxis, np.newaxis]
    for name, own in zip(("imports_row_Z", "imports_row_Y"), prices.import_rows, strict=True):
        values = getattr(arrays, name)
        result[name] = None if values is None else values / own
    result["V"] = residual_value_added(arrays, result, p)[np.newaxis]
    return result


def residual_value_added(arrays: Arrays, deflated: dict[str, Any], p: Array) -> Array:
    """Return deflated output less deflated inputs, (R, N).

    What the columns of the table lacked to their output before stays apart, at the price of the output, so
    that deflation adds nothing to value added where no price changes.
    """
    gap = (arrays.x - arrays.column_sums()) / p
    inputs = np.asarray(deflated["Z"].sum(axis=0)).reshape(p.shape)
    imports = np.zeros_like(p)
    if deflated["imports_Z"] is not None:
        imports = deflated["imports_Z"].sum(axis=0)
    elif deflated["imports_row_Z"] is not None:
        imports = deflated["imports_row_Z"]
    return np.asarray(arrays.x / p - inputs - imports - gap)


def mean_product_prices(arrays: Arrays, p: Array) -> Array:
    """Return the mean price of each product over all regions, (N,): current output over deflated output."""
    plain = p.mean(axis=0)
    output = np.abs(arrays.x)
    deflated = (output / p).sum(axis=0)
    return np.asarray(np.divide(output.sum(axis=0), deflated, out=plain, where=deflated > 0))


def mean_buyer_prices(arrays: Arrays, p: Array) -> tuple[Array, Array]:
    """Return the mean price of what each buyer buys at home: producers (R, N) and final users (R, K).

    Buyers of nothing get the mean price of all output.
    """
    row = 1.0 / p.ravel()
    overall = float(np.abs(arrays.x).sum() / (np.abs(arrays.x) / p).sum())
    Z = np.abs(to_dense(arrays.Z))
    bought, real = Z.sum(axis=0), row @ Z
    Y = np.abs(arrays.Y)
    spent, volume = Y.sum(axis=(0, 1)), np.einsum("ri,risk->sk", 1.0 / p, Y)
    producers = np.divide(bought, real, out=np.full_like(bought, overall), where=real > 0)
    users = np.divide(spent, volume, out=np.full_like(spent, overall), where=volume > 0)
    return producers.reshape(p.shape), users
