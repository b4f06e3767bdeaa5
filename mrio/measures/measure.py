"""What all measures on one table share: the accounts asked for, labels and units, and the base of results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import DataError, LabelError
from mrio.results import Result, require_adding_up
from mrio.schema import VALUE_ADDED
from mrio.tables import System
from mrio.tables.arrays import Array

OUTPUT = "output"
"""Name under which gross output itself is measured like an account."""

MIXED_UNITS = "see coordinate unit"


@dataclass(frozen=True, eq=False)
class Intensities:
    """Flows of M accounts and what they are per unit of output; n = R N.

    Attributes
    ----------
    names, units
        One a account.
    flows
        (M, n), in the unit of each account.
    per_output
        (M, n): flows over output; zero where there is no output, except that output per output is one.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    flows: Array
    per_output: Array


def intensities(system: System, accounts: str | Iterable[str] | None, default: Sequence[str]) -> Intensities:
    """Return the accounts asked for, with ``"output"`` as one more account of every table.

    Parameters
    ----------
    system
        The table.
    accounts
        One name, several, or None for the default.
    default
        Names to take where none were given.

    Raises
    ------
    LabelError
        When there is no such account.
    DataError
        When an account is named twice, or a satellite account of the table is called ``"output"``.
    """
    names = (accounts,) if isinstance(accounts, str) else tuple(default if accounts is None else accounts)
    if not names or len(set(names)) < len(names):
        raise DataError(
            "Name each account once, and at least one.",
            amount=f"got {names}",
            remedy="leave the names out for all accounts",
        )
    if OUTPUT in names and OUTPUT in system.accounts:
        raise DataError(
            f"The table has an account called {OUTPUT!r}, which is the name of gross output itself.",
            remedy="rename the account",
        )
    x = system.arrays.x
    units, flows, rates = [], [], []
    for name in names:
        if name == OUTPUT:
            units.append(system.unit)
            flows.append(x.ravel())
            rates.append(np.ones(x.size))
        else:
            account = system.account(name)
            units.append(account.unit)
            flows.append(account.values.ravel())
            rates.append(account.intensity(x).ravel())
    return Intensities(names, tuple(units), np.array(flows), np.array(rates))


def require_accounts(parts: Array, whole: Array, what: str) -> float:
    """Return the largest gap between parts and whole, each account judged by its own size, or refuse.

    Parameters
    ----------
    parts, whole
        Of equal shape, M accounts in front.
    what
        The identity in words.

    Raises
    ------
    BalanceError
        When the gap is larger than 1e-9 of an account.
    """
    size = np.abs(whole).reshape(len(whole), -1).sum(axis=1)
    size = np.where(size != 0, size, 1.0).reshape(-1, *[1] * (whole.ndim - 1))
    return require_adding_up(parts / size, whole / size, 1.0, what)


def by_region(system: System, values: Array) -> Array:
    """Return values (M, n) in one row an account and region, zero outside of the region, (M, R, n)."""
    members = np.repeat(np.eye(len(system.regions)), len(system.sectors), axis=1)
    return np.asarray(values[:, np.newaxis] * members)


def all_accounts(system: System) -> tuple[str, ...]:
    """Return output and every account of a table, the default of measures of quantities."""
    own = () if OUTPUT in system.accounts else (OUTPUT,)
    return (*own, *system.account_names)


def rates(found: Intensities, money: str) -> list[str]:
    """Return the units of multipliers: each account per unit of money."""
    return [f"{unit} per {money}" for unit in found.units]


class Sheet:
    """Arrays on labels, with units and names, on their way into a result.

    Parameters
    ----------
    **coords
        Labels of every dim that will be used.
    """

    def __init__(self, **coords: Sequence[Any]) -> None:
        self.coords = {dim: list(labels) for dim, labels in coords.items()}
        self.data: dict[str, xr.DataArray] = {}

    def put(self, name: str, values: Any, dims: Sequence[str], unit: str | Sequence[str], text: str) -> None:
        """Add an array; `unit` is one text, or one for each label of dim ``account``."""
        units = [unit] if isinstance(unit, str) else list(unit)
        common = units[0] if len(set(units)) == 1 else MIXED_UNITS
        shape = tuple(len(self.coords[dim]) for dim in dims)
        array = np.array(values, dtype=np.float64)
        coords: dict[str, Any] = {dim: self.coords[dim] for dim in dims}
        attrs = {"units": common, "long_name": text}
        result = xr.DataArray(array.reshape(shape), dims=tuple(dims), coords=coords, name=name, attrs=attrs)
        if not isinstance(unit, str):
            result.attrs["account_units"] = "\n".join(units)
        self.data[name] = result

    def put_words(self, name: str, values: Any, dims: Sequence[str], text: str) -> None:
        """Add an array of texts."""
        coords = {dim: self.coords[dim] for dim in dims}
        words = np.array(values, dtype=str).reshape([len(labels) for labels in coords.values()])
        self.data[name] = xr.DataArray(words, dims=tuple(dims), coords=coords, attrs={"long_name": text})

    def dataset(self, system: System, title: str, adds_up: str, checks: str, **words: Any) -> xr.Dataset:
        """Return everything as one Dataset that says where it comes from and what adds up to what."""
        attrs = {
            "title": f"{title}, {system.title}",
            "period": system.period,
            "scenario": system.scenario,
            "price_basis": system.price_basis,
            "money": system.unit,
            "imports_known": system.imports,
            "adds_up": adds_up,
            "checks": checks,
            "source": system.provenance.source,
            "provenance": system.provenance.to_json(),
            "comment": system.provenance.headline,
            **words,
        }
        kept = {name: value for name, value in attrs.items() if value != ""}
        return xr.Dataset(self.data, attrs=kept)


def as_table(values: xr.DataArray, rows: str, columns: str) -> pd.DataFrame:
    """Return an array of two dims as a table."""
    ordered = values.transpose(rows, columns)
    return pd.DataFrame(ordered.values, *(pd.Index(ordered[dim].values, name=dim) for dim in (rows, columns)))


class Measure(Result):
    """Base of the measures on one table."""

    kind: ClassVar[str] = "measure"
    main: ClassVar[str] = ""
    """Name of the variable that the measure is about."""

    @property
    def accounts(self) -> tuple[str, ...]:
        """Names of the accounts that were measured."""
        return tuple(map(str, self.data["account"].values)) if "account" in self.data.dims else (VALUE_ADDED,)

    @property
    def adds_up(self) -> str:
        """Whether the parts add up, and to what."""
        return str(self.data.attrs["adds_up"])

    @property
    def checks(self) -> str:
        """The identities that were checked when the result was made, with the gaps found."""
        return str(self.data.attrs["checks"])

    def unit(self, name: str, account: str | None = None) -> str:
        """Return the unit of a variable, of one account where it holds several."""
        attrs = self.data[name].attrs
        if "account_units" not in attrs or account is None:
            return str(attrs["units"])
        return str(attrs["account_units"]).split("\n")[self.accounts.index(account)]

    def of(self, name: str, account: str | None = None) -> xr.DataArray:
        """Return a variable for one account, the first when none is named, with its own unit.

        Raises
        ------
        DataError
            When the account was not measured.
        """
        values = self.data[name]
        if "account" not in values.dims:
            return values
        account = self.accounts[0] if account is None else account
        if account not in self.accounts:
            raise DataError(
                f"Account {account!r} was not measured.",
                remedy=f"measured were {', '.join(map(repr, self.accounts))}; name others in accounts=",
            )
        chosen = values.sel(account=account, drop=True)
        attrs = {key: value for key, value in values.attrs.items() if key != "account_units"}
        return chosen.assign_attrs(attrs | {"units": self.unit(name, account)})

    def known(self, dim: str, label: str) -> str:
        """Return a label of a dim.

        Raises
        ------
        LabelError
            When the result has no such label.
        """
        labels = list(map(str, self.data[dim].values))
        if label not in labels:
            raise LabelError(
                f"There is no {dim} {label!r} in this result.",
                where=self.title,
                remedy=f"known are {', '.join(map(repr, labels))}",
            )
        return label

    def to_dataframe(self, name: str | None = None) -> pd.DataFrame:
        """Return one variable in long form, one row a cell, with its unit; the main one by default."""
        values = self.data[name or self.main]
        frame = values.to_series().rename(str(values.name)).reset_index()
        if "account" in values.dims:
            units = {account: self.unit(str(values.name), account) for account in self.accounts}
            return frame.assign(unit=frame["account"].map(units))
        return frame.assign(unit=values.attrs["units"])
