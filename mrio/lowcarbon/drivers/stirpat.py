r"""STIRPAT: elasticities of an environmental impact to population, affluence, technology and others.

.. math:: \ln I = a + b \ln P + c \ln A + d \ln T + \dots
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import DataError, DataWarning
from mrio.lowcarbon.choices import require_choice
from mrio.lowcarbon.drivers import ridge
from mrio.lowcarbon.drivers.econometrics import (
    FEWEST,
    cointegration_test,
    extra,
    unit_root_tests,
    variance_inflation,
)
from mrio.lowcarbon.drivers.fit_statistics import degrees_of_freedom, f_p_value, t_p_value
from mrio.lowcarbon.drivers.result import CHOICES, Stirpat
from mrio.lowcarbon.frames import LOGGED, logarithms, numeric_columns, require_years, row_labels
from mrio.tables.arrays import Array

Choice = Literal["trace", "hoerl-kennard", "hoerl-kennard-baldwin", "gcv"]

_FEW_DF = 10
_EXACT = 1e-12
_ROOT_TEST = ["statistic", "p", "lags", "observations", "critical 5 %"]
_JOINT_TEST = ["statistic", "p", "critical 5 %"]
_COORDS = {
    "k": ridge.GRID,
    "rule": list(CHOICES),
    "estimator": ["least squares", "ridge"],
    "statistic": ["B", "se", "beta", "t", "p"],
    "root_test": _ROOT_TEST,
    "joint_test": _JOINT_TEST,
}


def stirpat(
    table: pd.DataFrame,
    *,
    impact: str,
    drivers: Sequence[str],
    k: float | Choice = "trace",
    logged: bool = False,
) -> Stirpat:
    """Estimate a STIRPAT model by least squares and by ridge regression, with the tests that belong to it.

    Parameters
    ----------
    table
        Time series in columns, in order of time, without gaps; rows with names instead of years are no time
        series, and unit-root and cointegration tests mean nothing there.
    impact
        Column of the impact, for example emissions.
    drivers
        Columns of population, affluence, technology and others.
    k
        Ridge parameter, or how it is chosen: ``"trace"`` (smallest k from which on variance inflation is at
        most 10 and signs stay), ``"hoerl-kennard"``, ``"hoerl-kennard-baldwin"`` or ``"gcv"``. All four are
        shown side by side in `Stirpat.choices`.
    logged
        Whether the columns are logarithms already.

    Returns
    -------
    Stirpat
        Least squares, variance inflation, unit-root and cointegration tests, ridge trace, chosen k,
        elasticities with intervals, degrees of freedom, prediction. Elasticities are B [1], never beta.

    Raises
    ------
    LabelError, MissingDataError, DataError
        When columns are absent or empty, a year is missing, levels are not above zero, a series is constant,
        regressors are exactly collinear, or there are not more observations than coefficients.
    MissingExtraError
        When statsmodels and scikit-learn are not installed.

    Warns
    -----
    DataWarning
        When few degrees of freedom are left, or the series are too short for unit-root and cointegration
        tests, which are then left out.

    References
    ----------
    Dietz and Rosa 1997, PNAS 94:175-179, doi:10.1073/pnas.94.1.175. Hoerl and Kennard 1970, Technometrics
    12:55-67, doi:10.1080/00401706.1970.10488634.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(3)
    >>> P, A, noise = rng.normal(size=(3, 60))
    >>> table = pd.DataFrame({"P": P, "A": P + A, "I": 0.8 * P + 0.4 * (P + A) + 0.01 * noise})
    >>> fit = stirpat(table, impact="I", drivers=["P", "A"], k=0.0, logged=True)
    >>> fit.elasticities.round(2).to_dict()
    {'P': 0.8, 'A': 0.4}
    """
    if isinstance(k, str):
        require_choice("k", k, Choice)
    elif not 0 <= k < np.inf:
        raise DataError(
            "A ridge parameter is zero or more.",
            amount=f"k = {k:g}",
            remedy="give 0 for least squares, or the name of a rule",
        )
    series = _series(table, [impact, *drivers], logged)
    y, X = series[impact].to_numpy(), series[list(drivers)].to_numpy()
    _require_estimable(X, y, list(series.columns))
    data = ridge.standardise(X, y)
    trace = ridge.ridge_trace(data)
    _require_uncertain(float(trace[2][0]))
    choices = _choices(data, trace[0], trace[1])
    chosen = choices[k] if isinstance(k, str) else float(k)
    fit = ridge.ridge_fit(data, chosen)
    variables = {
        **_coefficients(X, y, fit),
        **_trace(trace, choices),
        **_tests(series, impact, list(drivers)),
        "series": (("observation", "variable"), series.to_numpy(), {"long_name": "logarithms"}),
    }
    rule = k if isinstance(k, str) else "given"
    return Stirpat(_dataset(variables, series, _attrs(fit, len(y), impact, drivers, rule)))


def _series(table: pd.DataFrame, names: list[str], logged: bool) -> pd.DataFrame:
    """Return the logarithms of the columns of a table, in order of time."""
    given = numeric_columns(table, names, "table of series")
    rows = row_labels(table.index)
    require_years(rows, "table of series")
    logs = given if logged else logarithms(given, names, rows, LOGGED)
    return pd.DataFrame(logs, index=rows, columns=names)


def _dataset(variables: dict[str, Any], series: pd.DataFrame, attrs: dict[str, Any]) -> xr.Dataset:
    """Return the Dataset of a model of the first column of the series by the others."""
    names = list(series.columns)
    coords = {
        "observation": list(series.index),
        "variable": names,
        "driver": names[1:],
        "driver_2": names[1:],
        "term": ["const", *names[1:]],
    }
    result = xr.Dataset(variables, coords={**_COORDS, **coords}, attrs=attrs)
    for name in result.data_vars:
        result[name].attrs["units"] = "1"
    return result


def _coefficients(X: Array, y: Array, fit: ridge.RidgeFit) -> dict[str, Any]:
    """Return coefficients of both methods, variance inflation and the covariance of the ridge fit."""
    vif = variance_inflation(X) if X.shape[1] > 1 else np.ones(1)
    both = np.stack([_least_squares(X, y), _ridge_table(fit, len(y))])
    return {
        "coefficient": (("estimator", "term", "statistic"), both, {"long_name": "coefficients"}),
        "vif": ("driver", vif, {"long_name": "variance inflation of least squares"}),
        "ridge_vif": ("driver", fit.vif, {"long_name": "variance inflation of the ridge fit"}),
        "covariance": (("driver", "driver_2"), fit.covariance, {"long_name": "covariance of ridge B"}),
    }


def _trace(trace: tuple[Array, Array, Array], choices: dict[str, float]) -> dict[str, Any]:
    """Return the ridge trace and k by every rule."""
    beta, vif, r2 = trace
    chosen = np.array([choices[rule] for rule in CHOICES])
    return {
        "trace_beta": (("k", "driver"), beta, {"long_name": "standardised coefficients along k"}),
        "trace_vif": (("k", "driver"), vif, {"long_name": "variance inflation along k"}),
        "trace_r2": ("k", r2, {"long_name": "R2 along k"}),
        "choice": ("rule", chosen, {"long_name": "ridge parameter by rule"}),
    }


def _attrs(fit: ridge.RidgeFit, n: int, impact: str, drivers: Sequence[str], rule: str) -> dict[str, Any]:
    """Return what a result says about itself."""
    df = n - len(drivers) - 1
    return {
        "title": f"STIRPAT of {impact} on {', '.join(drivers)}, {n} observations",
        "impact": impact,
        "k": fit.k,
        "k_rule": rule,
        "degrees_of_freedom": df,
        "s2": fit.s2,
        "r2": fit.r2,
        "adjusted_r2": fit.adjusted,
        "F": fit.f,
        "p_of_F": f_p_value(fit.f, n, len(drivers)),
        "checks": f"ridge k = {fit.k:g} ({rule}); {df} degrees of freedom; elasticities are B, not beta; "
        "standard errors leave out the bias of the ridge",
    }


def _require_estimable(X: Array, y: Array, names: Sequence[str]) -> None:
    """Raise unless there are degrees of freedom, variation and no exact collinearity; warn where few."""
    n, m = X.shape
    df = degrees_of_freedom(n, m)
    constant = [
        name for name, column in zip(names, np.column_stack([y, X]).T, strict=True) if np.ptp(column) == 0
    ]
    if constant:
        raise DataError("A series is constant.", where=", ".join(map(repr, constant)), remedy="leave it out")
    correlation = np.atleast_2d(np.corrcoef(X, rowvar=False))
    if np.linalg.cond(correlation) > 1e12:
        raise DataError(
            "Drivers are exactly collinear.",
            amount=f"condition number {np.linalg.cond(correlation):.1e}",
            remedy="leave one of them out; an identity between drivers (I = P A T) cannot be estimated",
        )
    if df < _FEW_DF:
        warnings.warn(
            f"{n} observations for {m} drivers leave {df} degrees of freedom: intervals are wide and choices "
            "of k unstable.",
            DataWarning,
            stacklevel=3,
        )


def _require_uncertain(r2: float) -> None:
    """Raise where least squares fits exactly: there is an identity, and nothing to estimate."""
    if 1.0 - r2 < _EXACT:
        raise DataError(
            "The drivers explain the impact exactly: this is an identity, not a model.",
            amount=f"1 - R2 = {1.0 - r2:.1e}",
            remedy="decompose it with kaya_lmdi, or leave out a driver that is computed from the impact",
        )


def _choices(data: ridge.Standardised, beta: Array, vif: Array) -> dict[str, float]:
    """Return k by every rule, in the order of `CHOICES`."""
    return {
        "trace": ridge.k_by_trace(ridge.GRID, beta, vif),
        "hoerl-kennard": ridge.k_by_hoerl_kennard(data),
        "hoerl-kennard-baldwin": ridge.k_by_hoerl_kennard_baldwin(data),
        "gcv": float(ridge.GRID[np.argmin(ridge.gcv_score(data, ridge.GRID))]),
    }


def _least_squares(X: Array, y: Array) -> Array:
    """Return the table of least squares (term, statistic), by statsmodels."""
    api = extra("statsmodels.api")
    found = api.OLS(y, api.add_constant(X, has_constant="add")).fit()
    beta = found.params * np.append(np.nan, X.std(axis=0) / y.std())
    return np.column_stack([found.params, found.bse, beta, found.tvalues, found.pvalues])


def _ridge_table(fit: ridge.RidgeFit, n: int) -> Array:
    """Return the table of a ridge fit (term, statistic)."""
    B, se = np.append(fit.const, fit.B), np.append(fit.se_const, fit.se_B)
    t = B / se
    p = np.array([t_p_value(float(value), n - len(fit.B) - 1) for value in t])
    return np.column_stack([B, se, np.append(np.nan, fit.beta), t, p])


def _tests(series: pd.DataFrame, impact: str, drivers: list[str]) -> dict[str, Any]:
    """Return unit-root and cointegration tests, NaN where the series are too short for them."""
    roots = np.full((series.shape[1], len(_ROOT_TEST)), np.nan)
    together = np.full(len(_JOINT_TEST), np.nan)
    if len(series) < max(FEWEST, len(drivers) + 5):
        warnings.warn(
            f"{len(series)} observations bear no unit-root or cointegration test; they are left out.",
            DataWarning,
            stacklevel=3,
        )
    else:
        roots = unit_root_tests(series)[_ROOT_TEST].to_numpy(dtype=float)
        found = cointegration_test(series[impact], series[drivers])
        together = np.array([found[name] for name in _JOINT_TEST])
    return {
        "unit_root": (("variable", "root_test"), roots, {"long_name": "augmented Dickey-Fuller tests"}),
        "cointegration": ("joint_test", together, {"long_name": "Engle-Granger test"}),
    }
