"""Symmetric tables out of supply and use tables.

A supply table says which industry makes which product, a use table who buys which product. A symmetric table
needs one kind in rows and columns, and so an assumption on industries with several products. Both of these
use market shares and product mixes only, never an inverse, and so give no negative flow where there was none:

- product by product, industry technology (model B): every product of an industry is made with the inputs of
  that industry;
- industry by industry, fixed product sales structure (model D): buyers of a product take it from its
  industries by their market shares, whoever the buyer is.

Names of models are those of the Eurostat manual.

References
----------
Eurostat (2008), Manual of Supply, Use and Input-Output Tables, ISBN 978-92-79-04735-0, chapter 11. Miller,
R. E. and Blair, P. D. (2009), Input-Output Analysis, 2nd ed., chapter 5, doi:10.1017/CBO9780511626982.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from mrio.errors import DataError, raise_together

Array = npt.NDArray[np.float64]
Model = Literal["product", "industry"]

_NEGLIGIBLE = 1e-12
_LOST = {
    "product": "An industry without output buys, pays or emits",
    "industry": "A product without supply is bought",
}


@dataclass(frozen=True, eq=False)
class SupplyUse:
    """Supply and use of P products by I industries.

    Parameters
    ----------
    supply
        Products that industries make (I, P), dense or scipy sparse [money].
    use
        Products that industries buy (P, I) [money].
    final
        Products that final users buy (P, K) [money].
    inputs
        Primary inputs of industries (M, I) [money].
    accounts
        Satellite flows of industries (C, I) [each its own].
    """

    supply: Any
    use: Array
    final: Array
    inputs: Array
    accounts: Array


@dataclass(frozen=True, eq=False)
class Symmetric:
    """A symmetric table of n products or industries.

    Attributes
    ----------
    Z
        Intermediate flows (n, n) [money].
    final
        Final purchases (n, K) [money].
    inputs, accounts
        Primary inputs (M, n) [money] and satellite flows (C, n).
    x
        Supply of each product, or output of each industry (n,) [money].
    discrepancy
        What supply exceeds the uses by (n,) [money].
    """

    Z: Array
    final: Array
    inputs: Array
    accounts: Array
    x: Array
    discrepancy: Array


def product_mix(supply: Any) -> Any:
    """Return the share of each product in the output of its industry, ``C'[i,p] = S[i,p] / g[i]``.

    Parameters
    ----------
    supply
        (I, P), dense or scipy sparse; ``g`` are its row sums. Industries without output have zeros.

    Returns
    -------
    array or sparse array
        (I, P), like `supply`.
    """
    return _scaled(supply, _row_sums(supply)[:, np.newaxis])


def market_shares(supply: Any) -> Any:
    """Return the share of each industry in the supply of a product, ``D[i,p] = S[i,p] / q[p]``.

    Parameters
    ----------
    supply
        (I, P), dense or scipy sparse; ``q`` are its column sums. Products without supply have zeros.

    Returns
    -------
    array or sparse array
        (I, P), like `supply`.
    """
    return _scaled(supply, _row_sums(supply.T)[np.newaxis])


def industry_technology(tables: SupplyUse) -> Symmetric:
    """Return the table product by product under the industry technology assumption (model B).

    With ``C' = diag(g)^-1 S``, the product mixes: ``Z = U C'``, ``V = W C'``, accounts alike; final
    purchases stay as they are and ``x = q``. Input coefficients are ``A = B D``, with ``B = U diag(g)^-1``
    and ``D = S diag(q)^-1``.

    Parameters
    ----------
    tables
        Shapes as in `SupplyUse`, with n = P.
    """
    mix = product_mix(tables.supply)
    x = _row_sums(tables.supply.T)
    Z = np.asarray(tables.use @ mix)
    gap = x - Z.sum(axis=1) - tables.final.sum(axis=1)
    inputs, accounts = (np.asarray(part @ mix) for part in (tables.inputs, tables.accounts))
    return Symmetric(Z, tables.final, inputs, accounts, x, gap)


def fixed_product_sales(tables: SupplyUse) -> Symmetric:
    """Return the table industry by industry under fixed product sales structures (model D).

    With ``D = S diag(q)^-1``, the market shares: ``Z = D U``, ``Y = D Y_products``; primary inputs and
    accounts stay as they are and ``x = g``. Input coefficients are ``A = D B``.

    Parameters
    ----------
    tables
        Shapes as in `SupplyUse`, with n = I.
    """
    shares = market_shares(tables.supply)
    x = _row_sums(tables.supply)
    Z, final = (np.asarray(shares @ part) for part in (tables.use, tables.final))
    gap = x - Z.sum(axis=1) - final.sum(axis=1)
    return Symmetric(Z, final, tables.inputs, tables.accounts, x, gap)


def symmetric(tables: SupplyUse, model: Model = "product") -> Symmetric:
    """Turn supply and use tables into a symmetric one.

    Totals of value added and accounts stay as they are. Where uses do not add up to supply, the difference is
    kept as discrepancy.

    Parameters
    ----------
    tables
        Supply and use in one valuation, at best basic prices.
    model
        ``"product"``: product by product, industry technology (model B); ``"industry"``: industry by
        industry, fixed product sales structure (model D).

    Raises
    ------
    DataError
        When supply is negative, an industry without output buys, pays or emits (product by product), or a
        product without supply is bought (industry by industry): such flows would vanish.

    Examples
    --------
    >>> import numpy as np
    >>> tables = SupplyUse(
    ...     supply=np.array([[90.0, 10.0], [0.0, 100.0]]), use=np.array([[20.0, 12.0], [10.0, 8.0]]),
    ...     final=np.array([[58.0], [92.0]]), inputs=np.array([[70.0, 80.0]]), accounts=np.zeros((0, 2)))
    >>> found = symmetric(tables)
    >>> found.Z
    array([[18., 14.],
           [ 9.,  9.]])
    >>> found.inputs, found.x
    (array([[63., 87.]]), array([ 90., 110.]))
    """
    if model not in ("product", "industry"):
        raise DataError(f"There is no model {model!r}.", remedy='choose model="product" or model="industry"')
    raise_together(_problems(tables, model))
    return industry_technology(tables) if model == "product" else fixed_product_sales(tables)


def _problems(tables: SupplyUse, model: Model) -> list[DataError]:
    """List flows that a model cannot place."""
    values = tables.supply.data if sparse.issparse(tables.supply) else tables.supply
    found: list[DataError] = []
    if (values < 0.0).any():
        found.append(
            DataError(
                "The supply table has negative cells: shares of industries and products do not exist.",
                amount=f"{int((values < 0.0).sum())} cells, smallest {float(values.min()):.6g}",
                remedy="mend the supply table; book negative supply as use",
            )
        )
    by_industry = model == "product"
    total = _row_sums(tables.supply if by_industry else tables.supply.T)
    parts = (tables.use.T, tables.inputs.T, tables.accounts.T) if by_industry else (tables.use, tables.final)
    flows = np.sum([np.abs(part).sum(axis=1) for part in parts], axis=0)
    empty = total <= _NEGLIGIBLE * float(np.abs(total).mean())
    lost = np.flatnonzero(empty & (flows > _NEGLIGIBLE * float(flows.mean())))
    if len(lost):
        found.append(
            DataError(
                f"{_LOST[model]}: the flows have no place in a symmetric table.",
                where=f"positions {', '.join(map(str, lost[:8] + 1))}"
                + (" and more" if len(lost) > 8 else ""),
                amount=f"{len(lost)} of {len(total)}, flows of {float(flows[lost].sum()):.6g}",
                remedy="give it output, or set its flows to zero",
            )
        )
    return found


def _row_sums(table: Any) -> Array:
    return np.asarray(table.sum(axis=1), dtype=np.float64).ravel()


def _scaled(table: Any, total: Array) -> Any:
    """Return a table divided by totals of its rows (I, 1) or columns (1, P), zero where there is none."""
    factor = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0.0)
    return table.multiply(factor).tocsr() if sparse.issparse(table) else table * factor
