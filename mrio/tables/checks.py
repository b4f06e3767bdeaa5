"""Soft checks of a table: identities that a good table satisfies, each named, worst cells first."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mrio.errors import LabelError, NotProductiveError
from mrio.leontief.spectral import spectral_radius
from mrio.schema import ABROAD, SYSTEM_DIMS
from mrio.tables.arrays import Array, cells_table, describe_cells, is_sparse, ratio
from mrio.tables.pictures import CheckPictures

if TYPE_CHECKING:
    from mrio.tables.system import System

BALANCE_TOLERANCE = 1e-9
SIGN_TOLERANCE = 1e-12
DISCREPANCY_TOLERANCE = 0.01


@dataclass(frozen=True, eq=False)
class Check:
    """One identity: what was compared, the worst value found beside its tolerance, and the cells.

    Attributes
    ----------
    name
        Name of the identity.
    passed
        Whether `worst` is within `tolerance`.
    worst, tolerance
        Relative to the size stated in `note`.
    note
        What the number means.
    cells
        Offending cells, worst first.
    """

    name: str
    passed: bool
    worst: float
    tolerance: float
    note: str
    cells: pd.DataFrame


@dataclass(frozen=True, eq=False)
class CheckReport:
    """All checks of one table."""

    title: str
    checks: tuple[Check, ...]
    gaps: pd.DataFrame
    """Signed gaps of both balances relative to output [1]: ``row`` and ``column`` by region and sector."""
    small_print: str = ""

    @property
    def plot(self) -> CheckPictures:
        """Pictures: ``plot.residuals()``."""
        return CheckPictures(self)

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    def __getitem__(self, name: str) -> Check:
        """Return a check by its name.

        Raises
        ------
        LabelError
            When there is no such check.
        """
        found = {check.name: check for check in self.checks}
        if name not in found:
            raise LabelError(
                f"There is no check {name!r}.", remedy=f"checks are {', '.join(map(repr, found))}"
            )
        return found[name]

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a check: passed, worst, tolerance, note, worst cells."""
        rows = [
            (c.name, c.passed, c.worst, c.tolerance, c.note, describe_cells(c.cells) if len(c.cells) else "")
            for c in self.checks
        ]
        columns = ["check", "passed", "worst", "tolerance", "note", "worst cells"]
        return pd.DataFrame(rows, columns=columns).set_index("check")

    @property
    def _outcome(self) -> str:
        """How many passed, and which did not."""
        noted = [check.name for check in self.checks if not check.passed]
        if not noted:
            return "all passed"
        return f"{len(self.checks) - len(noted)} of {len(self.checks)} passed, to note: {', '.join(noted)}"

    def __repr__(self) -> str:
        lines = [f"Checks of {self.title}: {self._outcome}"]
        for check in self.checks:
            mark = "ok  " if check.passed else "NOTE"
            line = f"  {mark} {check.name}: {check.worst:.3g} (tolerance {check.tolerance:g}; {check.note})"
            lines.append(line)
            if not check.passed and len(check.cells):
                lines.append(f"       {describe_cells(check.cells)}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        table = self.to_dataframe().rename_axis(None)
        table["passed"] = table["passed"].map({True: "ok", False: "NOTE"})
        html = table.to_html(float_format="{:.3g}".format, justify="left")
        return f"<p><b>Checks of {escape(self.title)}</b>: {escape(self._outcome)}</p>{html}"


def check_system(system: System) -> CheckReport:
    """Return the named checks of a table (see `System.check`)."""
    gaps = {side: _gaps(system, sums) for side, sums in _sums(system).items()}
    checks = (
        _balance(system, "row balance", gaps["row"], "sales against output, relative"),
        _balance(system, "column balance", gaps["column"], "inputs and value added against output, relative"),
        _value_added_sum(system),
        _not_negative(system, "non-negative output", system.arrays.x),
        _not_negative(system, "non-negative value added", system.arrays.V.sum(axis=0)),
        _not_negative_flows(system),
        _productive(system),
        _discrepancy_share(system),
    )
    index = pd.MultiIndex.from_product([system.regions, system.sectors], names=["region", "sector"])
    table = pd.DataFrame({side: gap.ravel() for side, gap in gaps.items()}, index=index)
    return CheckReport(
        system.title, checks, table, f"{system.price_basis}; source: {system.provenance.source}"
    )


def _sums(system: System) -> dict[str, Array]:
    """Return what output is compared with, by the side of the table."""
    return {"row": system.arrays.row_sums(), "column": system.arrays.column_sums()}


def _gaps(system: System, sums: Array) -> Array:
    """Return sums less gross output relative to output (R, N)."""
    x = system.arrays.x
    floor = max(float(np.abs(x).mean()) * 1e-6, np.finfo(float).tiny)
    return np.asarray((sums - x) / np.maximum(np.abs(x), floor))


def _balance(system: System, name: str, gap: Array, note: str) -> Check:
    """Judge the gaps of one balance (R, N)."""
    cells = cells_table(gap, np.abs(gap) > BALANCE_TOLERANCE, ("region", "sector"), system.labels)
    worst = float(np.abs(gap).max(initial=0.0))
    return Check(name, not len(cells), worst, BALANCE_TOLERANCE, note, cells)


def _value_added_sum(system: System) -> Check:
    """GDP from the two sides: sum of V against final purchases plus outside demand less imports."""
    arrays = system.arrays
    income = float(arrays.V.sum())
    spending = float(arrays.final_demand.sum() - arrays.imports_by_user.sum())
    worst = abs(income - spending) / max(abs(income), abs(spending), np.finfo(float).tiny)
    note = f"sum of V {income:,.6g} against demand less imports {spending:,.6g} {system.unit}"
    return Check(
        "sum of value added", worst <= BALANCE_TOLERANCE, worst, BALANCE_TOLERANCE, note, pd.DataFrame()
    )


def _not_negative(system: System, name: str, values: Array) -> Check:
    share = values / max(float(np.abs(values).mean()), np.finfo(float).tiny)
    cells = cells_table(values, share < -SIGN_TOLERANCE, ("region", "sector"), system.labels)
    worst = abs(float(share.min(initial=0.0)))
    return Check(name, not len(cells), worst, SIGN_TOLERANCE, "most negative cell against the mean", cells)


def _not_negative_flows(system: System) -> Check:
    """List negative purchases of sectors and final users together, named by region, sector and user."""
    x = system.arrays.x
    floor = SIGN_TOLERANCE * float(np.abs(x).mean())
    dims = ("region", "sector", "use_region", "demand")
    final = cells_table(system.arrays.Y, np.less(system.arrays.Y, -floor), dims, system.labels)
    parts = [_negative_intermediate(system, floor), final.rename(columns={"demand": "user"})]
    cells = pd.concat([*parts, *_negative_imports(system, floor)])
    cells = cells.sort_values("value", ignore_index=True, kind="stable")
    worst = abs(float(cells["value"].sum())) / (float(np.abs(x).sum()) or 1.0)
    note = "negative flows in Z, Y and imports against output; sourcing shares leave [0, 1] there"
    return Check("non-negative flows", not len(cells), worst, SIGN_TOLERANCE, note, cells)


def _negative_imports(system: System, floor: float) -> list[pd.DataFrame]:
    """Return the cells of imports below -floor, abroad as their region of origin."""
    result = []
    for name in ("imports_Z", "imports_Y", "imports_row_Z", "imports_row_Y"):
        values = getattr(system.arrays, name)
        if values is not None:
            cells = cells_table(values, np.less(values, -floor), SYSTEM_DIMS[name], system.labels)
            cells = cells.rename(columns={"use_sector": "user", "demand": "user"})
            result.append(cells.assign(region=ABROAD))
    return result


def _negative_intermediate(system: System, floor: float) -> pd.DataFrame:
    """Return the cells of Z below -floor; Z may be sparse."""
    Z, labels = system.arrays.Z, system.labels
    if is_sparse(Z):
        entries = Z.tocoo()
        chosen = entries.data < -floor
        rows, columns, values = entries.row[chosen], entries.col[chosen], entries.data[chosen]
    else:
        rows, columns = np.nonzero(np.less(Z, -floor))
        values = Z[rows, columns]
    regions, sectors = np.asarray(labels.regions, dtype=object), np.asarray(labels.sectors, dtype=object)
    N = len(sectors)
    places = {"region": regions[rows // N], "sector": sectors[rows % N]}
    users = {"use_region": regions[columns // N], "user": sectors[columns % N]}
    return pd.DataFrame({**places, **users, "value": values})


def _productive(system: System) -> Check:
    note = "spectral radius of A; 1 or more means no solution"
    try:
        radius = system.leontief.spectral_radius()
    except NotProductiveError as error:
        n = system.arrays.x.size
        radius = spectral_radius(system.A if is_sparse(system.A) else system.A.values.reshape(n, n))
        cells = pd.DataFrame() if error.table is None else error.table[["column", "column_sum"]]
        return Check("productive A", False, radius, 1.0, f"{note}; worst columns by their sum", cells)
    return Check("productive A", True, radius, 1.0, note, pd.DataFrame())


def _discrepancy_share(system: System) -> Check:
    """Share of the discrepancy column in output, named so that nobody overlooks it."""
    x, column = system.arrays.x, system.arrays.discrepancy
    if column is None:
        return Check("discrepancy", True, 0.0, DISCREPANCY_TOLERANCE, "no discrepancy column", pd.DataFrame())
    share = ratio(column, x)
    cells = cells_table(share, np.abs(share) > DISCREPANCY_TOLERANCE, ("region", "sector"), system.labels)
    total = float(np.abs(column).sum() / max(float(np.abs(x).sum()), np.finfo(float).tiny))
    note = f"column 'discrepancy' against output of its row; {total:.2%} of all output"
    worst = float(np.abs(share).max(initial=0.0))
    return Check("discrepancy", not len(cells), worst, DISCREPANCY_TOLERANCE, note, cells)
