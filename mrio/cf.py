"""Attributes that the CF and ACDD conventions ask of a file, and the way back.

CF wants units that UDUNITS knows (CF 1.11, section 3.1). Money, persons and substances are not among them.
CF's own rule for a number of things is followed: ``units`` holds the scale, the thing that is counted stands
at the end of `long_name`, and what mrio calls the unit stays beside them as `mrio_unit`:

======================  ===========  =================
`mrio_unit`             ``units``    in ``long_name``
======================  ===========  =================
``1e8 CNY``             ``1e8``      ``(CNY)``
``1e4 person``          ``1e4``      ``(person)``
``Mt CO2``              ``Mt``       ``(CO2)``
``kt SO2``              ``1e3 t``    ``(SO2)``
``Mt CO2 per 1e8 CNY``  ``1e-8 Mt``  ``(CO2 per CNY)``
======================  ===========  =================

Where both are the same (``PJ``, ``1``), `mrio_unit` is left out. A kilotonne is spelled out, because ``kt``
is a knot to UDUNITS. No `standard_name` is written: the CF table has none for economic flows. `summary`,
`keywords` and the kind of content (`coverage_content_type`) are those of ACDD.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import xarray as xr

from mrio.errors import UnitsError
from mrio.units import MASS, Unit, parse_unit

CONVENTIONS: Final = "CF-1.11, ACDD-1.3"
UNIT: Final = "mrio_unit"
BASIS: Final = "price_basis"
CONTENT: Final = "coverage_content_type"
HISTORY: Final = "written by mrio"
KEYWORDS: Final = "input-output analysis, multi-regional input-output table, interregional trade"

_OTHER: Final = {
    **{f"{prefix}J": f"{prefix}J" for prefix in ("", "k", "M", "G", "T", "P", "E")},
    **{f"{prefix}Wh": f"{prefix}W h" for prefix in ("k", "M", "G", "T")},
    **{symbol: symbol for symbol in ("m2", "km2", "ha", "m3", "km", "%")},
}
"""Units that are neither money nor mass and that UDUNITS knows, as it spells them."""


def describe(dataset: xr.Dataset, headline: str) -> xr.Dataset:
    """Return a Dataset with the attributes of CF and ACDD; `plain` takes them away again.

    Parameters
    ----------
    dataset
        Numbers whose variables state their unit in ``units``.
    headline
        What the file holds, in one sentence, for the summary.
    """
    result = dataset.copy()
    basis = _basis(dataset.attrs)
    for name, variable in result.variables.items():
        if variable.dtype.kind in "fiu":
            content = "coordinate" if name in result.coords else "modelResult"
            words = {**variable.attrs, "long_name": variable.attrs.get("long_name", _by_number(name))}
            if basis and BASIS not in words and _holds_money(str(words.get("units", ""))):
                words[BASIS] = basis
            variable.attrs = {**_counted(words), CONTENT: content}
        elif not _is_table(dataset.attrs) and not variable.attrs:
            variable.attrs = {"long_name": _of_labels(name)}
    note = str(dataset.attrs.get("comment", ""))
    summary = headline + (f"; {note}" if note else "")
    result.attrs = {"history": HISTORY, **dataset.attrs, "summary": summary, "keywords": KEYWORDS}
    return result


def plain(dataset: xr.Dataset) -> xr.Dataset:
    """Return a Dataset as it was before `describe`; one that was never described stays as it is."""
    result = dataset.copy()
    basis = _basis(dataset.attrs)
    for name, variable in result.variables.items():
        variable.attrs = _named(variable.attrs)
        if basis and variable.attrs.get(BASIS) == basis:
            del variable.attrs[BASIS]
        if variable.attrs.get("long_name") == _by_number(name):
            del variable.attrs["long_name"]
        if variable.attrs == {"long_name": _of_labels(name)}:
            variable.attrs = {}
    own = {"summary", "keywords", *(["history"] if dataset.attrs.get("history") == HISTORY else [])}
    result.attrs = {key: value for key, value in dataset.attrs.items() if key not in own}
    return result


def udunits(text: str) -> tuple[str, str]:
    """Return a unit as UDUNITS knows it, and the thing or substance that is left to be named.

    Parameters
    ----------
    text
        A unit of mrio, or one ``per`` another.

    Examples
    --------
    >>> udunits("1e8 CNY"), udunits("Mt CO2"), udunits("Mt CO2 per 1e8 CNY")
    (('1e8', 'CNY'), ('Mt', 'CO2'), ('1e-8 Mt', 'CO2 per CNY'))
    """
    try:
        units = [_split(parse_unit(part)) for part in _parts(text)]
    except UnitsError:
        # A pure number, or words that are no unit.
        return "1", ""
    if len(units) > 2:
        return "1", text
    scale, symbol, thing = units[0]
    if len(units) == 2:
        scale /= units[1][0]
        symbol = " ".join(part for part in (symbol, _inverse(units[1][1])) if part)
        thing = f"{thing} per {units[1][2]}".strip() if units[1][2] else thing
    number = "" if scale == 1.0 and symbol else _number(scale)
    return " ".join(part for part in (number, symbol) if part), thing


def _split(unit: Unit) -> tuple[float, str, str]:
    """Return scale, symbol of UDUNITS and the thing that is named."""
    if unit.kind == "money":
        return unit.scale, "", unit.base
    if unit.kind == "mass":
        head = next((word for word in unit.text.split() if word in MASS), "t")
        symbol = "t" if head == "kt" else head
        return unit.scale / MASS[symbol], symbol, unit.base.removeprefix("t").strip()
    if unit.base in _OTHER:
        return unit.scale, _OTHER[unit.base], ""
    return unit.scale, "", unit.base


def _inverse(symbol: str) -> str:
    """Return a symbol to the power of minus one."""
    return " ".join(f"{part}-1" for part in symbol.split())


def _number(scale: float) -> str:
    """Return a scale as text, powers of ten without a mantissa."""
    power = round(float(np.log10(scale)))
    if np.isclose(scale, 10.0**power, rtol=1e-12, atol=0.0):
        return "1" if power == 0 else f"1e{power}"
    return f"{scale:.15g}"


def _basis(attrs: Mapping[Any, Any]) -> str:
    """Return the prices of the money in a result; nothing for tables, whose arrays state their own.

    A result of two periods says both, first and last.
    """
    if _is_table(attrs):
        return ""
    names = (BASIS, f"{BASIS}_0", f"{BASIS}_1")
    return "; ".join(dict.fromkeys(str(attrs[name]) for name in names if attrs.get(name)))


def _is_table(attrs: Mapping[Any, Any]) -> bool:
    """Tell whether attributes are those of a table, whose variables all state what they are."""
    return "population_unit" in attrs


_LABELS: Final = {
    "sector": "sector or product",
    "use_region": "region that uses",
    "use_sector": "sector that uses",
    "from_region": "region that a flow or transfer leaves",
    "to_region": "region that a flow or transfer reaches",
    "use": "kind of purchase",
    "part": "part of the view from the block of regions",
    "effect": "factor whose effect it is",
}
"""What the labels of a dim are, where its name does not say it."""


def _of_labels(name: object) -> str:
    """Return the long name of labels that have none of their own."""
    return "labels: " + _LABELS.get(str(name), str(name).replace("_", " "))


def _holds_money(text: str) -> bool:
    """Tell whether a unit, or one of the two units of a ratio, is money."""
    try:
        return any(parse_unit(part).kind == "money" for part in _parts(text))
    except UnitsError:
        return False


def _parts(text: str) -> list[str]:
    """Return the units of a ratio, or the one unit."""
    return re.split(r"\s+per\s+|\s*/\s*", text.strip())


def _by_number(name: object) -> str:
    """Return the long name of numbers that have none of their own, for example the ranks of paths."""
    return f"{name} (number)"


def _suffix(thing: str) -> str:
    return f" ({thing})" if thing else ""


def _counted(attrs: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return attributes with units that UDUNITS knows and the counted thing in the long name."""
    text = str(attrs.get("units", ""))
    units, thing = udunits(text)
    if units == text:
        return dict(attrs)
    result = {**attrs, "units": units, UNIT: text}
    if "long_name" in attrs:
        result["long_name"] = f"{attrs['long_name']}{_suffix(thing)}"
    return result


def _named(attrs: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return attributes as they were before `_counted`; a variable without units has none again."""
    result = {key: value for key, value in attrs.items() if key not in (CONTENT, UNIT)}
    if UNIT in attrs:
        text = str(attrs[UNIT])
        if "long_name" in result:
            result["long_name"] = str(result["long_name"]).removesuffix(_suffix(udunits(text)[1]))
        if text:
            result["units"] = text
        else:
            del result["units"]
    return result
