"""Structural decomposition of the change of accounts between two tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, overload

import numpy as np

from mrio.change.accounts import account_names, dependent_forms
from mrio.change.coalitions import Partition, average, owen_weights, weights_of
from mrio.change.draws import DecompositionDraws, decompose_draws
from mrio.change.evaluation import Operators, evaluate, evaluate_with_totals
from mrio.change.factors import (
    ExportsOption,
    Factors,
    ImportsOption,
    factors_of,
    treatment_of,
    warn_of_flags,
)
from mrio.change.groups import Groups, partition_of
from mrio.change.lmdi import lmdi_effects
from mrio.change.multiplicative import lmdi_logarithms, require_positive
from mrio.change.plans import (
    Plan,
    coalition_plan,
    mean_plan,
    polar_plan,
    shapley_plan,
    weighted_plan,
)
from mrio.change.result import Decomposition
from mrio.change.shares import Array
from mrio.change.signs import require_not_negative
from mrio.change.spread import region_totals, spread_of
from mrio.change.stamp import Asked, additive, effect_labels, multiplicative
from mrio.change.technology import require_input_mix
from mrio.schema import VALUE_ADDED
from mrio.tables import Ensemble, System, require_comparable
from mrio.tables.systems import require_table, warn_of_order

Method = Literal["shapley", "polar_mean", "polar_forward", "polar_backward", "lmdi", "lmdi_mixed"]
METHODS = ("shapley", "polar_mean", "polar_forward", "polar_backward", "lmdi", "lmdi_mixed")
LMDI = ("lmdi", "lmdi_mixed")
Form = Literal["additive", "multiplicative"]
FORMS = ("additive", "multiplicative")


@overload
def decompose(
    a: System,
    b: System,
    account: str | Iterable[str] = ...,
    method: Method = ...,
    *,
    form: Form = ...,
    groups: Groups | None = ...,
    imports: ImportsOption | None = ...,
    exports: ExportsOption = ...,
    dependent: bool | None = ...,
    spread: bool = ...,
) -> Decomposition: ...
@overload
def decompose(
    a: Ensemble,
    b: System | Ensemble,
    account: str | Iterable[str] = ...,
    method: Method = ...,
    *,
    form: Form = ...,
    groups: Groups | None = ...,
    imports: ImportsOption | None = ...,
    exports: ExportsOption = ...,
    dependent: bool | None = ...,
    spread: bool = ...,
) -> DecompositionDraws: ...
@overload
def decompose(
    a: System,
    b: Ensemble,
    account: str | Iterable[str] = ...,
    method: Method = ...,
    *,
    form: Form = ...,
    groups: Groups | None = ...,
    imports: ImportsOption | None = ...,
    exports: ExportsOption = ...,
    dependent: bool | None = ...,
    spread: bool = ...,
) -> DecompositionDraws: ...
def decompose(
    a: System | Ensemble,
    b: System | Ensemble,
    account: str | Iterable[str] = VALUE_ADDED,
    method: Method = "shapley",
    *,
    form: Form = "additive",
    groups: Groups | None = None,
    imports: ImportsOption | None = None,
    exports: ExportsOption = "level",
    dependent: bool | None = None,
    spread: bool = True,
) -> Decomposition | DecompositionDraws:
    """Decompose the change of accounts from table a to table b into the effects of its factors.

    With ``q = f L(C H) y`` and ``y = D B S g P + e + h`` the change ``q1 - q0`` is split exactly into the
    effects of intensity f, technology H, intermediate sourcing C, final sourcing D, product mix B, category
    mix S, level g, population P, exports e and stocks with discrepancy h. The Shapley value is the mean of
    the marginal effects over all orders in which the factors can change,
    ``phi_p = sum_S |S|! (n-1-|S|)! / n! [q(S + p) - q(S)]`` [1]_ [2]_.

    Parameters
    ----------
    a, b
        Tables of the earlier and the later period, on the same labels. Either may be an `Ensemble` of draws
        (`mrio.perturb`): every draw is then decomposed, in the additive form and without spread.
    account
        Name of an account, or several names, which then share all solves; ``"value_added"`` exists always.
    method
        ``"shapley"``; the polar forms: factors switched in order (``"polar_forward"``), in reverse order
        (``"polar_backward"``), or the mean of both (``"polar_mean"``); or ``"lmdi"``, the logarithmic mean
        Divisia index on the terms ``f L D B S g P`` [4]_, with the effect of L split into technology and
        sourcing by ``1/2 (L1 dA_x L0 + L0 dA_x L1)``. Logarithms need flows that are not negative;
        ``"lmdi_mixed"`` leaves the one part that often is, stocks and discrepancy, to its Shapley value.
    form
        ``"additive"``: effects by region and sector that add up to the change; ``"multiplicative"``: effects
        by region whose product is the ratio of the region's total, the geometric mean over the same orders.
    groups
        Factors that switch together, ``{"transfer": ["intermediate_sourcing", "final_sourcing"]}``: the Owen
        value, which only averages orders that do not interrupt a group. Effects of the members add up to the
        group, a single player of the Shapley value. With ``method="shapley"`` only.
    imports
        ``"sourced"``: abroad is an origin of every product; ``"domestic"``: shares among regions only;
        ``"row"``: imports are one product of its own. The finest that the tables allow when left out.
    exports
        ``"level"``: exports are a factor; ``"sourced"``: foreign buyers re-source among regions.
    dependent
        Whether value added takes the dependent form ``H = m (1 - v)``, in which intensity and inputs add up
        to one [3]_; the default does so for ``"value_added"`` and not for other accounts.
    spread
        Also evaluate every coalition of factors, from which `Decomposition.spread` tells the range of each
        effect over all orders. Costs 2^n_y solves for each Leontief matrix (n_y factors of demand).

    Returns
    -------
    Decomposition
        Effects in the unit of each account; or `MultiplicativeDecomposition`, effects as ratios. Direct flows
        of final users are not part of the change explained. Of ensembles, `DecompositionDraws` with quantiles
        along dim ``draw``.

    Raises
    ------
    LabelError, UnitsError, PriceBasisError, MissingDataError
        When the tables cannot be compared or lack what is asked for.
    DataError
        When logarithms are asked of negative numbers, with the cells.
    BalanceError
        When the effects do not add up to the change (or multiply to the ratio) within 1e-9.

    References
    ----------
    .. [1] Dietzenbacher, E. and Los, B. (1998), Economic Systems Research 10, 307-323,
       doi:10.1080/09535319800000023.
    .. [2] Albrecht, J., Francois, D. and Schoors, K. (2002), Energy Policy 30, 727-736,
       doi:10.1016/S0301-4215(01)00131-8.
    .. [3] Dietzenbacher, E. and Los, B. (2000), Economic Systems Research 12, 497-514,
       doi:10.1080/09535310020003793.
    .. [4] Ang, B. W. (2015), Energy Policy 86, 233-238, doi:10.1016/j.enpol.2015.07.007; Wood, R. and Lenzen,
       M. (2006), Energy Policy 34, 1326-1331, doi:10.1016/j.enpol.2004.11.010.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> d = mrio.decompose(tables["0"], tables["1"], account="co2")
    >>> bool(abs(d.residual).max() < 1e-9)
    True
    >>> m = mrio.decompose(tables["0"], tables["1"], account="co2", form="multiplicative")
    >>> bool(abs(m.effects.prod("effect") / m.ratio - 1).max() < 1e-12)
    True
    """
    _require_known(method, form, groups)
    if isinstance(a, Ensemble) or isinstance(b, Ensemble):
        if form != "additive":
            raise ValueError("ensembles are decomposed in the form 'additive'")
        options: dict[str, Any] = {"groups": groups, "imports": imports, "exports": exports}
        options |= {"dependent": dependent, "spread": False}
        names = (account,) if isinstance(account, str) else tuple(account)
        return decompose_draws(a, b, lambda first, second: decompose(first, second, names, method, **options))
    for table in (a, b):
        require_table(table, "A decomposition needs two tables.")
    warn_of_order(a, b)
    names = account_names(a, b, account)
    forms = dependent_forms(names, dependent)
    require_comparable(a, b)
    factors = factors_of(a, b, names, treatment_of(a, b, imports, exports))
    if any(forms):
        require_input_mix(factors.technology)
    if method in LMDI:
        require_not_negative(a, b, names, factors.treatment, stocks=method == "lmdi")
    warn_of_flags(factors)
    partition, members = partition_of(groups, _player_labels(factors, forms))
    asked = Asked(a, b, names, forms, factors, method, members if groups else None)
    if form == "multiplicative":
        return _multiplicative(asked, partition, spread)
    return _additive(asked, partition, spread)


def _require_known(method: str, form: str, groups: Groups | None) -> None:
    """Raise ValueError for options that do not exist or do not go together."""
    if method not in METHODS:
        raise ValueError(f"method={method!r}: choose one of {', '.join(METHODS)}")
    if form not in FORMS:
        raise ValueError(f"form={form!r}: choose 'additive' or 'multiplicative'")
    if groups and method != "shapley":
        raise ValueError(f"groups= asks for the Owen value, a form of method='shapley', not of {method!r}")


def _player_labels(factors: Factors, forms: tuple[bool, ...]) -> list[list[str]]:
    """Return the names of each player in the forms in use."""
    lists = [effect_labels(factors, form) for form in sorted(set(forms))]
    return [list(dict.fromkeys(own)) for own in zip(*lists, strict=True)]


def _additive(asked: Asked, partition: Partition, spread: bool) -> Decomposition:
    """Return effects that add up, by region and sector."""
    operators = Operators((asked.a, asked.b), asked.factors)
    states = asked.factors.demand.mixing()
    if asked.method in LMDI:
        mixed = asked.method == "lmdi_mixed"
        effects = lmdi_effects(asked.factors, asked.dependent, operators, mixed)
        values = _coalitions(asked, operators) if spread else None
    else:
        plan, given = plan_of(asked.method, states, partition), (asked.factors, asked.dependent, operators)
        if spread:
            effects, values = evaluate_with_totals(plan, coalition_plan(states), *given)
        else:
            effects, values = evaluate(plan, *given), None
    bounds = None if values is None else np.array([spread_of(own) for own in values])
    return additive(asked, effects, bounds)


def _coalitions(asked: Asked, operators: Operators) -> Array:
    """Return the accounts by region in every coalition of factors, (accounts, 2^n, R + 1)."""
    states = asked.factors.demand.mixing()
    nothing = Plan((), np.empty((0, states.shape[1])), 0)
    given = (asked.factors, asked.dependent, operators)
    return evaluate_with_totals(nothing, coalition_plan(states), *given)[1]


def _multiplicative(asked: Asked, partition: Partition, spread: bool) -> Decomposition:
    """Return effects that multiply, by region."""
    operators = Operators((asked.a, asked.b), asked.factors)
    regions = len(asked.a.regions)
    totals = _coalitions(asked, operators)
    require_positive(totals, asked.names, asked.a.regions)
    if asked.method in LMDI:
        mixed = asked.method == "lmdi_mixed"
        added = lmdi_effects(asked.factors, asked.dependent, operators, mixed)
        effects = region_totals(added, regions)
        logs = lmdi_logarithms(effects, totals[:, 0], totals[:, -1])
    else:
        weights = weights_of(asked.method, partition)
        logs = np.array([average(np.log(own), weights) for own in totals])
    bounds = np.array([spread_of(np.log(own)) for own in totals]) if spread else None
    own_totals = tuple(
        region_totals(np.array([asked.totals(m)[t].ravel() for m in range(len(asked.names))]), regions)
        for t in (0, 1)
    )
    return multiplicative(asked, logs, (own_totals[0], own_totals[1]), bounds)


def plan_of(method: str, states: Array, partition: Partition) -> Plan:
    """Return the plan of a method for the given demand states (2^n_y, n).

    Parameters
    ----------
    method
        Name of a method that averages orders.
    states
        Demand of all states.
    partition
        Groups of the Owen value; the Shapley value where every group is one player.
    """
    if method == "shapley":
        grouped = any(len(group) > 1 for group in partition)
        return weighted_plan(owen_weights(partition), states) if grouped else shapley_plan(states)
    if method == "polar_forward":
        return polar_plan(states, forward=True)
    if method == "polar_backward":
        return polar_plan(states, forward=False)
    return mean_plan(polar_plan(states, forward=True), polar_plan(states, forward=False))
