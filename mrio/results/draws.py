"""Results of an ensemble: one for every draw of uncertain tables, and quantiles over the draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
import xarray as xr

from mrio.leontief.memory import require
from mrio.parameters import require_quantiles
from mrio.results.accounts import AccountResult
from mrio.results.base import Result
from mrio.results.stack import stacked
from mrio.tables import Ensemble, System
from mrio.tables.ensemble import base_of, draw_pairs

DRAW = "draw"
CENTRAL = "_central"
QUANTILES = (0.05, 0.5, 0.95)

R = TypeVar("R", bound=Result)


class Draws(AccountResult):
    """Results of all draws (dim ``draw``), and the result of the tables as they are (``central``).

    The spread over draws is what the errors asked for do to the result. It holds no other uncertainty: not
    that of totals, which the draws keep, nor of methods.
    """

    def by_draw(self, name: str) -> xr.DataArray:
        """Return an array of the single results (draw, ...)."""
        return self.array(name)

    def central(self, name: str) -> xr.DataArray:
        """Return an array of the result of the tables as they are."""
        return self.array(name + CENTRAL)

    def quantile(self, name: str, q: Sequence[float] = QUANTILES) -> xr.DataArray:
        """Return quantiles over the draws (quantile, ...), cell by cell.

        Quantiles of parts do not add up to the quantile of their sum: add up first (`by_draw`), or take the
        tables of `quantiles`.
        """
        require_quantiles(q)
        return self.array(name).quantile(list(q), dim=DRAW, keep_attrs=True)

    def table_of(
        self, total: Callable[[xr.DataArray], xr.DataArray], name: str, q: Sequence[float]
    ) -> pd.DataFrame:
        """Return central value, mean, standard deviation and quantiles of sums of an array.

        Parameters
        ----------
        total
            Adds an array up to one dim (beside ``draw``).
        name
            Name of the array.
        q
            Quantiles.
        """
        require_quantiles(q)
        draws, central = total(self.by_draw(name)), total(self.central(name))
        rows = str(central.dims[0])
        values = draws.transpose(DRAW, rows).values
        table = pd.DataFrame(
            {
                "central": central.values,
                "mean": values.mean(axis=0),
                "standard deviation": values.std(axis=0),
                **{f"q{level:g}": np.quantile(values, level, axis=0) for level in q},
            },
            index=[str(label) for label in central[rows].values],
        )
        return table.rename_axis(rows)


def draws_dataset(
    a: System | Ensemble,
    b: System | Ensemble,
    compare: Callable[[System, System], R],
    keep: Callable[[str], bool],
) -> tuple[R, xr.Dataset]:
    """Compare every pair of draws, and the tables as they are.

    Parameters
    ----------
    a, b
        Two ensembles of one size, or an ensemble and a table.
    compare
        Compares two tables.
    keep
        Which arrays of the results to keep, by name.

    Returns
    -------
    tuple
        The result of the tables as they are, and all numbers, along dim ``draw`` and as ``central``.

    Raises
    ------
    MemoryLimitError
        When all draws together do not fit into memory.
    """
    central = compare(base_of(a), base_of(b))
    names = [str(name) for name in central.data.data_vars if keep(str(name))]
    sizes = [len(one) for one in (a, b) if isinstance(one, Ensemble)]
    size = sum(int(central.data[name].nbytes) for name in names)
    require(2 * sizes[0] * size, f"{sizes[0]} draws of {central.kind}", {})
    results = [compare(first, second).data[names] for first, second in draw_pairs(a, b)]
    together = stacked(results, DRAW, list(range(len(results))))
    middle = {name + CENTRAL: central.data[name] for name in names}
    attrs = {
        **central.data.attrs,
        "title": f"{len(results)} draws of: {central.title}",
        "checks": f"every draw: {central.data.attrs['checks'].split(':')[0]}",
        "draws": words_of_draws((a, b)),
    }
    return central, together.assign(middle).assign_attrs(attrs)


def words_of_draws(tables: Sequence[System | Ensemble]) -> str:
    """Return how the draws of the ensembles among some tables were made."""
    return "; ".join(
        f"{one.base.period}: {one.n} draws, seed {one.seed}, relative errors "
        + ", ".join(f"{name} {text}" for name, text in one.words.items())
        for one in tables
        if isinstance(one, Ensemble)
    )
