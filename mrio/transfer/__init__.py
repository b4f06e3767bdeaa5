"""Industrial transfer between regions: who took which production from whom, and with what effect."""

from mrio.transfer.counterfactual import CounterfactualTransfer
from mrio.transfer.demand import DemandTransfer
from mrio.transfer.measure import measure_transfer
from mrio.transfer.no_transfer import NoTransfer
from mrio.transfer.result import Transfer

__all__ = ["CounterfactualTransfer", "DemandTransfer", "NoTransfer", "Transfer", "measure_transfer"]
