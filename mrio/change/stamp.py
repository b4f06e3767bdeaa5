"""Put the numbers of a decomposition on labels, check that they add up, and say what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from mrio.change.factors import Factors, Treatment
from mrio.change.ratios import MultiplicativeDecomposition
from mrio.change.result import ALL, SPREAD, SPREAD_ALL, TOTAL, Decomposition
from mrio.change.shares import Array
from mrio.change.spread import BOUNDS
from mrio.results import require_adding_up
from mrio.schema import EFFECTS
from mrio.tables import System


@dataclass(frozen=True, eq=False)
class Asked:
    """What was asked of a decomposition.

    Attributes
    ----------
    a, b
        The two tables.
    names
        Names of the accounts.
    dependent
        For each account, whether it takes the dependent form.
    factors
        Factors of both tables.
    method
        Name of the method.
    groups
        Group of each player, or None where no groups were named.
    """

    a: System
    b: System
    names: tuple[str, ...]
    dependent: tuple[bool, ...]
    factors: Factors
    method: str
    groups: list[str] | None = None

    @property
    def labels(self) -> list[str]:
        """Names of all effects of any account, in the order of the schema."""
        used = {label for form in self.dependent for label in effect_labels(self.factors, form)}
        return [label for label in EFFECTS if label in used]

    def on_labels(self, number: int, effects: Array) -> Array:
        """Return the effects of one account (players, ...) in the order of `labels`, zeros where none."""
        labels = self.labels
        result = np.zeros((len(labels), *effects.shape[1:]))
        for position, label in enumerate(effect_labels(self.factors, self.dependent[number])):
            result[labels.index(label)] = effects[position]
        return result

    def totals(self, number: int) -> tuple[Array, Array]:
        """Return the flows of one account in both periods, each (R, N)."""
        return self.a.account(self.names[number]).values, self.b.account(self.names[number]).values


def effect_labels(factors: Factors, dependent: bool) -> list[str]:
    """Return the names of the effects in the order of a plan."""
    second = "input_mix" if dependent else "technology"
    return ["intensity", second, "intermediate_sourcing", *factors.demand.players]


def metadata(a: System, b: System, treatment: Treatment | None) -> dict[str, Any]:
    """Return the attributes that every comparison of two tables carries."""
    note = ""
    if a.basis.kind == "constant":
        note = f"prices of {a.basis.year}: changes are changes of volume"
    elif a.basis.kind == "current" and a.period != b.period:
        note = "each period in its own prices: changes contain price changes"
    headlines = sorted({a.provenance.headline, b.provenance.headline} - {""})
    attrs = {
        "period_0": a.period,
        "period_1": b.period,
        "price_basis_0": a.price_basis,
        "price_basis_1": b.price_basis,
        "price_note": note,
        "imports": treatment.imports if treatment else "",
        "exports": treatment.exports if treatment else "",
        "source": "; ".join(dict.fromkeys([a.provenance.source, b.provenance.source])),
        "provenance_0": a.provenance.to_json(),
        "provenance_1": b.provenance.to_json(),
        "comment": "; ".join(headlines),
    }
    return {name: value for name, value in attrs.items() if value != ""}


LEVEL_SHARE = 1e-3
GAP_MEASURE = "of the total change, or of a thousandth of the account if that is more"


def change_scale(a: System, b: System, name: str) -> float:
    """Return the size of change of an account against which gaps are judged.

    Effects are differences of levels, and levels are rounded: below `LEVEL_SHARE` of the level a change is
    too small for its own size to be the measure.
    """
    first, second = (table.account(name).values for table in (a, b))
    level = max(float(np.abs(first).sum()), float(np.abs(second).sum()))
    return max(float(np.abs(second - first).sum()), LEVEL_SHARE * level)


def flags(a: System, factors: Factors) -> dict[str, xr.DataArray]:
    """Return the marks of purchase cells with shares outside [0, 1], where there are any."""
    R, N = a.arrays.x.shape
    dims = {
        "flag_intermediate": (("sector", "use_region", "use_sector"), (N, R, N)),
        "flag_final": (("sector", "use_region", "demand"), factors.flagged[1].shape),
    }
    result = {}
    for (name, (names, shape)), mask in zip(dims.items(), factors.flagged, strict=True):
        if mask.any():
            coords = {dim: list(a.labels.of(dim)) for dim in names}
            attrs = {"units": "1", "long_name": "1 where sourcing shares lie outside [0, 1]"}
            result[name] = xr.DataArray(
                mask.reshape(shape).astype(np.int8), dims=names, coords=coords, attrs=attrs
            )
    return result


def additive(asked: Asked, effects: Array, spread: Array | None) -> Decomposition:
    """Return effects that add up to the change.

    Parameters
    ----------
    asked
        What was asked.
    effects
        (accounts, players, n).
    spread
        (accounts, bounds, players, R + 1), or None.

    Raises
    ------
    BalanceError
        When they do not add up within 1e-9.
    """
    a, labels = asked.a, asked.labels
    coords = {"effect": labels, "region": list(a.regions), "sector": list(a.sectors)}
    data: dict[str, xr.DataArray] = {}
    gaps = []
    for number, name in enumerate(asked.names):
        first, second = asked.totals(number)
        change, unit = second - first, a.account(name).unit
        values = asked.on_labels(number, effects[number].reshape(-1, *change.shape))
        scale = change_scale(a, asked.b, name)
        gaps.append(require_adding_up(values.sum(axis=0), change, scale, f"effects on {name} and its change"))
        attrs = _attrs(asked, number, unit, f"effects on {name}")
        data[name] = xr.DataArray(values, dims=tuple(coords), coords=coords, attrs=attrs)
        total = {"units": unit, "long_name": f"change of {name}"}
        places = {dim: coords[dim] for dim in ("region", "sector")}
        data[name + TOTAL] = xr.DataArray(change, dims=tuple(places), coords=places, attrs=total)
        data |= _spread(asked, number, spread, unit)
    checks = f"effects add up to the change: largest gap {max(gaps):.1e} {GAP_MEASURE}"
    return Decomposition(_dataset(asked, data, "additive", checks))


def multiplicative(
    asked: Asked, logs: Array, totals: tuple[Array, Array], spread: Array | None
) -> MultiplicativeDecomposition:
    """Return effects whose product is the ratio of the totals of each region.

    Parameters
    ----------
    asked
        What was asked.
    logs
        Logarithms of the effects (accounts, players, R + 1), all regions together last.
    totals
        Totals in both periods, each (accounts, R + 1).
    spread
        Logarithms (accounts, bounds, players, R + 1), or None.

    Raises
    ------
    BalanceError
        When the product is not the ratio within 1e-9.
    """
    coords = {"effect": asked.labels, "region": list(asked.a.regions)}
    data: dict[str, xr.DataArray] = {}
    gaps = []
    for number, name in enumerate(asked.names):
        values = np.exp(asked.on_labels(number, logs[number]))
        ratio = totals[1][number] / totals[0][number]
        what = f"product of the effects on {name} and its ratio"
        gaps.append(require_adding_up(values.prod(axis=0), ratio, float(ratio.max()), what))
        attrs = _attrs(asked, number, "1", f"effects on {name}, factors of its ratio")
        data[name] = xr.DataArray(values[:, :-1], dims=tuple(coords), coords=coords, attrs=attrs)
        whole = {"effect": coords["effect"]}
        data[name + ALL] = xr.DataArray(values[:, -1], dims="effect", coords=whole, attrs=attrs)
        total = {"units": "1", "long_name": f"ratio of {name}, second period to first"}
        places = {"region": coords["region"]}
        data[name + TOTAL] = xr.DataArray(ratio[:-1], dims="region", coords=places, attrs=total)
        data[name + TOTAL + ALL] = xr.DataArray(ratio[-1], attrs=total)
        data |= _spread(asked, number, None if spread is None else np.exp(spread), "1")
    checks = f"the product of the effects is the ratio: largest relative gap {max(gaps):.1e}"
    return MultiplicativeDecomposition(_dataset(asked, data, "multiplicative", checks))


def _attrs(asked: Asked, number: int, unit: str, text: str) -> dict[str, str]:
    form = asked.dependent[number]
    return {
        "units": unit,
        "long_name": text,
        "factors": ", ".join(effect_labels(asked.factors, form)),
        "form": "dependent, H = m (1 - v)" if form else "intensity and technology independent",
    }


def _spread(asked: Asked, number: int, spread: Array | None, unit: str) -> dict[str, xr.DataArray]:
    """Return the range of the effects on one account, by region and of all regions together."""
    if spread is None:
        return {}
    values = np.array([asked.on_labels(number, bound) for bound in spread[number]])
    coords = {"bound": list(BOUNDS), "effect": asked.labels, "region": list(asked.a.regions)}
    whole = {dim: coords[dim] for dim in ("bound", "effect")}
    name = asked.names[number]
    attrs = {"units": unit, "long_name": f"effects on {name} in several forms, and extremes over all orders"}
    return {
        name + SPREAD: xr.DataArray(values[..., :-1], dims=tuple(coords), coords=coords, attrs=attrs),
        name + SPREAD_ALL: xr.DataArray(values[..., -1], dims=tuple(whole), coords=whole, attrs=attrs),
    }


def _dataset(asked: Asked, data: dict[str, xr.DataArray], form: str, checks: str) -> xr.Dataset:
    """Return all arrays with the words that say what they are."""
    a, b = asked.a, asked.b
    words = asked.method if form == "additive" else f"{asked.method}, {form}"
    dataset = xr.Dataset({**data, **flags(a, asked.factors)}).assign_attrs(
        title=f"Decomposition of {', '.join(asked.names)}, {a.period} to {b.period}, {words}",
        accounts="\n".join(asked.names),
        method=asked.method,
        form=form,
        checks=checks,
        **metadata(a, b, asked.factors.treatment),
    )
    if asked.groups is None:
        return dataset
    players = {
        label: group
        for dependent in set(asked.dependent)
        for label, group in zip(effect_labels(asked.factors, dependent), asked.groups, strict=True)
    }
    return dataset.assign_coords(group=("effect", [players[label] for label in asked.labels]))
