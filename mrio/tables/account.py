"""Satellite accounts: direct flows by producing sector, and final users' own flows apart from them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from mrio.errors import DataError
from mrio.tables.arrays import Array, labelled, locked, own_array
from mrio.tables.labels import Labels
from mrio.units import parse_unit


@dataclass(frozen=True, eq=False, repr=False)
class Account:
    """Direct flows of one satellite account, for example CO2 emissions.

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

    flows: ArrayLike | xr.DataArray
    unit: str
    direct: ArrayLike | xr.DataArray | None = None
    labels: Labels | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        parse_unit(self.unit)

    def attached(self, name: str, labels: Labels) -> Account:
        """Return the account labelled, checked and write-locked for a table with these labels."""
        flows = own_array(f"account {name!r}", self.flows, ("region", "sector"), labels)
        direct = None
        if self.direct is not None:
            direct = own_array(f"direct flows of account {name!r}", self.direct, ("use_region",), labels)
        attrs = {"units": self.unit, "long_name": f"{name}, direct flows of producers"}
        coords = {dim: labels.of(dim) for dim in ("region", "sector", "use_region")}
        return Account(
            labelled(flows, ("region", "sector"), coords, name, attrs),
            self.unit,
            None
            if direct is None
            else labelled(
                direct,
                ("use_region",),
                coords,
                f"{name}_direct",
                {"units": self.unit, "long_name": f"{name}, flows of final users themselves"},
            ),
            labels=labels,
        )

    @property
    def values(self) -> Array:
        """Flows as a plain write-locked (R, N) array."""
        return _plain(self.flows)

    @property
    def direct_values(self) -> Array | None:
        """Final users' own flows as a plain write-locked (R,) array, or None."""
        return None if self.direct is None else _plain(self.direct)

    def intensity(self, x: Array) -> Array:
        """Return flows per unit of output, f = c / x (R, N), zero where output is zero.

        Parameters
        ----------
        x
            Gross output, (R, N).
        """
        return np.divide(self.values, x, out=np.zeros_like(x), where=x != 0)

    def total(self) -> float:
        """Return the sum of all flows, the final users' own included."""
        own = 0.0 if self.direct_values is None else float(self.direct_values.sum())
        return float(self.values.sum()) + own

    def __repr__(self) -> str:
        direct = "" if self.direct is None else ", with direct flows of final users"
        return f"<Account: {self.total():,.6g} {self.unit}{direct}>"


def _plain(values: ArrayLike | xr.DataArray) -> Array:
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
