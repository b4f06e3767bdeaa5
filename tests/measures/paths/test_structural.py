"""Structural paths and layers: against all paths by brute force, exact coverage, nothing lost by pruning."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import mrio
from mrio.errors import DataError, LabelError, NotProductiveError
from mrio.leontief import Leontief
from mrio.measures.paths.search import Wanted, largest_paths
from mrio.measures.paths.structural import path_bound, structural_paths
from mrio.tables import System
from tests.measures.tables import MONEY, plain, random_system, two_sectors


def all_paths(A, f, y, depth):
    """Return every path up to a depth with its contribution, final product first."""
    found = {}
    for length in range(1, depth + 2):
        for chain in product(range(len(f)), repeat=length):
            flow = y[chain[0]]
            for buyer, supplier in pairwise(chain):
                flow *= A[supplier, buyer]
            if flow * f[chain[-1]]:
                found[chain] = flow * f[chain[-1]]
    return found


def test_two_sectors_by_hand():
    found = structural_paths(two_sectors(), "output", top=4)
    # y = (350, 1700): the products themselves, then 0.25 * 1700 and 0.2 * 350.
    np.testing.assert_allclose(found.data["contribution"], [1700, 425, 350, 85], rtol=1e-10)
    assert found.summary()["path"].tolist()[1] == "economy 1 > economy 2"
    np.testing.assert_allclose(found.coverage, (1700 + 425 + 350 + 85) / 3000, rtol=1e-10)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_top_paths_are_the_largest_of_all(seed, top):
    system = random_system(seed, R=2, N=2)
    A, L, y, _ = plain(system)
    f = system.accounts["co2"].intensity(system.arrays.x).ravel()
    everything = np.array(list(all_paths(A, f, y, 5).values()))
    found = structural_paths(system, "co2", top=top, max_depth=5)
    sizes = np.sort(np.abs(everything))[::-1][:top]
    np.testing.assert_allclose(np.abs(found.data["contribution"]), sizes, rtol=1e-10)
    np.testing.assert_allclose(found.total, f @ L @ y, rtol=1e-10)
    assert found.cut <= sizes[-1] * (1 + 1e-12)


def test_other_accounts_along_the_same_paths():
    system = random_system(8)
    found = structural_paths(system, "co2", also=["jobs", "output"], top=9)
    alone = structural_paths(system, "co2", top=9)
    np.testing.assert_array_equal(found.data["contribution"], alone.data["contribution"])
    np.testing.assert_allclose(found.of("carried", "co2"), found.data["contribution"], rtol=1e-12)
    A, _, y, x = plain(system)
    jobs = system.accounts["jobs"].values.ravel() / x
    for chain, carried in zip(found.chains(), found.of("carried", "jobs").values, strict=True):
        rows = [int(region[1:]) * 3 + int(sector[1:]) for region, sector in chain]
        flow = y[rows[0]] * np.prod([A[supplier, buyer] for buyer, supplier in pairwise(rows)])
        assert carried == pytest.approx(jobs[rows[-1]] * flow, rel=1e-12)
    assert found.summary().columns[-2:].tolist() == ["jobs [1e4 person]", "output [1e8 CNY]"]
    assert structural_paths(system, "co2", also="jobs", top=1).accounts == ("co2", "jobs")


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_threshold_finds_all_above_it_and_only_those(seed):
    system = random_system(seed, R=2, N=2)
    A, _, y, x = plain(system)
    found = structural_paths(system, "output", top=None, threshold=2e-3)
    limit = 2e-3 * abs(x.sum())
    # Flows fall with every step, so six steps hold all paths above the threshold that brute force can list.
    expected = [abs(c) for c in all_paths(A, np.ones(4), y, 6).values() if abs(c) >= limit]
    shallow = found.data["contribution"].where(found.data["depth"] <= 6, drop=True)
    np.testing.assert_allclose(np.sort(np.abs(shallow)), np.sort(expected), rtol=1e-10)
    assert float(np.abs(found.data["contribution"]).min()) >= limit
    assert f"{found.coverage:.2%}" in found.checks


def test_sparse_and_dense_find_the_same():
    rng = np.random.default_rng(3)
    A = rng.random((60, 60)) * (rng.random((60, 60)) < 0.2)
    A *= 0.7 / A.sum(axis=0).max()
    f, y = rng.random(60), rng.normal(size=60)
    bound = np.asarray(Leontief(A).solve_left(f)) * (1 + 1e-9)
    wanted = Wanted(500, 0.0, 30)
    dense = largest_paths(A, f, bound, y, wanted)
    stored = largest_paths(sparse.csr_array(A), f, bound, y, wanted)
    np.testing.assert_allclose(dense.contributions, stored.contributions, rtol=1e-10)
    assert [dense.tree.path(int(k)) for k in dense.nodes] == [stored.tree.path(int(k)) for k in stored.nodes]


def test_many_nodes_are_worked_off_in_pieces(monkeypatch):
    system = random_system(4)
    whole = structural_paths(system, "co2", top=300)
    monkeypatch.setattr("mrio.measures.paths.search._CELLS", 30)
    monkeypatch.setattr("mrio.measures.paths.search._ROWS", 2)
    np.testing.assert_allclose(
        structural_paths(system, "co2", top=300).data["contribution"], whole.data["contribution"], rtol=1e-10
    )
    monkeypatch.setattr("mrio.measures.paths.search._MOST_NODES", 100)
    with pytest.raises(DataError, match="visits too many"):
        structural_paths(system, "co2", top=300)


def test_negative_coefficients_are_bounded_by_their_size():
    op = Leontief(np.array([[0.2, -0.3], [0.1, 0.4]]))
    expected = np.array([1.0, 2.0]) @ np.linalg.inv(np.eye(2) - np.abs(op.A))
    np.testing.assert_allclose(path_bound(op, np.array([1.0, -2.0])), expected, rtol=1e-10)
    with pytest.raises(NotProductiveError):
        path_bound(Leontief(np.array([[1.05, 0.6], [-0.4, 0.1]])), np.ones(2))


def test_limits_of_demand_and_origin():
    system = random_system(6)
    _, L, _, x = plain(system)
    f = system.accounts["co2"].intensity(system.arrays.x).ravel()
    Y = system.arrays.Y
    whole = structural_paths(system, "co2", top=5)
    np.testing.assert_allclose(whole.total, f @ x, rtol=1e-10)
    bought = structural_paths(system, "co2", top=5, final={"use_region": "R1", "demand": "households"})
    np.testing.assert_allclose(bought.total, f @ L @ Y[:, :, 1, 0].ravel(), rtol=1e-10)
    abroad = structural_paths(system, "co2", top=5, final={"demand": "exports", "region": ["R0", "R2"]})
    e = system.arrays.exports.copy()
    e[1] = 0
    np.testing.assert_allclose(abroad.total, f @ L @ e.ravel(), rtol=1e-10)
    here = structural_paths(system, "co2", top=5, origin={"region": "R2", "sector": ["S0", "S1"]})
    np.testing.assert_allclose(here.total, f[6:8] @ x[6:8], rtol=1e-10)
    assert {chain[-1][0] for chain in here.chains()} == {"R2"}
    parts = [
        structural_paths(system, "co2", top=1, final={"demand": name}).total
        for name in ("households", "investment", "exports", "stock_change")
    ]
    np.testing.assert_allclose(sum(parts), whole.total, rtol=1e-10)


def test_pictures_and_files(tmp_path):
    found = structural_paths(random_system(5), "co2", top=12)
    links = found.plot.sankey_data(5)
    arriving = links[links["to_stage"] == 0]["amount"].sum()
    np.testing.assert_allclose(arriving, np.abs(found.data["contribution"][:5]).sum(), rtol=1e-10)
    assert "5 largest paths" in found.plot.sankey(5).get_title(loc="left")
    found.to_netcdf(tmp_path / "paths.nc")
    again = mrio.read_netcdf(tmp_path / "paths.nc")
    assert again.data.identical(found.data)
    assert again.chains() == found.chains()


def test_category_called_like_exports_counts_with_them():
    system = System.from_arrays(
        regions=["A"],
        sectors=["s", "t"],
        demand=["households", "exports"],
        Z=[[1, 2], [3, 1]],
        Y=[[4, 1], [2, 2]],
        exports=[3, 5],
        V=[7, 10],
        accounts={"co2": ([1.0, 2.0], "Mt CO2")},
        **MONEY,
    )
    assert structural_paths(system, "co2", top=3).total == pytest.approx(3, rel=1e-10)
    both = structural_paths(system, "output", top=1, final={"demand": "exports"})
    assert both.data["contribution"].item() == pytest.approx(2 + 5, rel=1e-10)


def test_bad_questions_are_named():
    system = random_system(1)
    with pytest.raises(DataError, match="no end"):
        structural_paths(system, top=None)
    with pytest.raises(LabelError, match="Final demand is limited by name"):
        structural_paths(system, final="R0")
    with pytest.raises(LabelError, match="have no buying region"):
        structural_paths(system, final={"use_region": "R0", "demand": "exports"})
    with pytest.raises(LabelError, match="Where the account arises cannot be limited by 'regions'"):
        structural_paths(system, origin={"regions": "R0"})
    with pytest.raises(LabelError, match="cannot be limited by 'buyer'"):
        structural_paths(system, final={"buyer": "R0"})


def test_path_of_nothing_is_empty():
    system = System.from_arrays(
        regions=["A"],
        sectors=["s", "t"],
        demand=["final"],
        Z=[[0, 1], [1, 0]],
        Y=[[1], [1]],
        V=[1, 1],
        accounts={"co2": ([0, 0], "Mt CO2")},
        **MONEY,
    )
    found = structural_paths(system, "co2")
    assert found.coverage == 0
    assert len(found.summary()) == 0
