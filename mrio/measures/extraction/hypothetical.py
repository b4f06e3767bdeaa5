"""Hypothetical extraction: what would be lost without a sector, a region or a flow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np

from mrio.errors import DataError, NotProductiveError
from mrio.measures.extraction.removal import KINDS, Cut, Index, Kind, Remainder, after_cut, without
from mrio.measures.extraction.result import Extraction
from mrio.measures.final_demand import joined, mask
from mrio.measures.measure import Intensities, Sheet, all_accounts, intensities
from mrio.results import require_adding_up
from mrio.tables import System

Names = str | Sequence[str] | None
Replacement = Literal["abroad", "regions"] | None
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
            left = after_cut(op, _cut(system, S, (to_region, to_sector), kind, replacement))
        else:
            left = without(op, x, y, S, kind, system.labels.row_name)
    except NotProductiveError as error:
        raise _named(error, what) from error
    return _result(system, asked, left, {"what": what, "kind": kind, "replacement": replacement})


# -- questions --------------------------------------------------------------------------------------------


def chosen_rows(system: System, region: Names, sector: Names) -> Index:
    """Return the rows of some regions and sectors; all of a kind where none is named.

    Raises
    ------
    LabelError
        When a name is unknown.
    """
    regions, sectors = mask("region", region, system.regions), mask("sector", sector, system.sectors)
    return np.flatnonzero(regions[:, np.newaxis] & sectors)


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


def _cut(system: System, S: Index, to: tuple[Names, Names], kind: Kind, replacement: Replacement) -> Cut:
    """Return which sales end and who takes over; with regions or sectors in `to`, only those to them."""
    flow = to != (None, None)
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
    seller = " | ".join(joined(names) for names in (region, sector) if names is not None)
    buyer = " | ".join(joined(names) for names in (to_region, to_sector) if names is not None)
    return seller + (f" to {buyer}" if buyer else "")


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
