"""Tables as coloured cells, points in a plane, lines from state to state."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mrio.numerals import short
from mrio.plotting.canvas import (
    GAIN,
    LOSS,
    NEUTRAL,
    PALETTE,
    SIGNED,
    SMALLEST,
    UNSIGNED,
    colour_bar,
    finish,
    new_axes,
    plain_numbers,
    settle,
    shortened,
)
from mrio.plotting.fonts import cover

_LABEL = 30
_SLANTED = 8
"""Columns up to which their names are slanted; those of more stand upright."""

_TRIED = 3
"""Points that are tried for each name: a crowd far from the centre leaves room for few of its names."""

_BESIDE = 5
"""Distance of a name from its point [pt]."""

_APART = 2
"""Space around names and points that no other name enters [pixel]."""

_LEGIBLE = 0.42
"""Width of a cell that holds a number in small print [inch]."""


def heat_map(table: pd.DataFrame, unit: str, title: str, ax: Any | None = None) -> Any:
    """Draw a table as coloured cells, with their numbers where they are wide enough.

    Parameters
    ----------
    table
        Numbers; rows are read to columns.
    unit
        Unit of the numbers.
    title
        Title of the picture.
    ax
        Axes to draw on.
    """
    many = table.shape[1] > _SLANTED
    ax = new_axes(ax, (3.2 + 0.8 * table.shape[1], (3.2 if many else 1.6) + 0.5 * table.shape[0]))
    values = table.to_numpy(dtype=float)
    limit = float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    signed = bool((values < 0).any())
    image = ax.imshow(
        values,
        cmap=SIGNED if signed else UNSIGNED,
        vmin=-limit if signed else 0.0,
        vmax=limit,
        aspect="auto",
    )
    columns, rows = ([_short(name) for name in labels] for labels in (table.columns, table.index))
    ax.set_xticks(range(len(columns)), columns, rotation=90 if many else 30, ha="center" if many else "left")
    ax.set_yticks(range(len(rows)), rows)
    ax.tick_params(labelsize=8)
    ax.xaxis.set_ticks_position("top")
    ax.xaxis.set_label_position("top")
    ax.set_xlabel(_words(table.columns.name))
    ax.set_ylabel(_words(table.index.name))
    colour_bar(ax, image, unit)
    _write_cells(ax, values, limit)
    return finish(ax, title)


def _write_cells(ax: Any, values: Any, limit: float) -> None:
    """Write numbers into cells, unless there are too many for them to be legible."""
    settle(ax)
    width = ax.get_window_extent().width / ax.figure.dpi / max(values.shape[1], 1)
    if width < _LEGIBLE:
        return
    for (row, column), value in np.ndenumerate(values):
        colour = "w" if abs(value) > 0.6 * limit else "k"
        ax.text(column, row, short(value), ha="center", va="center", fontsize=SMALLEST, color=colour)


NAMED_POINTS = 16
"""Points of a plane that are named, the ones farthest out; more names would hide each other."""

UPPER_RIGHT, LOWER_LEFT, LOWER_RIGHT = (
    (LOSS, NEUTRAL, NEUTRAL, GAIN),
    (GAIN, NEUTRAL, NEUTRAL, LOSS),
    (NEUTRAL, GAIN, LOSS, NEUTRAL),
)
"""Colours of the quadrants lower left, lower right, upper left, upper right, by the one that is wanted."""


def plane(
    table: pd.DataFrame,
    centre: tuple[float, float],
    corners: tuple[str, str, str, str],
    title: str,
    colours: tuple[str, str, str, str] = UPPER_RIGHT,
    ax: Any | None = None,
) -> Any:
    """Draw points in a plane whose quadrants around a centre have names, the farthest points named.

    Parameters
    ----------
    table
        Two columns, x and y, with their units in brackets; one row a point, named by the index.
    centre
        Where the quadrants meet.
    corners
        Names of the quadrants: lower left, lower right, upper left, upper right.
    title
        Title of the picture.
    colours
        Colours of the points in the same order; points on the lines between quadrants stay grey.
    ax
        Axes to draw on.
    """
    ax = new_axes(ax, (6.4, 5.2))
    ax.axvline(centre[0], color=NEUTRAL, lw=0.8)
    ax.axhline(centre[1], color=NEUTRAL, lw=0.8)
    x, y = (table.iloc[:, column].to_numpy(dtype=float) for column in (0, 1))
    right, left, up, down = x > centre[0], x < centre[0], y > centre[1], y < centre[1]
    own = np.select([left & down, right & down, left & up, right & up], colours, NEUTRAL)
    ax.scatter(x, y, c=list(own), s=30, zorder=3)
    ax.set_xlabel(_words(table.columns[0]))
    ax.set_ylabel(_words(table.columns[1]))
    plain_numbers(ax.xaxis, ax.yaxis)
    ax.margins(0.15)
    for text, place in zip(corners, ((0.01, 0.01), (0.99, 0.01), (0.01, 0.99), (0.99, 0.99)), strict=True):
        sides = {"ha": "left" if place[0] < 0.5 else "right", "va": "bottom" if place[1] < 0.5 else "top"}
        ax.text(*place, text, transform=ax.transAxes, fontsize=SMALLEST, color="#777777", **sides)
    finish(ax, title)
    name_points(ax, table, centre)
    return ax


def quadrants(table: pd.DataFrame, units: tuple[str, str], title: str, ax: Any | None = None) -> Any:
    """Draw points in the plane of a gain and a burden: lower right is wanted, upper left is not.

    Parameters
    ----------
    table
        Two columns, x and y, one row a point; the index labels the points.
    units
        Units of x and y.
    title
        Title of the picture.
    ax
        Axes to draw on.
    """
    named = [f"{name} [{unit}]" for name, unit in zip(table.columns, units, strict=True)]
    x, y = (_words(name) for name in table.columns)
    corners = (f"{x} down, {y} down", f"{x} up, {y} down", f"{x} down, {y} up", f"{x} up, {y} up")
    return plane(table.set_axis(named, axis=1), (0.0, 0.0), corners, title, LOWER_RIGHT, ax)


def name_points(
    ax: Any, table: pd.DataFrame, centre: tuple[float, float], most: int = NAMED_POINTS
) -> list[str]:
    """Write the names of points beside them, those farthest from a centre first, where there is room.

    Parameters
    ----------
    ax
        Axes with the points and every other text drawn.
    table
        Two columns, x and y, one row a point; the index labels the points.
    centre
        Where the distance is measured from; each coordinate relative to the range of the points.
    most
        Largest number of names.

    Returns
    -------
    list of str
        The names that were written.
    """
    settle(ax)
    points = table.iloc[:, :2].to_numpy(dtype=float)
    taken = [text.get_window_extent() for text in ax.texts]
    taken += [_around(place) for place in ax.transData.transform(points)]
    frame = ax.get_window_extent()
    span = np.ptp(points, axis=0)
    far = np.hypot(*((points - centre) / np.where(span > 0, span, 1.0)).T)
    written: list[str] = []
    for row in np.argsort(-far, kind="stable")[: _TRIED * most]:
        if len(written) == most:
            break
        name = _joined(table.index[row])
        box = _name_point(ax, name, points[row], (taken, frame))
        if box is not None:
            taken.append(box)
            written.append(name)
    return written


def _name_point(ax: Any, name: str, point: Sequence[float], room: tuple[Sequence[Any], Any]) -> Any | None:
    """Write a name at the first free side of a point; return its box, or None where no side is free."""
    taken, frame = room
    for across, along in (("left", "bottom"), ("right", "bottom"), ("left", "top"), ("right", "top")):
        offset = _BESIDE if across == "left" else -_BESIDE, _BESIDE if along == "bottom" else -_BESIDE
        text = ax.annotate(
            name, point, offset, textcoords="offset points", ha=across, va=along, fontsize=SMALLEST
        )
        cover(text)
        box = text.get_window_extent()
        box = box.padded(_APART)
        if frame.x0 <= box.x0 and box.x1 <= frame.x1 and not any(box.overlaps(other) for other in taken):
            return box
        text.remove()
    return None


def _around(place: Any) -> Any:
    """Return the box that a point takes (2,) [pixel]."""
    from matplotlib.transforms import Bbox

    return Bbox([place - _APART, place + _APART])


def slopes(table: pd.DataFrame, unit: str, title: str, ax: Any | None = None) -> Any:
    """Draw a line for each column over the rows, named in the legend.

    Parameters
    ----------
    table
        One row a state, one column a line.
    unit
        Unit of the numbers.
    title
        Title of the picture.
    ax
        Axes to draw on.
    """
    ax = new_axes(ax, (3.4 + 1.3 * len(table), 4.4))
    places = np.arange(len(table))
    marks = ("o", "s", "^", "D", "v", "P", "X", "*")
    for number, name in enumerate(table.columns):
        values = table[name].to_numpy(dtype=float)
        colour, mark = PALETTE[number % len(PALETTE)], marks[number % len(marks)]
        ax.plot(places, values, color=colour, marker=mark, lw=1.6, ms=5, label=str(name))
    ax.set_xticks(places, [textwrap.fill(str(name), 16) for name in table.index], fontsize=8)
    ax.set_ylabel(f"[{unit}]")
    plain_numbers(ax.yaxis)
    ax.margins(x=0.08, y=0.12)
    ax.legend(fontsize=SMALLEST, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return finish(ax, title)


def _joined(label: object) -> str:
    """Return a label of one or several parts as one text."""
    return " ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def _short(label: object) -> str:
    """Return a label as a text of a length that leaves room for the picture."""
    return shortened(_joined(label), _LABEL)


def _words(name: object) -> str:
    """Return a dim as words."""
    return str(name or "").replace("_", " ")
