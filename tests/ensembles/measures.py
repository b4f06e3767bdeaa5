"""Measures and families that other processes can import."""

import os
import signal
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

import mrio


def move(share):
    return mrio.Scenario("move").shift_sourcing("goods", from_region="B", to_region="A", share=share)


def move_and_clean(share, factor):
    return move(share) + mrio.Scenario("clean").scale_intensity("co2", factor)


def total(table):
    """Return one number."""
    return float(table.account("co2").values.sum())


def by_region(table):
    """Return a Series."""
    return pd.Series(table.arrays.x.sum(axis=1), index=pd.Index(table.regions, name="region"))


def change(before, after):
    """Return an array of two tables."""
    return (after.x - before.x).rename("growth").assign_attrs(units=after.unit)


def solved(table):
    """Return output solved for anew by the operator of the table, which remembers what it was asked."""
    table.leontief.solve(np.ones(table.arrays.x.size))
    solution = np.asarray(table.leontief.solve(table.arrays.final_demand.ravel()))
    return float(solution.sum())


def told(table, log):
    """Return a number, and leave a line in a file for every run."""
    with Path(log).open("a") as file:
        file.write(f"{table.scenario}\n")
    return total(table)


def slow(table, log):
    """Do the same, and take time."""
    if table.scenario != "baseline":
        time.sleep(0.1)
    return told(table, log)


def failing(table, at):
    """Fail where emissions are below a number."""
    if total(table) < at:
        raise RuntimeError("the cat walked over the keyboard")
    return total(table)


def dying(table, at):
    """Die where emissions are below a number."""
    if total(table) < at:
        os.kill(os.getpid(), signal.SIGKILL)
    return total(table)


def warning(table):
    """Warn in every run."""
    warnings.warn(mrio.errors.DataWarning("something small"), stacklevel=1)
    return total(table)


def of_other_labels(table):
    """Return labels that differ by run."""
    return by_region(table) if table.scenario == "baseline" else by_region(table)[::-1]
