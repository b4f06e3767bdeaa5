import numpy as np

from data.recipe import labels
from data.recipe.final_demand import final_demand, mix_prior
from data.recipe.technology import intermediate_use, technology_prior

R, N, K = 31, 39, 4


def shares(random: np.random.Generator, *shape: int, axis: int) -> np.ndarray:
    values = random.gamma(1.0, size=shape)
    return values / values.sum(axis=axis, keepdims=True)


def test_structure_of_2007_is_taken_as_it_is():
    random = np.random.default_rng(1)
    own = shares(random, R, N, K, axis=1)
    np.testing.assert_array_equal(mix_prior(own, random.random((N, K)), 2007, None), own)
    A = random.random((R, N, N))
    np.testing.assert_array_equal(technology_prior(A, random.random((N, N)), 2007, None), A)


def test_later_years_take_the_plain_mean():
    random = np.random.default_rng(2)
    own, F = shares(random, R, N, K, axis=1), random.random((N, K))
    expected = (own[4] + F / F.sum(axis=0)) / 2
    np.testing.assert_allclose(mix_prior(own, F, 2012, None)[4], expected, rtol=1e-14)
    A, national = random.random((R, N, N)), random.random((N, N))
    np.testing.assert_allclose(technology_prior(A, national, 2017, None)[4], (A[4] + national) / 2)


def test_sectors_without_output_in_2007_take_the_national_column():
    A, national = np.full((R, N, N), 0.5), np.full((N, N), 0.1)
    A[3, :, 2] = np.nan
    for year in (2007, 2012):
        assert (technology_prior(A, national, year, None)[3, :, 2] == 0.1).all()
    assert np.isnan(A[3, 0, 2])


def test_printed_rows_of_beijing_are_kept_and_the_others_share_the_rest():
    random = np.random.default_rng(3)
    own, F = shares(random, R, N, K, axis=1), random.random((N, K))
    printed = np.full((N, K), np.nan)
    printed[:20] = 0.03
    mix = mix_prior(own, F, 2012, printed)[labels.BEIJING]
    plain = mix_prior(own, F, 2012, None)[labels.BEIJING]
    assert (mix[:20] == 0.03).all()
    np.testing.assert_allclose(mix.sum(axis=0), 1.0, rtol=1e-13)
    np.testing.assert_allclose(mix[21] / mix[30], plain[21] / plain[30], rtol=1e-12)


def test_official_coefficients_of_beijing_replace_the_rule():
    random = np.random.default_rng(4)
    A, official = random.random((R, N, N)), random.random((N, N))
    prior = technology_prior(A, random.random((N, N)), 2012, official)
    np.testing.assert_array_equal(prior[labels.BEIJING], official)


def test_uses_meet_nation_and_provinces():
    random = np.random.default_rng(5)
    national_F, controls = random.gamma(2.0, size=(N, K)), random.gamma(2.0, size=(R, K))
    F = final_demand(shares(random, R, N, K, axis=1), controls, national_F).matrix
    np.testing.assert_allclose(F.sum(axis=1).T, national_F, rtol=1e-10)
    factor = F.sum(axis=2).T / controls
    np.testing.assert_allclose(factor, np.broadcast_to(factor[0], factor.shape), rtol=1e-10)

    A, x = shares(random, R, N, N, axis=1), random.gamma(3.0, size=(R, N))
    V = 0.4 * x
    national_Z = random.gamma(1.0, size=(N, N))
    national_Z *= (x - V).sum(axis=0) / national_Z.sum(axis=0)
    Z = intermediate_use(A, x, V, national_Z).matrix
    np.testing.assert_allclose(Z.sum(axis=1).T, national_Z, rtol=1e-10)
    np.testing.assert_allclose(Z.sum(axis=2).T, x - V, rtol=1e-10)
