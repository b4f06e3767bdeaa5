from dataclasses import replace

import numpy as np
import pytest

from data.recipe import labels
from data.recipe.choices import DEFAULT
from data.recipe.output import output_shares
from data.recipe.sources import YearFacts
from data.recipe.sums import add_up

R, N = 31, 39
COAL, POWER = 1, 21


def facts(seed: int) -> YearFacts:
    """Return made-up facts of one year; the parts that output does not need are left out."""
    random = np.random.default_rng(seed)
    made = {
        "output": random.gamma(2.0, size=(R, N)) * 100,
        "value_added": random.gamma(2.0, size=(R, 9)) * 100,
        "generation": random.gamma(2.0, size=R) * 100,
        "coal": random.gamma(2.0, size=R) * 100,
        "first_published": random.uniform(0.9, 1.4, size=R),
    }
    rest = dict.fromkeys(("national", "demand", "net_outflow", "exports", "imports", "population", "co2"))
    return YearFacts(year=2012, **made, **rest)


YEAR, BASE = facts(1), facts(2)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"electricity": "quantity", "coal": "quantity"},
        {"electricity": "booked", "coal": "booked"},
        {"vintage": "first_published"},
        {"group_output": "value_added"},
    ],
)
def test_shares_add_to_one_and_nothing_given_is_changed(change):
    before = YEAR.output.copy()
    shares = output_shares(YEAR, BASE, replace(DEFAULT, **change))
    np.testing.assert_allclose(shares.sum(axis=0), 1.0, rtol=1e-13)
    np.testing.assert_array_equal(YEAR.output, before)


def test_quantities_decide_where_power_and_coal_are_made():
    shares = output_shares(YEAR, BASE, replace(DEFAULT, electricity="quantity", coal="quantity"))
    np.testing.assert_allclose(shares[:, POWER], YEAR.generation / YEAR.generation.sum(), rtol=1e-13)
    np.testing.assert_allclose(shares[:, COAL], YEAR.coal / YEAR.coal.sum(), rtol=1e-13)


def test_unit_values_of_2007_and_of_the_others_for_beijing():
    shares = output_shares(YEAR, BASE, DEFAULT)
    value = BASE.output[:, POWER] / BASE.generation
    others = np.arange(R) != labels.BEIJING
    value[labels.BEIJING] = BASE.output[others, POWER].sum() / BASE.generation[others].sum()
    expected = YEAR.generation * value
    np.testing.assert_allclose(shares[:, POWER], expected / expected.sum(), rtol=1e-13)


def test_no_coal_is_mined_where_there_is_no_mine():
    coal = np.where(np.arange(R) == 1, 0.0, YEAR.coal)
    assert output_shares(replace(YEAR, coal=coal), BASE, DEFAULT)[1, COAL] == 0


def test_in_the_base_year_only_beijing_differs_from_what_is_booked():
    located = output_shares(BASE, BASE, DEFAULT)[1:, POWER]
    booked = output_shares(BASE, BASE, replace(DEFAULT, electricity="booked"))[1:, POWER]
    np.testing.assert_allclose(located / located.sum(), booked / booked.sum(), rtol=1e-12)


def test_groups_follow_value_added():
    choices = replace(DEFAULT, group_output="value_added", electricity="booked", coal="booked")
    # With national output proportional to the sums, groups of provinces have the shares of their controls.
    level = YEAR.output.sum(axis=0)
    by_group = add_up(output_shares(YEAR, BASE, choices) * level, labels.GROUP_OF, 9, axis=1)
    farming = by_group[:, 0] / by_group[:, 0].sum()
    np.testing.assert_allclose(farming, YEAR.value_added[:, 0] / YEAR.value_added[:, 0].sum(), rtol=1e-12)


def test_first_published_level_raises_a_province_in_all_sectors():
    first = output_shares(YEAR, BASE, replace(DEFAULT, vintage="first_published"))
    booked = output_shares(YEAR, BASE, DEFAULT)
    ratio = first[:, 5] / booked[:, 5]
    np.testing.assert_allclose(ratio / ratio[0], YEAR.first_published / YEAR.first_published[0], rtol=1e-12)
