"""Which arrays of a table are facts and which are estimates, as far as its provenance says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mrio.tables.system import System

_ORDER: Final = ("fact", "derived", "estimated")
_EVERYTHING: Final = ("all", "everything")


@dataclass(frozen=True)
class ArrayStatus:
    """Status of an array: the weakest of the groups of cells that name it.

    Attributes
    ----------
    word
        ``"fact"``, ``"derived"``, ``"estimated"`` or ``"not stated"``.
    counts_as_estimated
        Estimated, not stated in a table that is estimated as a whole, or part of a scenario.
    """

    word: str
    counts_as_estimated: bool


def status_of(system: System, array: str) -> ArrayStatus:
    """Return the status of an array or account of a table.

    Parameters
    ----------
    system
        The table; a group of its provenance speaks of an array when it names it (``"x of coal mining"``,
        ``"Y + imports_Y by product"``), or of all of them (``"all"``).
    array
        A symbol of the schema, the name of an account, or ``<account>_direct``.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("bth")["2017"]
    >>> status_of(table, "population").word, status_of(table, "Z").word
    ('fact', 'estimated')
    """
    names = {array, array.removesuffix("_direct")}
    found = [
        group.status
        for key, group in system.provenance.groups.items()
        if names & set(re.findall(r"\w+", key)) or key in _EVERYTHING or key in names
    ]
    word = max(found, key=_ORDER.index) if found else "not stated"
    estimated = word == "estimated" or (word == "not stated" and bool(system.provenance.headline))
    return ArrayStatus(word, estimated or system.scenario != "baseline")
