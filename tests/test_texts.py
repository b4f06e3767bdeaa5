"""Texts of users: what no file holds, and what looks the same."""

import pytest

from mrio.errors import DataError
from mrio.texts import folded, require_text, trimmed, unwritable


@pytest.mark.parametrize("bad", ["a\0", "\x07", "\x1f", "\ud800", "\uffff"])
def test_signs_that_no_file_holds(bad):
    assert unwritable(bad)
    with pytest.raises(DataError, match="The scenario must be a text that files can hold") as caught:
        require_text(bad, "The scenario", "baseline")
    assert caught.value.amount == f"got {bad!r}"
    assert caught.value.remedy == "give for example baseline"


@pytest.mark.parametrize("good", ["two\nlines", "a\tb", "农业", "é", "\U0001f600"])
def test_signs_that_files_hold(good):
    assert not unwritable(good)
    assert require_text(good, "The scenario", "baseline") == good


@pytest.mark.parametrize("nothing", [None, 3, "", "  ", b"x"])
def test_what_is_no_text(nothing):
    with pytest.raises(DataError, match="must be a text"):
        require_text(nothing, "The scenario", "baseline")


def test_blanks_without_width_are_blanks():
    assert trimmed("\ufeff\u3000 coal\u200b") == "coal"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ＡＢＣ", "ABC", True),
        ("coal\u00a0mining", "coal  mining", True),
        ("\u00e9", "e\u0301", True),
        ("so\u00adlar", "solar", True),
        ("Coal", "coal", False),
        ("coal mining", "coalmining", False),
    ],
)
def test_what_looks_the_same(one, other, same):
    assert (folded(one) == folded(other)) is same
