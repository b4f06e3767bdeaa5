"""Tables on which back ends are compared: made ones, and the published ones where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.generator import coefficients

ITERATIVE_AND_DIRECT = ("lu", "lu32", "gauss_seidel", "sparse", "bicgstab", "superlu")

REAL = {
    "sic_2002": ("sic_irio_2002_2007/sic_irio_2002_8x17.npz", 17),
    "sic_2007": ("sic_irio_2002_2007/sic_irio_2007_8x17.npz", 17),
    "crem_2007": ("crem_2007/crem2007_30x13.npz", 13),
    "wiod_1995": ("wiod_regional/wiod2013_regional_1995_7x35.npz", 35),
    "wiod_2011": ("wiod_regional/wiod2013_regional_2011_7x35.npz", 35),
}
SINGULAR = "crem_2007/crem2007_30x16.npz"


def published(path: str) -> dict[str, np.ndarray]:
    """Return the arrays of a published table, or skip."""
    folder = os.environ.get("MRIO_DATA_DIR")
    if folder is None:
        pytest.skip("MRIO_DATA_DIR is not set: no published tables here")
    with np.load(Path(folder) / path) as arrays:
        return dict(arrays)


def published_coefficients(path: str) -> np.ndarray:
    """Return A = Z / x of a published table; columns of zero output are zero."""
    arrays = published(path)
    return np.divide(arrays["Z"], arrays["x"], out=np.zeros_like(arrays["Z"]), where=arrays["x"] != 0)


def nearly_singular(radius: float = 0.999) -> np.ndarray:
    A = coefficients(6, 50, seed=2)
    return A * (radius / np.abs(np.linalg.eigvals(A)).max())


def badly_scaled() -> tuple[np.ndarray, np.ndarray]:
    """Return A in units from 1e-12 to 1e6, and the units."""
    units = 10 ** np.random.default_rng(3).uniform(-12, 6, 300)
    return units[:, np.newaxis] * coefficients(6, 50, seed=3) / units, units
