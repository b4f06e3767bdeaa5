import numpy as np
import pytest

from mrio.errors import ConvergenceError, DataError
from mrio.leontief import Leontief
from mrio.leontief.ensemble import draw_multipliers, first_order_std
from tests.benchmarks.generator import coefficients


@pytest.fixture(scope="module")
def op():
    return Leontief(coefficients(4, 10, seed=1), 10)


@pytest.fixture(scope="module")
def F():
    return np.random.default_rng(0).random((2, 40))


def test_no_error_no_spread(op, F):
    found = draw_multipliers(op, F, 0.0, n_draws=3)
    np.testing.assert_allclose(found.mean, op.solve_left(F), rtol=1e-14)
    assert not found.std.any()
    assert not first_order_std(op, F, 0.0).any()


def test_one_uncertain_coefficient_by_hand():
    # Only A_00 = 0.5 is uncertain: m = f / (1 - A_00), so that every draw tells which A_00 it had.
    op = Leontief(np.array([[0.5]]))
    found = draw_multipliers(op, [1.0], 0.01, n_draws=4000, keep=True)
    drawn = 1 - 1 / found.draws[:, 0, 0]
    assert drawn.mean() == pytest.approx(0.5, abs=4 * 0.005 / np.sqrt(4000))
    assert drawn.std() == pytest.approx(0.005, rel=0.05)
    # d m = 4 d A to first order.
    np.testing.assert_allclose(first_order_std(op, [1.0], 0.01), [0.02], rtol=1e-14)


@pytest.mark.parametrize("distribution", ["normal", "lognormal"])
def test_first_order_agrees_with_draws(op, F, distribution):
    found = draw_multipliers(op, F, 0.05, distribution=distribution, n_draws=2000)
    np.testing.assert_allclose(found.std, first_order_std(op, F, 0.05), rtol=0.12)
    np.testing.assert_allclose(found.mean, op.solve_left(F), atol=5 * found.std.max() / np.sqrt(2000))


def test_first_order_against_differences(op, F):
    # Brute force: the variance is the sum over all cells of (derivative times standard deviation) squared.
    A, step = np.asarray(op.A), 1e-6
    base = F @ np.linalg.inv(np.eye(40) - A)
    variance = np.zeros_like(base)
    for cell in np.argwhere(A > 0):
        moved = A.copy()
        moved[tuple(cell)] += step
        derivative = (F @ np.linalg.inv(np.eye(40) - moved) - base) / step
        variance += (derivative * 0.1 * A[tuple(cell)]) ** 2
    np.testing.assert_allclose(first_order_std(op, F, 0.1), np.sqrt(variance), rtol=1e-4)


def test_draws_are_solved_exactly(op, F, monkeypatch):
    # The same random numbers through numpy's inverse.
    from mrio.leontief import ensemble

    seen = []
    moved = ensemble._moved

    def watched(start, change, *rest):
        seen.append(change.copy())
        return moved(start, change, *rest)

    monkeypatch.setattr(ensemble, "_moved", watched)
    found = draw_multipliers(op, F, 0.2, n_draws=5, keep=True)
    for change, multipliers in zip(seen, found.draws, strict=True):
        exact = F @ np.linalg.inv(np.eye(40) - op.A - change)
        np.testing.assert_allclose(multipliers, exact, rtol=1e-5)


def test_draws_depend_on_the_seed_alone(op, F):
    one = draw_multipliers(op, F, 0.1, n_draws=40, keep=True)
    two = draw_multipliers(op, F, 0.1, n_draws=40, keep=True, workers=2)
    more = draw_multipliers(op, F, 0.1, n_draws=60, keep=True)
    np.testing.assert_array_equal(one.draws, two.draws)
    np.testing.assert_array_equal(one.std, two.std)
    np.testing.assert_array_equal(one.draws, more.draws[:40])
    assert not np.array_equal(one.draws, draw_multipliers(op, F, 0.1, n_draws=40, keep=True, seed=1).draws)
    np.testing.assert_allclose(one.mean, one.draws.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(one.std, one.draws.std(axis=0, ddof=1), rtol=1e-8)


def test_errors_that_differ_by_cell(op, F):
    error = np.zeros((40, 40))
    error[:, 7] = 0.1
    found = draw_multipliers(op, F, error, distribution="normal", n_draws=500)
    np.testing.assert_allclose(found.std, first_order_std(op, F, error), rtol=0.2)


@pytest.mark.parametrize("error", [-0.1, np.nan, np.zeros(3)])
def test_bad_errors(op, F, error):
    with pytest.raises(DataError, match="relative errors"):
        draw_multipliers(op, F, error)


def test_lognormal_by_cell_is_refused(op, F):
    with pytest.raises(DataError, match="normal distribution only"):
        draw_multipliers(op, F, np.zeros((40, 40)))


def test_errors_that_break_the_table(F):
    with pytest.raises(ConvergenceError, match="no multipliers"):
        draw_multipliers(Leontief(coefficients(4, 10, seed=1)), F, 5.0, distribution="normal")
