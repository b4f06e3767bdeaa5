"""What a table is made of: the parts that are given, brought into one checked form, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from mrio.errors import DataError, LabelError, MrioError, raise_together
from mrio.provenance import Provenance
from mrio.schema import SYSTEM_DIMS, VALUE_ADDED
from mrio.tables.account import Account, AccountLike, as_account
from mrio.tables.arrays import Arrays, locked, own_array, own_matrix, plain_array
from mrio.tables.labels import Labels
from mrio.tables.rules import import_kind, output, require_size
from mrio.texts import require_text

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
    labels = Labels.checked(regions, sectors, demand, (VALUE_ADDED,) if factors is None else factors)
    if factors is not None:
        return labels
    return Labels.checked(labels.regions, labels.sectors, labels.demand, _factor_names(V, labels))


def _factor_names(V: ArrayLike, labels: Labels) -> tuple[str, ...]:
    """Return the names that V brings along, or that of the only primary input."""
    if isinstance(V, xr.DataArray) and "factor" in V.coords:
        return tuple(str(label) for label in V["factor"].values)
    R, N = len(labels.regions), len(labels.sectors)
    shape = plain_array("V", V).shape
    if shape in ((R, N), (R * N, 1)):
        return (VALUE_ADDED,)
    if isinstance(V, pd.DataFrame) and shape[1] == R * N and _named(V.index):
        return tuple(str(label) for label in V.index)
    count = shape[0] if len(shape) > 1 else 1
    if count != 1:
        raise LabelError(
            f"V has {count} primary inputs but no names.",
            remedy='give factors=["compensation", ...], one name a row of V',
        )
    return (VALUE_ADDED,)


def _named(index: pd.Index[Any]) -> bool:
    """Tell whether rows have names of their own, and not numbers."""
    return index.nlevels == 1 and not pd.api.types.is_integer_dtype(index.dtype)


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
    with np.errstate(over="ignore", invalid="ignore"):
        sums = trial.row_sums()
    require_size(sums)
    result, gap = output(asked, sums, labels)
    return Arrays(x=locked(result), **own), gap


def attached_accounts(accounts: Mapping[str, AccountLike], labels: Labels) -> dict[str, Account]:
    """Return satellite accounts with the labels of the table, checked and write-locked.

    Raises
    ------
    LabelError, DataError, MissingDataError, UnitsError
        When one is no account, or not of this table.
    """
    if not isinstance(accounts, Mapping):
        raise DataError(
            "Accounts must be given by name.",
            amount=f"got {type(accounts).__name__}",
            remedy='give {"co2": (array, "Mt CO2")}',
        )
    return {name: as_account(name, value).attached(name, labels) for name, value in accounts.items()}


def period_name(period: object) -> str:
    """Return the name of a period, which may be a year as a number; ``2017.0`` is ``"2017"``.

    Raises
    ------
    DataError
        When it is neither a text nor a whole number.
    """
    number = isinstance(period, int | float | np.integer | np.floating) and not isinstance(period, bool)
    if number and float(period).is_integer():  # type: ignore[arg-type]
        return f"{float(period):.0f}"  # type: ignore[arg-type]
    return require_text(period, "The period of a table", 'period="2017"')


def record_of(provenance: Provenance | None, source: str) -> Provenance:
    """Return the record that was given, or a new one of the source.

    Raises
    ------
    DataError
        When it is no record, or the source no text.
    """
    if provenance is None:
        return Provenance(
            require_text(source, "The source of a table", 'source="National Bureau of Statistics"')
        )
    if not isinstance(provenance, Provenance):
        raise DataError(
            "The provenance of a table must be a Provenance.",
            amount=f"got {provenance!r}",
            remedy='give source="..." for one text, or mrio.Provenance("...")',
        )
    return provenance


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
