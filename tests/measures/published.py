"""Published test tables of other packages, read from where they lie; they are not part of this one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mrio.tables import System
from tests.measures.tables import MONEY, PEERS


def leather():
    """Return the leather table of the peers: three countries, three industries."""
    inter, final, out = (
        pd.read_csv(PEERS / "leather" / f"{name}.csv", index_col=0).to_numpy(dtype=float)
        for name in ("inter", "final", "out")
    )
    x = out.ravel()
    return System.from_arrays(
        regions=["Argentina", "Turkey", "Germany"], sectors=["Agriculture", "Textile", "Transport"],
        demand=["final"], Z=inter, Y=final, V=x - inter.sum(axis=0), x=x, **MONEY,
    )  # fmt: skip


def wide_table(path, regions, sectors, buyers):
    """Return a table of the peers in which final purchases stand beside intermediate ones."""
    numbers = pd.read_csv(path, index_col=0).to_numpy(dtype=float)
    n = len(regions) * len(sectors)
    Z, final = numbers[:, :n], numbers[:, n:].reshape(n, len(buyers), -1)
    Y = np.zeros((n, len(regions), final.shape[2]))
    Y[:, [regions.index(name) for name in buyers]] = final
    return System.from_arrays(
        regions=regions, sectors=sectors, demand=["CONS", "INVST"], Z=Z, Y=Y.reshape(n, -1),
        V=Z.sum(1) + Y.sum((1, 2)) - Z.sum(0), **MONEY,
    )  # fmt: skip


SIX = ["ESP", "FRA", "MEX", "USA", "CHN", "ROW"]
THREE = ["01T09", "10T39", "41T98"]


def wiod_like():
    return wide_table(PEERS / "wiod_like_6x3" / "wiodtest_data.csv", SIX, THREE, SIX), None, list(range(6))


def icio_like():
    """Return the table with Mexico and China in three parts each, which trade as one."""
    regions = [*SIX, "MX1", "MX2", "CN1", "CN2"]
    system = wide_table(PEERS / "icio_like_10x3" / "iciotest_data.csv", regions, THREE, SIX)
    groups = {"Mexico": ["MEX", "MX1", "MX2"], "China": ["CHN", "CN1", "CN2"]}
    return system, groups, [0, 1, 2, 3, 4, 5, 2, 2, 4, 4]


def toy(period):
    """Return one period of the toy table of two regions and five sectors; its columns do not balance."""

    def read(name):
        return pd.read_csv(PEERS / "toy_2x5" / f"toy.{period}_{name}.csv", index_col=0).to_numpy(float)

    return System.from_arrays(
        regions=["Hogwarts", "Narnia"],
        sectors=["Pizza", "Wii", "Spaceships", "Lightsabers", "Minions"],
        demand=["Household", "Government", "Investment"],
        Z=read("Z"),
        Y=read("f"),
        V=read("V"),
        factors=["employees", "proprietors", "taxes"],
        exports=read("E").sum(axis=1),
        imports_row_Z=read("M").ravel(),
        imports_row_Y=np.zeros((2, 3)),
        x=read("X").ravel(),
        **MONEY,
    )
