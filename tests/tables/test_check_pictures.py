import numpy as np
import pytest

from mrio import plotting
from mrio.tables import System

pytest.importorskip("matplotlib").use("Agg")


@pytest.fixture
def spoilt(table):
    """Return a table whose second column does not balance by 1 percent of its output."""
    given = System.from_arrays(**table)
    V = given.arrays.V.copy().reshape(-1)
    V[1] += 0.01 * given.arrays.x.ravel()[1]
    return given.replace(V=V)


def test_the_worst_column_comes_first_with_its_sign(spoilt):
    report = spoilt.check()
    data = report.plot.residuals_data(3)
    assert data.index[0] == (spoilt.regions[0], spoilt.sectors[1])
    assert data.iloc[0].tolist() == [pytest.approx(0.01, rel=1e-10), "column"]
    assert set(data["side"]) == {"column"}  # output is the row sum, so rows have no gap
    assert len(data) <= 3
    assert (data["gap"].abs().diff().dropna() <= 0).all()


def test_gaps_are_those_of_the_checks(spoilt):
    report = spoilt.check()
    np.testing.assert_allclose(report.gaps["column"].abs().max(), report["column balance"].worst, rtol=1e-10)
    x = spoilt.arrays.x
    expected = (spoilt.arrays.column_sums() - x) / x
    np.testing.assert_allclose(report.gaps["column"].to_numpy().reshape(x.shape), expected, rtol=1e-10)


def test_residuals_are_drawn_with_tolerance_and_source(spoilt):
    ax = spoilt.check().plot.residuals()
    assert ax.get_xlabel() == "gap relative to output [1]"
    said = [text.get_text() for text in ax.get_legend().get_texts()]
    assert said == ["tolerance 1e-09", "row: all zero", "column"]
    assert "source" in ax.figure.get_supxlabel()
    assert plotting.png_of(ax).startswith(b"\x89PNG")
