"""Reference cases and the hypothesis profile that all tests share."""

import json
import os
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from threadpoolctl import threadpool_limits

from mrio.tables import System, Systems

CASES = Path(__file__).parent / "cases"

# Workers share the cores: threads of BLAS inside them would only wait for each other.
threadpool_limits(limits=1)

COMMON = {"deadline": None, "database": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("quick", max_examples=20, derandomize="CI" in os.environ, **COMMON)
# pytest --hypothesis-profile=thorough
settings.register_profile("thorough", max_examples=400, **COMMON)
settings.load_profile("quick")


def worked_arrays(case, period):
    """Return the arguments of `System.from_arrays` for one period of the worked example."""
    given = {name: np.array(values, dtype=float) for name, values in case["inputs"][period].items()}
    return {
        "regions": case["regions"],
        "sectors": case["sectors"],
        "demand": case["categories"],
        "Z": given["Z"],
        "Y": given["F"],
        "V": given["v"],
        "exports": given["e"],
        "stock_change": given["h"],
        "imports_Z": given["MZ"],
        "imports_Y": given["MF"],
        "accounts": {"co2": (given["c"], case["units"]["c"])},
        "population": given["P"],
        "population_unit": "1e4 person",
        "unit": case["units"]["flows"],
        "price_basis": "current CNY, producer prices",
        "period": period,
    }


@pytest.fixture(scope="session")
def worked():
    """Return the worked example: two tables, all expected numbers, and what they are called there."""
    case = json.loads((CASES / "worked_example.json").read_text(encoding="utf-8"))
    inputs = [worked_arrays(case, period) for period in ("0", "1")]
    tables = Systems([System.from_arrays(**given) for given in inputs])
    return SimpleNamespace(
        tables=tables,
        a=tables["0"],
        b=tables["1"],
        inputs=inputs,
        expected=case["expected"],
        block=[case["regions"][member] for member in case["block"]],
    )


@pytest.fixture
def table(worked):
    """Return fresh arguments of `System.from_arrays` that a test may spoil."""
    given = worked.inputs[0]
    return {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in given.items()}


@pytest.fixture(scope="session")
def tiny():
    """Return the exact example: two regions, one sector, all expected numbers as fractions."""
    case = json.loads((CASES / "tiny_exact.json").read_text(encoding="utf-8"))
    systems = []
    for period, given in enumerate(case["inputs"]):
        Z, Y = np.array(given["Z"], dtype=float), np.array(given["F"], dtype=float)
        systems.append(
            System.from_arrays(
                regions=["A", "B"],
                sectors=["goods"],
                demand=["final"],
                Z=Z,
                Y=Y,
                V=Z.sum(1) + Y.sum(1) - Z.sum(0),
                accounts={"co2": (given["c"], "Mt CO2")},
                unit="1e8 CNY",
                price_basis="current CNY",
                period=str(period),
            )
        )
    return SimpleNamespace(
        a=systems[0],
        b=systems[1],
        inputs=case["inputs"],
        expected={
            name: {
                effect: [Fraction(value) for value in values]
                for effect, values in case[name]["shapley"].items()
            }
            for name in ("va", "co2")
        },
    )


@pytest.fixture(scope="session")
def real_data():
    """Return the folder of real tables, or skip."""
    folder = os.environ.get("MRIO_DATA_DIR")
    if folder is None:
        pytest.skip("MRIO_DATA_DIR is not set")
    return Path(folder)
