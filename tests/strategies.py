"""Random productive tables for property tests.

A table is built from the demand side: coefficients with column sums below one, any demand, output from
``x = (I - A)^-1 y``, value added as the residual of the columns. So rows and columns balance, whatever is
drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from mrio.tables import System


@dataclass(frozen=True)
class Layout:
    """What a random table holds."""

    R: int = 2
    N: int = 2
    K: int = 1
    M: int = 1
    imports: str = "none"
    exports: bool = False
    stocks: bool = False
    discrepancy: bool = False
    population: bool = False
    holes: bool = False

    @property
    def n(self):
        return self.R * self.N


@dataclass(frozen=True)
class Pair:
    """Arguments of `System.from_arrays` for two periods."""

    layout: Layout
    a: dict
    b: dict

    def systems(self):
        """Return the two tables."""
        return System.from_arrays(**self.a), System.from_arrays(**self.b)


@st.composite
def layouts(draw, **fixed):
    """Draw a layout; keywords fix parts of it."""
    free = {
        "R": st.integers(1, 4),
        "N": st.integers(1, 4),
        "K": st.integers(1, 3),
        "M": st.integers(1, 3),
        "imports": st.sampled_from(["none", "product", "row"]),
        "exports": st.booleans(),
        "stocks": st.booleans(),
        "discrepancy": st.booleans(),
        "population": st.booleans(),
        "holes": st.booleans(),
    }
    return Layout(**{name: fixed[name] if name in fixed else draw(free[name]) for name in free})


@st.composite
def pairs(draw, **fixed):
    """Draw two tables on the same labels."""
    layout = draw(layouts(**fixed))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return Pair(layout, random_table(layout, rng, "0"), random_table(layout, rng, "1"))


def random_table(layout: Layout, rng: np.random.Generator, period: str) -> dict:
    """Return the arguments of `System.from_arrays` of one random table."""
    R, N, K, n = layout.R, layout.N, layout.K, layout.n
    abroad = layout.imports != "none"
    A = rng.uniform(0, 1, (R + 1, N, n))
    Y = rng.uniform(0, 100, (R + 1, N, R, K))
    exports = rng.uniform(0, 60, (R, N)) if layout.exports else np.zeros((R, N))
    if not abroad:
        A[R], Y[R] = 0.0, 0.0
    idle = np.zeros((R, N), dtype=bool)
    if layout.holes:
        _cut_holes(A, Y, exports, idle, rng)
    A *= rng.uniform(0.1, 0.8, n) / np.maximum(A.sum(axis=(0, 1)), 1.0)
    sold = Y[:R].sum(axis=(2, 3)) + exports
    stocks = rng.uniform(-0.2, 0.2, (R, N)) * sold if layout.stocks else None
    discrepancy = rng.uniform(-0.1, 0.1, (R, N)) * sold if layout.discrepancy else None
    y = sold + sum(part for part in (stocks, discrepancy) if part is not None)
    domestic = A[:R].reshape(n, n)
    x = np.where(idle.ravel(), 0.0, np.linalg.solve(np.eye(n) - domestic, y.ravel()))
    V = _split(x * (1 - A.sum(axis=(0, 1))), layout.M, rng)
    MZ = (A[R] * x).reshape(N, R, N)
    return {
        "regions": [f"region {r}" for r in range(R)],
        "sectors": [f"sector {i}" for i in range(N)],
        "demand": [f"category {k}" for k in range(K)],
        "factors": [f"factor {m}" for m in range(layout.M)],
        "Z": (domestic * x).reshape(R, N, R, N),
        "Y": Y[:R],
        "V": V.reshape(layout.M, R, N),
        "exports": exports if layout.exports else None,
        "stock_change": stocks,
        "discrepancy": discrepancy,
        "imports_Z": MZ if layout.imports == "product" else None,
        "imports_Y": Y[R] if layout.imports == "product" else None,
        "imports_row_Z": MZ.sum(axis=0) if layout.imports == "row" else None,
        "imports_row_Y": Y[R].sum(axis=0) if layout.imports == "row" else None,
        "accounts": {
            "co2": ((x * rng.uniform(0, 2, n)).reshape(R, N), "Mt CO2"),
            "water": ((x * rng.uniform(0, 9, n)).reshape(R, N), "1e8 m3", rng.uniform(0, 5, R)),
        },
        "population": rng.uniform(100, 9000, R) if layout.population else None,
        "population_unit": "1e4 person",
        "unit": "1e8 CNY",
        "price_basis": "current CNY, producer prices",
        "period": period,
    }


def _cut_holes(A, Y, exports, idle, rng):
    """Empty some origins, purchase cells, buyers and sectors in place."""
    R, N, n = A.shape[0] - 1, *A.shape[1:]
    A[rng.uniform(size=A.shape) < 0.3] = 0.0
    Y[rng.uniform(size=Y.shape) < 0.3] = 0.0
    A[:, rng.uniform(size=(N, n)) < 0.2] = 0.0
    Y[:, rng.uniform(size=Y.shape[1:]) < 0.2] = 0.0
    Y[:, :, rng.uniform(size=R) < 0.15] = 0.0
    idle[rng.uniform(size=(R, N)) < 0.2] = True
    # A table without any output holds nothing to test.
    idle[0, 0] = False
    Y[0, 0, 0, 0] = 50.0
    A[:R][idle] = 0.0
    Y[:R][idle] = 0.0
    exports[idle] = 0.0


def _split(total, M, rng):
    """Split value added (n,) into M factors, of which the last may be negative."""
    shares = rng.uniform(-0.2, 1.0, (M, total.size))
    shares[0] = 1.0 - shares[1:].sum(axis=0)
    return shares * total


def scaled(given: dict, factor: float, unit: str) -> dict:
    """Return a table with all money multiplied."""
    names = ("Z", "Y", "V", "exports", "stock_change", "discrepancy")
    names += ("imports_Z", "imports_Y", "imports_row_Z", "imports_row_Y")
    money = {name: given[name] * factor for name in names if given[name] is not None}
    return {**given, **money, "unit": unit}


REGION_AXES = {
    "Z": (0, 2),
    "Y": (0, 2),
    "V": (1,),
    "exports": (0,),
    "stock_change": (0,),
    "discrepancy": (0,),
    "imports_Z": (1,),
    "imports_Y": (1,),
    "imports_row_Z": (0,),
    "imports_row_Y": (0,),
    "population": (0,),
}
SECTOR_AXES = {
    "Z": (1, 3),
    "Y": (1,),
    "V": (2,),
    "exports": (1,),
    "stock_change": (1,),
    "discrepancy": (1,),
    "imports_Z": (0, 2),
    "imports_Y": (0,),
    "imports_row_Z": (1,),
}


def reordered(given: dict, regions: np.ndarray, sectors: np.ndarray) -> dict:
    """Return a table with regions and sectors in another order."""
    result = dict(given)
    for axes, order in ((REGION_AXES, regions), (SECTOR_AXES, sectors)):
        for name, places in axes.items():
            for axis in places:
                if result[name] is not None:
                    result[name] = np.take(result[name], order, axis=axis)
    result["accounts"] = {
        name: (values[0][np.ix_(regions, sectors)], values[1], *(part[regions] for part in values[2:]))
        for name, values in given["accounts"].items()
    }
    result["regions"] = [given["regions"][r] for r in regions]
    result["sectors"] = [given["sectors"][i] for i in sectors]
    return result


def with_twin(given: dict, dim: str) -> dict:
    """Return a table whose last region or sector stands twice, each with half of everything.

    The twins are identical in every share, intensity and coefficient.
    """
    axes = REGION_AXES if dim == "region" else SECTOR_AXES
    result = dict(given)
    for name, places in axes.items():
        for axis in places:
            if result[name] is not None:
                result[name] = _halved(result[name], axis)
    own = 0 if dim == "region" else 1
    result["accounts"] = {
        name: (
            _halved(values[0], own),
            values[1],
            *(_halved(part, 0) if dim == "region" else part for part in values[2:]),
        )
        for name, values in given["accounts"].items()
    }
    labels = f"{dim}s"
    result[labels] = [*given[labels], "twin"]
    return result


def merged(values, axis: int):
    """Return an array with the last two entries of an axis added up."""
    values = np.moveaxis(np.asarray(values), axis, 0)
    return np.moveaxis(np.concatenate([values[:-2], values[-2:].sum(axis=0, keepdims=True)]), 0, axis)


def _halved(values, axis: int):
    values = np.moveaxis(values, axis, 0)
    half = values[-1:] / 2
    return np.moveaxis(np.concatenate([values[:-1], half, half]), 0, axis)
