"""Tasks of the array kernels: extraction and Monte Carlo, against one inverse each."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from mrio.leontief import Leontief
from mrio.leontief.ensemble import draw_multipliers, first_order_std
from mrio.leontief.extraction import outputs_without_regions, sector_losses
from tests.benchmarks.generator import coefficients
from tests.benchmarks.measure import Side, Task
from tests.benchmarks.operator_tasks import inverse
from tests.benchmarks.sizes import filling, shape

Inputs = dict[str, Any]
DRAWS = 1000
ERROR = 0.1


def _prepare(size: str, side: str) -> Inputs:
    regions, sectors = shape(size)
    rng = np.random.default_rng(5)
    n = regions * sectors
    return {
        "A": coefficients(regions, sectors, filling(size)),
        "shape": (regions, sectors),
        "y": rng.lognormal(0, 1.5, n),
        "F": rng.lognormal(-3, 2, (3, n)),
    }


def _extract_regions(inputs: Inputs) -> Inputs:
    X = outputs_without_regions(Leontief(inputs["A"], inputs["shape"][1]), inputs["y"])
    return {"X": X, "note": str(X.report)}


def _extract_regions_by_inverse(inputs: Inputs) -> Inputs:
    regions, sectors = inputs["shape"]
    X = np.empty((len(inputs["y"]), regions))
    for region in range(regions):
        A, y = inputs["A"].copy(), inputs["y"].copy()
        own = slice(region * sectors, (region + 1) * sectors)
        A[own], A[:, own], y[own] = 0.0, 0.0, 0.0
        X[:, region] = inverse(A) @ y
    return {"X": X}


def _extract_sectors(inputs: Inputs) -> Inputs:
    op = Leontief(inputs["A"], inputs["shape"][1])
    x, y, F = op.solve(inputs["y"]), inputs["y"], inputs["F"]
    return {"losses": sector_losses(F, op.solve_left(F), op.diagonal(), x, y)[:, :SAMPLE]}


SAMPLE = 10


def _extract_sectors_by_inverse(inputs: Inputs) -> Inputs:
    A, y, F = inputs["A"], inputs["y"], inputs["F"]
    x = np.linalg.solve(np.eye(len(A)) - A, y)
    losses = np.empty((len(F), SAMPLE))
    for sector in range(SAMPLE):
        without, rest = A.copy(), y.copy()
        without[sector], without[:, sector], rest[sector] = 0.0, 0.0, 0.0
        losses[:, sector] = F @ (x - inverse(without) @ rest)
    return {"losses": losses}


def _draw(inputs: Inputs) -> Inputs:
    op = Leontief(inputs["A"], inputs["shape"][1])
    found = draw_multipliers(op, inputs["F"], ERROR, n_draws=DRAWS, workers=os.cpu_count() or 1)
    return {"std": found.std}


def _draw_by_inverse(inputs: Inputs) -> Inputs:
    A, F = inputs["A"], inputs["F"]
    rng = np.random.default_rng(0)
    sigma = np.sqrt(np.log1p(ERROR**2))
    draws = []
    for _ in range(DRAWS // 50):
        drawn = A * np.exp(sigma * rng.standard_normal(A.shape) - sigma**2 / 2)
        draws.append(F @ inverse(drawn))
    return {"mean": np.mean(draws, axis=0)}


def _first_order(inputs: Inputs) -> Inputs:
    return {"std": first_order_std(Leontief(inputs["A"], inputs["shape"][1]), inputs["F"], ERROR)}


TASKS = (
    Task(
        "extract_regions",
        "extraction of every region against one inverse each",
        "provinces",
        100,
        _prepare,
        {"mrio": Side(_extract_regions), "numpy": Side(_extract_regions_by_inverse)},
    ),
    Task(
        "extract_sectors",
        "extraction of every sector against one inverse each",
        "provinces",
        100,
        _prepare,
        {"mrio": Side(_extract_sectors), "numpy": Side(_extract_sectors_by_inverse, share_of=1302 / SAMPLE)},
        tolerance=1e-9,
    ),
    Task(
        "monte_carlo",
        f"{DRAWS} draws of the multipliers against drawing and inverting",
        "provinces",
        20,
        _prepare,
        {
            "mrio": Side(_draw),
            "numpy": Side(_draw_by_inverse, share_of=50.0),
            "first order": Side(_first_order),
        },
        tolerance=0.2,
    ),
)
