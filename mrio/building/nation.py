"""Regional tables beside the table of their nation: what does not agree, and what is left over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from mrio.building.border import abroad, split_border
from mrio.building.regional import RegionalTable
from mrio.building.stack import check_alike, stacked
from mrio.errors import BalanceError

Array = npt.NDArray[np.float64]


def compare_with_nation(parts: Sequence[RegionalTable], nation: RegionalTable) -> pd.DataFrame:
    """Compare the sum of regional tables with the nation.

    Parameters
    ----------
    parts
        Regional tables with the labels and the unit of the nation.
    nation
        National table.

    Returns
    -------
    DataFrame
        One row an aggregate (output, intermediate use, value added, every category of final demand,
        inventories, exports, imports, sales less purchases), columns `parts`, `nation`, `ratio`; NaN where
        parts do not publish it.

    Raises
    ------
    LabelError, UnitsError, PriceBasisError, DataError
        When labels, units, prices or periods differ.
    """
    check_alike([*parts, nation])

    def total(table: RegionalTable) -> dict[str, float]:
        return {
            "output": float(table.x.sum()),
            "intermediate use": float(table.Z.sum()),
            "value added": float(table.V.sum()),
            **{name: float(table.Y[:, k].sum()) for k, name in enumerate(table.demand)},
            "change of inventories": float(table.stock_change.sum()),
            "exports": _sum(table.exports),
            "imports": _sum(table.imports),
            "sales less purchases": float((table.out_total - table.in_total).sum()),
        }

    sums = pd.DataFrame([total(table) for table in parts]).sum(skipna=False)
    frame = pd.DataFrame({"parts": sums, "nation": pd.Series(total(nation))})
    frame["ratio"] = frame["parts"] / frame["nation"].where(frame["nation"] != 0)
    return frame


def _sum(values: Array | None) -> float:
    return float("nan") if values is None else float(values.sum())


def residual_table(nation: RegionalTable, parts: Sequence[RegionalTable], region: str) -> RegionalTable:
    """Return the rest of the country: the nation less the given regions.

    Every cell is the national one less those of the parts. Cells that come out negative are set to 0; what
    rows then lack goes into the discrepancy of the rest, what columns lack is taken off its primary inputs
    in proportion. Its outflow is the inflow of the parts and the other way round: an upper bound, because
    parts also trade among themselves.

    Parameters
    ----------
    nation, parts
        Tables with the same labels, unit, prices and period.
    region
        Name of the rest.

    Returns
    -------
    RegionalTable
        Rows and columns add up; the last step of its provenance tells how much was set to 0.

    Raises
    ------
    BalanceError
        Sectors in which the parts make more than the nation, or in which no primary input is left.
    """
    check_alike([*parts, nation])
    border = split_border(parts, nation)
    exports, imports = abroad(nation)
    left = {name: getattr(nation, name) - stacked(parts, name).sum(axis=0) for name in ("Z", "Y")}
    left |= {"exports": exports - border.exports.sum(axis=0), "imports": imports - border.imports.sum(axis=0)}
    flows = {name: np.maximum(values, 0.0) for name, values in left.items()}
    flows |= {"outflow": border.inflow.sum(axis=0), "inflow": border.outflow.sum(axis=0)}
    x = nation.x - stacked(parts, "x").sum(axis=0)
    V, moved = _primary_inputs(nation, parts, x, flows["Z"])
    stock = nation.stock_change - stacked(parts, "stock_change").sum(axis=0)
    out_total, in_total = flows["exports"] + flows["outflow"], flows["imports"] + flows["inflow"]
    use = flows["Z"].sum(axis=1) + flows["Y"].sum(axis=1)
    return replace(
        nation,
        region=region,
        x=x,
        V=V,
        **flows,
        out_total=out_total,
        in_total=in_total,
        stock_change=stock,
        error=x - (use + stock + out_total - in_total),
        imports_Z=None,
        imports_Y=None,
        accounts=_residual_accounts(nation, parts),
        population=_residual_population(nation, parts),
        provenance=nation.provenance.with_step(
            "rest of the country as the nation less its parts",
            parts=[table.region for table in parts],
            negative_cells_set_to_zero={name: float((flows[name] - left[name]).sum()) for name in left},
            primary_inputs_moved=moved,
        ),
    )


def _primary_inputs(
    nation: RegionalTable, parts: Sequence[RegionalTable], x: Array, Z: Array
) -> tuple[Array, float]:
    """Return the primary inputs left over (M, N), scaled so that columns add up, and how much that moved."""
    left = nation.V - stacked(parts, "V").sum(axis=0)
    room, primary = x - Z.sum(axis=0), left.sum(axis=0)
    bad = (x < 0) | ((primary > 0) != (room > 0))
    if bad.any():
        at = np.flatnonzero(bad)
        table = pd.DataFrame(
            {
                "sector": [nation.sectors[number] for number in at.tolist()],
                "output left": x[at],
                "left for primary inputs": room[at],
                "primary inputs left": primary[at],
            }
        ).sort_values("output left", ignore_index=True)
        raise BalanceError(
            "The nation less its parts leaves sectors that cannot be.",
            where=f"{table['sector'].iloc[0]!r}" + (f" and {len(at) - 1} more" if len(at) > 1 else ""),
            amount=f"output left {table['output left'].iloc[0]:.6g} [{nation.unit}]",
            remedy="bring regions and nation to one vintage, or give all regions and no rest",
            table=table,
        )
    ratio = np.divide(room, primary, out=np.ones_like(room), where=primary > 0)
    return left * ratio, float(np.abs(left * (ratio - 1)).sum())


def _residual_accounts(
    nation: RegionalTable, parts: Sequence[RegionalTable]
) -> dict[str, tuple[Array, str, float | None]]:
    """Return the accounts that nation and parts all have, the nation less the parts."""
    rest: dict[str, tuple[Array, str, float | None]] = {}
    for name, (flows, unit, own) in nation.accounts.items():
        if not all(name in table.accounts for table in parts):
            continue
        others = [table.accounts[name][2] for table in parts]
        known = [value for value in others if value is not None]
        direct = own - sum(known) if own is not None and len(known) == len(others) else None
        rest[name] = (flows - np.sum([table.accounts[name][0] for table in parts], axis=0), unit, direct)
    return rest


def _residual_population(nation: RegionalTable, parts: Sequence[RegionalTable]) -> float | None:
    """Return the population of the nation less the parts, None where one is not known."""
    if nation.population is None or any(table.population is None for table in parts):
        return None
    return nation.population - sum(table.population or 0.0 for table in parts)
