"""The same tables under different modelling choices, and the range of any result over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import DataError, LabelError
from mrio.tables.systems import Systems, require_comparable

Number = float | pd.Series | pd.DataFrame | xr.DataArray
"""What a measure may return: one number, or a labelled array of numbers."""


class Variants(Mapping[str, Systems]):
    """Sets of tables by the name of the choices under which they were made; the first is the default.

    Parameters
    ----------
    sets
        Tables by period for each set of choices; all on the same labels.

    Raises
    ------
    LabelError, UnitsError, PriceBasisError
        When two sets cannot be compared.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> list(Variants({"default": tables, "same": tables}))
    ['default', 'same']
    """

    def __init__(self, sets: Mapping[str, Systems]) -> None:
        if not sets:
            raise DataError(
                "A set of variants needs at least one set of tables.",
                remedy="give tables by name of the variant",
            )
        names = list(sets)
        first = sets[names[0]]
        for name in names[1:]:
            if list(sets[name]) != list(first):
                raise LabelError(
                    f"The variants {names[0]!r} and {name!r} have other periods.",
                    amount=f"{list(first)} and {list(sets[name])}",
                    remedy="give every variant the same periods",
                )
            for period in first:
                require_comparable(first[period], sets[name][period], (names[0], name))
        self._sets = dict(sets)

    @classmethod
    def by_scenario(cls, default: Systems, others: Systems) -> Variants:
        """Return variants of tables whose scenario names the choices, after the default.

        Parameters
        ----------
        default
            Tables by period under the default choices.
        others
            Tables of all other choices under any names; scenario and period tell them apart.
        """
        sets: dict[str, dict[str, object]] = {}
        for table in others.values():
            sets.setdefault(table.scenario, {})[table.period] = table
        grouped = {name: Systems(tables) for name, tables in sets.items()}  # type: ignore[arg-type]
        return cls({"default": default, **grouped})

    def __getitem__(self, name: str) -> Systems:
        """Return the tables made under a set of choices."""
        try:
            return self._sets[name]
        except KeyError:
            raise LabelError(
                f"There is no variant {name!r}.", remedy=f"variants are {', '.join(map(repr, self._sets))}"
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._sets)

    def __len__(self) -> int:
        return len(self._sets)

    def range(self, measure: Callable[[Systems], Number]) -> pd.DataFrame:
        """Return any result over all variants: its default, its range, and how often the sign agrees.

        The variants are hand-made alternatives, unevenly spaced: a range shows what depends on choices, it
        is no confidence interval, and the share of agreeing signs is no probability.

        Parameters
        ----------
        measure
            From the tables of one variant to a number, Series, DataFrame or DataArray.

        Returns
        -------
        DataFrame
            One row a number: ``default``, ``low``, ``high``, the variants ``lowest`` and ``highest``, and
            ``same_sign``, the share of all variants whose sign is that of the default [1].

        Examples
        --------
        >>> import mrio
        >>> tables = mrio.load_example("illustrative")
        >>> variants = Variants({"default": tables, "same": tables})
        >>> variants.range(lambda t: float(t["1"].V.sum() - t["0"].V.sum()))["same_sign"].item()
        1.0
        """
        table = self.table(measure)
        values = table.to_numpy(dtype=float)
        names = np.array(table.columns, dtype=object)
        signs = np.sign(values)
        return pd.DataFrame(
            {
                "default": values[:, 0],
                "low": values.min(axis=1),
                "high": values.max(axis=1),
                "lowest": names[values.argmin(axis=1)],
                "highest": names[values.argmax(axis=1)],
                "same_sign": (signs == signs[:, :1]).mean(axis=1),
            },
            index=table.index,
        )

    def table(self, measure: Callable[[Systems], Number]) -> pd.DataFrame:
        """Return any result with one column a variant and one row a number."""
        columns = {name: _series(measure(tables)) for name, tables in self.items()}
        index = columns[next(iter(columns))].index
        for name, column in columns.items():
            if not column.index.equals(index):
                raise LabelError(
                    f"The measure gives other labels for variant {name!r} than for the default.",
                    remedy="return the same labelled numbers for every variant",
                )
        return pd.DataFrame(columns)

    def __repr__(self) -> str:
        lines = [f"  {name}: {', '.join(tables)}" for name, tables in self.items()]
        headlines = {t.provenance.headline for tables in self.values() for t in tables.values()} - {""}
        return "\n".join([f"<Variants: {len(self)} sets>", *(f"  {text}" for text in headlines), *lines])


def _series(result: Number) -> pd.Series[Any]:
    """Return what a measure gave as one labelled column."""
    if isinstance(result, xr.DataArray):
        return result.to_series() if result.ndim else pd.Series({"value": float(result)})
    if isinstance(result, pd.DataFrame):
        stacked = result.stack()
        assert isinstance(stacked, pd.Series)
        return stacked
    if isinstance(result, pd.Series):
        return result
    return pd.Series({"value": float(result)})
