"""How much of a change in current prices is a change of prices."""

from __future__ import annotations

import pandas as pd

from mrio.change.result import ALL_REGIONS, Decomposition
from mrio.errors import DataError, LabelError
from mrio.numerals import short
from mrio.units import parse_price_basis

PRICE = "price"
SHARE = "price share"


def compare_prices(
    current: Decomposition, constant: Decomposition, account: str | None = None, region: str | None = None
) -> pd.DataFrame:
    """Set a decomposition in current prices beside the same one in constant prices.

    The difference of the two is what prices did: to every effect, and to the whole change.

    Parameters
    ----------
    current, constant
        The same additive decomposition of the same periods, of tables in current prices and of tables in
        constant prices of one year (`System.deflate`).
    account
        Name of the account; the first when left out.
    region
        One region; all together when left out.

    Returns
    -------
    DataFrame
        One row an effect and the total change. Columns: ``current prices``, ``constant prices of <year>``,
        ``price`` (their difference) and ``price share`` (of the total change in current prices). The sentence
        to go with it is in ``.attrs["note"]``.

    Raises
    ------
    DataError
        When the two are not the same decomposition, or not in current and in constant prices.

    Examples
    --------
    >>> import mrio
    >>> import pandas as pd
    >>> bth = mrio.load_example("bth")
    >>> a, b = bth["2007"], bth["2012"]
    >>> index = pd.DataFrame({name: [80.0, 100.0] for name in a.sectors}, index=["2007", "2012"])
    >>> prices = mrio.Deflator.from_table(index, source="made up")
    >>> current = mrio.decompose(a, b, spread=False)
    >>> constant = mrio.decompose(a.deflate(prices, "2012"), b.deflate(prices, "2012"), spread=False)
    >>> mrio.compare_prices(current, constant).columns.tolist()
    ['current prices', 'constant prices of 2012', 'price', 'price share']
    """
    other = [one for one in (current, constant) if not isinstance(one, Decomposition)]
    if other:
        raise DataError(
            "Two decompositions are compared, one in current and one in constant prices.",
            amount=f"got {type(other[0]).__name__}",
            remedy="decompose the tables once as they are and once deflated: a.deflate(deflator, year)",
        )
    name = current.account_of(account)
    year = _require_comparable(current, constant, name)
    column = ALL_REGIONS if region is None else region
    tables = [d.table(name) for d in (current, constant)]
    if column not in tables[0]:
        raise LabelError(f"There is no region {region!r}.", remedy=f"columns are {list(tables[0])}")
    first, second = (table[column] for table in tables)
    price = first - second
    whole = first.iloc[-1]
    result = pd.DataFrame(
        {
            "current prices": first,
            f"constant prices of {year}": second,
            PRICE: price,
            SHARE: price / whole if whole else price * float("nan"),
        }
    )
    unit, periods = current.data[name].attrs["units"], _periods(current)
    parts = [short(float(part.iloc[-1]), 5) for part in (first, price, second)]
    result.attrs["note"] = (
        f"{name} of {column}, {periods[0]} to {periods[1]}: of a change of {parts[0]} {unit} in current "
        f"prices, {parts[1]} ({result[SHARE].iloc[-1]:.1%}) is change of prices and {parts[2]} is change of "
        f"volume in prices of {year}."
    )
    return result


def _periods(d: Decomposition) -> tuple[str, str]:
    return str(d.data.attrs["period_0"]), str(d.data.attrs["period_1"])


def _require_comparable(current: Decomposition, constant: Decomposition, account: str) -> int | None:
    """Return the year of the constant prices, or raise unless the two differ in prices only."""
    bases = [parse_price_basis(str(d.data.attrs["price_basis_0"])) for d in (current, constant)]
    same = {
        "form": [d.form for d in (current, constant)],
        "method": [d.data.attrs["method"] for d in (current, constant)],
        "periods": [_periods(d) for d in (current, constant)],
        "factors": [d.factors(account) if account in d.accounts else None for d in (current, constant)],
        "unit": [
            d.data[account].attrs["units"] if account in d.accounts else None for d in (current, constant)
        ],
    }
    differing = [what for what, (left, right) in same.items() if left != right]
    if current.form != "additive":
        differing.append("form, which must be additive")
    if (bases[0].kind, bases[1].kind) != ("current", "constant"):
        differing.append(f"prices ({bases[0].text!r} and {bases[1].text!r} are not current and constant)")
    if differing:
        raise DataError(
            "Two decompositions cannot be set side by side.",
            where=f"{current.title} and {constant.title}",
            amount=f"they differ in {', '.join(differing)}" if differing else "",
            remedy="decompose the same periods, accounts and method, before and after System.deflate",
        )
    return bases[1].year
