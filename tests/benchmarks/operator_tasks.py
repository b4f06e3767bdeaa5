"""Tasks of the operator itself: answers and multipliers from A, against numpy's inverse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mrio.leontief import Leontief
from mrio.leontief.storage.structured import SourcingOperator
from tests.benchmarks.generator import coefficients, sparse_coefficients, structured_factors
from tests.benchmarks.measure import Side, Task
from tests.benchmarks.roofline import Work
from tests.benchmarks.sizes import filling, shape

LOOKS = 2
"""Times that A is read before it is solved: for its column sums and for its sign."""

Inputs = dict[str, Any]


def _prepare(k: int, m: int = 3) -> Any:
    def prepare(size: str, side: str) -> Inputs:
        regions, sectors = shape(size)
        n = regions * sectors
        rng = np.random.default_rng(5)
        return {
            "A": coefficients(regions, sectors, filling(size)),
            "blocks": sectors,
            "Y": rng.lognormal(0, 1.5, (n, k)),
            "F": rng.lognormal(-3, 2, (m, n)),
        }

    return prepare


def inverse(A: np.ndarray) -> np.ndarray:
    return np.linalg.inv(np.eye(len(A)) - A)


def _solve(inputs: Inputs) -> Inputs:
    X = Leontief(inputs["A"], inputs["blocks"]).solve(inputs["Y"])
    return {"X": X, "note": str(X.report)}


def _multiply(inputs: Inputs) -> Inputs:
    P = Leontief(inputs["A"], inputs["blocks"]).solve_left(inputs["F"])
    return {"P": P, "note": str(P.report)}


def _prepare_multipliers(size: str, side: str) -> Inputs:
    inputs = _prepare(1)(size, side)
    if side == "mario":
        import pandas as pd

        inputs = {"z": pd.DataFrame(inputs["A"]), "e": pd.DataFrame(inputs["F"])}
    return inputs


def _multiply_by_mario(inputs: Inputs) -> Inputs:
    import mario

    return {"P": mario.calc_f(inputs["e"], mario.calc_w(inputs["z"])).to_numpy()}


def _changed_column(inputs: Inputs) -> np.ndarray:
    return 0.8 * inputs["A"][:, 7]


def _prepare_update(size: str, side: str) -> Inputs:
    inputs = _prepare(1)(size, side)
    inputs["op"] = Leontief(inputs["A"], inputs["blocks"])
    inputs["x"] = inputs["op"].solve(inputs["Y"])
    inputs["column"] = _changed_column(inputs)
    return inputs


def _resolve(inputs: Inputs) -> Inputs:
    X = inputs["op"].updated([7], inputs["column"]).solve(inputs["Y"], guess=inputs["x"])
    return {"X": X, "note": str(X.report)}


def _resolve_by_inverse(inputs: Inputs) -> Inputs:
    A = inputs["A"].copy()
    A[:, 7] = inputs["column"]
    return {"X": inverse(A) @ inputs["Y"]}


def _prepare_structured(size: str, side: str) -> Inputs:
    regions, sectors = shape(size)
    shares, technology = structured_factors(regions, sectors)
    y = np.random.default_rng(5).lognormal(0, 1.5, regions * sectors)
    return {"shares": shares, "technology": technology, "y": y}


def _solve_structured(inputs: Inputs) -> Inputs:
    A = SourcingOperator(inputs["shares"], inputs["technology"])
    x = Leontief(A).solve(inputs["y"])
    n = A.shape[0]
    return {"x": x, "note": f"A in {A.nbytes / (8 * n * n):.1%} of dense; {x.report}"}


def _invert_structured(inputs: Inputs) -> Inputs:
    A = SourcingOperator(inputs["shares"], inputs["technology"]).toarray()
    return {"x": inverse(A) @ inputs["y"]}


def _prepare_sparse(size: str, side: str) -> Inputs:
    n = int(float(size))
    return {
        "A": sparse_coefficients(n, min(50, n // 4)),
        "F": np.random.default_rng(5).lognormal(-3, 2, (3, n)),
    }


def _multiply_sparse(inputs: Inputs) -> Inputs:
    P = Leontief(inputs["A"]).solve_left(inputs["F"])
    return {"P": P[:, :1000], "note": str(P.report)}


def _invert_sparse(inputs: Inputs) -> Inputs:
    return {"P": (inputs["F"] @ inverse(inputs["A"].toarray()))[:, :1000]}


def _cold(columns: int) -> Callable[[int], Work]:
    """Return the work of an answer: the first sweep knows only what came before, the residual reads all."""
    return lambda sweeps: Work(LOOKS, sweeps + 0.5, columns)


def _warm(sweeps: int) -> Work:
    return Work(0, sweeps + 1.0)


def _vectors(name: str, text: str, k: int, target: float) -> Task:
    return Task(
        name,
        text,
        "exiobase",
        target,
        _prepare(k),
        {"mrio": Side(_solve, work=_cold(k)), "numpy": Side(lambda i: {"X": inverse(i["A"]) @ i["Y"]})},
    )


TASKS = (
    _vectors("one_vector", "one demand vector", 1, 150),
    _vectors("ten_vectors", "10 demand vectors", 10, 60),
    _vectors("regions", "one demand vector per region (49)", 49, 20),
    Task(
        "multipliers",
        "multipliers of 3 stressors",
        "exiobase",
        40,
        _prepare_multipliers,
        {
            "mrio": Side(_multiply, work=_cold(3)),
            "numpy": Side(lambda i: {"P": i["F"] @ inverse(i["A"])}),
            "mario": Side(_multiply_by_mario, needs="mario"),
        },
    ),
    Task(
        "update",
        "re-solve after one sector's column changed",
        "exiobase",
        200,
        _prepare_update,
        {"mrio": Side(_resolve, work=_warm), "numpy": Side(_resolve_by_inverse)},
    ),
    Task(
        "structured",
        "one demand vector, table of the structured form",
        "exiobase",
        1000,
        _prepare_structured,
        {"mrio": Side(_solve_structured), "numpy": Side(_invert_structured)},
    ),
    Task(
        "sparse",
        "3 multipliers, 50 nonzeros a column (target: 60 s, 4 GB)",
        "1e6",
        None,
        _prepare_sparse,
        {"mrio": Side(_multiply_sparse)},
    ),
    Task(
        "sparse_small",
        "3 multipliers, 50 nonzeros a column, against the dense inverse",
        "4000",
        None,
        _prepare_sparse,
        {"mrio": Side(_multiply_sparse), "numpy": Side(_invert_sparse)},
    ),
)
