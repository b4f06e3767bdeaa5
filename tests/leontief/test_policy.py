import logging
import math

import numpy as np
import pytest

from mrio.errors import DataError, MemoryLimitError, SolverWarning
from mrio.leontief import Leontief, certified, memory
from mrio.leontief.backends.gauss_seidel import Block, GaussSeidel
from mrio.leontief.policy import BATCH, Task, bytes_needed, choose
from tests.benchmarks.generator import coefficients, sparse_coefficients


def task(**changes):
    usual = {"n": 9800, "storage": "dense", "filling": 1.0, "n_rhs": 1, "sweeps": 9, "free": math.inf}
    return Task(**{**usual, **changes})


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"n": 400}, "lu"),
        ({}, "gauss_seidel"),
        ({"n_rhs": 200}, "gauss_seidel"),
        ({"n_rhs": 9800}, "lu32"),
        ({"n": 1302, "n_rhs": 1302}, "lu"),
        ({"n_rhs": 9800, "free": 1e8}, "gauss_seidel"),
        ({"n": 1302, "n_rhs": 1302, "free": 1e7}, "lu32"),
        ({"storage": "structured", "n_rhs": 9800}, "structured"),
        ({"storage": "sparse", "filling": 0.001}, "sparse"),
        ({"storage": "sparse", "filling": 0.12, "n_rhs": 10}, "sparse"),
        ({"storage": "sparse", "filling": 0.5}, "gauss_seidel"),
        ({"storage": "sparse", "filling": 0.5, "free": 1e8}, "sparse"),
    ],
)
def test_choice(changes, name):
    assert choose(task(**changes)) == name


def test_small_tables_factorise():
    assert Leontief(coefficients(3, 10)).solve(np.ones(30)).solver == "lu"


def test_many_right_hand_sides_switch_to_factors():
    op = Leontief(coefficients(13, 40, seed=1), 40)
    assert op.solve(np.ones(520)).solver == "gauss_seidel"
    assert op.solve(np.eye(520)[:, :100]).solver == "lu"
    assert op.solve(np.ones(520)).solver == "lu"


def test_announced_right_hand_sides_are_factorised_for_at_once():
    op = Leontief(coefficients(13, 40, seed=1), 40).expect(100)
    assert op.solver == "lu"
    assert op.solve(np.ones(520)).solver == "lu"


def test_sparse_table_iterates():
    A = sparse_coefficients(2000, 20)
    op = Leontief(A)
    x = op.solve(np.ones(2000))
    assert x.solver == "sparse"
    np.testing.assert_allclose(x, np.linalg.solve(np.eye(2000) - A.toarray(), np.ones(2000)), rtol=1e-10)


def test_more_right_hand_sides_than_a_batch():
    A = coefficients(13, 40, seed=1)
    Y = np.random.default_rng(0).random((520, BATCH + 7))
    op = Leontief(A, 40)
    X, P = op.solve(Y), op.solve_left(Y.T)
    exact = np.linalg.inv(np.eye(520) - A)
    np.testing.assert_allclose(X, exact @ Y, rtol=1e-11)
    np.testing.assert_allclose(P, Y.T @ exact, rtol=1e-11)
    assert X.report.n_rhs == BATCH + 7
    np.testing.assert_allclose(op.inverse(), exact, rtol=1e-11)
    np.testing.assert_allclose(op.diagonal(), np.diagonal(exact), rtol=1e-12)
    np.testing.assert_allclose(op.column(7), exact[:, 7], rtol=1e-11)


def test_what_does_not_converge_is_replaced_with_a_reason(caplog):
    # Two blocks that buy almost everything from each other: block Gauss-Seidel needs hundreds of sweeps.
    half = 300
    A = np.zeros((600, 600))
    rng = np.random.default_rng(0)
    A[:half, half:] = rng.random((half, half))
    A[half:, :half] = rng.random((half, half))
    A /= A.sum(axis=0)
    A *= rng.uniform(0.9, 0.99999, 600)
    with caplog.at_level(logging.INFO, "mrio"):
        x = Leontief(A, 300, solver="sparse", tol=1e-14).solve(rng.random(600))
    assert x.solver == "bicgstab" or x.solver == "sparse"
    op = Leontief(A, 300, solver="gauss_seidel")
    op._certified.plans._built["gauss_seidel"] = GaussSeidel(
        A, [Block(slice(0, 600), np.eye(600))], max_sweeps=3
    )
    with caplog.at_level(logging.INFO, "mrio"):
        x = op.solve(np.ones(600))
    assert x.solver == "lu"
    assert "gauss_seidel replaced by lu: Block Gauss-Seidel did not converge." in caplog.text
    assert op.solver == "lu"


def test_plan_that_does_not_fit_names_the_alternatives(monkeypatch):
    monkeypatch.setattr(memory, "available_memory", lambda: 10**6)
    op = Leontief(coefficients(13, 40, seed=1), 40, solver="lu")
    with pytest.raises(MemoryLimitError, match="bicgstab") as caught:
        op.solve(np.ones(520))
    assert isinstance(caught.value, MemoryError)
    assert "2.18 MB needed" in str(caught.value)


def test_memory_is_told_where_the_system_tells_it():
    free = memory.available_memory()
    assert free is None or free > 0


def test_limit_of_the_control_group_counts(tmp_path, monkeypatch):
    for name, text in (("_LIMIT", "3000\n"), ("_USED", "1000\n"), ("_MEMINFO", "MemAvailable: 900 kB\n")):
        path = tmp_path / name
        path.write_text(text)
        monkeypatch.setattr(memory, name, path)
    assert memory.available_memory() == 2000
    (tmp_path / "_LIMIT").write_text("max\n")
    assert memory.available_memory() == 900 * 1024
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "none")
    assert memory.available_memory() is None


def test_no_memory_is_asked_for_twice():
    assert bytes_needed("lu", 1000) == 8 * 10**6 + 4 * 8000
    assert bytes_needed("lu32", 1000) < 0.6 * bytes_needed("lu", 1000)


def test_unknown_solver_is_named():
    with pytest.raises(DataError, match="magic"):
        Leontief(np.eye(2) / 2, solver="magic")


def test_unreachable_tolerance_warns(monkeypatch):
    monkeypatch.setattr(certified, "rounding", lambda n: 0.0)
    A, y = coefficients(6, 50, seed=1), np.random.default_rng(0).random(300)
    with pytest.warns(SolverWarning, match="not reached"):
        Leontief(A, tol=0.0, solver="lu").solve(y)
