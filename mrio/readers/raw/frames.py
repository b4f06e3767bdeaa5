"""Labelled frames as pymrio, EXIOBASE and their kin hold them, turned into a `System`.

All of them have a square Z with index levels region and sector, a Y with column levels region and category,
and extensions: rows of flows ``F`` by producer and ``F_Y`` by final user, each with its unit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from mrio.errors import LabelError, MissingDataError, UnitsError, raise_together
from mrio.provenance import CellGroup, Provenance
from mrio.readers.gaps import notice_gaps
from mrio.readers.raw.workbook import Floats
from mrio.tables import Account, System
from mrio.units import parse_unit

RESIDUAL: Final = "residual"
"""Asks for primary inputs as what output leaves after all inputs."""

_FACTOR_NAMES = ("factor_inputs", "value_added", "primary_inputs", "factorinputs")
_UNIT_WORDS = {
    "m": "million",
    "mill": "million",
    "mio": "million",
    "mln": "million",
    "bill": "billion",
    "bln": "billion",
}


@dataclass(frozen=True, eq=False)
class Extension:
    """Rows of flows: F (rows, n), F_Y (rows, R K) or None, and the unit of each row."""

    F: pd.DataFrame
    unit: tuple[str, ...]
    F_Y: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False)
class Frames:
    """A table as labelled frames; `Z` may be a plain (n, n) array where `pairs` gives its labels."""

    pairs: pd.Index[Any]
    Z: Floats
    Y: pd.DataFrame
    unit: str
    extensions: Mapping[str, Extension] = field(default_factory=dict)
    x: Floats | None = None
    population: Floats | None = None


@dataclass(frozen=True)
class Words:
    """What frames do not say of themselves: prices, period, source, and where primary inputs stand."""

    price_basis: str
    period: str
    provenance: Provenance
    factors: str | None = None
    scenario: str = "baseline"
    population_unit: str = "person"


def grid(pairs: pd.Index[Any], what: str) -> tuple[list[str], list[str]]:
    """Return outer and inner labels of pairs that must be a full grid, outer labels outside.

    Raises
    ------
    LabelError
        When they are no pairs, or a region lacks a sector or has them in another order.
    """
    if pairs.nlevels != 2:
        raise LabelError(
            f"The {what} have {pairs.nlevels} levels of labels.",
            remedy="give two levels: the region, and the sector or category",
        )
    outer, inner = (list(dict.fromkeys(map(str, pairs.get_level_values(level)))) for level in (0, 1))
    wanted = [(a, b) for a in outer for b in inner]
    found = [(str(a), str(b)) for a, b in pairs]
    if found != wanted:
        wrong = next((k for k, (a, b) in enumerate(zip(found, wanted, strict=False)) if a != b), len(wanted))
        raise LabelError(
            f"The {what} are not every region with every sector or category, in one order.",
            where=f"position {wrong}: {found[wrong] if wrong < len(found) else 'nothing'}",
            amount=f"{len(found)} labels; {len(outer)} x {len(inner)} make {len(wanted)}",
            remedy="bring the table to one classification for all regions",
        )
    return outer, inner


def system_from_frames(frames: Frames, words: Words, **arrays: Any) -> System:
    """Return the `System` of labelled frames.

    Parameters
    ----------
    frames
        The numbers.
    words
        The words.
    **arrays
        More arrays of `System.from_arrays`, or other ones.

    Raises
    ------
    DataError
        When labels differ between frames, primary inputs are not found, or `System.from_arrays` refuses.

    Warns
    -----
    DataWarning
        When rows or columns miss output by more than 1e-3 (see `mrio.readers.gaps`).
    """
    regions, sectors = grid(frames.pairs, "rows of Z")
    _, demand = grid(frames.Y.columns, "columns of Y")
    raise_together(label_problems(frames, regions))
    chosen = factor_extension(frames, words.factors)
    given: dict[str, Any] = {
        "Z": frames.Z,
        "Y": frames.Y.to_numpy(dtype=np.float64),
        "x": frames.x,
        "accounts": _accounts(frames, chosen),
        "demand": demand,
        "population": frames.population,
        **_factors(frames, chosen),
    }
    provenance = words.provenance
    if chosen is None:
        group = CellGroup("derived", provenance.source, "what output leaves after all inputs of the table")
        provenance = Provenance(
            provenance.source, provenance.steps, {**provenance.groups, "V": group}, provenance.headline
        )
    system = System.from_arrays(
        regions=regions,
        sectors=sectors,
        unit=frames.unit,
        price_basis=words.price_basis,
        period=words.period,
        scenario=words.scenario,
        population_unit=words.population_unit,
        provenance=provenance,
        **{**given, **arrays},
    )
    return notice_gaps(system)


def money_unit(texts: pd.Series[str] | list[str]) -> str:
    """Return the one unit of a table, in words that `mrio.units` reads: ``"Mill USD"``, ``"million USD"``.

    Raises
    ------
    UnitsError
        When there is none, or more than one.

    Examples
    --------
    >>> money_unit(["Mill USD", "Mill USD"]), money_unit(["M.EUR"])
    ('million USD', 'M.EUR')
    """
    found = list(dict.fromkeys(map(str, texts)))
    if len(found) != 1 or not found[0].strip():
        raise UnitsError(
            "A table must have one unit.",
            amount=f"units {', '.join(map(repr, found[:6]))}" if found else "no unit",
            remedy="convert all rows to one money unit; physical and hybrid tables are not supported",
        )
    first, *rest = found[0].split()
    return " ".join([_UNIT_WORDS.get(first.rstrip(".").lower(), first), *rest])


def factor_extension(frames: Frames, asked: str | None) -> str | None:
    """Return the extension that holds primary inputs, or None for the residual.

    Raises
    ------
    MissingDataError
        When there is none under the name asked, or none of the usual names.
    """
    if asked == RESIDUAL:
        return None
    names = (asked,) if asked is not None else _FACTOR_NAMES
    for name in names:
        if name in frames.extensions:
            return name
    raise MissingDataError(
        "The table has no primary inputs.",
        where=f"extensions {', '.join(map(repr, frames.extensions)) or 'none'}",
        amount=f"looked for {', '.join(map(repr, names))}",
        remedy=f'name their extension with factors="...", or take output less inputs: factors="{RESIDUAL}"',
    )


def label_problems(frames: Frames, regions: list[str]) -> list[LabelError]:
    """Return an error for each frame whose labels are not those of Z and Y."""
    wanted: dict[str, tuple[pd.Index[Any], pd.Index[Any]]] = {"Y": (frames.Y.index, frames.pairs)}
    for name, extension in frames.extensions.items():
        wanted[f"F of {name}"] = (extension.F.columns, frames.pairs)
        if extension.F_Y is not None:
            wanted[f"F_Y of {name}"] = (extension.F_Y.columns, frames.Y.columns)
            wanted[f"rows of F_Y of {name}"] = (extension.F_Y.index, extension.F.index)
    problems = [
        LabelError(
            f"The labels of {name} are not those of the table.",
            amount=f"{len(got)} labels, {len(expected)} expected",
            remedy="bring all parts to the order of Z and Y",
        )
        for name, (got, expected) in wanted.items()
        if list(got) != list(expected)
    ]
    users = list(dict.fromkeys(map(str, frames.Y.columns.get_level_values(0))))
    if users != regions:
        odd = [name for name in users if name not in regions]
        problems.append(
            LabelError(
                "The regions of final demand are not those of production.",
                where=", ".join(map(repr, odd[:6])),
                remedy="give the same regions in the same order",
            )
        )
    return problems


def _is_money(unit: str, table: str) -> bool:
    """Tell whether a row is in money of the table."""
    own, other = parse_unit(table), parse_unit(money_unit([unit]))
    return other.kind == "money" and (other.base, other.scale) == (own.base, own.scale)


def _factors(frames: Frames, chosen: str | None) -> dict[str, Any]:
    """Return V and the names of its rows."""
    if chosen is None:
        Z = frames.Z
        x = Z.sum(axis=1) + frames.Y.to_numpy(dtype=np.float64).sum(axis=1) if frames.x is None else frames.x
        return {"V": (x - Z.sum(axis=0))[np.newaxis], "factors": ["value added, residual"]}
    extension = frames.extensions[chosen]
    money = [_is_money(unit, frames.unit) for unit in extension.unit]
    if not any(money):
        raise UnitsError(
            f"No row of {chosen!r} is in the money unit of the table.",
            amount=f"{frames.unit!r} and {', '.join(map(repr, dict.fromkeys(extension.unit)))}",
            remedy="convert the primary inputs to the unit of the flows",
        )
    V = extension.F.to_numpy(dtype=np.float64)[money]
    return {"V": V, "factors": [name for name, own in zip(row_names(extension), money, strict=True) if own]}


def row_names(extension: Extension) -> list[str]:
    """Return one text for each row; levels are joined by a bar, and ``/`` may not stand in names of files."""
    index = extension.F.index
    texts = [" | ".join(map(str, row)) for row in index] if index.nlevels > 1 else map(str, index)
    return [re.sub(r"\s*/\s*", "-", text).strip() for text in texts]


def _accounts(frames: Frames, chosen: str | None) -> dict[str, Account]:
    """Return all rows of extensions that are no primary inputs; those that stand twice name it."""
    rows = [
        (name, label, k)
        for name, extension in frames.extensions.items()
        for k, label in enumerate(row_names(extension))
        if name != chosen or not _is_money(extension.unit[k], frames.unit)
    ]
    labels = [label for _, label, _ in rows]
    doubled = {label for label in labels if labels.count(label) > 1} if len(set(labels)) < len(labels) else ()
    plain = {name: _plain(extension, frames) for name, extension in frames.extensions.items()}
    return {
        f"{name}: {label}" if label in doubled else label: Account(
            plain[name][0][k],
            frames.extensions[name].unit[k],
            None if plain[name][1] is None else plain[name][1][k],
        )
        for name, label, k in rows
    }


def _plain(extension: Extension, frames: Frames) -> tuple[Floats, Any]:
    """Return F (rows, n), and F_Y summed over categories (rows, R) or None."""
    F = extension.F.to_numpy(dtype=np.float64)
    if extension.F_Y is None:
        return F, None
    F_Y = extension.F_Y.to_numpy(dtype=np.float64)
    R = frames.Y.columns.get_level_values(0).nunique()
    return F, F_Y.reshape(len(F), R, F_Y.shape[1] // R).sum(axis=2)
