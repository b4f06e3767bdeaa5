"""Disaggregation: sectors and regions split by shares of their output, after a pattern where one is known.

The inverse of aggregation: every cell of the table is parted among the cells that it becomes, and adding them
up again gives the table back. Which part of a cell goes where is an assumption; it is in the provenance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mrio.balancing.grouped import Groups, Sums, scale_groups
from mrio.errors import ConvergenceError, DataError, LabelError
from mrio.provenance import CellGroup
from mrio.schema import SYSTEM_DIMS
from mrio.tables import System
from mrio.tables.arrays import Array
from mrio.tables.labels import Labels, require_same_labels
from mrio.tables.perturbation import given_parts, matrix_of, parts_of

Shares = Mapping[str, Mapping[str, float | npt.ArrayLike]]
"""For each label that is split, its new labels and their shares of its output."""

_TOLERANCE = 1e-12
_MOST_SWEEPS = 5_000
_ADDING_UP = 1e-9
_CANCELLED = 0.1
"""Cells of a pattern whose sum is a smaller part of them than this tell no shares."""


@dataclass(frozen=True, eq=False)
class Split:
    """How labels become new labels; R regions and N sectors of the table, R' and N' of the new one.

    Attributes
    ----------
    regions, sectors
        New labels.
    region_of, sector_of
        Old label of each new one, (R',) and (N',).
    region_share
        Share of each new region in its old one (R',).
    sector_share
        Share of each new sector in its old one, in each new region (R', N').
    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    region_of: Groups
    sector_of: Groups
    region_share: Array
    sector_share: Array

    @property
    def output_share(self) -> Array:
        """Share of each new region and sector in the output of the old one (R', N')."""
        return np.asarray(self.region_share[:, np.newaxis] * self.sector_share)


def disaggregate(
    system: System,
    sectors: Shares | None = None,
    regions: Shares | None = None,
    *,
    pattern: System | None = None,
) -> System:
    """Split sectors or regions of a table by shares of their output.

    Every flow is parted in proportion to the output shares of seller and buyer; or like the flows of a
    `pattern`, a table that has the new labels, and then scaled (RAS, of mixed signs GRAS) until the parts of
    every cell add up to it, and rows and columns of every part to its share of the output.

    Parameters
    ----------
    system
        The table.
    sectors
        For each sector that is split its new sectors and their shares of its output, one number or one a
        region (R,): ``{"metals": {"steel": 0.7, "other metals": 0.3}}``.
    regions
        For each region that is split its new regions and their shares of its output, one number each; final
        users, population and their own flows are split alike.
    pattern
        Table with exactly the new labels, for example of another year.

    Returns
    -------
    System
        The new labels stand where the old one stood. Aggregation of the result gives the table back.

    Raises
    ------
    LabelError, DataError
        When a label is unknown or doubled, shares do not add up to one, or the pattern has other labels.
    ConvergenceError
        When zeros of the pattern leave no room for the outputs of the parts.

    Notes
    -----
    Where cells of the pattern cancel out, or add up to the other sign, flows are parted by output as well.
    Without a pattern the parts have the same inputs and intensities, and imports of a product are parted like
    the output of it in the region that buys: what is known of each part is its size alone. Accounts are
    parted by output, or like those of the pattern that have the same name.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> fine = mrio.disaggregate(table, {"SRV": {"trade": 0.4, "other services": 0.6}})
    >>> fine.sectors
    ('RES', 'TEC', 'trade', 'other services')
    >>> into = {"RES": "RES", "TEC": "TEC", "trade": "SRV", "other services": "SRV"}
    >>> bool(abs(fine.aggregate(sectors=into).arrays.Z - table.arrays.Z).max() < 1e-9)
    True
    """
    split = _split(system, sectors or {}, regions or {})
    if pattern is not None:
        _require_pattern(system, pattern, split)
    parts = given_parts(system.arrays)
    matrix, sweeps = _parted(system, parts, split, pattern)
    shape = (len(split.regions), len(split.sectors), len(system.demand))
    arrays = parts_of(matrix, _shapes(parts, split, len(system.demand)), shape)
    people = system.arrays.population
    if people is not None:
        arrays["population"] = people[split.region_of] * split.region_share
    how = "output shares" if pattern is None else f"the flows of {pattern.title}, balanced to output shares"
    record = system.provenance.with_step(
        "disaggregated", sectors=_words(sectors), regions=_words(regions), by=how, sweeps=sweeps
    )
    groups = {**record.groups, "parts of split labels": CellGroup("estimated", how)}
    return system.replace(
        regions=split.regions,
        sectors=split.sectors,
        **arrays,
        accounts=_accounts(system, split, pattern),
        provenance=type(record)(record.source, record.steps, groups, record.headline),
    )


# -- shares -----------------------------------------------------------------------------------------------


def _split(system: System, sectors: Shares, regions: Shares) -> Split:
    """Return which new label belongs to which old one, with shares, checked."""
    R = len(system.regions)
    names, region_of, region_share = _unfolded("region", system.regions, regions, 1)
    sector_names, sector_of, by_region = _unfolded("sector", system.sectors, sectors, R)
    return Split(names, sector_names, region_of, sector_of, region_share[:, 0], by_region.T[region_of])


def _unfolded(
    what: str, labels: Sequence[str], shares: Shares, width: int
) -> tuple[tuple[str, ...], Groups, Array]:
    """Return new labels, the number of the old label of each, and shares (new labels, width)."""
    unknown = [name for name in shares if name not in labels]
    if unknown:
        raise LabelError(
            f"The table has no {what} {unknown[0]!r} to split.",
            remedy=f"{what}s are {', '.join(map(repr, labels))}",
        )
    names: list[str] = []
    places: list[int] = []
    parts: list[Array] = []
    for place, label in enumerate(labels):
        own = shares.get(label, {label: 1.0})
        values = np.array([_one_share(what, name, value, width) for name, value in own.items()])
        if not own or (values < 0).any() or (np.abs(values.sum(axis=0) - 1) > _ADDING_UP).any():
            raise DataError(
                f"The shares of the parts of {label!r} do not add up to one.",
                amount=f"sums {', '.join(f'{total:.10g}' for total in np.unique(values.sum(axis=0)))}",
                remedy="give shares of output, zero or more, whose sum is one",
            )
        names += map(str, own)
        places += [place] * len(own)
        parts += list(values / values.sum(axis=0))
    if len(set(names)) < len(names):
        doubled = sorted({name for name in names if names.count(name) > 1})
        raise LabelError(f"Two {what}s would be called {doubled[0]!r}.", remedy="choose distinct names")
    return tuple(names), np.array(places, dtype=np.intp), np.array(parts)


def _one_share(what: str, name: str, value: float | npt.ArrayLike, width: int) -> Array:
    """Return the share of one part (width,), checked."""
    share = np.asarray(value, dtype=np.float64)
    if share.shape not in ((), (width,)) or not np.isfinite(share).all():
        raise DataError(
            f"The share of {what} {name!r} cannot be used.",
            amount=f"got {value!r}",
            remedy="give one number" + (f", or one for each of {width} regions" if width > 1 else ""),
        )
    return np.broadcast_to(share, (width,))


def _require_pattern(system: System, pattern: System, split: Split) -> None:
    """Raise unless the pattern has the new labels and holds the same arrays."""
    labels = Labels(split.regions, split.sectors, system.demand, system.factors)
    require_same_labels(pattern.labels, labels, ("the pattern", "the new table"))
    differing = set(given_parts(pattern.arrays)) ^ set(given_parts(system.arrays))
    if differing:
        raise DataError(
            "The pattern holds other arrays than the table.",
            where=", ".join(sorted(differing)),
            remedy="give a pattern with the same kinds of demand and imports (System.replace)",
        )


# -- flows ------------------------------------------------------------------------------------------------


def _parted(
    system: System, parts: Mapping[str, Array], split: Split, pattern: System | None
) -> tuple[Array, int]:
    """Return the matrix of the new table, and the sweeps that balanced it."""
    K = len(system.demand)
    whole = matrix_of(parts, (len(system.regions), len(system.sectors), K))
    lines = _lines(system, split, len(whole))
    by_output = whole[np.ix_(*lines)] * _cell_shares(system, split, len(lines[0]))
    if pattern is None:
        return by_output, 0
    fine = matrix_of(given_parts(pattern.arrays), (len(split.regions), len(split.sectors), K))
    prior = _after_pattern(whole, fine, lines, by_output)
    share = split.output_share.ravel()
    totals = []
    for axis, line in enumerate(lines):
        own = np.full(len(line), np.nan)
        own[: share.size] = whole.sum(axis=1 - axis)[line[: share.size]] * share
        totals.append(own)
    matrix, sweeps, gap = scale_groups(prior, Sums(*lines, whole, *totals), _TOLERANCE, _MOST_SWEEPS)
    if gap > _TOLERANCE:
        raise ConvergenceError(
            "The pattern leaves no room for the outputs of the parts.",
            where=pattern.title,
            amount=f"largest relative gap {gap:.3g} after {sweeps} sweeps, tolerance {_TOLERANCE:g}",
            remedy="change the shares, or fill the zeros of the pattern",
        )
    return matrix, sweeps


def _lines(system: System, split: Split, rows: int) -> tuple[Groups, Groups]:
    """Return the old row of every new row, and the old column of every new column, of `matrix_of`."""
    R, N, K = len(system.regions), len(system.sectors), len(system.demand)
    n = R * N
    products = (split.region_of[:, np.newaxis] * N + split.sector_of).ravel()
    users = (split.region_of[:, np.newaxis] * K + np.arange(K)).ravel()
    imports = {"product": split.sector_of, "row": np.arange(1), "none": np.arange(0)}[system.imports]
    old_imports = {"product": N, "row": 1, "none": 0}[system.imports]
    factors = np.arange(n + old_imports, rows)
    singles = np.arange(n + R * K, n + R * K + 3)
    return np.concatenate([products, n + imports, factors]), np.concatenate([products, n + users, singles])


def _cell_shares(system: System, split: Split, rows: int) -> Array:
    """Return the share of every new cell in its old one when all is parted by output, (rows, columns)."""
    K, size = len(system.demand), split.output_share.size
    by_column = np.concatenate([split.output_share.ravel(), np.repeat(split.region_share, K), np.ones(3)])
    shares = np.ones((rows, len(by_column)))
    shares[:size] = split.output_share.reshape(-1, 1)
    if system.imports == "product":
        # A buyer's imports of a product are made of its parts like the output of its region.
        buyers = np.concatenate(
            [
                np.repeat(split.sector_share, len(split.sectors), axis=0),
                np.repeat(split.sector_share, K, axis=0),
            ]
        )
        shares[size : size + len(split.sectors), : len(buyers)] = buyers.T
    return np.asarray(shares * by_column)


def _after_pattern(whole: Array, fine: Array, lines: tuple[Groups, Groups], by_output: Array) -> Array:
    """Return cells parted like those of a pattern, or by output where these tell no shares."""
    rows, columns = (np.eye(count)[line] for count, line in zip(whole.shape, lines, strict=True))
    total, gross = (rows.T @ values @ columns for values in (fine, np.abs(fine)))
    usable = (total * whole > 0) & (np.abs(total) >= _CANCELLED * gross)
    place = np.ix_(*lines)
    share = np.divide(fine, total[place], out=np.zeros_like(fine), where=usable[place])
    return np.where(usable[place], whole[place] * share, by_output)


def _shapes(parts: Mapping[str, Array], split: Split, K: int) -> dict[str, Array]:
    """Return empty arrays in the shapes of the new table."""
    sizes = {"region": len(split.regions), "sector": len(split.sectors), "demand": K}
    sizes |= {"use_region": sizes["region"], "use_sector": sizes["sector"]}
    return {
        name: np.empty([sizes.get(dim, len(part)) for dim in SYSTEM_DIMS[name]])
        for name, part in parts.items()
    }


# -- accounts ---------------------------------------------------------------------------------------------


def _accounts(system: System, split: Split, pattern: System | None) -> dict[str, Any]:
    """Return all accounts on the new labels: like those of the pattern, or by output."""
    place = np.ix_(split.region_of, split.sector_of)
    result: dict[str, Any] = {}
    for name, account in system.accounts.items():
        own = account.values[place] * split.output_share
        if pattern is not None and name in pattern.accounts:
            lines = split.region_of, split.sector_of
            own = _after_pattern(account.values, pattern.accounts[name].values, lines, own)
        direct = account.direct_values
        direct = None if direct is None else direct[split.region_of] * split.region_share
        result[name] = own, account.unit, direct
    return result


def _words(shares: Shares | None) -> dict[str, Any]:
    """Return shares as plain lists, for the record."""
    return {
        label: {name: np.asarray(value).tolist() for name, value in own.items()}
        for label, own in (shares or {}).items()
    }
