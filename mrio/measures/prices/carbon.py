"""A price on carbon, or on any other account: prices, revenue, border adjustment and who pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mrio.errors import DataError, MissingDataError
from mrio.leontief import Leontief
from mrio.measures.final_demand import mask
from mrio.measures.measure import Sheet, as_table
from mrio.measures.partition import submatrix, subsystem
from mrio.measures.prices.incidence import (
    Burden,
    PriceMeasure,
    burden_coords,
    outside_burden,
    passed_on,
    put_burden,
    users_burden,
)
from mrio.parameters import require_number, require_share
from mrio.results import require_adding_up
from mrio.tables import System
from mrio.tables.arrays import Array, own_array, ratio
from mrio.units import parse_unit

Border = Literal["direct", "embodied"] | None

REVENUE = ("producers", "households", "border_charges", "border_rebates")
"""Who pays the price, by region that collects: its producers, its final users for their own flows, buyers of
what comes over the border; and what is paid back on what leaves over it (negative)."""


@dataclass(frozen=True, eq=False)
class Tariff:
    """What is charged, in money per money; n = R N rows.

    Attributes
    ----------
    own
        Price on the own flows of each product (n,), zero where no price is set.
    border
        Charge on each product when it comes over the border (n,).
    abroad
        Charge on imports from abroad by product (N,).
    priced
        Regions with the price (R,) bool.
    """

    own: Array
    border: Array
    abroad: Array
    priced: NDArray[np.bool_]


def carbon_price(
    system: System,
    price: float,
    account: str = "co2",
    *,
    regions: Sequence[str] | str | None = None,
    border: Border = None,
    imports: ArrayLike | None = None,
    pass_through: float = 1.0,
) -> CarbonPrice:
    """Set a price on the flows of an account and compute prices, revenue and who pays.

    The price enters as one more primary input, ``p' = tau f' (I - A)^-1`` with f the flows per unit of output
    [1]_. Where only some regions set it, or imports compete, a border adjustment charges what comes in for
    its content and pays back what goes out: buyers inside meet the full price and buyers outside none.

    Parameters
    ----------
    system
        The table.
    price
        In plain money per plain unit of the account: 100 is 100 CNY per tonne for a table in ``"1e8 CNY"``
        and an account in ``"Mt CO2"``. A negative price is a subsidy on the flows: all answers change their
        sign.
    account
        Name of the account.
    regions
        Regions that set the price; all when left out.
    border
        None; ``"direct"``: what comes in is charged for the flows of its last producer; ``"embodied"``: for
        those of its whole chain in the table.
    imports
        Content of imports from abroad by product (N,) [account per money], in the units of table and account.
        When left out, imports are taken to be made like the mean of the same product in the table (an
        assumption). Used with `border` only.
    pass_through
        Share of its extra costs that every seller passes on; the rest it bears itself.

    Returns
    -------
    CarbonPrice
        Price changes [1], revenue by who pays and burden by who bears it [money], at the quantities of the
        table.

    Raises
    ------
    LabelError, DataError, MissingDataError
        When an account or region is unknown, or content is given for imports that the table does not hold.
    NotProductiveError
        When the regions with the price have no economic inverse of their own (border adjustment).
    BalanceError
        When burden and revenue differ by more than 1e-9.

    Notes
    -----
    With P the regions with the price, O the others and phi the content charged at the border,
    ``p_P' = tau (f_P' + phi_O' A_OP + phi_m' M_P) (I - A_PP)^-1``. For ``"embodied"`` it equals
    ``tau (f' L)_P`` where imports from abroad carry nothing: the full price, whoever sets it.

    References
    ----------
    .. [1] Symons, E., Proops, J. and Gay, P. (1994), Fiscal Studies 15(2), 19-43,
       doi:10.1111/j.1475-5890.1994.tb00195.x. Fischer, C. and Fox, A. K. (2012), Journal of Environmental
       Economics and Management 64(2), 199-216, doi:10.1016/j.jeem.2012.01.005.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> tax = mrio.carbon_price(table, 100, regions=["BJ", "TJ", "HE"], border="embodied")
    >>> tax.revenue().columns.tolist()[:2]
    ['producers', 'households']
    """
    require_share(pass_through, "pass_through")
    if border not in (None, "direct", "embodied"):
        raise ValueError(f"border={border!r}: choose None, 'direct' or 'embodied'")
    rate = _rate(system, price, account)
    priced = mask("region", regions, system.regions)
    if not priced.any():
        raise DataError("No region sets the price.", remedy="name regions, or leave regions= out for all")
    tariff = _tariff(system, account, rate, priced, (border, imports))
    if border is None:
        charged, burden = without_border(system, tariff, pass_through)
    else:
        charged, burden = with_border(system, tariff, pass_through)
    own = system.account(account).direct_values
    revenue = charged.revenue
    if own is not None:
        revenue[1] = rate * own * priced
    gap = require_adding_up(
        burden.total, revenue[[0, 2, 3]].sum(), float(np.abs(revenue).sum()) or 1.0, "burden and revenue"
    )
    return _result(
        system, (charged.price, revenue, burden, gap), (price, account, priced, border, pass_through)
    )


@dataclass(frozen=True, eq=False)
class Charged:
    """Prices and revenue.

    Attributes
    ----------
    price
        Change of the price that buyers inside meet for each product (n,).
    revenue
        By `REVENUE` and region that collects (4, R).
    """

    price: Array
    revenue: Array


def without_border(system: System, tariff: Tariff, pass_through: float) -> tuple[Charged, Burden]:
    """Return prices, revenue and burden where costs run freely along the chain."""
    x = system.arrays.x
    R, n = len(system.regions), x.size
    price, borne = passed_on(system.leontief, tariff.own, pass_through)
    none = np.zeros((len(system.sectors), R) if system.imports == "product" else (R,))
    users = users_burden(system, np.broadcast_to(price, (R, n)), none)
    burden = Burden(users, outside_burden(system, price, price), borne * x.ravel())
    revenue = np.zeros((4, R))
    revenue[0] = (tariff.own.reshape(x.shape) * x).sum(axis=1)
    return Charged(price, revenue), burden


def with_border(system: System, tariff: Tariff, pass_through: float) -> tuple[Charged, Burden]:
    """Return prices, revenue and burden where what crosses the border is charged or paid back."""
    x, N = system.arrays.x.ravel(), len(system.sectors)
    inside = np.repeat(tariff.priced, N)
    P = np.flatnonzero(inside)
    incoming = np.zeros_like(x)
    from_others = system.leontief.A.T @ np.where(inside, 0.0, tariff.border)
    incoming[P] = (from_others + _import_charge(system, tariff))[P]
    own = system.leontief if inside.all() else _operator(system, P)
    price, absorbed = np.array(tariff.border), np.zeros_like(x)
    price[P], borne = passed_on(own, tariff.own[P] + incoming[P], pass_through)
    absorbed[P] = borne * x[P]
    abroad = tariff.abroad[:, np.newaxis] if system.imports == "product" else tariff.abroad.mean()
    users = users_burden(system, price * tariff.priced[:, np.newaxis], abroad * tariff.priced)
    kept = np.where(inside, price, 0.0)
    burden = Burden(users, outside_burden(system, np.zeros_like(x), kept), absorbed)
    revenue = border_revenue(system, tariff, incoming * x, kept)
    revenue[2] += users[N].sum(axis=1)
    return Charged(price, revenue), burden


def border_revenue(system: System, tariff: Tariff, incoming: Array, kept: Array) -> Array:
    """Return revenue by `REVENUE` and region (4, R), without that from imported final goods.

    Parameters
    ----------
    system
        The table.
    tariff
        What is charged.
    incoming
        Charges on inputs that producers buy over the border (n,).
    kept
        Price change inside the border, zero outside (n,): what is paid back on goods that leave.
    """
    arrays = system.arrays
    R, N = arrays.x.shape
    x, bought = arrays.x.ravel(), arrays.Y.sum(axis=3).reshape(R * N, R)
    outside = np.repeat(~tariff.priced, N)
    leaving = system.leontief.A @ np.where(outside, x, 0.0) + bought @ ~tariff.priced
    if arrays.exports is not None:
        leaving = leaving + arrays.exports.ravel()
    revenue = np.zeros((4, R))
    revenue[0] = (tariff.own * x).reshape(R, N).sum(axis=1)
    charged = np.where(outside, tariff.border, 0.0) @ bought * tariff.priced
    revenue[2] = incoming.reshape(R, N).sum(axis=1) + charged
    revenue[3] = -(kept * leaving).reshape(R, N).sum(axis=1)
    return revenue


# -- questions --------------------------------------------------------------------------------------------


def _operator(system: System, P: NDArray[np.intp]) -> Leontief:
    """Return the operator of the regions with the price."""

    def row_name(row: int) -> str:
        return system.labels.row_name(int(P[row]))

    part = submatrix(system.leontief.A, P, P)
    return subsystem(part, len(system.sectors), row_name, "the regions with the price on their own")


def _rate(system: System, price: float, account: str) -> float:
    """Return the price in money of the table per unit of the account of the table."""
    require_number(price, "price")
    return price * parse_unit(system.account(account).unit).scale / parse_unit(system.unit).scale


def _tariff(
    system: System,
    account: str,
    rate: float,
    priced: NDArray[np.bool_],
    at_border: tuple[Border, ArrayLike | None],
) -> Tariff:
    """Return what is charged on own flows, at the border, and on imports from abroad."""
    border, imports = at_border
    N = len(system.sectors)
    x = system.arrays.x
    f = system.account(account).intensity(x).ravel()
    own = rate * f * np.repeat(priced, N)
    if border is None:
        if imports is not None:
            raise DataError(
                "The content of imports matters with a border adjustment only.",
                remedy="give border='direct' or 'embodied', or leave imports= out",
            )
        return Tariff(own, np.zeros_like(own), np.zeros(N), priced)
    content = f if border == "direct" else np.asarray(system.leontief.solve_left(f))
    if imports is not None:
        if system.imports == "none":
            raise MissingDataError(
                "The table holds no imports, so their content cannot be charged.",
                remedy="leave imports= out, or take a table with imports",
            )
        abroad = own_array("content of imports", imports, ("sector",), system.labels)
    else:
        total = x.sum(axis=0)
        mean = (content.reshape(x.shape) * x).sum(axis=0)
        abroad = ratio(mean, total)
        if system.imports == "row":
            # One row of imports has no products: all are charged the mean of all products.
            abroad = np.full(N, float(mean.sum() / total.sum()))
    return Tariff(own, rate * content, rate * abroad, priced)


def _import_charge(system: System, tariff: Tariff) -> Array:
    """Return the charge on imported inputs per unit of output (n,)."""
    arrays = system.arrays
    x = arrays.x.ravel()
    if arrays.imports_Z is not None:
        charge = np.einsum("i,isj->sj", tariff.abroad, arrays.imports_Z).ravel()
    else:
        charge = float(tariff.abroad.mean()) * arrays.imports_by_user.ravel()
    return ratio(charge, x)


def _result(
    system: System,
    numbers: tuple[Array, Array, Burden, float],
    asked: tuple[float, str, NDArray[np.bool_], Border, float],
) -> CarbonPrice:
    """Put prices, revenue and burden on labels."""
    price, revenue, burden, gap = numbers
    amount, account, priced, border, pass_through = asked
    unit, money = parse_unit(system.account(account).unit), parse_unit(system.unit)
    what = f"{amount:g} {money.base} per {unit.base}"
    where = ", ".join(name for name, yes in zip(system.regions, priced, strict=True) if yes)
    sheet = Sheet(revenue_part=REVENUE, **burden_coords(system))
    text = "relative change of the price that buyers meet"
    if border is not None:
        text += " where the price is set; elsewhere prices do not change"
    sheet.put("price_change", price, ("region", "sector"), "1", text)
    text = "revenue by who pays and region that collects"
    sheet.put("revenue", revenue, ("revenue_part", "region"), system.unit, text)
    put_burden(sheet, system, burden)
    return CarbonPrice(
        sheet.dataset(
            system,
            f"Price on {account}, {what}",
            "what final users, buyers abroad, stocks and sellers bear adds up to revenue from producers and "
            "at the border; final users pay for their own flows on top",
            f"burden and revenue: gap {gap:.1e}",
            what=what,
            account=account,
            priced_regions=where,
            border=border or "none",
            pass_through=pass_through,
        )
    )


class CarbonPrice(PriceMeasure):
    """Prices, revenue and burden of a price on an account. Made by `mrio.carbon_price`."""

    kind: ClassVar[str] = "carbon_price"

    def revenue(self) -> pd.DataFrame:
        """Return revenue by region that collects it (rows) and who pays, with the total."""
        table = as_table(self.data["revenue"], "region", "revenue_part").rename_axis(columns=None)
        table["total"] = table.sum(axis=1)
        return table

    def by_region(self) -> pd.DataFrame:
        """Return who bears the costs, households' own flows included; adds up to all revenue."""
        table = super().by_region()
        own = self.data["revenue"].sel(revenue_part="households").values
        table.insert(1, f"final users for own flows [{self.unit('burden')}]", own)
        return table

    def exported(self) -> pd.DataFrame:
        """Return what each region collects against what its own users bear.

        Returns
        -------
        DataFrame
            ``collected``, ``borne`` by final users of the region, and ``exported``: what others pay for it on
            balance.
        """
        unit = self.unit("burden")
        collected = self.revenue()["total"]
        borne = self.by_region().iloc[:, :2].sum(axis=1)
        columns = {f"collected [{unit}]": collected, f"borne [{unit}]": borne}
        return pd.DataFrame(columns).assign(**{f"exported [{unit}]": collected - borne})
