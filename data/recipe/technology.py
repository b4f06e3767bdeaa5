"""Step 6: intermediate inputs of any origin, province by province."""

from __future__ import annotations

import numpy as np

from data.recipe import labels
from data.recipe.sources import Array
from mrio.balancing.balance import Balanced, ras


def technology_prior(own: Array, national: Array, year: int, beijing: Array | None) -> Array:
    """Return the input coefficients each province is expected to have (R, N, N).

    2007: its own official coefficients. Later: the plain mean of the national coefficients of the year and
    its own of 2007; among the rules tried on Beijing 2012, those that multiply by deviations of 2007 did
    worse, because they multiply noise. Sectors a province did not have in 2007 take the national column.

    Parameters
    ----------
    own
        Official coefficients of 2007 (R, N, N), NaN in columns without output.
    national
        National coefficients of the year (N, N).
    year
        The year.
    beijing
        Official coefficients of Beijing of the same year (N, N), or None.
    """
    own = np.where(np.isfinite(own), own, national)
    A = own if year == 2007 else (own + national) / 2
    if beijing is not None:
        A[labels.BEIJING] = beijing
    return A


def intermediate_use(A: Array, x: Array, V: Array, national: Array) -> Balanced:
    """Return intermediate flows of any origin as (N using, R, N inputs).

    For each using sector a RAS: rows are the intermediate inputs x - V of the provinces, columns the cells
    of the national table, so the sum over provinces is the nation cell by cell.

    Parameters
    ----------
    A
        Expected coefficients (R, N inputs, N using).
    x, V
        (R, N).
    national
        Intermediate uses of any origin (N inputs, N using).
    """
    inputs = x - V
    prior = (A / A.sum(axis=1, keepdims=True) * inputs[:, None, :]).transpose(2, 0, 1)
    names = (labels.CODES, labels.PROVINCES, labels.CODES)
    return ras(prior, inputs.T, national.T, labels=names)
