"""Aggregation of tables by mappings of regions and sectors; totals are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from mrio.mapping import MappingLike, as_mapping, groups_of
from mrio.schema import SYSTEM_DIMS
from mrio.tables.arrays import Array, is_sparse
from mrio.tables.system import System

_REGIONS = ("region", "use_region")
_SECTORS = ("sector", "use_sector")


def aggregate(
    system: System, regions: MappingLike | None = None, sectors: MappingLike | None = None
) -> System:
    """Return a table with regions and sectors added up (see `System.aggregate`)."""
    region_groups = _groups(system.regions, regions, "regions")
    sector_groups = _groups(system.sectors, sectors, "sectors")
    names = {"regions": tuple(dict.fromkeys(region_groups)), "sectors": tuple(dict.fromkeys(sector_groups))}
    members = {dim: membership(region_groups) for dim in _REGIONS}
    members |= {dim: membership(sector_groups) for dim in _SECTORS}
    arrays: dict[str, Any] = {
        name: summed(getattr(system.arrays, name), dims, members)
        for name, dims in SYSTEM_DIMS.items()
        if name not in ("Z", "x") and getattr(system.arrays, name) is not None
    }
    arrays["Z"] = _flows(system, members)
    arrays["accounts"] = {
        name: (
            summed(account.values, ("region", "sector"), members),
            account.unit,
            None
            if account.direct_values is None
            else summed(account.direct_values, ("use_region",), members),
        )
        for name, account in system.accounts.items()
    }
    size = f"{len(names['regions'])} regions x {len(names['sectors'])} sectors"
    record = system.provenance.with_step(
        "aggregated",
        before=f"{len(system.regions)} regions x {len(system.sectors)} sectors",
        after=size,
        regions=_renamed(system.regions, region_groups),
        sectors=_renamed(system.sectors, sector_groups),
    )
    return system.replace(**names, **arrays, provenance=record)


def membership(groups: Sequence[str]) -> Array:
    """Return which group each label goes into, (groups, labels) of zeros and ones, groups by first label."""
    names = list(dict.fromkeys(groups))
    return np.array([[float(group == name) for group in groups] for name in names])


def summed(values: Array, dims: Sequence[str], members: dict[str, Array]) -> Array:
    """Return an array with its labels added up by group.

    Parameters
    ----------
    values
        Array of any shape.
    dims
        Its dims.
    members
        For each dim to be added up, which group each label goes into (groups, labels).
    """
    for axis, dim in enumerate(dims):
        if dim in members:
            values = np.moveaxis(np.tensordot(members[dim], values, axes=(1, axis)), 0, axis)
    return values


def _flows(system: System, members: dict[str, Array]) -> Any:
    """Return Z by group, sparse where it was sparse."""
    rows = sparse.csr_array(np.kron(members["region"], members["sector"]))
    Z = system.arrays.Z
    return rows @ Z @ rows.T if is_sparse(Z) else np.asarray(rows @ np.asarray(Z) @ rows.T)


def _groups(labels: Sequence[str], mapping: MappingLike | None, what: str) -> tuple[str, ...]:
    """Return the group of every label; each its own where no mapping was given."""
    return tuple(labels) if mapping is None else groups_of(labels, as_mapping(mapping, "target"), what)


def _renamed(labels: Sequence[str], groups: Sequence[str]) -> dict[str, str]:
    """Return the labels that changed, for the record."""
    return {label: group for label, group in zip(labels, groups, strict=True) if label != group}
