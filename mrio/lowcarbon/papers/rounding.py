"""Printed numbers as intervals, and what can be recomputed from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True)
class Printed:
    """A number as printed.

    Parameters
    ----------
    text
        The number with its digits.

    Examples
    --------
    >>> round(Printed("0.0840").low, 6), Printed("300").high
    (0.08395, 300.5)
    """

    text: str

    @property
    def value(self) -> float:
        """The number."""
        return float(self.text)

    @property
    def half(self) -> float:
        """Half a unit of the last digit."""
        return 0.5 * 10.0 ** -len(self.text.partition(".")[2])

    @property
    def low(self) -> float:
        """Lowest number that is printed like this."""
        return self.value - self.half

    @property
    def high(self) -> float:
        """Highest number that is printed like this."""
        return self.value + self.half


@dataclass(frozen=True)
class Recomputed:
    """One recomputed number beside what is printed.

    Attributes
    ----------
    part
        Which of several numbers of an item; empty where there is one.
    printed
        The interval printed, (low, value, high), or None where nothing is printed.
    computed
        The interval recomputed, (low, value, high).
    """

    part: str
    printed: tuple[float, float, float] | None
    computed: tuple[float, float, float]

    @property
    def agrees(self) -> bool:
        """Whether the two intervals overlap."""
        if self.printed is None:
            return True
        slack = 1e-9 * abs(self.computed[1])
        return self.computed[0] <= self.printed[2] + slack and self.printed[0] <= self.computed[2] + slack


def rounding_range(function: Callable[..., float], *numbers: Printed) -> tuple[float, float, float]:
    """Return lowest, central and highest result of a function of printed numbers.

    Parameters
    ----------
    function
        Monotone in each argument.
    numbers
        Its arguments.

    Examples
    --------
    >>> [round(x, 2) for x in rounding_range(relative_change, Printed("0.2757"), Printed("0.8356"))]
    [203.01, 203.08, 203.16]
    """
    corners = [function(*chosen) for chosen in product(*((number.low, number.high) for number in numbers))]
    return min(corners), function(*(number.value for number in numbers)), max(corners)


def relative_change(first: float, last: float) -> float:
    """Return the change from first to last [%]."""
    return 100.0 * (last / first - 1.0)


def growth_per_year(first: float, last: float, years: float) -> float:
    """Return the yearly growth that leads from first to last [%].

    Examples
    --------
    >>> round(growth_per_year(80, 320, 9), 2)
    16.65
    """
    return 100.0 * float((last / first) ** (1.0 / years) - 1.0)
