import numpy as np

from data.recipe.import_use import fit_shares, import_use
from mrio.balancing.proportional import ipf

R, N, U = 6, 39, 43


def example(seed: int) -> tuple[np.ndarray, ...]:
    """Return uses, imports of provinces and imported uses of the nation that fit together."""
    random = np.random.default_rng(seed)
    use = random.gamma(1.0, size=(N, R, U))
    odds = random.lognormal(size=(N, R, 1)) * random.lognormal(sigma=0.5, size=(N, 1, U)) / 3
    imported = use * odds / (1 + odds)
    return use, imported.sum(axis=2).T, imported.sum(axis=1)


def test_meets_provinces_and_nation_within_uses():
    use, imports, national = example(1)
    result = import_use(use, imports, national)
    np.testing.assert_allclose(result.values.sum(axis=2).T, imports, rtol=1e-10)
    np.testing.assert_allclose(result.values.sum(axis=1), national, rtol=1e-10)
    assert (result.values <= use * (1 + 1e-12)).all()
    assert result.gave_way == ()


def test_products_without_imports_have_none():
    use, imports, national = example(2)
    imports[:, 7], national[7] = 0.0, 0.0
    assert (import_use(use, imports, national).values[7] == 0).all()


def test_uses_of_the_nation_give_way_where_they_contradict_provinces():
    use, imports, national = example(3)
    # The last user buys product 0 in one province alone, which imports nothing of it.
    use[0, :, -1] = 0.0
    use[0, 0, -1] = 5.0
    imports[0, 0] = 0.0
    wanted = np.append(np.ones(U - 1), 2.0)
    national[0] = wanted / wanted.sum() * imports[:, 0].sum()
    result = import_use(use, imports, national)
    assert result.gave_way == ("h01",)
    assert result.values[0, 0].max() == 0
    np.testing.assert_allclose(result.values[0].sum(axis=1), imports[:, 0], rtol=1e-10)
    assert (result.values <= use * (1 + 1e-12)).all()
    assert result.shifted >= national[0, -1] * 0.99
    np.testing.assert_allclose(result.values[1:].sum(axis=1), national[1:], rtol=1e-10)


def test_shares_are_those_of_proportional_fitting_to_three_margins():
    random = np.random.default_rng(4)
    use, expected = random.gamma(1.0, size=(5, 8)), random.uniform(0.1, 0.6, size=(5, 8))
    truth = use * random.uniform(0.2, 0.5, size=(5, 8))
    rows, columns = truth.sum(axis=1), truth.sum(axis=0)
    values, met = fit_shares(use, expected, rows, columns)
    assert met
    margins = [
        ((0, 1), use),
        ((0, 2), np.stack([rows, use.sum(axis=1) - rows], axis=-1)),
        ((1, 2), np.stack([columns, use.sum(axis=0) - columns], axis=-1)),
    ]
    fitted = ipf(np.stack([use * expected, use * (1 - expected)], axis=-1), margins).matrix
    np.testing.assert_allclose(values, fitted[..., 0], rtol=1e-10)
