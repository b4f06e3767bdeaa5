"""Tables that travel with the library."""

from __future__ import annotations

from mrio import bundled
from mrio.errors import LabelError
from mrio.netcdf import read_netcdf
from mrio.tables import Systems

EXAMPLES = {
    "illustrative": "illustrative.nc",
}
"""Files of the bundled examples by their name."""


def load_example(name: str = "illustrative") -> Systems:
    """Load tables that travel with the library.

    Parameters
    ----------
    name
        ``"illustrative"``: four regions, three sectors and two periods of made-up numbers, for learning and
        testing; no statement about any real region follows from it.

    Returns
    -------
    Systems
        Tables by period.

    Raises
    ------
    LabelError
        When there is no such example.

    Examples
    --------
    >>> load_example("illustrative")["0"].regions
    ('BJ', 'TJ', 'HE', 'RC')
    """
    if name not in EXAMPLES:
        raise LabelError(
            f"There is no example {name!r}.", remedy=f"examples are {', '.join(map(repr, EXAMPLES))}"
        )
    tables = read_netcdf(bundled.path(EXAMPLES[name]))
    assert isinstance(tables, Systems)
    return tables
