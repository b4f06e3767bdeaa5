"""Pictures of the checks of a table."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mrio import plotting
from mrio.parameters import require_count

if TYPE_CHECKING:
    from mrio.tables.checks import CheckReport

WORST = 10


@dataclass(frozen=True)
class CheckPictures:
    """Pictures of the checks of one table; methods with ``ax=`` return Axes."""

    report: CheckReport

    def residuals_data(self, worst: int = WORST) -> pd.DataFrame:
        """Return the rows and the columns whose sums are farthest from output, the worst first.

        What balances to the last digit is left out.

        Parameters
        ----------
        worst
            How many rows, and how many columns.

        Returns
        -------
        DataFrame
            By region and sector: ``gap``, sum less output relative to output [1], and ``side``, ``"row"`` or
            ``"column"``.
        """
        require_count(worst, "worst")
        parts = []
        for side, gaps in self.report.gaps.items():
            size = gaps.abs()[gaps != 0]
            order = size.sort_values(ascending=False, kind="stable").index[:worst]
            parts.append(pd.DataFrame({"gap": gaps.loc[order], "side": side}))
        return pd.concat(parts)

    def residuals(self, worst: int = WORST, ax: Any | None = None) -> Any:
        """Draw the worst rows and columns against zero; the grey band is the tolerance of the checks."""
        title = f"Sums less output: the {worst} worst rows and columns, {self.report.title}"
        tolerance = self.report["row balance"].tolerance
        ax = plotting.gaps(self.residuals_data(worst), tolerance, title, ax)
        plotting.small_print(ax, textwrap.shorten(self.report.small_print, 240, placeholder=" ..."))
        return ax
