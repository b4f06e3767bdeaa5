"""How long the operators of mixed states are kept."""

import gc
import weakref

import numpy as np
import pytest

from mrio.change import decompose, evaluation
from mrio.leontief.storage.rated import RatedMatrix
from tests.compare import assert_close


@pytest.fixture
def pair(worked):
    """Return two tables that nothing else holds."""
    evaluation._LATEST.clear()
    return {"a": worked.a.replace(), "b": worked.b.replace()}


def kept():
    """Return weak references to the mixed operators that are kept."""
    return [weakref.ref(operator) for operator in evaluation._LATEST._kept.values()]


@pytest.mark.parametrize("gone", ["a", "b"])
def test_mixed_operators_go_with_either_table(pair, gone):
    decompose(pair["a"], pair["b"], "co2")
    operators = kept()
    assert operators
    gc.collect()
    assert all(operator() is not None for operator in operators)
    table = weakref.ref(pair.pop(gone))
    gc.collect()
    assert table() is None
    assert kept() == []
    assert all(operator() is None for operator in operators)


def test_mixed_operators_serve_the_same_pair_again_and_no_other(pair):
    a, b = pair["a"], pair["b"]
    first = decompose(a, b, "co2")
    operators = kept()
    again = decompose(a, b, "co2")
    assert kept() == operators
    assert_close(again.effects.values, first.effects.values)
    decompose(b, a, "co2")
    assert operators
    assert all(operator() is None for operator in operators)


def test_a_table_that_went_before_another_pair_was_asked_leaves_that_pair_alone(pair, worked):
    decompose(pair["a"], pair["b"], "co2")
    decompose(worked.a, worked.b, "co2")
    operators = kept()
    pair.clear()
    gc.collect()
    assert kept() == operators
    assert operators


def test_room_is_used_again_only_once_nobody_looks_at_it():
    rng = np.random.default_rng(0)
    first, second, third = (RatedMatrix(rng.random((6, 6)), rng.random((2, 6))) for _ in range(3))
    room = evaluation.Room()
    held = room.write(first)
    part = room.write(second)[2:, :1].T
    assert_close(held, first.toarray())
    assert_close(part, second.toarray()[2:, :1].T)
    free = room.write(third)
    assert_close(part, second.toarray()[2:, :1].T)
    place = free.ctypes.data
    assert_close(free, third.toarray())
    del free
    again = room.write(first)
    assert again.ctypes.data == place
    assert_close(again, first.toarray())
    assert room.write(RatedMatrix(rng.random((4, 4)), rng.random((2, 4)))).shape == (4, 4)


@pytest.mark.parametrize("form", ["additive", "multiplicative"])
def test_operators_of_large_tables_share_a_room(worked, monkeypatch, form):
    expected = decompose(worked.a, worked.b, ("value_added", "co2"), form=form)
    monkeypatch.setattr(evaluation, "KEEP_BELOW", 0)
    evaluation._LATEST.clear()
    found = decompose(worked.a, worked.b, ("value_added", "co2"), form=form)
    assert_close(found.effects.values, expected.effects.values)
