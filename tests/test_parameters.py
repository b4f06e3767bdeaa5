"""Numbers that make no sense as parameters are refused by all public functions, in one way."""

import math
import warnings

import numpy as np
import pandas as pd
import pytest

import mrio
from mrio.balancing.balance import Stopping
from mrio.errors import DataError, MissingDataError
from mrio.parameters import (
    require_count,
    require_factor,
    require_number,
    require_quantiles,
    require_share,
    require_tolerance,
    require_within,
)

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize("value", [NAN, INF, -INF, None, "1", True, 1j, np.ones(1)])
def test_what_is_no_finite_number_is_missing(value):
    for require in (require_number, require_share, require_factor, lambda v, n: require_within(v, 0, 1, n)):
        with pytest.raises(MissingDataError, match="weight is no finite number") as caught:
            require(value, "weight")
        assert caught.value.amount == repr(value)
        assert caught.value.remedy


def test_numbers_in_their_range_pass():
    for value in (0, 1, 0.5, np.float32(0.25), np.int64(1)):
        require_number(value, "n")
        require_share(value)
        require_factor(value)
        require_within(value, -INF, 1, "n")
    require_number(-3.5, "n")
    require_factor(1e9)
    require_count(np.int64(3), "n", least=3)
    require_quantiles([0, 0.5, 1])


@pytest.mark.parametrize("value", [-1e-9, 1 + 1e-9])
def test_shares_and_quantiles_end_at_0_and_1(value):
    with pytest.raises(DataError, match="share must lie between 0 and 1"):
        require_share(value)
    with pytest.raises(DataError, match="quantile must be between 0 and 1"):
        require_quantiles([0.5, value])


@pytest.mark.parametrize("value", [0, -3, 2.0, NAN, INF, True, "3", None])
def test_counts_are_whole_numbers(value):
    with pytest.raises(DataError, match="top must be a whole number of 1 or more") as caught:
        require_count(value, "top")
    assert caught.value.remedy


def test_factors_are_not_negative_and_one_quantile_is_no_list():
    with pytest.raises(DataError, match="A price must not be negative"):
        require_factor(-1, "price")
    with pytest.raises(DataError, match="as a list"):
        require_quantiles(0.5)
    with pytest.raises(DataError, match="at most 1"):
        require_within(1.5, -INF, 1, "R2")


def test_tolerances_may_be_infinite_and_not_nothing():
    for value in (0, 1e-6, INF):
        require_tolerance(value)
    for value in (NAN, -1e-9, None, True):
        with pytest.raises(DataError, match="tolerance must be zero or more"):
            require_tolerance(value)


NO_COUNT = (NAN, INF, -1, 2.5)
NO_SHARE = (NAN, INF, -0.1, 1.1)
NO_FACTOR = (NAN, INF, -1.0)
NO_NUMBER = (NAN, INF)
NO_TOLERANCE = (NAN, -1e-6)

PUBLIC = {
    "structural_paths top": (lambda s, v: mrio.structural_paths(s, top=v), (0, *NO_COUNT)),
    "structural_paths threshold": (lambda s, v: mrio.structural_paths(s, threshold=v), NO_SHARE),
    "structural_paths max_depth": (lambda s, v: mrio.structural_paths(s, max_depth=v), NO_COUNT),
    "structural_paths without end": (
        lambda s, v: mrio.structural_paths(s, top=None, threshold=v),
        (None, 0.0),
    ),
    "structural_paths plot": (lambda s, v: mrio.structural_paths(s).plot.sankey_data(v), (0, *NO_COUNT)),
    "production_layers depth": (lambda s, v: mrio.production_layers(s, depth=v), NO_COUNT),
    "field_of_influence top": (lambda s, v: mrio.field_of_influence(s, top=v), (0, *NO_COUNT)),
    "field_of_influence plot": (
        lambda s, v: mrio.field_of_influence(s).plot.strongest_data(v),
        (0, *NO_COUNT),
    ),
    "feedback rounds": (lambda s, v: mrio.feedback(s, rounds=v), (0, 1, *NO_COUNT)),
    "multipliers plot": (lambda s, v: mrio.multipliers(s, "co2").plot.largest_data(most=v), (0, *NO_COUNT)),
    "household_multipliers propensity": (
        lambda s, v: mrio.household_multipliers(s, "consumption", "value_added", propensity=v),
        NO_FACTOR,
    ),
    "household_multipliers plot": (
        lambda s, v: mrio.household_multipliers(s, "consumption", "value_added").plot.largest_data(most=v),
        (0, *NO_COUNT),
    ),
    "extract plot": (lambda s, v: mrio.extract(s, sector="RES").plot.losses_data(most=v), (0, *NO_COUNT)),
    "extract_each plot": (lambda s, v: mrio.extract_each(s).plot.largest_data(most=v), (0, *NO_COUNT)),
    "carbon_price price": (lambda s, v: mrio.carbon_price(s, v), NO_NUMBER),
    "carbon_price pass_through": (lambda s, v: mrio.carbon_price(s, 1, pass_through=v), NO_SHARE),
    "carbon_price imports": (
        lambda s, v: mrio.carbon_price(s, 1, border="direct", imports=[v] * len(s.sectors)),
        NO_NUMBER,
    ),
    "price_change": (lambda s, v: mrio.price_change(s, {"value_added": v}), NO_NUMBER),
    "price_change pass_through": (
        lambda s, v: mrio.price_change(s, {"value_added": 0.1}, pass_through=v),
        NO_SHARE,
    ),
    "price_change plot": (
        lambda s, v: mrio.price_change(s, {"value_added": 0.1}).plot.largest_data(v),
        (0, *NO_COUNT),
    ),
    "balancing tolerance": (lambda s, v: Stopping(tolerance=v), NO_TOLERANCE),
    "balancing iterations": (lambda s, v: Stopping(max_iterations=v), (0, *NO_COUNT)),
    "kras step": (lambda s, v: mrio.kras([1.0], [[1.0]], [1.0], [1.0], step=v), (0.0, *NO_FACTOR)),
    "update own_weight": (lambda s, v: mrio.UpdateRule(own_weight=v), NO_SHARE),
    "update opening": (lambda s, v: mrio.UpdateRule(opening=v), NO_FACTOR),
    "update tolerance": (lambda s, v: mrio.UpdateRule(tolerance=v), NO_TOLERANCE),
    "trade exponent": (lambda s, v: mrio.TradeRule(exponent=v), NO_FACTOR),
    "kaya_factors energy": (
        lambda s, v: mrio.lowcarbon.kaya_factors(pd.Series([5.0, v]), pd.Series([1.0, 2.0]), 1.0),
        NO_FACTOR,
    ),
    "kaya_factors factor": (
        lambda s, v: mrio.lowcarbon.kaya_factors(pd.Series([5.0, 1.0]), pd.Series([1.0, v]), 1.0),
        NO_FACTOR,
    ),
    "check plot": (lambda s, v: s.check().plot.residuals_data(v), (0, *NO_COUNT)),
    "perturb n": (lambda s, v: mrio.perturb(s, 0.1, n=v), (0, *NO_COUNT)),
    "perturb seed": (lambda s, v: mrio.perturb(s, 0.1, seed=v), NO_COUNT),
    "perturb cv": (lambda s, v: mrio.perturb(s, v), NO_FACTOR),
    "monte_carlo workers": (
        lambda s, v: mrio.monte_carlo(mrio.perturb(s, 0.1, n=2), "co2", workers=v),
        (0, *NO_COUNT),
    ),
    "monte_carlo quantiles": (
        lambda s, v: mrio.monte_carlo(mrio.perturb(s, 0.1, n=2), "co2").statistics(q=[v]),
        NO_SHARE,
    ),
    "sweep workers": (
        lambda s, v: mrio.sweep(s, mrio.Scenario("d").scale_demand, {"factor": [1.0]}, "co2", workers=v),
        (0, *NO_COUNT),
    ),
    "sweep quantiles": (
        lambda s, v: mrio.sweep(s, mrio.Scenario("d").scale_demand, {"factor": [1.0]}, "co2").statistics(
            q=[v]
        ),
        NO_SHARE,
    ),
    "shift_sourcing share": (
        lambda s, v: mrio.Scenario("a").shift_sourcing("RES", "BJ", "TJ", share=v),
        NO_SHARE,
    ),
    "shift_sourcing volume": (
        lambda s, v: mrio.Scenario("a").shift_sourcing("RES", "BJ", "TJ", volume=v),
        NO_FACTOR,
    ),
    "scale_intensity": (lambda s, v: mrio.Scenario("a").scale_intensity("co2", v), NO_FACTOR),
    "scale_technology": (lambda s, v: mrio.Scenario("a").scale_technology(v), NO_FACTOR),
    "scale_demand": (lambda s, v: mrio.Scenario("a").scale_demand(v), NO_FACTOR),
    "scale_exports": (lambda s, v: mrio.Scenario("a").scale_exports(v), NO_FACTOR),
    "shift_demand": (lambda s, v: mrio.Scenario("a").shift_demand("RES", "TEC", v), NO_SHARE),
    "substitute share": (lambda s, v: mrio.Scenario("a").substitute("RES", "TEC", v), NO_SHARE),
    "substitute worth": (
        lambda s, v: mrio.Scenario("a").substitute("RES", "TEC", 0.1, worth=v),
        NO_FACTOR,
    ),
    "invest": (lambda s, v: mrio.Scenario("a").invest(v, "BJ"), NO_NUMBER),
    "scenario price": (lambda s, v: mrio.Scenario("a").carbon_price(v), NO_FACTOR),
    "scenario elasticity": (
        lambda s, v: mrio.Scenario("a").carbon_price(1.0, elasticity=v),
        (*NO_NUMBER, 0.5),
    ),
    "energy_structure": (lambda s, v: mrio.scenarios.energy_structure(v), NO_SHARE),
    "energy_structure coal": (lambda s, v: mrio.scenarios.energy_structure(0.1, coal_part=v), NO_SHARE),
    "transport": (lambda s, v: mrio.scenarios.transport(v), NO_SHARE),
    "buildings": (lambda s, v: mrio.scenarios.buildings(v), NO_SHARE),
    "circular_inputs": (lambda s, v: mrio.scenarios.circular_inputs(v), NO_SHARE),
    "circular_inputs saving": (lambda s, v: mrio.scenarios.circular_inputs(0.1, saving=v), NO_SHARE),
    "green_investment": (lambda s, v: mrio.scenarios.green_investment(v, "BJ"), NO_NUMBER),
    "industrial_transfer strength": (
        lambda s, v: mrio.scenarios.industrial_transfer(_moved(s).direct, v),
        (0.0, *NO_NUMBER),
    ),
    "industrial_transfer least": (
        lambda s, v: mrio.scenarios.industrial_transfer(_moved(s).direct, least=v),
        NO_FACTOR,
    ),
    "industrial_transfer volumes": (
        lambda s, v: mrio.scenarios.industrial_transfer(_moved(s).direct * v),
        NO_NUMBER,
    ),
    "measure_transfer plot": (lambda s, v: _moved(s).plot.sectors_data("BJ", most=v), (0, *NO_COUNT)),
    "measure_transfer quantiles": (
        lambda s, v: mrio.measure_transfer(s, mrio.perturb(s, 0.1, n=2)).quantiles(q=[v]),
        NO_SHARE,
    ),
    "decompose plot": (
        lambda s, v: mrio.decompose(s, s, "co2").plot.sectors_data("intensity", most=v),
        (0, *NO_COUNT),
    ),
    "decompose quantiles": (
        lambda s, v: mrio.decompose(s, mrio.perturb(s, 0.1, n=2), "co2").quantiles(q=[v]),
        NO_SHARE,
    ),
}


def _moved(table):
    return mrio.measure_transfer(table, table, accounts="co2")


@pytest.fixture(scope="module")
def table():
    return mrio.load_example("illustrative")["1"]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_functions_refuse_numbers_without_sense(name, table):
    call, values = PUBLIC[name]
    for value in values:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(DataError) as caught:
                call(table, value)
        assert caught.value.amount, f"{name} = {value} tells no amount"
        assert caught.value.remedy, f"{name} = {value} tells no remedy"


def test_a_negative_carbon_price_is_a_subsidy(table):
    tax, subsidy = (mrio.carbon_price(table, price, pass_through=0.7) for price in (100, -100))
    for name in ("price_change", "revenue", "burden", "absorbed"):
        np.testing.assert_allclose(subsidy.data[name], -tax.data[name], rtol=1e-12, atol=0)
