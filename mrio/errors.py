"""Errors and warnings: what broke, where, how much, what to do.

Every error of the library carries these four parts in this order, and the offending cells as a table where
there are any. Problems of one step are gathered and told once (`raise_together`), so that a user mends a
file in one round instead of one cell a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NoReturn

import pandas as pd


class MrioError(Exception):
    """Base of all errors of the library.

    Parameters
    ----------
    what
        What broke, one sentence.
    where
        Labels, file, sheet or cell.
    amount
        The value beside its tolerance.
    remedy
        What to do about it.
    table
        Every offending cell, worst first.

    Examples
    --------
    >>> import mrio
    >>> try:
    ...     mrio.load_example("illustrative")["2050"]
    ... except mrio.MrioError as error:
    ...     print(error)
    There is no table '2050'.
      what to do: tables are '0', '1'
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        amount: str = "",
        remedy: str = "",
        table: pd.DataFrame | None = None,
    ) -> None:
        self.what = what
        self.where = where
        self.amount = amount
        self.remedy = remedy
        self.table = table
        parts = (("where", where), ("how much", amount), ("what to do", remedy))
        super().__init__("\n".join([what, *(f"  {name}: {text}" for name, text in parts if text)]))

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions pickle by positional args; keyword parts must survive process pools.
        return (_rebuild, (type(self), self.what, self.where, self.amount, self.remedy, self.table))


def _rebuild(
    kind: type[MrioError], what: str, where: str, amount: str, remedy: str, table: pd.DataFrame | None
) -> MrioError:
    return kind(what, where=where, amount=amount, remedy=remedy, table=table)


class DataError(MrioError, ValueError):
    """The data a user gave cannot be used as they are."""


class LabelError(DataError):
    """Labels are missing, doubled, or differ between two things that must agree exactly."""


class UnitsError(DataError):
    """A unit cannot be read, or two units that must agree do not."""


class PriceBasisError(DataError):
    """A price basis cannot be read, or two price bases meet that must not."""


class MissingDataError(DataError):
    """NaN, infinity, text or nothing where a number must stand; or a part that is needed was not given."""


class BalanceError(DataError):
    """A table does not balance, or parts do not add up to their whole."""


class FileError(DataError):
    """A file is damaged, foreign, or of a version that cannot be read."""


class SolverError(MrioError, ArithmeticError):
    """A linear system could not be solved."""


class NotProductiveError(SolverError):
    """I - A is singular, or A has a spectral radius of 1 or more."""


class ConvergenceError(SolverError):
    """An iteration stopped before its tolerance was reached."""


class MemoryLimitError(SolverError, MemoryError):
    """A plan needs more memory than there is; the message names the alternatives."""


class MissingExtraError(MrioError, ImportError):
    """An optional dependency is not installed."""


class MrioWarning(UserWarning):
    """Base of all warnings of the library.

    Parameters
    ----------
    message
        What was noticed.
    table
        Every cell concerned, worst first.
    """

    def __init__(self, message: str = "", table: pd.DataFrame | None = None) -> None:
        super().__init__(message)
        self.table = table


class DataWarning(MrioWarning):
    """The data are usable, but a rule was applied that the user should know."""


class SolverWarning(MrioWarning):
    """A solve succeeded by a detour, or with a weaker certificate than asked."""


_TOO_SHORT = 3
"""Labels of so few letters are not compared letter by letter: another substance is no misspelling."""

MOST_NAMED = 12
"""How many of the known labels a message lists."""


def choices(asked: object, known: Iterable[str], kind: str = "known") -> str:
    """Return a remedy for a label that is not known: what was probably meant, and what there is.

    Case, spaces, hyphens and underscores do not count when labels are compared.

    Parameters
    ----------
    asked
        The label that is not known.
    known
        The labels that are.
    kind
        What they are, in the plural.

    Examples
    --------
    >>> choices("Bejing", ["Beijing", "Hebei"], "regions")
    "did you mean 'Beijing'? regions are 'Beijing', 'Hebei'"
    >>> choices("CO2", ["value_added", "co2"], "accounts")
    "did you mean 'co2'? accounts are 'value_added', 'co2'"
    """
    names = list(known)
    meant = near(asked, names)
    guess = f"did you mean {' or '.join(map(repr, meant))}? " if meant else ""
    more = len(names) - MOST_NAMED
    listed = ", ".join(map(repr, names[:MOST_NAMED])) + (f" and {more} more" if more > 0 else "")
    return f"{guess}{kind} are {listed or 'none'}"


def require_known(label: str, known: Iterable[str], kind: str) -> None:
    """Raise unless a label is one of those that are known.

    Parameters
    ----------
    label
        What was asked for.
    known
        What there is.
    kind
        What it is, in the singular.

    Raises
    ------
    LabelError
        When it is not.
    """
    names = [str(name) for name in known]
    if label not in names:
        raise LabelError(f"There is no {kind} {label!r}.", remedy=choices(label, names, f"{kind}s"))


def near(asked: object, known: Iterable[str]) -> list[str]:
    """Return up to three known labels that were probably meant, the nearest first."""
    folded: dict[str, list[str]] = {}
    for name in known:
        folded.setdefault(_folded(name), []).append(name)
    text = _folded(str(asked))
    if text in folded or text.isdecimal():
        return folded.get(text, [])
    alike = get_close_matches(text, folded, n=3, cutoff=0.6) if len(text) > _TOO_SHORT else []
    holding = [name for name in folded if text in name] if len(text) > 1 else []
    return [name for one in dict.fromkeys([*alike, *holding]) for name in folded[one]][:3]


def _folded(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text).strip().casefold()


def raise_together(problems: Sequence[MrioError]) -> None:
    """Raise one error for all gathered problems; do nothing when there are none.

    One problem is raised as it is. Several become one error of their common class, or a `DataError`,
    whose message lists all and whose table stacks all tables.
    """
    if not problems:
        return
    if len(problems) == 1:
        raise problems[0]
    _raise_many(problems)


def _raise_many(problems: Sequence[MrioError]) -> NoReturn:
    kinds = {type(problem) for problem in problems}
    kind = kinds.pop() if len(kinds) == 1 else DataError
    tables = [problem.table for problem in problems if problem.table is not None]
    listing = "\n".join(f"{number}. {problem}" for number, problem in enumerate(problems, start=1))
    raise kind(
        f"{len(problems)} problems were found:\n{listing}",
        table=pd.concat(tables, ignore_index=True) if tables else None,
    )
