"""The shock of a carbon price: final users buy less of what becomes dearer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mrio.errors import DataError, UnitsError
from mrio.parameters import require_factor, require_number
from mrio.scenarios.draft import Draft
from mrio.scenarios.shock import Names, Shock, places, where_text
from mrio.tables import System
from mrio.tables.arrays import Array
from mrio.units import parse_unit


@dataclass(frozen=True)
class PriceCarbon(Shock):
    """Emissions cost money, and final users answer to dearer products with given elasticities.

    Final purchases of a product of a region are multiplied by ``p ** elasticity``, p its price index with
    full pass-through. Without elasticities quantities stay as they are: `mrio.carbon_price` tells prices
    and revenue.
    """

    price: float
    account: str = "co2"
    region: Names = None
    sector: Names = None
    elasticity: float | tuple[tuple[str, float], ...] | None = None

    KIND: ClassVar[str] = "carbon_price"
    FIXED: ClassVar[str] = (
        "technology, sourcing of producers, intensities, exports; flows stay in prices without the carbon "
        "price, and the revenue is not spent"
    )
    DIMS: ClassVar[Mapping[str, str]] = {
        "account": "account",
        "region": "region",
        "sector": "sector",
        "elasticity": "sector",
    }

    def require(self) -> None:
        """Raise unless the numbers make sense."""
        require_factor(self.price, "price")
        given = self.elasticity if isinstance(self.elasticity, tuple) else (("all", self.elasticity),)
        for name, value in given:
            if value is not None:
                require_number(value, f"elasticity of {name}")
                if value > 0:
                    raise DataError(
                        "A price elasticity of demand must not be positive.",
                        where=name,
                        amount=f"{value:g}",
                        remedy="give -0.5 for 0.5 % less demand when the price rises by 1 %",
                    )

    def sentence(self) -> str:
        """Return what the shock does, in words."""
        who = where_text(self.region, self.sector, "all producers")
        answer = "nobody buys less" if self.elasticity is None else "final users buy less of what is dearer"
        return f"{self.account} {who} costs {self.price:g} a tonne, and {answer}"

    def apply(self, draft: Draft) -> None:
        """Change the draft."""
        if self.elasticity is None:
            return
        system = draft.system
        charge = self.charge(system, draft.intensity[self.account])
        prices = 1 + np.asarray(draft.operator.solve_left(charge)).reshape(draft.shape)
        elasticities = np.zeros(draft.shape[1])
        if isinstance(self.elasticity, tuple):
            for name, value in self.elasticity:
                elasticities[places(system, "sector", name)] = value
        else:
            elasticities[:] = self.elasticity
        draft.final[: draft.shape[0]] *= (prices**elasticities)[:, :, np.newaxis]
        draft.touched()

    def charge(self, system: System, intensity: Array) -> Array:
        """Return what producers pay per unit of output (n,) [1], from emissions per unit of output (n,).

        Raises
        ------
        UnitsError
            When the account is no mass.
        """
        unit, money = parse_unit(system.account(self.account).unit), parse_unit(system.unit)
        if unit.kind != "mass":
            raise UnitsError(
                f"Account {self.account!r} is no mass, so a price per tonne means nothing.",
                amount=repr(unit.text),
                remedy="price an account in t, kt or Mt",
            )
        payers = np.zeros(system.arrays.x.shape)
        payers[np.ix_(places(system, "region", self.region), places(system, "sector", self.sector))] = 1.0
        return np.asarray(self.price * unit.scale / money.scale * intensity * payers.ravel())
