"""Pictures are drawn without a screen, and closed after each test."""

import pytest

plt = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(autouse=True)
def closed_figures():
    """Draw without a screen and close all figures."""
    plt.switch_backend("Agg")
    yield
    plt.close("all")
