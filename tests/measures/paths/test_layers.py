"""Production layers: textbook rounds, powers of A by brute force, and the footprint they add up to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, LabelError
from mrio.measures.paths.layers import production_layers
from mrio.measures.paths.structural import structural_paths
from mrio.tables import System
from tests.measures.tables import MONEY, plain, random_system, two_sectors


def test_textbook_rounds_of_two_sectors():
    # Miller and Blair, section 2.4: 600 and 1500 of final demand need 465 and 195 in the first round, 118.5
    # and 102.75 in the second, and 1247.5 and 1841.6 in all.
    table = two_sectors()
    x = np.array([1247.52475, 1841.58416])
    shocked = System.from_arrays(
        regions=["economy"],
        sectors=["1", "2"],
        demand=["final"],
        Z=table.leontief.A * x,
        Y=[[600], [1500]],
        V=x * [0.65, 0.70],
        **MONEY,
    )
    found = production_layers(shocked, "output", depth=2)
    flows = found.of("layer_flow").values[:, 0]
    np.testing.assert_allclose(flows, [[600, 1500], [465, 195], [118.5, 102.75]], rtol=1e-7)
    total = flows.sum(axis=0) + found.of("deeper").values[0]
    np.testing.assert_allclose(total, [1247.5, 1841.6], atol=0.05)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(0, 8))
def test_layers_add_up_to_the_footprint(seed, depth):
    system = random_system(seed)
    A, L, _, _ = plain(system)
    y = system.arrays.Y[:, :, 0].sum(axis=-1).ravel()
    found = production_layers(system, depth=depth, final={"use_region": "R0"})
    for account in found.accounts:
        rate = (
            np.ones(9) if account == "output" else system.account(account).intensity(system.arrays.x).ravel()
        )
        flows = found.of("layer_flow", account)
        for d in range(depth + 1):
            expected = rate * (np.linalg.matrix_power(A, d) @ y)
            np.testing.assert_allclose(flows.sel(layer=d).values.ravel(), expected, rtol=1e-10)
        total = flows.sum("layer").values.ravel() + found.of("deeper", account).values.ravel()
        np.testing.assert_allclose(total, rate * (L @ y), rtol=1e-10)


def test_paths_by_layer_and_layers_agree():
    system = random_system(2)
    found = structural_paths(system, "jobs", top=50)
    layers = production_layers(system, "jobs", depth=12)
    table = found.by_layer()
    np.testing.assert_allclose(table.iloc[:-1, 1], layers.summary().iloc[:13, 0], rtol=1e-10)
    # What lies deeper is the rest of the whole: a difference, rounded like the whole.
    rest = layers.summary().loc["deeper"].iloc[0]
    np.testing.assert_allclose(table.iloc[-1, 1], rest, rtol=0, atol=1e-13 * found.total)
    assert (table.iloc[:, 0] <= table.iloc[:, 1] * (1 + 1e-12)).all()


def test_picture_file_and_bad_questions(tmp_path):
    system = random_system(5)
    layers = production_layers(system, ["co2", "output"], depth=2)
    layers.to_netcdf(tmp_path / "layers.nc")
    assert mrio.read_netcdf(tmp_path / "layers.nc").data.identical(layers.data)
    assert layers.plot.layers("co2") is not None
    assert layers.by_region("co2").shape == (4, 3)
    with pytest.raises(LabelError, match="no demand 'war'"):
        production_layers(system, final={"demand": "war"})
    with pytest.raises(DataError, match="0 or more"):
        production_layers(system, depth=-1)
