import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrio import bundled
from mrio.classification import (
    CLASSIFICATIONS,
    chinese_names,
    load_classification,
    load_concordance,
    provinces,
    sector_classes,
)
from mrio.errors import DataError, FileError, LabelError, MissingDataError
from mrio.readers.china.sic import REGIONS as SIC_REGIONS

TO_H39 = ("nbs2007_42", "nbs2007_135", "nbs2012_42", "nbs2012_139", "nbs2017_42", "nbs2017_149")
DATA = os.environ.get("MRIO_DATA_DIR")
real = pytest.mark.skipif(DATA is None, reason="MRIO_DATA_DIR is not set")


@pytest.mark.parametrize("name", CLASSIFICATIONS)
def test_codes_and_names_are_unique(name):
    c = load_classification(name)
    assert len(set(c.codes)) == len(c)
    assert len(set(c.names_en)) == len(c)
    assert len(set(c.names_zh)) == (0 if name == "ceads47" else len(c))


@pytest.mark.parametrize(
    ("name", "size"), [("h39", 39), ("nbs2007_135", 135), ("nbs2012_139", 139), ("nbs2017_149", 149)]
)
def test_sizes(name, size):
    assert len(load_classification(name)) == size


@pytest.mark.parametrize("name", TO_H39)
def test_every_sector_goes_whole_into_one_and_every_target_is_reached(name):
    c = load_concordance(name, "h39")
    assert c.splits == ()
    assert (c.members.sum(axis=1) == 1).all()
    assert c.members.any(axis=0).all()


@pytest.mark.parametrize("year", [2007, 2012, 2017])
def test_42_sectors_follow_the_numbers_of_the_sector_classes(year):
    c = load_concordance(f"nbs{year}_42", "h39")
    for code, numbers in sector_classes()[f"no_{year}"].items():
        rows = [int(number) - 1 for number in numbers.split("+")]
        expected = np.zeros(42, dtype=bool)
        expected[rows] = True
        np.testing.assert_array_equal(c.members[:, c.target_codes.index(code)], expected)


@pytest.mark.parametrize(("year", "size"), [(2007, 135), (2012, 139), (2017, 149)])
def test_detail_agrees_with_the_way_over_42_sectors(year, size):
    detail = f"nbs{year}_{size}"
    way = (
        load_concordance(detail, f"nbs{year}_42").shares() @ load_concordance(f"nbs{year}_42", "h39").shares()
    )
    np.testing.assert_array_equal(way, load_concordance(detail, "h39").shares())


@pytest.mark.parametrize(
    ("source", "code", "target"),
    [
        ("nbs2017_149", "105", "h26"),  # wholesale, whose English label is shifted in the published table
        ("nbs2017_149", "106", "h26"),
        ("nbs2007_135", "089", "h20"),  # office machinery
        ("nbs2012_139", "069", "h16"),
        ("nbs2007_135", "090", "h21"),  # arts and crafts
        ("nbs2017_149", "039", "h10"),
        ("nbs2007_135", "128", "h37"),  # social security
        ("nbs2012_139", "138", "h39"),
    ],
)
def test_traps(source, code, target):
    c = load_concordance(source, "h39")
    row = c.members[c.source_codes.index(code)]
    assert [c.target_codes[k] for k in np.flatnonzero(row)] == [target]


def test_ceads_splits_services_only_and_leaves_households_out():
    c = load_concordance("ceads47", "h39")
    assert c.splits == ("44", "45")
    assert len(c.source_codes) == 45
    assert c.members[-1].sum() == 11
    assert c.members.any(axis=0).all()


def test_shares_against_hand_calculation():
    c = load_concordance("ceads47", "h39")
    w = np.zeros((2, 39))
    w[:, 25], w[:, 27], w[:, 28] = [3.0, 1.0], [1.0, 1.0], [2.0, 5.0]
    s = c.shares(w)
    assert s.shape == (2, 45, 39)
    np.testing.assert_allclose(s[:, 43, 25], [0.75, 0.5], rtol=1e-15)
    np.testing.assert_allclose(s[:, 44, 28], 1.0, rtol=1e-15)
    # Coal mining has no weight, and is not split: it keeps its whole.
    np.testing.assert_array_equal(s[:, 1, 1], 1.0)


@given(st.lists(st.floats(1e-3, 1e3), min_size=39, max_size=39), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_aggregation_keeps_the_sum(weights, seed):
    c = load_concordance("ceads47", "h39")
    values = np.random.default_rng(seed).normal(size=(3, 45, 2))
    out = c.aggregate(values, axis=1, weights=np.array(weights))
    assert out.shape == (3, 39, 2)
    np.testing.assert_allclose(out.sum(axis=1), values.sum(axis=1), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (None, "needs weights"),
        (np.ones(38), "do not have the sectors"),
        (np.where(np.arange(39) == 26, 1.0, np.nan), "negative or not finite"),
        (np.where(np.arange(39) == 30, -1.0, 1.0), "negative or not finite"),
        (np.zeros(39), "weights are all zero"),
    ],
)
def test_bad_weights(weights, message):
    with pytest.raises(DataError, match=message):
        load_concordance("ceads47", "h39").shares(weights)


def test_a_weight_that_no_split_uses_may_be_negative():
    w = np.ones(39)
    w[1] = -5.0
    assert np.isfinite(load_concordance("ceads47", "h39").shares(w)).all()


def test_aggregate_refuses_another_length():
    with pytest.raises(DataError, match="sectors of 'nbs2007_42'"):
        load_concordance("nbs2007_42", "h39").aggregate(np.ones(41))


def test_unknown_names():
    with pytest.raises(LabelError, match="no classification 'isic4'"):
        load_classification("isic4")
    with pytest.raises(LabelError, match="no concordance from 'h39' to 'ceads47'"):
        load_concordance("h39", "ceads47")
    with pytest.raises(FileError, match="is missing"):
        bundled.path("classifications/none.csv")


def test_bundled_files_in_an_installed_package(tmp_path, monkeypatch):
    package = tmp_path / "mrio"
    (package / "data").mkdir(parents=True)
    (package / "data" / "a.csv").write_text("x")
    monkeypatch.setattr(bundled, "_PACKAGE", Path(package))
    assert bundled.path("a.csv") == package / "data" / "a.csv"


def test_provinces_fill_the_regions_of_the_sic_tables():
    p = provinces()
    assert len(p) == 31
    assert p["sic_region"].nunique() == 8
    assert list(p.index[p["uniform_sheet"] == ""]) == ["Tibet"]
    assert p["own_sheet"].ne("").sum() == 30


@real
@pytest.mark.parametrize(("year", "size", "tolerance"), [(2007, 135, 1e-8), (2017, 149, 1e-13)])
def test_detailed_national_table_aggregates_to_the_official_one_of_42_sectors(year, size, tolerance):
    folder = Path(DATA)
    with np.load(folder / f"nbs_national/china_{year}_{size}.npz", allow_pickle=True) as f:
        Z, x = f["Z"], f["x"]
    if year == 2007:
        with np.load(folder / "nbs_provincial_2007/prov_io_2007_31x42.npz") as f:
            Z42, x42 = f["Z"][0], f["x"][0]
    else:
        with np.load(folder / "nbs_national/china_2017_42.npz", allow_pickle=True) as f:
            Z42, x42 = f["Zd"] + f["Zm"], f["x"]
    c = load_concordance(f"nbs{year}_{size}", f"nbs{year}_42")
    # The outputs of the two published tables of 2007 differ by 7e-9.
    np.testing.assert_allclose(c.aggregate(x), x42, rtol=tolerance)
    np.testing.assert_allclose(c.aggregate(c.aggregate(Z), axis=1), Z42, rtol=1e-10, atol=1e-10 * Z42.max())


@real
def test_42_sectors_of_2007_aggregate_to_the_sic_output():
    folder = Path(DATA)
    with np.load(folder / "nbs_provincial_2007/prov_io_2007_31x42.npz") as f:
        x42 = f["x"][0]
    for size in (17, 8):
        with np.load(folder / f"sic_irio_2002_2007/sic_irio_2007_8x{size}.npz") as f:
            x = f["x"].reshape(8, size).sum(axis=0)
        found = load_concordance("nbs2007_42", "sic17").aggregate(x42)
        if size == 8:
            found = load_concordance("sic17", "sic8").aggregate(found)
        # The interregional table rounds the national outputs at 1e-7.
        np.testing.assert_allclose(found, x, rtol=2e-7)


def test_chinese_names_are_distinct_within_each_classification():
    names = chinese_names()
    assert all(names.values())
    for name in CLASSIFICATIONS:
        own = load_classification(name)
        new = [names[label] for label in own.names_en] if own.names_zh else []
        assert len(set(new)) == len(set(own.names_en)) or not new, name
    assert len({names[name] for name in provinces().index}) == 31
    assert {names[region] for region in provinces()["sic_region"]} <= {
        chinese for _, chinese in SIC_REGIONS.values()
    }


def test_sectors_in_another_order_are_refused():
    concordance = load_concordance("nbs2007_42", "h39")
    names = load_classification("nbs2007_42").names_en
    values = np.arange(42.0)
    for labels in (concordance.source_codes, names):
        frame = pd.Series(values, index=list(labels))
        np.testing.assert_array_equal(concordance.aggregate(frame), concordance.aggregate(values))
        with pytest.raises(LabelError, match="labels of sectors differ"):
            concordance.aggregate(frame.iloc[::-1])


def test_cells_that_would_spread():
    concordance = load_concordance("nbs2007_42", "h39")
    values = np.ones(42)
    values[3] = np.nan
    with pytest.raises(MissingDataError, match="one sector would pass on to all"):
        concordance.aggregate(values)
    with pytest.raises(MissingDataError, match="no number"):
        concordance.aggregate(["1"] * 42)
    for wrong, axis in ((5.0, 0), (np.ones(42), 3)):
        with pytest.raises(DataError, match="does not have the sectors"):
            concordance.aggregate(wrong, axis=axis)
