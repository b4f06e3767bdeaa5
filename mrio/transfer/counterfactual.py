"""Transfer as a counterfactual: the tables with the sourcing of the other period, everything else as it is.

Sourcing is one player and all other factors together are the other. With q(sourcing, rest) the effect of
sourcing is ``q(1, 0) - q(0, 0)`` in the base period, ``q(1, 1) - q(0, 1)`` in the comparison period, and
their mean the Shapley value of the two players.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal, get_args

import numpy as np
import pandas as pd
import xarray as xr

from mrio.change.accounts import account_names, common_accounts, dependent_forms
from mrio.change.evaluation import Operators, evaluate
from mrio.change.factors import (
    ExportsOption,
    Factors,
    ImportsOption,
    factors_of,
    treatment_of,
    warn_of_flags,
)
from mrio.change.plans import INNER, coalition_plan
from mrio.change.shares import Array
from mrio.change.stamp import metadata
from mrio.change.technology import require_input_mix
from mrio.results import require_adding_up
from mrio.results.accounts import long_form
from mrio.tables import System, require_comparable
from mrio.transfer.base import TransferMeasure
from mrio.transfer.weights import SOURCING_PLAYERS

Reference = Literal["base", "comparison", "mean"]
"""Period in which everything but sourcing stands."""
REST: dict[Reference, str] = {
    "base": "in the base period",
    "comparison": "in the comparison period",
    "mean": "in the mean of both periods",
}
"""The references in words."""

SITUATIONS = ("0", "sourcing of 1", "sourcing of 0", "1")
"""Period 0, period 0 with the sourcing of 1, period 1 with the sourcing of 0, and period 1."""

_SITUATION = "situation_"


def situations(factors: Factors, dependent: tuple[bool, ...], operators: Operators) -> Array:
    """Return q in the four `SITUATIONS`, (accounts, 4, n)."""
    players = ("intensity", "technology", "intermediate_sourcing", *factors.demand.players)
    sourcing = sum(1 << number for number, name in enumerate(players) if name in SOURCING_PLAYERS)
    full = (1 << len(players)) - 1
    assert len(players) == INNER + len(factors.demand.players)
    plan = coalition_plan(factors.demand.mixing(), [0, sourcing, full & ~sourcing, full])
    return evaluate(plan, factors, dependent, operators)


def sourcing_effects(
    factors: Factors, dependent: tuple[bool, ...], operators: Operators
) -> dict[Reference, Array]:
    """Return the effect of sourcing with everything else in one period, each (accounts, n)."""
    q = situations(factors, dependent, operators)
    base, comparison = q[:, 1] - q[:, 0], q[:, 3] - q[:, 2]
    return {"base": base, "comparison": comparison, "mean": (base + comparison) / 2}


class CounterfactualTransfer(TransferMeasure):
    """What accounts would be with the sourcing of the other period, by region and sector.

    There are no pairs of regions here: the effects are those of all changes of sourcing together. Made by
    ``mrio.measure_transfer(a, b, method="counterfactual")``.
    """

    kind: ClassVar[str] = "counterfactual_transfer"

    @property
    def reference(self) -> str:
        """Where everything but sourcing stands: ``"base"``, ``"comparison"`` or the ``"mean"`` of both."""
        return str(self.data.attrs["reference"])

    def effect(self, account: str) -> xr.DataArray:
        """Return the effect of the change of sourcing on one account (region, sector)."""
        return self.array(self.account_of(account)).sel(reference=self.reference, drop=True)

    def references(self, account: str) -> pd.DataFrame:
        """Return the effect by region with the rest in the base and comparison period, and the mean."""
        values = self.data[self.account_of(account)].sum("sector")
        return pd.DataFrame(values.values.T, list(self.regions), list(get_args(Reference))).rename_axis(
            "region"
        )

    def situations(self, account: str) -> pd.DataFrame:
        """Return the account by region in both periods and with the sourcing of the other one."""
        values = self.data[_SITUATION + self.account_of(account)].sum("sector")
        names = {name: self._in_words(name) for name in SITUATIONS}
        table = pd.DataFrame(values.values.T, list(self.regions), list(SITUATIONS))
        return table.rename(columns=names).rename_axis("region")

    def summary(self) -> pd.DataFrame:
        """Return the effect of the change of sourcing on each account by region."""
        columns = {}
        for account in self.accounts:
            effect = self.effect(account)
            columns[f"{account} [{effect.attrs['units']}]"] = effect.sum("sector").to_series()
        return pd.DataFrame(columns).rename_axis("region")

    def to_dataframe(self) -> pd.DataFrame:
        """Return all effects in long form: account, reference, region, sector, value, unit."""
        return long_form({name: self.data[name] for name in self.accounts})

    def _in_words(self, situation: str) -> str:
        first, second = self.data.attrs["period_0"], self.data.attrs["period_1"]
        return {
            "0": str(first),
            "sourcing of 1": f"{first} with the sourcing of {second}",
            "sourcing of 0": f"{second} with the sourcing of {first}",
            "1": str(second),
        }[situation]


def measure_counterfactual(
    a: System,
    b: System,
    accounts: str | Iterable[str] | None = None,
    *,
    reference: Reference | None = None,
    imports: ImportsOption | None = None,
    exports: ExportsOption = "level",
    dependent: bool | None = None,
) -> CounterfactualTransfer:
    """Measure transfer as a counterfactual (see `mrio.measure_transfer`)."""
    chosen = reference or "comparison"
    if chosen not in get_args(Reference):
        raise ValueError(
            f"reference={reference!r}: choose one of {', '.join(map(repr, get_args(Reference)))}"
        )
    require_comparable(a, b)
    names = account_names(a, b, common_accounts(a, b) if accounts is None else accounts)
    forms = dependent_forms(names, dependent)
    factors = factors_of(a, b, names, treatment_of(a, b, imports, exports))
    if any(forms):
        require_input_mix(factors.technology)
    warn_of_flags(factors, stacklevel=4)
    q = situations(factors, forms, Operators((a, b), factors))
    data: dict[str, xr.DataArray] = {}
    gaps = []
    for number, name in enumerate(names):
        levels = q[number].reshape(4, *a.arrays.x.shape)
        gaps.append(_require_observed(a, b, name, levels))
        data |= _arrays(a, name, levels)
    dataset = xr.Dataset(data).assign_attrs(
        title=f"Transfer by counterfactual, {a.period} to {b.period}, rest {REST[chosen]}",
        checks=f"both periods are met by their own factors: largest gap {max(gaps):.1e} of the level",
        accounts="\n".join(names),
        method="counterfactual",
        reference=chosen,
        **metadata(a, b, factors.treatment),
    )
    return CounterfactualTransfer(dataset)


def _require_observed(a: System, b: System, name: str, levels: Array) -> float:
    """Raise unless the situations of the two periods are the tables as they are."""
    observed = np.array([a.account(name).values, b.account(name).values])
    scale = float(np.abs(observed).sum())
    return require_adding_up(levels[[0, 3]], observed, scale, f"{name} from factors and from the tables")


def _arrays(a: System, name: str, levels: Array) -> dict[str, xr.DataArray]:
    """Return effects (reference, region, sector) and levels (situation, region, sector) of one account."""
    places = {"region": list(a.regions), "sector": list(a.sectors)}
    base, comparison = levels[1] - levels[0], levels[3] - levels[2]
    effects = np.array([base, comparison, (base + comparison) / 2])
    unit = a.account(name).unit
    first = {"reference": list(get_args(Reference)), **places}
    second = {"situation": list(SITUATIONS), **places}
    attrs = {"units": unit, "long_name": f"effect of the change of sourcing on {name}"}
    levels_attrs = {"units": unit, "long_name": f"{name} with the sourcing of either period"}
    return {
        name: xr.DataArray(effects, dims=tuple(first), coords=first, attrs=attrs),
        _SITUATION + name: xr.DataArray(levels, dims=tuple(second), coords=second, attrs=levels_attrs),
    }
