"""Measure industrial transfer: one door to four measures that are never mixed up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, overload

from mrio.change.factors import ExportsOption, ImportsOption
from mrio.errors import MissingDataError
from mrio.tables import Ensemble, System
from mrio.transfer.base import TransferMeasure
from mrio.transfer.counterfactual import CounterfactualTransfer, Reference, measure_counterfactual
from mrio.transfer.demand import DemandTransfer, measure_demand
from mrio.transfer.draws import TransferDraws, measure_draws
from mrio.transfer.no_transfer import NoTransfer, measure_no_transfer
from mrio.transfer.redistribution import Level
from mrio.transfer.result import Transfer
from mrio.transfer.sourcing import Scheme, SourcingOptions, Weights, measure_sourcing

METHODS = ("sourcing", "demand", "no_transfer", "counterfactual")

_OPTIONS: dict[str, tuple[str, ...]] = {
    "sourcing": ("block", "scheme", "weights", "reference", "level", "imports", "exports", "dependent"),
    "demand": (),
    "no_transfer": ("imports",),
    "counterfactual": ("reference", "imports", "exports", "dependent"),
}
"""Options that each method knows; any other is refused, because it would change nothing."""

_USUAL = {"scheme": "bilateral", "weights": "shapley", "level": "cell", "exports": "level"}
"""Options that have a value when left out."""


@overload
def measure_transfer(
    a: System,
    b: System,
    block: Sequence[str] | None = None,
    accounts: str | Iterable[str] | None = None,
    method: Literal["sourcing"] = "sourcing",
    *,
    scheme: Scheme = "bilateral",
    weights: Weights = "shapley",
    reference: Reference | None = None,
    level: Level = "cell",
    imports: ImportsOption | None = None,
    exports: ExportsOption = "level",
    dependent: bool | None = None,
) -> Transfer: ...
@overload
def measure_transfer(
    a: System, b: System, *, accounts: str | Iterable[str] | None = None, method: Literal["demand"]
) -> DemandTransfer: ...
@overload
def measure_transfer(
    a: System,
    b: System | None = None,
    *,
    accounts: str | Iterable[str] | None = None,
    method: Literal["no_transfer"],
    imports: ImportsOption | None = None,
) -> NoTransfer: ...
@overload
def measure_transfer(
    a: System,
    b: System,
    *,
    accounts: str | Iterable[str] | None = None,
    method: Literal["counterfactual"],
    reference: Reference | None = None,
    imports: ImportsOption | None = None,
    exports: ExportsOption = "level",
    dependent: bool | None = None,
) -> CounterfactualTransfer: ...
@overload
def measure_transfer(
    a: Ensemble,
    b: System | Ensemble,
    block: Sequence[str] | None = None,
    accounts: str | Iterable[str] | None = None,
    *,
    scheme: Scheme = "bilateral",
    weights: Weights = "shapley",
    reference: Reference | None = None,
    level: Level = "cell",
    imports: ImportsOption | None = None,
    exports: ExportsOption = "level",
    dependent: bool | None = None,
) -> TransferDraws: ...
@overload
def measure_transfer(
    a: System,
    b: Ensemble,
    block: Sequence[str] | None = None,
    accounts: str | Iterable[str] | None = None,
    *,
    scheme: Scheme = "bilateral",
    weights: Weights = "shapley",
    reference: Reference | None = None,
    level: Level = "cell",
    imports: ImportsOption | None = None,
    exports: ExportsOption = "level",
    dependent: bool | None = None,
) -> TransferDraws: ...
def measure_transfer(
    a: System | Ensemble,
    b: System | Ensemble | None = None,
    block: Sequence[str] | None = None,
    accounts: str | Iterable[str] | None = None,
    method: str = "sourcing",
    *,
    scheme: Scheme = "bilateral",
    weights: Weights = "shapley",
    reference: Reference | None = None,
    level: Level = "cell",
    imports: ImportsOption | None = None,
    exports: ExportsOption = "level",
    dependent: bool | None = None,
) -> TransferMeasure | TransferDraws:
    """Find who took which production from whom between two tables, and what it did to every region.

    Transfer is a change of sourcing shares: where buyers of a product switch from origin p to origin r,
    production moves from p to r (proportional rule). Its impact runs along the whole chain: r needs inputs
    for what it gained, and p no longer for what it lost. The impacts on an account add up to the effects of
    intermediate, final (and export) sourcing in `mrio.decompose`, in every region and sector.

    Parameters
    ----------
    a, b
        Tables of the earlier and the later period, on the same labels. ``method="no_transfer"`` also takes
        one table alone. Either may be an `Ensemble` of draws (`mrio.perturb`) with ``method="sourcing"``: the
        transfer of every draw is then measured.
    block
        Regions looked at as one, for example ``["Beijing", "Tianjin", "Hebei"]``: transfers are then told
        apart into internal, overall in, overall out, and elsewhere.
    accounts
        Names of accounts; all that both tables have when left out.
    method
        ``"sourcing"``: the change of sourcing shares, as above. Three other measures answer other questions
        and are other kinds of results: ``"demand"``: change of the output that final demand of other regions
        induces [1]_; ``"no_transfer"``: what is, less what each region would make for itself [2]_;
        ``"counterfactual"``: the tables with the sourcing of the other period, without pairs [3]_.
    scheme
        ``"bilateral"``: every origin stands for itself; ``"nested"``: the block against all others first,
        then its members among themselves.
    weights
        ``"shapley"``: states of the other factors count as in the decomposition, and impacts add up to its
        effects; ``"two_block"``: all sourcing is one player and everything else the other, and impacts add up
        to the counterfactual, which differs.
    reference
        With two blocks or a counterfactual, the period of everything else: ``"base"``, ``"comparison"`` or
        the ``"mean"`` of both (default: mean with two blocks, comparison for the counterfactual).
    level
        Where gains and losses are told apart: in each purchase (``"cell"``), or after adding up over the
        purchases of a region (``"buyer_region"``) or over all (``"product"``), intermediate and final apart.
        Gross transfers shrink with every step; net transfers and impacts by region do not change.
    imports, exports, dependent
        As in `mrio.decompose`. ``method="no_transfer"`` with ``imports="sourced"`` closes regions to trade
        abroad as well, otherwise that trade stays as it is.

    Returns
    -------
    Transfer, DemandTransfer, NoTransfer or CounterfactualTransfer
        By method. Volumes [money], and impacts in the unit of each account. Of ensembles, `TransferDraws`
        with quantiles along dim ``draw``.

    Raises
    ------
    LabelError, UnitsError, PriceBasisError, MissingDataError
        When the tables cannot be compared or lack what is asked for.
    BalanceError
        When the identity of the measure does not hold within 1e-9: impacts and sourcing effects, users and
        output, transferred output and balance of trade, factors and observed tables.

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

    .. [1] Liu, H., Liu, Z. and Liu, W. (2011), China Industrial Economics (6), 79-88.
    .. [2] Li et al. (2017), Resources Science 39(12).
    .. [3] Jiang, Guan and Lopez (2018), as above.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> t = mrio.measure_transfer(tables["0"], tables["1"], block=["BJ", "TJ", "HE"])
    >>> t.balance().columns.tolist()
    ['transfer_in', 'transfer_out', 'net']
    >>> mrio.measure_transfer(tables["0"], tables["1"], method="demand").kind
    'demand_transfer'
    """
    options: dict[str, Any] = {
        "scheme": scheme,
        "weights": weights,
        "reference": reference,
        "level": level,
        "imports": imports,
        "exports": exports,
        "dependent": dependent,
    }
    _require_known(method, {"block": block, **options})
    own = {name: options[name] for name in _OPTIONS[method] if name in options}
    if isinstance(a, Ensemble) or isinstance(b, Ensemble):
        return _of_draws(method, (a, b), block, accounts, own)
    if method == "no_transfer":
        return measure_no_transfer(a, b, accounts, **own)
    if b is None:
        raise MissingDataError(
            f"method={method!r} compares two tables.", remedy="pass the later table as well"
        )
    if method == "demand":
        return measure_demand(a, b, accounts)
    if method == "counterfactual":
        return measure_counterfactual(a, b, accounts, **own)
    return measure_sourcing(a, b, block, accounts, SourcingOptions(**own))


def _of_draws(
    method: str,
    tables: tuple[System | Ensemble, System | Ensemble | None],
    block: Sequence[str] | None,
    accounts: str | Iterable[str] | None,
    options: Mapping[str, Any],
) -> TransferDraws:
    """Measure transfer by sourcing between every pair of draws."""
    a, b = tables
    if method != "sourcing" or b is None:
        raise ValueError("ensembles are measured with method='sourcing', between two tables")
    own = SourcingOptions(**options)
    names = accounts if accounts is None or isinstance(accounts, str) else tuple(accounts)
    return measure_draws(a, b, lambda first, second: measure_sourcing(first, second, block, names, own))


def _require_known(method: str, options: Mapping[str, Any]) -> None:
    """Raise ValueError for a method that does not exist, or options given that it does not know."""
    if method not in METHODS:
        raise ValueError(f"method={method!r}: choose one of {', '.join(METHODS)}")
    foreign = [
        name
        for name, value in options.items()
        if name not in _OPTIONS[method] and value is not None and value != _USUAL.get(name)
    ]
    if foreign:
        known = ", ".join(_OPTIONS[method]) or "none"
        raise ValueError(f"method={method!r} does not know {', '.join(foreign)}; its options: {known}")
