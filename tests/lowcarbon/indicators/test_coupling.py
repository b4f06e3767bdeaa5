import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, LabelError, MissingDataError
from mrio.lowcarbon import coupling_coordination
from tests.lowcarbon.cases import aux


@pytest.mark.parametrize("case", aux("coupling"))
def test_equals_the_reference_numbers(case):
    names = [f"U{number}" for number in range(len(case["U"]))]
    table = pd.DataFrame([case["U"]], columns=names)
    row = coupling_coordination(table, dict(zip(names, case["alpha"], strict=True))).summary().iloc[0]
    assert row["coupling"] == pytest.approx(case["C"], rel=1e-10)
    assert row["development"] == pytest.approx(case["T"], rel=1e-10)
    assert row["coordination"] == pytest.approx(case["D"], rel=1e-10)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_degrees_lie_between_zero_and_one(levels):
    table = pd.DataFrame([levels], columns=[f"U{number}" for number in range(len(levels))])
    row = coupling_coordination(table).summary().iloc[0]
    if sum(levels) > 0:
        assert 0 <= row["coupling"] <= 1 + 1e-9
        expected = len(levels) * math.prod(levels) ** (1 / len(levels)) / sum(levels)
        if min(levels) > 1e-30:
            assert row["coupling"] == pytest.approx(expected, rel=1e-10)
    assert 0 <= row["coordination"] <= 1 + 1e-9


def test_all_zero_levels_have_no_coupling_and_no_coordination():
    row = coupling_coordination(pd.DataFrame([[0.0, 0.0]], columns=["a", "b"])).summary().iloc[0]
    assert np.isnan(row["coupling"])
    assert row["coordination"] == 0


def test_bad_input_gives_one_clear_error():
    table = pd.DataFrame({"a": [0.5], "b": [0.2]})
    with pytest.raises(DataError, match="between 0 and 1"):
        coupling_coordination(table + 1)
    with pytest.raises(DataError, match="two subsystems"):
        coupling_coordination(table[["a"]])
    with pytest.raises(DataError, match="shares"):
        coupling_coordination(table, {"a": 0.5, "b": 0.6})
    with pytest.raises(LabelError, match="differ"):
        coupling_coordination(table, {"a": 0.5, "c": 0.5})
    with pytest.raises(MissingDataError):
        coupling_coordination(table * np.nan)


def test_goes_to_a_file_and_back(tmp_path):
    result = coupling_coordination(pd.DataFrame({"a": [0.5], "b": [0.2]}, index=["2015"]))
    result.to_netcdf(tmp_path / "coupling.nc")
    again = mrio.read_netcdf(tmp_path / "coupling.nc")
    assert again.coordination.equals(result.coordination)
    assert list(result.to_dataframe().columns) == ["a", "b", "coupling", "development", "coordination"]
