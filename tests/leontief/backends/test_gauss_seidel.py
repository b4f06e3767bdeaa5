from itertools import pairwise

import numpy as np
import pytest

from mrio.errors import ConvergenceError
from mrio.leontief.backends import gauss_seidel
from mrio.leontief.backends.coarse import CoarseCorrection, group_starts
from mrio.leontief.backends.gauss_seidel import Block, GaussSeidel, diagonal_blocks, invert_blocks, panels_of
from mrio.leontief.norms import norm_of
from mrio.leontief.storage.matrices import group_sums
from tests.benchmarks.generator import coefficients

STARTS = np.array([0, 20, 40, 60])


@pytest.fixture(scope="module")
def A():
    return coefficients(4, 20, seed=1)


def test_blocks_join_small_regions_and_cut_large_ones():
    assert diagonal_blocks(1302, (42,) * 31)[0] == slice(0, 210)
    assert [panel.stop - panel.start for panel in diagonal_blocks(1302, (42,) * 31)] == [210] * 6 + [42]
    assert [panel.stop - panel.start for panel in diagonal_blocks(1500, (1500,))] == [500] * 3
    assert diagonal_blocks(120, None) == [slice(0, 120)]
    for blocks in ((5, 700, 90, 205), (1,) * 1000):
        found = diagonal_blocks(sum(blocks), blocks)
        assert found[0].start == 0
        assert found[-1].stop == sum(blocks)
        assert all(a.stop == b.start for a, b in pairwise(found))


@pytest.mark.parametrize("transposed", [False, True])
def test_totals_balance_exactly_after_the_correction(A, transposed):
    rng = np.random.default_rng(0)
    B, X = rng.random((80, 2)), rng.random((80, 2))
    CoarseCorrection(A, STARTS, group_sums(A, STARTS, np.ones(80))).apply(B, X, transposed)
    residual = B - X + (A.T if transposed else A) @ X
    np.testing.assert_allclose(np.add.reduceat(residual, STARTS, axis=0), 0.0, atol=1e-12)


def test_totals_without_a_group_balance_exactly(A):
    rng = np.random.default_rng(0)
    B, X = rng.random((80, 2)), rng.random((80, 2))
    groups = np.array([1, 0])
    inside = np.add.outer(np.arange(80), np.zeros(2, dtype=int))
    number = np.searchsorted(STARTS, inside, side="right") - 1
    B[number == groups], X[number == groups] = 0.0, 0.0
    CoarseCorrection(A, STARTS, group_sums(A, STARTS, np.ones(80))).apply_without(B, X, groups)
    assert not X[number == groups].any()
    residual = np.where(number == groups, 0.0, B - X + A @ X)
    np.testing.assert_allclose(np.add.reduceat(residual, STARTS, axis=0), 0.0, atol=1e-12)


@pytest.mark.parametrize("transposed", [False, True])
def test_correction_leaves_the_answer_alone(A, transposed):
    B = np.random.default_rng(0).random((80, 2))
    M = A.T if transposed else A
    exact = np.linalg.solve(np.eye(80) - M, B)
    X = exact.copy()
    CoarseCorrection(A, STARTS, group_sums(A, STARTS, np.ones(80))).apply(B, X, transposed)
    np.testing.assert_allclose(X, exact, rtol=1e-12)


@pytest.mark.parametrize("transposed", [False, True])
def test_correction_saves_sweeps(transposed):
    A = coefficients(31, 42, 0.9)
    rows = diagonal_blocks(1302, (42,) * 31)
    blocks = invert_blocks(A, rows)
    starts = group_starts(1302, (42,) * 31, rows)
    coarse = CoarseCorrection(A, starts, group_sums(A, starts, np.ones(1302)))
    B = np.random.default_rng(0).random((1302, 1))
    target = 1e-12 * norm_of(transposed)(B)
    X, sweeps = GaussSeidel(A, blocks, coarse).solve(B, transposed, target)
    plain, more = GaussSeidel(A, blocks).solve(B, transposed, target)
    assert sweeps <= more - 2
    np.testing.assert_allclose(X, plain, rtol=1e-10)


def test_regions_that_are_too_many_are_taken_by_panel():
    rows = [slice(0, 600), slice(600, 1000)]
    np.testing.assert_array_equal(group_starts(1000, (1,) * 1000, rows), [0, 600])
    np.testing.assert_array_equal(group_starts(1000, None, rows), [0, 600])
    np.testing.assert_array_equal(group_starts(10, (3, 7), [slice(0, 10)]), [0, 3])


def test_singular_totals_are_refused():
    A = np.full((4, 4), 0.25)
    with pytest.raises(np.linalg.LinAlgError, match="totals"):
        CoarseCorrection(A, np.array([0, 2]), group_sums(A, np.array([0, 2]), np.ones(4)))


def test_singular_block_is_named():
    with pytest.raises(ConvergenceError, match="singular"):
        invert_blocks(np.eye(4), [slice(0, 2), slice(2, 4)])


def test_guess_that_is_exact_ends_at_once(A):
    B = np.random.default_rng(0).random((80, 3))
    exact = np.linalg.solve(np.eye(80) - A, B)
    rows = [slice(0, 40), slice(40, 80)]
    X, sweeps = GaussSeidel(A, invert_blocks(A, rows)).solve(B, False, 1e-12 * B.sum(axis=0), exact)
    assert sweeps == 1
    np.testing.assert_allclose(X, exact, rtol=1e-12)


@pytest.mark.parametrize("transposed", [False, True])
def test_panels_do_not_change_the_sweep(transposed, monkeypatch):
    # Blocks read one by one, or several in one panel: the same Gauss-Seidel sweep.
    A, rng = coefficients(6, 20, seed=1), np.random.default_rng(0)
    B, X = rng.random((120, 2)), rng.random((120, 2))
    rows = [slice(start, start + 20) for start in range(0, 120, 20)]
    sweeps = []
    for panel in (1, 60, 1000):
        monkeypatch.setattr(gauss_seidel, "PANELS", (panel, 1))
        sweeps.append(GaussSeidel(A, invert_blocks(A, rows))._sweep(B, X, transposed, norm_of(transposed)))
    M, expected = A.T if transposed else A, X.copy()
    for own in rows:
        inside = np.eye(20) - M[own, own]
        expected[own] = np.linalg.solve(inside, (B + M @ expected)[own] - M[own, own] @ expected[own])
    for found, met in sweeps:
        np.testing.assert_allclose(found, expected, rtol=1e-12)
        np.testing.assert_allclose(met, sweeps[0][1], rtol=1e-11)


def test_panels_cover_all_blocks():
    blocks = [Block(slice(start, start + 300), np.eye(300)) for start in range(0, 2700, 300)]
    assert [[block.rows.start for block in panel] for panel in panels_of(blocks, 1000)] == [
        [0, 300, 600, 900],
        [1200, 1500, 1800, 2100],
        [2400],
    ]


@pytest.mark.parametrize("size", [1, 64, 65, 200, 601])
def test_inverses_by_halves(size):
    rng = np.random.default_rng(size)
    A = rng.random((size, size)) ** 4
    A *= 0.9 / A.sum(axis=0)
    (block,) = invert_blocks(A, [slice(0, size)])
    expected = np.linalg.inv(np.eye(size) - A)
    np.testing.assert_allclose(block.inverse, expected, rtol=1e-11)
    # In units that differ by 18 orders of magnitude elements lose digits, with pivots or without; steps of
    # an iteration need few of them, because residuals are taken anew.
    scale = np.exp2(rng.integers(-30, 30, size))
    (block,) = invert_blocks(A / scale[:, np.newaxis] * scale, [slice(0, size)])
    np.testing.assert_allclose(block.inverse, expected / scale[:, np.newaxis] * scale, rtol=1e-8)


def test_singular_block_of_many_rows_is_named():
    with pytest.raises(ConvergenceError, match="singular"):
        invert_blocks(np.eye(100), [slice(0, 100)])


def test_block_with_a_singular_half_is_inverted():
    # I - A swaps the halves: regular, though nothing stands in its first half.
    A = np.eye(100) - np.roll(np.eye(100), 50, axis=0)
    (block,) = invert_blocks(A, [slice(0, 100)])
    np.testing.assert_allclose(block.inverse, np.linalg.inv(np.eye(100) - A), rtol=1e-12, atol=1e-15)
