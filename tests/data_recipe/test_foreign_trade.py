from types import SimpleNamespace

import numpy as np

from data.recipe import labels
from data.recipe.foreign_trade import foreign_trade

R, N = 31, 39


def test_goods_follow_customs_services_follow_openness():
    random = np.random.default_rng(1)
    facts = SimpleNamespace(exports=random.random((R, N)), imports=random.random((R, N)))
    nation = SimpleNamespace(exports=random.random(N), imports=random.random(N))
    supply, use = random.random((R, N)) * 100 + 50, random.random((R, N)) * 100 + 50
    result = foreign_trade(facts, nation, supply, use)
    np.testing.assert_allclose(result.exports.values.sum(axis=0), nation.exports, rtol=1e-12)
    np.testing.assert_allclose(result.imports.values.sum(axis=0), nation.imports, rtol=1e-12)
    goods = slice(0, labels.GOODS)
    share = facts.exports[:, goods] / facts.exports[:, goods].sum(axis=0)
    np.testing.assert_allclose(result.exports.values[:, goods], share * nation.exports[goods], rtol=1e-12)
    openness = np.sqrt(facts.imports[:, goods].sum(axis=1) / use[:, goods].sum(axis=1))
    hotels = use[:, 27] * openness
    expected = hotels / hotels.sum() * nation.imports[27]
    np.testing.assert_allclose(result.imports.values[:, 27], expected, rtol=1e-12)


def test_no_province_exports_or_imports_nearly_all():
    random = np.random.default_rng(2)
    facts = SimpleNamespace(exports=random.random((R, N)), imports=random.random((R, N)))
    supply, use = random.random((R, N)), random.random((R, N))
    nation = SimpleNamespace(exports=0.7 * supply.sum(axis=0), imports=0.7 * use.sum(axis=0))
    result = foreign_trade(facts, nation, supply, use)
    assert (result.exports.values <= 0.9 * supply * (1 + 1e-12)).all()
    assert (result.imports.values <= 0.95 * use * (1 + 1e-12)).all()
    assert result.exports.cells > 0
    np.testing.assert_allclose(result.exports.values.sum(axis=0), nation.exports, rtol=1e-12)
