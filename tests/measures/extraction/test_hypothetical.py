"""Extraction: brute force with inverses, everything lost, replacement, singular rests, files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, LabelError, NotProductiveError
from mrio.measures.extraction.hypothetical import chosen_rows, extract
from mrio.tables import System
from tests.measures.tables import MONEY, plain, random_system, two_regions, two_sectors

I9 = np.eye(9)


def brute(system, S, kind):
    """Return output without S by the definition of each kind."""
    A, _, y, x = plain(system)
    r = np.setdiff1d(np.arange(x.size), S)
    unit = np.eye(x.size)
    changed, demand = A.copy(), y.copy()
    if kind == "complete":
        left = np.zeros(x.size)
        left[r] = np.linalg.solve(unit[np.ix_(r, r)] - A[np.ix_(r, r)], y[r])
        return left
    if kind == "backward":
        changed[:, S] = 0
    elif kind == "forward":
        changed[S] = 0
    elif kind == "isolation":
        changed[np.ix_(S, r)], changed[np.ix_(r, S)] = 0, 0
    elif kind == "supply":
        Z = np.asarray(system.arrays.Z)
        B = np.divide(Z, x[:, None], out=np.zeros_like(Z), where=x[:, None] != 0)
        B[S] = 0
        return (x - Z.sum(axis=0)) @ np.linalg.inv(unit - B)
    return np.linalg.solve(unit - changed, demand)


def test_textbook_total_linkage_of_two_sectors():
    # Without sector 1: x2 = 1700 / (1 - 0.05); by hand.
    lost = extract(two_sectors(), sector="1", accounts="output")
    np.testing.assert_allclose(lost.data["loss"].values.ravel(), [1000, 2000 - 1700 / 0.95], rtol=1e-12)
    # What sector 2 still asks sector 1 for: 0.25 a unit of output; final users 350.
    served = lost.data["unserved"].values.ravel()
    np.testing.assert_allclose(served, [0.25 * 1700 / 0.95 + 350, 0], rtol=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["complete", "backward", "forward", "supply", "isolation"]))
def test_equal_to_brute_force(seed, kind):
    system = random_system(seed, idle=True)
    x = system.arrays.x.ravel()
    for question in ({"region": "R1"}, {"sector": "S0"}, {"region": ["R0", "R2"], "sector": ["S1", "S2"]}):
        S = chosen_rows(system, question.get("region"), question.get("sector"))
        lost = extract(system, **question, kind=kind)
        expected = x - brute(system, S, kind)
        np.testing.assert_allclose(lost.of("loss", "output").values.ravel(), expected, atol=1e-10 * x.max())
        rate = system.accounts["co2"].intensity(system.arrays.x)
        np.testing.assert_allclose(
            lost.of("loss", "co2").values, rate * expected.reshape(3, 3), atol=1e-10 * rate.max() * x.max()
        )


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_extraction_of_everything_loses_everything(seed):
    system = random_system(seed)
    lost = extract(system, region=list(system.regions))
    np.testing.assert_allclose(lost.data["loss"], lost.data["before"], rtol=1e-12)
    y = system.arrays.final_demand
    np.testing.assert_allclose(lost.data["unserved"], y, rtol=1e-12)
    np.testing.assert_allclose(lost.share("co2"), 1, rtol=1e-12)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_flows_by_brute_force(seed):
    system = random_system(seed)
    A, _, y, x = plain(system)
    changed, demand = A.copy(), y.copy()
    changed[3:6, 0:3] = 0
    demand[3:6] -= system.arrays.Y.reshape(9, 3, 2)[3:6, 0].sum(axis=1)
    left = np.linalg.solve(I9 - changed, demand)
    lost = extract(system, region="R1", to_region="R0", accounts="output").data
    np.testing.assert_allclose(lost["loss"].values.ravel(), x - left, atol=1e-10 * x.max())
    missing = A[3:6, 0:3] @ left[:3] + (y - demand)[3:6]
    np.testing.assert_allclose(lost["unserved"].values[1], missing, rtol=1e-10)
    # One cell: only intermediate sales of one supplier to one sector in all regions.
    changed = A.copy()
    changed[4, [2, 5, 8]] = 0
    left = np.linalg.solve(I9 - changed, y)
    lost = extract(system, "R1", "S1", to_sector="S2", accounts="output").data["loss"]
    np.testing.assert_allclose(lost.values.ravel(), x - left, atol=1e-10 * x.max())


def replaced(matrix, row, twins):
    """Hand a row over to its twins, cell by cell."""
    result, unserved = matrix.copy(), np.zeros(matrix.shape[1])
    for b in range(matrix.shape[1]):
        present = matrix[twins, b].sum()
        if present > 0:
            result[twins, b] += matrix[row, b] * matrix[twins, b] / present
        else:
            unserved[b] = matrix[row, b]
        result[row, b] = 0
    return result, unserved


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["complete", "forward"]))
def test_other_regions_take_over(seed, kind):
    system = random_system(seed)
    A, _, y, x = plain(system)
    Y = np.column_stack([system.arrays.Y.reshape(9, -1), system.arrays.exports.ravel()])
    changed, missing = replaced(A, 4, [1, 7])
    if kind == "complete":
        final, final_missing = replaced(Y, 4, [1, 7])
        stocks = system.arrays.stock_change.ravel().copy()
        stocks[4] = 0
        demand = final.sum(axis=1) + stocks
    else:
        demand, final_missing = y, np.zeros(1)
    left = np.linalg.solve(I9 - changed, demand)
    lost = extract(system, "R1", "S1", kind=kind, replacement="regions", accounts="output").data
    np.testing.assert_allclose(lost["loss"].values.ravel(), x - left, atol=1e-10 * x.max())
    unserved = missing @ left + final_missing.sum()
    np.testing.assert_allclose(lost["unserved"].values[1, 1], unserved, atol=1e-10 * x.max())
    if kind == "complete":
        assert lost["loss"].values[0, 1, 1] == pytest.approx(x[4], rel=1e-10)


def test_flow_handed_to_other_regions_keeps_what_buyers_get():
    system = random_system(8)
    plain_cut = extract(system, "R1", to_region="R0", replacement="abroad")
    handed = extract(system, "R1", to_region="R0", replacement="regions")
    total = [float(found.of("loss", "output").sum()) for found in (plain_cut, handed)]
    assert abs(total[1]) < abs(total[0])
    assert "imported instead" in plain_cut.data["unserved"].attrs["long_name"]
    assert handed.data.attrs["replacement"] == "regions"


def test_rest_that_is_not_productive_is_named():
    # A negative coefficient keeps the whole productive; without sector 2 the rest would need 1.05 of itself.
    A = np.array([[1.05, 0.6, 0.1], [-0.4, 0.1, 0.1], [0.1, 0.1, 0.2]])
    x = np.array([100.0, 100, 100])
    y = x - A @ x
    system = System.from_arrays(
        regions=["A"],
        sectors=["steel", "scrap", "other"],
        demand=["final"],
        Z=A * x,
        Y=y[:, None],
        V=x - (A * x).sum(0),
        **MONEY,
    )
    assert system.leontief.spectral_radius() < 1
    with pytest.raises(NotProductiveError, match="without scrap is not productive") as raised:
        extract(system, sector="scrap")
    assert "A | steel" in str(raised.value)


def test_pictures_files_and_words(tmp_path):
    lost = extract(two_regions(), region="L", sector="1")
    lost.to_netcdf(tmp_path / "one.nc")
    assert mrio.read_netcdf(tmp_path / "one.nc").data.identical(lost.data)
    assert lost.summary().index.tolist() == ["L", "M", "all regions"]
    assert "L | 1" in lost.title
    assert lost.plot.losses("co2").get_title(loc="left") == "co2 lost without L | 1"


def test_bad_questions_are_named():
    system = random_system(1)
    with pytest.raises(DataError, match="Nothing to take out"):
        extract(system)
    with pytest.raises(LabelError, match="no region 'Mars'"):
        extract(system, region="Mars")
    with pytest.raises(DataError, match="A flow has one kind"):
        extract(system, "R1", to_region="R0", kind="backward")
    with pytest.raises(DataError, match="cannot be replaced"):
        extract(system, "R1", kind="supply", replacement="abroad")
    with pytest.raises(ValueError, match="kind='total'"):
        extract(system, "R1", kind="total")
