"""EXIOBASE 3, monetary: the folder or zip of a year, industry by industry (ixi) or product by product (pxp).

Layout (tab-separated text)
---------------------------
- ``Z.txt``: two header rows (region, sector) and two label columns, a line that names the levels below the
  header; 9 800 rows for pxp (49 regions x 200 products), 7 987 for ixi.
- ``Y.txt``: the same with (region, category) above; ``x.txt``: one header row; ``unit.txt``: one header row,
  the unit of each sector (``M.EUR``).
- Folders of extensions with ``F.txt`` (two header rows, one label column), ``F_Y.txt`` or the older
  ``F_hh.txt``, and ``unit.txt``. Up to version 3.8 all rows stand in ``satellite``, and those in ``M.EUR``
  are the primary inputs; later there is ``factor_inputs`` and a folder for each kind of account. ``impacts``
  are computed from the others and are not read.

In a zip all of it stands under one folder, for example ``IOT_2015_pxp/``. `A.txt` is not read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from mrio.errors import FileError
from mrio.files import PathLike, require_memory
from mrio.provenance import CellGroup, Provenance
from mrio.readers.gaps import Sums
from mrio.readers.raw.archive import Archive, open_archive, year_of
from mrio.readers.raw.frames import Extension, Frames, Words, money_unit, row_names, system_from_frames
from mrio.readers.raw.text import TextLayout, read_numbers, read_words
from mrio.tables import System

SOURCE: Final = "EXIOBASE 3 (Stadler et al. 2018, doi:10.1111/jiec.12715)"
FILES: Final = ("Z.txt", "Y.txt", "unit.txt")
"""Files that make a folder one of EXIOBASE 3."""

_FACTORS = ("factor_inputs", "satellite")
_PAIRS = TextLayout(index=2, header=2)
_ROWS = TextLayout(index=1, header=2)


def read_exiobase(
    path: PathLike, *, accounts: tuple[str, ...] | None = None, period: str | None = None
) -> System:
    """Read a table of EXIOBASE 3.

    Parameters
    ----------
    path
        The folder, or the zip as it is published; a zip is read in place, nothing is unpacked.
    accounts
        Rows of the extensions to read; all when left out, which are about a thousand.
    period
        The year; taken from the name of the folder or zip when left out.

    Returns
    -------
    System
        Basic prices, million euro. Where output as published differs from the row sum, the difference is kept
        as discrepancy.

    Raises
    ------
    FileError
        When a file is missing, damaged or lies outside of the folder.
    DataError
        When labels differ between files, or a cell holds no number.
    MemoryLimitError
        When the table is larger than memory; told before it is read, with its size.

    Examples
    --------
    >>> read_exiobase("IOT_2015_pxp.zip", accounts=("CO2 - combustion - air",))  # doctest: +SKIP
    """
    archive = open_table(path)
    missing = [name for name in FILES if name not in archive.names]
    if missing:
        raise FileError(
            "The folder or zip is no table of EXIOBASE 3.",
            where=archive.place,
            amount=f"missing: {', '.join(missing)}",
            remedy="give the folder with Z.txt, Y.txt and unit.txt, or the zip as published",
        )
    unit = money_unit(_words(archive, "unit.txt", 2).iloc[:, 0])
    _require_memory(archive)
    Z = _numbers(archive, "Z.txt", _PAIRS, square=True)
    Y = _numbers(archive, "Y.txt", _PAIRS)
    extensions = _extensions(archive, unit, accounts)
    frames = Frames(Z.index, Z.to_numpy(), Y, unit, extensions)
    gap = _gap(archive, frames)
    year = period or year_of(Path(path).name) or "not stated"
    words = Words(
        price_basis=f"current {year} EUR, basic prices" if year.isdigit() else "current EUR, basic prices",
        period=year,
        provenance=_provenance(),
        factors="factor_inputs",
    )
    return system_from_frames(frames, words, **({} if gap is None else {"discrepancy": gap}))


def open_table(path: PathLike) -> Archive:
    """Return the files of a folder or zip by their names below the folder with ``Z.txt``.

    Raises
    ------
    FileError
        When there is no such folder or zip, or a name or link leads out of it.
    """
    return open_archive(path).below("Z.txt")


def _require_memory(archive: Archive) -> None:
    """Refuse a table that does not fit into memory, before it is read."""
    with archive.lines("Z.txt") as lines:
        width = len(next(lines, "").split("\t")) - _PAIRS.index
    # The table keeps a copy of what was read.
    require_memory(2 * 8 * max(width, 0) ** 2, archive.place)


def _numbers(archive: Archive, name: str, layout: TextLayout, *, square: bool = False) -> pd.DataFrame:
    with archive.lines(name) as lines:
        return read_numbers(lines, layout, f"{name} of {archive.place}", square=square)


def _words(archive: Archive, name: str, index: int) -> pd.DataFrame:
    with archive.lines(name) as lines:
        return read_words(lines, TextLayout(index, 1), f"{name} of {archive.place}")


def _extensions(archive: Archive, unit: str, accounts: tuple[str, ...] | None) -> dict[str, Extension]:
    """Return the extensions; rows in money of the first one that has them are the primary inputs."""
    folders = sorted({name.split("/")[0] for name in archive.names if name.endswith("/F.txt")} - {"impacts"})
    found = {folder: _extension(archive, folder) for folder in folders}
    result: dict[str, Extension] = {}
    home = next((name for name in _FACTORS if name in found), None)
    for name, extension in found.items():
        money = np.array([own == unit for own in extension.unit])
        if name == home:
            result["factor_inputs"] = _chosen(extension, money)
        others = ~money if name == home else np.ones(len(money), dtype=bool)
        if accounts is not None:
            others &= np.isin(row_names(extension), accounts)
        if others.any():
            result[f"{name}, accounts" if name == home else name] = _chosen(extension, others)
    return result


def _extension(archive: Archive, folder: str) -> Extension:
    F = _numbers(archive, f"{folder}/F.txt", _ROWS)
    direct = next(
        (f"{folder}/{own}" for own in ("F_Y.txt", "F_hh.txt") if f"{folder}/{own}" in archive.names), None
    )
    if f"{folder}/unit.txt" not in archive.names:
        raise FileError(
            "An extension has no units.",
            where=f"{folder} of {archive.place}",
            remedy="get the folder or zip anew; unit.txt is missing",
        )
    units = _words(archive, f"{folder}/unit.txt", 1)
    F_Y = None if direct is None else _numbers(archive, direct, _ROWS)
    rows = {"units": units.index, "rows for final users": F.index if F_Y is None else F_Y.index}
    wrong = [f"{len(own)} {name}" for name, own in rows.items() if list(own) != list(F.index)]
    if wrong:
        raise FileError(
            "Units and flows of an extension name other rows.",
            where=f"{folder} of {archive.place}",
            amount=f"{', '.join(wrong)}, {len(F)} rows for producers",
            remedy="get the folder or zip anew",
        )
    return Extension(F, tuple(units.iloc[:, 0]), F_Y)


def _chosen(extension: Extension, rows: Any) -> Extension:
    """Return some rows of an extension."""
    return Extension(
        extension.F[rows],
        tuple(np.array(extension.unit, dtype=object)[rows]),
        None if extension.F_Y is None else extension.F_Y[rows],
    )


def _gap(archive: Archive, frames: Frames) -> Any:
    """Return published output less the row sum (n,), or None where they agree to rounding."""
    # A Y of other labels is told with the other frames.
    if "x.txt" not in archive.names or len(frames.Y) != len(frames.Z):
        return None
    x = _numbers(archive, "x.txt", TextLayout(2, 1))
    if list(x.index) != list(frames.pairs):
        raise FileError(
            "Output and flows name other sectors.",
            where=f"x.txt of {archive.place}",
            amount=f"{len(x)} rows, {len(frames.pairs)} expected",
            remedy="get the folder or zip anew",
        )
    rows = frames.Z.sum(axis=1) + frames.Y.to_numpy(dtype=np.float64).sum(axis=1)
    return Sums(rows, rows, (), archive.place, row_total=x.to_numpy()[:, 0]).discrepancy


def _provenance() -> Provenance:
    note = "as published; detail and trade partners are estimates of the publisher"
    return Provenance(SOURCE, groups={"Z, Y, V": CellGroup("estimated", SOURCE, note)})
