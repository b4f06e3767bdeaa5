"""A multi-regional table brought to another year by known margins and national cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from mrio.building.base_year import BaseYear, UpdateRule, base_year
from mrio.building.constraints import Constraints
from mrio.building.purchases import fit_imports, fit_purchases
from mrio.building.sourcing import fit_sourcing
from mrio.errors import BalanceError
from mrio.provenance import CellGroup, Provenance
from mrio.tables import System
from mrio.tables.arrays import ratio

Array = npt.NDArray[np.float64]

HEADLINE = "updated by mrio from a table of another year"
"""Shown wherever updated numbers appear."""


def update(
    system: System, *, period: str, constraints: Constraints, rule: UpdateRule | None = None
) -> System:
    """Update a table to another year.

    Steps, each in the provenance with how much it moved the numbers:

    1. Purchases of all origins: prior = own_weight * own base-year coefficients + (1 - own_weight) * national
       coefficients of the year; fitted to the totals of every buyer (output less primary inputs; final
       demand) and to national cells, or to product totals where cells are not given (`ipf`).
    2. Products whose national uses and supply still differ: the difference goes into the discrepancy, by
       output.
    3. Imports: prior = purchases times base-year import shares; fitted to imports by region and national
       import cells where given, nowhere more than the purchase.
    4. Sourcing: the origins of the base year for every buyer, fitted to supply (output less exports,
       inventories and discrepancy) and to domestic purchases (`gras`).

    Parameters
    ----------
    system
        Table of the base year; imports by product or none.
    period
        Name of the new period.
    constraints
        What is known of it.
    rule
        How the base year enters; `UpdateRule()` by default.

    Returns
    -------
    System
        Output, primary inputs, final-demand totals, exports and inventories as given; national cells met;
        net flows decided by supply and use alone.

    Raises
    ------
    DataError, MissingDataError
        Constraints that do not fit the table; imports known only as one row; supply below zero.
    BalanceError, ConvergenceError
        Primary inputs above output; regional margins that do not add up to national cells; margins that
        cannot be met.

    Examples
    --------
    >>> import mrio
    >>> base = mrio.System.from_arrays(
    ...     regions=["A", "B"], sectors=["goods"], demand=["final"],
    ...     Z=[[20, 10], [10, 30]], Y=[[50, 20], [10, 60]], V=[70, 70],
    ...     unit="1e8 CNY", price_basis="current 2012 CNY", period="2012")
    >>> later = update(base, period="2017", constraints=Constraints(
    ...     x=[[110], [110]], price_basis="current 2017 CNY"))
    >>> later.Z.sum().round(6).item(), later.x.values.ravel().round(6).tolist()
    (73.0, [110.0, 110.0])
    """
    rule = rule or UpdateRule()
    base = base_year(system)
    given = constraints.arrays(
        {
            "R": len(system.regions),
            "N": len(system.sectors),
            "K": len(system.demand),
            "M": len(system.factors),
        }
    )
    provenance = replace(system.provenance, headline=HEADLINE).with_step(
        "updated", base=system.period, period=period, given=sorted(given), source=constraints.source
    )
    known = _filled(system, base, given)
    use, known, provenance = fit_purchases(base, known, rule, provenance)
    imported, provenance = fit_imports(base, use, known, rule, provenance)
    fitted, provenance = fit_sourcing(base, use - imported, known, rule, provenance)
    provenance = replace(provenance, groups=_groups(given, constraints.source))
    return _updated(system, period, constraints, known, (fitted, imported), provenance)


def _filled(system: System, base: BaseYear, given: Mapping[str, Array]) -> dict[str, Array]:
    """Return what is given, and what is left out from the base year per unit of output."""
    known, x, arrays = dict(given), given["x"], system.arrays
    for name in ("exports", "stock_change"):
        before = getattr(arrays, name)
        if name not in known:
            known[name] = np.zeros_like(x) if before is None else x * ratio(before, base.x)
    known.setdefault("discrepancy", np.zeros_like(x))
    if "V" not in known:
        national = ratio(arrays.V.sum(axis=1), base.x.sum(axis=0))
        own = np.where(base.x > 0, ratio(arrays.V, base.x), national[:, None, :])
        known["V"] = own * x
    room = x - known["V"].sum(axis=0)
    bad = room < -1e-9 * x
    if bad.any():
        places = np.argwhere(bad).tolist()
        table = pd.DataFrame(
            {
                "region": [system.regions[r] for r, _ in places],
                "sector": [system.sectors[j] for _, j in places],
                "output": x[bad],
                "primary inputs": (x - room)[bad],
            }
        )
        raise BalanceError(
            "Primary inputs are more than output.",
            where=f"{table['region'].iloc[0]} | {table['sector'].iloc[0]}"
            + (f" and {len(table) - 1} more" if len(table) > 1 else ""),
            amount=f"{table['primary inputs'].iloc[0]:.8g} of {table['output'].iloc[0]:.8g} [{system.unit}]",
            remedy="cap primary inputs below output, and move the excess to other regions of the sector",
            table=table,
        )
    return known


def _updated(
    system: System,
    period: str,
    constraints: Constraints,
    known: Mapping[str, Array],
    purchases: tuple[Array, Array],
    provenance: Provenance,
) -> System:
    """Return the table of the new period from purchases by origin and imported purchases."""
    fitted, imported = purchases
    N = len(system.sectors)
    flows = fitted.transpose(1, 0, 2, 3)
    has_imports = system.imports == "product" or known["product_imports"].any()
    return System.from_arrays(
        regions=system.regions,
        sectors=system.sectors,
        demand=system.demand,
        factors=system.factors,
        Z=flows[..., :N],
        Y=flows[..., N:],
        V=known["V"],
        x=known["x"],
        exports=known["exports"],
        stock_change=known["stock_change"],
        discrepancy=known["discrepancy"],
        imports_Z=imported[:, :, :N].transpose(1, 0, 2) if has_imports else None,
        imports_Y=imported[:, :, N:].transpose(1, 0, 2) if has_imports else None,
        accounts=constraints.accounts,
        population=known.get("population"),
        population_unit=system.population_unit,
        unit=system.unit,
        price_basis=constraints.price_basis or system.price_basis,
        period=period,
        scenario=system.scenario,
        provenance=provenance,
    )


def _groups(given: Mapping[str, Array], source: str) -> dict[str, CellGroup]:
    """Return what of the updated table is given and what is estimated."""
    groups = {name: CellGroup("fact", source, "as given for the update") for name in sorted(given)}
    groups["purchases by region of origin"] = CellGroup("estimated", HEADLINE, "base-year sourcing, fitted")
    groups["purchases by region and buyer"] = CellGroup("estimated", HEADLINE, "base-year structure, fitted")
    for name in ("V", "final_demand", "exports", "imports", "stock_change"):
        if name not in given:
            groups[name] = CellGroup(
                "estimated", HEADLINE, "left out, taken from the base year in proportion"
            )
    return groups
