"""Tables for pymrio: every part of a `System` in the objects of that library.

Layout
------
``Z``, ``Y``, ``x``, ``unit`` and ``population`` are what they are in pymrio, with index levels region and
sector, and column levels region and category. What pymrio has no place for is put where its accounts stay
right, under names that `mrio.from_pymrio` takes back:

- exports, stock changes and discrepancy: categories of final demand of the selling region itself, named
  ``mrio exports``, ``mrio stock_change`` and ``mrio discrepancy``; so output stays the row sum, and pymrio
  counts them as demand of that region;
- primary inputs: extension ``factor_inputs``; imports: extension ``mrio_imports``, one row, or one a product;
- satellite accounts: extension ``accounts``, or ``accounts_with_direct`` for those with flows of final users,
  which stand in ``F_Y`` under the first category;
- period, scenario, price basis and provenance: JSON in the description of the metadata.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from mrio.errors import MissingExtraError
from mrio.tables.account import Account
from mrio.tables.arrays import Array, is_sparse
from mrio.tables.system import System
from mrio.tables.systems import require_table

OWN_CATEGORY: Final = "mrio "
"""What stands before the name of an array that is carried as a category of final demand."""

OUTSIDE: Final = ("exports", "stock_change", "discrepancy")
FACTORS: Final = "factor_inputs"
IMPORTS: Final = "mrio_imports"
PLAIN, WITH_DIRECT = "accounts", "accounts_with_direct"
MARK: Final = "mrio"
"""Key of the JSON record in the description."""


def to_pymrio(system: System) -> Any:
    """Return a table as a pymrio ``IOSystem``, before any calculation.

    Parameters
    ----------
    system
        The table; a sparse Z becomes dense.

    Returns
    -------
    pymrio.IOSystem
        See the layout above; ``calc_all()`` works, and ``save_all(folder)`` writes a pymrio folder.

    Raises
    ------
    MissingExtraError
        When pymrio is not installed.

    Notes
    -----
    pymrio has one home for demand, a region of the table. Footprints there hold exports, stock changes and
    discrepancy with the demand of the selling region, while `mrio.footprint` keeps them apart.

    pymrio saves text with 12 digits unless told otherwise: ``save_all(folder, float_format="%.17g")``, or
    ``table_format="parquet"``, keeps all.

    Examples
    --------
    >>> import mrio
    >>> io = mrio.to_pymrio(mrio.load_example("illustrative")["1"])  # doctest: +SKIP
    >>> io.calc_all().accounts.D_cba_reg  # doctest: +SKIP
    """
    require_table(system)
    pymrio = _pymrio()
    pairs = _pairs("region", "sector", system.regions, system.sectors)
    Z = system.arrays.Z.toarray() if is_sparse(system.arrays.Z) else np.array(system.arrays.Z)
    Y = _final_demand(system, pairs)
    extensions = {name: {"name": name, **frames} for name, frames in _extensions(system, pairs, Y.columns)}
    population = system.arrays.population
    return pymrio.IOSystem(
        Z=pd.DataFrame(Z, pairs, pairs),
        Y=Y,
        x=pd.DataFrame({"indout": system.arrays.x.ravel()}, pairs),
        unit=pd.DataFrame({"unit": system.unit}, pairs),
        population=None
        if population is None
        else pd.DataFrame(
            population[np.newaxis], ["Population"], pd.Index(system.regions, name="region"), dtype=float
        ),
        meta=pymrio.MRIOMetaData(description=_description(system), name=MARK, system="IO", version="1"),
        **extensions,
    )


def _pymrio() -> Any:
    try:
        import pymrio
    except ImportError as error:
        raise MissingExtraError(
            "Tables for pymrio need the package pymrio.", remedy="install it with: pip install pymrio"
        ) from error
    return pymrio


def _pairs(first: str, second: str, outer: tuple[str, ...], inner: tuple[str, ...]) -> pd.MultiIndex:
    return pd.MultiIndex.from_product([outer, inner], names=[first, second])


def _final_demand(system: System, pairs: pd.MultiIndex) -> pd.DataFrame:
    """Return Y with what leaves the table as own categories of the selling region."""
    parts = {name: getattr(system.arrays, name) for name in OUTSIDE}
    parts = {name: values for name, values in parts.items() if values is not None}
    R, N, K = len(system.regions), len(system.sectors), len(system.demand)
    Y = np.zeros((R, N, R, K + len(parts)))
    Y[..., :K] = system.arrays.Y
    own = np.arange(R)
    for k, values in enumerate(parts.values(), start=K):
        Y[own, :, own, k] = values
    names = (*system.demand, *(OWN_CATEGORY + name for name in parts))
    return pd.DataFrame(Y.reshape(R * N, -1), pairs, _pairs("region", "category", system.regions, names))


def _extensions(
    system: System, pairs: pd.MultiIndex, demand: pd.Index[Any]
) -> list[tuple[str, dict[str, pd.DataFrame]]]:
    """Return names and frames of all extensions."""
    n = len(pairs)
    V = system.arrays.V.reshape(-1, n)
    units = dict.fromkeys(system.factors, system.unit)
    result = [(FACTORS, {"F": _rows(V, units, pairs, "inputtype"), "unit": _units(units, "inputtype")})]
    if system.imports != "none":
        result.append((IMPORTS, _import_frames(system, pairs, demand)))
    for name, with_direct in ((PLAIN, False), (WITH_DIRECT, True)):
        own = {key: a for key, a in system.accounts.items() if (a.direct is not None) == with_direct}
        if own:
            result.append((name, _account_frames(own, pairs, demand)))
    return result


def _import_frames(system: System, pairs: pd.MultiIndex, demand: pd.Index[Any]) -> dict[str, pd.DataFrame]:
    """Return imports as an extension: rows are products, or one row."""
    by_product = system.imports == "product"
    arrays = system.arrays
    inputs = arrays.imports_Z if by_product else arrays.imports_row_Z
    final = arrays.imports_Y if by_product else arrays.imports_row_Y
    assert inputs is not None
    assert final is not None
    names = system.sectors if by_product else ("imports",)
    R, K = len(system.regions), len(demand) // len(system.regions)
    by_demand = np.zeros((len(names), R, K))
    by_demand[..., : len(system.demand)] = final
    units = dict.fromkeys(names, system.unit)
    return {
        "F": _rows(inputs.reshape(len(names), -1), units, pairs, "stressor"),
        "F_Y": _rows(by_demand.reshape(len(names), -1), units, demand, "stressor"),
        "unit": _units(units, "stressor"),
    }


def _account_frames(
    accounts: Mapping[str, Account], pairs: pd.MultiIndex, demand: pd.Index[Any]
) -> dict[str, pd.DataFrame]:
    """Return accounts as an extension; flows of final users stand under the first category."""
    units = {name: account.unit for name, account in accounts.items()}
    flows = np.array([account.values.ravel() for account in accounts.values()])
    frames = {"F": _rows(flows, units, pairs, "stressor"), "unit": _units(units, "stressor")}
    direct = [a.direct_values for a in accounts.values() if a.direct_values is not None]
    if direct:
        by_demand = np.zeros((len(accounts), len(direct[0]), len(demand) // len(direct[0])))
        by_demand[:, :, 0] = direct
        frames["F_Y"] = _rows(by_demand.reshape(len(accounts), -1), units, demand, "stressor")
    return frames


def _rows(values: Array, units: Mapping[str, str], columns: pd.Index[Any], name: str) -> pd.DataFrame:
    return pd.DataFrame(np.array(values), pd.Index(units, name=name), columns)


def _units(units: Mapping[str, str], name: str) -> pd.DataFrame:
    return pd.DataFrame({"unit": list(units.values())}, pd.Index(units, name=name))


def _description(system: System) -> str:
    """Return what pymrio has no place for, as JSON."""
    record = {
        "period": system.period,
        "scenario": system.scenario,
        "price_basis": system.price_basis,
        "population_unit": system.population_unit,
        "imports": system.imports,
        "provenance": json.loads(system.provenance.to_json()),
    }
    return json.dumps({MARK: record}, ensure_ascii=False, sort_keys=True)
