"""Every measure on the test tables of other packages, and on tables of one region or one sector."""

from __future__ import annotations

import numpy as np
import pytest

import mrio
from mrio.errors import DataError, DataWarning
from tests.measures.published import icio_like, leather, toy, wiod_like
from tests.measures.tables import peers, random_system

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
