"""Shocks of who supplies whom and with what: sourcing and substitution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from mrio.errors import DataError, MissingDataError
from mrio.parameters import require_factor, require_share
from mrio.scenarios.draft import Draft, Purchases
from mrio.scenarios.moves import move_between_origins, move_between_products, sourcing_of
from mrio.scenarios.shock import (
    Names,
    Shock,
    place,
    places,
    share_text,
    spelled,
    where_text,
)

Uses = Literal["all", "intermediate", "final"]
USES = ("all", "intermediate", "final")

ROUNDING = 1e-12


def chosen_purchases(
    draft: Draft, uses: Uses, buyers: Names, sectors: Names = None, categories: Names = None
) -> list[Purchases]:
    """Return the purchases meant: of producers, of final users, or both."""
    system = draft.system
    regions = places(system, "region", buyers)
    parts = []
    if uses != "final":
        parts.append(draft.intermediate(regions, places(system, "sector", sectors)))
    if uses != "intermediate":
        parts.append(draft.final_purchases(regions, places(system, "demand", categories)))
    return parts


def require_uses(uses: str) -> None:
    """Raise `DataError` unless `uses` is one of the words for it."""
    if uses not in USES:
        raise DataError(f"uses={uses!r} is unknown.", remedy=f"choose one of {', '.join(map(repr, USES))}")


@dataclass(frozen=True)
class ShiftSourcing(Shock):
    """Buyers take a product from one region instead of another: industrial transfer.

    Each buyer moves the same share of what it buys from the loser; a volume is spread in proportion to these
    purchases, counted at the output that the table had before the scenario.
    """

    product: str
    from_region: str
    to_region: str
    share: float | None = None
    volume: float | None = None
    buyers: Names = None
    buyer_sectors: Names = None
    categories: Names = None
    uses: Uses = "all"

    KIND: ClassVar[str] = "shift_sourcing"
    FIXED: ClassVar[str] = (
        "what each buyer needs of the product, technology, intensities, exports, prices, final demand"
    )
    DIMS: ClassVar[Mapping[str, str]] = {
        "product": "sector",
        "from_region": "origin",
        "to_region": "origin",
        "buyers": "region",
        "buyer_sectors": "sector",
        "categories": "demand",
    }

    def require(self) -> None:
        """Raise unless share or volume makes sense."""
        require_uses(self.uses)
        if (self.share is None) == (self.volume is None):
            raise DataError("Give either a share or a volume.", remedy="share=0.3, or volume=50 in money")
        if self.share is not None:
            require_share(self.share)
        else:
            require_factor(self.volume, "volume")  # type: ignore[arg-type]
        if self.from_region == self.to_region:
            raise DataError(
                "Production cannot move from a region to itself.",
                where=self.from_region,
                remedy="name two regions",
            )

    def sentence(self) -> str:
        """Return what the shock does, in words."""
        what = share_text(self.share) if self.share is not None else f"{self.volume:g} [money]"
        who = "" if self.buyers is None else f" of buyers in {spelled(self.buyers)}"
        if self.buyer_sectors is not None or self.categories is not None:
            who += f" ({spelled(self.buyer_sectors)}; {spelled(self.categories)})"
        uses = "" if self.uses == "all" else f" {self.uses}"
        return (
            f"{what} of the{uses} purchases{who} of {self.product} from {self.from_region} "
            f"go to {self.to_region}"
        )

    def apply(self, draft: Draft) -> None:
        """Change the draft."""
        system = draft.system
        product = place(system, "sector", self.product)
        pair = (place(system, "origin", self.from_region), place(system, "origin", self.to_region))
        parts = chosen_purchases(draft, self.uses, self.buyers, self.buyer_sectors, self.categories)
        share = self.share
        if share is None:
            share = self._share_of(sum(part.money(pair[0], product) for part in parts), system.unit)
        for part in parts:
            move_between_origins(part.values, part.cells, product, pair, share)
        draft.touched()

    def _share_of(self, sold: float, unit: str) -> float:
        """Return the volume as a share of what the loser sells to these buyers."""
        volume = float(self.volume or 0.0)
        if volume > sold * (1 + ROUNDING):
            raise DataError(
                "Nobody can give up more than it sells: the flow would be negative.",
                where=f"{self.from_region} | {self.product}",
                amount=f"volume {volume:.6g}, sales to these buyers {sold:.6g} {unit}",
                remedy="make the volume smaller or name more buyers",
            )
        return volume / sold if sold > 0 else 0.0


@dataclass(frozen=True)
class Substitute(Shock):
    """Buyers replace a product by another: energy carriers, or recycled for virgin material.

    The new product comes from where each buyer takes it already; a buyer that has none buys like its region.
    `worth` is the spending on the new product for one of the old; producers keep the difference as value
    added.
    """

    old: str
    new: str
    share: float
    worth: float = 1.0
    region: Names = None
    sector: Names = None
    categories: Names = None
    uses: Uses = "intermediate"

    KIND: ClassVar[str] = "substitute"
    FIXED: ClassVar[str] = (
        "sourcing of the new product, intensities (a buyer that burns less needs scale_intensity besides), "
        "exports, prices; value added takes what worth differs from 1"
    )
    DIMS: ClassVar[Mapping[str, str]] = {
        "old": "sector",
        "new": "sector",
        "region": "region",
        "sector": "sector",
        "categories": "demand",
    }

    def require(self) -> None:
        """Raise unless the numbers make sense."""
        require_uses(self.uses)
        require_share(self.share)
        require_factor(self.worth, "worth")
        if self.old == self.new:
            raise DataError("A product cannot replace itself.", where=self.old, remedy="name two products")

    def sentence(self) -> str:
        """Return what the shock does, in words."""
        users = where_text(self.region, self.sector, "all buyers")
        price = "" if self.worth == 1.0 else f" at {self.worth:g} of the spending"
        uses = "" if self.uses == "all" else f" {self.uses}"
        return (
            f"{share_text(self.share)} of the{uses} purchases of {self.old} {users} are replaced by "
            f"{self.new}{price}"
        )

    def apply(self, draft: Draft) -> None:
        """Change the draft."""
        pair = (place(draft.system, "sector", self.old), place(draft.system, "sector", self.new))
        for part in chosen_purchases(draft, self.uses, self.region, self.sector, self.categories):
            saved = swap(part, pair, self.share, self.worth, self.new)
            if part.values is not draft.final:
                draft.absorb(part.cells, saved)
        draft.touched()


def swap(part: Purchases, pair: tuple[int, int], share: float, worth: float, name: str) -> np.ndarray:
    """Replace a product in the purchases of some buyers, and return what they save (b,).

    Raises
    ------
    MissingDataError
        When nobody buys the new product, so that nobody knows where from.
    """
    sourcing = sourcing_of(part.values, part.cells, pair[1], part.weight, part.region)
    released = part.values[:, pair[0], part.cells].sum(axis=0) * share
    if ((sourcing.sum(axis=0) == 0) & (released != 0)).any():
        raise MissingDataError(
            "Nobody buys the new product in this kind of use, so its origins are unknown.",
            where=name,
            remedy="choose a product that is bought already, or other uses",
        )
    return move_between_products(part.values, part.cells, pair, share, worth, sourcing)
