"""Every combination of weights, level, scheme, imports, exports and form, by walking all states and cells."""

from itertools import combinations
from math import factorial

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mrio.transfer import measure_transfer
from tests.compare import assert_close, level, money
from tests.naive import Model, nested, proportional, thetas
from tests.strategies import pairs

TREATMENTS = {"none": ("domestic",), "product": ("sourced", "domestic", "row"), "row": ("row", "domestic")}
INNER = {"intensity", "technology", "input_mix", "intermediate_sourcing"}
USES = {"intermediate": "intermediate_sourcing", "final": "final_sourcing", "exports": "export_sourcing"}
SOURCING = set(USES.values())
PERIODS = {"base": (0,), "comparison": (1,), "mean": (0, 1)}


def coalitions(players):
    """Yield every coalition of some players."""
    for size in range(len(players) + 1):
        yield from map(frozenset, combinations(players, size))


def weight(coalition, players):
    """Return the Shapley weight of a coalition of the others among so many players."""
    size = len(coalition)
    return factorial(size) * factorial(players - 1 - size) / factorial(players)


def purchases(model, use, state):
    """Return the volumes of a use in a state (N, buyers)."""
    if use == "intermediate":
        x = (model.inverse(state) @ model.demand(state).ravel()).reshape(model.R, model.N)
        return (model.technology(state) * x).reshape(model.N, -1)
    volumes = model.volume(state) if use == "final" else model.at("exports", state)
    return volumes.reshape(model.N, -1)


def visits(model, use, weights, reference):
    """Yield group, weighted volumes and the state whose chain and intensity carry the transfer.

    Volumes of one group are added up before gains and losses are told apart at a coarser level.
    """
    player = USES[use]
    if weights == "shapley":
        settings_ = [(frozenset(), [p for p in model.players if p != player], len(model.players), 1.0)]
    else:
        block = [p for p in model.players if p in SOURCING]
        rest = frozenset(model.players) - SOURCING
        periods = PERIODS[reference]
        settings_ = [
            (rest if t else frozenset(), [p for p in block if p != player], len(block), 1 / len(periods))
            for t in periods
        ]
    for base, others, players, share in settings_:
        if use == "intermediate" and weights == "two_block":
            # Sourcing switches as one: output before the switch meets the chain after it, and the reverse.
            everyone = frozenset(p for p in model.players if p in SOURCING)
            yield (base, 0), share / 2 * purchases(model, use, base), base | {player}
            yield (base, 1), share / 2 * purchases(model, use, base | everyone), base
            continue
        for coalition in coalitions(others):
            state, w = base | coalition, share * weight(coalition, players)
            if use != "intermediate":
                yield (state & INNER, None), w * purchases(model, use, state), state
                continue
            yield (state & INNER, 0), w / 2 * purchases(model, use, state), state | {player}
            yield (state & INNER, 1), w / 2 * purchases(model, use, state | {player}), state


def flows_of(volumes, theta, change, groups):
    """Return transfers (O, O, N) in cells (N, buyers), netted over groups of buyers first where asked."""
    if groups is None:
        return np.einsum("prib,ib->pri", theta, volumes)
    origins, N = change.shape[:2]
    Phi = np.zeros((origins, origins, N))
    for i in range(N):
        for buyers in groups:
            net = (change[:, i, buyers] * volumes[i, buyers]).sum(axis=1)
            gains, losses = np.maximum(net, 0), np.maximum(-net, 0)
            if gains.sum() > 0:
                Phi[:, :, i] += np.outer(losses, gains) / gains.sum()
    return Phi


def walked(model, block, weights, reference, netting):
    """Return Phi (O, O, N) and Psi (R, N, O, O, N) of every use."""
    rule = proportional if block is None else nested(block)
    R, N = model.R, model.N
    result = {}
    for use in (name for name in USES if USES[name] in model.values):
        C = [values.reshape(len(values), N, -1) for values in model.values[USES[use]]]
        theta, change = thetas(*C, rule), C[1] - C[0]
        buyers = np.arange(C[0].shape[2])
        groups = {"cell": None, "product": [buyers], "buyer_region": np.array_split(buyers, R)}[netting]
        groups = None if use == "exports" else groups
        volumes, states = {}, {}
        for key, values, state in visits(model, use, weights, reference):
            volumes[key], states[key] = volumes.get(key, 0.0) + values, state
        Phi, Psi = 0.0, 0.0
        for key, values in volumes.items():
            Phi_of = flows_of(values, theta, change, groups)
            origins, state = len(Phi_of), states[key]
            chain = np.zeros((R * N, origins, N))
            chain[:, :R] = model.inverse(state).reshape(R * N, R, N)
            pair = (chain[:, None] - chain[:, :, None]) * Phi_of
            Phi = Phi + Phi_of
            Psi = Psi + pair * model.at("intensity", state).reshape(-1, 1, 1, 1)
        result[use] = Phi, Psi.reshape(R, N, origins, origins, N)
    return result


@settings(max_examples=30)
@given(st.data())
def test_transfers_by_walking_states_and_cells(data):
    pair = data.draw(
        pairs(
            R=data.draw(st.integers(2, 3)),
            N=data.draw(st.integers(1, 3)),
            K=data.draw(st.integers(1, 2)),
            M=1,
        )
    )
    R = pair.layout.R
    options = {
        "imports": data.draw(st.sampled_from(TREATMENTS[pair.layout.imports])),
        "exports": data.draw(st.sampled_from(["level", "sourced"])),
        "dependent": data.draw(st.booleans()),
        "weights": data.draw(st.sampled_from(["two_block", "shapley"])),
    }
    reference = data.draw(st.sampled_from(list(PERIODS))) if options["weights"] == "two_block" else None
    netting = data.draw(st.sampled_from(["cell", "buyer_region", "product"]))
    scheme = "bilateral" if netting != "cell" else data.draw(st.sampled_from(["bilateral", "nested"]))
    a, b = pair.systems()
    block = a.regions[:1] + a.regions[2:]
    t = measure_transfer(a, b, block, reference=reference, level=netting, scheme=scheme, **options)
    origins = R + (pair.layout.imports != "none")
    for account in t.accounts:
        dependent = options["dependent"] and account == "value_added"
        model = Model(pair.a, pair.b, account, options["imports"], options["exports"], dependent)
        members = [a.regions.index(name) for name in block] if scheme == "nested" else None
        expected = walked(model, members, options["weights"], reference, netting)
        assert list(t.direct["use"].values) == list(expected)
        scale, total = level(a, b, account), np.zeros((R, origins, origins))
        for use, (Phi, Psi) in expected.items():
            missing = (0, origins - len(Phi))
            Phi = np.pad(Phi, [missing, missing, (0, 0)])
            Psi = np.pad(Psi.sum(axis=1), [(0, 0), missing, missing, (0, 0)])
            assert_close(t.direct_of(account).sel(use=use), Phi, money(a, b), what=f"{use} {account}")
            assert_close(t.impact(account).sel(use=use), Psi, scale, what=f"{use} {account}")
            total += Psi.sum(axis=3)
        view = t.own_view(account)
        own_in, own_out = (np.array([part.sum() for part in parts]) for parts in views(total))
        assert_close(view["own_in"], own_in, scale)
        assert_close(view["own_out"], own_out, scale)
        assert_close(view["third_party"], total.sum(axis=(1, 2)) - own_in - own_out, scale)


def views(total):
    """Return the effects on each region of pairs that end in it, and that start in it."""
    regions = range(len(total))
    return [total[u, :, u] for u in regions], [total[u, u] for u in regions]


@given(pairs(R=3), st.sampled_from(["bilateral", "nested"]))
def test_transfers_into_and_out_of_the_block_by_partner(pair, scheme):
    a, b = pair.systems()
    inside = a.regions[:2]
    t = measure_transfer(a, b, inside, "co2", scheme=scheme)
    impact, flows = t.impact("co2").sum(["use", "sector"]), t.direct.sum(["use", "sector"])
    split, bare = t.blocks("co2", partners=True), t.blocks("co2")
    moved = t.block_flows(partners=True).iloc[0]
    for other, names in (("rest", [a.regions[2]]), ("abroad", [n for n in t.origins if n == "abroad"])):
        for way, ends in (
            ("overall_in", {"from_region": names, "to_region": list(inside)}),
            ("overall_out", {"from_region": list(inside), "to_region": names}),
        ):
            found = split[f"{way}, {other}"]
            expected = impact.sel(ends).sum(["from_region", "to_region"])
            assert_close(found, expected, level(a, b, "co2"), what=f"{way} {other}")
            assert_close(moved[f"{way}, {other}"], flows.sel(ends).sum(), money(a, b))
    for way in ("overall_in", "overall_out"):
        both = split[f"{way}, rest"] + split[f"{way}, abroad"]
        assert_close(both, bare[way], level(a, b, "co2"))
    assert_close(split["total"], bare["total"], level(a, b, "co2"))
    assert_close(split[["internal", "elsewhere"]], bare[["internal", "elsewhere"]], level(a, b, "co2"))
