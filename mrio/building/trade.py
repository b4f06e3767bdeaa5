"""Trade between regions by product: what each keeps, who trades with whom, and the spreading over buyers.

Supply S and use DD of domestic products, both (R, N), are given by region and product and have the same total
for each product. The net flow of a region, S - DD, is then decided; own supply decides gross flows, and the
prior who trades with whom. Trade T is (N, R, R): product, from region, to region.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from mrio.balancing.balance import Balanced, Stopping, ras
from mrio.balancing.feasibility import check_numbers
from mrio.errors import BalanceError, DataError
from mrio.schema import ADDING_UP

Array = npt.NDArray[np.float64]
OwnRule = Literal["max", "geometric", "min"]

_ROOM = 1e-3
"""Share of its leeway that a region which dominates a product keeps beyond the least it must keep."""


_ROUNDING = 1e-13
"""Differences smaller than this share of what they are taken from are rounding."""


def own_supply(
    supply: Array,
    use: Array,
    supply_share: Array,
    use_share: Array,
    *,
    rule: OwnRule = "max",
    ceiling: float = 0.999,
) -> Array:
    """Return what each region supplies to itself, d (R, N), from published own shares.

    ws S is what outflow leaves of supply, wd DD what inflow leaves of use. They measure the same flow and
    differ in practice. ``"max"``: d = max(ws S, wd DD); ``"geometric"``: their geometric mean; ``"min"``: the
    smaller one. Never more than `ceiling` times the smaller of S and DD.

    Parameters
    ----------
    supply, use
        S and DD (R, N) [money].
    supply_share, use_share
        ws = 1 - O / S and wd = 1 - I / DD of the year they were published for (R, N); clipped to [0, 1].
    rule
        How the two are combined.
    ceiling
        Largest share kept, so that every region trades at all.

    Examples
    --------
    >>> own_supply(np.array([[10.0]]), np.array([[8.0]]), np.array([[0.5]]), np.array([[0.9]])).tolist()
    [[7.2]]
    """
    kept, served = np.clip(supply_share, 0, 1) * supply, np.clip(use_share, 0, 1) * use
    combined = {"max": np.maximum(kept, served), "min": np.minimum(kept, served)}
    combined["geometric"] = np.sqrt(kept * served)
    if rule not in combined:
        raise DataError(
            f"The rule {rule!r} for own supply is not known.", remedy=f"use one of {', '.join(combined)}"
        )
    return np.asarray(np.minimum(combined[rule], ceiling * np.minimum(supply, use)))


def charm(output: Array, use: Array, heterogeneity: Array) -> tuple[Array, Array]:
    """Return gross outflow and inflow where only net flows are known, by cross-hauling (CHARM).

    Cross-hauling q = h (output + use) grows with the heterogeneity h of the product; with the balance
    b = output - use the outflow is (|b| + q + b) / 2 and the inflow (|b| + q - b) / 2. Cross-hauling is
    limited so that no region sends out more than its output or takes in more than its use.

    Parameters
    ----------
    output, use
        (R, N) [money].
    heterogeneity
        h (N,), see `heterogeneity`.

    Returns
    -------
    tuple
        Outflow and inflow, (R, N) each.

    Notes
    -----
    Kronenberg, T. (2009), International Regional Science Review 32(1):40-64, doi:10.1177/0160017608322555.

    Examples
    --------
    >>> out, into = charm(np.array([[10.0]]), np.array([[6.0]]), np.array([0.25]))
    >>> out.tolist(), into.tolist()
    ([[6.0]], [[2.0]])
    """
    q = np.minimum(heterogeneity * (output + use), 2 * np.minimum(output, use))
    balance = output - use
    return (np.abs(balance) + q + balance) / 2, (np.abs(balance) + q - balance) / 2


def heterogeneity(output: Array, use: Array, exports: Array, imports: Array) -> Array:
    """Return cross-hauling of the nation with abroad per unit of output and use, h (N,).

    h = (E + M - |E - M|) / (x + D), with D the domestic use of all origins. Zero for products that are
    neither made nor used.

    Parameters
    ----------
    output, use, exports, imports
        National x, D, E and M (N,) [money].
    """
    both = exports + imports - np.abs(exports - imports)
    size = output + use
    return np.divide(both, size, out=np.zeros_like(size), where=size > 0)


def gravity(out: Array, into: Array, distance: Array, exponent: float) -> Array:
    """Return the gravity prior T (N, R, R) = O[r] I[s] / distance[r, s]^b off the diagonal.

    Parameters
    ----------
    out, into
        Outflow O and inflow I (R, N) [money].
    distance
        (R, R), positive off the diagonal [km].
    exponent
        b; 0 is the proportional prior.

    Raises
    ------
    DataError
        A distance that is missing or not positive.
    """
    off = ~np.eye(len(distance), dtype=bool)
    if distance.shape != (len(out), len(out)) or not (distance[off] > 0).all():
        raise DataError(
            "The distances between regions cannot be used.",
            amount=f"shape {distance.shape} for {len(out)} regions, "
            f"{int((~(distance[off] > 0)).sum())} not positive",
            remedy="give one positive distance for each pair of regions",
        )
    nearness = np.zeros_like(distance, dtype=np.float64)
    nearness[off] = distance[off] ** -exponent
    return np.asarray(out.T[:, :, None] * into.T[:, None, :] * nearness)


def proportional(out: Array, into: Array) -> Array:
    """Return the prior T (N, R, R) = O[r] I[s] off the diagonal: every seller serves buyers alike."""
    return gravity(out, into, np.ones((len(out), len(out))), 0.0)


def fit_trade(
    supply: Array,
    use: Array,
    own: Array,
    prior: Array,
    *,
    labels: tuple[Sequence[str], Sequence[str]] | None = None,
    stopping: Stopping | None = None,
) -> Balanced:
    """Balance trade between regions to supply and use, own supply held on the diagonal.

    What own supply leaves, S - d and DD - d, is met by RAS from the prior off the diagonal. A region that
    dominates a product must keep at least d >= S + DD - sum S + (own supply of the others), because the
    others could not buy or sell the rest; own supply below that is raised (and a thousandth of the leeway
    more). With a prior that is positive between all regions the margins can then always be met.

    Parameters
    ----------
    supply, use
        S and DD (R, N), not negative, equal sums for each product (to 1e-9) [money].
    own
        d (R, N), not more than both.
    prior
        (N, R, R), any level; the diagonal is not used.
    labels
        Regions and products, for error messages.
    stopping
        Tolerance and number of sweeps.

    Returns
    -------
    Balanced
        T (N, R, R). Rows sum to S, columns to DD, the diagonal is d; `moved` compares flows between regions
        with the prior scaled to their total.

    Raises
    ------
    MissingDataError, DataError, BalanceError, ConvergenceError
        Shapes and numbers that do not fit; products whose supply and use differ; a prior whose zeros leave a
        region without partners.
    """
    regions, products = labels or (range(supply.shape[0]), range(supply.shape[1]))
    use = _levelled(supply, use, own, (list(regions), list(products)))
    kept = least_own_supply(supply, use, own)
    out, into = _left(supply, kept).T, _left(use, kept).T
    if len(supply) == 2:
        # What one of two regions sends out the other takes in: two differences that agree up to rounding.
        into = out[:, ::-1]
    between = np.array(prior, dtype=np.float64)
    diagonal = range(len(supply))
    between[:, diagonal, diagonal] = 0.0
    total = between.sum(axis=(1, 2))
    between *= np.divide(out.sum(axis=1), total, out=np.zeros_like(total), where=total > 0)[:, None, None]
    result = ras(between, out, into, labels=(list(products), list(regions), list(regions)), stopping=stopping)
    result.matrix[:, diagonal, diagonal] = kept.T
    return result


def _left(total: Array, kept: Array) -> Array:
    """Return what is left beside own supply, without the rounding of the difference."""
    left = total - kept
    return np.where(left > _ROUNDING * total, left, 0.0)


def least_own_supply(supply: Array, use: Array, own: Array) -> Array:
    """Return own supply (R, N), raised where a region dominates a product so much that others cannot trade.

    For each product at most one region can be short of S + DD - sum S + sum of the others' own supply.
    Between two regions there is no leeway: what one sends out, the other takes in.
    """
    room = _ROOM if len(supply) > 2 else 0.0
    least = supply + use - supply.sum(axis=0) + own.sum(axis=0) - own
    smaller = np.minimum(supply, use)
    raised = np.where(own < least, least + room * (smaller - least), own)
    return np.asarray(np.minimum(raised, smaller))


def update_trade(
    base: Array,
    supply: Array,
    use: Array,
    *,
    opening: float = 1e-6,
    labels: tuple[Sequence[str], Sequence[str]] | None = None,
    stopping: Stopping | None = None,
) -> Balanced:
    """Balance trade of another year to new supply and use, own supply included.

    RAS of the prior T0 sum S / sum T0 + opening S DD / sum S: the second part lets regions trade a product
    that they did not trade in the base year.

    Parameters
    ----------
    base
        Trade of the base year, (N, R, R).
    supply, use
        S and DD of the year (R, N), not negative, equal sums for each product (to 1e-9) [money].
    opening
        Weight of flows in proportion to supply and use; 0 keeps the zeros of the base year.
    labels
        Regions and products, for error messages.
    stopping
        Tolerance and number of sweeps.

    Returns
    -------
    Balanced
        T (N, R, R) with rows S and columns DD.

    Raises
    ------
    MissingDataError, DataError, BalanceError, ConvergenceError
        As in `fit_trade`.
    """
    regions, products = labels or (range(supply.shape[0]), range(supply.shape[1]))
    use = _levelled(supply, use, np.zeros_like(supply), (list(regions), list(products)))
    S, DD = supply.T, use.T
    total = S.sum(axis=1)
    size = np.divide(total, base.sum(axis=(1, 2)), out=np.zeros_like(total), where=base.any(axis=(1, 2)))
    share = np.divide(S, total[:, None], out=np.zeros_like(S), where=total[:, None] > 0)
    anyone = share[:, :, None] * DD[:, None, :]
    prior = base * size[:, None, None] + opening * anyone
    return ras(prior, S, DD, labels=(list(products), list(regions), list(regions)), stopping=stopping)


def sourcing(trade: Array) -> Array:
    """Return C (N, R, R), the share of each origin in the use of a product; 0 where there is no use."""
    use = trade.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(trade, use, out=np.zeros_like(trade), where=use > 0))


def spread(shares: Array, intermediate: Array, final: Array) -> tuple[Array, Array]:
    """Spread purchases of domestic products over origins, the same shares for all buyers of a region.

    Chenery-Moses: Z[r, i, s, j] = C[i, r, s] U[s, i, j] and Y[r, i, s, k] = C[i, r, s] F[s, i, k].

    Parameters
    ----------
    shares
        C (N, R, R), from `sourcing`.
    intermediate, final
        U (R, N, N) and F (R, N, K), purchases of domestic products of all origins by region [money].

    Returns
    -------
    tuple
        Z (R, N, R, N) and Y (R, N, R, K).

    Notes
    -----
    Chenery, H. B. (1953), in Chenery, Clark and Cao-Pinna, The Structure and Growth of the Italian Economy;
    Moses, L. N. (1955), American Economic Review 45(5):803-832.
    """
    return (
        np.einsum("irs,sij->risj", shares, intermediate),
        np.einsum("irs,sik->risk", shares, final),
    )


def _levelled(supply: Array, use: Array, own: Array, labels: tuple[list[Any], list[Any]]) -> Array:
    """Return use scaled to the total supply of each product, or raise where they are not the same."""
    if supply.ndim != 2 or supply.shape != use.shape or own.shape != use.shape:
        raise DataError(
            "Supply and use do not fit together.",
            amount=f"supply {supply.shape}, use {use.shape}, own supply {own.shape}",
            remedy="give all by region and product (R, N)",
        )
    check_numbers(supply=supply, use=use, own_supply=own)
    _check_sign(supply, use, own, labels)
    total, wanted = supply.sum(axis=0), use.sum(axis=0)
    differ = np.abs(total - wanted) > ADDING_UP * np.maximum(total, wanted)
    if differ.any():
        raise _difference(total[differ], wanted[differ], [labels[1][at] for at in np.flatnonzero(differ)])
    ratio = np.divide(total, wanted, out=np.ones_like(total), where=wanted > 0)
    return np.asarray(use * ratio)


def _check_sign(supply: Array, use: Array, own: Array, labels: tuple[list[Any], list[Any]]) -> None:
    """Raise when supply, use or own supply is negative somewhere, naming region and product."""
    parts = []
    for name, values in (("supply", supply), ("use", use), ("own supply", own)):
        places = np.argwhere(values < 0).tolist()
        parts += [(name, labels[0][r], labels[1][i], values[r, i]) for r, i in places]
    if parts:
        table = pd.DataFrame(parts, columns=["part", "region", "product", "value"])
        table = table.sort_values("value", ignore_index=True)
        worst = table.iloc[0]
        raise DataError(
            "Supply or use of a product is negative.",
            where=f"{worst['part']} of {worst['product']!r} in {worst['region']!r}"
            + (f" and {len(table) - 1} more" if len(table) > 1 else ""),
            amount=f"{worst['value']:.6g}",
            remedy="exports and inventories cannot be more than output, imports not more than use",
            table=table,
        )


def _difference(supply: Array, use: Array, products: list[Any]) -> BalanceError:
    """Return the error of products whose supply and use differ over all regions."""
    table = pd.DataFrame({"product": products, "supply": supply, "use": use, "gap": supply - use})
    table = table.sort_values("gap", key=lambda gap: -gap.abs(), ignore_index=True)
    worst = table.iloc[0]
    return BalanceError(
        "Supply and use of a product differ over all regions.",
        where=f"{worst['product']!r}" + (f" and {len(table) - 1} more" if len(table) > 1 else ""),
        amount=f"{worst['supply']:.10g} and {worst['use']:.10g}, tolerance {ADDING_UP:g} relative",
        remedy="bring the regional rows to the national totals first",
        table=table,
    )
