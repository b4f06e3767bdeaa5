import pickle

import numpy as np
import pytest

from mrio.leontief import Leontief, Solution, SolveReport


@pytest.fixture
def solution():
    return Leontief(np.array([[0.2, 0.3], [0.1, 0.4]])).solve(np.array([[9.0, 1.0], [4.5, 2.0]]))


def test_report_names_everything(solution):
    assert solution.report == SolveReport("lu", solution.residual, solution.error_bound, 0, 2)
    assert solution.solver == "lu"
    assert solution.sweeps == 0
    assert 0 <= solution.residual < 1e-15
    assert "lu, right-hand sides 2" in str(solution.report)


def test_solutions_are_frozen(solution):
    with pytest.raises(ValueError, match="read-only"):
        solution[0] = 1.0
    with pytest.raises(ValueError, match=r"read-only|not writeable"):
        solution += 1.0


def test_views_and_copies_keep_the_report(solution):
    for part in (solution[0], solution[:, :1], solution.T, solution.copy(), np.reshape(solution[0], (1, 2))):
        assert isinstance(part, Solution)
        assert part.report is solution.report


def test_arithmetic_gives_plain_arrays(solution):
    plain = (solution + 1, solution @ solution, np.dot(solution, solution), solution.sum(axis=0), -solution)
    plain += (np.concatenate([solution, solution]), np.add(solution, 1, out=np.empty((2, 2))))
    for result in plain:
        assert type(result) is np.ndarray


def test_survives_a_process_boundary(solution):
    back = pickle.loads(pickle.dumps(solution))
    np.testing.assert_array_equal(back, solution)
    assert back.report == solution.report


def test_array_that_nobody_solved_for_has_no_report():
    with pytest.raises(AttributeError, match="not made by a solve"):
        _ = np.zeros(2).view(Solution).report
