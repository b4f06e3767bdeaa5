"""Two regions, one sector, five factors: exact rationals, recomputed here from the definition."""

from fractions import Fraction
from itertools import combinations
from math import factorial

import pytest

from mrio.change import decompose
from tests.compare import assert_close

FACTORS = ("f", "H", "C", "D", "Y")
LABELS = {
    "f": "intensity",
    "H": "technology",
    "C": "intermediate_sourcing",
    "D": "final_sourcing",
    "Y": "level",
}


def factors(given, account):
    """Return all factors of a table of whole numbers as fractions."""
    Z = [[Fraction(cell) for cell in row] for row in given["Z"]]
    F = [[Fraction(cell) for cell in row] for row in given["F"]]
    x = [sum(Z[r]) + sum(F[r]) for r in (0, 1)]
    bought = [Z[0][s] + Z[1][s] for s in (0, 1)]
    Y = [F[0][s] + F[1][s] for s in (0, 1)]
    flow = [x[s] - bought[s] for s in (0, 1)] if account == "va" else [Fraction(c) for c in given["c"]]
    return {
        "f": [flow[r] / x[r] for r in (0, 1)],
        "H": [bought[s] / x[s] for s in (0, 1)],
        "C": [[Z[r][s] / bought[s] for s in (0, 1)] for r in (0, 1)],
        "D": [[F[r][s] / Y[s] for s in (0, 1)] for r in (0, 1)],
        "Y": Y,
    }


def quantity(state):
    """Return q = f L y of a state by Cramer's rule."""
    A = [[state["C"][r][s] * state["H"][s] for s in (0, 1)] for r in (0, 1)]
    y = [sum(state["D"][r][s] * state["Y"][s] for s in (0, 1)) for r in (0, 1)]
    determinant = (1 - A[0][0]) * (1 - A[1][1]) - A[0][1] * A[1][0]
    x = [
        ((1 - A[1][1]) * y[0] + A[0][1] * y[1]) / determinant,
        (A[1][0] * y[0] + (1 - A[0][0]) * y[1]) / determinant,
    ]
    return [state["f"][r] * x[r] for r in (0, 1)]


def shapley(inputs, account):
    """Return the Shapley effects of all factors as fractions."""
    both = [factors(given, account) for given in inputs]
    effects = {}
    for player in FACTORS:
        rest = [name for name in FACTORS if name != player]
        effects[player] = [Fraction(0), Fraction(0)]
        for size in range(len(FACTORS)):
            weight = Fraction(factorial(size) * factorial(4 - size), factorial(5))
            for coalition in combinations(rest, size):
                low, high = (
                    quantity({name: both[name in members][name] for name in FACTORS})
                    for members in (coalition, (*coalition, player))
                )
                effects[player] = [
                    e + weight * (b - a) for e, a, b in zip(effects[player], low, high, strict=True)
                ]
    return effects


@pytest.mark.parametrize("account", ["va", "co2"])
def test_the_case_is_what_the_definition_gives(tiny, account):
    assert shapley(tiny.inputs, account) == tiny.expected[account]


@pytest.mark.parametrize(("name", "account"), [("value_added", "va"), ("co2", "co2")])
def test_effects_to_the_last_digits(tiny, name, account):
    d = decompose(tiny.a, tiny.b, name, dependent=False)
    assert set(d.effects["effect"].values) == {*LABELS.values(), "product_mix", "category_mix"}
    for symbol, values in tiny.expected[account].items():
        effect = d.effects.sel(effect=LABELS[symbol]).values.ravel()
        assert_close(effect, [float(value) for value in values], tolerance=1e-13, what=symbol)


def test_factors_that_cannot_change_have_no_effect(tiny):
    d = decompose(tiny.a, tiny.b, "co2")
    assert not d.effects.sel(effect=["product_mix", "category_mix"]).any()
