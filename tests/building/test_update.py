"""Updating to another year: nothing new changes nothing, margins and national cells are met, bad input."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrio.building.assemble import assemble
from mrio.building.base_year import UpdateRule
from mrio.building.constraints import Constraints
from mrio.building.update import HEADLINE, update
from mrio.errors import BalanceError, DataError, MissingDataError
from mrio.tables import System
from tests.building.tables import random_tables

SEEDS = st.integers(0, 2**32 - 1)


def a_system(seed):
    return assemble(random_tables(seed)[0])


def uses(system):
    """Purchases by product, origin, region, user, and imported ones (region, product, user)."""
    arrays = system.arrays
    R, N = arrays.x.shape
    flows = np.concatenate([np.asarray(arrays.Z).reshape(R, N, R, N), arrays.Y], axis=3).transpose(1, 0, 2, 3)
    return flows, np.concatenate([arrays.imports_Z, arrays.imports_Y], axis=2).transpose(1, 0, 2)


def known_of(system, *, national=False, **changes):
    """All that `update` can be told of a table."""
    arrays, N = system.arrays, len(system.sectors)
    flows, imported = uses(system)
    total = flows.sum(1).transpose(1, 0, 2) + imported
    told = {
        "x": arrays.x,
        "V": arrays.V,
        "final_demand": total[:, :, N:].sum(1),
        "exports": arrays.exports,
        "imports": imported.sum(2),
        "stock_change": arrays.stock_change,
        "discrepancy": arrays.discrepancy,
    }
    if national:
        told |= {
            "national_Z": total.sum(0)[:, :N],
            "national_Y": total.sum(0)[:, N:],
            "national_imports_Z": imported.sum(0)[:, :N],
            "national_imports_Y": imported.sum(0)[:, N:],
        }
    return Constraints(**{**told, **changes})


def assert_same(system, other, rtol):
    for name in ("Z", "Y", "V", "x", "exports", "stock_change", "discrepancy", "imports_Z", "imports_Y"):
        first, second = (np.asarray(getattr(s.arrays, name)) for s in (system, other))
        np.testing.assert_allclose(first, second, rtol=rtol, atol=rtol * other.arrays.x.mean())


@settings(deadline=None, max_examples=15)
@given(SEEDS, st.booleans())
def test_a_year_in_which_nothing_is_new_is_the_base_year(seed, national):
    system = a_system(seed)
    rule = UpdateRule(own_weight=1.0, opening=0.0)
    same = update(system, period="2012", constraints=known_of(system, national=national), rule=rule)
    assert_same(same, system, 1e-9)
    assert same.period == "2012"
    fits = [step.details["moved"] for step in same.provenance.steps if step.action.startswith("fitted")]
    assert len(fits) == 3
    assert max(fits) <= 1e-9


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_margins_and_national_cells_of_the_new_year_are_met(seed):
    base, truth = a_system(seed), a_system(seed + 1)
    later = update(base, period="2012", constraints=known_of(truth, national=True))
    flows, imported = uses(later)
    true_flows, true_imported = uses(truth)
    total, true_total = (
        f.sum(1).transpose(1, 0, 2) + m for f, m in ((flows, imported), (true_flows, true_imported))
    )
    size = truth.arrays.x.mean()
    for name in ("x", "V", "exports", "stock_change"):
        np.testing.assert_allclose(
            getattr(later.arrays, name), getattr(truth.arrays, name), atol=1e-10 * size
        )
    np.testing.assert_allclose(total.sum(0), true_total.sum(0), rtol=1e-10)
    np.testing.assert_allclose(total.sum(1), true_total.sum(1), rtol=1e-10)
    np.testing.assert_allclose(imported.sum(0), true_imported.sum(0), rtol=1e-10)
    np.testing.assert_allclose(imported.sum(2), true_imported.sum(2), rtol=1e-10)
    assert (imported <= total * (1 + 1e-9)).all()
    np.testing.assert_allclose(later.arrays.discrepancy, truth.arrays.discrepancy, atol=1e-8 * size)
    report = later.check()
    assert report["row balance"].passed
    assert report["column balance"].passed


@settings(deadline=None, max_examples=15)
@given(SEEDS, st.floats(0.3, 3))
def test_output_alone_scales_the_base_year(seed, factor):
    base = a_system(seed)
    told = Constraints(x=factor * base.arrays.x, discrepancy=factor * base.arrays.discrepancy)
    later = update(base, period="2012", constraints=told, rule=UpdateRule(own_weight=1.0, opening=0.0))
    for name in ("Z", "Y", "V", "exports", "imports_Z", "imports_Y"):
        np.testing.assert_allclose(
            np.asarray(getattr(later.arrays, name)),
            factor * np.asarray(getattr(base.arrays, name)),
            rtol=1e-10,
            atol=1e-10 * base.arrays.x.mean(),
        )


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_a_year_known_by_output_and_value_added_balances(seed):
    base, truth = a_system(seed), a_system(seed + 1)
    told = Constraints(x=truth.arrays.x, V=truth.arrays.V, exports=truth.arrays.exports)
    later = update(base, period="2012", constraints=told)
    np.testing.assert_allclose(later.arrays.V, truth.arrays.V, rtol=1e-10)
    report = later.check()
    assert report["row balance"].passed
    assert report["column balance"].passed
    assert report["sum of value added"].passed


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_net_transfer_needs_only_base_sourcing_and_the_new_margins(seed):
    base, truth = a_system(seed), a_system(seed + 1)
    later = update(base, period="2012", constraints=known_of(truth, national=True))
    before, after = uses(base)[0], uses(later)[0]
    volumes = after.sum(1, keepdims=True)
    C0, C1 = before / before.sum(1, keepdims=True), after / volumes
    # Net direct transfer at the volumes of period 1, cell by cell.
    net = ((C1 - C0) * volumes).sum((2, 3)).T
    arrays = later.arrays
    supply = arrays.x - arrays.exports - arrays.stock_change - arrays.discrepancy
    np.testing.assert_allclose(net, supply - (C0 * volumes).sum((2, 3)).T, atol=1e-10 * arrays.x.max())


def test_what_is_given_and_what_is_not_is_told():
    base, truth = a_system(1), a_system(2)
    told = Constraints(x=truth.arrays.x, V=truth.arrays.V, exports=truth.arrays.exports, source="Yearbook")
    later = update(base, period="2012", constraints=told)
    groups = later.provenance.groups
    assert (groups["V"].status, groups["V"].source) == ("fact", "Yearbook")
    assert groups["imports"].status == "estimated"
    assert later.provenance.headline == HEADLINE
    assert "updated" in [step.action for step in later.provenance.steps]
    assert later.provenance.to_json()


def test_products_that_do_not_meet_keep_the_difference_in_the_discrepancy():
    base, truth = a_system(3), a_system(4)
    told = known_of(truth, national=True)
    more = np.zeros((3, 3))
    more[0, 1] = 1.0
    told = dataclasses.replace(told, x=told.x + more, V=told.V + np.stack([more, 0 * more]))
    later = update(base, period="2012", constraints=told)
    gap = later.arrays.discrepancy - truth.arrays.discrepancy
    np.testing.assert_allclose(gap.sum(0), [0, 1, 0], atol=1e-8)


def test_a_product_that_only_comes_from_abroad_grows_with_output():
    base = System.from_arrays(
        regions=["A"], sectors=["goods", "oil"], demand=["final"], Z=[[20, 0], [0, 0]], Y=[[65], [0]],
        imports_Z=[[[5, 0]], [[10, 0]]], imports_Y=[[[5]], [[5]]], V=[50, 0], exports=[0, 0],
        unit="1e8 CNY", price_basis="current 2012 CNY", period="2012",
    )  # fmt: skip
    later = update(base, period="2017", constraints=Constraints(x=[[170, 0]]), rule=UpdateRule(1.0, 0.0))
    np.testing.assert_allclose(later.arrays.imports_Z.ravel(), [10, 0, 20, 0], atol=1e-9)
    np.testing.assert_allclose(later.arrays.imports_Y.ravel(), [10, 10], rtol=1e-10)


def test_a_year_without_room_for_final_demand_is_refused():
    base = a_system(6)
    told = Constraints(x=base.arrays.x, V=0.01 * base.arrays.V, exports=0.9 * base.arrays.x)
    with pytest.raises(BalanceError, match="Nothing is left"):
        update(base, period="2012", constraints=told)


def test_a_closed_table_without_imports_is_updated():
    base = System.from_arrays(
        regions=["A", "B"], sectors=["goods"], demand=["final"], Z=[[20, 10], [10, 30]],
        Y=[[50, 20], [10, 60]], V=[70, 70], unit="1e8 CNY", price_basis="current 2012 CNY", period="2012",
    )  # fmt: skip
    later = update(base, period="2017", constraints=Constraints(x=[[200], [220]]), rule=UpdateRule(1.0, 0.0))
    np.testing.assert_allclose(np.asarray(later.arrays.Z), [[40, 20], [20, 60]], rtol=1e-10)
    assert later.imports == "none"


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"x": np.ones((2, 3))}, DataError, "x does not fit"),
        ({"exports": -np.ones((3, 3))}, DataError, "exports holds negative"),
        ({"V": np.full((2, 3, 3), np.nan)}, MissingDataError, "V at"),
        ({"V": np.full((2, 3, 3), 1e6)}, BalanceError, "more than output"),
        ({"exports": np.full((3, 3), 1e6)}, BalanceError, "are more than output"),
        ({"national_imports_Z": np.ones((3, 3))}, DataError, "one kind of user"),
        ({"national_Z": np.ones((3, 3))}, BalanceError, "do not add up to national_Z"),
    ],
)
def test_constraints_that_cannot_be_are_refused(change, error, message):
    base = a_system(5)
    with pytest.raises(error, match=message):
        update(base, period="2012", constraints=dataclasses.replace(known_of(base), **change))


def test_imports_in_one_row_are_refused():
    base = System.from_arrays(
        regions=["A"], sectors=["goods"], demand=["final"], Z=[[20]], Y=[[80]], V=[70], imports_row_Z=[[10]],
        imports_row_Y=[[5]], unit="1e8 CNY", price_basis="current 2012 CNY", period="2012",
    )  # fmt: skip
    with pytest.raises(DataError, match="one row"):
        update(base, period="2017", constraints=Constraints(x=[[110]]))
