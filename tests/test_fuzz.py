"""Damaged files of every source: one clear error, the same table, or one that says what is wrong with it.

Never a crash, a hang, or a table that does not balance without a word. `tests.fuzz` holds whole files, damage
and the judge; ``python -m tests.fuzz 5000`` is the big run.
"""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import fuzz

pytest.importorskip("pyarrow")
pytestmark = pytest.mark.filterwarnings("ignore::Warning:pymrio")

damages = st.builds(fuzz.Damage, st.sampled_from(fuzz.KINDS), *[st.floats(0, 1, exclude_max=True)] * 3)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return a function that makes the whole file of a case once."""
    folder, made = tmp_path_factory.mktemp("whole"), {}

    def make(name):
        if name.startswith("pymrio"):
            pytest.importorskip("pymrio")
        if name not in made:
            made[name] = fuzz.Whole.made(name, folder)
        return made[name]

    return make


def test_every_source_has_a_case():
    assert not fuzz.sources_without_case()


def require_no_failure(whole, damage, folder):
    result, message = whole.damaged(damage, folder)
    assert result not in fuzz.FAILURES, f"{whole.name} {damage}: {result} {message}"


# The same damage in every run; `python -m tests.fuzz` looks for new ones.
SAME = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], derandomize=True
)


@pytest.mark.parametrize("name", fuzz.CASES)
@settings(SAME, max_examples=6)
@given(damage=damages)
def test_damaged_files(whole, tmp_path, name, damage):
    require_no_failure(whole(name), damage, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", fuzz.CASES)
@settings(SAME, max_examples=150)
@given(damage=damages)
def test_many_damaged_files(whole, tmp_path, name, damage):
    require_no_failure(whole(name), damage, tmp_path)


# -- what was found once ------------------------------------------------------------------------------------


def test_a_unit_of_gloria_that_is_empty(whole, tmp_path):
    require_no_failure(whole("gloria-zip"), fuzz.Damage("cell empty", 0.640625, 0.75, 0.75), tmp_path)


@pytest.mark.parametrize("kind", ["bomb", "path out", "link in zip"])
@pytest.mark.parametrize("name", ["excel", "exiobase-zip", "gloria-zip", "ceads", "sheet"])
def test_zips_and_workbooks_with_what_must_not_be_in_them(whole, tmp_path, name, kind):
    for place in (0.1, 0.5, 0.9):
        require_no_failure(whole(name), fuzz.Damage(kind, 0.99, place, place), tmp_path)


@pytest.mark.parametrize("name", fuzz.CASES)
@pytest.mark.parametrize("kind", ["link out", "folder", "file removed", "empty"])
def test_a_file_that_is_none(whole, tmp_path, name, kind):
    one = whole(name)
    for place in (0.0, 0.4, 0.8):
        require_no_failure(one, fuzz.Damage(kind, place, place, place), tmp_path)


@pytest.mark.parametrize("name", ["exiobase", "mario", "gloria", "pymrio", "tidy", "sheet"])
def test_a_damaged_number_is_not_silent(whole, tmp_path, name):
    one = whole(name)
    results = set()
    for place in (0.15, 0.35, 0.55, 0.75):
        damage = fuzz.Damage("cell huge", 0.0, place, place)
        for file in (0.0, 0.3, 0.6, 0.9):
            results.add(one.damaged(replace(damage, file=file), tmp_path)[0])
    assert results & {"refused", "told"}
    assert not results & set(fuzz.FAILURES)
