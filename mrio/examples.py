"""Tables and printed series that travel with the library."""

from __future__ import annotations

from typing import Literal, overload

import xarray as xr

from mrio import bundled
from mrio.errors import LabelError, choices
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

CHOICES = {
    "default": "as bundled",
    "proportional": "trade without regard to distance",
    "exponent_1": "trade falls with distance to the power of 1 (default 1.5)",
    "exponent_2": "trade falls with distance to the power of 2 (default 1.5)",
    "charm": "own supply by cross-hauling as with abroad, without official flows between provinces",
    "geometric": "own supply as the mean of both readings of the official flows of 2007",
    "quantity": "electricity and coal located by quantities",
    "as_booked": "electricity and coal where head offices book them",
    "first_published": "regional accounts as first published, before the 4th economic census",
    "group_value_added": "output within groups of industries in proportion to value added",
}
"""What each set of ``"bth-sensitivity"`` does otherwise than the bundled tables."""

SERIES = ("beijing-manufacturing", "bth-circular-economy")
"""Bundled series, which are Datasets, not tables."""


@overload
def load_example(name: Literal["bth", "illustrative"] = ...) -> Systems: ...
@overload
def load_example(name: Literal["bth-sensitivity"]) -> Variants: ...
@overload
def load_example(name: Literal["beijing-manufacturing", "bth-circular-economy"]) -> xr.Dataset: ...
@overload
def load_example(name: str) -> Systems | Variants | xr.Dataset: ...
def load_example(name: str = "bth") -> Systems | Variants | xr.Dataset:
    """Load tables or printed series that travel with the library.

    Parameters
    ----------
    name
        ``"bth"``: Beijing, Tianjin, Hebei and the rest of China, 39 sectors, 2007, 2012 and 2017, with CO2
        and population, estimated by mrio from official statistics; ``"bth-sensitivity"``: the same under
        other modelling choices; ``"illustrative"``: four regions, three sectors and two periods of made-up
        numbers, about no real region; ``"beijing-manufacturing"`` and ``"bth-circular-economy"``: what two
        papers on low-carbon development print, see `mrio.lowcarbon.load_series`.

    Returns
    -------
    Systems, Variants or xarray.Dataset
        Tables by period; for ``"bth-sensitivity"`` sets of tables by the name of the choices, the default
        first; printed series as a Dataset.

    Raises
    ------
    LabelError
        When there is no such example.

    Examples
    --------
    >>> load_example("illustrative")["0"].regions
    ('BJ', 'TJ', 'HE', 'RC')
    >>> load_example("beijing-manufacturing")["index"].sel(year=2021).item()
    0.8356
    """
    if name in TABLES:
        return _tables(TABLES[name])
    if name in SENSITIVITY:
        default, others = SENSITIVITY[name]
        return Variants.by_scenario(_tables(TABLES[default]), _tables(others))
    if name in SERIES:
        # Series belong to the methods they illustrate, which tables do not need.
        from mrio.lowcarbon.papers.series import load_series

        return load_series(name)
    known = [*TABLES, *SENSITIVITY, *SERIES]
    raise LabelError(f"There is no example {name!r}.", remedy=choices(name, known, "examples"))


def _tables(file: str) -> Systems:
    """Return the tables of a bundled file."""
    tables = read_netcdf(bundled.path(file))
    assert isinstance(tables, Systems)
    return tables
