"""The official tables of Beijing of 2012 and 2017: used as priors, never as totals.

They are on the level of the first-published accounts and book trade where head offices are, so shares are
taken from them, and no output, outflow or inflow.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.recipe import labels
from data.recipe.sources import TO_1E8, Array, check_balance
from data.recipe.sums import add_up, add_up_square

_K = len(labels.DEMAND)


@dataclass(frozen=True)
class Beijing:
    """What is printed for Beijing in one year [1e8 CNY].

    Parameters
    ----------
    A
        Inputs of any origin per unit of output (N, N); None where only rows are printed.
    Z, x
        The table behind A.
    demand_share
        Share of a product in each category of final demand (N, K); NaN where its row is not printed.
    trade
        Exports, outflow, imports and inflow by product (N, 4); NaN where the row is not printed.
    """

    A: Array | None
    Z: Array | None
    x: Array | None
    demand_share: Array
    trade: Array


def read_beijing(root: Path, year: int) -> Beijing:
    """Read the table (2012) and the printed rows of final demand and trade (2012, 2017)."""
    facts = root / "facts"
    rows = pd.read_csv(facts / "beijing_io_rows_2012_2017_2020.csv", encoding="utf-8")
    rows = rows[rows["year"] == year].pivot(index="sector_no", columns="item", values="value") * TO_1E8
    uses, supply = rows["TIU"] + rows["TFU"] - rows["IM"] - rows["IF"] + rows["ERR"], rows["GO"]
    check_balance(
        uses.to_numpy(), supply.to_numpy(), f"official rows of Beijing, {year}, row", tolerance=1e-5
    )
    columns = [*labels.DEMAND_CODES, "EX", "OF", "IM", "IF"]
    values = _add_up(rows[columns].reindex(range(1, 43)).to_numpy(dtype=float), f"nbs{year}_42")
    share = values[:, :_K] / _totals(facts, year)
    Z, x = _read_table(facts / "beijing_io_2012_full.npz") if year == 2012 else (None, None)
    return Beijing(A=None if Z is None else Z / x, Z=Z, x=x, demand_share=share, trade=values[:, _K:])


def _add_up(values: Array, classification: str) -> Array:
    """Add up printed rows to common sectors; a sector of which a row is not printed is NaN."""
    return add_up(values, labels.sector_of(classification), len(labels.CODES))


def _totals(facts: Path, year: int) -> Array:
    """Return Beijing's final demand by category in the accounts of the same vintage (K,)."""
    frame = pd.read_csv(facts / "gdp_expenditure_province.csv", encoding="utf-8")
    frame = frame[(frame["region"] == "Beijing") & (frame["year"] == year)].set_index("item")["value"]
    return frame.loc[list(labels.DEMAND_ITEMS)].to_numpy(dtype=float)


def _read_table(path: Path) -> tuple[Array, Array]:
    """Read intermediate flows and output of 2012 in 39 sectors."""
    with np.load(path) as file:
        Z, x, V = (file[key] * TO_1E8 for key in ("Z", "x", "va"))
    check_balance(Z.sum(axis=0) + V, x, f"{path.name}, column", tolerance=1e-6)
    sector, N = labels.sector_of("nbs2012_42"), len(labels.CODES)
    # Cells solved from printed rows of the Leontief inverse come out a trace below zero.
    return add_up_square(np.maximum(Z, 0.0), sector, N), add_up(x, sector, N)
