"""Compare with tables that others made, and with an official table left out on purpose.

``python -m data.recipe validate`` prints what this module measures; ``data/README.md`` records it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.recipe import labels
from data.recipe.accounts import Facts
from data.recipe.assemble import Table
from data.recipe.sources import TO_1E8, Array
from data.recipe.sums import add_up
from mrio.errors import LabelError

Index = labels.Index

_CREM_SECTORS = {
    "Agriculture": "Agriculture",
    "Coal": "Mining",
    "CrudeOil": "Mining",
    "NaturalGas": "Mining",
    "OtherMining": "Mining",
    "LightIndustry": "Manufacturing and construction",
    "RefinedOil": "Manufacturing and construction",
    "EnergyIntensiveIndustry": "Manufacturing and construction",
    "OtherIndustry": "Manufacturing and construction",
    "TransportEquipment": "Manufacturing and construction",
    "Electricity": "Utilities",
    "GasDistribution": "Utilities",
    "Water": "Utilities",
    "TradeHotelRestaurant": "Services",
    "Transport": "Services",
    "OtherServices": "Services",
}


@dataclass(frozen=True)
class Scores:
    """How close intermediate flows are to reference flows, both scaled to the same total.

    Parameters
    ----------
    r, wape, bias
        Cells between different regions: correlation, sum |a - b| / sum b, and sum a / sum b - 1.
    block_r, block_wape
        The same for sums over sectors, one for each pair of different regions.
    intra_wape
        sum |a - b| / sum b of the cells inside regions.
    inter_share
        Share of all flows that crosses a border.
    """

    r: float
    wape: float
    bias: float
    block_r: float
    block_wape: float
    intra_wape: float
    inter_share: float


def score(flows: Array, reference: Array) -> Scores:
    """Compare flows (R, N, R, N) with reference flows of the same shape."""
    scaled = flows * (reference.sum() / flows.sum())
    between = ~np.eye(len(flows), dtype=bool)
    a, b = (part.transpose(0, 2, 1, 3) for part in (scaled, reference))
    block_a, block_b = (part.sum(axis=(2, 3))[between] for part in (a, b))
    return Scores(
        r=correlation(a[between], b[between]),
        wape=wape(a[between], b[between]),
        bias=float(a[between].sum() / b[between].sum() - 1),
        block_r=correlation(block_a, block_b),
        block_wape=wape(block_a, block_b),
        intra_wape=wape(a[~between], b[~between]),
        inter_share=float(a[between].sum() / a.sum()),
    )


def correlation(a: Array, b: Array) -> float:
    """Return the correlation of two arrays, cell by cell."""
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def wape(a: Array, b: Array) -> float:
    """Return the weighted absolute percentage error sum |a - b| / sum |b|."""
    return float(np.abs(a - b).sum() / np.abs(b).sum())


def merge(Z: Array, region: tuple[int, Index], sector: tuple[int, Index]) -> Array:
    """Add up intermediate flows (R, N, R, N) to fewer regions and sectors.

    Parameters
    ----------
    Z
        (R, N, R, N).
    region, sector
        Number of new labels, and the new label of each old one.
    """
    for axis, (number, member) in enumerate((region, sector, region, sector)):
        Z = add_up(Z, member, number, axis)
    return Z


def read_sic(root: Path, year: int) -> tuple[Array, tuple[str, ...]]:
    """Read intermediate flows (8, 17, 8, 17) of the State Information Center, and its regions [1e8 CNY]."""
    with np.load(root / "sic_irio_2002_2007" / f"sic_irio_{year}_8x17.npz") as file:
        regions, sectors = tuple(map(str, file["regions"])), tuple(map(str, file["sectors"]))
        Z = file["Z"].reshape(len(regions), len(sectors), len(regions), len(sectors)) * TO_1E8
    known, _ = labels.sic_sectors()
    if sectors != known:
        raise LabelError("The sectors of the SIC table are not the known ones.", amount=", ".join(sectors))
    return Z, regions


def against_sic(table: Table, root: Path) -> Scores:
    """Compare 2007 with the table of the State Information Center, 8 regions x 17 sectors."""
    reference, regions = read_sic(root, 2007)
    names, sector = labels.sic_sectors()
    return score(merge(table.Z, (len(regions), labels.sic_regions(regions)), (len(names), sector)), reference)


def sector_errors(table: Table, root: Path) -> dict[str, float]:
    """Return the weighted absolute percentage error of interregional flows by selling sector of SIC."""
    reference, regions = read_sic(root, 2007)
    names, sector = labels.sic_sectors()
    flows = merge(table.Z, (len(regions), labels.sic_regions(regions)), (len(names), sector))
    flows = flows * (reference.sum() / flows.sum())
    between = ~np.eye(len(regions), dtype=bool)
    a, b = (part.transpose(1, 0, 2, 3)[:, between] for part in (flows, reference))
    return {name: wape(a[i], b[i]) for i, name in enumerate(names)}


def net_outflow(table: Table, facts: Facts) -> tuple[float, float]:
    """Compare net outflow to other provinces with the balanced regional accounts (which are not used for it).

    Returns
    -------
    tuple
        Correlation over provinces, and sum |a - b| / sum |b|.
    """
    flows = table.Z.sum(axis=(1, 3)) + table.Y.sum(axis=(1, 3))
    net = flows.sum(axis=1) - flows.sum(axis=0)
    known = facts.years[table.year].net_outflow
    return correlation(net, known), wape(net, known)


def against_crem(table: Table, root: Path) -> Scores:
    """Compare 2007 with the C-REM table, 30 provinces x 5 sectors; its own sectors do not map to these."""
    with np.load(root / "crem_2007" / "crem2007_30x16.npz") as file:
        provinces, sectors = list(map(str, file["regions"])), list(map(str, file["sectors"]))
        Z = file["Z"].reshape(len(provinces), len(sectors), len(provinces), len(sectors))
    names, own = labels.crem_sectors()
    theirs = labels.positions([_CREM_SECTORS[name] for name in sectors], names)
    each = (len(provinces), np.arange(len(provinces)))
    at = labels.positions(provinces, labels.PROVINCES)
    return score(merge(table.Z[at][:, :, at], each, (len(names), own)), merge(Z, each, (len(names), theirs)))


def distance_exponent(root: Path, year: int, facts: Facts) -> float:
    """Return the exponent b of log T = origin + destination - b log km over the pairs of SIC regions."""
    Z, regions = read_sic(root, year)
    member = np.eye(len(regions))[:, labels.sic_regions(regions)] * facts.years[2007].population
    weight = member / member.sum(axis=1, keepdims=True)
    km = weight @ facts.distance @ weight.T
    origin, destination = np.nonzero(~np.eye(len(regions), dtype=bool))
    dummies = [np.eye(len(regions))[origin], np.eye(len(regions))[destination]]
    X = np.column_stack([*dummies, np.log(km[origin, destination])])
    y = np.log(Z.sum(axis=(1, 3))[origin, destination])
    return -float(np.linalg.lstsq(X, y, rcond=None)[0][-1])


@dataclass(frozen=True)
class Backcast:
    """Beijing 2012 made without its own table of 2012, against that table.

    Parameters
    ----------
    technology
        sum |a - b| / sum b of intermediate uses with official column totals: assembled, and for comparison
        the national coefficients of 2012, Beijing's own of 2007, and their mean before balancing.
    demand
        Half the sum of absolute errors of product shares by category, over printed products.
    net_trade_r, net_trade_sign, net_trade_wape
        Net trade by printed product (abroad and provinces together): correlation, share of equal signs,
        weighted absolute percentage error.
    gross_out, gross_in
        Assembled and official gross sales to and purchases from others over printed products.
    """

    technology: dict[str, float]
    demand: dict[str, float]
    net_trade_r: float
    net_trade_sign: float
    net_trade_wape: float
    gross_out: tuple[float, float]
    gross_in: tuple[float, float]


def backcast(table: Table, facts: Facts) -> Backcast:
    """Compare Beijing in a table of 2012 with its official one.

    Parameters
    ----------
    table
        2012 built with ``beijing_2012=False``.
    facts
        The facts.
    """
    b, official, nation = labels.BEIJING, facts.beijing[2012], facts.nations[2012]
    made = table.Z[:, :, b].sum(axis=0) + table.imports_Z[:, b]
    A_nation, A_2007 = nation.Z / nation.x, facts.structure.A[b]
    rules = {"assembled": made, "nation": A_nation, "own of 2007": A_2007, "mean": (A_nation + A_2007) / 2}
    final = table.Y[:, :, b].sum(axis=0) + table.imports_Y[:, b]
    printed = np.isfinite(official.trade).all(axis=1)
    gap = np.abs(final / final.sum(axis=0) - official.demand_share)[printed].sum(axis=0) / 2
    out, into = _gross_trade(table, b)
    theirs_out, theirs_in = official.trade[:, :2].sum(axis=1), official.trade[:, 2:].sum(axis=1)
    net, theirs = (out - into)[printed], (theirs_out - theirs_in)[printed]
    return Backcast(
        technology={name: _column_error(Z, official.Z) for name, Z in rules.items()},
        demand=dict(zip(labels.DEMAND, gap.tolist(), strict=True)),
        net_trade_r=correlation(net, theirs),
        net_trade_sign=float((np.sign(net) == np.sign(theirs)).mean()),
        net_trade_wape=wape(net, theirs),
        gross_out=(float(out[printed].sum()), float(theirs_out[printed].sum())),
        gross_in=(float(into[printed].sum()), float(theirs_in[printed].sum())),
    )


def _column_error(Z: Array, official: Array) -> float:
    """Return the error of intermediate uses (N, N) when every column has its official total."""
    return wape(Z / Z.sum(axis=0) * official.sum(axis=0), official)


def _gross_trade(table: Table, r: int) -> tuple[Array, Array]:
    """Return what a region sells to and buys from all others, abroad included, by product (N,)."""
    flows = table.Z.sum(axis=3) + table.Y.sum(axis=3)
    own = flows[r, :, r]
    imports = table.imports_Z[:, r].sum(axis=1) + table.imports_Y[:, r].sum(axis=1)
    return flows[r].sum(axis=1) - own + table.exports[r], flows[:, :, r].sum(axis=0) - own + imports


@dataclass(frozen=True)
class Balance:
    """How well a table adds up; relative gaps, and totals to be compared with published ones.

    Parameters
    ----------
    rows, columns
        Largest relative gap of a row, of a column.
    nation
        Largest relative gap between sums over regions and the national table (x, V, exports, uses by cell).
    controls
        Largest relative gap of value added by region and group, and of final demand by region and category,
        from the balanced controls times one national factor each.
    value_added
        National value added [1e8 CNY].
    co2
        Emissions by region, households included [Mt].
    """

    rows: float
    columns: float
    nation: float
    controls: float
    value_added: float
    co2: Array


def balance(table: Table, facts: Facts, member: Index | None = None) -> Balance:
    """Measure the balances of a table on the default vintage.

    Parameters
    ----------
    table
        The table.
    facts
        What it was built from.
    member
        Region of the table of each province (R,); each province is one by default.
    """
    known, nation = facts.years[table.year], facts.nations[table.year]
    member = np.arange(len(table.regions)) if member is None else member
    regions, groups = len(table.regions), len(labels.GROUPS)
    by_group = add_up(table.V, labels.GROUP_OF, groups, axis=1)
    national_group = add_up(nation.V, labels.GROUP_OF, groups)
    earned, bought = (add_up(part, member, regions) for part in (known.value_added, known.demand))
    final = table.Y.sum(axis=(0, 1)) + table.imports_Y.sum(axis=0)
    pairs = [
        (by_group, earned * (national_group / known.value_added.sum(axis=0))),
        (final, bought * (nation.F.sum(axis=0) / known.demand.sum(axis=0))),
    ]
    totals = [
        (table.x.sum(axis=0), nation.x),
        (table.V.sum(axis=0), nation.V),
        (table.exports.sum(axis=0), nation.exports),
        (table.Z.sum(axis=(0, 2)) + table.imports_Z.sum(axis=1), nation.Z),
        (table.Y.sum(axis=(0, 2)) + table.imports_Y.sum(axis=1), nation.F),
    ]
    return Balance(
        rows=table.row_gap(),
        columns=table.column_gap(),
        nation=_largest_gap(totals),
        controls=_largest_gap(pairs),
        value_added=float(table.V.sum()),
        co2=table.co2.sum(axis=1) + table.co2_households,
    )


def _largest_gap(pairs: Sequence[tuple[Array, Array]]) -> float:
    """Return the largest |a - b| / |b|; traces of 1e-9 of the largest b count against that."""
    return max(float((np.abs(a - b) / np.maximum(np.abs(b), 1e-9 * np.abs(b).max())).max()) for a, b in pairs)
