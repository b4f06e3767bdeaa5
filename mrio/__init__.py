"""Inter-regional industrial transfer from multi-regional input-output tables."""

__version__ = "0.1.0"
