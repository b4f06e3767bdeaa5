"""Sankey diagrams: bands between nodes in columns, as a picture, and as a page to point at (plotly).

Links are a table with the columns ``stage``, ``supplier``, ``to_stage``, ``buyer``, ``amount``: a node is a
label at a stage, stages count from the right (0).
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from mrio.errors import MissingExtraError
from mrio.numerals import short
from mrio.plotting.canvas import GAIN, NEUTRAL, PALETTE, SMALLEST, finish, new_axes

LINKS = ("stage", "supplier", "to_stage", "buyer", "amount")
"""Columns of a table of links."""

_GAP = 0.03
_NAMED = 0.012
"""Height of the smallest node that is named, relative to all that ends at stage 0."""


def pair_links(flows: pd.DataFrame) -> pd.DataFrame:
    """Return flows from rows to columns as links of two stages, those of zero left out.

    Parameters
    ----------
    flows
        Who sends (rows) to whom (columns).

    Examples
    --------
    >>> pair_links(pd.DataFrame([[0.0, 2.0]], index=["A"], columns=["A", "B"])).to_numpy().tolist()
    [[1, 'A', 0, 'B', 2.0]]
    """
    amounts = flows.to_numpy(dtype=float)
    rows = [
        (1, str(flows.index[i]), 0, str(flows.columns[j]), float(amounts[i, j]))
        for i, j in np.argwhere(amounts != 0)
    ]
    return pd.DataFrame(rows, columns=list(LINKS))


def sankey(
    links: pd.DataFrame, unit: str, title: str, columns: Sequence[str] = (), ax: Any | None = None
) -> Any:
    """Draw bands between nodes in columns, the last stage left and stage 0 right.

    Parameters
    ----------
    links
        Links of positive amounts (see the module).
    unit
        Unit of the amounts.
    title
        Title of the picture.
    columns
        Names of the stages, the last first; numbers when left out.
    ax
        Axes to draw on.
    """
    last = int(links["stage"].max()) if len(links) else 1
    ax = new_axes(ax, (2.6 + 2.4 * last, 5.6))
    whole = float(links.loc[links["to_stage"] == 0, "amount"].sum()) or 1.0
    boxes = node_boxes(links, whole)
    filled = {"out": dict.fromkeys(boxes, 0.0), "in": dict.fromkeys(boxes, 0.0)}
    for stage, supplier, to_stage, buyer, amount in links[list(LINKS)].itertuples(index=False, name=None):
        start, end, height = (stage, supplier), (to_stage, buyer), amount / whole
        low = boxes[start][0] + filled["out"][start]
        high = boxes[end][0] + filled["in"][end]
        filled["out"][start] += height
        filled["in"][end] += height
        _band(ax, (-float(stage), low), (-float(to_stage), high), height)
    for (stage, name), (low, height) in boxes.items():
        ax.bar(-stage, height, bottom=low, width=0.08, color=GAIN, zorder=3)
        if height > _NAMED:
            text = _label(name, ax.figure.get_size_inches(), last, height)
            ax.text(-stage + 0.06, low + height / 2, text, fontsize=SMALLEST, va="center", zorder=4)
    ax.set_xlim(-last - 0.1, 0.9 if last < 3 else 1.3)
    ax.set_xticks(range(-last, 1), columns or [f"stage {stage}" for stage in range(last, -1, -1)], fontsize=8)
    ax.set_yticks([])
    ax.set_ylabel(f"[{unit}], all bands into the last column: {short(whole)}")
    ax.spines[:].set_visible(False)
    return finish(ax, title)


def node_boxes(links: pd.DataFrame, whole: float) -> dict[tuple[int, str], tuple[float, float]]:
    """Return bottom and height of each node, largest at the bottom, with gaps between nodes.

    Parameters
    ----------
    links
        Links (see the module).
    whole
        Amount that is drawn one unit high.
    """
    out = links.groupby(["stage", "supplier"], sort=False)["amount"].sum()
    received = links.groupby(["to_stage", "buyer"], sort=False)["amount"].sum()
    size = pd.concat([out, received]).groupby(level=[0, 1], sort=False).max() / whole
    boxes: dict[tuple[int, str], tuple[float, float]] = {}
    for stage, nodes in size.groupby(level=0):
        low = 0.0
        for (_, name), height in nodes.sort_values(ascending=False, kind="stable").items():
            boxes[(int(stage), str(name))] = (low, float(height))
            low += float(height) + _GAP
    return boxes


def _label(name: str, size: Sequence[float], last: int, height: float) -> str:
    """Return the name of a node, in two lines or shortened where the next column is near."""
    letters = int(size[0] * 72 / (last + 1) / (0.6 * SMALLEST))
    two_lines = (height + _GAP) * 0.7 * size[1] * 72 > 2.6 * SMALLEST
    lines = textwrap.wrap(name, letters, max_lines=2 if two_lines else 1, placeholder=" ...")
    return "\n".join(lines)


def _band(ax: Any, start: tuple[float, float], end: tuple[float, float], height: float) -> None:
    """Fill a smooth band between two nodes."""
    along = np.linspace(0.0, 1.0, 40)
    rise = (1 - np.cos(np.pi * along)) / 2
    low = start[1] + (end[1] - start[1]) * rise
    across = start[0] + 0.04 + (end[0] - start[0] - 0.08) * along
    ax.fill_between(across, low, low + height, color=NEUTRAL, alpha=0.4, lw=0)


def node_table(links: pd.DataFrame) -> pd.DataFrame:
    """Return the nodes of links: ``stage`` and ``label``, one number a node, a colour a label.

    Parameters
    ----------
    links
        Links (see the module).
    """
    ends = [links[["stage", "supplier"]], links[["to_stage", "buyer"]]]
    nodes = pd.concat([end.set_axis(["stage", "label"], axis=1) for end in ends])
    nodes = nodes.drop_duplicates(ignore_index=True)
    numbers = {label: number for number, label in enumerate(dict.fromkeys(nodes["label"]))}
    return nodes.assign(colour=[PALETTE[numbers[label] % len(PALETTE)] for label in nodes["label"]])


def sankey_page(links: pd.DataFrame, unit: str, title: str, note: str = "") -> str:
    """Return links as one HTML page, to be pointed at; the drawing code is inside, no network is used.

    Parameters
    ----------
    links
        Links of positive amounts (see the module).
    unit
        Unit of the amounts.
    title
        Title of the page.
    note
        Status, price basis and source, written below.

    Raises
    ------
    MissingExtraError
        When plotly is not installed.
    """
    figure = _sankey_figure(links, unit)
    figure.update_layout(
        title={"text": escape(title), "font": {"size": 16}},
        font={"size": 13, "family": "system-ui, sans-serif"},
        margin={"l": 20, "r": 20, "t": 60, "b": 20},
    )
    drawing = figure.to_html(
        include_plotlyjs=True,
        full_html=False,
        default_height="80vh",
        config={"displaylogo": False, "responsive": True, "modeBarButtons": [["toImage"]]},
    )
    small = escape(f"[{unit}]" + (f"; {note}" if note else ""))
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<link rel='icon' href='data:,'></head><body>{drawing}"
        f"<p style='font: 13px system-ui, sans-serif; color: #555'>{small}</p></body></html>"
    )


def _sankey_figure(links: pd.DataFrame, unit: str) -> Any:
    """Return links as a figure of plotly."""
    try:
        import plotly.graph_objects as go
    except ImportError as error:
        raise MissingExtraError(
            "Pages with a Sankey diagram need plotly.", remedy="install it with: pip install 'mrio[sankey]'"
        ) from error
    nodes = node_table(links)
    places = {key: number for number, key in enumerate(nodes[["stage", "label"]].itertuples(False, None))}
    starts = [places[key] for key in links[["stage", "supplier"]].itertuples(False, None)]
    ends = [places[key] for key in links[["to_stage", "buyer"]].itertuples(False, None)]
    colours = [_pale(str(nodes["colour"].iat[start])) for start in starts]
    bands = {"source": starts, "target": ends, "value": links["amount"].tolist(), "color": colours}
    boxes = {"label": nodes["label"].tolist(), "color": nodes["colour"].tolist(), "pad": 18, "thickness": 16}
    return go.Figure(go.Sankey(node=boxes, link=bands, valueformat=",.4~g", valuesuffix=f" {unit}"))


def _pale(colour: str) -> str:
    """Return a colour of the palette that lets others shine through."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.4)"
