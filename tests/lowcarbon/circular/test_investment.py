import numpy as np
import pytest

import mrio
from mrio.errors import DataError, LabelError
from mrio.lowcarbon import green_investment


def test_investment_buys_by_mix_and_present_sourcing():
    table = mrio.load_example("illustrative")["1"]
    mix = dict(zip(table.sectors, (0.5, 0.3, 0.2), strict=True))
    bought = green_investment(table, 100.0, mix, region="HE", demand="capital formation")
    s, k = table.regions.index("HE"), table.demand.index("capital formation")
    home = table.arrays.Y[:, :, s, k]
    abroad = table.arrays.imports_Y[:, s, k]
    for position, product in enumerate(table.sectors):
        total = home[:, position].sum() + abroad[position]
        found = bought.domestic.sel(sector=product, use_region="HE", demand="capital formation")
        np.testing.assert_allclose(found, 100 * mix[product] * home[:, position] / total, rtol=1e-12)
    assert float(bought.domestic.sum() + bought.imported.sum()) == pytest.approx(100.0, rel=1e-12)
    more = table.replace(Y=table.Y + bought.domestic)
    assert more.arrays.Y.sum() == pytest.approx(table.arrays.Y.sum() + float(bought.domestic.sum()))


def test_a_product_not_bought_for_the_purpose_comes_from_where_it_is_bought_at_all():
    table = mrio.load_example("illustrative")["1"]
    s, k = 2, table.demand.index("capital formation")
    Y, M = table.arrays.Y.copy(), table.arrays.imports_Y.copy()
    Y[:, 0, s, k], M[0, s, k] = 0.0, 0.0
    changed = table.replace(Y=Y, imports_Y=M)
    bought = green_investment(changed, 1.0, {table.sectors[0]: 1.0}, region="HE", demand="capital formation")
    other = Y[:, 0, s, :].sum(axis=1)
    expected = other / (other.sum() + M[0, s, :].sum())
    np.testing.assert_allclose(bought.domestic.sum(["use_region", "demand"]).isel(sector=0), expected)
    Y[:, 0, s, :], M[0, s, :] = 0.0, 0.0
    with pytest.raises(DataError, match="do not tell where"):
        green_investment(
            table.replace(Y=Y, imports_Y=M),
            1.0,
            {table.sectors[0]: 1.0},
            region="HE",
            demand="capital formation",
        )


def test_bad_input_gives_one_clear_error():
    table = mrio.load_example("illustrative")["1"]
    for options in ({"region": "HB"}, {"demand": "capital"}, {"mix": {"x": 1.0}}):
        given_options = {
            "region": "HE",
            "demand": "capital formation",
            "mix": {table.sectors[0]: 1.0},
            **options,
        }
        with pytest.raises(LabelError, match="The table has no"):
            green_investment(table, 1.0, given_options.pop("mix"), **given_options)
    for mix in ({table.sectors[0]: np.nan}, {}):
        with pytest.raises(DataError, match="made of shares"):
            green_investment(table, 1.0, mix, region="HE", demand="capital formation")
    with pytest.raises(DataError, match="no finite number"):
        green_investment(table, np.nan, {table.sectors[0]: 1.0}, region="HE", demand="capital formation")
    with pytest.raises(DataError, match="made of shares"):
        green_investment(table, 1.0, {table.sectors[0]: 0.5}, region="HE", demand="capital formation")
