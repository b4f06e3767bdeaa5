"""How far a unit of one sector reaches: linkages to suppliers and buyers, key sectors, field of influence."""

from mrio.measures.linkages.indices import linkages
from mrio.measures.linkages.influence import FieldOfInfluence, field_of_influence
from mrio.measures.linkages.result import Linkages

__all__ = ["FieldOfInfluence", "Linkages", "field_of_influence", "linkages"]
