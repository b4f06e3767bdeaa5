"""Feedback: textbook numbers, matrices that add and multiply to L, groups, files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, LabelError, NotProductiveError
from mrio.measures.feedback.decomposition import feedback
from mrio.tables import System
from tests.measures.tables import MONEY, plain, random_system, two_regions


def matrices(A, group, k=2):
    """Return M1, M2 and M3 of the definition."""
    unit = np.eye(len(A))
    inside = np.where(group[:, None] == group, A, 0)
    M1 = np.linalg.inv(unit - inside)
    star = M1 @ (A - inside)
    M2 = sum(np.linalg.matrix_power(star, p) for p in range(k))
    return M1, M2, np.linalg.inv(unit - np.linalg.matrix_power(star, k))


def test_textbook_feedback_of_two_regions():
    # Miller and Blair, chapter 3: 100 of final demand for sector 1 of L need 142.34, 63.46 and 63.83 in L
    # with feedback and 136.5, 52.7 and 57.0 without.
    found = feedback(two_regions(), "output").of("multiplier").sel(use_region="L", use_sector="1")
    np.testing.assert_allclose(found.sel(part="intra", region="L"), 1.365 + 0.527 + 0.570, atol=2e-3)
    home = found.sel(region="L").sum("part")
    np.testing.assert_allclose(home, 1.4234 + 0.6346 + 0.6383, atol=1.5e-4)
    np.testing.assert_allclose(found.sel(part="spillover", region="M"), 0.2672 + 0.1468, atol=1.5e-4)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4), st.booleans())
def test_parts_add_and_factors_multiply_to_the_inverse(seed, k, grouped):
    system = random_system(seed, R=4, N=2)
    A, L, y, x = plain(system)
    groups = {"East": ["R1", "R3"]} if grouped else None
    number = [0, 1, 2, 1] if grouped else [0, 1, 2, 3]
    group = np.repeat(number, 2)
    M1, M2, M3 = matrices(A, group, k)
    np.testing.assert_allclose(M3 @ M2 @ M1, L, rtol=1e-9, atol=1e-12)
    found = feedback(system, ["output", "co2"], groups, rounds=k)
    f = np.divide(system.accounts["co2"].values.ravel(), x, out=np.zeros_like(x), where=x != 0)
    home = group[:, None] == group
    for account, rate in (("output", np.ones(8)), ("co2", f)):
        of = found.data.sel(account=account)
        for r in range(4):
            rows = slice(2 * r, 2 * r + 2)
            F = np.zeros(8)
            F[rows] = rate[rows]
            expected = {"intra": F @ M1, "spillover": F @ np.where(home, 0, L)}
            expected["feedback"] = F @ np.where(home, L - M1, 0)
            for part, values in expected.items():
                got = of["multiplier"].sel(part=part).values[r].ravel()
                np.testing.assert_allclose(got, values, rtol=1e-9, atol=1e-12 * rate.max())
            loops = [F, F @ (M1 - np.eye(8)), F @ (M2 - np.eye(8)) @ M1, F @ (M3 - np.eye(8)) @ M2 @ M1]
            got = of["loops"].values[:, r].reshape(4, 8)
            np.testing.assert_allclose(got, loops, rtol=1e-9, atol=1e-12 * rate.max())
        steps = [rate * v for v in (y, M1 @ y, M2 @ M1 @ y, M3 @ M2 @ M1 @ y)]
        np.testing.assert_allclose(of["steps"], np.array(steps).reshape(4, 4, 2).sum(2), rtol=1e-9)
        total = (rate * x).reshape(4, 2).sum(axis=1)
        np.testing.assert_allclose(of["level"].sum(["part", "use_region"]), total, rtol=1e-9)


def test_one_group_has_neither_spillover_nor_feedback():
    system = random_system(2)
    found = feedback(system, groups={"all": list(system.regions)})
    for part in ("spillover", "feedback"):
        assert float(np.abs(found.data["level"].sel(part=part)).max()) < 1e-8
    assert found.groups == ("all",)


def test_tables_and_pictures(tmp_path):
    found = feedback(random_system(7), groups={"East": ["R0", "R2"]})
    table = found.summary("co2")
    total = table["total [Mt CO2]"]
    np.testing.assert_allclose(table.iloc[:, :3].sum(axis=1), total)
    outs, ins = table["spillover_out [Mt CO2]"].sum(), table["spillover_in [Mt CO2]"].sum()
    np.testing.assert_allclose(outs, ins)
    factors = found.factors("output")
    steps = found.of("steps", "output")
    ratio = steps.sel(step="feedback") / steps.sel(step="final_demand")
    np.testing.assert_allclose(factors["product"], ratio)
    assert (
        found.by_sector().drop(columns="total").sum(axis=1) - found.by_sector()["total"]
    ).abs().max() < 1e-12
    assert found.plot.parts("co2") is not None
    assert found.plot.spillovers() is not None
    found.to_netcdf(tmp_path / "feedback.nc")
    assert mrio.read_netcdf(tmp_path / "feedback.nc").data.identical(found.data)
    assert "multiply" in found.adds_up


def test_group_that_is_not_productive_alone_is_named():
    # With negative trade coefficients the whole is productive although region A alone is not.
    A = np.array([[1.05, 0.6], [-0.4, 0.1]])
    x = np.array([100.0, 100])
    y = x - A @ x
    system = System.from_arrays(
        regions=["A", "B"],
        sectors=["s"],
        demand=["final"],
        Z=A * x,
        Y=np.column_stack([y, 0 * y]),
        V=x - (A * x).sum(0),
        **MONEY,
    )
    with pytest.raises(NotProductiveError, match="group 'A' on its own") as raised:
        feedback(system)
    assert "A | s" in str(raised.value)


def test_bad_questions_are_named():
    system = random_system(1)
    with pytest.raises(DataError, match="rounds must be"):
        feedback(system, rounds=1)
    with pytest.raises(LabelError, match="regions that the table does not have"):
        feedback(system, groups={"X": ["R0", "R9"]})
    with pytest.raises(LabelError, match="stand in two groups"):
        feedback(system, groups={"X": ["R0", "R1"], "Y": ["R1"]})
    with pytest.raises(LabelError, match="given by name"):
        feedback(system, groups=["R0", "R1"])
    with pytest.raises(LabelError, match="must be a list"):
        feedback(system, groups={"X": "R0"})
    with pytest.raises(LabelError, match="called like a region outside"):
        feedback(system, groups={"R2": ["R0", "R1"]})
