"""The reference case of four regions, three sectors, two categories and nine factors, at 1e-10."""

import numpy as np
import pytest

from mrio.change import decompose
from mrio.change.factors import factors_of, treatment_of
from mrio.leontief.storage.matrices import to_dense
from tests.compare import assert_close

LABELS = {
    "f": "intensity",
    "v": "intensity",
    "H": "technology",
    "m": "input_mix",
    "C": "intermediate_sourcing",
    "D": "final_sourcing",
    "B": "product_mix",
    "S": "category_mix",
    "g": "level",
    "P": "population",
    "e": "exports",
}
METHODS = ("shapley", "polar_mean", "polar_forward", "polar_backward")


def assert_effects(found, expected):
    """Assert that effects (effect, region, sector) are those of the case, and no other is there but h."""
    scale = max(np.abs(values).max() for values in expected.values())
    for symbol, values in expected.items():
        effect = found.sel(effect=LABELS[symbol])
        assert_close(effect.values.ravel(), values, scale, what=symbol)
    rest = {str(label) for label in found["effect"].values} - {LABELS[symbol] for symbol in expected}
    assert rest <= {"stocks_and_discrepancy"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("account", "key"), [("value_added", "va"), ("co2", "co2")])
def test_effects(worked, account, key, method):
    d = decompose(worked.a, worked.b, account, method, dependent=False)
    expected = worked.expected["indicators"][key]
    assert_effects(d.effects, expected[method])
    assert_close(d.total.values.ravel(), expected["dq"])


def test_effects_of_the_dependent_form(worked):
    d = decompose(worked.a, worked.b, "value_added", dependent=True)
    assert_effects(d.effects, worked.expected["va_dependent_form"]["shapley"])


def test_stocks_have_no_effect_when_they_do_not_change(worked):
    np.testing.assert_array_equal(worked.a.arrays.stock_change, worked.b.arrays.stock_change)
    d = decompose(worked.a, worked.b, "co2")
    np.testing.assert_array_equal(d.effects.sel(effect="stocks_and_discrepancy"), 0.0)


@pytest.mark.parametrize("method", METHODS)
def test_residual(worked, method):
    d = decompose(worked.a, worked.b, ["value_added", "co2"], method)
    for name in d.accounts:
        change = np.abs(d.total.sel(account=name)).sum()
        assert abs(d.residual.sel(account=name)).max() < 1e-12 * change


@pytest.mark.parametrize("period", [0, 1])
def test_factors_of_the_case(worked, period):
    treatment = treatment_of(worked.a, worked.b, None, "sourced")
    factors = factors_of(worked.a, worked.b, ("value_added", "co2"), treatment)
    technology, demand = factors.technology, factors.demand
    sourcing = np.stack([technology.sourcing(product, period) for product in range(3)], axis=1)
    found = {
        "x": (worked.a, worked.b)[period].arrays.x,
        "H": technology.H[period].reshape(3, 4, 3),
        "C": sourcing.reshape(5, 3, 4, 3),
        "D": demand.D[period],
        "B": demand.B[period],
        "S": demand.S[period],
        "g": demand.g[period],
        "P": demand.P[period],
        "fv": factors.intensity[period][0].reshape(4, 3),
        "fc": factors.intensity[period][1].reshape(4, 3),
        "vs": technology.v[period].reshape(4, 3),
        "hm": technology.input_mix()[period].reshape(3, 4, 3),
        "TE": demand.export_sourcing[period],
        "E": demand.exports[period],
        "A": to_dense(technology.coefficients(((period, period), period))),
        "L": (worked.a, worked.b)[period].leontief.inverse(),
    }
    expected = worked.expected["derived"][str(period)]
    assert set(found) == set(expected)
    for symbol, values in found.items():
        assert_close(np.asarray(values).ravel(), np.ravel(expected[symbol]), what=symbol)
