"""Pictures of labelled tables: drawing only, on Axes that may be given; numbers come ready-made.

Colours are those of the Okabe-Ito palette, which stays distinct in common colour blindness; diverging maps
are centred on zero.
"""

from __future__ import annotations

import io
import textwrap
from typing import Any

import numpy as np
import pandas as pd

from mrio.errors import MissingExtraError
from mrio.numerals import short

GAIN, LOSS, NEUTRAL, MARK = "#0072B2", "#D55E00", "#999999", "#000000"
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")


def new_axes(ax: Any | None, size: tuple[float, float]) -> Any:
    """Return `ax`, or Axes of a new pyplot figure of a size in inches when none were given.

    Figures come from pyplot, as those of pandas and xarray do, because that is what notebooks show.

    Raises
    ------
    MissingExtraError
        When matplotlib is not installed.
    """
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise MissingExtraError(
            "Pictures need matplotlib.", remedy="install it with: pip install 'mrio[plot]'"
        ) from error
    return plt.subplots(figsize=size, layout="constrained")[1]


def png_of(ax: Any) -> bytes:
    """Return the figure of Axes as a PNG picture, and close it."""
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    ax.figure.savefig(buffer, format="png", dpi=130, bbox_inches="tight")
    plt.close(ax.figure)
    return buffer.getvalue()


def small_print(ax: Any, text: str) -> None:
    """Write source and price basis under a picture."""
    if text:
        lines = textwrap.fill(text, 95)
        ax.figure.supxlabel(lines, x=0.01, ha="left", fontsize=7, color="#555555")


def _words(name: object) -> str:
    """Return a dim as words."""
    return str(name or "").replace("_", " ")


def heat_map(table: pd.DataFrame, unit: str, title: str, ax: Any | None = None) -> Any:
    """Draw a table as coloured cells with their numbers.

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
    ax = new_axes(ax, (1.6 + 1.1 * table.shape[1], 1.2 + 0.55 * table.shape[0]))
    values = table.to_numpy(dtype=float)
    limit = float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    signed = bool((values < 0).any())
    image = ax.imshow(
        values,
        cmap="PuOr_r" if signed else "Blues",
        vmin=-limit if signed else 0.0,
        vmax=limit,
        aspect="auto",
    )
    ax.set_xticks(range(table.shape[1]), [str(name) for name in table.columns], rotation=30, ha="left")
    ax.set_yticks(range(table.shape[0]), [str(name) for name in table.index])
    for (row, column), value in np.ndenumerate(values):
        dark = abs(value) > 0.6 * limit
        ax.text(column, row, short(value), ha="center", va="center", fontsize=8, color="w" if dark else "k")
    ax.xaxis.set_ticks_position("top")
    ax.xaxis.set_label_position("top")
    ax.set_xlabel(_words(table.columns.name))
    ax.set_ylabel(_words(table.index.name))
    ax.set_title(title, fontsize=10, loc="left")
    ax.figure.colorbar(image, ax=ax, label=unit)
    return ax


NAMED_POINTS = 16
"""Points of a plane that are named, the ones farthest out; more names would hide each other."""


def quadrants(table: pd.DataFrame, units: tuple[str, str], title: str, ax: Any | None = None) -> Any:
    """Draw points in the plane of two changes, with the quadrants and the farthest points named.

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
    ax = new_axes(ax, (6.4, 5.2))
    ax.axhline(0, color=NEUTRAL, lw=0.8)
    ax.axvline(0, color=NEUTRAL, lw=0.8)
    x, y = (table.iloc[:, column].to_numpy(dtype=float) for column in (0, 1))
    colours = np.where((x > 0) & (y < 0), GAIN, np.where((x < 0) & (y > 0), LOSS, NEUTRAL))
    ax.scatter(x, y, c=list(colours), s=36, zorder=3)
    distance = np.abs(x) / (np.abs(x).max(initial=0.0) or 1.0) + np.abs(y) / (
        np.abs(y).max(initial=0.0) or 1.0
    )
    for place in np.argsort(-distance, kind="stable")[:NAMED_POINTS]:
        label = table.index[place]
        text = " ".join(map(str, label)) if isinstance(label, tuple) else str(label)
        ax.annotate(text, (x[place], y[place]), (4, 4), textcoords="offset points", fontsize=7)
    names = [str(name) for name in table.columns]
    ax.set_xlabel(f"{names[0]} [{units[0]}]")
    ax.set_ylabel(f"{names[1]} [{units[1]}]")
    ax.margins(0.15)
    corners = {(0.99, 0.01): ("gain, less", "right", "bottom"), (0.99, 0.99): ("gain, more", "right", "top")}
    corners |= {(0.01, 0.01): ("loss, less", "left", "bottom"), (0.01, 0.99): ("loss, more", "left", "top")}
    for place, (text, across, along) in corners.items():
        ax.text(*place, text, transform=ax.transAxes, ha=across, va=along, fontsize=7, color="#777777")
    ax.set_title(title, fontsize=10, loc="left")
    return ax


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
        ax.errorbar(
            starts + values,
            places,
            xerr=[np.maximum(starts + values - low, 0.0), np.maximum(high - starts - values, 0.0)],
            fmt="none",
            ecolor=MARK,
            elinewidth=0.9,
            capsize=2.5,
        )
        ends = np.maximum(ends, high)
    for place, end, value in zip(places, ends, values, strict=True):
        ax.text(end, place, f" {short(float(value))}", va="center", fontsize=7)
    ax.text(max(values.sum(), 0.0), len(values), f" {short(float(values.sum()))}", va="center", fontsize=7)
    names = [str(name).replace("_", " ") for name in steps.index]
    ax.set_yticks(range(len(values) + 1), [*names, "total change"])
    ax.invert_yaxis()
    ax.axvline(0, color=NEUTRAL, lw=0.8)
    ax.use_sticky_edges = False
    ax.margins(x=0.12)
    ax.set_xlabel(f"[{unit}]")
    ax.set_title(title, fontsize=10, loc="left")
    return ax


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
    ax = new_axes(ax, (1.8 + 1.3 * len(table), 4.4))
    places = np.arange(len(table))
    above, below = np.zeros(len(table)), np.zeros(len(table))
    for number, name in enumerate(table.columns):
        values = table[name].to_numpy(dtype=float)
        base = np.where(values >= 0, above, below)
        colour = PALETTE[number % len(PALETTE)]
        ax.bar(places, values, bottom=base, label=str(name).replace("_", " "), color=colour, width=0.7)
        above, below = above + np.maximum(values, 0), below + np.minimum(values, 0)
    ax.scatter(places, table.sum(axis=1), color=MARK, zorder=3, s=28, label="net")
    ax.axhline(0, color=NEUTRAL, lw=0.8)
    ax.set_xticks(places, [str(name) for name in table.index], rotation=30, ha="right")
    ax.set_ylabel(f"[{unit}]")
    ax.set_title(title, fontsize=10, loc="left")
    ax.legend(fontsize=7, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


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
        ax.text(number, place, text, va="center", ha="left" if number >= 0 else "right", fontsize=7)
    ax.set_yticks(places, [textwrap.shorten(str(name), 46, placeholder=" ...") for name in values.index])
    ax.tick_params(axis="y", labelsize=8)
    ax.invert_yaxis()
    ax.axvline(0, color=NEUTRAL, lw=0.8)
    ax.margins(x=0.16)
    ax.set_xlabel(f"[{unit}]")
    ax.set_title(title, fontsize=10, loc="left")
    return ax


def slopes(table: pd.DataFrame, unit: str, title: str, ax: Any | None = None) -> Any:
    """Draw a line for each column over the rows, named at its right end.

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
    ax = new_axes(ax, (2.4 + 1.5 * len(table), 4.4))
    places = np.arange(len(table))
    marks = ("o", "s", "^", "D", "v", "P", "X", "*")
    for number, name in enumerate(table.columns):
        values = table[name].to_numpy(dtype=float)
        colour, mark = PALETTE[number % len(PALETTE)], marks[number % len(marks)]
        ax.plot(places, values, color=colour, marker=mark, lw=1.6, ms=5, label=str(name))
    ax.set_xticks(places, [textwrap.fill(str(name), 16) for name in table.index], fontsize=8)
    ax.set_ylabel(f"[{unit}]")
    ax.margins(x=0.08, y=0.12)
    ax.set_title(title, fontsize=10, loc="left")
    ax.legend(fontsize=7, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


TILES = (
    ".         .         .         .         .         .         .         .         Heilongjiang",
    ".         .         .         .         .         .         InnerMongolia .      Jilin",
    ".         Xinjiang  .         Gansu     Ningxia   .         Beijing   Tianjin   Liaoning",
    ".         .         Qinghai   .         Shaanxi   Shanxi    Hebei     Shandong  .",
    ".         Tibet     .         Sichuan   Chongqing Henan     Anhui     Jiangsu   Shanghai",
    ".         .         .         .         Guizhou   Hubei     Jiangxi   Zhejiang  .",
    ".         .         .         Yunnan    Guangxi   Hunan     Guangdong Fujian    .",
    ".         .         .         .         .         Hainan    .         .         .",
)
"""Provinces of mainland China as equal tiles near where they lie; a scheme, no map of boundaries."""


def tile_places() -> dict[str, tuple[int, int]]:
    """Return row and column of the tile of each province."""
    cells = [
        (row, column, name) for row, line in enumerate(TILES) for column, name in enumerate(line.split())
    ]
    return {name: (row, column) for row, column, name in cells if name != "."}


def tile_map(values: pd.Series[float], unit: str, title: str, ax: Any | None = None) -> Any:
    """Draw numbers of provinces as coloured tiles; provinces without a number stay grey.

    Parameters
    ----------
    values
        One number a province, by its English name; other labels are left out, and the picture names them.
    unit
        Unit of the numbers.
    title
        Title of the picture.
    ax
        Axes to draw on.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    ax = new_axes(ax, (7.6, 6.0))
    places = tile_places()
    known = {name: float(value) for name, value in values.items() if name in places}
    limit = max(map(abs, known.values()), default=0.0) or 1.0
    signed = any(value < 0 for value in known.values())
    colours = ScalarMappable(Normalize(-limit if signed else 0.0, limit), "PuOr_r" if signed else "Blues")
    for name, (row, column) in places.items():
        value = known.get(name)
        face = "#eeeeee" if value is None else colours.to_rgba(np.array(value))
        ax.bar(column, 0.94, bottom=row - 0.47, width=0.94, color=face)
        dark = value is not None and abs(value) > 0.6 * limit
        text = name.replace("InnerMongolia", "Inner\nMongolia")
        text += "" if value is None else f"\n{short(value)}"
        colour = "w" if dark else "#999999" if value is None else "k"
        ax.text(column, row, text, ha="center", va="center", fontsize=6, color=colour)
    ax.set_xlim(0.4, 8.6)
    ax.set_ylim(len(TILES) - 0.5, -0.5)
    ax.set_aspect("equal")
    ax.axis("off")
    others = [f"{name} {short(float(value))}" for name, value in values.items() if name not in places]
    ax.set_title(title + (f"\nnot drawn: {', '.join(others)}" if others else ""), fontsize=10, loc="left")
    ax.figure.colorbar(colours, ax=ax, label=unit, shrink=0.7)
    return ax
