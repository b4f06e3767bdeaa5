"""The page of a result: what was asked, tables, pictures, checks and sources."""

from __future__ import annotations

from html import escape
from inspect import Parameter, signature
from typing import Any, Final

import pandas as pd

from mrio.change import Decomposition
from mrio.files import PathLike, write_text
from mrio.provenance import Provenance
from mrio.report.html import STYLE, definitions, picture, table_of, wide
from mrio.report.transfer import transfer_sections
from mrio.results import Result
from mrio.scenarios.comparison import Comparison
from mrio.transfer import Transfer

UNPUBLISHED: Final = "not to be published as numbers"
"""How the note of a group of cells begins that no number may be published of."""


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
        sections = transfer_sections(result, ranges)
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
    head = f"<h1>{title}</h1>{headline}{_limits(result)}"
    parts = [head, *sections, _checks(result), _numbers(result), _sources(result)]
    body = "\n".join(parts)
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>"
        "<meta name='viewport' content='width=device-width'>"
        f"<link rel='icon' href='data:,'><style>{STYLE}</style></head><body>{body}</body></html>"
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
    sections = [definitions(rows), "<h2>Summary</h2>" + table_of(shown) + cut]
    drawn = [picture(draw(), name.replace("_", " ")) for name, draw in _free_pictures(result)]
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


def _limits(result: Result) -> str:
    """Return what must not be published as numbers, in the words of the tables behind a result."""
    named = {
        f"{group}{cells.note.removeprefix(UNPUBLISHED)}": None
        for _, record in _records(result)
        for group, cells in record.groups.items()
        if cells.note.startswith(UNPUBLISHED)
    }
    rows = "".join(f"<li>{escape(text)}</li>" for text in named)
    return f"<div class='limits'>Not to be published as numbers:<ul>{rows}</ul></div>" if rows else ""


def _records(result: Result) -> list[tuple[str, Provenance]]:
    """Return the provenance of each table behind a result, with its period."""
    attrs = result.data.attrs
    return [
        (str(attrs.get(f"period{suffix}", "")), Provenance.from_json(str(attrs[f"provenance{suffix}"])))
        for suffix in ("", "_0", "_1")
        if f"provenance{suffix}" in attrs
    ]


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
        "<details><summary>what they hold</summary><div class='wide'><table class='words'>"
        "<thead><tr><th>array</th><th>dims</th>"
        f"<th>size</th><th>unit</th></tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _decomposition_sections(decomposition: Decomposition) -> list[str]:
    attrs = decomposition.data.attrs
    rows = {
        "periods": f"{attrs['period_0']} to {attrs['period_1']}",
        "method": f"{attrs['method']}, {decomposition.form}",
        "imports, exports": f"{attrs['imports']}, {attrs['exports']}",
        "prices": f"{attrs['price_basis_0']}; {attrs['price_basis_1']}. {attrs.get('price_note', '')}",
    }
    sections = [definitions(rows)]
    for account in decomposition.accounts:
        unit = str(decomposition.data[account].attrs["units"])
        sections.append(f"<h2>Effects on {escape(account)} [{escape(unit)}]</h2>")
        sections.append(table_of(decomposition.table(account)))
        sections.append(picture(decomposition.plot.waterfall(account), f"effects on {account}"))
        sections.append(picture(decomposition.plot.effects(account), f"effects on {account} by region"))
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
        definitions(rows),
        f"<h2>Scenarios and what they hold fixed</h2><ul>{told}</ul>" if told else "",
        "<h2>Changes in all regions together</h2>" + table_of(comparison.summary()),
    ]
    for account in comparison.accounts:
        sections.append(f"<h2>{escape(account)} [{escape(comparison.unit(account))}]</h2>")
        sections.append(table_of(comparison.by_region(account)))
        sections.append(picture(comparison.plot.bars(account), f"change of {account} by run and region"))
    if {"value_added", "co2"} <= set(comparison.accounts):
        sections.append("<h2>Value added and carbon</h2>")
        sections.append(picture(comparison.plot.cocontrol(), "changes of value added and CO2 by run"))
    return sections


def _sources(result: Result) -> str:
    """Return sources of the tables behind a result and the status of their groups of cells."""
    parts = ["<h2>Sources</h2>"]
    for period, record in _records(result):
        name = escape(period)
        rows = "".join(
            f"<tr><th>{escape(group)}</th><td>{cells.status}</td><td>{escape(cells.note)}</td>"
            f"<td>{escape(cells.source)}</td></tr>"
            for group, cells in record.groups.items()
        )
        heads = "".join(f"<th>{word}</th>" for word in ("cells", "status", "how", "from"))
        table = wide(f"<table class='words'><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>")
        table = table if rows else ""
        steps = "".join(f"<li>{escape(step.action)}</li>" for step in record.steps)
        done = f"<details><summary>what was done to them</summary><ol>{steps}</ol></details>" if steps else ""
        parts.append(f"<h3>{name}</h3><p>{escape(record.source)}</p>{table}{done}")
    return "".join(parts)
