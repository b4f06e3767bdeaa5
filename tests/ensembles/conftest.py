import numpy as np
import pytest

import mrio


@pytest.fixture(scope="package")
def table():
    """Return two regions, two sectors, by hand."""
    Z = np.array(
        [[20.0, 5.0, 10.0, 0.0], [5.0, 10.0, 5.0, 5.0], [10.0, 5.0, 30.0, 10.0], [0.0, 5.0, 5.0, 20.0]]
    )
    Y = np.array([[50.0, 20.0], [40.0, 10.0], [10.0, 60.0], [5.0, 45.0]])
    x = Z.sum(axis=1) + Y.sum(axis=1)
    return mrio.System.from_arrays(
        regions=["A", "B"],
        sectors=["goods", "services"],
        demand=["final"],
        Z=Z,
        Y=Y,
        V=x - Z.sum(axis=0),
        accounts={"co2": (0.1 * x, "Mt CO2", [1.0, 2.0]), "jobs": (2 * x, "1e4 person")},
        unit="1e8 CNY",
        price_basis="current 2017 CNY, producer prices",
        period="2017",
        source="made up",
    )


@pytest.fixture(scope="package")
def draws(table):
    """Return five draws of the table."""
    return mrio.perturb(table, 0.1, n=5, seed=3)
