"""Tasks of the measures on one table, beside the same numbers from numpy's inverse."""

from __future__ import annotations

from typing import Any

import numpy as np

import mrio
from mrio.leontief.storage.matrices import to_dense
from tests.benchmarks.generator import Table
from tests.benchmarks.measure import Side, Task
from tests.benchmarks.operator_tasks import inverse
from tests.benchmarks.sizes import shape
from tests.benchmarks.table_tasks import _fresh, _made, _system

Inputs = dict[str, Any]
PATHS = 1000
LAYERS = 10


def prepare(size: str, side: str) -> Inputs:
    made: Table = _made(size)
    rates = np.random.default_rng(2).uniform(0, 0.2, shape(size))
    return {"system": _system(size, made, "2017"), "made": made, "shape": shape(size), "rates": rates}


def table_of(inputs: Inputs) -> mrio.System:
    return _fresh([inputs["system"]])[0]


def _linkages(inputs: Inputs) -> Inputs:
    found = mrio.linkages(table_of(inputs))
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
    found = mrio.feedback(table_of(inputs), "co2")
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
    found = mrio.structural_paths(table_of(inputs), "co2", top=PATHS)
    return {"contribution": found.data["contribution"].values, "note": found.checks}


def _households(inputs: Inputs) -> Inputs:
    system = table_of(inputs)
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


def _field(inputs: Inputs) -> Inputs:
    found = mrio.field_of_influence(table_of(inputs), top=PATHS)
    return {"influence": found.data["influence"].values, "note": found.checks}


def _field_by_inverse(inputs: Inputs) -> Inputs:
    squares = np.square(inverse(inputs["made"].A))
    strength = np.outer(squares.sum(axis=0), squares.sum(axis=1))
    strength[inputs["made"].A == 0] = 0
    flat = strength.ravel()
    return {"influence": np.sort(flat[np.argpartition(-flat, PATHS)[:PATHS]])[::-1]}


def _extract(inputs: Inputs) -> Inputs:
    system = table_of(inputs)
    found = mrio.extract(system, system.regions[1])
    return {"loss": found.of("loss", "output").values.ravel(), "note": found.checks}


def _extract_by_solving(inputs: Inputs) -> Inputs:
    made, (_, N) = inputs["made"], inputs["shape"]
    rest = np.delete(np.arange(made.x.size), slice(N, 2 * N))
    part = np.eye(rest.size) - made.A[np.ix_(rest, rest)]
    left = np.zeros_like(made.x)
    left[rest] = np.linalg.solve(part, made.Y.sum(axis=1)[rest])
    return {"loss": made.x - left}


def _extract_products(inputs: Inputs) -> Inputs:
    found = mrio.extract_each(table_of(inputs), "sector", accounts="output")
    return {"loss": found.data["loss"].values[0], "note": found.checks}


def _extract_products_by_inverse(inputs: Inputs) -> Inputs:
    made, (R, N) = inputs["made"], inputs["shape"]
    L = inverse(made.A)
    by_loser = L.reshape(R, N, -1).sum(axis=1)
    losses = np.empty((N, R))
    for i in range(N):
        rows = np.arange(i, R * N, N)
        losses[i] = by_loser[:, rows] @ np.linalg.solve(L[np.ix_(rows, rows)], made.x[rows])
    return {"loss": losses}


def _layers(inputs: Inputs) -> Inputs:
    found = mrio.production_layers(table_of(inputs), "co2", depth=LAYERS)
    return {"layers": found.data["layer_flow"].values[0].reshape(LAYERS + 1, -1), "note": found.checks}


def _layers_by_powers(inputs: Inputs) -> Inputs:
    made = inputs["made"]
    flows = [made.Y.sum(axis=1)]
    for _ in range(LAYERS):
        flows.append(made.A @ flows[-1])
    return {"layers": np.stack(flows) * made.accounts[0] / made.x}


def _prices(inputs: Inputs) -> Inputs:
    found = mrio.price_change(table_of(inputs), {"value added": inputs["rates"]})
    return {"price": found.data["price_change"].values.ravel(), "note": found.checks}


def _prices_by_inverse(inputs: Inputs) -> Inputs:
    made = inputs["made"]
    cost = inputs["rates"].ravel() * (1 - made.A.sum(axis=0))
    return {"price": cost @ inverse(made.A)}


def _carbon(inputs: Inputs) -> Inputs:
    system = table_of(inputs)
    found = mrio.carbon_price(system, 100, regions=system.regions[:2], border="embodied")
    return {"price": found.data["price_change"].values.ravel(), "note": found.checks}


def _carbon_by_inverse(inputs: Inputs) -> Inputs:
    made = inputs["made"]
    # 100 CNY a tonne in money of millions; with the content of all imports charged, the chain pays in full.
    return {"price": 100e-6 * (made.accounts[0] / made.x) @ inverse(made.A)}


TASKS = (
    Task(
        "linkages",
        "backward, forward and pure linkages with dispersion, against one inverse",
        "provinces",
        None,
        prepare,
        {"mrio": Side(_linkages), "numpy": Side(_linkages_by_inverse)},
    ),
    Task(
        "feedback",
        "intra-regional, spillover and feedback multipliers, against inverses of the table and each region",
        "provinces",
        None,
        prepare,
        {"mrio": Side(_feedback), "numpy": Side(_feedback_by_inverse)},
    ),
    Task(
        "paths",
        f"the {PATHS} largest structural paths with exact coverage",
        "exiobase",
        None,
        prepare,
        {"mrio": Side(_paths)},
    ),
    Task(
        "field",
        "the 1000 strongest coefficients of the field of influence, against one inverse",
        "provinces",
        None,
        prepare,
        {"mrio": Side(_field), "numpy": Side(_field_by_inverse)},
    ),
    Task(
        "extract",
        "all accounts without one region, against a solve of the rest",
        "provinces",
        None,
        prepare,
        {"mrio": Side(_extract), "numpy": Side(_extract_by_solving)},
    ),
    Task(
        "extract_products",
        "every product taken out of all regions in turn, against one inverse",
        "provinces",
        None,
        prepare,
        {"mrio": Side(_extract_products), "numpy": Side(_extract_products_by_inverse)},
    ),
    Task(
        "layers",
        "ten production layers and what lies deeper, against powers of A",
        "provinces",
        None,
        prepare,
        {"mrio": Side(_layers), "numpy": Side(_layers_by_powers)},
    ),
    Task(
        "prices",
        "cost-push prices and who bears them, against one inverse",
        "provinces",
        None,
        prepare,
        {"mrio": Side(_prices), "numpy": Side(_prices_by_inverse)},
    ),
    Task(
        "carbon",
        "carbon price with border adjustment and who bears it, against one inverse",
        "provinces",
        None,
        prepare,
        {"mrio": Side(_carbon), "numpy": Side(_carbon_by_inverse)},
    ),
    Task(
        "households",
        "type II multipliers with the households of every region, against the closed inverse",
        "provinces",
        None,
        prepare,
        {"mrio": Side(_households), "numpy": Side(_households_by_inverse)},
    ),
)
