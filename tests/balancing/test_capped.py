"""Spreading and fitting below ceilings: hand cases, brute force, what has no room."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from mrio.balancing.capped import capped_shares, fit_capped, move_excess, spread_capped
from mrio.errors import BalanceError, ConvergenceError


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2**32 - 1))
def test_capped_shares_are_the_root_of_their_equation(seed):
    rng = np.random.default_rng(seed)
    weights, shares = rng.lognormal(0, 1, 6), rng.uniform(0.01, 1, 6)
    total = weights.sum() * rng.uniform(0.01, 0.999)
    factor = brentq(lambda f: (weights * np.minimum(1, f * shares)).sum() - total, 0, 1e3, xtol=1e-13)
    found = capped_shares(weights[None], shares[None], np.array([total]))[0]
    np.testing.assert_allclose(found, np.minimum(1, factor * shares), rtol=1e-10)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2**32 - 1))
def test_spread_is_the_smaller_of_ceiling_and_proportion(seed):
    rng = np.random.default_rng(seed)
    weights, ceiling = rng.lognormal(0, 1, (5, 1)), rng.lognormal(0, 1, (5, 1))
    total = ceiling.sum() * rng.uniform(0.01, 0.999)
    factor = brentq(lambda f: np.minimum(ceiling, f * weights).sum() - total, 0, 1e4, xtol=1e-13)
    found = spread_capped(weights, np.array([total]), ceiling)
    np.testing.assert_allclose(found.values, np.minimum(ceiling, factor * weights), rtol=1e-10)
    plain = weights * total / weights.sum()
    assert found.excess == pytest.approx(np.maximum(plain - ceiling, 0).sum(), rel=1e-10)


def test_a_total_beyond_all_ceilings_is_named():
    with pytest.raises(BalanceError, match="larger than all its cells") as raised:
        spread_capped(np.ones((2, 2)), np.array([1.0, 5.0]), np.ones((2, 2)))
    assert raised.value.table.to_numpy().tolist() == [[1, 5, 2]]


def test_capped_fit_meets_margins_below_the_ceiling():
    prior, ceiling = np.array([[4.0, 1.0], [1.0, 1.0]]), np.array([[3.0, 9], [9, 9]])
    fitted = fit_capped(prior, [((0,), [5.0, 2.0]), ((1,), [4.0, 3.0])], ceiling)
    np.testing.assert_allclose(fitted.matrix, [[3, 2], [1, 1]], rtol=1e-10)
    assert fitted.cells == 1
    assert fitted.excess > 0


def test_capped_fit_takes_margins_over_axes_in_any_order():
    rng = np.random.default_rng(0)
    prior = rng.uniform(1, 2, (2, 3, 4))
    target = prior * rng.uniform(0.9, 1.1, prior.shape)
    ceiling = 1.02 * np.maximum(prior, target)
    fitted = fit_capped(prior, [((2, 0), target.sum(1).T), ((1,), target.sum((0, 2)))], ceiling)
    np.testing.assert_allclose(fitted.matrix.sum(1), target.sum(1), rtol=1e-11)
    assert (fitted.matrix <= ceiling * (1 + 1e-11)).all()
    assert fitted.cells > 0


def test_masked_margins_stay_free():
    rows = np.ma.masked_array([7.0, 0.0], mask=[False, True])
    fitted = fit_capped(np.array([[4.0, 1.0], [1.0, 1.0]]), [((0,), rows)], np.array([[3.0, 9], [9, 9]]))
    np.testing.assert_allclose(fitted.matrix, [[3, 4], [1, 1]], rtol=1e-10)


def test_margins_above_the_ceilings_are_refused():
    with pytest.raises((BalanceError, ConvergenceError)):
        fit_capped(np.ones((2, 2)), [((0,), [5.0, 1.0]), ((1,), [3.0, 3.0])], np.full((2, 2), 2.0))


def test_excess_moves_to_others_by_weight():
    values, ceiling = np.array([[5.0], [1.0], [1.0]]), np.array([[2.0], [2.0], [9.0]])
    kept, unplaced = move_excess(values, ceiling, np.array([[0.0], [3.0], [1.0]]))
    # 3 are too many: by weight 2.25 and 0.75, but the second region has room for 1 only. A billionth goes by
    # room, so that regions without weight take part last: digits beyond the sixth are not asked for.
    np.testing.assert_allclose(kept, [[2], [2], [3]], rtol=1e-6)
    np.testing.assert_allclose(unplaced, 0, rtol=1e-10)
    _, unplaced = move_excess(values, np.ones((3, 1)), np.ones((3, 1)))
    np.testing.assert_allclose(unplaced, 4, rtol=1e-10)
