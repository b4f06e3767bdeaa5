"""Measures do not depend on the order of labels, nor on the size of the unit of money."""

import re

import numpy as np
import pytest

import mrio
from mrio.tables import System
from tests.strategies import Layout, random_table, reordered, scaled

MEASURES = {
    "footprint": lambda s: mrio.footprint(s, ["co2", "value_added"], products=True, income=True),
    "multipliers": lambda s: mrio.multipliers(s, ["output", "co2"]),
    "linkages": lambda s: mrio.linkages(s, ["output", "co2"]),
    "linkages within regions": lambda s: mrio.linkages(s, "co2", within="region"),
    "extraction": lambda s: mrio.extract(s, "region 1"),
    "supply extraction": lambda s: mrio.extract(s, "region 1", "sector 1", kind="supply"),
    "flow": lambda s: mrio.extract(s, "region 0", to_region="region 2", replacement="regions"),
    "region-sectors": mrio.extract_each,
    "sectors": lambda s: mrio.extract_each(s, "sector", "backward"),
    "regions": lambda s: mrio.extract_each(s, "region", "forward"),
    "feedback": lambda s: mrio.feedback(s, groups={"both": ["region 0", "region 2"]}, rounds=3),
    "paths": lambda s: mrio.structural_paths(s, "co2", top=30),
    "field of influence": lambda s: mrio.field_of_influence(s, top=30),
    "layers": lambda s: mrio.production_layers(s, depth=4),
    "position": mrio.chain_position,
    "prices": lambda s: mrio.price_change(s, {"factor 0": 0.1}, pass_through=0.7),
    "households": lambda s: mrio.household_multipliers(
        s, "category 0", ["factor 0", "factor 1"], propensity=0.4
    ),
    "embodied trade": mrio.embodied_trade,
    "value added in trade": mrio.value_added_trade,
    "kww": lambda s: mrio.decompose_exports(s, "kww"),
    "wwz": lambda s: mrio.decompose_exports(s, "wwz"),
    "source": lambda s: mrio.decompose_exports(s, "bm_source"),
    "sink": lambda s: mrio.decompose_exports(s, "bm_sink"),
}
ORDER = np.array([2, 0, 1]), np.array([3, 1, 0, 2])
FACTOR = 1e4


@pytest.fixture(scope="module", params=["none", "product", "row"])
def given_(request):
    """Return a table with exports, stocks of any sign, a discrepancy, and a sector that stands still."""
    layout = Layout(3, 4, 2, 2, request.param, exports=True, stocks=True, discrepancy=True, population=True)
    table = random_table(layout, np.random.default_rng(11), "0")
    flows = {name: table[name].copy() for name in ("Z", "Y", "V", "exports", "stock_change", "discrepancy")}
    for part in (flows["Z"][1, 2], flows["Z"][:, :, 1, 2], flows["Y"][1, 2], flows["V"][:, 1, 2]):
        part[...] = 0.0
    for name in ("exports", "stock_change", "discrepancy"):
        flows[name][1, 2] = 0.0
    x = flows["Z"].sum(axis=(2, 3)) + flows["Y"].sum(axis=(2, 3))
    x += sum(flows[name] for name in ("exports", "stock_change", "discrepancy"))
    imports = {name: table[name] for name in ("imports_Z", "imports_row_Z") if table[name] is not None}
    for name, values in imports.items():
        flows[name] = values.copy()
        flows[name][..., 1, 2] = 0.0
        imports[name] = flows[name].sum(axis=0) if name == "imports_Z" else flows[name]
    flows["V"][-1] += x - flows["Z"].sum(axis=(0, 1)) - sum(imports.values()) - flows["V"].sum(axis=0)
    flows["V"][:, 1, 2] = 0.0
    accounts = {name: (np.where(x == 0, 0.0, part[0]), *part[1:]) for name, part in table["accounts"].items()}
    return {**table, **flows, "accounts": accounts}


def numbers(result):
    """Yield name and array of every variable of numbers."""
    for name, values in result.data.data_vars.items():
        if values.dtype.kind == "f":
            yield str(name), values


def assert_near(found, expected, name):
    known = np.isfinite(expected)
    np.testing.assert_array_equal(np.isfinite(found), known, err_msg=name)
    scale = np.abs(expected[known]).max(initial=0.0)
    np.testing.assert_allclose(found[known], expected[known], atol=1e-10 * scale, err_msg=name)


@pytest.mark.parametrize("measure", MEASURES)
def test_order_of_labels(measure, given_):
    one = MEASURES[measure](System.from_arrays(**given_))
    other = MEASURES[measure](System.from_arrays(**reordered(given_, *ORDER)))
    count = 0
    for name, values in numbers(one):
        own = other.data[name].sel({dim: values[dim] for dim in values.dims}).transpose(*values.dims)
        assert_near(own.values, values.values, name)
        count += 1
    assert count


def powers(unit):
    """Return how often money stands above and below the fraction line of a unit."""
    above, *below = unit.split(" per ")
    return len(re.findall("CNY", above)) - sum(part.count("CNY") for part in below)


@pytest.mark.parametrize("measure", MEASURES)
def test_unit_of_money(measure, given_):
    one = MEASURES[measure](System.from_arrays(**given_))
    other = MEASURES[measure](System.from_arrays(**scaled(given_, FACTOR, "1e4 CNY")))
    for name, values in numbers(one):
        units = values.attrs.get("account_units", values.attrs.get("units", "1")).split("\n")
        factor = np.array([FACTOR ** powers(unit) for unit in units])
        if len(units) > 1:
            assert values.dims[0] == "account"
            factor = factor.reshape(-1, *[1] * (values.ndim - 1))
        assert_near(other.data[name].values / factor, values.values, name)
