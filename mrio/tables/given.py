"""What a table is made of: the parts that are given, brought into one checked form, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from mrio.errors import LabelError, MrioError, raise_together
from mrio.schema import SYSTEM_DIMS, VALUE_ADDED
from mrio.tables.account import Account, AccountLike, as_account
from mrio.tables.arrays import Arrays, locked, own_array, own_matrix
from mrio.tables.labels import Labels
from mrio.tables.rules import import_kind, output

if TYPE_CHECKING:
    from mrio.tables.system import System

NEEDED: Final = ("Z", "Y", "V")
"""Arrays without which there is no table."""


def given_labels(
    regions: Iterable[str],
    sectors: Iterable[str],
    demand: Iterable[str],
    factors: Iterable[str] | None,
    V: ArrayLike,
) -> Labels:
    """Return the labels of a table, checked; one primary input needs no name.

    Raises
    ------
    LabelError
        When labels are not as they must be, or V has several rows without names.
    """
    regions, sectors = tuple(regions), tuple(sectors)
    if factors is None:
        one_factor = np.shape(V) == (len(regions), len(sectors))
        factors = (VALUE_ADDED,) if one_factor else _factor_names(V)
    return Labels.checked(regions, sectors, demand, factors)


def _factor_names(V: ArrayLike) -> tuple[str, ...]:
    """Return the names that V brings along, or that of the only primary input."""
    if isinstance(V, xr.DataArray) and "factor" in V.coords:
        return tuple(str(label) for label in V["factor"].values)
    shape = np.shape(V)
    count = shape[0] if len(shape) > 1 else 1
    if count != 1:
        raise LabelError(
            f"V has {count} primary inputs but no names.",
            remedy='give factors=["compensation", ...], one name a row of V',
        )
    return (VALUE_ADDED,)


def settled_arrays(given: Mapping[str, Any], labels: Labels) -> tuple[Arrays, float]:
    """Return own copies of all arrays with gross output settled, and how far the output given was off.

    Parameters
    ----------
    given
        Every array of the schema by its name, None where it was not given.
    labels
        Labels of the table.

    Raises
    ------
    LabelError, DataError, MissingDataError, BalanceError
        All arrays that cannot be used, told at once; then output that is not that of the rows.
    """
    import_kind(given)
    own: dict[str, Any] = {}
    problems: list[MrioError] = []
    for name, value in given.items():
        if value is None and name not in NEEDED:
            continue
        try:
            own[name] = (
                own_matrix(value, labels)
                if name == "Z"
                else own_array(name, value, SYSTEM_DIMS[name], labels)
            )
        except MrioError as problem:
            problems.append(problem)
    raise_together(problems)
    asked = own.pop("x", None)
    trial = Arrays(x=np.zeros(labels.shape(SYSTEM_DIMS["x"])), **own)
    result, gap = output(asked, trial.row_sums(), labels)
    return Arrays(x=locked(result), **own), gap


def attached_accounts(accounts: Mapping[str, AccountLike], labels: Labels) -> dict[str, Account]:
    """Return satellite accounts with the labels of the table, checked and write-locked.

    Raises
    ------
    LabelError, DataError, MissingDataError, UnitsError
        When one is no account, or not of this table.
    """
    return {name: as_account(name, value).attached(name, labels) for name, value in accounts.items()}


def parts_of(system: System) -> dict[str, Any]:
    """Return the keywords of `System.from_arrays` that make a table."""
    return {
        "regions": system.regions,
        "sectors": system.sectors,
        "demand": system.demand,
        "factors": system.factors,
        "accounts": {n: (a.values, a.unit, a.direct_values) for n, a in system.accounts.items()},
        "unit": system.unit,
        "price_basis": system.price_basis,
        "period": system.period,
        "scenario": system.scenario,
        "population_unit": system.population_unit,
        "provenance": system.provenance,
        **{name: getattr(system.arrays, name) for name in SYSTEM_DIMS if name != "x"},
    }
