"""Monte Carlo over uncertain tables: what their errors do to any quantity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import pandas as pd
import xarray as xr

from mrio.ensembles.job import DrawsJob
from mrio.ensembles.quantity import Measure, measure_of, words_of
from mrio.ensembles.running import Asked, Means, carried_out, digest_of
from mrio.ensembles.tables import by_cell, known, with_unit
from mrio.errors import DataError
from mrio.files import PathLike
from mrio.results.accounts import long_form
from mrio.results.draws import CENTRAL, DRAW, QUANTILES, Draws, words_of_draws
from mrio.tables import Ensemble, System
from mrio.tables.ensemble import base_of, common_size


class MonteCarlo(Draws):
    """Quantities of every draw of uncertain tables, along dim ``draw``. Made by `mrio.monte_carlo`.

    Examples
    --------
    >>> import mrio
    >>> draws = mrio.perturb(mrio.load_example("illustrative")["1"], {"co2": 0.1}, n=20, seed=1)
    >>> found = mrio.monte_carlo(draws, "co2")
    >>> found.statistics("co2", over=["sector"]).columns.tolist()
    ['central', 'mean', 'standard deviation', 'q0.05', 'q0.5', 'q0.95']
    """

    kind: ClassVar[str] = "monte_carlo"

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of what was measured."""
        return self.accounts

    def values(self, name: str | None = None) -> xr.DataArray:
        """Return a quantity of every draw (draw, own dims); the first when none is named."""
        return self.by_draw(known(name, self.quantities))

    def statistics(
        self, name: str | None = None, over: str | Sequence[str] = (), q: Sequence[float] = QUANTILES
    ) -> pd.DataFrame:
        """Return central value, mean, standard deviation and quantiles, one row a cell.

        Parameters
        ----------
        name
            The quantity; the first when left out.
        over
            Dims to add up in every draw first. Quantiles of parts do not add up to the quantile of their sum.
        q
            Quantiles between 0 and 1.
        """
        dims = [over] if isinstance(over, str) else list(over)

        def total(values: xr.DataArray) -> xr.DataArray:
            return by_cell(values.sum(dims), (DRAW,) if DRAW in values.dims else ())

        return self.table_of(total, known(name, self.quantities), q)

    def summary(self) -> pd.DataFrame:
        """Return the statistics of the sum of every quantity, one row a quantity."""
        rows = {}
        for name in self.quantities:
            own = [str(dim) for dim in self.central(name).dims]
            rows[f"sum of {with_unit(self.values(name))}"] = self.statistics(name, own).iloc[0]
        return pd.DataFrame(rows).T.rename_axis("quantity")

    def to_dataframe(self) -> pd.DataFrame:
        """Return all draws in long form: quantity, draw, own dims, value, unit."""
        return long_form({name: self.values(name) for name in self.quantities}, "quantity")


def monte_carlo(
    tables: System | Ensemble | Sequence[System | Ensemble],
    measure: Measure = None,
    *,
    workers: int = 1,
    client: Any = None,
    to: PathLike | None = None,
) -> MonteCarlo:
    """Measure any quantity on every draw of uncertain tables.

    Draws come from `mrio.perturb`; the random numbers of each depend on seed, period and number of the draw
    alone (``SeedSequence`` spawned by them), not on who makes it.

    Parameters
    ----------
    tables
        An ensemble; or several ensembles of one size, and tables, which are measured together draw by draw.
    measure
        What is kept of every draw: names of accounts, ``"output"`` among them (by region and sector; output
        and all accounts when left out), or a function of as many tables as were given that returns a number,
        a DataArray, Dataset, Series, DataFrame or result. Work in other processes needs a function that is
        defined at the top of a module, or a ``functools.partial`` of one.
    workers
        Processes of this machine that make the runs and share the tables in memory.
    client
        A ``distributed.Client`` of a cluster that makes them instead, one at a time in every process; the
        tables travel once.
    to
        File of the result. Finished draws are kept there as they come, readable with ``xarray.open_dataset``
        (lazily) at any moment; the same call goes on after an interruption, and does not make them again.

    Returns
    -------
    MonteCarlo
        Every quantity along dim ``draw``, and that of the tables as they are (``central``). It does not
        depend, to the last bit, on where and in how many parts the draws were made: on machines of one kind,
        and with threadpoolctl (extra ``threads``) where BLAS has several threads in this process.

    Raises
    ------
    DataError
        When there is no ensemble, sizes differ, or a draw fails; the error names the draw.
    FileError
        When the file was begun for other tables, errors, seeds or another measure.
    MissingExtraError
        When a cluster is asked for and ``distributed`` is not installed.

    Warns
    -----
    DataWarning
        When a draw gives NaN or infinity; and whatever measures warn of, each text once.

    Examples
    --------
    >>> import mrio
    >>> from functools import partial
    >>> tables = mrio.load_example("illustrative")
    >>> first, second = (mrio.perturb(table, 0.1, n=10, seed=1) for table in tables.values())
    >>> effects = partial(mrio.decompose, account="co2", spread=False)
    >>> found = mrio.monte_carlo([first, second], effects)
    >>> found.values("co2").dims
    ('draw', 'effect', 'region', 'sector')
    >>> found.statistics("co2", over=["region", "sector"]).index[:2].tolist()
    ['intensity', 'technology']
    """
    listed = (tables,) if isinstance(tables, System | Ensemble) else tuple(tables)
    count = common_size(listed)
    own = _measure(measure, listed)
    bases = [base_of(table) for table in listed]
    asked = Asked(
        MonteCarlo.kind,
        f"{count} draws of {words_of(own)}, {' and '.join(base.title for base in bases)}",
        DrawsJob(listed, count, own),
        {DRAW: list(range(count))},
        CENTRAL,
        (*map(digest_of, listed), words_of(own)),
    )
    words = _words(listed)

    def made(numbers: xr.Dataset) -> MonteCarlo:
        names = [str(name) for name in numbers.data_vars if f"{name}{CENTRAL}" in numbers]
        return MonteCarlo(numbers.assign_attrs({"accounts": "\n".join(names), **words}))

    return carried_out(asked, Means(workers, client, to), made)


def _measure(measure: Measure, tables: Sequence[System | Ensemble]) -> Any:
    """Return the function that is evaluated on every draw.

    Raises
    ------
    DataError
        When several tables are given without a function of them.
    """
    if not callable(measure) and len(tables) > 1:
        raise DataError(
            "Several tables need a function that measures them together.",
            amount=f"{len(tables)} tables, measure={measure!r}",
            remedy='give a function, for example functools.partial(mrio.decompose, account="co2")',
        )
    return measure_of(measure, base_of(tables[0]))


def _words(tables: Sequence[System | Ensemble]) -> dict[str, str]:
    """Return what the result says about itself."""
    bases = [base_of(table) for table in tables]
    attrs = {
        "draws": words_of_draws(tables),
        "period": ", ".join(base.period for base in bases),
        "price_basis": "; ".join(dict.fromkeys(base.price_basis for base in bases)),
        "checks": "every draw is balanced like its table, or it is refused",
        "source": "; ".join(dict.fromkeys(base.provenance.source for base in bases)),
        "comment": "; ".join(filter(None, dict.fromkeys(base.provenance.headline for base in bases))),
    }
    for number, table in enumerate(tables):
        attrs[f"provenance_{number}"] = _record(table)
    return {key: value for key, value in attrs.items() if value}


def _record(table: System | Ensemble) -> str:
    """Return the provenance of a table, or of an ensemble with how it is drawn."""
    record = base_of(table).provenance
    if isinstance(table, Ensemble):
        record = record.with_step("perturbed", draws=table.n, seed=table.seed, errors=table.words)
    return record.to_json()
