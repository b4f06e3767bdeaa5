"""Industrial transfer as a change of sourcing: the measure that the pairs of origins belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import xarray as xr

from mrio.change.accounts import account_names, common_accounts, dependent_forms
from mrio.change.evaluation import Operators, evaluate
from mrio.change.factors import ExportsOption, ImportsOption, factors_of, treatment_of, warn_of_flags
from mrio.change.plans import weighted_plan
from mrio.change.shares import Array
from mrio.change.stamp import GAP_MEASURE, change_scale, flags, metadata
from mrio.change.technology import require_input_mix
from mrio.errors import DataError, LabelError, choices
from mrio.results import require_adding_up
from mrio.schema import ABROAD
from mrio.tables import System, require_comparable
from mrio.transfer.attribution import Attribution, Question, attribute
from mrio.transfer.counterfactual import REST, Reference
from mrio.transfer.redistribution import Level, between_and_within, between_origins
from mrio.transfer.result import AFFECTED, DIRECT, DIRECT_OF, IMPACT, PARTS, Transfer, pair_parts
from mrio.transfer.weights import SOURCING_PLAYERS, weights_by_rule

Scheme = Literal["bilateral", "nested"]
Weights = Literal["shapley", "two_block"]


@dataclass(frozen=True)
class SourcingOptions:
    """Options of the measure by sourcing, as `mrio.measure_transfer` documents them."""

    scheme: Scheme = "bilateral"
    weights: Weights = "shapley"
    reference: Reference | None = None
    level: Level = "cell"
    imports: ImportsOption | None = None
    exports: ExportsOption = "level"
    dependent: bool | None = None

    def __post_init__(self) -> None:
        known = {
            "scheme": ("bilateral", "nested"),
            "weights": ("shapley", "two_block"),
            "reference": (None, "base", "comparison", "mean"),
            "level": ("cell", "buyer_region", "product"),
        }
        for name, values in known.items():
            value = getattr(self, name)
            if value not in values:
                raise ValueError(f"{name}={value!r}: choose one of {', '.join(map(repr, values))}")
        if self.reference is not None and self.weights != "two_block":
            raise ValueError("reference= belongs to weights='two_block' and to method='counterfactual'")
        if self.scheme == "nested" and self.level != "cell":
            # Netting over buyers would let members of the block trade in the step between groups.
            raise ValueError("scheme='nested' tells gains and losses apart in each purchase: level='cell'")

    @property
    def period_of_rest(self) -> Reference:
        """Where the other factors stand with ``weights="two_block"``."""
        return self.reference or "mean"

    @property
    def words(self) -> str:
        """Scheme in words, with weights and level where they are not the usual ones."""
        weights = f"two blocks, rest {REST[self.period_of_rest]}" if self.weights == "two_block" else ""
        level = f"level {self.level}" if self.level != "cell" else ""
        return ", ".join(text for text in (self.scheme, weights, level) if text)


def measure_sourcing(
    a: System,
    b: System,
    block: Sequence[str] | None,
    accounts: str | Iterable[str] | None,
    options: SourcingOptions,
) -> Transfer:
    """Measure transfer as a change of sourcing (see `mrio.measure_transfer`)."""
    require_comparable(a, b)
    members = block_members(a, block, options.scheme)
    names = account_names(a, b, common_accounts(a, b) if accounts is None else accounts)
    forms = dependent_forms(names, options.dependent)
    factors = factors_of(a, b, names, treatment_of(a, b, options.imports, options.exports))
    if any(forms):
        require_input_mix(factors.technology)
    warn_of_flags(factors, stacklevel=4)
    origins = (*a.regions, ABROAD) if a.imports != "none" else a.regions
    inside = np.array([origin in members for origin in origins])
    rule = between_origins if options.scheme == "bilateral" else partial(between_and_within, block=inside)
    weights = weights_by_rule(options.weights, options.period_of_rest, factors.demand)
    question = Question(factors, forms, rule, pair_parts(inside), weights, options.level)
    # At least one multiplier for each account and affected region, in every state of the coefficients.
    operators = Operators((a, b), factors, expected=len(names) * len(a.regions))
    asked = Asked(a, b, question, names, members, origins, options)
    return _result(asked, attribute(question, operators), explained_effects(question, operators))


def explained_effects(question: Question, operators: Operators) -> Array:
    """Return the sourcing effects that transfers explain, by the decomposition (accounts, uses, n)."""
    plan = weighted_plan(question.weights.effects, question.factors.demand.mixing())
    effects = evaluate(plan, question.factors, question.forms, operators)
    players = ("intensity", "technology", "intermediate_sourcing", *question.factors.demand.players)
    return effects[:, [number for number, name in enumerate(players) if name in SOURCING_PLAYERS]]


@dataclass(frozen=True, eq=False)
class Asked:
    """What was asked, with the labels that the answer needs."""

    a: System
    b: System
    question: Question
    names: tuple[str, ...]
    block: tuple[str, ...]
    origins: tuple[str, ...]
    options: SourcingOptions


def block_members(system: System, block: Sequence[str] | None, scheme: str) -> tuple[str, ...]:
    """Return the regions of the block, checked.

    Raises
    ------
    LabelError, DataError
        When a region is unknown or named twice, or the scheme needs a block and none was given.
    """
    if isinstance(block, str):
        raise LabelError(f"block={block!r} is one text.", remedy=f"give a list of regions: block=[{block!r}]")
    members = () if block is None else tuple(block)
    unknown = [name for name in members if name not in system.regions]
    if unknown or len(set(members)) < len(members):
        raise LabelError(
            "The block names regions that the tables do not have, or names one twice.",
            where=", ".join(map(repr, unknown or members)),
            remedy=choices((unknown or members)[0], system.regions, "regions"),
        )
    if not members and scheme == "nested":
        raise DataError(
            "The nested scheme needs a block.", remedy='pass block=["Beijing", "Tianjin", "Hebei"]'
        )
    return members


def _result(asked: Asked, answer: Attribution, effects: Array) -> Transfer:
    """Put numbers on labels, check that they add up, and stamp them."""
    a, b, options = asked.a, asked.b, asked.options
    main = all(asked.question.forms)
    data = {DIRECT: _array(asked, answer.direct[main], _PAIRS, a.unit, "production transferred, by product")}
    gaps = []
    for number in range(len(asked.names)):
        data |= _account(asked, answer, number)
        gaps.append(_adding_up(asked, answer, effects[number], number))
    dataset = xr.Dataset({**data, **flags(a, asked.question.factors)}).assign_attrs(
        title=f"Industrial transfer, {a.period} to {b.period}, sourcing, {options.words}",
        checks=f"impacts add up to the sourcing effects: largest gap {max(gaps):.1e} {GAP_MEASURE}",
        accounts="\n".join(asked.names),
        block="\n".join(asked.block),
        scheme=options.scheme,
        method="sourcing",
        weights=options.weights,
        reference=options.period_of_rest if options.weights == "two_block" else "",
        level=options.level,
        **metadata(a, b, asked.question.factors.treatment),
    )
    return Transfer(dataset)


_PAIRS = ("use", "from_region", "to_region", "sector")


def _array(asked: Asked, values: Array, dims: tuple[str, ...], unit: str, text: str) -> xr.DataArray:
    """Return numbers on their labels."""
    labels = {
        "use": list(asked.question.uses),
        "part": list(PARTS),
        "region": list(asked.a.regions),
        "from_region": list(asked.origins),
        "to_region": list(asked.origins),
        "sector": list(asked.a.sectors),
    }
    coords = {dim: labels[dim] for dim in dims}
    return xr.DataArray(values, dims=dims, coords=coords, attrs={"units": unit, "long_name": text})


def _account(asked: Asked, answer: Attribution, number: int) -> dict[str, xr.DataArray]:
    """Return the arrays of one account: impacts, effects by affected sector, volumes of its own form."""
    a, name, form = asked.a, asked.names[number], asked.question.forms[number]
    unit = a.account(name).unit
    impact = ("use", "region", "from_region", "to_region", "sector")
    affected = answer.affected[number].reshape(*answer.affected.shape[1:3], *a.arrays.x.shape)
    text = f"effect of transfers on {name}"
    data = {
        IMPACT + name: _array(asked, answer.impact[number], impact, unit, text),
        AFFECTED + name: _array(
            asked, affected, ("use", "part", "region", "sector"), unit, f"{text} by affected sector"
        ),
    }
    if form != all(asked.question.forms):
        text = f"production transferred, weighted by the states of the dependent form of {name}"
        data[DIRECT_OF + name] = _array(asked, answer.direct[form], _PAIRS, a.unit, text)
    return data


def _adding_up(asked: Asked, answer: Attribution, effects: Array, number: int) -> float:
    """Compare impacts and effects by affected sector with the sourcing effects (uses, n) of an account."""
    name = asked.names[number]
    scale = change_scale(asked.a, asked.b, name)
    parts = answer.affected[number].sum(axis=1)
    first = require_adding_up(parts, effects, scale, f"transfers and sourcing effects on {name}")
    regions = effects.reshape(len(parts), *asked.a.arrays.x.shape).sum(axis=2)
    impact = answer.impact[number].sum(axis=(2, 3, 4))
    return max(first, require_adding_up(impact, regions, scale, f"impacts and sourcing effects on {name}"))
