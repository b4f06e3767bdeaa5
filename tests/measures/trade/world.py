"""Blocks of a table by group, and the published formulas of trade in value added, all by inverses."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from tests.measures.tables import random_system


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
