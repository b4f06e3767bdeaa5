"""Plain Excel or CSV sheets, through a small description of where things stand.

The description is a `SheetLayout`: a range of cells for every array, and labels or the ranges that hold them.
Numbers are read by address, so that a cell that holds none is told by its address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mrio.errors import DataError
from mrio.files import PathLike
from mrio.readers.gaps import notice_gaps
from mrio.readers.raw.workbook import Block, Sheet, numbers, open_csv, open_workbook
from mrio.schema import SYSTEM_DIMS
from mrio.tables import System

_RANGE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})(?::([A-Z]{1,3})([1-9]\d{0,6}))?")

Names = tuple[str, ...] | str
"""Labels, or the range of cells that holds them."""


@dataclass(frozen=True)
class SheetLayout:
    """Where the parts of a table stand in one sheet.

    Parameters
    ----------
    ranges
        Range of cells by array: ``{"Z": "C5:N16", "Y": "P5:S16", "V": "C18:N19", "exports": "T5:T16"}``;
        names are those of `System.from_arrays`. Rows sell, columns buy; regions outside, sectors inside.
    regions, sectors, demand, factors
        Labels, or the range that holds them. Labels that stand for every row, as regions and sectors
        mostly do, are taken once each, in their order.
    sheet
        Name of the sheet; the first one when left out.
    empty
        What an empty cell means; None: it is an error.
    accounts
        Range and unit by account: ``{"co2": ("C21:N21", "Mt CO2")}``.

    Examples
    --------
    >>> SheetLayout({"Z": "B2:C3", "Y": "D2:E3", "V": "B4:C4"}, ("A", "B"), ("goods",), ("final",)).empty
    """

    ranges: Mapping[str, str]
    regions: Names
    sectors: Names
    demand: Names
    factors: Names = ("value added",)
    sheet: str | None = None
    empty: float | None = None
    accounts: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def read_sheet(
    path: PathLike,
    layout: SheetLayout,
    *,
    unit: str,
    price_basis: str,
    period: str,
    source: str = "not stated",
) -> System:
    """Read a table from a plain Excel or CSV sheet.

    Parameters
    ----------
    path
        A workbook, or a CSV file; opened read-only.
    layout
        Where things stand.
    unit, price_basis, period, source
        What a sheet does not say; see `System.from_arrays`.

    Raises
    ------
    DataError
        When a range cannot be read or lies beyond the sheet, a cell holds no number, or
        `System.from_arrays` refuses the table.

    Warns
    -----
    DataWarning
        When rows or columns miss output by more than 1e-3 (see `mrio.readers.gaps`).

    Examples
    --------
    >>> import mrio, pathlib
    >>> rows = ["A,20,10,50,20", "B,10,30,10,60", "va,70,70"]
    >>> _ = pathlib.Path("plain.csv").write_text(chr(10).join(rows))
    >>> layout = mrio.SheetLayout({"Z": "B1:C2", "Y": "D1:E2", "V": "B3:C3"}, "A1:A2", ("goods",), ("final",))
    >>> words = {"unit": "1e8 CNY", "price_basis": "current 2017 CNY", "period": "2017"}
    >>> mrio.read_sheet("plain.csv", layout, **words).x.values.ravel()
    array([100., 110.])
    """
    sheet = _open(Path(path), layout.sheet)
    unknown = sorted(set(layout.ranges) - set(SYSTEM_DIMS)) + sorted({"Z", "Y", "V"} - set(layout.ranges))
    if unknown:
        raise DataError(
            "A layout names arrays that do not exist, or leaves out Z, Y or V.",
            amount=", ".join(map(repr, unknown)),
            remedy=f"name some of {', '.join(SYSTEM_DIMS)}",
        )
    wanted = {**layout.ranges, **{f"account {name}": where for name, (where, _) in layout.accounts.items()}}
    blocks = {name: Block(*cells(where, sheet), empty=layout.empty) for name, where in wanted.items()}
    found: dict[str, Any] = numbers(sheet, blocks)
    accounts = {
        name: (found.pop(f"account {name}").ravel(), own) for name, (_, own) in layout.accounts.items()
    }
    labels: dict[str, Any] = {
        name: _labels(sheet, getattr(layout, name)) for name in ("regions", "sectors", "demand", "factors")
    }
    shapes = {name: SYSTEM_DIMS[name] for name in found}
    # Vectors may stand in a row or in a column.
    flat = {name: a.ravel() if len(shapes[name]) < 3 else a for name, a in found.items()}
    system = System.from_arrays(
        **labels,
        **{name: _shaped(name, values, labels) for name, values in flat.items()},
        accounts=accounts,
        unit=unit,
        price_basis=price_basis,
        period=period,
        source=source,
    )
    return notice_gaps(system)


def cells(where: str, sheet: Sheet) -> tuple[range, range]:
    """Return rows and columns of a range such as ``"C5:N16"``, counted from zero.

    Raises
    ------
    DataError
        When it is no range, or lies beyond the sheet.
    """
    match = _RANGE.fullmatch(where.replace("$", ""))
    if match is None:
        raise DataError(
            f"The range {where!r} cannot be read.", where=sheet.place, remedy='write it like "C5:N16"'
        )
    left, top, right, bottom = match[1], int(match[2]), match[3] or match[1], int(match[4] or match[2])
    rows, columns = range(top - 1, bottom), range(_column(left), _column(right) + 1)
    if not rows or not columns or rows.stop > len(sheet.cells) or columns.stop > sheet.width:
        raise DataError(
            f"The range {where!r} lies beyond the sheet, or ends before it begins.",
            where=sheet.place,
            amount=f"the sheet has {len(sheet.cells)} rows and {sheet.width} columns",
            remedy="compare the layout with the sheet",
        )
    return rows, columns


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _open(path: Path, name: str | None) -> Sheet:
    if path.suffix.lower() in (".csv", ".gz"):
        return open_csv(path)
    book = open_workbook(path)
    return book.sheet(next(iter(book.names), "") if name is None else name)


def _labels(sheet: Sheet, names: Names) -> tuple[str, ...]:
    """Return labels; those of a range once each, and merged cells leave gaps."""
    if not isinstance(names, str):
        return tuple(names)
    rows, columns = cells(names, sheet)
    texts = [_label(sheet.value(row, column)) for row in rows for column in columns]
    return tuple(dict.fromkeys(text for text in texts if text))


def _label(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _shaped(name: str, values: Any, labels: Mapping[str, tuple[str, ...]]) -> Any:
    """Return imports in the shape that `System.from_arrays` takes, other arrays as they are."""
    R, N, K = (len(labels[part]) for part in ("regions", "sectors", "demand"))
    shapes = {
        "imports_Z": (N, R, N),
        "imports_Y": (N, R, K),
        "imports_row_Z": (R, N),
        "imports_row_Y": (R, K),
    }
    shape = shapes.get(name)
    return values.reshape(shape) if shape is not None and values.size == np.prod(shape) else values
