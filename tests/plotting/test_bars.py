import numpy as np
import pandas as pd
import pytest

from mrio import plotting
from mrio.plotting.bars import MOST_PARTS, largest_parts


def heights(ax):
    return [patch.get_height() for patch in ax.patches]


def test_waterfall_ends_at_the_sum_and_whiskers_start_where_the_step_does():
    steps = pd.Series({"a": 3.0, "b": -5.0})
    bounds = pd.DataFrame({"lowest": [2.0, -6.0], "highest": [4.0, -4.5]}, index=steps.index)
    ax = plotting.waterfall(steps, "Mt", "title", whiskers=bounds)
    bars = [(patch.get_x(), patch.get_width()) for patch in ax.patches]
    assert bars == [(0.0, 3.0), (3.0, -5.0), (0.0, -2.0)]
    ranges = [segment[:, 0].tolist() for segment in ax.collections[0].get_segments()]
    assert ranges == [[2.0, 4.0], [-3.0, -1.5]]
    assert ax.get_xlabel() == "[Mt]"


def test_stacks_grow_away_from_zero_and_the_dot_is_the_net():
    table = pd.DataFrame({"up": [2.0, 1.0], "down": [-3.0, 1.0]}, index=["A", "B"])
    ax = plotting.stacked_bars(table, "Mt", "title")
    assert heights(ax) == [2.0, 1.0, -3.0, 1.0]
    assert [patch.get_y() for patch in ax.patches] == [0.0, 0.0, 0.0, 1.0]
    np.testing.assert_allclose(ax.collections[0].get_offsets()[:, 1], [-1.0, 2.0])


def test_many_parts_become_few_without_losing_any():
    rng = np.random.default_rng(1)
    table = pd.DataFrame(rng.normal(size=(3, 39)), columns=[f"p{number}" for number in range(39)])
    few = largest_parts(table, MOST_PARTS)
    assert few.shape == (3, MOST_PARTS)
    np.testing.assert_allclose(few.sum(axis=1), table.sum(axis=1))
    size = table.abs().sum()
    assert set(few.columns[:-1]) == set(size.sort_values().index[-MOST_PARTS + 1 :])
    assert list(few.columns[:-1]) == [name for name in table.columns if name in few.columns]
    assert largest_parts(table.iloc[:, :3], 3).columns.tolist() == ["p0", "p1", "p2"]


def test_pairs_name_the_second_less_the_first():
    table = pd.DataFrame({"production": [2.0, 5.0], "consumption": [3.0, 1.0]}, index=["A", "B"])
    ax = plotting.paired_bars(table, "Mt", "title")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["A\n+1.00", "B\n-4.00"]
    assert [patch.get_width() for patch in ax.patches] == [2.0, 5.0, 3.0, 1.0]
    assert "consumption less production" in ax.get_xlabel()


@pytest.mark.parametrize("rows", [1, 40])
def test_no_picture_is_wider_or_higher_than_a_page(rows):
    table = pd.DataFrame({"a": np.arange(rows, dtype=float)})
    for ax in (
        plotting.stacked_bars(table, "Mt", "title"),
        plotting.ranked_bars(table, "Mt", "title"),
        plotting.signed_bars(table["a"], "Mt", "title"),
        plotting.paired_bars(table.assign(b=1.0), "Mt", "title"),
        plotting.heat_map(table, "Mt", "title"),
        plotting.heat_map(table.T, "Mt", "title"),
        plotting.slopes(table, "Mt", "title"),
    ):
        width, height = ax.figure.get_size_inches()
        assert width <= 7.4
        assert height <= 9.6
