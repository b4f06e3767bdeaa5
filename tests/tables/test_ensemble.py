"""Draws of uncertain tables: balanced, repeatable, with the errors asked for and no others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, LabelError
from mrio.tables.perturbation import TABLE_PARTS, errors, perturbed
from tests.compare import assert_close, level, money
from tests.strategies import pairs


def test_errors_have_mean_one_and_the_deviation_asked_for():
    cv = np.full(400_000, 0.3)
    drawn = errors(cv, np.random.default_rng(1))
    # Sampling errors of 400 000 draws: 0.3 / 632 for the mean, about twice that for the deviation.
    assert drawn.mean() == pytest.approx(1.0, abs=4 * 0.3 / 632)
    assert drawn.std() == pytest.approx(0.3, abs=8 * 0.3 / 632)
    np.testing.assert_array_equal(errors(np.zeros(3), np.random.default_rng(1)), 1.0)


def test_a_matrix_keeps_its_sums_and_its_cells_without_error():
    values = np.array([[4.0, 1.0, -2.0], [0.0, 5.0, 3.0], [7.0, 2.0, 1.0]])
    cv = np.array([[0.2, 0.2, 0.2], [0.2, 0.2, 0.2], [0.0, 0.0, 0.0]])
    drawn = perturbed(values, cv, np.random.default_rng(2))
    np.testing.assert_allclose(drawn.sum(axis=0), values.sum(axis=0), rtol=1e-10)
    np.testing.assert_allclose(drawn.sum(axis=1), values.sum(axis=1), rtol=1e-10)
    np.testing.assert_array_equal(drawn[2], values[2])
    assert drawn[1, 0] == 0.0
    assert drawn[0, 2] < 0.0
    assert not np.allclose(drawn[0], values[0])


@settings(max_examples=15)
@given(pairs(), st.floats(0.01, 0.3), st.integers(0, 1000))
def test_draws_balance_as_the_table_does(pair, cv, seed):
    a, _ = pair.systems()
    draws = mrio.perturb(a, cv, n=2, seed=seed)
    for draw in draws:
        assert_close(draw.arrays.x, a.arrays.x, money(a, a))
        assert_close(draw.arrays.column_sums(), a.arrays.column_sums(), money(a, a))
        spent = [t.arrays.Y.sum(axis=(0, 1)) + t.arrays.imports_by_demand for t in (draw, a)]
        assert_close(spent[0], spent[1], money(a, a))
        assert_close(draw.arrays.V.sum(axis=(1, 2)), a.arrays.V.sum(axis=(1, 2)), money(a, a))
        for name in ("exports", "stock_change", "discrepancy"):
            if getattr(a.arrays, name) is not None:
                assert_close(getattr(draw.arrays, name).sum(), getattr(a.arrays, name).sum(), money(a, a))
        for name in TABLE_PARTS:
            values = getattr(a.arrays, name)
            if values is not None:
                np.testing.assert_array_equal(
                    np.sign(getattr(draw.arrays, name)), np.sign(values), err_msg=name
                )


def test_a_seed_gives_the_same_draws_and_periods_give_others(worked):
    one, again = (mrio.perturb(worked.a, 0.1, n=3, seed=5) for _ in range(2))
    np.testing.assert_array_equal(one[2].arrays.Z, again[2].arrays.Z)
    np.testing.assert_array_equal(one[2].arrays.Z, list(one)[2].arrays.Z)
    assert not np.array_equal(one[0].arrays.Z, one[1].arrays.Z)
    assert not np.array_equal(one[0].arrays.Z, mrio.perturb(worked.a, 0.1, seed=6)[0].arrays.Z)
    ratio = one[0].account("co2").values / worked.a.account("co2").values
    other = mrio.perturb(worked.b, 0.1, n=3, seed=5)[0].account("co2").values / worked.b.account("co2").values
    assert not np.allclose(ratio, other)


def test_only_what_is_named_has_errors(worked):
    draw = mrio.perturb(worked.a, {"Z": 0.2, "co2": 0.1}, n=1, seed=1)[0]
    for name in TABLE_PARTS:
        values = getattr(worked.a.arrays, name)
        if name != "Z" and values is not None:
            np.testing.assert_array_equal(getattr(draw.arrays, name), values, err_msg=name)
    assert not np.allclose(draw.arrays.Z, worked.a.arrays.Z)
    assert not np.allclose(draw.account("co2").values, worked.a.account("co2").values)
    exact = mrio.perturb(worked.a, {"co2": 0.1}, n=1)[0]
    np.testing.assert_array_equal(exact.arrays.Z, worked.a.arrays.Z)


def test_errors_by_cell(worked):
    cv = np.zeros((4, 3, 4, 3))
    cv[2] = 0.3
    draw = mrio.perturb(worked.a, {"Z": cv}, n=1, seed=3)[0]
    Z, before = (t.arrays.Z.reshape(4, 3, 4, 3) for t in (draw, worked.a))
    np.testing.assert_array_equal(Z[[0, 1, 3]], before[[0, 1, 3]])
    assert not np.allclose(Z[2], before[2])


def test_words(worked):
    draws = mrio.perturb(worked.a, {"Z": 0.2}, n=4, seed=9)
    assert len(draws) == 4
    assert "4 draws" in repr(draws)
    assert "seed 9" in repr(draws)
    step = draws[1].provenance.steps[-1]
    assert step.action == "perturbed"
    assert step.details["draw"] == 1
    assert step.details["seed"] == 9
    assert draws[1].scenario == "draw 1"
    assert [t.scenario for t in draws[1:3]] == ["draw 1", "draw 2"]
    assert draws[-1].scenario == "draw 3"
    with pytest.raises(IndexError):
        _ = draws[4]


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"cv": {"z": 0.1}}, LabelError, "'z'"),
        ({"cv": -0.1}, DataError, "zero or more"),
        ({"cv": {"Z": np.nan}}, DataError, "zero or more"),
        ({"cv": {"Z": np.ones((2, 2))}}, DataError, "another shape"),
        ({"cv": 0.1, "n": 0}, DataError, "n must be"),
    ],
)
def test_errors_that_cannot_be(worked, options, error, words):
    with pytest.raises(error, match=words):
        mrio.perturb(worked.a, **options)


# -- results of ensembles ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ensembles(worked):
    return mrio.perturb(worked.a, 0.1, n=5, seed=1), mrio.perturb(worked.b, 0.1, n=5, seed=1)


def test_decomposition_of_every_draw(worked, ensembles):
    draws = mrio.decompose(*ensembles, ["value_added", "co2"], method="polar_mean")
    for number in range(5):
        pair = ensembles[0][number], ensembles[1][number]
        one = mrio.decompose(*pair, ["value_added", "co2"], "polar_mean", spread=False)
        for name in one.accounts:
            assert_close(draws.effects(name)[number], one.data[name], level(*pair, name))
    central = mrio.decompose(worked.a, worked.b, ["value_added", "co2"], "polar_mean")
    assert_close(draws.central("co2"), central.data["co2"], level(worked.a, worked.b, "co2"))
    table = draws.quantiles("co2", q=[0.2, 0.8])
    effects = draws.effects("co2").sum(["region", "sector"])
    assert_close(table["q0.2"].iloc[:-1], np.quantile(effects, 0.2, axis=0))
    assert_close(table["central"].iloc[:-1], central.data["co2"].sum(["region", "sector"]))
    assert_close(table["standard deviation"].iloc[:-1], effects.values.std(axis=0))
    assert table.index[-1] == "total change"
    own = draws.quantiles("co2", region="HE")
    assert_close(own["mean"].iloc[:-1], draws.effects("co2").sel(region="HE").sum("sector").mean("draw"))
    cells = draws.quantile("co2", [0.5])
    assert cells.dims == ("quantile", "effect", "region", "sector")
    assert_close(cells[0], np.median(draws.effects("co2"), axis=0), level(worked.a, worked.b, "co2"))


def test_transfer_of_every_draw(worked, ensembles, tmp_path):
    draws = mrio.measure_transfer(*ensembles, block=worked.block, accounts="co2")
    for number in range(5):
        one = mrio.measure_transfer(ensembles[0][number], ensembles[1][number], accounts="co2")
        assert_close(draws.direct[number], one.direct)
        assert_close(draws.impact("co2")[number], one.impact("co2"), level(worked.a, worked.b, "co2"))
    table = draws.quantiles()
    central = mrio.measure_transfer(worked.a, worked.b).balance()
    assert_close(table["central"], central["net"])
    assert (table["q0.05"] <= table["q0.95"]).all()
    effect = draws.quantiles("co2")
    expected = draws.impact("co2").sum(["use", "from_region", "to_region", "sector"]).mean("draw")
    assert_close(effect["mean"], expected)
    assert "seed 1" in draws.data.attrs["draws"]
    draws.to_netcdf(tmp_path / "draws.nc")
    back = mrio.read_netcdf(tmp_path / "draws.nc")
    assert type(back) is type(draws)
    assert back.data.identical(draws.data)
    assert "5 draws of" in repr(back)
    assert len(back.to_dataframe())


def test_one_ensemble_and_one_table(worked, ensembles, tmp_path):
    draws = mrio.decompose(worked.a, ensembles[1])
    one = mrio.decompose(worked.a, ensembles[1][3], spread=False)
    assert_close(draws.effects()[3], one.effects, level(worked.a, worked.b, "value_added"))
    draws.to_netcdf(tmp_path / "draws.nc")
    assert mrio.read_netcdf(tmp_path / "draws.nc").data.identical(draws.data)
    assert len(draws.summary()) == len(draws.to_dataframe()) // (5 * 4) + 1


def test_ensembles_that_do_not_fit(worked, ensembles):
    with pytest.raises(DataError, match="different numbers"):
        mrio.decompose(ensembles[0], mrio.perturb(worked.b, 0.1, n=3))
    with pytest.raises(ValueError, match="additive"):
        mrio.decompose(*ensembles, form="multiplicative")
    with pytest.raises(ValueError, match="'sourcing'"):
        mrio.measure_transfer(*ensembles, method="counterfactual")
    draws = mrio.decompose(*ensembles, "co2")
    with pytest.raises(LabelError, match="not made for account"):
        draws.quantiles("value_added")
    with pytest.raises(LabelError, match="'Hebei'"):
        draws.quantiles(region="Hebei")
    transfer = mrio.measure_transfer(*ensembles, accounts="co2")
    with pytest.raises(ValueError, match="'net'"):
        transfer.quantiles(way="gross")
    with pytest.raises(LabelError, match="'steel'"):
        transfer.impact("steel")
