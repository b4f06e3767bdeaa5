"""Multipliers: the flows along the whole chain per unit of a product that final users buy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from mrio.measures.measure import Measure, Sheet, intensities, rates
from mrio.parameters import require_count
from mrio.plotting import ranked_bars
from mrio.results import require_adding_up
from mrio.tables import System


def multipliers(system: System, account: str | Iterable[str]) -> Multipliers:
    """Return ``m' = f' (I - A)^-1``: flows along the whole chain per unit of final purchases.

    Parameters
    ----------
    system
        The table.
    account
        Name of an account, or several, which then share one solve; ``"output"`` gives output multipliers.

    Returns
    -------
    Multipliers
        By product (region, sector) in the unit of each account per unit of money.

    Raises
    ------
    LabelError, DataError
        When there is no such account, or one is named twice.
    BalanceError
        When multipliers times final demand do not add up to the account within 1e-9.

    References
    ----------
    .. [1] Miller, R. E. and Blair, P. D. (2022), Input-Output Analysis, 3rd ed., Cambridge University Press,
       chapter 6, doi:10.1017/9781108676212.

    Examples
    --------
    >>> import mrio
    >>> m = mrio.multipliers(mrio.load_example("illustrative")["1"], "co2")
    >>> m.of("multiplier").attrs["units"]
    'Mt CO2 per 1e8 CNY'
    """
    asked = intensities(system, account, ())
    found = system.leontief.solve_left(asked.per_output)
    size = np.abs(asked.flows).sum(axis=1)
    size[size == 0] = 1.0
    totals = np.asarray(found @ system.arrays.final_demand.ravel())
    gap = require_adding_up(
        totals / size, asked.flows.sum(axis=1) / size, 1.0, "multipliers times final demand and the account"
    )
    sheet = Sheet(account=asked.names, region=system.regions, sector=system.sectors)
    base, units = ("account", "region", "sector"), rates(asked, system.unit)
    sheet.put("multiplier", found, base, units, "flows along the chain per unit of final purchases")
    sheet.put("intensity", asked.per_output, base, units, "flows of the producer itself per unit of output")
    return Multipliers(
        sheet.dataset(
            system,
            f"Multipliers of {', '.join(asked.names)}",
            "multipliers times final demand add up to the account",
            f"adds up to the account: largest gap {gap:.1e} of the total; {found.report}",
        )
    )


class Multipliers(Measure):
    """Flows along the chain per unit of final purchases, by product. Made by `mrio.multipliers`."""

    kind: ClassVar[str] = "multipliers"
    main: ClassVar[str] = "multiplier"

    def summary(self, account: str | None = None) -> pd.DataFrame:
        """Return the products with the largest multipliers, and the part of the producer itself."""
        account = account or self.accounts[0]
        table = pd.DataFrame(
            {
                f"{name} [{self.unit(name, account)}]": self.of(name, account).to_series()
                for name in ("multiplier", "intensity")
            }
        )
        return table.sort_values(table.columns[0], ascending=False, kind="stable")

    @property
    def plot(self) -> MultiplierPictures:
        """Pictures: ``plot.largest(account)``."""
        return MultiplierPictures(self)


@dataclass(frozen=True)
class MultiplierPictures:
    """Pictures of multipliers; every method takes ``ax=`` and returns Axes."""

    multipliers: Multipliers

    def largest_data(self, account: str | None = None, most: int = 15) -> pd.DataFrame:
        """Return the largest multipliers: what arises at the producer itself, and at its suppliers."""
        require_count(most, "most")
        table = self.multipliers.summary(account).iloc[:most]
        own = table.iloc[:, 1]
        return pd.DataFrame({"producer itself": own, "its suppliers": table.iloc[:, 0] - own})

    def largest(self, account: str | None = None, most: int = 15, ax: Any | None = None) -> Any:
        """Draw the largest multipliers as bars, with the part of the producer itself."""
        name = account or self.multipliers.accounts[0]
        title = f"Largest multipliers of {name}, {self.multipliers.data.attrs['period']}"
        unit = self.multipliers.unit("multiplier", name)
        return ranked_bars(self.largest_data(name, most), unit, title, self.multipliers.small_print, ax)
