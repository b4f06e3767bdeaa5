"""Pictures of a comparison: the data of each is a method of its own, drawing is `mrio.plotting`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mrio import plotting
from mrio.errors import DataError, LabelError, choices

if TYPE_CHECKING:
    from mrio.scenarios.comparison import Comparison

MOST_BARS = 15


@dataclass(frozen=True)
class ComparisonPictures:
    """Pictures of one comparison; every method takes ``ax=`` and returns Axes."""

    comparison: Comparison

    def bars_data(self, account: str | None = None) -> pd.DataFrame:
        """Return the change of an account by run, one column a region."""
        return self.comparison.by_region(self._account(account))

    def bars(self, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw the change of an account by run, stacked by region, with a dot at the total."""
        name = self._account(account)
        ax = plotting.stacked_bars(self.bars_data(name), self.comparison.unit(name), self._title(name), ax)
        return self._signed(ax)

    def sectors_data(self, scenario: str, account: str | None = None) -> pd.Series[float]:
        """Return the largest changes of an account by sector in one run, gains first."""
        change = self.comparison.by_sector(self._account(account))[self._run(scenario)]
        largest = change.abs().sort_values(ascending=False, kind="stable").index[:MOST_BARS]
        return change.loc[largest].sort_values(ascending=False, kind="stable")

    def sectors(self, scenario: str, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw the largest changes of an account by sector in one run."""
        name = self._account(account)
        data = self.sectors_data(scenario, name)
        title = f"{scenario}: {self._title(name)}"
        return self._signed(plotting.signed_bars(data, self.comparison.unit(name), title, ax))

    def slopes_data(self, scenario: str, account: str | None = None) -> pd.DataFrame:
        """Return an account by region in the reference, set to 100, and in one run."""
        levels = self.comparison.by_region(self._account(account), "level")
        base = self.comparison.relative_to
        return 100 * (levels / levels.loc[base]).T[[base, self._run(scenario)]].T

    def slopes(self, scenario: str, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw an account from the reference to one run as a line a region, the reference = 100."""
        name = self._account(account)
        unit = f"{self.comparison.relative_to} = 100"
        ax = plotting.slopes(self.slopes_data(scenario, name), unit, f"{name} by region", ax)
        return self._signed(ax)

    def cocontrol_data(self, x: str | None = None, y: str = "co2") -> pd.DataFrame:
        """Return the change of two accounts in all regions, in per cent, one row a run."""
        levels = {}
        for name in (self._other(x, y), y):
            total = self.comparison.by_region(name, "level").sum(axis=1)
            base = total[self.comparison.relative_to]
            if base == 0:
                raise DataError(
                    f"There is no {name} in {self.comparison.relative_to!r}, so nothing changes in per cent.",
                    remedy="choose another account",
                )
            levels[name] = 100 * (total / base - 1)
        return pd.DataFrame(levels).drop(index=self.comparison.relative_to)

    def cocontrol(self, x: str | None = None, y: str = "co2", ax: Any | None = None) -> Any:
        """Draw the runs in the plane of the changes of two accounts, in per cent.

        Where both are emissions the lower left is co-control: both fall. Against value added the lower right
        is what is wanted: more value added and less emission.
        """
        name = self._other(x, y)
        title = f"Changes of {name} and {y} against {self.comparison.relative_to}"
        data = self.cocontrol_data(x, y)
        if self.comparison.unit(name) == self.comparison.data.attrs["money"]:
            return self._signed(plotting.quadrants(data, ("%", "%"), title, ax))
        corners = ("co-control: both fall", f"only {y} falls", f"only {name} falls", "both rise")
        points, wanted = data.add_suffix(" [%]"), plotting.LOWER_LEFT
        return self._signed(plotting.plane(points, (0.0, 0.0), corners, title, wanted, ax))

    def tiles_data(self, scenario: str, account: str | None = None) -> pd.Series[float]:
        """Return the change of an account by region in one run."""
        return self.bars_data(account).T[self._run(scenario)]

    def tiles(self, scenario: str, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw the change of an account by province in one run, as tiles."""
        name = self._account(account)
        title = f"{scenario}: {self._title(name)}"
        data = self.tiles_data(scenario, name)
        return self._signed(plotting.tile_map(data, self.comparison.unit(name), title, ax))

    def _run(self, scenario: str) -> str:
        """Return the name of a run other than the reference."""
        others = [name for name in self.comparison.scenarios if name != self.comparison.relative_to]
        if scenario not in others:
            raise LabelError(
                f"There is no run {scenario!r} to draw.", remedy=choices(scenario, others, "runs")
            )
        return scenario

    def _other(self, x: str | None, y: str) -> str:
        """Return the account across, the first other than y unless named."""
        if x is not None:
            return x
        others = [name for name in self.comparison.accounts if name not in (y, "output")]
        if not others:
            raise DataError("A plane needs two accounts.", remedy="name x=, and compare both accounts")
        return others[0]

    def _account(self, account: str | None) -> str:
        return account or self.comparison.accounts[-1]

    def _title(self, account: str) -> str:
        return f"{account}, change against {self.comparison.relative_to}"

    def _signed(self, ax: Any) -> Any:
        """Write status and price basis under a picture."""
        plotting.small_print(ax, self.comparison.small_print)
        return ax
