"""Satellite accounts: direct flows by producing sector, and final users' own flows apart from them."""

from __future__ import annotations

import re
from typing import TypeAlias

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from mrio.errors import DataError, UnitsError
from mrio.tables.arrays import Array, has_output, labelled, locked, own_array, unit_problem
from mrio.tables.labels import Labels
from mrio.units import parse_unit

Flows: TypeAlias = ArrayLike | xr.DataArray
"""Flows as a user gives them."""


class Account:
    """Direct flows of one satellite account, for example CO2 emissions; frozen.

    Parameters
    ----------
    flows
        Flows by producing region and sector, (R, N) or flattened (R N,) [`unit`].
    unit
        Unit of the flows, for example ``"Mt CO2"``.
    direct
        Flows of the final users themselves, for example the fuel that households burn, by region (R,)
        [`unit`]; None where there are none.

    Examples
    --------
    >>> Account([[10.0, 2.0]], "Mt CO2", direct=[0.5]).unit
    'Mt CO2'
    """

    __slots__ = ("_direct", "_flows", "_unit")

    def __init__(self, flows: Flows, unit: str, direct: Flows | None = None) -> None:
        _require_flows(unit)
        self._flows, self._unit = _own(flows), unit
        self._direct = None if direct is None else _own(direct)

    @property
    def flows(self) -> Flows:
        """Flows as they were given; labelled (region, sector) in an account of a table."""
        return _view(self._flows)

    @property
    def unit(self) -> str:
        """Unit of the flows."""
        return self._unit

    @property
    def direct(self) -> Flows | None:
        """Flows of the final users themselves; labelled (use_region) in an account of a table."""
        return None if self._direct is None else _view(self._direct)

    def attached(self, name: str, labels: Labels) -> Account:
        """Return the account labelled, checked and write-locked for a table with these labels."""
        what = f"account {name!r}"
        for problem in (unit_problem(what, part, self.unit) for part in (self._flows, self._direct)):
            if problem is not None:
                raise problem
        flows = own_array(what, self._flows, ("region", "sector"), labels)
        shown = self._labelled(flows, labels, name, f"{name}, direct flows of producers")
        if self._direct is None:
            return Account(shown, self.unit)
        direct = own_array(f"direct flows of account {name!r}", self._direct, ("use_region",), labels)
        text = f"{name}, flows of final users themselves"
        return Account(shown, self.unit, self._labelled(direct, labels, f"{name}_direct", text))

    def _labelled(self, values: Array, labels: Labels, name: str, text: str) -> xr.DataArray:
        """Return flows of producers (R, N), or of final users (R,), with labels and units."""
        dims = ("region", "sector") if values.ndim == 2 else ("use_region",)
        coords = {dim: labels.of(dim) for dim in dims}
        return labelled(values, dims, coords, name, {"units": self.unit, "long_name": text})

    @property
    def values(self) -> Array:
        """Flows as a plain write-locked (R, N) array."""
        return _plain(self._flows)

    @property
    def direct_values(self) -> Array | None:
        """Final users' own flows as a plain write-locked (R,) array, or None."""
        return None if self._direct is None else _plain(self._direct)

    def intensity(self, x: Array) -> Array:
        """Return flows per unit of output, f = c / x (R, N), zero where output is zero.

        Parameters
        ----------
        x
            Gross output, (R, N).
        """
        return np.divide(self.values, x, out=np.zeros_like(x), where=has_output(x))

    def total(self) -> float:
        """Return the sum of all flows, the final users' own included."""
        own = 0.0 if self.direct_values is None else float(self.direct_values.sum())
        return float(self.values.sum()) + own

    def __repr__(self) -> str:
        direct = "" if self._direct is None else ", with direct flows of final users"
        # What is given loose is checked when it meets its table.
        known = np.asarray(self._flows).dtype.kind in "fiub"
        return f"<Account: {f'{self.total():,.6g}' if known else 'not checked yet,'} {self.unit}{direct}>"


def _require_flows(unit: str) -> None:
    """Raise for a unit per money, which is that of an intensity: adding it up would mean nothing."""
    parse_unit(unit)
    for part in re.split(r"\s+per\s+|\s*/\s*", unit)[1:]:
        try:
            per = parse_unit(part)
        except UnitsError:
            # What stands behind the stroke may be any words: "kg/capita 2".
            continue
        if per.kind == "money":
            raise UnitsError(
                "An account holds flows, and its unit is that of an intensity.",
                amount=repr(unit),
                remedy="multiply it by output: flows = intensity x output",
            )


def _own(values: Flows) -> Flows:
    """Return flows that nobody else can change; those that are locked already as they are."""
    if isinstance(values, xr.DataArray):
        return values if not values.values.flags.writeable else values.copy(data=locked(values.values.copy()))
    if isinstance(values, pd.DataFrame | pd.Series | np.ma.MaskedArray):
        return values.copy()
    try:
        return locked(np.array(values))
    except ValueError as error:
        raise DataError(
            "Flows are not an array.", amount=str(error), remedy="give rows of one length"
        ) from error


def _view(values: Flows) -> Flows:
    """Return a labelled array as one of its own, so that what is done to it leaves the account alone."""
    return values.copy(deep=False) if isinstance(values, xr.DataArray) else values


def _plain(values: Flows) -> Array:
    """Return the numbers of a labelled or plain array as a write-locked float array."""
    plain = np.asarray(values, dtype=np.float64)
    return locked(plain.view())


AccountLike = Account | tuple[ArrayLike, str] | tuple[ArrayLike, str, ArrayLike | None]


def as_account(name: str, value: AccountLike) -> Account:
    """Return an `Account` from what a user gave: one already, or ``(flows, unit[, direct])``.

    Raises
    ------
    DataError
        When it is neither.
    """
    if isinstance(value, Account):
        return value
    if isinstance(value, tuple) and len(value) in (2, 3) and isinstance(value[1], str):
        return Account(*value)
    raise DataError(
        f"The account {name!r} cannot be read.",
        amount=f"got {type(value).__name__}",
        remedy='give (array, "Mt CO2"), (array, "Mt CO2", households) or an Account',
    )
