"""Who causes an account, and where the chains that do it begin."""

from mrio.measures.footprint.footprints import Footprint, footprint

__all__ = ["Footprint", "footprint"]
