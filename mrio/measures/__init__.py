"""Measures on one table: linkages, extraction, feedback, paths, value added in trade, prices, households."""
