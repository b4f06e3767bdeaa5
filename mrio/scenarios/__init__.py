"""Scenarios: what if. Named shocks on a table, their runs, what differs, and ready families."""

from mrio.scenarios.families import (
    buildings,
    carbon_price,
    circular_inputs,
    energy_structure,
    green_investment,
    industrial_transfer,
    transport,
)

__all__ = [
    "buildings",
    "carbon_price",
    "circular_inputs",
    "energy_structure",
    "green_investment",
    "industrial_transfer",
    "transport",
]
