import copy
import pickle

import pandas as pd
import pytest

from mrio import errors
from mrio.errors import (
    BalanceError,
    DataError,
    LabelError,
    MissingExtraError,
    MrioError,
    SolverError,
    raise_together,
)

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, MrioError)]


def problem(kind, what="It broke.", row=1):
    table = pd.DataFrame({"region": [f"r{row}"], "value": [float(row)]})
    return kind(what, where="here", amount="2 against 1", remedy="mend it", table=table)


def test_message_has_four_parts_in_order():
    text = str(problem(DataError))
    assert text == "It broke.\n  where: here\n  how much: 2 against 1\n  what to do: mend it"


def test_empty_parts_are_left_out():
    assert str(DataError("It broke.", remedy="mend it")) == "It broke.\n  what to do: mend it"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("copied", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_errors_survive_process_pools(kind, copied):
    first = problem(kind)
    second = copied(first)
    assert type(second) is kind
    assert str(second) == str(first)
    assert (second.what, second.where, second.amount, second.remedy) == (
        "It broke.",
        "here",
        "2 against 1",
        "mend it",
    )
    pd.testing.assert_frame_equal(second.table, first.table)


def test_families():
    assert issubclass(DataError, ValueError)
    assert issubclass(SolverError, ArithmeticError)
    assert issubclass(MissingExtraError, ImportError)
    assert issubclass(errors.DataWarning, UserWarning)
    assert all(issubclass(kind, MrioError) for kind in KINDS)


def test_no_problem_is_no_error():
    raise_together([])


def test_one_problem_is_raised_as_it_is():
    only = problem(LabelError)
    with pytest.raises(LabelError) as caught:
        raise_together([only])
    assert caught.value is only


def test_many_problems_of_one_kind():
    with pytest.raises(LabelError) as caught:
        raise_together([problem(LabelError, "First.", 1), problem(LabelError, "Second.", 2)])
    text = str(caught.value)
    assert text.startswith("2 problems were found:\n1. First.")
    assert "2. Second." in text
    assert text.count("what to do: mend it") == 2
    assert caught.value.table["region"].tolist() == ["r1", "r2"]


def test_many_problems_of_many_kinds():
    with pytest.raises(DataError) as caught:
        raise_together([problem(LabelError), problem(BalanceError), DataError("no table")])
    assert type(caught.value) is DataError
    assert len(caught.value.table) == 2
