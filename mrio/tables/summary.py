"""A table in few words and numbers: totals by region, one line of text, one piece of a page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mrio.numerals import table_number
from mrio.schema import SYSTEM_DIMS
from mrio.tables.arrays import Array
from mrio.tables.rules import ROW_TOLERANCE

if TYPE_CHECKING:
    from mrio.tables.system import System

ROWS = 12
"""Regions that a page shows."""


def region_totals(system: System) -> pd.DataFrame:
    """Return output, value added, trade abroad, accounts and population by region (see `System.summary`)."""
    arrays = system.arrays
    columns: dict[str, Array] = {
        f"output [{system.unit}]": arrays.x.sum(axis=1),
        f"value added [{system.unit}]": arrays.V.sum(axis=(0, 2)),
    }
    if arrays.exports is not None:
        columns[f"exports [{system.unit}]"] = arrays.exports.sum(axis=1)
    if system.imports != "none":
        total = arrays.imports_by_user.sum(axis=1) + arrays.imports_by_demand.sum(axis=1)
        columns[f"imports [{system.unit}]"] = total
    for name, account in system.accounts.items():
        columns[f"{name} [{account.unit}]"] = account.values.sum(axis=1)
        if account.direct_values is not None:
            columns[f"{name}, final users [{account.unit}]"] = account.direct_values
    if arrays.population is not None:
        columns[f"population [{system.population_unit}]"] = arrays.population
    return pd.DataFrame(columns, index=pd.Index(system.regions, name="region"))


def balance_note(system: System) -> str:
    """Return how far columns are from output where they are, in words; a table need only balance by rows."""
    gap = float(np.abs(system.arrays.x - system.arrays.column_sums()).max())
    largest = float(np.abs(system.arrays.x).max())
    if gap <= ROW_TOLERANCE * largest:
        return ""
    return f"columns miss output by up to {gap / largest:.2g} of the largest one: see check()"


def as_text(system: System) -> str:
    """Return what a table is and holds, as a text."""
    headline = f"\n  {system.provenance.headline}" if system.provenance.headline else ""
    parts = [name for name in SYSTEM_DIMS if getattr(system.arrays, name) is not None]
    balance = balance_note(system)
    return (
        f"<System {system.title}>{headline}\n"
        f"  {system.unit}, {system.price_basis}\n"
        f"  arrays: {', '.join(parts)}\n"
        f"  accounts: {', '.join(system.account_names)}\n"
        f"{balance and f'  {balance}' + chr(10)}"
        f"  source: {system.provenance.source}"
    )


def as_page(system: System) -> str:
    """Return what a table is and its first regions, as a piece of a page."""
    headline = f"<p><em>{escape(system.provenance.headline)}</em></p>" if system.provenance.headline else ""
    note = (balance := balance_note(system)) and f"{balance}. "
    table = region_totals(system).head(ROWS).to_html(float_format=table_number)
    return (
        f"<p><b>System {escape(system.title)}</b>, {escape(system.unit)}, {escape(system.price_basis)}</p>"
        f"{headline}{table}<p><small>{escape(note)}Source: {escape(system.provenance.source)}</small></p>"
    )
