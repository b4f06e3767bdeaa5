"""KRAS: hand cases of contradicting constraints, agreement with GRAS, optimality, named conflicts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_matrix

from mrio.balancing.balance import Stopping, gras
from mrio.balancing.reconcile import kras
from mrio.errors import BalanceError, ConvergenceError, DataError, MissingDataError


def margins_of(shape):
    """Coefficients of row and column sums."""
    m, n = shape
    return np.vstack([np.kron(np.eye(m), np.ones(n)), np.kron(np.ones(m), np.eye(n))])


def test_agreeing_margins_are_gras_whatever_the_errors():
    prior = np.array([[7.0, 3.0, 0.0], [-2.0, 4.0, 1.0], [5.0, -1.0, 2.0]])
    rows, columns = [12.0, 4.0, 3.0], [11.0, 5.0, 3.0]
    found = kras(prior, margins_of((3, 3)), [*rows, *columns], [5, 0, 1, 2, 3, 9])
    np.testing.assert_allclose(found.matrix, gras(prior, rows, columns).matrix, rtol=1e-10)
    np.testing.assert_array_equal(found.strain, 0)


def test_two_values_for_one_sum_meet_as_their_errors_divide_the_gap():
    # 10 +- 1 and 13 +- 2 give way at the same number of errors: 10 + k = 13 - 2 k.
    found = kras([4.0, 6.0], [[1, 1], [1, 1]], [10, 13], [1, 2], step=0.1)
    np.testing.assert_allclose(found.matrix, [4.4, 6.6], rtol=1e-12)
    np.testing.assert_allclose(found.values, [11, 11], rtol=1e-12)
    np.testing.assert_allclose(found.strain, [1, -1], rtol=1e-10)


def test_an_exact_value_does_not_give_way():
    found = kras([4.0, 6.0], [[1, 1], [1, 1]], [10, 13], [0, 2])
    np.testing.assert_allclose(found.values, [10, 10], rtol=1e-12)
    np.testing.assert_allclose(found.strain, [0, -1.5], rtol=1e-10)


def test_constraints_apart_from_a_conflict_are_not_moved():
    G = [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1]]
    found = kras([4.0, 6.0, 1.0, 1.0], G, [10, 13, 7], [1, 2, 5])
    np.testing.assert_allclose(found.matrix[2:], [3.5, 3.5], rtol=1e-12)
    assert found.strain[2] == 0


def test_margins_with_different_totals_meet_between():
    prior = np.ones((2, 2))
    found = kras(prior, margins_of((2, 2)), [50, 50, 53, 53], [1, 1, 1, 1], step=0.01)
    np.testing.assert_allclose(found.matrix.sum(1), found.matrix.sum(0), rtol=1e-12)
    # Equal errors: both sides give way alike, up to one step.
    np.testing.assert_allclose(found.matrix.sum(1), 51.5, atol=0.02)


def test_general_coefficients_satisfy_the_first_order_conditions():
    # min sum a ln(a / a0) - a with G a = c has ln(a / a0) in the row space of G.
    rng = np.random.default_rng(4)
    a0, target = rng.uniform(1, 2, 8), rng.uniform(1, 2, 8)
    G = rng.uniform(-1, 2, (3, 8))
    found = kras(a0, csr_matrix(G), G @ target, np.ones(3))
    np.testing.assert_allclose(G @ found.matrix, G @ target, rtol=1e-11)
    logs = np.log(found.matrix / a0)
    np.testing.assert_allclose(G.T @ np.linalg.lstsq(G.T, logs, rcond=None)[0], logs, atol=1e-10)


def test_contradicting_general_coefficients_come_to_agree():
    # 2 a + b = 10 and 4 a + 2 b = 26 are 2 a + b = 13; the errors 1 and 4 are 1 and 2 in the same units.
    found = kras([3.0, 4.0], [[2, 1], [4, 2]], [10, 26], [1, 4], step=0.1)
    np.testing.assert_allclose(found.values, [11, 22], rtol=1e-10)
    np.testing.assert_allclose([2 * found.matrix[0] + found.matrix[1]], [11], rtol=1e-10)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_signs_and_zeros_are_kept_and_a_second_run_on_the_values_met_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    prior = rng.normal(0, 1, (3, 4)) * (rng.random((3, 4)) < 0.8)
    G = np.vstack([margins_of((3, 4)), coo_array(rng.integers(0, 2, (3, 12))).toarray()])
    target = G @ (prior * rng.lognormal(0, 0.4, (3, 4))).ravel()
    errors = 0.1 + np.abs(target)
    found = kras(prior, G, target * rng.lognormal(0, 0.05, len(target)), errors)
    assert (found.matrix * prior >= 0).all()
    assert (found.matrix[prior == 0] == 0).all()
    size = np.maximum(np.abs(found.values), np.abs(G) @ np.abs(found.matrix.ravel()))
    assert (np.abs(G @ found.matrix.ravel() - found.values) <= 1e-12 * size).all()
    assert kras(found.matrix, G, found.values, errors).moved <= 1e-12


def test_a_sum_of_zero_empties_its_cells():
    found = kras([1.0, 2.0, 3.0], [[1, 1, 0], [1, 1, 1]], [0, 9], [1, 1])
    assert found.matrix.tolist() == [0, 0, 9]


def test_exact_values_that_contradict_are_named():
    with pytest.raises(BalanceError, match="contradict each other") as raised:
        kras([4.0, 6.0, 1.0], [[1, 1, 0], [0, 0, 1], [1, 1, 0]], [10, 1, 13], [0, 1, 0])
    assert set(raised.value.table["constraint"]) <= {0, 2}
    assert len(raised.value.table)


def test_too_few_rounds_are_an_error():
    with pytest.raises(ConvergenceError, match="did not come to agree"):
        kras([4.0, 6.0], [[1, 1], [1, 1]], [10, 1300], [1e-6, 1e-6], stopping=Stopping(max_iterations=60))


def test_bad_input_is_one_clear_error():
    with pytest.raises(DataError, match="do not fit together"):
        kras([1.0, 1.0], [[1, 1, 1]], [1], [1])
    with pytest.raises(DataError, match="standard error is negative"):
        kras([1.0, 1.0], [[1, 1]], [1], [-1])
    with pytest.raises(MissingDataError, match="values at"):
        kras([1.0, 1.0], [[1, 1]], [np.nan], [1])
