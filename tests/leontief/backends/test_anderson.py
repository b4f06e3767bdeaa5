"""The iteration itself, on systems whose contraction is known."""

import numpy as np

from mrio.leontief.backends.anderson import Until, iterate
from mrio.leontief.norms import sum_norm


def contraction(rates):
    """Return a sweep of x = b + rates x, one rate an element, and the residuals that it met."""
    met = []

    def sweep(B, X, active):
        G = B + rates[:, np.newaxis] * X
        met.append(sum_norm(G - X))
        return G, met[-1]

    return sweep, met


def solved(rates, target, start=None, most=60, certified=True):
    B = np.ones((rates.size, 2))
    sweep, met = contraction(rates)
    X = np.zeros_like(B) if start is None else start
    found = iterate(sweep, B, X, Until(np.full(2, target), sum_norm, most, certified))
    left = sum_norm(B + rates[:, np.newaxis] * found.X - found.X)
    return found, left, met


def test_the_sweep_that_would_only_confirm_is_saved():
    # Rates spread enough that mixing of depth two does not solve the system at once.
    rates = np.linspace(0.001, 0.02, 50)
    _, _, met = solved(rates, 0.0, most=8)
    before, last = met[3].max(), met[4].max()
    # What the fifth sweep met foresees this target, though it is above it.
    target = 30 * last**2 / before
    assert target < last
    found, left, _ = solved(rates, target)
    assert (found.converged, found.sweeps) == (True, 5)
    assert left.max() < target
    found, left, met = solved(rates, target, certified=False)
    assert (found.converged, found.sweeps) == (True, 6)
    assert met[-1].max() < target


def test_a_first_sweep_foresees_nothing():
    found, _, met = solved(np.full(3, 0.5), 1e-30, start=np.full((3, 2), 2.0))
    # The start is exact, so its residual is below any target.
    assert (found.converged, found.sweeps, met[0].max()) == (True, 1, 0.0)
    found, _, met = solved(np.full(3, 1e-9), 1e-6)
    assert found.sweeps == 2


def test_a_diverging_iteration_ends_without_a_warning():
    found, _, met = solved(np.linspace(2.0, 1e9, 40), 1e-12)
    assert not found.converged
    assert not np.isfinite(met[-1]).all()
