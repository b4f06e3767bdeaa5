"""Structural decomposition of the change of accounts between two tables."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import xarray as xr

from mrio.change.evaluation import Operators, evaluate
from mrio.change.factors import (
    ExportsOption,
    Factors,
    ImportsOption,
    factors_of,
    treatment_of,
)
from mrio.change.plans import Plan, mean_plan, polar_plan, shapley_plan
from mrio.change.result import TOTAL, Decomposition
from mrio.change.shares import Array
from mrio.change.technology import require_input_mix
from mrio.errors import DataError, DataWarning, UnitsError
from mrio.results import require_adding_up
from mrio.schema import EFFECTS, VALUE_ADDED
from mrio.tables import System, require_comparable
from mrio.units import parse_unit, same_unit

Method = Literal["shapley", "polar_mean", "polar_forward", "polar_backward"]
METHODS = ("shapley", "polar_mean", "polar_forward", "polar_backward")

LEVEL_SHARE = 1e-3
GAP_MEASURE = "of the total change, or of a thousandth of the account if that is more"


def decompose(
    a: System,
    b: System,
    account: str | Iterable[str] = VALUE_ADDED,
    method: Method = "shapley",
    *,
    imports: ImportsOption | None = None,
    exports: ExportsOption = "level",
    dependent: bool | None = None,
) -> Decomposition:
    """Decompose the change of accounts from table a to table b into the effects of its factors.

    With ``q = f L(C H) y`` and ``y = D B S g P + e + h`` the change ``q1 - q0`` is split exactly into the
    effects of intensity f, technology H, intermediate sourcing C, final sourcing D, product mix B, category
    mix S, level g, population P, exports e and stocks with discrepancy h. The Shapley value is the mean of
    the marginal effects over all orders in which the factors can change,
    ``phi_p = sum_S |S|! (n-1-|S|)! / n! [q(S + p) - q(S)]`` [1]_ [2]_.

    Parameters
    ----------
    a, b
        Tables of the earlier and the later period, on the same labels.
    account
        Name of an account, or several names, which then share all solves; ``"value_added"`` exists always.
    method
        ``"shapley"``, or the polar forms: factors switched in order (``"polar_forward"``), in reverse order
        (``"polar_backward"``), or the mean of both.
    imports
        ``"sourced"``: abroad is an origin of every product; ``"domestic"``: shares among regions only;
        ``"row"``: imports are one product of its own. The finest that the tables allow when left out.
    exports
        ``"level"``: exports are a factor; ``"sourced"``: foreign buyers re-source among regions.
    dependent
        Whether value added takes the dependent form ``H = m (1 - v)``, in which intensity and inputs add up
        to one [3]_; the default does so for ``"value_added"`` and not for other accounts.

    Returns
    -------
    Decomposition
        Effects by region and sector in the unit of each account. Direct flows of final users are not part of
        the change explained.

    Raises
    ------
    LabelError, UnitsError, PriceBasisError, MissingDataError
        When the tables cannot be compared or lack what is asked for.
    BalanceError
        When the effects do not add up to the change within 1e-9.

    References
    ----------
    .. [1] Dietzenbacher, E. and Los, B. (1998), Economic Systems Research 10, 307-323,
       doi:10.1080/09535319800000023.
    .. [2] Albrecht, J., Francois, D. and Schoors, K. (2002), Energy Policy 30, 727-736,
       doi:10.1016/S0301-4215(01)00131-8.
    .. [3] Dietzenbacher, E. and Los, B. (2000), Economic Systems Research 12, 497-514,
       doi:10.1080/09535310020003793.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> d = mrio.decompose(tables["0"], tables["1"], account="co2")
    >>> bool(abs(d.residual).max() < 1e-9)
    True
    """
    if method not in METHODS:
        raise ValueError(f"method={method!r}: choose one of {', '.join(METHODS)}")
    names = account_names(a, b, account)
    forms = dependent_forms(names, dependent)
    require_comparable(a, b)
    factors = factors_of(a, b, names, treatment_of(a, b, imports, exports))
    if any(forms):
        require_input_mix(factors.technology)
    warn_of_flags(factors)
    plan = plan_of(method, factors.demand.states())
    effects = evaluate(plan, factors, forms, Operators((a, b), factors.technology))
    return _result(a, b, Answer(names, forms, method, factors, effects))


@dataclass(frozen=True, eq=False)
class Answer:
    """Effects as a kernel gives them, with what was asked.

    Attributes
    ----------
    names
        Names of M accounts.
    forms
        For each account, whether it takes the dependent form.
    method
        Name of the method.
    factors
        Factors of both tables.
    effects
        (M, effects, n), effects in the order of `effect_labels`.
    """

    names: tuple[str, ...]
    forms: tuple[bool, ...]
    method: str
    factors: Factors
    effects: Array


def account_names(a: System, b: System, account: str | Iterable[str]) -> tuple[str, ...]:
    """Return the account names asked for, after making sure that both tables hold them in one unit.

    Raises
    ------
    LabelError, DataError, UnitsError
        When an account is missing, doubled, or in another unit.
    """
    names = (account,) if isinstance(account, str) else tuple(account)
    if not names or len(set(names)) < len(names):
        raise DataError(
            "Accounts are named twice or not at all.",
            amount=f"got {names}",
            remedy="name each account once, and at least one",
        )
    for name in names:
        units = a.account(name).unit, b.account(name).unit
        if name != VALUE_ADDED and not same_unit(*map(parse_unit, units)):
            raise UnitsError(
                f"The account {name!r} is in two units.",
                amount=f"{units[0]!r} and {units[1]!r}",
                remedy="express both in one unit before they are compared",
            )
    return names


def dependent_forms(names: tuple[str, ...], dependent: bool | None) -> tuple[bool, ...]:
    """Return for each account whether it takes the dependent form, which only value added can.

    Raises
    ------
    DataError
        When the dependent form is asked for without value added.
    """
    if dependent and VALUE_ADDED not in names:
        raise DataError(
            "The dependent form exists for value added only.",
            amount=f"accounts {', '.join(names)}",
            remedy="leave dependent out, or add 'value_added' to the accounts",
        )
    return tuple(name == VALUE_ADDED and dependent is not False for name in names)


def warn_of_flags(factors: Factors) -> None:
    """Warn where sourcing shares leave [0, 1] because flows are negative."""
    count = sum(int(mask.sum()) for mask in factors.flagged)
    if count:
        warnings.warn(
            f"{count} purchase cells have sourcing shares outside [0, 1] because of negative flows; all "
            "identities hold, but transfers there are hard to read. Give inventories as stock_change=.",
            DataWarning,
            stacklevel=3,
        )


def plan_of(method: str, states: Array) -> Plan:
    """Return the plan of a method for the given demand states (2^n_y, n)."""
    if method == "shapley":
        return shapley_plan(states)
    if method == "polar_forward":
        return polar_plan(states, forward=True)
    if method == "polar_backward":
        return polar_plan(states, forward=False)
    return mean_plan(polar_plan(states, forward=True), polar_plan(states, forward=False))


def effect_labels(factors: Factors, dependent: bool) -> list[str]:
    """Return the names of the effects in the order of a plan."""
    second = "input_mix" if dependent else "technology"
    return ["intensity", second, "intermediate_sourcing", *factors.demand.players]


def metadata(a: System, b: System, factors: Factors) -> dict[str, Any]:
    """Return the attributes that every comparison of two tables carries."""
    current = a.basis.kind == "current" and a.period != b.period
    headlines = sorted({a.provenance.headline, b.provenance.headline} - {""})
    attrs = {
        "period_0": a.period,
        "period_1": b.period,
        "price_basis_0": a.price_basis,
        "price_basis_1": b.price_basis,
        "price_note": "each period in its own prices: changes contain price changes" if current else "",
        "imports": factors.treatment.imports,
        "exports": factors.treatment.exports,
        "source": "; ".join(dict.fromkeys([a.provenance.source, b.provenance.source])),
        "provenance_0": a.provenance.to_json(),
        "provenance_1": b.provenance.to_json(),
        "comment": "; ".join(headlines),
    }
    return {name: value for name, value in attrs.items() if value != ""}


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


def _result(a: System, b: System, answer: Answer) -> Decomposition:
    """Put effects on the common labels, check that they add up, and stamp them."""
    factors = answer.factors
    used = {label for form in answer.forms for label in effect_labels(factors, form)}
    labels: list[str] = [label for label in EFFECTS if label in used]
    coords = {"effect": labels, "region": list(a.regions), "sector": list(a.sectors)}
    data: dict[str, xr.DataArray] = {}
    gaps = []
    for number, (name, form) in enumerate(zip(answer.names, answer.forms, strict=True)):
        own = effect_labels(factors, form)
        values = np.zeros((len(labels), *a.arrays.x.shape))
        values[[labels.index(label) for label in own]] = answer.effects[number].reshape(-1, *a.arrays.x.shape)
        change = b.account(name).values - a.account(name).values
        scale = change_scale(a, b, name)
        gaps.append(require_adding_up(values.sum(axis=0), change, scale, f"effects on {name} and its change"))
        unit = a.account(name).unit
        attrs = {"units": unit, "long_name": f"effects on {name}", "factors": ", ".join(own)}
        attrs["form"] = "dependent, H = m (1 - v)" if form else "intensity and technology independent"
        data[name] = xr.DataArray(values, dims=tuple(coords), coords=coords, attrs=attrs)
        places = {dim: coords[dim] for dim in ("region", "sector")}
        attrs = {"units": unit, "long_name": f"change of {name}"}
        data[name + TOTAL] = xr.DataArray(change, dims=tuple(places), coords=places, attrs=attrs)
    dataset = xr.Dataset({**data, **flags(a, factors)}).assign_attrs(
        title=f"Decomposition of {', '.join(answer.names)}, {a.period} to {b.period}, {answer.method}",
        accounts="\n".join(answer.names),
        method=answer.method,
        checks=f"effects add up to the change: largest gap {max(gaps):.1e} {GAP_MEASURE}",
        **metadata(a, b, factors),
    )
    return Decomposition(dataset)
