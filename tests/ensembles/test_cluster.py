"""A dask cluster gives the same bits as one process."""

import warnings
from functools import partial

import pytest

import mrio
from mrio.ensembles import cluster
from tests.ensembles.measures import failing, move_and_clean, total

distributed = pytest.importorskip("distributed")

GRID = {"share": [0.0, 0.3, 0.5], "factor": [1.0, 0.8]}


@pytest.fixture(scope="module", params=["processes", "threads"])
def client(request):
    with warnings.catch_warnings():
        # The libraries underneath warn of things that are none of ours.
        warnings.simplefilter("ignore")
        many = request.param == "processes"
        with (
            distributed.LocalCluster(
                n_workers=2 if many else 1,
                threads_per_worker=1 if many else 2,
                processes=many,
                dashboard_address=None,
            ) as local,
            distributed.Client(local) as client,
        ):
            yield client


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_two_workers_give_the_same(table, worked, client, tmp_path):
    alone = mrio.sweep(table, move_and_clean, GRID)
    path = tmp_path / "sweep.nc"
    many = mrio.sweep(table, move_and_clean, GRID, client=client, to=path)
    assert many.data.identical(alone.data)
    assert mrio.read_netcdf(path).data.identical(alone.data)
    pair = [mrio.perturb(one, 0.1, n=7, seed=2) for one in (worked.a, worked.b)]
    measure = partial(mrio.decompose, account=["value_added", "co2"], spread=False)
    alone = mrio.monte_carlo(pair, measure)
    assert mrio.monte_carlo(pair, measure, client=client).data.identical(alone.data)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_an_error_on_a_worker_names_the_run(table, client):
    grid = {"share": [0.0], "factor": [1.0, 0.9, 0.8, 0.7]}
    measure = partial(failing, at=0.75 * total(table))
    with pytest.raises(mrio.MrioError, match=r"run 3 of 4 \(share=0.0, factor=0.7\)"):
        mrio.sweep(table, move_and_clean, grid, measure, client=client)


def test_a_lost_run_is_named(table):
    job = cluster.Job

    class Named(job):
        def name(self, number):
            return f"run {number}"

    outcome = cluster._lost(Named(), 4, (None, KeyError("gone"), None))
    assert "run 4" in str(outcome.error)
    assert "KeyError: 'gone'" in str(outcome.error)


def test_a_cluster_without_workers_is_told(table):
    class Empty:
        def scheduler_info(self):
            return {"workers": {}}

    with pytest.raises(mrio.MrioError, match="no workers"):
        mrio.sweep(table, move_and_clean, GRID, client=Empty())
