"""Tasks of value added and other accounts in trade, beside the same numbers from numpy's inverse."""

from __future__ import annotations

from typing import Any

import numpy as np

import mrio
from tests.benchmarks.measure import Side, Task
from tests.benchmarks.measures_tasks import Inputs, prepare, table_of
from tests.benchmarks.operator_tasks import inverse


def _content(inputs: Inputs) -> Inputs:
    found = mrio.value_added_trade(table_of(inputs))
    return {"content": found.data["content_by_sector"].values, "note": found.checks}


def _gross_exports(inputs: Inputs) -> Inputs:
    """Return what the terms must add up to; no peer splits tables of this size."""
    made, (R, N) = inputs["made"], inputs["shape"]
    members = np.repeat(np.eye(R), N, axis=0)
    sold = made.A @ (made.x[:, np.newaxis] * members) + made.Y.reshape(R * N, R, -1).sum(axis=2)
    return {"total": (sold * (1 - members)).reshape(R, N, R)}


def _content_by_inverse(inputs: Inputs) -> Inputs:
    made, (R, N) = inputs["made"], inputs["shape"]
    L = inverse(made.A)
    v = 1 - made.A.sum(axis=0)
    exports = _gross_exports(inputs)["total"].sum(axis=2).ravel()
    by_origin = np.stack([v[r * N : r * N + N] @ L[r * N : r * N + N] for r in range(R)])
    return {"content": (by_origin * exports).reshape(R, R, N)}


def _exports(method: Any) -> Any:
    def run(inputs: Inputs) -> Inputs:
        found = mrio.decompose_exports(table_of(inputs), method)
        return {"total": found.data["terms"].sum("term").values, "note": found.checks}

    return run


def _kww(inputs: Inputs) -> Inputs:
    found = mrio.decompose_exports(table_of(inputs), "kww")
    return {"total": found.data["terms"].sum("term").values, "note": found.checks}


def _all_exports(inputs: Inputs) -> Inputs:
    return {"total": _gross_exports(inputs)["total"].sum(axis=(1, 2))}


def _embodied(inputs: Inputs) -> Inputs:
    found = mrio.embodied_trade(table_of(inputs), "co2")
    return {"flow": found.data["flow"].values[0], "note": found.checks}


def _embodied_by_inverse(inputs: Inputs) -> Inputs:
    made, (R, N) = inputs["made"], inputs["shape"]
    f, bought = made.accounts[0] / made.x, made.Y.reshape(R * N, R, -1).sum(axis=2)
    served = (f[:, np.newaxis] * (inverse(made.A) @ bought)).reshape(R, N, R).sum(axis=1)
    sold = _gross_exports(inputs)["total"]
    eebt = np.empty((R, R))
    for r in range(R):
        own = slice(r * N, r * N + N)
        at_home = np.zeros((N, R))
        at_home[:, r] = bought[own, r]
        eebt[r] = f[own] @ inverse(made.A[own, own]) @ (sold[r] + at_home)
    return {"flow": np.stack([eebt, served])}


def _position(inputs: Inputs) -> Inputs:
    found = mrio.chain_position(table_of(inputs))
    both = ("upstreamness", "downstreamness")
    return {"steps": np.stack([found.data[name].values.ravel() for name in both]), "note": found.checks}


def _position_by_inverse(inputs: Inputs) -> Inputs:
    L, x = inverse(inputs["made"].A), inputs["made"].x
    return {"steps": np.stack([(L @ x) / x, L.sum(axis=0)])}


TASKS = (
    Task(
        "content",
        "value added of every region in the exports of every sector, against one inverse",
        "provinces",
        None,
        prepare,
        {"mrio": Side(_content), "numpy": Side(_content_by_inverse)},
    ),
    *(
        Task(
            f"exports_{method}",
            f"gross exports by sector and importer, split by {method}, against their sum",
            "provinces",
            None,
            prepare,
            {"mrio": Side(_exports(method)), "sum": Side(_gross_exports)},
            against="sum",
        )
        for method in ("wwz", "bm_source", "bm_sink")
    ),
    Task(
        "exports_kww",
        "gross exports by exporter, split by kww, against their sum",
        "provinces",
        None,
        prepare,
        {"mrio": Side(_kww), "sum": Side(_all_exports)},
        against="sum",
    ),
    Task(
        "embodied",
        "carbon embodied in trade by both methods, against inverses of the table and each region",
        "provinces",
        None,
        prepare,
        {"mrio": Side(_embodied), "numpy": Side(_embodied_by_inverse)},
    ),
    Task(
        "position",
        "upstreamness and downstreamness, against one inverse",
        "provinces",
        None,
        prepare,
        {"mrio": Side(_position), "numpy": Side(_position_by_inverse)},
    ),
)
