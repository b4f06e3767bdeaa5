"""Tasks of the measures on one table, beside the same numbers from numpy's inverse."""

from __future__ import annotations

from typing import Any

import numpy as np

import mrio
from mrio.leontief.matrices import to_dense
from tests.benchmarks.generator import Table
from tests.benchmarks.measure import Side, Task
from tests.benchmarks.operator_tasks import inverse
from tests.benchmarks.sizes import shape
from tests.benchmarks.table_tasks import _fresh, _made, _system

Inputs = dict[str, Any]
PATHS = 1000


def _prepare(size: str, side: str) -> Inputs:
    made: Table = _made(size)
    return {"system": _system(size, made, "2017"), "made": made, "shape": shape(size)}


def _table(inputs: Inputs) -> mrio.System:
    return _fresh([inputs["system"]])[0]


def _linkages(inputs: Inputs) -> Inputs:
    found = mrio.linkages(_table(inputs))
    names = ("backward", "forward", "pure_total", "backward_dispersion")
    return {name: found.data[name].values.ravel() for name in names} | {"note": found.checks}


def _linkages_by_inverse(inputs: Inputs) -> Inputs:
    made = inputs["made"]
    L = inverse(made.A)
    own, diagonal, y = made.A.diagonal(), L.diagonal(), made.Y.sum(axis=1)
    sums = L.sum(axis=0)
    pure = ((sums - diagonal) * y + made.x - diagonal * y) / (diagonal * (1 - own))
    return {
        "backward": sums,
        "forward": (L @ made.x) / made.x,
        "pure_total": pure,
        "backward_dispersion": L.std(axis=0, ddof=1) / L.mean(axis=0),
    }


def _feedback(inputs: Inputs) -> Inputs:
    found = mrio.feedback(_table(inputs), "co2")
    return {"multiplier": found.data["multiplier"].values[0].reshape(3, -1), "note": found.checks}


def _feedback_by_inverse(inputs: Inputs) -> Inputs:
    made, (R, N) = inputs["made"], inputs["shape"]
    L = inverse(made.A)
    f = made.accounts[0] / made.x
    total = np.stack([f[r * N : r * N + N] @ L[r * N : r * N + N] for r in range(R)])
    intra, home = np.zeros_like(total), np.zeros_like(total, dtype=bool)
    for r in range(R):
        own = slice(r * N, r * N + N)
        intra[r, own], home[r, own] = f[own] @ inverse(made.A[own, own]), True
    parts = [intra, np.where(home, 0, total), np.where(home, total - intra, 0)]
    return {"multiplier": np.stack(parts).reshape(3, -1)}


def _paths(inputs: Inputs) -> Inputs:
    found = mrio.structural_paths(_table(inputs), "co2", top=PATHS)
    return {"contribution": found.data["contribution"].values, "note": found.checks}


def _content(inputs: Inputs) -> Inputs:
    found = mrio.value_added_trade(_table(inputs))
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
        found = mrio.decompose_exports(_table(inputs), method)
        return {"total": found.data["terms"].sum("term").values, "note": found.checks}

    return run


def _households(inputs: Inputs) -> Inputs:
    system = _table(inputs)
    found = mrio.household_multipliers(system, "households", "value added", "co2")
    return {"type_ii": found.type_ii("co2").to_numpy(), "note": found.checks}


def _households_by_inverse(inputs: Inputs) -> Inputs:
    system, (R, N) = inputs["system"], inputs["shape"]
    made, n = inputs["made"], R * N
    members = np.repeat(np.eye(R), N, axis=1)
    income = system.arrays.V.sum(axis=0)
    bought = system.arrays.Y[..., 0].reshape(n, R)
    spent = bought / income.sum(axis=1) / np.maximum(bought.sum(axis=0) / income.sum(axis=1), 1.0)
    closed = np.zeros((n + R, n + R))
    closed[:n, :n], closed[:n, n:] = to_dense(made.A), spent
    closed[n:, :n] = members * (income.ravel() / made.x)
    f = made.accounts[0] / made.x
    return {"type_ii": np.concatenate([f, np.zeros(R)]) @ inverse(closed)[:, :n]}


TASKS = (
    Task(
        "linkages",
        "backward, forward and pure linkages with dispersion, against one inverse",
        "provinces",
        None,
        _prepare,
        {"mrio": Side(_linkages), "numpy": Side(_linkages_by_inverse)},
    ),
    Task(
        "feedback",
        "intra-regional, spillover and feedback multipliers, against inverses of the table and each region",
        "provinces",
        None,
        _prepare,
        {"mrio": Side(_feedback), "numpy": Side(_feedback_by_inverse)},
    ),
    Task(
        "paths",
        f"the {PATHS} largest structural paths with exact coverage",
        "exiobase",
        None,
        _prepare,
        {"mrio": Side(_paths)},
    ),
    Task(
        "content",
        "value added of every region in the exports of every sector, against one inverse",
        "provinces",
        None,
        _prepare,
        {"mrio": Side(_content), "numpy": Side(_content_by_inverse)},
    ),
    *(
        Task(
            f"exports_{method}",
            f"gross exports by sector and importer, split by {method}, against their sum",
            "provinces",
            None,
            _prepare,
            {"mrio": Side(_exports(method)), "sum": Side(_gross_exports)},
            against="sum",
        )
        for method in ("wwz", "bm_source", "bm_sink")
    ),
    Task(
        "households",
        "type II multipliers with the households of every region, against the closed inverse",
        "provinces",
        None,
        _prepare,
        {"mrio": Side(_households), "numpy": Side(_households_by_inverse)},
    ),
)
