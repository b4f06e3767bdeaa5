"""What is left of a table when suppliers or flows are taken out of it: output, and what stays unserved.

S are the rows taken out, r the rest; n rows. The kinds:

* ``complete``: no purchases, no sales, no final demand: ``x_r = (I - A_rr)^-1 y_r``, ``x_S = 0``;
* ``backward``: S buys nothing from the table, the columns of S are zero;
* ``forward``: S sells no intermediates, the rows of S are zero;
* ``supply``: the rows of S in the output coefficients are zero, primary inputs given (Ghosh model);
* ``isolation``: S and r trade nothing with each other, each serves its own final demand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mrio.leontief import Leontief
from mrio.leontief.storage.matrices import Matrix
from mrio.measures.partition import submatrix, subsystem
from mrio.tables.arrays import Array, is_sparse

Kind = Literal["complete", "backward", "forward", "supply", "isolation"]
KINDS = ("complete", "backward", "forward", "supply", "isolation")

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Remainder:
    """A table after something was taken out.

    Attributes
    ----------
    x
        Output (n,).
    unserved
        What is still asked for and not delivered by the table, by product (n,).
    gap
        Largest violation of the balance of what is left.
    """

    x: Array
    unserved: Array
    gap: float


def without(
    op: Leontief, x: Array, y: Array, S: Index, kind: Kind, row_name: Callable[[int], str]
) -> Remainder:
    """Return what is left without the suppliers S (q,), of output x (n,) and final demand y (n,)."""
    if kind == "supply":
        return _without_supply(op, x, S)
    if kind == "forward":
        left = np.asarray(op.updated(S, np.zeros((S.size, op.n)), axis="rows").solve(y))
        sold = (op.A @ left)[S]
        return Remainder(left, _at(S, sold, op.n), _gap(left, _cleared(op.A @ left, S) + y))
    changed = op.updated(S, np.zeros((op.n, S.size)))
    if kind == "backward":
        left = np.asarray(changed.solve(y))
        bought = op.A @ _only(left, S)
        return Remainder(left, bought, _gap(left, op.A @ _cleared(left, S) + y))
    # With the columns of S zero, what the solve gives for S is what the rest would buy from it.
    found = np.asarray(changed.solve(_cleared(y, S)))
    left = _cleared(found, S)
    if kind == "complete":
        gap = _gap(left, _cleared(op.A @ left + y, S))
        return Remainder(left, _at(S, found[S] + y[S], op.n), gap)
    own = subsystem(submatrix(op.A, S, S), S.size, lambda row: row_name(int(S[row])), "what was isolated")
    left[S] = own.solve(y[S])
    inside = op.A @ _only(left, S)
    outside = op.A @ _cleared(left, S)
    served = _only(inside, S) + _cleared(outside, S) + y
    return Remainder(left, _cleared(inside, S) + _only(outside, S), _gap(left, served))


def _without_supply(op: Leontief, x: Array, S: Index) -> Remainder:
    """Return output where S supplies nobody, from given primary inputs: ``x' = v' (I - B)^-1``.

    The output coefficients are similar to A: ``B = x^-1 A x``, hence ``x' = (v / x)' L x``.
    """
    changed = op.updated(S, np.zeros((S.size, op.n)), axis="rows")
    primary = 1 - op.A.T @ np.ones(op.n)
    ratio = np.asarray(changed.solve_left(primary))
    gap = _gap(ratio * x, (op.A.T @ _cleared(ratio, S) + primary) * x)
    return Remainder(ratio * x, np.zeros(op.n), gap)


@dataclass(frozen=True, eq=False)
class Cut:
    """Sales of S to some buyers that end; other suppliers of the same products may take over.

    Attributes
    ----------
    suppliers
        S (q,).
    buyers
        Columns of A whose purchases from S end (k,).
    final
        Final purchases (n, f) of the final buyers whose purchases from S end.
    kept
        All other final demand, which stays as it is (n,).
    twins
        For each supplier, the rows outside of S that make the same product; empty where nobody takes over.
    """

    suppliers: Index
    buyers: Index
    final: Array
    kept: Array
    twins: tuple[Index, ...]

    @property
    def rows(self) -> Index:
        """Rows of A that change (t,)."""
        return np.unique(np.concatenate([self.suppliers, *self.twins]))


def after_cut(op: Leontief, cut: Cut) -> Remainder:
    """Return what is left when the sales of a cut end.

    Each buyer buys from the twins in proportion to what it buys from them already; where it buys nothing from
    them, nothing is handed over and the purchase stays unserved.
    """
    T = cut.rows
    rows = rows_of(op.A, T)
    purchases, final = rows[:, cut.buyers], np.array(cut.final)
    lost_inputs = np.empty((cut.suppliers.size, cut.buyers.size))
    unserved = np.zeros(op.n)
    for number, (row, twins) in enumerate(zip(cut.suppliers, cut.twins, strict=True)):
        places = np.searchsorted(T, twins)
        lost_inputs[number] = hand_over(purchases, int(np.searchsorted(T, row)), places)
        unserved[row] = hand_over(final, int(row), twins).sum()
    rows[:, cut.buyers] = purchases
    y = final.sum(axis=1) + cut.kept
    left = np.asarray(op.updated(T, rows, axis="rows").solve(y))
    unserved[cut.suppliers] += lost_inputs @ left[cut.buyers]
    sold = op.A @ left
    sold[T] = rows @ left
    return Remainder(left, unserved, _gap(left, sold + y))


def hand_over(purchases: Array, row: int, twins: Index) -> Array:
    """Hand the purchases of a row over to its twins, in place; return what nobody took over (b,).

    Parameters
    ----------
    purchases
        (n, b), one column a buyer.
    row
        The supplier that falls out.
    twins
        Rows of other suppliers of the product.
    """
    ending = purchases[row].copy()
    purchases[row] = 0.0
    present = purchases[twins].sum(axis=0)
    taken = np.where(present > 0, ending, 0.0)
    factor = np.divide(taken, present, out=np.zeros_like(taken), where=present > 0)
    purchases[twins] *= 1 + factor
    return np.asarray(ending - taken)


def rows_of(A: Matrix, rows: Index) -> Array:
    """Return some rows of A (n, n) as an array of their own (q, n)."""
    part = submatrix(A, rows, slice(0, A.shape[1]))
    return part.toarray() if is_sparse(part) else np.array(part)


def _cleared(values: Array, rows: Index) -> Array:
    """Return values (n,) with some rows set to zero."""
    result = np.array(values)
    result[rows] = 0.0
    return result


def _only(values: Array, rows: Index) -> Array:
    """Return values (n,) with all other rows set to zero."""
    return _at(rows, values[rows], values.size)


def _at(rows: Index, values: Array, n: int) -> Array:
    """Return an array of zeros (n,) with values in some rows."""
    result = np.zeros(n)
    result[rows] = values
    return result


def _gap(x: Array, balance: Array) -> float:
    """Return the largest difference between output and what asks for it."""
    return float(np.abs(x - balance).max(initial=0.0))
