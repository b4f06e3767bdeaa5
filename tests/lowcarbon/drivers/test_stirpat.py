import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, DataWarning, LabelError, MissingDataError
from mrio.lowcarbon import stirpat
from mrio.lowcarbon.drivers import ridge
from mrio.lowcarbon.drivers.econometrics import variance_inflation
from tests.lowcarbon.cases import aux

api = pytest.importorskip("statsmodels.api")

NAMES = ["P", "A", "T"]


def reference():
    case = aux("ridge")
    return np.array(case["X"]), np.array(case["y"])


def reference_table():
    X, y = reference()
    return pd.DataFrame(X, columns=NAMES, index=range(2015, 2023)).assign(C=y)


def estimate(**options):
    with pytest.warns(DataWarning):
        return stirpat(reference_table(), impact="C", drivers=NAMES, logged=True, **options)


def long_table(n=40, seed=5):
    rng = np.random.default_rng(seed)
    P = rng.normal(size=n).cumsum()
    A = P + rng.normal(size=n)
    impact = 0.3 + 0.8 * P + 0.4 * A + 0.1 * rng.normal(size=n)
    return pd.DataFrame({"P": P, "A": A, "I": impact})


@pytest.mark.parametrize("k", [0.0, 0.05, 0.1, 0.2, 1.0])
def test_ridge_equals_the_reference_numbers(k):
    expected = aux("ridge")["by_k"][str(k)]
    fit = ridge.ridge_fit(ridge.standardise(*reference()), k)
    for name, found in (
        ("beta", fit.beta),
        ("B", fit.B),
        ("const", fit.const),
        ("R2", fit.r2),
        ("adjR2", fit.adjusted),
        ("F", fit.f),
        ("SE_B", fit.se_B),
        ("ridge_VIF", fit.vif),
    ):
        np.testing.assert_allclose(found, expected[name], rtol=1e-10, err_msg=name)


def test_correlations_and_variance_inflation_equal_the_reference_numbers():
    case, (X, y) = aux("ridge"), reference()
    data = ridge.standardise(X, y)
    np.testing.assert_allclose(data.X.T @ data.X, case["corr"], rtol=1e-10)
    np.testing.assert_allclose(data.X.T @ data.y, case["rxy"], rtol=1e-10)
    # The case inverts a matrix of condition 2e3, which costs it the last digits.
    np.testing.assert_allclose(variance_inflation(X), case["VIF"], rtol=1e-10)


@given(st.integers(0, 10_000), st.floats(0, 2))
def test_ridge_equals_plain_formulas(seed, k):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(12, 3)), rng.normal(size=12)
    Rxx = np.corrcoef(X.T)
    rxy = np.array([np.corrcoef(column, y)[0, 1] for column in X.T])
    beta = np.linalg.solve(Rxx + k * np.eye(3), rxy)
    fit = ridge.ridge_fit(ridge.standardise(X, y), k)
    np.testing.assert_allclose(fit.beta, beta, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(fit.B, beta * y.std() / X.std(axis=0), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(variance_inflation(X), np.diag(np.linalg.inv(Rxx)), rtol=1e-10)


def test_ridge_at_zero_is_the_least_squares_of_statsmodels():
    X, y = reference()
    found = api.OLS(y, api.add_constant(X)).fit()
    fit = ridge.ridge_fit(ridge.standardise(X, y), 0.0)
    np.testing.assert_allclose(np.append(fit.const, fit.B), found.params, rtol=1e-10)
    np.testing.assert_allclose(np.append(fit.se_const, fit.se_B), found.bse, rtol=1e-10)
    expected = [found.rsquared, found.rsquared_adj, found.fvalue]
    np.testing.assert_allclose([fit.r2, fit.adjusted, fit.f], expected, rtol=1e-10)
    result = estimate(k=0.0)
    columns = ["B", "se", "t", "p"]
    np.testing.assert_allclose(result.ols[columns], result.ridge[columns], rtol=1e-10)
    np.testing.assert_allclose(result.ols["p"], found.pvalues, rtol=1e-10)
    np.testing.assert_allclose(result.ols["beta"].iloc[1:], result.ridge["beta"].iloc[1:], rtol=1e-10)


def test_variance_inflation_equals_statsmodels():
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    X, _ = reference()
    design = api.add_constant(X)
    expected = [variance_inflation_factor(design, column) for column in (1, 2, 3)]
    np.testing.assert_allclose(variance_inflation(X), expected, rtol=1e-10)


def test_gcv_equals_its_definition_by_hat_matrices():
    data = ridge.standardise(*reference())
    grid = np.array([0.0, 0.05, 0.3])
    n = len(data.y)
    for k, found in zip(grid, ridge.gcv_score(data, grid), strict=True):
        H = data.X @ np.linalg.inv(data.X.T @ data.X + k * np.eye(3)) @ data.X.T + np.ones((n, n)) / n
        rss = float(((data.y - H @ data.y) ** 2).sum())
        assert found == pytest.approx((rss / n) / (1 - np.trace(H) / n) ** 2, rel=1e-10)


def test_hoerl_kennard_by_canonical_coefficients():
    data = ridge.standardise(*reference())
    beta = np.linalg.lstsq(data.X, data.y, rcond=None)[0]
    s2 = ((data.y - data.X @ beta) ** 2).sum() / 4
    alpha = np.linalg.svd(data.X)[2] @ beta
    assert ridge.k_by_hoerl_kennard(data) == pytest.approx(s2 / (alpha**2).max(), rel=1e-10)
    assert ridge.k_by_hoerl_kennard_baldwin(data) == pytest.approx(3 * s2 / (beta**2).sum(), rel=1e-10)


def test_trace_rule_takes_the_first_calm_k():
    grid = np.array([0.0, 0.1, 0.2, 0.3])
    beta = np.array([[1.0, -2.0], [0.5, -0.5], [0.4, 0.1], [0.3, 0.1]])
    vif = np.array([[50.0, 50.0], [9.0, 9.0], [5.0, 5.0], [1.0, 1.0]])
    assert ridge.k_by_trace(grid, beta, vif) == 0.2
    assert ridge.k_by_trace(grid, beta, vif + 20) == 0.3


def test_choices_stand_side_by_side():
    result = estimate()
    assert list(result.choices.index) == ["trace", "hoerl-kennard", "hoerl-kennard-baldwin", "gcv"]
    assert result.k == result.choices["trace"]
    assert estimate(k="gcv").k == result.choices["gcv"]
    assert result.vif["ridge_vif"].max() <= 10


def test_elasticities_are_unstandardised():
    result = estimate(k=0.1)
    np.testing.assert_allclose(result.elasticities, aux("ridge")["by_k"]["0.1"]["B"], rtol=1e-10)
    assert result.degrees_of_freedom == 4
    assert not np.allclose(result.elasticities, result.ridge["beta"].iloc[1:])


def test_trace_runs_from_least_squares_to_calm():
    trace = estimate().trace()
    np.testing.assert_allclose(trace.loc[0.1], aux("ridge")["by_k"]["0.1"]["beta"], rtol=1e-10)
    np.testing.assert_allclose(trace.loc[1.0], aux("ridge")["by_k"]["1.0"]["beta"], rtol=1e-10)


def test_prediction_equals_statsmodels_at_zero():
    table = long_table()
    result = stirpat(table, impact="I", drivers=["P", "A"], k=0.0, logged=True)
    new = pd.DataFrame({"P": [0.5, 1.0], "A": [0.4, 2.0]}, index=["low", "high"])
    fit = api.OLS(table["I"], api.add_constant(table[["P", "A"]])).fit()
    frame = fit.get_prediction(api.add_constant(new)).summary_frame(alpha=0.05)
    found = result.predict(new, logged=True)
    np.testing.assert_allclose(found["log"], frame["mean"], rtol=1e-10)
    np.testing.assert_allclose(found["low"], frame["obs_ci_lower"], rtol=1e-10)
    np.testing.assert_allclose(found["high"], frame["obs_ci_upper"], rtol=1e-10)
    np.testing.assert_allclose(found["median"], np.exp(frame["mean"]), rtol=1e-10)
    np.testing.assert_allclose(result.residuals, fit.resid, rtol=1e-6, atol=1e-10)
    interval = fit.conf_int(0.05)
    np.testing.assert_allclose(result.intervals()[["low", "high"]], interval, rtol=1e-10)


def test_levels_are_turned_into_logarithms():
    table = long_table()
    by_logs = stirpat(table, impact="I", drivers=["P", "A"], k=0.05, logged=True)
    by_levels = stirpat(np.exp(table), impact="I", drivers=["P", "A"], k=0.05)
    np.testing.assert_allclose(by_levels.elasticities, by_logs.elasticities, rtol=1e-10)
    levels = by_levels.predict(np.exp(table[["P", "A"]]))
    np.testing.assert_allclose(levels["log"], by_logs.predict(table, logged=True)["log"], rtol=1e-10)


def test_unit_roots_and_cointegration_are_those_of_statsmodels():
    from statsmodels.tsa.stattools import adfuller, coint

    table = long_table()
    result = stirpat(table, impact="I", drivers=["P", "A"], logged=True)
    for name in table:
        found = adfuller(table[name], regression="c", autolag="AIC", result_object=True)
        assert result.unit_roots.loc[name, "statistic"] == pytest.approx(found.statistic, rel=1e-10)
        assert result.unit_roots.loc[name, "p"] == pytest.approx(found.pvalue, rel=1e-10)
    statistic, p, _ = coint(table["I"], table[["P", "A"]], trend="c", autolag="aic")
    assert result.cointegration["statistic"] == pytest.approx(statistic, rel=1e-10)
    assert result.cointegration["p"] == pytest.approx(p, rel=1e-10)


def test_short_series_leave_tests_out_and_say_so():
    with pytest.warns(DataWarning) as caught:
        result = stirpat(reference_table(), impact="C", drivers=NAMES, logged=True)
    messages = " ".join(str(warning.message) for warning in caught)
    assert "4 degrees of freedom" in messages
    assert "bear no unit-root" in messages
    assert result.unit_roots.isna().to_numpy().all()
    assert result.cointegration.isna().all()


def test_bad_input_gives_one_clear_error():
    table = reference_table()
    with pytest.raises(DataError, match="not more observations than coefficients"):
        stirpat(table.iloc[:4], impact="C", drivers=NAMES, logged=True)
    with pytest.raises(DataError, match="exactly collinear"):
        stirpat(table.assign(D=table["P"] + table["A"]), impact="C", drivers=["P", "A", "D"], logged=True)
    with pytest.raises(DataError, match="constant"):
        stirpat(table.assign(P=1.0), impact="C", drivers=NAMES, logged=True)
    with pytest.raises(DataError, match="above zero"):
        stirpat(table.assign(P=-table["P"]), impact="C", drivers=NAMES)
    with pytest.raises(MissingDataError, match="2017 \\| A"):
        stirpat(table.mask(table == 7.31), impact="C", drivers=NAMES, logged=True)
    with pytest.raises(MissingDataError, match="2018"):
        stirpat(table.drop(index=2018), impact="C", drivers=NAMES, logged=True)
    with pytest.raises(DataError, match="do not rise"):
        stirpat(table.iloc[::-1], impact="C", drivers=NAMES, logged=True)
    with pytest.raises(LabelError, match="no column 'RE'"):
        stirpat(table, impact="C", drivers=["RE"], logged=True)
    with pytest.raises(DataError, match="identity"), pytest.warns(DataWarning):
        stirpat(table.assign(C=table["P"] + table["T"]), impact="C", drivers=["P", "T"], logged=True)
    with pytest.raises(DataError, match="zero or more"):
        stirpat(table, impact="C", drivers=NAMES, logged=True, k=-0.1)
    with pytest.raises(DataError, match="between 0 and 1"):
        estimate().intervals(1.5)
    with pytest.raises(DataError, match="between 0 and 1"):
        estimate().predict(table, logged=True, level=95)
    with pytest.raises(DataError, match="above zero"):
        estimate().predict(-table)


def test_goes_to_a_file_and_back(tmp_path):
    result = estimate()
    result.to_netcdf(tmp_path / "stirpat.nc")
    again = mrio.read_netcdf(tmp_path / "stirpat.nc")
    pd.testing.assert_frame_equal(again.summary(), result.summary())
    assert "elasticities are B" in result._repr_html_()
    assert len(result.to_dataframe()) == 2 * 4 * 5
    assert result.fit["R2"] == pytest.approx(result.data.attrs["r2"], rel=1e-10)
