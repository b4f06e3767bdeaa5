"""How long the operators of mixed states are kept."""

import gc
import weakref

import pytest

from mrio.change import decompose, evaluation
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
