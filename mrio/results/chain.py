"""Chains of periods: steps that are added up, beside the direct result from first to last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import xarray as xr

from mrio.results.accounts import AccountResult
from mrio.results.base import Result, require_adding_up
from mrio.results.stack import stacked

STEP = "step"
SUM = "sum of steps"
DIFFERENCE = "direct less sum"


class Chain(AccountResult):
    """Results of the steps of a chain of periods and of the whole way at once.

    Totals of both agree where all tables are in prices that can be compared; effects do not, because every
    step has volumes and chains of its own. Neither is wrong: the sum follows the path, the direct result only
    compares its ends.
    """

    @property
    def periods(self) -> tuple[str, ...]:
        """Periods in the order of the chain."""
        return tuple(str(self.data.attrs["periods"]).split("\n"))

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the steps."""
        return tuple(str(label) for label in self.data[STEP].values[:-1])

    @property
    def direct(self) -> str:
        """Name of the direct result, the last label of dim ``step``."""
        return str(self.data[STEP].values[-1])

    def by_step(self, name: str) -> xr.DataArray:
        """Return an array of the single results (step, ...), the direct one last."""
        return self.array(name)

    def sum_of_steps(self, name: str) -> xr.DataArray:
        """Return an array added up over the steps."""
        values = self.array(name)
        return values.isel({STEP: slice(None, -1)}).sum(STEP, keep_attrs=True)

    def difference(self, name: str) -> xr.DataArray:
        """Return an array of the direct result less the sum of the steps."""
        values = self.array(name)
        return (values.isel({STEP: -1}, drop=True) - self.sum_of_steps(name)).assign_attrs(values.attrs)

    def side_by_side(self, values: xr.DataArray) -> pd.DataFrame:
        """Return steps, their sum, the direct result and the difference as columns.

        Parameters
        ----------
        values
            (step, rows).
        """
        rows = next(str(dim) for dim in values.dims if dim != STEP)
        plain = values.transpose(rows, STEP).values
        table = pd.DataFrame(plain[:, :-1], index=values[rows].values, columns=list(self.steps))
        table[SUM] = plain[:, :-1].sum(axis=1)
        table[self.direct] = plain[:, -1]
        table[DIFFERENCE] = table[self.direct] - table[SUM]
        return table.rename_axis(rows)


def chain_dataset(
    results: Sequence[Result], labels: Sequence[str], what: str, attrs: dict[str, Any]
) -> xr.Dataset:
    """Return the numbers of all steps and of the direct result, with the words of the direct one.

    Parameters
    ----------
    results
        Results of the steps, the direct one last.
    labels
        Their names.
    what
        What the results are, for the title.
    attrs
        Further attributes.
    """
    first, last = labels[0].split(" to ")[0], labels[-2].rsplit(" to ", 1)[-1]
    return stacked(
        [result.data for result in results], STEP, [*labels[:-1], f"direct {labels[-1]}"]
    ).assign_attrs(
        {
            **results[-1].data.attrs,
            "title": f"Chain of {what}, {first} to {last} in {len(labels) - 1} steps",
            **attrs,
        }
    )


def require_same_totals(results: Sequence[Result], name: str, scale: float) -> float:
    """Return the gap between an array added up over steps and the direct one, or refuse the chain."""
    *steps, direct = (result.data[name].values for result in results)
    return require_adding_up(sum(steps), direct, scale, f"steps and direct change of {name}")
