"""What a unit of final demand calls for, with and without what households spend again."""

from mrio.measures.multipliers.households import HouseholdMultipliers, household_multipliers
from mrio.measures.multipliers.type_one import Multipliers, multipliers

__all__ = ["HouseholdMultipliers", "Multipliers", "household_multipliers", "multipliers"]
