"""Tasks on whole tables: footprints beside pymrio, decomposition and transfer beside four inverses."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

import numpy as np

import mrio
from mrio.change import evaluation
from mrio.leontief.storage.matrices import to_dense
from tests.benchmarks.generator import Table, table
from tests.benchmarks.measure import Side, Task
from tests.benchmarks.operator_tasks import LOOKS, inverse
from tests.benchmarks.roofline import Work
from tests.benchmarks.sizes import filling, shape

Inputs = dict[str, Any]
STRESSORS = ("co2", "so2", "water")
ACCOUNTS = ("value_added", "co2", "so2")


def _labels(size: str) -> tuple[list[str], list[str]]:
    regions, sectors = shape(size)
    return [f"region {r:03}" for r in range(regions)], [f"sector {i:03}" for i in range(sectors)]


def _system(size: str, made: Table, period: str, exports: np.ndarray | None = None) -> mrio.System:
    regions, sectors = _labels(size)
    Z = made.flows()
    return mrio.System.from_arrays(
        regions=regions,
        sectors=sectors,
        demand=["households", "government", "investment"],
        Z=Z,
        Y=made.Y,
        V=(made.x - Z.sum(axis=0)).reshape(1, len(regions), len(sectors)),
        factors=["value added"],
        exports=exports,
        accounts={name: (row, "t " + name) for name, row in zip(STRESSORS, made.accounts, strict=True)},
        population=np.arange(1.0, len(regions) + 1),
        unit="1e6 CNY",
        price_basis="constant 2017 CNY, producer prices",
        period=period,
    )


def _made(size: str, seed: int = 0) -> Table:
    return table(*shape(size), filling=filling(size), seed=seed)


def _prepare_one(size: str) -> Inputs:
    return {"size": size, "system": _system(size, _made(size), "2017")}


def _prepare_pymrio(size: str) -> Inputs:
    import pandas as pd

    regions, sectors = _labels(size)
    made = _made(size)
    index = pd.MultiIndex.from_product([regions, sectors], names=["region", "sector"])
    buyers = pd.MultiIndex.from_product([regions, ["c", "g", "i"]], names=["region", "category"])
    frames = {
        "Z": pd.DataFrame(made.flows(), index, index),
        "Y": pd.DataFrame(made.Y, index, buyers),
        "F": pd.DataFrame(made.accounts, list(STRESSORS), index),
    }
    return {"size": size, **frames}


def _prepare_by_side(size: str, side: str) -> Inputs:
    return _prepare_pymrio(size) if side == "pymrio" else _prepare_one(size)


def _footprint(inputs: Inputs) -> Inputs:
    (system,) = _fresh([inputs["system"]])
    f = mrio.footprint(system, STRESSORS, products=True)
    made_here = f.consumption.values
    regions = made_here.shape[1]
    own = np.einsum("msis->msi", made_here[:, np.arange(regions)])
    return {
        "pba": f.production.values.reshape(len(STRESSORS), -1),
        "cba": f.products.transpose("account", "use_region", "sector").values.reshape(len(STRESSORS), -1),
        "imp": f.imported_products.transpose("account", "use_region", "sector").values.reshape(3, -1),
        "exp": (made_here.sum(axis=3) - own).reshape(len(STRESSORS), -1),
        "note": f.checks,
    }


def _calc_all(inputs: Inputs) -> Inputs:
    import pymrio

    io = pymrio.IOSystem(Z=inputs["Z"].copy(), Y=inputs["Y"].copy())
    io.stressors = pymrio.Extension("stressors", F=inputs["F"].copy())
    io.calc_all()
    return {
        name.removeprefix("D_"): getattr(io.stressors, name).to_numpy()
        for name in ("D_cba", "D_pba", "D_imp", "D_exp")
    }


def _footprint_by_inverse(inputs: Inputs) -> Inputs:
    with patch("mrio.tables.system.Leontief", InverseOperator):
        return _footprint(inputs)


class InverseOperator:
    """Stands in for `mrio.Leontief` and does what the usual package does: invert, then multiply."""

    def __init__(self, A: Any, blocks: Any = None, labels: Any = None) -> None:
        self.A = A
        self.n = A.shape[0]
        self.inverse_matrix = inverse(to_dense(A))

    def expect(self, n_rhs: int) -> InverseOperator:
        return self

    def solve(self, Y: np.ndarray) -> Any:
        return _Plain(self.inverse_matrix @ Y)

    def solve_left(self, F: np.ndarray) -> Any:
        return _Plain(F @ self.inverse_matrix)


class _Plain(np.ndarray):
    """Array with the word of a report."""

    report = "by the inverse"

    def __new__(cls, values: np.ndarray) -> _Plain:
        return values.view(cls)


def prepare_two(size: str) -> Inputs:
    rng = np.random.default_rng(3)
    tables = []
    for seed, period in ((0, "2012"), (1, "2017")):
        made = _made(size, seed)
        exports = 0.05 * made.x * rng.uniform(0.5, 1.5, made.x.size)
        # Exports come on top of final purchases, so that output grows by what they take along the chain.
        x = made.x.copy()
        for _ in range(200):
            following = made.Y.sum(axis=1) + exports + made.A @ x
            if np.abs(following - x).sum() <= 1e-15 * x.sum():
                break
            x = following
        made = Table(made.A, made.Y, x, made.accounts, made.n_regions, made.n_sectors)
        tables.append(_system(size, made, period, exports))
    return {"tables": tables}


def _fresh(tables: list[mrio.System]) -> list[mrio.System]:
    """Forget the operators of a former run."""
    for system in tables:
        for name in ("leontief", "_coefficients"):
            vars(system).pop(name, None)
    evaluation._LATEST.clear()
    return tables


def _decompose(spread: bool, frugal: bool = False) -> Any:
    """Return what decomposes; a frugal run acts as if memory were short, and builds no mixed matrices."""

    def run(inputs: Inputs) -> Inputs:
        a, b = _fresh(inputs["tables"])
        sweeps = []

        def solve(operator: mrio.Leontief, *given: Any) -> Any:
            X = solve_as_ever(operator, *given)
            sweeps.append(X.report.sweeps)
            return X

        solve_as_ever = mrio.Leontief.solve
        short = patch("mrio.change.evaluation._fits", lambda n: False) if frugal else nullcontext()
        with short, patch.object(mrio.Leontief, "solve", solve):
            d = mrio.decompose(a, b, ("co2", "so2"), spread=spread)
        note = (
            f"{d.effects.sizes['effect']} factors; {len(sweeps)} solves, sweeps {sum(sweeps)}; {b.leontief}"
        )
        return {"effects": d.effects.values, "note": note}

    return run


def _decompose_by_inverse(spread: bool) -> Any:
    def run(inputs: Inputs) -> Inputs:
        with (
            patch("mrio.tables.system.Leontief", InverseOperator),
            patch("mrio.change.evaluation.Leontief", InverseOperator),
        ):
            a, b = _fresh(inputs["tables"])
            return {"effects": mrio.decompose(a, b, ("co2", "so2"), spread=spread).effects.values}

    return run


def _with_mixed(sweeps: int) -> Work:
    """Return the work of four solves of 14 columns, of which two are with mixed matrices.

    Tables are looked at for their totals by product and their sign, matrices for their sums and sign.
    """
    return Work(2 * 2 + 4 * LOOKS, sweeps + 4 * 0.5, 14, written=2)


def _without_mixed(sweeps: int) -> Work:
    """Return the same where coefficients of mixed matrices are made whenever they are met, the sign apart."""
    passes = sweeps + 4 * 0.5
    return Work(2 * 2 + 4 * LOOKS, passes, 14, made=passes / 2 + 2)


def _decomposition(name: str, text: str, target: float | None, spread: bool) -> Task:
    return Task(
        name,
        f"{text}, Shapley, 9 factors, 2 accounts, against 4 inverses",
        "exiobase",
        target,
        lambda size, side: prepare_two(size),
        {
            "mrio": Side(_decompose(spread), work=None if spread else _with_mixed),
            "frugal": Side(_decompose(spread, frugal=True), work=None if spread else _without_mixed),
            "numpy": Side(_decompose_by_inverse(spread)),
        },
    )


def _decompose_and_transfer(inputs: Inputs) -> Inputs:
    a, b = _fresh(inputs["tables"])
    d = mrio.decompose(a, b, ACCOUNTS)
    t = mrio.measure_transfer(a, b, accounts=ACCOUNTS)
    return {"effects": d.effects.values, "direct": t.direct.values}


TASKS = (
    Task(
        "accounts",
        "all production, consumption, import and export accounts of 3 stressors",
        "exiobase",
        10,
        _prepare_by_side,
        {
            "mrio": Side(_footprint),
            "pymrio": Side(_calc_all, needs="pymrio"),
            "numpy": Side(_footprint_by_inverse),
        },
        against="pymrio",
    ),
    _decomposition("decomposition", "SDA", 40, False),
    _decomposition("decomposition_range", "SDA with the range over all orders", None, True),
    Task(
        "transfer",
        "SDA and transfer, all accounts (target: 1 s), against calc_all of one year",
        "provinces",
        1,
        lambda size, side: _prepare_pymrio(size) if side == "pymrio" else prepare_two(size),
        {"mrio": Side(_decompose_and_transfer), "pymrio": Side(_calc_all, needs="pymrio")},
        against="pymrio",
    ),
)
