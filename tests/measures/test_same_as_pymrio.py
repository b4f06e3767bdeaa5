"""Footprints and multipliers equal to those that pymrio computes of the same published inputs."""

import warnings

import numpy as np
import pandas as pd
import pytest

import mrio
from tests.compare import assert_close
from tests.measures.published import icio_like, leather, wiod_like
from tests.measures.tables import peers

with warnings.catch_warnings():
    # Some versions of pymrio warn of their own imports.
    warnings.simplefilter("ignore")
    pymrio = pytest.importorskip("pymrio")

pytestmark = [peers, pytest.mark.filterwarnings("ignore::Warning:pymrio")]

TABLES = {"leather": leather, "wiod": lambda: wiod_like()[0], "icio": lambda: icio_like()[0]}


def theirs(table, flows, direct):
    """Return the table in pymrio's own objects, made of plain numbers, with all accounts computed there."""
    pairs = pd.MultiIndex.from_product([table.regions, table.sectors], names=["region", "sector"])
    finals = pd.MultiIndex.from_product([table.regions, table.demand], names=["region", "category"])
    n = len(pairs)
    rows = pd.Index(["value added", "co2"], name="stressor")
    zeros = np.zeros((len(table.regions), len(table.demand)))
    first = zeros.copy()
    first[:, 0] = direct
    F = np.array([table.arrays.V.sum(axis=0).ravel(), flows])
    io = pymrio.IOSystem(
        Z=pd.DataFrame(np.array(table.arrays.Z), pairs, pairs),
        Y=pd.DataFrame(table.arrays.Y.reshape(n, -1), pairs, finals),
        both={
            "name": "both",
            "F": pd.DataFrame(F, rows, pairs),
            "F_Y": pd.DataFrame(np.array([zeros.ravel(), first.ravel()]), rows, finals),
            "unit": pd.DataFrame({"unit": [table.unit, "Mt CO2"]}, rows),
        },
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return io.calc_all().both


@pytest.mark.parametrize("name", TABLES)
def test_footprints_and_multipliers(name):
    table = TABLES[name]()
    x = table.arrays.x.ravel()
    flows = x * np.linspace(0.1, 1.9, len(x))
    direct = np.arange(1.0, 1.0 + len(table.regions))
    table = table.replace(accounts={"co2": (flows, "Mt CO2", direct)})
    peer = theirs(table, flows, direct)
    found = mrio.footprint(table, ["value_added", "co2"])
    for account, row, own in (("value_added", "value added", 0.0), ("co2", "co2", direct)):
        part = {"account": account}
        assert_close(mrio.multipliers(table, account).of("multiplier").to_numpy().ravel(), peer.M.loc[row])
        assert_close(found.production.sel(part).sum("sector") + own, peer.D_pba_reg.loc[row])
        assert_close(found.consumption.sel(part).sum(("region", "sector")) + own, peer.D_cba_reg.loc[row])
        assert_close(found.exports.sel(part), peer.D_exp_reg.loc[row])
        assert_close(found.imports.sel(part), peer.D_imp_reg.loc[row])
