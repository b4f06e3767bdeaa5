"""Mappings of labels to classes or groups, as a user names them: a mapping, or a CSV file.

Every label must be named, in exactly the spelling of the table: nothing is left over in silence.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from mrio.errors import DataError, FileError, LabelError

MappingLike = Mapping[str, str] | str | os.PathLike[str]
"""A mapping from label to group, or the path of a CSV file that holds one."""


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
    rows, column = _rows(Path(path), target)
    result: dict[str, str] = {}
    problems = []
    for line, row in rows:
        label, group = (row[place].strip() if place < len(row) else "" for place in (0, column))
        if not label or not group:
            problems.append((line, label, group, "empty"))
        elif label in result:
            problems.append((line, label, group, "named before"))
        else:
            result[label] = group
    if problems:
        table = pd.DataFrame(problems, columns=["line", "label", target, "problem"])
        raise DataError(
            "Labels of a mapping are doubled or empty.",
            where=f"{path}, line {', '.join(str(line) for line in table['line'].head(5))}",
            amount=f"{len(table)} lines",
            remedy="name each label once, with its group",
            table=table,
        )
    return result


def _rows(path: Path, target: str) -> tuple[list[tuple[int, list[str]]], int]:
    """Return the rows of a file with their line numbers, and which column holds the group."""
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
    if target in header[1:]:
        return rows[1:], header.index(target)
    if len(header) == 2:
        return rows[1:], 1
    raise FileError(
        "A mapping has other columns than expected.",
        where=str(path),
        amount=f"columns {', '.join(map(repr, header)) or 'none'}",
        remedy=f"give two columns, or name the column of the groups {target!r}",
    )


def as_mapping(value: MappingLike, target: str = "class") -> Mapping[str, str]:
    """Return a mapping as it is, or read from a CSV file."""
    return value if isinstance(value, Mapping) else read_mapping(value, target)


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
    return tuple(mapping[label] for label in labels)
