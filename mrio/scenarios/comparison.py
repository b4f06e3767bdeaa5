"""Compare runs: levels, differences and per cent by region, sector and class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
import xarray as xr

from mrio.classification import class_of_sector
from mrio.errors import LabelError
from mrio.lowcarbon.change.cocontrol import CoControl, co_control
from mrio.lowcarbon.change.tapio import Decoupling, decoupling_from
from mrio.measures.measure import all_accounts, intensities
from mrio.results.accounts import AccountResult
from mrio.scenarios.pictures import ComparisonPictures
from mrio.scenarios.run import BASELINE
from mrio.tables import System, Systems

DIRECT = "_direct"

Of = Literal["level", "difference", "percent"]


class Comparison(AccountResult):
    """Output and accounts of several runs beside each other. Made by `mrio.compare`.

    Signs are gains against the run it is relative to. Accounts with flows of final users themselves (for
    example household fuels) count these in totals and by region, and not by sector.
    """

    kind: ClassVar[str] = "comparison"

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the runs, the one that others are compared with among them."""
        return tuple(map(str, self.data["scenario"].values))

    @property
    def relative_to(self) -> str:
        """Name of the run that others are compared with."""
        return str(self.data.attrs["relative_to"])

    def unit(self, account: str) -> str:
        """Return the unit of an account."""
        return str(self.levels(account).attrs["units"])

    def levels(self, account: str) -> xr.DataArray:
        """Return an account in every run (scenario, region, sector)."""
        return self.data[self.account_of(account)]

    def difference(self, account: str) -> xr.DataArray:
        """Return what every run has more than the reference (scenario, region, sector)."""
        levels = self.levels(account)
        result = levels - levels.sel(scenario=self.relative_to, drop=True)
        return result.rename(f"difference of {account}").assign_attrs(levels.attrs)

    def percent(self, account: str) -> xr.DataArray:
        """Return differences in per cent of the reference (scenario, region, sector).

        NaN where the reference is zero.
        """
        base = self.levels(account).sel(scenario=self.relative_to, drop=True)
        result = 100 * self.difference(account) / base.where(base != 0)
        return result.rename(f"change of {account}").assign_attrs(units="%")

    def by_region(self, account: str, of: Of = "difference") -> pd.DataFrame:
        """Return an account by run and region, one row a run; flows of final users themselves included."""
        values = self.levels(account).sum("sector")
        if account + DIRECT in self.data:
            values = values + self.data[account + DIRECT]
        return self._table(values, of)

    def by_sector(self, account: str, of: Of = "difference", region: str | None = None) -> pd.DataFrame:
        """Return an account by sector and run, one row a sector, of one region or of all."""
        return self._table(self._over_regions(account, region), of).T

    def by_class(
        self,
        account: str,
        of: Of = "difference",
        region: str | None = None,
        classes: Mapping[str, str] | None = None,
    ) -> pd.DataFrame:
        """Return an account by class of industry and run, one row a class.

        Parameters
        ----------
        account
            Name of the account.
        of
            ``"difference"``, ``"percent"`` or ``"level"``.
        region
            One region, all when left out.
        classes
            Class of each sector; the classes of the common sectors when left out.
        """
        known = class_of_sector() if classes is None else classes
        values = self._over_regions(account, region)
        missing = [name for name in values["sector"].values if name not in known]
        if missing:
            raise LabelError(
                "Some sectors have no class.",
                where=", ".join(map(repr, missing)),
                remedy="give classes={sector: class}",
            )
        order = list(dict.fromkeys(known[name] for name in values["sector"].values))
        table = values.to_series().unstack("sector").rename(columns=known)
        summed = table.T.groupby(level=0).sum().T[order].loc[list(self.scenarios)]
        return self._of(summed, of).T.rename_axis("class")

    def summary(self) -> pd.DataFrame:
        """Return the change of every account in all regions together, one row a run."""
        columns: dict[str, Any] = {}
        for account in self.accounts:
            total = self.by_region(account, "level").sum(axis=1)
            base = total[self.relative_to]
            columns[f"{account} [{self.unit(account)}]"] = total - base
            columns[f"{account} [%]"] = 100 * (total - base) / base if base else np.nan
        return pd.DataFrame(columns).loc[[n for n in self.scenarios if n != self.relative_to]]

    def to_dataframe(self) -> pd.DataFrame:
        """Return everything in long form: account, scenario, region, sector, level, difference, unit."""
        frames = []
        for account in self.accounts:
            frame = self.levels(account).to_series().rename("level").reset_index()
            frame["difference"] = self.difference(account).to_series().to_numpy()
            frame.insert(0, "account", account)
            frames.append(frame.assign(unit=self.unit(account)))
        return pd.concat(frames, ignore_index=True)

    def co_control(self, pollutants: Iterable[str], carbon: str = "co2") -> CoControl:
        """Place every run in the plane of pollutants and carbon, against the run it is relative to.

        Parameters
        ----------
        pollutants
            Accounts of pollutants.
        carbon
            Account of carbon dioxide.

        Returns
        -------
        CoControl
            Relative changes, elasticities and quadrants, all regions together (`mrio.lowcarbon.co_control`).

        Raises
        ------
        LabelError, DataError
            When an account was not compared, or there is none of it in the reference.

        Examples
        --------
        >>> import mrio
        >>> table = mrio.load_example("illustrative")["1"]
        >>> table = table.replace(accounts={**table.accounts, "so2": (table.x.values * 1e-3, "kt SO2")})
        >>> less = mrio.Scenario("less").scale_demand(0.9)
        >>> runs = mrio.compare(mrio.run_scenarios(table, [less]), accounts=["so2", "co2"])
        >>> runs.co_control(["so2"]).summary()["meaning"].tolist()
        ['co-benefit']
        """
        names = [carbon, *pollutants]
        totals = pd.DataFrame({name: self.by_region(name, "level").sum(axis=1) for name in names})
        base = totals.loc[self.relative_to]
        return co_control(totals.drop(index=self.relative_to) - base, base, carbon=carbon)

    def decoupling(self, impact: str = "co2", *, of: str = "value_added") -> Decoupling:
        """Return the decoupling of an account from growth, every run against the one it is relative to.

        Parameters
        ----------
        impact
            Account of emissions.
        of
            Account of growth; all runs have the prices of the table.

        Returns
        -------
        Decoupling
            Elasticity and state of each run and region (`mrio.lowcarbon.decoupling`); not defined where a run
            changes no output.

        Raises
        ------
        LabelError, DataError
            When an account was not compared, or there is no growth to relate to.

        Examples
        --------
        >>> import mrio
        >>> table = mrio.load_example("illustrative")["1"]
        >>> shocks = mrio.Scenario("more, cleaner").scale_demand(1.1).scale_intensity("co2", 0.8)
        >>> runs = mrio.compare(mrio.run_scenarios(table, shocks), accounts=["value_added", "co2"])
        >>> runs.decoupling().states.loc["baseline to more, cleaner", "HE"]
        'strong decoupling'
        """
        levels = [self.by_region(name, "level") for name in (impact, of)]
        basis = str(self.data.attrs.get("price_basis", ""))
        return decoupling_from(self.relative_to, *levels, names=(impact, of), prices=f"of the table, {basis}")

    @property
    def plot(self) -> ComparisonPictures:
        """Pictures: ``plot.bars()``, ``plot.slopes()``, ``plot.cocontrol()``, ``plot.sectors(scenario)``."""
        return ComparisonPictures(self)

    def _over_regions(self, account: str, region: str | None) -> xr.DataArray:
        values = self.levels(account)
        if region is not None and region not in values["region"].values:
            raise LabelError(
                f"There is no region {region!r}.",
                remedy=f"regions are {', '.join(map(repr, values['region'].values.tolist()))}",
            )
        return values.sum("region") if region is None else values.sel(region=region, drop=True)

    def _table(self, values: xr.DataArray, of: Of) -> pd.DataFrame:
        rows, columns = values.dims
        index = [pd.Index(values[dim].values, name=dim) for dim in (rows, columns)]
        return self._of(pd.DataFrame(values.values, *index), of)

    def _of(self, levels: pd.DataFrame, of: Of) -> pd.DataFrame:
        """Return levels (one row a run), their differences, or per cent."""
        if of == "level":
            return levels
        if of not in ("difference", "percent"):
            raise ValueError(f"of={of!r}: choose 'level', 'difference' or 'percent'")
        base = levels.loc[self.relative_to]
        change = (levels - base).drop(index=self.relative_to)
        return change if of == "difference" else 100 * change / base.replace(0.0, np.nan)


def compare(
    runs: Systems | Mapping[str, System],
    accounts: str | Iterable[str] | None = None,
    relative_to: str = BASELINE,
) -> Comparison:
    """Put runs beside each other: levels, differences and per cent.

    Parameters
    ----------
    runs
        Tables by name, as `mrio.run_scenarios` gives them.
    accounts
        Names of accounts, ``"output"`` among them; output and all accounts when left out.
    relative_to
        Name of the run that others are compared with.

    Returns
    -------
    Comparison
        In the unit of each account.

    Raises
    ------
    LabelError
        When a run or an account is unknown.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> runs = mrio.run_scenarios(table, mrio.Scenario("clean").scale_intensity("co2", 0.5))
    >>> mrio.compare(runs, "co2").by_region("co2", "percent").round(9).loc["clean", "TJ"].item()
    -50.0
    """
    tables = runs if isinstance(runs, Systems) else Systems(runs)
    if relative_to not in tables:
        raise LabelError(
            f"There is no run {relative_to!r} to compare with.",
            remedy=f"runs are {', '.join(map(repr, tables))}",
        )
    base = tables[relative_to]
    found = {name: intensities(table, accounts, all_accounts(base)) for name, table in tables.items()}
    asked = found[relative_to]
    coords = {"scenario": list(tables), "region": list(base.regions), "sector": list(base.sectors)}
    data: dict[str, xr.DataArray] = {}
    for number, (name, unit) in enumerate(zip(asked.names, asked.units, strict=True)):
        values = np.stack([own.flows[number].reshape(base.arrays.x.shape) for own in found.values()])
        attrs = {"units": unit, "long_name": f"{name} by run"}
        data[name] = xr.DataArray(values, dims=tuple(coords), coords=coords, attrs=attrs)
        direct = [_direct(table, name) for table in tables.values()]
        if any(own is not None for own in direct):
            filled = [np.zeros(len(base.regions)) if own is None else own for own in direct]
            data[name + DIRECT] = xr.DataArray(
                np.stack(filled),
                dims=("scenario", "region"),
                coords={dim: coords[dim] for dim in ("scenario", "region")},
                attrs={"units": unit, "long_name": f"{name}, flows of final users themselves"},
            )
    return Comparison(xr.Dataset(data, attrs=_words(tables, asked.names, relative_to)))


def _direct(table: System, name: str) -> Any:
    """Return flows of final users themselves (R,), or None."""
    return table.accounts[name].direct_values if name in table.accounts else None


def _words(tables: Systems, names: tuple[str, ...], relative_to: str) -> dict[str, str]:
    """Return what the result says about itself."""
    base = tables[relative_to]
    told = getattr(tables, "scenarios", {})
    lines = [f"{name}: " + "; ".join(s.assumptions()) for name, s in told.items()]
    residuals = [_imbalance(table) for table in tables.values()]
    attrs = {
        "title": f"{len(tables) - 1} runs against {relative_to}, {base.title}",
        "accounts": "\n".join(names),
        "relative_to": relative_to,
        "assumptions": "\n".join(lines),
        "period": base.period,
        "price_basis": base.price_basis,
        "money": base.unit,
        "checks": f"output of every run solves its own balance: largest gap {max(residuals):.1e} of output",
        "source": base.provenance.source,
        "provenance": base.provenance.to_json(),
        "comment": "; ".join(["hypothetical scenarios", *filter(None, [base.provenance.headline])]),
    }
    return {key: value for key, value in attrs.items() if value}


def _imbalance(table: System) -> float:
    """Return the largest gap of ``x = A x + y`` in the operator of a run, relative to the largest output."""
    x = table.arrays.x.ravel()
    left = x - table.leontief.A @ x - table.arrays.final_demand.ravel()
    gap = float(np.abs(left).max(initial=0.0))
    return gap / (float(np.abs(table.arrays.x).max(initial=0.0)) or 1.0)
