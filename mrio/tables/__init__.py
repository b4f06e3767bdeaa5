"""Tables: `System`, `Account`, `Systems`, `Variants`, their checks and their files."""

from mrio.tables.account import Account
from mrio.tables.checks import Check, CheckReport
from mrio.tables.deflator import Deflator
from mrio.tables.ensemble import Ensemble, perturb
from mrio.tables.labels import Labels
from mrio.tables.system import System
from mrio.tables.systems import Systems, require_comparable, require_one_unit
from mrio.tables.variants import Variants

__all__ = [
    "Account",
    "Check",
    "CheckReport",
    "Deflator",
    "Ensemble",
    "Labels",
    "System",
    "Systems",
    "Variants",
    "perturb",
    "require_comparable",
    "require_one_unit",
]
