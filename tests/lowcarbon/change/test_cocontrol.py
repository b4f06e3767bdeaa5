import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, LabelError, MissingDataError
from mrio.lowcarbon import co_control
from mrio.lowcarbon.change.cocontrol import MEANINGS, quadrant
from tests.lowcarbon.cases import aux


@pytest.mark.parametrize("case", aux("co_control"))
def test_equals_the_reference_points(case):
    dP, P, dC, C = case["args"]
    changes = pd.DataFrame({"co2": [dC], "so2": [dP]}, index=["measure"])
    result = co_control(changes, pd.Series({"co2": C, "so2": P}))
    assert result.relative.loc["measure", "so2"] == pytest.approx(case["relP"], rel=1e-10)
    assert result.relative.loc["measure", "co2"] == pytest.approx(case["relC"], rel=1e-10)
    assert result.elasticity.loc["measure", "so2"] == pytest.approx(case["ET"], rel=1e-10)
    assert result.quadrants().iloc[0, 0] == case["quadrant_signed"]
    assert result.quadrants("reductions").iloc[0, 0] == case["quadrant_reductions"]
    assert result.meanings.iloc[0, 0] == case["meaning"]


def test_reductions_are_changes_with_the_other_sign():
    base = pd.Series({"co2": 100.0, "so2": 50.0, "nox": 40.0})
    changes = pd.DataFrame({"co2": [-7.0, 3.0], "so2": [-10.0, 2.0], "nox": [-8.0, 0.0]}, index=["a", "b"])
    signed = co_control(changes, base)
    mirrored = co_control(-changes, base, convention="reductions")
    pd.testing.assert_frame_equal(signed.relative, mirrored.relative)
    assert signed.meanings.loc["b", "nox"] == "on an axis"


def test_cross_elasticities_between_pollutants():
    base = pd.Series({"co2": 100.0, "so2": 50.0, "nox": 40.0})
    changes = pd.DataFrame({"co2": [-7.0], "so2": [-10.0], "nox": [0.0]}, index=["a"])
    table = co_control(changes, base).cross_elasticities("a")
    assert table.loc["so2", "co2"] == pytest.approx(0.2 / 0.07, rel=1e-10)
    assert table.loc["co2", "so2"] == pytest.approx(0.07 / 0.2, rel=1e-10)
    assert np.isnan(table.loc["so2", "nox"])
    with pytest.raises(LabelError, match="no measure 'z'"):
        co_control(changes, base).cross_elasticities("z")


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_positive_elasticity_alone_is_no_co_benefit(x, y):
    number = int(quadrant(np.array(x), np.array(y)))
    if x * y > 1e-12:
        assert (MEANINGS[number] == "co-benefit") == (x < 0)
    if x == 0 or y == 0:
        assert number == 0


def test_no_change_of_carbon_is_undefined():
    result = co_control(pd.DataFrame({"co2": [0.0], "so2": [-1.0]}), pd.Series({"co2": 1.0, "so2": 1.0}))
    assert np.isnan(result.elasticity.iloc[0, 0])


def test_bases_may_differ_by_measure():
    changes = pd.DataFrame({"co2": [-1.0, -1.0], "so2": [-1.0, -1.0]}, index=["a", "b"])
    base = pd.DataFrame({"co2": [10.0, 20.0], "so2": [5.0, 5.0]}, index=["a", "b"])
    assert co_control(changes, base).elasticity["so2"].tolist() == pytest.approx([2.0, 4.0], rel=1e-10)
    with pytest.raises(LabelError, match="other measures"):
        co_control(changes, base.iloc[::-1])


def test_bad_input_gives_one_clear_error():
    changes, base = pd.DataFrame({"co2": [-1.0], "so2": [1.0]}), pd.Series({"co2": 1.0, "so2": 1.0})
    with pytest.raises(DataError, match="above zero"):
        co_control(changes, base * 0)
    with pytest.raises(LabelError, match="no column 'carbon'"):
        co_control(changes, base, carbon="carbon")
    with pytest.raises(LabelError, match="No pollutant"):
        co_control(changes[["co2"]], base)
    with pytest.raises(MissingDataError):
        co_control(changes * np.nan, base)
    with pytest.raises(LabelError, match="emissions before has no column 'so2'"):
        co_control(changes, pd.Series({"co2": 1.0}))


def test_goes_to_a_file_and_back(tmp_path):
    changes = pd.DataFrame({"co2": [-1.0, 2.0], "so2": [-2.0, 1.0]}, index=["a", "b"])
    result = co_control(changes, pd.Series({"co2": 10.0, "so2": 10.0}))
    result.to_netcdf(tmp_path / "plane.nc")
    again = mrio.read_netcdf(tmp_path / "plane.nc")
    pd.testing.assert_frame_equal(again.summary(), result.summary())
