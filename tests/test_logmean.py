"""The logarithmic mean and LMDI effects of a product: reference numbers, limits, and the sum."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mrio.logmean import log_mean, product_effects
from tests.compare import assert_close
from tests.conftest import CASES


@pytest.fixture(scope="module")
def cases():
    return json.loads((CASES / "aux_examples.json").read_text(encoding="utf-8"))


def test_logarithmic_mean_by_its_definition():
    found = log_mean(np.array([8.0, 3.0, 5.0]), np.array([2.0, 7.0, 5.0]))
    np.testing.assert_allclose(found, [6 / math.log(4), -4 / math.log(3 / 7), 5.0], rtol=1e-14)


def test_logarithmic_mean_of_nearly_equal_numbers_keeps_its_digits():
    a, b = 1.0, 1.0 + 1e-12
    # lm lies between the geometric and the arithmetic mean, which differ by 1e-25 here.
    assert log_mean(np.array([a]), np.array([b]))[0] == pytest.approx((a + b) / 2, rel=1e-15)


def test_kaya_identity_additive_and_multiplicative(cases):
    case = cases["kaya_lmdi"]
    names = list(case["additive"])
    first, second = (np.array([case[period][name] for name in names]) for period in ("period0", "period1"))
    effects = product_effects(first, second)
    assert_close(effects, [case["additive"][name] for name in names])
    assert_close(effects.sum(), case["C1"] - case["C0"])
    ratios = np.exp(effects / log_mean(np.array(case["C0"]), np.array(case["C1"])))
    assert_close(ratios, [case["multiplicative"][name] for name in names])
    assert_close(ratios.prod(), case["C1"] / case["C0"])


def test_kaya_identity_with_several_carriers(cases):
    case = cases["kaya_lmdi_carriers"]
    energy = [np.array(case[f"energy_factor_{t}"])[:, 0] for t in (0, 1)]
    factor = [np.array(case[f"energy_factor_{t}"])[:, 1] for t in (0, 1)]
    parts = [
        np.array([np.full(3, Y), np.full(3, E.sum() / Y), E / E.sum(), F])
        for Y, E, F in zip(case["Y"], energy, factor, strict=True)
    ]
    effects = product_effects(*parts).sum(axis=1)
    assert_close(effects, [case["effects"][name] for name in ("activity", "intensity", "mix", "factor")])
    assert_close(effects.sum(), case["dC"])


def test_a_factor_that_vanishes_takes_the_whole_term(cases):
    assert cases["lmdi_zero_rule"]["effect_on_others"] == 0.0
    np.testing.assert_array_equal(product_effects(np.array([2.0, 3.0]), np.array([0.0, 5.0])), [-6.0, 0.0])
    np.testing.assert_array_equal(product_effects(np.array([0.0, 3.0]), np.array([4.0, 5.0])), [20.0, 0.0])


def test_zeros_in_both_periods_and_zeros_that_swap_change_nothing():
    np.testing.assert_array_equal(product_effects(np.array([0.0, 3.0]), np.array([0.0, 5.0])), [0.0, 0.0])
    np.testing.assert_array_equal(product_effects(np.array([0.0, 3.0]), np.array([4.0, 0.0])), [0.0, 0.0])


def test_factors_that_vanish_together_share_the_term_as_in_the_limit():
    first = np.array([2.0, 3.0, 5.0])
    exact = product_effects(first, np.array([0.0, 0.0, 7.0]))
    np.testing.assert_array_equal(exact, [-15.0, -15.0, 0.0])
    # The limit is reached as 1 / |ln eps|, so slowly that 1e-150 stands 2 percent away from it.
    near = product_effects(first, np.array([1e-150, 1e-150, 7.0]))
    np.testing.assert_allclose(near, exact, atol=0.02 * 30)


factors = arrays(float, (4, 6), elements=st.one_of(st.just(0.0), st.floats(1e-3, 1e3)))


@given(factors, factors)
def test_effects_add_up_to_the_change_of_the_product(first, second):
    effects = product_effects(first, second)
    scale = max(first.prod(axis=0).max(), second.prod(axis=0).max())
    assert_close(effects.sum(axis=0), second.prod(axis=0) - first.prod(axis=0), scale)


@given(factors, factors)
def test_swapping_the_periods_flips_every_sign(first, second):
    there, back = product_effects(first, second), product_effects(second, first)
    assert_close(back, -there, max(first.prod(axis=0).max(), second.prod(axis=0).max()))
