"""Numbers that callers give: finite and in their range, or one error that says what was expected."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral, Real

from mrio.errors import DataError, MissingDataError


def require_number(value: object, name: str) -> None:
    """Raise unless a value is a finite number.

    Raises
    ------
    MissingDataError
        When it is not.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise MissingDataError(
            f"{name} is no finite number.", amount=repr(value), remedy=f"give a number for {name}"
        )


def require_share(value: float, name: str = "share") -> None:
    """Raise unless a number is a share.

    Raises
    ------
    DataError
        When it is no number from 0 to 1.
    """
    require_number(value, name)
    if not 0.0 <= value <= 1.0:
        raise DataError(
            f"A {name} must lie between 0 and 1.",
            amount=f"{name} = {value:g}",
            remedy="give 0.3 for 30 %" if value > 1 else "reverse the two ends instead of a negative share",
        )


def require_factor(value: float, name: str = "factor") -> None:
    """Raise unless a number can scale something that must not change its sign.

    Raises
    ------
    DataError
        When it is negative or no number.
    """
    require_number(value, name)
    if value < 0:
        raise DataError(
            f"A {name} must not be negative.",
            amount=f"{name} = {value:g}",
            remedy="give 0.7 for 30 % less, 1.3 for 30 % more" if name == "factor" else "give zero or more",
        )


def require_within(value: float, low: float, high: float, name: str) -> None:
    """Raise unless a number lies between two others, which it may equal; the lower one may be infinite.

    Raises
    ------
    DataError
        When it lies outside or is no number.

    Examples
    --------
    >>> require_within(0.5, 0, 1, "quantile")
    """
    require_number(value, name)
    if not low <= value <= high:
        words = f"between {low:g} and {high:g}" if math.isfinite(low) else f"at most {high:g}"
        raise DataError(
            f"{name} must be {words}.", amount=f"{name} = {value:g}", remedy=f"give a number {words}"
        )


def require_tolerance(value: float, name: str = "tolerance") -> None:
    """Raise unless a number says how large a gap is accepted; infinity accepts all.

    Raises
    ------
    DataError
        When it is negative or no number: no gap is above NaN.

    Examples
    --------
    >>> require_tolerance(math.inf)
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not value >= 0:
        raise DataError(
            f"A {name} must be zero or more.",
            amount=f"{name} = {value!r}",
            remedy="give the largest gap accepted, for example 1e-6",
        )


def require_count(value: int, name: str, least: int = 1) -> None:
    """Raise unless a value is a whole number that is large enough.

    Raises
    ------
    DataError
        When it is not.

    Examples
    --------
    >>> require_count(3, "top")
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise DataError(
            f"{name} must be a whole number of {least} or more.",
            amount=f"{name} = {value!r}",
            remedy=f"give {name}={least} or more, without a fraction",
        )


def require_quantiles(q: Sequence[float]) -> None:
    """Raise unless all quantiles lie between 0 and 1.

    Raises
    ------
    DataError
        When one does not, or they are no sequence.
    """
    if isinstance(q, Real):
        raise DataError(
            "Quantiles are given as a list.", amount=f"q = {q!r}", remedy="write q=[0.05, 0.5, 0.95]"
        )
    for level in q:
        require_within(level, 0, 1, "quantile")
