"""Blocks, rows and columns at once: mixed signs, agreement with RAS, and sums that cannot be met."""

import numpy as np

from mrio.balancing.balance import ras
from mrio.balancing.grouped import Sums, scale_groups


def test_blocks_of_mixed_signs_are_scaled_as_gras():
    prior = np.array([[4.0, -1.0, 2.0], [3.0, 5.0, -2.0]])
    target = np.array([[5.0, -0.5, 2.5], [2.0, 6.0, -3.0]])
    sums = Sums(
        np.array([0, 0]), np.array([0, 0, 1]),
        np.array([[target[:, :2].sum(), target[:, 2].sum()]]), target.sum(axis=1), np.full(3, np.nan),
    )  # fmt: skip
    matrix, _, gap = scale_groups(prior, sums, 1e-13, 1000)
    assert gap <= 1e-13
    np.testing.assert_allclose(matrix.sum(axis=1), target.sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose([matrix[:, :2].sum(), matrix[:, 2].sum()], sums.blocks[0], rtol=1e-12)
    np.testing.assert_array_equal(np.sign(matrix), np.sign(prior))


def test_one_block_of_everything_is_ras():
    rng = np.random.default_rng(4)
    prior, target = rng.uniform(0, 1, (3, 4)), rng.uniform(0, 1, (3, 4))
    rows, columns = target.sum(axis=1), target.sum(axis=0)
    one = np.zeros(3, dtype=int), np.zeros(4, dtype=int)
    sums = Sums(*one, np.array([[target.sum()]]), rows, columns)
    matrix, sweeps, gap = scale_groups(prior, sums, 1e-13, 1000)
    assert gap <= 1e-13
    assert sweeps > 0
    np.testing.assert_allclose(matrix, ras(prior, rows, columns).matrix, rtol=1e-11)
    again, more, _ = scale_groups(matrix, sums, 1e-12, 1000)
    assert more == 0
    np.testing.assert_array_equal(again, matrix)


def test_sums_that_cannot_be_met_leave_a_gap():
    sums = Sums(
        np.array([0, 1]), np.array([0, 0]), np.array([[1.0], [3.0]]), np.array([2.0, 2.0]), np.full(2, np.nan)
    )
    _, sweeps, gap = scale_groups(np.ones((2, 2)), sums, 1e-12, 50)
    assert sweeps == 50
    assert gap > 0.1
