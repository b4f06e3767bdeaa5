"""Read tables from a file of any known source."""

from __future__ import annotations

from pathlib import Path

from mrio.errors import FileError
from mrio.files import PathLike
from mrio.netcdf import read_netcdf
from mrio.readers.sic import WORKBOOK, YEARS, read_sic
from mrio.readers.workbook import open_workbook
from mrio.tables import Systems


def read(path: PathLike) -> Systems:
    """Read tables from a file, recognising its source.

    Parameters
    ----------
    path
        A netCDF file that mrio wrote, or the workbook of the State Information Center (or its folder), of
        which both years are read with 17 sectors.

    Returns
    -------
    Systems
        Tables by period.

    Raises
    ------
    FileError
        When the file does not exist or its source is not recognised; the message says what was tried.

    Examples
    --------
    >>> from mrio import bundled
    >>> list(read(bundled.path("illustrative.nc")))
    ['0', '1']
    """
    path = Path(path)
    if not path.exists():
        raise FileError("There is no such file.", where=str(path), remedy="check the name and the folder")
    if path.is_file() and path.suffix.lower() in (".nc", ".nc4", ".cdf"):
        found = read_netcdf(path)
        if isinstance(found, Systems):
            return found
        raise FileError(
            "The file holds a result, not tables.",
            where=str(path),
            amount=found.title,
            remedy="read it with mrio.read_netcdf",
        )
    if _is_sic(path):
        return Systems([read_sic(path, year=year) for year in YEARS])
    raise FileError(
        "The source of the file is not recognised.",
        where=str(path),
        amount="tried: netCDF of mrio (.nc), workbook of the State Information Center (.xls)",
        remedy="read it with your own code and hand the arrays to mrio.System.from_arrays",
    )


def _is_sic(path: Path) -> bool:
    """Tell whether a path is the workbook of the State Information Center, or its folder."""
    if path.is_dir():
        return (path / WORKBOOK).is_file()
    if path.suffix.lower() not in (".xls", ".xlsx"):
        return False
    return {f"{year}-17" for year in YEARS} <= set(open_workbook(path).names)
