"""Households inside the model: type I and type II multipliers of income, employment and any other account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mrio.errors import DataError, NotProductiveError
from mrio.leontief import Leontief
from mrio.measures.final_demand import joined, mask
from mrio.measures.measure import Measure, Sheet, all_accounts, by_region, intensities, rates
from mrio.parameters import require_count
from mrio.plotting import ranked_bars
from mrio.results import require_adding_up
from mrio.schema import VALUE_ADDED
from mrio.tables import System
from mrio.tables.arrays import Array, own_array, ratio

INCOME = "income"
"""Name under which the income of households is measured like an account."""

PARTS = ("direct", "indirect", "induced")
"""In the sector itself, at its suppliers, and through the spending of the income earned in both."""


@dataclass(frozen=True, eq=False)
class Closure:
    """How households earn and spend; R regions, n = R N.

    Attributes
    ----------
    earned
        Income of the households of each region per unit of output (R, n).
    spent
        Purchases of products of the table per unit of income of the households of each region (n, R).
    propensity
        Share of income that is spent, on imports too (R,).
    income
        Income of each region (R,).
    consumption
        Consumption of each region, imports included (R,).
    """

    earned: Array
    spent: Array
    propensity: Array
    income: Array
    consumption: Array


def household_multipliers(
    system: System,
    consumption: str | Sequence[str],
    income: str | Sequence[str],
    accounts: str | Iterable[str] | None = None,
    *,
    propensity: float | ArrayLike | None = None,
) -> HouseholdMultipliers:
    """Compute type I and type II multipliers: without, and with, households that spend what they earn.

    Type I is ``m' = f' (I - A)^-1``. Type II [1]_ takes households into the chain: h is the income of the
    households of each region per unit of output, C what they buy per unit of income, and
    ``m_II' = m' + m' C (I - h L C)^-1 h L``.

    Parameters
    ----------
    system
        The table.
    consumption
        Category of final demand, or categories, in which households spend.
    income
        Primary input, or inputs, that households earn; all of it in the region where it is paid. A table that
        holds value added as one row knows no wages: naming ``"value_added"`` makes all of it income.
    accounts
        Names of accounts, ``"output"`` and ``"income"`` (of households) among them; output, income and all
        accounts when left out.
    propensity
        Share of income that households spend, zero or more, a number or one for each region (R,); above 1
        they spend more than they earn, which is taken as given. When left out: consumption over income, but
        not more than 1, so that no more is spent than is earned.

    Returns
    -------
    HouseholdMultipliers
        Direct, indirect and induced multipliers [account per unit of money].

    Raises
    ------
    LabelError, DataError
        When a name is unknown, a region earns nothing but spends, or the propensity is negative.
    NotProductiveError
        When households so closed spend more than the table can serve.
    BalanceError
        When the parts do not add up within 1e-9.

    Notes
    -----
    The rule is part of the result: which category is spent by which income, and the propensity of each
    region. Spending keeps the mix of products and origins of the table; imports leak out. Type II
    multipliers are upper bounds: income from elsewhere, savings and taxes do not change with output.

    References
    ----------
    .. [1] Miller, R. E. and Blair, P. D. (2022), Input-Output Analysis, 3rd ed., Cambridge University Press,
       sections 2.5 and 6.2, doi:10.1017/9781108676212.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> found = mrio.household_multipliers(table, "consumption", "value_added", "co2")
    >>> bool((found.type_ii("co2") >= found.type_i("co2")).all())
    True
    """
    closure = closure_of(system, consumption, income, propensity)
    names = (INCOME, *all_accounts(system)) if accounts is None else accounts
    names = (names,) if isinstance(names, str) else tuple(names)
    asked = intensities(system, [name for name in names if name != INCOME] or None, (VALUE_ADDED,))
    units = dict(zip(asked.names, rates(asked, system.unit), strict=True))
    rows = dict(zip(asked.names, asked.per_output, strict=True))
    units[INCOME] = f"{system.unit} per {system.unit}"
    rows[INCOME] = closure.earned.sum(axis=0)
    F = np.array([rows[name] for name in names])
    type_i, type_ii = closed_multipliers(system.leontief, closure, F)
    parts = np.stack([F, type_i - F, type_ii - type_i], axis=1)
    gap = _check(system, closure, F, type_ii)
    sheet = Sheet(account=names, part=PARTS, region=system.regions, sector=system.sectors)
    text = "account per unit of final demand for a product"
    chosen = [units[name] for name in names]
    sheet.put("multiplier", parts, ("account", "part", "region", "sector"), chosen, text)
    for name, values, unit, text in _rule(system, closure):
        sheet.put(name, values, ("region",), unit, text)
    spending, earning = (joined(names, " and ") for names in (consumption, income))
    return HouseholdMultipliers(
        sheet.dataset(
            system,
            f"Multipliers of {', '.join(names)} with households",
            "direct and indirect add up to type I, and with induced to type II; type I times final demand "
            "adds up to the account, type II to more, as the spending of households counts with its cause",
            f"type II against the closed system solved as one: gap {gap:.1e}",
            rule=f"households earn {earning} where it is paid and spend it like {spending} of their region; "
            f"{'consumption over income, at most 1' if propensity is None else 'propensity as given'}",
        )
    )


def closure_of(
    system: System,
    consumption: str | Sequence[str],
    income: str | Sequence[str],
    propensity: float | ArrayLike | None,
) -> Closure:
    """Return how the households of a table earn and spend.

    Raises
    ------
    LabelError, DataError
        When a name is unknown, the propensity is negative, or households spend without earning.
    """
    arrays = system.arrays
    R, N = arrays.x.shape
    x = arrays.x.ravel()
    spends = mask("demand", consumption, system.demand).astype(float)
    earns = mask("factor", income, system.factors).astype(float)
    paid = np.einsum("m,mri->ri", earns, arrays.V).ravel()
    bought = np.einsum("risk,k->ris", arrays.Y, spends).reshape(x.size, R)
    consumed = bought.sum(axis=0) + arrays.imports_by_demand @ spends
    earned = paid.reshape(R, N).sum(axis=1)
    poor = [name for name, e, c in zip(system.regions, earned, consumed, strict=True) if e <= 0 and c != 0]
    if poor:
        raise DataError(
            "Households spend in regions where they earn nothing.",
            where=", ".join(map(repr, poor)),
            remedy="name the primary inputs that households earn in income=",
        )
    share = np.minimum(np.divide(consumed, earned, out=np.zeros(R), where=earned > 0), 1.0)
    if propensity is not None:
        given = np.full(R, propensity) if np.ndim(propensity) == 0 else propensity
        share = own_array("propensity", given, ("region",), system.labels)
        if (share < 0).any():
            raise DataError(
                "The propensity to spend is negative.",
                amount=f"smallest {share.min():g}",
                remedy="give the share of income that households spend, for example 0.8",
            )
    mix = ratio(bought, consumed)
    rate = ratio(paid, x)
    return Closure(by_region(system, rate[np.newaxis])[0], mix * share, np.array(share), earned, consumed)


def closed_multipliers(op: Leontief, closure: Closure, F: Array) -> tuple[Array, Array]:
    """Return type I and type II multipliers of m indicators, each (m, n).

    Parameters
    ----------
    op
        Leontief operator, n rows.
    closure
        How households earn and spend.
    F
        Indicators per unit of output (m, n).

    Raises
    ------
    NotProductiveError
        When a unit of income makes one unit of income or more.
    """
    both = np.asarray(op.solve_left(np.concatenate([F, closure.earned])))
    type_i, earned = both[: len(F)], both[len(F) :]
    again = earned @ closure.spent
    radius = float(np.abs(np.linalg.eigvals(again)).max(initial=0.0))
    if radius >= 1:
        raise NotProductiveError(
            "The table closed for households is not productive: spending makes more income than was spent.",
            amount=f"spectral radius {radius:.6g}, must be below 1",
            remedy="lower propensity=, or name fewer primary inputs as income",
        )
    rounds = np.linalg.solve((np.eye(len(again)) - again).T, (type_i @ closure.spent).T).T
    return type_i, type_i + rounds @ earned


def _check(system: System, closure: Closure, F: Array, type_ii: Array) -> float:
    """Compare type II with its definition: f plus type II of inputs and of the spending of income."""
    of_spending = type_ii @ closure.spent
    rebuilt = F + (system.leontief.A.T @ type_ii.T).T + of_spending @ closure.earned
    scale = np.abs(type_ii).max(axis=1, keepdims=True)
    scale[scale == 0] = 1.0
    return require_adding_up(
        rebuilt / scale, type_ii / scale, 1.0, "type II multipliers and their definition"
    )


def _rule(system: System, closure: Closure) -> list[tuple[str, Array, str, str]]:
    """Return name, values, unit and text of what the rule means in each region."""
    return [
        ("propensity", closure.propensity, "1", "share of income that households spend"),
        ("income", closure.income, system.unit, "income of households"),
        ("consumption", closure.consumption, system.unit, "consumption of households, imports included"),
    ]


class HouseholdMultipliers(Measure):
    """Type I and type II multipliers. Made by `mrio.household_multipliers`."""

    kind: ClassVar[str] = "household_multipliers"
    main: ClassVar[str] = "multiplier"

    @property
    def rule(self) -> str:
        """How households earn and spend."""
        return str(self.data.attrs["rule"])

    def type_i(self, account: str | None = None) -> pd.Series[float]:
        """Return direct and indirect effects of one unit of final demand for each product."""
        parts = self.of("multiplier", account)
        return parts.sel(part=["direct", "indirect"]).sum("part").rename("type I").to_series()

    def type_ii(self, account: str | None = None) -> pd.Series[float]:
        """Return direct, indirect and induced effects of one unit of final demand for each product."""
        return self.of("multiplier", account).sum("part").rename("type II").to_series()

    def ratios(self, account: str | None = None) -> pd.DataFrame:
        """Return type I and type II over the direct effect [1]; NaN where there is no direct effect."""
        direct = self.of("multiplier", account).sel(part="direct").to_series()
        kept = direct.where(direct != 0)
        return pd.DataFrame({"type I": self.type_i(account) / kept, "type II": self.type_ii(account) / kept})

    def summary(self, account: str | None = None) -> pd.DataFrame:
        """Return the parts, both types and their ratios for each product, largest type II first."""
        parts = self.of("multiplier", account)
        unit = parts.attrs["units"]
        table = pd.DataFrame({f"{part} [{unit}]": parts.sel(part=part).to_series() for part in PARTS})
        table[f"type I [{unit}]"] = self.type_i(account)
        table[f"type II [{unit}]"] = self.type_ii(account)
        ratios = self.ratios(account)
        table["type I ratio [1]"], table["type II ratio [1]"] = ratios["type I"], ratios["type II"]
        return table.sort_values(f"type II [{unit}]", ascending=False, kind="stable")

    @property
    def plot(self) -> HouseholdPictures:
        """Pictures: ``plot.largest(account)``."""
        return HouseholdPictures(self)


@dataclass(frozen=True)
class HouseholdPictures:
    """Pictures of multipliers with households; every method takes ``ax=`` and returns Axes."""

    multipliers: HouseholdMultipliers

    def largest_data(self, account: str | None = None, most: int = 15) -> pd.DataFrame:
        """Return the parts of the largest multipliers, one row a product."""
        require_count(most, "most")
        table = self.multipliers.summary(account).iloc[:most, :3]
        table.columns = list(PARTS)
        return table

    def largest(self, account: str | None = None, most: int = 15, ax: Any | None = None) -> Any:
        """Draw the largest multipliers, stacked by part."""
        name = account or self.multipliers.accounts[0]
        title = f"Largest type II multipliers of {name}, {self.multipliers.data.attrs['period']}"
        unit = self.multipliers.unit("multiplier", name)
        return ranked_bars(self.largest_data(name, most), unit, title, self.multipliers.small_print, ax)
