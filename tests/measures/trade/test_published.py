"""Trade in value added on published tables: formulas by inverses, and results that others printed."""

from __future__ import annotations

import numpy as np
import pytest

from mrio.measures.trade.content import value_added_trade
from mrio.measures.trade.exports import decompose_exports
from tests.measures.published import icio_like, leather, wiod_like
from tests.measures.tables import peers
from tests.measures.trade.world import World, bm, kww, wwz


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


ICIO = {
    ("Spain", "bm"): (4666.96, 1624.18, 256.41, 284.58, 2176.21, 325.58),
    ("Spain", "wwz"): (4666.96, 1624.18, 256.41, 284.58, 854.62, 1647.16),
    ("China", "bm"): (8575.51, 3117.58, 351.82, 940.27, 3273.60, 892.25),
    ("China", "wwz"): (8575.51, 3117.58, 351.82, 940.27, 1563.79, 2602.05),
    ("NAFTA", "bm"): (10485.40, 3639.16, 974.09, 1514.58, 3276.30, 1081.26),
    ("NAFTA", "wwz"): (10485.40, 3639.16, 974.09, 1514.58, 1714.09, 2643.47),
}
"""Exports, VAX, REF, DDC, FVA and FDC that the tests of the R package exvatools expect on its table
`iciotest`: for a country, one in three parts, and a group of countries, by Borin and Mancini (source and sink
alike) and by Wang, Wei and Zhu."""


@peers
@pytest.mark.parametrize("method", ["bm_source", "bm_sink", "wwz"])
@pytest.mark.parametrize("exporter", ["Spain", "China", "NAFTA"])
def test_exports_as_exvatools_prints_them(exporter, method):
    system, groups, _ = icio_like()
    if exporter == "NAFTA":
        groups = {"NAFTA": ["USA", *groups["Mexico"]], "China": groups["China"]}
    found = decompose_exports(system, method, groups).categories()
    row = found.loc["ESP" if exporter == "Spain" else exporter]
    total, *parts = ICIO[exporter, method[:2] if method != "wwz" else method]
    assert row.sum() == pytest.approx(total, abs=0.0051)
    np.testing.assert_allclose(row, parts, atol=0.0051)


@peers
def test_participation_as_exvatools_prints_it():
    system, groups, _ = icio_like()
    found = decompose_exports(system, "bm_source", groups).participation().iloc[:, :3]
    np.testing.assert_allclose(found.loc["ESP"], [4034.25, 2786.36, 1247.89], atol=0.0051)
    np.testing.assert_allclose(found.loc["China"], [7260.12, 5106.11, 2154.01], atol=0.0051)
    groups = {"NAFTA": ["USA", *groups["Mexico"]], "China": groups["China"]}
    found = decompose_exports(system, "bm_source", groups).participation().iloc[:, :3]
    np.testing.assert_allclose(found.loc["NAFTA"], [8656.71, 5872.14, 2784.57], atol=0.0051)


LEATHER_TERMS = {
    ("Argentina", "Agriculture", "Turkey"): (
        5.4744354, 2.6813686, 1.13634407, 1.40930027, 0.504931544, 0.70568372, 0.347019751, 0.168614730,
        0.064864146, None, 0.21430105, 0.10207118, None, 0.41126356, 0.19588405, None,
    ),
    ("Turkey", "Textile", "Germany"): (
        13.7238725, 12.0058480, 0.62802955, 3.90680904, 0.127367338, 5.57979048, 0.074151999, 0.950059562,
        0.597136653, None, 1.74038658, 1.51318619, None, 1.43574094, 1.24831079, None,
    ),
    ("Germany", "Transport", "Argentina"): (
        16.9168288, 2.3746384, 0.18110921, 0.25997068, 0.039006620, 0.42764724, 0.084238072, 0.436904740,
        0.314861124, None, 2.92022578, 0.43120969, None, 5.26294538, 0.77714301, None,
    ),
}  # fmt: skip
"""Terms of Wang, Wei and Zhu that the documentation of the R package decompr prints for its table `leather`;
None where it prints none."""


@peers
def test_terms_as_decompr_prints_them():
    found = decompose_exports(leather(), "wwz").data["terms"]
    for (exporter, sector, importer), printed in LEATHER_TERMS.items():
        terms = found.sel(region=exporter, sector=sector, to_region=importer).values
        for own, other in zip(terms, printed, strict=True):
            if other is not None:
                assert own == pytest.approx(other, rel=1e-6)


@peers
def test_value_added_in_exports_as_decompr_prints_it():
    # Value added of Argentine agriculture in its own exports 28.52278, of German transport 34.74382; rows are
    # sectors of origin, so the printed rows of a country add up to its content in the exports of each sector.
    content = value_added_trade(leather()).data["content_by_sector"]
    own = content.sel(origin="Argentina", region="Argentina", sector="Agriculture")
    assert float(own) == pytest.approx(28.52278143 + 1.06206936 + 0.21043693, rel=1e-7)
    foreign = content.sel(origin="Turkey", region="Germany", sector="Transport")
    assert float(foreign) == pytest.approx(6.1806254 + 9.5069032 + 0.6464733, rel=1e-7)
    whole = content.sel(origin="Germany", region="Germany", sector="Transport")
    assert float(whole) == pytest.approx(9.6006931 + 8.1583150 + 34.7438192, rel=1e-7)
