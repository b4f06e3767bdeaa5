"""Ensembles: draws of an uncertain table, each balanced like the table itself."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from mrio.errors import DataError, LabelError
from mrio.parameters import require_count
from mrio.tables.arrays import Array
from mrio.tables.perturbation import errors, given_parts, matrix_of, parts_of, perturbed
from mrio.tables.system import System

CV = float | Mapping[str, ArrayLike]
"""Relative errors: one for all cells, or one (or an array of them) for each array and account."""


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble(Sequence[System]):
    """Draws of one table; each is made when it is asked for, and is the same every time.

    Made by `mrio.perturb`. `mrio.decompose` and `mrio.measure_transfer` accept it in place of a table.

    Attributes
    ----------
    base
        The table as it is.
    cv
        Relative error of every cell of each array and account that has any.
    n
        Number of draws.
    seed
        Seed of the random numbers. Two tables of different periods draw different errors from one seed.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> first, second = (mrio.perturb(table, 0.1, n=4, seed=1) for table in tables.values())
    >>> draws = mrio.decompose(first, second, "co2")
    >>> draws.effects().dims
    ('draw', 'effect', 'region', 'sector')
    >>> draws.quantiles().columns.tolist()
    ['central', 'mean', 'standard deviation', 'q0.05', 'q0.5', 'q0.95']
    """

    base: System
    cv: Mapping[str, Array]
    n: int
    seed: int

    def __len__(self) -> int:
        return self.n

    def __iter__(self) -> Iterator[System]:
        return (self[number] for number in range(self.n))

    @overload
    def __getitem__(self, index: int) -> System: ...
    @overload
    def __getitem__(self, index: slice) -> list[System]: ...
    def __getitem__(self, index: int | slice) -> System | list[System]:
        """Return one draw, or a list of several."""
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self.n))]
        number = index + self.n if index < 0 else index
        if not 0 <= number < self.n:
            raise IndexError(f"draw {index} of {self.n}")
        return self._draw(number)

    def _draw(self, number: int) -> System:
        """Return one draw; its random numbers depend on seed, period and number only."""
        base = self.base
        key = np.random.SeedSequence(self.seed, spawn_key=(zlib.crc32(base.period.encode()), number))
        generator = np.random.default_rng(key)
        shape = (len(base.regions), len(base.sectors), len(base.demand))
        parts = given_parts(base.arrays)
        cv = {name: np.broadcast_to(self.cv.get(name, 0.0), part.shape) for name, part in parts.items()}
        matrix = perturbed(matrix_of(parts, shape), matrix_of(cv, shape), generator)
        changes: dict[str, Any] = parts_of(matrix, parts, shape)
        changes["accounts"] = {
            name: (
                account.values * errors(self._of_account(name), generator),
                account.unit,
                account.direct_values,
            )
            for name, account in base.accounts.items()
        }
        record = base.provenance.with_step("perturbed", draw=number, seed=self.seed, errors=self.words)
        return base.replace(**changes, scenario=f"draw {number}", provenance=record)

    def _of_account(self, name: str) -> Array:
        return np.asarray(np.broadcast_to(self.cv.get(name, 0.0), self.base.arrays.x.shape), dtype=np.float64)

    @property
    def words(self) -> dict[str, str]:
        """Relative errors of each array and account in words."""
        return {
            name: f"{cv.min():g}" if cv.min() == cv.max() else f"{cv.min():g} to {cv.max():g}"
            for name, cv in self.cv.items()
        }

    def __repr__(self) -> str:
        words = ", ".join(f"{name} {text}" for name, text in self.words.items())
        return (
            f"<Ensemble: {self.n} draws of {self.base.title}, seed {self.seed}>\n  relative errors: {words}"
        )


def perturb(system: System, cv: CV, n: int = 100, seed: int = 0) -> Ensemble:
    """Return draws of an uncertain table.

    Every cell is multiplied by a log-normal error of mean one, and the table is balanced back by GRAS: gross
    output, final demand by region and category (of all origins), exports, imports by product and every
    primary input keep their totals, so each draw balances as the table does. What is drawn is how these
    totals are spread over cells. Balancing takes back part of the errors; zeros and signs stay. Accounts keep
    no total: their errors are what was asked for.

    Parameters
    ----------
    system
        The table.
    cv
        Relative standard deviation of cells: one number for all arrays and accounts, or a mapping from the
        name of an array (``"Z"``, ``"Y"``, ``"V"``, ``"exports"``, ``"imports_Z"``, ...) or account to a
        number or an array of the shape of that array. What is not named has no error and stays as it is.
    n
        Number of draws.
    seed
        Seed of the random numbers, to be stated with every result.

    Returns
    -------
    Ensemble
        Draws, made one by one when they are asked for.

    Raises
    ------
    LabelError
        When an error is named for something that the table does not have.
    DataError
        When an error is negative or no number, or has another shape than its array; or `n` or `seed` is no
        whole number of 1 or 0 and more.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["0"]
    >>> draws = mrio.perturb(table, cv={"Z": 0.1, "co2": 0.05}, n=3, seed=1)
    >>> bool(abs(draws[0].x.sum() / table.x.sum() - 1) < 1e-9), draws[0].x.equals(draws[0].x)
    (True, True)
    """
    require_count(n, "n")
    require_count(seed, "seed", least=0)
    parts = given_parts(system.arrays)
    shapes = {name: part.shape for name, part in parts.items()}
    shapes |= dict.fromkeys(system.accounts, system.arrays.x.shape)
    named = dict(cv) if isinstance(cv, Mapping) else dict.fromkeys(shapes, cv)
    unknown = [name for name in named if name not in shapes]
    if unknown:
        raise LabelError(
            "Errors are named for something that the table does not have.",
            where=", ".join(map(repr, unknown)),
            remedy=f"known are {', '.join(map(repr, shapes))}",
        )
    checked = {name: _checked(name, value, shapes[name]) for name, value in named.items()}
    return Ensemble(system, MappingProxyType(checked), int(n), int(seed))


def _checked(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return the relative error of every cell of one array."""
    errors_of = np.asarray(value, dtype=np.float64)
    full = errors_of.reshape(shape) if errors_of.ndim and errors_of.size == np.prod(shape) else errors_of
    if full.ndim and full.shape != shape:
        raise DataError(
            f"The errors of {name} have another shape than {name}.",
            amount=f"{errors_of.shape} and {shape}",
            remedy="give one number, or one for each cell",
        )
    if not (np.isfinite(full).all() and (full >= 0).all()):
        raise DataError(
            f"The errors of {name} must be zero or more.",
            amount=f"smallest {full.min():g}",
            remedy="give relative standard deviations, for example 0.1",
        )
    return np.broadcast_to(full, shape)


def common_size(tables: Iterable[System | Ensemble]) -> int:
    """Return the number of draws that all ensembles among the tables have.

    Raises
    ------
    DataError
        When there is no ensemble, or two have different numbers of draws.
    """
    sizes = [len(one) for one in tables if isinstance(one, Ensemble)]
    if not sizes:
        raise DataError("None of the tables is an ensemble.", remedy="make draws with mrio.perturb")
    if len(set(sizes)) > 1:
        raise DataError(
            "Two ensembles have different numbers of draws.",
            amount=" and ".join(map(str, sizes)),
            remedy="draw both with the same n",
        )
    return sizes[0]


def draw_pairs(a: System | Ensemble, b: System | Ensemble) -> Iterator[tuple[System, System]]:
    """Yield the pairs of tables that two ensembles, or an ensemble and a table, are compared in.

    Raises
    ------
    DataError
        When two ensembles have different numbers of draws.
    """
    for number in range(common_size((a, b))):
        first, second = (one[number] if isinstance(one, Ensemble) else one for one in (a, b))
        yield first, second


def base_of(table: System | Ensemble) -> System:
    """Return the table that an ensemble is drawn from, or the table itself."""
    return table.base if isinstance(table, Ensemble) else table
