"""Statistics that established libraries do well, behind one door: statsmodels and scikit-learn.

They are an extra. Everything here raises one clear error when they are not installed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from mrio.errors import DataError, DataWarning, LabelError, MissingExtraError
from mrio.lowcarbon.choices import require_choice
from mrio.lowcarbon.frames import numeric_columns, require_years, row_labels
from mrio.parameters import require_number, require_within
from mrio.tables.arrays import Array

Trend = Literal["n", "c", "ct"]

FEWEST: Final = 10
"""Fewest observations for which a unit-root or cointegration test is run at all."""

FEW: Final = 25
"""Below this many observations the tests are run with a warning: their power is low."""


def extra(module: str) -> Any:
    """Return a module of the extra ``econometrics``.

    Parameters
    ----------
    module
        Name of the module, for example ``"statsmodels.api"``.

    Raises
    ------
    MissingExtraError
        When it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"This needs {module.partition('.')[0]}.",
            remedy="install it with: pip install 'mrio[econometrics]'",
        ) from error


def unit_root_tests(table: pd.DataFrame, *, trend: Trend = "c", level: float = 0.05) -> pd.DataFrame:
    """Test every column for a unit root (augmented Dickey-Fuller; lags by AIC).

    Parameters
    ----------
    table
        Time series in columns, in order of time, without gaps.
    trend
        ``"n"`` no constant, ``"c"`` constant, ``"ct"`` constant and trend.
    level
        Level of significance at which a series counts as stationary.

    Returns
    -------
    pandas.DataFrame
        One row a series: statistic, p (MacKinnon), lags, observations, critical value at 5 %, stationary.

    Raises
    ------
    LabelError, MissingDataError, DataError
        When cells are empty, a year is missing, a series is constant, or there are fewer than 10
        observations.
    MissingExtraError
        When statsmodels is not installed.

    Warns
    -----
    DataWarning
        When there are fewer than 25 observations.

    References
    ----------
    Dickey and Fuller 1979, JASA 74:427-431, doi:10.1080/01621459.1979.10482531. MacKinnon 2010, Queen's
    Economics Department Working Paper 1227.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> noise = np.random.default_rng(1).normal(size=60)
    >>> table = pd.DataFrame({"white": noise, "walk": noise.cumsum()})
    >>> unit_root_tests(table)["stationary"].to_dict()
    {'white': True, 'walk': False}
    """
    require_choice("trend", trend, Trend)
    require_within(level, 0, 1, "level")
    adfuller = extra("statsmodels.tsa.stattools").adfuller
    values = _series(table, "A unit-root test")
    rows = [_unit_root(adfuller, values[:, column], trend, level) for column in range(values.shape[1])]
    return pd.DataFrame(rows, index=list(table.columns))


def _unit_root(adfuller: Callable[..., Any], series: Array, trend: Trend, level: float) -> dict[str, Any]:
    """Return one row of the table of unit-root tests."""
    found = adfuller(series, regression=trend, autolag="AIC", result_object=True)
    return {
        "statistic": float(found.statistic),
        "p": float(found.pvalue),
        "lags": int(found.lags),
        "observations": int(found.nobs),
        "critical 5 %": float(found.critical_values["5%"]),
        "stationary": is_stationary(float(found.pvalue), level),
    }


def adf_p_value(statistic: float, trend: Trend = "c") -> float:
    """Return the approximate p of a Dickey-Fuller statistic (MacKinnon); one statistic has one p.

    Parameters
    ----------
    statistic
        The test statistic.
    trend
        Deterministic part of the test regression.

    Returns
    -------
    float
        Probability of a smaller statistic where there is a unit root [1].

    Raises
    ------
    DataError
        When the statistic is no number.
    MissingExtraError
        When statsmodels is not installed.

    Examples
    --------
    >>> round(adf_p_value(-3.478), 4)
    0.0086
    """
    require_choice("trend", trend, Trend)
    require_number(statistic, "statistic")
    return float(extra("statsmodels.tsa.adfvalues").mackinnonp(statistic, regression=trend, N=1))


def is_stationary(p: float, level: float = 0.05) -> bool:
    """Tell whether a p of a unit-root test rejects the unit root.

    Parameters
    ----------
    p
        Probability of the test [1].
    level
        Level of significance [1].

    Raises
    ------
    DataError
        When p or the level is no probability.

    Examples
    --------
    >>> is_stationary(0.013), is_stationary(0.981)
    (True, False)
    """
    require_within(p, 0, 1, "p")
    require_within(level, 0, 1, "level")
    return bool(p < level)


def cointegration_test(
    impact: pd.Series[float], drivers: pd.DataFrame, *, trend: Trend = "c"
) -> dict[str, float]:
    """Test whether a series and its drivers are cointegrated (Engle-Granger, two steps).

    Parameters
    ----------
    impact
        Dependent series.
    drivers
        Drivers in columns.
    trend
        Deterministic part of the cointegrating regression.

    Returns
    -------
    dict
        ``statistic``, ``p``, ``critical 5 %`` and ``observations``; a small p rejects that the residuals have
        a unit root, which speaks for cointegration.

    Raises
    ------
    LabelError, MissingDataError, DataError
        As `unit_root_tests`, and when there are too few observations for the drivers.
    MissingExtraError
        When statsmodels is not installed.

    References
    ----------
    Engle and Granger 1987, Econometrica 55:251-276, doi:10.2307/1913236.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> walk, noise = np.random.default_rng(4).normal(size=(2, 100))
    >>> drivers = pd.DataFrame({"income": walk.cumsum()})
    >>> test = cointegration_test(2 * drivers["income"] + noise, drivers)
    >>> test["statistic"] < test["critical 5 %"], test["p"] < 0.01
    (True, True)
    """
    require_choice("trend", trend, Trend)
    if list(impact.index) != list(drivers.index):
        raise LabelError(
            "The impact and its drivers have different rows.",
            amount=f"{list(impact.index)[:3]} and {list(drivers.index)[:3]}",
            remedy="give both for the same years in the same order",
        )
    coint = extra("statsmodels.tsa.stattools").coint
    table = drivers.assign(**{"_impact": impact.to_numpy()})
    values = _series(table, "A cointegration test")
    if len(values) < drivers.shape[1] + 5:
        raise DataError(
            "A cointegration test has too few observations for its drivers.",
            amount=f"{len(values)} observations, {drivers.shape[1]} drivers",
            remedy="take fewer drivers or more years",
        )
    statistic, p, critical = coint(values[:, -1], values[:, :-1], trend=trend, autolag="aic")
    return {
        "statistic": float(statistic),
        "p": float(p),
        "critical 5 %": float(critical[1]),
        "observations": float(len(values)),
    }


def _series(table: pd.DataFrame, what: str) -> Array:
    """Return time series (n, m) that a test can be run on, or raise; warn where it has little power."""
    values = numeric_columns(table, list(table.columns), "table of series")
    require_years(row_labels(table.index), "table of series")
    n = len(values)
    if n < FEWEST:
        raise DataError(
            f"{what} of a series this short says nothing.",
            amount=f"{n} observations, at least {FEWEST} needed",
            remedy="use more years; differencing shortens the series further",
        )
    constant = [name for name, span in zip(table, np.ptp(values, axis=0), strict=True) if span == 0]
    if constant:
        raise DataError("A series is constant.", where=", ".join(map(repr, constant)), remedy="leave it out")
    if n < FEW:
        warnings.warn(f"{what} with {n} observations has little power.", DataWarning, stacklevel=3)
    return values


def variance_inflation(X: Array) -> Array:
    """Return variance inflation factors (m,), the diagonal of the inverse correlation matrix.

    Parameters
    ----------
    X
        Regressors (n, m) without constant.
    """
    values, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(X, rowvar=False)))
    return np.asarray((vectors**2) @ (1.0 / values))
