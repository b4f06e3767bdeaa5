"""Weights of coalitions against the orders they stand for, all of them written out."""

from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrio.change.coalitions import average, block_weights, owen_weights, polar_weights, singletons
from tests.compare import assert_close


def effects_of_orders(values, orders):
    """Return the mean marginal effect of every player over some orders."""
    players = len(values).bit_length() - 1
    total = np.zeros(players)
    for order in orders:
        mask = 0
        for player in order:
            total[player] += values[mask | 1 << player] - values[mask]
            mask |= 1 << player
    return total / len(orders)


def uninterrupted(order, partition):
    """Tell whether the members of every group stand next to each other in an order."""
    places = {player: place for place, player in enumerate(order)}
    return all(
        max(places[p] for p in group) - min(places[p] for p in group) == len(group) - 1 for group in partition
    )


PARTITIONS = [
    [[0], [1], [2], [3], [4]],
    [[0, 1, 2, 3, 4]],
    [[0, 3], [1], [2, 4]],
    [[4], [0, 1, 2], [3]],
]


@pytest.mark.parametrize("partition", PARTITIONS)
def test_owen_value_is_the_mean_of_all_orders_that_keep_groups_together(partition):
    values = np.random.default_rng(3).normal(size=1 << 5)
    orders = [order for order in permutations(range(5)) if uninterrupted(order, partition)]
    expected = effects_of_orders(values, orders)
    np.testing.assert_allclose(average(values, owen_weights(partition)), expected, rtol=1e-12)


def test_shapley_value_is_the_mean_of_all_orders():
    values = np.random.default_rng(4).normal(size=1 << 6)
    orders = list(permutations(range(6)))
    assert len(orders) == factorial(6)
    found = average(values, owen_weights(singletons(6)))
    np.testing.assert_allclose(found, effects_of_orders(values, orders), rtol=1e-12)


@pytest.mark.parametrize(("forward", "order"), [(True, (0, 1, 2, 3)), (False, (3, 2, 1, 0))])
def test_polar_weights_follow_one_order(forward, order):
    values = np.random.default_rng(5).normal(size=1 << 4)
    found = average(values, polar_weights(4, forward))
    np.testing.assert_allclose(found, effects_of_orders(values, [order]), rtol=1e-12)


@given(st.sampled_from(PARTITIONS), st.integers(0, 2**32 - 1))
def test_members_of_a_group_add_up_to_the_group_as_one_player(partition, seed):
    values = np.random.default_rng(seed).normal(size=1 << 5)
    effects = average(values, owen_weights(partition))
    masks = [sum(1 << p for p in group) for group in partition]
    unions = [
        sum(mask for bit, mask in enumerate(masks) if state >> bit & 1)
        for state in range(1 << len(partition))
    ]
    quotient = average(values[unions], owen_weights(singletons(len(partition))))
    assert_close([effects[group].sum() for group in partition], quotient, 1.0)


@pytest.mark.parametrize("rest_switched", [False, True])
def test_a_block_switches_while_the_rest_stands(rest_switched):
    values = np.random.default_rng(6).normal(size=1 << 5)
    effects = average(values, block_weights(5, [1, 3], rest_switched))
    rest = 0b10101 if rest_switched else 0
    assert effects.sum() == pytest.approx(values[rest | 0b01010] - values[rest], rel=1e-12)
    np.testing.assert_array_equal(effects[[0, 2, 4]], 0.0)


@given(st.sampled_from(PARTITIONS))
def test_weights_of_a_player_add_up_to_one(partition):
    np.testing.assert_allclose(owen_weights(partition).sum(axis=1), 1.0, rtol=1e-14)
