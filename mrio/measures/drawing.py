"""Drawing of the measures: points around a centre, layers, and the flow of paths; numbers come ready-made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mrio.plotting import GAIN, LOSS, NEUTRAL, new_axes, small_print

_NAMED = 25


def plane(
    table: pd.DataFrame,
    centre: tuple[float, float],
    corners: tuple[str, str, str, str],
    title: str,
    print_: str = "",
    ax: Any | None = None,
) -> Any:
    """Draw points in a plane whose quadrants around a centre have names.

    Parameters
    ----------
    table
        Two columns, x and y, one row a point; the points furthest from the centre are named by the index.
    centre
        Where the quadrants meet.
    corners
        Names of the quadrants: lower left, lower right, upper left, upper right.
    title, print_
        Title and small print.
    ax
        Axes to draw on.
    """
    ax = new_axes(ax, (6.4, 5.2))
    ax.axvline(centre[0], color=NEUTRAL, lw=0.8)
    ax.axhline(centre[1], color=NEUTRAL, lw=0.8)
    x, y = (table.iloc[:, column].to_numpy(dtype=float) for column in (0, 1))
    right, up = x > centre[0], y > centre[1]
    ax.scatter(x, y, c=list(np.select([right & up, ~right & ~up], [GAIN, LOSS], NEUTRAL)), s=24, zorder=3)
    distance = np.hypot((x - centre[0]) / (np.ptp(x) or 1), (y - centre[1]) / (np.ptp(y) or 1))
    for row in np.argsort(-distance, kind="stable")[:_NAMED]:
        label = table.index[row]
        text = " ".join(map(str, label)) if isinstance(label, tuple) else str(label)
        ax.annotate(text, (x[row], y[row]), (4, 4), textcoords="offset points", fontsize=7)
    for text, place in zip(corners, ((0.01, 0.01), (0.99, 0.01), (0.01, 0.99), (0.99, 0.99)), strict=True):
        sides = {"ha": "left" if place[0] < 0.5 else "right", "va": "bottom" if place[1] < 0.5 else "top"}
        ax.text(*place, text, transform=ax.transAxes, fontsize=7, color="#777777", **sides)
    ax.set_xlabel(str(table.columns[0]))
    ax.set_ylabel(str(table.columns[1]))
    ax.margins(0.15)
    ax.set_title(title, fontsize=10, loc="left")
    small_print(ax, print_)
    return ax
