from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from data.recipe import labels
from data.recipe.choices import DEFAULT
from data.recipe.provincial_2007 import _kept
from data.recipe.trade import _great_circle, later_trade, own_supply, trade_2007
from mrio.building.trade import sourcing

R, N = 31, 39


def margins(seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    supply, use = random.gamma(1.0, size=(R, N)), random.gamma(1.0, size=(R, N))
    return supply, use * supply.sum(axis=0) / use.sum(axis=0)


def test_share_that_stays():
    amount, moved = np.array([[10.0], [4.0]]), np.array([[4.0], [1.0]])
    assert _kept(amount, moved).ravel().tolist() == [0.6, 0.75]


def test_contradictions_take_the_share_of_the_consistent_provinces():
    amount = np.array([[10.0], [30.0], [5.0], [0.0], [-1.0], [2.0]])
    moved = np.array([[5.0], [3.0], [6.0], [0.0], [1.0], [-1.0]])
    # Consistent are the first two: 32 of 40 stay.
    np.testing.assert_allclose(_kept(amount, moved).ravel(), [0.5, 0.9, 0.8, 0.8, 0.8, 0.8], rtol=1e-14)


def test_great_circle_between_capitals():
    # Lhasa to Beijing, 2 560 km by the published coordinates.
    km = _great_circle(labels.capitals(), labels.TIBET)
    assert km[labels.TIBET] == pytest.approx(0, abs=1e-3)
    assert km[labels.BEIJING] == pytest.approx(2560, abs=20)


def test_rules_of_own_supply():
    supply, use = margins(1)
    random = np.random.default_rng(2)
    structure = SimpleNamespace(own_supply=random.random((R, N)), own_demand=random.random((R, N)))
    nation = SimpleNamespace(
        x=supply.sum(axis=0),
        Z=np.zeros((N, N)),
        F=use.sum(axis=0)[:, None],
        exports=random.random(N),
        imports=random.random(N),
    )
    kept, served = structure.own_supply * supply, structure.own_demand * use
    smaller = np.minimum(supply, use)
    largest = own_supply(supply, use, structure, nation, DEFAULT)
    np.testing.assert_allclose(largest, np.minimum(np.maximum(kept, served), 0.999 * smaller))
    middle = own_supply(supply, use, structure, nation, replace(DEFAULT, own_supply="geometric"))
    np.testing.assert_allclose(middle, np.minimum(np.sqrt(kept * served), 0.999 * smaller))
    both = 2 * np.minimum(nation.exports, nation.imports)
    hauled = both / (2 * supply.sum(axis=0)) * (supply + use) / 2
    charm = own_supply(supply, use, structure, nation, replace(DEFAULT, own_supply="charm"))
    np.testing.assert_allclose(charm, np.clip(smaller - hauled, 0, 0.999 * smaller), atol=1e-12)


def test_trade_holds_own_supply_and_follows_distance():
    supply, use = margins(3)
    own = 0.5 * np.minimum(supply, use)
    distance = np.random.default_rng(4).uniform(100, 3000, size=(R, R))
    trade = trade_2007(supply, use, own, distance, 1.5).matrix
    np.testing.assert_allclose(trade.sum(axis=2).T, supply, rtol=1e-10)
    np.testing.assert_allclose(trade.sum(axis=1).T, use, rtol=1e-10)
    np.testing.assert_allclose(trade[:, range(R), range(R)].T, own, rtol=1e-12)
    # A gravity model up to factors of origin and destination: double ratios are those of distance.
    t, k = trade[5], distance**-1.5
    double = t[3, 7] * t[9, 11] / (t[3, 11] * t[9, 7])
    assert double == pytest.approx(k[3, 7] * k[9, 11] / (k[3, 11] * k[9, 7]), rel=1e-10)


def test_net_transfer_needs_only_old_trade_and_new_margins():
    supply, use = margins(5)
    own = 0.5 * np.minimum(supply, use)
    old = trade_2007(supply, use, own, np.full((R, R), 500.0), 1.0).matrix
    new_supply, new_use = margins(6)
    new = later_trade(old, new_supply, new_use).matrix
    change = np.einsum("irs,is->ir", sourcing(new) - sourcing(old), new_use.T)
    expected = new_supply.T - np.einsum("irs,is->ir", sourcing(old), new_use.T)
    np.testing.assert_allclose(change, expected, atol=1e-10)
