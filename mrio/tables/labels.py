"""Labels of a table, and the rule that labels match exactly and in order (convention 2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import pandas as pd

from mrio.errors import LabelError, raise_together
from mrio.schema import ABROAD
from mrio.texts import folded, trimmed, unwritable

_DIM_OF_FIELD = {"regions": "region", "sectors": "sector", "demand": "demand", "factors": "factor"}


@dataclass(frozen=True)
class Labels:
    """Regions, sectors, final-demand categories and primary factors of one table, in order."""

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    demand: tuple[str, ...]
    factors: tuple[str, ...]

    @classmethod
    def checked(
        cls, regions: Iterable[str], sectors: Iterable[str], demand: Iterable[str], factors: Iterable[str]
    ) -> Labels:
        """Make labels of any iterables of text.

        Raises
        ------
        LabelError
            When a label is no text, is empty, stands twice, looks like another one, has blanks around it or
            holds signs that no file can; and for sets, which have no order.
        """
        given = {"regions": regions, "sectors": sectors, "demand": demand, "factors": factors}
        raise_together([p for name, values in given.items() for p in _order_problems(name, values)])
        labels = cls(**{name: _plain(values) for name, values in given.items()})
        raise_together([p for f in fields(cls) for p in _problems(f.name, getattr(labels, f.name))])
        return labels

    def of(self, dim: str) -> tuple[str, ...]:
        """Return the labels of a dim; the ``use_`` dims carry the labels of their producing twin."""
        values: dict[str, tuple[str, ...]] = {
            "region": self.regions,
            "use_region": self.regions,
            "sector": self.sectors,
            "use_sector": self.sectors,
            "demand": self.demand,
            "factor": self.factors,
        }
        return values[dim]

    def shape(self, dims: Sequence[str]) -> tuple[int, ...]:
        """Return the lengths of the dims."""
        return tuple(len(self.of(dim)) for dim in dims)

    def row_name(self, row: int) -> str:
        """Return ``"region | sector"`` of a row of the flattened table."""
        region, sector = divmod(row, len(self.sectors))
        return f"{self.regions[region]} | {self.sectors[sector]}"


def _order_problems(field: str, values: object) -> list[LabelError]:
    """Tell a text, which would be taken apart into its letters, and a set, which has no order."""
    if not isinstance(values, str | bytes | set | frozenset):
        return []
    kind = "one text" if isinstance(values, str | bytes) else "a set, which has no order"
    return [
        LabelError(
            f"The {field} of a table must be a list of texts.",
            amount=f"got {kind}",
            remedy=f"give a list in the order of the arrays, for example {field}=[...]",
        )
    ]


def _plain(values: Iterable[str]) -> tuple[str, ...]:
    """Return labels as they are, texts of numpy as texts of Python."""
    return tuple(str(value) if isinstance(value, str) else value for value in values)


def _problems(field: str, values: tuple[str, ...]) -> list[LabelError]:
    """List what is wrong with the labels of one field."""
    bad = [value for value in values if not isinstance(value, str) or not value]
    if bad or not values:
        return [
            LabelError(
                f"The {field} of a table must be a list of texts.",
                amount=f"{bad!r}" if bad else "no label at all",
                remedy="give one non-empty text a label",
            )
        ]
    problems = [
        LabelError(f"Some {field} {what}.", where=", ".join(places), remedy=remedy)
        for what, places, remedy in _odd(values)
        if places
    ]
    if field == "regions" and ABROAD in values:
        problems.append(
            LabelError(
                f"A region is called {ABROAD!r}, the word for the origin outside the table.",
                remedy="rename the region, or give its sales as imports_Z= and imports_Y=",
            )
        )
    return problems


def _odd(values: tuple[str, ...]) -> list[tuple[str, list[str], str]]:
    """Return what can be odd about labels, which labels are, and what to do."""
    blank = [value for value in values if value != trimmed(value)]
    # A lone carriage return becomes a line break in CSV and XML, and the label another one.
    unheld = [value for value in values if unwritable(value) or "\r" in value]
    doubled = sorted({value for value in values if values.count(value) > 1})
    twins = _look_alike([value for value in dict.fromkeys(values) if value not in blank])
    return [
        (
            "have blanks before or after the name",
            list(map(repr, blank)),
            "strip the labels; two labels that differ by a blank are two labels",
        ),
        ("hold signs that no file can", list(map(repr, unheld)), "take control characters out of the labels"),
        ("stand twice", list(map(repr, doubled)), "rename or aggregate them"),
        (
            "look the same and are not",
            [f"{left!a} and {right!a}" for left, right in twins],
            "spell one label one way: they differ only in blanks, in the code of full-width or "
            "accented signs, or in signs that are invisible",
        ),
    ]


def _look_alike(values: Sequence[str]) -> list[tuple[str, str]]:
    """Return pairs of labels that a reader cannot tell apart."""
    seen: dict[str, str] = {}
    return [(first, value) for value in values if (first := seen.setdefault(folded(value), value)) != value]


def require_same_labels(
    first: Labels, second: Labels, names: tuple[str, str], skip: Sequence[str] = ()
) -> None:
    """Raise unless two tables carry the same labels in the same order.

    Parameters
    ----------
    first, second
        Labels of the two tables.
    names
        How to name the two tables in the message.
    skip
        Fields that may differ.

    Raises
    ------
    LabelError
        With a table of every position that differs.
    """
    problems: list[LabelError] = []
    for field in fields(Labels):
        if field.name not in skip:
            problem = label_mismatch(
                getattr(first, field.name), getattr(second, field.name), _DIM_OF_FIELD[field.name], names
            )
            if problem is not None:
                problems.append(problem)
    raise_together(problems)


def label_mismatch(
    first: Sequence[str], second: Sequence[str], dim: str, names: tuple[str, str]
) -> LabelError | None:
    """Return the error that describes how two label lists of a dim differ, or None when they are equal."""
    first, second = list(first), list(second)
    if first == second:
        return None
    length = max(len(first), len(second))
    rows = [
        (dim, position, left, right)
        for position in range(length)
        if (left := first[position] if position < len(first) else None)
        != (right := second[position] if position < len(second) else None)
    ]
    table = pd.DataFrame(rows, columns=["dim", "position", *names])
    if sorted(map(str, first)) == sorted(map(str, second)):
        reason = "the same labels stand in another order: bring both into one order"
    elif [_squeezed(value) for value in first] == [_squeezed(value) for value in second]:
        reason = "they differ only in blanks or capitals, or look the same: spell them the same"
    else:
        reason = "aggregate or rename one of the two to a common classification"
    return LabelError(
        f"The labels of dim {dim!r} differ between {names[0]} and {names[1]}.",
        where="; ".join(f"position {row[1]}: {row[2]!r} and {row[3]!r}" for row in rows[:3])
        + (" ..." if len(rows) > 3 else ""),
        amount=f"{len(rows)} of {length} positions differ",
        remedy=reason,
        table=table,
    )


def _squeezed(value: str) -> str:
    """Return a label as it looks, without blanks and capitals, to recognise near misses."""
    return folded(str(value)).replace(" ", "").casefold()
