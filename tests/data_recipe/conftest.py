"""Facts and tables of the recipe, read once; what needs the raw data is skipped without it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from data.recipe.accounts import Facts, read_facts
from data.recipe.assemble import Table, build
from data.recipe.choices import DEFAULT


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the raw data."""
    if not os.environ.get("MRIO_DATA_DIR"):
        pytest.skip("MRIO_DATA_DIR is not set: the official statistics are not here")
    return Path(os.environ["MRIO_DATA_DIR"])


@pytest.fixture(scope="session")
def facts(root: Path) -> Facts:
    """Return everything that is read."""
    return read_facts(root)


@pytest.fixture(scope="session")
def tables(facts: Facts) -> dict[int, Table]:
    """Return the tables of 31 provinces under the default choices."""
    return build(facts, DEFAULT)
