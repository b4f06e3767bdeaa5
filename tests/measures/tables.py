"""Tables for the tests of the measures: textbook numbers, random ones, and their plain arrays."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from mrio.tables import System

DATA = os.environ.get("MRIO_DATA_DIR")
real = pytest.mark.skipif(DATA is None, reason="MRIO_DATA_DIR is not set")
PEERS = None if DATA is None else Path(DATA).resolve().parent / "cases" / "peer_inputs"
peers = pytest.mark.skipif(PEERS is None or not PEERS.is_dir(), reason="the peers' tables are not here")

MONEY = {"unit": "1e8 CNY", "price_basis": "current 2017 CNY, producer prices", "period": "2017"}


def two_sectors() -> System:
    """Return the two-sector example of Miller and Blair, chapter 2."""
    return System.from_arrays(
        regions=["economy"],
        sectors=["1", "2"],
        demand=["final"],
        Z=[[150, 500], [200, 100]],
        Y=[[350], [1700]],
        V=[650, 1400],
        x=[1000, 2000],
        **MONEY,
    )


def two_regions() -> System:
    """Return the interregional example of Miller and Blair, chapter 3: three sectors in L, two in M."""
    Z = np.zeros((6, 6))
    Z[:5, :5] = [
        [150, 500, 50, 25, 75],
        [200, 100, 400, 200, 100],
        [300, 500, 50, 60, 40],
        [75, 100, 60, 200, 250],
        [50, 25, 25, 150, 100],
    ]
    x = np.array([1000, 2000, 1000, 1200, 800, 0])
    Y = np.zeros((6, 2))
    own = x - Z.sum(axis=1)
    Y[:3, 0], Y[3:, 1] = own[:3], own[3:]
    return System.from_arrays(
        regions=["L", "M"],
        sectors=["1", "2", "3"],
        demand=["final"],
        Z=Z,
        Y=Y,
        V=x - Z.sum(axis=0),
        x=x,
        accounts={"co2": (np.array([3.0, 1, 4, 1, 5, 0]), "Mt CO2")},
        **MONEY,
    )


def one_product() -> System:
    """Return two regions with one product each: A makes 100 and B 110, and households burn fuel of their own.

    A = [[0.2, 0.1], [0.1, 0.3]], det(I - A) = 0.55, L = [[14, 2], [2, 16]] / 11.
    """
    return System.from_arrays(
        regions=["A", "B"],
        sectors=["goods"],
        demand=["final"],
        Z=[[20, 11], [10, 33]],
        Y=[[50, 19], [10, 57]],
        V=[70, 66],
        accounts={"co2": ([30.0, 22.0], "Mt CO2", [1.0, 2.0]), "water": ([5.0, 11.0], "t water")},
        unit="1e8 CNY",
        price_basis="current 2017 CNY",
        period="2017",
    )


def germany() -> System:
    """Return the table of Germany 1995, six sectors, from a manual; taxes on products are a primary input.

    Eurostat (2008), Manual of Supply, Use and Input-Output Tables, table 15.4.
    """
    Z = [
        [1131, 25480, 1, 607, 710, 762],
        [7930, 304584, 64167, 41082, 11981, 30360],
        [426, 7334, 3875, 5296, 23457, 9155],
        [3559, 72717, 14190, 74399, 10835, 21008],
        [3637, 96115, 31027, 65755, 193176, 34223],
        [1552, 14986, 1747, 11225, 15058, 22070],
    ]
    x = np.array([43910, 1079446, 245606, 540063, 692487, 508918])
    value_added = np.array([21664, 395022, 115624, 311407, 415426, 365017])
    imports = np.array([2927, 156703, 13427, 21943, 13371, 13772])
    return System.from_arrays(
        regions=["Germany"],
        sectors=[
            "agriculture",
            "manufacturing",
            "construction",
            "trade",
            "business services",
            "other services",
        ],
        demand=["final"],
        factors=["value added", "taxes on products"],
        Z=Z,
        Y=(x - np.sum(Z, axis=1))[:, np.newaxis],
        V=np.stack([value_added, x - np.sum(Z, axis=0) - value_added - imports]),
        imports_row_Z=imports,
        imports_row_Y=[[0]],
        x=x,
        accounts={
            "jobs": (np.array([1096, 8381, 3236, 9251, 4258, 10206]), "1e3 person"),
            "gross value added": (value_added, "1e6 EUR"),
        },
        unit="1e6 EUR",
        price_basis="current 1995 EUR, basic prices",
        period="1995",
    )


def random_system(
    seed: int,
    R: int = 3,
    N: int = 3,
    K: int = 2,
    *,
    imports: str | None = "product",
    exports: bool = True,
    idle: bool = False,
    balanced: bool = True,
) -> System:
    """Return a random table; `idle` gives the last sector of the first region no output."""
    rng = np.random.default_rng(seed)
    n = R * N
    Z = rng.lognormal(0, 1, (n, n)) * (rng.random((n, n)) < 0.8) + np.kron(
        np.eye(R), rng.lognormal(1, 1, (N, N))
    )
    Y = rng.lognormal(2, 1, (n, R, K))
    outside = {"exports": rng.lognormal(1, 1, n), "stock_change": rng.normal(0, 0.2, n)} if exports else {}
    if idle:
        last = N - 1
        Z[last], Z[:, last], Y[last] = 0, 0, 0
        for part in outside.values():
            part[last] = 0
    x = Z.sum(1) + Y.sum((1, 2)) + sum(outside.values())
    share = rng.dirichlet(np.ones(4), n)
    # Where inputs would cost more than output, final demand grows: every column then leaves a margin.
    short = np.maximum(Z.sum(0) * 1.25 - x, 0)
    Y[np.arange(n), np.arange(n) // N, 0] += short
    x = x + short
    margin = x - Z.sum(0)
    given: dict = {}
    V = np.stack([margin * share[:, 0], margin * (1 - share[:, 0])])
    if imports is not None:
        V = np.stack([margin * share[:, 0], margin * share[:, 1]])
        bought = margin * (share[:, 2] + share[:, 3])
        if imports == "row":
            given = {"imports_row_Z": bought, "imports_row_Y": rng.lognormal(0, 1, (R, K))}
        else:
            mix = rng.dirichlet(np.ones(N), n).T
            given = {
                "imports_Z": (mix * bought).reshape(N, R, N),
                "imports_Y": rng.lognormal(0, 1, (N, R, K)),
            }
    if not balanced:
        V = V * 0.9
    co2 = rng.lognormal(0, 1, n) * (x > 0)
    jobs = rng.lognormal(2, 1, n) * (x > 0)
    return System.from_arrays(
        regions=[f"R{r}" for r in range(R)],
        sectors=[f"S{i}" for i in range(N)],
        demand=["households", "investment", "government"][:K],
        factors=["wages", "other"],
        Z=Z,
        Y=Y.reshape(n, R * K),
        V=V,
        accounts={"co2": (co2, "Mt CO2", rng.lognormal(0, 1, R)), "jobs": (jobs, "1e4 person")},
        **outside,
        **given,
        **MONEY,
    )


def plain(system: System) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return A, L, y and x as plain arrays, L by numpy's inverse."""
    x = system.arrays.x.ravel()
    Z = np.asarray(system.arrays.Z)
    A = np.divide(Z, x, out=np.zeros_like(Z), where=x != 0)
    return A, np.linalg.inv(np.eye(x.size) - A), system.arrays.final_demand.ravel(), x
