"""Which chains of suppliers carry an account, and how far up they reach."""

from mrio.measures.paths.layers import ProductionLayers, production_layers
from mrio.measures.paths.structural import StructuralPaths, structural_paths

__all__ = ["ProductionLayers", "StructuralPaths", "production_layers", "structural_paths"]
