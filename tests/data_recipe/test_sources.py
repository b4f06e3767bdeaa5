import numpy as np
import pandas as pd
import pytest

from data.recipe import labels
from data.recipe.sources import check_balance, check_labels, data_dir, pivot
from mrio.errors import BalanceError, LabelError, MissingDataError


def long_table() -> pd.DataFrame:
    cells = [(name, item) for name in labels.PROVINCES for item in ("a", "b")]
    frame = pd.DataFrame(cells, columns=["region", "item"])
    return frame.assign(value=np.arange(62.0))


def test_long_tables_are_put_in_order():
    shuffled = long_table().sample(frac=1, random_state=1)
    values = pivot(shuffled, "item", ["b", "a"], "file")
    assert values[0].tolist() == [1.0, 0.0]
    assert values[30].tolist() == [61.0, 60.0]


def test_a_missing_cell_is_named():
    frame = long_table().drop(index=4)
    with pytest.raises(MissingDataError, match=r"file\.csv: Hebei, a"):
        pivot(frame, "item", ["a", "b"], "file.csv")
    assert pivot(frame, "item", ["a", "b"], "file.csv", empty=0.0)[2].tolist() == [0.0, 5.0]


def test_a_doubled_cell_is_refused():
    frame = pd.concat([long_table(), long_table().head(1)])
    with pytest.raises(LabelError, match="there twice"):
        pivot(frame, "item", ["a", "b"], "file.csv")


def test_rows_out_of_order_are_named():
    with pytest.raises(LabelError, match=r"rows \[2 3\]"):
        check_labels(np.array(["a", "c", "b"]), np.array(["a", "b", "c"]), "table")
    with pytest.raises(LabelError, match="2 rows found, 3 known"):
        check_labels(np.array(["a", "b"]), np.array(["a", "b", "c"]), "table")


def test_a_total_that_does_not_add_up_is_named():
    with pytest.raises(BalanceError, match="table, row 2"):
        check_balance(np.array([1.0, 2.1]), np.array([1.0, 2.0]), "table, row")
    check_balance(np.array([1.0, 2.0 + 1e-9]), np.array([1.0, 2.0]), "table, row")


def test_raw_data_must_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("MRIO_DATA_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(MissingDataError, match="MRIO_DATA_DIR"):
        data_dir()
