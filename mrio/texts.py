"""Texts of users: which of them no file can hold, and which of them look the same to a reader."""

from __future__ import annotations

import re
import unicodedata

from mrio.errors import DataError

_NO_FILE_HOLDS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

BLANKS = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b\u2060"
"""Signs that show nothing at the ends of a text, those among them that `str.strip` leaves."""


def unwritable(text: str) -> bool:
    """Tell whether a text holds signs that netCDF or XML cannot: NUL, other controls, half characters.

    Line breaks and tabs can be written.

    Examples
    --------
    >>> unwritable("农业"), unwritable("two" + chr(10) + "lines"), unwritable("cut" + chr(0) + "off")
    (False, False, True)
    """
    return _NO_FILE_HOLDS.search(text) is not None


def trimmed(text: str) -> str:
    """Return a text without blanks at its ends, those that have no width included."""
    return text.strip().strip(BLANKS)


def folded(text: str) -> str:
    """Return a text as it looks: compatible characters made one, invisible ones left out, one kind of blank.

    Two texts that differ only here are told apart by a program and not by a reader.

    Examples
    --------
    >>> folded("ＡＢＣ"), folded("coal" + chr(160) + "mining")
    ('ABC', 'coal mining')
    """
    plain = unicodedata.normalize("NFKC", text)
    return " ".join("".join(sign for sign in plain if unicodedata.category(sign) != "Cf").split())


def require_text(value: object, what: str, example: str) -> str:
    """Return a text that is not empty and that files can hold, or raise.

    Parameters
    ----------
    value
        What was given.
    what
        What it is, at the start of a sentence: ``"The scenario of a table"``.
    example
        How it may be given: ``'scenario="baseline"'``.

    Raises
    ------
    DataError
        When it is no text, is empty, or holds signs that no file can.
    """
    if not isinstance(value, str) or not value.strip() or unwritable(value):
        raise DataError(
            f"{what} must be a text that files can hold.",
            amount=f"got {value!r}",
            remedy=f"give for example {example}",
        )
    return str(value)
