"""Corners of the inverse: equal to numpy's, by iteration and where the iteration fails."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrio.leontief import Leontief
from mrio.measures.partition import Inside, partition
from mrio.measures.trade.corners import solve_corners
from tests.measures.tables import plain, random_system


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.booleans(), st.booleans())
def test_equal_to_the_corner_itself(seed, left, sweeps):
    system = random_system(seed, R=4, N=2)
    parts = partition(system, {"East": ["R1", "R3"]})
    _, L, _, _ = plain(system)
    inside = Inside(system.leontief.A, parts, system.labels)
    D = np.zeros((8, 6))
    of_column = np.repeat([0, 1, 2], 2)
    rng = np.random.default_rng(seed)
    expected = np.zeros_like(D)
    for column, group in enumerate(of_column):
        rows = np.flatnonzero(parts.of_row == group)
        D[rows, column] = rng.normal(size=rows.size)
        corner = L[np.ix_(rows, rows)]
        expected[rows, column] = np.linalg.solve(corner.T if left else corner, D[rows, column])
    with pytest.MonkeyPatch.context() as patch:
        if not sweeps:
            patch.setattr("mrio.measures.trade.corners._MOST_SWEEPS", 1)
        found = solve_corners(system.leontief, inside, D, of_column, left)
    np.testing.assert_allclose(found, expected, atol=1e-10 * np.abs(expected).max())


def test_trade_that_dwarfs_home_supply_falls_back():
    A = np.array([[0.0, 0.95], [0.95, 0.0]])
    op = Leontief(A)
    system = random_system(1, R=2, N=1)
    parts = partition(system)
    inside = Inside(A, parts, system.labels)
    found = solve_corners(op, inside, np.eye(2), np.arange(2))
    np.testing.assert_allclose(np.diag(found), 1 - 0.95**2, rtol=1e-10)
