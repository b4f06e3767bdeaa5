"""Comparison of arrays at the precision that the library promises, and of errors with what they must tell."""

import numpy as np
import pytest

from mrio.errors import MrioError

TOLERANCE = 1e-10


def assert_close(found, expected, scale=0.0, tolerance=TOLERANCE, what=""):
    """Assert that the largest gap is within `tolerance` of the largest expected number.

    Effects are differences of levels, so where they nearly cancel no digits of them are left: `scale` names
    the size of the levels, in proportion to which rounding errors stand.
    """
    found, expected = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    assert found.shape == expected.shape, f"{what}: {found.shape} and {expected.shape}"
    size = max(float(np.abs(expected).max(initial=0.0)), scale)
    gap = float(np.abs(found - expected).max(initial=0.0))
    assert gap <= tolerance * size, f"{what}: gap {gap:.3g} of {size:.6g}"


def assert_same_tables(found, expected, tolerance=TOLERANCE):
    """Assert that two tables hold the same numbers."""
    for name, values in vars(expected.arrays).items():
        other = getattr(found.arrays, name)
        assert (values is None) == (other is None), name
        if values is not None:
            assert_close(other, values, tolerance=tolerance, what=name)
    for name, account in expected.accounts.items():
        assert_close(found.accounts[name].values, account.values, tolerance=tolerance, what=name)
        if account.direct_values is not None:
            assert_close(found.accounts[name].direct_values, account.direct_values, tolerance=tolerance)


def level(a, b, account):
    """Return the size of an account: the larger of its absolute totals in the two tables."""
    return max(float(np.abs(table.account(account).values).sum()) for table in (a, b))


def money(a, b):
    """Return the size of the flows: the larger of the total outputs of the two tables."""
    return max(float(np.abs(table.arrays.x).sum()) for table in (a, b))


def told(call, *parts):
    """Return the text of the error of a call, which must hold all parts."""
    with pytest.raises(MrioError) as caught:
        call()
    text = str(caught.value)
    for part in parts:
        assert part in text
    return text
