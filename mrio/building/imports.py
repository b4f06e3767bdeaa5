"""Imports out of competitive tables: which part of every purchase comes from abroad."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from mrio.balancing.balance import Labels
from mrio.balancing.capped import capped_shares
from mrio.balancing.feasibility import check_numbers
from mrio.cells import as_numbers, labels_of_axes, require_one_order
from mrio.errors import BalanceError, DataError

Array = npt.NDArray[np.float64]

_ROUNDING = 1e-12
"""Import shares above 1 by less than this are 1."""


@dataclass(frozen=True)
class ImportSplit:
    """Purchases of a competitive table, parted by origin.

    Parameters
    ----------
    Z_domestic, Z_imported
        Intermediate purchases (..., N, N); they add up to Z.
    Y_domestic, Y_imported
        Final purchases (..., N, K); they add up to Y.
    stock_domestic, stock_imported
        Inventories (..., N).
    share
        mu (..., N): imports over domestic use of the product.
    """

    Z_domestic: Array
    Z_imported: Array
    Y_domestic: Array
    Y_imported: Array
    stock_domestic: Array
    stock_imported: Array
    share: Array


def split_imports(
    Z: npt.ArrayLike,
    Y: npt.ArrayLike,
    imports: npt.ArrayLike,
    *,
    stock_change: npt.ArrayLike | None = None,
    pattern: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    labels: Labels | None = None,
) -> ImportSplit:
    """Part the purchases of a competitive table into domestic and imported ones.

    mu = M / (sum_j Z + sum_k Y + stock_change), the import share of domestic use; by the row balance the
    denominator is x - e + M - err. Without a pattern every purchase of a product has its share mu
    (proportionality). With a pattern (import shares of the cells of another table, usually the national one)
    cell shares are min(1, lambda * pattern) with one lambda a product so that imports are met; inventories
    and negative purchases keep mu. Nothing is re-exported: exports are domestic.

    Parameters
    ----------
    Z, Y
        Purchases of all origins, (..., N, N) and (..., N, K); leading axes are regions.
    imports
        M (..., N), not negative; (N,) for regional tables gives every region the shares of all together.
    stock_change
        Inventories (..., N), any sign; zeros when left out.
    pattern
        Import shares of the cells, (N, N) for Z and (N, K) for Y, within [0, 1].
    labels
        Labels of the axes of `imports` as broadcast, (regions ..., products), for error messages.

    Returns
    -------
    ImportSplit
        Rows are kept: domestic and imported parts add up to what was given, imported parts to M.

    Raises
    ------
    MissingDataError, DataError
        NaN, shapes that do not fit, negative imports, a pattern outside [0, 1].
    BalanceError
        Products whose imports are more than their use (mu outside [0, 1]), or more than a pattern with zeros
        has room for; all are named.

    Notes
    -----
    Miller, R. E. and Blair, P. D. (2022), Input-Output Analysis, 3rd ed., Cambridge University Press,
    doi:10.1017/9781108676212.

    Examples
    --------
    >>> parts = split_imports([[2, 2], [1, 3]], [[4], [6]], [2, 1])
    >>> parts.share.tolist(), parts.Z_imported.tolist()
    ([0.25, 0.1], [[0.5, 0.5], [0.1, 0.30000000000000004]])
    """
    uses, M, K = _read(Z, Y, imports, stock_change)
    total = uses.sum(axis=-1)
    if M.shape == total.shape[-1:] and total.ndim > 1:
        total = np.broadcast_to(total.reshape(-1, total.shape[-1]).sum(axis=0), total.shape)
        M = np.broadcast_to(M, total.shape)
    share = import_share(M, total)
    _check_share(share, M, total, labels)
    shares = np.broadcast_to(share[..., None], uses.shape)
    if pattern is not None:
        shares = _patterned(uses, M, share, _read_pattern(pattern, uses.shape[-2], K), labels)
    imported = uses * shares
    domestic = uses - imported
    N = uses.shape[-2]
    return ImportSplit(
        Z_domestic=domestic[..., :N],
        Z_imported=imported[..., :N],
        Y_domestic=domestic[..., N:-1],
        Y_imported=imported[..., N:-1],
        stock_domestic=domestic[..., -1],
        stock_imported=imported[..., -1],
        share=share,
    )


def import_share(imports: Array, use: Array) -> Array:
    """Return mu = imports / use (..., N), 0 where both are 0 and infinity where only the use is."""
    nothing = np.where(imports > 0, np.inf, 0.0)
    share = np.divide(imports, use, out=nothing, where=use != 0)
    return np.where((share > 1) & (share < 1 + _ROUNDING), 1.0, share)


def _read(
    Z: npt.ArrayLike, Y: npt.ArrayLike, imports: npt.ArrayLike, stock_change: npt.ArrayLike | None
) -> tuple[Array, Array, int]:
    """Return all uses side by side (..., N, N + K + 1), imports, and K; or raise."""
    given = {"Z": Z, "Y": Y, "imports": imports}
    intermediate, final, M = (as_numbers(name, part) for name, part in given.items())
    lead = intermediate.shape[:-1]
    stock = np.zeros(lead) if stock_change is None else as_numbers("stock_change", stock_change)
    square = intermediate.ndim >= 2 and intermediate.shape[-1] == intermediate.shape[-2]
    if not square or final.shape[:-1] != lead or stock.shape != lead or M.shape not in (lead, lead[-1:]):
        raise DataError(
            "The parts of the table do not fit together.",
            amount=f"Z {intermediate.shape}, Y {final.shape}, imports {M.shape}, stock_change {stock.shape}",
            remedy="give Z (..., N, N), Y (..., N, K), imports (..., N) or (N,), stock_change (..., N)",
        )
    products = {"rows of Z": (Z, -2), "columns of Z": (Z, -1), "Y": (Y, -2), "imports": (imports, -1)}
    products |= {} if stock_change is None else {"stock_change": (stock_change, -1)}
    require_one_order(
        "products", [(name, labels_of_axes(part)[axis]) for name, (part, axis) in products.items()]
    )
    check_numbers(Z=intermediate, Y=final, imports=M, stock_change=stock)
    if (M < 0).any():
        raise DataError(
            "Imports are negative.",
            where=f"at {tuple(map(int, np.unravel_index(np.argmin(M), M.shape)))}",
            amount=f"{M.min():g}, {int((M < 0).sum())} products",
            remedy="give imports as positive numbers; in many tables they stand as a negative column",
        )
    return np.concatenate([intermediate, final, stock[..., None]], axis=-1), M, final.shape[-1]


def _read_pattern(pattern: tuple[npt.ArrayLike, npt.ArrayLike], N: int, K: int) -> Array:
    """Return the cell shares side by side (N, N + K), or raise."""
    first, second = (np.asarray(part, dtype=np.float64) for part in pattern)
    fits = first.shape == (N, N) and second.shape == (N, K)
    if not fits or not all(((part >= 0) & (part <= 1)).all() for part in (first, second)):
        raise DataError(
            "The import pattern cannot be used.",
            amount=f"shapes {first.shape} and {second.shape}, needed {(N, N)} and {(N, K)}, values in [0, 1]",
            remedy="give the import share of every cell of Z and of Y",
        )
    return np.concatenate([first, second], axis=1)


def _patterned(uses: Array, M: Array, share: Array, pattern: Array, labels: Labels | None) -> Array:
    """Return cell shares that follow the pattern and meet imports; inventories and negatives keep mu."""
    plain = np.broadcast_to(share[..., None], uses.shape)
    follows = np.zeros(uses.shape, dtype=bool)
    follows[..., :-1] = uses[..., :-1] > 0
    weights = np.where(follows, uses, 0.0)
    target = M - (uses * plain * ~follows).sum(axis=-1)
    shares = np.zeros(uses.shape)
    shares[..., :-1] = pattern
    room = (weights * (shares > 0)).sum(axis=-1)
    tight = target > room + _ROUNDING * np.abs(M)
    if tight.any():
        raise _refusal("The import pattern has no room for all imports.", tight, labels, imports=M, room=room)
    cells = uses.shape[-1]
    found = capped_shares(weights.reshape(-1, cells), shares.reshape(-1, cells), target.reshape(-1))
    return np.where(follows, found.reshape(uses.shape), plain)


def _check_share(share: Array, M: Array, use: Array, labels: Labels | None) -> None:
    """Raise for products whose import share lies outside [0, 1]."""
    outside = ~((share >= 0) & (share <= 1))
    if outside.any():
        raise _refusal(
            "Imports of a product are more than its use.", outside, labels, share=share, imports=M, use=use
        )


def _refusal(
    what: str, which: npt.NDArray[np.bool_], labels: Labels | None, **columns: Array
) -> BalanceError:
    """Return an error that names products and gives their numbers."""
    names = [range(size) for size in which.shape] if labels is None else labels
    places = np.argwhere(which).tolist()
    product = [tuple(names[axis][at] for axis, at in enumerate(place)) for place in places]
    table = pd.DataFrame({"product": product, **{name: values[which] for name, values in columns.items()}})
    table = table.sort_values("imports", ascending=False, ignore_index=True)
    numbers = ", ".join(f"{name} {table[name].iloc[0]:.6g}" for name in columns)
    return BalanceError(
        what,
        where=", ".join(map(repr, table["product"].iloc[0]))
        + (f" and {len(table) - 1} more" if len(table) > 1 else ""),
        amount=numbers,
        remedy="take re-exports out of imports and exports, or mend the import column",
        table=table,
    )
