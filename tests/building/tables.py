"""Single-region tables that fit together, made at random."""

from __future__ import annotations

import numpy as np

from mrio.building.regional import RegionalTable
from mrio.provenance import Provenance

WORDS = {
    "sectors": ("coal", "steel", "rest"),
    "demand": ("households", "investment"),
    "factors": ("wages", "surplus"),
    "unit": "1e8 CNY",
    "price_basis": "current 2007 CNY, producer prices",
    "period": "2007",
}


def random_tables(seed: int, R: int = 3) -> tuple[list[RegionalTable], RegionalTable]:
    """Return tables of R regions whose flows to each other agree, and the table of their nation."""
    rng = np.random.default_rng(seed)
    N, K = 3, 2
    A = rng.uniform(0.02, 0.2, (R, N, N))
    x = rng.lognormal(3, 0.7, (R, N))
    Z = A * x[:, None, :]
    Y = rng.lognormal(1, 0.7, (R, N, K))
    stock = rng.normal(0, 0.3, (R, N))
    error = rng.normal(0, 0.1, (R, N))
    imports = rng.uniform(0.05, 0.3, (R, N)) * (Z.sum(2) + Y.sum(2) + stock)
    inflow = rng.uniform(0.1, 0.5, (R, N)) * (Z.sum(2) + Y.sum(2) + stock)
    outflow = rng.dirichlet(np.full(R, 5.0), N).T * inflow.sum(0)
    # Exports close the rows; households take what would make them negative.
    exports = x - (Z.sum(2) + Y.sum(2) + stock + error + outflow - imports - inflow)
    short = np.minimum(exports - 0.1 * x, 0.0)
    x = x - short
    exports = exports - short
    Z = np.minimum(A * x[:, None, :], Z)
    V = (x - Z.sum(1))[:, None, :] * rng.dirichlet([4.0, 3.0], (R, N)).transpose(0, 2, 1)
    tables = [
        RegionalTable(
            region=f"region {r}",
            Z=Z[r],
            Y=Y[r],
            V=V[r],
            x=x[r],
            exports=exports[r],
            imports=imports[r],
            outflow=outflow[r],
            inflow=inflow[r],
            stock_change=stock[r],
            error=error[r],
            accounts={"co2": (rng.uniform(0, 5, N), "Mt CO2", 1.0 + r)},
            population=100.0 + r,
            provenance=Provenance("made up"),
            **WORDS,
        )
        for r in range(R)
    ]
    nation = RegionalTable(
        region="nation",
        Z=Z.sum(0),
        Y=Y.sum(0),
        V=V.sum(0),
        x=x.sum(0),
        exports=exports.sum(0),
        imports=imports.sum(0),
        outflow=np.zeros(N),
        inflow=np.zeros(N),
        stock_change=stock.sum(0),
        error=error.sum(0),
        accounts={
            "co2": (np.sum([t.accounts["co2"][0] for t in tables], axis=0), "Mt CO2", R + R * (R - 1) / 2)
        },
        population=sum(t.population or 0 for t in tables),
        provenance=Provenance("made up, nation"),
        **WORDS,
    )
    return tables, nation


def without_split(table: RegionalTable) -> RegionalTable:
    """Return the table as an office would publish it that gives totals of trade only."""
    names = ("Z", "Y", "V", "x", "out_total", "in_total", "stock_change", "error")
    return RegionalTable(
        region=table.region,
        **{name: getattr(table, name) for name in names},
        provenance=table.provenance,
        **WORDS,
    )
