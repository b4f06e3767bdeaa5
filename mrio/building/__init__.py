"""Building tables: from what statistical offices publish to a multi-regional table.

Numbers first, on plain arrays: `imports` (import split), `trade` (who supplies whom), `quotients` (location
quotients); balancing is `mrio.balancing`. Then tables: `regional.RegionalTable` holds the table of one
region; `assemble.assemble` makes one multi-regional table of several, `update.update` brings one to another
year, and `disaggregate.disaggregate` splits sectors and regions.

Nothing is imported here, so that a kernel does not load the tables.
"""
