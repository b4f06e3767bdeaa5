"""The proportional rule by hand, and against theta cell by cell."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mrio.transfer.redistribution import Moves, between_and_within, between_origins
from tests.naive import nested, proportional


def test_one_cell_by_hand():
    # A lost 0.3 and D 0.1; B gained 0.3 and C 0.1: three quarters of every loss go to B.
    first = np.array([[0.5], [0.1], [0.2], [0.2]])
    second = np.array([[0.2], [0.4], [0.3], [0.1]])
    (moves,) = between_origins(first, second)
    flows = moves.flows(np.array([[100.0]]))[0]
    expected = np.zeros((4, 4))
    expected[0, 1], expected[0, 2], expected[3, 1], expected[3, 2] = 22.5, 7.5, 7.5, 2.5
    np.testing.assert_allclose(flows, expected, rtol=1e-14)


def test_a_block_by_hand():
    # The block {A, B} keeps 0.6, but B takes 0.2 of it from A: nothing leaves the block.
    first, second = np.array([[0.4], [0.2], [0.4]]), np.array([[0.2], [0.4], [0.4]])
    outer, inner = between_and_within(first, second, np.array([True, True, False]))
    np.testing.assert_allclose(outer.flows(np.array([[10.0]])), 0.0, atol=1e-15)
    expected = np.zeros((1, 3, 3))
    expected[0, 0, 1] = 2.0
    np.testing.assert_allclose(inner.flows(np.array([[10.0]])), expected, rtol=1e-14)


def test_nothing_moved_gives_nothing():
    same = np.array([[0.4, 0.0], [0.6, 0.0]])
    (moves,) = between_origins(same, same)
    np.testing.assert_array_equal(moves.flows(np.ones((2, 2))), np.zeros((2, 2, 2)))


@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 2**32 - 1), st.data())
def test_both_rules_against_theta(origins, cells, seed, data):
    rng = np.random.default_rng(seed)
    shares = rng.uniform(size=(2, origins, cells)) * (rng.uniform(size=(2, origins, cells)) < 0.7)
    total = shares.sum(axis=1, keepdims=True)
    first, second = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    # No purchase in one period takes the shares of the other.
    empty = [values.sum(axis=0) == 0 for values in (first, second)]
    first, second = np.where(empty[0], second, first), np.where(empty[1], first, second)
    volumes = rng.uniform(0, 100, (2, cells))
    block = data.draw(st.lists(st.booleans(), min_size=origins, max_size=origins))
    members = [o for o, inside in enumerate(block) if inside]
    for rule, found in (
        (proportional, between_origins(first, second)),
        (nested(members), between_and_within(first, second, np.array(block))),
    ):
        flows = sum(moves.flows(volumes) for moves in found)
        theta = [rule(first[:, c], second[:, c]) for c in range(cells)]
        expected = np.array([sum(t * v for t, v in zip(theta, row, strict=True)) for row in volumes])
        np.testing.assert_allclose(flows, expected, atol=1e-12)
        net = flows.sum(axis=1) - flows.sum(axis=2)
        np.testing.assert_allclose(net, volumes @ (second - first).T, atol=1e-12)


def test_changes_beyond_the_range_of_numbers_move_nothing():
    first, second = np.array([[0.5], [0.5]]), np.array([[0.5], [0.5]])
    moves = between_origins(first, second)[0]
    tiny = Moves(np.array([[5e-320], [0.0]]), np.array([[0.0], [5e-320]]), np.array([5e-320]))
    for each in (moves, tiny):
        np.testing.assert_array_equal(each.flows(np.array([[100.0]])), np.zeros((1, 2, 2)))
