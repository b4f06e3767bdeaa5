r"""Kaya identities and their decomposition by the logarithmic mean Divisia index (LMDI-I).

.. math::
   C = \sum_i \prod_x x_i, \qquad
   \Delta C_x = \sum_i L(C_i^1, C_i^0) \ln \frac{x_i^1}{x_i^0}, \qquad
   L(a, b) = \frac{a - b}{\ln a - \ln b}

Effects add up to the change without residual. Zeros follow the analytical limits (Wood and Lenzen 2006): when
a factor of a term vanishes, that factor takes the whole change of the term. Several factors that vanish
together share it equally, which is the limit for equally small replacements.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import DataError, LabelError, MissingDataError
from mrio.logmean import log_mean, product_effects
from mrio.lowcarbon.choices import require_choice
from mrio.lowcarbon.frames import as_frame, numeric_columns, row_labels
from mrio.lowcarbon.pictures import KayaPictures
from mrio.results import Result, require_adding_up
from mrio.tables import System
from mrio.tables.arrays import Array

Form = Literal["additive", "multiplicative"]


class KayaDecomposition(Result):
    """Effects of the factors of a Kaya identity, by term. Made by `kaya_lmdi`."""

    kind: ClassVar[str] = "kaya_decomposition"

    @property
    def effects(self) -> pd.Series[float]:
        """Effect of each factor: additive [unit of the total], or multiplicative [1]."""
        return self.data["effect_total"].to_series().rename("effect")

    @property
    def by_term(self) -> pd.DataFrame:
        """Additive effects by term (carriers) and factor."""
        return as_frame(self.data["effect_of_term"], "term", "factor")

    @property
    def total(self) -> float:
        """Change of the total: the difference, or the ratio."""
        return float(self.data.attrs["change"])

    @property
    def plot(self) -> KayaPictures:
        """Pictures: ``plot.waterfall()``."""
        return KayaPictures(self)

    def to_dataframe(self) -> pd.DataFrame:
        """Return additive effects in long form: term, factor, value."""
        return self.data["effect_of_term"].to_series().rename("value").reset_index()

    def summary(self) -> pd.DataFrame:
        """Return the effects and the total they make."""
        table = self.effects.to_frame()
        table.loc["total"] = self.total
        return table


def kaya_lmdi(
    start: pd.DataFrame, end: pd.DataFrame, *, form: Form = "additive", unit: str = "as given"
) -> KayaDecomposition:
    """Decompose the change of a sum of products, for example of emissions by carrier (`kaya_factors`).

    Parameters
    ----------
    start, end
        One row a term (an energy carrier, a sector), one column a factor; the product of a row is the term.
    form
        ``"additive"``: effects add up to the change; ``"multiplicative"``: they multiply to the ratio, with
        weights L(C_i^1, C_i^0) / L(C^1, C^0).
    unit
        Unit of the terms.

    Returns
    -------
    KayaDecomposition
        Effects of the factors, residual zero.

    Raises
    ------
    LabelError, MissingDataError, DataError
        When terms or factors differ, numbers are missing or negative, or a ratio to zero is asked for.

    References
    ----------
    Ang 2015, Energy Policy 86:233-238, doi:10.1016/j.enpol.2015.07.007. Wood and Lenzen 2006, Energy Policy
    34:1326-1331, doi:10.1016/j.enpol.2004.11.010.

    Examples
    --------
    >>> import pandas as pd
    >>> start = pd.DataFrame({"population": [10.0], "per head": [2.0]}, index=["all"])
    >>> end = pd.DataFrame({"population": [12.0], "per head": [1.5]}, index=["all"])
    >>> kaya_lmdi(start, end).effects.round(4).to_dict()
    {'population': 3.4609, 'per head': -5.4609}
    """
    require_choice("form", form, Form)
    x0, x1 = _factor_tables(start, end)
    additive = product_effects(x0.T, x1.T).T
    totals = x0.prod(axis=1).sum(), x1.prod(axis=1).sum()
    require_adding_up(
        additive.sum(axis=1), x1.prod(axis=1) - x0.prod(axis=1), max(totals), "effects make the change"
    )
    change = totals[1] - totals[0]
    effects = additive.sum(axis=0)
    if form == "multiplicative":
        if min(totals) <= 0:
            raise DataError("A ratio needs totals above zero.", remedy='use form="additive"')
        effects = np.exp(effects / log_mean(np.array(totals[1]), np.array(totals[0])))
        change = totals[1] / totals[0]
    units = {"additive": unit, "multiplicative": "1"}[form]
    data = xr.Dataset(
        {
            "effect_total": ("factor", effects, {"units": units, "long_name": "effect"}),
            "effect_of_term": (("term", "factor"), additive, {"units": unit, "long_name": "additive effect"}),
        },
        coords={"term": row_labels(start.index), "factor": list(map(str, start.columns))},
    )
    data.attrs = {
        "title": f"LMDI of {len(x0)} terms and {x0.shape[1]} factors, {form}",
        "form": form,
        "change": float(change),
        "checks": f"effects make the {'difference' if form == 'additive' else 'ratio'} of the totals exactly",
    }
    return KayaDecomposition(data)


def kaya_factors(
    energy: pd.Series[float], factor: pd.Series[float], activity: float, population: float | None = None
) -> pd.DataFrame:
    """Return the factors of the Kaya identity of one period by energy carrier.

    Parameters
    ----------
    energy
        Energy use by carrier [any energy unit].
    factor
        Emission factor of each carrier [emission per unit of energy].
    activity
        Output or value added [money], above zero.
    population
        Population; when given, activity is split into ``population`` and ``activity`` per head.

    Returns
    -------
    pandas.DataFrame
        Columns ``population`` (where given), ``activity``, ``intensity`` (energy per activity), ``mix``
        (share of the carrier) and ``factor``; the product of a row is the emission of the carrier.

    Raises
    ------
    LabelError, MissingDataError, DataError
        When the carriers differ, numbers are missing or negative, or activity, population or all energy is
        zero.

    Examples
    --------
    >>> import pandas as pd
    >>> carriers = ["coal", "gas"]
    >>> factor = pd.Series([1.9, 1.6], index=carriers)
    >>> start = kaya_factors(pd.Series([50.0, 20.0], index=carriers), factor, 80.0)
    >>> end = kaya_factors(pd.Series([20.0, 55.0], index=carriers), factor, 130.0)
    >>> kaya_lmdi(start, end).total
    -1.0
    """
    if list(energy.index) != list(factor.index):
        raise LabelError(
            "Energy and factors name different carriers.",
            amount=f"{list(energy.index)[:4]} and {list(factor.index)[:4]}",
            remedy="give both for the same carriers in the same order",
        )
    given = pd.DataFrame({"energy": energy, "factor": factor})
    use = numeric_columns(given, ["energy"], "energy use")[:, 0]
    factors = numeric_columns(given, ["factor"], "table of emission factors")
    if min(use.min(initial=0.0), factors.min(initial=0.0)) < 0:
        raise DataError(
            "Energy use or an emission factor is negative.",
            amount=f"smallest {use.min():g} and {factors.min():g}",
            remedy="give what is burnt, zero or more; a carrier not used is a zero",
        )
    total = float(use.sum())
    # Written so that what is no number fails too.
    if not all(0 < value < np.inf for value in (activity, total, 1.0 if population is None else population)):
        raise DataError(
            "Activity, population and total energy must be above zero.",
            amount=f"activity {activity}, population {population}, energy {total}",
            remedy="give finite numbers above zero, and leave population out where it is not known",
        )
    columns = {} if population is None else {"population": float(population)}
    per_head = activity if population is None else activity / population
    columns |= {"activity": per_head, "intensity": total / activity}
    return pd.DataFrame({**columns, "mix": energy / total, "factor": factor}, index=energy.index)


def kaya_by_sector(system: System, account: str, region: str | None = None) -> pd.DataFrame:
    """Return the factors of the Kaya identity of a table by sector.

    Parameters
    ----------
    system
        The table.
    account
        Satellite account, for example ``"co2"``; flows of final users themselves are left out.
    region
        One region; all when left out.

    Returns
    -------
    pandas.DataFrame
        One row a region and sector, columns ``population`` and ``output per head`` (or ``output``, where the
        table knows no population), ``structure`` (share of the sector in the output of the region) and
        ``intensity`` (account per output); the product of a row is the flow of the sector. Compare tables in
        constant prices, or prices move between intensity and structure.

    Raises
    ------
    LabelError
        When region or account are unknown.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> start, end = (kaya_by_sector(tables[name], "co2", "HE") for name in ("0", "1"))
    >>> list(kaya_lmdi(start, end, unit="Mt CO2").effects.index)
    ['population', 'output per head', 'structure', 'intensity']
    """
    if region is not None and region not in system.regions:
        raise LabelError(
            f"The table has no region {region!r}.", remedy=f"regions are {', '.join(system.regions)}"
        )
    x, flows = system.arrays.x, system.account(account).values
    total = x.sum(axis=1, keepdims=True)
    index = pd.MultiIndex.from_product([system.regions, system.sectors], names=["region", "sector"])
    people = system.arrays.population
    if people is None:
        columns = {"output": total}
    else:
        columns = {"population": people[:, np.newaxis], "output per head": total / people[:, np.newaxis]}
    columns["structure"] = np.divide(x, total, out=np.zeros_like(x), where=total > 0)
    columns["intensity"] = np.divide(flows, x, out=np.zeros_like(x), where=x > 0)
    filled = {name: np.broadcast_to(values, x.shape).ravel() for name, values in columns.items()}
    table = pd.DataFrame(filled, index=index)
    return table if region is None else table.loc[[region]].droplevel("region")


def _factor_tables(start: pd.DataFrame, end: pd.DataFrame) -> tuple[Array, Array]:
    """Return both tables of factors as arrays (n, m), checked."""
    if start.empty:
        raise MissingDataError(
            "There are no terms or no factors.", remedy="one row a term, one column a factor"
        )
    if list(start.columns) != list(end.columns) or list(start.index) != list(end.index):
        raise LabelError(
            "The two periods have different terms or factors.",
            amount=f"{list(start.index)} x {list(start.columns)} and {list(end.index)} x {list(end.columns)}",
            remedy="give both with the same rows and columns in the same order; a carrier not used is a zero",
        )
    tables = [numeric_columns(part, list(part.columns), "table of factors") for part in (start, end)]
    if min(part.min() for part in tables) < 0:
        raise DataError(
            "A factor is negative.",
            remedy="logarithmic means need factors of zero or more; use shapley effects",
        )
    return tables[0], tables[1]
