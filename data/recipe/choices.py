"""Every choice that facts do not decide, in one record; and the sets of choices that are computed.

Imports as an origin of purchases (sourced) or left out (domestic) is no choice here: the tables carry the
imports by product either way, and the measure of transfer takes ``imports="sourced"`` or ``"domestic"``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

OwnSupply = Literal["max", "geometric", "charm"]
Location = Literal["unit_value", "quantity", "booked"]
Vintage = Literal["balanced", "first_published"]
GroupOutput = Literal["official", "value_added"]


@dataclass(frozen=True)
class Choices:
    """The choices behind one set of tables.

    Parameters
    ----------
    exponent
        Trade falls with distance to this power. 1.5: the estimate from the table of 2002 of the State
        Information Center, so that its table of 2007 stays a test. 0: proportional.
    own_supply
        How much of its own product a province uses itself. ``"max"``: the larger of what its official
        outflow and its official inflow of 2007 leave; ``"geometric"``: their geometric mean; ``"charm"``:
        cross-hauling in proportion to the national one, without the official flows.
    electricity, coal
        Where power and heat are produced and coal is mined. ``"unit_value"``: kWh generated and tonnes
        mined, at the official value per unit of 2007 of the province; Beijing, where head offices book the
        trade of the nation, at the mean of the others. ``"quantity"``: plain kWh and tonnes, one price for
        all. ``"booked"``: as the output tables say.
    vintage
        Level of the accounts. ``"balanced"``: after the 4th economic census; ``"first_published"``: all
        sectors of a province times first-published over revised gross regional product.
    group_output
        Level of output of an industry group in a province. ``"official"``: as the output tables say;
        ``"value_added"``: in proportion to value added of the group.
    beijing_2012
        Use the official table of Beijing of 2012 (and its rows of final demand of 2012 and 2017).
    """

    exponent: float = 1.5
    own_supply: OwnSupply = "max"
    electricity: Location = "unit_value"
    coal: Location = "unit_value"
    vintage: Vintage = "balanced"
    group_output: GroupOutput = "official"
    beijing_2012: bool = True

    def without_trade(self) -> Choices:
        """Return what decides the accounts of provinces before trade: the same for all models of trade."""
        return replace(self, exponent=Choices.exponent, own_supply=Choices.own_supply)


DEFAULT: Final = Choices()

SENSITIVITY: Final[dict[str, Choices]] = {
    "proportional": replace(DEFAULT, exponent=0.0),
    "exponent_1": replace(DEFAULT, exponent=1.0),
    "exponent_2": replace(DEFAULT, exponent=2.0),
    "charm": replace(DEFAULT, own_supply="charm"),
    "geometric": replace(DEFAULT, own_supply="geometric"),
    "quantity": replace(DEFAULT, electricity="quantity", coal="quantity"),
    "as_booked": replace(DEFAULT, electricity="booked", coal="booked"),
    "first_published": replace(DEFAULT, vintage="first_published"),
    "group_value_added": replace(DEFAULT, group_output="value_added"),
}
"""One choice changed at a time."""
