"""Attribute a combined scenario to its shocks."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from math import factorial
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import DataError
from mrio.leontief.progress import track
from mrio.measures.measure import Intensities, all_accounts, intensities
from mrio.results import require_adding_up
from mrio.results.accounts import AccountResult, long_form
from mrio.scenarios.scenario import Scenario
from mrio.tables import System
from mrio.tables.arrays import Array

MOST = 12
"""Players up to which all their subsets are run."""

By = Literal["lever", "shock"]


class ScenarioAttribution(AccountResult):
    """What each part of a scenario does to each account, by region and sector.

    Parts add up to the whole change. Made by `mrio.attribute_scenario`.
    """

    kind: ClassVar[str] = "scenario_attribution"

    def effects(self, account: str) -> xr.DataArray:
        """Return the effect of each part on an account (part, region, sector)."""
        return self.data[self.account_of(account)]

    def summary(self) -> pd.DataFrame:
        """Return effects in all regions together, one row a part, and their total."""
        columns = {
            f"{name} [{self.data[name].attrs['units']}]": self.data[name]
            .sum(["region", "sector"])
            .to_series()
            for name in self.accounts
        }
        table = pd.DataFrame(columns)
        table.loc["total change"] = table.sum()
        return table.rename_axis("part")

    def to_dataframe(self) -> pd.DataFrame:
        """Return effects in long form: account, part, region, sector, value, unit."""
        return long_form({name: self.data[name] for name in self.accounts})


def attribute_scenario(
    system: System, scenario: Scenario, accounts: str | Iterable[str] | None = None, by: By = "lever"
) -> ScenarioAttribution:
    """Split the change that a combined scenario brings among its parts.

    Parameters
    ----------
    system
        The table.
    scenario
        A combination such as ``steel + power``.
    accounts
        Names of accounts, ``"output"`` among them; output and all accounts when left out. Flows of final
        users themselves are no part of what is attributed.
    by
        ``"lever"``: the scenarios that were added; ``"shock"``: every single shock.

    Returns
    -------
    ScenarioAttribution
        Effects in the unit of each account.

    Raises
    ------
    DataError
        When there is nothing to attribute to, or more than 12 parts.
    BalanceError
        When the effects do not add up to the change within 1e-9.

    Notes
    -----
    The Shapley value over all subsets of the n parts, applied in the order of the scenario:
    ``phi_p = sum_S |S|! (n-1-|S|)! / n! [q(S + p) - q(S)]``; 2^n runs.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> both = mrio.Scenario("more").scale_demand(1.1) + mrio.Scenario("clean").scale_intensity("co2", 0.5)
    >>> mrio.attribute_scenario(table, both, "co2").summary().index.tolist()
    ['more', 'clean', 'total change']
    """
    if by not in ("lever", "shock"):
        raise ValueError(f"by={by!r}: choose 'lever' or 'shock'")
    names, players = _players(scenario, by)
    count = len(names)
    if not 1 <= count <= MOST:
        raise DataError(
            "A scenario is attributed to 1 to 12 parts.",
            where=f"scenario {scenario.name!r}",
            amount=f"{count} parts",
            remedy="combine parts into one scenario with named(), or attribute by='lever'",
        )
    base = intensities(system, accounts, all_accounts(system))
    subsets = [s for size in range(count + 1) for s in combinations(range(count), size)]
    values: dict[tuple[int, ...], Array] = {(): base.flows}
    for subset in track(subsets[1:], len(subsets) - 1, "subsets of the scenario"):
        chosen = [n for n, player in enumerate(players) if player in subset]
        part = Scenario(
            scenario.name,
            tuple(scenario.shocks[n] for n in chosen),
            tuple(scenario.levers[n] for n in chosen),
        )
        values[subset] = intensities(part.apply(system), base.names, ()).flows
    effects, change = shapley(values, count), values[subsets[-1]] - base.flows
    return _result(system, scenario, base, dict(zip(names, effects, strict=True)), change)


def _players(scenario: Scenario, by: By) -> tuple[list[str], list[int]]:
    """Return the names of the parts, and the part of each shock."""
    if by == "lever":
        names = list(dict.fromkeys(scenario.levers))
        return names, [names.index(lever) for lever in scenario.levers]
    texts = [f"{n}. {shock.sentence()}" for n, shock in enumerate(scenario.shocks, start=1)]
    return texts, list(range(len(texts)))


def shapley(values: dict[tuple[int, ...], Array], count: int) -> Array:
    """Return the Shapley value of each of `count` players (count, ...).

    Parameters
    ----------
    values
        Worth of every subset of players, by their ascending numbers.
    count
        Number of players.
    """
    effects = np.zeros((count, *values[()].shape))
    for subset, value in values.items():
        size = len(subset)
        for player in range(count):
            if player in subset:
                weight = factorial(size - 1) * factorial(count - size) / factorial(count)
                effects[player] += weight * value
            else:
                weight = factorial(size) * factorial(count - size - 1) / factorial(count)
                effects[player] -= weight * value
    return effects


def _result(
    system: System, scenario: Scenario, base: Intensities, effects: dict[str, Array], change: Array
) -> ScenarioAttribution:
    """Put the effects of each part (M, n) on labels, after checking that they add up to the change (M, n)."""
    shape = system.arrays.x.shape
    coords = {"part": list(effects), "region": list(system.regions), "sector": list(system.sectors)}
    data, gaps = {}, []
    for number, (name, unit) in enumerate(zip(base.names, base.units, strict=True)):
        scale = max(float(np.abs(change[number]).sum()), 1e-3 * float(np.abs(base.flows[number]).sum()))
        own = np.array([effect[number] for effect in effects.values()])
        gaps.append(require_adding_up(own.sum(axis=0), change[number], scale, f"parts of {scenario.name!r}"))
        data[name] = xr.DataArray(
            own.reshape(-1, *shape),
            dims=tuple(coords),
            coords=coords,
            attrs={"units": unit, "long_name": f"effect of each part on {name}"},
        )
    attrs = {
        "title": f"Parts of {scenario.name!r}, {system.title}",
        "accounts": "\n".join(base.names),
        "method": "shapley over all subsets, in the order of the scenario",
        "price_basis": system.price_basis,
        "checks": f"parts add up to the change: largest gap {max(gaps):.1e}",
        "source": system.provenance.source,
        "provenance": system.provenance.to_json(),
        "comment": "; ".join(["hypothetical scenario", *filter(None, [system.provenance.headline])]),
    }
    return ScenarioAttribution(xr.Dataset(data, attrs=attrs))
