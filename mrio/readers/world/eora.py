"""EORA26: the folder or zip of a year.

Layout (tab-separated text without headings, current thousand USD)
------------------------------------------------------------------
- ``Eora26_2015_bp_T.txt``: flows between sectors, 4 915 rows and columns; ``_FD.txt``: final demand, 4 915 x
  1 140; ``_VA.txt``: six primary inputs; ``_Q.txt``: satellite accounts of sectors; ``_QY.txt``: those of
  final users. ``bp`` are basic prices, ``pp`` purchasers' prices.
- ``labels_T.txt``: country, code, kind, sector of each row and column of T, 189 countries x 26 sectors and,
  last, ``ROW`` with the one sector ``TOTAL``; ``labels_FD.txt``: country, code, kind, category, 190 x 6;
  ``labels_VA.txt``: kind, primary input; ``labels_Q.txt``: group with its unit in parentheses, item. Lines
  may end with a tab. Labels stand beside the numbers, or in ``indices.zip`` beside the zip.

``ROW`` holds the statistical discrepancies of the source. What is sold to it is part of the discrepancy
column; what is bought from it is one row of imports, because it is no value added; what stands in ``ROW``
itself is left out, and the record of steps says how much that is.

Eora is not balanced as published. Output is what a sector pays: inputs, purchases from ``ROW`` and primary
inputs (or what it sells, where it pays nothing). What output exceeds sales goes to the discrepancy column. So
the columns balance, no gap is counted as value added, and `System.check` reports the size of the discrepancy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mrio.errors import FileError, LabelError
from mrio.files import PathLike, require_memory
from mrio.provenance import CellGroup, Provenance
from mrio.readers.gaps import Sums, require_small_gaps
from mrio.readers.raw.archive import Archive, open_archive, year_of
from mrio.readers.raw.frames import grid
from mrio.readers.raw.text import read_matrix
from mrio.readers.raw.workbook import Floats
from mrio.readers.world.world import Stocks, final_use
from mrio.tables import Account, System

SOURCE: Final = "Eora26 (Lenzen et al. 2012, doi:10.1021/es300171x; 2013, doi:10.1080/09535314.2013.769938)"
UNIT: Final = "thousand USD"

_FLOWS: Final = re.compile(r"Eora26_(?:19|20)\d\d_(bp|pp)_T\.txt")
_VALUATION: Final = {"bp": "basic prices", "pp": "purchaser prices"}
_DISCREPANCIES: Final = "ROW"
_STOCKS: Final = "Changes in inventories"
_INDICES: Final = "indices.zip"


@dataclass(frozen=True, eq=False)
class EoraLabels:
    """Labels of a folder, without those of the statistical discrepancies.

    Attributes
    ----------
    regions, sectors, demand, factors
        Codes of countries; names of sectors, categories and primary inputs.
    sellers, users
        Which rows of T, and which columns of FD, belong to countries; the others to discrepancies.
    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    demand: tuple[str, ...]
    factors: tuple[str, ...]
    sellers: NDArray[np.bool_]
    users: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class EoraFlows:
    """Flows of countries, n = R N, and their dealings with the statistical discrepancies (``ROW``).

    Attributes
    ----------
    Z, Y, V
        (n, n), (n, R, K) and (M, n).
    sold, bought, bought_final
        (n,) sold to discrepancies; (n,) and (R, K) bought from them.
    within
        What stands in the rows and columns of discrepancies themselves.
    """

    Z: Floats
    Y: Floats
    V: Floats
    sold: Floats
    bought: Floats
    bought_final: Floats
    within: float


def read_eora(
    path: PathLike,
    *,
    period: str | None = None,
    price: Literal["bp", "pp"] | None = None,
    accounts: tuple[str, ...] | None = None,
    stocks: Stocks = "apart",
) -> System:
    """Read a table of EORA26.

    Parameters
    ----------
    path
        The folder, or the zip as it is published; a zip is read in place.
    period, price
        Which table is meant where there are several: the year, and ``"bp"`` or ``"pp"``.
    accounts
        Rows of the satellite accounts to read, named ``"group | item"`` without the unit; all when left out,
        which are more than two thousand.
    stocks
        ``"apart"`` keeps changes in inventories apart from final purchases, summed over the countries that
        store; ``"final"`` leaves them a category of final demand.

    Returns
    -------
    System
        Current thousand USD; countries by their codes. Rows of ``Q`` are accounts, with the flows of final
        users where ``QY`` is there.

    Raises
    ------
    FileError
        When a file is missing, damaged or of the wrong size, or the table meant is not clear.
    LabelError
        When countries do not have the same sectors or categories in one order.
    MissingDataError
        When cells hold no number; by their addresses.
    MemoryLimitError
        When the table is larger than memory.

    Warns
    -----
    DataWarning
        When sales and inputs of sectors differ by more than 1e-3 of output; one warning with the worst place.

    Examples
    --------
    >>> read_eora("Eora26_2015_bp.zip", accounts=())  # doctest: +SKIP
    """
    archive = open_archive(path)
    name = archive.only(
        [name for name in eora_names(archive) if price in (None, _price(name))], period, "Eora26 table"
    )
    files = EoraFiles(archive, name.removesuffix("T.txt"))
    labels = eora_labels(files)
    flows = _flows(files, labels)
    sums = _sums(flows, labels, archive.called(name))
    require_small_gaps(sums, np.inf)
    year = period or year_of(name) or "not stated"
    final = final_use(flows.Y, labels.demand, _stocks(labels.demand), stocks)
    return System.from_arrays(
        regions=labels.regions,
        sectors=labels.sectors,
        factors=labels.factors,
        Z=flows.Z,
        Y=final.Y,
        demand=final.demand,
        stock_change=final.stock_change,
        V=flows.V,
        accounts=_accounts(files, labels, accounts),
        unit=UNIT,
        price_basis=f"current {year} USD, {_VALUATION[_price(name)]}",
        period=year,
        provenance=_provenance(flows, sums),
        **_outside(flows, sums, final.columns, has_row=not labels.sellers.all()),
    )


def eora_names(archive: Archive) -> list[str]:
    """Return the files of an archive that hold flows of Eora26."""
    return [name for name in archive.names if _FLOWS.fullmatch(PurePosixPath(name).name)]


# -- files and labels ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EoraFiles:
    """Files of one table: `prefix` is the folder and the name up to the kind, ``"Eora26_2015_bp_"``."""

    archive: Archive
    prefix: str

    def matrix(self, kind: str, shape: tuple[int, int]) -> Floats:
        """Read the numbers of a kind."""
        name = f"{self.prefix}{kind}.txt"
        self._require(self.archive, name)
        with self.archive.lines(name) as lines:
            return read_matrix(lines, shape, self.archive.called(name))

    def has(self, kind: str) -> bool:
        """Tell whether there is a file of a kind."""
        return f"{self.prefix}{kind}.txt" in self.archive.names

    def labels(self, kind: str, columns: int) -> list[tuple[str, ...]]:
        """Read the first columns of a file of labels."""
        archive, name = self._home(f"labels_{kind}.txt")
        with archive.lines(name, errors="replace") as lines:
            rows = [
                tuple(cell.strip() for cell in line.rstrip("\r\n").split("\t"))
                for line in lines
                if line.strip()
            ]
        short = next((k for k, row in enumerate(rows) if len(row) < columns or not all(row[:columns])), None)
        if short is not None:
            raise LabelError(
                "A line of labels is not whole.",
                where=f"{archive.called(name)}, line {short + 1}",
                amount=f"{rows[short]!r}, {columns} columns expected",
                remedy="get the file anew; it was cut off or changed",
            )
        return [row[:columns] for row in rows]

    def _home(self, name: str) -> tuple[Archive, str]:
        """Return where a file of labels stands: beside the numbers, or in ``indices.zip``."""
        beside = str(PurePosixPath(self.prefix).parent / name) if "/" in self.prefix else name
        if beside in self.archive.names:
            return self.archive, beside
        folder = Path(self.archive.place)
        indices = (folder.parent if self.archive.zipped else folder) / _INDICES
        if indices.is_file():
            other = open_archive(indices)
            found = [own for own in other.names if PurePosixPath(own).name == name]
            if found:
                return other, found[0]
        self._require(self.archive, beside)
        raise AssertionError(name)

    @staticmethod
    def _require(archive: Archive, name: str) -> None:
        if name not in archive.names:
            raise FileError(
                "A file of an Eora26 table is missing.",
                where=archive.place,
                amount=name,
                remedy="get the folder or zip anew; labels may also stand in indices.zip beside it",
            )


def eora_labels(files: EoraFiles) -> EoraLabels:
    """Read and check the labels of a table.

    Raises
    ------
    LabelError
        When countries do not have the same sectors or categories in one order.
    """
    sellers, users = ([row[1::2] for row in files.labels(kind, 4)] for kind in ("T", "FD"))
    factors = [row[1] for row in files.labels("VA", 2)]
    countries = [region for region, _ in sellers]
    # Discrepancies have one sector only; a ROW like the other countries is one of them.
    odd = countries.count(_DISCREPANCIES) < max(map(countries.count, dict.fromkeys(countries)), default=0)
    own, final = (
        np.array([not odd or region != _DISCREPANCIES for region, _ in pairs], dtype=bool)
        for pairs in (sellers, users)
    )
    regions, sectors = grid(_index(sellers, own), "rows of labels_T.txt")
    buyers, demand = grid(_index(users, final), "rows of labels_FD.txt")
    if buyers != regions:
        raise LabelError(
            "Final demand and production name other countries.",
            where="labels_T.txt and labels_FD.txt",
            amount=f"{len(regions)} and {len(buyers)} countries",
            remedy="get the folder or zip anew; its parts do not belong together",
        )
    return EoraLabels(tuple(regions), tuple(sectors), tuple(demand), tuple(factors), own, final)


def _index(pairs: list[tuple[str, ...]], own: NDArray[np.bool_]) -> pd.Index[Any]:
    return pd.MultiIndex.from_tuples(
        [pair for pair, mine in zip(pairs, own, strict=True) if mine], names=["r", "s"]
    )


def _stocks(demand: tuple[str, ...]) -> str:
    return next((name for name in demand if name.startswith(_STOCKS)), "")


def _price(name: str) -> str:
    match = _FLOWS.fullmatch(PurePosixPath(name).name)
    return match[1] if match else ""


# -- numbers ------------------------------------------------------------------------------------------------


def _flows(files: EoraFiles, labels: EoraLabels) -> EoraFlows:
    """Read flows, final demand and primary inputs."""
    n, columns = len(labels.sellers), len(labels.users)
    # The flows, and the copy that the table keeps.
    require_memory(2 * 8 * n * (n + columns), files.archive.place)
    own, users, R = labels.sellers, labels.users, len(labels.regions)
    T, FD = files.matrix("T", (n, n)), files.matrix("FD", (n, columns))
    VA = files.matrix("VA", (len(labels.factors), n))
    return EoraFlows(
        Z=_own(_own(T, own).T, own).T,
        Y=FD[np.ix_(own, users)].reshape(int(own.sum()), R, -1),
        V=VA[:, own],
        sold=T[np.ix_(own, ~own)].sum(axis=1) + FD[np.ix_(own, ~users)].sum(axis=1),
        bought=T[np.ix_(~own, own)].sum(axis=0),
        bought_final=FD[np.ix_(~own, users)].sum(axis=0).reshape(R, -1),
        within=float(T[np.ix_(~own, ~own)].sum() + FD[np.ix_(~own, ~users)].sum() + VA[:, ~own].sum()),
    )


def _sums(flows: EoraFlows, labels: EoraLabels, place: str) -> Sums:
    """Return what each sector sells and pays."""
    return Sums(
        sales=flows.Z.sum(axis=1) + flows.Y.sum(axis=(1, 2)) + flows.sold,
        costs=flows.Z.sum(axis=0) + flows.bought + flows.V.sum(axis=0),
        names=tuple(f"{region} | {sector}" for region in labels.regions for sector in labels.sectors),
        place=place,
    )


def _outside(flows: EoraFlows, sums: Sums, columns: tuple[int, ...], *, has_row: bool) -> dict[str, Any]:
    """Return imports from discrepancies, and the discrepancy column; nothing where there are none."""
    gap = sums.discrepancy
    if not has_row:
        return {"discrepancy": gap}
    R = len(flows.bought_final)
    return {
        "imports_row_Z": flows.bought.reshape(R, -1),
        "imports_row_Y": flows.bought_final[:, columns],
        "discrepancy": flows.sold if gap is None else flows.sold + gap,
    }


def _own(values: Floats, own: NDArray[np.bool_]) -> Floats:
    """Return the rows of countries; a view where discrepancies come last, as they do."""
    count = int(own.sum())
    return values[:count] if own[:count].all() else values[own]


def _accounts(files: EoraFiles, labels: EoraLabels, asked: tuple[str, ...] | None) -> dict[str, Account]:
    """Return the satellite accounts; names that stand twice are numbered."""
    if asked == () or not files.has("Q"):
        return {}
    named = _account_names(files.labels("Q", 2))
    Q = _own(files.matrix("Q", (len(named), len(labels.sellers))).T, labels.sellers).T
    direct = None
    if files.has("QY"):
        QY = files.matrix("QY", (len(named), len(labels.users)))[:, labels.users]
        direct = QY.reshape(len(named), len(labels.regions), -1).sum(axis=2)
    missing = sorted(set(asked or ()) - {name for name, _ in named})
    if missing:
        raise LabelError(
            "The table has no such accounts.",
            where=files.archive.place,
            amount=", ".join(map(repr, missing[:6])),
            remedy='name them "group | item" as in labels_Q.txt, without the unit in parentheses',
        )
    return {
        name: Account(Q[k], unit, None if direct is None else direct[k])
        for k, (name, unit) in enumerate(named)
        if asked is None or name in asked
    }


def _account_names(labels: list[tuple[str, ...]]) -> list[tuple[str, str]]:
    """Return name and unit of each account; the unit stands in parentheses after the group."""
    result: list[tuple[str, str]] = []
    seen: dict[str, int] = {}
    for group, item in labels:
        found = re.fullmatch(r"(.*?)\s*\(([^()]+)\)\s*", group)
        text = f"{found[1] if found else group} | {item}".replace("/", "-")
        seen[text] = seen.get(text, 0) + 1
        name = text if seen[text] == 1 else f"{text} ({seen[text]})"
        result.append((name, found[2] if found else "unit not stated"))
    return result


def _provenance(flows: EoraFlows, sums: Sums) -> Provenance:
    """Say what is published, what is left over and what was left out."""
    total = max(float(np.abs(sums.output).sum()), np.finfo(float).tiny)
    gap = 0.0 if sums.discrepancy is None else float(np.abs(sums.discrepancy).sum())
    sold = float(np.abs(flows.sold).sum())
    note = f"sold to ROW, {sold / total:.2g} of output, and output less sales, {gap / total:.2g}"
    groups = {
        "Z, Y, V": CellGroup("estimated", SOURCE, "as published; most cells are estimates of the publisher"),
        "x": CellGroup("derived", SOURCE, "sum of inputs, purchases from ROW and primary inputs"),
        "discrepancy": CellGroup("derived", SOURCE, note),
        "imports": CellGroup("fact", SOURCE, "bought from ROW, which holds the discrepancies of the source"),
    }
    return Provenance(SOURCE, groups=groups).with_step(
        "statistical discrepancies (ROW) taken out of countries",
        sold_to_them=float(flows.sold.sum()),
        bought_from_them=float(flows.bought.sum() + flows.bought_final.sum()),
        left_out_within=flows.within,
    )
