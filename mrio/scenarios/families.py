"""Ready families of scenarios: the levers that studies of Beijing-Tianjin-Hebei and of green growth ask for.

Each function returns a `Scenario` and documents its assumptions. Shares and amounts are assumptions of the
user, no forecasts. Sector names default to those of the common 39 sectors; give others for other tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from itertools import product as cartesian

import numpy as np
import xarray as xr

from mrio.errors import DataError
from mrio.parameters import require_factor, require_number, require_share
from mrio.scenarios.scenario import Scenario
from mrio.scenarios.shock import Names
from mrio.scenarios.sourcing import Uses

COAL = "Coal mining"
FUEL = "Petroleum, coking, nuclear fuel"
POWER = "Electricity and heat"
ENERGY = (POWER, "Gas supply", FUEL, COAL)
HOUSEHOLDS = ("Rural households", "Urban households")
SERVICES = (
    "Wholesale and retail",
    "Accommodation and catering",
    "Information services",
    "Finance",
    "Real estate",
    "Leasing and business services",
    "Education",
    "Health and social work",
    "Culture, sports, entertainment",
    "Public administration",
)
GREEN_MIX = {"Electrical machinery": 0.45, "Construction": 0.35, "General and special equipment": 0.2}
"""Illustrative mix of an investment in wind and solar power: equipment, building, other machinery."""


def energy_structure(
    share: float,
    *,
    region: Names = None,
    account: str = "co2",
    coal_part: float = 1.0,
    coal: str = COAL,
    power: str = POWER,
) -> Scenario:
    """Let power plants give up a share of their coal for sources without fuel (wind, sun, water).

    Parameters
    ----------
    share
        Share of coal given up [1].
    region
        Regions of the power plants; all when left out.
    account
        Account of emissions.
    coal_part
        Part of the sector's emissions that comes from coal [1].
    coal, power
        Names of the sectors.

    Notes
    -----
    Assumptions: what is saved on coal pays for capital (value added of the sector), intensity falls by
    ``share * coal_part``, prices and trade in power stay. The plants themselves are not built in this
    scenario: add `green_investment`.

    Examples
    --------
    >>> energy_structure(0.3, region="Hebei").name
    'energy structure'
    """
    require_share(share)
    require_share(coal_part, "coal_part")
    return (
        Scenario("energy structure")
        .scale_technology(1 - share, product=coal, region=region, sector=power)
        .scale_intensity(account, 1 - share * coal_part, region=region, sector=power)
    )


def transport(
    share: float,
    *,
    region: Names = None,
    account: str = "co2",
    worth: float = 1.0,
    households: Names = HOUSEHOLDS,
    fuel: str = FUEL,
    power: str = POWER,
    carriers: str = "Transport, storage, post",
) -> Scenario:
    """Electrify transport: a share of its fuel is replaced by electricity.

    Parameters
    ----------
    share
        Share of fuel replaced [1].
    region
        Regions that electrify; all when left out.
    account
        Account of emissions.
    worth
        Spending on electricity for one of fuel [1].
    households
        Final-demand categories that replace motor fuel as well; an empty list for none.
    fuel, power, carriers
        Names of the sectors.

    Notes
    -----
    Assumptions: emissions per output of carriers fall with their fuel; electricity comes from where the buyer
    takes it already. With ``worth=1`` as much money goes to power as went to fuel: motors need less energy
    than engines, so this overstates the power needed, and emissions of the chain can rise. Households' own
    emissions stay (scale them with ``direct=True`` where the table has them), and with ``worth`` other than 1
    households spend more or less.

    Examples
    --------
    >>> len(transport(0.2).shocks)
    3
    """
    require_share(share)
    scenario = (
        Scenario("transport")
        .substitute(fuel, power, share, worth=worth, region=region, sector=carriers)
        .scale_intensity(account, 1 - share, region=region, sector=carriers)
    )
    if not households:
        return scenario
    return scenario.substitute(
        fuel, power, share, worth=worth, region=region, categories=households, uses="final"
    )


def buildings(
    saving: float,
    *,
    region: Names = None,
    energy: Names = ENERGY,
    services: Names = SERVICES,
    households: Names = HOUSEHOLDS,
) -> Scenario:
    """Save energy in buildings: households and services need less of it for the same purpose.

    Parameters
    ----------
    saving
        Share of energy purchases saved [1].
    region
        Regions that save; all when left out.
    energy
        Products that count as energy.
    services
        Sectors whose energy is used in buildings.
    households
        Final-demand categories that live in them.

    Notes
    -----
    Assumptions: what services save becomes value added, what households save is not spent (no rebound), own
    emissions of both stay (add ``scale_intensity``), and refurbishment is not built here (add ``invest``).

    Examples
    --------
    >>> len(buildings(0.1).shocks)
    2
    """
    require_share(saving, "saving")
    return (
        Scenario("buildings")
        .scale_technology(1 - saving, product=energy, region=region, sector=services)
        .scale_demand(1 - saving, product=energy, region=region, category=households)
    )


def industrial_transfer(
    direct: xr.DataArray,
    strength: float = 1.0,
    *,
    regions: Names = None,
    products: Names = None,
    least: float = 0.0,
) -> Scenario:
    """Continue a measured industrial transfer, or reverse it.

    Parameters
    ----------
    direct
        Volumes of a measured transfer (use, from_region, to_region, sector) [money], `Transfer.direct`.
    strength
        1 moves the same volumes once more, 0.5 half of them, -1 moves them back.
    regions
        Move only between these regions (and abroad, if named); all when left out.
    products
        Move only these products; all when left out.
    least
        Leave out volumes below this amount [money].

    Notes
    -----
    Assumptions: each volume is spread over the buyers of the loser in proportion to what they buy, and is
    counted in the money of the table it is applied to. Only net volumes between two regions move, so that
    opposite moves do not pile up. Where a region sells less than it would have to give up, the scenario
    raises: make `strength` smaller.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> t = mrio.measure_transfer(tables["0"], tables["1"])
    >>> back = industrial_transfer(t.direct, -0.1, regions=["TJ", "HE"])
    >>> back.name
    'industrial transfer reversed'
    """
    require_number(strength, "strength")
    if strength == 0:
        raise DataError(
            "A transfer of no strength moves nothing.",
            amount="strength = 0",
            remedy="give 1 to continue, -1 to reverse",
        )
    require_factor(least, "least")
    if not np.isfinite(direct).all():
        raise DataError(
            "Volumes of the transfer are no finite numbers.",
            amount=f"{int((~np.isfinite(direct)).sum())} cells",
            remedy="give Transfer.direct as measured",
        )
    listed = [regions] if isinstance(regions, str) else regions
    chosen = [str(name) for name in direct["from_region"].values if listed is None or name in listed]
    wanted = [products] if isinstance(products, str) else products
    goods = [str(name) for name in direct["sector"].values if wanted is None or name in wanted]
    name = "industrial transfer continued" if strength > 0 else "industrial transfer reversed"
    scenario = Scenario(name)
    uses: tuple[Uses, ...] = ("intermediate", "final")
    for use, (start, end), good in cartesian(uses, combinations(chosen, 2), goods):
        flows = direct.sel(use=use, sector=good)
        forth = flows.sel(from_region=start, to_region=end).item()
        volume = strength * (forth - flows.sel(from_region=end, to_region=start).item())
        if abs(volume) > least:
            pair = (start, end) if volume > 0 else (end, start)
            scenario = scenario.shift_sourcing(good, *pair, volume=abs(volume), uses=use)
    return scenario


def circular_inputs(
    share: float,
    *,
    region: Names = None,
    worth: float = 1.0,
    virgin: str = "Metal ore mining",
    recycled: str = "Other manufacturing, scrap, repair",
    users: Names = "Smelting and pressing of metals",
    account: str = "co2",
    saving: float = 0.0,
) -> Scenario:
    """Replace virgin material by recycled material.

    Parameters
    ----------
    share
        Share of virgin material replaced [1].
    region
        Regions of the users; all when left out.
    worth
        Spending on recycled for one of virgin material [1].
    virgin, recycled, users
        Names of the products and of the sectors that use them.
    account
        Account of emissions.
    saving
        By how much emissions per output fall when all virgin material is replaced [1]; a number of process
        engineering, 0 for the effect of the chain alone.

    Examples
    --------
    >>> circular_inputs(0.2).name
    'circular inputs'
    """
    require_share(saving, "saving")
    scenario = Scenario("circular inputs").substitute(
        virgin, recycled, share, worth=worth, region=region, sector=users
    )
    if saving:
        scenario = scenario.scale_intensity(account, 1 - share * saving, region=region, sector=users)
    return scenario


def green_investment(
    amount: float, region: str, *, mix: Mapping[str, float] = GREEN_MIX, category: str | None = None
) -> Scenario:
    """Invest in equipment for clean energy.

    Parameters
    ----------
    amount
        Additional fixed capital formation [money of the table].
    region
        Region that invests.
    mix
        Share of each product [1]; the default is illustrative, no statistic.
    category
        Final-demand category of fixed capital formation; found by its name when left out.

    Notes
    -----
    Assumptions: the money is new and displaces nothing, and capacity built has no effect on later production.

    Examples
    --------
    >>> green_investment(100, "Hebei").name
    'green investment'
    """
    return Scenario("green investment").invest(amount, region, mix=mix, category=category)


def carbon_price(
    price: float, *, account: str = "co2", elasticity: float | Mapping[str, float] | None = None
) -> Scenario:
    """Price the emissions of all producers; see `mrio.carbon_price` for prices and revenue.

    Parameters
    ----------
    price
        Price of a tonne in the currency of the table.
    account
        Account of emissions, in a unit of mass.
    elasticity
        Price elasticity of final demand [1], one or by product; without one nobody buys less.

    Examples
    --------
    >>> carbon_price(100, elasticity=-0.4)
    <Scenario 'carbon price'>
      1. co2 of all producers costs 100 a tonne, and final users buy less of what is dearer
    """
    return Scenario("carbon price").carbon_price(price, account, elasticity=elasticity)
