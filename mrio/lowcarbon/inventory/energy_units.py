"""Units of energy use, told apart by what they count: fuel by mass or volume, standard coal, heat, power.

The library's units (`mrio.units`) scale between units of one base. Here the bases of energy statistics get
their names, so that a factor per kilogram of fuel never meets a tonne of standard coal unnoticed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mrio.errors import UnitsError
from mrio.units import parse_unit

KILOJOULES_PER_KGCE: Final = 29307.6
"""Heat of one kilogram of coal equivalent [kJ]: 7000 kcal of 4.1868 kJ."""

KINDS: Final[dict[str, str]] = {
    "kg": "mass of fuel",
    "m3": "volume of gas",
    "kgce": "standard coal (coal equivalent)",
    "kJ": "heat",
    "kWh": "electricity",
}
"""What each basic unit counts."""

_BASES: Final[dict[str, tuple[str, float]]] = {
    "t": ("kg", 1e3),
    "m3": ("m3", 1.0),
    "kgce": ("kgce", 1.0),
    "tce": ("kgce", 1e3),
    "Mtce": ("kgce", 1e9),
    "kJ": ("kJ", 1.0),
    "MJ": ("kJ", 1e3),
    "GJ": ("kJ", 1e6),
    "TJ": ("kJ", 1e9),
    "PJ": ("kJ", 1e12),
    "kWh": ("kWh", 1.0),
    "MWh": ("kWh", 1e3),
    "GWh": ("kWh", 1e6),
    "TWh": ("kWh", 1e9),
}


@dataclass(frozen=True)
class EnergyUnit:
    """A unit of energy use.

    Parameters
    ----------
    text
        As the user wrote it.
    basic
        The basic unit it counts in, one of `KINDS`.
    scale
        Number of basic units in one unit.
    """

    text: str
    basic: str
    scale: float


def energy_unit(text: str) -> EnergyUnit:
    """Read a unit of energy use.

    Parameters
    ----------
    text
        A number or a number word, then ``t`` (or another mass), ``m3``, ``tce``, ``TJ`` or ``kWh`` and their
        multiples.

    Raises
    ------
    UnitsError
        When the unit counts none of these.

    Examples
    --------
    >>> energy_unit("1e4 t")
    EnergyUnit(text='1e4 t', basic='kg', scale=10000000.0)
    >>> energy_unit("1e8 m3").scale
    100000000.0
    """
    unit = parse_unit(text)
    if unit.base not in _BASES:
        raise UnitsError(
            f"The unit {text!r} is no unit of energy use.",
            amount=f"base {unit.base!r}",
            remedy="give tonnes of the fuel itself (1e4 t), volume (1e8 m3), standard coal (1e4 tce), "
            "heat (TJ) or electricity (1e8 kWh)",
        )
    basic, scale = _BASES[unit.base]
    return EnergyUnit(text, basic, unit.scale * scale)
