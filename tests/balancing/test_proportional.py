"""Iterative proportional fitting: against RAS and hand cases, properties, and margins that cannot be met."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrio.balancing.balance import Stopping, gras, ras
from mrio.balancing.proportional import ipf
from mrio.errors import BalanceError, ConvergenceError, DataError, LabelError, MissingDataError


def test_two_margins_of_a_matrix_are_ras():
    rng = np.random.default_rng(1)
    prior, target = rng.uniform(0, 1, (4, 6)), rng.uniform(0, 1, (4, 6))
    expected = ras(prior, target.sum(1), target.sum(0)).matrix
    fitted = ipf(prior, [((0,), target.sum(1)), ((1,), target.sum(0))]).matrix
    np.testing.assert_allclose(fitted, expected, rtol=1e-11)


def test_two_margins_of_mixed_signs_are_gras():
    prior = np.array([[7.0, 3.0], [-2.0, 4.0]])
    fitted = ipf(prior, [((0,), [12, 3]), ((1,), [6, 9])]).matrix
    np.testing.assert_allclose(fitted, gras(prior, [12, 3], [6, 9]).matrix, rtol=1e-10)


def test_independent_margins_of_a_flat_prior_are_the_product():
    a, b, c = np.array([1.0, 3.0]), np.array([2.0, 2.0]), np.array([1.0, 1.0, 2.0])
    fitted = ipf(np.ones((2, 2, 3)), [((0,), a), ((1,), b), ((2,), c)]).matrix
    np.testing.assert_allclose(fitted, np.einsum("i,j,k->ijk", a, b, c) / 16, rtol=1e-13)


def test_axes_of_a_margin_may_come_in_any_order():
    rng = np.random.default_rng(2)
    prior, target = rng.uniform(1, 2, (2, 3, 4)), rng.uniform(1, 2, (2, 3, 4))
    first = ipf(prior, [((0, 2), target.sum(1)), ((1,), target.sum((0, 2)))])
    second = ipf(prior, [((2, 0), target.sum(1).T), ((1,), target.sum((0, 2)))])
    np.testing.assert_array_equal(first.matrix, second.matrix)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_national_cells_and_regional_margins_hold_at_once(seed):
    rng = np.random.default_rng(seed)
    prior = rng.lognormal(0, 1, (2, 3, 2, 3)) * (rng.random((2, 3, 2, 3)) < 0.8)
    target = prior * rng.lognormal(0, 0.5, prior.shape)
    margins = [((1, 3), target.sum((0, 2))), ((0, 1), target.sum((2, 3))), ((2, 3), target.sum((0, 1)))]
    fitted = ipf(prior, margins)
    for axes, wanted in margins:
        others = tuple({0, 1, 2, 3} - set(axes))
        np.testing.assert_allclose(fitted.matrix.sum(others), wanted, rtol=2e-12, atol=1e-300)
    assert (fitted.matrix[prior == 0] == 0).all()
    assert ipf(fitted.matrix, margins).moved <= 1e-12
    # What sweeps and Newton steps change is one factor a margin cell: log(fitted / prior) is additive.
    filled = prior > 0
    logs = np.log(fitted.matrix[filled] / prior[filled])
    r, i, s, j = np.nonzero(filled)
    design = np.hstack([np.eye(9)[i * 3 + j], np.eye(6)[r * 3 + i], np.eye(6)[s * 3 + j]])
    np.testing.assert_allclose(design @ np.linalg.lstsq(design, logs, rcond=None)[0], logs, atol=1e-9)


def test_masked_targets_are_free():
    target = np.ma.masked_array([5.0, 0.0], mask=[False, True])
    fitted = ipf([[1.0, 1.0], [2.0, 3.0]], [((0,), target)])
    np.testing.assert_allclose(fitted.matrix, [[2.5, 2.5], [2, 3]], rtol=1e-10)


def test_margins_that_disagree_are_named():
    with pytest.raises(BalanceError, match="disagree on what they share") as raised:
        ipf(
            np.ones((2, 2, 2)),
            [((0, 1), [[1, 1], [1, 1]]), ((0, 2), [[1, 1], [1, 2]])],
            labels=(["north", "south"], "ab", "cd"),
        )
    assert raised.value.table[["label", "first", "second"]].values.tolist() == [[("south",), 2.0, 3.0]]


def test_target_without_cells_is_named():
    with pytest.raises(BalanceError, match="no cell of its sign") as raised:
        ipf([[0, 0], [1, 1]], [((0,), [1, 1]), ((1,), [1, 1])])
    assert raised.value.table["label"].tolist() == [(0,)]


def test_margins_no_array_can_meet_are_named():
    prior = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 1.0]])
    with pytest.raises(BalanceError, match="No array on the cells") as raised:
        ipf(prior, [((0,), [2, 3, 4]), ((1,), [4, 3, 2])])
    # The rows need 5 of a column that holds 4.
    assert raised.value.table["missing"].sum() == pytest.approx(2, rel=1e-10)


def test_early_end_is_an_error_unless_it_is_wanted():
    rng = np.random.default_rng(3)
    prior, target = rng.lognormal(0, 2, (5, 5)), rng.lognormal(0, 2, (5, 5))
    margins = [((0,), target.sum(1)), ((1,), target.sum(0))]
    with pytest.raises(ConvergenceError, match="did not reach its tolerance"):
        ipf(prior, margins, stopping=Stopping(max_iterations=2))
    kept = ipf(prior, margins, stopping=Stopping(max_iterations=2, required=False))
    assert not kept.converged


def test_bad_input_is_one_clear_error():
    with pytest.raises(DataError, match="margin does not fit") as raised:
        ipf(np.ones((2, 3)), [((0,), [1, 2, 3])])
    assert "margin 0" in str(raised.value)
    with pytest.raises(MissingDataError, match="margin 0"):
        ipf(np.ones((2, 3)), [((0,), [1, np.nan])])
    with pytest.raises(DataError, match="labels do not fit"):
        ipf(np.ones((2, 3)), [], labels=("ab", "ab"))


def test_labelled_margins_in_another_order():
    prior = pd.DataFrame(np.ones((2, 2)), ["a", "b"], ["c", "d"])
    rows = pd.Series([1.0, 2.0], ["a", "b"])
    np.testing.assert_allclose(ipf(prior, [((0,), rows)]).matrix, [[0.5, 0.5], [1.0, 1.0]])
    with pytest.raises(LabelError, match="labels of axis 0 differ between the prior and margin 0"):
        ipf(prior, [((0,), rows[::-1])])
    with pytest.raises(MissingDataError, match="margin 0 holds something that is no number"):
        ipf(prior, [((0,), ["a", "b"])])
