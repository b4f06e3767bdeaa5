"""Energy balances: a bundled slice of the official ones, and the fuel that each sector burns by a balance."""

from __future__ import annotations

from typing import Final

import pandas as pd

from mrio import bundled
from mrio.errors import LabelError, UnitsError
from mrio.lowcarbon.inventory.tidy import KEYS, checked_rows

BALANCE_SOURCE: Final = (
    "China Energy Statistical Yearbook, regional energy balances of Beijing, Tianjin and Hebei 2014, by way "
    "of the LBL China Energy Databook v9 in the input data of GCAM-China, brought back from coal equivalent "
    "to tonnes and cubic metres by the coefficients used there (each number then has two decimals, as the "
    "yearbook prints)"
)

FINAL_USERS: Final = ("agriculture", "industry", "construction", "urban households", "rural households")
BALANCE_FLOWS: Final = (
    "final consumption",
    *FINAL_USERS,
    "industry, non-energy use",
    "thermal power",
    "heating supply",
)
"""Flows of an energy balance that say who burns what."""

_ROUNDING = 0.03
"""Largest gap of a balance printed to 0.01 that is rounding: five users and their sum."""


def load_energy_balance() -> pd.DataFrame:
    """Load a slice of the official energy balances of Beijing, Tianjin and Hebei of 2014.

    Returns
    -------
    pandas.DataFrame
        Tidy table: region, year, flow, fuel, value, unit; absent rows are zero. ``attrs["source"]`` says
        where it comes from. `mrio.lowcarbon.fuel_use_from_balance` makes energy use by sector of it.

    Examples
    --------
    >>> load_energy_balance().loc[0, ["region", "flow", "fuel", "unit"]].tolist()
    ['Beijing', 'final consumption', 'raw coal', '1e4 t']
    """
    table = pd.read_csv(bundled.path("lowcarbon/energy_balance_bth_2014.csv"))
    table.attrs["source"] = BALANCE_SOURCE
    return table


def fuel_use_from_balance(balance: pd.DataFrame) -> pd.DataFrame:
    """Return the fuel burnt by each sector from the flows of an energy balance.

    Industry burns its final consumption less the non-energy use; services burn what final consumption leaves
    after agriculture, industry, construction and households; power and heat plants burn their inputs.
    Transformation that does not burn (coking, refining, washing) is left out.

    Parameters
    ----------
    balance
        Tidy table: columns ``region``, ``year``, ``flow``, ``fuel``, ``value`` and ``unit``. Flows are
        ``final consumption``, ``agriculture``, ``industry``, ``industry, non-energy use``, ``construction``,
        ``urban households``, ``rural households``, ``thermal power`` and ``heating supply``; an absent row
        means zero.

    Returns
    -------
    pandas.DataFrame
        Tidy table of energy use, zero rows left out, as `co2_inventory` takes it.

    Raises
    ------
    LabelError, UnitsError, MissingDataError, DataError
        When flows are unknown, a fuel is stated in several units, rows are unusable, or households and
        sectors use more than final consumption.

    Examples
    --------
    >>> flows = {"final consumption": 100.0, "industry": 60.0, "industry, non-energy use": 10.0}
    >>> balance = pd.DataFrame({"flow": flows.keys(), "value": flows.values()})
    >>> balance = balance.assign(region="Hebei", year=2014, fuel="coal", unit="1e4 t")
    >>> fuel_use_from_balance(balance).set_index("sector")["value"].to_dict()
    {'industry': 50.0, 'services': 40.0}
    """
    keys = ("region", "year", "fuel", "flow")
    rows = checked_rows(balance, keys, "energy balance")
    index = ["region", "year", "fuel", "unit"]
    units = rows.groupby(index[:3], sort=False)["unit"].nunique()
    if (units > 1).any():
        raise UnitsError(
            "An energy balance states one fuel in several units.",
            where=" | ".join(map(str, units.index[units > 1][0])),
            amount=f"{int((units > 1).sum())} fuels",
            remedy="bring all flows of a fuel to one unit",
        )
    wide = rows.pivot_table(index=index, columns="flow", values="value", aggfunc="first", sort=False)
    wide = wide.fillna(0.0)
    unknown = sorted(set(wide.columns) - set(BALANCE_FLOWS))
    if unknown:
        raise LabelError(
            f"The energy balance has a flow {unknown[0]!r} that is not known.",
            remedy=f"flows are {', '.join(map(repr, BALANCE_FLOWS))}",
        )
    wide = wide.reindex(columns=BALANCE_FLOWS, fill_value=0.0)
    rest = wide["final consumption"] - wide[list(FINAL_USERS)].sum(axis=1)
    burnt = wide[list(FINAL_USERS)].assign(
        industry=wide["industry"] - wide["industry, non-energy use"],
        services=rest.where(rest.abs() > _ROUNDING + 1e-9, 0.0),
        power_and_heat=wide["thermal power"] + wide["heating supply"],
    )
    burnt = burnt.rename(columns={"power_and_heat": "power and heat"})
    tidy = burnt.reset_index().melt(id_vars=index, var_name="sector", value_name="value")
    return checked_rows(tidy[tidy["value"] != 0.0], KEYS, "fuel use")
