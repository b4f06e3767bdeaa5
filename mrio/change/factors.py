"""Factors of a change between two tables: intensities, technology with sourcing, and demand."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mrio.change.demand import Demand, Pair
from mrio.change.shares import (
    Array,
    Mask,
    other_where_zero,
    outside_unit,
    require_no_cancelled_totals,
    share_pair,
)
from mrio.change.technology import Technology
from mrio.errors import DataError, DataWarning, MissingDataError
from mrio.leontief.storage import passes
from mrio.leontief.storage.matrices import to_dense
from mrio.tables import System
from mrio.tables.arrays import is_sparse, ratio
from mrio.tables.rules import NEGLIGIBLE

ImportsOption = Literal["sourced", "domestic", "row"]
ExportsOption = Literal["level", "sourced"]


@dataclass(frozen=True)
class Treatment:
    """How imports and exports are treated, stated in every result (convention 7).

    Attributes
    ----------
    imports
        ``"sourced"``: abroad is an origin of every product; ``"domestic"``: shares among regions only, and
        technology from domestic flows; ``"row"``: imports are one more product, bought abroad only.
    exports
        ``"level"``: exports of each region are a factor; ``"sourced"``: foreign buyers re-source among
        regions.
    """

    imports: ImportsOption
    exports: ExportsOption


@dataclass(frozen=True, eq=False)
class Factors:
    """All factors of two tables a and b, as arrays.

    Attributes
    ----------
    intensity
        Flows per unit of output of each account, two arrays (accounts, n).
    technology, demand
        What stands inside and outside of the Leontief inverse.
    treatment
        How imports and exports are treated.
    flagged
        Purchase cells with sourcing shares outside [0, 1]: intermediate (N, n) and final (N, R, K).
    """

    intensity: Pair
    technology: Technology
    demand: Demand
    treatment: Treatment
    flagged: tuple[Mask, Mask]


def treatment_of(a: System, b: System, imports: ImportsOption | None, exports: ExportsOption) -> Treatment:
    """Settle how imports are treated: as asked, or the finest way that both tables allow.

    Raises
    ------
    MissingDataError
        When the tables do not hold what is asked for.
    ValueError
        When an option is unknown.
    """
    if imports not in (None, "sourced", "domestic", "row"):
        raise ValueError(f"imports={imports!r}: choose 'sourced', 'domestic' or 'row'")
    if exports not in ("level", "sourced"):
        raise ValueError(f"exports={exports!r}: choose 'level' or 'sourced'")
    known = {a.imports, b.imports}
    if len(known) > 1:
        raise MissingDataError(
            "The two tables know imports in different ways.",
            where=f"{a.title} and {b.title}",
            amount=f"{a.imports!r} and {b.imports!r}",
            remedy="give both tables the same kind of imports (System.replace)",
        )
    kind = known.pop()
    if imports is None:
        return Treatment({"product": "sourced", "row": "row", "none": "domestic"}[kind], exports)  # type: ignore[arg-type]
    if imports == "sourced" and kind == "row":
        raise MissingDataError(
            "Imports cannot be sourced by product: the tables know them as one row only.",
            where=f"{a.title} and {b.title}",
            remedy="pass imports='row' (abroad is one product of its own) or imports='domestic'",
        )
    if imports == "row" and kind == "none":
        raise MissingDataError(
            "Imports cannot be a row: the tables hold no imports.",
            where=f"{a.title} and {b.title}",
            remedy="pass imports='domestic', or give import arrays",
        )
    return Treatment(imports, exports)


def factors_of(a: System, b: System, accounts: tuple[str, ...], treatment: Treatment) -> Factors:
    """Return all factors of two comparable tables.

    Parameters
    ----------
    a, b
        Tables of period 0 and 1 on the same labels.
    accounts
        Names of M accounts.
    treatment
        How imports and exports are treated.

    Raises
    ------
    DataError
        Where flows of different sign cancel out, so that shares do not exist.
    """
    _require_dense(a, b)
    idle = (_idle(a), _idle(b))
    intensity = other_where_zero((_intensities(a, accounts), _intensities(b, accounts)), idle)
    technology, flagged = _technology(a, b, idle, treatment)
    demand, flagged_final = _demand(a, b, treatment)
    return Factors(intensity, technology, demand, treatment, (flagged, flagged_final))


def warn_of_flags(factors: Factors, stacklevel: int = 3) -> None:
    """Warn where sourcing shares leave [0, 1] because flows are negative.

    Parameters
    ----------
    factors
        Factors of both tables.
    stacklevel
        How many calls above this one the user's line is.
    """
    count = sum(int(mask.sum()) for mask in factors.flagged)
    if count:
        warnings.warn(
            f"{count} purchase cells have sourcing shares outside [0, 1] because of negative flows; all "
            "identities hold, but transfers there are hard to read. Give inventories as stock_change=.",
            DataWarning,
            stacklevel=stacklevel,
        )


DENSE_ROWS = 25_000
"""Rows up to which a sparse table is made dense for a decomposition: 5 GB a matrix."""


def _require_dense(a: System, b: System) -> None:
    """Raise for large sparse tables: sourcing shares are formed with dense coefficients."""
    n = a.arrays.x.size
    if n > DENSE_ROWS and (is_sparse(a.arrays.Z) or is_sparse(b.arrays.Z)):
        raise DataError(
            "A change between sparse tables of this size cannot be decomposed.",
            where=f"{a.title} and {b.title}",
            amount=f"{n:,} rows, at most {DENSE_ROWS:,}",
            remedy="aggregate the tables first",
        )


def _idle(system: System) -> Mask:
    """Mark buyers without output, (n,)."""
    x = system.arrays.x.ravel()
    return np.asarray(np.abs(x) <= NEGLIGIBLE * np.abs(x).mean())


def _intensities(system: System, accounts: tuple[str, ...]) -> Array:
    """Return f = c / x of the accounts, (M, n)."""
    x = system.arrays.x
    return np.array([system.account(name).intensity(x).ravel() for name in accounts])


def _technology(
    a: System, b: System, idle: tuple[Mask, Mask], treatment: Treatment
) -> tuple[Technology, Mask]:
    R, N = a.arrays.x.shape
    n = R * N
    Z = tuple(to_dense(s.arrays.Z).reshape(R, N, n) for s in (a, b))
    abroad = None
    if treatment.imports == "sourced" and a.imports == "product":
        abroad = tuple(s.arrays.imports_Z.reshape(N, n) for s in (a, b))  # type: ignore[union-attr]
    totals, flagged = [], np.zeros((N, n), dtype=np.bool_)
    for t in (0, 1):
        negative, origins = passes.smallest(Z[t]) < 0, Z[t]
        total = passes.total(Z[t])
        if abroad is not None:
            total = total + abroad[t]
            if (abroad[t] < 0).any():
                negative, origins = True, np.concatenate([Z[t], abroad[t][np.newaxis]])
        if negative:
            require_no_cancelled_totals(origins, total, "intermediate purchases (Z)")
            flagged |= outside_unit(origins, total)
        totals.append(total)
    x = tuple(np.where(zero, 0.0, s.arrays.x.ravel()) for s, zero in zip((a, b), idle, strict=True))
    H = other_where_zero((ratio(totals[0], x[0]), ratio(totals[1], x[1])), idle)
    v = tuple(ratio(s.arrays.V.sum(axis=0).ravel(), out) for s, out in zip((a, b), x, strict=True))
    technology = Technology(
        Z=(Z[0], Z[1]),
        abroad=abroad,  # type: ignore[arg-type]
        total=(totals[0], totals[1]),
        H=H,
        v=other_where_zero((v[0], v[1]), idle),
        idle=idle,
    )
    return technology, flagged


def _demand(a: System, b: System, treatment: Treatment) -> tuple[Demand, Mask]:
    origins = tuple(_final_by_origin(s, treatment) for s in (a, b))
    flagged = np.zeros(origins[0].shape[1:], dtype=np.bool_)
    for flows in origins:
        require_no_cancelled_totals(flows, flows.sum(axis=0), "final purchases (Y)")
        flagged |= outside_unit(flows, flows.sum(axis=0))
    products = tuple(_final_by_product(s, o, treatment) for s, o in zip((a, b), origins, strict=True))
    categories = tuple(p.sum(axis=0) for p in products)
    for p, category in zip(products, categories, strict=True):
        require_no_cancelled_totals(p, category, "the products of a final demand category (Y)")
        require_no_cancelled_totals(category.T, category.sum(axis=1), "the final demand of a region (Y)")
    levels = tuple(c.sum(axis=1) for c in categories)
    heads = a.arrays.population, b.arrays.population
    P = None if heads[0] is None or heads[1] is None else (heads[0], heads[1])
    if P is None and not (heads[0] is None and heads[1] is None):
        warnings.warn(
            f"Only one of {a.title} and {b.title} knows its population: there is no population effect, and "
            "the level is that of total final demand.",
            DataWarning,
            stacklevel=5,
        )
    g = levels if P is None else tuple(ratio(g, p) for g, p in zip(levels, P, strict=True))
    E = _pair(a.arrays.exports, b.arrays.exports)
    TE = None
    if E is not None and treatment.exports == "sourced":
        TE, E = share_pair(E), (E[0].sum(axis=0), E[1].sum(axis=0))
    demand = Demand(
        D=share_pair((origins[0], origins[1])),
        B=share_pair((products[0], products[1])),
        S=share_pair((categories[0], categories[1]), axis=1),
        g=(g[0], g[1]),
        P=P,
        export_sourcing=TE,
        exports=E,
        other=_stocks(a, b),
    )
    return demand, flagged


def _final_by_origin(system: System, treatment: Treatment) -> Array:
    """Return final purchases by origin (O, N, R, K), abroad last where it is an origin."""
    arrays = system.arrays
    if treatment.imports == "sourced" and arrays.imports_Y is not None:
        return np.concatenate([arrays.Y, arrays.imports_Y[np.newaxis]])
    return arrays.Y


def _final_by_product(system: System, origins: Array, treatment: Treatment) -> Array:
    """Return final purchases by product (N', R, K); the import row is a product of its own, last."""
    total = origins.sum(axis=0)
    if treatment.imports == "row":
        return np.concatenate([total, system.arrays.imports_by_demand[np.newaxis]])
    return np.asarray(total)


def _stocks(a: System, b: System) -> Pair | None:
    """Return stock changes and discrepancy together, (R, N), or None where neither table has them."""
    parts = [[s.arrays.stock_change, s.arrays.discrepancy] for s in (a, b)]
    if all(part is None for pair in parts for part in pair):
        return None
    zero = np.zeros_like(a.arrays.x)
    sums = [sum((p for p in pair if p is not None), zero) for pair in parts]
    return sums[0], sums[1]


def _pair(first: Array | None, second: Array | None) -> Pair | None:
    """Return both, zeros for one that is missing, or None when both are."""
    if first is None and second is None:
        return None
    if first is None or second is None:
        known = second if first is None else first
        assert known is not None
        missing = np.zeros_like(known)
        return (missing, known) if first is None else (known, missing)
    return first, second
