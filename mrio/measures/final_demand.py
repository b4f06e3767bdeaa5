"""Which final demand is meant: by who buys, what is bought, and from whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mrio.errors import LabelError
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
    if final is not None and not isinstance(final, Mapping):
        raise LabelError(
            "Limits of final demand are given by name.",
            amount=f"got {final!r}",
            remedy=f'write final={{"use_region": ...}}; names are {", ".join(map(repr, _KEYS))}',
        )
    arrays, asked = system.arrays, dict(final or {})
    unknown = [key for key in asked if key not in _KEYS]
    if unknown:
        raise LabelError(
            f"Final demand cannot be limited by {', '.join(map(repr, unknown))}.",
            remedy=f"limit it by {', '.join(map(repr, _KEYS))}",
        )
    outside = {name: part for name in OUTSIDE if (part := getattr(arrays, name)) is not None}
    own = {name: part for name, part in outside.items() if name not in system.demand}
    buyers = mask("use_region", asked.get("use_region"), system.regions)
    chosen = mask("demand", asked.get("demand"), (*system.demand, *own))
    kinds = chosen[: len(system.demand)]
    y = np.einsum("risk,s,k->ri", arrays.Y, buyers.astype(float), kinds.astype(float))
    if "use_region" not in asked:
        for name, take in zip(own, chosen[len(system.demand) :], strict=True):
            if take:
                y = y + own[name]
    rows = mask("region", asked.get("region"), system.regions)[:, np.newaxis]
    return np.asarray((y * rows * mask("sector", asked.get("sector"), system.sectors)).ravel())


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
            remedy=f"known are {', '.join(map(repr, known))}",
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
