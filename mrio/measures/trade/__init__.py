"""Value added and other accounts in the trade between regions and abroad."""

from mrio.measures.trade.content import ValueAddedTrade, value_added_trade
from mrio.measures.trade.embodied import EmbodiedTrade, embodied_trade
from mrio.measures.trade.exports import ExportDecomposition, decompose_exports
from mrio.measures.trade.position import ChainPosition, chain_position

__all__ = [
    "ChainPosition",
    "EmbodiedTrade",
    "ExportDecomposition",
    "ValueAddedTrade",
    "chain_position",
    "decompose_exports",
    "embodied_trade",
    "value_added_trade",
]
