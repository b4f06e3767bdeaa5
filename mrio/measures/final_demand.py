"""Which final demand is meant: by who buys, what is bought, and from whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mrio.errors import LabelError, choices
from mrio.tables import System
from mrio.tables.arrays import Array

Final = Mapping[str, str | Sequence[str]]
"""Keys ``use_region``, ``demand``, ``region``, ``sector`` with one label or several."""

OUTSIDE = ("exports", "stock_change", "discrepancy")
"""Final demand without a buying region; named under ``demand`` like the categories of the table."""

_KEYS = ("use_region", "demand", "region", "sector")


def final_demand_of(system: System, final: Final | None) -> Array:
    """Return the final demand for each product that a question is about, (n,).

    Parameters
    ----------
    system
        The table.
    final
        Limits by buying region, by category (``"exports"``, ``"stock_change"`` and ``"discrepancy"`` among
        them), and by region and sector of the product; None for all final demand. Where a buying region is
        named, demand without a buying region is left out.

    Raises
    ------
    LabelError
        When a key or label is unknown.
    """
    arrays, asked = system.arrays, limits_of("Final demand", final, _KEYS)
    outside = {name: part for name in OUTSIDE if (part := getattr(arrays, name)) is not None}
    names = tuple(dict.fromkeys((*system.demand, *outside)))
    taken = dict(zip(names, mask("demand", asked.get("demand"), names), strict=True))
    buyers = mask("use_region", asked.get("use_region"), system.regions).astype(float)
    y = np.einsum("risk,s,k->ri", arrays.Y, buyers, np.array([taken[k] for k in system.demand], dtype=float))
    if "use_region" not in asked:
        y = y + sum(part for name, part in outside.items() if taken[name])
    elif "demand" in asked and any(taken[name] for name in outside if name not in system.demand):
        raise LabelError(
            "Exports abroad, stock changes and the discrepancy have no buying region.",
            amount=f"asked for demand {asked['demand']!r} of use_region {asked['use_region']!r}",
            remedy="leave use_region out; region limits who makes the product",
        )
    rows = mask("region", asked.get("region"), system.regions)[:, np.newaxis]
    return np.asarray((y * rows * mask("sector", asked.get("sector"), system.sectors)).ravel())


def limits_of(what: str, given: Final | None, keys: Sequence[str]) -> dict[str, str | Sequence[str]]:
    """Return the limits of a question by key; none where None is given.

    Raises
    ------
    LabelError
        When the limits have no names, or a name is unknown.
    """
    remedy = f"limit it by {', '.join(map(repr, keys))}, each with one label or several"
    if given is not None and not isinstance(given, Mapping):
        raise LabelError(f"{what} is limited by name.", amount=f"got {given!r}", remedy=remedy)
    unknown = [key for key in given or {} if key not in keys]
    if unknown:
        raise LabelError(f"{what} cannot be limited by {', '.join(map(repr, unknown))}.", remedy=remedy)
    return dict(given or {})


def mask(dim: str, names: str | Sequence[str] | None, known: Sequence[str]) -> np.ndarray:
    """Return which labels of a dim are named; all where None is given.

    Raises
    ------
    LabelError
        When a name is unknown.
    """
    asked = known if names is None else (names,) if isinstance(names, str) else tuple(names)
    wrong = [name for name in asked if name not in known]
    if wrong:
        raise LabelError(
            f"There is no {dim} {', '.join(map(repr, wrong))}.",
            remedy=choices(wrong[0], known),
        )
    return np.isin(np.array(known, dtype=object), np.array(asked, dtype=object))


def joined(names: str | Sequence[str] | None, link: str = ", ") -> str:
    """Return one name or several as words."""
    return names if isinstance(names, str) else link.join(names or ())


def in_words(final: Final | None) -> str:
    """Return the limits of a question in words."""
    parts = []
    for key, names in (final or {}).items():
        parts.append(f"{key} {joined(names)}")
    return "; ".join(parts) or "all final demand"
