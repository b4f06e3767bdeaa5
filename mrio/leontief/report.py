"""What a solve gives back: the numbers, and how well they are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

if TYPE_CHECKING:
    _Base = np.ndarray[Any, np.dtype[np.float64]]
else:
    _Base = np.ndarray


@dataclass(frozen=True)
class SolveReport:
    """How a solve was done and how exact its answer is.

    The norm is the 1-norm for ``solve`` and the maximum norm for ``solve_left``: the two norms in which the
    largest column sum of A bounds the operator. Of several right-hand sides the worst one is reported.

    Parameters
    ----------
    solver
        Back end that gave the answer.
    residual
        Norm of ``b - (I - A) x`` over the norm of ``b`` [1].
    error_bound
        Upper bound of the norm of ``x - x_exact`` over the norm of ``x`` [1]; None where A gives no bound and
        only the residual is certified.
    sweeps
        Passes of an iteration, or refinements after a factorisation; 0 for a direct solve.
    n_rhs
        Number of right-hand sides.
    """

    solver: str
    residual: float
    error_bound: float | None
    sweeps: int
    n_rhs: int

    def __str__(self) -> str:
        bound = "only the residual is certified"
        if self.error_bound is not None:
            bound = f"relative error <= {self.error_bound:.1e}"
        return (
            f"{self.solver}, right-hand sides {self.n_rhs}, sweeps {self.sweeps}, "
            f"relative residual {self.residual:.1e}, {bound}"
        )


def merge_reports(reports: Sequence[SolveReport]) -> SolveReport:
    """Return one report of several batches: the worst of each part."""
    bounds = [report.error_bound for report in reports if report.error_bound is not None]
    return SolveReport(
        reports[-1].solver,
        max(report.residual for report in reports),
        max(bounds) if len(bounds) == len(reports) else None,
        max(report.sweeps for report in reports),
        sum(report.n_rhs for report in reports),
    )


class Solution(_Base):
    """Read-only array that carries the `SolveReport` of the solve that made it.

    Views and copies keep the report. Arithmetic gives plain arrays: a sum of solutions has no residual.

    Examples
    --------
    >>> import numpy as np
    >>> from mrio.leontief import Leontief
    >>> x = Leontief(np.array([[0.2, 0.3], [0.1, 0.4]])).solve(np.array([1.0, 2.0]))
    >>> x.report.n_rhs, type(x + 1).__name__
    (1, 'ndarray')
    """

    _report: SolveReport | None = None

    def __new__(cls, values: Floats, report: SolveReport) -> Solution:
        """Wrap `values` without copying them."""
        solution = np.asarray(values, dtype=np.float64).view(cls)
        solution._report = report
        solution.flags.writeable = False
        return solution

    def __array_finalize__(self, source: object) -> None:
        self._report = getattr(source, "_report", None)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return getattr(ufunc, method)(*map(_plain, inputs), **{k: _plain(v) for k, v in kwargs.items()})

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        result = super().__array_function__(func, types, args, kwargs)
        if isinstance(result, Solution) and not np.may_share_memory(result.view(np.ndarray), _plain(self)):
            return _plain(result)
        return result

    def __reduce__(self) -> tuple[Any, ...]:
        return (Solution, (np.array(self, subok=False), self.report))

    @property
    def report(self) -> SolveReport:
        """How the solve was done and how exact it is."""
        if self._report is None:
            raise AttributeError("this array was not made by a solve")
        return self._report

    @property
    def residual(self) -> float:
        """Relative residual of the worst right-hand side [1]."""
        return self.report.residual

    @property
    def error_bound(self) -> float | None:
        """Upper bound of the relative error [1], or None."""
        return self.report.error_bound

    @property
    def sweeps(self) -> int:
        """Passes of the iteration."""
        return self.report.sweeps

    @property
    def solver(self) -> str:
        """Back end that gave the answer."""
        return self.report.solver


def _plain(value: Any) -> Any:
    """Return the bare array under a `Solution`; look into tuples (``out=``)."""
    if isinstance(value, Solution):
        return value.view(np.ndarray)
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return value
