"""Mixed matrices that are not built where memory is short."""

import pytest

from mrio.change import decompose, evaluation
from mrio.leontief.storage.rated import RatedMatrix
from mrio.transfer import measure_transfer
from tests.compare import assert_close, level


@pytest.fixture
def short(monkeypatch):
    """Let memory be short, and return what the mixed matrices are."""
    met = []

    def of(A, *args, **keywords):
        met.append(type(A))
        return evaluation_leontief(A, *args, **keywords)

    evaluation_leontief = evaluation.Leontief
    evaluation._LATEST.clear()
    monkeypatch.setattr(evaluation, "available_memory", lambda: 1)
    monkeypatch.setattr(evaluation, "Leontief", of)
    return met


def test_answers_do_not_depend_on_it(short, worked, monkeypatch):
    a, b = worked.a, worked.b
    effects, direct = decompose(a, b).effects, measure_transfer(a, b).direct
    assert set(short) == {RatedMatrix}
    monkeypatch.undo()
    evaluation._LATEST.clear()
    assert_close(effects.values, decompose(a, b).effects.values, level(a, b, "value_added"))
    assert_close(direct.values, measure_transfer(a, b).direct.values, level(a, b, "value_added"))
