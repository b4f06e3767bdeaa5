"""The back ends of one A: built when needed, kept, and replaced when one does not converge."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy.sparse as sp

from mrio.errors import ConvergenceError, DataError, SolverError
from mrio.leontief import policy
from mrio.leontief.backends.coarse import CoarseCorrection, group_starts
from mrio.leontief.backends.dense_lu import DenseLU, RefinedLU
from mrio.leontief.backends.gauss_seidel import GaussSeidel, diagonal_blocks, invert_blocks
from mrio.leontief.backends.jacobi import BlockJacobi
from mrio.leontief.backends.sparse import BiCGSTAB, SuperLU
from mrio.leontief.backends.woodbury import Woodbury
from mrio.leontief.memory import available_memory, require
from mrio.leontief.norms import norm_of
from mrio.leontief.report import Floats
from mrio.leontief.storage.matrices import Matrix, diagonal, group_sums, is_dense, to_dense, to_sparse
from mrio.leontief.storage.structured import Detection, SourcingOperator, detect
from mrio.leontief.storage.updated import UpdatedMatrix

_log = logging.getLogger("mrio")

_USUAL_SWEEPS = 7
_USUAL_TOLERANCE = 1e-13
_STRUCTURE = 1e-13
_FACTORS = (DenseLU.name, RefinedLU.name)


class BackEnd(Protocol):
    """What all back ends do."""

    name: str

    def solve(
        self, B: Floats, transposed: bool, target: Floats, guess: Floats | None = None
    ) -> tuple[Floats, int]:
        """Return X (n, k) with (I - A) X = B, or (I - A)' X = B, and the sweeps.

        An iteration stops when the norm of the residual of each column is below its `target` (k,).
        """
        ...


@dataclass(frozen=True)
class Answer:
    """X (n, k), the sweeps it took and the back end that found it."""

    X: Floats
    sweeps: int
    solver: str

    @property
    def factorised(self) -> bool:
        """Whether dense factors gave it."""
        return self.solver in _FACTORS


class Plans:
    """Chooses among the back ends of one A (n, n).

    Parameters
    ----------
    A
        In any storage.
    blocks
        Sizes of the regions.
    solver
        Name of a back end, or ``"auto"``.
    sums
        Coefficients summed over the rows of each region (R, n), where known.
    base
        Plans of the unchanged matrix where A is an updated one; what they have built serves on.
    """

    def __init__(
        self,
        A: Matrix,
        blocks: Sequence[int] | None,
        solver: str,
        sums: Floats | None = None,
        base: Plans | None = None,
    ) -> None:
        if solver not in policy.SOLVERS:
            raise DataError(
                f"There is no solver {solver!r}.", remedy=f"choose one of {', '.join(policy.SOLVERS)}"
            )
        self._A = A
        self._n: int = A.shape[0]
        self._blocks = blocks
        self._wanted = solver
        self._built: dict[str, BackEnd] = {}
        self._replaced: dict[str, str] = {}
        self._n_rhs = 0
        self._expected = 0
        self._sweeps = _USUAL_SWEEPS
        self._searched = False
        self.sums = sums
        self._base = Plans(A.base, blocks, "auto") if base is None and isinstance(A, UpdatedMatrix) else base
        self.detection: Detection | None = None

    @property
    def in_use(self) -> str:
        """Name of the back end the next right-hand side would meet."""
        return self._name(1)

    def solve(self, B: Floats, transposed: bool, target: Floats, guess: Floats | None = None) -> Answer:
        """Solve with the back end that suits, and with another one where it does not converge.

        Raises
        ------
        numpy.linalg.LinAlgError
            When I - A is singular.
        ConvergenceError
            When the last back end did not converge either.
        """
        name = self._name(B.shape[1])
        self._n_rhs += B.shape[1]
        while True:
            try:
                X, sweeps = self.back_end(name).solve(B, transposed, target, guess)
            except (ConvergenceError, np.linalg.LinAlgError) as failure:
                following = self._after(name)
                if following is None:
                    raise
                reason = getattr(failure, "what", str(failure))
                _log.info("%s replaced by %s: %s", name, following, reason)
                self._replaced[name] = name = following
            else:
                if name == GaussSeidel.name and guess is None:
                    self._sweeps = sweeps
                return Answer(X, sweeps, name)

    def expect(self, n_rhs: int) -> None:
        """Choose as if so many right-hand sides had come already, or more where more have."""
        self._expected = max(self._expected, self._n_rhs + n_rhs)

    def back_end(self, name: str) -> BackEnd:
        """Return a back end; build it when this is its first use."""
        if name not in self._built:
            self._built[name] = self._build(name)
        return self._built[name]

    def _name(self, coming: int) -> str:
        name = (
            self._wanted
            if self._wanted != "auto"
            else self._choose(max(self._n_rhs + coming, self._expected))
        )
        while name in self._replaced:
            name = self._replaced[name]
        return name

    @property
    def factors(self) -> str | None:
        """Name of the factorisation that exists already, or None."""
        return next((name for name in _FACTORS if name in self._built), None)

    def _choose(self, n_rhs: int) -> str:
        """Return the name that the policy gives; the factors once they exist."""
        if self.factors is not None:
            return self.factors
        if self._base is not None and self._base.factors is not None:
            return Woodbury.name
        filling = self._A.nnz / (self._n * self._n) if sp.issparse(self._A) else 1.0
        free = available_memory()
        return policy.choose(
            policy.Task(
                self._n,
                self._storage(),
                filling,
                n_rhs,
                self._sweeps,
                math.inf if free is None else free,
            )
        )

    def _storage(self) -> policy.Storage:
        """Return how A is stored; a dense A of the structured form counts as structured."""
        if self._base is not None:
            return "structured" if isinstance(self._base._A, SourcingOperator) else "dense"
        if sp.issparse(self._A):
            return "sparse"
        if is_dense(self._A):
            found = self._n >= policy.SMALL and self._structure() is not None
            return "structured" if found else "dense"
        return "structured"

    def _structure(self) -> Detection | None:
        """Return the factors of a dense A where it has them; looked for once."""
        if not self._searched:
            self._searched = True
            sizes = set(self._blocks or ())
            if len(sizes) == 1 and len(self._blocks or ()) >= policy.FEWEST_REGIONS:
                self.detection = detect(self._A, sizes.pop(), _STRUCTURE)
        return self.detection

    def _after(self, name: str) -> str | None:
        """Return the back end that replaces one that failed."""
        if name == "gauss_seidel":
            free = available_memory()
            fits = free is None or policy.bytes_needed("lu", self._n) <= free
            return "lu" if fits else "bicgstab"
        if name in ("lu32", Woodbury.name):
            return "lu"
        if name in ("sparse", "structured"):
            return "bicgstab"
        if name == "bicgstab":
            return "superlu" if sp.issparse(self._A) else "lu"
        return None

    def _build(self, name: str) -> BackEnd:
        needed = policy.bytes_needed(name, self._n)
        if name in ("lu", "lu32", "gauss_seidel") and not is_dense(self._A):
            needed += 8 * self._n * self._n
        others = {
            f'solver="{other}"': policy.bytes_needed(other, self._n)
            for other in ("lu32", "gauss_seidel", "bicgstab")
        }
        require(needed, f'solver="{name}"', others)
        match name:
            case "lu":
                return DenseLU(self._dense())
            case "lu32":
                return RefinedLU(self._dense())
            case "gauss_seidel":
                return self._gauss_seidel()
            case "sparse":
                stored = to_sparse(self._A)
                return BlockJacobi(stored, name, stored, self._blocks)
            case "structured":
                factors = self._factors()
                matrix = factors if self._base is None else self._A
                return BlockJacobi(matrix, name, factors, (factors.n_sectors,) * factors.n_regions)
            case Woodbury.name:
                return Woodbury(self._A, self._solve_base)
            case "superlu":
                return SuperLU(to_sparse(self._A))
            case _:
                return BiCGSTAB(self._A, diagonal(self._A))

    def _dense(self) -> Matrix:
        """Return A in dense storage; A itself where it is stored so."""
        return self._A if is_dense(self._A) else to_dense(self._A)

    def _gauss_seidel(self) -> GaussSeidel:
        """Build the iteration; an updated A borrows the inverses of the unchanged one, nearly its own."""
        if self._base is not None and is_dense(self._base._A):
            unchanged = self._base.back_end(GaussSeidel.name)
            assert isinstance(unchanged, GaussSeidel)
            rows = [block.rows for block in unchanged.blocks]
            return GaussSeidel(self._A, unchanged.blocks, self._coarse(self._A, rows))
        dense, rows = self._dense(), diagonal_blocks(self._n, self._blocks)
        return GaussSeidel(dense, invert_blocks(dense, rows), self._coarse(dense, rows))

    def _coarse(self, A: Matrix, rows: Sequence[slice]) -> CoarseCorrection | None:
        """Return the correction of totals, or None where there is one total or totals are nearly singular."""
        starts = group_starts(self._n, self._blocks, rows)
        if starts.size < 2:
            return None
        if self.sums is None or len(self.sums) != starts.size:
            self.sums = group_sums(A, starts, np.ones(self._n))
        try:
            return CoarseCorrection(A, starts, self.sums)
        except np.linalg.LinAlgError:
            return None

    def _solve_base(self, B: Floats, transposed: bool) -> Floats:
        """Solve the unchanged system to the last digits, for `Woodbury`."""
        assert self._base is not None
        return self._base.solve(B, transposed, _USUAL_TOLERANCE * norm_of(transposed)(B)).X

    def _factors(self) -> SourcingOperator:
        """Return A, or the unchanged A of an updated one, in the structured form.

        Raises
        ------
        SolverError
            When A does not have it.
        """
        A = self._A if self._base is None else self._base._A
        if isinstance(A, SourcingOperator):
            return A
        found = self._structure() if is_dense(self._A) else None
        if found is None:
            raise SolverError(
                "A does not have the structured form.",
                amount=f"a 1-norm of the difference above {_STRUCTURE:.0e}",
                remedy='give the blocks of equal size, build a SourcingOperator, or use solver="auto"',
            )
        return found.operator
