"""Bars: waterfalls, stacked parts with their net, gains and losses, pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mrio.numerals import short
from mrio.parameters import require_count
from mrio.plotting.canvas import (
    GAIN,
    LOSS,
    MARK,
    NEUTRAL,
    PALETTE,
    SMALLEST,
    finish,
    new_axes,
    plain_numbers,
    shortened,
    small_print,
)

Array = NDArray[np.float64]

_LABEL = 46

MOST_PARTS = 12
"""Parts that can be told apart in a stack; the smallest of more are added up."""


def waterfall(
    steps: pd.Series[float],
    unit: str,
    title: str,
    ax: Any | None = None,
    whiskers: pd.DataFrame | None = None,
) -> Any:
    """Draw effects as steps from zero to their sum.

    Parameters
    ----------
    steps
        Effects in order; the sum is added as the last bar.
    unit
        Unit of the numbers.
    title
        Title of the picture.
    ax
        Axes to draw on.
    whiskers
        Columns ``lowest`` and ``highest``: between which values each effect may lie, drawn from its start.
    """
    ax = new_axes(ax, (7.2, 0.9 + 0.36 * (len(steps) + 1)))
    values = steps.to_numpy(dtype=float)
    starts = np.concatenate([[0.0], np.cumsum(values)[:-1]])
    places = np.arange(len(values))
    ax.barh(places, values, left=starts, color=[GAIN if value >= 0 else LOSS for value in values])
    ax.barh(len(values), values.sum(), color="#555555")
    ends = np.maximum(starts, starts + values)
    if whiskers is not None:
        low, high = (starts + whiskers[name].to_numpy(dtype=float) for name in ("lowest", "highest"))
        _whiskers(ax, starts + values, low, high)
        ends = np.maximum(ends, high)
    for place, end, value in zip(places, ends, values, strict=True):
        ax.text(end, place, f" {short(float(value))}", va="center", fontsize=SMALLEST)
    total = float(values.sum())
    ax.text(max(total, 0.0), len(values), f" {short(total)}", va="center", fontsize=SMALLEST)
    ax.set_yticks(range(len(values) + 1), [*map(_words, steps.index), "total change"])
    _horizontal(ax, unit, 0.12)
    return finish(ax, title)


def _whiskers(ax: Any, middle: Any, low: Any, high: Any) -> None:
    """Draw ranges around the ends of horizontal bars."""
    reach = [np.maximum(middle - low, 0.0), np.maximum(high - middle, 0.0)]
    ax.errorbar(
        middle, np.arange(len(middle)), xerr=reach, fmt="none", ecolor=MARK, elinewidth=0.9, capsize=2.5
    )


def stacked_bars(table: pd.DataFrame, unit: str, title: str, ax: Any | None = None) -> Any:
    """Draw signed parts stacked by row, with a dot at their sum.

    Parameters
    ----------
    table
        One row a bar, one column a part.
    unit
        Unit of the numbers.
    title
        Title of the picture.
    ax
        Axes to draw on.
    """
    table = largest_parts(table, MOST_PARTS)
    ax = new_axes(ax, (3.4 + 0.9 * len(table), 4.4))
    places = np.arange(len(table))
    for number, (name, values, base) in enumerate(_stack(table)):
        ax.bar(places, values, bottom=base, label=_words(name), width=0.7, **_look(number))
    ax.scatter(places, table.sum(axis=1), color=MARK, zorder=3, s=28, label="net", edgecolors="w", lw=0.8)
    return _upright(ax, table, unit, title)


def _stack(table: pd.DataFrame) -> Iterator[tuple[Any, Array, Array]]:
    """Yield the name of every part, its values and where they begin: gains and losses stack apart."""
    above, below = np.zeros(len(table)), np.zeros(len(table))
    for name in table.columns:
        values = table[name].to_numpy(dtype=float)
        yield name, values, np.where(values >= 0, above, below)
        above, below = above + np.maximum(values, 0), below + np.minimum(values, 0)


def largest_values(values: pd.Series[float], most: int) -> pd.Series[float]:
    """Return the largest values in size, the largest first.

    Raises
    ------
    DataError
        When `most` is no whole number of 1 or more.

    Examples
    --------
    >>> largest_values(pd.Series({"a": 1.0, "b": -5.0, "c": 2.0}), 2).to_dict()
    {'b': -5.0, 'c': 2.0}
    """
    require_count(most, "most")
    return values.loc[values.abs().sort_values(ascending=False, kind="stable").index[:most]]


def largest_parts(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the largest parts in their order, and the sum of all others as the last one.

    Parameters
    ----------
    table
        One column a part.
    most
        Largest number of columns wanted.

    Examples
    --------
    >>> largest_parts(pd.DataFrame([[1.0, 5.0, 2.0, -4.0]], columns=list("abcd")), 3).iloc[0].to_dict()
    {'b': 5.0, 'd': -4.0, 'others (2)': 3.0}
    """
    if table.shape[1] <= most:
        return table
    size = table.abs().sum().sort_values(ascending=False, kind="stable")
    kept = table[[name for name in table.columns if name in size.index[: most - 1]]]
    others = table.drop(columns=kept.columns)
    return kept.assign(**{f"others ({others.shape[1]})": others.sum(axis=1)})


def _look(number: int) -> dict[str, Any]:
    """Return colour and hatching of a part; parts beyond the palette are told apart by hatching."""
    rounds, place = divmod(number, len(PALETTE))
    look: dict[str, Any] = {"color": PALETTE[place]}
    return look | ({"hatch": "///" if rounds == 1 else "...", "edgecolor": "w"} if rounds else {})


def signed_bars(values: pd.Series[float], unit: str, title: str, ax: Any | None = None) -> Any:
    """Draw gains and losses as bars to both sides of zero.

    Parameters
    ----------
    values
        One number a bar, top to bottom.
    unit
        Unit of the numbers.
    title
        Title of the picture.
    ax
        Axes to draw on.
    """
    ax = new_axes(ax, (7.2, 1.0 + 0.27 * len(values)))
    numbers = values.to_numpy(dtype=float)
    places = np.arange(len(numbers))
    ax.barh(places, numbers, color=[GAIN if number >= 0 else LOSS for number in numbers])
    for place, number in zip(places, numbers, strict=True):
        text = f" {short(float(number))} "
        ax.text(number, place, text, va="center", ha="left" if number >= 0 else "right", fontsize=SMALLEST)
    ax.set_yticks(places, [_name(label) for label in values.index])
    ax.tick_params(axis="y", labelsize=8)
    _horizontal(ax, unit, 0.16)
    return finish(ax, title)


def paired_bars(table: pd.DataFrame, unit: str, title: str, ax: Any | None = None) -> Any:
    """Draw two numbers of each row beside each other, with the second less the first.

    Parameters
    ----------
    table
        One row a pair, two columns.
    unit
        Unit of the numbers.
    title
        Title of the picture.
    ax
        Axes to draw on.
    """
    ax = new_axes(ax, (7.2, 1.2 + 0.46 * len(table)))
    places = np.arange(len(table))
    numbers = table.to_numpy(dtype=float)
    for column, (colour, shift) in enumerate(((PALETTE[0], -0.2), (PALETTE[1], 0.2))):
        name = str(table.columns[column])
        ax.barh(places + shift, numbers[:, column], height=0.38, color=colour, label=name)
        for place, number in zip(places + shift, numbers[:, column], strict=True):
            text = f" {short(float(number))} "
            side = "left" if number >= 0 else "right"
            ax.text(number, place, text, va="center", ha=side, fontsize=SMALLEST)
    changes = numbers[:, 1] - numbers[:, 0]
    names = [
        f"{_name(label)}\n{'+' if change > 0 else ''}{short(float(change))}"
        for label, change in zip(table.index, changes, strict=True)
    ]
    ax.set_yticks(places, names, fontsize=8)
    _horizontal(ax, unit, 0.14)
    first, second = table.columns
    ax.set_xlabel(f"[{unit}]; under each name: {second} less {first}")
    ax.legend(fontsize=SMALLEST, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return finish(ax, title)


def grouped_bars(table: pd.DataFrame, unit: str, title: str, ax: Any | None = None) -> Any:
    """Draw numbers of several kinds side by side, one group of bars a row.

    Parameters
    ----------
    table
        One row a group, one column a bar in it.
    unit
        Unit of the numbers.
    title
        Title of the picture.
    ax
        Axes to draw on.
    """
    ax = new_axes(ax, (3.4 + 0.9 * len(table), 4.4))
    width = 0.8 / table.shape[1]
    for number, name in enumerate(table.columns):
        places = np.arange(len(table)) + (number - (table.shape[1] - 1) / 2) * width
        ax.bar(places, table[name].to_numpy(dtype=float), width, label=_words(name), **_look(number))
    return _upright(ax, table, unit, title)


def _upright(ax: Any, table: pd.DataFrame, unit: str, title: str) -> Any:
    """Name the rows below upright bars, and the parts beside them."""
    ax.axhline(0, color=NEUTRAL, lw=0.8)
    ax.set_xticks(range(len(table)), [_name(label) for label in table.index], rotation=30, ha="right")
    ax.set_ylabel(f"[{unit}]")
    plain_numbers(ax.yaxis)
    ax.legend(fontsize=SMALLEST, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return finish(ax, title)


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
    for number, (name, values, base) in enumerate(_stack(table)):
        ax.barh(places, values, left=base, label=_words(name), **_look(number))
    for place, end, total in zip(places, table.clip(lower=0).sum(axis=1), table.sum(axis=1), strict=True):
        ax.text(end, place, f" {short(float(total))}", va="center", fontsize=SMALLEST)
    names = [_name(label) for label in table.index]
    ax.set_yticks(places, names, fontsize=SMALLEST)
    _horizontal(ax, unit, 0.12)
    if table.shape[1] > 1:
        ax.legend(fontsize=SMALLEST, frameon=False)
    finish(ax, title)
    small_print(ax, print_)
    return ax


def _horizontal(ax: Any, unit: str, margin: float) -> None:
    """Read horizontal bars from top to bottom, with room for the numbers beside them."""
    ax.invert_yaxis()
    ax.axvline(0, color=NEUTRAL, lw=0.8)
    ax.use_sticky_edges = False
    ax.margins(x=margin)
    plain_numbers(ax.xaxis)
    ax.set_xlabel(f"[{unit}]")


def _words(name: object) -> str:
    """Return a label as words."""
    return _name(name).replace("_", " ")


def _name(label: object) -> str:
    """Return a label of one or several parts as one text of a length that leaves room for the picture."""
    text = " ".join(map(str, label)) if isinstance(label, tuple) else str(label)
    return "\n".join(shortened(line, _LABEL) for line in text.split("\n"))
