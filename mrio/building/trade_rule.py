"""How trade between regions is to be estimated, as one record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from mrio.building.border import abroad
from mrio.building.regional import RegionalTable
from mrio.building.stack import Stack
from mrio.building.trade import OwnRule, charm, gravity, heterogeneity, own_supply, proportional
from mrio.errors import MissingDataError
from mrio.parameters import require_factor

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TradeRule:
    """How trade between regions is estimated.

    Parameters
    ----------
    prior
        ``"gravity"``: outflow times inflow over distance^exponent; ``"proportional"``: without distance;
        ``"observed"``: flows of another source or year.
    distance
        (R, R) in the order of the regions, the rest of the country last [km]; for ``"gravity"``.
    exponent
        Distance exponent, zero or more; for ``"gravity"``. 1.5 is near what tables of China between regions
        show.
    observed
        (N, R, R): product, from region, to region; any level; for ``"observed"``.
    own
        What each region keeps, from its published outflow and inflow: ``"max"``, ``"geometric"`` or ``"min"``
        (`own_supply`), or ``"charm"`` where only net flows are known (needs the nation).

    Examples
    --------
    >>> TradeRule(prior="gravity", distance=np.array([[0.0, 112.2], [112.2, 0.0]]), own="geometric").exponent
    1.5
    """

    prior: Literal["gravity", "proportional", "observed"] = "proportional"
    distance: Array | None = None
    exponent: float = 1.5
    observed: Array | None = None
    own: OwnRule | Literal["charm"] = "max"

    def __post_init__(self) -> None:
        require_factor(self.exponent, "exponent")


def own_by_rule(
    published: Stack, supply: Array, use: Array, rule: TradeRule, national: RegionalTable | None
) -> Array:
    """Return own supply (R, N) by the rule, with the own shares of the tables as published."""
    if rule.own == "charm":
        if national is None:
            raise MissingDataError("The CHARM rule needs the table of the nation.", remedy="give national=")
        h = heterogeneity(national.x, national.use, *abroad(national))
        return np.maximum(supply - charm(supply, use, h)[0], 0.0)
    to_country = published.x - published.exports
    from_country = published.use + published.stock_change - published.imports
    kept = 1 - np.divide(published.outflow, to_country, out=np.ones_like(supply), where=to_country > 0)
    served = 1 - np.divide(published.inflow, from_country, out=np.ones_like(supply), where=from_country > 0)
    return own_supply(supply, use, kept, served, rule=rule.own)


def prior_by_rule(out: Array, into: Array, rule: TradeRule) -> Array:
    """Return the prior of trade between regions (N, R, R)."""
    if rule.prior == "proportional":
        return proportional(out, into)
    needed = rule.distance if rule.prior == "gravity" else rule.observed
    if needed is None:
        raise MissingDataError(
            f"The trade prior {rule.prior!r} lacks its numbers.",
            remedy="give distance= for gravity, observed= for observed trade",
        )
    return gravity(out, into, needed, rule.exponent) if rule.prior == "gravity" else needed
