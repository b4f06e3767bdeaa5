"""Sweeps: a family of scenarios over a grid of its parameters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import xarray as xr

from mrio.ensembles.job import SweepJob, named
from mrio.ensembles.quantity import Measure, measure_of, words_of
from mrio.ensembles.running import Asked, Means, carried_out, digest_of
from mrio.ensembles.tables import by_cell, known, with_unit
from mrio.errors import DataError
from mrio.files import PathLike
from mrio.parameters import require_number, require_quantiles
from mrio.results import Result
from mrio.results.accounts import long_form
from mrio.scenarios.scenario import Scenario, require_table
from mrio.tables import System

BASELINE = "_baseline"
GRID = "grid"

Grid = Mapping[str, Iterable[Any]]


class Sweep(Result):
    """Quantities under every scenario of a family, one dim a parameter. Made by `mrio.sweep`.

    Parameters that were tried are not equally likely: a sweep shows what depends on them, its mean is no
    expectation.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> found = mrio.sweep(table, lambda f: mrio.Scenario("d").scale_demand(f), {"f": [0.9, 1.0]}, "co2")
    >>> found.difference("co2").sel(f=1.0).values.any()
    np.False_
    """

    kind: ClassVar[str] = "sweep"

    @property
    def grid(self) -> dict[str, list[Any]]:
        """Values of every parameter."""
        names = str(self.data.attrs[GRID]).split("\n")
        return {name: self.data[name].values.tolist() for name in names}

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of what was measured."""
        return tuple(str(name) for name in self.data.data_vars if f"{name}{BASELINE}" in self.data)

    def values(self, name: str | None = None) -> xr.DataArray:
        """Return a quantity under every scenario (parameters, own dims); the first when none is named."""
        return self.array(known(name, self.quantities))

    def baseline(self, name: str | None = None) -> xr.DataArray:
        """Return a quantity of the table as it is."""
        return self.array(known(name, self.quantities) + BASELINE)

    def difference(self, name: str | None = None) -> xr.DataArray:
        """Return what every scenario has more than the baseline (parameters, own dims)."""
        values = self.values(name)
        return (
            (values - self.baseline(name)).assign_attrs(values.attrs).rename(f"difference of {values.name}")
        )

    def summary(self) -> pd.DataFrame:
        """Return the sum of every quantity and its change against the baseline, one row a scenario."""
        columns: dict[tuple[str, str], Any] = {}
        for name in self.quantities:
            values = by_cell(self.values(name), tuple(self.grid)).sum("cell")
            base = float(self.baseline(name).sum())
            columns[with_unit(self.values(name)), "sum"] = values.values.ravel()
            columns[with_unit(self.values(name)), "change"] = values.values.ravel() - base
        return pd.DataFrame(columns, index=self._points())

    def statistics(
        self, name: str | None = None, over: str | Sequence[str] = (), q: Sequence[float] = (0.05, 0.5, 0.95)
    ) -> pd.DataFrame:
        """Return baseline, mean, standard deviation and quantiles over all scenarios, one row a cell.

        Parameters
        ----------
        name
            The quantity; the first when left out.
        over
            Own dims of the quantity to add up first.
        q
            Quantiles between 0 and 1.
        """
        require_quantiles(q)
        dims = [over] if isinstance(over, str) else list(over)
        values = by_cell(self.values(name).sum(dims), tuple(self.grid))
        plain = values.values.reshape(-1, values.sizes["cell"])
        return pd.DataFrame(
            {
                "baseline": by_cell(self.baseline(name).sum(dims)).values,
                "mean": plain.mean(axis=0),
                "standard deviation": plain.std(axis=0),
                **{f"q{level:g}": np.quantile(plain, level, axis=0) for level in q},
            },
            index=pd.Index(values["cell"].values, name="cell"),
        )

    def to_dataframe(self) -> pd.DataFrame:
        """Return everything in long form: quantity, parameters, own dims, value, unit."""
        return long_form({name: self.values(name) for name in self.quantities}, "quantity")

    def _points(self) -> pd.Index[Any] | pd.MultiIndex:
        grid = self.grid
        if len(grid) == 1:
            ((name, values),) = grid.items()
            points: pd.Index[Any] = pd.Index(values, name=name)
            return points
        pairs: pd.MultiIndex = pd.MultiIndex.from_product(list(grid.values()), names=list(grid))
        return pairs


def sweep(
    system: System,
    family: Callable[..., Scenario],
    grid: Grid,
    measure: Measure = None,
    *,
    against_baseline: bool = False,
    workers: int = 1,
    client: Any = None,
    to: PathLike | None = None,
) -> Sweep:
    """Run a family of scenarios over a grid of its parameters.

    Parameters
    ----------
    system
        The table.
    family
        Function of the parameters that gives a `Scenario`. It is called in this process, once a point, before
        the first run.
    grid
        Values of every parameter, numbers or texts; all their combinations are run.
    measure
        What is kept of every run: names of accounts, ``"output"`` among them (by region and sector; output
        and all accounts when left out), or a function of the resulting table that gives a number, a
        DataArray, Dataset, Series, DataFrame or result. Work in other processes needs a function that is
        defined at the top of a module.
    against_baseline
        Give the function two tables, the baseline and the resulting one; for example `mrio.decompose`.
    workers
        Processes of this machine that make the runs and share the table in memory.
    client
        A ``distributed.Client`` of a cluster that makes them instead, one at a time in every process; the
        table travels once.
    to
        File of the result. Finished runs are kept there as they come, readable with ``xarray.open_dataset``
        (lazily) at any moment; the same call goes on after an interruption, and does not make them again.

    Returns
    -------
    Sweep
        Every quantity with one dim a parameter. It does not depend, to the last bit, on where and in how many
        parts the runs were made: on machines of one kind, and with threadpoolctl (extra ``threads``) where
        BLAS has several threads in this process.

    Raises
    ------
    DataError
        When the grid or the family cannot be used, or a run fails; the error names the point of the grid.
    FileError
        When the file was begun for another table, family, grid or measure.
    MissingExtraError
        When a cluster is asked for and ``distributed`` is not installed.

    Warns
    -----
    DataWarning
        When a run gives NaN or infinity; and whatever measures warn of, each text once.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("bth")["2017"]
    >>> def cleaner(share, factor):
    ...     power = mrio.scenarios.energy_structure(share, region="Hebei")
    ...     return power + mrio.Scenario("steel").scale_intensity("co2", factor, region="Hebei")
    >>> found = mrio.sweep(table, cleaner, {"share": [0.0, 0.2, 0.4], "factor": [1.0, 0.9]}, "co2")
    >>> found.values().dims
    ('share', 'factor', 'region', 'sector')
    >>> bool(found.difference("co2").sel(share=0.4, factor=0.9).sum() < 0)
    True
    """
    require_table(system)
    values = _checked(grid)
    points = [dict(zip(values, point, strict=True)) for point in product(*values.values())]
    names = tuple(", ".join(f"{name}={value!r}" for name, value in point.items()) for point in points)
    chosen = tuple(_scenario(family, point, name) for point, name in zip(points, names, strict=True))
    own = measure_of(measure, system)
    job = SweepJob((system,), chosen, names, own, against_baseline)
    text = json.dumps([scenario.to_dict() for scenario in chosen], ensure_ascii=False)
    asked = Asked(
        Sweep.kind,
        f"{len(chosen)} scenarios by {', '.join(values)}, {system.title}",
        job,
        values,
        BASELINE,
        (digest_of(system), text, words_of(own), f"against baseline: {against_baseline}"),
    )
    words = _words(system, chosen, values)
    return carried_out(asked, Means(workers, client, to), lambda numbers: Sweep(numbers.assign_attrs(words)))


def _checked(grid: Grid) -> dict[str, list[Any]]:
    """Return the values of every parameter as lists.

    Raises
    ------
    DataError
        When there are none, or they cannot be labels.
    """
    values = {str(name): list(labels) for name, labels in grid.items()}
    if not values:
        raise DataError("A grid needs one parameter or more.", remedy='give {"share": [0.1, 0.2]}')
    for name, labels in values.items():
        if not labels:
            raise DataError(
                "A parameter has no values.",
                where=f"parameter {name!r}",
                amount="got an empty list",
                remedy="give one value or more, or leave the parameter out of the grid",
            )
        numbers = all(isinstance(v, int | float | np.number) and not isinstance(v, bool) for v in labels)
        if not (numbers or all(isinstance(value, str) for value in labels)):
            raise DataError(
                "Values of a parameter must be all numbers or all texts.",
                where=f"parameter {name!r}",
                amount=f"got {labels[:6]}",
                remedy="name other things by texts, and let the family look them up",
            )
        for value in labels if numbers else ():
            require_number(value, f"a value of parameter {name!r}")
        if len(set(labels)) < len(labels):
            raise DataError(
                "Values of a parameter must be distinct.",
                where=f"parameter {name!r}",
                amount=f"got {labels[:6]}",
                remedy="give every value once",
            )
    return values


def _scenario(family: Callable[..., Scenario], point: Mapping[str, Any], name: str) -> Scenario:
    """Return the scenario of one point of the grid; errors name the point."""
    try:
        scenario = family(**point)
    except Exception as error:
        raise named(error, f"scenario of {name}", "The family gives no scenario.") from error
    if not isinstance(scenario, Scenario):
        raise DataError(
            "The family gives no scenario.",
            where=name,
            amount=f"got {type(scenario).__name__}",
            remedy="return a mrio.Scenario",
        )
    return scenario


def _words(system: System, scenarios: Sequence[Scenario], grid: Mapping[str, list[Any]]) -> dict[str, str]:
    """Return what the result says about itself."""
    shocks = {type(shock): shock.FIXED for scenario in scenarios for shock in scenario.shocks}
    record = system.provenance.with_step(
        "swept scenarios", grid=dict(grid), first=[shock.sentence() for shock in scenarios[0].shocks]
    )
    attrs = {
        GRID: "\n".join(grid),
        "assumptions": "\n".join(f"{kind.KIND}; fixed: {fixed}" for kind, fixed in shocks.items()),
        "period": system.period,
        "price_basis": system.price_basis,
        "money": system.unit,
        "checks": "output of every run solves its own balance to 1e-9, or the run is refused",
        "source": system.provenance.source,
        "provenance": record.to_json(),
        "comment": "; ".join(["hypothetical scenarios", *filter(None, [system.provenance.headline])]),
    }
    return {key: value for key, value in attrs.items() if value}
