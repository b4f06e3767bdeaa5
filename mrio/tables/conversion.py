"""Tables in another unit of the same money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mrio.errors import UnitsError
from mrio.schema import SYSTEM_DIMS
from mrio.units import conversion, parse_unit, same_unit

if TYPE_CHECKING:
    from mrio.tables.system import System

_NO_MONEY = ("x", "population")


def in_unit(system: System, unit: str) -> System:
    """Return a table with all money in another unit (see `System.in_unit`)."""
    factor = conversion(parse_unit(system.unit), parse_unit(unit))
    given = {name: getattr(system.arrays, name) for name in SYSTEM_DIMS if name not in _NO_MONEY}
    arrays: dict[str, Any] = {name: values * factor for name, values in given.items() if values is not None}
    record = system.provenance.with_step("converted", before=system.unit, after=unit, factor=factor)
    return system.replace(**arrays, unit=unit, provenance=record)


def require_numbers_of_units(system: System, changes: dict[str, Any]) -> None:
    """Refuse a change of a unit that leaves its numbers as they are.

    Raises
    ------
    UnitsError
        When the same numbers would mean another quantity.
    """
    for word, array in (("unit", "Z"), ("population_unit", "population")):
        before, after = getattr(system, word), changes.get(word)
        numbers = getattr(system.arrays, array)
        if after is None or array in changes or numbers is None:
            continue
        if not same_unit(parse_unit(before), parse_unit(after)):
            raise UnitsError(
                f"A new {word} alone would change what all numbers mean.",
                where=system.title,
                amount=f"{before!r} and {after!r}",
                remedy=f"convert the numbers with System.in_unit, or give {array} in the new unit, too",
            )
