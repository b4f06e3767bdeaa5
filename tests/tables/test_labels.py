import pytest

from mrio.errors import LabelError
from mrio.tables.labels import Labels, label_mismatch, require_same_labels

LABELS = Labels(("A", "B"), ("goods", "services"), ("final",), ("wages",))


def test_dims_and_shapes():
    assert LABELS.of("use_region") == LABELS.of("region") == ("A", "B")
    assert LABELS.of("use_sector") == ("goods", "services")
    assert LABELS.shape(("factor", "region", "sector")) == (1, 2, 2)
    assert [LABELS.row_name(row) for row in range(4)] == [
        "A | goods",
        "A | services",
        "B | goods",
        "B | services",
    ]


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(LabelError) as caught:
        Labels.checked(["A ", "A "], [""], ["final"], ["wages"])
    assert "3 problems" in caught.value.what
    assert "blanks" in caught.value.what
    assert "stand twice" in caught.value.what


def test_equal_labels_are_no_problem():
    assert label_mismatch(["a", "b"], ("a", "b"), "region", ("x", "y")) is None
    require_same_labels(LABELS, LABELS, ("x", "y"))


@pytest.mark.parametrize(
    ("first", "second", "positions", "reason"),
    [
        (["a", "b"], ["b", "a"], [0, 1], "another order"),
        (["a b", "c"], ["a  b", "c"], [0], "blanks or capitals"),
        (["Steel"], ["steel"], [0], "blanks or capitals"),
        (["a", "b"], ["a"], [1], "common classification"),
        (["a"], ["a", "b", "c"], [1, 2], "common classification"),
    ],
)
def test_how_labels_differ(first, second, positions, reason):
    problem = label_mismatch(first, second, "sector", ("table 1", "table 2"))
    assert problem.what == "The labels of dim 'sector' differ between table 1 and table 2."
    assert problem.table["position"].tolist() == positions
    assert problem.table.columns.tolist() == ["dim", "position", "table 1", "table 2"]
    assert reason in problem.remedy


def test_a_long_list_is_cut_in_words_and_whole_in_the_table():
    problem = label_mismatch([f"a{i}" for i in range(9)], [f"b{i}" for i in range(9)], "region", ("x", "y"))
    assert problem.where.endswith("position 2: 'a2' and 'b2' ...")
    assert len(problem.table) == 9


def test_factors_may_be_skipped():
    other = Labels(LABELS.regions, LABELS.sectors, LABELS.demand, ("profits",))
    require_same_labels(LABELS, other, ("x", "y"), skip=("factors",))
    with pytest.raises(LabelError, match="'factor'"):
        require_same_labels(LABELS, other, ("x", "y"))
