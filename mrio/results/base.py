"""What every result is: one frozen Dataset with provenance, tables, files and a page for notebooks."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import BalanceError
from mrio.files import PathLike, replacing, write_groups
from mrio.numerals import table_number
from mrio.provenance import Provenance
from mrio.schema import ADDING_UP

MOST_SHOWN = 12
"""Rows of the summary that a result shows of itself."""


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """A frozen result: its numbers, what was asked, and the provenance of the tables it came from.

    Attributes
    ----------
    data
        All numbers, labelled, each with units. Treat it as read-only; its arrays are write-locked.
    """

    data: xr.Dataset

    kind: ClassVar[str] = "result"

    def __post_init__(self) -> None:
        for variable in self.data.variables.values():
            if variable.dtype.kind == "f":
                variable.values.flags.writeable = False

    @property
    def title(self) -> str:
        """What this is, in one line."""
        return str(self.data.attrs.get("title", self.kind))

    @property
    def headline(self) -> str:
        """Sentence about the status of the numbers underneath; empty for tables as published."""
        return str(self.data.attrs.get("comment", ""))

    @property
    def small_print(self) -> str:
        """Status, price basis and source of the numbers, for the foot of a picture."""
        attrs = self.data.attrs
        published = attrs.get("source") or _published(attrs)
        source = _cut(str(published))
        told = source.lower().startswith(self.headline.lower())
        parts = ("" if told else self.headline, _bases(attrs), f"source: {source}" if source else "")
        return "; ".join(part for part in parts if part)

    @property
    def prices(self) -> str:
        """Price basis of the money in it, of both periods where there are two; empty where there is none."""
        return "; ".join(filter(None, [_bases(self.data.attrs), str(self.data.attrs.get("price_note", ""))]))

    def array(self, name: str) -> xr.DataArray:
        """Return an array of `data` by its name; what is done to it leaves the result alone."""
        return self.data[name].copy(deep=False)

    def summary(self) -> pd.DataFrame:
        """Return the main numbers as a small table."""
        raise NotImplementedError

    def to_dataframe(self) -> pd.DataFrame:
        """Return all numbers in long form, one row a cell."""
        raise NotImplementedError

    def labelled(self, names: str | Mapping[str, str] = "zh") -> Self:
        """Return the same result with other names of regions and sectors, in tables, files and pictures.

        Parameters
        ----------
        names
            ``"zh"`` for the Chinese names of provinces and bundled sectors
            (`mrio.classification.chinese_names`), or new names by old ones; what is not in a mapping keeps
            its name.

        Raises
        ------
        LabelError
            When a label has no Chinese name, a mapping changes nothing, or two labels get the same name.

        Examples
        --------
        >>> import mrio
        >>> f = mrio.footprint(mrio.load_example("bth")["2017"], "co2")
        >>> f.labelled("zh").summary().index.tolist()
        ['北京', '天津', '河北', '全国其他地区', 'all regions']
        """
        from mrio.results.labels import relabelled

        return type(self).from_dataset(relabelled(self.data, names))

    def report(self, path: PathLike) -> None:
        """Write the result as one HTML page: what was asked, tables, pictures, checks, data and sources.

        The page needs no network and no other file.

        Parameters
        ----------
        path
            File to write.

        Raises
        ------
        MissingExtraError
            When matplotlib is not installed.
        FileError
            When the file cannot be written.

        Examples
        --------
        >>> import mrio
        >>> tables = mrio.load_example("illustrative")
        >>> mrio.decompose(tables["0"], tables["1"], "co2").report("decomposition.html")
        """
        from mrio.report import write_report

        write_report(self, path)

    def to_csv(self, path: PathLike) -> None:
        """Write all numbers in long form (`to_dataframe`) to a CSV file."""
        with replacing(Path(path)) as temporary:
            self.to_dataframe().to_csv(temporary, index=False, lineterminator="\n", encoding="utf-8")

    def to_excel(self, path: PathLike) -> None:
        """Write the result to an Excel workbook: what it is, its summary, and all numbers in long form.

        Raises
        ------
        FileError
            When there are more numbers than a sheet has rows, or the file cannot be written.
        MissingExtraError
            When openpyxl is not installed.
        """
        from mrio.results.workbook import write_workbook

        write_workbook(self.title, self.data.attrs, self.summary(), self.to_dataframe(), Path(path))

    def to_netcdf(self, path: PathLike) -> None:
        """Write the result to a netCDF-4 file; `mrio.read_netcdf` gives it back."""
        write_groups({"/": self.data}, path, self.kind, self.title)

    @classmethod
    def from_dataset(cls, dataset: xr.Dataset) -> Self:
        """Return the result that a Dataset holds."""
        return cls(dataset)

    def __repr__(self) -> str:
        table, cut = self._shown()
        text = table.to_string(float_format=table_number, na_rep="")
        below = [cut, str(self.data.attrs.get("checks", ""))]
        lines = [f"<{type(self).__name__}: {self.title}>", *self._status(), text]
        return "\n".join([*lines, *(f"  {line}" for line in below if line)])

    def _repr_html_(self) -> str:
        table, cut = self._shown()
        status = "".join(f"<div><em>{escape(line.strip())}</em></div>" for line in self._status())
        below = [cut, str(self.data.attrs.get("checks", ""))]
        return (
            f"<p><b>{escape(type(self).__name__)}: {escape(self.title)}</b></p>{status}"
            f"{table.to_html(float_format=table_number, na_rep='')}"
            + "".join(f"<div><small>{escape(line)}</small></div>" for line in below if line)
            + f"<details><summary>all numbers</summary>{self.data._repr_html_()}</details>"
        )

    def _status(self) -> list[str]:
        """Return what must be known of the numbers before they are read, a line each."""
        return [f"  {line}" for line in (self.headline, self.prices) if line]

    def _shown(self) -> tuple[pd.DataFrame, str]:
        """Return the first rows of the summary, and how many there are if that is more."""
        table = self.summary()
        cut = f"{MOST_SHOWN} of {len(table)} rows; summary() has all" if len(table) > MOST_SHOWN else ""
        return table.head(MOST_SHOWN), cut


def _bases(attrs: Mapping[Any, Any]) -> str:
    """Return the price basis of a result, of both periods where they differ."""
    names = ("price_basis", "price_basis_0", "price_basis_1")
    return " and ".join(dict.fromkeys(str(attrs[name]) for name in names if attrs.get(name)))


_LONGEST_SOURCE = 180


def _cut(source: str) -> str:
    """Return a source for small print, cut behind its last whole part where it is too long."""
    short = textwrap.shorten(source, _LONGEST_SOURCE, placeholder="")
    if len(short) == len(" ".join(source.split())):
        return short
    ends = [short.rfind(sign) for sign in (",", ";", ":")]
    # A space that is no break keeps the dots on the line of the last word.
    return (short[: max(ends)] if max(ends) > _LONGEST_SOURCE // 2 else short) + "\u00a0..."


def _published(attrs: Mapping[Any, Any]) -> str:
    """Return the source in the provenance of a result; empty where it has none."""
    return Provenance.from_json(str(attrs["provenance"])).source if "provenance" in attrs else ""


def require_adding_up(parts: Any, whole: Any, scale: float, what: str) -> float:
    """Return the largest gap between parts and whole relative to `scale`, or refuse the result.

    Parameters
    ----------
    parts, whole
        Arrays that must be equal.
    scale
        Size against which the gap is judged.
    what
        The identity in words.

    Raises
    ------
    BalanceError
        When the gap is larger than 1e-9 (convention 10).
    """
    gap = float(np.abs(np.asarray(parts) - np.asarray(whole)).max(initial=0.0))
    relative = gap / scale if scale > 0 else gap
    if not relative <= ADDING_UP:
        raise BalanceError(
            f"A result does not add up: {what}.",
            amount=f"gap {gap:.3g}, {relative:.3g} of {scale:.6g}; tolerance {ADDING_UP:g}",
            remedy="run system.check() on both tables; if they pass, report this as a defect of the library",
        )
    return relative
