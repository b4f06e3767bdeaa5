"""Balancing arrays to what they must add up to.

`balance` (RAS, GRAS), `proportional` (several margins at once), `reconcile` (KRAS: constraints that
contradict each other) and `capped` (totals below ceilings); their kernels are `scaling` and `projection`,
what cannot be met is named by `feasibility` and `margins`.
"""
