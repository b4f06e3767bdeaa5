"""The tasks measure what they say: all sides give the same answer, on tables like those described."""

import json

import numpy as np
import pytest

from tests.benchmarks.__main__ import TASKS, report
from tests.benchmarks.generator import coefficients, sparse_coefficients, structured_factors, table
from tests.benchmarks.measure import Outcome, difference, run_side
from tests.benchmarks.roofline import Machine, Work, machine

SIZES = {"sparse": "400", "sparse_small": "400"}


@pytest.mark.parametrize("name", TASKS)
def test_sides_agree(name):
    task, size = TASKS[name], SIZES.get(name, "tiny")
    answers = {
        side: task.sides[side].run(task.prepare(size, side))
        for side in task.sides
        if task.sides[side].needs == ""
    }
    for side, found in answers.items():
        found.pop("note", None)
        assert difference(answers["mrio"], found) <= task.tolerance, side


def test_side_writes_times_memory_and_answers(tmp_path):
    run_side(TASKS["one_vector"], "mrio", "tiny", tmp_path / "out")
    record = json.loads((tmp_path / "out.json").read_text())
    assert len(record["times"]) == 5
    assert record["memory"] >= 0
    assert "relative residual" in record["note"]
    with np.load(tmp_path / "out.npz") as arrays:
        assert arrays["X"].shape == (120, 1)


def test_report_is_complete(monkeypatch):
    outcomes = {
        "mrio": Outcome([0.1, 0.2, 0.1], 10**6, 1.0, "sweeps 7, exact", {"X": np.ones(3)}),
        "numpy": Outcome([10.0, 20.0], 10**9, 1.0, "", {"X": np.ones(3)}),
    }
    monkeypatch.setattr("tests.benchmarks.__main__.measure", lambda task, name, size: outcomes[name])
    text = report(TASKS["one_vector"], "exiobase", Machine("a machine", 4e10, 1e11))
    assert "150.0 times the time of mrio (50.0 to 200.0)" in text
    assert "target 150: met" in text
    assert "sweeps 7" in text
    # 9.5 times 0.77 GB at 40 GB/s, beside a median of 15 s.
    assert "0.1825 s, A looked at 2 times, 7.5 products with one column" in text
    assert "a ratio of 82 is what that allows" in text


def test_products_with_columns_take_longer_than_reading():
    limits = machine(400)
    one, many = (limits.least(Work(0, 1, columns), 8e6) for columns in (1, 64))
    assert one > 0
    assert many > 0
    assert limits.least(Work(0, 1, made=1), 8e6) > one
    assert limits.least(Work(2, 0, written=1), 8e6) == pytest.approx(5 * limits.reading(8e6))


def test_tables_are_as_described():
    made = table(6, 20, filling=0.5)
    sums = made.A.sum(axis=0)
    assert sums.min() >= 0.3
    assert sums.max() <= 0.75
    np.testing.assert_allclose(made.A @ made.x + made.Y.sum(axis=1), made.x, rtol=1e-12)
    domestic = sum(made.A[20 * r : 20 * r + 20, 20 * r : 20 * r + 20].sum() for r in range(6))
    assert 0.65 < domestic / made.A.sum() < 0.85
    assert 0.4 < (made.A[:20, 20:] > 0).mean() < 0.6
    np.testing.assert_array_equal(coefficients(3, 5, seed=1), coefficients(3, 5, seed=1))


def test_factors_and_networks_are_as_described():
    shares, technology = structured_factors(5, 8)
    np.testing.assert_allclose(shares.sum(axis=0), 1.0, rtol=1e-12)
    assert technology.shape == (8, 5, 8)
    A = sparse_coefficients(500, 20)
    assert A.nnz <= 500 * 20
    assert A.sum(axis=0).min() >= 0.3
    assert A.sum(axis=0).max() <= 0.75
