"""Pairs of tables along a chain of periods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from mrio.errors import DataError, LabelError, choices
from mrio.tables.deflator import Deflator
from mrio.tables.system import System


def chain_pairs(
    systems: Mapping[str, System], order: Sequence[str] | None, deflator: Deflator | None
) -> Iterator[tuple[str, System, System]]:
    """Yield the name and the two tables of every step of a chain, and of the direct way last.

    Parameters
    ----------
    systems
        Tables by period.
    order
        Periods in the order of the chain; that of `systems` when left out.
    deflator
        Prices for a chain in which both tables of every step are in the prices of its first period.

    Raises
    ------
    LabelError, DataError
        When a period is unknown or stands twice in a row, or there are fewer than three.
    """
    names = periods_of(systems, order)
    for first, second in [*pairwise(names), (names[0], names[-1])]:
        a, b = systems[first], systems[second]
        if deflator is not None:
            a, b = a.deflate(deflator, first), b.deflate(deflator, first)
        yield f"{first} to {second}", a, b


def periods_of(systems: Mapping[str, System], order: Sequence[str] | None) -> list[str]:
    """Return the periods of a chain, checked."""
    names = [str(name) for name in (systems if order is None else order)]
    unknown = [name for name in names if name not in systems]
    if unknown:
        raise LabelError(
            f"There is no table {', '.join(map(repr, unknown))}.",
            remedy=choices(unknown[0], systems, "tables"),
        )
    if len(names) < 3 or len(set(names)) < len(names):
        raise DataError(
            "A chain needs three periods or more, each once.",
            amount=f"got {', '.join(map(repr, names))}",
            remedy="compare two tables with decompose or measure_transfer",
        )
    return names
