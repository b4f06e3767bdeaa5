"""Monte Carlo: every draw is measured as it would be alone."""

from functools import partial

import numpy as np
import pytest

import mrio
from tests.compare import assert_close
from tests.ensembles.measures import change, total


@pytest.fixture(scope="module")
def pair(worked):
    return mrio.perturb(worked.a, 0.1, n=6, seed=2), mrio.perturb(worked.b, 0.1, n=6, seed=2)


def test_every_draw_is_measured_as_it_is(table, draws):
    found = mrio.monte_carlo(draws, ["co2", "output"])
    assert found.quantities == ("co2", "co2_direct", "output")
    for number in range(5):
        np.testing.assert_array_equal(found.values("co2")[number], draws[number].account("co2").values)
    np.testing.assert_array_equal(found.central("co2"), table.account("co2").values)
    assert found.values("co2").attrs["units"] == "Mt CO2"
    # GRAS gives totals back to 1e-11.
    assert_close(found.values("output"), np.broadcast_to(table.arrays.x, (5, 2, 2)))


def test_decomposition_of_draws_is_that_of_the_ensemble(pair):
    effects = partial(mrio.decompose, account=["value_added", "co2"], spread=False)
    found = mrio.monte_carlo(pair, effects)
    expected = mrio.decompose(*pair, ["value_added", "co2"], spread=False)
    np.testing.assert_array_equal(found.values("co2").values, expected.effects("co2").values)
    np.testing.assert_array_equal(found.central("co2"), expected.central("co2"))
    own = expected.quantiles("co2", q=[0.1, 0.9])
    table = found.statistics("co2", over=["region", "sector"], q=[0.1, 0.9])
    np.testing.assert_allclose(table, own.iloc[:-1], rtol=1e-12, atol=1e-14)
    assert table.index.tolist() == own.index[:-1].tolist()


def test_an_ensemble_and_a_table(worked, pair):
    found = mrio.monte_carlo([worked.a, pair[1]], change)
    np.testing.assert_array_equal(found.values()[3], pair[1][3].arrays.x - worked.a.arrays.x)


def test_what_draws_say(draws, tmp_path):
    found = mrio.monte_carlo(draws, total)
    values = found.values().values
    summary = found.summary()
    assert summary.index.tolist() == ["sum of value [not stated]"]
    assert summary["mean"].item() == pytest.approx(values.mean(), rel=1e-14)
    assert summary["standard deviation"].item() == pytest.approx(values.std(), rel=1e-12)
    assert summary["q0.95"].item() == pytest.approx(np.quantile(values, 0.95), rel=1e-14)
    assert "seed 3" in found.data.attrs["draws"]
    assert "perturbed" in found.data.attrs["provenance_0"]
    assert len(found.to_dataframe()) == 5
    found.to_netcdf(tmp_path / "draws.nc")
    back = mrio.read_netcdf(tmp_path / "draws.nc")
    assert type(back) is type(found)
    assert back.data.identical(found.data)
    assert "5 draws of" in repr(back)
    with pytest.raises(mrio.MrioError, match="was not measured"):
        found.statistics("co2")


def test_tables_that_cannot_be_drawn(table, draws):
    with pytest.raises(mrio.MrioError, match="None of the tables is an ensemble"):
        mrio.monte_carlo([table], "co2")
    with pytest.raises(mrio.MrioError, match="different numbers of draws"):
        mrio.monte_carlo([draws, mrio.perturb(table, 0.1, n=2)], change)
    with pytest.raises(mrio.MrioError, match="need a function"):
        mrio.monte_carlo([draws, draws], "co2")
    with pytest.raises(mrio.MrioError, match="draw 0 of 5"):
        mrio.monte_carlo(draws, lambda t: 1.0 if t.scenario == "baseline" else 1 / 0)
