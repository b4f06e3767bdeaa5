"""One self-contained HTML page of a result: what was asked, tables, pictures, checks and sources."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from inspect import Parameter, signature
from typing import Any

import pandas as pd

from mrio.change import Decomposition
from mrio.files import PathLike, write_text
from mrio.numerals import table_number
from mrio.plotting import png_of
from mrio.provenance import Provenance
from mrio.results import Result
from mrio.scenarios.comparison import Comparison
from mrio.transfer import Transfer

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
body { color: #222 }
table { border-collapse: collapse; margin: .6rem 0 1.4rem } th, td { padding: .2rem .7rem; text-align: right }
th { border-bottom: 1px solid #999; font-weight: 600 }
tbody th { border: 0; text-align: left; font-weight: 400 }
tr:nth-child(even) td { background: #f6f6f6 } em.headline { background: #fff3cd; padding: .2rem .5rem }
.words th, .words td { text-align: left; vertical-align: top }
img { max-width: 100% } small, footer { color: #555 } dt { font-weight: 600 }
"""


def write_report(result: Result, path: PathLike, ranges: pd.DataFrame | None = None) -> None:
    """Write a result as one HTML page with its pictures inside; `Result.report` does the same.

    A `Transfer`, `Decomposition` or `Comparison` has a page of its own; any other result gets its summary and
    every picture that can be drawn without a choice.

    Parameters
    ----------
    result
        Any result.
    path
        File to write; it needs no network and no other file.
    ranges
        Ranges of the summary of a `Transfer` over other tables, as `Variants.range` gives them.

    Raises
    ------
    MissingExtraError
        When matplotlib is not installed.
    FileError
        When the file cannot be written.

    Examples
    --------
    >>> import mrio, pathlib, tempfile
    >>> tables = mrio.load_example("illustrative")
    >>> t = mrio.measure_transfer(tables["0"], tables["1"], block=["BJ", "TJ", "HE"])
    >>> page = pathlib.Path(tempfile.mkdtemp()) / "transfer.html"
    >>> write_report(t, page)
    >>> page.read_text(encoding="utf-8").startswith("<!doctype html>")
    True
    """
    if isinstance(result, Transfer):
        sections = _transfer_sections(result, ranges)
    elif isinstance(result, Decomposition):
        sections = _decomposition_sections(result)
    elif isinstance(result, Comparison):
        sections = _comparison_sections(result)
    else:
        sections = _sections(result)
    write_text(path, _page(result, sections))


def _page(result: Result, sections: list[str]) -> str:
    """Return a page: what it is, the sections, checks, data and sources."""
    headline = f"<p><em class='headline'>{escape(result.headline)}</em></p>" if result.headline else ""
    title = escape(result.title)
    parts = [f"<h1>{title}</h1>{headline}", *sections, _checks(result), _numbers(result), _sources(result)]
    body = "\n".join(parts)
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>"
        "<meta name='viewport' content='width=device-width'>"
        f"<link rel='icon' href='data:,'><style>{_STYLE}</style></head><body>{body}</body></html>"
    )


_ASKED = {
    "period": "period",
    "scenario": "scenario",
    "accounts": "accounts",
    "account": "account",
    "method": "method",
    "what": "what",
    "price_basis": "prices",
    "imports": "imports",
}
"""What is told of a result that has no page of its own: attributes of its data, and their words."""

_MOST_ROWS = 40


def _sections(result: Result) -> list[str]:
    """Return the sections of a result that has no page of its own."""
    attrs = result.data.attrs
    rows = {words: str(attrs[name]).replace("\n", ", ") for name, words in _ASKED.items() if attrs.get(name)}
    table = result.summary()
    shown = table.head(_MOST_ROWS)
    cut = "" if len(shown) == len(table) else f"<p>The first {len(shown)} of {len(table)} rows.</p>"
    sections = [_definitions(rows), "<h2>Summary</h2>" + _table(shown) + cut]
    drawn = [_picture(draw(), name.replace("_", " ")) for name, draw in _free_pictures(result)]
    return [*sections, "<h2>Pictures</h2>" + "".join(drawn)] if drawn else sections


def _free_pictures(result: Result) -> list[tuple[str, Any]]:
    """Return the pictures of a result that are drawn on given Axes and leave nothing to choose."""
    pictures = getattr(result, "plot", None)
    names = [name for name in dir(pictures) if not name.startswith("_")]
    methods = [(name, getattr(pictures, name)) for name in names]
    free = []
    for name, method in methods:
        asked = signature(method).parameters if callable(method) else {}
        if "ax" in asked and all(one.default is not Parameter.empty for one in asked.values()):
            free.append((name, method))
    return free


def _checks(result: Result) -> str:
    """Return the identities that were checked when the result was made."""
    checks = result.data.attrs.get("checks")
    return f"<h2>Checks passed</h2><p>{escape(str(checks))}</p>" if checks else ""


def _numbers(result: Result) -> str:
    """Return what the data of the result hold, and how to get at them."""
    rows = "".join(
        f"<tr><th>{escape(str(name))}</th><td>{escape(', '.join(map(str, array.dims)))}</td>"
        f"<td>{' x '.join(map(str, array.shape))}</td>"
        f"<td>{escape(str(array.attrs.get('units', '')))}</td></tr>"
        for name, array in result.data.data_vars.items()
    )
    return (
        "<h2>Data</h2><p>All numbers behind this page: <code>to_netcdf(path)</code> or "
        "<code>to_dataframe()</code> of the result.</p>"
        "<details><summary>what they hold</summary><table class='words'>"
        "<thead><tr><th>array</th><th>dims</th>"
        f"<th>size</th><th>unit</th></tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _transfer_sections(transfer: Transfer, ranges: pd.DataFrame | None) -> list[str]:
    shown = (transfer.block or transfer.regions)[:4]
    sections = [
        _asked(transfer),
        "<h2>Who gained and lost production</h2>" + _table(transfer.summary()),
        *([] if ranges is None else [_range_section(ranges)]),
        _picture(transfer.plot.matrix(), "transferred production by pair of regions"),
        *(_picture(transfer.plot.sectors(name), f"net transfer of {name}") for name in shown),
    ]
    if transfer.block:
        sections += [_block_section(transfer, account) for account in transfer.accounts]
    if {"value_added", "co2"} <= set(transfer.accounts):
        sections.append("<h2>Value added and carbon</h2>")
        sections.append(_picture(transfer.plot.quadrant(), "effects on value added and CO2 by region"))
    return sections


def _decomposition_sections(decomposition: Decomposition) -> list[str]:
    attrs = decomposition.data.attrs
    rows = {
        "periods": f"{attrs['period_0']} to {attrs['period_1']}",
        "method": f"{attrs['method']}, {decomposition.form}",
        "imports, exports": f"{attrs['imports']}, {attrs['exports']}",
        "prices": f"{attrs['price_basis_0']}; {attrs['price_basis_1']}. {attrs.get('price_note', '')}",
    }
    sections = [_definitions(rows)]
    for account in decomposition.accounts:
        unit = str(decomposition.data[account].attrs["units"])
        sections.append(f"<h2>Effects on {escape(account)} [{escape(unit)}]</h2>")
        sections.append(_table(decomposition.table(account)))
        sections.append(_picture(decomposition.plot.waterfall(account), f"effects on {account}"))
        sections.append(_picture(decomposition.plot.effects(account), f"effects on {account} by region"))
    return sections


def _comparison_sections(comparison: Comparison) -> list[str]:
    attrs = comparison.data.attrs
    rows = {
        "table": str(attrs["title"]),
        "compared with": comparison.relative_to,
        "prices": str(attrs["price_basis"]),
    }
    told = "".join(f"<li>{escape(line)}</li>" for line in str(attrs.get("assumptions", "")).splitlines())
    sections = [
        _definitions(rows),
        f"<h2>Scenarios and what they hold fixed</h2><ul>{told}</ul>" if told else "",
        "<h2>Changes in all regions together</h2>" + _table(comparison.summary()),
    ]
    for account in comparison.accounts:
        sections.append(f"<h2>{escape(account)} [{escape(comparison.unit(account))}]</h2>")
        sections.append(_table(comparison.by_region(account)))
        sections.append(_picture(comparison.plot.bars(account), f"change of {account} by run and region"))
    if {"value_added", "co2"} <= set(comparison.accounts):
        sections.append("<h2>Value added and carbon</h2>")
        sections.append(_picture(comparison.plot.cocontrol(), "changes of value added and CO2 by run"))
    return sections


def _asked(transfer: Transfer) -> str:
    """Return what was asked, as a definition list."""
    attrs = transfer.data.attrs
    rows = {
        "periods": f"{attrs['period_0']} to {attrs['period_1']}",
        "block": ", ".join(transfer.block) or "none",
        "measure": f"{attrs['method']}, {attrs['scheme']} scheme, weights {attrs['weights']}",
        "imports, exports": f"{attrs['imports']}, {attrs['exports']}",
        "prices": f"{attrs['price_basis_0']}; {attrs['price_basis_1']}. {attrs.get('price_note', '')}",
    }
    return _definitions(rows)


def _definitions(rows: Mapping[str, str]) -> str:
    return "<dl>" + "".join(f"<dt>{k}</dt><dd>{escape(v)}</dd>" for k, v in rows.items()) + "</dl>"


def _range_section(ranges: pd.DataFrame) -> str:
    return (
        "<h2>How much depends on the choices behind the tables</h2>"
        "<p>The same numbers from tables built under other defensible choices. "
        "The sets are hand-made and unevenly spaced: a range is no confidence "
        "interval, and the share of sets with the same sign is no probability.</p>" + _table(ranges)
    )


def _block_section(transfer: Transfer, account: str) -> str:
    unit = transfer.impact(account).attrs["units"]
    return (
        f"<h2>Effects on {escape(account)} [{escape(unit)}]</h2>"
        + _table(transfer.blocks(account))
        + _picture(transfer.plot.blocks(account), f"effects on {account} by part")
        + "<p>Seen from each region:</p>"
        + _table(transfer.own_view(account))
    )


def _sources(result: Result) -> str:
    """Return sources of the tables behind a result and the status of their groups of cells."""
    parts = ["<h2>Sources</h2>"]
    attrs = result.data.attrs
    for suffix in [suffix for suffix in ("", "_0", "_1") if f"provenance{suffix}" in attrs]:
        record = Provenance.from_json(str(attrs[f"provenance{suffix}"]))
        name = escape(str(attrs.get(f"period{suffix}", "")))
        rows = "".join(
            f"<tr><th>{escape(group)}</th><td>{cells.status}</td><td>{escape(cells.source)}</td></tr>"
            for group, cells in record.groups.items()
        )
        table = f"<table class='words'><tbody>{rows}</tbody></table>" if rows else ""
        steps = "".join(f"<li>{escape(step.action)}</li>" for step in record.steps)
        done = f"<details><summary>what was done to them</summary><ol>{steps}</ol></details>" if steps else ""
        parts.append(f"<h3>{name}</h3><p>{escape(record.source)}</p>{table}{done}")
    return "".join(parts)


def _table(table: pd.DataFrame) -> str:
    html: str = table.to_html(float_format=table_number, na_rep="", border=0)
    return html


def _picture(ax: Any, text: str) -> str:
    data = base64.b64encode(png_of(ax)).decode()
    return f"<p><img alt='{escape(text)}' src='data:image/png;base64,{data}'></p>"
