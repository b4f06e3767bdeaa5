import sys

import numpy as np
import pandas as pd
import pytest

from mrio.errors import DataError, DataWarning, MissingExtraError
from mrio.lowcarbon import adf_p_value, cointegration_test, is_stationary, unit_root_tests
from mrio.lowcarbon.drivers import econometrics

pytest.importorskip("statsmodels.api")


def test_one_statistic_has_one_p():
    assert adf_p_value(-3.478) == pytest.approx(0.0086, abs=5e-5)
    assert is_stationary(adf_p_value(-3.478))
    assert adf_p_value(-3.478, "ct") == pytest.approx(0.0418, abs=5e-5)


def test_unit_root_equals_a_regression_by_hand():
    """Dickey-Fuller with no lags: t of the level in a regression of the difference."""
    from statsmodels.tsa.stattools import adfuller

    series = np.random.default_rng(2).normal(size=50)
    change, level = np.diff(series), series[:-1]
    X = np.column_stack([level, np.ones_like(level)])
    coefficients, rss, *_ = np.linalg.lstsq(X, change, rcond=None)
    s2 = rss[0] / (len(change) - 2)
    t = coefficients[0] / np.sqrt(s2 * np.linalg.inv(X.T @ X)[0, 0])
    found = adfuller(series, maxlag=0, regression="c", autolag=None, result_object=True)
    assert found.statistic == pytest.approx(t, rel=1e-8)
    table = unit_root_tests(pd.DataFrame({"white": series}))
    if table.loc["white", "lags"] == 0:
        assert table.loc["white", "statistic"] == pytest.approx(t, rel=1e-8)


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
