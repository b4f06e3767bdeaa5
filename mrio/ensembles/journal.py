"""The file of an ensemble while it is made: every finished run in its place, readable at any moment.

Format
------
While runs are made the file is a netCDF classic file (CDF-5): all places are laid out when it begins, and a
run only fills its own. No bookkeeping moves, so a process that is killed can at most leave its last run half
written; a netCDF-4 file could lose everything. ``xarray.open_dataset`` reads it lazily at any moment:

- one variable a quantity, dims of the runs first, NaN where a run is not finished;
- ``<quantity><suffix>``: the quantity of the untouched tables;
- ``run_sha256``: digest of what was asked, the number of the run and its numbers. A run without it, or with
  another one, is made again;
- attribute ``runs_digest``: digest of tables, scenarios or errors, seed, measure, version of the library, and
  of what the untouched tables gave.

When the last run is finished, the file is replaced by the result as a common netCDF-4 file.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import xarray as xr

from mrio.ensembles.quantity import Layout
from mrio.errors import DataError, FileError
from mrio.files import KIND, UNFINISHED, PathLike, is_unfinished, read_groups, replacing
from mrio.tables.arrays import Array

DIGEST = "runs_digest"
_SEALS = "run_sha256"
_LETTERS = "letters"
_FORMAT: Any = "NETCDF3_64BIT_DATA"


@dataclass(frozen=True, eq=False)
class Plan:
    """What a file of runs is to hold.

    Attributes
    ----------
    kind
        Kind of the result.
    digest
        Digest of everything that decides the numbers, those of the untouched tables among it.
    runs
        Labels of the dims that tell runs apart; a run has its number in C order of them.
    layout
        What every run gives.
    suffix
        Marks the quantities of the untouched tables.
    title
        What the result is, in one line.
    """

    kind: str
    digest: str
    runs: Mapping[str, Sequence[Any]]
    layout: Layout
    suffix: str
    title: str

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the dims of the runs."""
        return tuple(len(labels) for labels in self.runs.values())

    def seal(self, number: int, values: Array) -> bytes:
        """Return the digest of one run, 64 letters."""
        text = hashlib.sha256(f"{self.digest} {number} ".encode())
        text.update(np.ascontiguousarray(values, dtype="<f8").data)
        return text.hexdigest().encode()


class Journal:
    """The file under the name of a result while its runs are made.

    Parameters
    ----------
    path
        The file; made when there is none, continued when it was begun for the same runs.
    plan
        What it is to hold.

    Raises
    ------
    FileError
        When something else stands under the name, or the runs are others.
    """

    def __init__(self, path: PathLike, plan: Plan) -> None:
        self._path = Path(path)
        self._plan = plan
        self._file: Any = None
        self.complete = False

    def finished(self, values: Array) -> list[int]:
        """Put the runs that are finished into `values` (runs, size) and return their numbers."""
        if not self._path.exists():
            with replacing(self._path) as temporary:
                _lay_out(temporary, self._plan)
        elif is_unfinished(self._path):
            _require_same_head(self._path, self._plan)
        else:
            return self._whole(values)
        self._file = netCDF4.Dataset(self._path, "r+")
        self._file.set_auto_mask(False)
        found = self._vectors({name: self._file[name][...] for name in self._plan.layout.names})
        seals = self._file[_SEALS][...].reshape(len(values), -1)
        numbers = [n for n in range(len(values)) if seals[n].tobytes() == self._plan.seal(n, found[n])]
        values[numbers] = found[numbers]
        return numbers

    def write(self, number: int, values: Array) -> None:
        """Write one run (size,), and after it its seal."""
        place = tuple(int(index) for index in np.unravel_index(number, self._plan.shape))
        for name, own in self._plan.layout.pieces(values).items():
            self._file[name][place] = own
        self._file[_SEALS][place] = np.frombuffer(self._plan.seal(number, values), "S1")
        self._file.sync()

    def close(self) -> None:
        """Close the file; what it holds stays."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _whole(self, values: Array) -> list[int]:
        """Take all runs from a result that is complete."""
        kind, groups = read_groups(self._path)
        dataset = groups["/"]
        if kind != self._plan.kind or DIGEST not in dataset.attrs:
            raise FileError(
                "Another file stands under the name for the runs.",
                where=str(self._path),
                amount=f"it holds {kind}" + ("" if kind != self._plan.kind else ", not made with to="),
                remedy="choose another name, or move that file away",
            )
        _require_same(str(dataset.attrs[DIGEST]), self._plan, self._path)
        values[...] = self._vectors({name: dataset[name].values for name in self._plan.layout.names})
        self.complete = True
        return list(range(len(values)))

    def _vectors(self, arrays: Mapping[str, Array]) -> Array:
        """Return arrays of all quantities (*runs, own dims) side by side: (runs, size)."""
        sizes = [int(array.size) for array in self._plan.layout.untouched.data_vars.values()]
        return np.concatenate(
            [array.reshape(-1, size) for array, size in zip(arrays.values(), sizes, strict=True)], axis=1
        )


def _require_same_head(path: Path, plan: Plan) -> None:
    """Raise unless everything before the numbers is what the plan would write.

    Only then is the file opened: the library may crash on a damaged one.
    """
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "layout"
        length = _lay_out(fresh, plan, fill=False)
        fresh_size = fresh.stat().st_size
        expected = _head(fresh, length)
    found = _head(path, length)
    if found == expected and path.stat().st_size == fresh_size:
        return
    stored = re.search(DIGEST.encode() + rb"[^0-9a-f]+([0-9a-f]{64})", found)
    if stored is not None:
        _require_same(stored[1].decode(), plan, path)
    raise FileError(
        "The file of runs is damaged.",
        where=str(path),
        amount=f"{path.stat().st_size:,} byte of {fresh_size:,}, or other places than were laid out",
        remedy="delete it and begin anew",
    )


def _head(path: Path, length: int) -> bytes:
    with path.open("rb") as file:
        return file.read(length)


def _require_same(stored: str, plan: Plan, path: Path) -> None:
    if stored != plan.digest:
        raise FileError(
            "The file was begun for other runs.",
            where=str(path),
            amount=f"digest {stored[:12]}, now {plan.digest[:12]}",
            remedy="to go on, tables, scenarios or errors, seed, measure, version of mrio and kind of "
            "machine must be the same; choose another name, or move that file away",
        )


def _lay_out(path: Path, plan: Plan, fill: bool = True) -> int:
    """Write the file with a place for every run, and return how much stands before the numbers [byte]."""
    pattern = plan.layout.untouched
    dims = {**plan.runs, **{str(dim): pattern[dim].values for dim in pattern.dims}}
    with netCDF4.Dataset(path, "w", format=_FORMAT) as file:
        if not fill:
            file.set_fill_off()
        file.setncatts({"title": f"{plan.title}, not all finished", KIND: UNFINISHED, DIGEST: plan.digest})
        for dim, labels in dims.items():
            _write_labels(file, dim, np.asarray(labels))
        for name in plan.layout.names:
            own = pattern[name]
            attrs = {str(key): value for key, value in own.attrs.items()}
            places = tuple(map(str, own.dims))
            variable = file.createVariable(name, "f8", (*plan.runs, *places), fill_value=np.nan)
            variable.setncatts(attrs)
            file.createVariable(name + plan.suffix, "f8", places).setncatts(attrs)
            file[name + plan.suffix][...] = own.values
        file.createDimension(_LETTERS, 64)
        file.createVariable(_SEALS, "S1", (*plan.runs, _LETTERS))
        # Every variable begins at a multiple of four.
        numbers: int = sum(-(-v.size * v.dtype.itemsize // 4) * 4 for v in file.variables.values())
    return path.stat().st_size - numbers


def _write_labels(file: Any, dim: str, labels: np.ndarray) -> None:
    """Write the labels of a dim: numbers as they are, texts letter by letter in UTF-8."""
    file.createDimension(dim, len(labels))
    if labels.dtype.kind in "fiu":
        file.createVariable(dim, "f8" if labels.dtype.kind == "f" else "i8", (dim,))[...] = labels
        return
    texts = np.array([str(label).encode() for label in labels])
    file.createDimension(f"{dim}_letters", texts.dtype.itemsize)
    variable = file.createVariable(dim, "S1", (dim, f"{dim}_letters"))
    variable.setncattr("_Encoding", "utf-8")
    variable.set_auto_chartostring(False)
    variable[...] = texts.view("S1").reshape(len(labels), -1)


def require_free_names(runs: Mapping[str, Sequence[Any]], untouched: xr.Dataset, suffix: str) -> None:
    """Raise when names of runs, dims and quantities meet.

    Raises
    ------
    DataError
        With the names.
    """
    own = [*map(str, untouched.data_vars), *(f"{name}{suffix}" for name in untouched.data_vars), _SEALS]
    taken = [*own, *map(str, untouched.dims), _LETTERS]
    doubled = sorted({name for name in [*runs, *taken] if [*runs, *taken].count(name) > 1})
    if doubled:
        raise DataError(
            "A name stands for two things in one result.",
            where=", ".join(map(repr, doubled)),
            remedy="call the parameters of the grid otherwise than quantities, their dims and labels",
        )
