r"""Circular economy as inputs of the input-output model: substitution of materials, and flows of waste.

A reuse rate that rises from u0 to u1 becomes the share of a virgin input that a recycled one replaces. Waste,
its reuse and its disposal become satellite accounts that add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import DataError, LabelError
from mrio.lowcarbon.frames import numeric_columns
from mrio.parameters import require_factor, require_share
from mrio.tables import Account


@dataclass(frozen=True)
class Substitution:
    """A recycled input that replaces part of a virgin one.

    Parameters
    ----------
    buyer
        Sector that buys the input.
    input_old, input_new
        Sectors that supply the virgin and the recycled material.
    share
        Share of the present purchases of the virgin input that is replaced [1]; negative where reuse falls.
    """

    buyer: str
    input_old: str
    input_new: str
    share: float

    def __str__(self) -> str:
        """Return the substitution in words."""
        return f"{self.buyer}: {self.share:.1%} of {self.input_old} replaced by {self.input_new}"


def substitution_share(before: float, after: float, arising: float, displacement: float = 1.0) -> float:
    r"""Return the share of a virgin input that additional reuse of waste replaces.

    .. math:: s = \frac{(u_1 - u_0) \, w \, \rho}{1 - u_0 \, w \, \rho}

    Assumptions: a unit of production needs one unit of material; w units of waste arise on it and stay
    constant; a reused unit displaces rho units of virgin material; at the start the material is virgin except
    for what reuse already displaces.

    Parameters
    ----------
    before, after
        Share of the waste that is reused, u0 and u1 [1]; where it falls, the share replaced is negative.
    arising
        Waste per unit of material, w [1].
    displacement
        Virgin material displaced per unit reused, rho [1].

    Raises
    ------
    DataError
        When rates are outside 0 to 1, or more would be replaced than there is.

    Examples
    --------
    >>> round(substitution_share(0.65, 0.92, 0.5), 6)
    0.2
    """
    require_share(before, "reuse rate")
    require_share(after, "reuse rate")
    require_factor(arising, "waste arising")
    require_share(displacement, "displacement")
    virgin = 1.0 - before * arising * displacement
    share = (after - before) * arising * displacement / virgin if virgin > 0 else np.inf
    if share > 1:
        raise DataError(
            "More virgin material would be replaced than is bought.",
            amount=f"share {share:.4g}",
            remedy="waste arising or displacement is too high",
        )
    return float(share)


def substitutions(
    rates: pd.DataFrame,
    materials: Mapping[str, tuple[str, str]],
    *,
    arising: Mapping[str, float],
    displacement: float = 1.0,
) -> list[Substitution]:
    """Return the substitutions that follow from reuse rates of two periods.

    Parameters
    ----------
    rates
        One row a buying sector, two columns: reuse rate at the start and at the end [1].
    materials
        Buying sector to (sector of the virgin input, sector of the recycled input).
    arising
        Buying sector to waste per unit of material [1].
    displacement
        See `substitution_share`.

    Raises
    ------
    LabelError, MissingDataError, DataError
        When a sector has no material or no waste arising, and as `substitution_share`.

    Examples
    --------
    >>> import pandas as pd
    >>> rates = pd.DataFrame({"2014": [0.65], "2023": [0.92]}, index=["Steel"])
    >>> print(substitutions(rates, {"Steel": ("Ore mining", "Waste recovery")}, arising={"Steel": 0.5})[0])
    Steel: 20.0% of Ore mining replaced by Waste recovery
    """
    if rates.shape[1] != 2:
        raise DataError(
            "Reuse rates need two periods.",
            amount=f"{rates.shape[1]} columns",
            remedy="give the rate at the start and at the end",
        )
    values = numeric_columns(rates, list(rates.columns), "table of reuse rates")
    absent = [name for name in rates.index if name not in materials or name not in arising]
    if absent:
        raise LabelError(
            f"The sector {absent[0]!r} has no material or no waste arising.",
            remedy="name both for every sector",
        )
    return [
        Substitution(str(buyer), *materials[buyer], substitution_share(u0, u1, arising[buyer], displacement))
        for buyer, (u0, u1) in zip(rates.index, values, strict=True)
    ]


def waste_accounts(generated: pd.DataFrame, reused: pd.DataFrame, unit: str) -> dict[str, Account]:
    """Return waste, its reused part and its disposal as satellite accounts; the parts add up.

    Parameters
    ----------
    generated
        Waste (region, sector) [`unit`].
    reused
        Share of it that is reused (region, sector) [1].
    unit
        For example ``"Mt waste"``.

    Raises
    ------
    LabelError, MissingDataError, DataError
        When labels differ, numbers are missing, waste is negative, or shares are outside 0 to 1.

    Examples
    --------
    >>> import pandas as pd
    >>> waste = pd.DataFrame({"steel": [10.0]}, index=["Hebei"])
    >>> accounts = waste_accounts(waste, waste * 0 + 0.92, "Mt waste")
    >>> {name: float(account.values.sum().round(2)) for name, account in accounts.items()}
    {'waste': 10.0, 'waste_reused': 9.2, 'waste_disposed': 0.8}
    """
    columns = list(generated.columns)
    if list(reused.columns) != columns or list(reused.index) != list(generated.index):
        raise LabelError(
            "Waste and reuse rates have different regions or sectors.",
            remedy="give both with the same rows and columns in the same order",
        )
    waste = numeric_columns(generated, columns, "table of waste")
    share = numeric_columns(reused, columns, "table of reuse rates")
    if (waste < 0).any() or (share < 0).any() or (share > 1).any():
        raise DataError(
            "Waste is zero or more, and reuse rates lie between 0 and 1.",
            amount=f"smallest waste {waste.min():g}, rates from {share.min():g} to {share.max():g}",
            remedy="give amounts of waste, and rates as shares: 0.92 for 92 %",
        )
    parts = {"waste": waste, "waste_reused": waste * share, "waste_disposed": waste * (1.0 - share)}
    # Labelled, so that a table with other labels or another order refuses them.
    coords = {"region": list(generated.index), "sector": columns}
    return {name: Account(xr.DataArray(values, coords, list(coords)), unit) for name, values in parts.items()}
