"""Draws of uncertain tables: the local pool beside one process and a dask cluster of two workers."""

from __future__ import annotations

import resource
from functools import partial
from typing import Any

import mrio
from tests.benchmarks.measure import Side, Task
from tests.benchmarks.table_tasks import prepare_two

Inputs = dict[str, Any]
WORKERS = 2
DRAWS = {"bth": 1000, "tiny": 6}
"""Draws by size of the table; 50 of all others."""

MEASURE = partial(mrio.decompose, account=("value_added", "co2"), spread=False)


def _prepare(size: str, side: str) -> Inputs:
    """Return draws of the tables of 2012 and 2017, the bundled ones for size ``bth``."""
    if size == "bth":
        bundled = mrio.load_example("bth")
        tables = [bundled["2012"], bundled["2017"]]
    else:
        tables = prepare_two(size)["tables"]
    return {"draws": [mrio.perturb(table, 0.1, n=DRAWS.get(size, 50), seed=1) for table in tables]}


def _answer(found: mrio.MonteCarlo) -> Inputs:
    # Kilobytes on Linux, of the child that took most; workers have ended.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    note = f"{found.values().sizes['draw']} draws; " + (
        f"largest worker {peak:.0f} MB in all, interpreter and libraries included" if peak else "no workers"
    )
    return {"effects": found.values("co2").values, "value_added": found.values().values, "note": note}


def _serial(inputs: Inputs) -> Inputs:
    return _answer(mrio.monte_carlo(inputs["draws"], MEASURE))


def _pool(inputs: Inputs) -> Inputs:
    return _answer(mrio.monte_carlo(inputs["draws"], MEASURE, workers=WORKERS))


def _dask(inputs: Inputs) -> Inputs:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        found = mrio.monte_carlo(inputs["draws"], MEASURE, client=client)
    return _answer(found)


TASKS = (
    Task(
        "ensemble",
        "SDA of draws of two tables (bth: the bundled ones): pool of 2, one process, dask with 2 workers",
        "bth",
        None,
        _prepare,
        {"mrio": Side(_pool), "serial": Side(_serial), "dask": Side(_dask, needs="distributed")},
        against="serial",
        # Equal to the last bit.
        tolerance=0.0,
    ),
)
