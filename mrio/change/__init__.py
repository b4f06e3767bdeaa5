"""Structural decomposition of change."""

from mrio.change.chain import DecompositionChain, decompose_chain
from mrio.change.decomposition import decompose
from mrio.change.draws import DecompositionDraws
from mrio.change.ratios import MultiplicativeDecomposition
from mrio.change.result import Decomposition

__all__ = [
    "Decomposition",
    "DecompositionChain",
    "DecompositionDraws",
    "MultiplicativeDecomposition",
    "decompose",
    "decompose_chain",
]
