"""The table of one region as statistical offices publish it: all origins in one flow, trade at the border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mrio.balancing.feasibility import check_numbers
from mrio.cells import as_numbers, labels_of_axes, require_one_order
from mrio.errors import BalanceError, DataError, MissingDataError, MrioError, raise_together
from mrio.parameters import require_tolerance
from mrio.provenance import Provenance
from mrio.tables.account import as_account
from mrio.tables.labels import Labels
from mrio.units import parse_price_basis, parse_unit

Array = npt.NDArray[np.float64]

_VECTORS = ("out_total", "in_total", "exports", "imports", "outflow", "inflow", "stock_change", "error")


@dataclass(frozen=True, eq=False, kw_only=True)
class RegionalTable:
    """Competitive input-output table of one region (a province, or the nation).

    Rows: sum_j Z + sum_k Y + stock_change + out_total - in_total + error = x. Columns: sum_i Z + sum V = x.
    `Z` and `Y` hold purchases of all origins. What is bought from and sold to others may be known apart by
    the rest of the country and abroad, or only as totals. Arrays are copied and write-locked.

    Parameters
    ----------
    region
        Name of the region.
    sectors, demand, factors
        Labels: N sectors, K final-demand categories (without inventories), M primary inputs.
    Z, Y, V, x
        Intermediate (N, N) and final (N, K) purchases, primary inputs (M, N), gross output (N,) [`unit`].
    out_total, in_total
        Sales to and purchases from all others (N,) [`unit`]; left out, they are the sums of their parts.
    exports, imports
        Sales abroad and purchases from abroad (N,) [`unit`]; None where only totals are published.
    outflow, inflow
        Sales to and purchases from the rest of the country (N,) [`unit`]; None where only totals are
        published.
    stock_change, error
        Inventories and statistical discrepancy (N,) [`unit`], any sign; left out, zeros.
    imports_Z, imports_Y
        The part of `Z` (N, N) and `Y` (N, K) that comes from abroad [`unit`], where it is published.
    accounts
        ``{"co2": (flows (N,), "Mt CO2", households' own flows)}``.
    population
        In `population_unit`; None where it is not known.
    unit, price_basis, period, population_unit
        As in `System`.
    provenance
        Source and steps.

    Raises
    ------
    LabelError, DataError, MissingDataError, UnitsError, PriceBasisError
        Doubled labels, shapes that do not fit, numbers that are missing, units that cannot be read.

    Examples
    --------
    >>> table = RegionalTable(
    ...     region="Hebei", sectors=["iron", "rest"], demand=["households"], factors=["value added"],
    ...     Z=[[2, 1], [1, 3]], Y=[[1], [4]], V=[[4, 5]], x=[7, 9],
    ...     exports=[1, 0], imports=[0, 1], outflow=[3, 3], inflow=[1, 1],
    ...     unit="1e8 CNY", price_basis="current 2007 CNY, producer prices", period="2007",
    ...     provenance=Provenance("made up"),
    ... )
    >>> table.out_total.tolist(), table.has_split
    ([4.0, 3.0], True)
    >>> table.check()
    """

    region: str
    sectors: Sequence[str]
    demand: Sequence[str]
    factors: Sequence[str]
    Z: Array
    Y: Array
    V: Array
    x: Array
    out_total: Array = None  # type: ignore[assignment]  # filled in from the parts
    in_total: Array = None  # type: ignore[assignment]
    exports: Array | None = None
    imports: Array | None = None
    outflow: Array | None = None
    inflow: Array | None = None
    stock_change: Array = None  # type: ignore[assignment]  # zeros
    error: Array = None  # type: ignore[assignment]
    imports_Z: Array | None = None
    imports_Y: Array | None = None
    accounts: Mapping[str, tuple[Array, str, float | None]] = field(default_factory=dict)
    population: float | None = None
    population_unit: str = "1e4 person"
    unit: str
    price_basis: str
    period: str
    provenance: Provenance

    def __post_init__(self) -> None:
        labels = Labels.checked((self.region,), self.sectors, self.demand, self.factors)
        for name in ("sectors", "demand", "factors"):
            self._set(name, getattr(labels, name))
        self._require_words()
        n, k, m = len(self.sectors), len(self.demand), len(self.factors)
        shapes = {"Z": (n, n), "Y": (n, k), "V": (m, n), "x": (n,), "imports_Z": (n, n), "imports_Y": (n, k)}
        shapes |= dict.fromkeys(_VECTORS, (n,))
        own = {name: getattr(self, name) for name in shapes if getattr(self, name) is not None}
        given = {name: as_numbers(f"{name} of {self.region}", values) for name, values in own.items()}
        raise_together(_shape_problems(self.region, given, shapes))
        for name, values in own.items():
            self._require_order(name, values)
        check_numbers(**{f"{name} of {self.region}": values for name, values in given.items()})
        for name in ("stock_change", "error"):
            given.setdefault(name, np.zeros(n))
        for total, parts in (("out_total", ("exports", "outflow")), ("in_total", ("imports", "inflow"))):
            if total not in given:
                given[total] = self._sum_of(total, parts, given)
        for name, values in given.items():
            values.setflags(write=False)
            self._set(name, values)
        self._set("accounts", MappingProxyType({name: self._account(name) for name in self.accounts}))

    def _require_words(self) -> None:
        """Raise where parts are missing, or words, population and provenance are of another kind."""
        missing = [name for name in ("Z", "Y", "V", "x") if getattr(self, name) is None]
        if missing:
            raise MissingDataError(
                "Parts of a regional table were not given.",
                where=f"table of {self.region}",
                amount=", ".join(missing),
                remedy="give Z, Y, V and x",
            )
        parse_unit(self.unit)
        parse_unit(self.population_unit)
        parse_price_basis(self.price_basis)
        people = self.population
        if people is not None and not (isinstance(people, int | float | np.number) and 0 < people < np.inf):
            raise DataError(
                "Population must be a positive number.",
                where=f"table of {self.region}",
                amount=f"got {people!r}",
                remedy="leave population out where it is not known",
            )
        if not isinstance(self.provenance, Provenance):
            raise DataError(
                "The provenance of a table must be a Provenance.",
                where=f"table of {self.region}",
                amount=f"got {self.provenance!r}",
                remedy='give Provenance("...")',
            )

    def _require_order(self, name: str, values: object) -> None:
        """Raise where a frame or DataArray carries other labels than the table."""
        sectors, last = self.sectors, self.demand if name == "Y" else self.sectors
        first = self.factors if name == "V" else sectors
        found = labels_of_axes(values)
        for labels, wanted in zip(found, (first, last) if len(found) == 2 else (sectors,), strict=False):
            require_one_order(f"{name} of {self.region}", [("the table", wanted), (name, labels)])

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _sum_of(self, total: str, parts: tuple[str, str], given: Mapping[str, Array]) -> Array:
        """Return the total as the sum of its two parts, or say that one is missing."""
        if any(name not in given for name in parts):
            raise DataError(
                f"{total} is not given and cannot be added up.",
                where=f"table of {self.region}",
                amount=f"given: {', '.join(name for name in parts if name in given) or 'neither part'}",
                remedy=f"give {total}, or both {parts[0]} and {parts[1]}",
            )
        return given[parts[0]] + given[parts[1]]

    def _account(self, name: str) -> tuple[Array, str, float | None]:
        """Return one account checked and write-locked; the households' own flows may be left out."""
        account = as_account(name, self.accounts[name])
        flows, unit = account.flows, account.unit
        values = as_numbers(f"account {name} of {self.region}", flows)
        self._require_order(f"account {name}", flows)
        raise_together(_shape_problems(self.region, {name: values}, {name: (len(self.sectors),)}))
        check_numbers(**{f"account {name} of {self.region}": values})
        values.setflags(write=False)
        if account.direct is None:
            return values, unit, None
        own = f"households' own flows of account {name} of {self.region}"
        direct = as_numbers(own, account.direct)
        raise_together(_shape_problems(self.region, {own: direct}, {own: ()}))
        check_numbers(**{own: direct})
        return values, unit, direct.item()

    @property
    def has_split(self) -> bool:
        """Whether exports and imports are published apart from flows to and from the rest of the country."""
        return not any(part is None for part in (self.exports, self.imports, self.outflow, self.inflow))

    @property
    def split_gap(self) -> float:
        """Largest share of out_total and in_total by which their two parts miss them; NaN without a split."""
        if not self.has_split:
            return float("nan")
        gaps = (
            np.abs(_sum(self.exports, self.outflow) - self.out_total).sum()
            / max(self.out_total.sum(), 1e-300),
            np.abs(_sum(self.imports, self.inflow) - self.in_total).sum() / max(self.in_total.sum(), 1e-300),
        )
        return float(max(gaps))

    @property
    def use(self) -> Array:
        """Purchases of each product inside the region, all origins, inventories left out (N,)."""
        return np.asarray(self.Z.sum(axis=1) + self.Y.sum(axis=1))

    @property
    def row_gap(self) -> Array:
        """What rows lack to output (N,): x - (Z + Y + stock_change + out_total - in_total + error)."""
        return self.x - (self.use + self.stock_change + self.out_total - self.in_total + self.error)

    @property
    def column_gap(self) -> Array:
        """What columns lack to output (N,): x - (Z + V)."""
        return np.asarray(self.x - self.Z.sum(axis=0) - self.V.sum(axis=0))

    def check(self, tolerance: float = 1e-9) -> None:
        """Raise when rows or columns miss gross output by more than `tolerance` of the mean output.

        Raises
        ------
        BalanceError
            With the table of all rows and columns that do not add up, worst first.
        """
        require_tolerance(tolerance)
        limit = tolerance * float(np.abs(self.x).mean())
        parts = [
            pd.DataFrame(
                {"region": self.region, "kind": kind, "sector": self.sectors, "x": self.x, "gap": gap}
            )
            for kind, gap in (("row", self.row_gap), ("column", self.column_gap))
        ]
        table = pd.concat(parts, ignore_index=True)
        table = table[table["gap"].abs() > limit].sort_values(
            "gap", key=lambda gap: -gap.abs(), ignore_index=True
        )
        if len(table):
            worst = table.iloc[0]
            raise BalanceError(
                f"The table of {self.region} does not add up.",
                where=f"{worst['kind']} {worst['sector']!r}" + (", and more" if len(table) > 1 else ""),
                amount=f"gap {worst['gap']:.6g} of output {worst['x']:.6g} [{self.unit}], "
                f"{len(table)} rows and columns off, tolerance {tolerance:g} of the mean output",
                remedy="mend the source, put the gap into `error`, or state a larger tolerance",
                table=table,
            )

    def aggregate(self, membership: npt.ArrayLike, sectors: Sequence[str]) -> RegionalTable:
        """Return the table on other sectors; flows are added, never shares.

        Parameters
        ----------
        membership
            (N, N'): which share of each sector goes to each new one; every row sums to 1.
        sectors
            N' new labels.

        Raises
        ------
        DataError
            When the shape does not fit or a row does not sum to 1.
        """
        G = np.asarray(membership, dtype=np.float64)
        if G.shape != (len(self.sectors), len(sectors)) or not np.allclose(
            G.sum(axis=1), 1, rtol=0, atol=1e-12
        ):
            raise DataError(
                "The concordance does not fit the table.",
                where=f"table of {self.region}",
                amount=f"shape {G.shape} for {len(self.sectors)} and {len(sectors)} sectors",
                remedy="give one row for each old sector, summing to 1, and one column for each new one",
            )
        changed: dict[str, Any] = {name: _maybe(getattr(self, name), G) for name in ("x", *_VECTORS)}
        changed |= {name: _maybe(getattr(self, name), G) for name in ("Y", "imports_Y")}
        changed |= {"Z": G.T @ self.Z @ G, "V": self.V @ G}
        if self.imports_Z is not None:
            changed["imports_Z"] = G.T @ self.imports_Z @ G
        accounts = {name: (G.T @ flows, unit, own) for name, (flows, unit, own) in self.accounts.items()}
        provenance = self.provenance.with_step(
            "sectors aggregated", before=len(self.sectors), after=len(sectors)
        )
        return replace(self, sectors=sectors, accounts=accounts, provenance=provenance, **changed)

    def __repr__(self) -> str:
        trade = "" if self.has_split else ", trade in totals only"
        return (
            f"<RegionalTable {self.region} {self.period}: {len(self.sectors)} sectors, "
            f"output {self.x.sum():,.6g} {self.unit}{trade}>"
        )


def _sum(first: Array | None, second: Array | None) -> Array:
    """Return the sum of two parts, a missing one as 0."""
    return np.asarray((0.0 if first is None else first) + (0.0 if second is None else second))


def _maybe(values: Array | None, G: Array) -> Array | None:
    """Return the rows added by group, None for what is not there."""
    return None if values is None else np.asarray(G.T @ values)


def _shape_problems(
    region: str, given: Mapping[str, Array], shapes: Mapping[str, tuple[int, ...]]
) -> list[MrioError]:
    """Return one error for each array whose shape does not fit the labels."""
    return [
        DataError(
            f"{name} does not fit the labels.",
            where=f"table of {region}",
            amount=f"shape {values.shape}, needed {shapes[name]}",
            remedy="give rows in the order of the sectors, columns in the order of their labels",
        )
        for name, values in given.items()
        if values.shape != shapes[name]
    ]
