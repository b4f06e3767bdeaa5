"""Numbers as texts for people."""

from __future__ import annotations

import math


def short(value: float, figures: int = 3) -> str:
    """Return a number with a few significant figures, and no exponent where it can do without.

    Examples
    --------
    >>> short(12345.6), short(0.01234), short(12345.6, figures=5)
    ('12,300', '0.0123', '12,346')
    """
    if value == 0 or not math.isfinite(value) or not 1e-4 <= abs(value) < 1e9:
        return f"{value:.{figures}g}"
    digits = figures - 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, digits):,.{max(digits, 0)}f}"


def table_number(value: float) -> str:
    """Return a number for a table: five significant figures, no trailing zeros behind the point.

    Examples
    --------
    >>> table_number(1.0), table_number(12345.67), table_number(0.9)
    ('1', '12,346', '0.9')
    """
    text = short(value, figures=5)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
