"""Linkages: how strongly a sector pulls on its suppliers and pushes its users."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mrio.leontief import Leontief
from mrio.measures.linkages.result import Linkages
from mrio.measures.measure import (
    OUTPUT,
    Intensities,
    Sheet,
    by_region,
    intensities,
    rates,
    require_accounts,
)
from mrio.results import require_adding_up
from mrio.tables import System
from mrio.tables.arrays import Array, ratio

Within = Literal["table", "region"]

_PANEL = 400


@dataclass(frozen=True, eq=False)
class Spread:
    """How the elements of L are spread, from its columns panel by panel; n rows.

    Attributes
    ----------
    columns
        Sum of squares of each column of L (n,).
    rows
        Sum of squares of each row of L (n,).
    ghosh_rows
        Sum of squares of each row of the Ghosh inverse (n,).
    diagonal
        Diagonal of L (n,).
    """

    columns: Array
    rows: Array
    ghosh_rows: Array
    diagonal: Array


def linkages(
    system: System,
    accounts: str | Iterable[str] | None = None,
    *,
    within: Within = "table",
    details: bool = True,
) -> Linkages:
    """Measure backward and forward linkages of every region-sector.

    Backward: what one unit of final demand for a sector generates along its chain of suppliers,
    ``b' = f' (I - A)^-1`` (direct: column sums of A). Forward: what one unit of primary input of a sector
    enables along its chain of users, ``G f`` with the Ghosh inverse ``G = (I - x^-1 Z)^-1 = x^-1 L x``
    (direct: row sums of ``x^-1 Z``). For output f = 1. Normalised, backward linkages are the power of
    dispersion [2]_; the sensitivity of dispersion, row sums of L over their mean, stands beside the forward
    linkages. Pure linkages [3]_ leave out what a sector does for itself:
    ``PBL_j = 1' (I - A_rr)^-1 A_rj y_j / (1 - a_jj)`` and ``PFL_j = A_jr (I - A_rr)^-1 y_r / (1 - a_jj)``, r
    being all other sectors.

    Parameters
    ----------
    system
        The table.
    accounts
        ``"output"`` (the default), or names of accounts, of which the total along the chain is then meant.
    within
        Over what normalised linkages average to 1: all region-sectors of the ``"table"``, or those of each
        ``"region"``.
    details
        Whether to compute pure linkages and the coefficients of variation of the columns of L and the rows of
        G as well, which need n solves; False leaves them out.

    Returns
    -------
    Linkages
        Linkages [account per unit of money], split by the region where they arise.

    Raises
    ------
    LabelError, DataError
        When an account is unknown or named twice.
    BalanceError
        When linkages do not add up within 1e-9.

    Notes
    -----
    A sector without output has zero coefficients: its linkages are those of its own unit, 1 for output.

    References
    ----------
    .. [1] Miller, R. E. and Blair, P. D. (2022), Input-Output Analysis, 3rd ed., Cambridge University Press,
       chapter 12, doi:10.1017/9781108676212.
    .. [2] Rasmussen, P. N. (1956), Studies in Inter-sectoral Relations, North-Holland, chapter 8.
    .. [3] Sonis, M., Guilhoto, J. J. M., Hewings, G. J. D. and Martins, E. B. (1995), The Developing
       Economies 33(3), 233-246, doi:10.1111/j.1746-1049.1995.tb00716.x.

    Examples
    --------
    >>> import mrio
    >>> found = mrio.linkages(mrio.load_example("illustrative")["1"])
    >>> round(float(found.data["backward_normalised"].mean()), 12)
    1.0
    """
    if within not in ("table", "region"):
        raise ValueError(f"within={within!r}: choose 'table' or 'region'")
    asked = intensities(system, accounts, (OUTPUT,))
    sheet = Sheet(
        account=asked.names,
        region=system.regions,
        sector=system.sectors,
        from_region=system.regions,
        to_region=system.regions,
    )
    gap = _put_totals(sheet, system, asked, within)
    _put_direct(sheet, system, within)
    if details:
        spread = column_spread(system.leontief, system.arrays.x.ravel())
        gap = max(gap, _put_pure(sheet, system, spread.diagonal, within))
        _put_dispersion(sheet, system, spread)
    return Linkages(
        sheet.dataset(
            system,
            f"Linkages of {', '.join(asked.names)}",
            "backward linkages times final demand, and forward linkages times primary inputs, add up to the "
            "account of the whole table; parts by region add up to each linkage; linkages of several sectors "
            "do not add up to anything",
            f"both totals reproduced: largest gap {gap:.1e}; normalised linkages average to 1",
            within=within,
        )
    )


def _put_totals(sheet: Sheet, system: System, asked: Intensities, within: Within) -> float:
    """Put total linkages, their parts by region and their normalised form; return the largest gap."""
    op, x, R = system.leontief, system.arrays.x.ravel(), len(system.regions)
    rates_by_region = by_region(system, asked.per_output)
    backward = backward_linkages(op, rates_by_region)
    forward = forward_linkages(op, by_region(system, asked.flows), x, rates_by_region)
    units = rates(asked, system.unit)
    base = ("region", "sector")
    by_origin = ("account", "from_region", *base)
    sheet.put("backward_by_region", backward, by_origin, units, "backward linkage by region where it arises")
    text = "forward linkage by region where it arises"
    sheet.put("forward_by_region", forward, ("account", "to_region", *base), units, text)
    gaps, means = [], []
    primary = x - system.leontief.A.T @ np.ones(x.size) * x
    y = system.arrays.final_demand.ravel()
    for name, parts, weights in (("backward", backward, y), ("forward", forward, primary)):
        total = parts.sum(axis=1)
        sheet.put(name, total, ("account", *base), units, f"total {name} linkage")
        text = f"total {name} linkage over its average in the {within}"
        even = normalised(total, R, within)
        sheet.put(f"{name}_normalised", even, ("account", *base), "1", text)
        what = f"{name} linkages times their weights and the account"
        gaps.append(require_accounts(total @ weights, asked.flows.sum(axis=1), what))
        means.append(averages(even, R, within)[averages(total, R, within) != 0])
    found = np.concatenate(means)
    require_adding_up(found, np.ones_like(found), 1.0, "average of normalised linkages and 1")
    return max(gaps)


def _put_direct(sheet: Sheet, system: System, within: Within) -> None:
    """Put column sums of A, row sums of the output coefficients, and normalised row sums of L."""
    A, x, base = system.leontief.A, system.arrays.x.ravel(), ("region", "sector")
    direct = ratio(A @ x, x)
    for name, values in (("backward_direct", A.T @ np.ones(x.size)), ("forward_direct", direct)):
        sheet.put(name, values, base, "1", f"{name.replace('_', ' ')} linkage")
    rows = np.asarray(system.leontief.solve(np.ones(x.size)))
    even = normalised(rows[np.newaxis], len(system.regions), within)
    text = f"output for one unit of final demand for every product over its average in the {within}"
    sheet.put("sensitivity_of_dispersion", even, base, "1", text)


def _put_pure(sheet: Sheet, system: System, diagonal: Array, within: Within) -> float:
    """Put pure linkages and their normalised form; return the gap of output rebuilt from them."""
    x, y = system.arrays.x.ravel(), system.arrays.final_demand.ravel()
    own = np.asarray(system.leontief.A.diagonal())
    column_sums = np.asarray(system.leontief.solve_left(np.ones(x.size)))
    back, ahead = pure_linkages(column_sums, diagonal, own, x, y)
    for name, values in (("pure_backward", back), ("pure_forward", ahead), ("pure_total", back + ahead)):
        text = f"{name.replace('_', ' ')} linkage of output"
        sheet.put(name, values, ("region", "sector"), system.unit, text)
        even = normalised(values[np.newaxis], len(system.regions), within)
        text = f"{text} over its average in the {within}"
        sheet.put(f"{name}_normalised", even, ("region", "sector"), "1", text)
    rebuilt = diagonal * (1 - own) * (y / (1 - own) + ahead)
    return require_adding_up(rebuilt, x, float(np.abs(x).max()), "own and pure forward linkages and output")


def _put_dispersion(sheet: Sheet, system: System, spread: Spread) -> None:
    """Put coefficients of variation of the columns of L and the rows of G."""
    op, x = system.leontief, system.arrays.x.ravel()
    sums = np.asarray(op.solve_left(np.ones(x.size)))
    rows = ghosh_row_sums(op, x[:, np.newaxis], x, np.ones(x.size)).ravel()
    for name, total, squares in (("backward", sums, spread.columns), ("forward", rows, spread.ghosh_rows)):
        values = variation(total, squares, x.size)
        text = f"coefficient of variation over the elements of the {name} linkage of output"
        sheet.put(f"{name}_dispersion", values, ("region", "sector"), "1", text)


# -- kernels ----------------------------------------------------------------------------------------------


def backward_linkages(op: Leontief, rates: Array) -> Array:
    """Return f' L split by the region where it arises, (M, R, n).

    Parameters
    ----------
    op
        Leontief operator, n rows.
    rates
        M accounts per unit of output, by region (M, R, n).
    """
    return np.asarray(op.solve_left(rates.reshape(-1, op.n))).reshape(rates.shape)


def forward_linkages(op: Leontief, flows: Array, x: Array, rates: Array) -> Array:
    """Return G f split by the region where it arises, (M, R, n).

    Parameters
    ----------
    op
        Leontief operator, n rows.
    flows
        M accounts by region (M, R, n).
    x
        Output (n,).
    rates
        The same per unit of output (M, R, n).
    """
    found = ghosh_row_sums(op, flows.reshape(-1, op.n).T, x, rates.reshape(-1, op.n).T)
    return found.T.reshape(flows.shape)


def ghosh_row_sums(op: Leontief, flows: Array, x: Array, own: Array) -> Array:
    """Return ``G f = x^-1 L (f o x)``, (n, k); a row without output is a row of the unit matrix.

    Parameters
    ----------
    op
        Leontief operator, n rows.
    flows
        f o x, (n, k).
    x
        Output (n,).
    own
        f itself (n,) or (n, k), which stands where there is no output.
    """
    enabled = np.asarray(op.solve(flows))
    result = np.broadcast_to(own.reshape(x.size, -1), enabled.shape).copy()
    return np.divide(enabled, x[:, np.newaxis], out=result, where=x[:, np.newaxis] != 0)


def column_spread(op: Leontief, x: Array, panel: int = _PANEL) -> Spread:
    """Return sums of squares of the columns and rows of L, solving for one panel of columns at a time.

    Parameters
    ----------
    op
        Leontief operator, n rows.
    x
        Output (n,).
    panel
        Columns of L that exist at a time.
    """
    n = x.size
    op.expect(n)
    columns, rows, weighted, diagonal = np.empty(n), np.zeros(n), np.zeros(n), np.empty(n)
    for start in range(0, n, panel):
        chosen = np.arange(start, min(start + panel, n))
        unit = np.zeros((n, chosen.size))
        unit[chosen, chosen - start] = 1.0
        L = np.array(op.solve(unit), subok=False)
        diagonal[chosen] = L[chosen, chosen - start]
        np.square(L, out=L)
        columns[chosen] = L.sum(axis=0)
        rows += L.sum(axis=1)
        weighted += L @ x[chosen] ** 2
    ghosh = np.divide(weighted, x**2, out=np.ones(n), where=x != 0)
    return Spread(columns, rows, ghosh, diagonal)


def variation(sums: Array, squares: Array, n: int) -> Array:
    """Return the coefficient of variation of n elements from their sum and sum of squares, (n,)."""
    mean = sums / n
    variance = np.maximum(squares - n * mean**2, 0.0) / max(n - 1, 1)
    return np.asarray(np.sqrt(variance) / mean)


def pure_linkages(column_sums: Array, diagonal: Array, own: Array, x: Array, y: Array) -> tuple[Array, Array]:
    """Return pure backward and pure forward linkages of all sectors at once, each (n,).

    With L_rj / L_jj = (I - A_rr)^-1 A_rj and L_jr / L_jj = A_jr (I - A_rr)^-1, no sector has to be taken out.

    Parameters
    ----------
    column_sums, diagonal
        Of L, each (n,).
    own
        Diagonal of A (n,).
    x, y
        Output and final demand, each (n,).
    """
    backward = (column_sums - diagonal) / diagonal * y / (1 - own)
    forward = (x - diagonal * y) / (diagonal * (1 - own))
    return backward, forward


def averages(values: Array, regions: int, within: Within) -> Array:
    """Return the mean of values (M, n) in the table (M, 1) or in each region (M, R)."""
    mean = values.reshape(len(values), regions, -1).mean(axis=2)
    return np.asarray(mean if within == "region" else mean.mean(axis=1, keepdims=True))


def normalised(values: Array, regions: int, within: Within) -> Array:
    """Return values (M, n) over their mean in the table or in each region, (M, n); zero where the mean is."""
    blocks = values.reshape(len(values), regions, -1)
    mean = averages(values, regions, within)[:, :, np.newaxis]
    result = ratio(blocks, mean)
    return np.asarray(result.reshape(values.shape))
