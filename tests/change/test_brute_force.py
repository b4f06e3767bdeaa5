"""Decomposition against the plain definition: all coalitions, all orders, with the inverse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrio.change import decompose
from tests.compare import assert_close, level
from tests.naive import Model
from tests.strategies import Layout, Pair, pairs, random_table

SMALL = {"R": st.integers(1, 3), "N": st.integers(1, 2), "K": st.integers(1, 2)}


def options(pair):
    """Return the treatments of imports that the tables of a pair allow."""
    return {"none": ("domestic",), "product": ("sourced", "domestic", "row"), "row": ("row", "domestic")}[
        pair.layout.imports
    ]


def assert_same_effects(d, expected, scale):
    assert set(d.effects["effect"].values) == set(expected)
    for name, values in expected.items():
        assert_close(d.effects.sel(effect=name).values, values, scale, what=name)


@settings(max_examples=15)
@given(st.data())
def test_shapley_value_is_that_of_all_coalitions(data):
    pair = data.draw(pairs(R=data.draw(SMALL["R"]), N=data.draw(SMALL["N"]), K=data.draw(SMALL["K"])))
    account, dependent = data.draw(
        st.sampled_from([("co2", False), ("value_added", False), ("value_added", True)])
    )
    imports = data.draw(st.sampled_from(options(pair)))
    exports = data.draw(st.sampled_from(["level", "sourced"]))
    a, b = pair.systems()
    d = decompose(
        a, b, account, imports=imports, exports=exports, dependent=dependent if account != "co2" else None
    )
    model = Model(pair.a, pair.b, account, imports, exports, dependent)
    assert_same_effects(d, model.shapley(), level(a, b, account))


@settings(max_examples=15)
@given(st.data())
def test_polar_forms_switch_in_the_order_of_the_schema(data):
    pair = data.draw(pairs(R=data.draw(SMALL["R"]), N=data.draw(SMALL["N"]), K=data.draw(SMALL["K"])))
    imports = data.draw(st.sampled_from(options(pair)))
    exports = data.draw(st.sampled_from(["level", "sourced"]))
    account = data.draw(st.sampled_from(["co2", "value_added"]))
    a, b = pair.systems()
    model = Model(pair.a, pair.b, account, imports, exports, account == "value_added")
    forward, backward = model.polar(True), model.polar(False)
    mean = {name: (forward[name] + backward[name]) / 2 for name in forward}
    for method, expected in (
        ("polar_forward", forward),
        ("polar_backward", backward),
        ("polar_mean", mean),
    ):
        d = decompose(a, b, account, method, imports=imports, exports=exports)
        assert_same_effects(d, expected, level(a, b, account))


@pytest.mark.parametrize("dependent", [False, True])
def test_shapley_value_is_the_mean_of_all_orders(dependent):
    layout = Layout(R=2, N=2, K=2, M=2, imports="product")
    rng = np.random.default_rng(5)
    pair = Pair(layout, random_table(layout, rng, "0"), random_table(layout, rng, "1"))
    a, b = pair.systems()
    expected = Model(pair.a, pair.b, "value_added", "sourced", dependent=dependent).mean_of_orders()
    assert_same_effects(decompose(a, b, dependent=dependent), expected, np.abs(sum(expected.values())).max())
