"""Whether margins can be met, and by name which of them cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from mrio.errors import BalanceError, ConvergenceError, MissingDataError, MrioError, raise_together
from mrio.schema import ADDING_UP

Array = npt.NDArray[np.float64]
Labels = Sequence[Sequence[object]]
Mask = npt.NDArray[np.bool_]

_CAPACITY = 2**30
"""Total of the flow network in whole units: maximum_flow counts in 32-bit integers."""


@dataclass(frozen=True)
class Names:
    """What error messages call the problems of a batch, its rows and columns.

    A single problem is called by an empty text; the others end with a colon.
    """

    problems: tuple[str, ...]
    rows: Sequence[object]
    columns: Sequence[object]

    @classmethod
    def of(cls, shape: tuple[int, ...], labels: Labels | None) -> Names:
        """Return the names of an array (..., m, n) from one list of labels an axis, or from the numbers."""
        lists = [list(range(size)) for size in shape] if labels is None else [list(part) for part in labels]
        problems = tuple("".join(f"{name!r}: " for name in leading) for leading in product(*lists[:-2]))
        return cls(problems, lists[-2], lists[-1])

    def of_kind(self, kind: str) -> Sequence[object]:
        """Return the labels of the rows or of the columns."""
        return self.rows if kind == "row" else self.columns


def check_numbers(**arrays: Array) -> None:
    """Raise one MissingDataError that lists every cell which is not a finite number."""
    tables = []
    for name, values in arrays.items():
        places = np.argwhere(~np.isfinite(values))
        if len(places):
            found = values[tuple(places.T)]
            tables.append(
                pd.DataFrame({"array": name, "place": [tuple(map(int, at)) for at in places], "value": found})
            )
    if tables:
        table = pd.concat(tables, ignore_index=True)
        first = table.iloc[0]
        raise MissingDataError(
            "A number is missing.",
            where=f"{first['array']} at {first['place']}" + (", and more" if len(table) > 1 else ""),
            amount=f"{len(table)} cells are NaN or infinite",
            remedy="say what the empty cells mean (0 or unknown) before balancing",
            table=table,
        )


def check_margins(prior: Array, rows: Array, columns: Array, names: Names) -> Array:
    """Raise for margins that no scaling can meet; return columns scaled to the total of the rows.

    `prior` (batch, m, n), `rows` (batch, m), `columns` (batch, n); `names` are for messages.
    """
    problems = [*_unreachable(prior, rows, "row", names)]
    problems += _unreachable(prior.swapaxes(-1, -2), columns, "column", names)
    total, other = rows.sum(axis=-1), columns.sum(axis=-1)
    size = np.maximum(np.abs(rows).sum(axis=-1), np.abs(columns).sum(axis=-1))
    differ = np.abs(total - other) > ADDING_UP * size
    if differ.any():
        table = pd.DataFrame(
            {
                "problem": [names.problems[at] for at in np.flatnonzero(differ).tolist()],
                "rows": total[differ],
                "columns": other[differ],
                "gap": (total - other)[differ],
            }
        )
        problems.append(
            BalanceError(
                "The totals of rows and columns differ.",
                where=_some(table["problem"].tolist()),
                amount=f"{table['rows'].iloc[0]:.12g} and {table['columns'].iloc[0]:.12g}, "
                f"tolerance {ADDING_UP:g} relative",
                remedy="bring both margins to one total first, and say which one is right",
                table=table,
            )
        )
    raise_together(problems)
    ratio = np.divide(total, other, out=np.ones_like(total), where=(other != 0) & (total != 0))
    # Only rounding is scaled away: where the total is small beside its parts a ratio says nothing.
    ratio[np.abs(ratio - 1) > ADDING_UP] = 1.0
    return np.asarray(columns * ratio[:, None])


def _unreachable(prior: Array, totals: Array, kind: str, names: Names) -> list[MrioError]:
    """Return the error of the targets whose row (or column) holds no cell of their sign."""
    empty = ((totals > 0) & ~(prior > 0).any(axis=-1)) | ((totals < 0) & ~(prior < 0).any(axis=-1))
    if not empty.any():
        return []
    places = np.argwhere(empty).tolist()
    table = pd.DataFrame(
        {
            "problem": [names.problems[batch] for batch, _ in places],
            "kind": kind,
            "label": pd.Series([names.of_kind(kind)[at] for _, at in places], dtype=object),
            "target": totals[empty],
        }
    ).sort_values("target", key=lambda target: -target.abs(), ignore_index=True)
    return [
        BalanceError(
            f"A {kind} has a target but no cell of its sign that could carry it.",
            where=_some([f"{problem}{kind} {label!r}" for problem, _, label, _ in table.values.tolist()]),
            amount=f"{len(table)} {kind}s, largest target {table['target'].iloc[0]:g}",
            remedy=f"give the {kind} a prior, or set its target to 0",
            table=table,
        )
    ]


def check_support(prior: Array, rows: Array, columns: Array, which: Mask, names: Names) -> None:
    """Raise for problems whose non-zero cells cannot carry the margins, naming the rows and columns.

    By the max-flow min-cut theorem a set of cells can carry the margins exactly when the largest flow from
    rows to columns through them is the total; the cut names the rows that need more than the columns they
    reach may hold.
    """
    problems: list[MrioError] = []
    for at in np.flatnonzero(which).tolist():
        cut_rows, cut_columns = _cut(prior[at], rows[at], columns[at])
        if not cut_rows.any() and not cut_columns.any():
            continue
        needing = [names.rows[place] for place in np.flatnonzero(cut_rows).tolist()]
        reached = [names.columns[place] for place in np.flatnonzero(cut_columns).tolist()]
        need, room = float(rows[at][cut_rows].sum()), float(columns[at][cut_columns].sum())
        problems.append(_support_error(names.problems[at], needing, reached, need, room))
    raise_together(problems)


def _support_error(
    problem: str, needing: list[object], reached: list[object], need: float, room: float
) -> BalanceError:
    """Return the error of one problem where some rows need more than the columns they reach may hold."""
    kinds = ["row"] * len(needing) + ["column"] * len(reached)
    table = pd.DataFrame({"problem": problem, "kind": kinds, "label": needing + reached})
    return BalanceError(
        "The margins cannot be met on the cells that are not zero.",
        where=f"{problem}rows {_some([repr(name) for name in needing])} "
        f"against columns {_some([repr(name) for name in reached])}",
        amount=f"the rows need {need:.8g}, the only columns they reach may hold {room:.8g}",
        remedy="open a cell between these rows and other columns, or mend the margins",
        table=table,
    )


def _cut(prior: Array, rows: Array, columns: Array) -> tuple[Mask, Mask]:
    """Return rows and columns on the source side of the smallest cut, empty when the margins can be met.

    A positive cell lets any amount pass from its row to its column, a negative one the other way.
    """
    m, n = prior.shape
    if (prior[rows != 0][:, columns != 0] > 0).all():
        # Cells between all rows and columns can carry any margins.
        return np.zeros(m, dtype=bool), np.zeros(n, dtype=bool)
    supply = np.concatenate([rows, -columns])
    scale = _CAPACITY / max(float(np.maximum(supply, 0.0).sum()), np.finfo(float).tiny)
    nodes, source, sink = np.arange(m + n), m + n, m + n + 1
    out, into = np.nonzero(prior > 0), np.nonzero(prior < 0)
    tails = np.concatenate([np.full(m + n, source), nodes, out[0], m + into[1]])
    heads = np.concatenate([nodes, np.full(m + n, sink), m + out[1], into[0]])
    capacity = np.concatenate(
        [
            np.floor(np.maximum(supply, 0.0) * scale),
            np.floor(np.maximum(-supply, 0.0) * scale),
            np.full(len(out[0]) + len(into[0]), float(_CAPACITY)),
        ]
    )
    shape = (m + n + 2, m + n + 2)
    graph = csr_array((capacity.astype(np.int32), (tails, heads)), shape=shape)
    flow = maximum_flow(graph, source, sink)
    # Flooring loses up to one unit at every node.
    if flow.flow_value >= capacity[: m + n].sum() - (m + n):
        return np.zeros(m, dtype=bool), np.zeros(n, dtype=bool)
    residual = graph - flow.flow
    residual.eliminate_zeros()
    reached = np.zeros(m + n + 2, dtype=bool)
    reached[breadth_first_order(residual, source, return_predecessors=False)] = True
    return reached[:m], reached[m : m + n]


def unconverged(
    matrix: Array, rows: Array, columns: Array, names: Names, tolerance: float
) -> ConvergenceError:
    """Return the error of an iteration that ended before its tolerance, with the margins that are off."""
    table = pd.concat(
        [
            _missed(matrix, rows, "row", names, tolerance),
            _missed(matrix.swapaxes(-1, -2), columns, "column", names, tolerance),
        ]
    ).sort_values("gap", ascending=False, ignore_index=True)
    worst = table.iloc[0]
    return ConvergenceError(
        "The balancing did not reach its tolerance.",
        where=f"{worst['problem']}{worst['kind']} {worst['label']!r}",
        amount=f"relative gap {worst['gap']:.3g}, tolerance {tolerance:g}, {len(table)} margins off",
        remedy="allow more iterations, or look whether these margins leave some cell no choice but zero",
        table=table,
    )


def _missed(matrix: Array, totals: Array, kind: str, names: Names, tolerance: float) -> pd.DataFrame:
    """Return the rows (or columns) whose sum is off its target by more than the tolerance."""
    sums = matrix.sum(axis=-1)
    size = np.maximum(np.abs(totals), np.abs(matrix).sum(axis=-1))
    gap = np.divide(np.abs(sums - totals), size, out=np.zeros_like(size), where=size > 0)
    off = ~(gap <= tolerance)
    places = np.argwhere(off).tolist()
    return pd.DataFrame(
        {
            "problem": [names.problems[batch] for batch, _ in places],
            "kind": kind,
            "label": pd.Series([names.of_kind(kind)[at] for _, at in places], dtype=object),
            "target": totals[off],
            "sum": sums[off],
            "gap": gap[off],
        }
    )


def _some(names: list[str], most: int = 6) -> str:
    """Return the first names as one text."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
