"""Value added in trade and decompositions of exports: each term by its published formula, with inverses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrio
from mrio.errors import DataWarning, LabelError
from mrio.measures.trade.content import value_added_trade
from mrio.measures.trade.exports import CATEGORIES, METHODS, decompose_exports
from tests.measures.tables import one_product, random_system
from tests.measures.trade.world import CASES, bm, cases, kww, wwz


def test_nine_terms_by_hand():
    # v = (0.7, 0.6), exports of A 11 + 19, of B 10 + 10; L_AA = 1 / 0.8 and L_BB = 1 / 0.7.
    found = decompose_exports(one_product(), "kww").data["terms"].sel(from_region="A")
    own, other = 0.7 * 14 / 11, 0.7 * 2 / 11
    back, foreign = other * 0.1 / 0.8, 0.6 * 2 / 11
    expected = [own * 19, other * 57, 0, other * 10, back * 50, back * 30]
    expected += [foreign * 19, foreign * 0.1 / 0.7 * 57, foreign * 0.1 / 0.7 * 20]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert sum(expected) == pytest.approx(30, rel=1e-10)


@settings(deadline=None, max_examples=25)
@given(CASES, st.sampled_from(["wwz", "bm_source", "bm_sink"]))
def test_terms_by_exporter_sector_and_importer(case, method):
    system, groups, w = cases(case)
    found = decompose_exports(system, method, groups).data
    terms = found["terms"].values.reshape(found.sizes["term"], 8, -1)
    scale = np.abs(terms).max()
    for s in range(w.G):
        for r in range(w.D):
            if r == s:
                np.testing.assert_array_equal(terms[:, w.rows[s], r], 0)
                continue
            expected = wwz(w, s, r) if method == "wwz" else bm(w, s, r, method == "bm_sink")
            np.testing.assert_allclose(terms[:, w.rows[s], r], expected, atol=1e-10 * scale)
            np.testing.assert_allclose(np.sum(expected, axis=0), w.e(s, r), atol=1e-10 * scale)


@settings(deadline=None, max_examples=25)
@given(CASES)
def test_nine_terms_by_exporter(case):
    system, groups, w = cases(case)
    found = decompose_exports(system, "kww", groups).data
    expected = np.array([kww(w, s) for s in range(w.G)]).T
    np.testing.assert_allclose(found["terms"], expected, atol=1e-10 * np.abs(expected).max())
    np.testing.assert_allclose(found["exports"], [w.exports(s).sum() for s in range(w.G)], rtol=1e-10)


@settings(deadline=None, max_examples=25)
@given(CASES)
def test_methods_agree_on_contents_and_add_to_exports(case):
    system, groups, _ = cases(case)
    tables = {method: decompose_exports(system, method, groups).categories() for method in METHODS}
    trade = value_added_trade(system, groups).summary()
    scale = trade.iloc[:, 0].sum()
    for table in tables.values():
        np.testing.assert_allclose(table.sum(axis=1), trade.iloc[:, 0], atol=1e-10 * scale)
        domestic = table[["VAX", "REF", "DDC"]].sum(axis=1)
        np.testing.assert_allclose(domestic, trade.iloc[:, 1], atol=1e-10 * scale)
        # VAX and domestic value added of a region do not depend on how its exports are split.
        np.testing.assert_allclose(table["VAX"], trade["VAX [1e8 CNY]"], atol=1e-10 * scale)
        np.testing.assert_allclose(table["DDC"], tables["wwz"]["DDC"], atol=1e-10 * scale)
    source, sink = (tables[f"bm_{name}"] for name in ("source", "sink"))
    np.testing.assert_allclose(source["FVA"], sink["FVA"], atol=1e-10 * scale)


def test_columns_that_do_not_balance_leave_an_origin_of_their_own():
    system = random_system(3, balanced=False)
    with pytest.warns(DataWarning, match="unaccounted"):
        found = value_added_trade(system)
    assert found.data["origin"].values.tolist()[-2:] == ["abroad", "unaccounted"]
    total = found.data["content"].sum(["origin"]).values
    np.testing.assert_allclose(total, found.data["exports"].values, rtol=1e-10)
    with pytest.warns(DataWarning, match="unaccounted"):
        split = decompose_exports(system, "bm_sink")
    np.testing.assert_allclose(split.data["terms"].sum("term"), split.data["exports"], rtol=1e-10, atol=1e-10)


def test_one_group_exports_only_abroad():
    system = random_system(3)
    found = decompose_exports(system, "bm_source", {"all": list(system.regions)}).summary()
    np.testing.assert_allclose(found["exports [1e8 CNY]"], system.arrays.exports.sum(), rtol=1e-10)
    assert found["REF [1e8 CNY]"].item() == 0
    assert found["FDC [1e8 CNY]"].item() == pytest.approx(0, abs=1e-9)


def test_participation_by_hand():
    # Of the 30 that A sells, 0.7 / 0.8 a unit of the 19 and of the 0.1 / 0.7 * 57 stays with B.
    found = decompose_exports(one_product(), "bm_source").participation().loc["A"]
    kept = 0.7 / 0.8 * (19 + 0.1 / 0.7 * 57)
    assert found["participation [1e8 CNY]"] == pytest.approx(30 - kept, rel=1e-10)
    assert found["participation [1]"] == pytest.approx(1 - kept / 30, rel=1e-10)
    backward = 30 - 0.7 / 0.8 * 30
    assert found["backward [1e8 CNY]"] == pytest.approx(backward, rel=1e-10)
    assert found["forward [1e8 CNY]"] == pytest.approx(30 - kept - backward, rel=1e-10)
    with pytest.raises(ValueError, match="not of 'wwz'"):
        decompose_exports(one_product(), "wwz").participation()


def test_files_pictures_and_words(tmp_path):
    system = random_system(9)
    trade = value_added_trade(system, {"East": ["R0", "R1"]})
    trade.to_netcdf(tmp_path / "trade.nc")
    assert mrio.read_netcdf(tmp_path / "trade.nc").data.identical(trade.data)
    assert trade.groups == ("East", "R2")
    assert trade.balance().loc[("East", "R2")].iloc[0] == -trade.balance().loc[("R2", "East")].iloc[0]
    assert trade.plot.content() is not None
    assert trade.plot.absorbed() is not None
    for method in METHODS:
        found = decompose_exports(system, method)
        found.to_netcdf(tmp_path / f"{method}.nc")
        assert mrio.read_netcdf(tmp_path / f"{method}.nc").data.identical(found.data)
        assert list(found.categories()) == list(CATEGORIES)
        assert found.plot.categories() is not None
        assert "add up to gross exports" in found.adds_up
    to = decompose_exports(system, "wwz").terms("R2")
    assert to.loc["R2"].abs().sum() == 0
    with pytest.raises(ValueError, match="no terms by importer"):
        decompose_exports(system, "kww").terms("R2")
    with pytest.raises(ValueError, match="method='tiva'"):
        decompose_exports(system, "tiva")
    with pytest.raises(LabelError, match="does not have"):
        decompose_exports(system, groups={"X": ["Mars"]})
