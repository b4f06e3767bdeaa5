"""From the tables of single regions to one multi-regional table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from mrio.balancing.capped import move_excess
from mrio.building.assembly_notes import HEADLINE, cell_groups, plain, warn_of_estimates
from mrio.building.border import Border, split_border
from mrio.building.imports import ImportSplit, split_imports
from mrio.building.nation import compare_with_nation, residual_table
from mrio.building.national_fit import fit_to_nation
from mrio.building.regional import RegionalTable
from mrio.building.stack import Stack, check_alike, stacked
from mrio.building.trade import fit_trade, sourcing, spread
from mrio.building.trade_rule import TradeRule, own_by_rule, prior_by_rule
from mrio.errors import BalanceError, DataError, MissingDataError
from mrio.provenance import Provenance
from mrio.tables import System

Array = npt.NDArray[np.float64]


def assemble(
    parts: Sequence[RegionalTable],
    *,
    national: RegionalTable | None = None,
    rest: str | None = None,
    trade: TradeRule | None = None,
    balance: Literal["parts", "nation"] = "parts",
    tolerance: float = 1e-6,
) -> System:
    """Assemble the tables of single regions to one multi-regional table.

    Steps, each in the provenance with how much it moved the numbers:

    1. The rest of the country, when it is named: the nation less the parts (`residual_table`).
    2. Exports and imports abroad apart from flows inside the country, estimated where a table publishes
       totals only (`split_border`); such regions are named in a warning and in the provenance.
    3. With ``balance="nation"`` all regions are brought to the cells of the national table
       (`fit_to_nation`); with ``balance="parts"`` they stay as published, and what they do not agree on with
       the nation is told.
    4. Imports leave the purchases in proportion (`split_imports`). Imports of a region beyond its use of the
       product are goods in transit and become imports of the regions that take in from others; exports
       beyond its output become exports of the regions that send out to others.
    5. Trade: supply S = x - exports - inventories - discrepancy against use DD, own supply on the diagonal
       (`fit_trade`). Regions that sell more or less than all regions buy keep the difference in their
       discrepancy: use is met, and supply is scaled to it, product by product.
    6. Every buyer of a region draws on the origins in the same shares (Chenery-Moses, `spread`).

    Parameters
    ----------
    parts
        One table for each region, with the same labels, unit, prices and period.
    national
        Table of the nation; needed for `rest`, ``balance="nation"`` and the CHARM rule, and to split trade
        that is published in totals only.
    rest
        Name of the rest of the country; without it the parts are the whole country.
    trade
        Trade rule; proportional by default.
    balance
        Whose numbers win where parts and nation differ.
    tolerance
        Largest gap of a row or column of a given table, relative to its mean output.

    Returns
    -------
    System
        With imports by product, exports, inventories (domestic) and discrepancy. With ``balance="parts"``
        purchases of all origins, primary inputs and output of each part are those of its table.

    Raises
    ------
    LabelError, UnitsError, PriceBasisError, DataError
        Tables that do not fit together; one region with flows to others and nobody to trade with.
    MissingDataError
        A nation, a distance or an observed trade that the rules need.
    BalanceError, ConvergenceError
        Tables that do not add up, a rest that cannot be, products used but supplied by nobody.

    Warns
    -----
    DataWarning
        Trade published in totals only; a discrepancy of more than 1 % of output.

    Examples
    --------
    >>> from mrio.provenance import Provenance
    >>> words = dict(sectors=["goods"], demand=["final"], factors=["value added"], unit="1e8 CNY",
    ...     price_basis="current 2007 CNY, producer prices", period="2007", provenance=Provenance("made up"))
    >>> north = RegionalTable(region="North", Z=[[4]], Y=[[5]], V=[[6]], x=[10],
    ...     exports=[1], imports=[1], outflow=[3], inflow=[2], **words)
    >>> south = RegionalTable(region="South", Z=[[6]], Y=[[7]], V=[[6]], x=[12],
    ...     exports=[2], imports=[2], outflow=[2], inflow=[3], **words)
    >>> assemble([north, south]).Z.sum("use_sector").values.squeeze().round(3).tolist()
    [[2.667, 1.385], [0.889, 3.692]]
    """
    rule = trade or TradeRule()
    tables, provenance = _tables(parts, national, rest, balance, tolerance)
    border = split_border(tables, national)
    published = _stack(tables, border)
    stack, provenance = _levels(published, national, balance, [t.region for t in tables], provenance)
    stack, provenance = _imports_within_use(stack, provenance)
    labels = ([table.region for table in tables], list(tables[0].sectors))
    split = split_imports(stack.Z, stack.Y, stack.imports, stock_change=stack.stock_change, labels=labels)
    provenance = provenance.with_step(
        "parted imports in proportion to use",
        imports=_total(stack.imports),
        use=_total(stack.use),
        into_inventories_left_out=_total(split.stock_imported),
    )
    stack, split, provenance = _exports_within_output(stack, split, provenance)
    supply, gap, provenance = _supply(stack, split, labels, provenance)
    own = own_by_rule(published, supply, _domestic_use(split), rule, national)
    fitted, provenance = _trade(supply, _domestic_use(split), own, rule, labels, provenance)
    warn_of_estimates(tables, border, gap, stack.x)
    provenance = replace(provenance, groups=cell_groups(tables, border, balance, rest))
    return _system(tables, replace(stack, error=stack.error + gap), split, fitted, provenance)


def _tables(
    parts: Sequence[RegionalTable],
    national: RegionalTable | None,
    rest: str | None,
    balance: str,
    tolerance: float,
) -> tuple[list[RegionalTable], Provenance]:
    """Return the tables of all regions, the rest included, after checking them against each other."""
    if balance not in ("parts", "nation"):
        raise DataError(f"The rule {balance!r} is not known.", remedy='use balance="parts" or "nation"')
    if national is None and (rest is not None or balance == "nation"):
        raise MissingDataError(
            "The table of the nation is needed.",
            where=f"rest={rest!r}, balance={balance!r}",
            remedy='give national=, or leave rest out and use balance="parts"',
        )
    given = [*parts] if national is None else [*parts, national]
    check_alike(given)
    for table in given:
        table.check(tolerance)
    sources = dict.fromkeys(table.provenance.source for table in given)
    provenance = Provenance("; ".join(sources), headline=HEADLINE)
    provenance = provenance.with_step(
        "assembled", regions=[table.region for table in parts], tolerance=tolerance
    )
    if national is None:
        return _with_partners(parts), provenance
    compared = compare_with_nation(parts, national)
    provenance = provenance.with_step("compared the sum of the parts with the nation", totals=plain(compared))
    if rest is None:
        return [*parts], provenance
    remainder = residual_table(national, parts, rest)
    step = remainder.provenance.steps[-1]
    return [*parts, remainder], provenance.with_step(step.action, **step.details)


def _with_partners(parts: Sequence[RegionalTable]) -> list[RegionalTable]:
    """Return the tables, or raise when a single region trades with a country that is not there."""
    if len(parts) == 1 and parts[0].has_split:
        flows = _total(parts[0].outflow) + _total(parts[0].inflow)
        if flows > 0:
            raise MissingDataError(
                "A single region trades with regions that are not there.",
                where=parts[0].region,
                amount=f"outflow and inflow {flows:.6g} [{parts[0].unit}]",
                remedy="give the national table and the name of the rest, or the tables of the other regions",
            )
    return [*parts]


def _stack(tables: Sequence[RegionalTable], border: Border) -> Stack:
    """Return the tables side by side, with trade as parted at the border."""
    names = ("Z", "Y", "V", "x", "stock_change", "error")
    flows = {name: getattr(border, name) for name in ("exports", "imports", "outflow", "inflow")}
    return Stack(**{name: stacked(tables, name) for name in names}, **flows)


def _levels(
    published: Stack,
    national: RegionalTable | None,
    balance: str,
    regions: list[str],
    provenance: Provenance,
) -> tuple[Stack, Provenance]:
    """Return the tables as published, or brought to the cells of the nation."""
    if balance == "parts" or national is None:
        return published, provenance
    stack, moved = fit_to_nation(published, national, regions)
    return stack, provenance.with_step("brought all regions to the cells of the nation", moved=moved)


def _imports_within_use(stack: Stack, provenance: Provenance) -> tuple[Stack, Provenance]:
    """Return the tables with no region importing more than it uses: the rest was in transit."""
    ceiling = np.maximum(stack.use + stack.stock_change, 0.0)
    imports, unplaced = move_excess(stack.imports, ceiling, np.maximum(stack.inflow, 0.0))
    provenance = provenance.with_step(
        "moved imports beyond the use of a region to regions that take in from others",
        **_transit(imports, stack.imports, unplaced),
    )
    return replace(stack, imports=imports), provenance


def _exports_within_output(
    stack: Stack, split: ImportSplit, provenance: Provenance
) -> tuple[Stack, ImportSplit, Provenance]:
    """Return the tables with no region exporting more than it makes: the rest came from other regions.

    Inventories and discrepancy of sectors without output are left out: such sectors must be empty.
    """
    none = stack.x == 0
    left_out = np.abs(np.where(none, stack.error, 0.0)).sum() + np.abs(split.stock_domestic[none]).sum()
    stock, error = (np.where(none, 0.0, part) for part in (split.stock_domestic, stack.error))
    exports, unplaced = move_excess(
        stack.exports, np.maximum(stack.x - stock - error, 0.0), np.maximum(stack.outflow, 0.0)
    )
    provenance = provenance.with_step(
        "moved exports beyond the output of a region to regions that send out to others",
        **_transit(exports, stack.exports, unplaced),
        left_out_without_output=float(left_out),
    )
    return replace(stack, exports=exports, error=error), replace(split, stock_domestic=stock), provenance


def _transit(kept: Array, published: Array, unplaced: Array) -> dict[str, float]:
    """Return how many cells were cut, by how much in all, and what found no place."""
    cut = np.maximum(published - kept, 0.0)
    return {"cells": int((cut > 0).sum()), "amount": float(cut.sum()), "without_place": float(unplaced.sum())}


def _supply(
    stack: Stack, split: ImportSplit, labels: tuple[list[str], list[str]], provenance: Provenance
) -> tuple[Array, Array, Provenance]:
    """Return supply to the country (R, N) scaled to what is used of each product, and what that leaves over.

    The second array is supply as published less supply as scaled; it enters the discrepancy.
    """
    supply = stack.x - stack.exports - split.stock_domestic - stack.error
    use = _domestic_use(split).sum(axis=0)
    positive = np.maximum(supply, 0.0)
    total = positive.sum(axis=0)
    # What is left of a difference of large numbers is no use.
    missing = (total <= 0) & (use > 1e-12 * stack.use.sum(axis=0))
    if missing.any():
        table = pd.DataFrame(
            {"product": [labels[1][at] for at in np.flatnonzero(missing).tolist()], "use": use[missing]}
        )
        raise BalanceError(
            "A product is used but supplied by no region.",
            where=", ".join(map(repr, table["product"][:6])),
            amount=f"use {table['use'].iloc[0]:.6g}",
            remedy="import all of it, or give the region that makes it",
            table=table,
        )
    scaled = positive * np.divide(use, total, out=np.zeros_like(use), where=total > 0)
    gap = supply - scaled
    provenance = provenance.with_step(
        "scaled supply of each product to its use, the difference kept in the discrepancy",
        share_of_output=float(np.abs(gap).sum() / stack.x.sum()),
        negative_supply=float(np.maximum(-supply, 0.0).sum()),
        cells_of_negative_supply=int((supply < 0).sum()),
        worst_product=labels[1][int(np.argmax(np.abs(gap).sum(axis=0)))],
    )
    return scaled, gap, provenance


def _domestic_use(split: ImportSplit) -> Array:
    """Return purchases of domestic products by region and product (R, N)."""
    return np.asarray(split.Z_domestic.sum(axis=2) + split.Y_domestic.sum(axis=2))


def _trade(
    supply: Array,
    use: Array,
    own: Array,
    rule: TradeRule,
    labels: tuple[list[str], list[str]],
    provenance: Provenance,
) -> tuple[Array, Provenance]:
    """Return trade (N, R, R) balanced to supply and use, with own supply as given (all R, N)."""
    fitted = fit_trade(supply, use, own, prior_by_rule(supply - own, use - own, rule), labels=labels)
    kept = float(np.einsum("irr->", fitted.matrix))
    provenance = provenance.with_step(
        "estimated trade between regions",
        prior=rule.prior,
        exponent=rule.exponent if rule.prior == "gravity" else "none",
        own_supply=rule.own,
        moved=fitted.moved,
        iterations=fitted.iterations,
        residual=fitted.residual,
        kept_by_the_regions=kept,
        between_regions=_total(fitted.matrix) - kept,
    )
    return fitted.matrix, provenance


def _system(
    tables: Sequence[RegionalTable],
    stack: Stack,
    split: ImportSplit,
    trade: Array,
    provenance: Provenance,
) -> System:
    """Return the table with purchases spread over origins; what the rules leave over is in the errors."""
    first = tables[0]
    Z, Y = spread(sourcing(trade), split.Z_domestic, split.Y_domestic)
    people = [table.population for table in tables]
    known = [number for number in people if number is not None]
    return System.from_arrays(
        regions=[table.region for table in tables],
        sectors=first.sectors,
        demand=first.demand,
        factors=first.factors,
        Z=Z,
        Y=Y,
        V=stack.V.transpose(1, 0, 2),
        x=stack.x,
        exports=stack.exports,
        stock_change=split.stock_domestic,
        discrepancy=stack.error,
        imports_Z=split.Z_imported.transpose(1, 0, 2),
        imports_Y=split.Y_imported.transpose(1, 0, 2),
        accounts=_accounts(tables),
        population=known if len(known) == len(people) else None,
        population_unit=first.population_unit,
        unit=first.unit,
        price_basis=first.price_basis,
        period=first.period,
        provenance=provenance,
    )


def _accounts(tables: Sequence[RegionalTable]) -> dict[str, tuple[Array, str, Array | None]]:
    """Return the accounts that all tables have in one unit."""
    accounts: dict[str, tuple[Array, str, Array | None]] = {}
    for name, (_, unit, _) in tables[0].accounts.items():
        if all(name in table.accounts and table.accounts[name][1] == unit for table in tables):
            own = [table.accounts[name][2] for table in tables]
            known = [value for value in own if value is not None]
            direct = np.array(known) if len(known) == len(own) else None
            accounts[name] = (np.stack([table.accounts[name][0] for table in tables]), unit, direct)
    return accounts


def _total(values: Array | None) -> float:
    return 0.0 if values is None else float(np.sum(values))
