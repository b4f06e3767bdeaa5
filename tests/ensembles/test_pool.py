"""The pool gives the same bits as one process, and says clearly what goes wrong in it."""

from functools import partial

import numpy as np
import pytest

import mrio
from tests.compare import told
from tests.ensembles.measures import dying, failing, move_and_clean, solved, total
from tests.strategies import Layout, random_table

GRID = {"share": [0.0, 0.3, 0.5], "factor": [1.0, 0.8]}


@pytest.mark.slow
def test_scenarios_are_the_same_in_a_pool(table):
    alone = mrio.sweep(table, move_and_clean, GRID)
    assert mrio.sweep(table, move_and_clean, GRID, workers=2).data.identical(alone.data)


def test_draws_are_the_same_in_a_pool(worked):
    pair = [mrio.perturb(one, 0.1, n=7, seed=2) for one in (worked.a, worked.b)]
    measure = partial(mrio.decompose, account=["value_added", "co2"])
    alone = mrio.monte_carlo(pair, measure)
    assert mrio.monte_carlo(pair, measure, workers=2).data.identical(alone.data)


@pytest.mark.slow
def test_answers_do_not_depend_on_what_an_operator_met_before(monkeypatch):
    # Large enough for iterations, which a history of solves would turn into factors.
    given = random_table(Layout(R=14, N=40, K=2, exports=True), np.random.default_rng(1), "0")
    big = mrio.System.from_arrays(**given)
    grid = {"f": [0.9, 0.95, 1.0, 1.05, 1.1, 1.2]}

    def family(f):
        return mrio.Scenario("s").scale_technology(f, region="region 2", sector="sector 3")

    fresh = mrio.sweep(big, family, grid, solved)
    for _ in range(30):
        big.leontief.solve(np.random.default_rng(0).random(560))
    again = mrio.sweep(big, family, grid, solved)
    pool = mrio.sweep(big, family, grid, solved, workers=2)
    assert fresh.data.identical(again.data)
    assert fresh.data.identical(pool.data)


def test_an_error_in_a_worker_names_the_run(table):
    least = 0.75 * total(table)
    grid = {"share": [0.0], "factor": [1.0, 0.9, 0.8, 0.7]}
    told(
        lambda: mrio.sweep(table, move_and_clean, grid, partial(failing, at=least), workers=2),
        "run 3 of 4 (share=0.0, factor=0.7)",
        "RuntimeError: the cat walked over the keyboard",
    )


@pytest.mark.slow
def test_a_worker_that_dies_is_told_with_its_run(table):
    least = 0.75 * total(table)
    grid = {"share": [0.0], "factor": [1.0, 0.9, 0.8, 0.7]}
    told(
        lambda: mrio.sweep(table, move_and_clean, grid, partial(dying, at=least), workers=2),
        "A worker process died",
        "run 3 of 4 (share=0.0, factor=0.7)",
        "exit code -9",
    )


def test_a_measure_that_cannot_travel_is_told_before_anything_starts(table):
    told(
        lambda: mrio.sweep(table, move_and_clean, GRID, lambda t: total(t), workers=2),
        "cannot be sent to other processes",
        "top of a module",
    )


@pytest.mark.slow
def test_a_measure_that_workers_do_not_know_is_told(table, monkeypatch):
    # What is defined in a notebook belongs to a module of which workers have another version.
    import __main__

    def lost(table):
        return total(table)

    lost.__module__, lost.__qualname__ = "__main__", "lost"
    monkeypatch.setattr(__main__, "lost", lost, raising=False)
    told(
        lambda: mrio.sweep(table, move_and_clean, GRID, lost, workers=2),
        "cannot open what it was sent",
        "put the measure into a module",
    )
