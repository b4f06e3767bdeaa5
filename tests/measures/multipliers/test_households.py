"""Type I and type II multipliers: the textbook table closed for households, brute force, order, files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, LabelError, NotProductiveError
from mrio.measures.multipliers.households import closure_of, household_multipliers
from mrio.tables import System
from tests.measures.tables import MONEY, plain, random_system


def textbook():
    """Return the two-sector example of Miller and Blair, section 2.5, with labour and households."""
    return System.from_arrays(
        regions=["economy"],
        sectors=["1", "2"],
        demand=["households", "other"],
        factors=["labour", "other inputs"],
        Z=[[150, 500], [200, 100]],
        Y=[[50, 300], [400, 1300]],
        V=[[[300, 500]], [[350, 900]]],
        x=[1000, 2000],
        **MONEY,
    )


def test_textbook_closed_for_households():
    # Miller and Blair, section 2.5: with households of total income 1000, of which 50 is labour that they buy
    # themselves, the closed inverse is [[1.365, .425, .251], [.527, 1.348, .595], [.570, .489, 1.289]].
    # Labour bought by households is no row here; spending 450 of every 950 is the same closure.
    found = household_multipliers(
        textbook(), "households", "labour", ["output", "income"], propensity=450 / 950
    )
    np.testing.assert_allclose(found.type_ii("output"), [1.365 + 0.527, 0.425 + 1.348], atol=1.2e-3)
    np.testing.assert_allclose(found.type_i("output"), [1.5181, 1.4521], atol=1e-4)
    # Income type I by hand: (0.3, 0.25) L.
    np.testing.assert_allclose(
        found.type_i("income"), [0.3 * 1.2541 + 0.25 * 0.2640, 0.3 * 0.33 + 0.25 * 1.1221], atol=1e-4
    )
    # Section 6.2: type I income multipliers 1.47 and 1.52; type II 1.90 and 1.96 with the labour that
    # households buy themselves, 0.05 of all.
    ratios = found.ratios("income")
    np.testing.assert_allclose(ratios["type I"], [1.47, 1.52], atol=0.005)
    np.testing.assert_allclose(ratios["type II"] / 0.95, [1.90, 1.96], atol=0.005)
    # The closed inverse gives all income of households, of which 0.95 is earned outside of households.
    np.testing.assert_allclose(found.type_ii("income"), [0.570 * 0.95, 0.489 * 0.95], atol=6e-4)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.booleans(), st.sampled_from([None, 0.6]))
def test_equal_to_the_closed_inverse(seed, idle, propensity):
    system = random_system(seed, idle=idle)
    A, L, _, x = plain(system)
    found = household_multipliers(system, "households", "wages", propensity=propensity)
    wages = system.arrays.V[0].ravel()
    h = np.divide(wages, x, out=np.zeros_like(x), where=x != 0)
    H = h * np.repeat(np.eye(3), 3, axis=1)
    bought = system.arrays.Y[..., 0].reshape(9, 3)
    consumed = bought.sum(0) + system.arrays.imports_Y[..., 0].sum(0)
    income = wages.reshape(3, 3).sum(1)
    share = np.minimum(consumed / income, 1) if propensity is None else np.full(3, propensity)
    C = bought / consumed * share
    closed = np.linalg.inv(np.eye(12) - np.block([[A, C], [H, np.zeros((3, 3))]]))
    f = np.divide(system.accounts["jobs"].values.ravel(), x, out=np.zeros_like(x), where=x != 0)
    for account, rate in (("output", np.ones(9)), ("jobs", f), ("income", h)):
        np.testing.assert_allclose(found.type_i(account), rate @ L, rtol=1e-10)
        np.testing.assert_allclose(found.type_ii(account), rate @ closed[:9, :9], rtol=1e-10)
        assert (found.type_ii(account) >= found.type_i(account) * (1 - 1e-12)).all()
    np.testing.assert_allclose(found.data["propensity"], share, rtol=1e-10)


def test_income_ratio_is_the_same_for_all_sectors_of_one_region():
    # In one region, type II over type I income multipliers is one number (Miller and Blair, section 6.2).
    system = random_system(4, R=1, N=5)
    found = household_multipliers(system, "households", "wages", "income")
    ratio = found.type_ii() / found.type_i()
    np.testing.assert_allclose(ratio, ratio.iloc[0], rtol=1e-10)


def test_ratios_and_words():
    system = random_system(2, idle=True)
    found = household_multipliers(system, ["households", "investment"], "wages", ["co2", "income"])
    ratios = found.ratios("co2")
    assert ratios.loc[("R0", "S2")].isna().all()
    assert (ratios.dropna()["type II"] >= ratios.dropna()["type I"]).all()
    assert "earn wages where it is paid and spend it like households and investment" in found.rule
    assert found.unit("multiplier", "income") == "1e8 CNY per 1e8 CNY"
    assert found.summary("co2").shape == (9, 7)


def test_picture_and_file(tmp_path):
    found = household_multipliers(random_system(3), "households", "wages")
    found.to_netcdf(tmp_path / "households.nc")
    assert mrio.read_netcdf(tmp_path / "households.nc").data.identical(found.data)
    assert found.plot.largest("jobs", 4) is not None
    assert "type II" in found.adds_up


def test_bad_questions_are_named():
    system = random_system(1)
    with pytest.raises(LabelError, match="no demand 'people'"):
        household_multipliers(system, "people", "wages")
    with pytest.raises(LabelError, match="no factor 'rent'"):
        household_multipliers(system, "households", "rent")
    with pytest.raises(DataError, match="propensity to spend is negative"):
        household_multipliers(system, "households", "wages", propensity=-0.1)
    with pytest.raises(NotProductiveError, match="closed for households"):
        household_multipliers(system, "households", ["wages", "other"], propensity=40)
    jobless = system.replace(V=np.stack([system.arrays.V[0] * [[0], [1], [1]], system.arrays.V[1]]))
    with pytest.raises(DataError, match="earn nothing"):
        closure_of(jobless, "households", "wages", None)
