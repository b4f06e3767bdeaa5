"""Provenance: where numbers come from, what was done to them, and what is fact or estimate.

A `Provenance` is a frozen record that travels with every table and result, into netCDF as one JSON text and
back. It holds no clock time and no machine path, so the same content always gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from mrio.errors import FileError

Status = Literal["fact", "derived", "estimated"]
"""``fact``: as published; ``derived``: published numbers rearranged by an identity or a scalar;
``estimated``: a model or an assumption decides the number."""


@dataclass(frozen=True)
class CellGroup:
    """Status of one group of cells, for example the intermediate flows of Hebei."""

    status: Status
    source: str
    note: str = ""


@dataclass(frozen=True)
class Step:
    """One thing that was done: the action, and its details as plain numbers and texts.

    Details are kept as JSON gives them back, so a record is the same before and after a file.
    """

    action: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        plain = json.loads(json.dumps(dict(self.details), default=_plain))
        object.__setattr__(self, "details", MappingProxyType(plain))

    def __reduce__(self) -> tuple[Any, ...]:
        return Step, (self.action, dict(self.details))


def _plain(value: Any) -> Any:
    """Return a numpy number or array as plain numbers, for JSON."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a step holds {type(value).__name__}: give plain numbers, texts, lists and mappings")


@dataclass(frozen=True)
class Provenance:
    """Sources, steps and status of the numbers of a table or result.

    Parameters
    ----------
    source
        Who published the numbers, where and when.
    steps
        What was done to them, in order.
    groups
        Status of each group of cells, where they differ.
    headline
        One sentence to be shown wherever the numbers appear, for example
        ``"estimated by mrio from official statistics"``; empty for tables as published.

    Examples
    --------
    >>> p = Provenance("State Information Center 2012").with_step("aggregated", regions=4)
    >>> p.steps[0].action
    'aggregated'
    """

    source: str
    steps: tuple[Step, ...] = ()
    groups: Mapping[str, CellGroup] = field(default_factory=dict)
    headline: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", MappingProxyType(dict(self.groups)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Provenance, (self.source, self.steps, dict(self.groups), self.headline)

    def with_step(self, action: str, **details: Any) -> Provenance:
        """Return a copy with one more step; details must be plain numbers, texts, lists and mappings."""
        return replace(self, steps=(*self.steps, Step(action, details)))

    def to_json(self) -> str:
        """Return the record as JSON with sorted keys."""
        record = {
            "source": self.source,
            "headline": self.headline,
            "steps": [{"action": step.action, "details": dict(step.details)} for step in self.steps],
            "groups": {
                name: {"status": group.status, "source": group.source, "note": group.note}
                for name, group in self.groups.items()
            },
        }
        return json.dumps(record, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Provenance:
        """Read what `to_json` wrote.

        Raises
        ------
        FileError
            When the text is not such a record.
        """
        try:
            record = json.loads(text)
            return cls(
                source=record["source"],
                steps=tuple(Step(step["action"], step["details"]) for step in record["steps"]),
                groups={name: CellGroup(**group) for name, group in record["groups"].items()},
                headline=record["headline"],
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FileError(
                "The provenance text of a file cannot be read.",
                amount=str(error),
                remedy="write the file anew with mrio",
            ) from error
