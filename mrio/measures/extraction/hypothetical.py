"""Hypothetical extraction: what would be lost without a sector, a region or a flow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np

from mrio.errors import DataError, LabelError, NotProductiveError
from mrio.leontief import Leontief
from mrio.leontief.extraction import outputs_without_regions, sector_losses
from mrio.measures.extraction.removal import KINDS, Cut, Index, Kind, Remainder, after_cut, without
from mrio.measures.extraction.result import Extraction, Extractions
from mrio.measures.measure import Intensities, Sheet, all_accounts, intensities, require_accounts
from mrio.results import require_adding_up
from mrio.tables import System
from mrio.tables.arrays import Array

Names = str | Sequence[str] | None
Replacement = Literal["abroad", "regions"] | None
Each = Literal["region-sector", "sector", "region"]

_PANEL = 400
_LEFT_TO_ABROAD = {
    None: "purchases that nobody serves any more",
    "abroad": "purchases that are imported instead",
    "regions": "purchases that no other region could take over, imported instead",
}


def extract(
    system: System,
    region: Names = None,
    sector: Names = None,
    *,
    to_region: Names = None,
    to_sector: Names = None,
    kind: Kind = "complete",
    accounts: str | Iterable[str] | None = None,
    replacement: Replacement = None,
) -> Extraction:
    """Take a sector, a region, a region-sector or a flow out of a table and measure what is lost by whom.

    Parameters
    ----------
    system
        The table.
    region, sector
        Who is taken out: all sectors of a region, a sector in all regions, or both together; one name or
        several, taken out at once.
    to_region, to_sector
        When given, only the sales of ``region, sector`` to these users are taken out: intermediate sales, and
        final sales to `to_region` unless `to_sector` narrows the flow to sectors.
    kind
        ``"complete"``: no purchases, no sales and no final demand; ``"backward"``: it buys no intermediates
        from the table; ``"forward"``: it sells no intermediates; ``"supply"``: it supplies nobody in the
        Ghosh model, primary inputs given (the forward extraction of textbooks); ``"isolation"``: it trades no
        intermediates with the rest, each side serves its own final demand.
    accounts
        Names of accounts, ``"output"`` among them; all when left out.
    replacement
        None; ``"abroad"``: what is no longer served is imported, and the imports are reported; or
        ``"regions"``: other regions that make the product take over, in proportion to what each buyer buys
        from them already, and only the rest is imported. For kinds ``"complete"`` and ``"forward"``, and for
        flows.

    Returns
    -------
    Extraction
        Losses by region and sector in the unit of each account; positive is less.

    Raises
    ------
    LabelError, DataError
        When a name is unknown, nothing is named, or kind and replacement do not go together.
    NotProductiveError
        When what is left has no economic inverse.

    Notes
    -----
    With S taken out and r the rest, complete extraction leaves ``x_r = (I - A_rr)^-1 y_r``. It is solved by
    changing the columns, or rows, of S in the operator, not by a new inverse. Losses of accounts are
    intensities times losses of output. They are hypothetical: prices and technology stay as they are.

    References
    ----------
    .. [1] Miller, R. E. and Lahr, M. L. (2001), A taxonomy of extractions, in Lahr, M. L. and Miller, R. E.
       (eds), Regional Science Perspectives in Economic Analysis, Elsevier, 407-441.
    .. [2] Dietzenbacher, E., van Burken, B. and Kondo, Y. (2019), Economic Systems Research 31(4), 498-519,
       doi:10.1080/09535314.2018.1564135.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> lost = mrio.extract(table, region="HE")
    >>> bool(lost.share("output")["HE"] == 1)
    True
    """
    asked = intensities(system, accounts, all_accounts(system))
    S = chosen_rows(system, region, sector)
    if not S.size or (region is None and sector is None):
        raise DataError("Nothing to take out was named.", remedy="give region=, sector= or both")
    flow = to_region is not None or to_sector is not None
    _require_fit(kind, replacement, flow)
    op, x, y = system.leontief, system.arrays.x.ravel(), system.arrays.final_demand.ravel()
    what = _described(region, sector, to_region, to_sector)
    try:
        if flow or replacement == "regions":
            left = after_cut(op, _cut(system, S, (to_region, to_sector), kind, replacement, flow))
        else:
            left = without(op, x, y, S, kind, system.labels.row_name)
    except NotProductiveError as error:
        raise _named(error, what) from error
    return _result(system, asked, left, {"what": what, "kind": kind, "replacement": replacement})


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
    asked = intensities(system, accounts, all_accounts(system))
    op, x, y = system.leontief, system.arrays.x.ravel(), system.arrays.final_demand.ravel()
    rates = _by_region(system, asked.per_output)
    taken: dict[str, Sequence[str]] = {"extracted_region": system.regions, "extracted_sector": system.sectors}
    if each == "region-sector":
        multipliers = np.asarray(op.solve_left(rates))
        losses = sector_losses(rates, multipliers, np.asarray(op.diagonal()), x, y, kind).T
    elif each == "sector":
        del taken["extracted_region"]
        sets = np.arange(x.size).reshape(len(system.regions), -1).T
        losses = set_losses(op, sets, rates, x, y, kind)
    elif each == "region":
        del taken["extracted_sector"]
        left = np.asarray(outputs_without_regions(op, y, kind))
        losses = (x[:, np.newaxis] - left).T @ rates.T
    else:
        raise ValueError(f"each={each!r}: choose 'region-sector', 'sector' or 'region'")
    return _results(system, asked, losses, taken, (each, kind))


# -- kernels ----------------------------------------------------------------------------------------------


def set_losses(op: Leontief, sets: Index, rates: Array, x: Array, y: Array, kind: Kind) -> Array:
    """Return what is lost when sets of suppliers are taken out, one set at a time, (q, m).

    Parameters
    ----------
    op
        Leontief operator, n rows.
    sets
        Rows of each set (q, k).
    rates
        Indicators per unit of output (m, n).
    x, y
        Output and final demand, each (n,).
    kind
        ``"complete"``, ``"backward"`` or ``"forward"``.
    """
    multipliers = np.asarray(op.solve_left(rates))
    if kind == "backward":
        multipliers = multipliers - rates
    wanted = x - y if kind == "forward" else x
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
            result[start + number] = multipliers[:, rows] @ np.linalg.solve(corner, wanted[rows])
    return result


# -- questions --------------------------------------------------------------------------------------------


def chosen_rows(system: System, region: Names, sector: Names) -> Index:
    """Return the rows of some regions and sectors; all of a kind where none is named.

    Raises
    ------
    LabelError
        When a name is unknown.
    """
    places = []
    for dim, names, known in (("region", region, system.regions), ("sector", sector, system.sectors)):
        asked = known if names is None else (names,) if isinstance(names, str) else tuple(names)
        unknown = [name for name in asked if name not in known]
        if unknown:
            raise LabelError(
                f"The table has no {dim} {', '.join(map(repr, unknown))}.",
                where=system.title,
                remedy=f"{dim}s are {', '.join(map(repr, known))}",
            )
        places.append(np.array([known.index(name) for name in dict.fromkeys(asked)], dtype=np.intp))
    rows = places[0][:, np.newaxis] * len(system.sectors) + places[1]
    return np.unique(rows)


def _require_fit(kind: Kind, replacement: Replacement, flow: bool) -> None:
    """Raise when kind, replacement and the extraction of a flow do not go together."""
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: choose one of {', '.join(KINDS)}")
    if replacement not in (None, "abroad", "regions"):
        raise ValueError(f"replacement={replacement!r}: choose None, 'abroad' or 'regions'")
    if flow and kind != "complete":
        raise DataError(
            "A flow has one kind of extraction.",
            amount=f"kind={kind!r}",
            remedy="leave kind= out when to_region= or to_sector= is given",
        )
    known = kind in ("complete", "forward") or (replacement == "abroad" and kind != "supply")
    if replacement is not None and not known:
        raise DataError(
            f"Extraction of kind {kind!r} cannot be replaced by {replacement!r}.",
            remedy="replacement='regions' goes with 'complete', 'forward' and flows; the supply model, in "
            "which inputs drive output, has no replacement",
        )


def _cut(
    system: System, S: Index, to: tuple[Names, Names], kind: Kind, replacement: Replacement, flow: bool
) -> Cut:
    """Return which sales end and who takes over."""
    n, N = system.arrays.x.size, len(system.sectors)
    y = system.arrays.final_demand.ravel()
    buyers = chosen_rows(system, *to) if flow else np.arange(n)
    final = np.zeros((n, 0))
    if flow and to[1] is None:
        regions = chosen_rows(system, to[0], system.sectors[0]) // N
        final = system.arrays.Y.reshape(n, len(system.regions), -1)[:, regions].reshape(n, -1)
    elif not flow and kind == "complete":
        exports = system.arrays.exports
        parts = [system.arrays.Y.reshape(n, -1), *([] if exports is None else [exports.reshape(n, 1)])]
        final = np.concatenate(parts, axis=1)
    kept = y - final.sum(axis=1)
    if not flow and kind == "complete":
        # Stock changes and the discrepancy of what is gone are gone with it.
        kept[S] = 0.0
    same = [np.setdiff1d(np.arange(row % N, n, N), S) for row in S]
    twins = tuple(same if replacement == "regions" else [np.empty(0, np.intp)] * S.size)
    return Cut(S, buyers, final, kept, twins)


def _described(region: Names, sector: Names, to_region: Names, to_sector: Names) -> str:
    """Return what is taken out in words."""
    seller = " | ".join(_joined(names) for names in (region, sector) if names is not None)
    buyer = " | ".join(_joined(names) for names in (to_region, to_sector) if names is not None)
    return seller + (f" to {buyer}" if buyer else "")


def _joined(names: Names) -> str:
    return names if isinstance(names, str) else ", ".join(names or ())


def _named(error: NotProductiveError, what: str) -> NotProductiveError:
    """Return the error of a table from which something was taken out."""
    return NotProductiveError(
        f"What is left without {what} is not productive: I - A has no economic inverse.",
        where=error.where,
        amount=error.amount,
        remedy="negative coefficients, or purchases handed to a supplier that cannot serve them, make this "
        "happen: check the columns named",
        table=error.table,
    )


def _by_region(system: System, per_output: Array) -> Array:
    """Return intensities (M, n) in one row an account and region, zero outside of it, (M R, n)."""
    members = np.repeat(np.eye(len(system.regions)), len(system.sectors), axis=1)
    return np.asarray((per_output[:, np.newaxis] * members).reshape(-1, per_output.shape[1]))


# -- results ----------------------------------------------------------------------------------------------


def _result(system: System, asked: Intensities, left: Remainder, words: dict[str, Any]) -> Extraction:
    """Put losses on labels, with the check that what is left balances."""
    x = system.arrays.x.ravel()
    scale = float(np.abs(x).max())
    gap = require_adding_up(left.gap, 0.0, scale, "supply and use of what is left")
    sheet = Sheet(account=asked.names, region=system.regions, sector=system.sectors)
    dims = ("account", "region", "sector")
    lost = asked.per_output * (x - left.x)
    sheet.put("loss", lost, dims, asked.units, "what is lost by region and sector that loses")
    sheet.put("before", asked.flows, dims, asked.units, "flows before the extraction")
    text = _LEFT_TO_ABROAD[words["replacement"]]
    sheet.put("unserved", left.unserved, dims[1:], system.unit, f"{text}, by product")
    return Extraction(
        sheet.dataset(
            system,
            f"Extraction of {words['what']}, {words['kind']}",
            "losses add up over regions and sectors; losses of two extractions do not",
            f"what is left balances: gap {gap:.1e} of the largest output",
            kind_of_extraction=words["kind"],
            extracted=words["what"],
            replacement=words["replacement"] or "none",
        )
    )


def _results(
    system: System,
    asked: Intensities,
    losses: Array,
    taken: dict[str, Sequence[str]],
    words: tuple[Each, Kind],
) -> Extractions:
    """Put losses (q, M R) on labels, with the check that one extraction really done agrees."""
    each, kind = words
    M, R = len(asked.names), len(system.regions)
    values = losses.reshape(-1, M, R).transpose(1, 0, 2)
    worst = int(np.abs(values).sum(axis=(0, 2)).argmax())
    position = np.unravel_index(worst, [len(labels) for labels in taken.values()])
    names = {dim: labels[int(place)] for (dim, labels), place in zip(taken.items(), position, strict=True)}
    single = extract(
        system, names.get("extracted_region"), names.get("extracted_sector"), kind=kind, accounts=asked.names
    )
    direct = single.data["loss"].sum("sector").values
    gap = require_accounts(values[:, worst], direct, "the largest loss and a table without its cause")
    sheet = Sheet(account=asked.names, region=system.regions, **taken)
    sheet.put("loss", values, ("account", *taken, "region"), asked.units, "what is lost by region that loses")
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
