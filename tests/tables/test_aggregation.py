"""Aggregation: totals, CSV concordances, records, and what it does not change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

import mrio
from mrio.errors import LabelError
from mrio.schema import SYSTEM_DIMS
from mrio.tables import System
from tests.compare import assert_close, level, money
from tests.strategies import pairs, with_twin

REGIONS = {"BJ": "BTH", "TJ": "BTH", "HE": "BTH", "RC": "RC"}
SECTORS = {"RES": "goods", "SRV": "services", "TEC": "goods"}


def test_by_hand(worked):
    small = worked.a.aggregate(REGIONS, SECTORS)
    assert small.regions == ("BTH", "RC")
    assert small.sectors == ("goods", "services")
    full = worked.a.arrays.Z.reshape(4, 3, 4, 3)
    Z = small.arrays.Z.reshape(2, 2, 2, 2)
    assert Z[0, 0, 1, 1] == pytest.approx(full[:3, :2, 3, 2].sum(), rel=1e-14)
    assert Z[0, 0, 0, 0] == pytest.approx(full[:3, :2, :3, :2].sum(), rel=1e-14)
    assert small.arrays.imports_Z[1, 0, 0] == pytest.approx(
        worked.a.arrays.imports_Z[2, :3, :2].sum(), rel=1e-14
    )
    assert_close(small.population, [worked.a.arrays.population[:3].sum(), worked.a.arrays.population[3]])
    assert small.period == worked.a.period
    assert small.price_basis == worked.a.price_basis


@given(pairs(), st.integers(1, 4), st.integers(1, 4))
def test_totals_are_kept(pair, region_groups, sector_groups):
    a, _ = pair.systems()
    regions = {name: f"R{k % region_groups}" for k, name in enumerate(a.regions)}
    sectors = {name: f"S{k % sector_groups}" for k, name in enumerate(a.sectors)}
    small = a.aggregate(regions, sectors)
    for name in SYSTEM_DIMS:
        values = getattr(a.arrays, name)
        if values is None:
            assert getattr(small.arrays, name) is None
        else:
            assert_close(getattr(small.arrays, name).sum(), values.sum(), money(a, a), what=name)
    for name in a.account_names:
        assert_close(small.account(name).total(), a.account(name).total(), level(a, a, name), what=name)
    assert small.check()["row balance"].passed
    if a.check()["column balance"].passed:
        assert small.check()["column balance"].passed


def test_one_dim_alone_and_nothing_at_all(worked):
    assert worked.a.aggregate(sectors=SECTORS).regions == worked.a.regions
    assert worked.a.aggregate(regions=REGIONS).sectors == worked.a.sectors
    same = worked.a.aggregate()
    np.testing.assert_array_equal(same.arrays.Z, worked.a.arrays.Z)


def test_a_csv_concordance(worked, tmp_path):
    path = tmp_path / "regions.csv"
    path.write_text("region,name,target\nBJ,Beijing,BTH\nTJ,Tianjin,BTH\nHE,Hebei,BTH\nRC,Rest,RC\n")
    np.testing.assert_array_equal(worked.a.aggregate(path).arrays.Z, worked.a.aggregate(REGIONS).arrays.Z)


def test_the_record_says_what_went_where(worked):
    step = worked.a.aggregate(REGIONS, SECTORS).provenance.steps[-1]
    assert step.action == "aggregated"
    assert step.details["after"] == "2 regions x 2 sectors"
    assert step.details["regions"] == {"BJ": "BTH", "TJ": "BTH", "HE": "BTH"}


def test_a_sparse_table_stays_sparse(worked):
    Z = sparse.csr_array(np.asarray(worked.a.arrays.Z))
    small = worked.a.replace(Z=Z).aggregate(REGIONS, SECTORS)
    assert sparse.issparse(small.arrays.Z)
    assert_close(small.arrays.Z.toarray(), worked.a.aggregate(REGIONS, SECTORS).arrays.Z)


def test_labels_that_are_left_out(worked):
    with pytest.raises(LabelError, match="does not cover all regions") as caught:
        worked.a.aggregate({"BJ": "BTH", "TJ ": "BTH", "HE": "BTH", "RC": "RC"})
    assert "near: 'TJ '" in caught.value.where


@pytest.mark.parametrize("dim", ["region", "sector"])
@given(pair=pairs())
def test_merging_twins_keeps_effects_and_transfers(dim, pair):
    twins = [System.from_arrays(**with_twin(given_, dim)) for given_ in (pair.a, pair.b)]
    labels = twins[0].regions if dim == "region" else twins[0].sectors
    into = {name: labels[-2] if name == "twin" else name for name in labels}
    small = [table.aggregate(**{f"{dim}s": into}) for table in twins]
    plain = pair.systems()
    one, other = mrio.decompose(*plain, spread=False), mrio.decompose(*small, spread=False)
    assert_close(other.effects, one.effects, level(*plain, "value_added"))
    if dim == "sector":
        bias = mrio.aggregation_bias(*twins, sectors=into)
        assert_close(bias.direct(), np.zeros(bias.direct().shape), money(*plain))
        effect = bias.impact("co2")
        assert_close(effect, np.zeros(effect.shape), level(*plain, "co2"))


def test_bias_is_fine_added_up_less_coarse(worked, tmp_path):
    bias = mrio.aggregation_bias(worked.a, worked.b, REGIONS, SECTORS)
    fine = mrio.measure_transfer(worked.a, worked.b)
    coarse = mrio.measure_transfer(worked.a.aggregate(REGIONS, SECTORS), worked.b.aggregate(REGIONS, SECTORS))
    flows = fine.direct.sum("use")
    goods = flows.sel(sector=["RES", "TEC"]).sum("sector")
    expected = goods.sel(from_region="RC", to_region=["BJ", "TJ", "HE"]).sum()
    found = bias.direct("fine").sel(from_region="RC", to_region="BTH", sector="goods")
    assert_close(found, expected)
    own = coarse.direct.sum("use").sel(from_region="RC", to_region="BTH", sector="goods")
    assert_close(bias.direct().sel(from_region="RC", to_region="BTH", sector="goods"), expected - own)
    within = goods.sel(from_region=["BJ", "TJ", "HE"], to_region=["BJ", "TJ", "HE"]).sum()
    services = flows.sel(sector="SRV", from_region=["BJ", "TJ", "HE"], to_region=["BJ", "TJ", "HE"]).sum()
    assert_close(bias.table().loc["BTH", ("within", "fine")], within + services)
    effect = fine.impact("co2").sel(region=["BJ", "TJ", "HE"]).sum()
    assert_close(bias.table("co2").loc["BTH", "fine"], effect)
    assert_close(bias.table("co2").loc["BTH", "coarse"], coarse.impact("co2").sel(region="BTH").sum())
    assert "Aggregation bias" in repr(bias)
    bias.to_netcdf(tmp_path / "bias.nc")
    assert mrio.read_netcdf(tmp_path / "bias.nc").data.identical(bias.data)
    with pytest.raises(ValueError, match="'coarse'"):
        bias.direct("rough")
    with pytest.raises(ValueError, match="sourcing"):
        mrio.aggregation_bias(worked.a, worked.b, REGIONS, method="demand")
