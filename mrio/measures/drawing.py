"""Drawing of the measures: points around a centre, ranked bars, flows of paths; numbers come ready-made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mrio.numerals import short
from mrio.plotting import GAIN, LOSS, NEUTRAL, PALETTE, new_axes, small_print

_NAMED = 14
_WIDEST = 60


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
        Two columns, x and y, one row a point; the points furthest from the middle of all are named by the
        index, as far as their names leave each other room.
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
    for row in _named_points(x, y):
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


def _named_points(x: np.ndarray, y: np.ndarray) -> list[int]:
    """Return the points (m,) furthest from the middle of all whose names do not cover each other."""
    wide, high = np.ptp(x) or 1, np.ptp(y) or 1
    named: list[int] = []
    distance = np.hypot((x - np.median(x)) / wide, (y - np.median(y)) / high)
    for point in np.argsort(-distance, kind="stable"):
        beside = np.abs(x[point] - x[named]) < 0.25 * wide
        if len(named) < _NAMED and not np.any(beside & (np.abs(y[point] - y[named]) < 0.03 * high)):
            named.append(int(point))
    return named


def ranked_bars(table: pd.DataFrame, unit: str, title: str, print_: str = "", ax: Any | None = None) -> Any:
    """Draw parts stacked in horizontal bars, the first row on top, with the sum beside each bar.

    Parameters
    ----------
    table
        One row a bar, one column a part.
    unit
        Unit of the numbers.
    title, print_
        Title and small print.
    ax
        Axes to draw on.
    """
    ax = new_axes(ax, (7.6, 1.0 + 0.3 * len(table)))
    places = np.arange(len(table))
    right, left = np.zeros(len(table)), np.zeros(len(table))
    for number, name in enumerate(table.columns):
        values = table[name].to_numpy(dtype=float)
        base = np.where(values >= 0, right, left)
        ax.barh(places, values, left=base, label=str(name), color=PALETTE[number % len(PALETTE)])
        right, left = right + np.maximum(values, 0), left + np.minimum(values, 0)
    for place, end, total in zip(places, right, table.sum(axis=1), strict=True):
        ax.text(end, place, f" {short(float(total))}", va="center", fontsize=7)
    names = [" ".join(label) if isinstance(label, tuple) else str(label) for label in table.index]
    ax.set_yticks(places, [_fitted(name) for name in names], fontsize=7)
    ax.invert_yaxis()
    ax.axvline(0, color=NEUTRAL, lw=0.8)
    ax.margins(x=0.12)
    ax.set_xlabel(f"[{unit}]")
    ax.set_title(title, fontsize=10, loc="left")
    if table.shape[1] > 1:
        ax.legend(fontsize=7, frameon=False)
    small_print(ax, print_)
    return ax


def _fitted(name: str) -> str:
    """Return a name whose lines leave room for the bars beside them."""
    lines = name.split("\n")
    return "\n".join(line if len(line) <= _WIDEST else f"{line[: _WIDEST - 3].rstrip()}..." for line in lines)


def paired_bars(table: pd.DataFrame, unit: str, title: str, print_: str = "", ax: Any | None = None) -> Any:
    """Draw numbers of several kinds side by side, one group of bars a row.

    Parameters
    ----------
    table
        One row a group, one column a bar in it.
    unit
        Unit of the numbers.
    title, print_
        Title and small print.
    ax
        Axes to draw on.
    """
    ax = new_axes(ax, (1.8 + 1.1 * len(table), 4.4))
    width = 0.8 / table.shape[1]
    for number, name in enumerate(table.columns):
        places = np.arange(len(table)) + (number - (table.shape[1] - 1) / 2) * width
        values = table[name].to_numpy(dtype=float)
        ax.bar(places, values, width, label=str(name), color=PALETTE[number % len(PALETTE)])
    ax.axhline(0, color=NEUTRAL, lw=0.8)
    ax.set_xticks(range(len(table)), [str(name) for name in table.index], rotation=30, ha="right")
    ax.set_ylabel(f"[{unit}]")
    ax.set_title(title, fontsize=10, loc="left")
    ax.legend(fontsize=7, frameon=False)
    small_print(ax, print_)
    return ax


def sankey(links: pd.DataFrame, unit: str, title: str, ax: Any | None = None) -> Any:
    """Draw flows between nodes in columns, the last stage left and stage 0 right.

    Parameters
    ----------
    links
        Columns ``stage``, ``supplier``, ``to_stage``, ``buyer``, ``amount``; a node is a label at a stage.
    unit
        Unit of the amounts.
    title
        Title of the picture.
    ax
        Axes to draw on.
    """
    last = int(links["stage"].max()) if len(links) else 1
    ax = new_axes(ax, (2.2 + 2.4 * last, 5.6))
    whole = float(links.loc[links["to_stage"] == 0, "amount"].sum()) or 1.0
    boxes = _node_boxes(links, whole)
    filled = {"out": dict.fromkeys(boxes, 0.0), "in": dict.fromkeys(boxes, 0.0)}
    for stage, supplier, to_stage, buyer, amount in links.itertuples(index=False, name=None):
        start, end, height = (stage, supplier), (to_stage, buyer), amount / whole
        low = boxes[start][0] + filled["out"][start]
        high = boxes[end][0] + filled["in"][end]
        filled["out"][start] += height
        filled["in"][end] += height
        _band(ax, (-float(stage), low), (-float(to_stage), high), height)
    for (stage, name), (low, height) in boxes.items():
        ax.bar(-stage, height, bottom=low, width=0.08, color=GAIN, zorder=3)
        ax.text(-stage + 0.06, low + height / 2, name, fontsize=6, va="center", zorder=4)
    ax.set_xlim(-last - 0.2, 0.8)
    ax.set_xticks(range(-last, 1), [*(f"stage {stage}" for stage in range(last, 0, -1)), "final demand"])
    ax.set_yticks([])
    ax.set_ylabel(f"[{unit}], all bands into final demand: {short(whole)}")
    ax.spines[:].set_visible(False)
    ax.set_title(title, fontsize=10, loc="left")
    return ax


def _node_boxes(links: pd.DataFrame, whole: float) -> dict[tuple[int, str], tuple[float, float]]:
    """Return bottom and height of each node, largest at the bottom, with gaps between nodes."""
    out = links.groupby(["stage", "supplier"], sort=False)["amount"].sum()
    received = links.groupby(["to_stage", "buyer"], sort=False)["amount"].sum()
    size = pd.concat([out, received]).groupby(level=[0, 1], sort=False).max() / whole
    boxes: dict[tuple[int, str], tuple[float, float]] = {}
    for stage, nodes in size.groupby(level=0):
        low = 0.0
        for (_, name), height in nodes.sort_values(ascending=False, kind="stable").items():
            boxes[(int(stage), str(name))] = (low, float(height))
            low += float(height) + 0.03
    return boxes


def _band(ax: Any, start: tuple[float, float], end: tuple[float, float], height: float) -> None:
    """Fill a smooth band between two nodes."""
    along = np.linspace(0.0, 1.0, 40)
    rise = (1 - np.cos(np.pi * along)) / 2
    low = start[1] + (end[1] - start[1]) * rise
    across = start[0] + 0.04 + (end[0] - start[0] - 0.08) * along
    ax.fill_between(across, low, low + height, color=NEUTRAL, alpha=0.4, lw=0)
