"""Position in the chain: how far a sector is from final use, and from primary inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from mrio import plotting
from mrio.measures.linkages.indices import ghosh_row_sums
from mrio.measures.measure import Measure, Sheet
from mrio.results import require_adding_up
from mrio.tables import System
from mrio.tables.systems import require_table


def chain_position(system: System) -> ChainPosition:
    """Measure upstreamness and downstreamness of every region-sector.

    Upstreamness is the mean number of steps from a sector to final use, counting its own,
    ``U = (I - x^-1 Z)^-1 1`` [1]_: 1 where everything goes to final use, more where it is used and used
    again. Downstreamness is the mean number of steps from primary inputs to a sector, ``D' = 1' (I - A)^-1``
    [2]_: 1 where a sector pays only for primary inputs and imports.

    Parameters
    ----------
    system
        The table.

    Returns
    -------
    ChainPosition
        Steps [1]. A sector without output has 1 in both.

    Raises
    ------
    BalanceError
        When the positions do not add up within 1e-9.

    Notes
    -----
    Exports abroad count as final use and imports as primary inputs, since the table ends there. Stock changes
    count as final use. The numbers are those of total forward and backward linkages of output, read as
    distances.

    References
    ----------
    .. [1] Antras, P., Chor, D., Fally, T. and Hillberry, R. (2012), American Economic Review 102(3), 412-416,
       doi:10.1257/aer.102.3.412.
    .. [2] Miller, R. E. and Temurshoev, U. (2017), International Regional Science Review 40(5), 443-475,
       doi:10.1177/0160017615608095.

    Examples
    --------
    >>> import mrio
    >>> steps = mrio.chain_position(mrio.load_example("illustrative")["1"])
    >>> bool((steps.data["upstreamness"] >= 1).all())
    True
    """
    require_table(system)
    op, x, y = system.leontief, system.arrays.x.ravel(), system.arrays.final_demand.ravel()
    one = np.ones(x.size)
    up = ghosh_row_sums(op, x[:, np.newaxis], x, one).ravel()
    down = np.asarray(op.solve_left(one))
    primary = x - (op.A.T @ one) * x
    gap = max(
        require_adding_up(up @ primary, x.sum(), float(np.abs(x).sum()), "upstreamness and output"),
        require_adding_up(down @ y, x.sum(), float(np.abs(x).sum()), "downstreamness and output"),
    )
    sheet = Sheet(region=system.regions, sector=system.sectors)
    base = ("region", "sector")
    sheet.put("upstreamness", up, base, "1", "mean steps to final use")
    sheet.put("downstreamness", down, base, "1", "mean steps from primary inputs")
    sheet.put("x", x, base, system.unit, "gross output")
    return ChainPosition(
        sheet.dataset(
            system,
            "Position in the chain",
            "upstreamness times primary inputs, and downstreamness times final demand, each add up to gross "
            "output; steps of several sectors do not add up",
            f"both totals: largest gap {gap:.1e}",
        )
    )


class ChainPosition(Measure):
    """Upstreamness and downstreamness. Made by `mrio.chain_position`."""

    kind: ClassVar[str] = "chain_position"
    main: ClassVar[str] = "upstreamness"

    def by_region(self) -> pd.DataFrame:
        """Return the output-weighted means of each region [1]."""
        x = self.data["x"]
        total = x.sum("sector")
        columns = {
            name: ((self.data[name] * x).sum("sector") / total.where(total != 0)).to_series()
            for name in ("upstreamness", "downstreamness")
        }
        return pd.DataFrame(columns)

    def summary(self) -> pd.DataFrame:
        """Return both positions of each region-sector, the most upstream first."""
        names = ("upstreamness", "downstreamness")
        table = pd.DataFrame({f"{name} [1]": self.data[name].to_series() for name in names})
        return table.sort_values("upstreamness [1]", ascending=False, kind="stable")

    @property
    def plot(self) -> PositionPictures:
        """Pictures: ``plot.positions()``."""
        return PositionPictures(self)


@dataclass(frozen=True)
class PositionPictures:
    """Pictures of positions; every method takes ``ax=`` and returns Axes."""

    position: ChainPosition

    def positions_data(self, region: str | None = None) -> pd.DataFrame:
        """Return both positions, of one region or of all."""
        data = self.position.data
        if region is not None:
            data = data.sel(region=self.position.known("region", region))
        names = ("upstreamness", "downstreamness")
        return pd.DataFrame({f"{name} [1]": data[name].to_series() for name in names})

    def positions(self, region: str | None = None, ax: Any | None = None) -> Any:
        """Draw sectors in the plane of both positions, with the quadrants around the means."""
        table = self.positions_data(region)
        centre = (float(table.iloc[:, 0].mean()), float(table.iloc[:, 1].mean()))
        corners = ("short chains", "suppliers of many steps", "late in long chains", "middle of long chains")
        where = "" if region is None else f" of {region}"
        title = f"Position in the chain{where}, {self.position.data.attrs['period']}"
        ax = plotting.plane(table, centre, corners, title, ax=ax)
        plotting.small_print(ax, self.position.small_print)
        return ax
