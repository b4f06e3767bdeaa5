"""What every picture shares: colours, Axes of a printable size, title and small print, and the PNG of it."""

from __future__ import annotations

import io
import textwrap
from typing import Any

from mrio.errors import MissingExtraError
from mrio.plotting.fonts import cover

GAIN, LOSS, NEUTRAL, MARK = "#0072B2", "#D55E00", "#999999", "#000000"
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")

SIGNED, UNSIGNED = "RdBu", "Blues"
"""Colour maps of numbers of both signs (blue is positive, as `GAIN`) and of one."""

PAGE = (7.4, 9.6)
"""Largest width and height of a picture [inch], so that no printer shrinks it: two columns of a journal."""

SMALLEST = 7
"""Size of the smallest text [pt]."""

_TITLE = 10

_POINTS_PER_LETTER = 0.53
"""Mean width of a letter of the default font, relative to its size."""


def new_axes(ax: Any | None, size: tuple[float, float]) -> Any:
    """Return `ax`, or Axes of a new pyplot figure when none were given.

    Figures come from pyplot, as those of pandas and xarray do, because that is what notebooks show.

    Parameters
    ----------
    ax
        Axes to draw on.
    size
        Width and height wanted [inch]; at most `PAGE`.

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
    width, height = (min(wanted, most) for wanted, most in zip(size, PAGE, strict=True))
    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def png_of(ax: Any) -> bytes:
    """Return the figure of Axes as a PNG picture, and close it."""
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    ax.figure.savefig(buffer, format="png", dpi=130, bbox_inches="tight")
    plt.close(ax.figure)
    return buffer.getvalue()


def finish(ax: Any, title: str) -> Any:
    """Write the title over a picture, in lines no longer than there is room, and settle its fonts."""
    text = ax.set_title(title, fontsize=_TITLE, loc="left")
    settle(ax)
    room = 0.97 * (ax.figure.bbox.x1 - ax.get_window_extent().x0)
    width = text.get_window_extent().width
    if width > room:
        text.set_text(textwrap.fill(title, max(int(0.94 * len(title) * room / width), 12)))
    return ax


def shortened(text: str, letters: int) -> str:
    """Return a text that leaves room for the picture, its end replaced by dots where it is too long.

    Examples
    --------
    >>> shortened("Smelting and pressing of metals", 12), shortened("Coal mining", 12)
    ('Smelting...', 'Coal mining')
    """
    return text if len(text) <= letters else text[: letters - 3].rstrip() + "..."


def plain_numbers(*axes: Any) -> None:
    """Write numbers along axes (``ax.xaxis``, ``ax.yaxis``) in full, thousands apart, without a factor."""
    from matplotlib.ticker import StrMethodFormatter

    for axis in axes:
        axis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))


def colour_bar(ax: Any, colours: Any, unit: str, **place: Any) -> None:
    """Draw the scale of colours beside a picture."""
    bar = ax.figure.colorbar(colours, ax=ax, label=f"[{unit}]", **place)
    plain_numbers(bar.ax.xaxis if place.get("location") == "bottom" else bar.ax.yaxis)
    bar.ax.tick_params(labelsize=8)


def settle(ax: Any) -> None:
    """Lay a picture out as it will be drawn, so that sizes of texts and of Axes can be asked for."""
    cover(ax.figure)
    ax.figure.draw_without_rendering()


def small_print(ax: Any, text: str) -> None:
    """Write status, price basis and source under a picture."""
    if text:
        lines = _wrapped(ax, text)
        ax.figure.supxlabel(lines, x=0.01, ha="left", fontsize=SMALLEST, color="#555555")
        cover(ax.figure)


def _wrapped(ax: Any, text: str) -> str:
    """Return small print in lines of the width of its figure."""
    letters = int(0.94 * 72 * ax.figure.get_figwidth() / (_POINTS_PER_LETTER * SMALLEST))
    return textwrap.fill(text, max(letters, 12))
