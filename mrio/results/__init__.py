"""Results: the base that every measure, decomposition and transfer shares."""

from mrio.results.base import Result, require_adding_up
from mrio.results.stack import stacked

__all__ = ["Result", "require_adding_up", "stacked"]
