"""The arithmetic of a regression table: adjusted R2, F, t and their p, from the numbers that are printed."""

from __future__ import annotations

import math

from scipy import stats

from mrio.errors import DataError
from mrio.parameters import require_number, require_within


def degrees_of_freedom(n: int, k: int) -> int:
    """Return n - k - 1, the degrees of freedom that k regressors and a constant leave, or raise.

    Parameters
    ----------
    n, k
        Observations and regressors without constant.

    Raises
    ------
    DataError
        When none are left.
    """
    if k < 1 or n - k - 1 < 1:
        raise DataError(
            "There are not more observations than coefficients.",
            amount=f"{n} observations, {k} drivers and a constant: {n - k - 1} degrees of freedom",
            remedy="take fewer drivers, or more years or regions",
        )
    return n - k - 1


def adjusted_r2(r2: float, n: int, k: int) -> float:
    """Return R2 adjusted for degrees of freedom, 1 - (1 - R2)(n - 1)/(n - k - 1).

    Parameters
    ----------
    r2
        Share of explained variance [1].
    n, k
        Observations and regressors without constant.

    Returns
    -------
    float
        Adjusted R2 [1].

    Raises
    ------
    DataError
        When no degrees of freedom are left, or R2 is above 1 or no number.

    Examples
    --------
    >>> round(adjusted_r2(0.929, 8, 3), 3)
    0.876
    """
    require_within(r2, -math.inf, 1, "R2")
    return 1.0 - (1.0 - r2) * (n - 1) / degrees_of_freedom(n, k)


def f_statistic(r2: float, n: int, k: int) -> float:
    """Return F = (R2/k) / ((1 - R2)/(n - k - 1)) that all slopes are zero.

    Parameters
    ----------
    r2
        Share of explained variance [1].
    n, k
        Observations and regressors without constant.

    Raises
    ------
    DataError
        When no degrees of freedom are left, or R2 is no number below 1: F has no value for an exact fit.

    Examples
    --------
    >>> round(f_statistic(0.929, 8, 3), 2)
    17.45
    """
    left = degrees_of_freedom(n, k)
    require_within(r2, -math.inf, 1, "R2")
    if r2 == 1:
        raise DataError("An exact fit has no F.", amount="R2 = 1", remedy="give R2 with more digits")
    return (r2 / k) / ((1.0 - r2) / left)


def f_p_value(f: float, n: int, k: int) -> float:
    """Return the probability of a larger F with k and n - k - 1 degrees of freedom [1].

    Parameters
    ----------
    f
        The statistic.
    n, k
        Observations and regressors without constant.

    Raises
    ------
    DataError
        When no degrees of freedom are left, or the statistic is no number.

    Examples
    --------
    >>> round(f_p_value(17.502, 8, 3), 3)
    0.009
    """
    require_number(f, "F")
    return float(stats.f.sf(f, k, degrees_of_freedom(n, k)))


def t_statistic(coefficient: float, standard_error: float) -> float:
    """Return a coefficient over its standard error.

    Parameters
    ----------
    coefficient
        The estimate.
    standard_error
        Above zero, in the unit of the coefficient.

    Raises
    ------
    DataError
        When one is no number, or the standard error is not above zero.

    Examples
    --------
    >>> t_statistic(0.6, 0.2).__round__(9)
    3.0
    """
    require_number(coefficient, "coefficient")
    require_number(standard_error, "standard error")
    if standard_error <= 0:
        raise DataError(
            "A standard error is not above zero.",
            amount=f"{standard_error:g}",
            remedy="give the standard error of the coefficient as printed, with more digits where it is 0",
        )
    return coefficient / standard_error


def t_p_value(t: float, df: float) -> float:
    """Return the two-sided probability of a larger t [1].

    Parameters
    ----------
    t
        The statistic.
    df
        Degrees of freedom.

    Raises
    ------
    DataError
        When there are no degrees of freedom, or the statistic is no number.

    Examples
    --------
    >>> round(t_p_value(3.323, 3), 3)
    0.045
    """
    require_number(t, "t")
    if not df > 0:
        raise DataError(
            "A t has a p with degrees of freedom above zero only.",
            amount=f"{df:g} given",
            remedy="give observations less coefficients",
        )
    return float(2.0 * stats.t.sf(abs(t), df))
