"""Cost-push prices: what dearer primary inputs or imports do to all prices, and who pays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from mrio.errors import DataError, LabelError
from mrio.measures.measure import Sheet
from mrio.measures.prices.incidence import (
    Burden,
    PriceMeasure,
    base_price_gap,
    burden_coords,
    outside_burden,
    passed_on,
    put_burden,
    users_burden,
)
from mrio.parameters import require_share
from mrio.results import require_adding_up
from mrio.tables import System
from mrio.tables.arrays import Array, own_array, ratio

IMPORTS = "imports"
"""Name under which imports from abroad become dearer like a primary input."""

Change = float | ArrayLike | xr.DataArray


def price_change(system: System, changes: Mapping[str, Change], *, pass_through: float = 1.0) -> PriceChange:
    """Compute what dearer primary inputs do to the prices of all products, and who bears it.

    ``p' = v' (I - A)^-1`` with v the primary inputs per unit of output [1]_; prices are 1 in the table as it
    stands, so that a change ``dv`` gives ``dp' = dv' (I - A)^-1``.

    Parameters
    ----------
    system
        The table.
    changes
        Relative change of the cost of each primary input of the table, or of ``"imports"``:
        ``{"wages": 0.1}`` for all, or an array (R, N) by region and sector that pays; -1 takes the cost away,
        and below -1 it becomes a payment to the producer. ``"imports"`` as a number also makes imported final
        goods dearer.
    pass_through
        Share of its extra costs that every seller passes on; the rest it bears itself.

    Returns
    -------
    PriceChange
        Price changes [1] and who bears the costs [money], at the quantities of the table.

    Raises
    ------
    LabelError, DataError
        When a primary input is unknown, or the share passed on lies outside 0 to 1.
    BalanceError
        When what is borne differs from the extra costs by more than 1e-9.

    Notes
    -----
    Quantities and technology stay as they are: an upper bound of what prices do before anyone adapts.

    References
    ----------
    .. [1] Miller, R. E. and Blair, P. D. (2022), Input-Output Analysis, 3rd ed., Cambridge University Press,
       section 2.6, doi:10.1017/9781108676212.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> dearer = mrio.price_change(table, {"value_added": 0.1, "imports": 0.1})
    >>> round(float(dearer.data["price_change"].mean()), 10)
    0.1
    """
    require_share(pass_through, "pass_through")
    cost, imported = extra_costs(system, changes)
    arrays = system.arrays
    x = arrays.x.ravel()
    price, borne = passed_on(system.leontief, cost, pass_through)
    R, N = arrays.x.shape
    paid = np.broadcast_to(price, (R, x.size))
    goods = np.full((N, R) if system.imports == "product" else (R,), imported)
    burden = Burden(users_burden(system, paid, goods), outside_burden(system, price, price), borne * x)
    extra = float(cost @ x) + float(burden.users[N].sum())
    scale = float(np.abs(cost) @ np.abs(x)) + float(np.abs(burden.users[N]).sum()) or 1.0
    gap = require_adding_up(burden.total, extra, scale, "what is borne and the extra costs")
    what = ", ".join(f"{name} {_in_words(change)}" for name, change in changes.items())
    sheet = Sheet(**burden_coords(system))
    sheet.put("price_change", price, ("region", "sector"), "1", "relative change of the price")
    sheet.put("cost", cost * x, ("region", "sector"), system.unit, "extra cost where it arises")
    put_burden(sheet, system, burden)
    return PriceChange(
        sheet.dataset(
            system,
            f"Cost-push prices, {what}",
            "what final users, buyers abroad, stocks and sellers bear adds up to the extra costs of "
            "producers and of imported final goods (price and quantity side agree)",
            f"borne and extra costs: gap {gap:.1e}; prices of the table as it stands differ from 1 by at "
            f"most {base_price_gap(system):.1e}",
            what=what,
            pass_through=pass_through,
            imported_final_goods=imported,
        )
    )


def extra_costs(system: System, changes: Mapping[str, Change]) -> tuple[Array, float]:
    """Return extra primary cost per unit of output (n,), and the relative change of imported final goods."""
    known = (*system.factors, *([] if system.imports == "none" else [IMPORTS]))
    unknown = [name for name in changes if name not in known]
    if unknown or not changes:
        raise LabelError(
            f"The table has no primary input {', '.join(map(repr, unknown))}."
            if unknown
            else "No primary input was named.",
            remedy=f"known are {', '.join(map(repr, known))}",
        )
    if IMPORTS in system.factors:
        raise DataError(
            f"A primary input of the table is called {IMPORTS!r}, like imports from abroad.",
            remedy="rename the primary input",
        )
    arrays = system.arrays
    x = arrays.x
    total, imported = np.zeros_like(x), 0.0
    for name, change in changes.items():
        rate = _rate(system, name, change)
        paid = arrays.imports_by_user if name == IMPORTS else arrays.V[system.factors.index(name)]
        total = total + rate * paid
        if name == IMPORTS and np.ndim(change) == 0:
            imported = float(rate.flat[0])
    return ratio(total, x).ravel(), imported


def _rate(system: System, name: str, change: Change) -> Array:
    """Return a relative change by region and sector (R, N)."""
    shape = system.arrays.x.shape
    values = np.full(shape, float(change)) if np.ndim(change) == 0 else change  # type: ignore[arg-type]
    return own_array(f"change of {name!r}", values, ("region", "sector"), system.labels)


def _in_words(change: Any) -> str:
    """Return a change in words."""
    return f"{float(change):+.3g}" if np.ndim(change) == 0 else "by region and sector"


class PriceChange(PriceMeasure):
    """Price changes from extra primary costs. Made by `mrio.price_change`."""

    kind: ClassVar[str] = "price_change"
