"""Pictures of low-carbon results; every method takes ``ax=`` and returns Axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mrio import plotting
from mrio.lowcarbon.frames import as_frame

if TYPE_CHECKING:
    from mrio.lowcarbon.change.cocontrol import CoControl
    from mrio.lowcarbon.change.kaya import KayaDecomposition
    from mrio.lowcarbon.change.tapio import Decoupling
    from mrio.lowcarbon.drivers.result import Stirpat
    from mrio.lowcarbon.indicators.entropy import EntropyIndex
    from mrio.lowcarbon.inventory.result import Inventory


@dataclass(frozen=True)
class CoControlPictures:
    """Pictures of a co-control result."""

    result: CoControl

    def plane_data(self, pollutant: str | None = None) -> pd.DataFrame:
        """Return relative changes of a pollutant, the first by default, and of carbon by measure [%]."""
        chosen = pollutant or self.result.pollutants[0]
        return self.result.relative[[chosen, self.result.carbon]] * 100.0

    def plane(self, pollutant: str | None = None, ax: Any | None = None) -> Any:
        """Draw measures as points: change of the pollutant to the right, change of carbon upwards."""
        points = self.plane_data(pollutant)
        chosen, carbon = map(str, points.columns)
        colours = {3: plotting.GAIN, 1: plotting.LOSS}
        quadrants = self.result.quadrants()[chosen]
        corners = {(0, 0): "co-benefit", (1, 1): "co-increase", (0, 1): f"{chosen} down, {carbon} up"}
        corners[1, 0] = f"{chosen} up, {carbon} down"
        ax = _plane(plotting.new_axes(ax, (6.0, 5.2)), corners)
        _points(ax, points, [colours.get(number, plotting.NEUTRAL) for number in quadrants])
        ax.set_xlabel(f"change of {chosen} [%]")
        ax.set_ylabel(f"change of {carbon} [%]")
        ax.set_title("co-control plane, signed changes", fontsize=10, loc="left")
        return ax


@dataclass(frozen=True)
class DecouplingPictures:
    """Pictures of a decoupling result."""

    result: Decoupling

    def states_data(self, interval: str | None = None) -> pd.DataFrame:
        """Return changes of output and emissions by region in an interval, the last by default [%]."""
        data = self.result.data
        chosen = data.sel(interval=interval) if interval else data.isel(interval=-1)
        columns = {name: chosen[name].to_numpy() * 100.0 for name in ("driver_change", "impact_change")}
        return pd.DataFrame(columns, index=chosen["region"].to_numpy())

    def states(self, interval: str | None = None, ax: Any | None = None) -> Any:
        """Draw growth of output against growth of emissions, with the lines between the states."""
        points = self.states_data(interval)
        corners = {(1, 0): "strong decoupling", (0, 1): "strong negative decoupling"}
        ax = _plane(plotting.new_axes(ax, (5.6, 5.2)), corners)
        reach = 1.4 * float(np.abs(points.to_numpy()).max(initial=1e-9))
        for slope in (0.8, 1.2):
            ax.plot([-reach, reach], [-slope * reach, slope * reach], color=plotting.NEUTRAL, lw=0.6, ls=":")
        for x, y, text in ((0.7, 0.3, "weak decoupling"), (0.3, 0.7, "expansive\nnegative decoupling")):
            ax.text(x * reach, y * reach, text, ha="center", va="center", fontsize=7, color="#777777")
        falls = points["impact_change"] < 0
        _points(ax, points, [plotting.GAIN if value else plotting.LOSS for value in falls])
        ax.set_xlim(-reach, reach)
        ax.set_ylim(-reach, reach)
        attrs = self.result.data.attrs
        ax.set_xlabel(f"change of {attrs.get('driver', 'output').replace('_', ' ')} [%]")
        ax.set_ylabel(f"change of {attrs.get('impact', 'emissions')} [%]")
        title = interval or str(self.result.data["interval"].values[-1])
        ax.set_title(f"decoupling, {title}", fontsize=10, loc="left")
        note = f"prices: {attrs['price_basis']}"
        plotting.small_print(ax, "; ".join(filter(None, [self.result.headline, note])))
        return ax


@dataclass(frozen=True)
class StirpatPictures:
    """Pictures of a STIRPAT model."""

    result: Stirpat

    def trace(self, ax: Any | None = None) -> Any:
        """Draw standardised coefficients along the ridge parameter, with the one chosen."""
        ax = plotting.new_axes(ax, (6.4, 4.0))
        table = self.result.trace()
        for number, name in enumerate(table.columns):
            colour = plotting.PALETTE[number % len(plotting.PALETTE)]
            ax.plot(table.index, table[name], label=str(name), color=colour)
        ax.axhline(0, color=plotting.NEUTRAL, lw=0.8)
        ax.axvline(self.result.k, color=plotting.NEUTRAL, ls="--", lw=0.8)
        ax.set_xlabel("ridge parameter k [1]")
        ax.set_ylabel("standardised coefficient beta [1]")
        ax.set_title(f"ridge trace, k = {self.result.k:g}", fontsize=10, loc="left")
        ax.legend(fontsize=8, frameon=False)
        return ax


@dataclass(frozen=True)
class EntropyPictures:
    """Pictures of an entropy-weighted index."""

    result: EntropyIndex

    def contributions(self, ax: Any | None = None) -> Any:
        """Draw the contributions of the indicators stacked by observation; the dot is the index."""
        return plotting.stacked_bars(self.result.contributions, "1", "contributions to the index", ax)


@dataclass(frozen=True)
class InventoryPictures:
    """Pictures of an emission inventory."""

    result: Inventory

    def fuels_data(self, year: str | int | None = None) -> pd.DataFrame:
        """Return emissions by region and fuel of a year, the last by default."""
        emissions = self.result.emissions.sum("sector")
        chosen = emissions.isel(year=-1) if year is None else emissions.sel(year=str(year))
        return as_frame(chosen, "region", "fuel")

    def fuels(self, year: str | int | None = None, ax: Any | None = None) -> Any:
        """Draw emissions by fuel stacked by region."""
        name = year or self.result.data["year"].values[-1]
        table = self.fuels_data(year)
        return plotting.stacked_bars(table, self.result.unit, f"emissions by fuel, {name}", ax)


@dataclass(frozen=True)
class KayaPictures:
    """Pictures of a Kaya decomposition."""

    result: KayaDecomposition

    def waterfall(self, ax: Any | None = None) -> Any:
        """Draw the additive effects as steps from zero to the total change."""
        steps = self.result.by_term.sum().rename("effect")
        unit = self.result.data["effect_of_term"].attrs["units"]
        return plotting.waterfall(steps, unit, "effects of the Kaya factors", ax)


def _plane(ax: Any, corners: dict[tuple[int, int], str]) -> Any:
    """Draw the axes through zero, and words into corners (0 left or below, 1 right or above)."""
    ax.axhline(0, color=plotting.NEUTRAL, lw=0.8)
    ax.axvline(0, color=plotting.NEUTRAL, lw=0.8)
    for (right, above), text in corners.items():
        place = 0.01 + 0.98 * right, 0.01 + 0.98 * above
        across, along = ("left", "right")[right], ("bottom", "top")[above]
        ax.text(*place, text, transform=ax.transAxes, ha=across, va=along, fontsize=7, color="#777777")
    ax.margins(0.2)
    return ax


def _points(ax: Any, table: pd.DataFrame, colours: list[str]) -> None:
    """Draw the rows of a table with two columns as points with their names."""
    x, y = (table.iloc[:, column].to_numpy(dtype=float) for column in (0, 1))
    ax.scatter(x, y, c=colours, s=36, zorder=3)
    middle = (min(x.min(), 0.0) + max(x.max(), 0.0)) / 2.0
    for name, left, low in zip(table.index, x, y, strict=True):
        # Names of points on the right run to the left, so that they stay inside.
        side, across = (-4, "right") if left > middle else (4, "left")
        ax.annotate(str(name), (left, low), (side, 4), textcoords="offset points", fontsize=7, ha=across)
