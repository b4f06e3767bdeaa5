import numpy as np
import pandas as pd
from matplotlib.colors import to_hex

from mrio import plotting
from mrio.plotting import GAIN, LOSS, NEUTRAL


def colours(ax):
    return [to_hex(colour).upper() for colour in ax.collections[0].get_facecolors()]


def points():
    places = {"a": (-1, -1), "b": (1, -1), "c": (-1, 1), "d": (1, 1), "on a line": (0, 1)}
    return pd.DataFrame.from_dict(places, orient="index", columns=["x", "y"], dtype=float)


def test_gain_with_less_burden_is_wanted():
    ax = plotting.quadrants(points(), ("1e8 CNY", "Mt"), "t")
    assert colours(ax) == [NEUTRAL, GAIN, LOSS, NEUTRAL, NEUTRAL]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x [1e8 CNY]", "y [Mt]")


def test_of_two_burdens_less_of_both_is_wanted():
    ax = plotting.plane(points(), (0.0, 0.0), ("both fall", "", "", "both rise"), "t", plotting.LOWER_LEFT)
    assert colours(ax) == [GAIN, NEUTRAL, NEUTRAL, LOSS, NEUTRAL]


def test_names_hide_neither_each_other_nor_points():
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(60, 2)), columns=["x", "y"]).rename(index=lambda row: f"name {row}")
    ax = plotting.quadrants(table, ("1", "1"), "t")
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text().startswith("name")]
    assert 5 <= len(boxes) <= 16
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    frame = ax.get_window_extent()
    assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)


def test_cells_too_narrow_for_numbers_hold_none():
    wide = plotting.heat_map(pd.DataFrame(np.ones((2, 3))), "Mt", "t")
    narrow = plotting.heat_map(pd.DataFrame(np.ones((2, 39))), "Mt", "t")
    assert len(wide.texts) == 6
    assert len(narrow.texts) == 0


def test_signed_colours_are_centred_on_zero():
    image = plotting.heat_map(pd.DataFrame([[-1.0, 4.0]]), "Mt", "t").images[0]
    assert image.get_clim() == (-4.0, 4.0)
    image = plotting.heat_map(pd.DataFrame([[1.0, 4.0]]), "Mt", "t").images[0]
    assert image.get_clim() == (0.0, 4.0)
