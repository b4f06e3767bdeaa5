"""Hard rules of a table: what a `System` must satisfy to exist (conventions 3, 4, 6 and the row balance)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from mrio.errors import BalanceError, DataError, MissingDataError, MrioError, PriceBasisError, UnitsError
from mrio.schema import SYSTEM_DIMS, VALUE_ADDED
from mrio.tables.account import Account
from mrio.tables.arrays import Array, Arrays, cells_table, describe_cells, unit_problem
from mrio.tables.labels import Labels
from mrio.texts import trimmed, unwritable
from mrio.units import parse_price_basis, parse_unit, same_basis

ROW_TOLERANCE = 1e-6
"""Output as given may differ from the row sum by this share; beyond it the table is refused."""

NOTICEABLE = 1e-3
"""Share of the largest output from which a gap between rows and columns is looked into."""

SMALLEST, LARGEST = 1e-150, 1e150
"""Largest outputs between which numbers are computed with."""

NEGLIGIBLE = 1e-12
"""Share of the mean output below which a number counts as rounding of zero."""


_DIMS = {dim for dims in SYSTEM_DIMS.values() for dim in dims}
_SPARSE_PARTS = {"Z_data", "Z_indices", "Z_indptr", "Z_entry", "Z_row"}
_CODES = {f"{dim}_{part}" for dim in _DIMS for part in ("code", "name_zh", "gbt4754", "isic")}
RESERVED = {VALUE_ADDED, *SYSTEM_DIMS, *_DIMS, *_SPARSE_PARTS, *_CODES, "effect"}
"""Names of arrays, dims and codes, which stand beside the accounts in files and results."""

_NO_NAME = set("/\n\r\t")
"""Signs that no name of a variable in a file may hold."""

SUFFIXES = ("_direct", "_total", "_all", "_total_all", "_spread", "_spread_all")
"""What files and results append to the name of an account."""


@dataclass(frozen=True)
class Words:
    """Unit and price basis of the flows, and unit of the population, as they were given."""

    unit: str
    price_basis: str
    population_unit: str


def import_kind(arrays: Mapping[str, object]) -> str:
    """Return how imports are known: ``"product"``, ``"row"`` or ``"none"``.

    Raises
    ------
    MissingDataError, DataError
        When one of a pair is missing, or both kinds are given.
    """
    given = {name for name in _IMPORTS if arrays.get(name) is not None}
    if not given:
        return "none"
    if given == {"imports_Z", "imports_Y"}:
        return "product"
    if given == {"imports_row_Z", "imports_row_Y"}:
        return "row"
    if {"imports_Z", "imports_Y"} & given and {"imports_row_Z", "imports_row_Y"} & given:
        raise DataError(
            "Imports are given both by product and as one row.",
            where=", ".join(sorted(given)),
            remedy="give imports_Z and imports_Y, or imports_row_Z and imports_row_Y; they would count twice",
        )
    raise MissingDataError(
        "Imports are given for one kind of user only.",
        where=", ".join(sorted(given)),
        remedy="give the arrays for intermediate and for final users; zeros where there are none",
    )


_IMPORTS = ("imports_Z", "imports_Y", "imports_row_Z", "imports_row_Y")


def output(given: Array | None, row_sums: Array, labels: Labels) -> tuple[Array, float]:
    """Return gross output as the row sums, and how far the output given is from them.

    The row sums are kept so that ``x = A x + y`` holds to rounding; output as given only has to agree.

    Parameters
    ----------
    given, row_sums
        (R, N); `given` may be None.

    Raises
    ------
    BalanceError
        When they differ by more than `ROW_TOLERANCE` of the larger of the two (with a floor of
        `NEGLIGIBLE` times the mean output).
    """
    if given is None:
        return row_sums, 0.0
    scale = np.maximum(np.abs(given), np.abs(row_sums))
    floor = max(float(scale.mean()) * NEGLIGIBLE, np.finfo(float).tiny)
    gap = np.abs(given - row_sums) / np.maximum(scale, floor)
    gap[np.abs(given - row_sums) <= floor] = 0.0
    if (gap > ROW_TOLERANCE).any():
        table = cells_table(gap, gap > ROW_TOLERANCE, ("region", "sector"), labels)
        table = table.rename(columns={"value": "relative_difference"})
        raise BalanceError(
            "Rows do not add up to the gross output that was given.",
            where=describe_cells(table),
            amount=f"largest relative difference {gap.max():.3g}, tolerance {ROW_TOLERANCE:g}",
            remedy="put the difference into discrepancy=, mend the row, or leave x out to take the row sums",
            table=table,
        )
    return row_sums, float(gap.max(initial=0.0))


def require_size(sums: Array) -> None:
    """Raise where row sums (R, N) are too large or too small for their products and quotients to exist.

    Raises
    ------
    DataError
        When the largest one overflows, is above 1e150, or below 1e-150 and not zero.
    """
    largest = float(np.abs(sums).max(initial=0.0))
    if not (largest == 0.0 or SMALLEST <= largest <= LARGEST):
        raise DataError(
            "Output is too large or too small to be computed with.",
            amount=f"largest row sum {largest:g}, limits {SMALLEST:g} and {LARGEST:g}",
            remedy="look for a cell that was misread, or choose another unit",
        )


def transposition_problems(arrays: Arrays) -> list[MrioError]:
    """List the error of a Z that stands transposed: the table balances when it is turned, and only then.

    Other gaps between rows and columns are left to the checks of the table; published tables have some.
    """
    pays = arrays.imports_by_user + arrays.V.sum(axis=0)
    demand = arrays.final_demand
    bought = np.asarray(arrays.Z.sum(axis=0)).reshape(pays.shape)
    scale = max(float(np.abs(arrays.x).max()), np.finfo(float).tiny)
    gap = float(np.abs(arrays.x - bought - pays).max()) / scale
    # Turned, the rows sell what the columns bought, and the columns buy x - demand.
    turned = float(np.abs((bought + demand) - (arrays.x - demand + pays)).max()) / scale
    if gap <= NOTICEABLE or turned > ROW_TOLERANCE:
        return []
    return [
        BalanceError(
            "Z stands transposed: with rows and columns exchanged the table balances.",
            amount=f"gaps up to {gap:.2g} of the largest output as it is, {turned:.2g} when it is turned",
            remedy="give Z with sellers in rows and buyers in columns: Z.T",
        )
    ]


def zero_output_problems(arrays: Arrays, accounts: Mapping[str, Account], labels: Labels) -> list[MrioError]:
    """List what a sector without output still buys, sells, pays or emits (convention 4).

    ``A = Z / x`` and ``f = c / x`` do not exist there, so all must be zero.
    """
    shape = arrays.x.shape
    scale = float(np.abs(arrays.x).mean())
    zero = np.abs(arrays.x) <= scale * NEGLIGIBLE
    if not zero.any():
        return []
    magnitude = abs(arrays.Z)
    sold = np.asarray(magnitude.sum(axis=1)).reshape(shape) + np.abs(arrays.Y).sum(axis=(2, 3))
    for part in (arrays.exports, arrays.stock_change, arrays.discrepancy):
        sold = sold + (0.0 if part is None else np.abs(part))
    bought = np.asarray(magnitude.sum(axis=0)).reshape(shape) + np.abs(arrays.V).sum(axis=0)
    bought = bought + np.abs(arrays.imports_by_user)
    found = [("sells", sold), ("buys or pays", bought)]
    floor = max(scale * NEGLIGIBLE, 0.0)
    problems: list[MrioError] = [
        _zero_output(verb, values, zero & (values > floor), labels) for verb, values in found
    ]
    for name, account in accounts.items():
        emits = zero & (np.abs(account.values) > NEGLIGIBLE * max(np.abs(account.values).mean(), 1e-300))
        problems.append(_zero_output(f"has flows of account {name!r}", account.values, emits, labels))
    return [problem for problem in problems if problem.table is not None and len(problem.table)]


def _zero_output(verb: str, values: Array, mask: NDArray[np.bool_], labels: Labels) -> DataError:
    table: pd.DataFrame = cells_table(values, mask, ("region", "sector"), labels)
    return DataError(
        f"A sector with zero output {verb}: coefficients do not exist there.",
        where=describe_cells(table),
        amount=f"{len(table)} sectors",
        remedy="give the sector output, or set its row, column and accounts to zero",
        table=table,
    )


def word_problems(given: Mapping[str, object], words: Words) -> list[MrioError]:
    """List labelled arrays that say they are in another unit or other prices than the table."""
    problems: list[MrioError | None] = []
    for name, value in given.items():
        problems.append(
            unit_problem(name, value, words.population_unit if name == "population" else words.unit)
        )
        own = value.attrs.get("price_basis") if isinstance(value, xr.DataArray) else None
        if own is not None and not same_basis(str(own), words.price_basis):
            problems.append(
                PriceBasisError(
                    f"{name} says it is in other prices than the table.",
                    amount=f"{own!r} and {words.price_basis!r}",
                    remedy="deflate it, or drop its attribute 'price_basis' where it is wrong",
                )
            )
    return [problem for problem in problems if problem is not None]


def metadata_problems(
    words: Words, accounts: Mapping[str, Account], population: Array | None
) -> list[MrioError]:
    """List what is wrong with units, price basis, account names and population."""
    problems: list[MrioError] = []
    money, basis = parse_unit(words.unit), parse_price_basis(words.price_basis)
    if population is not None:
        parse_unit(words.population_unit)
    if money.kind != "money":
        problems.append(
            UnitsError(
                f"The unit of the table is no money: {words.unit!r}.",
                remedy='give for example unit="1e8 CNY" (亿元) or "1e4 CNY" (万元); '
                "physical tables are not supported",
            )
        )
    elif money.base != basis.currency:
        problems.append(
            PriceBasisError(
                "Unit and price basis name two currencies.",
                amount=f"{words.unit!r} and {words.price_basis!r}",
                remedy="convert the table, or correct one of the two texts",
            )
        )
    problems += _account_name_problems(accounts)
    if population is not None and (population <= 0).any():
        problems.append(
            DataError(
                "Population must be positive.",
                amount=f"smallest {population.min():g}",
                remedy="leave population out where it is not known",
            )
        )
    return problems


def _account_name_problems(accounts: Mapping[str, Account]) -> list[MrioError]:
    """List names that would be taken for something else, or could not be written to a file."""
    derived = {f"{name}{suffix}" for name in (VALUE_ADDED, *accounts) for suffix in SUFFIXES}
    bad = [name for name in accounts if name in RESERVED | derived or not _is_name(name)]
    return [
        DataError(
            f"An account cannot be called {name!r}.",
            where=f"accounts {', '.join(map(repr, accounts))}",
            remedy="choose a text without '/' that names no array, no dim and no part of another account"
            if name != VALUE_ADDED
            else "value added is the sum of V and exists always; choose another name",
        )
        for name in bad
    ]


def _is_name(name: object) -> bool:
    """Tell whether a text can be the name of a variable in every file."""
    return (
        isinstance(name, str)
        and bool(name)
        and name == trimmed(name)
        and not _NO_NAME & set(name)
        and not unwritable(name)
    )
