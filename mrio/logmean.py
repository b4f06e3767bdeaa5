"""The logarithmic mean, and the effects of the factors of a product that it gives (LMDI I).

A term ``w = x_1 x_2 ... x_n`` changes by ``w1 - w0 = sum_k lm(w1, w0) ln(x_k1 / x_k0)`` exactly, with
``lm(a, b) = (a - b) / ln(a / b)`` and ``lm(a, a) = a``. Terms that vanish or appear follow the analytical
limits: nothing is added to a zero.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import exprel

Array = NDArray[np.float64]


def log_mean(first: Array, second: Array) -> Array:
    """Return the logarithmic mean ``(a - b) / ln(a / b)``: a where both are equal, 0 where one is 0.

    Parameters
    ----------
    first, second
        Not negative, of one shape.

    Examples
    --------
    >>> log_mean(np.array([1.0, 2.0, 0.0]), np.array([np.e, 2.0, 3.0])).round(6)
    array([1.718282, 2.      , 0.      ])
    """
    # b exprel(ln(a / b)) loses no digits where a and b are nearly equal.
    return np.asarray(second * exprel(log_ratio(second, first)) * ((first > 0) & (second > 0)))


def log_ratio(first: Array, second: Array) -> Array:
    """Return ``ln(second / first)`` where both are positive, 0 elsewhere."""
    positive = (first > 0) & (second > 0)
    ratio = np.divide(second, first, out=np.ones(positive.shape), where=positive)
    return np.asarray(np.log(ratio, out=np.zeros(positive.shape), where=positive))


def switched(first: Array, second: Array) -> NDArray[np.bool_]:
    """Mark where a factor is zero in one period only."""
    return np.asarray((first == 0) != (second == 0))


def product_effects(first: Array, second: Array) -> Array:
    """Return the additive LMDI effects of the factors of a product (Ang and Liu 2001).

    Where the product is zero in one period only, its change belongs in equal parts to the factors that are
    zero there and not in the other period, which is the limit as these zeros are approached together; where
    it is zero in both, nothing changes (Wood and Lenzen 2006; Ang and Liu 2007).

    Parameters
    ----------
    first, second
        Factors in the two periods, not negative, (factors, ...).

    Returns
    -------
    ndarray
        Effects (factors, ...), adding up over factors to the change of the product.

    References
    ----------
    Ang, B. W. and Liu, F. L. (2001), Energy 26, 537-548, doi:10.1016/S0360-5442(01)00022-6. Wood, R. and
    Lenzen, M. (2006), Energy Policy 34, 1326-1331, doi:10.1016/j.enpol.2004.11.010. Ang, B. W. and Liu, N.
    (2007), Energy Policy 35, 238-246, doi:10.1016/j.enpol.2005.11.001.

    Examples
    --------
    >>> product_effects(np.array([2.0, 3.0]), np.array([4.0, 3.0]))
    array([6., 0.])
    >>> product_effects(np.array([2.0, 3.0]), np.array([0.0, 4.0]))
    array([-6.,  0.])
    """
    products = first.prod(axis=0), second.prod(axis=0)
    smooth = log_mean(*products) * log_ratio(first, second)
    jumping = switched(first, second) & switched(*products)
    share = (products[1] - products[0]) / np.maximum(jumping.sum(axis=0), 1)
    return np.asarray(np.where(jumping, share, smooth))
