"""What every shock is: a frozen record with a sentence, what stays fixed, and how it changes a draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mrio.errors import DataError, LabelError, MrioError, raise_together
from mrio.parameters import require_number
from mrio.scenarios.draft import Draft
from mrio.schema import ABROAD, VALUE_ADDED
from mrio.tables import System

Index = NDArray[np.intp]
Names = str | Sequence[str] | None
"""One name, several, or None for all."""

PAIRS = ("mix", "elasticity")
"""Fields that may hold a number for each name."""


@dataclass(frozen=True)
class Shock:
    """One change of a table; a scenario is a list of them.

    Attributes
    ----------
    KIND
        Name of the shock in files and of the method of `Scenario`.
    FIXED
        What stays as it is.
    DIMS
        For each field that holds labels, their kind: ``"region"``, ``"origin"`` (a region or abroad),
        ``"sector"``, ``"demand"`` or ``"account"``.
    """

    KIND: ClassVar[str] = ""
    FIXED: ClassVar[str] = ""
    DIMS: ClassVar[Mapping[str, str]] = {}

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Mapping):
                object.__setattr__(self, field.name, _pairs(field.name, value))
            elif isinstance(value, Iterable) and not isinstance(value, str):
                object.__setattr__(self, field.name, tuple(value))
        for name in self.DIMS:
            require_names(name, getattr(self, name))
        self.require()

    def require(self) -> None:
        """Raise `DataError` when the numbers of the shock make no sense on any table."""

    def sentence(self) -> str:
        """Return what the shock does, in words."""
        raise NotImplementedError

    def apply(self, draft: Draft) -> None:
        """Change the draft."""
        raise NotImplementedError

    def problems(self, system: System) -> list[MrioError]:
        """List the labels of the shock that the table does not have."""
        return label_problems(self, self.DIMS, system)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields that were given, as plain values, under the name of the shock."""
        given = {
            field.name: value
            for field in fields(self)
            if (value := getattr(self, field.name)) is not None and value != field.default
        }
        return {self.KIND: {name: _plain(value) for name, value in given.items()}}


def label_problems(record: object, dims: Mapping[str, str], system: System) -> list[MrioError]:
    """List the labels in the fields `dims` of a record that a table does not have."""
    found: list[MrioError] = []
    for name, kind in dims.items():
        known = known_labels(system, kind)
        found += [
            _unknown(label, name, kind, known)
            for label in _listed(getattr(record, name))
            if label not in known
        ]
    return found


def require_labels(record: object, dims: Mapping[str, str], system: System) -> None:
    """Raise when a record names labels that a table does not have.

    Raises
    ------
    LabelError
        All of them, told at once.
    """
    raise_together(label_problems(record, dims, system))


def known_labels(system: System, kind: str) -> tuple[str, ...]:
    """Return the labels of a kind that a table has."""
    if kind == "account":
        return tuple(name for name in system.account_names if name != VALUE_ADDED)
    if kind == "origin":
        return (*system.regions, ABROAD) if system.imports == "product" else system.regions
    return system.labels.of(kind)


def places(system: System, kind: str, names: Names) -> Index:
    """Return the positions of labels, all where None."""
    known = list(known_labels(system, kind))
    if names is None:
        return np.arange(len(known))
    return np.array([known.index(name) for name in _listed(names)], dtype=np.intp)


def place(system: System, kind: str, name: str) -> int:
    """Return the position of one label."""
    return int(places(system, kind, name)[0])


def share_text(share: float) -> str:
    """Return a share as per cent."""
    return f"{100 * share:.4g} %"


def where_text(region: Names, sector: Names, who: str = "") -> str:
    """Return a choice of sectors and regions in words."""
    parts = []
    if sector is not None:
        parts.append(f"of {spelled(sector)}")
    if region is not None:
        parts.append(f"in {spelled(region)}")
    return " ".join(parts) or (f"of {who}" if who else "everywhere")


def spelled(names: Names) -> str:
    """Return names as an enumeration."""
    listed = _listed(names)
    return ", ".join(listed[:-1]) + (" and " if len(listed) > 1 else "") + listed[-1] if listed else "all"


def _listed(names: Any) -> list[str]:
    """Return names as a list; pairs of a name and a number give their names."""
    if names is None or isinstance(names, int | float):
        return []
    if isinstance(names, str):
        return [names]
    return [str(name[0]) if isinstance(name, tuple) else str(name) for name in names]


def _pairs(field: str, given: Mapping[Any, Any]) -> tuple[tuple[str, float], ...]:
    """Return the names and numbers of a field as pairs."""
    if field not in PAIRS:
        raise DataError(
            f"{field} holds no numbers by name.", amount=repr(dict(given)), remedy="give one name or a list"
        )
    for name, value in given.items():
        require_number(value, f"{field} of {name}")
    return tuple((str(name), float(value)) for name, value in given.items())


def require_names(field: str, value: object) -> None:
    """Raise unless a field holds a name, several distinct ones, or nothing.

    Raises
    ------
    DataError
        When it does not: a name given twice would count twice, and an empty list would do nothing.
    """
    if value is None or isinstance(value, str) or (field in PAIRS and not isinstance(value, tuple)):
        return
    listed = value if isinstance(value, tuple) else (value,)
    names = [one[0] if field in PAIRS and isinstance(one, tuple) else one for one in listed]
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise DataError(
            f"{field} must be a name, or a list of distinct names.",
            amount=f"got {value!r}",
            remedy="write names as texts, each once; leave the field out to mean all",
        )


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    if isinstance(value, tuple):
        pairs = bool(value) and isinstance(value[0], tuple)
        return dict(value) if pairs else list(value)
    return value


_WORDS = {"origin": "region", "demand": "final-demand category"}


def _unknown(label: str, field: str, kind: str, known: tuple[str, ...]) -> LabelError:
    word = _WORDS.get(kind, kind)
    near = get_close_matches(label, known, n=3, cutoff=0.5)
    folded = [name for name in known if label and label.casefold() in name.casefold()]
    guesses = list(dict.fromkeys([*near, *folded[:3]]))
    remedy = f"did you mean {' or '.join(map(repr, guesses))}?" if guesses else ""
    if not remedy:
        shown = ", ".join(map(repr, known[:8])) + (", ..." if len(known) > 8 else "")
        remedy = f"known are {shown or 'none'}"
        if len(known) > 8:
            remedy += "; if nothing fits, the scenario was written for another classification"
    return LabelError(f"There is no {word} {label!r}.", where=f"field {field!r}", remedy=remedy)
