"""Location quotients: regional coefficients from national ones where no trade is observed."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from mrio.balancing.feasibility import check_numbers
from mrio.cells import as_numbers
from mrio.errors import DataError

Array = npt.NDArray[np.float64]
Quotient = Literal["slq", "cilq", "flq"]


def location_quotients(output: npt.ArrayLike, *, kind: Quotient = "flq", delta: float = 0.3) -> Array:
    """Return the location quotients of selling sector i for buying sector j in every region.

    ``"slq"``: SLQ_i = (x_i^r / x^r) / (x_i^n / x^n) for all buyers. ``"cilq"``: SLQ_i / SLQ_j, and SLQ_i
    where i = j. ``"flq"``: CILQ_ij lambda, lambda = log2(1 + x^r / x^n)^delta: small regions buy more
    outside.

    Parameters
    ----------
    output
        x (R, N) of all regions of the nation, or any other measure of size such as employment.
    kind
        Which quotient.
    delta
        Exponent of the size of the region in ``"flq"``, in [0, 1).

    Returns
    -------
    ndarray
        (R, N, N): region, selling sector, buying sector. Infinite where the region sells but does not have
        the buying sector, 0 where it has neither.

    Raises
    ------
    MissingDataError, DataError
        NaN; output that is negative or not (R, N); an unknown kind; delta outside [0, 1).

    Notes
    -----
    Flegg, A. T. and Webber, C. D. (1997), Regional Studies 31(8):795-805, doi:10.1080/713693401.

    Examples
    --------
    >>> location_quotients([[1, 3], [3, 1]], kind="slq")[0].tolist()
    [[0.5, 0.5], [1.5, 1.5]]
    """
    x = as_numbers("output", output)
    if kind not in ("slq", "cilq", "flq") or not 0 <= delta < 1:
        raise DataError(
            "The location quotient is not known.",
            amount=f"kind {kind!r}, delta {delta!r}",
            remedy='use kind "slq", "cilq" or "flq", and delta in [0, 1)',
        )
    check_numbers(output=x)
    if x.ndim != 2 or (x < 0).any() or not (x.sum(axis=1) > 0).all():
        raise DataError(
            "Output by region and sector cannot be used.",
            amount=f"shape {x.shape}, smallest {x.min(initial=0.0):g}",
            remedy="give output (R, N), not negative, some in every region",
        )
    size = x.sum(axis=1) / x.sum()
    nation = x.sum(axis=0) / x.sum()
    simple = _ratio(x / x.sum(axis=1, keepdims=True), np.broadcast_to(nation, x.shape))
    if kind == "slq":
        return np.repeat(simple[:, :, None], x.shape[1], axis=2)
    own = np.eye(x.shape[1], dtype=bool)
    cross = np.where(own, simple[:, :, None], _ratio(simple[:, :, None], simple[:, None, :]))
    return cross if kind == "cilq" else cross * (np.log2(1 + size) ** delta)[:, None, None]


def regional_coefficients(national: npt.ArrayLike, quotients: Array) -> Array:
    """Return intraregional input coefficients (R, N, N) = A_national min(1, LQ).

    Parameters
    ----------
    national
        Technical coefficients of the nation (N, N) or of every region (R, N, N).
    quotients
        (R, N, N), from `location_quotients`.

    Raises
    ------
    MissingDataError, DataError
        NaN, or shapes that do not fit.
    """
    A, quotients = as_numbers("national", national), as_numbers("quotients", quotients)
    if quotients.ndim != 3 or A.shape not in (quotients.shape, quotients.shape[1:]):
        raise DataError(
            "National coefficients and quotients do not fit together.",
            amount=f"coefficients {A.shape}, quotients {quotients.shape}",
            remedy="give coefficients (N, N) or (R, N, N) and quotients (R, N, N)",
        )
    # Quotients may be infinite, where a region sells what the nation hardly makes.
    check_numbers(national=A, quotients=np.minimum(quotients, 1.0))
    return np.asarray(A * np.minimum(quotients, 1.0))


def _ratio(numerator: Array, denominator: Array) -> Array:
    """Divide: infinite where only the denominator is 0, 0 where both are."""
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    return np.divide(numerator, denominator, out=np.where(numerator > 0, np.inf, 0.0), where=denominator > 0)
