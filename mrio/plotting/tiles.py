"""Provinces of China as tiles: no map of boundaries, one tile a province near where it lies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mrio.classification import provinces
from mrio.numerals import short
from mrio.plotting.canvas import SIGNED, SMALLEST, UNSIGNED, colour_bar, finish, new_axes

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

_OTHERS_IN_A_ROW = 4


def tile_places() -> dict[str, tuple[int, int]]:
    """Return row and column of the tile of each province.

    Examples
    --------
    >>> places = tile_places()
    >>> places["Beijing"], places["Tianjin"], places["Hebei"]
    ((2, 6), (2, 7), (3, 6))
    """
    cells = [
        (row, column, name) for row, line in enumerate(TILES) for column, name in enumerate(line.split())
    ]
    return {name: (row, column) for row, column, name in cells if name != "."}


def tile_table(values: pd.Series[float]) -> pd.DataFrame:
    """Return the tiles of a picture: every province, and below the map every region that is none.

    Parameters
    ----------
    values
        One number a region; provinces by their English or Chinese name.

    Returns
    -------
    DataFrame
        Columns ``row``, ``column``, ``value`` (NaN where there is no number) by region, provinces by the
        names in Chinese where `values` has one of these.

    Examples
    --------
    >>> table = tile_table(pd.Series({"河北": 2.0, "Rest of China": 1.0}))
    >>> table.loc[["河北", "Rest of China"], "row"].tolist()
    [3, 8]
    """
    chinese = provinces()["name_zh"]
    in_chinese = bool(values.index.isin(chinese).any())
    named = {name: str(chinese[name]) if in_chinese else name for name in tile_places()}
    rows = {named[name]: place for name, place in tile_places().items()}
    others = [name for name in values.index if name not in rows]
    for number, name in enumerate(others):
        rows[name] = (len(TILES) + number // _OTHERS_IN_A_ROW, 1 + 2 * (number % _OTHERS_IN_A_ROW))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["row", "column"])
    return table.assign(value=values.reindex(table.index))


def tile_map(values: pd.Series[float], unit: str, title: str, ax: Any | None = None) -> Any:
    """Draw numbers of regions as coloured tiles; provinces without a number stay grey.

    Parameters
    ----------
    values
        One number a region; provinces by their English or Chinese name, other regions stand below.
    unit
        Unit of the numbers.
    title
        Title of the picture.
    ax
        Axes to draw on.
    """
    table = tile_table(values)
    ax = new_axes(ax, (7.4, 7.0))
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    limit = float(np.nanmax(np.abs(table["value"]), initial=0.0)) or 1.0
    signed = bool((table["value"] < 0).any())
    colours = ScalarMappable(Normalize(-limit if signed else 0.0, limit), SIGNED if signed else UNSIGNED)
    for name, row, column, value in table.itertuples(name=None):
        wide = 1.9 if row >= len(TILES) else 0.94
        middle = column + (wide - 0.94) / 2
        known = not np.isnan(value)
        ax.bar(middle, 0.94, bottom=row - 0.47, width=wide, color=colours.to_rgba(value) if known else "#eee")
        text = name.replace("InnerMongolia", "Inner\nMongolia") + (f"\n{short(value)}" if known else "")
        colour = ("w" if abs(value) > 0.6 * limit else "k") if known else "#777777"
        ax.text(middle, row, text, ha="center", va="center", fontsize=SMALLEST, color=colour)
    ax.set_xlim(0.4, 8.6)
    ax.set_ylim(table["row"].max() + 0.5, -0.5)
    ax.set_aspect(0.75)
    ax.axis("off")
    colour_bar(ax, colours, unit, location="bottom", shrink=0.75, aspect=50)
    return finish(ax, title)
