"""Shocks of what final users buy: level, products, exports, investment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mrio.errors import DataError, LabelError
from mrio.parameters import require_factor, require_number, require_share
from mrio.scenarios.draft import Draft, Purchases, require_not_negative
from mrio.scenarios.moves import sourcing_of
from mrio.scenarios.shock import (
    Names,
    Shock,
    place,
    places,
    share_text,
    spelled,
    where_text,
)
from mrio.scenarios.sourcing import swap
from mrio.tables import System

CAPITAL = "capital formation"


def _final(draft: Draft, region: Names, category: Names) -> Purchases:
    """Return the purchases of final users meant."""
    return draft.final_purchases(
        places(draft.system, "region", region), places(draft.system, "demand", category)
    )


def _users(region: Names, category: Names) -> str:
    """Return a choice of final users in words."""
    who = "all final users" if category is None else spelled(category)
    return who if region is None else f"{who} in {spelled(region)}"


@dataclass(frozen=True)
class ScaleDemand(Shock):
    """Final users buy more or less."""

    factor: float
    product: Names = None
    region: Names = None
    category: Names = None

    KIND: ClassVar[str] = "scale_demand"
    FIXED: ClassVar[str] = (
        "sourcing, product mix inside what is scaled, technology, intensities, exports, prices"
    )
    DIMS: ClassVar[Mapping[str, str]] = {"product": "sector", "region": "region", "category": "demand"}

    def require(self) -> None:
        """Raise unless the factor makes sense."""
        require_factor(self.factor)

    def sentence(self) -> str:
        """Return what the shock does, in words."""
        what = "" if self.product is None else f" of {spelled(self.product)}"
        return f"purchases{what} by {_users(self.region, self.category)} are multiplied by {self.factor:g}"

    def apply(self, draft: Draft) -> None:
        """Change the draft."""
        users = _final(draft, self.region, self.category)
        products = places(draft.system, "sector", self.product)
        users.values[np.ix_(np.arange(draft.origins), products, users.cells)] *= self.factor
        if self.product is None and draft.final_import_row is not None:
            draft.final_import_row.reshape(-1)[users.cells] *= self.factor
        draft.touched()


@dataclass(frozen=True)
class ShiftDemand(Shock):
    """Final users spend a share of what they spend on one product on another; the total stays."""

    from_product: str
    to_product: str
    share: float
    region: Names = None
    category: Names = None

    KIND: ClassVar[str] = "shift_demand"
    FIXED: ClassVar[str] = (
        "total final demand, sourcing of the new product, technology, intensities, exports, prices"
    )
    DIMS: ClassVar[Mapping[str, str]] = {
        "from_product": "sector",
        "to_product": "sector",
        "region": "region",
        "category": "demand",
    }

    def require(self) -> None:
        """Raise unless the numbers make sense."""
        require_share(self.share)
        if self.from_product == self.to_product:
            raise DataError(
                "Spending cannot move from a product to itself.",
                where=self.from_product,
                remedy="name two products",
            )

    def sentence(self) -> str:
        """Return what the shock does, in words."""
        return (
            f"{_users(self.region, self.category)} spend {share_text(self.share)} of what they spend on "
            f"{self.from_product} on {self.to_product}"
        )

    def apply(self, draft: Draft) -> None:
        """Change the draft."""
        system = draft.system
        pair = (place(system, "sector", self.from_product), place(system, "sector", self.to_product))
        swap(_final(draft, self.region, self.category), pair, self.share, 1.0, self.to_product)
        draft.touched()


@dataclass(frozen=True)
class ScaleExports(Shock):
    """Foreign buyers take more or less."""

    factor: float
    region: Names = None
    sector: Names = None

    KIND: ClassVar[str] = "scale_exports"
    FIXED: ClassVar[str] = "domestic final demand, technology, sourcing, intensities, prices"
    DIMS: ClassVar[Mapping[str, str]] = {"region": "region", "sector": "sector"}

    def require(self) -> None:
        """Raise unless the factor makes sense."""
        require_factor(self.factor)

    def sentence(self) -> str:
        """Return what the shock does, in words."""
        what = where_text(self.region, self.sector, "all products")
        return f"exports abroad {what} are multiplied by {self.factor:g}"

    def apply(self, draft: Draft) -> None:
        """Change the draft."""
        system = draft.system
        cells = np.ix_(places(system, "region", self.region), places(system, "sector", self.sector))
        draft.outside[0][cells] *= self.factor
        draft.touched()


@dataclass(frozen=True)
class Invest(Shock):
    """A region invests more: an amount of fixed capital formation, spread over products.

    `mix` gives the share of each product; without it the mix is what the region buys for the purpose already.
    Products come from where the region takes them already. The amount is in the money of the table and in
    addition to what is there; a negative one is less investment.
    """

    amount: float
    region: str
    mix: tuple[tuple[str, float], ...] | None = None
    category: str | None = None

    KIND: ClassVar[str] = "invest"
    FIXED: ClassVar[str] = (
        "all other final demand (the money is new), sourcing, technology and capacity, intensities, prices"
    )
    DIMS: ClassVar[Mapping[str, str]] = {"region": "region", "mix": "sector", "category": "demand"}

    def require(self) -> None:
        """Raise unless the numbers make sense."""
        require_number(self.amount, "amount")
        if self.mix is None:
            return
        for name, share in self.mix:
            require_share(share, f"share of {name}")
        whole = sum(share for _, share in self.mix)
        if abs(whole - 1.0) > 1e-9:
            raise DataError(
                "The mix of an investment must add up to one.",
                where=", ".join(f"{name} {share:g}" for name, share in self.mix),
                amount=f"sum {whole:.6g}",
                remedy="divide the shares by their sum",
            )

    def sentence(self) -> str:
        """Return what the shock does, in words."""
        on = "" if self.mix is None else f" in {spelled([name for name, _ in self.mix])}"
        return f"{self.region} invests {self.amount:g} [money] more{on}"

    def apply(self, draft: Draft) -> None:
        """Change the draft."""
        system = draft.system
        users = _final(draft, self.region, capital_category(system, self.category))
        before = users.values.copy()
        if self.mix is None:
            self._by_own_mix(draft, users)
        else:
            for name, share in self.mix:
                product = place(system, "sector", name)
                sourcing = sourcing_of(users.values, users.cells, product, users.weight, users.region)
                if share > 0 and not sourcing.sum() > 0:
                    raise DataError(
                        "No final user buys this product, so its origins are unknown.",
                        where=name,
                        remedy="choose products that final users buy",
                    )
                users.values[:, product, users.cells] += sourcing * (share * self.amount)
        require_not_negative(users.values, before, "Investment")
        draft.touched()

    def _by_own_mix(self, draft: Draft, users: Purchases) -> None:
        """Scale what the region buys for investment so that it grows by the amount."""
        row = draft.final_import_row
        own = users.values[:, :, users.cells]
        total = own.sum() + (0.0 if row is None else row.reshape(-1)[users.cells].sum())
        if total <= 0:
            raise DataError(
                "The region does not invest so far, so there is no mix to follow.",
                where=self.region,
                remedy="give mix={product: share, ...}",
            )
        growth = 1 + self.amount / total
        users.values[:, :, users.cells] = own * growth
        if row is not None:
            row.reshape(-1)[users.cells] *= growth


def capital_category(system: System, name: str | None) -> str:
    """Return the category of fixed capital formation of a table.

    Raises
    ------
    LabelError
        When none was named and none is called so.
    """
    if name is not None:
        return name
    found = [label for label in system.demand if CAPITAL in label.casefold()]
    if len(found) != 1:
        raise LabelError(
            "Which final-demand category is fixed capital formation is not clear.",
            where=", ".join(map(repr, system.demand)),
            remedy="give category=",
        )
    return found[0]
