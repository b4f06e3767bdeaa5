import numpy as np
import pytest
from scipy import stats

from mrio.errors import DataError
from mrio.lowcarbon import adjusted_r2, f_p_value, f_statistic, t_p_value

api = pytest.importorskip("statsmodels.api")


def test_statistics_of_a_regression_equal_statsmodels():
    rng = np.random.default_rng(7)
    X, noise = rng.normal(size=(20, 3)), rng.normal(size=20)
    fit = api.OLS(X @ [1.0, 0.5, 0.0] + noise, api.add_constant(X)).fit()
    assert adjusted_r2(fit.rsquared, 20, 3) == pytest.approx(fit.rsquared_adj, rel=1e-10)
    assert f_statistic(fit.rsquared, 20, 3) == pytest.approx(fit.fvalue, rel=1e-10)
    assert f_p_value(fit.fvalue, 20, 3) == pytest.approx(fit.f_pvalue, rel=1e-10)
    for t, p in zip(fit.tvalues, fit.pvalues, strict=True):
        assert t_p_value(t, 16) == pytest.approx(p, rel=1e-10)
    assert t_p_value(-2.0, 5) == pytest.approx(2 * stats.t.cdf(-2.0, 5), rel=1e-12)


@pytest.mark.parametrize(("n", "k"), [(4, 3), (3, 3), (8, 0)])
def test_without_degrees_of_freedom_there_is_no_statistic(n, k):
    for statistic in (adjusted_r2, f_statistic, f_p_value):
        with pytest.raises(DataError, match="not more observations than coefficients"):
            statistic(0.9, n, k)
    with pytest.raises(DataError, match="degrees of freedom above zero"):
        t_p_value(2.0, 0)
