r"""STIRPAT on panels: regions over years, with fixed effects and drivers of the neighbours.

.. math:: \ln I_{rt} = a_r + \tau_t + b \ln P_{rt} + \dots + \rho \sum_s w_{rs} \ln A_{st} + \varepsilon_{rt}
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import product
from typing import Any, Literal

import numpy as np
import pandas as pd

from mrio.errors import DataError, DataWarning, LabelError, MissingDataError
from mrio.lowcarbon.choices import require_choice
from mrio.lowcarbon.drivers.econometrics import extra
from mrio.lowcarbon.frames import logarithms, numeric_columns, row_labels
from mrio.tables.arrays import Array

Effects = Literal["none", "entity", "two-way"]

_FEW_CLUSTERS = 10


def stirpat_panel(
    table: pd.DataFrame,
    *,
    impact: str,
    drivers: Sequence[str],
    effects: Effects = "entity",
    weights: pd.DataFrame | None = None,
    lagged: Sequence[str] = (),
) -> Any:
    """Estimate a STIRPAT model on a balanced panel, with standard errors clustered by region.

    Parameters
    ----------
    table
        Levels above zero; columns ``region``, ``year``, the impact and the drivers, one row an observation.
    impact, drivers
        Names of columns; they stand in a formula, so letters, digits and underscores only.
    effects
        Fixed effects: none, of the regions, or of regions and years.
    weights
        Spatial weights (region, region) of which the row says how much each neighbour counts; rows are scaled
        to add up to one, the diagonal must be zero.
    lagged
        Drivers whose values in the neighbouring regions enter too, as ``W_<name>``.

    Returns
    -------
    statsmodels.regression.linear_model.RegressionResultsWrapper
        The fit of statsmodels on logarithms (``params``, ``bse``, ``conf_int()``, ``summary()``):
        coefficients of the columns ``ln_<name>`` are elasticities.

    Raises
    ------
    LabelError, MissingDataError, DataError
        When a year is missing for a region, levels are not above zero, weights do not fit, drivers are
        exactly collinear, or there are not more observations than coefficients.
    MissingExtraError
        When statsmodels is not installed.

    Warns
    -----
    DataWarning
        When there are fewer than ten regions: clustered standard errors are then too small.

    References
    ----------
    York, Rosa and Dietz 2003, Ecological Economics 46:351-365, doi:10.1016/S0921-8009(03)00188-5. Han,
    megacities (section 4.1), for spatially weighted drivers.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> rows = [(f"r{i}", t, rng.uniform(1, 2), rng.uniform(1, 2)) for i in range(12) for t in range(4)]
    >>> table = pd.DataFrame(rows, columns=["region", "year", "P", "A"])
    >>> table["I"] = table["P"] ** 0.8 * table["A"] ** 0.4
    >>> fit = stirpat_panel(table, impact="I", drivers=["P", "A"])
    >>> fit.params[["ln_P", "ln_A"]].round(6).tolist()
    [0.8, 0.4]
    """
    require_choice("effects", effects, Effects)
    panel = _panel(table, [impact, *drivers])
    names = [f"ln_{name}" for name in drivers]
    if lagged:
        names += _lagged(panel, drivers, lagged, weights)
    dummies = {"none": [], "entity": ["C(region)"], "two-way": ["C(region)", "C(year)"]}[effects]
    regions, years = panel["region"].nunique(), panel["year"].nunique()
    taken = len(names) + 1 + (regions - 1) * bool(dummies) + (years - 1) * (effects == "two-way")
    if len(panel) <= taken:
        raise DataError(
            "There are not more observations than coefficients.",
            amount=f"{len(panel)} observations, {taken} coefficients",
            remedy="take fewer drivers or fixed effects, or more regions or years",
        )
    if regions < _FEW_CLUSTERS:
        warnings.warn(
            f"{regions} regions are few for clustered standard errors, which are then too small.",
            DataWarning,
            stacklevel=2,
        )
    model = extra("statsmodels.formula.api").ols(
        f"ln_{impact} ~ {' + '.join([*names, *dummies])}", data=panel
    )
    _require_full_rank(model.exog)
    return model.fit(cov_type="cluster", cov_kwds={"groups": panel["region"].astype("category").cat.codes})


def _lagged(
    panel: pd.DataFrame, drivers: Sequence[str], lagged: Sequence[str], weights: pd.DataFrame | None
) -> list[str]:
    """Add spatially lagged drivers to a panel, and return the names of their columns."""
    absent = [name for name in lagged if name not in drivers]
    if absent:
        raise LabelError(
            f"{absent[0]!r} is lagged in space and is no driver.",
            remedy=f"drivers are {', '.join(map(repr, drivers))}",
        )
    matrix = spatial_weights(weights, sorted(set(panel["region"])))
    for name in lagged:
        panel[f"W_{name}"] = spatial_lag(panel, f"ln_{name}", matrix)
    return [f"W_{name}" for name in lagged]


def _require_full_rank(X: Array) -> None:
    """Raise where columns (n, m) cannot be told apart; a pseudo-inverse would give numbers for them."""
    rank = int(np.linalg.matrix_rank(X))
    if rank < X.shape[1]:
        raise DataError(
            "Drivers and fixed effects are exactly collinear.",
            amount=f"rank {rank} of {X.shape[1]} columns",
            remedy="leave out a driver that is constant within regions, or that follows from others",
        )


def spatial_weights(weights: pd.DataFrame | None, regions: Sequence[str]) -> Array:
    """Return row-standardised spatial weights (regions, regions).

    Parameters
    ----------
    weights
        Square table of weights, zero or more, with zeros on the diagonal.
    regions
        Regions in the order wanted.

    Raises
    ------
    LabelError, DataError, MissingDataError
        When weights are not given, regions are absent, weights are negative, a region weighs itself, or has
        no neighbour.
    """
    if weights is None:
        raise MissingDataError(
            "Spatially lagged drivers need weights.", remedy="give weights=, region by region"
        )
    absent = [name for name in regions if name not in weights.index or name not in weights.columns]
    if absent:
        raise LabelError(
            f"The spatial weights have no region {absent[0]!r}.",
            amount=f"{len(absent)} absent",
            remedy="give a row and a column for every region of the panel",
        )
    matrix = numeric_columns(weights.loc[list(regions)], list(regions), "table of spatial weights")
    if (matrix < 0).any() or np.diag(matrix).any():
        raise DataError(
            "Spatial weights are zero or more, and zero for a region itself.",
            amount=f"smallest {matrix.min():g}, largest on the diagonal {np.diag(matrix).max():g}",
            remedy="give how much each neighbour counts, and nothing for the region itself",
        )
    total = matrix.sum(axis=1, keepdims=True)
    if (total == 0).any():
        alone = [name for name, value in zip(regions, total.ravel(), strict=True) if value == 0]
        raise DataError(
            "A region has no neighbour.",
            where=", ".join(map(repr, alone)),
            remedy="give it a weight, or leave it out",
        )
    return np.asarray(matrix / total)


def spatial_lag(panel: pd.DataFrame, column: str, matrix: Array) -> pd.Series[float]:
    """Return the weighted mean of a column in the neighbouring regions of the same year.

    Parameters
    ----------
    panel
        Balanced panel with columns ``region``, ``year`` and `column`.
    column
        Column to be lagged.
    matrix
        Row-standardised weights in the order of the sorted regions (R, R).
    """
    wide = panel.pivot(index="region", columns="year", values=column).sort_index()
    lagged = pd.DataFrame(matrix @ wide.to_numpy(), wide.index, wide.columns).stack()
    keys = pd.MultiIndex.from_frame(panel[["region", "year"]])
    return pd.Series(lagged.reindex(keys).to_numpy(), index=panel.index)


def _panel(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return region, year and logarithms of a balanced panel, or raise."""
    absent = [name for name in ("region", "year") if name not in table.columns]
    if absent:
        raise LabelError(f"The panel has no column {absent[0]!r}.", remedy="one row a region and year")
    empty = table[["region", "year"]].isna().any(axis=1)
    if empty.any():
        raise MissingDataError(
            "Rows of the panel have no region or no year.",
            where=f"rows {', '.join(map(str, np.flatnonzero(empty)[:5]))}",
            amount=f"{int(empty.sum())} rows",
            remedy="name every row fully",
        )
    wordy = [name for name in names if not name.isidentifier()]
    if wordy:
        raise LabelError(
            f"The name {wordy[0]!r} cannot stand in a formula.", remedy="use letters, digits and underscores"
        )
    keyed = table.set_index(["region", "year"])
    values = numeric_columns(keyed, names, "panel")
    known = set(keyed.index)
    full = list(product(sorted(set(table["region"])), sorted(set(table["year"]))))
    gaps = [label for label in full if label not in known]
    if gaps:
        raise MissingDataError(
            "The panel is not balanced: a year is missing for a region.",
            where="; ".join(f"{region} | {year}" for region, year in gaps[:3]),
            amount=f"{len(gaps)} of {len(full)} rows",
            remedy="give the rows, or leave the region or year out",
            table=pd.DataFrame(gaps, columns=["region", "year"]),
        )
    logs = pd.DataFrame(
        logarithms(values, names, row_labels(keyed.index)), columns=[f"ln_{name}" for name in names]
    )
    return logs.assign(region=table["region"].to_numpy(), year=table["year"].to_numpy())
