"""Regions taken together: groups of regions, and the part of the chain that stays inside each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mrio.errors import LabelError, NotProductiveError, choices
from mrio.leontief import Leontief
from mrio.leontief.storage.matrices import Matrix, is_dense, to_dense
from mrio.tables import Labels, System
from mrio.tables.arrays import Array, is_sparse

Groups = Mapping[str, Sequence[str]]
"""Names of groups with their regions; regions that are not named stand for themselves."""

Rows = slice | NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Partition:
    """Every region in exactly one group; G groups, n = R N rows.

    Attributes
    ----------
    names
        Names of the groups in the order of their first region.
    of_region
        Number of the group of each region (R,).
    n_sectors
        N.
    """

    names: tuple[str, ...]
    of_region: NDArray[np.intp]
    n_sectors: int

    @property
    def of_row(self) -> NDArray[np.intp]:
        """Number of the group of each row (n,)."""
        return np.repeat(self.of_region, self.n_sectors)

    @property
    def indicator(self) -> Array:
        """One where a row belongs to a group (G, n)."""
        return np.asarray(self.of_row == np.arange(len(self.names))[:, np.newaxis], dtype=np.float64)

    def rows(self, group: int) -> Rows:
        """Return the rows of a group; a slice, which makes views of matrices, where they are consecutive."""
        rows = np.flatnonzero(self.of_row == group)
        if rows[-1] - rows[0] + 1 == len(rows):
            return slice(int(rows[0]), int(rows[-1]) + 1)
        return rows

    def sums(self, values: Array) -> Array:
        """Return values (..., n) summed over the rows of each group, (..., G)."""
        return np.asarray(values @ self.indicator.T)

    def split(self, values: Array) -> Array:
        """Return values (n,) in one column a group, zero outside of it, (n, G)."""
        return np.asarray(values[:, np.newaxis] * self.indicator.T)


def partition(system: System, groups: Groups | None = None) -> Partition:
    """Return a partition of the regions of a table.

    Raises
    ------
    LabelError
        When a group names an unknown region, is empty, overlaps with another, or is called like a region
        outside of it.
    """
    if groups is not None and not isinstance(groups, Mapping):
        raise LabelError(
            "Groups of regions are given by name.",
            amount=f"got {groups!r}",
            remedy='write groups={"name": ["region", "another region"]}',
        )
    group_of = dict(zip(system.regions, system.regions, strict=True))
    seen: set[str] = set()
    for name, members in (groups or {}).items():
        if isinstance(members, str) or not members:
            raise LabelError(
                f"Group {name!r} must be a list of regions.",
                amount=f"got {members!r}",
                remedy='give {"BTH": ["Beijing", "Tianjin", "Hebei"]}',
            )
        wrong = [r for r in members if r not in group_of or r in seen]
        if wrong or len(set(members)) < len(members):
            raise LabelError(
                f"Group {name!r} names regions that the table does not have, or that stand in two groups.",
                where=", ".join(map(repr, wrong or members)),
                remedy=choices((wrong or members)[0], system.regions, "regions")
                + "; each may stand in one group",
            )
        seen |= set(members)
        group_of |= dict.fromkeys(members, name)
    names = tuple(dict.fromkeys(group_of.values()))
    clash = [
        name for name, members in (groups or {}).items() if name in system.regions and name not in members
    ]
    if clash:
        raise LabelError(
            "A group is called like a region outside of it.",
            where=", ".join(map(repr, clash)),
            remedy="choose another name for the group",
        )
    of_region = np.array([names.index(group_of[region]) for region in system.regions])
    return Partition(names, of_region, len(system.sectors))


def submatrix(A: Matrix, rows: Rows, columns: Rows) -> Matrix:
    """Return a block of A (n, n); a view where A is an array and rows and columns are slices."""
    if is_sparse(A):
        return A.tocsr()[rows][:, columns]
    if not is_dense(A):
        A = to_dense(A)
    if isinstance(rows, slice) and isinstance(columns, slice):
        return A[rows, columns]
    return A[np.ix_(np.r_[rows], np.r_[columns])]


class Inside:
    """Chains that never leave a group: the block-diagonal (I - A_gg)^-1, G blocks.

    Parameters
    ----------
    A
        (n, n).
    groups
        The partition.
    labels
        Labels of the table, for errors.
    """

    def __init__(self, A: Matrix, groups: Partition, labels: Labels) -> None:
        self.groups = groups
        self.rows = [groups.rows(g) for g in range(len(groups.names))]
        self.blocks = [submatrix(A, rows, rows) for rows in self.rows]
        self.operators = [
            _operator(block, rows, name, groups.n_sectors, labels)
            for block, rows, name in zip(self.blocks, self.rows, groups.names, strict=True)
        ]

    def solve(self, Y: Array) -> Array:
        """Return M1 Y, (n,) or (n, k)."""
        result = np.empty(np.shape(Y))
        for rows, operator in zip(self.rows, self.operators, strict=True):
            result[rows] = operator.solve(Y[rows])
        return result

    def solve_left(self, F: Array) -> Array:
        """Return F M1, (n,) or (m, n)."""
        result = np.empty(np.shape(F))
        for rows, operator in zip(self.rows, self.operators, strict=True):
            result[..., rows] = operator.solve_left(F[..., rows])
        return result

    def product(self, X: Array) -> Array:
        """Return the inputs bought inside the own group, A_gg X_g, (n,) or (n, k)."""
        result = np.empty(np.shape(X))
        for rows, block in zip(self.rows, self.blocks, strict=True):
            result[rows] = block @ X[rows]
        return result

    def product_left(self, F: Array) -> Array:
        """Return F_g A_gg, (n,) or (m, n)."""
        result = np.empty(np.shape(F))
        for rows, block in zip(self.rows, self.blocks, strict=True):
            result[..., rows] = (block.T @ F[..., rows].T).T
        return result


def _operator(block: Matrix, rows: Rows, name: str, n_sectors: int, labels: Labels) -> Leontief:
    """Return the operator of one group, whose errors name the group and the rows of the whole table."""
    numbers = np.r_[rows]

    def row_name(row: int) -> str:
        return labels.row_name(int(numbers[row]))

    return subsystem(block, n_sectors, row_name, f"group {name!r} on its own")


def subsystem(block: Matrix, n_sectors: int, row_name: Any, what: str) -> Leontief:
    """Return the operator of a part of a table.

    Raises
    ------
    NotProductiveError
        When the part has no economic inverse; the message says which part.
    """
    try:
        blocks = n_sectors if block.shape[0] % n_sectors == 0 else None
        return Leontief(block, blocks=blocks, labels=row_name)
    except NotProductiveError as error:
        raise NotProductiveError(
            f"A part of the table is not productive: {what}.",
            where=error.where,
            amount=error.amount,
            remedy=error.remedy,
            table=error.table,
        ) from error
