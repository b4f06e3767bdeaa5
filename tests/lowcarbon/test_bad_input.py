"""What no method can use: options that are no choice, numbers that are none, tables that are empty."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import mrio
from mrio import lowcarbon
from mrio.errors import DataError, MrioError
from mrio.lowcarbon.drivers import fit_statistics

pytest.importorskip("statsmodels.api")

TWO = pd.Series([1.0, 2.0], ["a", "b"])
ONE = pd.DataFrame({"co2": [1.0], "so2": [1.0]})
BASE = pd.Series({"co2": 1.0, "so2": 1.0})
RISING = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 6.0]})
SERIES = pd.DataFrame(np.random.default_rng(0).uniform(1, 2, size=(20, 2)), columns=["I", "P"])
PANEL = pd.DataFrame(
    {"region": ["a", "b"] * 4, "year": np.repeat(range(4), 2), **SERIES.iloc[:8].to_dict("list")}
)
COAL = pd.DataFrame(
    {"region": "H", "sector": "s", "fuel": "coal", "year": [2012, 2017], "value": [1.0, 2.0], "unit": "1e4 t"}
)
FACTORS = lowcarbon.emission_factors("provincial-guidelines-2011")
INVENTORY = lowcarbon.co2_inventory(COAL, FACTORS)
PROPERTIES = pd.DataFrame({"ncv": [2e4], "carbon_content": [26.0], "oxidation": [98.0]}, ["coal"])


def tables():
    return mrio.load_example("illustrative")


CHOICES = {
    "account": lambda: tables().decoupling("co2", account="imports"),
    "form": lambda: lowcarbon.kaya_lmdi(RISING, RISING, form="ratio"),
    "convention": lambda: lowcarbon.co_control(ONE, BASE, convention="signed"),
    "convention of quadrants": lambda: lowcarbon.co_control(ONE, BASE).quadrants("signed"),
    "variant": lambda: lowcarbon.entropy_index(RISING, positive=["a"], variant="shift"),
    "how": lambda: lowcarbon.entropy_index(RISING.assign(b=[1.0, 3, 2, 5, 4]), positive=["a"]).stability(
        "all"
    ),
    "k": lambda: lowcarbon.stirpat(SERIES, impact="I", drivers=["P"], k="lasso"),
    "effects": lambda: lowcarbon.stirpat_panel(PANEL, impact="I", drivers=["P"], effects="region"),
    "missing": lambda: lowcarbon.co2_inventory(COAL, FACTORS, missing="ignore"),
    "trend": lambda: lowcarbon.unit_root_tests(SERIES, trend="t"),
    "only": lambda: lowcarbon.check_papers(only="wrong"),
}


@pytest.mark.filterwarnings("ignore::mrio.errors.DataWarning")
@pytest.mark.parametrize("name", CHOICES)
def test_an_option_that_is_no_choice_is_named_with_the_choices(name):
    with pytest.raises(DataError, match=f"^{name.split()[0]}='.*' is no choice") as caught:
        CHOICES[name]()
    assert "choose one of" in caught.value.remedy


CASES = {
    "text for emissions": (
        lambda: lowcarbon.decoupling(TWO.astype(object).replace(1.0, "n.a."), of=TWO),
        "a | all",
    ),
    "a list": (lambda: lowcarbon.decoupling([1.0, 2.0], of=[1.0, 2.0]), "got list"),
    "text for prices": (lambda: lowcarbon.decoupling(TWO, of=TWO, deflator={"a": "x", "b": 1.0}), "deflator"),
    "no terms": (lambda: lowcarbon.kaya_lmdi(RISING.iloc[:0], RISING.iloc[:0]), "no terms"),
    "text for energy": (
        lambda: lowcarbon.kaya_factors(TWO.astype(object).replace(1.0, "x"), TWO, 1.0),
        "a | energy",
    ),
    "no activity": (lambda: lowcarbon.kaya_factors(TWO, TWO, np.nan), "above zero"),
    "no measures": (lambda: lowcarbon.co_control(ONE.iloc[:0], BASE), "no measures"),
    "no observations": (lambda: lowcarbon.coupling_coordination(ONE.iloc[:0]), "no observations"),
    "a weight of nothing": (
        lambda: lowcarbon.coupling_coordination(ONE, {"co2": np.nan, "so2": 1.0}),
        "are shares",
    ),
    "k of nothing": (lambda: lowcarbon.stirpat(SERIES, impact="I", drivers=["P"], k=np.nan), "zero or more"),
    "a region of nothing": (
        lambda: lowcarbon.stirpat_panel(PANEL.replace("b", None), impact="I", drivers=["P"]),
        "no region or no year",
    ),
    "no table": (lambda: lowcarbon.co2_inventory(COAL.to_dict("list"), FACTORS), "got dict"),
    "half a year": (
        lambda: lowcarbon.co2_inventory(COAL.assign(year=[2012.5, 2017]), FACTORS),
        "no whole numbers",
    ),
    "no sectors": (lambda: INVENTORY.ranking(xr.DataArray([1.0], dims="year")), "no dim 'sector'"),
    "no factors": (lambda: lowcarbon.emission_factors({}), "no emission factors"),
    "per cent for shares": (lambda: lowcarbon.emission_factors(PROPERTIES), "oxidised share is above one"),
    "other indicators": (lambda: lowcarbon.wide_indicators(RISING), "no column 'period'"),
    "no tables": (lambda: lowcarbon.indicator_frame({}), "no tables"),
    "a price index without end": (
        lambda: lowcarbon.decoupling(TWO, of=TWO, deflator={"a": np.inf, "b": 1.0}),
        "no positive index",
    ),
    "R2 in per cent": (lambda: lowcarbon.adjusted_r2(92.9, 8, 3), "R2 must be at most 1"),
    "F without R2": (lambda: lowcarbon.f_statistic(np.nan, 8, 3), "R2 is no finite number"),
    "F of an exact fit": (lambda: lowcarbon.f_statistic(1.0, 8, 3), "exact fit"),
    "p without F": (lambda: lowcarbon.f_p_value(np.nan, 8, 3), "F is no finite number"),
    "p without t": (lambda: lowcarbon.t_p_value(np.nan, 8), "t is no finite number"),
    "t over nothing": (lambda: fit_statistics.t_statistic(1.0, 0.0), "not above zero"),
    "heat of nothing": (lambda: FACTORS.standard_coal(0.0), "not above zero"),
    "a fuel that is worth no coal": (
        lambda: lowcarbon.emission_factors(
            pd.DataFrame({"factor": [1.0, 2.0], "standard_coal": [0.7, 0.0]}, index=["coal", "gas"])
        ),
        "'gas'",
    ),
    "process emissions with gaps": (
        lambda: lowcarbon.co2_inventory(
            COAL, FACTORS, process=INVENTORY.emissions.sum("fuel").assign_attrs(units="Mt CO2") * np.nan
        ),
        "not finite",
    ),
    "no statistic": (lambda: lowcarbon.adf_p_value(np.nan), "no finite number"),
    "other years": (
        lambda: lowcarbon.cointegration_test(SERIES["I"], SERIES[["P"]].set_axis(range(1, 21))),
        "different rows",
    ),
}


@pytest.mark.filterwarnings("ignore::mrio.errors.DataWarning")
@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_used_gives_one_clear_error(name):
    call, words = CASES[name]
    with pytest.raises(MrioError) as caught:
        call()
    assert words in str(caught.value)


def test_emissions_before_may_be_a_mapping():
    found = lowcarbon.co_control(ONE, BASE.to_dict())
    pd.testing.assert_frame_equal(found.relative, lowcarbon.co_control(ONE, BASE).relative)
