"""Linkages: textbook numbers, brute force with inverses, averages, zero output, files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, LabelError
from mrio.measures.linkages.indices import linkages
from mrio.tables import System
from tests.measures.published import toy
from tests.measures.tables import MONEY, germany, peers, plain, random_system, two_regions, two_sectors


def ghosh(system):
    """Return the Ghosh inverse from output coefficients; idle sectors have unit rows."""
    x = system.arrays.x.ravel()
    Z = np.asarray(system.arrays.Z)
    B = np.divide(Z, x[:, None], out=np.zeros_like(Z), where=x[:, None] != 0)
    return np.linalg.inv(np.eye(x.size) - B)


def test_textbook_two_sectors():
    # Miller and Blair, chapter 2: L = [[1.2541, 0.3300], [0.2640, 1.1221]].
    found = linkages(two_sectors()).data
    np.testing.assert_allclose(found["backward"].values.ravel(), [1.5181, 1.4521], atol=1e-4)
    np.testing.assert_allclose(found["backward_direct"].values.ravel(), [0.35, 0.30], rtol=1e-12)
    np.testing.assert_allclose(found["forward_direct"].values.ravel(), [0.65, 0.15], rtol=1e-12)


def test_textbook_table_of_germany():
    # Eurostat (2008), tables 15.19 and 15.20. Manufacturing is printed as 1.6691 forward, which the table
    # itself does not give (1.6910): it is left out.
    found = linkages(germany()).data
    printed = [1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782]
    np.testing.assert_allclose(found["backward"].values.ravel(), printed, atol=6e-5)
    printed = [2.1126, 1.3558, 1.5848, 2.1037, 1.2106]
    np.testing.assert_allclose(np.delete(found["forward"].values.ravel(), 1), printed, atol=6e-5)


def test_textbook_ghosh_inverse_of_two_sectors():
    # From the printed L: G_ij = L_ij x_j / x_i = [[1.2541, 0.6600], [0.1320, 1.1221]].
    found = linkages(two_sectors()).data
    np.testing.assert_allclose(found["forward"].values.ravel(), [1.9141, 1.2541], atol=1.2e-4)


def test_textbook_two_regions():
    # Miller and Blair, chapter 3: first column of the interregional L.
    found = linkages(two_regions())
    column = np.array([1.4234, 0.6346, 0.6383, 0.2672, 0.1468])
    parts = found.of("backward_by_region").sel(region="L", sector="1")
    np.testing.assert_allclose(parts, [column[:3].sum(), column[3:].sum()], atol=1.5e-4)
    local = found.local("backward").loc[("L", "1")]
    np.testing.assert_allclose(local, [column[:3].sum(), column[3:].sum(), column.sum()], atol=3e-4)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_equal_to_brute_force(seed, idle):
    system = random_system(seed, idle=idle)
    A, L, _, x = plain(system)
    G = ghosh(system)
    found = linkages(system, ["output", "co2"]).data
    f = np.divide(system.accounts["co2"].values.ravel(), x, out=np.zeros_like(x), where=x != 0)
    for account, rate in (("output", np.ones(x.size)), ("co2", f)):
        of = found.sel(account=account)
        np.testing.assert_allclose(of["backward"].values.ravel(), rate @ L, rtol=1e-10)
        np.testing.assert_allclose(of["forward"].values.ravel(), G @ rate, rtol=1e-10)
        for r in range(3):
            rows = slice(3 * r, 3 * r + 3)
            part = of["backward_by_region"].values[r].ravel()
            np.testing.assert_allclose(part, rate[rows] @ L[rows], rtol=1e-10)
            part = of["forward_by_region"].values[r].ravel()
            np.testing.assert_allclose(part, G[:, rows] @ rate[rows], rtol=1e-10)
    np.testing.assert_allclose(found["backward_direct"].values.ravel(), A.sum(0), rtol=1e-10)
    rows = L.sum(axis=1)
    even = found["sensitivity_of_dispersion"].values.ravel()
    np.testing.assert_allclose(even, rows / rows.mean(), rtol=1e-10)
    spread = L.std(axis=0, ddof=1) / L.mean(axis=0)
    np.testing.assert_allclose(found["backward_dispersion"].values.ravel(), spread, rtol=1e-10)
    spread = G.std(axis=1, ddof=1) / G.mean(axis=1)
    np.testing.assert_allclose(found["forward_dispersion"].values.ravel(), spread, rtol=1e-10)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_pure_linkages_are_those_of_the_definition(seed):
    system = random_system(seed, R=2)
    A, _, y, _ = plain(system)
    found = linkages(system).data
    for j in range(6):
        r = [k for k in range(6) if k != j]
        rest = np.linalg.inv(np.eye(5) - A[np.ix_(r, r)])
        own = 1 / (1 - A[j, j])
        back = (rest @ A[r, j]).sum() * own * y[j]
        ahead = own * A[j, r] @ rest @ y[r]
        cell = found.isel(region=j // 3, sector=j % 3)
        np.testing.assert_allclose(cell["pure_backward"], back, rtol=1e-10)
        np.testing.assert_allclose(cell["pure_forward"], ahead, rtol=1e-10)
        np.testing.assert_allclose(cell["pure_total"], back + ahead, rtol=1e-10)


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_normalised_linkages_average_to_one(seed, regions):
    system = random_system(seed, R=regions, idle=True)
    whole = linkages(system, "output").data
    each = linkages(system, "output", within="region").data
    sides = ["backward", "forward", "pure_backward", "pure_forward", "pure_total"]
    for side in ("sensitivity_of_dispersion", *(f"{name}_normalised" for name in sides)):
        np.testing.assert_allclose(whole[side].mean(), 1, rtol=1e-12)
        np.testing.assert_allclose(each[side].mean("sector"), 1, rtol=1e-12)


def test_account_that_a_region_does_not_touch_is_normalised_elsewhere():
    # B neither buys from A nor sells to it, and emits nothing: its linkages of CO2 are zero, also normalised.
    system = System.from_arrays(
        regions=["A", "B"],
        sectors=["s", "t"],
        demand=["final"],
        Z=np.kron(np.eye(2), [[1.0, 2.0], [3.0, 1.0]]),
        Y=np.kron(np.eye(2), [[7.0], [6.0]]),
        V=[6, 7, 6, 7],
        accounts={"co2": ([1.0, 2.0, 0.0, 0.0], "Mt CO2")},
        **MONEY,
    )
    found = linkages(system, "co2", within="region").data
    np.testing.assert_allclose(found["backward_normalised"].mean("sector"), [[1, 0]], rtol=1e-10)
    np.testing.assert_allclose(linkages(system, "co2").data["forward_normalised"].mean(), 1, rtol=1e-10)


def test_sector_without_output_is_its_own_unit():
    system = random_system(5, idle=True)
    found = linkages(system, ["output", "co2"]).data.isel(region=0, sector=-1)
    np.testing.assert_array_equal(found["forward"], [1, 0])
    np.testing.assert_array_equal(found["backward"], [1, 0])
    assert np.isfinite([found["forward_dispersion"], found["pure_total"]]).all()


def test_classes_follow_the_quadrants():
    found = linkages(random_system(3))
    table = found.summary()
    for row, name in zip(table.itertuples(index=False), table["class"], strict=True):
        back, ahead = row[2] > 1, row[3] > 1
        expected = {
            (True, True): "key sector",
            (True, False): "backward oriented",
            (False, True): "forward oriented",
        }
        assert name == expected.get((back, ahead), "weakly linked")
    assert {"key sector", "weakly linked"} <= set(table["class"])
    assert found.plot.key_sectors(region="R1").get_title(loc="left") == "Key sectors of R1, 2017"
    assert len(found.plot.key_sectors_data()) == 9
    pure = found.plot.key_sectors_data(pure=True)
    assert pure.columns.tolist() == ["backward linkage, pure [1]", "forward linkage, pure [1]"]
    both = (pure > 1).all(axis=1)
    assert (found.classes(pure=True)[both] == "key sector").all()
    assert found.plot.key_sectors(pure=True) is not None


def test_file_and_page(tmp_path):
    found = linkages(random_system(1), ["co2", "output"])
    found.to_netcdf(tmp_path / "linkages.nc")
    again = mrio.read_netcdf(tmp_path / "linkages.nc")
    assert again.data.identical(found.data)
    assert again.unit("backward", "co2") == "Mt CO2 per 1e8 CNY"
    assert "add up" in found.adds_up
    assert "gap" in found.checks
    assert "Linkages" in found._repr_html_()
    assert set(found.to_dataframe()["unit"]) == {"Mt CO2 per 1e8 CNY", "1e8 CNY per 1e8 CNY"}


def test_bad_questions_are_named():
    system = random_system(1)
    with pytest.raises(LabelError, match="no account 'steam'"):
        linkages(system, "steam")
    with pytest.raises(DataError, match="each account once"):
        linkages(system, ["co2", "co2"])
    with pytest.raises(ValueError, match="within='sector'"):
        linkages(system, within="sector")
    with pytest.raises(DataError, match="not measured"):
        linkages(system).of("backward", "co2")
    with pytest.raises(DataError, match="called 'output'"):
        linkages(system.replace(accounts={"output": (np.ones(9), "t coal")}))


@peers
@pytest.mark.parametrize("period", ["IO", "IO2"])
def test_toy_table_of_the_peers(period):
    # Two regions, five sectors; columns do not balance, which linkages do not need.
    system = toy(period)
    Z, x = np.asarray(system.arrays.Z), system.arrays.x.ravel()
    found = linkages(system).data
    L, G = np.linalg.inv(np.eye(10) - Z / x), np.linalg.inv(np.eye(10) - Z / x[:, None])
    np.testing.assert_allclose(found["backward"].values.ravel(), L.sum(0), rtol=1e-10)
    np.testing.assert_allclose(found["forward"].values.ravel(), G.sum(1), rtol=1e-10)
    mean = L.sum(0).mean()
    np.testing.assert_allclose(found["backward_normalised"].values.ravel(), L.sum(0) / mean, rtol=1e-10)
