"""The official provincial tables of 2007: technology, mix of final demand, value-added ratios, own supply.

They are facts of that year and the structure that later years start from. Tibet publishes none: it takes the
structure of Qinghai, and is flagged wherever that matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.recipe import labels
from data.recipe.sources import TO_1E8, Array, check_balance, read_customs
from data.recipe.sums import add_up, add_up_square

_RENAMED = {"Neimenggu": "InnerMongolia"}
_NO_TABLE = "Tibet"
_LIKE = "Qinghai"
_USABLE_GAP = 0.1
"""A split of outflow by destination is used when its parts miss the total by less than this share."""
_EXPORT_CEILING = 0.9
_AS_PRINTED = 1e-6
"""Provincial tables are printed with rounded cells."""


@dataclass(frozen=True)
class Structure:
    """Structure of 2007 from the official provincial tables.

    Parameters
    ----------
    A
        Inputs of any origin per unit of output (R, N, N); NaN in columns without output.
    mix
        Shares of products in each category of final demand (R, N, K).
    ratio
        Value added per unit of output (R, N); NaN without output.
    own_supply
        Share of output not exported that stays in the province (R, N).
    own_demand
        Share of the use of domestic products that comes from the province itself (R, N).
    totals_only
        Provinces whose outflow and inflow are known as totals only, or whose split does not add up.
    """

    A: Array
    mix: Array
    ratio: Array
    own_supply: Array
    own_demand: Array
    totals_only: tuple[str, ...]


@dataclass(frozen=True)
class _Table:
    """The tables of 30 provinces in 39 sectors [1e8 CNY]."""

    names: tuple[str, ...]
    Z: Array
    F: Array
    V: Array
    x: Array
    exports: Array
    outflow: Array
    out_total: Array
    imports: Array
    inflow: Array
    in_total: Array


def read_structure(root: Path) -> Structure:
    """Read the official tables of 2007 and return what later steps need, for all 31 provinces."""
    table = _read(root / "nbs_provincial_2007" / "prov_io_2007_31x42.npz")
    exports, imports = read_customs(root / "facts", 2007)
    at = labels.positions(table.names, labels.PROVINCES)
    totals_only = _without_split(table)
    out_abroad = np.where(totals_only[:, None], _part(exports[at], table.out_total), table.exports)
    in_abroad = np.where(totals_only[:, None], _part(imports[at], table.in_total), table.imports)
    outflow = np.where(totals_only[:, None], table.out_total - out_abroad, table.outflow)
    inflow = np.where(totals_only[:, None], table.in_total - in_abroad, table.inflow)
    use = table.Z.sum(axis=2) + table.F.sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        A = table.Z / table.x[:, None, :]
        ratio = table.V / table.x
    order = labels.positions([_LIKE if name == _NO_TABLE else name for name in labels.PROVINCES], table.names)
    demand = table.F[:, :, :4]
    return Structure(
        A=A[order],
        mix=(demand / demand.sum(axis=1, keepdims=True))[order],
        ratio=ratio[order],
        own_supply=_kept(table.x - out_abroad, outflow)[order],
        own_demand=_kept(use - in_abroad, inflow)[order],
        totals_only=tuple(name for name, only in zip(table.names, totals_only, strict=True) if only),
    )


def _read(path: Path) -> _Table:
    """Read the tables of 30 provinces, check that they balance, and add them up to 39 sectors."""
    keys = ("Z", "F", "va", "x", "export", "outflow", "out_total", "imp", "inflow", "in_total", "err")
    with np.load(path) as file:
        names = tuple(_RENAMED.get(str(name), str(name)) for name in file["regions"][1:])
        Z, F, va, x, e, o, out, m, i, into, err = (file[key][1:] * TO_1E8 for key in keys)
    for at, name in enumerate(names):
        rows = Z[at].sum(axis=1) + F[at].sum(axis=1) + out[at] - into[at] + err[at]
        check_balance(rows, x[at], f"{path.name}, {name}, row", tolerance=_AS_PRINTED)
        check_balance(
            Z[at].sum(axis=0) + va[at].sum(axis=0),
            x[at],
            f"{path.name}, {name}, column",
            tolerance=_AS_PRINTED,
        )
    sector, N = labels.sector_of("nbs2007_42"), len(labels.CODES)
    vectors = {"x": x, "V": va.sum(axis=1), "exports": e, "outflow": o, "out_total": out}
    vectors |= {"imports": m, "inflow": i, "in_total": into}
    return _Table(
        names=names,
        # Three cells of Shaanxi and Qinghai are negative, 179 in 1e4 CNY together: no input can be.
        Z=add_up_square(np.maximum(Z, 0.0), sector, N),
        F=add_up(F, sector, N, axis=1),
        **{name: add_up(values, sector, N, axis=1) for name, values in vectors.items()},
    )


def _without_split(table: _Table) -> np.ndarray:
    """Tell which provinces publish totals only, or a split that does not add up to them (30,)."""
    gap_out = np.abs(table.exports + table.outflow - table.out_total).sum(axis=1) / table.out_total.sum(
        axis=1
    )
    gap_in = np.abs(table.imports + table.inflow - table.in_total).sum(axis=1) / table.in_total.sum(axis=1)
    published = (table.exports.sum(axis=1) > 0) & (table.imports.sum(axis=1) > 0)
    return ~published | (gap_out > _USABLE_GAP) | (gap_in > _USABLE_GAP)


def _part(customs: Array, total: Array) -> Array:
    """Return the part of a total of outflow or inflow that crossed the border, from customs."""
    return np.minimum(customs, _EXPORT_CEILING * np.maximum(total, 0.0))


def _kept(amount: Array, moved: Array) -> Array:
    """Return the share of an amount that did not move between provinces (provinces, N).

    Where official numbers contradict each other (more is moved than there is, or nothing is there to move),
    the cell says nothing and takes the share of its product over all provinces that are consistent.
    """
    consistent = (amount > 0) & (moved >= 0) & (moved <= amount)
    share = np.divide(amount - moved, amount, out=np.zeros_like(amount), where=consistent)
    there = np.where(consistent, amount, 0.0)
    mean = (share * there).sum(axis=0) / there.sum(axis=0)
    return np.where(consistent, share, mean)
