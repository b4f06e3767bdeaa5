"""GLORIA, the global MRIO of the Industrial Ecology Virtual Laboratory: supply and use tables of a year.

Layout
------
A folder or zip of a year with comma-separated numbers and no labels, R regions (164), N sectors (120), in
files named ``<date>_120secMother_AllCountries_002_T-Results_<year>_<release>_Markup001(full).csv``:

- ``T``: rows and columns are, for every region, its N industries and then its N products (2 R N). Rows of
  industries hold the supply of products, rows of products the use by industries; all else is zero.
- ``Y``: the same rows; for every region its categories of final demand. Rows of industries are zero.
- ``V``: for every region its primary inputs in rows; columns as those of ``T``. A region pays its own only.
- ``TQ`` and ``YQ``, where they are there: satellite accounts in rows; columns as those of ``T`` and ``Y``.

Labels stand in the workbook ``GLORIA_ReadMe_<release>.xlsx``, in the columns ``Region_acronyms``,
``Sector_names``, ``Value_added_names``, ``Final_demand_names``, ``Sat_head_indicator``, ``Sat_indicator`` and
``Sat_unit`` of its sheets. Money is in thousand US dollars. ``Markup001`` is the table in basic prices; files
of the other markups (trade and transport margins, taxes and subsidies on products) are not read, so columns
miss their output by the taxes less subsidies on products that industries pay. Changes in inventories
(``P.52``) are kept apart from final purchases, by product, summed over the regions that store.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np
from scipy import sparse

from mrio.building.supply_use import Model, SupplyUse, Symmetric, symmetric
from mrio.errors import DataError, FileError, LabelError
from mrio.files import PathLike, require_memory
from mrio.provenance import CellGroup, Provenance
from mrio.readers.gaps import notice_gaps
from mrio.readers.raw.archive import Archive, open_archive
from mrio.readers.raw.text import read_rows
from mrio.readers.raw.workbook import Floats, Sheet, open_workbook
from mrio.tables import Account, System

SOURCE: Final = (
    "GLORIA release {release} (Lenzen et al. 2017, doi:10.1080/09535314.2017.1301887; "
    "Lenzen et al. 2022, doi:10.1038/s41893-021-00811-6)"
)
UNIT: Final = "thousand USD"

_NAME = re.compile(r"(?:.*_)?(T|Y|V|TQ|YQ)-Results_(\d{4})_(\d{3}[a-z]?)_Markup001\(full\)\.csv")
_SATELLITES = ("Sat_head_indicator", "Sat_indicator", "Sat_unit")
_README = "GLORIA_ReadMe*.xlsx"
_STOCKS = re.compile(r"inventor", re.IGNORECASE)
_NEGLIGIBLE = 1e-9
_QUOTE = "'"


@dataclass(frozen=True)
class GloriaLabels:
    """Labels of the workbook: R regions, N sectors, M primary inputs, K final demands, C accounts."""

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    factors: tuple[str, ...]
    demand: tuple[str, ...]
    accounts: tuple[str, ...]
    units: tuple[str, ...]

    @property
    def pairs(self) -> int:
        """Number of industries of all regions."""
        return len(self.regions) * len(self.sectors)


@dataclass(frozen=True)
class GloriaFiles:
    """Files of one year by the letters of their blocks, with year and release."""

    archive: Archive
    names: dict[str, str]
    year: str
    release: str

    def rows(self, block: str, width: int, at_once: int) -> Iterator[Floats]:
        """Give the rows of a block, some at once (rows, `width`)."""
        name = self.names[block]
        with self.archive.lines(name) as lines:
            yield from read_rows(lines, width, f"{name} of {self.archive.place}", at_once)


def read_gloria(
    path: PathLike,
    *,
    labels: PathLike | None = None,
    period: str | None = None,
    accounts: tuple[str, ...] | None = None,
    model: Model = "product",
) -> System:
    """Read a table of GLORIA and make it symmetric.

    Parameters
    ----------
    path
        The folder or zip of a year.
    labels
        The workbook ``GLORIA_ReadMe_<release>.xlsx``; looked for in the folder and the one above it when left
        out.
    period
        The year; needed where the folder holds several.
    accounts
        Satellite accounts to read; all when left out, which are thousands.
    model
        ``"product"``: product by product, industry technology; ``"industry"``: industry by industry, fixed
        product sales structure (see `mrio.building.supply_use`).

    Returns
    -------
    System
        Basic prices, thousand US dollars. Where uses do not add up to supply, the difference is kept as
        discrepancy; changes in inventories are kept apart.

    Raises
    ------
    FileError
        When a file or the labels are missing, or a file is damaged or of another size than the labels say.
    DataError
        When a cell holds no number, a number stands where the layout has none, or flows have no place in a
        symmetric table.
    MemoryLimitError
        When the table is larger than memory; told before it is read.

    Warns
    -----
    DataWarning
        When rows or columns miss output by more than 1e-3, as published columns do by the taxes on products.

    Examples
    --------
    >>> read_gloria("GLORIA_MRIOs_57_2019", accounts=())  # doctest: +SKIP
    <System 2019, 164 regions x 120 sectors>
    """
    files = find_files(path, period)
    own = _labels(Path(path) if labels is None else Path(labels))
    require_memory(4 * 8 * own.pairs**2, files.archive.place)
    tables, direct, names = _supply_use(files, own, accounts)
    return _system(symmetric(tables, model), own, files, (names, direct, model))


def find_files(path: PathLike, period: str | None = None) -> GloriaFiles:
    """Return the files of one year of a folder or zip.

    Raises
    ------
    FileError
        When T, Y or V is missing, or years or releases are several.
    """
    archive = open_archive(path, ".csv")
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for name in archive.names:
        match = _NAME.fullmatch(PurePosixPath(name).name)
        if match is not None and period in (None, match[2]):
            found.setdefault((match[2], match[3]), {}).setdefault(match[1], []).append(name)
    tables = {key: blocks for key, blocks in found.items() if {"T", "Y", "V"} <= set(blocks)}
    doubled = [names for blocks in tables.values() for names in blocks.values() if len(names) > 1]
    if len(tables) != 1 or doubled:
        told = ", ".join(f"{year} of release {release}" for year, release in sorted(tables)) or "none"
        raise FileError(
            "The folder or zip does not hold one table of GLORIA.",
            where=archive.place,
            amount=f"tables with T, Y and V in basic prices: {told}"
            + (f"; twice: {', '.join(doubled[0])}" if doubled else ""),
            remedy="give the folder of one year, or say period=; files must keep their published names",
        )
    (year, release), blocks = next(iter(tables.items()))
    return GloriaFiles(archive, {block: names[0] for block, names in blocks.items()}, year, release)


def is_gloria(path: Path) -> bool:
    """Tell whether a folder or zip holds transactions of GLORIA in basic prices."""
    if not path.is_dir() and path.suffix.lower() != ".zip":
        return False
    # A folder may be large: only itself and the folders in it are looked at.
    near = (file.name for pattern in ("*.csv", "*/*.csv") for file in path.glob(pattern))
    found = map(_NAME.fullmatch, near if path.is_dir() else _base_names(open_archive(path).names))
    return any(match is not None and match[1] == "T" for match in found)


def _base_names(names: Iterable[str]) -> Iterator[str]:
    return (PurePosixPath(name).name for name in names)


# -- labels -------------------------------------------------------------------------------------------------


def _labels(path: Path) -> GloriaLabels:
    """Return the labels of the workbook, or of the one in or above a folder."""
    if path.suffix.lower() != ".xlsx":
        places = (path, path.parent) if path.is_dir() else (path.parent,)
        found = next((book for place in places for book in sorted(place.glob(_README))), None)
        if found is None:
            raise FileError(
                "The labels of GLORIA are not found.",
                where=str(path),
                amount=f"no {_README}",
                remedy="put the ReadMe workbook of the release into the folder, or name it with labels=",
            )
        path = found
    book = open_workbook(path)
    ends, satellites = book.sheet("Value added and final demand"), book.sheet("Satellites")
    heads, rows, units = (_column(satellites, name) for name in _SATELLITES)
    if len({len(heads), len(rows), len(units)}) > 1:
        raise LabelError(
            "The columns of satellites are of different lengths.",
            where=satellites.place,
            amount=", ".join(
                f"{name} {len(c)}" for name, c in zip(_SATELLITES, (heads, rows, units), strict=True)
            ),
            remedy="give the ReadMe workbook as it was published",
        )
    return GloriaLabels(
        _column(book.sheet("Regions"), "Region_acronyms"),
        _column(book.sheet("Sectors"), "Sector_names"),
        _column(ends, "Value_added_names"),
        _column(ends, "Final_demand_names"),
        _account_names(satellites, heads, rows),
        units,
    )


def _column(sheet: Sheet, name: str) -> tuple[str, ...]:
    """Return the texts below a name in the first row, down to the first empty cell."""
    head = [str(value).strip() for value in sheet.cells[0]]
    if head.count(name) != 1:
        raise LabelError(
            f"A sheet of labels has no column {name!r}, or several.",
            where=sheet.place,
            amount=f"columns {', '.join(map(repr, head[:12]))}",
            remedy="give the ReadMe workbook as it was published",
        )
    column = head.index(name)
    cells = [sheet.value(row, column) for row in range(1, len(sheet.cells))]
    texts = [str(cell).strip() for cell in cells]
    count = next((k for k, text in enumerate(texts) if not text), len(texts))
    later = [k for k in range(count, len(texts)) if texts[k]]
    if not count or later:
        raise LabelError(
            f"The column {name!r} of labels has gaps.",
            where=f"{sheet.place}, row {count + 2}",
            amount=f"{count} labels before the gap, {len(later)} after it",
            remedy="give the ReadMe workbook as it was published",
        )
    numbers = [k + 2 for k, cell in enumerate(cells) if isinstance(cell, int | float)]
    if numbers:
        raise LabelError(
            f"The column {name!r} of labels holds numbers.",
            where=f"{sheet.place}, row {', '.join(map(str, numbers[:6]))}",
            amount=f"{len(numbers)} cells",
            remedy="give the ReadMe workbook as it was published",
        )
    return tuple(texts[:count])


def _account_names(sheet: Sheet, heads: tuple[str, ...], rows: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of accounts without quotes; where they stand twice with their group, then their number."""
    if len(heads) != len(rows):
        raise LabelError(
            "Satellite accounts do not have one group each.",
            where=sheet.place,
            amount=f"{len(heads)} groups, {len(rows)} accounts",
            remedy="give the ReadMe workbook as it was published",
        )
    plain = [row.strip(_QUOTE).replace("/", "-") for row in rows]
    grouped = [
        f"{head.strip(_QUOTE)}: {name}".replace("/", "-") for head, name in zip(heads, plain, strict=True)
    ]
    numbered = [f"{name} [{k}]" for k, name in enumerate(grouped, start=1)]
    once = {name for name, count in Counter(plain).items() if count == 1}
    clear = {name for name, count in Counter(grouped).items() if count == 1}
    return tuple(
        name if name in once else (group if group in clear else number)
        for name, group, number in zip(plain, grouped, numbered, strict=True)
    )


# -- numbers ------------------------------------------------------------------------------------------------


def _supply_use(
    files: GloriaFiles, labels: GloriaLabels, accounts: tuple[str, ...] | None
) -> tuple[SupplyUse, Floats | None, tuple[str, ...]]:
    """Return supply and use, flows of final users by account (C, R) or None, and the accounts' names."""
    R, N, n = len(labels.regions), len(labels.sectors), labels.pairs
    kinds = np.tile(np.repeat([0, 1], N), R)
    industry, product = np.flatnonzero(kinds == 0), np.flatnonzero(kinds == 1)
    use, parts = np.empty((n, n)), []
    for region, both in enumerate(_whole(files, "T", 2 * n, 2 * n, 2 * N)):
        _require_empty(files, "T", (both[:N, industry], both[N:, product]))
        parts.append(sparse.csr_array(both[:N, product]))
        use[region * N : (region + 1) * N] = both[N:, industry]
    final = np.vstack(list(_whole(files, "Y", 2 * n, R * len(labels.demand), 2 * N)))
    _require_empty(files, "Y", (final[industry],))
    chosen, flows, direct = _accounts(files, labels, accounts, industry)
    inputs = _inputs(files, labels, industry)
    return SupplyUse(sparse.vstack(parts).tocsr(), use, final[product], inputs, flows), direct, chosen


def _inputs(files: GloriaFiles, labels: GloriaLabels, industry: Any) -> Floats:
    """Return primary inputs of industries (M, n); every region pays its own."""
    R, M, n = len(labels.regions), len(labels.factors), labels.pairs
    V = np.vstack(list(_whole(files, "V", R * M, 2 * n, M)))
    inputs = V[:, industry].reshape(R, M, R, -1)
    own = np.arange(R)
    paid = np.ascontiguousarray(np.moveaxis(inputs[own, :, own], 0, 1)).reshape(M, n)
    inputs[own, :, own] = 0.0
    _require_empty(files, "V", (np.delete(V, industry, axis=1), inputs))
    return paid


def _accounts(
    files: GloriaFiles, labels: GloriaLabels, asked: tuple[str, ...] | None, industry: Any
) -> tuple[tuple[str, ...], Floats, Floats | None]:
    """Return names, flows of industries (C, n) and of final users (C, R) of the accounts asked for."""
    n, R = labels.pairs, len(labels.regions)
    names = labels.accounts if asked is None else asked
    unknown = sorted(set(names) - set(labels.accounts))
    if unknown or (asked and "TQ" not in files.names):
        raise LabelError(
            "Satellite accounts that were asked for are not there.",
            where=files.archive.place,
            amount=", ".join(map(repr, unknown)) or "no file of TQ-Results",
            remedy="choose from the sheet Satellites, and put the files TQ and YQ into the folder",
        )
    if not names or "TQ" not in files.names:
        return (), np.empty((0, n)), None
    places = [labels.accounts.index(name) for name in names]
    blocks = {"TQ": 2 * n, "YQ": R * len(labels.demand)}
    found = {
        block: _chosen_rows(_whole(files, block, len(labels.accounts), width, 1), places)
        for block, width in blocks.items()
        if block in files.names
    }
    _require_empty(files, "TQ", (np.delete(found["TQ"], industry, axis=1),))
    direct = found["YQ"].reshape(len(names), R, -1).sum(axis=2) if "YQ" in found else None
    return tuple(names), found["TQ"][:, industry], direct


def _chosen_rows(rows: Iterator[Floats], places: list[int]) -> Floats:
    """Return some of the rows, in the order asked; all are read, which checks the file."""
    kept = {k: row for k, row in enumerate(rows) if k in places}
    return np.vstack([kept[k] for k in places])


def _whole(files: GloriaFiles, block: str, rows: int, width: int, at_once: int) -> Iterator[Floats]:
    """Give the rows of a block, which must be as many as the labels say."""
    count = 0
    for part in files.rows(block, width, at_once):
        count += len(part)
        if count > rows or len(part) != at_once:
            break
        yield part
    if count != rows:
        raise FileError(
            "A file of GLORIA has another number of rows than its labels say.",
            where=f"{files.names[block]} of {files.archive.place}",
            amount=f"{'more than ' if count > rows else ''}{min(count, rows)} rows, {rows} expected",
            remedy="get the file anew, or give the ReadMe workbook of its release",
        )


def _require_empty(files: GloriaFiles, block: str, parts: tuple[Floats, ...]) -> None:
    """Raise when numbers stand where the layout has none."""
    largest = max((float(np.abs(part).max(initial=0.0)) for part in parts), default=0.0)
    if largest > _NEGLIGIBLE:
        raise DataError(
            "Numbers stand where the layout of GLORIA has none; read on, they would be lost.",
            where=f"{files.names[block]} of {files.archive.place}",
            amount=f"largest {largest:.6g}",
            remedy="get the file anew, or give the ReadMe workbook of its release",
        )


# -- the table ----------------------------------------------------------------------------------------------


def _system(
    found: Symmetric,
    labels: GloriaLabels,
    files: GloriaFiles,
    chosen: tuple[tuple[str, ...], Floats | None, Model],
) -> System:
    """Return the table, with changes in inventories apart."""
    names, direct, model = chosen
    stocks = [k for k, name in enumerate(labels.demand) if _STOCKS.search(name)]
    if len(stocks) != 1:
        raise LabelError(
            "Changes in inventories are not one category of final demand.",
            where=", ".join(map(repr, labels.demand)),
            amount=f"{len(stocks)} categories of that name",
            remedy="give the ReadMe workbook as it was published",
        )
    kept = [k for k in range(len(labels.demand)) if k not in stocks]
    final = found.final.reshape(labels.pairs, len(labels.regions), -1)
    units = dict(zip(labels.accounts, labels.units, strict=True))
    system = System.from_arrays(
        regions=labels.regions,
        sectors=labels.sectors,
        demand=[labels.demand[k] for k in kept],
        factors=labels.factors,
        Z=found.Z,
        Y=final[:, :, kept].reshape(labels.pairs, -1),
        V=found.inputs,
        stock_change=final[:, :, stocks].sum(axis=(1, 2)),
        discrepancy=found.discrepancy,
        accounts={
            name: Account(found.accounts[k], units[name], None if direct is None else direct[k])
            for k, name in enumerate(names)
        },
        unit=UNIT,
        price_basis=f"current {files.year} USD, basic prices",
        period=files.year,
        provenance=_provenance(files, model),
    )
    return notice_gaps(system)


def _provenance(files: GloriaFiles, model: Model) -> Provenance:
    source = SOURCE.format(release=files.release)
    assumption = {
        "product": "product by product, industry technology assumption (model B)",
        "industry": "industry by industry, fixed product sales structure (model D)",
    }
    note = "as published; detail and trade partners are estimates of the publisher"
    groups = {
        "supply and use": CellGroup("estimated", source, note),
        "Z, Y, V": CellGroup("derived", source, assumption[model]),
        "discrepancy": CellGroup("derived", source, "supply less uses of the published tables"),
    }
    return Provenance(source, groups=groups).with_step("made symmetric", model=assumption[model])
