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
    choices,
    near,
    raise_together,
    require_known,
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


SECTORS = ["Electricity and heat", "Electrical machinery", "Smelting and pressing of metals", "value_added"]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Smelting and pressing of metal", ["Smelting and pressing of metals"]),
        ("electricity and heat ", ["Electricity and heat"]),
        ("Value added", ["value_added"]),
        ("metals", ["Smelting and pressing of metals"]),
        ("Beijing", []),
        ("", []),
        (2015, []),
    ],
)
def test_labels_that_were_probably_meant(asked, meant):
    assert near(asked, SECTORS) == meant


def test_years_and_substances_are_not_guessed():
    assert near("2015", ["2012", "2017"]) == []
    assert near("so2", ["co2", "value_added"]) == []
    assert near("CO2", ["co2", "value_added"]) == ["co2"]


def test_a_long_list_of_labels_is_cut():
    text = choices("x", [f"sector {number}" for number in range(200)], "sectors")
    assert text.startswith("sectors are 'sector 0', ")
    assert text.endswith("'sector 11' and 188 more")
    assert choices("x", [], "accounts") == "accounts are none"


def test_a_label_must_be_known():
    require_known("a", ["a", "b"], "region")
    with pytest.raises(LabelError) as caught:
        require_known("Hebie", ["Hebei", "Tianjin"], "region")
    assert caught.value.what == "There is no region 'Hebie'."
    assert caught.value.remedy == "did you mean 'Hebei'? regions are 'Hebei', 'Tianjin'"


def test_a_public_name_that_is_misspelt():
    import mrio

    with pytest.raises(AttributeError, match="did you mean 'measure_transfer'"):
        mrio.measure_transfers  # noqa: B018
