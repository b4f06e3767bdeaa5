import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import mrio
from mrio.errors import DataError, DataWarning, LabelError, MissingDataError
from mrio.lowcarbon import entropy_index
from mrio.lowcarbon.indicators.entropy import entropy_weights, normalise
from tests.lowcarbon.cases import aux

COLUMNS = ["a", "b", "c"]


def reference_table():
    return pd.DataFrame(aux("entropy")["X"], columns=COLUMNS, index=range(2015, 2020))


def test_equals_the_reference_numbers():
    case = aux("entropy")
    result = entropy_index(reference_table(), positive=["a", "b"], negative=["c"])
    for name, expected in (
        ("normalised", "normalised"),
        ("share", "P"),
        ("entropy", "E"),
        ("divergence", "D"),
    ):
        np.testing.assert_allclose(result.data[name].values, case[expected], rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(result.weights, case["weights"], rtol=1e-10)
    np.testing.assert_allclose(result.index, case["index"], rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(result.contributions.sum(axis=1), case["index"], rtol=1e-10, atol=1e-14)
    assert result.ranks.tolist() == [3, 1, 2]


def test_shifted_variant_changes_the_weights_as_known():
    result = entropy_index(reference_table(), positive=["a", "b"], negative=["c"], variant="shifted")
    np.testing.assert_allclose(result.weights, aux("entropy")["weights_with_shift_1e-4"], rtol=1e-10)
    plain = entropy_index(reference_table(), positive=["a", "b"], negative=["c"])
    assert np.abs(result.weights - plain.weights).max() > 1e-6


def brute_force(rows, signs):
    """Weights by loops over plain numbers."""
    n, divergences = len(rows), []
    for j, sign in enumerate(signs):
        column = [row[j] for row in rows]
        low, high = min(column), max(column)
        if low == high:
            divergences.append(0.0)
            continue
        z = [(x - low if sign > 0 else high - x) / (high - low) for x in column]
        shares = [value / sum(z) for value in z]
        entropy = -sum(p * math.log(p) for p in shares if p > 0) / math.log(n)
        divergences.append(1 - entropy)
    return [d / sum(divergences) for d in divergences]


tables = arrays(float, st.tuples(st.integers(3, 8), st.just(3)), elements=st.integers(0, 50).map(float))


@given(tables)
def test_equals_brute_force_and_adds_up(X):
    if not np.ptp(X, axis=0).any():
        return
    sign = np.array([1.0, -1.0, 1.0])
    found = entropy_weights(X, sign)
    np.testing.assert_allclose(found.weights, brute_force(X.tolist(), sign.tolist()), rtol=1e-10, atol=1e-12)
    assert abs(found.weights.sum() - 1) < 1e-12
    index = found.normalised @ found.weights
    assert index.min() >= -1e-12
    assert index.max() <= 1 + 1e-12


@given(tables, st.floats(0.1, 100), st.floats(-50, 50))
def test_scale_and_origin_of_an_indicator_do_not_matter(X, scale, origin):
    if not np.ptp(X, axis=0).any():
        return
    sign = np.ones(3)
    moved = X * scale + origin
    np.testing.assert_allclose(normalise(moved, sign), normalise(X, sign), atol=1e-10)


def test_a_constant_indicator_has_no_weight_and_warns():
    table = reference_table().assign(d=7.0)
    with pytest.warns(DataWarning, match="'d'"):
        result = entropy_index(table, positive=["a", "b", "d"], negative=["c"])
    assert result.weights["d"] == 0
    np.testing.assert_allclose(result.weights[["a", "b", "c"]], aux("entropy")["weights"], rtol=1e-10)


def test_few_years_warn():
    with pytest.warns(DataWarning, match="3 observations for 3 indicators"):
        entropy_index(reference_table().iloc[:3], positive=["a", "b"], negative=["c"])


def test_stability_leaves_one_year_out_at_a_time():
    result = entropy_index(reference_table(), positive=["a", "b"], negative=["c"])
    table = result.stability()
    without_2016 = reference_table().drop(index=2016).to_numpy()
    expected = brute_force(without_2016.tolist(), [1, 1, -1])
    np.testing.assert_allclose(table.loc["2016"], expected, rtol=1e-10)
    growing = result.stability("expanding")
    assert list(growing.index) == ["2017", "2018", "2019"]
    np.testing.assert_allclose(growing.loc["2019"], result.weights, rtol=1e-12)
    with pytest.raises(DataError, match="four observations"), pytest.warns(DataWarning):
        entropy_index(reference_table().iloc[:3], positive=["a", "b"], negative=["c"]).stability()


def test_bad_tables_give_one_clear_error():
    table = reference_table()
    with pytest.raises(LabelError, match="no column 'z'"):
        entropy_index(table, positive=["z"])
    with pytest.raises(LabelError, match="more than once"):
        entropy_index(table, positive=["a"], negative=["a"])
    with pytest.raises(LabelError, match="No indicators"):
        entropy_index(table)
    with pytest.raises(MissingDataError, match="2017 \\| b"):
        entropy_index(table.mask(table == 14.0), positive=["a", "b"])
    with pytest.raises(DataError, match="All indicators are constant"):
        entropy_index(table * 0, positive=["a", "b"])
    with pytest.raises(DataError, match="two observations"):
        entropy_index(table.iloc[:1], positive=["a"])


def test_goes_to_a_file_and_back(tmp_path):
    result = entropy_index(reference_table(), positive=["a", "b"], negative=["c"])
    result.to_netcdf(tmp_path / "index.nc")
    again = mrio.read_netcdf(tmp_path / "index.nc")
    assert again.data.identical(result.data)
    assert "weights add up" in repr(again)
    assert len(result.to_dataframe()) == 15
