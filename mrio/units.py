"""Units and price bases: read, stamp and compare; scale only money with money and mass with mass.

A unit is a number times a base: ``"1e8 CNY"``, ``"million USD"``, ``"Mt CO2"``, ``"1e4 person"``. The library
does no unit algebra beyond scaling between two units of the same base.

A price basis says in which prices money is counted: ``"current 2017 CNY, producer prices"`` or
``"constant 2007 CNY, producer prices"``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Final, Literal

from mrio.errors import PriceBasisError, UnitsError
from mrio.texts import unwritable

_WORDS = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
MASS = {"g": 1e-6, "kg": 1e-3, "t": 1.0, "kt": 1e3, "Gg": 1e3, "Mt": 1e6, "Gt": 1e9}
"""Symbols of masses and their size [t]."""
_NUMBER = re.compile(r"^((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][+-]?\d+)?)\s*(.*)$", re.ASCII)
_POWER = re.compile(r"^10(?:\^|\*\*)(-?\d+)\b")
_NO_BASE = re.compile(r"^[-+.,^*/]?\s*\d|^[,^]")
_CHINESE = re.compile(r"^(千|万|百万|千万|亿|万亿)?(元|吨|人)$")
_CHINESE_SCALES = {"千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "万亿": 1e12}
_CHINESE_BASES = {"元": "CNY", "吨": "t", "人": "person"}
_CURRENCY = re.compile(r"^(?:M\.?)?([A-Z]{3})$")

Kind = Literal["money", "mass", "other"]


@dataclass(frozen=True)
class Unit:
    """A unit of measurement.

    Parameters
    ----------
    text
        As the user wrote it; stamped on outputs.
    scale
        Number of base units in one unit.
    base
        ``"CNY"``, ``"t CO2"``, ``"person"``, or any other words.
    kind
        ``"money"``, ``"mass"`` or ``"other"``.
    """

    text: str
    scale: float
    base: str
    kind: Kind

    def __str__(self) -> str:
        return self.text


def parse_unit(text: str) -> Unit:
    """Read a unit.

    Parameters
    ----------
    text
        A number or a number word, then a currency code, a mass (with its substance) or other words. Numbers
        are written ``1e8``, ``10^8`` or ``100,000,000``; ``亿元``, ``万吨`` and ``万人`` are read, too.

    Raises
    ------
    UnitsError
        When the text is empty or holds only a number, or its number cannot be read or is not positive.

    Examples
    --------
    >>> parse_unit("1e8 CNY")
    Unit(text='1e8 CNY', scale=100000000.0, base='CNY', kind='money')
    >>> parse_unit("Mt CO2").scale
    1000000.0
    """
    if not isinstance(text, str) or not text.strip() or unwritable(text):
        raise UnitsError(
            f"A unit is missing: {text!r}.", remedy='give for example unit="1e8 CNY" or "Mt CO2"'
        )
    scale, rest = _leading_number(text)
    multiple, words = _multiple(rest.split())
    scale *= multiple
    if not words:
        raise UnitsError(
            f"The unit {text!r} names no base.", remedy='say of what: "1e8 CNY", "Mt CO2", "1e4 person"'
        )
    head = words[0]
    if len(words) == 1 and (currency := _CURRENCY.match(head)) is not None:
        return Unit(text, scale * (1e6 if len(head) > 3 else 1.0), currency[1], "money")
    if head in MASS:
        return Unit(text, scale * MASS[head], " ".join(["t", *words[1:]]), "mass")
    return Unit(text, scale, " ".join(words), "other")


def _leading_number(text: str) -> tuple[float, str]:
    """Return the number at the start of a unit, one where there is none, and the words after it."""
    rest = _POWER.sub(r"1e\1", " ".join(text.split()))
    number = _NUMBER.match(rest)
    scale, words = (1.0, rest) if number is None else (float(number[1].replace(",", "")), number[2])
    if not 0.0 < scale < math.inf or _NO_BASE.match(words):
        raise UnitsError(
            f"The number of the unit {text!r} cannot be read.",
            amount=f"{scale:g}, then {words!r}",
            remedy='write a positive number with a point for decimals: "1e8 CNY", "1,000 t CO2"',
        )
    return scale, words


def _multiple(words: list[str]) -> tuple[float, list[str]]:
    """Return what the first word multiplies the unit by, and the words of the base."""
    if words and words[0].lower() in _WORDS:
        return _WORDS[words[0].lower()], words[1:]
    if words and (head := _CHINESE.match(words[0])) is not None:
        return _CHINESE_SCALES.get(head[1], 1.0), [_CHINESE_BASES[head[2]], *words[1:]]
    return 1.0, words


def conversion(source: Unit, target: Unit) -> float:
    """Return the number by which values in `source` are multiplied to be in `target`.

    Raises
    ------
    UnitsError
        When the bases differ.

    Examples
    --------
    >>> conversion(parse_unit("1e4 CNY"), parse_unit("1e8 CNY"))
    0.0001
    """
    if source.base != target.base:
        raise UnitsError(
            f"A quantity in {source.text!r} cannot be expressed in {target.text!r}.",
            amount=f"bases {source.base!r} and {target.base!r}",
            remedy="bring both to one unit before they meet",
        )
    return source.scale / target.scale


def same_unit(first: Unit, second: Unit) -> bool:
    """Tell whether two units are the same quantity, however they are spelled."""
    return first.base == second.base and first.scale == second.scale


BasisKind = Literal["current", "constant", "previous-year"]
_KINDS: Final[dict[str, BasisKind]] = {
    "current": "current",
    "constant": "constant",
    "previous-year": "previous-year",
}


@dataclass(frozen=True)
class PriceBasis:
    """The prices in which money is counted.

    Parameters
    ----------
    text
        As the user wrote it.
    kind
        ``"current"``: each year in its own prices; ``"constant"``: in prices of `year`;
        ``"previous-year"``: in prices of the year before.
    year
        Year of the prices, or None where none was named.
    currency
        Three-letter code.
    valuation
        ``"producer"``, ``"basic"``, ``"purchaser"``, or ``""`` where none was named.
    """

    text: str
    kind: BasisKind
    year: int | None
    currency: str
    valuation: str

    def __str__(self) -> str:
        return self.text


def parse_price_basis(text: str) -> PriceBasis:
    """Read a price basis.

    Raises
    ------
    PriceBasisError
        When the kind of prices or the currency is not named, constant prices name no year, or two kinds,
        currencies, years or valuations are named.

    Examples
    --------
    >>> parse_price_basis("constant 2007 CNY, producer prices").year
    2007
    """
    readable = isinstance(text, str) and not unwritable(text)
    words = re.findall(r"[A-Za-z][A-Za-z'-]*|\d+", text) if readable else []
    lower = [word.lower().rstrip("'s") for word in words]
    found = {
        "kinds of prices": [word for word in lower if word in _KINDS],
        "currencies": [word for word in words if re.fullmatch(r"[A-Z]{3}", word)],
        "years": [word for word in words if re.fullmatch(r"(1[89]|20|21)\d\d", word)],
        "valuations": [word for word in lower if word in ("producer", "basic", "purchaser")],
    }
    kinds, currencies, years, valuations = found.values()
    several = {what: named for what, named in found.items() if len(set(named)) > 1}
    if several or not kinds or not currencies or (kinds[0] != "current" and not years):
        raise PriceBasisError(
            f"The price basis {text!r} cannot be read.",
            amount="; ".join(f"{what} {', '.join(named)}" for what, named in several.items()),
            remedy='write it like "current 2017 CNY, producer prices" or "constant 2007 CNY, basic prices"',
        )
    year = int(years[0]) if years else None
    return PriceBasis(text, _KINDS[kinds[0]], year, currencies[0], valuations[0] if valuations else "")


def same_basis(first: str, second: str) -> bool:
    """Tell whether two texts name the same prices, however they are spelled.

    Examples
    --------
    >>> same_basis("current 2017 CNY, producer prices", "CNY, current 2017; producers' prices")
    True
    """
    one, other = parse_price_basis(first), parse_price_basis(second)
    return replace(one, text="") == replace(other, text="")


def comparable(first: PriceBasis, second: PriceBasis) -> bool:
    """Tell whether two tables may meet in one comparison over time.

    Two tables in current prices of their own years may (the change then contains the change of prices, and
    results say so); two tables in prices of a year may when the year is the same; currency and valuation must
    agree always. Everything else needs a deflation first.
    """
    if first.kind != second.kind or first.currency != second.currency or first.valuation != second.valuation:
        return False
    return first.kind == "current" or first.year == second.year
