"""Groups of labels: every form in which they are given, and those that say two things."""

import pandas as pd
import pytest

from mrio.errors import DataError, FileError, LabelError
from mrio.mapping import as_mapping, groups_of, read_mapping

PLAIN = {"steel": "heavy", "food": "light", "cement": "heavy"}


@pytest.mark.parametrize(
    "value", [PLAIN, pd.Series(PLAIN), {"heavy": ["steel", "cement"], "light": ("food",)}]
)
def test_forms_of_one_mapping(value):
    mapping = as_mapping(value)
    assert groups_of(["food", "steel", "cement"], mapping, "sectors") == ("light", "heavy", "heavy")


@pytest.mark.parametrize(
    "value",
    [
        {"heavy": ["steel", "food"], "light": ["food"]},
        pd.Series(["heavy", "heavy", "light"], index=["steel", "food", "food"]),
    ],
)
def test_overlapping_members(value):
    with pytest.raises(DataError, match="stand in more than one place") as caught:
        as_mapping(value)
    assert caught.value.where == "'food' in 'heavy'; 'food' in 'light'"
    assert len(caught.value.table) == 2


@pytest.mark.parametrize("value", [["heavy", "light"], pd.DataFrame(), str.upper, None])
def test_what_is_no_mapping(value):
    with pytest.raises(DataError, match="cannot be read") as caught:
        as_mapping(value)
    assert type(value).__name__ in caught.value.amount


def test_missing_members():
    with pytest.raises(LabelError, match="does not cover all sectors") as caught:
        groups_of(["steel", "foods"], as_mapping(PLAIN), "sectors")
    assert caught.value.where == "'foods' (near: 'food')"


@pytest.mark.parametrize("group", [None, float("nan"), "", 1, ["a", "b"]])
def test_groups_that_are_no_text(group):
    with pytest.raises(LabelError, match="A group of a mapping is no text"):
        groups_of(["steel", "food"], {"steel": "heavy", "food": group}, "sectors")


@pytest.mark.parametrize("twin", ["Heavy", "heavy ", "ｈeavy"])
def test_groups_that_would_stay_apart(twin):
    with pytest.raises(LabelError, match="differ only in blanks or capitals") as caught:
        groups_of(["steel", "cement"], {"steel": "heavy", "cement": twin}, "sectors")
    assert caught.value.where == f"'heavy' and {twin!a}"


@pytest.mark.parametrize(
    ("text", "kind", "problem"),
    [
        ("s,class\nsteel,heavy\nsteel,light\n", DataError, "named before"),
        ("s,class\nsteel,\n", DataError, "empty"),
        ("s,class\ncoal, mining,heavy\n", DataError, "more cells than the header"),
        ("s,class,class\nsteel,heavy,light\n", FileError, "other columns"),
        ("s;class\nsteel;heavy\n", FileError, "other columns"),
    ],
)
def test_files_that_say_two_things(tmp_path, text, kind, problem):
    (tmp_path / "m.csv").write_text(text)
    with pytest.raises(kind, match=problem):
        read_mapping(tmp_path / "m.csv")


@pytest.mark.parametrize("text", ["\ufeffs,class\r\nsteel, heavy \r\n", 's,x,class\n"steel",1,heavy\n'])
def test_files_of_offices(tmp_path, text):
    (tmp_path / "m.csv").write_text(text, encoding="utf-8")
    assert read_mapping(tmp_path / "m.csv") == {"steel": "heavy"}
