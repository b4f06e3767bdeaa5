"""Files that travel with the library: sector classifications and example tables.

They live in the top-level ``data`` folder of a checkout and in ``mrio/data`` of an installed package.
"""

from __future__ import annotations

from pathlib import Path

from mrio.errors import FileError

_PACKAGE = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """Return the path of a bundled file.

    Parameters
    ----------
    name
        Name inside the data folder, with ``/`` between folders.

    Raises
    ------
    FileError
        When the file is neither in the installed package nor in the checkout.

    Examples
    --------
    >>> path("classifications/h39.csv").name
    'h39.csv'
    """
    places = (_PACKAGE / "data" / name, _PACKAGE.parent / "data" / name)
    for place in places:
        if place.is_file():
            return place
    raise FileError(
        f"The bundled file {name!r} is missing.",
        where=" and ".join(str(place) for place in places),
        remedy="check the name; if it is right, install mrio again, the installation is incomplete",
    )
