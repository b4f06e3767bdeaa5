import sys

import numpy as np
import pandas as pd
import pytest

from mrio.errors import DataError, DataWarning, MissingDataError, MissingExtraError
from mrio.lowcarbon import adf_p_value, cointegration_test, is_stationary, unit_root_tests
from mrio.lowcarbon.drivers import econometrics

pytest.importorskip("statsmodels.api")


def test_one_statistic_has_one_p():
    assert adf_p_value(-3.478) == pytest.approx(0.0086, abs=5e-5)
    assert is_stationary(adf_p_value(-3.478))
    assert adf_p_value(-3.478, "ct") == pytest.approx(0.0418, abs=5e-5)


def dickey_fuller(series, lags, constant=True):
    """Return t of the level in a regression of the difference on level, lagged differences and constant."""
    change = np.diff(series)
    rows = range(lags, len(change))
    past = [[series[row], *(change[row - lag] for lag in range(1, lags + 1))] for row in rows]
    X = np.column_stack([past, np.ones(len(past))]) if constant else np.array(past)
    coefficients, rss, *_ = np.linalg.lstsq(X, change[lags:], rcond=None)
    s2 = rss[0] / (len(X) - X.shape[1])
    return coefficients[0] / np.sqrt(s2 * np.linalg.inv(X.T @ X)[0, 0])


@pytest.mark.parametrize("seed", range(5))
def test_unit_roots_equal_a_regression_by_hand(seed):
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(3, 60))
    waves = noise[0] + np.roll(noise[0], 3) + np.roll(noise[0], 1)
    table = pd.DataFrame({"white": noise[1], "walk": noise[2].cumsum(), "waves": waves.cumsum()})
    found = unit_root_tests(table)
    for name in table:
        by_hand = dickey_fuller(table[name].to_numpy(), int(found.loc[name, "lags"]))
        assert found.loc[name, "statistic"] == pytest.approx(by_hand, rel=1e-8)
    assert found["lags"].max() > 0


@pytest.mark.parametrize("seed", range(3))
def test_cointegration_equals_two_regressions_by_hand(seed):
    from statsmodels.tsa.stattools import adfuller

    rng = np.random.default_rng(seed)
    drivers = pd.DataFrame(rng.normal(size=(80, 2)).cumsum(axis=0), columns=["a", "b"])
    impact = drivers["a"] - 2 * drivers["b"] + pd.Series(rng.normal(size=80))
    X = np.column_stack([drivers, np.ones(80)])
    residual = impact - X @ np.linalg.lstsq(X, impact, rcond=None)[0]
    # How many lags AIC takes is statsmodels' choice; what they give is computed here.
    lags = adfuller(residual, regression="n", autolag="AIC", result_object=True).lags
    by_hand = dickey_fuller(residual.to_numpy(), lags, constant=False)
    assert cointegration_test(impact, drivers)["statistic"] == pytest.approx(by_hand, rel=1e-8)


def test_short_series_are_refused_and_few_observations_warn():
    series = pd.DataFrame({"a": np.random.default_rng(1).normal(size=15)})
    with pytest.raises(DataError, match="8 observations, at least 10"):
        unit_root_tests(series.iloc[:8])
    with pytest.warns(DataWarning, match="15 observations"):
        unit_root_tests(series)
    with pytest.raises(DataError, match="at least 10"):
        cointegration_test(series["a"].iloc[:8], series.iloc[:8])


def test_cointegrated_series_are_found():
    rng = np.random.default_rng(4)
    walk = rng.normal(size=200).cumsum()
    drivers = pd.DataFrame({"walk": walk})
    together = cointegration_test(pd.Series(2 * walk + rng.normal(size=200)), drivers)
    apart = cointegration_test(pd.Series(rng.normal(size=200).cumsum()), drivers)
    assert together["p"] < 0.01 < apart["p"]
    many, few = pd.DataFrame(rng.normal(size=(12, 8))), pd.Series(rng.normal(size=12))
    with pytest.raises(DataError, match="too few observations for its drivers"), pytest.warns(DataWarning):
        cointegration_test(few, many)


def test_a_missing_extra_is_one_clear_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels.tsa.stattools", None)
    with pytest.raises(MissingExtraError, match=r"mrio\[econometrics\]"):
        unit_root_tests(pd.DataFrame({"a": np.arange(30.0)}))
    with pytest.raises(ImportError, match="statsmodels"):
        econometrics.extra("statsmodels.tsa.stattools")


def test_low_carbon_methods_import_without_the_extra():
    """Importing the package and its submodule loads neither statsmodels nor scikit-learn nor matplotlib."""
    import subprocess

    code = (
        "import sys, mrio; mrio.lowcarbon.entropy_index; "
        "heavy = {'statsmodels', 'sklearn', 'matplotlib'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_series_that_bear_no_test_are_refused():
    series = pd.DataFrame({"a": np.random.default_rng(1).normal(size=30)}, index=range(1990, 2020))
    with pytest.raises(MissingDataError, match="2003"):
        unit_root_tests(series.drop(index=2003))
    with pytest.raises(DataError, match="do not rise"):
        unit_root_tests(series.iloc[::-1])
    with pytest.raises(DataError, match="'b'"):
        unit_root_tests(series.assign(b=1.0))
    with pytest.raises(DataError, match="constant"):
        cointegration_test(series["a"], series[["a"]] * 0)
    with pytest.raises(DataError, match="p is no finite number"):
        is_stationary(float("nan"))
    for level in (5, -0.05, float("nan")):
        with pytest.raises(DataError, match="level"):
            is_stationary(0.01, level)
        with pytest.raises(DataError, match="level"):
            unit_root_tests(series, level=level)
