"""Prices that follow costs, and who bears them in the end.

With p the relative change of the price of each product, A the inputs and c the extra primary cost per unit of
output, costs are passed on at every step of the chain: ``p' = k (c' + p' A)``, k being the share that sellers
pass on; the rest they bear themselves. For k = 1, ``p' = c' (I - A)^-1``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mrio import plotting
from mrio.leontief import Leontief
from mrio.leontief.storage.matrices import Matrix, to_dense
from mrio.leontief.storage.scaled import ScaledMatrix
from mrio.measures.measure import Measure, Sheet, as_table
from mrio.plotting import ranked_bars
from mrio.tables import System
from mrio.tables.arrays import Array, is_sparse, ratio

IMPORTED = "imported goods"
"""Label of final purchases from abroad among the products."""


@dataclass(frozen=True, eq=False)
class Burden:
    """Who bears extra costs; R regions, N sectors, K categories of final demand.

    Attributes
    ----------
    users
        Final users, by product with imported goods last (N + 1, R, K).
    outside
        Exports, then stock changes with the discrepancy, by region that makes the product (2, R).
    absorbed
        What sellers do not pass on (R N,).
    """

    users: Array
    outside: Array
    absorbed: Array

    @property
    def total(self) -> float:
        """Everything that is borne."""
        return float(self.users.sum() + self.outside.sum() + self.absorbed.sum())


def passed_on(op: Leontief, cost: Array, share: float) -> tuple[Array, Array]:
    """Return the price change of each product, and what sellers bear per unit of output, each (n,).

    Parameters
    ----------
    op
        Leontief operator, n rows.
    cost
        Extra primary cost per unit of output (n,).
    share
        k: what is passed on at each step, 0 to 1.
    """
    if share == 1:
        return np.asarray(op.solve_left(cost)), np.zeros_like(cost)
    partly = Leontief(_scaled(op.A, share), blocks=op.blocks)
    price = np.asarray(partly.solve_left(share * cost))
    return price, (1 - share) * (cost + op.A.T @ price)


def _scaled(A: Matrix, share: float) -> Matrix:
    """Return a multiple of A (n, n), without a copy where A is held between two diagonals."""
    if isinstance(A, ScaledMatrix):
        return ScaledMatrix(A.base, share * A.left, A.right)
    return share * (A if is_sparse(A) else to_dense(A))


def users_burden(system: System, paid: Array, imported: Array) -> Array:
    """Return what final users pay more, by product with imported goods last, (N + 1, R, K).

    Parameters
    ----------
    system
        The table.
    paid
        Price change that users in each region meet for each product (R, R N).
    imported
        Price change of imported final goods that users meet: (N, R), or (R,) where imports are one row.
    """
    arrays = system.arrays
    R, N, K = arrays.Y.shape[0], arrays.Y.shape[1], arrays.Y.shape[3]
    result = np.zeros((N + 1, R, K))
    result[:N] = np.einsum("sri,risk->isk", paid.reshape(R, R, N), arrays.Y, optimize=True)
    if arrays.imports_Y is not None:
        result[N] = np.einsum("is,isk->sk", imported, arrays.imports_Y)
    elif arrays.imports_row_Y is not None:
        result[N] = imported[:, np.newaxis] * arrays.imports_row_Y
    return result


def outside_burden(system: System, abroad: Array, home: Array) -> Array:
    """Return what exports, and stock changes with the discrepancy, cost more by region, (2, R).

    Parameters
    ----------
    system
        The table.
    abroad, home
        Price change met abroad and at home for each product, each (R N,).
    """
    arrays = system.arrays
    shape = arrays.x.shape
    exports = np.zeros(shape) if arrays.exports is None else arrays.exports
    kept = arrays.outside_demand - exports
    return np.array([(abroad.reshape(shape) * exports).sum(1), (home.reshape(shape) * kept).sum(1)])


def base_price_gap(system: System) -> float:
    """Return the largest distance from 1 of the prices that the primary costs of the table give.

    Zero where columns balance: ``(v + m)' (I - A)^-1 = 1``.
    """
    arrays = system.arrays
    x = arrays.x.ravel()
    costs = (arrays.V.sum(axis=0) + arrays.imports_by_user).ravel()
    rates = np.divide(costs, x, out=np.ones_like(x), where=x != 0)
    return float(np.abs(np.asarray(system.leontief.solve_left(rates)) - 1).max())


def put_burden(sheet: Sheet, system: System, burden: Burden) -> None:
    """Put who bears what on labels, with the share in what users spend."""
    arrays, money = system.arrays, system.unit
    users = ("product", "use_region", "demand")
    sheet.put("burden", burden.users, users, money, "what final users pay more, by product")
    spent = arrays.Y.sum(axis=(0, 1)) + arrays.imports_by_demand
    total = burden.users.sum(axis=0)
    share = ratio(total, spent)
    text = "what final users pay more over what they spend: change of the price index of their purchases"
    sheet.put("price_index", share, users[1:], "1", text)
    sheet.put("burden_exports", burden.outside[0], ("region",), money, "what buyers abroad pay more")
    text = "extra cost of what goes into stocks and the discrepancy"
    sheet.put("burden_stocks", burden.outside[1], ("region",), money, text)
    sheet.put("absorbed", burden.absorbed, ("region", "sector"), money, "what sellers bear themselves")


def burden_coords(system: System) -> dict[str, Any]:
    """Return the labels that `put_burden` needs."""
    return {
        "region": system.regions,
        "sector": system.sectors,
        "product": (*system.sectors, IMPORTED),
        "use_region": system.regions,
        "demand": system.demand,
    }


class PriceMeasure(Measure):
    """Base of the results on prices: price changes and who bears the costs."""

    main = "price_change"

    def incidence(self, by: str = "demand") -> pd.DataFrame:
        """Return what final users pay more: region (rows) by category, or by product.

        Parameters
        ----------
        by
            ``"demand"`` or ``"product"``.
        """
        if by not in ("demand", "product"):
            raise ValueError(f"by={by!r}: choose 'demand' or 'product'")
        other = "product" if by == "demand" else "demand"
        return as_table(self.data["burden"].sum(other), "use_region", by)

    def by_region(self) -> pd.DataFrame:
        """Return who bears the costs, one row a region; the columns add up to all costs."""
        unit = self.unit("burden")
        columns = {
            f"final users [{unit}]": self.data["burden"].sum(["product", "demand"]).values,
            f"buyers abroad [{unit}]": self.data["burden_exports"].values,
            f"stocks [{unit}]": self.data["burden_stocks"].values,
            f"sellers [{unit}]": self.data["absorbed"].sum("sector").values,
        }
        return pd.DataFrame(columns, index=pd.Index(self.data["region"].values, name="region"))

    def summary(self) -> pd.DataFrame:
        """Return who bears the costs, with the change of the price index of each region."""
        table = self.by_region()
        table["total"] = table.sum(axis=1)
        table = table.rename(columns={"total": f"total [{self.unit('burden')}]"})
        index = self.data["price_index"].transpose("use_region", "demand")
        for name in index["demand"].values:
            table[f"price index of {name} [1]"] = index.sel(demand=name).values
        return table

    @property
    def plot(self) -> PricePictures:
        """Pictures: ``plot.largest()``, ``plot.incidence()``."""
        return PricePictures(self)


@dataclass(frozen=True)
class PricePictures:
    """Pictures of prices; every method takes ``ax=`` and returns Axes."""

    prices: PriceMeasure

    def largest_data(self, most: int = 15) -> pd.DataFrame:
        """Return the largest price changes, one row a product."""
        changes = self.prices.data["price_change"].to_series()
        return plotting.largest_values(changes, most).to_frame("price change")

    def largest(self, most: int = 15, ax: Any | None = None) -> Any:
        """Draw the largest price changes as bars."""
        title = f"Largest price changes, {self._words()}"
        return ranked_bars(self.largest_data(most), "1", title, self.prices.small_print, ax)

    def incidence_data(self, by: str = "demand") -> pd.DataFrame:
        """Return what final users pay more: region by category, or by product."""
        return self.prices.incidence(by)

    def incidence(self, by: str = "demand", ax: Any | None = None) -> Any:
        """Draw what final users pay more, stacked by category or product."""
        title = f"What final users pay more, {self._words()}"
        ax = plotting.stacked_bars(self.incidence_data(by), self.prices.unit("burden"), title, ax)
        plotting.small_print(ax, self.prices.small_print)
        return ax

    def _words(self) -> str:
        """Return what was changed."""
        return str(self.prices.data.attrs["what"])
