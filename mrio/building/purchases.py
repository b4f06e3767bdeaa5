"""What buyers of a new year purchase of every product, from all origins and from abroad."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mrio.balancing.capped import fit_capped
from mrio.balancing.margins import MarginLike
from mrio.balancing.proportional import ipf
from mrio.building.base_year import BaseYear, UpdateRule, fit_numbers
from mrio.building.constraints import level
from mrio.errors import BalanceError
from mrio.provenance import Provenance
from mrio.tables.arrays import ratio

Array = npt.NDArray[np.float64]
Masked = np.ma.MaskedArray[Any, np.dtype[np.float64]]

_ROUNDING = 1e-12
"""Import shares above 1 less this are 1."""


def fit_purchases(
    base: BaseYear, known: Mapping[str, Array], rule: UpdateRule, provenance: Provenance
) -> tuple[Array, dict[str, Array], Provenance]:
    """Return purchases of all origins (R, N, N + K), and what is known with the discrepancy that is left."""
    labels = (base.regions, base.sectors, base.users)
    imports = _given_imports(known)
    product, share = _product_totals(base, known, imports)
    totals = _buyers(base, known, float(product.sum()))
    cells = _national_cells(known, totals, rule.tolerance, labels[2])
    margins: list[MarginLike] = [((0, 2), totals)]
    if cells.count():
        margins.append(((1, 2), cells))
    if cells.count() < cells.size:
        margins.append(((1,), product * totals.sum() / product.sum()))
    prior = _prior_use(base, cells, totals, rule.own_weight)
    fitted = ipf(prior, margins, labels=labels)
    use = fitted.matrix.sum(axis=(0, 2))
    # Where imports are a share of use, supply has to meet the rest of the use.
    gap = (product - use) * (1 - share)
    changed = {
        "product_imports": share * use if imports is None else imports,
        "discrepancy": known["discrepancy"] + _by_output(known["x"], gap),
    }
    provenance = provenance.with_step(
        "fitted purchases of all origins", own_weight=rule.own_weight, **fit_numbers(fitted)
    ).with_step(
        "put what supply and use of products differ by into the discrepancy",
        share_of_output=float(np.abs(gap).sum() / known["x"].sum()),
        worst_product=base.sectors[int(np.argmax(np.abs(gap)))],
    )
    return fitted.matrix, {**known, **changed}, provenance


def _given_imports(known: Mapping[str, Array]) -> Array | None:
    """Return imports by product (N,) where national cells or regional margins give them."""
    if "national_imports_Z" in known:
        return np.asarray(known["national_imports_Z"].sum(axis=1) + known["national_imports_Y"].sum(axis=1))
    return known["imports"].sum(axis=0) if "imports" in known else None


def _product_totals(base: BaseYear, known: Mapping[str, Array], imports: Array | None) -> tuple[Array, Array]:
    """Return what there is of each product from all origins (N,), and the share of imports that follow use.

    The share is 0 where imports are given. Products that only come from abroad grow with output as a whole.
    """
    parts = known["exports"] + known["stock_change"] + known["discrepancy"]
    supply = (known["x"] - parts).sum(axis=0)
    if imports is not None:
        return supply + imports, np.zeros_like(supply)
    use = base.use.sum(axis=(0, 2))
    share = ratio(base.imported.sum(axis=(0, 2)), use)
    only_imported = share > 1 - _ROUNDING
    growth = known["x"].sum() / base.x.sum()
    return np.where(only_imported, use * growth, ratio(supply, np.where(only_imported, 1, 1 - share))), share


def _buyers(base: BaseYear, known: Mapping[str, Array], product: float) -> Array:
    """Return what every buyer spends on products of all origins (R, N + K)."""
    inputs = np.maximum(known["x"] - known["V"].sum(axis=0), 0.0)
    if "final_demand" in known:
        return np.concatenate([inputs, known["final_demand"]], axis=1)
    N = inputs.shape[1]
    growth = ratio(known["V"].sum(axis=(0, 2)), base.V.sum(axis=(0, 2)))
    final = base.use[:, :, N:].sum(axis=1) * growth[:, None]
    if "national_Y" in known:
        return np.concatenate(
            [inputs, final * ratio(known["national_Y"].sum(axis=0), final.sum(axis=0))], axis=1
        )
    left = product - float(inputs.sum())
    if left < 0:
        raise BalanceError(
            "Nothing is left for final demand.",
            amount=f"products of all origins {product:.8g}, needed as inputs {inputs.sum():.8g}",
            remedy="check exports, imports and primary inputs, or give final_demand",
        )
    return np.concatenate([inputs, final * left / final.sum()], axis=1)


def _national_cells(
    known: Mapping[str, Array], totals: Array, tolerance: float, users: tuple[str, ...]
) -> Masked:
    """Return national cells (N, N + K), masked where they are not given, levelled to the regional margins."""
    N = known["x"].shape[1]
    shape = (N, totals.shape[1])
    cells: Masked = np.ma.masked_array(np.zeros(shape), mask=np.ones(shape, dtype=bool))
    for name, users_of in (("national_Z", slice(0, N)), ("national_Y", slice(N, None))):
        if name in known:
            sums = totals[:, users_of].sum(axis=0)
            cells[:, users_of] = level(known[name], sums, tolerance, name, users[users_of])
    return cells


def _prior_use(base: BaseYear, cells: Masked, totals: Array, weight: float) -> Array:
    """Return prior purchases (R, N, N + K): own coefficients of the base year mixed with national ones."""
    use = base.use
    before = ratio(use.sum(axis=0), use.sum(axis=(0, 1)))
    sums = cells.sum(axis=0).filled(0.0)
    now = ratio(cells.filled(0.0), sums)
    given = ~np.ma.getmaskarray(cells).any(axis=0) & (sums != 0)
    spent = use.sum(axis=1)[:, None, :]
    own = np.where(spent != 0, ratio(use, spent), before)
    mixed = np.where(given, weight * own + (1 - weight) * now, own)
    return np.asarray(mixed * totals[:, None, :])


def _by_output(x: Array, amounts: Array) -> Array:
    """Return amounts by product (N,) spread over regions by output (R, N)."""
    return np.asarray(ratio(x, x.sum(axis=0)) * amounts)


def fit_imports(
    base: BaseYear,
    use: Array,
    known: Mapping[str, Array],
    rule: UpdateRule,
    provenance: Provenance,
) -> tuple[Array, Provenance]:
    """Return imported purchases (R, N, N + K), nowhere more than the purchase."""
    M, labels = known["product_imports"], (base.regions, base.sectors, base.users)
    bought = np.maximum(use, 0.0)
    if not M.any():
        return np.zeros_like(use), provenance
    before = base.use.sum(axis=2, keepdims=True)
    average = np.broadcast_to(ratio(base.imported.sum(axis=2, keepdims=True), before), use.shape)
    share = np.where(base.use > 0, ratio(base.imported, base.use), average)
    anyone = ratio(M, bought.sum(axis=(0, 2)))
    prior = bought * (share + rule.opening * anyone[:, None])
    margins: list[MarginLike] = [((0, 1), known["imports"])] if "imports" in known else []
    if "national_imports_Z" in known:
        cells = np.concatenate([known["national_imports_Z"], known["national_imports_Y"]], axis=1)
        if "imports" in known:
            sums = known["imports"].sum(axis=0)
            cells = level(cells.T, sums, rule.tolerance, "national imports", base.sectors).T
        margins.append(((1, 2), cells))
    fitted = fit_capped(prior, margins or [((1,), M)], bought, labels=labels)
    provenance = provenance.with_step(
        "fitted imported purchases", cells_at_the_purchase=fitted.cells, **fit_numbers(fitted)
    )
    return fitted.matrix, provenance
