"""What stays in a region, spills over to others, and comes back."""

from mrio.measures.feedback.decomposition import Feedback, feedback

__all__ = ["Feedback", "feedback"]
