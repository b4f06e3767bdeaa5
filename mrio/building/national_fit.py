"""Regional tables brought to the cell totals of their nation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from mrio.balancing.balance import Balanced, gras
from mrio.balancing.capped import spread_capped
from mrio.building.border import abroad
from mrio.building.regional import RegionalTable
from mrio.building.stack import Stack
from mrio.tables.arrays import ratio

Array = npt.NDArray[np.float64]

_EXPORT_CEILING = 0.9
"""Largest share of output (less inventories and discrepancy) that a region may export."""
_IMPORT_CEILING = 0.95
"""Largest share of the use of a product that a region may import."""


def fit_to_nation(
    stack: Stack, nation: RegionalTable, regions: Sequence[str]
) -> tuple[Stack, dict[str, float]]:
    """Bring the tables of all regions to the cell totals of the nation; regions keep shares and structure.

    Output by sector in proportion; intermediate flows and primary inputs of every sector by GRAS to regional
    output and national cells; final demand of every category by GRAS to regional totals (in proportion) and
    national products; exports and imports by product in proportion, exports at most 0.9 of output and imports
    at most 0.95 of use, the excess to other regions; inventories and discrepancy of the nation by output.

    Parameters
    ----------
    stack
        Tables of all regions of the nation.
    nation
        National table, same labels.
    regions
        Names of the regions, for error messages.

    Returns
    -------
    tuple
        The tables, and how much each part moved: sum |change| / sum |prior|.

    Raises
    ------
    BalanceError, ConvergenceError
        When the nation has what no region has, named by sector.
    """
    x = _in_proportion(stack.x, nation.x, stack.x)
    columns = _fit_columns(stack, nation, x, regions)
    final = _fit_final(stack, nation, regions)
    N = x.shape[1]
    Z = columns.matrix[:, :, :N].transpose(1, 2, 0)
    V = columns.matrix[:, :, N:].transpose(1, 2, 0)
    Y = final.matrix.transpose(1, 2, 0)
    share = np.divide(x, nation.x, out=np.zeros_like(x), where=nation.x > 0)
    stock, error = share * nation.stock_change, share * nation.error
    exports_of_nation, imports_of_nation = abroad(nation)
    exports = _capped(stack.exports, exports_of_nation, _EXPORT_CEILING * (x - stock - error), x)
    use = Z.sum(axis=2) + Y.sum(axis=2)
    imports = _capped(stack.imports, imports_of_nation, _IMPORT_CEILING * (use + stock), use)
    fitted = replace(
        stack, Z=Z, Y=Y, V=V, x=x, exports=exports, imports=imports, stock_change=stock, error=error
    )
    changes = {
        "output": _moved(x, stack.x),
        "intermediate flows and primary inputs": columns.moved,
        "final demand": final.moved,
        "exports": _moved(exports, stack.exports),
        "imports": _moved(imports, stack.imports),
    }
    return fitted, changes


def _fit_columns(stack: Stack, nation: RegionalTable, x: Array, regions: Sequence[str]) -> Balanced:
    """Balance inputs (N using sector, R, N products + M factors) to regional output and national cells."""
    prior = np.concatenate([stack.Z, stack.V], axis=1).transpose(2, 0, 1)
    national = np.concatenate([nation.Z, nation.V], axis=0).T
    ratio = np.divide(x, stack.x, out=np.zeros_like(x), where=stack.x > 0)
    labels = (nation.sectors, regions, (*nation.sectors, *nation.factors))
    return gras(prior * ratio.T[:, :, None], x.T, national, labels=labels)


def _fit_final(stack: Stack, nation: RegionalTable, regions: Sequence[str]) -> Balanced:
    """Balance final demand (K, R, N) to regional totals by category and national products."""
    totals = stack.Y.sum(axis=1)
    wanted = _in_proportion(totals, nation.Y.sum(axis=0), totals)
    labels = (nation.demand, regions, nation.sectors)
    return gras(stack.Y.transpose(2, 0, 1), wanted.T, nation.Y.T, labels=labels)


def _in_proportion(values: Array, total: Array, fallback: Array) -> Array:
    """Return values (R, n) scaled to totals (n,), in proportion to the fallback where all are 0."""
    weights = np.where(values.sum(axis=0) != 0, values, fallback)
    sums = weights.sum(axis=0)
    return np.asarray(weights * ratio(total, sums))


def _capped(values: Array, total: Array, ceiling: Array, fallback: Array) -> Array:
    """Return values (R, N) scaled to totals (N,) with none above its ceiling, as far as there is room."""
    weights = np.maximum(_in_proportion(values, total, fallback), 0.0)
    ceiling = np.maximum(ceiling, 0.0)
    within = np.minimum(total, np.where(weights > 0, ceiling, 0.0).sum(axis=0))
    return spread_capped(weights, within, ceiling).values


def _moved(values: Array, prior: Array) -> float:
    """Return sum |change| / sum |prior|."""
    return float(np.abs(values - prior).sum() / max(float(np.abs(prior).sum()), 1e-300))
