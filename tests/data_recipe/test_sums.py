import numpy as np

from data.recipe.sums import add_up, add_up_square


def test_sums_over_members_along_an_axis():
    values = np.arange(12.0).reshape(3, 4)
    assert add_up(values, np.array([1, 0, 1]), 2).tolist() == [[4, 5, 6, 7], [8, 10, 12, 14]]
    assert add_up(values, np.array([0, 0, 0, 1]), 2, axis=1).tolist() == [[3, 3], [15, 7], [27, 11]]


def test_square_sums_equal_the_matrix_product():
    random = np.random.default_rng(3)
    values, member = random.random((2, 5, 5)), np.array([0, 2, 1, 2, 0])
    G = np.eye(3)[:, member]
    np.testing.assert_allclose(add_up_square(values, member, 3), G @ values @ G.T, rtol=1e-14)
