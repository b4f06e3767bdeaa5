"""Building tables: from what statistical offices publish to a multi-regional table.

Numbers first, on plain arrays:

- `balance` (RAS, GRAS), `proportional` (several margins at once), `reconcile` (KRAS: constraints that
  contradict each other); their kernels are `scaling` and `projection`, what cannot be met is named by
  `feasibility` and `margins`.
- `imports` (import split), `trade` (who supplies whom), `quotients` (location quotients).

Then tables:

- `regional.RegionalTable` holds the table of one region; `assemble.assemble` makes one multi-regional table
  of several, `update.update` brings one to another year.

Nothing is imported here, so that a kernel does not load the tables.
"""
