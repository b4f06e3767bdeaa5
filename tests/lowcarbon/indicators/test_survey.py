import numpy as np
import pandas as pd
import pytest

import mrio
from mrio.errors import DataError, LabelError, MissingDataError, UnitsError
from mrio.lowcarbon import indicator_frame, standard_scores, wide_indicators


def test_indicators_are_tidy_and_right():
    tables = mrio.load_example("illustrative")
    frame = indicator_frame(tables)
    assert list(frame.columns) == ["period", "region", "indicator", "value", "unit"]
    assert not frame.duplicated(["period", "region", "indicator"]).any()
    table = wide_indicators(frame)
    last = tables["1"]
    assert [region for period, region in table.index if period == "1"] == list(last.regions)
    he = table.loc[("1", "HE")]
    added = last.arrays.V[:, 2].sum()
    assert he["value_added"] == pytest.approx(added, rel=1e-10)
    made = last.accounts["co2"].values[2].sum()
    assert he["co2 per value added"] == pytest.approx(made / added, rel=1e-10)
    assert he["co2, production, per head"] == pytest.approx(made / last.arrays.population[2], rel=1e-10)
    total = last.accounts["co2"].values.sum()
    assert table.loc["1"]["co2, consumption"].sum() < total  # exports and stocks carry the rest


def test_scores_have_mean_zero_and_spread_one():
    table = wide_indicators(indicator_frame(mrio.load_example("illustrative"))).assign(constant=1.0)
    scores = standard_scores(table)
    np.testing.assert_allclose(scores.mean(), 0, atol=1e-12)
    np.testing.assert_allclose(scores.std(ddof=1), 1, rtol=1e-10)
    assert "constant" not in scores


def test_indicators_that_do_not_belong_together_are_refused():
    frame = indicator_frame(mrio.load_example("illustrative"))
    other = frame.assign(period="2", unit=frame["unit"].str.replace("Mt", "kt"))
    with pytest.raises(UnitsError, match="several units"):
        wide_indicators(pd.concat([frame, other]))
    with pytest.raises(LabelError, match="0 \\| BJ \\| output"):
        wide_indicators(pd.concat([frame, frame]))
    table = wide_indicators(frame)
    with pytest.raises(MissingDataError, match="output"):
        standard_scores(table.mask(table == table["output"].iloc[0]))
    with pytest.raises(DataError, match="two observations"):
        standard_scores(table.iloc[:1])
