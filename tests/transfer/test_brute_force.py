"""Transfers against the equations with theta built cell by cell and every state walked."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mrio.transfer import measure_transfer
from tests.compare import assert_close, level, money
from tests.naive import Model
from tests.strategies import pairs

TREATMENTS = {"none": ("domestic",), "product": ("sourced", "domestic", "row"), "row": ("row", "domestic")}


def padded(values, origins, axes):
    """Return an array with zeros for origins that are none in a treatment."""
    missing = origins - values.shape[axes[0]]
    return np.pad(values, [(0, missing if axis in axes else 0) for axis in range(values.ndim)])


@settings(max_examples=15)
@given(st.data())
def test_transfers_are_those_of_every_state_and_cell(data):
    pair = data.draw(
        pairs(R=data.draw(st.integers(1, 3)), N=data.draw(st.integers(1, 2)), K=data.draw(st.integers(1, 2)))
    )
    imports = data.draw(st.sampled_from(TREATMENTS[pair.layout.imports]))
    exports = data.draw(st.sampled_from(["level", "sourced"]))
    scheme = data.draw(st.sampled_from(["bilateral", "nested"]))
    dependent = data.draw(st.booleans())
    R = pair.layout.R
    block = sorted(data.draw(st.sets(st.integers(0, R - 1), min_size=1)))
    a, b = pair.systems()
    t = measure_transfer(
        a,
        b,
        block=[a.regions[member] for member in block],
        accounts=["value_added", "co2"],
        scheme=scheme,
        imports=imports,
        exports=exports,
        dependent=dependent,
    )
    origins = R + (pair.layout.imports != "none")
    assert len(t.origins) == origins
    for account in t.accounts:
        model = Model(pair.a, pair.b, account, imports, exports, dependent and account == "value_added")
        expected = model.transfer(block if scheme == "nested" else None)
        assert list(t.direct["use"].values) == list(expected)
        for use, (Phi, Psi) in expected.items():
            Phi, Psi = padded(Phi, origins, (0, 1)), padded(Psi, origins, (2, 3))
            found = t.direct_of(account).sel(use=use)
            assert_close(found, Phi, money(a, b), what=f"direct {use}")
            scale = level(a, b, account)
            assert_close(t.impact(account).sel(use=use), Psi.sum(axis=1), scale, what=f"impact {use}")
            for part, mask in masks(block, origins).items():
                affected = t.affected(account).sel(use=use, part=part)
                total = (Psi * mask[:, :, np.newaxis]).sum(axis=(2, 3, 4))
                assert_close(affected, total, scale, what=f"affected {use} {part}")


def masks(block, origins):
    """Return which pairs belong to which part, by the words of the definition."""
    pair = {
        name: np.zeros((origins, origins)) for name in ("overall_in", "overall_out", "internal", "elsewhere")
    }
    for p in range(origins):
        for r in range(origins):
            ends = (p in block, r in block)
            name = {
                (False, True): "overall_in",
                (True, False): "overall_out",
                (True, True): "internal",
                (False, False): "elsewhere",
            }[ends]
            pair[name][p, r] = 1.0
    return pair
