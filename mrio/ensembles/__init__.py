"""Ensembles: hundreds of runs, over a grid of scenarios or the draws of uncertain tables.

Runs are made in this process, on a pool of processes that share the tables in memory, or on a dask cluster;
the answers are the same to the last bit. A file keeps every finished run, so that work goes on where it was
interrupted.
"""

from mrio.ensembles.grid import Sweep, sweep
from mrio.ensembles.montecarlo import MonteCarlo, monte_carlo

__all__ = ["MonteCarlo", "Sweep", "monte_carlo", "sweep"]
