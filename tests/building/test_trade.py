"""Regional trade: hand cases, margins and net flows whatever the prior, spreading, net transfers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrio.building.trade import (
    charm,
    fit_trade,
    gravity,
    heterogeneity,
    own_supply,
    proportional,
    sourcing,
    spread,
    update_trade,
)
from mrio.errors import BalanceError, DataError, MissingDataError

RULES = ("max", "geometric", "min")


def margins(rng, R=4, N=3):
    """Supply and use with equal sums by product, some of them zero, one region large."""
    supply = rng.lognormal(0, 1.5, (R, N)) * (rng.random((R, N)) < 0.85)
    supply[0] += 1
    use = rng.lognormal(0, 1.5, (R, N))
    return supply, use * supply.sum(0) / use.sum(0)


def distances(rng, R):
    places = rng.uniform(0, 1000, (R, 2))
    return np.linalg.norm(places[:, None] - places[None], axis=2) + 1


def test_gravity_by_hand():
    out, into = np.array([[2.0], [3.0]]), np.array([[5.0], [7.0]])
    T = gravity(out, into, np.array([[0.0, 10], [10, 0]]), 2)
    np.testing.assert_allclose(T, [[[0, 0.14], [0.15, 0]]], rtol=1e-10)
    np.testing.assert_allclose(proportional(out, into), [[[0, 14], [15, 0]]], rtol=1e-10)


def test_own_supply_rules_by_hand():
    S, DD = np.array([[10.0]]), np.array([[20.0]])
    shares = np.array([[0.9]]), np.array([[0.2]])
    found = {rule: own_supply(S, DD, *shares, rule=rule)[0, 0] for rule in RULES}
    assert found == pytest.approx({"max": 9, "geometric": 6, "min": 4}, rel=1e-10)
    # Never more than the ceiling of the smaller side.
    assert own_supply(S, DD, np.array([[1.0]]), np.array([[0.9]]))[0, 0] == pytest.approx(9.99, rel=1e-10)
    with pytest.raises(DataError, match="not known"):
        own_supply(S, DD, *shares, rule="mean")


def test_charm_by_hand_and_keeps_the_net_flow():
    # Nation: exports 4, imports 6, output 30, use 50: h = (10 - 2) / 80.
    h = heterogeneity(np.array([30.0]), np.array([50.0]), np.array([4.0]), np.array([6.0]))
    np.testing.assert_allclose(h, [0.1], rtol=1e-10)
    out, into = charm(np.array([[12.0], [1.0]]), np.array([[8.0], [29.0]]), h)
    # q = 2: out (4 + 2 + 4) / 2; second region: q = 3 is cut to 2.
    np.testing.assert_allclose(out, [[5], [1]], rtol=1e-10)
    np.testing.assert_allclose(into, [[1], [29]], rtol=1e-10)


def test_two_regions_leave_no_choice():
    supply, use, own = np.array([[10.0], [6.0]]), np.array([[9.0], [7.0]]), np.array([[8.0], [5.0]])
    result = fit_trade(supply, use, own, np.ones((1, 2, 2)))
    np.testing.assert_allclose(result.matrix, [[[8, 2], [1, 5]]], rtol=1e-10)


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 2**32 - 1), st.sampled_from(RULES), st.sampled_from([0.0, 1.5, 3.0]))
def test_margins_net_flows_and_own_supply_hold_whatever_the_prior(seed, rule, exponent):
    rng = np.random.default_rng(seed)
    supply, use = margins(rng)
    own = own_supply(supply, use, rng.uniform(0, 1, (4, 3)), rng.uniform(0, 1, (4, 3)), rule=rule)
    prior = gravity(supply - own, use - own, distances(rng, 4), exponent)
    T = fit_trade(supply, use, own, prior).matrix
    np.testing.assert_allclose(T.sum(2).T, supply, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(T.sum(1).T, use, rtol=1e-10)
    np.testing.assert_allclose((T.sum(2) - T.sum(1)).T, supply - use, atol=1e-10 * supply.max())
    assert (T >= 0).all()
    kept = T[:, range(4), range(4)].T
    assert (kept >= own - 1e-14).all()
    updated = update_trade(T, *margins(rng)).matrix
    assert (updated >= 0).all()


def test_a_dominating_region_keeps_what_others_cannot_trade():
    # Region 0 makes 98 of 100 and uses 95; the others together can only buy 5 and sell 2.
    supply, use = np.array([[98.0], [1.0], [1.0]]), np.array([[95.0], [3.0], [2.0]])
    own = np.zeros((3, 1))
    result = fit_trade(supply, use, own, proportional(supply, use))
    T = result.matrix[0]
    np.testing.assert_allclose(T.sum(1), supply[:, 0], rtol=1e-12)
    np.testing.assert_allclose(T.sum(0), use[:, 0], rtol=1e-12)
    assert T[0, 0] >= 93
    assert T[0, 0] <= 93 + 1e-3 * 2 + 1e-9


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_net_transfer_needs_only_base_trade_and_the_new_margins(seed):
    # Direct transfer by the proportional rule at the volumes of period 1, brute force over buyers and pairs.
    rng = np.random.default_rng(seed)
    R, N = 4, 3
    supply0, use0 = margins(rng)
    own0 = own_supply(supply0, use0, *rng.uniform(0, 1, (2, R, N)))
    T0 = fit_trade(supply0, use0, own0, gravity(supply0 - own0, use0 - own0, distances(rng, R), 1.5)).matrix
    supply1, use1 = margins(rng)
    own1 = own_supply(supply1, use1, *rng.uniform(0, 1, (2, R, N)))
    variants = (
        update_trade(T0, supply1, use1),
        fit_trade(supply1, use1, own1, proportional(supply1 - own1, use1 - own1)),
    )
    C0 = sourcing(T0)
    for variant in variants:
        C1 = sourcing(variant.matrix)
        Phi = np.zeros((N, R, R))
        for i in range(N):
            for s in range(R):
                change = C1[i, :, s] - C0[i, :, s]
                gain, loss = np.maximum(change, 0), np.maximum(-change, 0)
                if gain.sum() > 0:
                    Phi[i] += np.outer(loss, gain) / gain.sum() * use1[s, i]
        net = (Phi.sum(1) - Phi.sum(2)).T
        identity = supply1 - np.einsum("irs,si->ri", C0, use1)
        np.testing.assert_allclose(net, identity, atol=1e-10 * supply1.max())


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_spreading_keeps_purchases_and_supply(seed):
    rng = np.random.default_rng(seed)
    R, N, K = 3, 4, 2
    U, F = rng.lognormal(0, 1, (R, N, N)), rng.lognormal(0, 1, (R, N, K))
    use = U.sum(2) + F.sum(2)
    supply = rng.lognormal(0, 1, (R, N))
    supply *= use.sum(0) / supply.sum(0)
    own = own_supply(supply, use, *rng.uniform(0, 1, (2, R, N)))
    T = fit_trade(supply, use, own, proportional(supply - own, use - own)).matrix
    Z, Y = spread(sourcing(T), U, F)
    np.testing.assert_allclose(Z.sum(0).transpose(1, 0, 2), U, rtol=1e-10)
    np.testing.assert_allclose(Y.sum(0).transpose(1, 0, 2), F, rtol=1e-10)
    np.testing.assert_allclose(Z.sum((2, 3)) + Y.sum((2, 3)), supply, rtol=1e-10)


def test_products_that_do_not_add_up_are_named():
    with pytest.raises(BalanceError, match="differ over all regions") as raised:
        fit_trade(
            np.ones((2, 2)),
            np.array([[1.0, 1], [1, 2]]),
            np.zeros((2, 2)),
            np.ones((2, 2, 2)),
            labels=(["north", "south"], ["coal", "steel"]),
        )
    assert raised.value.table[["product", "gap"]].values.tolist() == [["steel", -1.0]]


def test_bad_input_is_one_clear_error():
    one = np.ones((2, 2))
    with pytest.raises(DataError, match="negative"):
        fit_trade(-one, -one, 0 * one, np.ones((2, 2, 2)))
    with pytest.raises(MissingDataError, match="use at"):
        fit_trade(one, one * np.nan, 0 * one, np.ones((2, 2, 2)))
    with pytest.raises(DataError, match="do not fit together"):
        fit_trade(one, np.ones((2, 3)), 0 * one, np.ones((2, 2, 2)))
    with pytest.raises(DataError, match="distances"):
        gravity(one, one, np.zeros((2, 2)), 1)
    with pytest.raises(BalanceError, match="no cell of its sign"):
        fit_trade(one, one, 0 * one, np.zeros((2, 2, 2)))


@pytest.mark.parametrize("seed", range(5))
def test_two_regions_trade_whatever_they_keep(seed):
    """With two regions the flows follow from supply, use and one diagonal: nothing is left to balance."""
    rng = np.random.default_rng(seed)
    supply = rng.uniform(1, 10, (2, 6))
    use = rng.uniform(1, 10, (2, 6))
    use *= supply.sum(0) / use.sum(0)
    own = rng.uniform(0.2, 0.9, (2, 6)) * np.minimum(supply, use)
    found = fit_trade(supply, use, own, np.ones((6, 2, 2))).matrix
    np.testing.assert_allclose(found.sum(axis=2).T, supply, rtol=1e-10)
    np.testing.assert_allclose(found.sum(axis=1).T, use, rtol=1e-10)
    assert (found >= 0).all()
    kept = np.einsum("irr->ri", found)
    least = np.maximum(own, supply + use - supply.sum(0) + own.sum(0) - own)
    np.testing.assert_allclose(kept, least, rtol=1e-10)
