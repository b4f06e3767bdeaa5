"""What two papers print, as labelled datasets."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Final

import numpy as np
import xarray as xr

from mrio import bundled
from mrio.errors import LabelError
from mrio.provenance import CellGroup, Provenance

SERIES: Final[dict[str, tuple[str, str]]] = {
    "beijing-manufacturing": (
        "beijing_manufacturing.csv",
        "Cui Tiening and Liu Mengyun, Research on Low-Carbon Development Pathways for Modern Manufacturing "
        "in the Capital of China",
    ),
    "bth-circular-economy": (
        "bth_circular_economy.csv",
        "Zhang Xinyuan, Chen Jinting, Zhai Yunfei, Ren Tongyu and Yu Siyu, Research on the Synergistic "
        "Mechanism of New Quality Productive Forces Empowering the Circular Economy Industry in "
        "Beijing-Tianjin-Hebei Metropolitan Region for Carbon Reduction, Pollution Control, Green Expansion "
        "and Growth",
    ),
}
"""File and source of each dataset of printed numbers."""

PAGES: Final = "the text at hand marks no pages; sections, tables and figures are named"


def printed_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a dataset of printed numbers as texts, with their digits.

    Raises
    ------
    LabelError
        When there is no such dataset.
    """
    if name not in SERIES:
        raise LabelError(
            f"There are no series {name!r}.", remedy=f"series are {', '.join(map(repr, SERIES))}"
        )
    with bundled.path(f"lowcarbon/{SERIES[name][0]}").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_series(name: str) -> xr.Dataset:
    """Load the numbers that a paper prints, as a labelled Dataset.

    Parameters
    ----------
    name
        ``"beijing-manufacturing"`` or ``"bth-circular-economy"``.

    Returns
    -------
    xarray.Dataset
        One variable a printed series; attributes ``units``, ``place`` (table, figure or section of the paper)
        and ``note``. A number that the paper does not print is NaN. The numbers are as printed, errors
        included; `mrio.lowcarbon.check_papers` says which are wrong.

    Raises
    ------
    LabelError
        When there are no such series.

    Examples
    --------
    >>> series = load_series("bth-circular-economy")
    >>> series["industry_scale"].values.tolist(), series["industry_scale"].attrs["place"]
    ([80.0, 320.0], 'Figure 1 and section 4')
    """
    rows = printed_rows(name)
    names = list(dict.fromkeys(row["variable"] for row in rows))
    arrays = {variable: _array(row for row in rows if row["variable"] == variable) for variable in names}
    data = xr.merge(
        [array.rename(variable) for variable, array in arrays.items()], join="outer", compat="no_conflicts"
    )
    for variable, array in arrays.items():
        data[variable].attrs = array.attrs
    source = SERIES[name][1]
    group = CellGroup("fact", source, "as printed; not checked against the statistics the paper used")
    data.attrs = {
        "title": f"numbers printed in: {source}",
        "source": source,
        "pages": PAGES,
        "comment": "as printed, errors included; NaN is not printed",
        "provenance": Provenance(source, groups={"all": group}).to_json(),
    }
    return data


def _array(rows: Iterable[dict[str, str]]) -> xr.DataArray:
    """Return the rows of one variable as an array with its attributes."""
    listed = list(rows)
    dims = [listed[0][key] for key in ("dim_1", "dim_2") if listed[0][key]]
    attrs = {"units": listed[0]["unit"], "place": listed[0]["place"], "note": listed[0]["note"]}
    values = [float(row["value"]) for row in listed]
    if not dims:
        return xr.DataArray(values[0], attrs=attrs)
    labels = [[_label(row[f"label_{number}"]) for row in listed] for number in range(1, len(dims) + 1)]
    coords = {dim: list(dict.fromkeys(given)) for dim, given in zip(dims, labels, strict=True)}
    array = np.full([len(coords[dim]) for dim in dims], np.nan)
    for value, place in zip(values, zip(*labels, strict=True), strict=True):
        array[tuple(coords[dim].index(label) for dim, label in zip(dims, place, strict=True))] = value
    return xr.DataArray(array, dims=dims, coords=coords, attrs=attrs)


def _label(text: str) -> int | str:
    """Return years as numbers and everything else as text."""
    return int(text) if text.isdigit() else text
