"""Structural decomposition of change."""

from mrio.change.decomposition import decompose
from mrio.change.ratios import MultiplicativeDecomposition
from mrio.change.result import Decomposition

__all__ = ["Decomposition", "MultiplicativeDecomposition", "decompose"]
