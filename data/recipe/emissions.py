"""Step 9: CO2 of the provincial inventories by table sector, households apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.recipe import labels
from data.recipe.sources import Array
from mrio.classification import load_classification, load_concordance

_HOUSEHOLDS = 2
"""The last sectors of the inventories: urban and rural households."""


@dataclass(frozen=True)
class Emissions:
    """CO2 of scope 1 [Mt].

    Parameters
    ----------
    sectors
        By province and sector, energy and cement process (R, N).
    households
        Fuel burnt by households (R,).
    moved
        Emissions of sectors that have no output, put on the other industry of their province.
    """

    sectors: Array
    households: Array
    moved: float


def emissions(co2: Array, x: Array, V: Array) -> Emissions:
    """Bring the 47 sectors of the inventories to the 39 of the tables; totals of provinces are kept.

    Trade and catering are spread by value added over two services, other services over eleven. Where a
    sector of industry has emissions and no output (nobody mines coal in Tianjin), they go to the other
    industry of the province in proportion to its own.

    Parameters
    ----------
    co2
        Inventories (R, 47) [Mt].
    x, V
        Output and value added (R, N).
    """
    concordance = load_concordance("ceads47", "h39")
    producing = len(load_classification("ceads47")) - _HOUSEHOLDS
    sectors = np.einsum("rs,rsn->rn", co2[:, :producing], concordance.shares(V))
    without_output = (x <= 0) & (sectors > 0)
    stray = np.where(without_output, sectors, 0.0).sum(axis=1)
    industry = np.where(~without_output & (labels.GROUPS.index("va_ind") == labels.GROUP_OF), sectors, 0.0)
    share = np.divide(
        industry, industry.sum(axis=1, keepdims=True), out=np.zeros_like(industry), where=stray[:, None] > 0
    )
    sectors = np.where(without_output, 0.0, sectors) + share * stray[:, None]
    return Emissions(sectors, co2[:, producing:].sum(axis=1), float(stray.sum()))
