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
        named = points.set_axis([f"change of {name} [%]" for name in (chosen, carbon)], axis=1)
        corners = ("co-benefit", f"{chosen} up, {carbon} down", f"{chosen} down, {carbon} up", "co-increase")
        title = "co-control plane, signed changes"
        ax = plotting.plane(named, (0.0, 0.0), corners, title, plotting.LOWER_LEFT, ax)
        plotting.small_print(ax, self.result.small_print)
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
        attrs = self.result.data.attrs
        driver, impact = (
            str(attrs.get("driver", "output")).replace("_", " "),
            attrs.get("impact", "emissions"),
        )
        words = [f"change of {driver} [%]", f"change of {impact} [%]"]
        corners = ("", "strong decoupling", "strong negative decoupling", "")
        title = f"decoupling, {interval or self.result.data['interval'].values[-1]}"
        ax = plotting.new_axes(ax, (5.6, 5.2))
        reach = 1.4 * float(np.abs(points.to_numpy()).max(initial=1e-9))
        for slope in (0.8, 1.2):
            ax.plot([-reach, reach], [-slope * reach, slope * reach], color=plotting.NEUTRAL, lw=0.6, ls=":")
        grey = {"fontsize": 7, "color": "#777777"}
        ax.text(0.98 * reach, 0.03 * reach, "weak decoupling", ha="right", va="bottom", **grey)
        ax.text(0.03 * reach, 0.9 * reach, "expansive\nnegative decoupling", va="top", **grey)
        ax.set_xlim(-reach, reach)
        ax.set_ylim(-reach, reach)
        falls = (plotting.GAIN, plotting.GAIN, plotting.LOSS, plotting.LOSS)
        ax = plotting.plane(points.set_axis(words, axis=1), (0.0, 0.0), corners, title, falls, ax)
        plotting.small_print(ax, self.result.small_print)
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
        ax.legend(fontsize=8, frameon=False)
        plotting.finish(ax, f"ridge trace, k = {self.result.k:g}")
        plotting.small_print(ax, self.result.small_print)
        return ax


@dataclass(frozen=True)
class EntropyPictures:
    """Pictures of an entropy-weighted index."""

    result: EntropyIndex

    def contributions(self, ax: Any | None = None) -> Any:
        """Draw the contributions of the indicators stacked by observation; the dot is the index."""
        ax = plotting.stacked_bars(self.result.contributions, "1", "contributions to the index", ax)
        plotting.small_print(ax, self.result.small_print)
        return ax


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
        ax = plotting.stacked_bars(table, self.result.unit, f"emissions by fuel, {name}", ax)
        plotting.small_print(ax, self.result.small_print)
        return ax


@dataclass(frozen=True)
class KayaPictures:
    """Pictures of a Kaya decomposition."""

    result: KayaDecomposition

    def waterfall(self, ax: Any | None = None) -> Any:
        """Draw the additive effects as steps from zero to the total change."""
        steps = self.result.by_term.sum().rename("effect")
        unit = self.result.data["effect_of_term"].attrs["units"]
        ax = plotting.waterfall(steps, unit, "effects of the Kaya factors", ax)
        plotting.small_print(ax, self.result.small_print)
        return ax
