"""Command of the recipe: ``python -m data.recipe [tables|sensitivity|all|validate] [--out FOLDER]``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

# OpenBLAS sums in an order that depends on the processor; one kernel for all gives the same bytes on all. It
# is read when numpy is loaded, which the modules below do.
os.environ.setdefault("OPENBLAS_CORETYPE", "Nehalem")

from data.recipe import systems
from data.recipe.accounts import read_facts
from data.recipe.report import report
from data.recipe.sources import data_dir

_DATA = Path(__file__).resolve().parents[1]


def main() -> None:
    """Build the files that are asked for, or print the validation."""
    parser = argparse.ArgumentParser(
        prog="python -m data.recipe", description="Build and validate the tables."
    )
    parser.add_argument(
        "what", nargs="?", default="all", choices=("all", "tables", "sensitivity", "validate")
    )
    parser.add_argument("--out", type=Path, default=_DATA, help="folder of the files, by default data/")
    arguments = parser.parse_args()
    facts = read_facts()
    if arguments.what == "validate":
        print(report(facts, data_dir()))
        return
    writers = {"tables": [systems.write_tables], "sensitivity": [systems.write_sensitivity]}
    for write in writers.get(arguments.what, [systems.write_tables, systems.write_sensitivity]):
        path = write(facts, arguments.out)
        print(f"{systems.checksum(path)}  {path.name}")


if __name__ == "__main__":
    main()
