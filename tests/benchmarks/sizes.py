"""Named sizes of tables: regions and sectors."""

from __future__ import annotations

SIZES = {
    "tiny": (6, 20),
    "bth": (4, 42),
    "provinces": (31, 42),
    "countries": (67, 45),
    "exiobase": (49, 200),
}
"""6 x 20 to try things out; 4 x 42; 31 provinces x 42 (n = 1302); 67 x 45 (3015); 49 x 200 (9800)."""

FILLING = {"provinces": 0.9, "bth": 1.0}


def shape(size: str) -> tuple[int, int]:
    """Return regions and sectors of a named size, or of one written like ``31x42``."""
    if size in SIZES:
        return SIZES[size]
    regions, sectors = size.split("x")
    return int(regions), int(sectors)


def rows(size: str) -> int:
    regions, sectors = shape(size)
    return regions * sectors


def filling(size: str) -> float:
    """Return the share of trade cells that are not zero."""
    return FILLING.get(size, 0.5)
