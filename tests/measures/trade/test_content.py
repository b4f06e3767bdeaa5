"""Value added in trade: contents, absorption and vertical specialisation by brute force."""

from __future__ import annotations

import warnings

import numpy as np
from hypothesis import given, settings

from mrio.measures.trade.content import value_added_trade
from tests.measures.tables import one_product, random_system
from tests.measures.trade.world import CASES, cases


def test_contents_by_hand():
    # Of the 30 that A sells to B, 0.7 * 14 / 11 a unit is its own value, the rest that of B.
    found = value_added_trade(one_product()).summary()
    np.testing.assert_allclose(
        found["domestic content [1e8 CNY]"], [0.7 * 14 / 11 * 30, 0.6 * 16 / 11 * 20], rtol=1e-10
    )
    np.testing.assert_allclose(
        found["foreign content, VS [1e8 CNY]"], [0.6 * 2 / 11 * 30, 0.7 * 2 / 11 * 20], rtol=1e-10
    )
    vax = [0.7 * (14 * 19 + 2 * 57) / 11, 0.6 * (2 * 50 + 16 * 10) / 11]
    np.testing.assert_allclose(found["VAX [1e8 CNY]"], vax, rtol=1e-10)
    # Hummels, Ishii and Yi: imported inputs 0.1 / 0.8 a unit of exports of A, 0.1 / 0.7 of B.
    np.testing.assert_allclose(found["VS (Hummels) [1e8 CNY]"], [0.1 / 0.8 * 30, 0.1 / 0.7 * 20], rtol=1e-10)


@settings(deadline=None, max_examples=25)
@given(CASES)
def test_value_added_trade_by_brute_force(case):
    system, groups, w = cases(case)
    found = value_added_trade(system, groups)
    table = found.summary()
    content, absorbed = found.data["content"].values, found.data["absorbed"].values
    for t in range(w.G):
        for d in range(w.D):
            v = w.v[w.rows[t]]
            np.testing.assert_allclose(absorbed[t, d], v @ w.B[w.rows[t]] @ w.Y[:, d], rtol=1e-10)
            for s in range(w.G):
                e = w.e(s, d) if s != d else np.zeros(len(w.rows[s]))
                np.testing.assert_allclose(content[t, s, d], w.vb(t, s) @ e, rtol=1e-10, atol=1e-12)
    vs = [w.foreign(s) @ w.exports(s) for s in range(w.G)]
    np.testing.assert_allclose(table["foreign content, VS [1e8 CNY]"], vs, rtol=1e-10)
    hummels = [w.exports(s).sum() - w.v[w.rows[s]] @ w.L[s] @ w.exports(s) for s in range(w.G)]
    np.testing.assert_allclose(table["VS (Hummels) [1e8 CNY]"], hummels, rtol=1e-10)
    vs1 = [sum(w.vb(s, t) @ w.exports(t) for t in range(w.G) if t != s) for s in range(w.G)]
    np.testing.assert_allclose(table["VS1 [1e8 CNY]"], vs1, rtol=1e-10)


def test_balanced_tables_give_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value_added_trade(random_system(1, imports=None))
