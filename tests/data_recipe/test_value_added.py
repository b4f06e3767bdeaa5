import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from data.recipe import labels
from data.recipe.sums import add_up
from data.recipe.value_added import CEILING, value_added

R, N, G = 5, 39, 9


def example(seed: int) -> tuple[np.ndarray, ...]:
    """Return output, national value added, controls and deviations that contradict each other a little."""
    random = np.random.default_rng(seed)
    x = random.gamma(4.0, size=(R, N)) * 100
    true = x * random.uniform(0.2, 0.6, size=(R, N))
    controls = add_up(true, labels.GROUP_OF, G, axis=1) * random.uniform(0.9, 1.1, size=G)
    return x, true.sum(axis=0), controls, random.lognormal(sigma=0.3, size=(R, N))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_meets_nation_and_controls_times_one_factor(seed):
    x, V_national, controls, deviation = example(seed)
    result = value_added(x, V_national, controls, deviation)
    np.testing.assert_allclose(result.V.sum(axis=0), V_national, rtol=1e-10)
    by_group = add_up(result.V, labels.GROUP_OF, G, axis=1)
    np.testing.assert_allclose(by_group, controls * result.factor, rtol=1e-10)
    np.testing.assert_allclose(result.x.sum(axis=0), x.sum(axis=0), rtol=1e-12)
    assert (result.V / result.x).max() <= CEILING * (1 + 1e-12)
    np.testing.assert_array_equal(result.x, x)


def test_output_is_raised_where_a_group_of_one_sector_earns_more_than_it_makes():
    x, V_national, controls, deviation = example(7)
    farming = labels.CODES.index("h01")
    controls[0, 0] = 3 * x[0, farming]
    result = value_added(x, V_national, controls, deviation)
    assert result.lifted == 1
    assert result.x[0, farming] > x[0, farming]
    np.testing.assert_allclose(result.V[0, farming], CEILING * result.x[0, farming], rtol=1e-12)
    np.testing.assert_allclose(result.x.sum(axis=0), x.sum(axis=0), rtol=1e-12)
    assert (result.V / result.x).max() <= CEILING * (1 + 1e-12)


def test_unknown_deviation_means_the_national_ratio():
    x, V_national, controls, deviation = example(8)
    unknown = np.full_like(deviation, np.nan)
    one = value_added(x, V_national, controls, unknown)
    np.testing.assert_array_equal(one.V, value_added(x, V_national, controls, np.ones_like(x)).V)
