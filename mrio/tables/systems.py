"""Several tables on one classification."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from mrio.errors import (
    DataError,
    DataWarning,
    LabelError,
    MrioError,
    PriceBasisError,
    UnitsError,
    choices,
    raise_together,
)
from mrio.schema import VALUE_ADDED
from mrio.tables.labels import require_same_labels
from mrio.tables.system import System
from mrio.units import comparable, parse_unit, same_unit

if TYPE_CHECKING:
    from mrio.change.chain import DecompositionChain
    from mrio.lowcarbon import Decoupling
    from mrio.transfer.chain import TransferChain


UNLIKELY = 100.0
"""Ratio of two sizes of one quantity above which a unit is likely to be wrong: slips are 1e3, 1e4 or more."""


class Systems(Mapping[str, System]):
    """Tables by period or scenario, on exactly the same labels and in comparable units and prices.

    Parameters
    ----------
    tables
        A mapping of names to tables, or one or more tables, which are then named by their periods.

    Raises
    ------
    LabelError, UnitsError, PriceBasisError
        When two tables differ in labels, units or kind of prices, or have one name.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> mrio.Systems({"before": tables["0"], "after": tables["1"]})
    <Systems: 2 tables>
      illustrative: made-up numbers, about no real region
      before: 0, 4 regions x 3 sectors, current CNY, producer prices
      after: 1, 4 regions x 3 sectors, current CNY, producer prices
    """

    def __init__(self, tables: System | Mapping[str, System] | Iterable[System]) -> None:
        named = dict(tables) if isinstance(tables, Mapping) else _by_period(tables)
        _require_tables(named)
        if named:
            first_name, first = next(iter(named.items()))
            for name, table in named.items():
                require_comparable(first, table, (f"table {first_name}", f"table {name}"))
            _require_own_names(named)
        self._tables: dict[str, System] = {str(name): table for name, table in named.items()}
        if len(self._tables) < len(named):
            raise LabelError(
                "Two tables have the same name.",
                where=", ".join(map(repr, named)),
                remedy="names are compared as texts; give distinct ones",
            )

    def __getitem__(self, name: str) -> System:
        """Return the table of a period; years may be given as numbers."""
        try:
            return self._tables[str(name)]
        except KeyError:
            raise LabelError(
                f"There is no table {str(name)!r}.", remedy=choices(name, self._tables, "tables")
            ) from None

    def __contains__(self, name: object) -> bool:
        return str(name) in self._tables

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def decompose(self, account: str | Iterable[str] = VALUE_ADDED, **options: Any) -> DecompositionChain:
        """Decompose a change step by step over these tables (see `mrio.decompose_chain`)."""
        # Late: a mapping of tables stands below the comparisons that are asked of it here by name.
        from mrio.change.chain import decompose_chain

        return decompose_chain(self, account, **options)

    def measure_transfer(
        self,
        block: Sequence[str] | None = None,
        accounts: str | Iterable[str] | None = None,
        **options: Any,
    ) -> TransferChain:
        """Measure transfer step by step over these tables (see `mrio.measure_transfer_chain`)."""
        # Late, as above.
        from mrio.transfer.chain import measure_transfer_chain

        return measure_transfer_chain(self, block, accounts, **options)

    def to_netcdf(self, path: Any) -> None:
        """Write all tables to one netCDF-4 file, one group each."""
        from mrio.tables.formats.netcdf import write_systems

        write_systems(self, path)

    def decoupling(self, impact: str, *, of: str = "value_added", **options: Any) -> Decoupling:
        """Return the decoupling of an account from growth; see `mrio.lowcarbon.decoupling`.

        Parameters
        ----------
        impact
            Name of the account, for example ``"co2"``.
        of
            ``"value_added"``, ``"output"`` or ``"final_demand"``.
        **options
            ``account="production"`` or ``"consumption"``, and ``deflator``.

        Raises
        ------
        LabelError, DataError
            As `mrio.lowcarbon.decoupling`.
        """
        # A door for users of tables, not a part of them: what stands above is loaded when it is asked for.
        from mrio.lowcarbon import decoupling

        return decoupling(self, impact, of=of, **options)

    def __repr__(self) -> str:
        lines = [f"  {name}: {table.title}, {table.price_basis}" for name, table in self.items()]
        headlines = {table.provenance.headline for table in self.values()} - {""}
        return "\n".join([f"<Systems: {len(self)} tables>", *(f"  {text}" for text in headlines), *lines])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<li>{escape(name)}: {escape(table.title)}, {escape(table.unit)}, {escape(table.price_basis)}; "
            f"accounts {escape(', '.join(table.account_names))}</li>"
            for name, table in self.items()
        )
        headlines = sorted({table.provenance.headline for table in self.values()} - {""})
        notes = "".join(f"<p><em>{escape(text)}</em></p>" for text in headlines)
        return f"<p><b>Systems: {len(self)} tables</b></p>{notes}<ul>{rows}</ul>"


def require_table(given: object, wanted: str = "One table is needed.") -> None:
    """Raise unless something is one table.

    Parameters
    ----------
    given
        What was given.
    wanted
        What was to be done with it.

    Raises
    ------
    DataError
        When it is several tables, or no table at all.
    """
    if isinstance(given, System):
        return
    if isinstance(given, Mapping) and given and all(isinstance(one, System) for one in given.values()):
        names = list(map(str, given))
        amount = f"got {len(names)}: {', '.join(map(repr, names))}"
        raise DataError(wanted, amount=amount, remedy=f"choose one: tables[{names[-1]!r}]")
    raise DataError(
        wanted,
        amount=f"got {given!r}" if isinstance(given, str) else f"got {type(given).__name__}",
        remedy="a table comes out of mrio.load_example(...)[period], mrio.read(path)[period] or "
        "mrio.System.from_arrays(...)",
    )


def warn_of_order(first: System, second: System) -> None:
    """Warn when the years of two tables run backwards, which turns every gain into a loss."""
    years = first.period, second.period
    if all(len(year) == 4 and year.isdecimal() for year in years) and years[0] > years[1]:
        warnings.warn(
            f"The change is measured backwards, from {years[0]} to {years[1]}: what was gained since "
            f"{years[1]} counts as lost. Give the earlier table first.",
            DataWarning,
            stacklevel=3,
        )


def require_comparable(first: System, second: System, names: tuple[str, str] | None = None) -> None:
    """Raise unless two tables may meet in one comparison: same labels, units and kind of prices.

    Primary factors may differ in number and name; comparisons use their sum.

    Raises
    ------
    LabelError, UnitsError, PriceBasisError
        All that differ, told at once.

    Warns
    -----
    DataWarning
        When output or population of one is more than `UNLIKELY` times that of the other.
    """
    for table in (first, second):
        require_table(table, "A comparison needs two tables.")
    names = names or _names(first, second)
    problems: list[MrioError] = []
    try:
        require_same_labels(first.labels, second.labels, names, skip=("factors",))
    except LabelError as error:
        problems.append(error)
    units = [("are in different money units", first.unit, second.unit)]
    if first.population is not None and second.population is not None:
        text = "count population in different units"
        units.append((text, first.population_unit, second.population_unit))
    problems += [
        UnitsError(
            f"{names[0]} and {names[1]} {text}.",
            amount=f"{left!r} and {right!r}",
            remedy="express both in one unit before they are compared",
        )
        for text, left, right in units
        if not same_unit(parse_unit(left), parse_unit(right))
    ]
    if not comparable(first.basis, second.basis):
        problems.append(
            PriceBasisError(
                f"{names[0]} and {names[1]} are in prices that must not meet.",
                amount=f"{first.price_basis!r} and {second.price_basis!r}",
                remedy="deflate one of them to the price basis of the other",
            )
        )
    raise_together(problems)
    _warn_of_size(first, second, names)


def _warn_of_size(first: System, second: System, names: tuple[str, str]) -> None:
    """Warn where one quantity is so much larger in one table that its unit is likely to be wrong."""
    output = [float(np.abs(table.arrays.x).sum()) for table in (first, second)]
    people = [
        0.0 if t.arrays.population is None else float(t.arrays.population.sum()) for t in (first, second)
    ]
    odd = [
        f"{what} is {sizes[0]:.4g} and {sizes[1]:.4g} {unit}"
        for what, sizes, unit in (
            ("output", output, first.unit),
            ("population", people, first.population_unit),
        )
        if min(sizes) > 0 and max(sizes) > UNLIKELY * min(sizes)
    ]
    if odd:
        warnings.warn(
            DataWarning(
                f"{names[0]} and {names[1]} differ in size more than economies do: {'; '.join(odd)}. "
                "Look whether the unit of one of them is wrong."
            ),
            stacklevel=4,
        )


def _require_tables(named: Mapping[str, object]) -> None:
    """Raise for members that are no tables."""
    odd = {name: type(table).__name__ for name, table in named.items() if not isinstance(table, System)}
    if odd:
        raise DataError(
            "A set of tables holds something that is no table.",
            where=", ".join(map(repr, odd)),
            amount=f"got {', '.join(dict.fromkeys(odd.values()))}",
            remedy="give System objects",
        )


def _require_own_names(named: Mapping[str, System]) -> None:
    """Raise where the name of a table is the period of another one and not its own."""
    periods = {table.period for table in named.values()}
    crossed = {str(n): table.period for n, table in named.items() if str(n) in periods - {table.period}}
    if crossed:
        raise LabelError(
            "A table has the name of the period of another table.",
            where=", ".join(f"{name!r} is of period {period!r}" for name, period in crossed.items()),
            remedy="give each table the name of its own period, or other names",
        )


def require_one_unit(tables: Iterable[System], account: str) -> None:
    """Raise unless all tables hold an account in the same unit.

    Value added is in the money of the tables, of which `require_comparable` takes care.

    Raises
    ------
    LabelError, UnitsError
        When a table has no such account, or two units differ.
    """
    first, *others = (table.account(account).unit for table in tables)
    for unit in others:
        if account != VALUE_ADDED and not same_unit(parse_unit(first), parse_unit(unit)):
            raise UnitsError(
                f"The account {account!r} is in two units.",
                amount=f"{first!r} and {unit!r}",
                remedy="express both in one unit before they are compared",
            )


def _names(first: System, second: System) -> tuple[str, str]:
    left, right = f"table {first.period}", f"table {second.period}"
    return (left, right) if left != right else (f"{left} (first)", f"{right} (second)")


def _by_period(tables: System | Iterable[System]) -> dict[str, System]:
    if isinstance(tables, System):
        return {tables.period: tables}
    result: dict[str, System] = {}
    for number, table in enumerate(tables):
        _require_tables({f"number {number}": table})
        if table.period in result:
            raise LabelError(
                f"Two tables are called {table.period!r}.", remedy="give a mapping of distinct names"
            )
        result[table.period] = table
    return result
