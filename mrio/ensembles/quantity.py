"""What is evaluated in every run: named accounts, or whatever a function of tables gives, on fixed labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import DataError, LabelError
from mrio.measures.measure import all_accounts, intensities
from mrio.results import Result
from mrio.tables import System
from mrio.tables.arrays import Array

Answer = float | pd.Series | pd.DataFrame | xr.DataArray | xr.Dataset | Result
Function = Callable[..., Answer]
Measure = None | str | Iterable[str] | Function

DIRECT = "_direct"
"""Marks flows of final users themselves, as in files of tables."""

UNNAMED = "value"
NO_UNIT = "not stated"
_KEPT = ("units", "long_name", "account_units")


@dataclass(frozen=True)
class Accounts:
    """Measure of named accounts, ``"output"`` among them, by region and sector.

    Flows of final users themselves stand apart, by region, as ``<account>_direct``.
    """

    names: tuple[str, ...]

    def __call__(self, table: System) -> xr.Dataset:
        """Return the accounts of a table, each (region, sector)."""
        found = intensities(table, self.names, self.names)
        coords = {"region": list(table.regions), "sector": list(table.sectors)}
        data = {}
        for name, unit, flows in zip(found.names, found.units, found.flows, strict=True):
            values = flows.reshape(table.arrays.x.shape)
            data[name] = xr.DataArray(values, coords, tuple(coords), attrs={"units": unit})
            own = table.accounts[name].direct_values if name in table.accounts else None
            if own is not None:
                data[name + DIRECT] = xr.DataArray(
                    own, {"region": coords["region"]}, ("region",), attrs={"units": unit}
                )
        return xr.Dataset(data)


def measure_of(asked: Measure, table: System) -> Function:
    """Return the function that is evaluated in every run.

    Parameters
    ----------
    asked
        A function, names of accounts, or None for output and all accounts.
    table
        The table as it is.

    Raises
    ------
    LabelError, DataError
        When there is no such account, or it is named twice.
    """
    if callable(asked):
        return asked
    names = (asked,) if isinstance(asked, str) else all_accounts(table) if asked is None else tuple(asked)
    intensities(table, names, names)
    return Accounts(names)


def words_of(measure: Function) -> str:
    """Return what identifies a measure: names of accounts, or the home and arguments of a function."""
    if isinstance(measure, Accounts):
        return "accounts " + ", ".join(measure.names)
    if isinstance(measure, partial):
        given = [repr(value) for value in measure.args]
        given += [f"{name}={value!r}" for name, value in sorted(measure.keywords.items())]
        # An address in memory says nothing to the next process.
        return re.sub(r" at 0x\w+", "", f"{words_of(measure.func)}({', '.join(given)})")
    kind = measure if hasattr(measure, "__qualname__") else type(measure)
    return f"{kind.__module__}.{kind.__qualname__}"


def evaluated(measure: Function, tables: Sequence[System]) -> xr.Dataset:
    """Return the numbers that a measure gives for one run, as arrays of floats on plain labels.

    Raises
    ------
    DataError
        When the answer is nothing that can be stacked over runs.
    """
    answer = measure(*tables)
    data = _arrays(answer)
    if not data:
        raise DataError(
            "The measure gave nothing that can be kept.",
            amount=f"got {type(answer).__name__}",
            remedy="return a number, a DataArray, Dataset, Series or DataFrame of numbers, or a result",
        )
    return xr.Dataset({name: _plain(values) for name, values in data.items()})


def _arrays(answer: Any) -> dict[str, xr.DataArray]:
    """Return the arrays of numbers in an answer by name; none where it holds none."""
    if isinstance(answer, Result):
        # Marks and counts that accompany a result are not what varies over runs.
        return {str(name): a for name, a in answer.data.data_vars.items() if a.dtype.kind == "f"}
    if isinstance(answer, xr.Dataset):
        return {str(name): a for name, a in answer.data_vars.items() if a.dtype.kind in "fiu"}
    if isinstance(answer, pd.Series | pd.DataFrame):
        if any(isinstance(axis, pd.MultiIndex) for axis in answer.axes):
            return {}
        answer = xr.DataArray(answer)
    if isinstance(answer, xr.DataArray):
        return {str(answer.name or UNNAMED): answer} if answer.dtype.kind in "fiu" else {}
    if isinstance(answer, int | float | np.number):
        return {UNNAMED: xr.DataArray(float(answer))}
    return {}


def _plain(values: xr.DataArray) -> xr.DataArray:
    """Return an array with the labels of its dims, its unit and its name alone."""
    coords = {
        str(dim): values[dim].values if values[dim].dtype.kind in "fiu" else values[dim].values.astype(str)
        for dim in values.dims
    }
    attrs = {key: values.attrs[key] for key in _KEPT if key in values.attrs}
    return xr.DataArray(
        values.values.astype(np.float64), coords, values.dims, attrs={"units": NO_UNIT, **attrs}
    )


@dataclass(frozen=True, eq=False)
class Layout:
    """Names, dims, labels and units of what every run gives; its numbers are one vector of `size`.

    Attributes
    ----------
    untouched
        What the table as it is gave: the pattern of all runs.
    """

    untouched: xr.Dataset

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the quantities."""
        return tuple(map(str, self.untouched.data_vars))

    @property
    def size(self) -> int:
        """Numbers of one run."""
        return sum(int(array.size) for array in self.untouched.data_vars.values())

    def vector(self, answer: xr.Dataset) -> Array:
        """Return the numbers of a run (size,).

        Raises
        ------
        LabelError
            When names, dims or labels are not those of the untouched table.
        """
        if set(answer.data_vars) != set(self.untouched.data_vars):
            raise _differs("quantities", [*answer.data_vars], [*self.untouched.data_vars])
        parts = []
        for name, pattern in self.untouched.data_vars.items():
            values = answer[name]
            if values.dims != pattern.dims:
                raise _differs(f"dims of {name}", values.dims, pattern.dims)
            for dim in pattern.dims:
                if not np.array_equal(values[dim].values, pattern[dim].values):
                    raise _differs(f"labels of {dim}", values[dim].values, pattern[dim].values)
            parts.append(values.values.ravel())
        return np.concatenate(parts)

    def pieces(self, values: Array) -> dict[str, Array]:
        """Return vectors (..., size) as one array (..., own dims) a quantity."""
        result, start = {}, 0
        for name, pattern in self.untouched.data_vars.items():
            stop = start + int(pattern.size)
            result[str(name)] = values[..., start:stop].reshape(values.shape[:-1] + pattern.shape)
            start = stop
        return result

    def dataset(self, values: Array, runs: Mapping[str, Sequence[Any]], suffix: str) -> xr.Dataset:
        """Return the numbers of all runs (*runs, size) with labels, beside those of the untouched table.

        Parameters
        ----------
        values
            One vector for every combination of the labels in `runs`.
        runs
            Labels of the dims that tell runs apart.
        suffix
            Marks the names of the numbers of the untouched table.
        """
        data: dict[str, xr.DataArray] = {}
        for name, own in self.pieces(values).items():
            pattern = self.untouched[name]
            coords = {**{dim: list(labels) for dim, labels in runs.items()}, **_coords(pattern)}
            data[name] = xr.DataArray(own, coords, (*runs, *pattern.dims), attrs=pattern.attrs)
        for label, pattern in self.untouched.data_vars.items():
            data[f"{label}{suffix}"] = pattern
        return xr.Dataset(data)


def _coords(values: xr.DataArray) -> dict[str, Any]:
    return {str(dim): values[dim].values for dim in values.dims}


def _differs(what: str, got: Iterable[Any], expected: Iterable[Any]) -> LabelError:
    return LabelError(
        f"A run gave other {what} than the untouched table.",
        amount=f"{[str(one) for one in got][:6]} and {[str(one) for one in expected][:6]}",
        remedy="let the measure return the same labels, in the same order, for every table",
    )
