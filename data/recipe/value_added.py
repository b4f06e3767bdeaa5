"""Step 3: value added: balanced regional accounts by industry group, spread over the sectors of the group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.recipe import labels
from data.recipe.sources import Array
from data.recipe.sums import add_up
from mrio.balancing.capped import fit_capped

CEILING = 0.97
"""Largest share of value added in output."""
_DEVIATION = (0.5, 1.6)
"""How far the value-added ratio of a province may deviate from the national one in the prior."""


@dataclass(frozen=True)
class ValueAdded:
    """Value added and the output that carries it.

    Parameters
    ----------
    V, x
        (R, N) [1e8 CNY].
    factor
        National value added of each group over the sum of its controls (G,).
    lifted
        Cells whose output was raised to carry their value added.
    capped
        Cells of groups of several sectors that stand at the ceiling.
    moved
        sum |V - prior| / sum prior, where the prior has the same national totals.
    """

    V: Array
    x: Array
    factor: Array
    lifted: int
    capped: int
    moved: float


def value_added(x: Array, V_national: Array, controls: Array, deviation: Array) -> ValueAdded:
    """Return value added of provinces and sectors that meets controls and nation.

    Each province and group holds its control times the one national factor of the group; each sector the
    national value added. Groups of one sector are thereby decided; the others are balanced from a prior.

    Parameters
    ----------
    x
        Gross output (R, N).
    V_national
        (N,).
    controls
        Balanced value added by group (R, G).
    deviation
        Value-added ratio of 2007 over the national one (R, N); NaN where unknown.
    """
    factor = add_up(V_national, labels.GROUP_OF, len(labels.GROUPS)) / controls.sum(axis=0)
    targets = controls * factor
    ratio = V_national / x.sum(axis=0) * np.clip(np.nan_to_num(deviation, nan=1.0), *_DEVIATION)
    prior = x * ratio
    prior = prior * (V_national / prior.sum(axis=0))
    V, x = np.zeros_like(x), x.copy()
    lifted = at_ceiling = 0
    for g in range(len(labels.GROUPS)):
        members = np.flatnonzero(g == labels.GROUP_OF)
        if len(members) == 1:
            V[:, members[0]] = targets[:, g]
            x[:, members[0]], count = _lift(x[:, members[0]], targets[:, g] / CEILING)
            lifted += count
        else:
            margins = [((0,), targets[:, g]), ((1,), V_national[members])]
            part = fit_capped(prior[:, members], margins, CEILING * x[:, members])
            V[:, members] = part.matrix
            at_ceiling += part.cells
    moved = float(np.abs(V - prior).sum() / prior.sum())
    return ValueAdded(V, x, factor, lifted, at_ceiling, moved)


def _lift(x: Array, floor: Array) -> tuple[Array, int]:
    """Raise output to its floor where it is below; the others give way in proportion to their room."""
    room = np.maximum(x - floor, 0.0)
    short = np.maximum(floor - x, 0.0)
    if not short.any():
        return x, 0
    return x + short - room * (short.sum() / room.sum()), int((short > 0).sum())
