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
    from mrio import lowcarbon as lowcarbon
    from mrio.change import Decomposition as Decomposition
    from mrio.change import decompose as decompose
    from mrio.errors import MrioError as MrioError
    from mrio.examples import load_example as load_example
    from mrio.leontief import Leontief as Leontief
    from mrio.netcdf import read_netcdf as read_netcdf
    from mrio.readers.sic import read_sic as read_sic
    from mrio.tables import Account as Account
    from mrio.tables import System as System
    from mrio.tables import Systems as Systems
    from mrio.transfer import Transfer as Transfer
    from mrio.transfer import measure_transfer as measure_transfer

_HOMES = {
    "Account": "mrio.tables",
    "Decomposition": "mrio.change",
    "Leontief": "mrio.leontief",
    "MrioError": "mrio.errors",
    "System": "mrio.tables",
    "Systems": "mrio.tables",
    "Transfer": "mrio.transfer",
    "decompose": "mrio.change",
    "load_example": "mrio.examples",
    "measure_transfer": "mrio.transfer",
    "read_netcdf": "mrio.netcdf",
    "read_sic": "mrio.readers.sic",
}

_SUBMODULES = ("lowcarbon",)

__all__ = [*sorted([*_HOMES, *_SUBMODULES]), "__version__"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name in _SUBMODULES:
        return import_module(f"mrio.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'mrio' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
