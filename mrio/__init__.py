"""Inter-regional industrial transfer from multi-regional input-output tables.

A `System` holds one table. `decompose` splits the change of an account between two tables into the effects of
its factors, `measure_transfer` finds who took which production from whom and what that did to every region.
`load_example` gives tables to start with, `read_netcdf` what was written before.

Names load when they are first used, so importing the package is quick and has no side effects.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from mrio.change import Decomposition as Decomposition
    from mrio.change import decompose as decompose
    from mrio.errors import MrioError as MrioError
    from mrio.leontief import Leontief as Leontief
    from mrio.netcdf import read_netcdf as read_netcdf
    from mrio.tables import Account as Account
    from mrio.tables import System as System
    from mrio.tables import Systems as Systems

_HOMES = {
    "Account": "mrio.tables",
    "Decomposition": "mrio.change",
    "Leontief": "mrio.leontief",
    "MrioError": "mrio.errors",
    "System": "mrio.tables",
    "Systems": "mrio.tables",
    "decompose": "mrio.change",
    "read_netcdf": "mrio.netcdf",
}

__all__ = [*sorted(_HOMES), "__version__"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mrio' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
