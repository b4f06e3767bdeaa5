"""Location quotients against hand-made numbers and their definitions."""

from __future__ import annotations

import numpy as np
import pytest

from mrio.building.quotients import location_quotients, regional_coefficients
from mrio.errors import DataError, MissingDataError

X = np.array([[10.0, 30.0, 0.0], [40.0, 10.0, 10.0]])


def test_simple_quotient_by_hand():
    # Nation: 50, 40, 10 of 100; region 0: 10, 30, 0 of 40.
    found = location_quotients(X, kind="slq")
    np.testing.assert_allclose(found[0, :, 0], [0.25 / 0.5, 0.75 / 0.4, 0], rtol=1e-10)
    assert (found == found[:, :, :1]).all()


def test_cross_industry_quotient_is_the_ratio_of_shares_in_the_nation():
    found = location_quotients(X, kind="cilq")
    shares = X / X.sum(0)
    assert found[1, 0, 1] == pytest.approx(shares[1, 0] / shares[1, 1], rel=1e-10)
    assert found[1, 2, 0] == pytest.approx(shares[1, 2] / shares[1, 0], rel=1e-10)
    # The diagonal is the simple quotient.
    np.testing.assert_allclose(np.diagonal(found[1]), location_quotients(X, kind="slq")[1, :, 0], rtol=1e-10)
    # A sector the region does not have sells nothing; as a buyer it has no coefficient.
    assert found[0, 2, 0] == 0
    assert np.isinf(found[0, 0, 2])


def test_flegg_quotient_scales_by_the_size_of_the_region():
    found, cross = location_quotients(X, kind="flq", delta=0.3), location_quotients(X, kind="cilq")
    np.testing.assert_allclose(found[1], cross[1] * np.log2(1 + 0.6) ** 0.3, rtol=1e-10)
    np.testing.assert_allclose(location_quotients(X, kind="flq", delta=0), cross, rtol=1e-10)


def test_the_nation_as_one_region_keeps_its_coefficients():
    A = np.array([[0.2, 0.1], [0.3, 0.4]])
    for kind in ("slq", "cilq", "flq"):
        np.testing.assert_allclose(
            regional_coefficients(A, location_quotients([[3, 5]], kind=kind)), [A], rtol=1e-10
        )


def test_coefficients_never_rise_above_the_nation():
    A = np.full((3, 3), 0.2)
    found = regional_coefficients(A, location_quotients(X, kind="flq"))
    assert (found <= 0.2).all()
    assert (found >= 0).all()
    assert np.isfinite(found).all()


def test_bad_input_is_one_clear_error():
    with pytest.raises(DataError, match="not known"):
        location_quotients(X, kind="rlq")
    with pytest.raises(DataError, match="cannot be used"):
        location_quotients([[0, 0], [1, 1]])
    with pytest.raises(MissingDataError, match="output at"):
        location_quotients([[np.nan, 0], [1, 1]])


def test_coefficients_that_cannot_be_used():
    quotients = location_quotients([[1, 3], [3, 1]])
    with pytest.raises(MissingDataError):
        regional_coefficients([[np.nan, 0], [0, 0]], quotients)
    with pytest.raises(DataError, match="do not fit together"):
        regional_coefficients(np.ones((3, 3)), quotients)
