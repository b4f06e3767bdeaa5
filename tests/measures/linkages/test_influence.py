"""Field of influence: equal to changing each coefficient, ranked over all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import mrio
from mrio.errors import DataError
from mrio.measures.linkages.influence import field_of_influence, strongest
from tests.measures.tables import plain, random_system, two_sectors


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_strength_is_that_of_every_field(seed, existing):
    system = random_system(seed, R=2)
    A, L, _, _ = plain(system)
    strength = np.array([[np.square(np.outer(L[:, i], L[j])).sum() for j in range(6)] for i in range(6)])
    if existing:
        strength[A == 0] = 0
    found = field_of_influence(system, top=36, existing=existing)
    expected = np.sort(strength[strength > 0])[::-1]
    np.testing.assert_allclose(found.data["influence"], expected, rtol=1e-10)
    assert len(found.summary()) == len(expected)


def test_textbook_two_sectors():
    # Miller and Blair print L = [[1.2541, 0.3300], [0.2640, 1.1221]]; fields are columns times rows of it.
    columns = [1.2541**2 + 0.2640**2, 0.3300**2 + 1.1221**2]
    rows = [1.2541**2 + 0.3300**2, 0.2640**2 + 1.1221**2]
    found = field_of_influence(two_sectors(), top=4)
    np.testing.assert_allclose(
        found.data["influence"], np.sort(np.outer(columns, rows).ravel())[::-1], rtol=3e-4
    )
    first = found.summary().iloc[0]
    assert (first["sector"], first["use_sector"]) == ("1", "1")


def test_field_is_the_derivative_of_the_inverse():
    system = random_system(4, R=2)
    A, L, y, x = plain(system)
    found = field_of_influence(system, top=4).data
    step = 1e-7
    for k in range(4):
        cell = found.isel(rank=k)
        i = int(str(cell["region"].values)[1:]) * 3 + int(str(cell["sector"].values)[1:])
        j = int(str(cell["use_region"].values)[1:]) * 3 + int(str(cell["use_sector"].values)[1:])
        changed = A.copy()
        changed[i, j] += step
        dL = (np.linalg.inv(np.eye(6) - changed) - L) / step
        # A forward difference of step 1e-7 is exact to about 1e-6.
        np.testing.assert_allclose(cell["influence"], np.square(dL).sum(), rtol=1e-5)
        np.testing.assert_allclose(cell["output"], (dL @ y).sum(), rtol=1e-5)
        np.testing.assert_allclose(cell["elasticity"], (dL @ y).sum() * A[i, j] / x.sum(), rtol=1e-5)


def test_sparse_and_dense_give_the_same():
    rng = np.random.default_rng(0)
    A = rng.random((700, 700)) * (rng.random((700, 700)) < 0.02)
    columns, rows = rng.random(700), rng.random(700)
    dense = strongest(A, columns, rows, 30, True)
    stored = strongest(sparse.csr_array(A), columns, rows, 30, True)
    np.testing.assert_array_equal(dense.rows, stored.rows)
    np.testing.assert_array_equal(dense.columns, stored.columns)
    product = np.where(A != 0, np.outer(columns, rows), 0).ravel()
    np.testing.assert_allclose(dense.strength, np.sort(product)[::-1][:30])


def test_file_and_bad_question(tmp_path):
    found = field_of_influence(random_system(1), top=3)
    found.to_netcdf(tmp_path / "field.nc")
    assert mrio.read_netcdf(tmp_path / "field.nc").data.identical(found.data)
    assert list(found.to_dataframe("influence")) == ["rank", "influence"]
    assert "do not add up" in found.adds_up
    data = found.plot.strongest_data(2)
    first = found.summary().iloc[0]
    assert data.index[0] == "{region} {sector} > {use_region} {use_sector}".format(**first)
    assert data["influence"].iloc[0] == first["influence"]
    assert found.plot.strongest(2) is not None
    with pytest.raises(DataError, match="top must be"):
        field_of_influence(random_system(1), top=0)
