"""Options that are words: one of a few."""

from __future__ import annotations

from typing import Any, get_args

from mrio.errors import DataError


def require_choice(name: str, value: object, choices: Any) -> None:
    """Raise unless an option is one of the words of a `typing.Literal`.

    Parameters
    ----------
    name, value
        Name of the option, and what was given.
    choices
        The Literal that lists the words.

    Raises
    ------
    DataError
        When it is another one.
    """
    words = get_args(choices)
    if value not in words:
        raise DataError(
            f"{name}={value!r} is no choice.", remedy=f"choose one of {', '.join(map(repr, words))}"
        )
