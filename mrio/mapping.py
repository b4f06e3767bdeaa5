"""Mappings of labels to classes or groups, as a user names them: a mapping, or a CSV file.

Every label must be named, in exactly the spelling of the table: nothing is left over in silence.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from mrio.errors import DataError, FileError, LabelError
from mrio.texts import folded

MappingLike = Mapping[str, str] | Mapping[str, Sequence[str]] | pd.Series | str | os.PathLike[str]
"""Groups of labels: ``{label: group}``, ``{group: [labels]}``, a Series with labels as its index, or the path
of a CSV file."""


def read_mapping(path: str | os.PathLike[str], target: str = "class") -> dict[str, str]:
    r"""Read a mapping of labels from a CSV file with a header.

    Parameters
    ----------
    path
        File with the label in its first column and the group in the column named `target`, or in the second
        of two columns. UTF-8.
    target
        Name of the column with the group.

    Returns
    -------
    dict
        Group of each label.

    Raises
    ------
    FileError
        When the file is missing or is no CSV file with these columns.
    DataError
        When a label stands twice, or a label or group is empty; with the lines.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "classes.csv"
    >>> _ = path.write_text("sector,class\nsteel,heavy\nfood,light\n")
    >>> read_mapping(path)
    {'steel': 'heavy', 'food': 'light'}
    """
    rows, column, width = _rows(Path(path), target)
    result: dict[str, str] = {}
    problems = []
    for line, row in rows:
        label, group = (row[place].strip() if place < len(row) else "" for place in (0, column))
        if any(cell.strip() for cell in row[width:]):
            problems.append((line, label, group, "more cells than the header"))
        elif not label or not group:
            problems.append((line, label, group, "empty"))
        elif label in result:
            problems.append((line, label, group, "named before"))
        else:
            result[label] = group
    if problems:
        table = pd.DataFrame(problems, columns=["line", "label", target, "problem"])
        raise DataError(
            f"Lines of a mapping cannot be used: {', '.join(dict.fromkeys(table['problem']))}.",
            where=f"{path}, line {', '.join(str(line) for line in table['line'].head(5))}",
            amount=f"{len(table)} lines",
            remedy="name each label once, with its group, and quote labels that hold a comma",
            table=table,
        )
    return result


def _rows(path: Path, target: str) -> tuple[list[tuple[int, list[str]]], int, int]:
    """Return the rows of a file with their line numbers, the column of the group, and how many columns."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [(number, row) for number, row in enumerate(csv.reader(file), start=1) if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(
            "A mapping cannot be read.",
            where=str(path),
            amount=f"{type(error).__name__}: {error}",
            remedy="give a CSV file in UTF-8 with a header and one label a line",
        ) from error
    header = [name.strip() for name in rows[0][1]] if rows else []
    if header[1:].count(target) == 1:
        return rows[1:], header.index(target, 1), len(header)
    if len(header) == 2:
        return rows[1:], 1, 2
    raise FileError(
        "A mapping has other columns than expected.",
        where=str(path),
        amount=f"columns {', '.join(map(repr, header)) or 'none'}",
        remedy=f"give two columns, or name the column of the groups {target!r}",
    )


def as_mapping(value: MappingLike, target: str = "class") -> Mapping[str, str]:
    """Return the group of each label, however it was given.

    Raises
    ------
    DataError
        When it is nothing of `MappingLike`, or a label has two groups.
    FileError
        When a CSV file cannot be read.
    """
    if isinstance(value, pd.Series):
        return _once([(str(label), group) for label, group in value.items()])
    if isinstance(value, str | os.PathLike):
        return read_mapping(value, target)
    if not isinstance(value, Mapping):
        raise DataError(
            "A mapping of labels cannot be read.",
            amount=f"got {type(value).__name__}",
            remedy="give {label: group}, {group: [labels]}, a Series with labels as its index, or a CSV file",
        )
    if value and all(isinstance(members, list | tuple | set | frozenset) for members in value.values()):
        return _once([(label, str(group)) for group, members in value.items() for label in members])
    return value  # type: ignore[return-value]


def _once(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return pairs of label and group as a mapping; a label that stands twice is refused."""
    result = dict(pairs)
    if len(result) < len(pairs):
        counts = Counter(label for label, _ in pairs)
        table = pd.DataFrame([pair for pair in pairs if counts[pair[0]] > 1], columns=["label", "group"])
        raise DataError(
            "Labels of a mapping stand in more than one place.",
            where="; ".join(f"{label!r} in {group!r}" for label, group in pairs if counts[label] > 1),
            amount=f"{sum(count > 1 for count in counts.values())} labels",
            remedy="name each label once, with its group",
            table=table,
        )
    return result


def groups_of(labels: Sequence[str], mapping: Mapping[str, str], what: str) -> tuple[str, ...]:
    """Return the group of every label.

    Parameters
    ----------
    labels
        Labels of a table.
    mapping
        Group of each label; further labels are left alone.
    what
        What the labels are, for messages: ``"sectors"``.

    Raises
    ------
    LabelError
        With a table of the labels that have no group, and names that come near.
    """
    missing = [label for label in labels if label not in mapping]
    if missing:
        near = [", ".join(get_close_matches(label, list(mapping), n=1)) for label in missing]
        table = pd.DataFrame({"label": missing, "near": near})
        raise LabelError(
            f"The mapping does not cover all {what}.",
            where="; ".join(
                f"{label!r}" + (f" (near: {other!r})" if other else "")
                for label, other in list(zip(missing, near, strict=True))[:5]
            ),
            amount=f"{len(missing)} of {len(labels)} without a group",
            remedy=f"name every one of the {what} in exactly the spelling of the table",
            table=table,
        )
    groups = tuple(mapping[label] for label in labels)
    _require_distinct(dict.fromkeys(map(_as_group, groups)), what)
    return groups


def _as_group(group: object) -> str:
    """Return a group as a text; what is none is refused."""
    if not isinstance(group, str) or not group:
        raise LabelError(
            "A group of a mapping is no text.",
            amount=f"got {group!r}",
            remedy="give one group a label; to split a label, disaggregate with shares",
        )
    return group


def _require_distinct(groups: Iterable[str], what: str) -> None:
    """Raise for groups that are meant to be one: they differ in blanks or capitals, or look the same."""
    seen: dict[str, str] = {}
    twins = [
        (first, group)
        for group in groups
        if (first := seen.setdefault(folded(group).casefold(), group)) != group
    ]
    if twins:
        raise LabelError(
            f"Groups of {what} differ only in blanks or capitals, and would stay apart.",
            where="; ".join(f"{left!a} and {right!a}" for left, right in twins),
            remedy="spell one group one way",
        )
