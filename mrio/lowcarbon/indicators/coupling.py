r"""Coupling coordination: how evenly and how far several subsystems have developed together.

.. math::
   C = \frac{n \left(\prod_k U_k\right)^{1/n}}{\sum_k U_k}, \quad
   T = \sum_k \alpha_k U_k, \quad
   D = \sqrt{C \, T}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import DataError, LabelError, MissingDataError
from mrio.lowcarbon.frames import numeric_columns, row_labels
from mrio.results import Result
from mrio.tables.arrays import Array


def coupling(U: Array, alpha: Array) -> tuple[Array, Array, Array]:
    """Return the degrees of coupling, development and coordination, each (n,).

    Parameters
    ----------
    U
        Levels of m subsystems (n, m), zero or more. A row of zeros has no coupling (NaN) and no coordination.
    alpha
        Weights of the subsystems (m,), adding up to one.
    """
    total = U.sum(axis=1)
    # The geometric mean by logarithms, so that many small levels do not underflow.
    logs = np.log(U, out=np.full(U.shape, -np.inf), where=U > 0)
    geometric = np.exp(logs.mean(axis=1))
    degree = np.divide(U.shape[1] * geometric, total, out=np.full(len(U), np.nan), where=total > 0)
    development = U @ alpha
    coordination = np.sqrt(np.where(total > 0, degree, 0.0) * development)
    return degree, development, coordination


class CouplingCoordination(Result):
    """Degrees of coupling, development and coordination. Made by `mrio.lowcarbon.coupling_coordination`."""

    kind: ClassVar[str] = "coupling_coordination"

    @property
    def coordination(self) -> pd.Series[float]:
        """Degree of coordination of each observation, between 0 and 1 where levels are."""
        return self.data["coordination"].to_series()

    def to_dataframe(self) -> pd.DataFrame:
        """Return levels and degrees, one row an observation."""
        levels = self.data["level"].transpose("observation", "subsystem").to_pandas()
        return levels.join(self.summary())

    def summary(self) -> pd.DataFrame:
        """Return the three degrees of each observation."""
        return self.data[["coupling", "development", "coordination"]].to_dataframe()


def coupling_coordination(
    levels: pd.DataFrame, weights: Mapping[str, float] | None = None
) -> CouplingCoordination:
    """Return the coupling coordination of subsystems.

    Parameters
    ----------
    levels
        Observations in rows, subsystems in columns: indices between 0 and 1, for example of `entropy_index`.
    weights
        Weight of each subsystem, adding up to one; equal by default.

    Returns
    -------
    CouplingCoordination
        Coupling C, development T and coordination D [1].

    Raises
    ------
    LabelError, MissingDataError, DataError
        When levels are missing or outside 0 to 1, there is one subsystem only, or weights do not fit.

    Examples
    --------
    >>> import pandas as pd
    >>> levels = pd.DataFrame({"economy": [0.6], "environment": [0.3]}, index=["2015"])
    >>> coupling_coordination(levels).summary().round(4).loc["2015"].to_dict()
    {'coupling': 0.9428, 'development': 0.45, 'coordination': 0.6514}
    """
    names = list(levels.columns)
    U = numeric_columns(levels, names, "table of levels")
    if len(names) < 2:
        raise DataError(
            "Coupling needs two subsystems.",
            amount=f"{len(names)} given",
            remedy="give one column a subsystem",
        )
    if not len(U):
        raise MissingDataError("There are no observations.", remedy="one row an observation")
    if U.min() < 0 or U.max() > 1:
        raise DataError(
            "Levels of subsystems lie between 0 and 1.",
            amount=f"{U.min():.4g} to {U.max():.4g} given",
            remedy="normalise them, for example by entropy_index",
        )
    alpha = _weights(names, weights)
    degree, development, coordination = coupling(U, alpha)
    one = {"units": "1"}
    data = xr.Dataset(
        {
            "level": (("observation", "subsystem"), U, {**one, "long_name": "level of subsystem"}),
            "weight": ("subsystem", alpha, {**one, "long_name": "weight of subsystem"}),
            "coupling": ("observation", degree, {**one, "long_name": "degree of coupling"}),
            "development": ("observation", development, {**one, "long_name": "degree of development"}),
            "coordination": ("observation", coordination, {**one, "long_name": "degree of coordination"}),
        },
        coords={"observation": row_labels(levels.index), "subsystem": list(map(str, names))},
    )
    data.attrs = {"title": f"coupling coordination of {len(names)} subsystems, {len(U)} observations"}
    return CouplingCoordination(data)


def _weights(names: list[str], weights: Mapping[str, float] | None) -> Array:
    """Return the weights of the subsystems, checked."""
    if weights is None:
        return np.full(len(names), 1.0 / len(names))
    if set(weights) != set(names):
        raise LabelError(
            "Weights and subsystems differ.",
            where=", ".join(map(repr, sorted(set(weights) ^ set(names)))),
            remedy="give one weight for every column",
        )
    alpha = np.array([float(weights[name]) for name in names])
    # Written so that what is no number fails too.
    if not ((alpha >= 0).all() and abs(alpha.sum() - 1.0) <= 1e-9):
        raise DataError(
            "Weights of subsystems are shares.",
            amount=f"they add up to {alpha.sum():.10g}",
            remedy="give weights of zero or more that add up to one",
        )
    return alpha
