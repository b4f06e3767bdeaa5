"""World tables on one sheet (WIOD, ICIO, FIGARO): from coded rows and columns to a `System`.

Below the flows of all sectors stand rows of primary inputs, beside them the final purchases of all regions.
Change of inventories is kept apart from final purchases; rows that are neither value added nor taxes are
imports or accounts, never value added. Where final users pay no primary input, cells may be empty and mean
zero; every other empty cell is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np

from mrio.errors import DataError
from mrio.provenance import CellGroup, Provenance
from mrio.readers.gaps import Sums, require_small_gaps
from mrio.readers.raw.grid import Grid, Places, find, paired
from mrio.readers.raw.workbook import Floats
from mrio.tables import System

Stocks = Literal["apart", "final"]
"""Inventories apart from final purchases (``stock_change``), or as a category of them."""

BASIC_VALUE_ADDED: Final = "value added at basic prices"
PRODUCT_TAXES: Final = "taxes less subsidies on products"
TOLERANCE: Final = 0.05
"""Gap between totals and sums that readers accept when they are not told otherwise, relative to output."""


@dataclass(frozen=True)
class WorldLayout:
    """Which codes mean what; codes as the file spells them.

    Parameters
    ----------
    regions, sectors
        Codes, in the order of the table.
    users
        Regions of final demand; the same as `regions` where none is published in parts.
    demand
        Categories of final demand, in the order of the table.
    stocks
        The category that is the change of inventories.
    factors
        Rows of each primary input; several rows are added up.
    accounts
        Rows of each account; flows of final users become its direct flows.
    imports
        Rows that producers pay to nobody in the table and that are no primary input.
    final_imports
        Those of them that are imports of final users, too.
    row_total, column_total
        Column with the total of each row, row with the total of each column; None where there is none.
    unread
        Rows that are not read.
    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    users: tuple[str, ...]
    demand: tuple[str, ...]
    stocks: str
    factors: Mapping[str, tuple[str, ...]]
    accounts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    final_imports: tuple[str, ...] = ()
    row_total: str | None = None
    column_total: str | None = None
    unread: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[str, ...]:
        """Codes of all rows below the flows that are read, each once."""
        groups = (*self.factors.values(), *self.accounts.values(), self.imports, self.final_imports)
        return tuple(dict.fromkeys(code for group in groups for code in group))


@dataclass(frozen=True, eq=False)
class WorldFlows:
    """A table as plain arrays; R regions, N sectors, n = R N, K categories, regions outside.

    Attributes
    ----------
    regions
        Codes.
    Z, Y
        (n, n) and (n, R, K).
    inputs, finals
        What producers (n,) and final users (R, K) pay, by the code of its row.
    output
        (n,) gross output.
    """

    regions: tuple[str, ...]
    Z: Floats
    Y: Floats
    inputs: Mapping[str, Floats]
    finals: Mapping[str, Floats]
    output: Floats


@dataclass(frozen=True)
class WorldWords:
    """What the file does not say of itself."""

    source: str
    unit: str
    currency: str
    period: str | None
    valuation: str = "basic prices"
    previous_year: bool = False
    note: str = "as published; detail and trade partners are estimates of the publisher"

    @property
    def price_basis(self) -> str:
        """Current prices of the year, or prices of the year before; of no year where none is known."""
        if not (self.period and self.period.isdigit()):
            return f"current {self.currency}, {self.valuation}"
        if self.previous_year:
            return f"previous-year {int(self.period) - 1} {self.currency}, {self.valuation}"
        return f"current {self.period} {self.currency}, {self.valuation}"


def world_flows(grid: Grid, layout: WorldLayout, tolerance: float) -> WorldFlows:
    """Take the parts of a table out of its file.

    Parameters
    ----------
    grid
        The file.
    layout
        What its codes mean.
    tolerance
        Largest gap between totals and sums that is accepted, relative to output.

    Raises
    ------
    LabelError
        When codes are missing, stand twice or are unknown.
    BalanceError
        When totals and sums differ by more.
    """
    places = _Places.found(grid, layout)
    shape = (len(layout.regions) * len(layout.sectors), len(layout.users), len(layout.demand))
    Z, Y = (grid.block(places.flows_down, part) for part in (places.flows_across, places.finals))
    inputs = {code: grid.block(at, places.flows_across)[0] for code, at in places.rows.items()}
    finals = {code: grid.block(at, places.finals, empty=0.0)[0] for code, at in places.rows.items()}
    paid = sorted({code for group in (*layout.factors.values(), layout.imports) for code in group})
    row_total, column_total = places.row_total, places.column_total
    sums = Sums(
        sales=Z.sum(axis=1) + Y.sum(axis=1),
        costs=Z.sum(axis=0) + _total(inputs, paid),
        names=tuple(paired(layout.regions, layout.sectors)),
        place=grid.place,
        row_total=grid.block(places.flows_down, row_total)[:, 0] if len(row_total) else None,
        column_total=grid.block(column_total, places.flows_across)[0] if len(column_total) else None,
        cell=lambda side, k: places.total_cell(grid, side, k),
    )
    require_small_gaps(sums, tolerance)
    return WorldFlows(
        regions=tuple(layout.regions),
        Z=Z,
        Y=Y.reshape(shape),
        inputs=inputs,
        finals={code: values.reshape(shape[1:]) for code, values in finals.items()},
        output=sums.output,
    )


@dataclass(frozen=True, eq=False)
class _Places:
    """Positions of all parts of a table in its file."""

    flows_down: Places
    flows_across: Places
    finals: Places
    rows: Mapping[str, Places]
    row_total: Places
    column_total: Places

    @classmethod
    def found(cls, grid: Grid, layout: WorldLayout) -> _Places:
        """Find all parts by their codes."""
        pairs, finals = paired(layout.regions, layout.sectors), paired(layout.users, layout.demand)
        total = [[] if code is None else [code] for code in (layout.row_total, layout.column_total)]
        across = find(grid, "column", {"flows": pairs, "finals": finals, "total": total[0]})
        rows = {code: [code] for code in layout.rows}
        down = find(grid, "row", {"flows": pairs, "total": total[1], "unread": layout.unread, **rows})
        own = {code: down[code] for code in layout.rows}
        return cls(down["flows"], across["flows"], across["finals"], own, across["total"], down["total"])

    def total_cell(self, grid: Grid, side: str, k: int) -> str:
        """Return where the total of the k-th sector stands; nothing where there is none."""
        if side == "row" and len(self.row_total):
            return grid.cell(self.flows_down[k], self.row_total[0])
        if side == "column" and len(self.column_total):
            return grid.cell(self.column_total[0], self.flows_across[k])
        return ""


@dataclass(frozen=True, eq=False)
class FinalUse:
    """Final purchases and change of inventories.

    Attributes
    ----------
    Y
        (n, R K') purchases of the categories kept.
    demand, columns
        Those categories, and their positions among all.
    stock_change
        (n,) change of inventories summed over the regions that store, or None where it is one of the
        categories.
    """

    Y: Floats
    demand: tuple[str, ...]
    columns: tuple[int, ...]
    stock_change: Floats | None


def final_use(Y: Floats, demand: Sequence[str], stored: str, stocks: Stocks) -> FinalUse:
    """Take the change of inventories out of final purchases, or leave it in.

    Parameters
    ----------
    Y
        (n, R, K) final purchases.
    demand
        Categories, (K,).
    stored
        The category that is the change of inventories.
    stocks
        What is wanted.

    Raises
    ------
    DataError
        When `stocks` is another word.
    """
    if stocks not in ("apart", "final"):
        raise DataError(
            "Inventories can be kept apart or counted as final purchases.",
            amount=f"got stocks={stocks!r}",
            remedy='give stocks="apart" or stocks="final"',
        )
    out = [k for k, name in enumerate(demand) if name == stored and stocks == "apart"]
    own = tuple(k for k in range(len(demand)) if k not in out)
    return FinalUse(
        Y=Y[:, :, own].reshape(len(Y), -1),
        demand=tuple(demand[k] for k in own),
        columns=own,
        stock_change=Y[:, :, out].sum(axis=(1, 2)) if out else None,
    )


def world_system(
    flows: WorldFlows, layout: WorldLayout, words: WorldWords, stocks: Stocks = "apart"
) -> System:
    """Return the `System` of a world table.

    Parameters
    ----------
    flows
        The numbers.
    layout
        What their codes mean.
    words
        What the file does not say.
    stocks
        Whether inventories stay apart or are a category of final purchases.

    Raises
    ------
    DataError
        When `stocks` is another word, or `System.from_arrays` refuses the table.
    """
    R, N = len(flows.regions), len(layout.sectors)
    final = final_use(flows.Y, layout.demand, layout.stocks, stocks)
    accounts = {
        name: (_total(flows.inputs, rows), words.unit, _total(flows.finals, rows).sum(axis=1))
        for name, rows in layout.accounts.items()
    }
    imports = {}
    if layout.imports:
        imports = {
            "imports_row_Z": _total(flows.inputs, layout.imports).reshape(R, N),
            "imports_row_Y": _total(flows.finals, layout.final_imports)[:, final.columns],
        }
    sums = Sums(
        flows.Z.sum(axis=1) + flows.Y.sum(axis=(1, 2)), flows.output, (), "", column_total=flows.output
    )
    return System.from_arrays(
        regions=flows.regions,
        sectors=layout.sectors,
        factors=list(layout.factors),
        Z=flows.Z,
        Y=final.Y,
        demand=final.demand,
        stock_change=final.stock_change,
        V=np.array([_total(flows.inputs, rows) for rows in layout.factors.values()]),
        discrepancy=sums.discrepancy,
        accounts=accounts,
        unit=words.unit,
        price_basis=words.price_basis,
        period=words.period or "not stated",
        provenance=_provenance(words, flows, sums),
        **imports,
    )


def merge_regions(flows: WorldFlows, parts: Mapping[str, str]) -> WorldFlows:
    """Return the table with the parts of a region added up, in the place of the region.

    Parameters
    ----------
    flows
        The table; final users are named by whole regions.
    parts
        Whole region of each part: ``{"CN1": "CHN", "CN2": "CHN"}``.
    """
    if not parts:
        return flows
    regions = tuple(dict.fromkeys(parts.get(region, region) for region in flows.regions))
    to = [regions.index(parts.get(region, region)) for region in flows.regions]
    N = len(flows.output) // len(flows.regions)

    def added(values: Floats) -> Floats:
        result = np.zeros((len(regions), N, *values.shape[1:]))
        for region, block in zip(to, values.reshape(len(to), N, *values.shape[1:]), strict=True):
            result[region] += block
        return result.reshape(-1, *values.shape[1:])

    return replace(
        flows,
        regions=regions,
        Z=added(added(flows.Z).T).T,
        Y=added(flows.Y),
        inputs={code: added(values) for code, values in flows.inputs.items()},
        output=added(flows.output),
    )


def _total(values: Mapping[str, Floats], rows: Sequence[str]) -> Any:
    return np.sum([values[code] for code in rows], axis=0)


def _provenance(words: WorldWords, flows: WorldFlows, sums: Sums) -> Provenance:
    """Say what is published and what is left over."""
    groups = {"Z, Y, V": CellGroup("estimated", words.source, words.note)}
    gap = sums.discrepancy
    if gap is not None:
        share = np.abs(gap).sum() / max(float(np.abs(flows.output).sum()), np.finfo(float).tiny)
        note = f"output as published less the sum of sales, {share:.2g} of output"
        groups["discrepancy"] = CellGroup("derived", words.source, note)
    return Provenance(words.source, groups=groups)
