"""Upstreamness and downstreamness: brute force with the Ghosh and the Leontief inverse."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mrio.measures.trade.position import chain_position
from tests.measures.tables import germany, one_product, random_system
from tests.measures.trade.world import World


def test_steps_by_hand():
    # Downstream: column sums of L; upstream: row sums of x_i^-1 L_ij x_j.
    found = chain_position(one_product()).data
    np.testing.assert_allclose(found["downstreamness"].values.ravel(), [16 / 11, 18 / 11], rtol=1e-10)
    up = [(14 * 100 + 2 * 110) / 1100, (2 * 100 + 16 * 110) / 1210]
    np.testing.assert_allclose(found["upstreamness"].values.ravel(), up, rtol=1e-10)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_positions_by_brute_force(seed, idle):
    system = random_system(seed, idle=idle)
    w = World(system, [0, 1, 2])
    found = chain_position(system)
    Z = np.asarray(system.arrays.Z)
    share = np.divide(Z, w.x[:, None], out=np.zeros_like(Z), where=w.x[:, None] != 0)
    up = np.linalg.inv(np.eye(9) - share).sum(axis=1)
    np.testing.assert_allclose(found.data["upstreamness"].values.ravel(), up, rtol=1e-10)
    np.testing.assert_allclose(found.data["downstreamness"].values.ravel(), w.B.sum(axis=0), rtol=1e-10)
    mean = (up * w.x).reshape(3, 3).sum(1) / w.x.reshape(3, 3).sum(1)
    np.testing.assert_allclose(found.by_region()["upstreamness"], mean, rtol=1e-10)


def test_textbook_table_of_germany():
    # Eurostat (2008), tables 15.19 and 15.20: total linkages, which are the mean numbers of steps.
    found = chain_position(germany()).data
    np.testing.assert_allclose(found["upstreamness"].values[0, [0, 4]], [2.1126, 2.1037], atol=6e-5)
    np.testing.assert_allclose(found["downstreamness"].values[0, [1, 5]], [1.8413, 1.3782], atol=6e-5)
