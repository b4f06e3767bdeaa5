import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import mrio
from mrio.errors import DataError, LabelError, MissingDataError
from mrio.logmean import log_mean as logarithmic_mean
from mrio.logmean import product_effects
from mrio.lowcarbon import kaya_by_sector, kaya_factors, kaya_lmdi
from tests.lowcarbon.cases import aux


def lmdi_effects(x0, x1):
    """Return the effects of factors in columns on terms in rows."""
    return product_effects(x0.T, x1.T).T


def single(period):
    return pd.DataFrame([aux("kaya_lmdi")[period]], index=["all"])


def test_equals_the_reference_numbers_of_one_carrier():
    case = aux("kaya_lmdi")
    added = kaya_lmdi(single("period0"), single("period1"), unit="1e4 t CO2")
    times = kaya_lmdi(single("period0"), single("period1"), form="multiplicative")
    for name, value in case["additive"].items():
        assert added.effects[name] == pytest.approx(value, rel=1e-10)
    for name, value in case["multiplicative"].items():
        assert times.effects[name] == pytest.approx(value, rel=1e-10)
    assert added.total == pytest.approx(case["sum"], rel=1e-10)
    assert times.total == pytest.approx(case["C1"] / case["C0"], rel=1e-10)


def test_equals_the_reference_numbers_of_several_carriers():
    case = aux("kaya_lmdi_carriers")
    tables = []
    for number in (0, 1):
        energy, factor = np.array(case[f"energy_factor_{number}"]).T
        names = ["coal", "oil", "gas"]
        tables.append(kaya_factors(pd.Series(energy, names), pd.Series(factor, names), case["Y"][number]))
    result = kaya_lmdi(*tables)
    for name, value in case["effects"].items():
        assert result.effects[name] == pytest.approx(value, rel=1e-10)
    assert result.total == pytest.approx(case["dC"], rel=1e-10)
    assert result.by_term.to_numpy().sum() == pytest.approx(case["dC"], rel=1e-10)


def test_population_splits_activity():
    energy, factor = pd.Series([2.0, 3.0], ["a", "b"]), pd.Series([1.0, 2.0], ["a", "b"])
    table = kaya_factors(energy, factor, 100.0, population=4.0)
    assert list(table.columns) == ["population", "activity", "intensity", "mix", "factor"]
    np.testing.assert_allclose(table.prod(axis=1), energy * factor, rtol=1e-12)


def test_a_vanishing_factor_takes_the_whole_term():
    rule = aux("lmdi_zero_rule")
    assert rule["effect_on_that_factor"] == "-C_i0"
    x0, x1 = np.array([[2.0, 3.0, 5.0]]), np.array([[4.0, 0.0, 6.0]])
    np.testing.assert_array_equal(lmdi_effects(x0, x1), [[0.0, -30.0, 0.0]])
    np.testing.assert_array_equal(lmdi_effects(x1, x0), [[0.0, 30.0, 0.0]])
    both = np.array([[4.0, 0.0, 0.0]])
    np.testing.assert_array_equal(lmdi_effects(x0, both), [[0.0, -15.0, -15.0]])
    np.testing.assert_array_equal(lmdi_effects(x1, np.array([[0.0, 3.0, 5.0]])), [[0.0, 0.0, 0.0]])


@pytest.mark.parametrize("delta", [1e-20, 1e-60, 1e-150])
def test_zeros_are_the_limit_of_small_numbers(delta):
    x0 = np.array([[2.0, 3.0], [1.0, 4.0], [5.0, 2.0]])
    x1 = np.array([[2.5, 0.0], [2.0, 4.5], [0.0, 0.0]])
    exact = lmdi_effects(x0, x1)
    near = lmdi_effects(x0, np.where(x1 == 0, delta, x1))
    # Errors of the replacement fall like 1/ln(delta), so the limit is approached slowly.
    bound = 30.0 / abs(math.log(delta))
    assert np.abs(near - exact).max() < bound


factors = arrays(float, (3, 4), elements=st.one_of(st.just(0.0), st.floats(1e-3, 1e3)))


@given(factors, factors)
def test_residual_is_zero_whatever_vanishes(x0, x1):
    effects = lmdi_effects(x0, x1)
    change = x1.prod(axis=1) - x0.prod(axis=1)
    scale = max(x0.prod(axis=1).max(), x1.prod(axis=1).max(), 1e-300)
    np.testing.assert_allclose(effects.sum(axis=1), change, rtol=0, atol=1e-10 * scale)


@given(factors, factors)
def test_effects_add_up_and_multiply_whatever_vanishes(x0, x1):
    start, end = pd.DataFrame(x0), pd.DataFrame(x1)
    totals = [float(x.prod(axis=1).sum()) for x in (x0, x1)]
    added = kaya_lmdi(start, end)
    assert added.effects.sum() == pytest.approx(totals[1] - totals[0], rel=0, abs=1e-10 * max(totals))
    if min(totals) > 0:
        times = kaya_lmdi(start, end, form="multiplicative")
        assert times.effects.prod() == pytest.approx(totals[1] / totals[0], rel=1e-10)


@given(factors, factors)
def test_swapping_periods_flips_signs(x0, x1):
    scale = max(x0.prod(axis=1).max(), x1.prod(axis=1).max(), 1e-300)
    np.testing.assert_allclose(lmdi_effects(x0, x1), -lmdi_effects(x1, x0), rtol=1e-10, atol=1e-10 * scale)


positive = arrays(float, (2, 3), elements=st.floats(0.01, 100))


@given(positive, positive)
def test_multiplicative_effects_multiply_to_the_ratio(x0, x1):
    result = kaya_lmdi(pd.DataFrame(x0), pd.DataFrame(x1), form="multiplicative")
    assert result.effects.prod() == pytest.approx(result.total, rel=1e-10)
    same = kaya_lmdi(pd.DataFrame(x0), pd.DataFrame(x0))
    assert same.effects.abs().max() == 0


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_logarithmic_mean_lies_between_and_is_symmetric(a, b):
    mean = float(logarithmic_mean(np.array(a), np.array(b)))
    assert min(a, b) * (1 - 1e-12) <= mean <= max(a, b) * (1 + 1e-12)
    assert mean == pytest.approx(float(logarithmic_mean(np.array(b), np.array(a))), rel=1e-12)
    if abs(a - b) > 1e-3 * a:
        assert mean == pytest.approx((a - b) / math.log(a / b), rel=1e-10)


def test_factors_of_a_table_multiply_to_its_account_and_explain_its_change():
    tables = mrio.load_example("illustrative")
    start, end = (kaya_by_sector(tables[name], "co2") for name in ("0", "1"))
    for name, table in (("0", start), ("1", end)):
        assert list(table.columns) == ["population", "output per head", "structure", "intensity"]
        np.testing.assert_allclose(
            table.prod(axis=1), tables[name].accounts["co2"].values.ravel(), rtol=1e-12, atol=0
        )
        np.testing.assert_allclose(table["structure"].groupby(level="region").sum(), 1.0, rtol=1e-12)
    flows = [tables[name].accounts["co2"].values.sum() for name in ("0", "1")]
    assert kaya_lmdi(start, end).effects.sum() == pytest.approx(flows[1] - flows[0], rel=1e-10)
    own = kaya_by_sector(tables["1"], "co2", "HE")
    pd.testing.assert_frame_equal(own, end.loc["HE"])


def test_a_table_without_population_has_output_as_a_factor():
    table = mrio.load_example("illustrative")["1"].replace(population=None)
    found = kaya_by_sector(table, "co2")
    assert list(found.columns) == ["output", "structure", "intensity"]
    np.testing.assert_allclose(found.prod(axis=1), table.accounts["co2"].values.ravel(), rtol=1e-12)


def test_a_table_that_has_no_intensity_is_refused():
    table = mrio.load_example("illustrative")["1"]
    with pytest.raises(LabelError, match="no region 'HB'"):
        kaya_by_sector(table, "co2", "HB")
    with pytest.raises(LabelError, match="so2"):
        kaya_by_sector(table, "so2")


def test_bad_input_gives_one_clear_error():
    start = pd.DataFrame({"a": [1.0], "b": [2.0]}, index=["coal"])
    with pytest.raises(LabelError, match="different terms or factors"):
        kaya_lmdi(start, start.rename(index={"coal": "coal "}))
    with pytest.raises(DataError, match="negative"):
        kaya_lmdi(start, -start)
    with pytest.raises(MissingDataError, match="coal"):
        kaya_lmdi(start, start * np.nan)
    with pytest.raises(DataError, match="ratio"):
        kaya_lmdi(start, start * 0, form="multiplicative")
    with pytest.raises(LabelError, match="different carriers"):
        kaya_factors(pd.Series({"a": 1.0}), pd.Series({"b": 1.0}), 1.0)
    with pytest.raises(DataError, match="above zero"):
        kaya_factors(pd.Series({"a": 1.0}), pd.Series({"a": 1.0}), 0.0)


def test_goes_to_a_file_and_back(tmp_path):
    result = kaya_lmdi(single("period0"), single("period1"))
    result.to_netcdf(tmp_path / "kaya.nc")
    again = mrio.read_netcdf(tmp_path / "kaya.nc")
    assert again.summary().equals(result.summary())
    assert len(result.to_dataframe()) == 5
