"""Official codes and Chinese names of regions and sectors, as coordinates beside the labels.

A label is a name; a code says which entry of a public classification it is. Codes are looked up in the
bundled classifications (`mrio.classification`) and never guessed:

- **regions** have codes where every region is a province of mainland China (English or Chinese name), the
  rest of China or ``abroad``. One stranger among them, and none has a code: Jilin may then be the city;
- **sectors** have codes where the labels are, in any order, exactly the names or the codes of one bundled
  classification (bare numbers tell none). After an aggregation they are not, and codes are gone.

Coordinates of a dim ``region`` or ``sector`` and of their twins (``use_region``, ``from_region`` ...), each
named by its dim, with an empty text where an entry has no code:

``region_code``
    GB/T 2260 code of the province, for example ``130000``.
``region_name_zh, sector_name_zh``
    Chinese name.
``sector_code``
    Code in the classification that its attribute `codelist` names, for example ``h14`` or ``06``.
``sector_gbt4754``
    Divisions of the national classification of economic activities (GB/T 4754, edition in `codelist`).
``sector_isic``
    Divisions or groups of ISIC Rev.4, a correspondence by the titles of the divisions: small activities may
    stand elsewhere. Empty where a division is shared by several sectors.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TypeVar

import pandas as pd
import xarray as xr

from mrio.classification import CLASSIFICATIONS, classification_table, provinces
from mrio.schema import ABROAD

Labelled = TypeVar("Labelled", xr.DataArray, xr.Dataset)

REGION_DIMS: Final = ("region", "use_region", "from_region", "to_region")
SECTOR_DIMS: Final = ("sector", "use_sector")
MAIN: Final = ("region", "sector")
ROLE: Final = "mrio_role"
"""Attribute that tells a code from a label; its value is ``"code"``."""

REST: Final = {"Rest of China": "中国其他地区", ABROAD: "国外"}
"""Labels that stand for what is left over: they have a Chinese name and no code."""

_SPELLED: Final = {"Inner Mongolia": "InnerMongolia"}
"""Spellings of provinces beside those of `provinces`."""

_EDITIONS: Final = {"nbs2007_42": "2002", "nbs2012_42": "2011", "nbs2017_42": "2017", "h39": "2017"}
"""Edition of GB/T 4754 behind each classification; h39 by way of the 42 sectors of 2017."""


def with_codes(data: Labelled, *, twins: bool = True) -> Labelled:
    """Return labelled numbers with the official codes of their regions and sectors as coordinates.

    Parameters
    ----------
    data
        A DataArray or Dataset of this library, for example ``system.Z`` or ``transfer.data``.
    twins
        Without it, a dim whose labels are those of ``region`` or ``sector`` in the same data has no codes of
        its own (files are written so).

    Returns
    -------
    DataArray or Dataset
        The same numbers and labels; coordinates as the module says, where there are codes.

    Examples
    --------
    >>> import mrio
    >>> x = mrio.with_codes(mrio.load_example("bth")["2017"].x)
    >>> x["region_code"].values.tolist()
    ['110000', '120000', '130000', '']
    >>> x.sel(region="Hebei", sector="Coal mining")["sector_isic"].item()
    'B05'
    """
    labels = {str(dim): data[dim].values.tolist() for dim in data.dims if dim in data.coords}
    found = {
        name: xr.Variable(dim, list(values), attrs)
        for dim, own in labels.items()
        if twins or dim in MAIN or own != labels.get(dim.rpartition("_")[2])
        for name, (values, attrs) in code_coordinates(dim, own).items()
    }
    names = set(data.coords) | (set(data.variables) if isinstance(data, xr.Dataset) else set())
    return data.assign_coords({name: found[name] for name in found if name not in names})


def without_codes(data: Labelled) -> Labelled:
    """Return labelled numbers without the coordinates that `with_codes` gave them."""
    return data.drop_vars([name for name, own in data.coords.items() if own.attrs.get(ROLE) == "code"])


def code_table(dim: str, labels: Iterable[str]) -> pd.DataFrame:
    """Return the codes of labels as a table, one row a label, without columns where there are none.

    Parameters
    ----------
    dim
        ``"region"``, ``"sector"`` or one of their twins.
    labels
        Labels of that dim.

    Examples
    --------
    >>> code_table("region", ["Hebei", "Rest of China"])["region_code"].tolist()
    ['130000', '']
    """
    labels = list(labels)
    columns = {name: list(values) for name, (values, _) in code_coordinates(dim, labels).items()}
    return pd.DataFrame(columns, index=pd.Index(labels, name=dim))


def code_coordinates(dim: str, labels: Iterable[object]) -> dict[str, tuple[tuple[str, ...], dict[str, str]]]:
    """Return values and attributes of the code coordinates of a dim, nothing where there are none."""
    texts = tuple(map(str, labels))
    if dim in REGION_DIMS:
        known = _regions(texts)
    elif dim in SECTOR_DIMS:
        known = _sectors(texts)
    else:
        known = ()
    return {f"{dim}_{part}": (values, {**dict(attrs), ROLE: "code"}) for part, values, attrs in known}


_Part = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]
"""Name of a coordinate without its dim, its values and its attributes."""


@lru_cache(maxsize=64)
def _regions(labels: tuple[str, ...]) -> tuple[_Part, ...]:
    """Return codes and Chinese names of regions, nothing where one of them is unknown."""
    table = provinces().reset_index()
    codes = dict.fromkeys(REST, "")
    names = dict(REST)
    for row in table.to_dict("records"):
        for label in (row["name"], row["name_zh"]):
            codes[label], names[label] = row["gb2260"], row["name_zh"]
    keys = [_SPELLED.get(label, label) for label in labels]
    if not any(codes.get(key) for key in keys) or not all(key in names for key in keys):
        return ()
    return (
        _part("code", map(codes.__getitem__, keys), "administrative division code", "GB/T 2260-2007"),
        _part("name_zh", map(names.__getitem__, keys), "Chinese name", ""),
    )


@lru_cache(maxsize=64)
def _sectors(labels: tuple[str, ...]) -> tuple[_Part, ...]:
    """Return codes and Chinese names of sectors, nothing unless exactly one classification has them all."""
    found = [
        (name, table, column)
        for name, table in ((name, classification_table(name)) for name in CLASSIFICATIONS)
        for column in ("code", "name_en", "name_zh")
        if column in table
        and sorted(table[column]) == sorted(labels)
        # Numbers alone are those of any table; only codes with a letter tell their classification.
        and not all(label.isdecimal() for label in labels)
    ]
    if len({name for name, _, _ in found}) != 1:
        return ()
    name, table, column = found[0]
    rows = table.set_index(column, drop=False)
    if not rows.index.is_unique:
        return ()
    rows = rows.loc[list(labels)]
    edition = f"GB/T 4754-{_EDITIONS.get(name, '')}"
    parts = {
        "code": ("code", "sector code", f"mrio classification {name}"),
        "name_zh": ("name_zh", "Chinese name", ""),
        "gbt4754": ("gbt4754", "divisions of the national classification of activities", edition),
        "isic": ("isic4", "corresponding divisions by title, none where shared", "ISIC Rev.4"),
    }
    return tuple(
        _part(part, rows[own], text, codelist) for part, (own, text, codelist) in parts.items() if own in rows
    )


def _part(part: str, values: Iterable[str], text: str, codelist: str) -> _Part:
    attrs = {"long_name": text, **({"codelist": codelist} if codelist else {})}
    return part, tuple(values), tuple(attrs.items())
