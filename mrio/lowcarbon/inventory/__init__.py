"""From fuel to emission: energy units, emission factors, inventories."""
