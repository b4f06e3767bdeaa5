"""Tables taken apart and put together again are the same, and share their arrays."""

import numpy as np
import pytest
import scipy.sparse as sp

import mrio
from mrio.ensembles import sharing
from mrio.ensembles.job import DrawsJob
from mrio.ensembles.quantity import Layout, evaluated
from mrio.ensembles.sharing import Order, SharedBlock, put_together, taken_apart
from mrio.tables.formats.netcdf import system_to_dataset
from tests.ensembles.measures import total


def through(table):
    arrays = []
    record = taken_apart(table, arrays)
    return put_together(record, [array.copy() for array in arrays]), arrays


def test_a_table_comes_back(worked, table):
    for system in (worked.a, worked.b, table):
        back, arrays = through(system)
        assert system_to_dataset(back).identical(system_to_dataset(system))
        assert back.provenance == system.provenance
        assert not back.arrays.Z.flags.writeable
        assert any(array is system.arrays.Z for array in arrays)


def test_a_sparse_table_comes_back(table):
    system = table.replace(Z=sp.csr_array(np.array(table.arrays.Z)))
    back, _ = through(system)
    assert sp.issparse(back.arrays.Z)
    np.testing.assert_array_equal(back.arrays.Z.toarray(), system.arrays.Z.toarray())
    np.testing.assert_array_equal(back.arrays.x, system.arrays.x)
    assert total(back) == total(system)


def test_an_ensemble_draws_the_same(table):
    cv = np.full((2, 2, 2, 2), 0.2)
    cv[0] = 0.0
    for errors in (0.1, {"Z": cv, "co2": 0.3}):
        draws = mrio.perturb(table, errors, n=3, seed=8)
        back, arrays = through(draws)
        for one, other in zip(draws, back, strict=True):
            np.testing.assert_array_equal(one.arrays.Z, other.arrays.Z)
            np.testing.assert_array_equal(one.account("co2").values, other.account("co2").values)
        assert back.words == draws.words
        # One error for all cells takes no array of the size of Z.
        assert sum(array.size == 16 for array in arrays) == (2 if isinstance(errors, dict) else 1)


def test_views_of_shared_memory_hold_the_numbers(draws):
    job = DrawsJob((draws,), 5, total)
    order, arrays = Order.of(job, Layout(evaluated(total, [draws.base])))
    with SharedBlock(arrays) as shared:
        block = sharing.SharedMemory(name=shared.name)
        views = shared.views(block)
        assignment = order.opened(views)
        for number in range(5):
            assert assignment.attempt(number).values[0] == total(draws[number])
        assert np.shares_memory(assignment.job.tables[0].base.arrays.Z, views[0])
        del assignment, views
        block.close()


def test_too_little_shared_memory_is_told_before_it_is_used(monkeypatch):
    monkeypatch.setattr(sharing, "_ROOM", sharing.Path("/"))
    monkeypatch.setattr(sharing.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 100}))
    with pytest.raises(mrio.errors.MemoryLimitError, match="shm-size"):
        SharedBlock([np.ones(100)])
