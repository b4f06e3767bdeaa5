"""Pictures that a test opens are closed after it."""

import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def closed_figures():
    """Close all figures."""
    yield
    plt.close("all")
