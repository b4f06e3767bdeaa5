import warnings

import numpy as np
import pytest

from mrio.errors import MissingExtraError, NotProductiveError, SolverError
from mrio.leontief import Leontief, cluster
from mrio.leontief.cluster import ClusterLeontief
from tests.benchmarks.generator import coefficients

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def client():
    with warnings.catch_warnings():
        # The libraries underneath warn of things that are none of ours.
        warnings.simplefilter("ignore")
        with (
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
            ) as local,
            distributed.Client(local) as client,
        ):
            yield client


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_two_workers_answer_like_one(client):
    A = coefficients(6, 20, seed=1)
    rng = np.random.default_rng(0)
    Y, F = rng.random((120, 33)), rng.random((3, 120))
    alone, many = Leontief(A, 20), ClusterLeontief(A, client, 20)
    X = many.solve(Y)
    np.testing.assert_allclose(X, alone.solve(Y), rtol=1e-13)
    np.testing.assert_allclose(many.solve_left(F), alone.solve_left(F), rtol=1e-13)
    np.testing.assert_allclose(many.solve(Y[:, 0]), alone.solve(Y[:, 0]), rtol=1e-13)
    assert X.report.n_rhs == 33
    assert X.residual < 1e-12
    assert X.error_bound < 1e-11


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_errors_of_the_table_come_back(client):
    with pytest.raises(NotProductiveError, match="Hebei"):
        ClusterLeontief(np.diag([0.5, 1.0]), client, labels=["Tianjin", "Hebei"])


def test_cluster_without_workers():
    class Empty:
        def scheduler_info(self):
            return {"workers": {}}

    with pytest.raises(SolverError, match="no workers"):
        ClusterLeontief(np.eye(2) / 2, Empty())


def test_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"mrio\[cluster\]"):
        cluster.require_workers(None)
