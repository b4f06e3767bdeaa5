"""Arrays of a table: bring what the user gave into one checked, write-locked form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product as cartesian
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from mrio.errors import DataError, LabelError, MissingDataError, MrioError, UnitsError
from mrio.tables.labels import Labels, label_mismatch
from mrio.units import parse_unit, same_unit

Array: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = Any
"""A dense ``Array`` or a scipy sparse matrix, both (n, n)."""


@dataclass(frozen=True, eq=False)
class Arrays:
    """Numbers of one table; R regions, N sectors, n = R N, K categories, M factors; None where not given.

    Attributes
    ----------
    Z
        (n, n), dense or scipy sparse: domestic intermediate flows.
    Y
        (R, N, R, K): domestic final purchases.
    V
        (M, R, N): primary inputs.
    x
        (R, N): gross output.
    exports, stock_change, discrepancy
        (R, N).
    imports_Z, imports_Y
        (N, R, N) and (N, R, K): imports by product.
    imports_row_Z, imports_row_Y
        (R, N) and (R, K): imports known as one row.
    population
        (R,).
    """

    Z: Matrix
    Y: Array
    V: Array
    x: Array
    exports: Array | None = None
    stock_change: Array | None = None
    discrepancy: Array | None = None
    imports_Z: Array | None = None
    imports_Y: Array | None = None
    imports_row_Z: Array | None = None
    imports_row_Y: Array | None = None
    population: Array | None = None

    @property
    def outside_demand(self) -> Array:
        """Exports, stock changes and discrepancy together, (R, N)."""
        total = np.zeros_like(self.x)
        for part in (self.exports, self.stock_change, self.discrepancy):
            if part is not None:
                total = total + part
        return total

    @property
    def final_demand(self) -> Array:
        """Right-hand side of ``x = A x + y``: final purchases plus all outside demand, (R, N)."""
        return np.asarray(self.Y.sum(axis=(2, 3)) + self.outside_demand)

    @property
    def imports_by_user(self) -> Array:
        """Imported intermediates of each buying sector, (R, N); zeros where no imports are known."""
        if self.imports_Z is not None:
            return np.asarray(self.imports_Z.sum(axis=0), dtype=np.float64)
        return np.zeros(self.x.shape) if self.imports_row_Z is None else self.imports_row_Z

    @property
    def imports_by_demand(self) -> Array:
        """Imported final purchases by region and category, (R, K); zeros where no imports are known."""
        if self.imports_Y is not None:
            return np.asarray(self.imports_Y.sum(axis=0))
        return np.zeros(self.Y.shape[2:]) if self.imports_row_Y is None else self.imports_row_Y

    def row_sums(self) -> Array:
        """Sum of everything a sector sells, (R, N)."""
        return np.asarray(self.Z.sum(axis=1)).reshape(self.x.shape) + self.final_demand

    def column_sums(self) -> Array:
        """Sum of everything a sector buys and pays, (R, N)."""
        inputs = np.asarray(self.Z.sum(axis=0)).reshape(self.x.shape)
        return np.asarray(inputs + self.imports_by_user + self.V.sum(axis=0))


def has_output(x: Array) -> NDArray[np.bool_]:
    """Tell which sectors have output, (n,) or (R, N): what is below 1e-12 of the mean is rounding of zero."""
    return np.asarray(np.abs(x) > float(np.abs(x).mean()) * 1e-12)


def is_sparse(value: object) -> bool:
    """Tell whether a matrix is stored sparse."""
    return bool(sparse.issparse(value))


def locked(array: Array) -> Array:
    """Return the array with writing switched off."""
    array.flags.writeable = False
    return array


def locked_sparse(matrix: Matrix) -> Matrix:
    """Return the CSR matrix with writing switched off."""
    for part in (matrix.data, matrix.indices, matrix.indptr):
        part.flags.writeable = False
    return matrix


def ratio(parts: Array, total: Array) -> Array:
    """Return ``parts / total``, zero where the total is zero; shapes broadcast."""
    result = np.zeros(np.broadcast_shapes(parts.shape, total.shape))
    return np.divide(parts, total, out=result, where=total != 0)


def own_array(name: str, value: ArrayLike, dims: Sequence[str], labels: Labels) -> Array:
    """Return a write-locked float64 copy of `value` in the full shape of `dims`.

    Parameters
    ----------
    name
        Name of the array, for messages.
    value
        Plain array in full or flattened shape, or a labelled DataArray or DataFrame, whose labels must be
        those of the table.
    dims, labels
        Dims of the array and labels of the table.

    Raises
    ------
    LabelError, DataError, MissingDataError
        When labels, shape or numbers are not those of the table.
    """
    if value is None:
        raise MissingDataError(f"{name} was not given.", remedy=f"give {name}=, with dims {', '.join(dims)}")
    value = _as_vector(value, dims)
    _require_labels(name, value, dims, labels)
    shape = labels.shape(dims)
    plain = plain_array(name, value)
    if plain.dtype.kind not in "fiub":
        plain = _numbers(name, plain, shape, dims, labels)
    if plain.shape not in _accepted_shapes(shape, dims):
        raise DataError(
            f"{name} has the wrong shape.",
            where="dims " + ", ".join(f"{dim} ({length})" for dim, length in zip(dims, shape, strict=True)),
            amount=f"got {plain.shape}, expected "
            + " or ".join(str(s) for s in _accepted_shapes(shape, dims)),
            remedy="rows sell, columns buy; regions outside, sectors inside",
        )
    # One order in memory, because the last bit of a sum depends on it.
    result = np.array(plain, dtype=np.float64, order="C").reshape(shape)
    if not np.isfinite(result).all():
        raise _missing(name, result, dims, labels)
    return locked(result)


def _as_vector(value: ArrayLike, dims: Sequence[str]) -> ArrayLike:
    """Return a frame of one column with pairs in its rows as that column, as users keep vectors."""
    levels = len(dims) - (dims[0] == "factor")
    if isinstance(value, pd.DataFrame) and value.shape[1] == 1 and value.index.nlevels == levels:
        return value.iloc[:, 0]
    return value


def own_matrix(value: Any, labels: Labels) -> Matrix:
    """Return Z as a write-locked (n, n) matrix, sparse where it was given sparse."""
    dims = ("region", "sector", "use_region", "use_sector")
    n = len(labels.regions) * len(labels.sectors)
    if not is_sparse(value):
        return locked(own_array("Z", value, dims, labels).reshape(n, n))
    if value.shape != (n, n):
        raise DataError(
            "Z has the wrong shape.",
            amount=f"got {value.shape}, expected {(n, n)}",
            remedy="rows sell, columns buy; regions outside, sectors inside",
        )
    if value.dtype.kind not in "fiub":
        raise MissingDataError(
            "Z holds something that is no number.",
            amount=f"sparse array of {value.dtype}",
            remedy="give real numbers",
        )
    result = sparse.csr_array(value, dtype=np.float64, copy=True)
    result.sum_duplicates()
    if not np.isfinite(result.data).all():
        raise MissingDataError(
            "Z holds NaN or infinity.",
            amount=f"{int((~np.isfinite(result.data)).sum())} stored values",
            remedy="say what the empty cells mean before the table is made",
        )
    return locked_sparse(result)


def unit_problem(name: str, value: object, asked: str) -> UnitsError | None:
    """Return the error of a labelled array that says it is in another unit than the one asked for."""
    own = value.attrs.get("units") if isinstance(value, xr.DataArray) else None
    if own is None:
        return None
    try:
        if same_unit(parse_unit(str(own)), parse_unit(asked)):
            return None
        what = f"{name} says it is in another unit than stated."
    except UnitsError:
        what = f"The attribute 'units' of {name} cannot be read."
    return UnitsError(
        what,
        amount=f"{own!r} and {asked!r}",
        remedy="convert it, or drop its attribute 'units' where it is wrong",
    )


def cells_table(
    values: Array, mask: NDArray[np.bool_], dims: Sequence[str], labels: Labels, worst_first: bool = True
) -> pd.DataFrame:
    """Return the marked cells of an array as a table with one column a dim and the value."""
    where = np.nonzero(mask)
    table = pd.DataFrame(
        {dim: np.asarray(labels.of(dim), dtype=object)[index] for dim, index in zip(dims, where, strict=True)}
    )
    table["value"] = values[where]
    if worst_first and len(table):
        table = table.sort_values("value", key=np.abs, ascending=False, ignore_index=True, kind="stable")
    return table


def describe_cells(table: pd.DataFrame, most: int = 3) -> str:
    """Return the first cells of a table in words."""
    cells = [
        " | ".join(str(part) for part in row[:-1]) + f" = {row[-1]:.6g}"
        for row in table.head(most).itertuples(index=False, name=None)
    ]
    return "; ".join(cells) + (f" ... {len(table)} cells" if len(table) > most else "")


def plain_array(name: str, value: ArrayLike) -> NDArray[Any]:
    """Return the values as an array; masked cells become NaN, for what a mask hides means nothing."""
    if isinstance(value, np.ma.MaskedArray):
        return np.ma.filled(value.astype(np.float64), np.nan)
    try:
        return np.asarray(value.toarray() if is_sparse(value) else value)  # type: ignore[union-attr]
    except (ValueError, TypeError) as error:
        raise DataError(
            f"{name} is not an array.", amount=str(error), remedy="give rows of one length"
        ) from error


def _accepted_shapes(shape: tuple[int, ...], dims: Sequence[str]) -> list[tuple[int, ...]]:
    """List the full shape and the flattened ones in which region-sector pairs are one axis."""
    if len(shape) == 4:
        return [shape, (shape[0] * shape[1], shape[2] * shape[3])]
    if len(shape) == 3:
        if dims[0] == "factor":
            one = [(shape[1] * shape[2],), shape[1:]] if shape[0] == 1 else []
            return [shape, (shape[0], shape[1] * shape[2]), *one]
        return [shape, (shape[0], shape[1] * shape[2])]
    return [shape, (shape[0] * shape[1],)] if len(shape) == 2 else [shape]


def _require_labels(name: str, value: object, dims: Sequence[str], labels: Labels) -> None:
    """Raise when a labelled input carries other labels than the table."""
    if isinstance(value, xr.DataArray):
        problem = _dataarray_mismatch(name, value, dims, labels)
    elif isinstance(value, pd.DataFrame | pd.Series):
        problem = _frame_mismatch(name, value, dims, labels)
    else:
        return
    if problem is not None:
        raise problem


def _dataarray_mismatch(
    name: str, value: xr.DataArray, dims: Sequence[str], labels: Labels
) -> MrioError | None:
    if tuple(value.dims) != tuple(dims):
        return LabelError(
            f"{name} has the wrong dims.",
            amount=f"got {tuple(value.dims)}, expected {tuple(dims)}",
            remedy="rename or transpose the DataArray",
        )
    for dim in dims:
        if dim in value.coords:
            got = [str(label) for label in value[dim].values]
            problem = label_mismatch(got, labels.of(dim), dim, (name, "the table"))
            if problem is not None:
                return problem
    return None


def _frame_mismatch(
    name: str, value: pd.DataFrame | pd.Series[Any], dims: Sequence[str], labels: Labels
) -> MrioError | None:
    """Compare the labels of rows and columns with the table; ascending whole numbers count as positions."""
    for axis, own in zip(value.axes, _dims_of_axes(value, dims, labels), strict=True):
        turned = [str(level) for level in axis.names if str(level).startswith("use_") and level not in own]
        if turned:
            return LabelError(
                f"{name} stands transposed: buyers are where sellers must be.",
                where=f"levels {', '.join(map(repr, turned))} for {' and '.join(own)}",
                remedy=f"give {name}.T, or rename the levels of its labels",
            )
        if pd.api.types.is_integer_dtype(axis.dtype):
            if axis.is_monotonic_increasing and axis.is_unique:
                continue
            return LabelError(
                f"The numbers of {' and '.join(own)} of {name} do not ascend.",
                where=", ".join(map(str, axis[:6])) + (" ..." if len(axis) > 6 else ""),
                remedy="sort it back to the order of the table: numbers count as positions, not as labels",
            )
        if axis.nlevels != len(own):
            return LabelError(
                f"The labels of {name} cannot be compared with those of the table.",
                amount=f"{axis.nlevels} levels for {' and '.join(own)}",
                remedy="give a MultiIndex with one level a dim, or plain numbers (.to_numpy())",
            )
        got = [
            " | ".join(map(str, label)) for label in (axis if axis.nlevels > 1 else zip(axis, strict=True))
        ]
        want = [" | ".join(label) for label in cartesian(*map(labels.of, own))]
        problem = label_mismatch(got, want, ", ".join(own), (name, "the table"))
        if problem is not None:
            return problem
    return None


def _dims_of_axes(
    value: pd.DataFrame | pd.Series[Any], dims: Sequence[str], labels: Labels
) -> list[tuple[str, ...]]:
    """Return the dims that stand in the rows and in the columns of a frame."""
    dims = tuple(dims)
    flat = value.ndim == 1
    # V of one factor may leave the dim of the factor out.
    if dims[0] == "factor" and (flat or (value.shape, value.axes[1].nlevels) == (labels.shape(dims[1:]), 1)):
        dims = dims[1:]
    if flat:
        return [dims]
    return [dims[:2], dims[2:]] if len(dims) == 4 else [dims[:1], dims[1:]]


def _numbers(
    name: str, plain: NDArray[Any], shape: tuple[int, ...], dims: Sequence[str], labels: Labels
) -> NDArray[Any]:
    """Convert an array of objects to floats, or raise with every cell that is no number."""
    number = int | float | np.integer | np.floating | Decimal | Fraction
    bad = np.array([plain.dtype.kind != "O" or not isinstance(cell, number) for cell in plain.ravel()])
    if not bad.any():
        return plain.astype(np.float64)
    if plain.shape in _accepted_shapes(shape, dims):
        table = cells_table(plain.reshape(shape), bad.reshape(shape), dims, labels, worst_first=False)
    else:
        table = pd.DataFrame({"value": plain.ravel()[bad]})
    raise MissingDataError(
        f"{name} holds something that is no number.",
        where="; ".join(
            " | ".join(map(repr, row)) for row in table.head(3).itertuples(index=False, name=None)
        ),
        amount=f"{int(bad.sum())} cells",
        remedy="say what these cells mean and give numbers",
        table=table,
    )


def _missing(name: str, values: Array, dims: Sequence[str], labels: Labels) -> MissingDataError:
    table = cells_table(values, ~np.isfinite(values), dims, labels, worst_first=False)
    return MissingDataError(
        f"{name} holds NaN or infinity.",
        where=describe_cells(table),
        amount=f"{len(table)} cells",
        remedy="say what the empty cells mean (zero, unknown, estimated) before the table is made",
        table=table,
    )


def labelled(
    values: Array,
    dims: Sequence[str],
    coords: Mapping[str, Sequence[str]],
    name: str,
    attrs: Mapping[str, str],
) -> xr.DataArray:
    """Wrap an array as a DataArray with labels and stamped attributes; the numbers are not copied."""
    return xr.DataArray(
        values,
        dims=dims,
        coords={dim: list(coords[dim]) for dim in dims if dim in coords},
        name=name,
        attrs=dict(attrs),
    )
