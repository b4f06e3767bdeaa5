"""Tables and printed series that travel with the library."""

from __future__ import annotations

from typing import Literal, overload

import xarray as xr

from mrio import bundled
from mrio.errors import LabelError
from mrio.netcdf import read_netcdf
from mrio.tables import Systems

EXAMPLES = {
    "illustrative": "illustrative.nc",
}
"""Files of the bundled examples by their name."""


SERIES = ("beijing-manufacturing", "bth-circular-economy")
"""Names of the bundled series, which are Datasets, not tables."""

TableName = Literal["illustrative"]
SeriesName = Literal["beijing-manufacturing", "bth-circular-economy"]


@overload
def load_example(name: TableName = ...) -> Systems: ...


@overload
def load_example(name: SeriesName) -> xr.Dataset: ...


def load_example(name: TableName | SeriesName = "illustrative") -> Systems | xr.Dataset:
    """Load tables or printed series that travel with the library.

    Parameters
    ----------
    name
        ``"illustrative"``: four regions, three sectors and two periods of made-up numbers, for learning and
        testing; no statement about any real region follows from it.
        ``"beijing-manufacturing"`` and ``"bth-circular-economy"``: what two papers on low-carbon development
        print, with table and figure numbers; see `mrio.lowcarbon.load_series`.

    Returns
    -------
    Systems or xarray.Dataset
        Tables by period; printed series as a Dataset.

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
    if name in SERIES:
        # Series belong to the methods they illustrate, which tables do not need.
        from mrio.lowcarbon.series import load_series

        return load_series(name)
    if name not in EXAMPLES:
        known = [*EXAMPLES, *SERIES]
        raise LabelError(
            f"There is no example {name!r}.", remedy=f"examples are {', '.join(map(repr, known))}"
        )
    tables = read_netcdf(bundled.path(EXAMPLES[name]))
    assert isinstance(tables, Systems)
    return tables
