"""Terms of the decompositions of gross exports, exporter s, importer r, third groups t and u.

G groups, D destinations (abroad last where exports are known), n = R N rows, B the Leontief inverse, L_ss
the chains inside s, V value added per unit of output, ``#`` the product element by element. Abroad buys final
goods only as far as the table knows, and sells imports, which are foreign content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from mrio.measures.partition import Rows, submatrix
from mrio.measures.trade.corners import solve_corners
from mrio.measures.trade.flows import Trade
from mrio.tables.arrays import Array

Terms = tuple[tuple[str, str, str], ...]
"""Name, category and meaning of each term."""

KWW: Final[Terms] = (
    ("1", "VAX", "value added in direct final exports: V_s B_ss Y_sr"),
    ("2", "VAX", "value added in intermediates absorbed by direct importers: V_s B_sr Y_rr"),
    ("3", "VAX", "value added in intermediates re-exported to third groups: V_s B_sr Y_rt"),
    ("4", "REF", "value added that returns in final imports: V_s B_sr Y_rs"),
    ("5", "REF", "value added that returns in intermediates for own final use: V_s B_sr A_rs L_ss Y_ss"),
    ("6", "DDC", "double-counted intermediates made at home: V_s B_sr A_rs L_ss E_s"),
    ("7", "FVA", "foreign value in final exports: V_t B_ts Y_sr"),
    ("8", "FVA", "foreign value in intermediate exports: V_t B_ts A_sr L_rr Y_rr"),
    ("9", "FDC", "double-counted intermediates made abroad: V_t B_ts A_sr L_rr E_r"),
)
WWZ: Final[Terms] = (
    ("DVA_FIN", "VAX", "(V_s B_ss)' # Y_sr"),
    ("DVA_INT", "VAX", "(V_s L_ss)' # (A_sr B_rr Y_rr)"),
    ("DVA_INTrexI1", "VAX", "(V_s L_ss)' # (A_sr B_rt Y_tt)"),
    ("DVA_INTrexF", "VAX", "(V_s L_ss)' # (A_sr B_rr Y_rt)"),
    ("DVA_INTrexI2", "VAX", "(V_s L_ss)' # (A_sr B_rt Y_tu)"),
    ("RDV_FIN", "REF", "(V_s L_ss)' # (A_sr B_rr Y_rs)"),
    ("RDV_FIN2", "REF", "(V_s L_ss)' # (A_sr B_rt Y_ts)"),
    ("RDV_INT", "REF", "(V_s L_ss)' # (A_sr B_rs Y_ss)"),
    ("DDC_FIN", "DDC", "(V_s L_ss)' # (A_sr B_rs Y_st)"),
    ("DDC_INT", "DDC", "(V_s B_ss - V_s L_ss)' # (A_sr X_r)"),
    ("MVA_FIN", "FVA", "(V_r B_rs)' # Y_sr"),
    ("MVA_INT", "FVA", "(V_r B_rs)' # (A_sr L_rr Y_rr)"),
    ("MDC", "FDC", "(V_r B_rs)' # (A_sr L_rr E_r)"),
    ("OVA_FIN", "FVA", "(V_t B_ts)' # Y_sr"),
    ("OVA_INT", "FVA", "(V_t B_ts)' # (A_sr L_rr Y_rr)"),
    ("ODC", "FDC", "(V_t B_ts)' # (A_sr L_rr E_r)"),
)
BM: Final[Terms] = (
    ("VAX1", "VAX", "domestic value in final goods: Y_sr"),
    ("VAX2", "VAX", "domestic value in intermediates absorbed by the importer: A_sr L_rr Y_rr"),
    ("VAX3", "VAX", "domestic value re-exported in final goods: A_sr L_rr Y_rj"),
    ("VAX4", "VAX", "domestic value re-exported in intermediates, absorbed elsewhere: A_sr L_rr A_rj X_j"),
    ("REF1", "REF", "domestic value that returns in final goods: A_sr L_rr Y_rs"),
    ("REF2", "REF", "domestic value that returns in intermediates: A_sr L_rr A_rj X_j(s)"),
    ("DDC", "DDC", "domestic content that crosses the border of s more than once"),
    ("FVA1", "FVA", "foreign value in final goods: Y_sr"),
    ("FVA2", "FVA", "foreign value in intermediates absorbed by the importer: A_sr L_rr Y_rr"),
    ("FVA3", "FVA", "foreign value re-exported in final goods: A_sr L_rr Y_rj"),
    ("FVA4", "FVA", "foreign value re-exported in intermediates: A_sr L_rr A_rj X_j"),
    ("FDC", "FDC", "foreign content that crosses the border of s more than once"),
)


@dataclass(frozen=True, eq=False)
class Weights:
    """Value in one unit of exports of each product, each (n,) unless said otherwise.

    Attributes
    ----------
    by_origin
        (O, n).
    domestic
        V_s B_ss of the exporting group.
    local
        V_s L_ss: without what left the group and came back.
    foreign
        All other origins.
    """

    by_origin: Array
    domestic: Array
    local: Array
    foreign: Array


def weights_of(trade: Trade) -> Weights:
    """Return the value in exports by origin."""
    by_origin = trade.embodied()
    domestic = trade.own(by_origin)
    local = trade.inside.solve_left(trade.value)
    return Weights(by_origin, domestic, local, by_origin.sum(axis=0) - domestic)


def kww_terms(trade: Trade, weights: Weights) -> Array:
    """Return the 9 terms of Koopman, Wang and Wei for the exports of each group, (9, G)."""
    G, D = len(trade.parts.names), len(trade.destinations)
    rows = trade.parts.indicator
    exports = trade.exports.sum(axis=1)
    at_home = (trade.demand * trade.home).sum(axis=1)
    to_others = trade.demand * (1 - trade.home)
    made_at_home = trade.inside.solve(np.column_stack([at_home, exports]))
    used = trade.op.A @ made_at_home - trade.inside.product(made_at_home)
    terms = np.zeros((9, G))
    terms[0] = rows @ (weights.domestic * to_others.sum(axis=1))
    for s in range(G):
        abroad = weights.by_origin[s] * (1 - rows[s])
        terms[1, s] = abroad @ at_home
        terms[2, s] = abroad @ to_others[:, np.arange(D) != s].sum(axis=1)
        terms[3, s] = abroad @ to_others[:, s]
    returned = weights.domestic - weights.local
    terms[4] = rows @ (returned * at_home)
    terms[5] = rows @ (returned * exports)
    terms[6] = rows @ (weights.foreign * to_others.sum(axis=1))
    terms[7:] = (rows @ (weights.foreign[:, np.newaxis] * used)).T
    return terms


def wwz_terms(trade: Trade, weights: Weights) -> Array:
    """Return the 16 terms of Wang, Wei and Zhu, (16, n, D)."""
    absorbed = _absorption(trade)
    terms = np.zeros((16, *trade.demand.shape))
    shipped = trade.demand * (1 - trade.home)
    for s, rows_s, r, rows_r in _pairs(trade):
        block = submatrix(trade.op.A, rows_s, rows_r)
        uses = (block @ absorbed.columns(s, r, rows_r)).T
        terms[1:9, rows_s, r] = weights.local[rows_s] * uses[:8]
        terms[9, rows_s, r] = (weights.domestic - weights.local)[rows_s] * uses[8]
        importer = weights.by_origin[r, rows_s]
        for first, origin in ((10, importer), (13, weights.foreign[rows_s] - importer)):
            terms[first, rows_s, r] = origin * shipped[rows_s, r]
            terms[first + 1 : first + 3, rows_s, r] = origin * uses[9:]
    terms[0] = weights.domestic[:, np.newaxis] * shipped
    if len(trade.destinations) > len(trade.parts.names):
        _ship_abroad(terms, trade, weights)
    return terms


def _ship_abroad(terms: Array, trade: Trade, weights: Weights) -> None:
    """Fill the foreign value of exports abroad, final goods as far as the table knows."""
    G = len(trade.parts.names)
    known = len(weights.by_origin) > G and trade.origins[G] == trade.destinations[G]
    importer = weights.by_origin[G] if known else np.zeros_like(weights.foreign)
    terms[10, :, G] = importer * trade.demand[:, G]
    terms[13, :, G] = (weights.foreign - importer) * trade.demand[:, G]


@dataclass(frozen=True, eq=False)
class Absorption:
    """Output that final demand needs, by who makes and who absorbs the final goods.

    Attributes
    ----------
    by_user
        B Y_.u for each destination (n, D).
    by_maker
        B Y_t. for final goods made in t (n, G).
    at_home
        B Y_tt for final goods made and absorbed in t (n, G).
    own_chain
        B_rr Y_ru at the rows of r (n, D).
    local
        L_rr Y_rr and L_rr E_r at the rows of r (n, 2).
    """

    by_user: Array
    by_maker: Array
    at_home: Array
    own_chain: Array
    local: Array

    def columns(self, s: int, r: int, rows: Rows) -> Array:
        """Return at the rows of r what terms 2 to 9 absorb, X_r, and the two local parts, (n_r, 11)."""
        user, maker, home = self.by_user[rows], self.by_maker[rows], self.at_home[rows]
        own = self.own_chain[rows]
        G = home.shape[1]
        third_home = home.sum(axis=1) - home[:, r] - home[:, s]
        third_all = maker.sum(axis=1) - maker[:, r] - maker[:, s]
        back_from_third = user[:, s] - own[:, s] - home[:, s]
        terms = [
            own[:, r],
            third_home,
            own.sum(axis=1) - own[:, s] - own[:, r],
            third_all - third_home - back_from_third,
            own[:, s],
            back_from_third,
            home[:, s],
            maker[:, s] - home[:, s],
            maker[:, :G].sum(axis=1),
            self.local[rows, 0],
            self.local[rows, 1],
        ]
        return np.column_stack(terms)


def _absorption(trade: Trade) -> Absorption:
    """Solve for the output that each group of final purchases needs."""
    G, rows = len(trade.parts.names), trade.parts.indicator.T
    at_home = (trade.demand * trade.home).sum(axis=1)
    local = trade.inside.solve(np.column_stack([at_home, trade.exports.sum(axis=1)]))
    made = trade.demand.sum(axis=1)
    together = np.concatenate(
        [trade.demand, made[:, np.newaxis] * rows, at_home[:, np.newaxis] * rows], axis=1
    )
    D = trade.demand.shape[1]
    trade.op.expect(together.shape[1] + G * D)
    solved = np.asarray(trade.op.solve(together))
    own = np.empty_like(trade.demand)
    for r in range(G):
        place = trade.parts.rows(r)
        column = np.zeros_like(trade.demand)
        column[place] = trade.demand[place]
        own[place] = np.asarray(trade.op.solve(column))[place]
    return Absorption(solved[:, :D], solved[:, D : D + G], solved[:, D + G :], own, local)


def bm_source_terms(trade: Trade, weights: Weights) -> Array:
    """Return the 12 source-based terms of Borin and Mancini, (12, n, D).

    Value counts the first time it leaves the border of the exporter.
    """
    output = np.asarray(trade.op.solve(trade.demand))
    others = trade.inside.solve(trade.op.A @ output - trade.inside.product(output))

    def reach(s: int, rows: Rows) -> Array:
        mine = others[rows, s]
        return np.column_stack([others[rows].sum(axis=1) - mine, mine, np.zeros_like(mine)])

    return _bm_terms(trade, weights, (weights.local, first_crossing(trade, weights)), reach)


def bm_sink_terms(trade: Trade, weights: Weights) -> Array:
    """Return the 12 sink-based terms of Borin and Mancini, (12, n, D).

    Value counts the last time it leaves the border of the exporter.
    """
    last = last_crossing(trade)

    def reach(s: int, rows: Rows) -> Array:
        return np.asarray(last[s, rows])

    return _bm_terms(trade, weights, (weights.domestic, weights.foreign), reach)


def _bm_terms(
    trade: Trade,
    weights: Weights,
    counted: tuple[Array, Array],
    reach: Callable[[int, Rows], Array],
) -> Array:
    """Return the terms of both approaches from the value that counts and how far it reaches.

    Parameters
    ----------
    trade, weights
        As everywhere.
    counted
        Domestic and foreign value that can count, each (n,).
    reach
        From exporter and rows of the importer r to the output of r that its intermediate re-exports need: for
        final goods absorbed by others, by s, and for what s exports once more (n_r, 3).
    """
    domestic, foreign = counted
    shipped, exports = trade.demand * (1 - trade.home), trade.exports
    finished = trade.inside.solve(trade.demand)
    terms = np.zeros((12, *trade.demand.shape))
    terms[0] = domestic[:, np.newaxis] * shipped
    terms[7] = foreign[:, np.newaxis] * shipped
    terms[6] = (weights.domestic - domestic)[:, np.newaxis] * exports
    terms[11] = (weights.foreign - foreign)[:, np.newaxis] * exports
    for s, rows_s, r, rows_r in _pairs(trade):
        own = finished[rows_r]
        third = own.sum(axis=1) - own[:, r] - own[:, s]
        beyond = reach(s, rows_r)
        columns = [own[:, r], third, beyond[:, 0], own[:, s], beyond[:, 1], beyond[:, 2]]
        uses = (submatrix(trade.op.A, rows_s, rows_r) @ np.column_stack(columns)).T
        terms[1:6, rows_s, r] = domestic[rows_s] * uses[:5]
        terms[6, rows_s, r] += domestic[rows_s] * uses[5]
        foreign_uses = np.stack([uses[0], uses[1] + uses[3], uses[2] + uses[4]])
        terms[8:11, rows_s, r] = foreign[rows_s] * foreign_uses
        terms[11, rows_s, r] += foreign[rows_s] * uses[5]
    return terms


def first_crossing(trade: Trade, weights: Weights) -> Array:
    """Return foreign value in exports that never left the exporter's border before, (n,).

    With o all groups other than s and c primary costs: ``(c_o (I - A_oo)^-1 A_os + m_s) L_ss``, m_s being
    what s itself imports. The first product is ``c_o B_os B_ss^-1``.
    """
    parts, G = trade.parts, len(trade.parts.names)
    costs = trade.costs.sum(axis=0)
    own = np.asarray(trade.op.solve_left(costs * parts.indicator))
    others = weights.by_origin.sum(axis=0) - trade.own(own)
    outside = solve_corners(trade.op, trade.inside, parts.split(others), np.arange(G), left=True)
    return trade.inside.solve_left(outside.sum(axis=1) + costs - trade.value)


def last_crossing(trade: Trade) -> Array:
    """Return what the intermediate re-exports of each importer serve, crossing the border of s no more.

    ``L_rr A_rj X_j`` at the rows of r, (G, n, 3), with the output X_j that takes no input exported by s: for
    final goods that others absorb, that s absorbs, and for what s exports, none of the goods exported by s.
    Output that takes no input exported by s is ``B (y + q)`` with q at s such that s makes ``L_ss y_s``.
    """
    parts, n, G = trade.parts, trade.op.n, len(trade.parts.names)
    absorbed = np.asarray(trade.op.solve(trade.demand[:, :G]))
    made = trade.inside.solve(
        np.column_stack([(trade.demand * trade.home).sum(axis=1), trade.exports.sum(axis=1)])
    )
    missing = np.stack(
        [parts.split(made[:, 0]) - absorbed * trade.home[:, :G], parts.split(made[:, 1])], axis=2
    )
    q = solve_corners(trade.op, trade.inside, missing.reshape(n, -1), np.repeat(np.arange(G), 2))
    output = np.empty((n, G, 3))
    output[:, :, 1:] = np.asarray(trade.op.solve(q)).reshape(n, G, 2)
    output[:, :, 1] += absorbed
    output[:, :, 0] = trade.x[:, np.newaxis] - output[:, :, 1] - output[:, :, 2]
    flat = output.reshape(n, -1)
    served = trade.inside.solve(trade.op.A @ flat - trade.inside.product(flat))
    return np.asarray(served.reshape(n, G, 3).transpose(1, 0, 2))


def _pairs(trade: Trade) -> Iterator[tuple[int, Rows, int, Rows]]:
    """Yield every exporter and importer with their rows."""
    places = [trade.parts.rows(g) for g in range(len(trade.parts.names))]
    for s, rows_s in enumerate(places):
        for r, rows_r in enumerate(places):
            if s != r:
                yield s, rows_s, r, rows_r
