import numpy as np
import pytest

from data.recipe.validate import merge, score


def test_equal_flows_score_perfectly_at_any_scale():
    flows = np.random.default_rng(1).gamma(1.0, size=(3, 4, 3, 4))
    result = score(7 * flows, flows)
    assert result.r == pytest.approx(1)
    assert result.wape == pytest.approx(0, abs=1e-14)
    assert result.intra_wape == pytest.approx(0, abs=1e-14)
    between = flows.sum() - sum(flows[r, :, r].sum() for r in range(3))
    assert result.inter_share == pytest.approx(between / flows.sum())


def test_scores_by_hand():
    # Two regions, one sector: 4 inside, 1 and 3 between; reference 5 inside, 1 and 2 between; both add to 8.
    made = np.array([[2.0, 1.0], [3.0, 2.0]]).reshape(2, 1, 2, 1)
    reference = np.array([[1.5, 1.0], [2.0, 3.5]]).reshape(2, 1, 2, 1)
    result = score(made, reference)
    assert result.r == pytest.approx(1)
    assert result.wape == pytest.approx(1 / 3)
    assert result.bias == pytest.approx(1 / 3)
    assert result.block_wape == pytest.approx(1 / 3)
    assert result.intra_wape == pytest.approx((0.5 + 1.5) / 5)
    assert result.inter_share == pytest.approx(0.5)


def test_merging_sums_flows():
    Z = np.arange(16.0).reshape(2, 2, 2, 2)
    assert merge(Z, (1, np.array([0, 0])), (1, np.array([0, 0]))).ravel().tolist() == [120.0]
    by_sector = merge(Z, (1, np.array([0, 0])), (2, np.array([0, 1])))
    assert by_sector[0, 1, 0, 0] == Z[:, 1, :, 0].sum()
