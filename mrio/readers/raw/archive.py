"""Files of a published table: a folder, a zip that is read in place, or one file alone.

Names and links that lead out of a folder or zip are refused; nothing is unpacked.
"""

from __future__ import annotations

import csv
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import TextIOWrapper
from pathlib import Path, PurePosixPath
from typing import Final

from mrio.errors import FileError, MrioError
from mrio.files import PathLike, existing, require_memory

# Damaged zips may also name methods that do not exist, or claim to be encrypted.
DAMAGE: Final = (
    *(OSError, UnicodeDecodeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(EOFError, NotImplementedError, RuntimeError, struct.error, csv.Error, MemoryError),
)
"""What is raised while damaged files are read."""

_LONGEST_HEAD: Final = 4_000_000


@dataclass(frozen=True)
class Archive:
    """Files of a folder or zip by their names inside of it, ``"satellite/F.txt"``."""

    place: str
    names: Mapping[str, str]
    zipped: bool

    @contextmanager
    def lines(self, name: str, *, errors: str = "strict") -> Iterator[Iterator[str]]:
        """Give the lines of a file; what goes wrong while they are read is told as damage.

        With ``errors="replace"`` letters of another encoding are no damage.
        """
        try:
            if not self.zipped:
                with open(self.names[name], encoding="utf-8-sig", errors=errors) as text:
                    yield iter(text)
                return
            with zipfile.ZipFile(self.place) as archive, archive.open(self.names[name]) as raw:
                require_memory(archive.getinfo(self.names[name]).file_size, f"{name} of {self.place}")
                yield iter(TextIOWrapper(raw, encoding="utf-8-sig", errors=errors))
        except MrioError:
            raise
        except DAMAGE as error:
            raise FileError(
                "A file of a table cannot be read.",
                where=f"{name} of {self.place}",
                amount=f"{type(error).__name__}: {error}",
                remedy="get the folder or zip anew",
            ) from error

    def head(self, name: str) -> str:
        """Return the first line of a file; nothing where it is longer than the head of any table."""
        with self.lines(name, errors="replace") as lines:
            assert isinstance(lines, TextIOWrapper)
            line = lines.readline(_LONGEST_HEAD)
        return line if line.endswith("\n") else ""

    def tables(self, is_head: Callable[[str], bool]) -> list[str]:
        """Return the CSV files whose first line is the heading of a table."""
        names = [name for name in self.names if name.lower().endswith(".csv")]
        return [name for name in names if is_head(self.head(name))]

    def called(self, name: str) -> str:
        """Return how messages name a file."""
        return f"{name} of {Path(self.place).name}" if self.zipped else Path(self.place).name

    def only(self, names: list[str], period: str | None, what: str) -> str:
        """Return the one file among some that is to be read, by the year in its name where there are more.

        Raises
        ------
        FileError
            When there is none, or more than one.
        """
        chosen = [name for name in names if period is None or year_of(name) == period]
        if not chosen and len(names) == 1 and year_of(names[0]) is None:
            chosen = names
        if len(chosen) != 1:
            raise FileError(
                f"The file holds no {what} of the period, or more than one.",
                where=self.place,
                amount=f"found {', '.join(names) or 'none'}" + (f"; period {period!r}" if period else ""),
                remedy='say which with period="2018"' if names else "give the file of one year as published",
            )
        return chosen[0]

    def below(self, mark: str) -> Archive:
        """Return the files below the folder in which `mark` stands, by their names there."""
        root = next((name.removesuffix(mark) for name in self.names if PurePosixPath(name).name == mark), "")
        inside = {name.removeprefix(root): full for name, full in self.names.items() if name.startswith(root)}
        return replace(self, names=inside)


def open_archive(path: PathLike, ending: str = ".txt") -> Archive:
    """Return the files of a folder or zip, whose names must stay inside of it.

    Parameters
    ----------
    path
        A folder, of which files with the ending are taken, or a zip.
    ending
        Ending of the files of a folder, in small letters.

    Raises
    ------
    FileError
        When there is no such folder or zip, or a name or link leads out of it.
    """
    path = Path(path)
    if path.is_dir():
        files = [file for file in sorted(path.rglob("*")) if file.suffix.lower() == ending and file.is_file()]
        root = path.resolve()
        outside = [str(file) for file in files if not file.resolve().is_relative_to(root)]
        found = {file.relative_to(path).as_posix(): str(file) for file in files}
    else:
        members = _members(path)
        outside = [info.filename for info in members if _leads_out(info)]
        found = {info.filename: info.filename for info in members}
    if outside:
        raise FileError(
            "Names in a folder or zip lead out of it.",
            where=str(path),
            amount=", ".join(outside[:3]),
            remedy="do not use this file; a published table holds plain files only",
        )
    return Archive(str(path), found, not path.is_dir())


def open_file_or_zip(path: PathLike) -> Archive:
    """Return a file alone, or the files of a zip.

    Raises
    ------
    FileError
        When there is no such file, or the zip is damaged.
    """
    path = Path(path)
    if path.suffix.lower() == ".zip":
        return open_archive(path)
    path = existing(path)
    return Archive(str(path), {path.name: str(path)}, zipped=False)


def year_of(name: str) -> str | None:
    """Return the last year that the name of a file or folder holds, or None.

    Examples
    --------
    >>> year_of("ICIO2021_2018.csv"), year_of("matrix_eu-ic-io_ind-by-ind_23ed_2010.csv"), year_of("io.csv")
    ('2018', '2010', None)
    """
    found = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", PurePosixPath(name).name)
    return found[-1] if found else None


def _members(path: Path) -> list[zipfile.ZipInfo]:
    """Return the files of a zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                # Compares both names of a member: one spoiled name would make a file vanish in silence.
                archive.open(info).close()
            return [info for info in archive.infolist() if not info.is_dir()]
    except DAMAGE as error:
        raise FileError(
            "The file is no zip, or it is damaged.",
            where=str(path),
            amount=f"{type(error).__name__}: {error}",
            remedy="get the file anew",
        ) from error


def _leads_out(info: zipfile.ZipInfo) -> bool:
    """Tell whether a member of a zip is a link, or has a name that leads out."""
    name = PurePosixPath(info.filename.replace("\\", "/"))
    is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
    return is_link or name.is_absolute() or ".." in name.parts or ":" in info.filename
