from dataclasses import fields

from mrio.schema import EFFECTS, LONG_NAMES, SYSTEM_DIMS
from mrio.tables.arrays import Arrays
from tests.naive import ORDER


def test_arrays_are_those_of_the_schema():
    assert {field.name for field in fields(Arrays)} == set(SYSTEM_DIMS) == set(LONG_NAMES)


def test_effects_stand_in_the_order_of_the_equations():
    assert EFFECTS == ORDER
