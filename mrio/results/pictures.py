"""Pictures of the summary of a result, for results that need no more than bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mrio import plotting
from mrio.errors import require_known

if TYPE_CHECKING:
    from mrio.results.base import Result
    from mrio.results.chain import Chain

TOTAL = "total change"


@dataclass(frozen=True)
class SummaryPictures:
    """Pictures of one column of a summary; methods with ``ax=`` return Axes.

    Attributes
    ----------
    result
        Its summary has columns that are called ``name [unit]``.
    main
        Name of the column that is drawn where none is named; the first when left out.
    """

    result: Result
    main: str = ""

    def bars_data(self, column: str | None = None) -> pd.Series[float]:
        """Return a column of the summary, its rows named by their labels.

        Parameters
        ----------
        column
            Name of the column, with its unit or without.

        Raises
        ------
        LabelError
            When there is no such column.
        """
        table = self.result.summary()
        titles = {_name(title): title for title in map(str, table.columns)}
        asked = _name(column or self.main or next(iter(titles)))
        require_known(asked, titles, "column")
        values = table[titles[asked]].dropna()
        names = [
            " ".join(map(str, label)) if isinstance(label, tuple) else str(label) for label in values.index
        ]
        return values.set_axis(pd.Index(names, name=values.index.names[-1]))

    def bars(self, column: str | None = None, ax: Any | None = None) -> Any:
        """Draw a column of the summary as bars to both sides of zero; see `bars_data`."""
        values = self.bars_data(column)
        title = f"{self.result.title}: {_name(str(values.name)).replace('_', ' ')}"
        ax = plotting.signed_bars(values, _unit(str(values.name)), title, ax)
        plotting.small_print(ax, self.result.small_print)
        return ax


@dataclass(frozen=True)
class ChainPictures:
    """Pictures of a chain of periods; methods with ``ax=`` return Axes."""

    chain: Chain

    def steps_data(self, measure: str | None = None) -> pd.DataFrame:
        """Return the steps of a measure, one row a region or effect and one column a step.

        Parameters
        ----------
        measure
            Which part of the summary, with its unit or without, where it has several; the first when left
            out.

        Raises
        ------
        LabelError
            When there is no such measure.
        """
        return self._chosen(measure)[0]

    def steps(self, measure: str | None = None, ax: Any | None = None) -> Any:
        """Draw the steps of a measure as stacked bars with their sum; see `steps_data`."""
        table, name, unit = self._chosen(measure)
        title = f"{name.replace('_', ' ')}: {self.chain.title[:1].lower()}{self.chain.title[1:]}"
        ax = plotting.stacked_bars(table, unit, title, ax)
        plotting.small_print(ax, self.chain.small_print)
        return ax

    def _chosen(self, measure: str | None) -> tuple[pd.DataFrame, str, str]:
        """Return the steps of a measure, its name and its unit."""
        table = self.chain.summary()
        if table.index.nlevels == 1:
            name = self.chain.accounts[0]
            unit = str(self.chain.data[name].attrs["units"])
        else:
            titles = {_name(title): title for title in map(str, table.index.get_level_values(0))}
            name = _name(measure or next(iter(titles)))
            require_known(name, titles, "measure")
            table, unit = pd.DataFrame(table.xs(titles[name], level=0)), _unit(titles[name])
        return table[list(self.chain.steps)].drop(index=TOTAL, errors="ignore"), name, unit


def _name(title: str) -> str:
    """Return the name in front of a unit."""
    return title.split(" [")[0]


def _unit(title: str) -> str:
    """Return the unit behind a name."""
    return title.rpartition("[")[2].rstrip("]")
