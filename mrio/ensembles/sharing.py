"""Tables on their way to other processes: words travel, arrays lie in memory that all of them see."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, fields
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from mrio.ensembles.job import Assignment, Job, ready
from mrio.ensembles.quantity import Layout
from mrio.errors import MemoryLimitError
from mrio.tables import Account, Ensemble, System
from mrio.tables.arrays import Array, Arrays, is_sparse, locked, locked_sparse

_ALIGNMENT = 64
_ROOM = Path("/dev/shm")
"""Where Linux keeps shared memory; writing more than fits there would kill the process."""

AnyArray = NDArray[Any]


@dataclass(frozen=True)
class TableRecord:
    """A table without its arrays: where each of them stands in a list, and all words.

    Attributes
    ----------
    places
        Number of each array by its name; three of them for a sparse matrix.
    accounts
        Flows, unit and direct flows of each account.
    words
        All other parts of `System`.
    """

    places: dict[str, int | tuple[int, int, int]]
    accounts: dict[str, tuple[Array, str, Array | None]]
    words: dict[str, Any]


@dataclass(frozen=True)
class EnsembleRecord:
    """An ensemble without its arrays: its table, places of the errors by cell, and how it is drawn."""

    base: TableRecord
    places: dict[str, int]
    n: int
    seed: int


def taken_apart(table: System | Ensemble, arrays: list[AnyArray]) -> TableRecord | EnsembleRecord:
    """Return a table as words, and append its arrays to a list."""
    if isinstance(table, Ensemble):
        base = _taken_apart(table.base, arrays)
        # One error for all cells is stored as one number.
        errors = {name: cv.ravel()[0] if not any(cv.strides) else cv for name, cv in table.cv.items()}
        places = {name: _append(np.asarray(error), arrays) for name, error in errors.items()}
        return EnsembleRecord(base, places, table.n, table.seed)
    return _taken_apart(table, arrays)


def _taken_apart(table: System, arrays: list[AnyArray]) -> TableRecord:
    places: dict[str, int | tuple[int, int, int]] = {}
    for name, value in vars(table.arrays).items():
        if is_sparse(value):
            data, indices, indptr = (
                _append(part, arrays) for part in (value.data, value.indices, value.indptr)
            )
            places[name] = (data, indices, indptr)
        elif value is not None:
            places[name] = _append(value, arrays)
    accounts = {name: (a.values, a.unit, a.direct_values) for name, a in table.accounts.items()}
    own = ("arrays", "accounts")
    words = {field.name: getattr(table, field.name) for field in fields(table) if field.name not in own}
    return TableRecord(places, accounts, words)


def put_together(record: TableRecord | EnsembleRecord, arrays: Sequence[AnyArray]) -> System | Ensemble:
    """Return the table of a record around the arrays, which are not copied."""
    if isinstance(record, EnsembleRecord):
        cv = {name: arrays[place] for name, place in record.places.items()}
        return Ensemble(_put_together(record.base, arrays), MappingProxyType(cv), record.n, record.seed)
    return _put_together(record, arrays)


def _put_together(record: TableRecord, arrays: Sequence[AnyArray]) -> System:
    own: dict[str, Any] = {}
    for name, place in record.places.items():
        if isinstance(place, tuple):
            parts = tuple(arrays[number] for number in place)
            n = parts[2].size - 1
            own[name] = locked_sparse(sparse.csr_array(parts, shape=(n, n), copy=False))
        else:
            own[name] = locked(arrays[place])
    labels = record.words["labels"]
    accounts = {name: Account(*parts).attached(name, labels) for name, parts in record.accounts.items()}
    return System(arrays=Arrays(**own), accounts=MappingProxyType(accounts), **record.words)


def _append(array: AnyArray, arrays: list[AnyArray]) -> int:
    arrays.append(array)
    return len(arrays) - 1


@dataclass(frozen=True)
class Order:
    """A job for other processes: records in the place of its tables, and what every run must give."""

    job: Any
    layout: Layout

    @classmethod
    def of(cls, job: Job, layout: Layout) -> tuple[Order, list[AnyArray]]:
        """Return a job as an order, and the arrays of its tables."""
        arrays: list[AnyArray] = []
        records: Any = tuple(taken_apart(table, arrays) for table in job.tables)
        return cls(job.with_tables(records), layout), arrays

    def opened(self, arrays: Sequence[AnyArray]) -> Assignment:
        """Return the job with tables around the arrays, ready to run."""
        tables = tuple(put_together(record, arrays) for record in self.job.tables)
        return Assignment(ready(self.job.with_tables(tables)), self.layout)


@dataclass(frozen=True)
class Shared:
    """Where arrays lie in a block of shared memory.

    Attributes
    ----------
    name
        Name of the block.
    places
        Offset [byte], shape and type of each array.
    """

    name: str
    places: tuple[tuple[int, tuple[int, ...], str], ...]

    def views(self, block: SharedMemory) -> list[AnyArray]:
        """Return the arrays as views of the block."""
        return [np.ndarray(shape, kind, block.buf, offset) for offset, shape, kind in self.places]


class SharedBlock:
    """A block of shared memory that holds copies of arrays while it is open.

    Parameters
    ----------
    arrays
        What to copy.

    Raises
    ------
    MemoryLimitError
        When there is too little shared memory.
    """

    def __init__(self, arrays: Sequence[AnyArray]) -> None:
        places, size = [], 0
        for array in arrays:
            places.append((size, array.shape, array.dtype.str))
            size += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
        _require_room(size)
        self._block = SharedMemory(create=True, size=max(size, 1))
        self.shared = Shared(self._block.name, tuple(places))
        for view, array in zip(self.shared.views(self._block), arrays, strict=True):
            view[...] = array

    def __enter__(self) -> Shared:
        return self.shared

    def __exit__(self, *_: object) -> None:
        self._block.close()
        self._block.unlink()


def _require_room(size: int) -> None:
    if not _ROOM.is_dir():
        return
    free = shutil.disk_usage(_ROOM).free
    if size > free:
        raise MemoryLimitError(
            "The table does not fit into shared memory.",
            where=str(_ROOM),
            amount=f"{size:,} byte needed, {free:,} byte free",
            remedy="give the machine or container more shared memory (docker: --shm-size), or use workers=1",
        )
