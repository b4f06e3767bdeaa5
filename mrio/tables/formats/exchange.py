"""Tables as Parquet and CSV files, and back.

Both hold the long form of `mrio.tables.formats.long`. A Parquet file carries its record in the metadata of
the file under the key ``mrio``. A CSV file has its record beside it, named as CSV on the Web asks for:
``tables.csv`` and ``tables.csv-metadata.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mrio.errors import FileError, MissingExtraError
from mrio.files import PathLike, existing, replacing
from mrio.tables.formats.long import COLUMNS, from_long, record, to_long
from mrio.tables.system import System
from mrio.tables.systems import Systems

_KEY = b"mrio"
_RECORD = "-metadata.json"


def write_parquet(tables: System | Mapping[str, System], path: PathLike) -> None:
    """Write tables to one Parquet file, as one long table.

    Parameters
    ----------
    tables
        One table, or several by name.
    path
        Where to write; an existing file is replaced only when the new one is complete.

    Raises
    ------
    FileError
        When the file cannot be written.
    MissingExtraError
        When pyarrow is not installed.

    Examples
    --------
    >>> import mrio
    >>> mrio.write_parquet(mrio.load_example("illustrative"), "tables.parquet")  # doctest: +SKIP
    """
    pa, pq = _pyarrow()
    long = pa.Table.from_pandas(to_long(tables), preserve_index=False)
    text = json.dumps(record(tables), ensure_ascii=False, sort_keys=True).encode()
    # What pandas adds names its version; without it the same content gives the same bytes.
    long = long.replace_schema_metadata({_KEY: text})
    with replacing(Path(path)) as temporary:
        pq.write_table(long, temporary, compression="zstd", write_page_checksum=True)


def read_parquet(path: PathLike) -> Systems:
    """Read tables from a Parquet file that `write_parquet` wrote.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    FileError
        When the file is missing, damaged, or was not written by mrio.
    MissingExtraError
        When pyarrow is not installed.

    Examples
    --------
    >>> import mrio
    >>> mrio.read_parquet("tables.parquet")  # doctest: +SKIP
    """
    pa, pq = _pyarrow()
    path = existing(path)
    try:
        # A damaged file may hold anything in its metadata; one that is not ours is not read further.
        metadata = pq.read_schema(path).metadata or {}
        words = _words(metadata.get(_KEY), str(path))
        frame = pq.read_table(path, page_checksum_verification=True).to_pandas()
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(
            "The file is damaged or is no Parquet file.",
            where=str(path),
            amount=f"{type(error).__name__}: {error}",
            remedy="get the file anew",
        ) from error
    return from_long(frame, words, str(path))


def write_csv(tables: System | Mapping[str, System], path: PathLike) -> None:
    """Write tables to one long CSV file, with its record beside it as ``<path>-metadata.json``.

    Numbers are written with all digits, so `read_csv` gives back the same tables.

    Parameters
    ----------
    tables
        One table, or several by name.
    path
        Where to write.

    Raises
    ------
    FileError
        When a file cannot be written.

    Examples
    --------
    >>> import mrio
    >>> mrio.write_csv(mrio.load_example("illustrative"), "tables.csv")
    >>> list(mrio.read_csv("tables.csv"))
    ['0', '1']
    """
    write_pair(to_long(tables), record(tables), Path(path))


def read_csv(path: PathLike) -> Systems:
    """Read tables from a long CSV file that `write_csv` wrote.

    Parameters
    ----------
    path
        The CSV file; its record lies beside it.

    Raises
    ------
    FileError
        When a file is missing or damaged. A long table of another source is read with `mrio.read_tidy`.

    Examples
    --------
    >>> import mrio
    >>> mrio.read_csv("tables.csv")  # doctest: +SKIP
    """
    frame, words = read_pair(Path(path), COLUMNS, "value")
    return from_long(frame, words, str(path))


def write_pair(frame: pd.DataFrame, words: Mapping[str, Any], path: Path) -> None:
    """Write a frame as CSV, and its record beside it.

    Parameters
    ----------
    frame
        What the CSV file holds.
    words
        The record, plain values.
    path
        The CSV file.

    Raises
    ------
    FileError
        When a file cannot be written.
    """
    text = json.dumps(words, ensure_ascii=False, sort_keys=True, indent=1)
    write_plain_csv(frame, path)
    # Between the two renames the record is that of older tables: then the digest refuses the pair.
    with replacing(record_path(path)) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_plain_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as CSV, whole or not at all; the same bytes on every system."""
    with replacing(path) as temporary:
        frame.to_csv(temporary, index=False, lineterminator="\n", encoding="utf-8")


def read_pair(path: Path, columns: Sequence[str], value: str) -> tuple[pd.DataFrame, Mapping[str, Any]]:
    """Read a CSV file of texts and exact numbers, and the record beside it.

    Parameters
    ----------
    path
        The CSV file.
    columns
        Columns that it must have.
    value
        Which of them holds the numbers.

    Raises
    ------
    FileError
        When one of the two is missing or cannot be read.
    """
    beside = record_path(path)
    if not path.is_file() or not beside.is_file():
        raise FileError(
            "A long CSV table needs its record beside it.",
            where=str(path),
            amount=f"missing: {', '.join(p.name for p in (path, beside) if not p.is_file())}",
            remedy="keep both files together, or describe the layout of a foreign table",
        )
    try:
        words = _words(beside.read_bytes(), str(beside))
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        if missing := [column for column in columns if column not in frame]:
            raise KeyError(f"no column {', '.join(missing)}")
        # Python's own conversion is exact on every version of pandas.
        frame[value] = [float(text) for text in frame[value]]
    except (OSError, ValueError, KeyError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(
            "The file cannot be read as a long CSV table.",
            where=str(path),
            amount=f"{type(error).__name__}: {error}",
            remedy=f"get the file anew; its columns are {', '.join(columns)}",
        ) from error
    return frame, words


def record_path(path: Path) -> Path:
    """Return the file with the record of a CSV file."""
    return path.with_name(path.name + _RECORD)


def _words(text: bytes | None, place: str) -> Mapping[str, Any]:
    """Return the record of a file."""
    try:
        words = json.loads(text) if text is not None else None
    except ValueError:
        words = None
    if not isinstance(words, dict):
        raise FileError(
            "The file was not written by mrio, or its record is damaged.",
            where=place,
            remedy="describe the layout of a foreign table, or hand its arrays to System.from_arrays",
        )
    return words


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError(
            "Parquet files need the package pyarrow.", remedy="install it with: pip install 'mrio[parquet]'"
        ) from error
    return pyarrow, pyarrow.parquet
