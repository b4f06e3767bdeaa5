"""Tidy indicators of tables, as survey methods take them: one row a region and period, one column a number.

Structural equations, factor analysis and generalised linear models are the business of other libraries; this
module hands their input over.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mrio.errors import DataError, LabelError, MissingDataError, UnitsError
from mrio.lowcarbon.frames import numeric_columns
from mrio.lowcarbon.indicators.regional import regional_total
from mrio.tables import System
from mrio.tables.arrays import Array


def indicator_frame(tables: Mapping[str, System]) -> pd.DataFrame:
    """Return indicators of every region and table in long form.

    Parameters
    ----------
    tables
        Tables by period, for example `Systems`.

    Returns
    -------
    pandas.DataFrame
        Columns ``period``, ``region``, ``indicator``, ``value``, ``unit``: output, value added, final demand;
        every account on the production and the consumption side, its intensity per value added; and per head
        where population is known. Shares and ratios that are not defined are left out.

    Raises
    ------
    MissingDataError
        When there are no tables.

    Examples
    --------
    >>> import mrio
    >>> frame = indicator_frame(mrio.load_example("illustrative"))
    >>> sorted(set(frame["indicator"]))[:3]
    ['co2 per value added', 'co2, consumption', 'co2, consumption, per head']
    """
    if not tables:
        raise MissingDataError("There are no tables.", remedy='give tables by period, as load_example("bth")')
    parts = [_of_table(period, table) for period, table in tables.items()]
    return pd.concat(parts, ignore_index=True)


def wide_indicators(frame: pd.DataFrame) -> pd.DataFrame:
    """Return indicators in columns, one row a period and region; what is not defined is NaN.

    Parameters
    ----------
    frame
        As `indicator_frame` gives it.

    Returns
    -------
    pandas.DataFrame
        Rows (period, region); units are those of the frame, one for each indicator.

    Raises
    ------
    UnitsError, LabelError
        When an indicator has several units, or a number stands twice.

    Examples
    --------
    >>> import mrio
    >>> wide_indicators(indicator_frame(mrio.load_example("illustrative"))).shape[0]
    8
    """
    keys = ["period", "region", "indicator"]
    absent = [name for name in (*keys, "value", "unit") if name not in frame.columns]
    if absent:
        raise LabelError(
            f"The table of indicators has no column {absent[0]!r}.", remedy="see indicator_frame"
        )
    units = frame.groupby("indicator", sort=False)["unit"].nunique()
    if (units > 1).any():
        raise UnitsError(
            f"The indicator {units.index[units > 1][0]!r} is stated in several units.",
            amount=f"{int((units > 1).sum())} indicators",
            remedy="bring the tables to one unit before their indicators meet",
        )
    doubled = frame.duplicated(keys)
    if doubled.any():
        raise LabelError(
            "An indicator stands twice.",
            where=" | ".join(map(str, frame.loc[doubled, keys].iloc[0])),
            amount=f"{int(doubled.sum())} rows",
            remedy="give each period and region once",
            table=frame[doubled],
        )
    table = frame.pivot_table(
        index=["period", "region"], columns="indicator", values="value", aggfunc="first", sort=False
    )
    return table.rename_axis(columns=None)


def standard_scores(table: pd.DataFrame) -> pd.DataFrame:
    """Return columns as standard scores (mean 0, sample standard deviation 1); constant columns are dropped.

    Parameters
    ----------
    table
        Numbers in columns, without gaps.

    Returns
    -------
    pandas.DataFrame
        The same rows and the columns that vary, without unit [1].

    Raises
    ------
    LabelError, MissingDataError, DataError
        When labels are doubled, cells are empty, or there is one row only.

    Examples
    --------
    >>> table = pd.DataFrame({"income": [1.0, 2.0, 3.0], "year": [2014, 2014, 2014]})
    >>> standard_scores(table).to_dict("list")
    {'income': [-1.0, 0.0, 1.0]}
    """
    values = numeric_columns(table, list(table.columns), "table of indicators")
    if len(values) < 2:
        raise DataError(
            "Standard scores need two observations.",
            amount=f"{len(values)} given",
            remedy="give one row an observation",
        )
    # By the range, since the mean of equal numbers may differ from them in the last digit.
    kept = np.ptp(values, axis=0) > 0
    scores = (values - values.mean(axis=0))[:, kept] / values.std(axis=0, ddof=1)[kept]
    return pd.DataFrame(scores, index=table.index, columns=table.columns[kept])


def _of_table(period: str, table: System) -> pd.DataFrame:
    """Return the indicators of one table in long form."""
    money = {name: regional_total(table, name)[0] for name in ("output", "value_added", "final_demand")}
    columns: dict[tuple[str, str], Array] = {(name, table.unit): values for name, values in money.items()}
    for name, account in table.accounts.items():
        made, unit = regional_total(table, name)
        columns[(f"{name}, production", unit)] = made
        columns[(f"{name}, consumption", unit)] = regional_total(table, name, "consumption")[0]
        columns[(f"{name} per value added", f"{account.unit} per {table.unit}")] = _ratio(
            made, money["value_added"]
        )
    if table.arrays.population is not None:
        people = table.arrays.population
        heads = {name: values for name, values in columns.items() if " per " not in name[0]}
        for (name, unit), values in heads.items():
            columns[(f"{name}, per head", f"{unit} per {table.population_unit}")] = _ratio(values, people)
    rows = [
        (period, region, name, value, unit)
        for (name, unit), values in columns.items()
        for region, value in zip(table.regions, values, strict=True)
        if np.isfinite(value)
    ]
    return pd.DataFrame(rows, columns=["period", "region", "indicator", "value", "unit"])


def _ratio(above: Array, below: Array) -> Array:
    """Return a ratio, NaN where it is not defined."""
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0))
