"""Pictures of low-carbon results; the numbers come ready-made from the results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mrio.plotting import GAIN, LOSS, NEUTRAL, PALETTE, new_axes

if TYPE_CHECKING:
    from mrio.lowcarbon.cocontrol import CoControl
    from mrio.lowcarbon.stirpat_result import Stirpat
    from mrio.lowcarbon.tapio import Decoupling


def co_control_plane(result: CoControl, pollutant: str, ax: Any | None = None) -> Any:
    """Draw measures as points: change of the pollutant to the right, change of carbon upwards.

    Parameters
    ----------
    result
        The points.
    pollutant
        Which pollutant.
    ax
        Axes to draw on.
    """
    ax = new_axes(ax, (6.0, 5.2))
    ax.axhline(0, color=NEUTRAL, lw=0.8)
    ax.axvline(0, color=NEUTRAL, lw=0.8)
    points = result.relative[[pollutant, result.carbon]] * 100.0
    quadrants = result.quadrants()[pollutant]
    colours = {3: GAIN, 1: LOSS}
    ax.scatter(
        points[pollutant],
        points[result.carbon],
        c=[colours.get(q, NEUTRAL) for q in quadrants],
        s=36,
        zorder=3,
    )
    for name, (x, y) in points.iterrows():
        ax.annotate(str(name), (x, y), (4, 4), textcoords="offset points", fontsize=7)
    corners = {(0.01, 0.01): ("co-benefit", "left", "bottom"), (0.99, 0.99): ("co-increase", "right", "top")}
    corners |= {(0.01, 0.99): (f"{pollutant} down, carbon up", "left", "top")}
    corners |= {(0.99, 0.01): (f"{pollutant} up, carbon down", "right", "bottom")}
    for place, (text, across, along) in corners.items():
        ax.text(*place, text, transform=ax.transAxes, ha=across, va=along, fontsize=7, color="#777777")
    ax.margins(0.2)
    ax.set_xlabel(f"change of {pollutant} [%]")
    ax.set_ylabel(f"change of {result.carbon} [%]")
    ax.set_title("co-control plane, signed changes", fontsize=10, loc="left")
    return ax


def ridge_trace_picture(result: Stirpat, ax: Any | None = None) -> Any:
    """Draw standardised coefficients along k, with the chosen k.

    Parameters
    ----------
    result
        The fit.
    ax
        Axes to draw on.
    """
    ax = new_axes(ax, (6.4, 4.0))
    trace = result.trace()
    for number, name in enumerate(trace.columns):
        ax.plot(trace.index, trace[name], label=str(name), color=PALETTE[number % len(PALETTE)])
    ax.axhline(0, color=NEUTRAL, lw=0.8)
    ax.axvline(result.k, color=NEUTRAL, ls="--", lw=0.8)
    ax.set_xlabel("ridge parameter k [1]")
    ax.set_ylabel("standardised coefficient beta [1]")
    ax.set_title(f"ridge trace, k = {result.k:g}", fontsize=10, loc="left")
    ax.legend(fontsize=8, frameon=False)
    return ax


def decoupling_picture(result: Decoupling, interval: str | None = None, ax: Any | None = None) -> Any:
    """Draw growth of output against growth of emissions, with the lines between the eight states.

    Parameters
    ----------
    result
        The elasticities.
    interval
        Which interval; the last by default.
    ax
        Axes to draw on.
    """
    ax = new_axes(ax, (5.6, 5.0))
    data = result.data.sel(interval=interval) if interval else result.data.isel(interval=-1)
    x, y = data["driver_change"].to_numpy() * 100.0, data["impact_change"].to_numpy() * 100.0
    reach = 1.2 * max(abs(x).max(), abs(y).max())
    for slope in (0.8, 1.2):
        ax.plot([-reach, reach], [-slope * reach, slope * reach], color=NEUTRAL, lw=0.6, ls=":")
    ax.axhline(0, color=NEUTRAL, lw=0.8)
    ax.axvline(0, color=NEUTRAL, lw=0.8)
    ax.scatter(
        x,
        y,
        c=[GAIN if str(state) == "strong decoupling" else LOSS for state in data["state"].values],
        zorder=3,
    )
    for name, left, low in zip(data["region"].values, x, y, strict=True):
        ax.annotate(str(name), (left, low), (4, 4), textcoords="offset points", fontsize=7)
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-reach, reach)
    ax.set_xlabel("change of output [%]")
    ax.set_ylabel("change of emissions [%]")
    ax.set_title(f"decoupling, {data['interval'].item()}", fontsize=10, loc="left")
    return ax
