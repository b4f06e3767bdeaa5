"""Supply and use tables to symmetric ones: a hand case, brute force by cells, and what must hold always."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from mrio.building.supply_use import SupplyUse, market_shares, product_mix, symmetric
from mrio.errors import DataError


def hand():
    """Two industries, two products; industry 1 makes 10 of product 2 on the side."""
    return SupplyUse(
        supply=np.array([[90.0, 10.0], [0.0, 100.0]]),
        use=np.array([[20.0, 12.0], [10.0, 8.0]]),
        final=np.array([[30.0, 28.0], [40.0, 52.0]]),
        inputs=np.array([[50.0, 60.0], [20.0, 20.0]]),
        accounts=np.array([[5.0, 1.0]]),
    )


def test_product_by_product_by_hand():
    # A tenth of all inputs of industry 1 goes to product 2.
    found = symmetric(hand())
    np.testing.assert_allclose(found.Z, [[18, 14], [9, 9]], rtol=1e-14)
    np.testing.assert_allclose(found.inputs, [[45, 65], [18, 22]], rtol=1e-14)
    np.testing.assert_allclose(found.accounts, [[4.5, 1.5]], rtol=1e-14)
    np.testing.assert_allclose(found.x, [90, 110], rtol=1e-14)
    np.testing.assert_allclose(found.discrepancy, 0, atol=1e-12)


def test_industry_by_industry_by_hand():
    # Industry 1 sells one eleventh of all that is bought of product 2.
    found = symmetric(hand(), "industry")
    np.testing.assert_allclose(found.Z, [[20 + 10 / 11, 12 + 8 / 11], [100 / 11, 80 / 11]], rtol=1e-14)
    np.testing.assert_allclose(found.final, [[30 + 40 / 11, 28 + 52 / 11], [400 / 11, 520 / 11]], rtol=1e-14)
    np.testing.assert_array_equal(found.inputs, hand().inputs)
    np.testing.assert_allclose(found.x, [100, 100], rtol=1e-14)
    np.testing.assert_allclose(found.discrepancy, 0, atol=1e-12)


def test_the_textbook_case():
    """Miller and Blair (2009), section 5.3: coefficients as printed, with four digits."""
    a = SupplyUse(
        supply=np.array([[90.0, 0.0], [10.0, 100.0]]),
        use=np.array([[12.0, 8.0], [10.0, 7.0]]),
        final=np.array([[80.0], [83.0]]),
        inputs=np.array([[68.0, 95.0]]),
        accounts=np.zeros((0, 2)),
    )
    product, industry = symmetric(a), symmetric(a, "industry")
    np.testing.assert_allclose(product.Z / product.x, [[0.1273, 0.0727], [0.1064, 0.0636]], atol=5e-5)
    np.testing.assert_allclose(industry.Z / industry.x, [[0.12, 0.0655], [0.1244, 0.0709]], atol=5e-5)


@st.composite
def tables(draw):
    """Supply, use and inputs of balanced industries; products may be bought less or more than supplied."""
    industries, products = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    supply = rng.uniform(0, 5, (industries, products)) * (rng.random((industries, products)) < 0.6)
    supply[np.arange(industries), np.arange(industries) % products] += 1.0
    supply[np.arange(products) % industries, np.arange(products)] += 1.0
    share = rng.uniform(0, 0.8, industries)
    g = supply.sum(axis=1)
    use = rng.dirichlet(np.ones(products), industries).T * share * g
    inputs = rng.dirichlet(np.ones(2), industries).T * (1 - share) * g
    final = rng.uniform(0, 9, (products, 3))
    return SupplyUse(supply, use, final, inputs, rng.uniform(0, 2, (2, industries)))


@given(tables())
def test_models_against_loops_over_cells(a):
    product, industry = symmetric(a), symmetric(a, "industry")
    g, q = a.supply.sum(axis=1), a.supply.sum(axis=0)
    P, n = len(q), len(g)
    A = np.array(
        [
            [sum(a.use[p, i] / g[i] * a.supply[i, o] / q[o] for i in range(n)) for o in range(P)]
            for p in range(P)
        ]
    )
    np.testing.assert_allclose(product.Z, A * q, rtol=1e-10, atol=1e-12)
    A = np.array(
        [
            [sum(a.supply[i, p] / q[p] * a.use[p, j] / g[j] for p in range(P)) for j in range(n)]
            for i in range(n)
        ]
    )
    np.testing.assert_allclose(industry.Z, A * g, rtol=1e-10, atol=1e-12)


@given(tables())
def test_totals_are_kept_and_nothing_turns_negative(a):
    for model in ("product", "industry"):
        found = symmetric(a, model)
        np.testing.assert_allclose(found.inputs.sum(axis=1), a.inputs.sum(axis=1), rtol=1e-12)
        np.testing.assert_allclose(found.accounts.sum(axis=1), a.accounts.sum(axis=1), rtol=1e-12)
        np.testing.assert_allclose(found.final.sum(axis=0), a.final.sum(axis=0), rtol=1e-12)
        np.testing.assert_allclose(found.Z.sum(), a.use.sum(), rtol=1e-12)
        np.testing.assert_allclose(found.x.sum(), a.supply.sum(), rtol=1e-12)
        rows = found.Z.sum(axis=1) + found.final.sum(axis=1) + found.discrepancy
        np.testing.assert_allclose(rows, found.x, rtol=1e-10)
        # Industries pay for their inputs, hence so do columns of either table.
        np.testing.assert_allclose(found.Z.sum(axis=0) + found.inputs.sum(axis=0), found.x, rtol=1e-10)
        assert min(part.min() for part in (found.Z, found.final, found.inputs)) >= 0


@given(tables())
def test_a_sparse_supply_table_gives_the_same(a):
    own = SupplyUse(sparse.csr_array(a.supply), a.use, a.final, a.inputs, a.accounts)
    for model in ("product", "industry"):
        first, second = symmetric(a, model), symmetric(own, model)
        for name in ("Z", "final", "inputs", "accounts", "x", "discrepancy"):
            scale = np.abs(a.supply).sum()
            np.testing.assert_allclose(getattr(first, name), getattr(second, name), atol=1e-13 * scale)


@given(tables())
def test_shares_add_up_to_one(a):
    np.testing.assert_allclose(product_mix(a.supply).sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(market_shares(a.supply).sum(axis=0), 1, rtol=1e-12)


def test_a_diagonal_supply_table_changes_nothing():
    a = hand()
    own = SupplyUse(np.diag([100.0, 100.0]), a.use, a.final, a.inputs, a.accounts)
    for model in ("product", "industry"):
        np.testing.assert_array_equal(symmetric(own, model).Z, a.use)


def test_what_cannot_be_placed_is_told():
    a = hand()
    with pytest.raises(DataError, match="industry without output") as caught:
        symmetric(SupplyUse(np.array([[100.0, 10.0], [0.0, 0.0]]), a.use, a.final, a.inputs, a.accounts))
    assert "positions 2" in str(caught.value)
    with pytest.raises(DataError, match="product without supply"):
        symmetric(
            SupplyUse(np.array([[0.0, 10.0], [0.0, 90.0]]), a.use, a.final, a.inputs, a.accounts), "industry"
        )
    with pytest.raises(DataError, match="negative"):
        symmetric(SupplyUse(np.array([[100.0, -1.0], [0.0, 90.0]]), a.use, a.final, a.inputs, a.accounts))
    with pytest.raises(DataError, match="no model"):
        symmetric(a, "commodity")
