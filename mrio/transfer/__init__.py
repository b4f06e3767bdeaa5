"""Industrial transfer between regions: who took which production from whom, and with what effect."""

from mrio.transfer.measure import measure_transfer
from mrio.transfer.result import Transfer

__all__ = ["Transfer", "measure_transfer"]
