"""What is known of the year to which a table is updated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mrio.balancing.feasibility import check_numbers
from mrio.errors import BalanceError, DataError, MrioError, raise_together

Array = npt.NDArray[np.float64]

_SHAPES = {
    "x": "RN",
    "V": "MRN",
    "final_demand": "RK",
    "exports": "RN",
    "imports": "RN",
    "stock_change": "RN",
    "discrepancy": "RN",
    "national_Z": "NN",
    "national_Y": "NK",
    "national_imports_Z": "NN",
    "national_imports_Y": "NK",
    "population": "R",
}
_SIGNED = ("V", "stock_change", "discrepancy")


@dataclass(frozen=True, eq=False, kw_only=True)
class Constraints:
    """Known margins and national cells of a year; only output is required.

    Parameters
    ----------
    x
        Gross output (R, N) [money].
    V
        Primary inputs (M, R, N) [money]; left out: per unit of output as in the base year.
    final_demand
        Totals by region and category, all origins (R, K) [money]; left out: the base year in the proportion
        that closes the national accounts.
    exports
        (R, N) [money]; left out: per unit of output as in the base year.
    imports
        Imports by using region and product (R, N) [money]; left out: per unit of use as in the base year.
    stock_change
        Inventories of domestic products (R, N) [money]; left out: per unit of output as in the base year.
    discrepancy
        Statistical discrepancy (R, N) [money]; left out: zero.
    national_Z, national_Y
        Purchases of all origins in the whole country, (N, N) and (N, K) [money].
    national_imports_Z, national_imports_Y
        Their part from abroad, (N, N) and (N, K) [money]; both or neither.
    population
        (R,) in the unit of the base table; left out: none.
    accounts
        As in `System.from_arrays`; left out: none.
    price_basis
        Prices of the numbers given; left out: those of the base table.
    source
        Who published the numbers.

    Examples
    --------
    >>> Constraints(x=[[110.0], [120.0]], price_basis="current 2017 CNY", source="yearbook 2018").source
    'yearbook 2018'
    """

    x: npt.ArrayLike
    V: npt.ArrayLike | None = None
    final_demand: npt.ArrayLike | None = None
    exports: npt.ArrayLike | None = None
    imports: npt.ArrayLike | None = None
    stock_change: npt.ArrayLike | None = None
    discrepancy: npt.ArrayLike | None = None
    national_Z: npt.ArrayLike | None = None
    national_Y: npt.ArrayLike | None = None
    national_imports_Z: npt.ArrayLike | None = None
    national_imports_Y: npt.ArrayLike | None = None
    population: npt.ArrayLike | None = None
    accounts: Mapping[str, Any] = field(default_factory=dict)
    price_basis: str | None = None
    source: str = "not stated"

    def arrays(self, sizes: Mapping[str, int]) -> dict[str, Array]:
        """Return the numbers that are given as arrays, or raise for shapes, missing numbers and signs.

        Parameters
        ----------
        sizes
            Number of regions R, sectors N, categories K and factors M of the base table.
        """
        given = {
            name: np.array(getattr(self, name), dtype=np.float64)
            for name in _SHAPES
            if getattr(self, name) is not None
        }
        problems: list[MrioError] = []
        for name, values in given.items():
            shape = tuple(sizes[letter] for letter in _SHAPES[name])
            if values.shape != shape:
                problems.append(
                    DataError(
                        f"The constraint {name} does not fit the table.",
                        amount=f"shape {values.shape}, needed {shape}",
                        remedy="give it in the order of the labels of the table",
                    )
                )
            elif name not in _SIGNED and (values < 0).any():
                problems.append(
                    DataError(
                        f"The constraint {name} holds negative numbers.",
                        where=f"at {tuple(map(int, np.unravel_index(np.argmin(values), shape)))}",
                        amount=f"{values.min():g}",
                        remedy="only primary inputs, inventories and discrepancy may be negative",
                    )
                )
        if ("national_imports_Z" in given) != ("national_imports_Y" in given):
            problems.append(
                DataError(
                    "National imports are given for one kind of user only.",
                    remedy="give national_imports_Z and national_imports_Y, or neither",
                )
            )
        raise_together(problems)
        check_numbers(**given)
        return given


def level(cells: Array, totals: Array, tolerance: float, what: str, labels: tuple[str, ...]) -> Array:
    """Return national cells scaled column by column to the sum over regions, which may differ by rounding.

    Parameters
    ----------
    cells
        (N, n).
    totals
        (n,), the same sums from regional margins.
    tolerance
        Largest relative difference.
    what, labels
        Names for the message.

    Raises
    ------
    BalanceError
        With every column that differs by more.
    """
    sums = cells.sum(axis=0)
    gap = np.abs(sums - totals)
    bad = gap > tolerance * np.maximum(np.abs(sums), np.abs(totals))
    if bad.any():
        at = np.flatnonzero(bad).tolist()
        table = pd.DataFrame(
            {
                "label": [labels[number] for number in at],
                "national cells": sums[bad],
                "regions": totals[bad],
                "gap": (sums - totals)[bad],
            }
        ).sort_values("gap", key=lambda gap: -gap.abs(), ignore_index=True)
        worst = table.iloc[0]
        raise BalanceError(
            f"The regional margins do not add up to {what}.",
            where=f"{worst['label']!r}" + (f" and {len(at) - 1} more" if len(at) > 1 else ""),
            amount=f"{worst['regions']:.10g} and {worst['national cells']:.10g}, tolerance {tolerance:g}",
            remedy="scale the regions to the nation first, and say which one is right",
            table=table,
        )
    return np.asarray(cells * np.divide(totals, sums, out=np.ones_like(sums), where=sums != 0))
