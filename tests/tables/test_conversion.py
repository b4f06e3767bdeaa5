"""Tables in another unit, and the refusal to change a unit alone."""

import numpy as np
import pytest

from mrio.errors import UnitsError
from mrio.schema import SYSTEM_DIMS


def test_all_money_is_converted_and_nothing_else(worked):
    s = worked.a
    small = s.in_unit("1e4 CNY")
    assert small.unit == "1e4 CNY"
    for name in SYSTEM_DIMS:
        values = getattr(s.arrays, name)
        if values is None:
            assert getattr(small.arrays, name) is None
        else:
            factor = 1.0 if name == "population" else 1e4
            np.testing.assert_allclose(getattr(small.arrays, name), values * factor, rtol=1e-13)
    np.testing.assert_array_equal(small.accounts["co2"].values, s.accounts["co2"].values)
    np.testing.assert_allclose(small.A, s.A, rtol=1e-13)
    assert small.provenance.steps[-1].details == {"before": "1e8 CNY", "after": "1e4 CNY", "factor": 1e4}


@pytest.mark.parametrize("unit", ["1e8 USD", "Mt CO2", ""])
def test_units_of_something_else(worked, unit):
    with pytest.raises(UnitsError):
        worked.a.in_unit(unit)


def test_a_unit_alone_is_not_replaced(worked):
    s = worked.a
    with pytest.raises(UnitsError, match="A new unit alone would change") as caught:
        s.replace(unit="1e4 CNY")
    assert "in_unit" in caught.value.remedy
    with pytest.raises(UnitsError, match="A new population_unit alone"):
        s.replace(population_unit="person")
    assert s.replace(unit="100 million CNY").unit == "100 million CNY"
    assert (
        s.replace(population_unit="person", population=s.arrays.population * 1e4).population_unit == "person"
    )
