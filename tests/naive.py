"""The equations of decomposition and transfer, written down once more as plainly as possible.

Nothing here is shared with the library, nothing is clever: inverses, all coalitions, all orders, theta cell
by cell. Numbers of the library must agree with these. O counts the origins: R regions, and abroad.
"""

from __future__ import annotations

from itertools import combinations, permutations
from math import factorial

import numpy as np


class Model:
    """The change of one account between two tables, as a game of its factors.

    Parameters
    ----------
    a, b
        Arguments of `System.from_arrays` of the two periods, in full shapes.
    account
        Name of the account, ``"value_added"`` for the sum of V.
    imports, exports, dependent
        As in `mrio.decompose`, all stated.
    """

    def __init__(self, a, b, account, imports, exports="level", dependent=False):
        self.tables = (a, b)
        self.R, self.N, self.K = len(a["regions"]), len(a["sectors"]), len(a["demand"])
        self.imports, self.dependent = imports, dependent
        self.values = {name: list(pair) for name, pair in self._factors(account, exports).items()}
        self.players = [name for name in ORDER if name in self.values]
        self._inverses = {}

    def _factors(self, account, exports):
        tables = self.tables
        Z = [self._intermediate(t) for t in tables]
        Y = [self._final(t) for t in tables]
        x = [output(t) for t in tables]
        V = [t["V"].reshape(-1, self.R, self.N).sum(axis=0) for t in tables]
        c = V if account == "value_added" else [np.asarray(t["accounts"][account][0]) for t in tables]
        idle = [xt == 0 for xt in x]
        totals = [Zt.sum(axis=0) for Zt in Z]
        H = other(*[divided(T, xt) for T, xt in zip(totals, x, strict=True)], *idle)
        products = [self._by_product(t, Yt) for t, Yt in zip(tables, Y, strict=True)]
        spent = [p.sum(axis=(0, 2)) for p in products]
        P = [t["population"] for t in tables]
        heads = P if all(p is not None for p in P) else [np.ones(self.R)] * 2
        factors = {
            "intermediate_sourcing": shares(*Z, axis=0),
            "final_sourcing": shares(*Y, axis=0),
            "product_mix": shares(*products, axis=0),
            "category_mix": shares(*[p.sum(axis=0) for p in products], axis=1),
            "level": [g / p for g, p in zip(spent, heads, strict=True)],
        }
        if all(p is not None for p in P):
            factors["population"] = P
        f = other(*[divided(ct, xt) for ct, xt in zip(c, x, strict=True)], *idle)
        factors["intensity"] = f
        if self.dependent:
            factors["input_mix"] = self._input_mix(f, H)
        else:
            factors["technology"] = H
        if tables[0]["exports"] is not None:
            e = [t["exports"] for t in tables]
            factors["exports"] = e if exports == "level" else [et.sum(axis=0) for et in e]
            if exports == "sourced":
                factors["export_sourcing"] = shares(*e, axis=0)
        h = [sum(t[n] for n in ("stock_change", "discrepancy") if t[n] is not None) for t in tables]
        if any(t[n] is not None for t in tables for n in ("stock_change", "discrepancy")):
            factors["stocks_and_discrepancy"] = h
        return factors

    @staticmethod
    def _input_mix(v, H):
        rest = [1 - vt for vt in v]
        # Nothing is bought where value added is all of output; the sum of several factors rounds.
        empty = [np.abs(r) < 1e-12 for r in rest]
        return other(*[divided(Ht, r) for Ht, r in zip(H, rest, strict=True)], *empty)

    def _intermediate(self, t):
        """Purchases of producers by origin (O, N, R, N)."""
        return (
            np.concatenate([t["Z"], t["imports_Z"][None]])
            if self.imports == "sourced" and t["imports_Z"] is not None
            else t["Z"]
        )

    def _final(self, t):
        """Final purchases by origin (O, N, R, K)."""
        return (
            np.concatenate([t["Y"], t["imports_Y"][None]])
            if self.imports == "sourced" and t["imports_Y"] is not None
            else t["Y"]
        )

    def _by_product(self, t, Y):
        """Final purchases by product, the import row as one more product (N or N + 1, R, K)."""
        total = Y.sum(axis=0)
        if self.imports != "row":
            return total
        row = t["imports_row_Y"] if t["imports_row_Y"] is not None else t["imports_Y"].sum(axis=0)
        return np.concatenate([total, row[None]])

    def at(self, name, state):
        """Return a factor in the period in which it is in a state."""
        return self.values[name][1 if name in state else 0]

    def technology(self, state):
        """Return H (N, R, N)."""
        if not self.dependent:
            return self.at("technology", state)
        return self.at("input_mix", state) * (1 - self.at("intensity", state))

    def inverse(self, state, period=None):
        """Return L, with the sourcing of intermediates of the state or of a named period."""
        if period is not None:
            state = state - {"intermediate_sourcing"} | ({"intermediate_sourcing"} if period else set())
        inner = {"intermediate_sourcing", "technology", "input_mix"}
        if self.dependent:
            inner.add("intensity")
        key = frozenset(state & inner)
        if key not in self._inverses:
            C = self.at("intermediate_sourcing", state)[: self.R]
            n = self.R * self.N
            A = (C * self.technology(state)).reshape(n, n)
            self._inverses[key] = np.linalg.inv(np.eye(n) - A)
        return self._inverses[key]

    def volume(self, state):
        """Return final purchases by product (N, R, K)."""
        heads = self.at("population", state) if "population" in self.values else 1.0
        spent = self.at("level", state) * heads
        mix = self.at("product_mix", state)[: self.N]
        return mix * self.at("category_mix", state) * spent[:, None]

    def demand(self, state):
        """Return y (R, N)."""
        D = self.at("final_sourcing", state)[: self.R]
        y = (D * self.volume(state)).sum(axis=(2, 3))
        if "exports" in self.values:
            e = self.at("exports", state)
            y = y + (self.at("export_sourcing", state) * e if "export_sourcing" in self.values else e)
        if "stocks_and_discrepancy" in self.values:
            y = y + self.at("stocks_and_discrepancy", state)
        return y

    def q(self, state):
        """Return the account in a state, the set of players in period 1, (R, N)."""
        x = self.inverse(state) @ self.demand(state).ravel()
        return self.at("intensity", state) * x.reshape(self.R, self.N)

    def others(self, player):
        """Yield every coalition of the other players with its Shapley weight."""
        rest = [name for name in self.players if name != player]
        n = len(self.players)
        for size in range(n):
            weight = factorial(size) * factorial(n - 1 - size) / factorial(n)
            for coalition in combinations(rest, size):
                yield frozenset(coalition), weight

    def shapley(self):
        """Return the effect of every player from all coalitions."""
        return {
            player: sum(w * (self.q(S | {player}) - self.q(S)) for S, w in self.others(player))
            for player in self.players
        }

    def mean_of_orders(self):
        """Return the mean marginal effect of every player over all n! orders."""
        known = {}
        effects = {player: np.zeros((self.R, self.N)) for player in self.players}
        for order in permutations(self.players):
            state = frozenset()
            for player in order:
                before, state = state, state | {player}
                for one in (before, state):
                    if one not in known:
                        known[one] = self.q(one)
                effects[player] += known[state] - known[before]
        return {player: total / factorial(len(self.players)) for player, total in effects.items()}

    def polar(self, forward):
        """Return the effects of switching the players one after another."""
        order = self.players if forward else self.players[::-1]
        effects, state = {}, frozenset()
        for player in order:
            effects[player] = self.q(state | {player}) - self.q(state)
            state = state | {player}
        return effects

    def transfer(self, block=None):
        """Return transfers: Phi and Psi by use, and effects by affected sector and pair.

        Returns
        -------
        dict
            Use to (Phi (O, O, N), Psi (R, N, O, O, N)); the affected region and sector come first.
        """
        rule = proportional if block is None else nested(block)
        result = {"intermediate": self._transfer_intermediate(rule), "final": self._transfer_final(rule)}
        if "export_sourcing" in self.values:
            result["exports"] = self._transfer_exports(rule)
        return result

    def _transfer_intermediate(self, rule):
        theta = thetas(*self.values["intermediate_sourcing"], rule)
        Phi, Psi = 0.0, 0.0
        for S, w in self.others("intermediate_sourcing"):
            for period in (0, 1):
                x = (self.inverse(S, period) @ self.demand(S).ravel()).reshape(self.R, self.N)
                flow = w / 2 * np.einsum("prisj,isj->pri", theta, self.technology(S) * x)
                Phi = Phi + flow
                Psi = Psi + self._pair(S, self.inverse(S, 1 - period), flow)
        return Phi, Psi

    def _transfer_final(self, rule):
        theta = thetas(*self.values["final_sourcing"], rule)
        Phi, Psi = 0.0, 0.0
        for S, w in self.others("final_sourcing"):
            flow = w * np.einsum("prisk,isk->pri", theta, self.volume(S))
            Phi, Psi = Phi + flow, Psi + self._pair(S, self.inverse(S), flow)
        return Phi, Psi

    def _transfer_exports(self, rule):
        theta = thetas(*[TE[:, :, None, None] for TE in self.values["export_sourcing"]], rule)[..., 0, 0]
        Phi, Psi = 0.0, 0.0
        for S, w in self.others("export_sourcing"):
            flow = w * theta * self.at("exports", S)
            Phi, Psi = Phi + flow, Psi + self._pair(S, self.inverse(S), flow)
        return Phi, Psi

    def _pair(self, S, L, Phi):
        """Return ``f_a (L[a,ri] - L[a,pi]) Phi[p,r,i]`` by affected region and sector."""
        n, origins = self.R * self.N, Phi.shape[0]
        chain = np.zeros((n, origins, self.N))
        chain[:, : self.R] = L.reshape(n, self.R, self.N)
        effect = (
            (chain[:, None] - chain[:, :, None]) * Phi * self.at("intensity", S).ravel()[:, None, None, None]
        )
        return effect.reshape(self.R, self.N, origins, origins, self.N)


ORDER = (
    "intensity",
    "technology",
    "input_mix",
    "intermediate_sourcing",
    "final_sourcing",
    "product_mix",
    "category_mix",
    "level",
    "population",
    "export_sourcing",
    "exports",
    "stocks_and_discrepancy",
)


def output(t):
    """Return gross output of a table, the sum of its rows (R, N)."""
    x = t["Z"].sum(axis=(2, 3)) + t["Y"].sum(axis=(2, 3))
    return x + sum(t[n] for n in ("exports", "stock_change", "discrepancy") if t[n] is not None)


def divided(part, whole):
    """Return part / whole, zero where the whole is zero."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.array([p / w if w != 0 else 0.0 for p, w in zip(part.flat, whole.flat, strict=True)]).reshape(
        part.shape
    )


def other(first, second, no_first, no_second):
    """Return both, each taken from the other period where it does not exist."""
    return np.where(no_first, second, first), np.where(no_second, first, second)


def shares(first, second, axis):
    """Return the shares of both periods along an axis."""
    totals = [flows.sum(axis=axis, keepdims=True) for flows in (first, second)]
    own = [divided(flows, total) for flows, total in zip((first, second), totals, strict=True)]
    return other(*own, *[total == 0 for total in totals])


def proportional(C0, C1):
    """Return theta (O, O) of one purchase cell from the shares of its origins."""
    gains, losses = np.maximum(C1 - C0, 0), np.maximum(C0 - C1, 0)
    moved = gains.sum()
    theta = np.zeros((len(C0), len(C0)))
    if moved > 0:
        for p in range(len(C0)):
            for r in range(len(C0)):
                theta[p, r] = losses[p] * gains[r] / moved
    return theta


def nested(block):
    """Return the rule of the nested scheme for a block, a list of positions of origins."""

    def rule(C0, C1):
        outside = [o for o in range(len(C0)) if o not in block]
        W = [C[block].sum() for C in (C0, C1)]
        omega = [divided(C[block], Wt) for C, Wt in zip((C0, C1), W, strict=True)]
        if W[0] == 0:
            omega[0] = omega[1]
        if W[1] == 0:
            omega[1] = omega[0]
        mean = (omega[0] + omega[1]) / 2
        groups = proportional(*[np.array([Wt, *C[outside]]) for C, Wt in zip((C0, C1), W, strict=True)])
        theta = np.zeros((len(C0), len(C0)))
        for q, o in enumerate(outside):
            theta[block, o] = mean * groups[0, q + 1]
            theta[o, block] = mean * groups[q + 1, 0]
            for q2, o2 in enumerate(outside):
                theta[o, o2] = groups[q + 1, q2 + 1]
        theta[np.ix_(block, block)] += proportional(*omega) * (W[0] + W[1]) / 2
        return theta

    return rule


def thetas(C0, C1, rule):
    """Return theta of every purchase cell, (O, O, N, buyers...)."""
    theta = np.zeros((len(C0), *C0.shape))
    for cell in np.ndindex(*C0.shape[1:]):
        theta[(slice(None), slice(None), *cell)] = rule(C0[(slice(None), *cell)], C1[(slice(None), *cell)])
    return theta
