import numpy as np
import pytest

from mrio import bundled
from mrio.errors import FileError, LabelError
from mrio.examples import TABLES, load_example


def test_the_illustrative_tables_are_the_reference_case(worked):
    tables = load_example("illustrative")
    assert list(tables) == ["0", "1"]
    for name, table in tables.items():
        reference = worked.tables[name]
        np.testing.assert_array_equal(table.arrays.Z, reference.arrays.Z)
        np.testing.assert_array_equal(table.accounts["co2"].values, reference.accounts["co2"].values)
        assert table.check().passed
        assert "made-up" in table.provenance.headline
        assert table.provenance.groups["all"].status == "estimated"


@pytest.mark.parametrize("name", TABLES)
def test_every_example_loads_and_says_what_it_is(name):
    tables = load_example(name)
    assert len(tables) >= 2
    for table in tables.values():
        assert table.provenance.source
        assert table.provenance.groups


def test_an_example_that_is_not_there():
    with pytest.raises(LabelError, match="no example 'mars'") as caught:
        load_example("mars")
    assert "'illustrative'" in caught.value.remedy


def test_a_bundled_file_that_is_not_there():
    with pytest.raises(FileError, match=r"'none\.csv' is missing") as caught:
        bundled.path("none.csv")
    assert "install mrio again" in caught.value.remedy
