"""One multi-regional input-output table of one period and scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from html import escape
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from mrio.codes import with_codes
from mrio.errors import BalanceError, LabelError, MrioError, raise_together
from mrio.leontief import Leontief, ScaledMatrix
from mrio.mapping import MappingLike
from mrio.numerals import table_number
from mrio.provenance import Provenance
from mrio.schema import ADDING_UP, SYSTEM_DIMS, VALUE_ADDED
from mrio.tables.account import Account, AccountLike, as_account
from mrio.tables.arrays import (
    Array,
    Arrays,
    Matrix,
    is_sparse,
    labelled,
    locked,
    locked_sparse,
    own_array,
    own_matrix,
)
from mrio.tables.checks import CheckReport, check_system
from mrio.tables.deflator import Deflator
from mrio.tables.labels import Labels
from mrio.tables.rules import import_kind, metadata_problems, output, unit_problems, zero_output_problems
from mrio.tables.views import LabelledArrays
from mrio.units import PriceBasis, parse_price_basis, parse_unit

COPY_BELOW = 500
"""Rows up to which the Leontief operator gets an array of coefficients of its own."""


@dataclass(frozen=True, eq=False, repr=False)
class System(LabelledArrays):
    """A multi-regional input-output table: frozen, labelled, write-locked, balanced by rows.

    Make one with `System.from_arrays`, a reader, or `read_netcdf`. Every array is available under its symbol
    as a labelled DataArray (``system.Z``, ``system.Y``, ``system.V``, ``system.x``, ...), and as plain
    write-locked numbers under ``system.arrays``.

    Attributes
    ----------
    labels
        Regions, sectors, final-demand categories and primary factors.
    arrays
        The numbers.
    accounts
        Satellite accounts by name.
    unit, price_basis
        Money unit and price basis of all flows.
    period, scenario
        Which state of the world this is.
    population_unit
        Unit of `population`.
    provenance
        Sources, steps, and which numbers are facts and which are estimates.

    Notes
    -----
    Row balance: ``x = sum Z + sum Y + exports + stock_change + discrepancy`` holds exactly.
    Column balance: ``x = sum Z + imports + sum V`` is reported by `check`.
    """

    accounts: Mapping[str, Account]
    period: str
    scenario: str
    provenance: Provenance

    @classmethod
    def from_arrays(
        cls,
        *,
        regions: Iterable[str],
        sectors: Iterable[str],
        demand: Iterable[str],
        Z: Any,
        Y: ArrayLike,
        V: ArrayLike,
        unit: str,
        price_basis: str,
        period: str,
        exports: ArrayLike | None = None,
        imports_Z: ArrayLike | None = None,
        imports_Y: ArrayLike | None = None,
        imports_row_Z: ArrayLike | None = None,
        imports_row_Y: ArrayLike | None = None,
        stock_change: ArrayLike | None = None,
        discrepancy: ArrayLike | None = None,
        x: ArrayLike | None = None,
        factors: Iterable[str] | None = None,
        accounts: Mapping[str, AccountLike] | None = None,
        population: ArrayLike | None = None,
        population_unit: str = "person",
        source: str = "not stated",
        scenario: str = "baseline",
        provenance: Provenance | None = None,
    ) -> System:
        """Make a table of plain numpy arrays and label lists.

        Region-sector pairs may stand in two axes or flattened in one, regions outside. Labelled DataArrays
        and DataFrames are accepted where their labels are exactly those of the table. All input is copied.

        Parameters
        ----------
        regions, sectors, demand
            Labels; R regions, N sectors, K final-demand categories.
        Z
            Domestic intermediate flows, (R, N, R, N) or (R N, R N), dense or scipy sparse [`unit`].
        Y
            Domestic final purchases, (R, N, R, K) or (R N, R K) [`unit`].
        V
            Primary inputs, (M, R, N), (M, R N) or, for one factor, (R, N) or (R N,) [`unit`].
        unit
            Money unit, for example ``"1e8 CNY"``.
        price_basis
            For example ``"current 2017 CNY, producer prices"``.
        period
            Name of the period, for example ``"2017"``.
        exports, stock_change, discrepancy
            (R, N) or (R N,) [`unit`].
        imports_Z, imports_Y
            Imports by product, (N, R, N) and (N, R, K) [`unit`].
        imports_row_Z, imports_row_Y
            Imports known only as one row per buyer, (R, N) and (R, K) [`unit`].
        x
            Gross output, (R, N) or (R N,): computed from the rows when left out, checked when given.
        factors
            Names of the primary inputs; needed when V has more than one.
        accounts
            ``{"co2": (flows, "Mt CO2")}``, ``(flows, unit, direct)`` or `Account` objects.
        population
            Population by region, (R,) [`population_unit`].
        population_unit
            For example ``"1e4 person"``.
        source
            Who published the numbers.
        scenario
            Name of the scenario.
        provenance
            Full record of sources and steps; takes the place of `source`.

        Raises
        ------
        LabelError, DataError, MissingDataError, BalanceError, UnitsError, PriceBasisError
            When the input breaks the convention (`mrio.schema`); all problems are told at once.

        Examples
        --------
        >>> import mrio
        >>> s = mrio.System.from_arrays(
        ...     regions=["A", "B"], sectors=["goods"], demand=["final"],
        ...     Z=[[20, 10], [10, 30]], Y=[[50, 20], [10, 60]], V=[70, 70],
        ...     unit="1e8 CNY", price_basis="current 2017 CNY", period="2017")
        >>> s.x.values.ravel()
        array([100., 110.])
        """
        given: dict[str, Any] = {
            "Y": Y,
            "V": V,
            "exports": exports,
            "stock_change": stock_change,
            "discrepancy": discrepancy,
            "imports_Z": imports_Z,
            "imports_Y": imports_Y,
            "imports_row_Z": imports_row_Z,
            "imports_row_Y": imports_row_Y,
            "population": population,
        }
        regions, sectors = tuple(regions), tuple(sectors)
        one_factor = np.shape(V) == (len(regions), len(sectors))
        names = (VALUE_ADDED,) if factors is None and one_factor else _factor_names(V, factors)
        labels = Labels.checked(regions, sectors, demand, names)
        import_kind(given)
        arrays, gap = _arrays(Z, given, x, labels)
        own = {name: as_account(name, a).attached(name, labels) for name, a in (accounts or {}).items()}
        if arrays.population is not None:
            parse_unit(population_unit)
        raise_together(
            [
                *metadata_problems(unit, price_basis, own, arrays.population),
                *unit_problems({"Z": Z, **given, "x": x}, unit, population_unit),
                *zero_output_problems(arrays, own, labels),
            ]
        )
        record = Provenance(source) if provenance is None else provenance
        if gap > 0.0:
            record = record.with_step("took row sums for gross output", largest_relative_difference=gap)
        return cls(
            labels=labels,
            arrays=arrays,
            accounts=MappingProxyType(own),
            unit=unit,
            price_basis=price_basis,
            period=str(period),
            scenario=scenario,
            population_unit=population_unit,
            provenance=record,
        )

    # -- labels and words ---------------------------------------------------------------------------------

    @property
    def imports(self) -> str:
        """How imports are known: ``"product"``, ``"row"`` or ``"none"``."""
        return import_kind(vars(self.arrays))

    @property
    def basis(self) -> PriceBasis:
        """Price basis, parsed."""
        return parse_price_basis(self.price_basis)

    @property
    def title(self) -> str:
        """Period, scenario and size in a few words."""
        scenario = "" if self.scenario == "baseline" else f" ({self.scenario})"
        return f"{self.period}{scenario}, {len(self.regions)} regions x {len(self.sectors)} sectors"

    @property
    def A(self) -> Any:
        """Input coefficients, ``A[ri,sj] = Z[ri,sj] / x[sj]``, zero in columns without output."""
        matrix = self._coefficients
        if is_sparse(matrix):
            return matrix
        dims = SYSTEM_DIMS["Z"]
        coords = {dim: self.labels.of(dim) for dim in dims}
        attrs = {"units": "1", "long_name": "input coefficients"}
        return labelled(matrix.reshape(self.labels.shape(dims)), dims, coords, "A", attrs)

    @cached_property
    def _coefficients(self) -> Matrix:
        """A as a write-locked (n, n) matrix; exists for tables that cannot be solved, too."""
        return coefficients(self.arrays.Z, self.arrays.x.ravel())

    @cached_property
    def leontief(self) -> Leontief:
        """The operator (I - A)^-1, made once and kept."""
        blocks = [len(self.sectors)] * len(self.regions)
        A = self._coefficients if self._has_coefficients else self._scaled_flows
        return Leontief(A, blocks=blocks, labels=self.labels.row_name)

    @property
    def _has_coefficients(self) -> bool:
        """A exists already, is small, or sparse: then the operator takes it, else flows and output."""
        Z = self.arrays.Z
        return "_coefficients" in vars(self) or is_sparse(Z) or Z.shape[0] < COPY_BELOW

    @property
    def _scaled_flows(self) -> ScaledMatrix:
        """A as Z with its columns divided by output, without an array of its own."""
        Z = self.arrays.Z
        return ScaledMatrix(Z, np.ones(Z.shape[0]), output_reciprocal(self.arrays.x.ravel()))

    # -- accounts -----------------------------------------------------------------------------------------

    def account(self, name: str) -> Account:
        """Return a satellite account, or the sum of the primary inputs for ``"value_added"``.

        Raises
        ------
        LabelError
            When there is no such account.
        """
        if name == VALUE_ADDED:
            return Account(self.arrays.V.sum(axis=0), self.unit).attached(name, self.labels)
        if name not in self.accounts:
            known = [VALUE_ADDED, *self.accounts]
            raise LabelError(
                f"The table has no account {name!r}.",
                where=self.title,
                remedy=f"known accounts are {', '.join(map(repr, known))}",
            )
        return self.accounts[name]

    @property
    def account_names(self) -> tuple[str, ...]:
        """Names of all accounts, value added first."""
        return (VALUE_ADDED, *self.accounts)

    # -- verbs --------------------------------------------------------------------------------------------

    def _inputs(self) -> dict[str, Any]:
        """Return the keywords of `from_arrays` that make this table."""
        return {
            "regions": self.regions,
            "sectors": self.sectors,
            "demand": self.demand,
            "factors": self.factors,
            "accounts": {n: (a.values, a.unit, a.direct_values) for n, a in self.accounts.items()},
            "unit": self.unit,
            "price_basis": self.price_basis,
            "period": self.period,
            "scenario": self.scenario,
            "population_unit": self.population_unit,
            "provenance": self.provenance,
            **{name: getattr(self.arrays, name) for name in SYSTEM_DIMS if name != "x"},
        }

    def __reduce__(self) -> tuple[Any, ...]:
        # A process pool sends tables to its workers; what is cached is made anew there.
        return _from_inputs, (self._inputs(),)

    def replace(self, **changes: Any) -> System:
        """Return a new table with some parts of `from_arrays` changed; nothing is changed in place.

        Output is the row sum of the new table. The Leontief operator is handed on when A is unchanged.

        Parameters
        ----------
        **changes
            Any keyword of `from_arrays`.
        """
        inputs = self._inputs()
        if "source" in changes and "provenance" not in changes:
            changes["provenance"] = Provenance(changes.pop("source"))
        unknown = sorted(set(changes) - {*inputs, "x"})
        if unknown:
            raise TypeError(f"replace() got unknown parts {unknown}; known are {sorted([*inputs, 'x'])}")
        new = System.from_arrays(**{**inputs, **changes})
        same_A = "Z" not in changes and np.array_equal(new.arrays.x, self.arrays.x)
        if same_A and "leontief" in vars(self) and new.labels == self.labels:
            kept = ("_coefficients", "leontief")
            vars(new).update({name: vars(self)[name] for name in kept if name in vars(self)})
        return new

    def solving_with(self, operator: Leontief) -> System:
        """Return the same table with an operator of its A that exists already, so that none is made anew.

        Parameters
        ----------
        operator
            Operator whose coefficients are those of this table.

        Raises
        ------
        BalanceError
            When output does not solve ``x = A x + y`` with these coefficients.
        """
        x = self.arrays.x.ravel()
        gap = np.abs(x - operator.A @ x - self.arrays.final_demand.ravel()).max(initial=0.0)
        scale = float(np.abs(x).max(initial=0.0))
        if not gap <= ADDING_UP * scale:
            raise BalanceError(
                "The operator is not that of the table: output does not solve its balance.",
                where=self.title,
                amount=f"gap {gap:.3g}, largest output {scale:.6g}",
                remedy="leave the operator out; the table makes its own",
            )
        new = copy(self)
        vars(new)["leontief"] = operator
        return new

    def aggregate(self, regions: MappingLike | None = None, sectors: MappingLike | None = None) -> System:
        """Return a table with regions or sectors added up; all totals are kept.

        Every array, account and the population are summed, trade between regions that become one turns into
        trade inside it. The record of steps says what went where.

        Parameters
        ----------
        regions, sectors
            New label of every region or sector: a mapping, or a CSV file with the label in its first column
            and the new one in the second (or in the column ``target``). Left as they are where nothing is
            given. New labels come in the order of their first members.

        Raises
        ------
        LabelError
            When a label of the table has no new one; with names that come near.
        FileError, DataError
            When the CSV file cannot be read.

        Examples
        --------
        >>> import mrio
        >>> table = mrio.load_example("illustrative")["0"]
        >>> small = table.aggregate(sectors={"RES": "goods", "TEC": "goods", "SRV": "services"})
        >>> small.sectors, bool(abs(small.x.sum() / table.x.sum() - 1) < 1e-14)
        (('goods', 'services'), True)
        """
        from mrio.tables.aggregation import aggregate

        return aggregate(self, regions, sectors)

    def deflate(self, index: Deflator, to: str, imports: Deflator | None = None) -> System:
        """Return the table in constant prices of a period, by double deflation.

        Every row is divided by the price of its product, imports by import prices; value added is what is
        left of deflated output (one factor, because its parts have no prices of their own). Accounts and
        population do not change. With one national price a product, sourcing shares do not change either.

        Parameters
        ----------
        index
            Price indices of products, national or by region, that know the sectors of the table and both
            periods. The period of the table is the year of its price basis, or its name where none is stated.
        to
            Period whose prices are wanted.
        imports
            Import prices: a national deflator of the same sectors, or of one sector where imports are one
            row. Left out, imports cost what domestic products cost: the mean price of the product over
            regions, or of the buyer's domestic purchases where imports are one row (an assumption, recorded).

        Raises
        ------
        LabelError
            When the index does not know a sector, region or period.
        PriceBasisError
            When the table is in prices of the year before, or `to` is no year.

        Warns
        -----
        DataWarning
            When deflated value added is negative, with the cells in its ``table``; nothing is clipped.

        References
        ----------
        Dietzenbacher, E. and Hoen, A. R. (1998), Review of Income and Wealth 44(1), 111-122,
        doi:10.1111/j.1475-4991.1998.tb00254.x.

        Examples
        --------
        >>> import pandas as pd
        >>> import mrio
        >>> table = mrio.load_example("bth")["2007"]
        >>> index = pd.DataFrame({name: [80.0, 100.0] for name in table.sectors}, index=["2007", "2012"])
        >>> prices = mrio.Deflator.from_table(index, source="made up")
        >>> constant = table.deflate(prices, to="2012")
        >>> constant.price_basis, bool(abs(constant.x.sum() / table.x.sum() - 1.25) < 1e-12)
        ('constant 2012 CNY, producer prices', True)
        """
        from mrio.tables.prices import deflate

        return deflate(self, index, to, imports)

    def check(self) -> CheckReport:
        """Return the named identities of the table with their worst cells.

        Row balance, column balance, sum of value added, non-negative output, value added and flows,
        productive A by spectral radius, and the share of the discrepancy column.
        """
        return check_system(self)

    def summary(self) -> pd.DataFrame:
        """Return output, value added, trade abroad and accounts by region."""
        arrays = self.arrays
        columns: dict[str, Array] = {
            f"output [{self.unit}]": arrays.x.sum(axis=1),
            f"value added [{self.unit}]": arrays.V.sum(axis=(0, 2)),
        }
        if arrays.exports is not None:
            columns[f"exports [{self.unit}]"] = arrays.exports.sum(axis=1)
        if self.imports != "none":
            total = arrays.imports_by_user.sum(axis=1) + arrays.imports_by_demand.sum(axis=1)
            columns[f"imports [{self.unit}]"] = total
        for name, account in self.accounts.items():
            columns[f"{name} [{account.unit}]"] = account.values.sum(axis=1)
            if account.direct_values is not None:
                columns[f"{name}, final users [{account.unit}]"] = account.direct_values
        if arrays.population is not None:
            columns[f"population [{self.population_unit}]"] = arrays.population
        return pd.DataFrame(columns, index=pd.Index(self.regions, name="region"))

    def to_dataset(self) -> xr.Dataset:
        """Return the table as one xarray Dataset: numbers, labels, official codes, units and provenance.

        It is what a group of a file holds (`mrio.tables.netcdf`); the codes are those of `mrio.codes`.

        Examples
        --------
        >>> import mrio
        >>> dataset = mrio.load_example("bth")["2017"].to_dataset()
        >>> dataset["sector_name_zh"].values.tolist()[:2]
        ['农林牧渔', '煤炭采选']
        """
        from mrio.tables.netcdf import system_to_dataset

        return with_codes(system_to_dataset(self))

    def to_netcdf(self, path: Any) -> None:
        """Write the table to a netCDF-4 file with one group named after the period."""
        from mrio.tables.netcdf import write_systems

        write_systems({self.period: self}, path)

    def to_pymrio(self) -> Any:
        """Return the table as a pymrio ``IOSystem`` (see `mrio.to_pymrio`)."""
        from mrio.tables.pymrio import to_pymrio

        return to_pymrio(self)

    # -- repr ---------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        headline = f"\n  {self.provenance.headline}" if self.provenance.headline else ""
        parts = [name for name in SYSTEM_DIMS if getattr(self.arrays, name) is not None]
        return (
            f"<System {self.title}>{headline}\n"
            f"  {self.unit}, {self.price_basis}\n"
            f"  arrays: {', '.join(parts)}\n"
            f"  accounts: {', '.join(self.account_names)}\n"
            f"  source: {self.provenance.source}"
        )

    def _repr_html_(self) -> str:
        headline = f"<p><em>{escape(self.provenance.headline)}</em></p>" if self.provenance.headline else ""
        table = self.summary().head(12).to_html(float_format=table_number)
        return (
            f"<p><b>System {escape(self.title)}</b>, {escape(self.unit)}, {escape(self.price_basis)}</p>"
            f"{headline}{table}<p><small>Source: {escape(self.provenance.source)}</small></p>"
        )


def _from_inputs(inputs: dict[str, Any]) -> System:
    """Return the table that `System._inputs` describes."""
    return System.from_arrays(**inputs)


def output_reciprocal(x: Array) -> Array:
    """Return 1 / x (n,), zero where there is no output."""
    floor = float(np.abs(x).mean()) * 1e-12
    return np.divide(1.0, x, out=np.zeros_like(x), where=np.abs(x) > floor)


def coefficients(Z: Matrix, x: Array) -> Matrix:
    """Return ``A[i,j] = Z[i,j] / x[j]``, (n, n), with zero columns where output is zero.

    Parameters
    ----------
    Z
        (n, n), dense or scipy sparse.
    x
        (n,).
    """
    inverse = output_reciprocal(x)
    if is_sparse(Z):
        return locked_sparse(Z.multiply(inverse[np.newaxis, :]).tocsr())
    return locked(Z * inverse)


def _factor_names(V: ArrayLike, factors: Iterable[str] | None) -> tuple[str, ...]:
    """Return the names of the primary inputs; one factor needs no name."""
    if factors is not None:
        return tuple(factors)
    if isinstance(V, xr.DataArray) and "factor" in V.coords:
        return tuple(str(label) for label in V["factor"].values)
    shape = np.shape(V)
    count = shape[0] if len(shape) > 1 else 1
    if count != 1:
        raise LabelError(
            f"V has {count} primary inputs but no names.",
            remedy='give factors=["compensation", ...], one name a row of V',
        )
    return (VALUE_ADDED,)


def _arrays(Z: Any, given: Mapping[str, Any], x: ArrayLike | None, labels: Labels) -> tuple[Arrays, float]:
    """Check and copy all arrays, and settle gross output; also how far the output given was off."""
    own: dict[str, Any] = {}
    problems: list[MrioError] = []
    for name, value in {"Z": Z, **given, "x": x}.items():
        if value is None and name not in _NEEDED:
            continue
        try:
            own[name] = (
                own_matrix(value, labels)
                if name == "Z"
                else own_array(name, value, SYSTEM_DIMS[name], labels)
            )
        except MrioError as problem:
            problems.append(problem)
    raise_together(problems)
    asked = own.pop("x", None)
    trial = Arrays(x=np.zeros(labels.shape(SYSTEM_DIMS["x"])), **own)
    result, gap = output(asked, trial.row_sums(), labels)
    return Arrays(x=locked(result), **own), gap


_NEEDED = ("Z", "Y", "V")
