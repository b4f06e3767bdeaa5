"""One multi-regional input-output table of one period and scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from mrio.codes import with_codes
from mrio.errors import LabelError, choices, raise_together
from mrio.leontief import Leontief
from mrio.mapping import MappingLike
from mrio.provenance import Provenance
from mrio.schema import VALUE_ADDED
from mrio.tables.account import Account, AccountLike
from mrio.tables.arrays import Matrix, is_sparse
from mrio.tables.checks import CheckReport, check_system
from mrio.tables.coefficients import (
    coefficients,
    labelled_coefficients,
    require_own_operator,
    scaled_flows,
    worth_a_copy,
)
from mrio.tables.conversion import in_unit, require_numbers_of_units
from mrio.tables.deflator import Deflator
from mrio.tables.given import (
    attached_accounts,
    given_labels,
    parts_of,
    period_name,
    record_of,
    settled_arrays,
)
from mrio.tables.rules import (
    Words,
    import_kind,
    metadata_problems,
    transposition_problems,
    word_problems,
    zero_output_problems,
)
from mrio.tables.summary import as_page, as_text, region_totals
from mrio.tables.views import LabelledArrays
from mrio.texts import require_text
from mrio.units import PriceBasis, parse_price_basis


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
        given = {"Z": Z, "Y": Y, "V": V, "exports": exports, "stock_change": stock_change}
        given |= {"discrepancy": discrepancy, "imports_Z": imports_Z, "imports_Y": imports_Y}
        given |= {"imports_row_Z": imports_row_Z, "imports_row_Y": imports_row_Y}
        given |= {"population": population, "x": x}
        labels = given_labels(regions, sectors, demand, factors, V)
        arrays, gap = settled_arrays(given, labels)
        own = attached_accounts(accounts or {}, labels)
        words = Words(unit, price_basis, population_unit)
        problems = metadata_problems(words, own, arrays.population) + word_problems(given, words)
        problems += transposition_problems(arrays)
        raise_together(problems + zero_output_problems(arrays, own, labels))
        record = record_of(provenance, source)
        if gap > 0.0:
            record = record.with_step("took row sums for gross output", largest_relative_difference=gap)
        return cls(
            labels=labels,
            arrays=arrays,
            accounts=MappingProxyType(own),
            unit=unit,
            price_basis=price_basis,
            period=period_name(period),
            scenario=require_text(scenario, "The scenario of a table", 'scenario="baseline"'),
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
        A = self._coefficients
        return A if is_sparse(A) else labelled_coefficients(A, self.labels)

    @cached_property
    def _coefficients(self) -> Matrix:
        """A as a write-locked (n, n) matrix; exists for tables that cannot be solved, too."""
        return coefficients(self.arrays.Z, self.arrays.x.ravel())

    @cached_property
    def leontief(self) -> Leontief:
        """The operator (I - A)^-1, made once and kept."""
        Z = self.arrays.Z
        own = "_coefficients" in vars(self) or worth_a_copy(Z)
        A = self._coefficients if own else scaled_flows(Z, self.arrays.x.ravel())
        return Leontief(A, blocks=[len(self.sectors)] * len(self.regions), labels=self.labels.row_name)

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
        if not isinstance(name, str) or name not in self.accounts:
            known = [VALUE_ADDED, *self.accounts]
            raise LabelError(
                f"The table has no account {name!r}.",
                where=self.title,
                remedy=choices(name, known, "accounts"),
            )
        return self.accounts[name]

    @property
    def account_names(self) -> tuple[str, ...]:
        """Names of all accounts, value added first."""
        return (VALUE_ADDED, *self.accounts)

    # -- verbs --------------------------------------------------------------------------------------------

    def __reduce__(self) -> tuple[Any, ...]:
        # A process pool sends tables to its workers; what is cached is made anew there.
        return _made_of, (parts_of(self),)

    def replace(self, **changes: Any) -> System:
        """Return a new table with some parts of `from_arrays` changed; nothing is changed in place.

        Output is the row sum of the new table. The Leontief operator is handed on when A is unchanged.

        Parameters
        ----------
        **changes
            Any keyword of `from_arrays`.

        Raises
        ------
        UnitsError
            When a unit is changed and its numbers are not; `in_unit` converts them.
        DataError
            As `from_arrays`.
        """
        inputs = parts_of(self)
        if "source" in changes and "provenance" not in changes:
            changes["provenance"] = Provenance(changes.pop("source"))
        unknown = sorted(set(changes) - {*inputs, "x"})
        if unknown:
            raise TypeError(f"replace() got unknown parts {unknown}; known are {sorted([*inputs, 'x'])}")
        require_numbers_of_units(self, changes)
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
        require_own_operator(operator, self.arrays, self.title)
        new = copy(self)
        vars(new)["leontief"] = operator
        return new

    def in_unit(self, unit: str) -> System:
        """Return the table with all money in another unit of its currency; accounts keep theirs.

        Parameters
        ----------
        unit
            For example ``"1e4 CNY"``.

        Raises
        ------
        UnitsError
            When the unit is no money, or of another currency.

        Examples
        --------
        >>> import mrio
        >>> table = mrio.load_example("bth")["2017"]
        >>> smaller = table.in_unit("1e6 CNY")
        >>> table.unit, bool(abs(smaller.x.sum() / table.x.sum() / 100 - 1) < 1e-14)
        ('1e8 CNY', True)
        """
        return in_unit(self, unit)

    def identical(self, other: object) -> bool:
        """Tell whether another table holds the same numbers, labels, words and provenance.

        Examples
        --------
        >>> import mrio
        >>> table = mrio.load_example("illustrative")["0"]
        >>> table.identical(table.replace()), table.identical(table.replace(scenario="low"))
        (True, False)
        """
        return isinstance(other, System) and self.to_dataset().identical(other.to_dataset())

    def aggregate(self, regions: MappingLike | None = None, sectors: MappingLike | None = None) -> System:
        """Return a table with regions or sectors added up; all totals are kept.

        Every array, account and the population are summed, trade between regions that become one turns into
        trade inside it. The record of steps says what went where.

        Parameters
        ----------
        regions, sectors
            New label of every region or sector: ``{label: new}``, ``{new: [labels]}``, a Series with labels
            as its index, or a CSV file with the label in its first column and the new one in the second (or
            in the column ``target``). Left as they are where nothing is given. New labels come in the order
            of their first members.

        Raises
        ------
        LabelError
            When a label of the table has no new one, with names that come near; or two new labels differ
            only in blanks or capitals.
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
        """Return output, value added, trade abroad, accounts and population by region."""
        return region_totals(self)

    def to_dataset(self) -> xr.Dataset:
        """Return the table as one xarray Dataset: numbers, labels, official codes, units and provenance.

        It is what a group of a file holds (`mrio.tables.formats.netcdf`); codes are those of `mrio.codes`.

        Examples
        --------
        >>> import mrio
        >>> dataset = mrio.load_example("bth")["2017"].to_dataset()
        >>> dataset["sector_name_zh"].values.tolist()[:2]
        ['农林牧渔', '煤炭采选']
        """
        from mrio.tables.formats.netcdf import system_to_dataset

        return with_codes(system_to_dataset(self))

    def to_netcdf(self, path: Any) -> None:
        """Write the table to a netCDF-4 file with one group named after the period."""
        from mrio.tables.formats.netcdf import write_systems

        write_systems({self.period: self}, path)

    def to_pymrio(self) -> Any:
        """Return the table as a pymrio ``IOSystem`` (see `mrio.to_pymrio`)."""
        from mrio.tables.formats.pymrio import to_pymrio

        return to_pymrio(self)

    # -- repr ---------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_page(self)


def _made_of(parts: dict[str, Any]) -> System:
    """Return the table that `parts_of` describes."""
    return System.from_arrays(**parts)
