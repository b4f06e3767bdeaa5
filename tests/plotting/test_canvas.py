import builtins

import pandas as pd
import pytest
from matplotlib.text import Text

import mrio
from mrio import plotting

TABLE = pd.DataFrame({"x": [-1.0, 2.0, 3.0], "y": [1.0, -2.0, 0.0]}, index=["A", "B", "C"])
FLOWS = pd.DataFrame([[0.0, 2.0], [1.0, 0.0]], index=["A", "B"], columns=["A", "B"])
LINKS = plotting.pair_links(FLOWS)
PICTURES = {
    "heat_map": lambda: plotting.heat_map(TABLE, "Mt", "t"),
    "plane": lambda: plotting.plane(TABLE, (0.0, 0.0), ("a", "b", "c", "d"), "t"),
    "quadrants": lambda: plotting.quadrants(TABLE, ("Mt", "kt"), "t"),
    "slopes": lambda: plotting.slopes(TABLE, "Mt", "t"),
    "waterfall": lambda: plotting.waterfall(TABLE["x"], "Mt", "t"),
    "stacked_bars": lambda: plotting.stacked_bars(TABLE, "Mt", "t"),
    "signed_bars": lambda: plotting.signed_bars(TABLE["x"], "Mt", "t"),
    "paired_bars": lambda: plotting.paired_bars(TABLE, "Mt", "t"),
    "ranked_bars": lambda: plotting.ranked_bars(TABLE, "Mt", "t"),
    "tile_map": lambda: plotting.tile_map(pd.Series({"Hebei": 1.0}), "Mt", "t"),
    "gaps": lambda: plotting.gaps(pd.DataFrame({"gap": [1e-3], "side": ["row"]}, index=["A"]), 1e-9, "t"),
    "chord": lambda: pytest.importorskip("pycirclize") and plotting.chord(FLOWS, "Mt", "t"),
    "sankey": lambda: plotting.sankey(LINKS, "Mt", "t", ("from", "to")),
}


@pytest.mark.parametrize("name", PICTURES)
def test_every_text_is_large_enough_for_print(name):
    ax = PICTURES[name]()
    plotting.small_print(ax, "current 2017 CNY; source: made up")
    ax.figure.draw_without_rendering()
    texts = [text for text in ax.figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    assert texts
    assert min(text.get_fontsize() for text in texts) >= 7
    assert ax.figure.get_figwidth() <= 7.4


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_says_its_unit(name):
    ax = PICTURES[name]()
    said = " ".join(text.get_text() for text in ax.figure.findobj(Text))
    assert "[Mt]" in said or name in ("plane", "gaps")
    assert name != "gaps" or "[1]" in said


def test_numbers_are_written_in_full():
    ax = plotting.signed_bars(pd.Series({"A": 2.5e6, "B": -1e6}), "t", "t")
    ax.figure.draw_without_rendering()
    assert "2,000,000" in [label.get_text() for label in ax.get_xticklabels()]
    assert ax.xaxis.get_offset_text().get_text() == ""


def test_long_titles_stay_inside():
    names = {f"a very long name of a sector that needs room {number}": 1.0 for number in range(3)}
    ax = plotting.signed_bars(pd.Series(names), "t", "many words " * 12)
    ax.figure.draw_without_rendering()
    box = ax.title.get_window_extent(), ax._left_title.get_window_extent()
    assert max(one.x1 for one in box) <= ax.figure.bbox.x1


def test_axes_that_are_given_are_drawn_on():
    import matplotlib.pyplot as plt

    ax = plt.subplots()[1]
    assert plotting.stacked_bars(TABLE, "Mt", "t", ax) is ax


@pytest.mark.parametrize(
    ("module", "draw", "extra"),
    [
        ("matplotlib", lambda: plotting.slopes(TABLE, "Mt", "t"), "plot"),
        ("pycirclize", lambda: plotting.chord(FLOWS, "Mt", "t"), "chord"),
        ("plotly", lambda: plotting.sankey_page(LINKS, "Mt", "t"), "sankey"),
    ],
)
def test_a_missing_extra_is_named_with_its_command(monkeypatch, module, draw, extra):
    known = builtins.__import__

    def without(name, *args, **kwargs):
        if name.split(".")[0] == module:
            raise ImportError(f"No module named {name!r}")
        return known(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(mrio.MrioError, match=rf"pip install 'mrio\[{extra}\]'") as caught:
        draw()
    assert isinstance(caught.value, ImportError)
