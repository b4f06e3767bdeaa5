"""Indicators of regions, and indices made of several of them."""
