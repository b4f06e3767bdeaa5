"""Solve (I - A) x = y without inverting anything.

`Leontief` is the one object that everything above uses: ``solve`` for output from purchases, ``solve_left``
for multipliers, each answer with its residual and error bound.
"""

from mrio.leontief.operator import Leontief
from mrio.leontief.report import Solution, SolveReport
from mrio.leontief.storage.scaled import ScaledMatrix
from mrio.leontief.storage.structured import SourcingOperator

__all__ = ["Leontief", "ScaledMatrix", "Solution", "SolveReport", "SourcingOperator"]
