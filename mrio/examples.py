"""Tables that travel with the library."""

from __future__ import annotations

from typing import Literal, overload

from mrio import bundled
from mrio.errors import LabelError
from mrio.netcdf import read_netcdf
from mrio.tables import Systems, Variants

TABLES = {
    "bth": "bth.nc",
    "illustrative": "illustrative.nc",
}
"""Files of the bundled tables by their name."""

SENSITIVITY = {
    "bth-sensitivity": ("bth", "bth_sensitivity.nc"),
}
"""Bundled sets of variants: the name of their default tables, and the file of the others."""


@overload
def load_example(name: Literal["bth", "illustrative"] = ...) -> Systems: ...
@overload
def load_example(name: Literal["bth-sensitivity"]) -> Variants: ...
@overload
def load_example(name: str) -> Systems | Variants: ...
def load_example(name: str = "bth") -> Systems | Variants:
    """Load tables that travel with the library.

    Parameters
    ----------
    name
        ``"bth"``: Beijing, Tianjin, Hebei and the rest of China, 39 sectors, 2007, 2012 and 2017, with CO2
        and population, estimated by mrio from official statistics; ``"bth-sensitivity"``: the same under
        other modelling choices; ``"illustrative"``: four regions, three sectors and two periods of made-up
        numbers, about no real region.

    Returns
    -------
    Systems or Variants
        Tables by period; for ``"bth-sensitivity"`` sets of tables by the name of the choices, the default
        first.

    Raises
    ------
    LabelError
        When there is no such example.

    Examples
    --------
    >>> load_example("illustrative")["0"].regions
    ('BJ', 'TJ', 'HE', 'RC')
    """
    if name in TABLES:
        return _tables(TABLES[name])
    if name in SENSITIVITY:
        default, others = SENSITIVITY[name]
        return Variants.by_scenario(_tables(TABLES[default]), _tables(others))
    known = ", ".join(map(repr, [*TABLES, *SENSITIVITY]))
    raise LabelError(f"There is no example {name!r}.", remedy=f"examples are {known}")


def _tables(file: str) -> Systems:
    """Return the tables of a bundled file."""
    tables = read_netcdf(bundled.path(file))
    assert isinstance(tables, Systems)
    return tables
