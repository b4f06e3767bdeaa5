"""OECD Inter-Country Input-Output tables (ICIO), editions 2021, 2023 and 2025, as CSV, zipped or not.

Layout (comma-separated text, current million USD, basic prices)
----------------------------------------------------------------
- Heading row: ``V1`` or nothing; ``AUS_01T02`` ... (country or economy, underscore, industry; later editions
  write ``AUS_A01_02`` or ``AUS_A01``), countries outside; then ``AUS_HFCE``, ``_NPISH``, ``_GGFC``,
  ``_GFCF``, ``_INVNT``, ``_DPABR`` (``_P33`` in older files) of every country; then the total, ``TOTAL`` or
  ``OUT``.
- The same codes in front of the rows. Below: taxes less subsidies on products, one row ``TLS`` (2023 and
  later) or one row a taxing country ``AUS_TAXSUB`` or ``AUS_TLS``; value added ``VALU`` or ``VA``; output
  ``OUTPUT`` or ``OUT``.
- 2021: 67 economies x 45 industries; 2023: 77 x 45; 2025: 81 x 50. Names: ``ICIO2021_2018.csv``,
  ``2020_SML.csv``, ``2020.csv``. ``ROW`` is an economy like the others.
- The extended files split Mexico and China by processing trade: ``MX1``, ``MX2``, ``CN1``, ``CN2`` hold the
  flows, the rows and columns of ``MEX`` and ``CHN`` are zero, and final demand stands under ``MEX`` and
  ``CHN`` only. The parts are added to their country.

Codes, not positions, say what a number is. ``INVNT`` is the change of inventories; ``DPABR`` are purchases
abroad by residents, a category of final demand as published. Taxes on products are one primary input, summed
over the countries that levy them. Editions before 2021 are not read.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

from mrio.errors import LabelError
from mrio.files import PathLike, require_memory
from mrio.readers.raw.archive import Archive, open_file_or_zip, year_of
from mrio.readers.raw.grid import Grid, full_pairs, headings, read_coded_csv
from mrio.readers.world.world import (
    BASIC_VALUE_ADDED,
    PRODUCT_TAXES,
    TOLERANCE,
    Stocks,
    WorldLayout,
    WorldWords,
    merge_regions,
    world_flows,
    world_system,
)
from mrio.tables import System

SOURCE: Final = "OECD Inter-Country Input-Output tables"
UNIT: Final = "million USD"

_DEMAND: Final = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR", "P33")
_STOCKS: Final = "INVNT"
_VALUE_ADDED: Final = ("VA", "VALU")
_TAXES: Final = re.compile(r"(?:[A-Z][A-Z0-9]{2}_)?(?:TLS|TAXSUB)")
_OUTPUT: Final = ("OUT", "OUTPUT", "TOTAL")
_PAIR: Final = re.compile(r"[A-Z][A-Z0-9]{2}_[A-Z0-9]\w*")
_PARTS: Final = {"MX": "MEX", "CN": "CHN"}


def read_icio(
    path: PathLike, *, period: str | None = None, stocks: Stocks = "apart", tolerance: float = TOLERANCE
) -> System:
    """Read an Inter-Country Input-Output table of the OECD.

    Parameters
    ----------
    path
        The CSV file, or the zip in which it is published; a zip is read in place.
    period
        The year; taken from the name of the file when left out. Says which file of a zip is meant.
    stocks
        ``"apart"`` keeps inventories (``INVNT``) apart from final purchases, summed over the countries that
        store; ``"final"`` leaves them a category of final demand.
    tolerance
        Largest gap between totals and sums that is accepted, relative to output.

    Returns
    -------
    System
        Current million USD, basic prices. Primary inputs are value added at basic prices and taxes less
        subsidies on products; both are accounts as well, taxes with those of final users. Output is ``OUT``
        as published; where sales differ, the rest is the discrepancy.

    Raises
    ------
    FileError
        When the file is missing, damaged, or no ICIO table, or a zip holds several and no period is given.
    LabelError
        When codes are missing, stand twice or are unknown.
    MissingDataError
        When cells hold no number; by their addresses.
    BalanceError
        When totals and sums differ by more than `tolerance`.
    MemoryLimitError
        When the table is larger than memory.

    Warns
    -----
    DataWarning
        When totals and sums differ by more than 1e-3; one warning, with the worst place.

    Examples
    --------
    >>> read_icio("2020_SML.csv")  # doctest: +SKIP
    """
    archive = open_file_or_zip(path)
    name = archive.only(icio_names(archive), period, "ICIO table")
    head, place = archive.head(name), archive.called(name)
    # The grid, and the copy that the table keeps.
    require_memory(2 * 8 * (head.count(",") + 1) ** 2, place)
    with archive.lines(name) as lines:
        grid = read_coded_csv(lines, place)
    layout = icio_layout(grid)
    flows = merge_regions(world_flows(grid, layout, tolerance), _parts(layout.regions))
    words = WorldWords(_source(name), UNIT, "USD", period or year_of(name))
    return world_system(flows, layout, words, stocks)


def is_icio_head(line: str) -> bool:
    """Tell whether a line is the heading of an ICIO table."""
    codes = headings(line)
    endings = {code.rpartition("_")[2] for code in codes}
    return {"HFCE", "GGFC", "GFCF", "INVNT"} <= endings and not endings.isdisjoint(_OUTPUT)


def icio_names(archive: Archive) -> list[str]:
    """Return the files of an archive that hold an ICIO table."""
    return archive.tables(is_icio_head)


def icio_layout(grid: Grid) -> WorldLayout:
    """Return which codes of a file mean what.

    Raises
    ------
    LabelError
        When the file has no row of value added, taxes or output.
    """
    taxes = tuple(row for row in grid.rows if _TAXES.fullmatch(row))
    named = {*taxes, *_VALUE_ADDED, *_OUTPUT}
    regions, sectors = full_pairs([row for row in grid.rows if row not in named and _PAIR.fullmatch(row)])
    parts = _parts(regions)
    users = dict.fromkeys(parts.get(region, region) for region in regions)
    found = {code.partition("_")[2] for code in grid.columns}
    added = _one(grid.rows, _VALUE_ADDED, grid.place)
    factors = {BASIC_VALUE_ADDED: (added,), PRODUCT_TAXES: taxes or (_one(grid.rows, ("TLS",), grid.place),)}
    return WorldLayout(
        regions=tuple(regions),
        sectors=tuple(sectors),
        users=tuple(users),
        demand=tuple(code for code in _DEMAND if code in found),
        stocks=_STOCKS,
        factors=factors,
        accounts=factors,
        row_total=_one(grid.columns, _OUTPUT, grid.place),
        column_total=_one(grid.rows, _OUTPUT, grid.place),
    )


def _one(codes: tuple[str, ...], spellings: tuple[str, ...], place: str) -> str:
    """Return the spelling that stands among the codes."""
    for spelling in spellings:
        if spelling in codes:
            return spelling
    raise LabelError(
        "An ICIO table has no row or column of totals, taxes or value added.",
        where=place,
        amount=f"looked for {', '.join(spellings)}",
        remedy="get the file anew; it was cut off or changed",
    )


def _parts(regions: tuple[str, ...] | list[str]) -> dict[str, str]:
    """Return the country of each part of Mexico and China."""
    return {region: _PARTS[region[:2]] for region in regions if region[:2] in _PARTS and region[2:].isdigit()}


def _source(name: str) -> str:
    """Return the words for the source; the edition stands in the names of older files."""
    edition = re.match(r"ICIO(20\d\d)_", PurePosixPath(name).name)
    return f"{SOURCE}, {edition[1]} edition" if edition else SOURCE
