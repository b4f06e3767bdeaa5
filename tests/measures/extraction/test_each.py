"""Extraction of everything in turn: one by one, by hand, rests that are not productive, files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrio
from mrio.errors import NotProductiveError
from mrio.measures.extraction.each import extract_each
from mrio.measures.extraction.hypothetical import extract
from mrio.tables import System
from tests.measures.tables import MONEY, random_system, two_regions, two_sectors


def test_textbook_two_sectors():
    # With the printed L and x = (1000, 2000): m_j x_j / L_jj, m = (1.5181, 1.4521), L_jj = (1.2541, 1.1221).
    lost = extract_each(two_sectors(), accounts="output").data["loss"].values.ravel()
    np.testing.assert_allclose(lost, [1.5181 * 1000 / 1.2541, 1.4521 * 2000 / 1.1221], rtol=2e-4)
    # By the definition: without sector 2 the other one makes 350 / 0.85.
    np.testing.assert_allclose(lost[1], 3000 - 350 / 0.85, rtol=1e-12)


@settings(deadline=None, max_examples=20)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(["complete", "backward", "forward"]),
    st.sampled_from(["region-sector", "sector", "region"]),
)
def test_all_at_once_equal_one_by_one(seed, kind, each):
    system = random_system(seed)
    many = extract_each(system, each, kind)
    for r in system.regions if "region" in each else [None]:
        for s in system.sectors if "sector" in each else [None]:
            one = extract(system, r, s, kind=kind).data["loss"].sum("sector")
            where = {"extracted_region": r} if r else {}
            where |= {"extracted_sector": s} if s else {}
            scale = float(np.abs(one).max())
            np.testing.assert_allclose(many.data["loss"].sel(where).values, one.values, atol=1e-10 * scale)


def signed(giant):
    """Return a table that needs scrap to be productive, beside a giant that loses more than all others."""
    A = np.array([[1.05, 0.6, 0.1, 0], [-0.4, 0.1, 0.1, 0], [0.1, 0.1, 0.2, 0], [0, 0, 0, 0.5]])
    x = np.array([100.0, 100, 100, giant])
    return System.from_arrays(
        regions=["A"],
        sectors=["steel", "scrap", "other", "giant"],
        demand=["final"],
        Z=A * x,
        Y=(x - A @ x)[:, np.newaxis],
        V=x - (A * x).sum(axis=0),
        **MONEY,
    )


@pytest.mark.parametrize("each", ["region-sector", "sector"])
@pytest.mark.parametrize("kind", ["complete", "backward", "forward"])
@pytest.mark.parametrize("giant", [1.0, 1e6])
def test_rest_that_is_not_productive_is_named(each, kind, giant):
    with pytest.raises(NotProductiveError, match=r"without .*scrap is not productive") as raised:
        extract_each(signed(giant), each, kind)
    assert "A | steel" in str(raised.value)


def test_negative_coefficients_that_do_no_harm_are_let_pass():
    A = np.array([[0.3, 0.2, 0.1], [-0.1, 0.1, 0.1], [0.1, 0.1, 0.2]])
    x = np.array([100.0, 80, 60])
    system = System.from_arrays(
        regions=["A"],
        sectors=["a", "b", "c"],
        demand=["final"],
        Z=A * x,
        Y=(x - A @ x)[:, np.newaxis],
        V=x - (A * x).sum(axis=0),
        **MONEY,
    )
    lost = extract_each(system, accounts="output").data["loss"].values.ravel()
    for j in range(3):
        r = np.delete(np.arange(3), j)
        left = np.linalg.solve(np.eye(2) - A[np.ix_(r, r)], (x - A @ x)[r])
        assert lost[j] == pytest.approx(x.sum() - left.sum(), rel=1e-11)


def test_pictures_files_and_words(tmp_path):
    many = extract_each(two_regions(), "sector", accounts=["co2", "output"])
    many.to_netcdf(tmp_path / "many.nc")
    assert mrio.read_netcdf(tmp_path / "many.nc").data.identical(many.data)
    assert many.plot.largest(most=2) is not None
    assert "do not" in many.adds_up
    assert extract_each(two_regions(), "region").summary().columns[2] == "others [1e8 CNY]"


def test_bad_questions_are_named():
    system = random_system(1)
    with pytest.raises(ValueError, match="extract_each knows"):
        extract_each(system, kind="supply")
    with pytest.raises(ValueError, match="each='city'"):
        extract_each(system, "city")
