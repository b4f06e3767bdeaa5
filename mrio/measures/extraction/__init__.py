"""What the economy loses without a sector, a region, one of its industries or a flow."""

from mrio.measures.extraction.each import extract_each
from mrio.measures.extraction.hypothetical import extract
from mrio.measures.extraction.result import Extraction, Extractions

__all__ = ["Extraction", "Extractions", "extract", "extract_each"]
