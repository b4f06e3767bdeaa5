"""How far identities are from holding: signed gaps against zero, over many orders of magnitude."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mrio.plotting.canvas import GAIN, LOSS, NEUTRAL, SMALLEST, finish, new_axes, shortened

_LABEL = 40


def gaps(table: pd.DataFrame, tolerance: float, title: str, ax: Any | None = None) -> Any:
    """Draw gaps as points left and right of zero, linear within the tolerance and logarithmic beyond.

    Parameters
    ----------
    table
        One row a gap, its name in the index; columns ``gap`` [1] and ``side``, ``"row"`` or ``"column"``.
    tolerance
        Gaps up to this size pass; drawn as a grey band.
    title
        Title of the picture.
    ax
        Axes to draw on.
    """
    ax = new_axes(ax, (7.4, 1.6 + 0.22 * len(table)))
    places = np.arange(len(table))
    values = table["gap"].to_numpy(dtype=float)
    ax.axvspan(-tolerance, tolerance, color="#dddddd", lw=0, label=f"tolerance {tolerance:g}")
    ax.axvline(0, color=NEUTRAL, lw=0.8)
    ax.hlines(places, 0, values, color=NEUTRAL, lw=0.8)
    for side, colour, mark in zip(("row", "column"), (GAIN, LOSS), "os", strict=True):
        own = (table["side"] == side).to_numpy()
        label = side if own.any() else f"{side}: all zero"
        ax.scatter(values[own], places[own], color=colour, marker=mark, s=22, zorder=3, label=label)
    ax.set_xscale("symlog", linthresh=tolerance)
    reach = 10 * max(float(np.abs(values).max(initial=0.0)), tolerance)
    ax.set_xlim(-reach, reach)
    _ticks(ax, tolerance, reach)
    names = [" ".join(map(str, label)) if isinstance(label, tuple) else str(label) for label in table.index]
    ax.set_yticks(places, [shortened(name, _LABEL) for name in names], fontsize=8)
    ax.invert_yaxis()
    ax.set_xlabel("gap relative to output [1]")
    ax.legend(fontsize=SMALLEST, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return finish(ax, title)


def _ticks(ax: Any, tolerance: float, reach: float) -> None:
    """Place at most four ticks on each side of zero, at powers of ten."""
    first, last = (int(np.floor(np.log10(edge))) for edge in (tolerance, reach))
    powers = range(first, last + 1, max(1, -(-(last - first) // 3)))
    places = [sign * 10.0**power for sign in (-1, 1) for power in powers]
    ax.set_xticks(sorted([*places, 0.0]))
    ax.minorticks_off()
