"""The page of a transfer."""

from __future__ import annotations

from html import escape
from typing import Final

import pandas as pd

from mrio.examples import CHOICES
from mrio.numerals import short
from mrio.report.html import definitions, picture, reading, table_of
from mrio.transfer import Transfer
from mrio.transfer.result import PARTS

_MOST_REGIONS: Final = 4
"""Regions with a picture of their own where no block was named."""

_IMPORTS: Final = {
    "sourced": "sourced: abroad is one of the origins that buyers choose from",
    "domestic": "domestic: shares among the regions only",
    "row": "row: imports are one row, and no origin",
}
_EXPORTS: Final = {
    "level": "level: buyers abroad demand more or less",
    "sourced": "sourced: buyers abroad change regions, too",
}


_BOUNDS: Final = ("low", "high", "same_sign")


def transfer_sections(transfer: Transfer, ranges: pd.DataFrame | None) -> list[str]:
    """Return the sections of the page of a transfer.

    Parameters
    ----------
    transfer
        The result.
    ranges
        Ranges of its summary over other tables, as `mrio.Variants.range` gives them.
    """
    sections = [_in_short(transfer, ranges), _asked(transfer), _balance_section(transfer)]
    if ranges is not None:
        sections.append(_range_section(ranges))
    sections += [_product_section(transfer)]
    if transfer.block:
        sections += [_block_section(transfer, account) for account in transfer.accounts]
    if {"value_added", "co2"} <= set(transfer.accounts):
        sections.append("<h2>Value added and carbon</h2>")
        sections.append(picture(transfer.plot.quadrant(), "effects on value added and CO2 by region"))
    return sections


def _shown(transfer: Transfer) -> tuple[str, ...]:
    """Return the regions that are told of one by one."""
    return (transfer.block or transfer.regions)[:_MOST_REGIONS]


def _in_short(transfer: Transfer, ranges: pd.DataFrame | None) -> str:
    """Return the main numbers as sentences, with their ranges where they are known."""
    summary = transfer.summary()
    unit = str(transfer.direct.attrs["units"])
    asked = {f"net [{unit}]": ("net transfer of production", unit)}
    for account in transfer.accounts:
        own = str(transfer.impact(account).attrs["units"])
        asked[f"{account} [{own}]"] = (f"effect on {_words(account)}", own)
    rows = []
    for region in _shown(transfer):
        told = [
            f"{words} {_signed(float(summary[column][region]))} {own}{_range(ranges, region, column)}"
            for column, (words, own) in asked.items()
        ]
        rows.append(f"<li><b>{escape(region)}</b>: {escape('; '.join(told))}.</li>")
    if len(transfer.block) > 1:
        rows += [_block_sentence(transfer, account) for account in transfer.accounts]
    note = "" if ranges is None else reading("In parentheses the range over the sensitivity set, see below.")
    return f"<h2>In short</h2><ul>{''.join(rows)}</ul>{note}"


def _range(ranges: pd.DataFrame | None, region: str, column: str) -> str:
    """Return the range of a number in parentheses, and whether its sign holds."""
    if ranges is None or (region, column) not in ranges.index:
        return ""
    low, high, same = (float(ranges[name].loc[[(region, column)]].iloc[0]) for name in _BOUNDS)
    doubt = "" if same == 1 else ": its sign is not certain"
    return f" ({_signed(low)} to {_signed(high)}{doubt})"


def _block_sentence(transfer: Transfer, account: str) -> str:
    """Return the effects on the whole block, part by part."""
    whole = transfer.blocks(account).loc[list(transfer.block)].sum()
    parts = ", ".join(f"{_words(part)} {_signed(whole[part])}" for part in PARTS)
    unit = transfer.impact(account).attrs["units"]
    words = f"{_words(account)} {_signed(whole['total'])} {unit}: {parts}."
    return f"<li><b>The block together</b>: effect on {escape(words)}</li>"


def _signed(value: float) -> str:
    """Return a number with its sign in three figures."""
    text = short(float(value))
    return text.replace("-", "\u2212") if value < 0 else f"+{text}"


def _asked(transfer: Transfer) -> str:
    """Return what was asked, as a definition list."""
    attrs = transfer.data.attrs
    imports, exports = str(attrs["imports"]), str(attrs["exports"])
    rows = {
        "periods": f"{attrs['period_0']} to {attrs['period_1']}",
        "block": ", ".join(transfer.block) or "none",
        "measure": f"{attrs['method']}, {attrs['scheme']} scheme, weights {attrs['weights']}",
        "imports": _IMPORTS.get(imports, imports),
        "exports": _EXPORTS.get(exports, exports),
        "prices": f"{attrs['price_basis_0']}; {attrs['price_basis_1']}. {attrs.get('price_note', '')}",
    }
    return "<h2>What was asked</h2>" + definitions(rows)


def _balance_section(transfer: Transfer) -> str:
    text = (
        "In every purchase the shares of the origins change. What one origin lost went to those who gained, "
        "in proportion to their gains: transfer in, out, and net. Effects on accounts are what these changes "
        "of sourcing did along the whole supply chain; abroad has no accounts. A transfer is a change of "
        "shares, not a plant that was moved."
    )
    drawn = picture(transfer.plot.matrix(), "transferred production by pair of regions")
    return (
        "<h2>Who gained and lost production</h2>"
        + reading(text)
        + table_of(_in_words(transfer.summary()))
        + drawn
    )


def _product_section(transfer: Transfer) -> str:
    drawn = [picture(transfer.plot.sectors(name), f"net transfer of {name}") for name in _shown(transfer)]
    text = "Transfer in less transfer out, the largest in size. Single products are less certain than totals."
    return "<h2>By product</h2>" + reading(text) + "".join(drawn)


def _range_section(ranges: pd.DataFrame) -> str:
    sets = ("lowest", "highest")
    named = dict.fromkeys([*ranges["lowest"], *ranges["highest"]])
    shown = ranges.assign(**{name: ranges[name].map(_words) for name in sets})
    if ranges.index.nlevels > 1:
        shown = shown.rename(index=_words, level=1)
    rows = {_words(name): CHOICES[name] for name in named if name in CHOICES}
    told = "<p>The sets that give the lowest or highest numbers:</p>" + definitions(rows) if rows else ""
    return (
        "<h2>How much depends on the choices behind the tables</h2>"
        "<p>The same numbers from tables built under other defensible choices. "
        "The sets are hand-made and unevenly spaced: a range is no confidence "
        "interval, and the share of sets with the same sign is no probability.</p>"
        + table_of(_in_words(shown))
        + told
    )


def _in_words(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose columns are named in words; labels of regions stay as they are."""
    return table.rename(columns=_words)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _block_section(transfer: Transfer, account: str) -> str:
    unit = transfer.impact(account).attrs["units"]
    parts = (
        "Overall in and out: transfers between the block and everybody else, abroad included. Internal: "
        "among the regions of the block. Elsewhere: among others, which reach a region through the chain."
    )
    own = "Seen from each region: transfers to it (own in), from it (own out), and between others."
    return (
        f"<h2>Effects on {escape(_words(account))} [{escape(unit)}]</h2>"
        + reading(parts)
        + table_of(_in_words(transfer.blocks(account)))
        + picture(transfer.plot.blocks(account), f"effects on {account} by part")
        + reading(own)
        + table_of(_in_words(transfer.own_view(account)))
    )
