"""National input-output tables of China, 2002 to 2020, as CSV files with codes or as arrays.

Files are called ``china_<year>_<sectors>``. In *competitive* tables imports are one column (IM) that is
subtracted from the rows. In *non-competitive* ones (42 sectors, 2017, 2018 and 2020) every flow stands twice,
as domestic and as imported (column Origin), and final consumption is one category.

The CSV file holds the table as published. The .npz file beside it holds the same numbers as arrays; its names
of sectors are stored as Python objects, which are not loaded because loading them may run code, so the names
are taken from the CSV file.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from mrio.building.regional import RegionalTable
from mrio.classification import load_classification
from mrio.errors import DataError, FileError, raise_together
from mrio.provenance import Provenance
from mrio.readers.china.nbs_codes import CONSUMPTION, DEMAND, FACTORS, UNIT, price_basis
from mrio.readers.consistency import Total, name_problems, total_problems
from mrio.readers.raw.workbook import Block, Floats, Sheet, code, header, numbers, open_csv, plain

SOURCE: Final = (
    "National Bureau of Statistics of China, national input-output table, as packaged in the R package ionet "
    "0.2.2 (Xiao, Yan, Zhang)"
)
_CLASSES: Final = {
    (2007, 135): "nbs2007_135",
    (2012, 139): "nbs2012_139",
    (2015, 42): "nbs2012_42",
    (2017, 149): "nbs2017_149",
    (2017, 42): "nbs2017_42",
    (2018, 42): "nbs2017_42",
    (2020, 42): "nbs2017_42",
}
_FINAL: Final = {"TC": CONSUMPTION, **DEMAND}
_CONSUMPTION_ONLY: Final = ("TC", "FU201")
"""Final demand in non-competitive tables."""
_OPTIONAL: Final = ("THC", "TC", "GCF", "TFU", "ERR")
"""Columns that some tables have: totals, and the discrepancy."""
_TOLERANCE: Final = 1e-6
_NAME = re.compile(r"(?:^|_)((?:19|20)\d\d)_(\d+)")


@dataclass(frozen=True)
class NationalFlows:
    """One national table as arrays [1e4 CNY]; N sectors; ``_m`` is the imported part, None if not known.

    Attributes
    ----------
    Z, Z_m
        (N, N) intermediate flows of all origins, and those imported.
    final, final_m
        Final purchases (N,) by code, of all origins, and those imported.
    imports, error, x
        (N,); `error` is zero where the table has no such column.
    V
        (4, N).
    """

    Z: Floats
    final: dict[str, Floats]
    imports: Floats
    error: Floats
    x: Floats
    V: Floats
    Z_m: Floats | None = None
    final_m: dict[str, Floats] | None = None


def read_nbs_national(path: str | Path, year: int | None = None) -> RegionalTable:
    """Read a national input-output table.

    Parameters
    ----------
    path
        ``china_<year>_<sectors>.csv.gz`` (or ``.csv``), or the ``.npz`` with the CSV file beside it.
    year
        Needed where the file name does not tell it.

    Returns
    -------
    RegionalTable
        Region ``"China"``; flows [1e4 CNY] in producer prices of the year. Non-competitive tables also hold
        the imported part of `Z` and `Y`; what is left of imports by product are imported stocks and
        re-exports, which are in `stock_change` and `exports`.

    Raises
    ------
    DataError
        When a file is missing or damaged, codes or names are not those of the publication, a cell holds no
        number, or totals do not add up to 1e-6 relative.

    Notes
    -----
    Sectors are named as in `mrio.classification` where the classification is bundled (in the file of 2017
    with 149 sectors the English names of wholesale and retail trade are shifted by one), else as in the file.

    Examples
    --------
    >>> table = read_nbs_national("data/nbs_national/china_2012_139.csv.gz")  # doctest: +SKIP
    >>> len(table.sectors)  # doctest: +SKIP
    139
    """
    file = Path(path)
    year = _year(file) if year is None else year
    csv = _beside(file) if file.suffix == ".npz" else file
    sheet = open_csv(csv)
    labels = _sector_names(sheet, year)
    flows = parse_sheet(sheet) if csv == file else _arrays(file, len(labels))
    table = _table(flows, labels, year)
    if csv != file:
        table.check(_TOLERANCE)
    return table


def parse_sheet(sheet: Sheet) -> NationalFlows:
    """Read a table laid out with codes.

    Raises
    ------
    DataError
        See `read_nbs_national`.
    """
    line = header(sheet, ["TIU", "EX", "GO"], along="row").line
    present = [sheet.code(line, k) for k in range(len(sheet.cells[line]))]
    sectors = [str(k + 1) for k in range(sum(text.isdigit() for text in present))]
    split = "Origin" in present
    final = _CONSUMPTION_ONLY if split else tuple(DEMAND)
    needed = ("TIU", *final, "FU202", "EX", *(() if split else ("IM",)), "GO")
    names = [*needed, *(name for name in _OPTIONAL if name in present and name not in needed)]
    at = header(sheet, [*sectors, *names], along="row").at
    n = len(sectors)
    columns = _Columns(at[:n], dict(zip(names, at[n:], strict=True)), (*final, "FU202", "EX"))
    if not split:
        return _competitive(sheet, _read_part(sheet, columns, range(line + 1, len(sheet.cells))))
    home, abroad = _origins(sheet, line)
    parts = _read_part(sheet, columns, home), _read_part(sheet, columns, abroad, below=())
    return _non_competitive(sheet, *parts)


@dataclass(frozen=True)
class _Columns:
    """Where sectors and other columns stand, the latter by code, and which codes are final purchases."""

    sectors: tuple[int, ...]
    at: dict[str, int]
    final: tuple[str, ...]


@dataclass(frozen=True)
class _Part:
    """Flows of one origin: Z (N, N), columns (N,) by code, rows below (N,) by code, and where they stand."""

    columns: _Columns
    rows: tuple[int, ...]
    below_at: dict[str, int]
    Z: Floats
    column: dict[str, Floats]
    below: dict[str, Floats]

    def total(self, name: str, parts: list[Floats]) -> Total:
        """Return the check of a column of totals."""
        cells = [(row, self.columns.at[name]) for row in self.rows]
        return Total(f"column {name}", cells, np.column_stack(parts), self.column[name])

    def total_below(self, name: str, parts: list[Floats], against: str = "") -> Total:
        """Return the check of a row of totals."""
        cells = [(self.below_at[name], k) for k in self.columns.sectors]
        return Total(f"row {name}{against}", cells, np.column_stack(parts), self.below[name])

    def column_totals(self) -> list[Total]:
        """List the checks of totals in the columns of the flows themselves."""
        c = self.column
        sums = {
            "THC": ("FU101", "FU102"),
            "TC": ("FU101", "FU102", "FU103"),
            "GCF": ("FU201", "FU202"),
            "TFU": self.columns.final,
        }
        kept = {name: parts for name, parts in sums.items() if name in c and set(parts) <= set(c)}
        return [
            self.total("TIU", [self.Z]),
            *(self.total(name, [c[part] for part in parts]) for name, parts in kept.items()),
        ]

    def final(self) -> dict[str, Floats]:
        """Return final purchases by code, without totals."""
        return {name: self.column[name] for name in self.columns.final}


def _read_part(
    sheet: Sheet,
    columns: _Columns,
    within: Sequence[int],
    below: tuple[str, ...] = ("TII", *FACTORS, "TVA", "TI"),
) -> _Part:
    """Read the flows of one origin in the rows `within`, and the rows `below` them."""
    n = len(columns.sectors)
    down = header(sheet, [*(str(k + 1) for k in range(n)), *below], along="column", within=within)
    blocks = numbers(
        sheet,
        {
            "Z": Block(down.at[:n], columns.sectors),
            "columns": Block(down.at[:n], list(columns.at.values())),
            "below": Block(down.at[n:], columns.sectors),
        },
    )
    return _Part(
        columns=columns,
        rows=down.at[:n],
        below_at=dict(zip(below, down.at[n:], strict=True)),
        Z=blocks["Z"],
        column=dict(zip(columns.at, blocks["columns"].T, strict=True)),
        below=dict(zip(below, blocks["below"], strict=True)),
    )


def _competitive(sheet: Sheet, part: _Part) -> NationalFlows:
    """Check and return a table with imports in one column."""
    c = part.column
    error = c.get("ERR", np.zeros_like(c["GO"]))
    final = part.final()
    checks = [
        *part.column_totals(),
        part.total("GO", [part.Z, *final.values(), -c["IM"], error]),
        *_below_totals(part, part.Z, c["GO"]),
    ]
    raise_together(total_problems(sheet, checks, _TOLERANCE))
    return NationalFlows(part.Z, final, c["IM"], error, c["GO"], _factors(part))


def _non_competitive(sheet: Sheet, home: _Part, abroad: _Part) -> NationalFlows:
    """Check and return a table with domestic and imported flows apart."""
    x, imports = home.column["GO"], abroad.column["GO"]
    checks = [
        *home.column_totals(),
        *abroad.column_totals(),
        home.total("GO", [home.Z, *home.final().values()]),
        abroad.total("GO", [abroad.Z, *abroad.final().values()]),
        *_below_totals(home, np.vstack([home.Z, abroad.Z]), x),
    ]
    raise_together(total_problems(sheet, checks, _TOLERANCE))
    return NationalFlows(
        Z=home.Z + abroad.Z,
        final={name: values + abroad.final()[name] for name, values in home.final().items()},
        imports=imports,
        error=np.zeros_like(x),
        x=x,
        V=_factors(home),
        Z_m=abroad.Z,
        final_m=abroad.final(),
    )


def _below_totals(part: _Part, Z: Floats, x: Floats) -> list[Total]:
    """List the checks of the rows below the flows; Z holds all intermediate inputs of the columns."""
    b = part.below
    return [
        part.total_below("TII", [Z.T]),
        part.total_below("TVA", [b[name] for name in FACTORS]),
        part.total_below("TI", [b["TII"], b["TVA"]]),
        part.total_below("TI", [x], against=" against column GO"),
    ]


def _factors(part: _Part) -> Floats:
    """Return primary inputs (4, N)."""
    return np.array([part.below[name] for name in FACTORS])


def _origins(sheet: Sheet, line: int) -> tuple[list[int], list[int]]:
    """Return the rows of domestic flows, with the rows below all flows, and those of imports."""
    column = header(sheet, ["Origin"], along="row").at[0]
    rows = range(line + 1, len(sheet.cells))
    abroad = [row for row in rows if plain(sheet.value(row, column)) == "Imports"]
    return [row for row in rows if row not in abroad], abroad


def _sector_names(sheet: Sheet, year: int) -> tuple[str, ...]:
    """Return the names of the sectors, and compare them with the bundled classification if there is one."""
    heads = header(sheet, ["Code", "Description", "DescriptionInChinese"], along="row")
    column, english, chinese = heads.at
    rows: dict[str, int] = {}
    for row in range(heads.line + 1, len(sheet.cells)):
        if (text := sheet.code(row, column)).isdigit():
            rows.setdefault(text, row)
    n = len(rows)
    if (year, n) not in _CLASSES:
        return tuple(str(sheet.value(row, english)).strip() for row in rows.values())
    classes = load_classification(_CLASSES[year, n])
    places = [rows.get(code(text), heads.line) for text in classes.codes]
    raise_together(name_problems(sheet, [(row, chinese) for row in places], classes.names_zh))
    return classes.names_en


def _arrays(file: Path, n: int) -> NationalFlows:
    """Read the arrays of an .npz file without loading Python objects."""
    try:
        with file.open("rb") as raw, np.load(raw, allow_pickle=False) as stored:
            final = [str(name) for name in stored["fd"]]
            a = {name: stored[name] for name in stored.files if not name.startswith("sectors")}
        split = "Zd" in a
        keys = ("Zd", "Zm", "Fd", "Fm") if split else ("Z", "F", "imp", "err")
        found: list[Any] = [np.asarray(a[key], dtype=np.float64) for key in (*keys, "x", "va")]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise FileError(
            "The file of arrays cannot be read.",
            where=str(file),
            amount=str(error),
            remedy="get the file again from its source, or read the CSV file",
        ) from error
    first, second, third, fourth, x, V = found
    if first.shape != (n, n):
        raise DataError(
            "The arrays do not have the sectors of the CSV file beside them.",
            where=str(file),
            amount=f"{first.shape}, expected {(n, n)}",
            remedy="put the two files of one table together",
        )
    if not split:
        return NationalFlows(first, dict(zip(final, second.T, strict=True)), third, fourth, x, V)
    return NationalFlows(
        Z=first + second,
        final=dict(zip(final, (third + fourth).T, strict=True)),
        imports=second.sum(axis=1) + fourth.sum(axis=1),
        error=np.zeros(n),
        x=x,
        V=V,
        Z_m=second,
        final_m=dict(zip(final, fourth.T, strict=True)),
    )


def _table(flows: NationalFlows, labels: tuple[str, ...], year: int) -> RegionalTable:
    """Return the record."""
    demand = [name for name in _FINAL if name in flows.final]
    nothing = np.zeros_like(flows.x)
    final_m = flows.final_m
    return RegionalTable(
        region="China",
        sectors=labels,
        demand=tuple(_FINAL[name] for name in demand),
        factors=tuple(FACTORS.values()),
        Z=flows.Z,
        Y=np.column_stack([flows.final[name] for name in demand]),
        V=flows.V,
        x=flows.x,
        stock_change=flows.final["FU202"],
        exports=flows.final["EX"],
        imports=flows.imports,
        outflow=nothing,
        inflow=nothing,
        error=flows.error,
        imports_Z=flows.Z_m,
        imports_Y=None if final_m is None else np.column_stack([final_m[name] for name in demand]),
        unit=UNIT,
        price_basis=price_basis(year),
        period=str(year),
        provenance=Provenance(SOURCE),
    )


def _year(file: Path) -> int:
    """Return the year that a file name tells."""
    if (found := _NAME.search(file.name)) is None:
        raise DataError(
            "The year of the table is not known.",
            where=file.name,
            remedy="say year=, or keep the name of the file, china_<year>_<sectors>",
        )
    return int(found[1])


def _beside(file: Path) -> Path:
    """Return the CSV file beside an .npz file."""
    for suffix in (".csv.gz", ".csv"):
        if (csv := file.with_suffix(suffix)).is_file():
            return csv
    raise FileError(
        "The CSV file that names the sectors is missing.",
        where=str(file.with_suffix(".csv.gz")),
        remedy="put it beside the .npz file; names in the .npz file are Python objects and are not loaded",
    )
