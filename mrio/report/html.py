"""The pieces of a page: its style, tables, pictures, and words to read them by."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from mrio.numerals import table_number
from mrio.plotting import png_of

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
body { color: #222 } .wide { overflow-x: auto }
table { border-collapse: collapse; margin: .6rem 0 1.4rem } th, td { padding: .2rem .5rem; text-align: right }
th, td { white-space: nowrap; font-variant-numeric: tabular-nums }
th { border-bottom: 1px solid #999; font-weight: 600 }
tbody th { border: 0; text-align: left; font-weight: 400; vertical-align: top }
tbody tr:nth-child(even) td { background: #f6f6f6 }
em.headline, .limits { background: #fff3cd; padding: .2rem .5rem } .limits ul { margin: .2rem 0 }
.words th, .words td { text-align: left; vertical-align: top; white-space: normal }
img { max-width: 100% } p.reading { color: #555; max-width: 46rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem } dt { font-weight: 600 }
dd { margin: 0 } @media (max-width: 40rem) { dl { display: block } dd { margin: 0 0 .4rem } }
"""


def definitions(rows: Mapping[str, str]) -> str:
    """Return words and what they stand for."""
    return "<dl>" + "".join(f"<dt>{k}</dt><dd>{escape(v)}</dd>" for k, v in rows.items()) + "</dl>"


def table_of(table: pd.DataFrame) -> str:
    """Return a table with numbers rounded to five figures."""
    html = table.to_html(float_format=table_number, na_rep="", border=0, index_names=False)
    head, foot = html.split("</thead>")
    # Units stand under the names of columns, which keeps tables narrow.
    return wide(f"{head.replace(' [', '<br>[')}</thead>{foot}")


def wide(html: str) -> str:
    """Return a table that is moved sideways where the page is narrower than it."""
    return f"<div class='wide'>{html}</div>"


def reading(text: str) -> str:
    """Return how a table or picture is read."""
    return f"<p class='reading'>{escape(text)}</p>"


def picture(ax: Any, text: str) -> str:
    """Return the figure of Axes inside of the page, and close it."""
    data = base64.b64encode(png_of(ax)).decode()
    return f"<p><img alt='{escape(text)}' src='data:image/png;base64,{data}'></p>"
