"""The sign of flows: logarithms exist of positive numbers only."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mrio.change.factors import Treatment
from mrio.change.shares import Array
from mrio.errors import DataError
from mrio.leontief.storage.matrices import to_dense
from mrio.schema import SYSTEM_DIMS
from mrio.tables import System
from mrio.tables.arrays import cells_table

_STOCKS = "stock_change + discrepancy"


def require_not_negative(
    a: System, b: System, accounts: tuple[str, ...], treatment: Treatment, stocks: bool = True
) -> None:
    """Raise where flows behind a term of the LMDI form are negative.

    Parameters
    ----------
    a, b
        The two tables.
    accounts
        Names of the accounts.
    treatment
        How imports are treated.
    stocks
        Whether stocks and discrepancy are a term as well.

    Raises
    ------
    DataError
        With a table of all these cells.
    """
    tables = [
        _negative(system, name, values)
        for system in (a, b)
        for name, values in _flows(system, accounts, treatment)
        if stocks or name != _STOCKS
    ]
    table = pd.concat(tables, ignore_index=True)
    if not len(table):
        return
    table = table.sort_values("value", ignore_index=True, kind="stable")
    worst = table.head(3).itertuples(index=False, name=None)
    raise DataError(
        "The LMDI form takes logarithms, and some flows are negative.",
        where="; ".join(f"{name} {period}: {cell} = {value:.6g}" for name, period, cell, value in worst),
        amount=f"{len(table)} cells in {', '.join(dict.fromkeys(table['array']))}",
        remedy="use method='shapley', which takes any sign"
        + (", or method='lmdi_mixed' where only stocks are" if set(table["array"]) == {_STOCKS} else ""),
        table=table,
    )


def _flows(system: System, accounts: tuple[str, ...], treatment: Treatment) -> list[tuple[str, Array]]:
    """Return the flows whose signs matter, by name."""
    arrays = system.arrays
    flows: dict[str, Array | None] = {"Y": arrays.Y, "exports": arrays.exports}
    if treatment.imports == "sourced":
        flows |= {"imports_Y": arrays.imports_Y, "imports_Z": arrays.imports_Z}
    if treatment.imports == "row":
        flows["imports_row_Y"] = arrays.imports_by_demand
    flows["Z"] = to_dense(arrays.Z).reshape(system.labels.shape(SYSTEM_DIMS["Z"]))
    parts = [part for part in (arrays.stock_change, arrays.discrepancy) if part is not None]
    flows[_STOCKS] = np.asarray(sum(parts)) if parts else None
    flows |= {name: system.account(name).values for name in accounts}
    return [(name, values) for name, values in flows.items() if values is not None]


def _negative(system: System, name: str, values: Array) -> pd.DataFrame:
    """Return the negative cells of one array: its name, the period, the cell in words and the value."""
    cells = cells_table(values, values < 0, SYSTEM_DIMS.get(name, SYSTEM_DIMS["x"]), system.labels)
    words = [" | ".join(map(str, row[:-1])) for row in cells.itertuples(index=False, name=None)]
    return pd.DataFrame({"array": name, "period": system.period, "cell": words, "value": cells["value"]})
