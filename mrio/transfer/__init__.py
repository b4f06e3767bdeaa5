"""Industrial transfer between regions: who took which production from whom, and with what effect."""

from mrio.transfer.bias import AggregationBias, aggregation_bias
from mrio.transfer.chain import TransferChain, measure_transfer_chain
from mrio.transfer.counterfactual import CounterfactualTransfer
from mrio.transfer.demand import DemandTransfer
from mrio.transfer.draws import TransferDraws
from mrio.transfer.measure import measure_transfer
from mrio.transfer.no_transfer import NoTransfer
from mrio.transfer.result import Transfer

__all__ = [
    "AggregationBias",
    "CounterfactualTransfer",
    "DemandTransfer",
    "NoTransfer",
    "Transfer",
    "TransferChain",
    "TransferDraws",
    "aggregation_bias",
    "measure_transfer",
    "measure_transfer_chain",
]
