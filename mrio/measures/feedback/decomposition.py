"""Spillover and feedback: what stays inside a region, what spills over, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from mrio import plotting
from mrio.leontief import Leontief
from mrio.measures.measure import (
    Intensities,
    Measure,
    Sheet,
    all_accounts,
    as_table,
    by_region,
    intensities,
    rates,
    require_accounts,
)
from mrio.measures.partition import Groups, Inside, Partition, partition
from mrio.parameters import require_count
from mrio.tables import System
from mrio.tables.arrays import Array

PARTS = ("intra", "spillover", "feedback")
"""What never leaves the group, what arises in other groups, and what comes back from them."""

LOOPS = ("initial", "inside", "open_loop", "closed_loop")
"""Additive form of the multiplicative decomposition: I, M1 - I, (M2 - I) M1, (M3 - I) M2 M1."""

STEPS = ("final_demand", "intra", "spillover", "feedback")
"""Running products of the multiplicative form applied to final demand: y, M1 y, M2 M1 y, M3 M2 M1 y = x."""


@dataclass(frozen=True, eq=False)
class Rounds:
    """Multipliers of m indicators along chains that cross borders more and more often, each (m, n).

    Attributes
    ----------
    initial
        F: the unit itself.
    inside
        F M1: chains inside the group.
    crossing
        F M2 M1: and chains that cross at most k - 1 borders.
    all
        F L: all chains.
    """

    initial: Array
    inside: Array
    crossing: Array
    all: Array


def feedback(
    system: System,
    accounts: str | Iterable[str] | None = None,
    groups: Groups | None = None,
    *,
    rounds: int = 2,
) -> Feedback:
    """Split multipliers into what stays inside a region, what spills over and what comes back.

    With M1 the block-diagonal ``(I - A_gg)^-1`` of chains that never leave a group, the multipliers split by
    place into intra-regional ``M1``, spillover ``L_hg`` (h other than g) and feedback ``L_gg - M1_gg``, which
    add up to L [1]_. With ``A* = M1 (A - A_gg)``, the border crossings, they also multiply to it,
    ``L = M3 M2 M1`` with ``M2 = I + A* + ... + A*^(k-1)`` and ``M3 = (I - A*^k)^-1`` [2]_.

    Parameters
    ----------
    system
        The table.
    accounts
        Names of accounts, ``"output"`` among them; all when left out.
    groups
        Groups of regions that count as one, for example ``{"BTH": ["Beijing", "Tianjin", "Hebei"]}``; regions
        that are not named stand for themselves.
    rounds
        k: border crossings up to k - 1 count as spillover in the multiplicative form. For two regions and
        k = 2 the feedback matrix M3 is block-diagonal, as in textbooks.

    Returns
    -------
    Feedback
        Multipliers [account per unit of money] and levels [account], by part.

    Raises
    ------
    LabelError, DataError
        When an account or region is unknown, or `rounds` is below 2.
    NotProductiveError
        When a group has no economic inverse of its own.
    BalanceError
        When the parts do not add up within 1e-9.

    References
    ----------
    .. [1] Miller, R. E. (1966), Journal of Regional Science 6(2), 105-125,
       doi:10.1111/j.1467-9787.1966.tb00508.x.
    .. [2] Miller, R. E. and Blair, P. D. (2022), Input-Output Analysis, 3rd ed., Cambridge University Press,
       chapter 6, doi:10.1017/9781108676212. Round, J. I. (1985), Regional Science and Urban Economics 15(1).

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> parts = mrio.feedback(table, "output", groups={"BTH": ["BJ", "TJ", "HE"]})
    >>> parts.summary().columns.tolist()[:2]
    ['intra [1e8 CNY]', 'feedback [1e8 CNY]']
    """
    require_count(rounds, "rounds", least=2)
    asked = intensities(system, accounts, all_accounts(system))
    parts = partition(system, groups)
    inside = Inside(system.leontief.A, parts, system.labels)
    rows = by_region(system, asked.per_output)
    found = multiplier_rounds(system.leontief, inside, rows.reshape(-1, rows.shape[2]), rounds)
    y = system.arrays.final_demand.ravel()
    running = final_demand_rounds(system.leontief, inside, y, rounds)
    steps = np.einsum("mrn,sn->msr", rows, running)
    sheet = Sheet(
        account=asked.names,
        part=PARTS,
        loop=LOOPS,
        step=STEPS,
        region=system.regions,
        use_region=system.regions,
        use_sector=system.sectors,
    )
    gap = _fill(sheet, system, asked, (split_by_place(found, parts, len(asked.names)), found, steps))
    return Feedback(
        sheet.dataset(
            system,
            f"Spillover and feedback of {', '.join(asked.names)}",
            "the parts add up to the multiplier, and their levels to the account of each region; the factors "
            "multiply to the ratio of output to final demand",
            f"parts and account of each region: largest gap {gap:.1e}",
            groups="\n".join(parts.names),
            group_of_region="\n".join(parts.names[g] for g in parts.of_region),
            rounds=rounds,
        )
    )


def _fill(sheet: Sheet, system: System, asked: Intensities, numbers: tuple[Array, Rounds, Array]) -> float:
    """Put parts, loops, levels and running products on labels; return the largest gap between them."""
    by_place, found, steps = numbers
    M, R, y = len(asked.names), len(system.regions), system.arrays.final_demand

    def of_account(values: Array) -> Array:
        return values.reshape(len(values), M, R, R, -1).swapaxes(0, 1)

    parts = of_account(by_place)
    chains = [found.initial, found.inside, found.crossing, found.all]
    loops = of_account(np.diff(np.stack(chains), axis=0, prepend=0))
    level = np.einsum("aprsi,si->aprs", parts, y)
    units, columns = rates(asked, system.unit), ("region", "use_region", "use_sector")
    text = "multiplier by region where it arises, per unit of final demand for a product"
    sheet.put("multiplier", parts, ("account", "part", *columns), units, text)
    sheet.put("loops", loops, ("account", "loop", *columns), units, text)
    text = "account by region where it arises, for final demand for the products of a region"
    sheet.put("level", level, ("account", "part", *columns[:2]), asked.units, text)
    text = "account after each factor of the multiplicative form has been applied to final demand"
    sheet.put("steps", steps, ("account", "step", "region"), asked.units, text)
    return _adding_up(asked.flows.reshape(M, R, -1).sum(axis=2), level, steps, loops, parts)


def _adding_up(flows: Array, level: Array, steps: Array, loops: Array, by_place: Array) -> float:
    """Compare parts, loops and running products with the accounts by region (M, R)."""
    gaps = [
        require_accounts(level.sum(axis=(1, 3)), flows, "intra, spillover and feedback, and the account"),
        require_accounts(steps[:, -1], flows, "M3 M2 M1 applied to final demand, and the account"),
        require_accounts(loops.sum(axis=1), by_place.sum(axis=1), "loops and multipliers"),
    ]
    return max(gaps)


# -- kernels ----------------------------------------------------------------------------------------------


def multiplier_rounds(op: Leontief, inside: Inside, F: Array, rounds: int) -> Rounds:
    """Return multipliers of indicators F (m, n) along chains that cross more and more borders.

    Parameters
    ----------
    op
        Leontief operator, n rows.
    inside
        Chains that never leave a group.
    F
        Indicators per unit of output (m, n).
    rounds
        k: up to k - 1 crossings count as spillover.
    """
    first = inside.solve_left(F)
    crossing, total = first, first
    for _ in range(rounds - 1):
        outside = (op.A.T @ crossing.T).T - inside.product_left(crossing)
        crossing = inside.solve_left(outside)
        total = total + crossing
    return Rounds(F, first, total, np.asarray(op.solve_left(F)))


def final_demand_rounds(op: Leontief, inside: Inside, y: Array, rounds: int) -> Array:
    """Return y, M1 y, M2 M1 y and L y, (4, n).

    Parameters
    ----------
    op, inside, rounds
        As in `multiplier_rounds`.
    y
        Final demand (n,).
    """
    first = inside.solve(y)
    crossing, total = first, first
    for _ in range(rounds - 1):
        crossing = inside.solve(op.A @ crossing - inside.product(crossing))
        total = total + crossing
    return np.stack([y, first, total, np.asarray(op.solve(y))])


def split_by_place(found: Rounds, parts: Partition, M: int) -> Array:
    """Return intra, spillover and feedback multipliers (3, m, n).

    Parameters
    ----------
    found
        Multipliers of m = M R indicators, one a account and region.
    parts
        Groups of regions.
    M
        Number of accounts.
    """
    home = np.tile(parts.of_region, M)[:, np.newaxis] == parts.of_row
    spillover = np.where(home, 0.0, found.all)
    return np.stack([found.inside, spillover, np.where(home, found.all - found.inside, 0.0)])


# -- result -----------------------------------------------------------------------------------------------


class Feedback(Measure):
    """Multipliers split into intra-regional, spillover and feedback. Made by `mrio.feedback`."""

    kind: ClassVar[str] = "feedback"
    main: ClassVar[str] = "multiplier"

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups."""
        return tuple(str(self.data.attrs["groups"]).split("\n"))

    @property
    def group_of_region(self) -> dict[str, str]:
        """Group of each region."""
        groups = str(self.data.attrs["group_of_region"]).split("\n")
        return dict(zip(map(str, self.data["region"].values), groups, strict=True))

    def summary(self, account: str | None = None) -> pd.DataFrame:
        """Return the account by group where it arises, and what its final demand brings about elsewhere.

        Returns
        -------
        DataFrame
            ``intra`` and ``feedback``: for final demand for own products; ``spillover_in``: for that for the
            products of other groups; the three add up to ``total``. ``spillover_out``: what arises in other
            groups for final demand for own products. ``feedback share``: of what own demand needs at home.
        """
        level = self.of("level", account)
        unit = level.attrs["units"]
        group = list(self.group_of_region.values())
        table = {}
        for part in PARTS:
            pairs = pd.DataFrame(level.sel(part=part).transpose("region", "use_region").values, group, group)
            table[part] = pairs.groupby(level=0, sort=False).sum().T.groupby(level=0, sort=False).sum().T
        own = {part: np.diag(table[part].to_numpy()) for part in ("intra", "feedback")}
        total = own["intra"] + own["feedback"]
        columns = {
            f"intra [{unit}]": own["intra"],
            f"feedback [{unit}]": own["feedback"],
            f"spillover_in [{unit}]": table["spillover"].sum(axis=1).to_numpy(),
        }
        result = pd.DataFrame(columns, index=pd.Index(table["intra"].index, name="group"))
        result[f"total [{unit}]"] = result.sum(axis=1)
        result[f"spillover_out [{unit}]"] = table["spillover"].sum(axis=0).to_numpy()
        result["feedback share [1]"] = np.divide(
            own["feedback"], total, out=np.zeros_like(total), where=total != 0
        )
        return result

    def factors(self, account: str | None = None) -> pd.DataFrame:
        """Return the factors of the multiplicative form by region: their product is account over demand.

        Returns
        -------
        DataFrame
            ``intra``, ``spillover``, ``feedback`` and their ``product``; NaN where there is no final demand.
        """
        levels = as_table(self.of("steps", account), "region", "step").rename_axis(columns=None)
        before = levels[list(STEPS[:-1])].to_numpy()
        ratio = np.divide(levels[list(STEPS[1:])], np.where(before != 0, before, np.nan))
        result = pd.DataFrame(ratio, columns=list(STEPS[1:]))
        result["product"] = result.prod(axis=1, skipna=False)
        return result

    def by_sector(self, account: str | None = None) -> pd.DataFrame:
        """Return the multiplier of every product by part, with its total; one row a region and sector."""
        parts = self.of("multiplier", account).sum("region")
        table = pd.DataFrame({part: parts.sel(part=part).to_series() for part in PARTS})
        table["total"] = table.sum(axis=1)
        return table.rename_axis(index={"use_region": "region", "use_sector": "sector"})

    @property
    def plot(self) -> FeedbackPictures:
        """Pictures: ``plot.parts(account)``, ``plot.spillovers(account)``."""
        return FeedbackPictures(self)


@dataclass(frozen=True)
class FeedbackPictures:
    """Pictures of spillover and feedback; every method takes ``ax=`` and returns Axes."""

    feedback: Feedback

    def parts_data(self, account: str | None = None) -> pd.DataFrame:
        """Return the account of each group by part."""
        table = self.feedback.summary(account).iloc[:, :3]
        table.columns = ["intra", "feedback", "spillover from others"]
        return table

    def parts(self, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw the account of each group, stacked by part."""
        name = account or self.feedback.accounts[0]
        title = f"{name} by where its cause lies, {self.feedback.data.attrs['period']}"
        ax = plotting.stacked_bars(self.parts_data(account), self.feedback.unit("level", name), title, ax)
        plotting.small_print(ax, self.feedback.small_print)
        return ax

    def spillovers_data(self, account: str | None = None) -> pd.DataFrame:
        """Return spillovers by region where they arise (rows) and region whose products are bought."""
        return as_table(self.feedback.of("level", account).sel(part="spillover"), "region", "use_region")

    def spillovers(self, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw spillovers between regions as a heat map."""
        name = account or self.feedback.accounts[0]
        title = f"Spillovers of {name}, {self.feedback.data.attrs['period']}"
        ax = plotting.heat_map(self.spillovers_data(name), self.feedback.unit("level", name), title, ax)
        plotting.small_print(ax, self.feedback.small_print)
        return ax
