"""Chord diagrams: flows between regions as ribbons inside a circle (pycirclize)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mrio.errors import DataError, MissingExtraError
from mrio.numerals import short
from mrio.plotting.canvas import PALETTE, SMALLEST, finish, new_axes


def chord_table(flows: pd.DataFrame) -> pd.DataFrame:
    """Return flows as a square table of all that is drawn: who sends (rows) to whom, nobody left empty.

    Parameters
    ----------
    flows
        Flows of zero or more from rows to columns; labels may stand on one side only.

    Raises
    ------
    DataError
        When a flow is negative, or nothing flows.

    Examples
    --------
    >>> chord_table(pd.DataFrame([[1.0, 2.0]], index=["A"], columns=["A", "abroad"])).to_numpy().tolist()
    [[1.0, 2.0], [0.0, 0.0]]
    """
    if (flows.to_numpy() < 0).any():
        raise DataError(
            "A chord diagram cannot show negative flows.",
            amount=f"smallest flow {flows.to_numpy().min():.6g}",
            remedy="draw them as a matrix",
        )
    names = list(dict.fromkeys([*map(str, flows.index), *map(str, flows.columns)]))
    square = flows.rename(index=str, columns=str)
    square = square.reindex(index=names, columns=names).fillna(0.0)
    used = [name for name in names if square.loc[name].sum() + square[name].sum() > 0]
    if not used:
        raise DataError("Nothing flows, so there is no chord diagram to draw.", remedy="choose another part")
    return square.loc[used, used]


def chord(flows: pd.DataFrame, unit: str, title: str) -> Any:
    """Draw flows as ribbons that leave the sender and end, with an arrow head, at the receiver.

    Parameters
    ----------
    flows
        Flows of zero or more from rows to columns.
    unit
        Unit of the numbers.
    title
        Title of the picture.

    Returns
    -------
    Axes
        Polar Axes of their own, because nothing else can stand on them.

    Raises
    ------
    MissingExtraError
        When pycirclize or matplotlib is not installed.
    DataError
        When a flow is negative, or nothing flows.
    """
    table = chord_table(flows)
    flat = new_axes(None, (6.4, 6.6))
    figure = flat.figure
    flat.remove()
    try:
        from pycirclize import Circos
    except ImportError as error:
        raise MissingExtraError(
            "Chord diagrams need pycirclize.", remedy="install it with: pip install 'mrio[chord]'"
        ) from error
    ax = figure.add_subplot(projection="polar")
    names = [
        f"{name}\nout {short(float(out))}, in {short(float(received))}"
        for name, out, received in zip(table.index, table.sum(axis=1), table.sum(), strict=True)
    ]
    colours = {name: PALETTE[number % len(PALETTE)] for number, name in enumerate(names)}
    circle = Circos.chord_diagram(
        table.set_axis(names).set_axis(names, axis=1),
        space=4 if len(table) < 12 else 2,
        r_lim=(86, 90),
        cmap=colours,
        label_kws={"size": 8, "r": 98},
        link_kws={"direction": 1, "ec": "w", "lw": 0.3, "alpha": 0.75},
    )
    circle.plotfig(ax=ax)
    ax.axis("on")
    ax.set(xticks=[], yticks=[], frame_on=False)
    ax.set_xlabel(f"[{unit}]; ribbons have the colour of the sender", fontsize=SMALLEST, loc="left")
    return finish(ax, title)
