"""Scenarios: what if. Named shocks on a table, their runs, what differs, and ready families.

Examples
--------
>>> import mrio
>>> from mrio import scenarios
>>> table = mrio.load_example("bth")["2017"]
>>> power = scenarios.energy_structure(0.3, region="Hebei")
>>> runs = mrio.run_scenarios(table, [power, scenarios.green_investment(100, "Hebei")])
>>> mrio.compare(runs, ["value_added", "co2"]).summary().index.tolist()
['energy structure', 'green investment']
"""

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
