"""Measure industrial transfer between the regions of two tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
import xarray as xr

from mrio.change.decomposition import (
    GAP_MEASURE,
    account_names,
    change_scale,
    dependent_forms,
    flags,
    metadata,
    warn_of_flags,
)
from mrio.change.evaluation import Operators
from mrio.change.factors import ExportsOption, Factors, ImportsOption, factors_of, treatment_of
from mrio.change.shares import Array
from mrio.change.technology import require_input_mix
from mrio.errors import DataError, LabelError
from mrio.results import require_adding_up
from mrio.schema import ABROAD
from mrio.tables import System, require_comparable
from mrio.transfer.attribution import Attribution, Question, attribute
from mrio.transfer.redistribution import between_and_within, between_origins
from mrio.transfer.result import AFFECTED, DIRECT, DIRECT_OF, IMPACT, PARTS, Transfer, pair_parts

Scheme = Literal["bilateral", "nested"]


def measure_transfer(
    a: System,
    b: System,
    block: Sequence[str] | None = None,
    accounts: str | Iterable[str] | None = None,
    method: Literal["sourcing"] = "sourcing",
    *,
    scheme: Scheme = "bilateral",
    imports: ImportsOption | None = None,
    exports: ExportsOption = "level",
    dependent: bool | None = None,
) -> Transfer:
    """Find who took which production from whom between two tables, and what it did to every region.

    Transfer is a change of sourcing shares: where buyers of a product switch from origin p to origin r,
    production moves from p to r (proportional rule). Its impact runs along the whole chain: r needs inputs
    for what it gained, and p no longer for what it lost. The impacts on an account add up to the effects of
    intermediate, final (and export) sourcing in `mrio.decompose`, in every region and sector.

    Parameters
    ----------
    a, b
        Tables of the earlier and the later period, on the same labels.
    block
        Regions looked at as one, for example ``["Beijing", "Tianjin", "Hebei"]``: transfers are then told
        apart into internal, overall in, overall out, and elsewhere.
    accounts
        Names of accounts; all that both tables have when left out.
    method
        ``"sourcing"``, the change of sourcing shares.
    scheme
        ``"bilateral"``: every origin stands for itself; ``"nested"``: the block against all others first,
        then its members among themselves.
    imports, exports, dependent
        As in `mrio.decompose`.

    Returns
    -------
    Transfer
        Volumes [money], and impacts in the unit of each account.

    Raises
    ------
    LabelError, UnitsError, PriceBasisError, MissingDataError
        When the tables cannot be compared or lack what is asked for.
    BalanceError
        When impacts do not add up to the sourcing effects within 1e-9.

    Notes
    -----
    In every purchase cell ``d = C1 - C0``, gains ``G = max(d, 0)``, losses ``K = max(-d, 0)``,
    ``T = sum G = sum K``, ``theta[p -> r] = K[p] G[r] / T``. Volumes, intensities and chains depend on the
    state of the other factors and are weighted as the Shapley value weights these states, so the measure is
    symmetric in time. Volumes are in the money and prices of the tables.

    References
    ----------
    Jiang, X., Guan, D. and Lopez, L. A. (2018), Energy Economics 73, 122-134,
    doi:10.1016/j.eneco.2018.05.012. Hoekstra, R., Michel, B. and Suh, S. (2016), Economic Systems Research
    28(2), 151-167, doi:10.1080/09535314.2016.1166099.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> t = mrio.measure_transfer(tables["0"], tables["1"], block=["BJ", "TJ", "HE"])
    >>> t.balance().columns.tolist()
    ['transfer_in', 'transfer_out', 'net']
    """
    if method != "sourcing":
        raise ValueError(f"method={method!r}: this version measures method='sourcing'")
    if scheme not in ("bilateral", "nested"):
        raise ValueError(f"scheme={scheme!r}: choose 'bilateral' or 'nested'")
    require_comparable(a, b)
    members = block_members(a, block, scheme)
    names = account_names(a, b, common_accounts(a, b) if accounts is None else accounts)
    forms = dependent_forms(names, dependent)
    factors = factors_of(a, b, names, treatment_of(a, b, imports, exports))
    if any(forms):
        require_input_mix(factors.technology)
    warn_of_flags(factors)
    origins = (*a.regions, ABROAD) if a.imports != "none" else a.regions
    inside = np.array([origin in members for origin in origins])
    rule = between_origins if scheme == "bilateral" else partial(between_and_within, block=inside)
    question = Question(factors, forms, rule, pair_parts(inside))
    answer = attribute(question, Operators((a, b), factors.technology))
    return _result(a, b, question, answer, _words(names, members, scheme, origins, factors))


def common_accounts(a: System, b: System) -> tuple[str, ...]:
    """Return the accounts that both tables have, value added first."""
    return tuple(name for name in a.account_names if name in b.account_names)


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
            remedy=f"regions are {', '.join(map(repr, system.regions))}",
        )
    if not members and scheme == "nested":
        raise DataError(
            "The nested scheme needs a block.", remedy='pass block=["Beijing", "Tianjin", "Hebei"]'
        )
    return members


def _words(
    names: tuple[str, ...], members: tuple[str, ...], scheme: str, origins: tuple[str, ...], factors: Factors
) -> dict[str, Any]:
    """Return what the result says about itself, and the labels that its arrays need."""
    return {
        "accounts": "\n".join(names),
        "block": "\n".join(members),
        "scheme": scheme,
        "origins": origins,
        "method": "sourcing",
        "weights": "shapley",
        "level": "cell",
    }


def _result(a: System, b: System, question: Question, answer: Attribution, words: dict[str, Any]) -> Transfer:
    """Put numbers on labels, check that they add up, and stamp them."""
    origins = list(words.pop("origins"))
    coords = {
        "use": list(question.uses),
        "part": list(PARTS),
        "region": list(a.regions),
        "from_region": origins,
        "to_region": origins,
        "sector": list(a.sectors),
    }
    data: dict[str, xr.DataArray] = {}

    def put(name: str, values: Array, dims: tuple[str, ...], unit: str, text: str) -> None:
        attrs = {"units": unit, "long_name": text}
        data[name] = xr.DataArray(values, dims=dims, coords={d: coords[d] for d in dims}, attrs=attrs)

    pairs = ("use", "from_region", "to_region", "sector")
    names = str(words["accounts"]).split("\n")
    main = all(question.forms)
    put(DIRECT, answer.direct[main], pairs, a.unit, "production transferred, by product")
    gaps = []
    for number, (name, form) in enumerate(zip(names, question.forms, strict=True)):
        unit = a.account(name).unit
        if form != main:
            text = f"production transferred, weighted by the states of the dependent form of {name}"
            put(f"{DIRECT_OF}{name}", answer.direct[form], pairs, a.unit, text)
        impact = (pairs[0], "region", *pairs[1:])
        put(f"{IMPACT}{name}", answer.impact[number], impact, unit, f"effect of transfers on {name}")
        affected = answer.affected[number].reshape(*answer.affected.shape[1:3], *a.arrays.x.shape)
        text = f"effect of transfers on {name} by affected sector"
        put(f"{AFFECTED}{name}", affected, ("use", "part", "region", "sector"), unit, text)
        gaps.append(_adding_up(a, b, name, number, answer))
    dataset = xr.Dataset({**data, **flags(a, question.factors)}).assign_attrs(
        title=f"Industrial transfer, {a.period} to {b.period}, {words['method']}, {words['scheme']}",
        checks=f"impacts add up to the sourcing effects: largest gap {max(gaps):.1e} {GAP_MEASURE}",
        **words,
        **metadata(a, b, question.factors),
    )
    return Transfer(dataset)


def _adding_up(a: System, b: System, name: str, number: int, answer: Attribution) -> float:
    """Compare impacts and effects by affected sector with the effects of the decomposition."""
    scale = change_scale(a, b, name)
    parts = answer.affected[number].sum(axis=1)
    first = require_adding_up(
        parts, answer.effects[number], scale, f"transfers and sourcing effects on {name}"
    )
    regions = answer.effects[number].reshape(len(parts), *a.arrays.x.shape).sum(axis=2)
    impact = answer.impact[number].sum(axis=(2, 3, 4))
    return max(first, require_adding_up(impact, regions, scale, f"impacts and sourcing effects on {name}"))
