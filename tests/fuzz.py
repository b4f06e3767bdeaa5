"""Damage done to files of every source, and what readers make of it.

A case is a small valid file or folder of one source. A damage is a kind and two places in the file; the same
damage of the same case gives the same bytes. What comes of it is one of:

- ``refused``: one error of the library;
- ``same``: the damage did no harm, all numbers and labels are those of the whole file;
- ``told``: other numbers, with a warning of the library or a discrepancy that says so;
- ``unchecked``: all of the table is the same but accounts, imports of final users, population, names of
  factors or words, which hold nothing that a reader could compare them with;
- ``balanced``: another table that balances as closely as readers ask for (1e-3), for example with a name
  changed everywhere, or a flow within a sector that counts on both sides;
- ``silent``: another table that does not balance, without a word. This is a failure, as are ``crash`` (the
  interpreter dies, memory runs out, or an error of another kind) and ``hang``.

``python -m tests.fuzz 5000`` tries that many inputs in processes of their own and prints the numbers.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import mrio
from mrio.errors import MrioError, MrioWarning
from mrio.readers.gaps import FLOOR, NOTICE
from mrio.reading import SOURCES
from tests.conftest import CASES as FOLDER
from tests.conftest import worked_arrays
from tests.readers.china import test_ceads_mrio, test_ipio, test_sic
from tests.readers.described import test_layouts
from tests.readers.packages import test_mario
from tests.readers.sheets import write as write_book
from tests.readers.sheets import write_lines
from tests.readers.world import test_eora, test_exiobase, test_figaro, test_gloria, test_icio, test_wiod

LIMIT = 20.0
"""Seconds after which a reader hangs; whole files of this size take some hundredths."""

MEMORY = 6 * 2**30
"""Bytes of address space that a process of the big run may take."""

FAILURES = ("silent", "crash", "hang")


# -- whole files --------------------------------------------------------------------------------------------


def _worked() -> mrio.Systems:
    import json

    case = json.loads((FOLDER / "worked_example.json").read_text(encoding="utf-8"))
    return mrio.Systems([mrio.System.from_arrays(**worked_arrays(case, period)) for period in ("0", "1")])


def _netcdf(folder: Path) -> Path:
    _worked().to_netcdf(folder / "t.nc")
    return folder / "t.nc"


def _parquet(folder: Path) -> Path:
    mrio.write_parquet(_worked(), folder / "t.parquet")
    return folder / "t.parquet"


def _csv(folder: Path) -> Path:
    mrio.write_csv(_worked(), folder / "t.csv")
    return folder / "t.csv"


def _sdmx(folder: Path) -> Path:
    mrio.write_sdmx(_worked(), folder / "t.csv")
    return folder / "t.csv"


def _excel(folder: Path) -> Path:
    mrio.write_excel(_worked(), folder / "t.xlsx")
    return folder / "t.xlsx"


def _sic(folder: Path) -> Path:
    grid = test_sic.grid(test_sic.arrays())
    return write_book(folder / "SIC_IRIO_2002_2007_original.xls", {"2002-8": grid, "2007-8": grid})


def _ceads(folder: Path) -> Path:
    return test_ceads_mrio.book(folder / "mrio_2017.xlsx", test_ceads_mrio.arrays())


def _ipio(folder: Path) -> Path:
    return test_ipio.book(folder / "t.xlsx", test_ipio.arrays())


def _exiobase(folder: Path) -> Path:
    return test_exiobase.write(folder / "IOT_2015_pxp", test_exiobase.arrays())


def _exiobase_zip(folder: Path) -> Path:
    with tempfile.TemporaryDirectory() as own:
        whole = test_exiobase.write(Path(own) / "io", test_exiobase.arrays())
        return test_exiobase.zipped(whole, folder / "IOT_2015_pxp.zip")


def _icio(folder: Path) -> Path:
    return write_lines(folder / "2020_SML.csv", test_icio.cells(test_icio.table()))


def _figaro(folder: Path) -> Path:
    return write_lines(folder / test_figaro.MATRIX, test_figaro.cells(test_figaro.table()))


def _figaro_flat(folder: Path) -> Path:
    lines = test_figaro.flat(test_figaro.cells(test_figaro.table()))
    return write_lines(folder / test_figaro.FLAT, lines)


def _eora(folder: Path) -> Path:
    return test_eora.write(folder / "2015", test_eora.table())


def _wiod(folder: Path) -> Path:
    return write_book(folder / test_wiod.BOOK, {"2014": test_wiod.book_rows(test_wiod.table())})


def _wiod_csv(folder: Path) -> Path:
    lines = test_wiod.wide(test_wiod.book_rows(test_wiod.table()))
    return test_wiod.write_csv(folder / test_wiod.TEXT, lines)


def _wiod_stata(folder: Path) -> Path:
    return test_wiod.stata(folder / test_wiod.STATA, test_wiod.table())


def _pymrio(folder: Path) -> Path:
    _worked()["0"].to_pymrio().save_all(folder / "io", table_format="txt", float_format="%.17g")
    return folder / "io"


def _pymrio_parquet(folder: Path) -> Path:
    _worked()["0"].to_pymrio().save_all(folder / "io", table_format="parquet")
    return folder / "io"


def _gloria(folder: Path) -> Path:
    return test_gloria.write(folder / "GLORIA_MRIOs_57_2019", test_gloria.arrays())


def _gloria_zip(folder: Path) -> Path:
    with tempfile.TemporaryDirectory() as own:
        whole = test_gloria.write(Path(own) / "io", test_gloria.arrays())
        shutil.copy(whole / "GLORIA_ReadMe_057.xlsx", folder)
        with zipfile.ZipFile(folder / "GLORIA_2019.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(whole.glob("*.csv")):
                archive.write(file, "GLORIA_MRIOs_57_2019/" + file.name)
    return folder / "GLORIA_2019.zip"


def _mario(kind: str, *, supply_use: bool = False) -> Callable[[Path], Path]:
    frames = test_mario.matrices(test_mario.arrays(), supply_use=supply_use)
    return lambda folder: test_mario.write(folder / "io", frames, kind, {"year": 2019, "name": "made up"})


def _sheet(folder: Path) -> Path:
    return write_book(folder / "plain.xlsx", {"data": test_layouts.grid(test_layouts.arrays())})


def _tidy(folder: Path) -> Path:
    test_layouts.tidy(test_layouts.arrays()).to_csv(folder / "tidy.csv", index=False)
    return folder / "tidy.csv"


def _read_sic(path: Path) -> mrio.Systems:
    """The small workbooks of the tests hold 8 sectors."""
    return mrio.Systems([mrio.read_sic(path, year, 8) for year in (2002, 2007)])


def _read_sheet(path: Path) -> mrio.Systems:
    return mrio.Systems([mrio.read_sheet(path, test_layouts.LAYOUT, **test_layouts.WORDS)])


def _read_tidy(path: Path) -> mrio.Systems:
    return mrio.Systems([mrio.read_tidy(path, test_layouts.TIDY, **test_layouts.WORDS)])


@dataclass(frozen=True)
class Case:
    """A small valid file: the start of the name of its source, its maker, and its reader."""

    source: str
    make: Callable[[Path], Path]
    read: Callable[[Path], mrio.Systems] = mrio.read


CASES = {
    "netcdf": Case("netCDF of mrio", _netcdf),
    "parquet": Case("Parquet of mrio", _parquet),
    "csv": Case("long CSV of mrio", _csv),
    "sdmx": Case("SDMX-like CSV of mrio", _sdmx),
    "excel": Case("Excel workbook of mrio", _excel),
    "sic": Case("workbook of the State Information Center", _sic, _read_sic),
    "ceads": Case("CEADs table", _ceads),
    "ipio": Case("interprovincial table", _ipio),
    "exiobase": Case("EXIOBASE", _exiobase),
    "exiobase-zip": Case("EXIOBASE", _exiobase_zip),
    "icio": Case("OECD ICIO", _icio),
    "figaro": Case("FIGARO", _figaro),
    "figaro-flat": Case("FIGARO", _figaro_flat),
    "eora": Case("EORA26", _eora),
    "wiod": Case("WIOD", _wiod),
    "wiod-csv": Case("WIOD", _wiod_csv),
    "wiod-stata": Case("WIOD", _wiod_stata),
    "pymrio": Case("pymrio", _pymrio),
    "pymrio-parquet": Case("pymrio", _pymrio_parquet),
    "gloria": Case("GLORIA", _gloria),
    "gloria-zip": Case("GLORIA", _gloria_zip),
    "mario": Case("MARIO", _mario("parquet")),
    "mario-text": Case("MARIO", _mario("txt")),
    "mario-supply-use": Case("MARIO", _mario("txt", supply_use=True)),
    "sheet": Case("", _sheet, _read_sheet),
    "tidy": Case("", _tidy, _read_tidy),
}
"""Cases by name; sheets and tidy tables are read through a layout, all others by `mrio.read`."""


def sources_without_case() -> list[str]:
    """Return the names of sources that no case damages."""
    starts = tuple(case.source for case in CASES.values() if case.source)
    return [source.name for source in SOURCES if not source.name.startswith(starts)]


# -- damage -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Damage:
    """A kind of damage, and numbers in [0, 1) that say which file and where in it."""

    kind: str
    file: float
    row: float
    column: float


def _place(share: float, count: int) -> int:
    return min(int(share * count), max(count - 1, 0))


def _of_bytes(content: bytes, damage: Damage) -> bytes:
    """Return other bytes: flipped, cut, removed, doubled, zeroed, noise, or in another encoding."""
    at, length = _place(damage.row, len(content)), 1 + int(damage.column * 200)
    part = content[at : at + length]
    rng = np.random.default_rng(int(damage.column * 2**32))
    flipped = bytes([content[at] ^ 1 << _place(damage.column, 8)]) if content else b""
    text = content.decode("utf-8", errors="replace")
    return {
        "flip": lambda: content[:at] + flipped + content[at + 1 :],
        "cut off": lambda: content[:at],
        "remove": lambda: content[:at] + content[at + length :],
        "double": lambda: content[: at + length] + part + content[at + length :],
        "zeros": lambda: content[:at] + bytes(len(part)) + content[at + length :],
        "noise": lambda: content[:at] + rng.bytes(len(part)) + content[at + length :],
        "empty": lambda: b"",
        "utf-16": lambda: text.encode("utf-16"),
        "latin-1": lambda: text.encode("latin-1", errors="replace"),
        "carriage returns": lambda: content.replace(b"\n", b"\r\n"),
        "other delimiter": lambda: content.replace(b",", b";").replace(b"\t", b" "),
        "decimal commas": lambda: content.replace(b".", b","),
    }[damage.kind]()


BYTES = (
    *("flip", "cut off", "remove", "double", "zeros", "noise", "empty"),
    *("utf-16", "latin-1", "carriage returns", "other delimiter", "decimal commas"),
)
VALUES = {
    **{"cell empty": "", "cell text": "n/a", "cell nan": "nan", "cell inf": "inf", "cell huge": "1e300"},
    **{
        "cell zero": "0",
        "cell comma": "1,5",
        "cell number": "17.25",
        "cell negative": "-1e3",
        "cell year": "2012",
    },
}
LINES = (
    *("row removed", "row doubled", "rows swapped", "column removed", "column doubled", "columns swapped"),
    *("cell scaled", "cells swapped", "rows and columns swapped"),
)
CONTAINERS = (
    "file removed",
    "files swapped",
    "link out",
    "path out",
    "link in zip",
    "bomb",
    "no zip",
    "folder",
)
KINDS = (*BYTES, *VALUES, *LINES, *CONTAINERS)


def _of_grid(rows: list[list[str]], damage: Damage) -> list[list[str]]:
    """Return other rows of cells; rows may be of different lengths."""
    rows = [list(row) for row in rows]
    i = _place(damage.row, len(rows))
    width = max(map(len, rows), default=0)
    j, other = _place(damage.column, width), _place(damage.file * 7919 % 1, len(rows))
    right = _place(damage.file * 104729 % 1, width)
    if damage.kind in VALUES:
        if j < len(rows[i]):
            rows[i][j] = VALUES[damage.kind]
    elif damage.kind == "cell scaled" and j < len(rows[i]):
        rows[i][j] = _scaled(rows[i][j], 0.1 + 2 * damage.file)
    elif damage.kind == "row removed":
        del rows[i]
    elif damage.kind == "row doubled":
        rows.insert(i, list(rows[i]))
    elif damage.kind == "rows swapped":
        rows[i], rows[other] = rows[other], rows[i]
    elif damage.kind == "cells swapped" and max(j, right) < min(len(rows[i]), len(rows[other])):
        rows[i][j], rows[other][right] = rows[other][right], rows[i][j]
    elif damage.kind.startswith(("column", "rows and columns")):
        rows = [_of_line(row, damage.kind, (j, right)) for row in rows]
        if damage.kind == "rows and columns swapped":
            rows[i], rows[other] = rows[other], rows[i]
    return rows


def _of_line(row: list[str], kind: str, columns: tuple[int, int]) -> list[str]:
    """Return a row with a column removed, doubled or swapped with another one."""
    j, right = columns
    if max(columns) >= len(row):
        return row
    if kind == "column removed":
        return row[:j] + row[j + 1 :]
    if kind == "column doubled":
        return row[: j + 1] + row[j:]
    row[j], row[right] = row[right], row[j]
    return row


def _scaled(text: str, factor: float) -> str:
    try:
        return repr(float(text) * factor)
    except ValueError:
        return text + "x"


def _text_grid(path: Path, damage: Damage) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    separator = "\t" if any("\t" in line for line in lines[:3]) else ","
    rows = _of_grid([line.split(separator) for line in lines], damage)
    path.write_text("\n".join(separator.join(row) for row in rows) + "\n", encoding="utf-8")


def _book_grid(path: Path, damage: Damage) -> None:
    import openpyxl

    # openpyxl goes by the name of a file, and offices publish workbooks of today under the old one.
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file)
    sheets = [sheet for sheet in book.worksheets if sheet.max_row > 1] or book.worksheets
    sheet = sheets[_place(damage.file * 31 % 1, len(sheets))]
    before = [["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)]
    kinds = {str(value): value for row in before for value in row if not isinstance(value, str)}
    after = _of_grid([[str(value) for value in row] for row in before], damage)
    sheet.delete_rows(1, sheet.max_row)
    for i, row in enumerate(after, start=1):
        for j, text in enumerate(row, start=1):
            value = kinds.get(text, _as_cell(text))
            if value != "":
                sheet.cell(i, j, value)
    book.save(path)


def _as_cell(text: str) -> object:
    try:
        return float(text) if np.isfinite(float(text)) else text
    except ValueError:
        return text


def _parquet_grid(path: Path, damage: Damage) -> None:
    frame = pd.read_parquet(path)
    i, j = _place(damage.row, len(frame)), _place(damage.column, frame.shape[1])
    k, right = _place(damage.file * 7919 % 1, len(frame)), _place(damage.file * 104729 % 1, frame.shape[1])
    rows, columns = list(range(len(frame))), list(range(frame.shape[1]))
    if damage.kind in VALUES or damage.kind == "cell scaled":
        frame = _with_cell(frame, (i, j), damage)
    elif damage.kind == "row removed":
        rows.remove(i)
    elif damage.kind == "row doubled":
        rows.insert(i, i)
    elif damage.kind == "column removed":
        columns.remove(j)
    elif damage.kind in ("rows swapped", "rows and columns swapped"):
        rows[i], rows[k] = rows[k], rows[i]
    if damage.kind in ("columns swapped", "rows and columns swapped"):
        columns[j], columns[right] = columns[right], columns[j]
    attrs = pd.read_parquet(path).attrs
    frame = frame.iloc[rows, columns]
    frame.attrs = attrs
    try:
        frame.to_parquet(path)
    except (ValueError, TypeError):
        # A text among numbers cannot be written at all.
        return


def _with_cell(frame: pd.DataFrame, at: tuple[int, int], damage: Damage) -> pd.DataFrame:
    text = VALUES.get(damage.kind)
    old = frame.iat[at]
    if text is None:
        value = old * (0.1 + 2 * damage.file) if isinstance(old, float) else f"{old}x"
    else:
        value = _as_cell(text) if text not in ("nan", "inf") else float(text)
    column = frame.iloc[:, at[1]].tolist()
    column[at[0]] = value
    own = frame.copy()
    own.isetitem(at[1], pd.Series(column, index=frame.index))
    return own


GRIDS = {
    **dict.fromkeys((".csv", ".txt", ".tsv"), _text_grid),
    **dict.fromkeys((".xlsx", ".xls"), _book_grid),
    ".parquet": _parquet_grid,
}


def _of_container(path: Path, file: Path, files: list[Path], damage: Damage) -> None:
    """Remove, swap or link files of a folder, and put what must not be into a zip."""
    other = files[_place(damage.row, len(files))]
    if damage.kind == "file removed":
        file.unlink()
    elif damage.kind == "files swapped":
        one, two = file.read_bytes(), other.read_bytes()
        file.write_bytes(two)
        other.write_bytes(one)
    elif damage.kind == "link out":
        outside = path.parent.parent / f"outside{file.suffix}"
        shutil.copy(file, outside)
        file.unlink()
        file.symlink_to(outside)
    elif damage.kind == "no zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.txt", "x")
    elif damage.kind == "folder":
        file.unlink()
        file.mkdir()
    elif zipfile.is_zipfile(file):
        _into_zip(file, damage)


def _into_zip(file: Path, damage: Damage) -> None:
    """Put a name that leads out, a link or a bomb into a zip, or into a workbook, which is one."""
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        content = {name: archive.read(name) for name in names}
    chosen = names[_place(damage.row, len(names))]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            if damage.kind == "bomb" and name == chosen:
                lines = (b"0\n" * 2**20, b"0" * 2**20)[damage.column < 0.5]
                with archive.open(name, "w") as member:
                    for _ in range(64):
                        member.write(lines)
                continue
            info = zipfile.ZipInfo("../" + name if damage.kind == "path out" and name == chosen else name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if damage.kind == "link in zip" and name == chosen:
                info.external_attr = 0o120777 << 16
            archive.writestr(info, text)


def spoil(path: Path, damage: Damage) -> None:
    """Do damage to a file, or to one file of a folder."""
    files = sorted(f for f in path.parent.rglob("*") if f.is_file())
    file = files[_place(damage.file, len(files))]
    if damage.kind in BYTES:
        file.write_bytes(_of_bytes(file.read_bytes(), damage))
    elif damage.kind in CONTAINERS:
        _of_container(path, file, files, damage)
    elif file.suffix.lower() in GRIDS:
        GRIDS[file.suffix.lower()](file, damage)


# -- what comes of it ---------------------------------------------------------------------------------------

CORE = ("Z", "Y", "x", "exports", "stock_change", "imports_Z", "imports_row_Z")
FREE = ("imports_Y", "imports_row_Y", "population")
"""Arrays that no total of a table depends on."""


def _plain(table: mrio.System) -> dict[str, object]:
    arrays = {name: getattr(table.arrays, name) for name in (*CORE, "V", "discrepancy")}
    words = {"regions": table.regions, "sectors": table.sectors, "unit": table.unit}
    return {**arrays, "V": table.arrays.V.sum(axis=0), **words}


def _equal(one: object, two: object) -> bool:
    if isinstance(one, np.ndarray) and isinstance(two, np.ndarray):
        return one.shape == two.shape and bool(np.array_equal(one, two))
    return type(one) is type(two) and one == two


def _all_equal(one: mrio.System, two: mrio.System) -> bool:
    accounts = one.account_names == two.account_names and all(
        _equal(one.account(name).values, two.account(name).values)
        and _equal(one.account(name).direct_values, two.account(name).direct_values)
        and one.account(name).unit == two.account(name).unit
        for name in one.account_names
    )
    accounts = accounts and all(_equal(getattr(one.arrays, name), getattr(two.arrays, name)) for name in FREE)
    words = ("demand", "factors", "period", "price_basis", "population_unit", "scenario")
    return accounts and all(getattr(one, word) == getattr(two, word) for word in words)


def _balances(table: mrio.System) -> bool:
    """Tell whether columns add up to output as closely as readers ask for."""
    x, costs = table.arrays.x, table.arrays.column_sums().reshape(table.arrays.x.shape)
    floor = FLOOR * float(np.abs(x).mean())
    return bool((np.abs(x - costs) <= NOTICE * np.maximum(np.maximum(np.abs(x), np.abs(costs)), floor)).all())


def judge(found: mrio.Systems, expected: mrio.Systems, told: bool) -> str:
    """Return what was made of damage that was not refused."""
    if list(found) == list(expected) or len(found) == len(expected):
        pairs = list(zip(found.values(), expected.values(), strict=True))
        core = all(
            all(_equal(a[name], b[name]) for name in a) for a, b in ((_plain(s), _plain(t)) for s, t in pairs)
        )
        if core:
            return "same" if all(_all_equal(s, t) for s, t in pairs) else "unchecked"
        gaps = all(_equal(s.arrays.discrepancy, t.arrays.discrepancy) for s, t in pairs)
        if told or not gaps:
            return "told"
    if told:
        return "told"
    return "balanced" if all(map(_balances, found.values())) else "silent"


def _differences(found: mrio.Systems, expected: mrio.Systems) -> str:
    """Return the names of what differs, for a person to look at."""
    pairs = [(_plain(s), _plain(t)) for s, t in zip(found.values(), expected.values(), strict=False)]
    return ", ".join(sorted({name for a, b in pairs for name in a if not _equal(a[name], b[name])}))


def attempt(case: Case, path: Path, expected: mrio.Systems) -> tuple[str, str]:
    """Return what a reader makes of a file, and the message."""
    start = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = case.read(path)
        except MrioError as error:
            result, message = "refused", str(error)
        except Exception:
            result, message = "crash", traceback.format_exc()
        else:
            told = any(issubclass(w.category, MrioWarning) for w in caught)
            result = judge(found, expected, told)
            message = _differences(found, expected) if result in ("balanced", "silent") else ""
    return ("hang", message) if time.perf_counter() - start > LIMIT else (result, message)


@dataclass(frozen=True)
class Whole:
    """A case made once: where it stands, and the tables it holds."""

    name: str
    folder: Path
    path: Path
    tables: mrio.Systems

    @classmethod
    def made(cls, name: str, folder: Path) -> Whole:
        """Make the whole file of a case in an empty folder."""
        own = folder / name
        own.mkdir(parents=True)
        path = CASES[name].make(own)
        return cls(name, own, path, CASES[name].read(path))

    def damaged(self, damage: Damage, folder: Path) -> tuple[str, str]:
        """Return what comes of damage to a copy."""
        copy = folder / "copies" / self.name
        shutil.rmtree(copy.parent, ignore_errors=True)
        shutil.copytree(self.folder, copy)
        path = copy / self.path.relative_to(self.folder)
        spoil(path, damage)
        return attempt(CASES[self.name], path, self.tables)


# -- the big run --------------------------------------------------------------------------------------------


def drawn(seed: int) -> tuple[str, Damage]:
    """Return case and damage of a number."""
    rng = np.random.default_rng(seed)
    names = list(CASES)
    return names[seed % len(names)], Damage(KINDS[int(rng.integers(len(KINDS)))], *rng.random(3).tolist())


def _worker(pipe: object, seeds: range, place: str) -> None:
    """Try the inputs of some numbers, telling the outcome of each."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    folder, wholes = Path(place), {}
    for seed in seeds:
        name, damage = drawn(seed)
        if name not in wholes:
            wholes[name] = Whole.made(name, folder / "whole")
        pipe.send((seed, name, damage, *wholes[name].damaged(damage, folder)))


def _run(seeds: range, failures: list[str], notes: list[str]) -> Counter[tuple[str, str]]:
    """Try inputs in processes of their own; one that dies or hangs is replaced."""
    counts: Counter[tuple[str, str]] = Counter()
    at = seeds.start
    while at < seeds.stop:
        mine, theirs = multiprocessing.Pipe(duplex=False)
        with tempfile.TemporaryDirectory() as place:
            work = multiprocessing.get_context("spawn").Process(
                target=_worker, args=(theirs, range(at, seeds.stop), place)
            )
            work.start()
            theirs.close()
            try:
                while at < seeds.stop and mine.poll(3 * LIMIT):
                    seed, name, damage, result, message = mine.recv()
                    counts[name, result] += 1
                    at = seed + 1
                    if result in FAILURES:
                        failures.append(f"{seed} {name} {damage}: {result} {message}")
                    elif result == "balanced":
                        notes.append(f"{seed} {name} {damage}: {result} {message}")
                lost = None if at == seeds.stop else "hang"
            except EOFError:
                lost = "crash"
            if lost is not None:
                name, damage = drawn(at)
                counts[name, lost] += 1
                failures.append(f"{at} {name} {damage}: {lost} of the process")
                at += 1
            work.kill()
            work.join()
    return counts


def main(count: int = 5000, start: int = 0) -> int:
    """Try inputs and print how many were refused, told, harmless or failures; the number of failures."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    failures: list[str] = []
    notes: list[str] = []
    counts = _run(range(start, start + count), failures, notes)
    table = pd.Series(counts).unstack(fill_value=0)
    table = table.reindex(
        columns=["refused", "same", "told", "unchecked", "balanced", *FAILURES], fill_value=0
    )
    table.loc["all"] = table.sum()
    print(table.assign(inputs=table.sum(axis=1)).to_string())
    print(*notes, *failures, sep="\n")
    return len(failures)


if __name__ == "__main__":
    sys.exit(min(main(*map(int, sys.argv[1:])), 1))
