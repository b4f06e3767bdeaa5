"""Step 2: gross output of provinces: national level, provincial shares, power and coal where made."""

from __future__ import annotations

import numpy as np

from data.recipe import labels
from data.recipe.choices import Choices
from data.recipe.sources import Array, YearFacts
from data.recipe.sums import add_up

_COAL, _POWER = labels.CODES.index("h02"), labels.CODES.index("h22")


def provincial_level(facts: YearFacts, choices: Choices) -> Array:
    """Return gross output as the provincial tables say, on the vintage and group levels chosen (R, N)."""
    level = facts.output.copy()
    if choices.group_output == "value_added":
        by_group = add_up(level, labels.GROUP_OF, len(labels.GROUPS), axis=1)
        share_value_added = facts.value_added / facts.value_added.sum(axis=0)
        share_output = by_group / by_group.sum(axis=0)
        level = level * (share_value_added / share_output)[:, labels.GROUP_OF]
    if choices.vintage == "first_published":
        level = level * facts.first_published[:, None]
    return level


def output_shares(facts: YearFacts, base: YearFacts, choices: Choices) -> Array:
    """Return the share of each province in the national output of each sector (R, N), columns add to 1.

    Parameters
    ----------
    facts
        The year.
    base
        The year 2007, whose official values per kWh and tonne are carried on by ``"unit_value"``.
    choices
        Vintage, group level, and where power and coal are located.
    """
    level, level_2007 = provincial_level(facts, choices), provincial_level(base, choices)
    for sector, location, made, made_2007 in (
        (_POWER, choices.electricity, facts.generation, base.generation),
        (_COAL, choices.coal, facts.coal, base.coal),
    ):
        if location == "quantity":
            level[:, sector] = made
        elif location == "unit_value":
            # The change of national prices falls out of the shares.
            level[:, sector] = made * _unit_value(level_2007[:, sector], made_2007)
    return level / level.sum(axis=0)


def _unit_value(value: Array, quantity: Array) -> Array:
    """Return the value per unit (R,); Beijing and new producers have the mean of the others."""
    trusted = quantity > 0
    trusted[labels.BEIJING] = False
    mean = value[trusted].sum() / quantity[trusted].sum()
    return np.divide(value, quantity, out=np.full_like(value, mean), where=trusted)
