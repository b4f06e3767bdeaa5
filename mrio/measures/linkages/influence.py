"""Field of influence: which input coefficients matter most for the whole table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from mrio.leontief.storage.matrices import Matrix, is_dense, to_dense
from mrio.measures.linkages.indices import column_spread
from mrio.measures.measure import Measure, Sheet
from mrio.measures.partition import submatrix
from mrio.parameters import require_count
from mrio.plotting import ranked_bars
from mrio.results import require_adding_up
from mrio.tables import System
from mrio.tables.arrays import Array, is_sparse
from mrio.tables.systems import require_table

_ROWS = 256
_ENDS = ("region", "sector", "use_region", "use_sector")


@dataclass(frozen=True, eq=False)
class Coefficients:
    """The k strongest coefficients, strongest first.

    Attributes
    ----------
    rows, columns
        Supplier and buyer (k,).
    strength
        Sum of squares of the field of influence (k,).
    """

    rows: Array
    columns: Array
    strength: Array


def field_of_influence(system: System, top: int = 50, *, existing: bool = True) -> FieldOfInfluence:
    """Find the input coefficients whose change moves the Leontief inverse most.

    A small change of the coefficient ``a_ij`` changes L by its field ``F_ij = L[:, i] L[j, :]`` per unit
    [1]_. Its strength is the sum of squares of F, which is the product of those of a column and a row of L,
    so that all n^2 coefficients are ranked without one field being built.

    Parameters
    ----------
    system
        The table.
    top
        How many coefficients to return.
    existing
        Whether to rank only coefficients that are not zero.

    Returns
    -------
    FieldOfInfluence
        The strongest coefficients with their strength [1], the output that one more unit of the coefficient
        would need [money], and the elasticity of total output to it [1].

    Raises
    ------
    DataError
        When `top` is below 1.

    References
    ----------
    .. [1] Sonis, M. and Hewings, G. J. D. (1992), Economic Systems Research 4(2), 143-157,
       doi:10.1080/09535319200000013.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.field_of_influence(mrio.load_example("illustrative")["1"], top=5).summary()
    >>> len(table)
    5
    """
    require_table(system)
    require_count(top, "top")
    op, x = system.leontief, system.arrays.x.ravel()
    spread = column_spread(op, x)
    found = strongest(op.A, spread.columns, spread.rows, top, existing)
    multipliers = np.asarray(op.solve_left(np.ones(x.size)))
    gap = require_adding_up(multipliers @ system.arrays.final_demand.ravel(), x.sum(), x.sum(), "output")
    sheet = Sheet(rank=range(1, len(found.rows) + 1))
    N = len(system.sectors)
    places = (found.rows // N, found.rows % N, found.columns // N, found.columns % N)
    for dim, index in zip(_ENDS, places, strict=True):
        labels = np.array(system.labels.of(dim), dtype=object)[index]
        sheet.put_words(dim, labels, ("rank",), f"{dim} of the coefficient")
    values = _values(op.A, found)
    response = multipliers[found.rows] * x[found.columns]
    sheet.put("coefficient", values, ("rank",), "1", "input coefficient")
    sheet.put("influence", found.strength, ("rank",), "1", "sum of squares of the field of influence")
    sheet.put("output", response, ("rank",), system.unit, "output needed by one more unit of the coefficient")
    text = "change of total output over change of the coefficient, both relative"
    sheet.put("elasticity", response * values / x.sum(), ("rank",), "1", text)
    return FieldOfInfluence(
        sheet.dataset(
            system,
            "Field of influence",
            "fields of influence do not add up: each is the effect of one coefficient alone",
            f"multipliers times final demand give output: gap {gap:.1e}",
        )
    )


def strongest(A: Matrix, columns: Array, rows: Array, top: int, existing: bool) -> Coefficients:
    """Return the k = `top` coefficients with the largest ``columns[i] rows[j]``.

    Parameters
    ----------
    A
        (n, n).
    columns, rows
        Sums of squares of the columns and rows of L, each (n,).
    top
        k.
    existing
        Whether coefficients of zero are left out.
    """
    n = columns.size
    best = Coefficients(np.empty(0, int), np.empty(0, int), np.empty(0))
    A = A if is_sparse(A) or is_dense(A) else to_dense(A)
    for start in range(0, n, _ROWS):
        chosen = slice(start, min(start + _ROWS, n))
        strength = np.outer(columns[chosen], rows)
        if existing:
            panel = submatrix(A, chosen, slice(0, n))
            strength[(panel.toarray() if is_sparse(panel) else panel) == 0] = 0.0
        flat = strength.ravel()
        keep = np.argpartition(-flat, min(top, flat.size) - 1)[:top]
        keep = keep[flat[keep] > 0]
        strengths = np.concatenate([best.strength, flat[keep]])
        order = np.argsort(-strengths, kind="stable")[:top]
        best = Coefficients(
            np.concatenate([best.rows, keep // n + start])[order],
            np.concatenate([best.columns, keep % n])[order],
            strengths[order],
        )
    return best


def _values(A: Matrix, found: Coefficients) -> Array:
    """Return the coefficients themselves (k,)."""
    readable = A.tocsr() if is_sparse(A) else A if is_dense(A) else to_dense(A)
    picked = readable[found.rows, found.columns]
    return np.asarray(picked, dtype=np.float64).ravel()


class FieldOfInfluence(Measure):
    """The input coefficients that matter most. Made by `mrio.field_of_influence`."""

    kind: ClassVar[str] = "field_of_influence"
    main: ClassVar[str] = "influence"

    def summary(self) -> pd.DataFrame:
        """Return one row a coefficient, strongest first."""
        frame = self.data.to_dataframe()
        units = {"output": self.unit("output")}
        return frame.rename(columns={name: f"{name} [{unit}]" for name, unit in units.items()})

    def to_dataframe(self, name: str | None = None) -> pd.DataFrame:
        """Return one row a coefficient; `name` limits the table to one variable."""
        frame = self.data.to_dataframe().reset_index()
        return frame if name is None else frame[["rank", name]]

    @property
    def plot(self) -> InfluencePictures:
        """Pictures: ``plot.strongest()``."""
        return InfluencePictures(self)


@dataclass(frozen=True)
class InfluencePictures:
    """Pictures of the field of influence; every method takes ``ax=`` and returns Axes."""

    field: FieldOfInfluence

    def strongest_data(self, most: int = 15) -> pd.DataFrame:
        """Return the influence of the strongest coefficients, named supplier > buyer."""
        require_count(most, "most")
        frame = self.field.data.to_dataframe().iloc[:most]
        ends = [f"{r} {s} > {u} {b}" for r, s, u, b in frame[list(_ENDS)].itertuples(index=False, name=None)]
        return pd.DataFrame({"influence": frame["influence"].to_numpy()}, pd.Index(ends, name="coefficient"))

    def strongest(self, most: int = 15, ax: Any | None = None) -> Any:
        """Draw the strongest coefficients as bars."""
        title = f"Coefficients with the strongest field of influence, {self.field.data.attrs['period']}"
        table = self.strongest_data(most).rename(lambda ends: ends.replace(" > ", " >\n"))
        return ranked_bars(table, "1", title, self.field.small_print, ax)
