"""RAS and GRAS: hand-sized cases, an independent optimum, properties, and margins that cannot be met."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import brentq, minimize

from mrio.balancing.balance import Stopping, gras, ras
from mrio.errors import BalanceError, ConvergenceError, DataError, LabelError, MissingDataError

MIXED = np.array([[7.0, 3.0, 0.0], [-2.0, 4.0, 1.0], [5.0, -1.0, 2.0]])


def test_ras_of_two_by_two_keeps_the_cross_ratio():
    # RAS keeps x11 x22 / (x12 x21); with margins (6, 4) and (5, 5) one unknown is left.
    result = ras([[1, 2], [3, 4]], [6, 4], [5, 5])
    x = brentq(lambda x: x * (4 - 5 + x) * 6 - (6 - x) * (5 - x) * 4, 1, 5, xtol=1e-14)
    np.testing.assert_allclose(result.matrix, [[x, 6 - x], [5 - x, x - 1]], rtol=1e-12)
    assert result.converged
    assert result.residual <= 1e-12
    assert result.moved == pytest.approx(np.abs(result.matrix - [[1, 2], [3, 4]]).sum() / 10, rel=1e-10)


def test_ras_of_a_rank_one_prior_is_the_outer_product():
    rows, columns = np.array([1.0, 2.0, 3.0]), np.array([4.0, 2.0])
    result = ras(np.ones((3, 2)), rows, columns)
    np.testing.assert_allclose(result.matrix, np.outer(rows, columns) / 6, rtol=1e-14)
    assert result.iterations == 1


def test_ras_is_nearest_in_information():
    rng = np.random.default_rng(5)
    prior, target = rng.uniform(0.5, 2, (3, 3)), rng.uniform(0.5, 2, (3, 3))
    result = ras(prior, target.sum(1), target.sum(0))

    def information(x):
        return (x * np.log(x / prior.ravel()) - x).sum()

    sums = np.vstack([np.kron(np.eye(3), np.ones(3)), np.kron(np.ones(3), np.eye(3))])[:-1]
    goal = np.concatenate([target.sum(1), target.sum(0)])[:-1]
    found = minimize(
        information,
        target.ravel(),
        jac=lambda x: np.log(x / prior.ravel()),
        constraints={"type": "eq", "fun": lambda x: sums @ x - goal, "jac": lambda x: sums},
        bounds=[(1e-6, None)] * 9,
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 500},
    )
    # The optimiser, not RAS, sets this tolerance.
    np.testing.assert_allclose(result.matrix.ravel(), found.x, rtol=1e-6)


def test_ras_over_a_batch_equals_one_at_a_time():
    rng = np.random.default_rng(1)
    prior, target = rng.uniform(0, 1, (2, 4, 5, 3)), rng.uniform(0, 1, (2, 4, 5, 3))
    together = ras(prior, target.sum(-1), target.sum(-2))
    for at in np.ndindex(2, 4):
        alone = ras(prior[at], target[at].sum(-1), target[at].sum(-2))
        np.testing.assert_allclose(together.matrix[at], alone.matrix, rtol=1e-12)


def test_gras_of_a_matrix_meets_its_margins_and_keeps_signs():
    rows, columns = np.array([12.0, 4.0, 3.0]), np.array([11.0, 5.0, 3.0])
    result = gras(MIXED, rows, columns)
    np.testing.assert_allclose(result.matrix.sum(1), rows, rtol=1e-12)
    np.testing.assert_allclose(result.matrix.sum(0), columns, rtol=1e-12)
    np.testing.assert_array_equal(np.sign(result.matrix), np.sign(MIXED))


def test_gras_scales_positive_and_negative_cells_inversely():
    # First-order condition of the target function: x = a r s where a > 0 and x = a / (r s) where a < 0.
    result = gras(MIXED, [12.0, 4.0, 3.0], [11.0, 5.0, 3.0])
    filled = MIXED != 0
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(MIXED < 0, MIXED / result.matrix, result.matrix / MIXED)[filled]
    at = np.argwhere(filled)
    design = np.zeros((len(at), 6))
    design[np.arange(len(at)), at[:, 0]] = 1
    design[np.arange(len(at)), 3 + at[:, 1]] = 1
    logs = np.linalg.lstsq(design, np.log(factor), rcond=None)[0]
    np.testing.assert_allclose(design @ logs, np.log(factor), atol=1e-10)


def test_gras_without_negative_cells_is_ras():
    prior, rows, columns = [[1, 2, 0], [3, 4, 5]], [6, 4], [5, 3, 2]
    np.testing.assert_array_equal(gras(prior, rows, columns).matrix, ras(prior, rows, columns).matrix)


def test_gras_handles_rows_without_positive_cells():
    prior = np.array([[-1.0, -3.0], [6.0, 5.0]])
    result = gras(prior, [-2.0, 10.0], [4.0, 4.0])
    np.testing.assert_allclose(result.matrix.sum(1), [-2, 10], rtol=1e-12)
    np.testing.assert_allclose(result.matrix.sum(0), [4, 4], rtol=1e-12)
    assert (result.matrix[0] < 0).all()


def test_gras_empties_a_row_of_one_sign_with_target_zero():
    result = gras([[-1.0, -3.0], [6.0, 5.0]], [0.0, 8.0], [4.0, 4.0])
    np.testing.assert_array_equal(result.matrix[0], 0)


SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 6))
CELLS = st.floats(0, 1e4).map(lambda value: 0.0 if value < 1e-3 else value)


@st.composite
def problems(draw, cells=CELLS):
    """A prior with zeros, and margins of another matrix on the same cells: always attainable."""
    shape = draw(SHAPES)
    prior = draw(arrays(float, shape, elements=cells))
    factor = draw(arrays(float, shape, elements=st.floats(0.2, 5)))
    return prior, prior * factor


@settings(deadline=None, max_examples=150)
@given(problems())
def test_ras_meets_margins_keeps_zeros_and_a_second_run_changes_nothing(problem):
    prior, target = problem
    rows, columns = target.sum(1), target.sum(0)
    result = ras(prior, rows, columns)
    np.testing.assert_allclose(result.matrix.sum(1), rows, rtol=2e-12)
    np.testing.assert_allclose(result.matrix.sum(0), columns, rtol=2e-12)
    assert (result.matrix[prior == 0] == 0).all()
    again = ras(result.matrix, rows, columns)
    np.testing.assert_allclose(again.matrix, result.matrix, rtol=1e-12, atol=0)
    assert again.moved <= 1e-12


@settings(deadline=None, max_examples=150)
@given(problems(st.one_of(CELLS, CELLS.map(lambda value: -value))))
def test_gras_meets_margins_keeps_signs_and_a_second_run_changes_nothing(problem):
    prior, target = problem
    rows, columns = target.sum(1), target.sum(0)
    result = gras(prior, rows, columns)
    gross = np.abs(result.matrix)
    assert (np.abs(result.matrix.sum(1) - rows) <= 1e-12 * np.maximum(np.abs(rows), gross.sum(1))).all()
    assert (np.abs(result.matrix.sum(0) - columns) <= 1e-12 * np.maximum(np.abs(columns), gross.sum(0))).all()
    assert (result.matrix * prior >= 0).all()
    assert gras(result.matrix, rows, columns).moved <= 1e-12


def test_input_is_not_changed():
    prior, rows, columns = np.ones((2, 2)), np.array([3.0, 1.0]), np.array([2.0, 2.0])
    ras(prior, rows, columns)
    assert (prior == 1).all()
    assert rows.tolist() == [3, 1]
    assert columns.tolist() == [2, 2]


def test_totals_that_differ_are_named():
    with pytest.raises(BalanceError, match="totals of rows and columns differ") as raised:
        ras(np.ones((2, 2, 2)), [[1, 2], [1, 2]], [[1, 2], [2, 2]], labels=("pq", "ab", "cd"))
    assert raised.value.table["problem"].tolist() == ["'q': "]
    assert raised.value.table["gap"].tolist() == [-1]


def test_totals_that_differ_by_rounding_follow_the_rows():
    result = ras(np.ones((2, 2)), [1, 3], [2, 2 + 1e-10])
    np.testing.assert_allclose(result.matrix.sum(1), [1, 3], rtol=1e-12)


def test_target_on_an_empty_row_is_named():
    with pytest.raises(BalanceError, match="no cell of its sign") as raised:
        ras([[1, 1], [0, 0]], [3, 1], [2, 2], labels=(["iron", "coal"], ["x", "y"]))
    assert raised.value.table[["kind", "label", "target"]].values.tolist() == [["row", "coal", 1.0]]
    with pytest.raises(BalanceError, match="no cell of its sign"):
        gras([[1, 1], [-1, -2]], [3, 1], [2, 2])


def test_support_that_cannot_carry_the_margins_is_named():
    # Rows a and b reach only column x, which may hold less than they need.
    prior = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 1.0]])
    with pytest.raises(BalanceError, match="need 5, the only columns they reach may hold 4") as raised:
        ras(prior, [2, 3, 4], [4, 3, 2], labels=("abc", "xyz"))
    assert set(raised.value.table["label"]) == {"a", "b", "x"}


def test_margins_met_only_in_the_limit_empty_a_cell():
    # Row a can be met only by emptying cell (b, x); plain sweeps would need 1e12 rounds.
    result = ras([[1, 0], [1, 1]], [2, 1], [2, 1])
    np.testing.assert_allclose(result.matrix, [[2, 0], [0, 1]], atol=1e-11)


def test_slow_matrices_are_finished_by_newton_steps():
    # Two parts joined by cells of 1e-9: sweeps alone close the gap by a billionth a round.
    prior = np.kron(np.eye(2), np.ones((2, 2))) + 1e-9
    target = prior * np.array([[1.0, 2.0, 500.0, 1.0], [3.0, 1.0, 1.0, 1.0]] * 2)
    result = ras(prior, target.sum(1), target.sum(0))
    np.testing.assert_allclose(result.matrix.sum(1), target.sum(1), rtol=1e-12)
    ratio = result.matrix / prior
    # Still r s: every two by two minor of the ratio has equal cross products.
    np.testing.assert_allclose(ratio[:, :1] * ratio[:1] / ratio[0, 0], ratio, rtol=1e-10)


def test_iterations_that_end_early_do_not_pass_in_silence():
    rng = np.random.default_rng(3)
    prior, target = rng.lognormal(0, 2, (5, 5)), rng.lognormal(0, 2, (5, 5))
    with pytest.raises(ConvergenceError, match="did not reach its tolerance") as raised:
        ras(prior, target.sum(1), target.sum(0), stopping=Stopping(max_iterations=2))
    assert len(raised.value.table)
    kept = ras(prior, target.sum(1), target.sum(0), stopping=Stopping(max_iterations=2, required=False))
    assert not kept.converged
    assert kept.residual > 1e-12


def test_bad_input_is_one_clear_error():
    with pytest.raises(MissingDataError, match="rows at") as raised:
        ras(np.ones((2, 2)), [np.nan, 1], [1, 1])
    assert len(raised.value.table) == 1
    with pytest.raises(DataError, match="takes no negative"):
        ras([[1, -1], [1, 1]], [1, 1], [1, 1])
    with pytest.raises(DataError, match="do not fit together"):
        ras(np.ones((2, 3)), [1, 1, 1], [1, 1])
    with pytest.raises(DataError, match="labels do not fit"):
        ras(np.ones((2, 2)), [1, 1], [1, 1], labels=("abc", "ab"))


def test_large_matrix_is_fast_and_exact():
    rng = np.random.default_rng(0)
    prior = rng.lognormal(0, 2, (1209, 1209)) * (rng.random((1209, 1209)) < 0.5)
    target = prior * rng.lognormal(0, 0.7, prior.shape)
    result = ras(prior, target.sum(1), target.sum(0))
    assert result.residual <= 1e-12
    assert result.iterations < 200


@pytest.mark.parametrize("side", ["rows", "columns"])
def test_labelled_totals_in_another_order(side):
    prior = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], ["a", "b"], ["c", "d"])
    rows, columns = pd.Series([6.0, 4.0], ["a", "b"]), pd.Series([5.0, 5.0], ["c", "d"])
    np.testing.assert_array_equal(
        ras(prior, rows, columns).matrix, ras(prior.to_numpy(), [6, 4], [5, 5]).matrix
    )
    turned = {"rows": (rows[::-1], columns), "columns": (rows, columns[::-1])}[side]
    with pytest.raises(LabelError, match=f"labels of {side} differ between the prior and its totals"):
        gras(prior, *turned)


def test_input_that_is_no_number():
    masked = np.ma.array([[1.0, 2.0], [3.0, 4.0]], mask=[[True, False], [False, False]])
    for prior in (masked, [["1", "2"], ["3", "4"]], [[None, 2], [3, 4]], [[1j, 2], [3, 4]]):
        with pytest.raises(MissingDataError):
            ras(prior, [6, 4], [5, 5])
    for prior in ([[1, 2], [3]], np.zeros((0, 0))):
        with pytest.raises(DataError):
            ras(prior, [6, 4] if isinstance(prior, list) else [], [5, 5] if isinstance(prior, list) else [])
