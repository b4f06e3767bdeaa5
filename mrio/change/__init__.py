"""Structural decomposition of change."""

from mrio.change.decompose import decompose
from mrio.change.decomposition import Decomposition

__all__ = ["Decomposition", "decompose"]
