"""Value added in trade and decompositions of exports: each term by its published formula, with inverses."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrio
from mrio.errors import DataWarning, LabelError
from mrio.measures.trade.content import value_added_trade
from mrio.measures.trade.embodied import embodied_trade
from mrio.measures.trade.exports import CATEGORIES, METHODS, decompose_exports
from mrio.measures.trade.position import chain_position
from mrio.tables import System
from tests.measures.tables import MONEY, PEERS, peers, random_system


class World:
    """Blocks of a table by group, and everything the formulas need, all by inverses."""

    def __init__(self, system, number):
        x = system.arrays.x.ravel()
        n, R = x.size, len(system.regions)
        Z = np.asarray(system.arrays.Z)
        self.x, self.G = x, max(number) + 1
        self.A = np.divide(Z, x, out=np.zeros_like(Z), where=x != 0)
        of = np.repeat(number, n // R)
        self.rows = [np.flatnonzero(of == g) for g in range(self.G)]
        self.B = np.linalg.inv(np.eye(n) - self.A)
        self.v = np.divide(system.arrays.V.sum(0).ravel(), x, out=np.zeros_like(x), where=x != 0)
        self.m = np.divide(system.arrays.imports_by_user.ravel(), x, out=np.zeros_like(x), where=x != 0)
        Y = system.arrays.Y.sum(3).reshape(n, R)
        self.Y = np.column_stack(
            [Y[:, [r for r in range(R) if number[r] == g]].sum(1) for g in range(self.G)]
        )
        if system.arrays.stock_change is not None:
            self.Y[np.arange(n), of] += system.arrays.stock_change.ravel()
        self.D = self.G
        if system.arrays.exports is not None:
            self.Y = np.column_stack([self.Y, system.arrays.exports.ravel()])
            self.D += 1
        self.L = [np.linalg.inv(np.eye(len(q)) - self.A[np.ix_(q, q)]) for q in self.rows]
        self.X = x

    def a(self, s, r):
        return self.A[np.ix_(self.rows[s], self.rows[r])]

    def b(self, s, r):
        return self.B[np.ix_(self.rows[s], self.rows[r])]

    def y(self, s, d):
        return self.Y[self.rows[s], d]

    def e(self, s, d):
        between = self.a(s, d) @ self.x[self.rows[d]] if d < self.G else 0
        return between + self.y(s, d)

    def exports(self, s):
        return sum(self.e(s, d) for d in range(self.D) if d != s)

    def vb(self, t, s):
        return self.v[self.rows[t]] @ self.b(t, s)

    def foreign(self, s):
        """Value of all other groups and of imports in one unit of output of s."""
        others = sum(self.vb(t, s) for t in range(self.G) if t != s)
        return others + self.m @ self.B[:, self.rows[s]]

    def final(self, s):
        return sum(self.y(s, d) for d in range(self.D))


def wwz(w, s, r):
    """Return the 16 terms of Wang, Wei and Zhu, equation 37."""
    G = range(w.G)
    vl, vb = w.v[w.rows[s]] @ w.L[s], w.vb(s, s)
    mva = w.vb(r, s) if r < w.G else w.m @ w.B[:, w.rows[s]]
    ova = w.foreign(s) - mva
    if r >= w.G:
        zero = np.zeros_like(vl)
        return [vb * w.y(s, r), *[zero] * 9, mva * w.y(s, r), zero, zero, ova * w.y(s, r), zero, zero]
    third = [t for t in G if t not in (s, r)]
    users = range(w.D)
    A = w.a(s, r)
    Lr = w.L[r]
    rr, rs = w.b(r, r), w.b(r, s)
    Er, Xr = w.exports(r), w.x[w.rows[r]]
    nothing = np.zeros(len(w.rows[r]))
    return [
        vb * w.y(s, r),
        vl * (A @ rr @ w.y(r, r)),
        vl * (A @ sum((w.b(r, t) @ w.y(t, t) for t in third), nothing)),
        vl * (A @ rr @ sum((w.y(r, t) for t in users if t not in (s, r)), nothing)),
        vl * (A @ sum((w.b(r, t) @ w.y(t, u) for t in third for u in users if u not in (s, t)), nothing)),
        vl * (A @ rr @ w.y(r, s)),
        vl * (A @ sum((w.b(r, t) @ w.y(t, s) for t in third), nothing)),
        vl * (A @ rs @ w.y(s, s)),
        vl * (A @ rs @ sum(w.y(s, t) for t in users if t != s)),
        (vb - vl) * (A @ Xr),
        mva * w.y(s, r),
        mva * (A @ Lr @ w.y(r, r)),
        mva * (A @ Lr @ Er),
        ova * w.y(s, r),
        ova * (A @ Lr @ w.y(r, r)),
        ova * (A @ Lr @ Er),
    ]


def kww(w, s):
    """Return the 9 terms of Koopman, Wang and Wei, equation 36."""
    others = [r for r in range(w.G) if r != s]
    v = w.v[w.rows[s]]
    Ls = w.L[s]
    abroad = [d for d in range(w.D) if d != s]
    return [
        sum(w.vb(s, s) @ w.y(s, d) for d in abroad),
        sum(w.vb(s, r) @ w.y(r, r) for r in others),
        sum(w.vb(s, r) @ w.y(r, t) for r in others for t in range(w.D) if t not in (s, r)),
        sum(w.vb(s, r) @ w.y(r, s) for r in others),
        sum(v @ w.b(s, r) @ w.a(r, s) @ Ls @ w.y(s, s) for r in others),
        sum(v @ w.b(s, r) @ w.a(r, s) @ Ls @ w.exports(s) for r in others),
        sum(w.foreign(s) @ w.y(s, d) for d in abroad),
        sum(w.foreign(s) @ w.a(s, r) @ w.L[r] @ w.y(r, r) for r in others),
        sum(w.foreign(s) @ w.a(s, r) @ w.L[r] @ w.exports(r) for r in others),
    ]


def bm(w, s, r, sink):
    """Return the 12 terms of Borin and Mancini with the inverse of A without the exports of s."""
    cut = w.A.copy()
    out = np.setdiff1d(np.arange(len(w.x)), w.rows[s])
    cut[np.ix_(w.rows[s], out)] = 0
    C = np.linalg.inv(np.eye(len(w.x)) - cut)
    Yx = w.Y.copy()
    Yx[np.ix_(w.rows[s], [d for d in range(w.D) if d != s])] = 0
    q = w.rows[s]
    costs = w.v + w.m
    first = costs[out] @ C[np.ix_(out, q)] + w.m[q] @ C[np.ix_(q, q)]
    dom, fgn = w.vb(s, s), w.foreign(s)
    use, fuse = (dom, fgn) if sink else (w.v[q] @ C[np.ix_(q, q)], first)
    y = w.y(s, r)
    if r >= w.G:
        zero = np.zeros_like(y)
        return [use * y, *[zero] * 5, (dom - use) * y, fuse * y, zero, zero, zero, (fgn - fuse) * y]
    A, Lr = w.a(s, r), w.L[r]
    inverse, final = (C, Yx) if sink else (w.B, w.Y)
    X = inverse @ final
    nothing = np.zeros(len(w.rows[r]))

    def on(user):
        return A @ Lr @ sum((w.a(r, j) @ X[w.rows[j], user] for j in range(w.G) if j != r), nothing)

    third = [d for d in range(w.D) if d not in (s, r)]
    u2 = A @ Lr @ w.y(r, r)
    u3 = A @ Lr @ sum((w.y(r, j) for j in third), nothing)
    u4 = sum(on(d) for d in range(w.D) if d != s)
    b1, b2 = A @ Lr @ w.y(r, s), on(s)
    if sink:
        again = [w.a(r, j) @ C[np.ix_(w.rows[j], q)] @ w.exports(s) for j in range(w.G) if j != r]
        ddc, fdc = (k * (A @ Lr @ sum(again, nothing)) for k in (dom, fgn))
    else:
        ddc, fdc = (dom - use) * w.e(s, r), (fgn - fuse) * w.e(s, r)
    return [
        use * y, use * u2, use * u3, use * u4, use * b1, use * b2, ddc,
        fuse * y, fuse * u2, fuse * (u3 + b1), fuse * (u4 + b2), fdc,
    ]  # fmt: skip


CASES = st.tuples(
    st.integers(0, 2**32 - 1), st.sampled_from([None, "row", "product"]), st.booleans(), st.booleans()
)


def cases(case):
    seed, imports, exports, grouped = case
    system = random_system(seed, R=4, N=2, imports=imports, exports=exports, idle=seed % 2 == 0)
    groups = {"East": ["R1", "R3"]} if grouped else None
    return system, groups, World(system, [0, 1, 2, 1] if grouped else [0, 1, 2, 3])


@settings(deadline=None, max_examples=25)
@given(CASES, st.sampled_from(["wwz", "bm_source", "bm_sink"]))
def test_terms_by_exporter_sector_and_importer(case, method):
    system, groups, w = cases(case)
    found = decompose_exports(system, method, groups).data
    terms = found["terms"].values.reshape(found.sizes["term"], 8, -1)
    scale = np.abs(terms).max()
    for s in range(w.G):
        for r in range(w.D):
            if r == s:
                np.testing.assert_array_equal(terms[:, w.rows[s], r], 0)
                continue
            expected = wwz(w, s, r) if method == "wwz" else bm(w, s, r, method == "bm_sink")
            np.testing.assert_allclose(terms[:, w.rows[s], r], expected, atol=1e-10 * scale)
            np.testing.assert_allclose(np.sum(expected, axis=0), w.e(s, r), atol=1e-10 * scale)


@settings(deadline=None, max_examples=25)
@given(CASES)
def test_nine_terms_by_exporter(case):
    system, groups, w = cases(case)
    found = decompose_exports(system, "kww", groups).data
    expected = np.array([kww(w, s) for s in range(w.G)]).T
    np.testing.assert_allclose(found["terms"], expected, atol=1e-10 * np.abs(expected).max())
    np.testing.assert_allclose(found["exports"], [w.exports(s).sum() for s in range(w.G)], rtol=1e-10)


@settings(deadline=None, max_examples=25)
@given(CASES)
def test_methods_agree_on_contents_and_add_to_exports(case):
    system, groups, _ = cases(case)
    tables = {method: decompose_exports(system, method, groups).categories() for method in METHODS}
    trade = value_added_trade(system, groups).summary()
    scale = trade.iloc[:, 0].sum()
    for table in tables.values():
        np.testing.assert_allclose(table.sum(axis=1), trade.iloc[:, 0], atol=1e-9 * scale)
        domestic = table[["VAX", "REF", "DDC"]].sum(axis=1)
        np.testing.assert_allclose(domestic, trade.iloc[:, 1], atol=1e-9 * scale)
        # VAX and domestic value added of a region do not depend on how its exports are split.
        np.testing.assert_allclose(table["VAX"], trade["VAX [1e8 CNY]"], atol=1e-9 * scale)
        np.testing.assert_allclose(table["DDC"], tables["wwz"]["DDC"], atol=1e-9 * scale)
    source, sink = (tables[f"bm_{name}"] for name in ("source", "sink"))
    np.testing.assert_allclose(source["FVA"], sink["FVA"], atol=1e-9 * scale)


@settings(deadline=None, max_examples=25)
@given(CASES)
def test_value_added_trade_by_brute_force(case):
    system, groups, w = cases(case)
    found = value_added_trade(system, groups)
    table = found.summary()
    content, absorbed = found.data["content"].values, found.data["absorbed"].values
    for t in range(w.G):
        for d in range(w.D):
            v = w.v[w.rows[t]]
            np.testing.assert_allclose(absorbed[t, d], v @ w.B[w.rows[t]] @ w.Y[:, d], rtol=1e-9)
            for s in range(w.G):
                e = w.e(s, d) if s != d else np.zeros(len(w.rows[s]))
                np.testing.assert_allclose(content[t, s, d], w.vb(t, s) @ e, rtol=1e-9, atol=1e-12)
    vs = [w.foreign(s) @ w.exports(s) for s in range(w.G)]
    np.testing.assert_allclose(table["foreign content, VS [1e8 CNY]"], vs, rtol=1e-9)
    hummels = [w.exports(s).sum() - w.v[w.rows[s]] @ w.L[s] @ w.exports(s) for s in range(w.G)]
    np.testing.assert_allclose(table["VS (Hummels) [1e8 CNY]"], hummels, rtol=1e-9)
    vs1 = [sum(w.vb(s, t) @ w.exports(t) for t in range(w.G) if t != s) for s in range(w.G)]
    np.testing.assert_allclose(table["VS1 [1e8 CNY]"], vs1, rtol=1e-9)


def test_columns_that_do_not_balance_leave_an_origin_of_their_own():
    system = random_system(3, balanced=False)
    with pytest.warns(DataWarning, match="unaccounted"):
        found = value_added_trade(system)
    assert found.data["origin"].values.tolist()[-2:] == ["abroad", "unaccounted"]
    total = found.data["content"].sum(["origin"]).values
    np.testing.assert_allclose(total, found.data["exports"].values, rtol=1e-9)
    with pytest.warns(DataWarning, match="unaccounted"):
        split = decompose_exports(system, "bm_sink")
    np.testing.assert_allclose(split.data["terms"].sum("term"), split.data["exports"], rtol=1e-9, atol=1e-9)


def test_one_group_exports_only_abroad():
    system = random_system(3)
    found = decompose_exports(system, "bm_source", {"all": list(system.regions)}).summary()
    np.testing.assert_allclose(found["exports [1e8 CNY]"], system.arrays.exports.sum())
    assert found["REF [1e8 CNY]"].item() == 0
    assert found["FDC [1e8 CNY]"].item() == pytest.approx(0, abs=1e-9)


def test_files_pictures_and_words(tmp_path):
    system = random_system(9)
    trade = value_added_trade(system, {"East": ["R0", "R1"]})
    trade.to_netcdf(tmp_path / "trade.nc")
    assert mrio.read_netcdf(tmp_path / "trade.nc").data.identical(trade.data)
    assert trade.groups == ("East", "R2")
    assert trade.balance().loc[("East", "R2")].iloc[0] == -trade.balance().loc[("R2", "East")].iloc[0]
    assert trade.plot.content() is not None
    assert trade.plot.absorbed() is not None
    for method in METHODS:
        found = decompose_exports(system, method)
        found.to_netcdf(tmp_path / f"{method}.nc")
        assert mrio.read_netcdf(tmp_path / f"{method}.nc").data.identical(found.data)
        assert list(found.categories()) == list(CATEGORIES)
        assert found.plot.categories() is not None
        assert "add up to gross exports" in found.adds_up
    to = decompose_exports(system, "wwz").terms("R2")
    assert to.loc["R2"].abs().sum() == 0
    with pytest.raises(ValueError, match="no terms by importer"):
        decompose_exports(system, "kww").terms("R2")
    with pytest.raises(ValueError, match="method='tiva'"):
        decompose_exports(system, "tiva")
    with pytest.raises(LabelError, match="does not have"):
        decompose_exports(system, groups={"X": ["Mars"]})


def leather():
    """Return the leather table of the peers: three countries, three industries."""
    inter, final, out = (
        pd.read_csv(PEERS / "leather" / f"{name}.csv", index_col=0).to_numpy(dtype=float)
        for name in ("inter", "final", "out")
    )
    x = out.ravel()
    return System.from_arrays(
        regions=["Argentina", "Turkey", "Germany"], sectors=["Agriculture", "Textile", "Transport"],
        demand=["final"], Z=inter, Y=final, V=x - inter.sum(axis=0), x=x, **MONEY,
    )  # fmt: skip


def wide_table(path, regions, sectors, buyers):
    """Return a table of the peers in which final purchases stand beside intermediate ones."""
    numbers = pd.read_csv(path, index_col=0).to_numpy(dtype=float)
    n = len(regions) * len(sectors)
    Z, final = numbers[:, :n], numbers[:, n:].reshape(n, len(buyers), -1)
    Y = np.zeros((n, len(regions), final.shape[2]))
    Y[:, [regions.index(name) for name in buyers]] = final
    return System.from_arrays(
        regions=regions, sectors=sectors, demand=["CONS", "INVST"], Z=Z, Y=Y.reshape(n, -1),
        V=Z.sum(1) + Y.sum((1, 2)) - Z.sum(0), **MONEY,
    )  # fmt: skip


SIX = ["ESP", "FRA", "MEX", "USA", "CHN", "ROW"]
THREE = ["01T09", "10T39", "41T98"]


def wiod_like():
    return wide_table(PEERS / "wiod_like_6x3" / "wiodtest_data.csv", SIX, THREE, SIX), None, list(range(6))


def icio_like():
    """Return the table with Mexico and China in three parts each, which trade as one."""
    regions = [*SIX, "MX1", "MX2", "CN1", "CN2"]
    system = wide_table(PEERS / "icio_like_10x3" / "iciotest_data.csv", regions, THREE, SIX)
    groups = {"Mexico": ["MEX", "MX1", "MX2"], "China": ["CHN", "CN1", "CN2"]}
    return system, groups, [0, 1, 2, 3, 4, 5, 2, 2, 4, 4]


@peers
@pytest.mark.parametrize("table", ["leather", "wiod", "icio"])
def test_tables_of_the_peers(table):
    made = {"leather": lambda: (leather(), None, [0, 1, 2]), "wiod": wiod_like, "icio": icio_like}
    system, groups, number = made[table]()
    w = World(system, number)
    for method in ("wwz", "bm_source", "bm_sink"):
        found = decompose_exports(system, method, groups).data["terms"]
        terms = found.values.reshape(len(found), len(w.x), -1)
        scale = np.abs(terms).max()
        for s in range(w.G):
            for r in range(w.D):
                if s != r:
                    expected = wwz(w, s, r) if method == "wwz" else bm(w, s, r, method == "bm_sink")
                    np.testing.assert_allclose(terms[:, w.rows[s], r], expected, atol=1e-10 * scale)
    found = decompose_exports(system, "kww", groups).data["terms"].values
    expected = np.array([kww(w, s) for s in range(w.G)]).T
    np.testing.assert_allclose(found, expected, atol=1e-10 * np.abs(expected).max())
    table = value_added_trade(system, groups).summary()
    vs = [w.foreign(s) @ w.exports(s) for s in range(w.G)]
    np.testing.assert_allclose(table["foreign content, VS [1e8 CNY]"], vs, rtol=1e-10)


def test_balanced_tables_give_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value_added_trade(random_system(1, imports=None))


@settings(deadline=None, max_examples=25)
@given(CASES)
def test_embodied_trade_both_ways(case):
    system, groups, w = cases(case)
    found = embodied_trade(system, ["co2", "value_added"], groups)
    f = np.divide(system.accounts["co2"].values.ravel(), w.x, out=np.zeros_like(w.x), where=w.x != 0)
    flow = found.of("flow", "co2").values
    for r in range(w.G):
        rate, rows = f[w.rows[r]], w.rows[r]
        for d in range(w.D):
            sold = w.e(r, d) if d != r else w.y(r, r)
            np.testing.assert_allclose(flow[0, r, d], rate @ w.L[r] @ sold, rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(flow[1, r, d], rate @ w.B[rows] @ w.Y[:, d], rtol=1e-9, atol=1e-12)
    table = found.summary("co2")
    production = [system.accounts["co2"].values.ravel()[q].sum() for q in w.rows]
    for method in ("eebt", "mrio"):
        np.testing.assert_allclose(table[method]["production"], production, rtol=1e-9)
    consumption = [f @ w.B @ w.Y[:, d] for d in range(w.G)]
    np.testing.assert_allclose(table["mrio"]["consumption"], consumption, rtol=1e-9)
    np.testing.assert_allclose(found.balance("co2").sum(), 0, atol=1e-9 * sum(production))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_positions_by_brute_force(seed, idle):
    system = random_system(seed, idle=idle)
    w = World(system, [0, 1, 2])
    found = chain_position(system)
    Z = np.asarray(system.arrays.Z)
    share = np.divide(Z, w.x[:, None], out=np.zeros_like(Z), where=w.x[:, None] != 0)
    up = np.linalg.inv(np.eye(9) - share).sum(axis=1)
    np.testing.assert_allclose(found.data["upstreamness"].values.ravel(), up, rtol=1e-10)
    np.testing.assert_allclose(found.data["downstreamness"].values.ravel(), w.B.sum(axis=0), rtol=1e-10)
    mean = (up * w.x).reshape(3, 3).sum(1) / w.x.reshape(3, 3).sum(1)
    np.testing.assert_allclose(found.by_region()["upstreamness"], mean, rtol=1e-10)


def test_files_of_positions_and_embodied_trade(tmp_path):
    system = random_system(4)
    steps, flows = chain_position(system), embodied_trade(system)
    for name, found in (("steps", steps), ("flows", flows)):
        found.to_netcdf(tmp_path / f"{name}.nc")
        assert mrio.read_netcdf(tmp_path / f"{name}.nc").data.identical(found.data)
    assert steps.plot.positions("R1") is not None
    assert len(steps.summary()) == 9
    assert flows.plot.flows("jobs", "eebt") is not None
    assert np.diag(flows.plot.flows_data()).sum() == 0
    assert "only mrio adds up" in flows.adds_up
