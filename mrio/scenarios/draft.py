"""A table taken apart into coefficients and demand, changed by shocks, and solved into a table again.

R regions, N products, K demand categories, M primary inputs, n = R N; O origins: the regions, and abroad last
where imports are known by product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mrio.errors import DataError
from mrio.leontief import Leontief
from mrio.leontief.storage.matrices import to_dense
from mrio.provenance import CellGroup, Provenance
from mrio.tables import System
from mrio.tables.arrays import Array, cells_table, describe_cells, is_sparse
from mrio.tables.coefficients import output_reciprocal

Index = NDArray[np.intp]

ROUNDING = 1e-9
"""Share of the largest number of an array below which a negative number counts as rounding of zero."""

FEW = 0.25
"""Share of changed columns, or rows, up to which the operator is updated and not made anew."""


@dataclass(frozen=True, eq=False)
class Purchases:
    """Purchases of some buyers, open to change in place.

    Attributes
    ----------
    values
        (O, N, B): purchases by origin, product and buyer.
    cells
        Buyers (b,) that are meant.
    weight
        (B,): money per unit of `values`; the output of buyers for coefficients, one for final demand.
    region
        (B,): number of the region of each buyer.
    """

    values: Array
    cells: Index
    weight: Array
    region: Index

    def money(self, origin: int, product: int) -> float:
        """Return what the buyers spend on a product of an origin."""
        return float(self.values[origin, product, self.cells] @ self.weight[self.cells])


class Draft:
    """Working copy of a table: what shocks change; nothing of the table itself is touched.

    Parameters
    ----------
    system
        The table.

    Attributes
    ----------
    final
        (O, N, R K): final purchases.
    outside
        (3, R, N): exports, stock changes and discrepancy.
    primary
        (M, n): primary inputs per unit of output.
    import_row, final_import_row
        (n,) per unit of output, and (R, K): imports known as one row, or None.
    intensity
        Flows of each account per unit of output, (n,).
    direct
        Flows of final users themselves, (R,) or None, by account.
    """

    def __init__(self, system: System) -> None:
        arrays = system.arrays
        R, N = arrays.x.shape
        self.system = system
        self.shape = (R, N)
        self.reciprocal = output_reciprocal(arrays.x.ravel())
        origins = [arrays.Y] if arrays.imports_Y is None else [arrays.Y, arrays.imports_Y[np.newaxis]]
        self.final: Array = np.concatenate(origins).reshape(-1, N, R * arrays.Y.shape[3])
        parts = (arrays.exports, arrays.stock_change, arrays.discrepancy)
        self.outside = np.array([np.zeros((R, N)) if part is None else part for part in parts])
        self.primary: Array = arrays.V.reshape(-1, R * N) * self.reciprocal
        row = arrays.imports_row_Z
        self.import_row = None if row is None else row.ravel() * self.reciprocal
        final_row = arrays.imports_row_Y
        self.final_import_row = None if final_row is None else final_row.copy()
        self.intensity = {name: a.values.ravel() * self.reciprocal for name, a in system.accounts.items()}
        self.direct = {name: a.direct_values for name, a in system.accounts.items()}
        self._solved: tuple[Leontief, Array] | None = None

    @cached_property
    def inputs(self) -> Array:
        """Input coefficients (O, N, n) [per unit of output]; made when a shock first asks for them."""
        R, N = self.shape
        arrays = self.system.arrays
        coefficients = (to_dense(arrays.Z) * self.reciprocal).reshape(R, N, R * N)
        if arrays.imports_Z is None:
            return np.asarray(coefficients)
        abroad = arrays.imports_Z.reshape(N, R * N) * self.reciprocal
        return np.concatenate([coefficients, abroad[np.newaxis]])

    @property
    def origins(self) -> int:
        """Number of origins, abroad among them where it is one."""
        return int(self.final.shape[0])

    @property
    def abroad(self) -> int | None:
        """Number of the origin abroad, or None."""
        return self.shape[0] if self.origins > self.shape[0] else None

    @property
    def y(self) -> Array:
        """Right-hand side of the balance, (n,)."""
        R = self.shape[0]
        return np.asarray((self.final[:R].sum(axis=2) + self.outside.sum(axis=0)).ravel())

    @property
    def operator(self) -> Leontief:
        """Operator of the coefficients as they stand."""
        return self._solve()[0]

    def touched(self) -> None:
        """Forget the output: coefficients or demand have changed."""
        self._solved = None

    def same_coefficients(self) -> bool:
        """Tell whether no shock has asked for coefficients, so that A is that of the table."""
        return "inputs" not in vars(self)

    def _solve(self) -> tuple[Leontief, Array]:
        """Return the operator and output; the operator of the table where A is unchanged."""
        if self._solved is None:
            base, x, y = self.system, self.system.arrays.x.ravel(), self.y
            operator = base.leontief if self.same_coefficients() else self._operator()
            if operator is base.leontief and np.array_equal(y, base.arrays.final_demand.ravel()):
                self._solved = (operator, x)
            else:
                self._solved = (operator, np.asarray(operator.solve(y, guess=x)))
        return self._solved

    def _operator(self) -> Leontief:
        """Return the operator of changed coefficients, updated where few columns or rows differ."""
        R, N = self.shape
        A = self.inputs[:R].reshape(R * N, R * N)
        base = self.system.leontief
        changed = to_dense(self.system.arrays.Z) * self.reciprocal != A
        columns, rows = (np.flatnonzero(changed.any(axis=axis)) for axis in (0, 1))
        if not columns.size:
            return base
        if min(columns.size, rows.size) > FEW * R * N:
            return Leontief(A.copy(), blocks=[N] * R, labels=self.system.labels.row_name)
        if columns.size <= rows.size:
            return base.updated(columns, A[:, columns])
        return base.updated(rows, A[rows], axis="rows")

    def intermediate(self, regions: Index, sectors: Index) -> Purchases:
        """Return the purchases of producers, open to change; money is counted at the output of the table."""
        R, N = self.shape
        cells = (regions[:, np.newaxis] * N + sectors).ravel()
        output = self.system.arrays.x.ravel()
        return Purchases(self.inputs, cells, output, np.repeat(np.arange(R), N))

    def final_purchases(self, regions: Index, categories: Index) -> Purchases:
        """Return the purchases of final users, open to change."""
        R = self.shape[0]
        K = self.final.shape[2] // R
        cells = (regions[:, np.newaxis] * K + categories).ravel()
        return Purchases(self.final, cells, np.ones(R * K), np.repeat(np.arange(R), K))

    def absorb(self, cells: Index, saved: Array) -> None:
        """Add what buyers (b,) save on inputs, per unit of output (b,), to their primary inputs.

        Raises
        ------
        DataError
            When inputs cost a buyer more than its primary inputs.
        """
        own = self.primary[:, cells]
        total = own.sum(axis=0)
        equal = np.full_like(own, 1 / len(own))
        shares = np.divide(own, total, out=equal, where=total != 0)
        after = own + shares * saved
        bad = (after.sum(axis=0) < -ROUNDING) & (saved < 0)
        if bad.any():
            mask, values = np.zeros(self.primary.shape[1], bool), np.zeros(self.primary.shape[1])
            mask[cells], values[cells] = bad, after.sum(axis=0)
            table = cells_table(
                values.reshape(self.shape), mask.reshape(self.shape), ("region", "sector"), self.system.labels
            )
            raise DataError(
                "The new inputs cost more than output: value added would be negative.",
                where=describe_cells(table),
                amount=f"{len(table)} sectors",
                remedy="make the change smaller, or name the sectors that can bear it",
                table=table,
            )
        self.primary[:, cells] = after

    # -- back to a table ----------------------------------------------------------------------------------

    def settle(self, name: str, steps: Mapping[str, Any]) -> System:
        """Solve the draft and return it as a table called `name`, with `steps` in its provenance.

        Raises
        ------
        DataError
            When output would be negative where it was not before.
        NotProductiveError
            When the new coefficients are not productive.
        """
        base = self.system
        operator, x = self._solve()
        self._require_output(x)
        parts: dict[str, Any] = {"scenario": name, "provenance": self._provenance(name, steps)}
        own = self.intensity.items()
        parts["accounts"] = {
            n: (self._scaled(f, x, base.accounts[n].values), base.accounts[n].unit, self.direct[n])
            for n, f in own
        }
        unchanged = self.same_coefficients() and np.array_equal(x, base.arrays.x.ravel())
        if not unchanged:
            parts |= self._flows(x)
        parts |= self._demand()
        parts["V"] = self._scaled(self.primary, x, base.arrays.V)
        if base.arrays.imports_row_Z is not None:
            parts["imports_row_Z"] = self._scaled(self.import_row, x, base.arrays.imports_row_Z)
        result = base.replace(**parts)
        return result if unchanged else result.solving_with(operator)

    def _scaled(self, rate: Any, x: Array, flows: Array) -> Array:
        """Return rates times output in the shape of the flows; the flows themselves where both are as before.

        So a shock leaves what it does not touch exactly as it was.
        """
        base_x = self.system.arrays.x.ravel()
        before = flows.reshape(rate.shape)
        same = (rate == before * self.reciprocal) & (x == base_x)
        return np.asarray(np.where(same, before, rate * x)).reshape(flows.shape)

    def _flows(self, x: Array) -> dict[str, Any]:
        """Return intermediate flows and imports at output x (n,)."""
        R, N = self.shape
        arrays = self.system.arrays
        if self.same_coefficients():
            growth = x * self.reciprocal
            Z = arrays.Z.multiply(growth[np.newaxis, :]).tocsr() if is_sparse(arrays.Z) else arrays.Z * growth
            imports = None if arrays.imports_Z is None else arrays.imports_Z * growth.reshape(R, N)
            return {"Z": Z, "imports_Z": imports}
        flows = self.inputs * x
        abroad = None if self.abroad is None else flows[R].reshape(N, R, N)
        return {"Z": flows[:R].reshape(R * N, R * N), "imports_Z": abroad}

    def _demand(self) -> dict[str, Any]:
        """Return final purchases, exports and stocks as arrays of a table."""
        arrays = self.system.arrays
        R = self.shape[0]
        parts: dict[str, Any] = {"Y": self.final[:R].reshape(arrays.Y.shape)}
        if arrays.imports_Y is not None:
            parts["imports_Y"] = self.final[R].reshape(arrays.imports_Y.shape)
        if self.final_import_row is not None:
            parts["imports_row_Y"] = self.final_import_row
        for number, name in enumerate(("exports", "stock_change", "discrepancy")):
            if getattr(arrays, name) is not None or self.outside[number].any():
                parts[name] = self.outside[number]
        return parts

    def _require_output(self, x: Array) -> None:
        before = self.system.arrays.x.ravel()
        bad = (x < -ROUNDING * np.abs(before).max(initial=0.0)) & (before >= 0)
        if bad.any():
            dims = ("region", "sector")
            table = cells_table(x.reshape(self.shape), bad.reshape(self.shape), dims, self.system.labels)
            raise DataError(
                "Output would be negative.",
                where=describe_cells(table),
                amount=f"{len(table)} sectors",
                remedy="make the shocks smaller; what a sector sells cannot fall below zero",
                table=table,
            )

    def _provenance(self, name: str, steps: Mapping[str, Any]) -> Provenance:
        record = self.system.provenance
        headline = f"hypothetical scenario {name!r}"
        return Provenance(
            source=record.source,
            steps=record.steps,
            groups={"all numbers": CellGroup("estimated", f"scenario {name!r} applied to {record.source}")},
            headline=f"{headline}, on tables {record.headline}" if record.headline else headline,
        ).with_step("applied a scenario", name=name, **steps)


def require_not_negative(values: Array, before: Array, what: str) -> None:
    """Raise where purchases have become negative that were not before.

    Raises
    ------
    DataError
        With the number of cells and the worst.
    """
    bad = (values < -ROUNDING * np.abs(before).max(initial=0.0)) & (before >= 0)
    if bad.any():
        raise DataError(
            f"{what} would be negative.",
            amount=f"{int(bad.sum())} cells, down to {float(values[bad].min()):.6g}",
            remedy="make the shock smaller; nobody can sell less than nothing",
        )
