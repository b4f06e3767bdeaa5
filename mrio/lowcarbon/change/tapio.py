r"""Decoupling after Tapio: the elasticity of emissions to growth, and the eight states it falls into.

.. math:: e = \frac{\Delta C / C_0}{\Delta Y / Y_0}
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, TypeAlias

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from mrio.errors import DataError, DataWarning, LabelError, MissingDataError
from mrio.lowcarbon.frames import as_frame
from mrio.lowcarbon.indicators.regional import Side, regional_total
from mrio.lowcarbon.pictures import DecouplingPictures
from mrio.results import Result
from mrio.tables import Systems
from mrio.tables.arrays import Array
from mrio.units import parse_price_basis

Labelled: TypeAlias = "pd.Series[float] | pd.DataFrame | xr.DataArray"

STATES: Final = (
    "strong decoupling",
    "weak decoupling",
    "expansive coupling",
    "expansive negative decoupling",
    "strong negative decoupling",
    "weak negative decoupling",
    "recessive coupling",
    "recessive decoupling",
    "undefined",
)
"""States of Tapio (2005), and what is not defined: no growth, or nothing to start from."""

LOW, HIGH = 0.8, 1.2
"""Elasticities between these, both included, count as coupling."""

_ROUNDING = 1e-9
"""Relative change of output below which two runs of one table differ by rounding only."""


def tapio(C0: Array, C1: Array, Y0: Array, Y1: Array) -> tuple[Array, NDArray[np.int64]]:
    """Return elasticities and states.

    Parameters
    ----------
    C0, C1
        Emissions at the start and the end, any equal shape.
    Y0, Y1
        Output at the start and the end, same shape.

    Returns
    -------
    tuple
        Elasticities [1], NaN where not defined, and positions in `STATES`, both in the shape of the input.
    """
    dC, dY = C1 - C0, Y1 - Y0
    defined = (dY != 0) & (Y0 > 0) & (C0 > 0)
    shape = np.shape(dC)
    relative_C = np.divide(dC, C0, out=np.full(shape, np.nan), where=defined)
    relative_Y = np.divide(dY, Y0, out=np.full(shape, np.nan), where=defined)
    elasticity = relative_C / relative_Y
    band = 1 + (elasticity >= LOW) + (elasticity > HIGH)
    grows = dY > 0
    strong = np.where(grows, dC < 0, dC > 0)
    state = np.where(strong, 0, band) + np.where(grows, 0, 4)
    return elasticity, np.where(defined, state, len(STATES) - 1)


class Decoupling(Result):
    """Elasticities and states of decoupling by interval and region. Made by `mrio.lowcarbon.decoupling`."""

    kind: ClassVar[str] = "decoupling"

    @property
    def elasticity(self) -> xr.DataArray:
        """Elasticities (interval, region) [1]; NaN where not defined."""
        return self.data["elasticity"]

    @property
    def states(self) -> pd.DataFrame:
        """States in words, one row an interval, one column a region."""
        return as_frame(self.data["state"], "interval", "region")

    def to_dataframe(self) -> pd.DataFrame:
        """Return all numbers in long form: interval, region, changes, elasticity, state."""
        return self.data.to_dataframe().reset_index()

    def summary(self) -> pd.DataFrame:
        """Return relative changes, elasticity and state of each interval and region."""
        names = ["impact_change", "driver_change", "elasticity", "state"]
        return self.data[names].to_dataframe(dim_order=["interval", "region"])[names]

    @property
    def plot(self) -> DecouplingPictures:
        """Pictures: ``plot.states(interval)``."""
        return DecouplingPictures(self)


def decoupling(
    data: Labelled | Systems,
    impact: str | None = None,
    *,
    of: Labelled | str,
    account: Side = "production",
    prices: str | None = None,
    deflator: Mapping[str, float] | None = None,
) -> Decoupling:
    """Return the decoupling of emissions from output between consecutive periods, and from first to last.

    Parameters
    ----------
    data
        Emissions by period: a Series (index periods), a DataFrame (periods in rows, regions in columns), a
        DataArray with a dim ``period``; or `Systems`.
    impact
        With `Systems`: name of the satellite account, for example ``"co2"``.
    of
        Output in the form of `data`; with `Systems` ``"value_added"``, ``"output"`` or ``"final_demand"``.
    account
        With `Systems`: whether emissions are booked with the region that causes them (``"production"``) or
        with the one whose final purchases need them (``"consumption"``).
    prices
        Price basis of `of`, for example ``"constant 2015 CNY"``; with `Systems` it is known.
    deflator
        Price index by period (any base) by which `of` is divided, which makes its prices constant.

    Returns
    -------
    Decoupling
        Elasticity [1] and state of each interval and region; periods are taken in the order given.

    Raises
    ------
    LabelError, MissingDataError, DataError
        When labels differ, numbers are missing or negative, output is zero, or there is one period only.

    Warns
    -----
    DataWarning
        When prices are current or not stated: growth then contains the change of prices.

    References
    ----------
    Tapio 2005, Transport Policy 12:137-151, doi:10.1016/j.tranpol.2005.01.001.

    Examples
    --------
    >>> import pandas as pd
    >>> carbon = pd.Series([62.0, 44.0], index=["2014", "2023"])
    >>> industry = pd.Series([80.0, 320.0], index=["2014", "2023"])
    >>> result = decoupling(carbon, of=industry, prices="constant 2014 CNY")
    >>> result.states.iloc[0, 0], round(result.elasticity.values.item(), 4)
    ('strong decoupling', -0.0968)
    """
    attrs = {"comment": ""}
    if isinstance(data, Systems):
        emissions, driver, prices = _from_systems(data, impact, of, account)
        what = f"{impact} ({account} account)"
        attrs["comment"] = "; ".join(sorted({table.provenance.headline for table in data.values()} - {""}))
        attrs |= {f"provenance_{name}": table.provenance.to_json() for name, table in data.items()}
    elif isinstance(of, str) or impact is not None:
        raise LabelError(
            "Names of accounts were given without tables.",
            remedy='give Systems, as in decoupling(systems, "co2", of="value_added"), or numbers in of=',
        )
    else:
        emissions, driver = _periods_by_region(data, "emissions"), _periods_by_region(of, "output")
        what = "emissions"
    _require_same_table(emissions, driver)
    driver, basis = _at_constant_prices(driver, prices, deflator)
    last = len(emissions) - 1
    intervals = [(start, start + 1) for start in range(last)] + ([(0, last)] if last > 1 else [])
    names = what, of if isinstance(of, str) else "output"
    return Decoupling(_dataset(emissions, driver, intervals).assign_attrs(_attrs(names, basis), **attrs))


def decoupling_from(
    reference: str, impact: pd.DataFrame, driver: pd.DataFrame, *, names: tuple[str, str], prices: str
) -> Decoupling:
    """Return the decoupling of scenarios from one reference: emissions over output, each run against it.

    Parameters
    ----------
    reference
        Row that the others are compared with.
    impact, driver
        Emissions and output (scenario, region), with the same labels.
    names
        What both are, in words.
    prices
        Price basis of output, the same in all rows.

    Raises
    ------
    LabelError, MissingDataError, DataError
        As `decoupling`.
    """
    emissions, output = _periods_by_region(impact, names[0]), _periods_by_region(driver, names[1])
    _require_same_table(emissions, output)
    first = list(emissions.index).index(reference)
    # What a solver leaves behind is no growth.
    base, runs = output.iloc[first], output.sub(output.iloc[first], axis=1)
    output = base + runs.where(runs.abs() > _ROUNDING * base, 0.0)
    intervals = [(first, run) for run in range(len(emissions)) if run != first]
    return Decoupling(_dataset(emissions, output, intervals).assign_attrs(_attrs(names, prices)))


def _attrs(names: tuple[str, str], prices: str) -> dict[str, str]:
    """Return what a result says about itself."""
    return {
        "title": f"decoupling of {names[0]} from {names[1]}",
        "impact": names[0],
        "driver": names[1],
        "price_basis": prices,
        "checks": f"prices: {prices}; coupling from {LOW} to {HIGH}",
    }


def _at_constant_prices(
    driver: pd.DataFrame, prices: str | None, deflator: Mapping[str, float] | None
) -> tuple[pd.DataFrame, str]:
    """Return output, deflated where a deflator is given, and its price basis; warn of current prices."""
    stated = prices or "not stated"
    if deflator is not None:
        return _deflated(driver, deflator), f"constant, by the deflator given ({stated})"
    if prices is None or parse_price_basis(prices).kind == "current":
        warnings.warn(
            f"Growth contains the change of prices (price basis: {stated}). Give output in constant prices "
            "(deflate the tables), or a deflator by period.",
            DataWarning,
            stacklevel=3,
        )
    return driver, stated


def _from_systems(
    systems: Systems, impact: str | None, of: Labelled | str, account: Side
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return emissions and output of all tables (period, region) and the price basis."""
    if impact is None or not isinstance(of, str):
        raise LabelError("Tables need names.", remedy='give decoupling(systems, "co2", of="value_added")')
    regions = list(next(iter(systems.values())).regions)
    emissions = {name: regional_total(table, impact, account)[0] for name, table in systems.items()}
    driver = {name: regional_total(table, of)[0] for name, table in systems.items()}
    prices = next(iter(systems.values())).price_basis
    frames = [pd.DataFrame.from_dict(part, orient="index", columns=regions) for part in (emissions, driver)]
    return frames[0], frames[1], prices


def _periods_by_region(data: Labelled, what: str) -> pd.DataFrame:
    """Return numbers as a frame (period, region) with text labels, or raise."""
    given = _as_frame(data, what)
    values: Array = given.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    frame = pd.DataFrame(values, index=given.index.map(str), columns=given.columns.map(str))
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise MissingDataError(
            f"The {what} is missing or no number somewhere.",
            where=f"{frame.index[row]} | {frame.columns[column]}",
            amount=f"{int((~np.isfinite(values)).sum())} cells",
            remedy="give a number for every period and region",
        )
    if (values < 0).any():
        raise DataError(f"The {what} is negative somewhere.", remedy="an elasticity needs positive levels")
    return frame


def _as_frame(data: Labelled, what: str) -> pd.DataFrame:
    """Return what was given as a frame (period, region)."""
    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame("all")
    if not isinstance(data, xr.DataArray):
        raise DataError(
            f"The {what} cannot be read.",
            amount=f"got {type(data).__name__}",
            remedy="give a Series, a DataFrame or a DataArray, or Systems and names",
        )
    if "period" not in data.dims or len(data.dims) > 2:
        raise LabelError(f"The {what} has dims {data.dims}.", remedy="give (period,) or (period, region)")
    both = data if len(data.dims) == 2 else data.expand_dims(region=["all"])
    return as_frame(both, "period", next(str(dim) for dim in both.dims if dim != "period"))


def _require_same_table(impact: pd.DataFrame, driver: pd.DataFrame) -> None:
    """Raise unless both have the same periods and regions in the same order, and output is positive."""
    for name, first, second in (
        ("periods", impact.index, driver.index),
        ("regions", impact.columns, driver.columns),
    ):
        if list(first) != list(second):
            raise LabelError(
                f"Emissions and output have different {name}.",
                amount=f"{list(first)[:4]} and {list(second)[:4]}",
                remedy="give both for the same periods and regions in the same order",
            )
        if first.has_duplicates:
            raise LabelError(f"Some {name} are doubled.", remedy="name each once")
    if len(impact) < 2:
        raise DataError(
            "Decoupling needs two periods.", amount=f"{len(impact)} given", remedy="give a start and an end"
        )
    if (driver.to_numpy() == 0).any():
        raise DataError("Output is zero somewhere.", remedy="an elasticity to growth needs positive output")


def _deflated(driver: pd.DataFrame, deflator: Mapping[str, float]) -> pd.DataFrame:
    """Return output divided by a price index, in prices of the first period."""
    given = pd.to_numeric(pd.Series(dict(deflator), dtype=object), errors="coerce")
    index = {str(period): float(value) for period, value in given.items()}
    absent = [period for period in driver.index if not 0.0 < index.get(period, 0.0) < np.inf]
    if absent:
        raise MissingDataError(
            "The deflator has no positive index for a period.",
            where=", ".join(map(repr, absent)),
            remedy="give one for every period",
        )
    prices = np.array([index[period] for period in driver.index])
    return driver.div(prices / prices[0], axis=0)


def _dataset(impact: pd.DataFrame, driver: pd.DataFrame, intervals: Sequence[tuple[int, int]]) -> xr.Dataset:
    """Return the Dataset of intervals, given by the rows where they start and end."""
    starts, ends = [start for start, _ in intervals], [end for _, end in intervals]
    C, Y = impact.to_numpy(dtype=float), driver.to_numpy(dtype=float)
    elasticity, state = tapio(C[starts], C[ends], Y[starts], Y[ends])
    relative = [
        np.divide(X[ends], X[starts], out=np.full(elasticity.shape, np.nan), where=X[starts] > 0)
        for X in (C, Y)
    ]
    both = ("interval", "region")
    one = {"units": "1"}
    return xr.Dataset(
        {
            "impact_change": (both, relative[0] - 1.0, {**one, "long_name": "relative change of emissions"}),
            "driver_change": (both, relative[1] - 1.0, {**one, "long_name": "relative change of output"}),
            "elasticity": (both, elasticity, {**one, "long_name": "decoupling elasticity"}),
            "state": (both, np.array(STATES)[state], {"long_name": "state of decoupling"}),
        },
        coords={
            "interval": [f"{impact.index[start]} to {impact.index[end]}" for start, end in intervals],
            "region": list(impact.columns),
        },
    )
