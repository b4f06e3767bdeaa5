"""Read tables from a file of any known source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mrio.errors import FileError, MissingExtraError, MrioError
from mrio.files import PathLike, require_file
from mrio.netcdf import read_netcdf
from mrio.readers.china.ceads_mrio import is_table, read_ceads_mrio
from mrio.readers.china.ipio import is_ipio, read_ipio
from mrio.readers.china.sic import WORKBOOK, YEARS, read_sic
from mrio.readers.packages.mario import is_mario, read_mario
from mrio.readers.packages.pymrio import PARAMETERS, read_pymrio
from mrio.readers.raw.archive import open_archive, open_file_or_zip
from mrio.readers.raw.workbook import EmptySheetError, Sheet, open_workbook
from mrio.readers.world.eora import eora_names, read_eora
from mrio.readers.world.exiobase import FILES, open_table, read_exiobase
from mrio.readers.world.figaro import figaro_names, read_figaro
from mrio.readers.world.gloria import is_gloria, read_gloria
from mrio.readers.world.icio import icio_names, read_icio
from mrio.readers.world.wiod import find_corner, is_wiod_head, is_wiod_name, read_wiod, wiod_sheets
from mrio.tables import System, Systems
from mrio.tables.formats.excel import RECORD, read_excel
from mrio.tables.formats.exchange import read_csv, read_parquet
from mrio.tables.formats.sdmx import is_sdmx, read_sdmx

_WORKBOOKS = (".xls", ".xlsx", ".xlsb")


@dataclass(frozen=True)
class Source:
    """One kind of file: its name, how it is recognised, and its reader."""

    name: str
    is_it: Callable[[Path], bool]
    read: Callable[[Path], Systems | System]


def read(path: PathLike) -> Systems:
    """Read tables from a file or folder, recognising its source.

    Parameters
    ----------
    path
        A file that mrio wrote (netCDF, Parquet, long or SDMX-like CSV, Excel); a pymrio or MARIO folder; a
        folder or zip of EXIOBASE 3, EORA26 or GLORIA; a table of WIOD, OECD ICIO or FIGARO; a CEADs or IPIO
        workbook of China; or the workbook of the State Information Center or its folder, of which both years
        are read with 17 sectors.

    Returns
    -------
    Systems
        Tables by period.

    Raises
    ------
    FileError
        When the file does not exist or its source is not recognised; the message says what was tried.
    MissingExtraError
        When nothing else reads the file and a package that may is not installed.

    Examples
    --------
    >>> from mrio import bundled
    >>> list(read(bundled.path("illustrative.nc")))
    ['0', '1']
    """
    path = Path(path).expanduser()
    require_file(path)
    unreadable, needed = [], None
    for source in SOURCES:
        try:
            recognised = source.is_it(path)
        except MissingExtraError as error:
            needed = error
            continue
        except MrioError as error:
            # A file that one source cannot open may still be one of another source.
            unreadable.append(f"{source.name} ({error.what})")
            continue
        if recognised:
            found = source.read(path)
            return found if isinstance(found, Systems) else Systems([found])
    if needed is not None:
        raise needed
    tried = ", ".join(source.name for source in SOURCES)
    raise FileError(
        "The source of the file is not recognised.",
        where=str(path),
        amount=f"tried: {tried}" + (f"; could not open it as {', '.join(unreadable)}" if unreadable else ""),
        remedy="describe a sheet or long table with mrio.read_sheet or mrio.read_tidy, or hand arrays to "
        "mrio.System.from_arrays",
    )


def _systems(path: Path) -> Systems:
    """Return the tables of a netCDF file, which may hold a result instead."""
    found = read_netcdf(path)
    if isinstance(found, Systems):
        return found
    raise FileError(
        "The file holds a result, not tables.",
        where=str(path),
        amount=found.title,
        remedy="read it with mrio.read_netcdf",
    )


def _suffix(*endings: str) -> Callable[[Path], bool]:
    return lambda path: path.is_file() and path.suffix.lower() in endings


def _is_long_csv(path: Path) -> bool:
    """Tell whether a CSV file has a record beside it."""
    return path.suffix.lower() == ".csv" and path.with_name(path.name + "-metadata.json").is_file()


def _is_exiobase(path: Path) -> bool:
    """Tell whether a folder or zip holds the files of EXIOBASE, in its unit."""
    if not path.is_dir() and path.suffix.lower() != ".zip":
        return False
    archive = open_table(path)
    if not set(FILES) <= set(archive.names):
        return False
    with archive.lines("unit.txt") as lines:
        next(lines, "")
        return next(lines, "").strip().endswith("M.EUR")


def _is_wiod(path: Path) -> bool:
    """Tell whether a file has the name of WIOD, or its heading; sheets are read where a year names them."""
    if not _suffix(".csv", ".zip", ".dta", *_WORKBOOKS)(path):
        return False
    if is_wiod_name(path.name):
        return True
    if path.suffix.lower() in _WORKBOOKS:
        book = open_workbook(path)
        named = [name for name in wiod_sheets(book) if name.strip().isdigit()]
        return any(find_corner(sheet) is not None for sheet in _filled_sheets(path, tuple(named)))
    archive = open_file_or_zip(path)
    return any(is_wiod_head(archive.head(name)) for name in archive.names if name.lower().endswith(".csv"))


def _is_icio(path: Path) -> bool:
    """Tell whether a CSV file, or one in a zip, has the heading of an ICIO table."""
    return _suffix(".csv", ".zip")(path) and bool(icio_names(open_file_or_zip(path)))


def _is_figaro(path: Path) -> bool:
    """Tell whether a CSV file, or one in a zip, has the heading of a FIGARO table."""
    return _suffix(".csv", ".zip")(path) and bool(figaro_names(open_file_or_zip(path)))


def _is_eora(path: Path) -> bool:
    """Tell whether a folder or zip holds flows of Eora26."""
    return (path.is_dir() or path.suffix.lower() == ".zip") and bool(eora_names(open_archive(path)))


def _is_pymrio(path: Path) -> bool:
    return path.name == PARAMETERS or (path / PARAMETERS).is_file()


def _is_sic(path: Path) -> bool:
    """Tell whether a path is the workbook of the State Information Center, or its folder."""
    if path.is_dir():
        return (path / WORKBOOK).is_file()
    return {f"{year}-17" for year in YEARS} <= set(_sheets(path))


def _is_own_workbook(path: Path) -> bool:
    return RECORD in _sheets(path)


def _is_ceads(path: Path) -> bool:
    """Tell whether a sheet of a workbook has the codes of a CEADs table."""
    names = _sheets(path)
    return bool(names) and any(is_table(sheet) for sheet in _filled_sheets(path, names))


def _is_ipio(path: Path) -> bool:
    """Tell whether a sheet of a workbook is an interprovincial table with imports by product."""
    names = _sheets(path)
    return bool(names) and any(is_ipio(sheet) for sheet in _filled_sheets(path, names))


def _filled_sheets(path: Path, names: tuple[str, ...]) -> list[Sheet]:
    book = open_workbook(path)
    found = []
    for name in names:
        try:
            found.append(book.sheet(name))
        except EmptySheetError:
            # Empty sheets are common in published workbooks.
            continue
    return found


def _sheets(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets of a workbook, nothing for other files."""
    if not path.is_file() or path.suffix.lower() not in _WORKBOOKS:
        return ()
    return open_workbook(path).names


def _both_years(path: Path) -> Systems:
    return Systems([read_sic(path, year=year) for year in YEARS])


SOURCES: Final = (
    Source("netCDF of mrio (.nc)", _suffix(".nc", ".nc4", ".cdf"), _systems),
    Source("Parquet of mrio (.parquet)", _suffix(".parquet"), read_parquet),
    Source("SDMX-like CSV of mrio with its record (.csv)", is_sdmx, read_sdmx),
    Source("long CSV of mrio with its record (.csv)", _is_long_csv, read_csv),
    Source("Excel workbook of mrio (.xlsx)", _is_own_workbook, read_excel),
    Source("workbook of the State Information Center (.xls)", _is_sic, _both_years),
    # Before CEADs, whose sheets are told by their cells: a workbook of WIOD takes long to open.
    Source("WIOD 2016 (.xlsb, .xlsx, .csv, .dta)", _is_wiod, read_wiod),
    Source("CEADs table of China (.xlsx)", _is_ceads, read_ceads_mrio),
    Source("interprovincial table of China, IPIO (.xlsx)", _is_ipio, read_ipio),
    Source("EXIOBASE 3 (folder or .zip)", _is_exiobase, read_exiobase),
    Source("EORA26 (folder or .zip)", _is_eora, read_eora),
    Source("OECD ICIO (.csv or .zip)", _is_icio, read_icio),
    Source("FIGARO (.csv or .zip)", _is_figaro, read_figaro),
    Source("pymrio folder", _is_pymrio, read_pymrio),
    Source("GLORIA (folder or .zip)", is_gloria, read_gloria),
    Source("MARIO folder", is_mario, read_mario),
)
"""All sources in the order in which they are tried."""
