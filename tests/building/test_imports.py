"""Import split: hand cases, row checks as properties, patterns, products outside [0, 1]."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrio.building.imports import split_imports
from mrio.errors import BalanceError, DataError, LabelError, MissingDataError

Z = np.array([[2.0, 2], [1, 3]])
Y = np.array([[4.0, 0], [5, 1]])


def test_proportional_shares_by_hand():
    parts = split_imports(Z, Y, [2, 1], stock_change=[2, -1])
    np.testing.assert_allclose(parts.share, [0.2, 1 / 9], rtol=1e-10)
    np.testing.assert_allclose(parts.Z_imported, [[0.4, 0.4], [1 / 9, 1 / 3]], rtol=1e-10)
    np.testing.assert_allclose(parts.Y_imported, [[0.8, 0], [5 / 9, 1 / 9]], rtol=1e-10)
    np.testing.assert_allclose(parts.stock_imported, [0.4, -1 / 9], rtol=1e-10)
    np.testing.assert_allclose(parts.Z_domestic + parts.Z_imported, Z, rtol=1e-10)


def test_share_is_the_textbook_one():
    # mu = M / (x - e + M - err) with the row balance x = Z + Y + stock + e - M + err.
    e, M, err, stock = np.array([3.0, 1]), np.array([2.0, 1]), np.array([0.5, -0.2]), np.array([1.0, 0])
    x = Z.sum(1) + Y.sum(1) + stock + e - M + err
    np.testing.assert_allclose(
        split_imports(Z, Y, M, stock_change=stock).share, M / (x - e + M - err), rtol=1e-10
    )


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_rows_hold_after_the_split(seed, with_pattern):
    rng = np.random.default_rng(seed)
    R, N, K = 3, 4, 2
    use_Z, use_Y = rng.lognormal(0, 1, (R, N, N)), rng.lognormal(0, 1, (R, N, K))
    stock = rng.normal(0, 0.3, (R, N))
    use = use_Z.sum(-1) + use_Y.sum(-1) + stock
    M = use * rng.uniform(0, 1, (R, N))
    pattern = (rng.uniform(0.05, 1, (N, N)), rng.uniform(0.05, 1, (N, K))) if with_pattern else None
    parts = split_imports(use_Z, use_Y, M, stock_change=stock, pattern=pattern)
    imported = parts.Z_imported.sum(-1) + parts.Y_imported.sum(-1) + parts.stock_imported
    domestic = parts.Z_domestic.sum(-1) + parts.Y_domestic.sum(-1) + parts.stock_domestic
    np.testing.assert_allclose(imported, M, rtol=1e-10)
    np.testing.assert_allclose(domestic, use - M, rtol=1e-10, atol=1e-12)
    assert (parts.Z_domestic >= -1e-12 * use_Z).all()
    assert (parts.Z_imported >= 0).all()


def test_one_import_vector_gives_all_regions_the_same_shares():
    regions_Z, regions_Y = np.stack([Z, 2 * Z]), np.stack([Y, Y])
    parts = split_imports(regions_Z, regions_Y, [2, 1])
    np.testing.assert_allclose(parts.share, np.tile(np.array([2 / 20, 1 / 24]), (2, 1)), rtol=1e-10)
    np.testing.assert_allclose(
        parts.Z_imported.sum((0, 2)) + parts.Y_imported.sum((0, 2)), [2, 1], rtol=1e-10
    )


def test_pattern_decides_cells_and_is_capped_at_the_use():
    # Product 0: uses 2, 2, 4 with pattern 1, 0.5, 0 and imports 3: first cell full, the second takes 1.
    parts = split_imports(Z, Y, [3, 0], pattern=([[1, 0.5], [0.1, 0.1]], [[0, 0], [0.1, 0.1]]))
    np.testing.assert_allclose(parts.Z_imported, [[2, 1], [0, 0]], rtol=1e-10)
    np.testing.assert_allclose(parts.Y_imported, 0, rtol=1e-10)


def test_products_imported_beyond_their_use_are_named():
    with pytest.raises(BalanceError, match="more than its use") as raised:
        split_imports(Z, Y, [2, 11], labels=(["coal", "oil"],))
    assert raised.value.table["product"].tolist() == [("oil",)]
    assert raised.value.table["share"].tolist() == [1.1]
    with pytest.raises(BalanceError, match="more than its use"):
        split_imports(np.zeros((2, 2)), Y * [[0], [1]], [1, 0])


def test_pattern_without_room_is_named():
    with pytest.raises(BalanceError, match="no room for all imports"):
        split_imports(Z, Y, [3, 0], pattern=([[1, 0], [1, 1]], [[0, 0], [1, 1]]))


def test_bad_input_is_one_clear_error():
    with pytest.raises(DataError, match="Imports are negative"):
        split_imports(Z, Y, [-2, 1])
    with pytest.raises(MissingDataError, match="Y at"):
        split_imports(Z, Y * np.nan, [2, 1])
    with pytest.raises(DataError, match="do not fit together"):
        split_imports(Z, Y, [2, 1, 1])
    with pytest.raises(DataError, match="pattern cannot be used"):
        split_imports(Z, Y, [2, 1], pattern=(Z, Y))


def test_labelled_products_in_another_order():
    Z = pd.DataFrame([[2.0, 2.0], [1.0, 3.0]], ["a", "b"], ["a", "b"])
    M = pd.Series([2.0, 1.0], ["a", "b"])
    assert split_imports(Z, [[4], [6]], M).share.tolist() == [0.25, 0.1]
    with pytest.raises(LabelError, match="labels of products differ between rows of Z and imports"):
        split_imports(Z, [[4], [6]], M[::-1])
    with pytest.raises(MissingDataError, match="Z holds something that is no number"):
        split_imports([["2", 2], [1, 3]], [[4], [6]], [2, 1])
