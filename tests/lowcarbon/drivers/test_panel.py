import numpy as np
import pandas as pd
import pytest

from mrio.errors import DataError, DataWarning, LabelError, MissingDataError
from mrio.lowcarbon import stirpat_panel
from mrio.lowcarbon.drivers.panel import spatial_lag, spatial_weights

pytest.importorskip("statsmodels.api")


def panel(regions=12, years=5, seed=0):
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([[f"r{n:02d}" for n in range(regions)], range(2010, 2010 + years)])
    table = index.to_frame(index=False, name=["region", "year"])
    table["P"], table["A"] = np.exp(rng.normal(size=(2, len(table))))
    own = table["region"].map({name: rng.normal() for name in table["region"].unique()})
    noise = 0.05 * rng.normal(size=len(table))
    table["I"] = np.exp(own + noise) * table["P"] ** 0.8 * table["A"] ** 0.4
    return table


def within(table, names):
    """Coefficients of the within estimator by demeaning."""
    logs = np.log(table[["I", *names]])
    demeaned = logs - logs.groupby(table["region"]).transform("mean")
    return np.linalg.lstsq(demeaned[names].to_numpy(), demeaned["I"].to_numpy(), rcond=None)[0]


def test_fixed_effects_equal_the_within_estimator():
    table = panel()
    fit = stirpat_panel(table, impact="I", drivers=["P", "A"])
    np.testing.assert_allclose(fit.params[["ln_P", "ln_A"]], within(table, ["P", "A"]), rtol=1e-10)
    np.testing.assert_allclose(fit.params[["ln_P", "ln_A"]], [0.8, 0.4], atol=0.05)
    two_way = stirpat_panel(table, impact="I", drivers=["P", "A"], effects="two-way")
    assert "C(year)[T.2011]" in two_way.params.index
    pooled = stirpat_panel(table, impact="I", drivers=["P", "A"], effects="none")
    assert len(pooled.params) == 3


def test_spatially_lagged_drivers_enter():
    table = panel()
    names = sorted(set(table["region"]))
    rng = np.random.default_rng(1)
    weights = pd.DataFrame(rng.uniform(size=(12, 12)) * (1 - np.eye(12)), names, names)
    matrix = spatial_weights(weights, names)
    np.testing.assert_allclose(matrix.sum(axis=1), 1.0, rtol=1e-10)
    logs = table.assign(ln_A=np.log(table["A"]))
    lag = spatial_lag(logs, "ln_A", matrix)
    year = logs[logs["year"] == 2012].set_index("region")["ln_A"][names]
    position = logs.index[(logs["year"] == 2012) & (logs["region"] == "r03")][0]
    assert lag[position] == pytest.approx(float(matrix[3] @ year.to_numpy()), rel=1e-10)
    table["I"] *= np.exp(0.7 * lag)
    fit = stirpat_panel(table, impact="I", drivers=["P", "A"], weights=weights, lagged=["A"])
    assert fit.params["W_A"] == pytest.approx(0.7, abs=0.1)


def test_bad_panels_give_one_clear_error():
    table = panel()
    with pytest.raises(MissingDataError, match="r00 \\| 2011"):
        stirpat_panel(table.drop(index=1), impact="I", drivers=["P"])
    with pytest.raises(DataError, match="above zero"):
        stirpat_panel(table.assign(P=-1.0), impact="I", drivers=["P"])
    with pytest.raises(DataError, match="not more observations"):
        stirpat_panel(panel(3, 1), impact="I", drivers=["P", "A"])
    with pytest.warns(DataWarning, match="3 regions"):
        stirpat_panel(panel(3, 6), impact="I", drivers=["P", "A"])
    with pytest.raises(LabelError, match="cannot stand in a formula"):
        stirpat_panel(table.rename(columns={"P": "people in"}), impact="I", drivers=["people in"])
    with pytest.raises(LabelError, match="no column 'region'"):
        stirpat_panel(table.drop(columns="region"), impact="I", drivers=["P"])
    with pytest.raises(LabelError, match="'A' is lagged in space and is no driver"):
        stirpat_panel(table, impact="I", drivers=["P"], lagged=["A"])
    size = table["region"].map({name: 1.0 + n for n, name in enumerate(table["region"].unique())})
    with pytest.raises(DataError, match="exactly collinear"):
        stirpat_panel(table.assign(S=size), impact="I", drivers=["P", "S"])
    with pytest.raises(MissingDataError, match="need weights"):
        stirpat_panel(table, impact="I", drivers=["P"], lagged=["P"])
    names = ["a", "b"]
    with pytest.raises(LabelError, match="no region 'a'"):
        spatial_weights(pd.DataFrame([[0.0]], ["b"], ["b"]), names)
    with pytest.raises(DataError, match="zero for a region itself"):
        spatial_weights(pd.DataFrame(np.ones((2, 2)), names, names), names)
    with pytest.raises(DataError, match="no neighbour"):
        spatial_weights(pd.DataFrame([[0.0, 1.0], [0.0, 0.0]], names, names), names)
