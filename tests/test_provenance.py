import json

import numpy as np
import pytest

from mrio.errors import FileError
from mrio.provenance import CellGroup, Provenance, Step


@pytest.fixture
def record():
    return Provenance(
        "统计局 2012",
        groups={"Z of Hebei": CellGroup("estimated", "gravity", "distance by rail")},
        headline="estimated by mrio from official statistics",
    ).with_step("aggregated", regions=("A", "B"), gap=np.float64(1e-9), shape=np.array([2, 3]))


def test_json_and_back_is_the_same(record):
    assert Provenance.from_json(record.to_json()) == record
    assert "统计局" in record.to_json()


def test_same_record_gives_the_same_text():
    first = Provenance("s", groups={"b": CellGroup("fact", "x"), "a": CellGroup("derived", "y")})
    second = Provenance("s", groups={"a": CellGroup("derived", "y"), "b": CellGroup("fact", "x")})
    assert first.to_json() == second.to_json()


def test_steps_are_added_to_a_copy(record):
    longer = record.with_step("scaled")
    assert [step.action for step in longer.steps] == ["aggregated", "scaled"]
    assert len(record.steps) == 1


def test_details_are_plain(record):
    assert dict(record.steps[0].details) == {"regions": ["A", "B"], "gap": 1e-9, "shape": [2, 3]}
    with pytest.raises(TypeError, match="plain numbers"):
        Step("odd", {"what": object()})


def test_nothing_can_be_changed(record):
    with pytest.raises(AttributeError):
        record.source = "other"
    with pytest.raises(TypeError):
        record.steps[0].details["regions"] = []
    with pytest.raises(TypeError):
        record.groups["new"] = CellGroup("fact", "")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"source": "s"}', "{", "null"])
def test_text_that_is_no_record(text):
    with pytest.raises(FileError, match="provenance text") as caught:
        Provenance.from_json(text)
    assert "write the file anew" in caught.value.remedy


def test_no_time_and_no_place_in_the_text(record):
    assert set(json.loads(record.to_json())) == {"source", "headline", "steps", "groups"}
