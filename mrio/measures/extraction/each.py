"""Hypothetical extraction of every sector or region in turn, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Final, Literal

import numpy as np

from mrio.errors import NotProductiveError
from mrio.leontief import Leontief
from mrio.leontief.extraction import outputs_without_regions, sector_losses
from mrio.leontief.storage.matrices import is_nonnegative
from mrio.measures.extraction.hypothetical import extract
from mrio.measures.extraction.removal import KINDS, Index, Kind
from mrio.measures.extraction.result import Extractions
from mrio.measures.measure import (
    OUTPUT,
    Intensities,
    Sheet,
    all_accounts,
    by_region,
    intensities,
    require_accounts,
)
from mrio.tables import System
from mrio.tables.arrays import Array

Each = Literal["region-sector", "sector", "region"]
Taken = Mapping[str, Sequence[str]]

TAKEN: Final = {"region-sector": ("region", "sector"), "sector": ("sector",), "region": ("region",)}
"""Dims of what is taken out."""

_PANEL = 400


def extract_each(
    system: System,
    each: Each = "region-sector",
    kind: Literal["complete", "backward", "forward"] = "complete",
    accounts: str | Iterable[str] | None = None,
) -> Extractions:
    """Take every region-sector, every sector or every region out of a table, one at a time.

    Parameters
    ----------
    system
        The table.
    each
        ``"region-sector"``: the R N suppliers one by one; ``"sector"``: each product in all regions at once;
        ``"region"``: each region.
    kind
        ``"complete"``, ``"backward"`` or ``"forward"``, as in `mrio.extract`.
    accounts
        Names of accounts, ``"output"`` among them; all when left out.

    Returns
    -------
    Extractions
        Losses by region that loses, for everything that was taken out.

    Raises
    ------
    LabelError, DataError
        When an account is unknown or named twice.
    NotProductiveError
        When what is left without one of them has no economic inverse; it is named.
    BalanceError
        When losses do not agree with a table from which one was really taken out.

    Notes
    -----
    With m = f L, a single supplier j taken out loses ``m_j x_j / L_jj`` (complete): all n need the
    multipliers and the diagonal of L. Sets S of suppliers lose ``m_S L_SS^-1 x_S``. Losses of several
    extractions do not add up: what two suppliers lose together is less than the sum.

    References
    ----------
    .. [1] Dietzenbacher, E., van der Linden, J. A. and Steenge, A. E. (1993), Economic Systems Research 5(2),
       185-206, doi:10.1080/09535319300000017.

    Examples
    --------
    >>> import mrio
    >>> lost = mrio.extract_each(mrio.load_example("illustrative")["1"], "region")
    >>> lost.summary("output").shape
    (4, 4)
    """
    if kind not in KINDS[:3]:
        raise ValueError(f"kind={kind!r}: extract_each knows {', '.join(KINDS[:3])}; use extract for one")
    if each not in TAKEN:
        raise ValueError(f"each={each!r}: choose 'region-sector', 'sector' or 'region'")
    asked = intensities(system, accounts, all_accounts(system))
    op, x, y = system.leontief, system.arrays.x.ravel(), system.arrays.final_demand.ravel()
    rates = by_region(system, asked.per_output).reshape(-1, x.size)
    taken = {dim: system.labels.of(dim) for dim in TAKEN[each]}
    require_productive_rests(system, kind, taken)
    if each == "region-sector":
        multipliers = np.asarray(op.solve_left(rates))
        losses = sector_losses(rates, multipliers, np.asarray(op.diagonal()), x, y, kind).T
    elif each == "sector":
        sets = np.arange(x.size).reshape(len(system.regions), -1).T
        losses = set_losses(op, sets, rates, x - y if kind == "forward" else x, kind)
    else:
        left = np.asarray(outputs_without_regions(op, y, kind))
        losses = (x[:, np.newaxis] - left).T @ rates.T
    return _results(system, asked, losses, taken, (each, kind))


def require_productive_rests(system: System, kind: Kind, taken: Taken) -> None:
    """Raise when a table is not productive without one of its parts; only negative coefficients do that.

    Raises
    ------
    NotProductiveError
        The first part whose extraction leaves a table without economic inverse.
    """
    op = system.leontief
    if is_nonnegative(op.A):
        return
    try:
        # A part of a table is productive where it is even without regard to signs.
        Leontief(abs(op.A), blocks=op.blocks)
    except NotProductiveError:
        for labels in product(*taken.values()):
            names = dict(zip(taken, labels, strict=True))
            extract(system, names.get("region"), names.get("sector"), kind=kind, accounts=OUTPUT)


# -- kernels ----------------------------------------------------------------------------------------------


def set_losses(op: Leontief, sets: Index, rates: Array, sales: Array, kind: Kind) -> Array:
    """Return what is lost when sets of suppliers are taken out, one set at a time, (q, m).

    Parameters
    ----------
    op
        Leontief operator, n rows.
    sets
        Rows of each set (q, k).
    rates
        Indicators per unit of output (m, n).
    sales
        What suppliers sell that is taken out (n,): output, or for ``"forward"`` intermediate sales alone.
    kind
        ``"complete"``, ``"backward"`` or ``"forward"``.
    """
    multipliers = np.asarray(op.solve_left(rates))
    if kind == "backward":
        multipliers = multipliers - rates
    q, k = sets.shape
    result = np.empty((q, len(rates)))
    step = max(_PANEL // k, 1)
    for start in range(0, q, step):
        panel = sets[start : start + step]
        unit = np.zeros((op.n, panel.size))
        unit[panel.ravel(), np.arange(panel.size)] = 1.0
        columns = np.asarray(op.solve(unit))
        for number, rows in enumerate(panel):
            corner = columns[rows, number * k : (number + 1) * k]
            result[start + number] = multipliers[:, rows] @ np.linalg.solve(corner, sales[rows])
    return result


def _results(
    system: System,
    asked: Intensities,
    losses: Array,
    taken: Taken,
    words: tuple[Each, Kind],
) -> Extractions:
    """Put losses (q, M R) on labels, with the check that one extraction really done agrees."""
    each, kind = words
    M, R = len(asked.names), len(system.regions)
    values = losses.reshape(-1, M, R).transpose(1, 0, 2)
    worst = int(np.abs(values).sum(axis=(0, 2)).argmax())
    position = np.unravel_index(worst, [len(labels) for labels in taken.values()])
    names = {dim: labels[int(place)] for (dim, labels), place in zip(taken.items(), position, strict=True)}
    single = extract(system, names.get("region"), names.get("sector"), kind=kind, accounts=asked.names)
    direct = single.data["loss"].sum("sector").values
    gap = require_accounts(values[:, worst], direct, "the largest loss and a table without its cause")
    extracted = {f"extracted_{dim}": labels for dim, labels in taken.items()}
    sheet = Sheet(account=asked.names, region=system.regions, **extracted)
    sheet.put(
        "loss", values, ("account", *extracted, "region"), asked.units, "what is lost by region that loses"
    )
    sheet.put("before", asked.flows.sum(axis=1), ("account",), asked.units, "flows before the extraction")
    return Extractions(
        sheet.dataset(
            system,
            f"Extraction of each {each}, {kind}",
            "losses of one extraction add up over the regions that lose; losses of several extractions do "
            "not: what two suppliers lose together is less than the sum",
            f"the largest, {' | '.join(names.values())}, agrees with the table without it: gap {gap:.1e}",
            kind_of_extraction=kind,
            each=each,
        )
    )
