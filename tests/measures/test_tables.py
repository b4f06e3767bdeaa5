"""Every measure on test tables of other packages, on real tables, and on single regions and sectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import mrio
from mrio.errors import DataError, DataWarning
from tests.measures.published import icio_like, leather, toy, wiod_like
from tests.measures.tables import DATA, peers, plain, random_system, real

TABLES = {
    "leather": leather,
    "toy, first period": lambda: toy("IO"),
    "toy, second period": lambda: toy("IO2"),
    "wiod": lambda: wiod_like()[0],
    "icio": lambda: icio_like()[0],
}

MEASURES = {
    "linkages": lambda s: mrio.linkages(s, within="region"),
    "field of influence": lambda s: mrio.field_of_influence(s, top=10),
    "extraction": lambda s: mrio.extract(s, s.regions[0]),
    "flow": lambda s: mrio.extract(s, s.regions[0], to_region=s.regions[-1], replacement="regions"),
    "region-sectors": lambda s: mrio.extract_each(s),
    "sectors": lambda s: mrio.extract_each(s, "sector", "backward"),
    "regions": lambda s: mrio.extract_each(s, "region", "forward"),
    "feedback": lambda s: mrio.feedback(s, rounds=3),
    "paths": lambda s: mrio.structural_paths(s, "output", top=20),
    "layers": lambda s: mrio.production_layers(s, depth=4),
    "position": mrio.chain_position,
    "prices": lambda s: mrio.price_change(s, {s.factors[0]: 0.1}),
    "households": lambda s: mrio.household_multipliers(s, s.demand[0], list(s.factors)),
    "multipliers": lambda s: mrio.multipliers(s, "output"),
    "embodied trade": lambda s: mrio.embodied_trade(s, "value_added"),
    "value added in trade": mrio.value_added_trade,
    "kww": lambda s: mrio.decompose_exports(s, "kww"),
    "wwz": lambda s: mrio.decompose_exports(s, "wwz"),
    "source": lambda s: mrio.decompose_exports(s, "bm_source"),
    "sink": lambda s: mrio.decompose_exports(s, "bm_sink"),
}

OF_VALUE = ("value added in trade", "kww", "wwz", "source", "sink")


def require_numbers(result):
    """Refuse results that hold anything but numbers."""
    assert len(result.summary())
    for values in result.data.data_vars.values():
        if values.dtype.kind == "f":
            assert np.isfinite(values.values).all(), values.name


@peers
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_on_tables_of_others(measure, table):
    system = TABLES[table]()
    if (table, measure) == ("icio", "households"):
        # What Mexico and China buy stands with one part of each, what they earn with the others.
        with pytest.raises(DataError, match="earn nothing"):
            MEASURES[measure](system)
        return
    if table.startswith("toy") and measure in OF_VALUE:
        with pytest.warns(DataWarning, match="unaccounted"):
            result = MEASURES[measure](system)
    else:
        result = MEASURES[measure](system)
    require_numbers(result)


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (2, 1)])
@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_on_one_region_or_one_sector(measure, shape):
    for imports, exports in ((None, False), ("row", True), ("product", False)):
        require_numbers(MEASURES[measure](random_system(3, *shape, imports=imports, exports=exports)))


def bth():
    return mrio.load_example("bth")["2017"]


def sic():
    return mrio.read_sic(Path(DATA) / "sic_irio_2002_2007", 2007)


def wiod():
    """Return the regional WIOD table of 2011: 7 regions, 35 industries, a closed world."""
    given = np.load(Path(DATA) / "wiod_regional" / "wiod2013_regional_2011_7x35.npz", allow_pickle=True)
    Z, F = given["Z"], given["F"]
    return mrio.System.from_arrays(
        regions=[f"region {number}" for number in range(7)],
        sectors=[str(name) for name in given["industries"]],
        demand=["households", "non-profit", "government", "investment", "stocks"],
        Z=Z,
        Y=F,
        V=Z.sum(axis=1) + F.sum(axis=1) - Z.sum(axis=0),
        unit="million USD",
        price_basis="current 2011 USD, basic prices",
        period="2011",
    )


@pytest.mark.parametrize("table", [bth, pytest.param(sic, marks=real), pytest.param(wiod, marks=real)])
def test_every_measure_on_real_tables(table):
    system = table()
    for measure in MEASURES.values():
        require_numbers(measure(system))
    A, L, y, x = plain(system)
    found = mrio.linkages(system, details=False).data
    np.testing.assert_allclose(found["backward"].values.ravel(), L.sum(axis=0), rtol=1e-10)
    assert float(found["forward_normalised"].mean()) == pytest.approx(1, rel=1e-12)
    lost = mrio.extract_each(system, "region", accounts="output").data["loss"].sum("region").values.ravel()
    for region, loss in enumerate(lost):
        rest = np.flatnonzero(np.arange(x.size) // len(system.sectors) != region)
        left = np.linalg.solve(np.eye(rest.size) - A[np.ix_(rest, rest)], y[rest])
        assert loss == pytest.approx(x.sum() - left.sum(), rel=1e-10)
