"""Search for the largest paths ``f_i A_ij A_jk ... y_k`` with a bound that never loses one.

A path ends at a final product k and grows by one supplier at a time. With p the flow at its last supplier i,
the path itself contributes ``f_i p``, and all longer paths through it together contribute no more than
``(m_i - |f_i|) |p|``, where ``m = |f|' (I - |A|)^-1``. Branches whose bound is below the smallest path wanted
are cut. Depth by depth, one pass over A finds all suppliers worth following; n rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mrio.errors import DataError
from mrio.leontief.storage.matrices import Matrix, is_dense, to_dense
from mrio.measures.partition import submatrix
from mrio.tables.arrays import Array, is_sparse

Index = NDArray[np.intp]

DEEPEST = 1000
_CELLS = 5_000_000
_MOST_NODES = 20_000_000
_ROWS = 256


@dataclass(frozen=True, eq=False)
class Wanted:
    """What to search for.

    Attributes
    ----------
    top
        Number of paths, or None for all above the threshold.
    threshold
        Paths count whose absolute contribution is above this.
    deepest
        Largest number of suppliers before the final product.
    """

    top: int | None
    threshold: float
    deepest: int


@dataclass(frozen=True, eq=False)
class Tree:
    """Paths as nodes with parents; a node is a supplier, its path leads over its parents to a final product.

    Attributes
    ----------
    parent
        Number of the parent node, -1 for final products (q,).
    sector
        Row of A (q,).
    depth
        Suppliers before the final product (q,).
    flow
        Output of the sector along the path (q,).
    """

    parent: Index
    sector: Index
    depth: Index
    flow: Array

    def path(self, node: int) -> list[int]:
        """Return the rows of A from the final product to the first supplier."""
        rows = []
        while node >= 0:
            rows.append(int(self.sector[node]))
            node = int(self.parent[node])
        return rows[::-1]


@dataclass(frozen=True, eq=False)
class Largest:
    """The paths that were wanted, largest first.

    Attributes
    ----------
    tree
        All nodes that were visited.
    nodes
        The nodes whose paths were wanted (k,).
    contributions
        (k,).
    cut
        No path that is missing contributes more than this, up to the largest depth.
    """

    tree: Tree
    nodes: Index
    contributions: Array
    cut: float


def largest_paths(A: Matrix, f: Array, bound: Array, y: Array, wanted: Wanted) -> Largest:
    """Return the paths with the largest absolute contributions.

    Parameters
    ----------
    A
        (n, n), dense or sparse.
    f
        Intensities (n,).
    bound
        ``|f|' (I - |A|)^-1`` (n,), or a little more.
    y
        Final demand (n,).
    wanted
        How many, how large, how deep.
    """
    deeper = np.maximum(bound - np.abs(f), 0.0)
    A = A.tocsc() if is_sparse(A) else A if is_dense(A) else to_dense(A)
    roots = np.flatnonzero(y)
    levels = [Tree(np.full(roots.size, -1), roots, np.zeros(roots.size, np.intp), y[roots])]
    best, cut = _keep(np.empty(0), np.abs(f[roots] * y[roots]), wanted)
    start, visited = 0, roots.size
    for _ in range(wanted.deepest):
        last = levels[-1]
        order = np.argsort(-deeper[last.sector] * np.abs(last.flow), kind="stable")
        pieces = []
        step = max(_CELLS // len(f), 1)
        for first in range(0, order.size, step):
            chosen = order[first : first + step]
            chosen = chosen[deeper[last.sector[chosen]] * np.abs(last.flow[chosen]) > cut]
            if not chosen.size:
                break
            piece = _suppliers(A, bound, last, chosen, cut)
            best, cut = _keep(best, np.abs(f[piece.sector] * piece.flow), wanted)
            pieces.append(_above(piece, bound, cut, start))
            visited += pieces[-1].sector.size
            _require_room(visited, cut)
        if not pieces:
            break
        start += last.sector.size
        levels.append(_joined(pieces))
    return _select(_joined(levels), f, wanted, cut)


def _suppliers(A: Matrix, bound: Array, last: Tree, nodes: Index, cut: float) -> Tree:
    """Return all suppliers of some nodes whose bound is above the cut, as nodes of the next level."""
    sectors, which = np.unique(last.sector[nodes], return_inverse=True)
    flows = np.abs(last.flow[nodes])
    largest = np.zeros(sectors.size)
    np.maximum.at(largest, which, flows)
    supplier, column, value = _cells(A, bound, sectors, largest, cut)
    order = np.argsort(column, kind="stable")
    supplier, value = supplier[order], value[order]
    counts = np.bincount(column, minlength=sectors.size)
    firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    own = counts[which]
    parent = np.repeat(nodes, own)
    inside = np.arange(own.sum()) - np.repeat(np.cumsum(own) - own, own)
    cells = np.repeat(firsts[which], own) + inside
    flow = value[cells] * last.flow[parent]
    return Tree(parent, supplier[cells], last.depth[parent] + 1, flow)


def _cells(A: Matrix, bound: Array, sectors: Index, largest: Array, cut: float) -> tuple[Index, Index, Array]:
    """Return supplier, position among the sectors and value of coefficients worth following."""
    if is_sparse(A):
        part = A[:, sectors].tocoo()
        keep = bound[part.row] * np.abs(part.data) * largest[part.col] > cut
        return part.row[keep].astype(np.intp), part.col[keep].astype(np.intp), part.data[keep]
    rows, columns, values = [], [], []
    n = A.shape[0]
    chosen = slice(0, n) if sectors.size == n else sectors
    for start in range(0, n, _ROWS):
        panel = submatrix(A, slice(start, min(start + _ROWS, n)), chosen)
        weight = np.abs(panel)
        weight *= largest
        weight *= bound[start : start + _ROWS, np.newaxis]
        row, column = np.nonzero(weight > cut)
        rows.append(row + start)
        columns.append(column)
        values.append(panel[row, column])
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(values)


def _above(nodes: Tree, bound: Array, cut: float, start: int) -> Tree:
    """Return the nodes whose path or any longer one may be above the cut; parents count from `start`."""
    keep = bound[nodes.sector] * np.abs(nodes.flow) > cut
    return Tree(nodes.parent[keep] + start, nodes.sector[keep], nodes.depth[keep], nodes.flow[keep])


def _keep(best: Array, more: Array, wanted: Wanted) -> tuple[Array, float]:
    """Return the largest contributions so far, and the size below which none is wanted any more."""
    if wanted.top is None:
        return best, wanted.threshold
    best = np.concatenate([best, more[more > 0]])
    if best.size > wanted.top:
        best = np.partition(best, best.size - wanted.top)[-wanted.top :]
    full = best.size == wanted.top
    # Just below the smallest: paths of exactly that size must not be cut away.
    smallest = float(np.nextafter(best.min(), 0)) if full else 0.0
    return best, max(wanted.threshold, smallest)


def _require_room(visited: int, cut: float) -> None:
    """Raise when more paths were visited than memory should hold."""
    if visited > _MOST_NODES:
        raise DataError(
            "The search for paths visits too many.",
            amount=f"{visited:,} paths above {cut:.3g}; the most is {_MOST_NODES:,}",
            remedy="ask for fewer with top=, or raise threshold=",
        )


def _joined(trees: list[Tree]) -> Tree:
    """Return several trees as one."""
    return Tree(
        np.concatenate([tree.parent for tree in trees]),
        np.concatenate([tree.sector for tree in trees]),
        np.concatenate([tree.depth for tree in trees]),
        np.concatenate([tree.flow for tree in trees]),
    )


def _select(tree: Tree, f: Array, wanted: Wanted, cut: float) -> Largest:
    """Return the wanted paths of a tree, largest first."""
    own = f[tree.sector] * tree.flow
    size = np.abs(own)
    nodes = np.flatnonzero(size > cut)
    nodes = nodes[np.argsort(-size[nodes], kind="stable")][: wanted.top]
    return Largest(tree, nodes, own[nodes], cut)
