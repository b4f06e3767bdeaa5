"""Tables as one long frame: a row for each number, with its labels, beside a record of words and labels.

Columns are `table`, `array` (a symbol of the schema, the name of an account, or ``<account>_direct``), the
dims of the schema, `value` and `unit`. Cells of zero are left out; a dim that an array lacks is empty.
The record holds what a row cannot: the order of labels, units, price basis, provenance, which arrays exist,
and a digest of all content, so that a long table is read back as it was or refused; and the official codes of
regions and sectors (`mrio.codes`), for other readers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import sparse

from mrio.codes import code_table
from mrio.errors import DataError, FileError, LabelError
from mrio.files import digest
from mrio.provenance import Provenance
from mrio.schema import SYSTEM_DIMS
from mrio.tables.account import Account
from mrio.tables.arrays import Array, is_sparse
from mrio.tables.formats.netcdf import system_to_dataset
from mrio.tables.labels import Labels
from mrio.tables.system import System
from mrio.tables.systems import Systems

DIMS: Final = ("region", "sector", "use_region", "use_sector", "demand", "factor")
COLUMNS: Final = ("table", "array", *DIMS, "value", "unit")
FORMAT: Final = 1
"""Version of the record."""


def as_tables(tables: System | Mapping[str, System]) -> dict[str, System]:
    """Return tables by name, checked to be of one set; one table is named by its period.

    Raises
    ------
    LabelError, UnitsError, PriceBasisError, DataError
        When they could not be read back together, before anything is written.
    """
    own = dict(tables if isinstance(tables, Systems) else Systems(tables))
    if not own:
        raise DataError("There are no tables to write.", remedy="give one table at least")
    return own


def to_long(tables: System | Mapping[str, System]) -> pd.DataFrame:
    """Return tables as a long frame.

    Parameters
    ----------
    tables
        One table, or several by name.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; labels as text, values as float64.

    Examples
    --------
    >>> import mrio
    >>> frame = to_long(mrio.load_example("illustrative")["1"])
    >>> list(frame.columns[:4])
    ['table', 'array', 'region', 'sector']
    """
    parts = [
        _rows(name, own, system.labels)
        for name, system in as_tables(tables).items()
        for own in _arrays(system)
    ]
    return pd.concat(parts, ignore_index=True)


def record(tables: System | Mapping[str, System]) -> dict[str, Any]:
    """Return what a long frame does not hold, as plain JSON values."""
    own = as_tables(tables)
    labels = next(iter(own.values())).labels
    codes = {dim: code_table(dim, labels.of(dim)) for dim in ("region", "sector")}
    return {
        "mrio_long_format": FORMAT,
        "columns": list(COLUMNS),
        "codes": {dim: table.to_dict("index") for dim, table in codes.items() if len(table.columns)},
        "tables": {name: _record(system) for name, system in own.items()},
    }


def from_long(frame: pd.DataFrame, words: Mapping[str, Any], place: str) -> Systems:
    """Return the tables that `to_long` and `record` wrote.

    Parameters
    ----------
    frame
        The long frame.
    words
        The record.
    place
        How errors name the file.

    Raises
    ------
    FileError
        When record or frame are damaged, or the content is not what was written.
    """
    if words.get("mrio_long_format") != FORMAT or not isinstance(words.get("tables"), Mapping):
        raise FileError(
            "The record of a long table cannot be read.",
            where=place,
            amount=f"format {words.get('mrio_long_format')!r}, this version reads {FORMAT}",
            remedy="update mrio, or export the tables anew",
        )
    try:
        missing = sorted({*COLUMNS} - {*frame.columns})
        if missing:
            raise LabelError("Columns are missing.", amount=", ".join(missing))
        frame = frame.assign(table=frame["table"].astype(str))
        parts = {name: frame[frame["table"] == name] for name in _in_order(words["tables"], frame["table"])}
        return Systems({name: _system(rows, words["tables"][name]) for name, rows in parts.items()})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileError(
            "A long table is damaged.",
            where=place,
            amount=f"{type(error).__name__}: {error}",
            remedy="export the tables anew",
        ) from error


def _in_order(names: Iterable[str], column: pd.Series[Any]) -> list[str]:
    """Return names in the order of their first rows: the record has them in alphabetical order."""
    known = set(names)
    return list(dict.fromkeys([*(name for name in column.unique() if name in known), *names]))


_Named = tuple[str, Any, tuple[str, ...], str]
"""Name, numbers, dims and unit of an array or account."""


def _arrays(system: System) -> Iterator[_Named]:
    """Yield every array and account."""
    for name, dims in SYSTEM_DIMS.items():
        values = getattr(system.arrays, name)
        if values is not None:
            yield name, values, dims, system.population_unit if name == "population" else system.unit
    for name, account in system.accounts.items():
        yield name, account.values, ("region", "sector"), account.unit
        if account.direct_values is not None:
            yield f"{name}_direct", account.direct_values, ("use_region",), account.unit


def _rows(table: str, own: _Named, labels: Labels) -> pd.DataFrame:
    """Return the rows of one array."""
    array, values, dims, unit = own
    shape = labels.shape(dims)
    if is_sparse(values):
        stored = values.tocoo()
        where: tuple[Any, ...] = np.unravel_index(stored.row * values.shape[1] + stored.col, shape)
        numbers = stored.data
    else:
        cube = values.reshape(shape)
        # A negative zero is a number of its own in the digest.
        where = np.nonzero((cube != 0) | np.signbit(cube))
        numbers = cube[where]
    columns: dict[str, Any] = {"table": table, "array": array, **dict.fromkeys(DIMS, "")}
    for dim, index in zip(dims, where, strict=True):
        columns[dim] = np.asarray(labels.of(dim), dtype=object)[index]
    return pd.DataFrame(
        {**columns, "value": numbers, "unit": unit}, columns=list(COLUMNS), index=range(len(numbers))
    )


def _record(system: System) -> dict[str, Any]:
    labels = system.labels
    return {
        "regions": list(labels.regions),
        "sectors": list(labels.sectors),
        "demand": list(labels.demand),
        "factors": list(labels.factors),
        "arrays": [name for name in SYSTEM_DIMS if getattr(system.arrays, name) is not None],
        "accounts": {
            name: {"unit": account.unit, "direct": account.direct is not None}
            for name, account in system.accounts.items()
        },
        "sparse": is_sparse(system.arrays.Z),
        "unit": system.unit,
        "price_basis": system.price_basis,
        "period": system.period,
        "scenario": system.scenario,
        "population_unit": system.population_unit,
        "provenance": json.loads(system.provenance.to_json()),
        "content_sha256": digest(system_to_dataset(system)),
    }


def _system(rows: pd.DataFrame, words: Mapping[str, Any]) -> System:
    """Return one table of its rows and its record."""
    labels = Labels.checked(words["regions"], words["sectors"], words["demand"], words["factors"])
    wanted: dict[str, tuple[str, ...]] = {name: SYSTEM_DIMS[name] for name in words["arrays"]}
    for name, account in words["accounts"].items():
        wanted[name] = ("region", "sector")
        if account["direct"]:
            wanted[f"{name}_direct"] = ("use_region",)
    groups = dict(iter(rows.groupby("array", sort=False)))
    unknown = sorted(map(str, set(groups) - set(wanted)))
    if unknown:
        raise DataError("Rows belong to no array of the table.", amount=", ".join(unknown))
    arrays = {
        name: _numbers(groups.get(name), dims, labels, name == "Z" and words["sparse"])
        for name, dims in wanted.items()
    }
    order = _in_order(words["accounts"], rows["array"])
    accounts = {
        name: Account(arrays[name], own["unit"], arrays.get(f"{name}_direct") if own["direct"] else None)
        for name, own in ((name, words["accounts"][name]) for name in order)
    }
    system = System.from_arrays(
        regions=labels.regions,
        sectors=labels.sectors,
        demand=labels.demand,
        factors=labels.factors,
        accounts=accounts,
        **{key: words[key] for key in ("unit", "price_basis", "period", "scenario", "population_unit")},
        provenance=Provenance.from_json(json.dumps(words["provenance"])),
        **{name: arrays[name] for name in words["arrays"]},
    )
    if digest(system_to_dataset(system)) != words["content_sha256"]:
        raise DataError("The content is not what was written: its SHA-256 differs from the record.")
    return system


def _numbers(rows: pd.DataFrame | None, dims: tuple[str, ...], labels: Labels, as_sparse: bool) -> Any:
    """Return one array of its rows; cells without a row are zero."""
    shape = labels.shape(dims)
    size = int(np.prod(shape[:2])) if as_sparse else 0
    if rows is None:
        return sparse.csr_array((size, size)) if as_sparse else np.zeros(shape)
    index = [pd.Index(labels.of(dim)).get_indexer(pd.Index(rows[dim])) for dim in dims]
    if any((place < 0).any() for place in index):
        raise LabelError("Rows carry labels that are not those of the table.")
    flat = np.ravel_multi_index(index, shape)
    if len(np.unique(flat)) < len(flat):
        raise DataError("A cell of the table stands in two rows.")
    values = rows["value"].to_numpy(dtype=np.float64)
    if as_sparse:
        return sparse.csr_array((values, np.divmod(flat, size)), shape=(size, size))
    result: Array = np.zeros(shape)
    result.flat[flat] = values
    return result
