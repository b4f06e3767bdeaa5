r"""Ridge regression in correlation form, with its inference and the usual ways to choose k.

.. math::
   \beta = (R_{xx} + k I)^{-1} r_{xy}, \qquad B_j = \beta_j \, s_y / s_{x_j}

beta are standardised coefficients. In a log-log model the elasticities are B, never beta.

Standard errors are those of linear estimators, ``s2 W Rxx W`` with ``W = (Rxx + kI)^-1``: they leave out the
bias that k brings, so t and intervals at k > 0 are optimistic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from mrio.lowcarbon.drivers.econometrics import extra
from mrio.lowcarbon.drivers.fit_statistics import adjusted_r2, f_statistic
from mrio.tables.arrays import Array

GRID: Final = np.round(np.arange(0.0, 1.0001, 0.01), 2)
"""Values of k for which the trace is drawn."""

STABLE_VIF: Final = 10.0
"""Largest variance inflation of a ridge fit that the trace rule accepts."""


@dataclass(frozen=True)
class Standardised:
    """Regressors and response in correlation form.

    Attributes
    ----------
    X
        (n, m), columns centred and of unit length, so that X'X is the correlation matrix.
    y
        (n,), centred and of unit length.
    mean_X, scale_X
        Means and lengths of the centred columns (m,).
    mean_y, scale_y
        Mean and length of the centred response.
    """

    X: Array
    y: Array
    mean_X: Array
    scale_X: Array
    mean_y: float
    scale_y: float


@dataclass(frozen=True)
class RidgeFit:
    """One ridge fit of m regressors on n observations.

    Attributes
    ----------
    k
        Ridge parameter [1].
    beta, B, se_B
        Standardised and unstandardised coefficients, and standard errors of the latter (m,).
    const, se_const
        Constant and its standard error.
    vif
        Variance inflation, diagonal of W Rxx W (m,).
    covariance
        Covariance of B (m, m).
    s2
        Residual variance with n - m - 1 degrees of freedom.
    r2, adjusted, f
        R2, adjusted R2 and F.
    """

    k: float
    beta: Array
    B: Array
    se_B: Array
    const: float
    se_const: float
    vif: Array
    covariance: Array
    s2: float
    r2: float
    adjusted: float
    f: float


def standardise(X: Array, y: Array) -> Standardised:
    """Return regressors (n, m) and response (n,) in correlation form."""
    mean_X, mean_y = X.mean(axis=0), float(y.mean())
    centred, response = X - mean_X, y - mean_y
    scale_X, scale_y = np.sqrt((centred**2).sum(axis=0)), float(np.sqrt(response @ response))
    return Standardised(centred / scale_X, response / scale_y, mean_X, scale_X, mean_y, scale_y)


def ridge_coefficients(data: Standardised, k: float) -> Array:
    """Return standardised ridge coefficients (m,).

    Parameters
    ----------
    data
        Correlation form.
    k
        Ridge parameter; the penalty of scikit-learn in these units.
    """
    linear = extra("sklearn.linear_model")
    if k == 0:
        return np.asarray(linear.LinearRegression(fit_intercept=False).fit(data.X, data.y).coef_)
    model = linear.Ridge(alpha=k, fit_intercept=False, solver="svd")
    return np.asarray(model.fit(data.X, data.y).coef_)


def ridge_fit(data: Standardised, k: float) -> RidgeFit:
    """Return a ridge fit with its inference; n must exceed m + 1.

    Parameters
    ----------
    data
        Correlation form.
    k
        Ridge parameter.
    """
    n, m = data.X.shape
    beta = ridge_coefficients(data, k)
    B = beta * data.scale_y / data.scale_X
    residual = (data.y - data.X @ beta) * data.scale_y
    r2 = 1.0 - float(residual @ residual) / data.scale_y**2
    s2 = float(residual @ residual) / (n - m - 1)
    # W Rxx W of the covariance, by the eigenvectors of Rxx: Q diag(l / (l + k)^2) Q'.
    values, vectors = np.linalg.eigh(data.X.T @ data.X)
    spread = (vectors * (values / (values + k) ** 2)) @ vectors.T
    covariance = s2 * spread / np.outer(data.scale_X, data.scale_X)
    se_const = float(np.sqrt(s2 / n + data.mean_X @ covariance @ data.mean_X))
    return RidgeFit(
        k=k,
        beta=beta,
        B=B,
        se_B=np.sqrt(np.diag(covariance)),
        const=data.mean_y - float(data.mean_X @ B),
        se_const=se_const,
        vif=np.diag(spread).copy(),
        covariance=covariance,
        s2=s2,
        r2=r2,
        adjusted=adjusted_r2(r2, n, m),
        f=f_statistic(r2, n, m),
    )


def ridge_trace(data: Standardised, grid: Array = GRID) -> tuple[Array, Array, Array]:
    """Return coefficients and variance inflation along k.

    Parameters
    ----------
    data
        Correlation form.
    grid
        Values of k (g,).

    Returns
    -------
    tuple
        Standardised coefficients (g, m), variance inflation (g, m) and R2 (g,).
    """
    values, vectors = np.linalg.eigh(data.X.T @ data.X)
    beta = np.array([ridge_coefficients(data, float(k)) for k in grid])
    vif = (values / (values + grid[:, np.newaxis]) ** 2) @ (vectors**2).T
    r2 = 1.0 - ((data.y - beta @ data.X.T) ** 2).sum(axis=1)
    return beta, vif, r2


def k_by_trace(grid: Array, beta: Array, vif: Array) -> float:
    """Return the smallest k of a trace from which on it is calm; the largest k where none is.

    Calm means that all variance inflation is at most 10 and no coefficient changes its sign any more.

    Parameters
    ----------
    grid
        Values of k (g,), rising.
    beta, vif
        Trace (g, m).
    """
    settled = (np.sign(beta) == np.sign(beta[-1])).all(axis=1)
    stays = np.logical_and.accumulate(settled[::-1])[::-1]
    calm = stays & (vif.max(axis=1) <= STABLE_VIF)
    return float(grid[np.argmax(calm)] if calm.any() else grid[-1])


def k_by_hoerl_kennard(data: Standardised) -> float:
    """Return k = s2 / max alpha2, alpha being the canonical coefficients of least squares.

    Parameters
    ----------
    data
        Correlation form.

    References
    ----------
    Hoerl and Kennard 1970, Technometrics 12:55-67, doi:10.1080/00401706.1970.10488634.
    """
    n, m = data.X.shape
    beta = ridge_coefficients(data, 0.0)
    s2 = float(((data.y - data.X @ beta) ** 2).sum()) / (n - m - 1)
    canonical = np.linalg.eigh(data.X.T @ data.X)[1].T @ beta
    return float(s2 / (canonical**2).max())


def k_by_hoerl_kennard_baldwin(data: Standardised) -> float:
    """Return k = m s2 / (beta' beta), beta being the standardised coefficients of least squares.

    Parameters
    ----------
    data
        Correlation form.

    References
    ----------
    Hoerl, Kennard and Baldwin 1975, Communications in Statistics 4:105-123, doi:10.1080/03610927508827232.
    """
    n, m = data.X.shape
    beta = ridge_coefficients(data, 0.0)
    s2 = float(((data.y - data.X @ beta) ** 2).sum()) / (n - m - 1)
    return float(m * s2 / (beta @ beta))


def gcv_score(data: Standardised, grid: Array) -> Array:
    """Return generalised cross-validation scores along k (g,), (RSS/n) / (1 - tr H / n)^2.

    Parameters
    ----------
    data
        Correlation form; the constant counts as one degree of freedom.
    grid
        Values of k (g,).

    References
    ----------
    Golub, Heath and Wahba 1979, Technometrics 21:215-223, doi:10.1080/00401706.1979.10489751.
    """
    n = len(data.y)
    U, singular, _ = np.linalg.svd(data.X, full_matrices=False)
    kept = singular**2 / (singular**2 + grid[:, np.newaxis])
    fitted = (kept * (U.T @ data.y)) @ U.T
    rss = ((data.y - fitted) ** 2).sum(axis=1)
    return np.asarray((rss / n) / (1.0 - (kept.sum(axis=1) + 1.0) / n) ** 2)
