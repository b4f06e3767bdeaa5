"""Step 7: which uses the imports of a province go to.

Imported and domestic uses are fitted together, so that no import can exceed the use it is part of: per
product, cells (province, use, origin) meet the uses of the province, its imports, and the imported uses of
the nation. Where the three contradict each other (crude oil and gas, which are one product: national imports
for power plants in provinces that customs record no imports for), uses and imports of provinces hold, and
the imported uses of the nation give way as little as they must; they are an assumption of proportionality.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.recipe import labels
from data.recipe.sources import Array
from mrio.building.balance import Stopping
from mrio.building.proportional import ipf

_TRIES = Stopping(max_iterations=300, required=False)
_NEAR_ALL = 1.0 - 1e-6
"""No use is expected to be imported altogether."""


@dataclass(frozen=True)
class ImportUse:
    """Imported uses and what had to give way.

    Parameters
    ----------
    values
        (N, R, U) [1e8 CNY].
    gave_way
        Products whose national imported uses could not be met (codes).
    shifted
        Imports that go to other uses than the national table says [1e8 CNY].
    """

    values: Array
    gave_way: tuple[str, ...]
    shifted: float


def import_use(use: Array, imports: Array, national: Array) -> ImportUse:
    """Return imported uses (N, R, U), U = intermediate and final uses.

    Parameters
    ----------
    use
        Uses of any origin by product (N, R, U).
    imports
        Imports of provinces (R, N), nowhere above their use.
    national
        Imported uses of the nation (N, U).
    """
    prior = use * _expected_share(use, imports.T, national)
    values = np.zeros_like(use)
    gave_way = []
    for i, code in enumerate(labels.CODES):
        if national[i].sum() > 0:
            parts = np.stack([prior[i], use[i] - prior[i]], axis=-1)
            values[i], met = _fit(parts, imports[:, i], national[i])
            gave_way += [] if met else [code]
    shifted = float(np.abs(values.sum(axis=1) - national).sum() / 2)
    return ImportUse(values, tuple(gave_way), shifted)


def _expected_share(use: Array, imports: Array, national: Array) -> Array:
    """Return the import share of the province, weighed by that of the use in the nation (N, R, U)."""
    by_province = _share(imports, use.sum(axis=2))
    by_use = _share(national, use.sum(axis=1))
    of_nation = _share(national.sum(axis=1), use.sum(axis=(1, 2)))[:, None]
    weight = _share(by_use, np.broadcast_to(of_nation, by_use.shape))
    return np.minimum(by_province[:, :, None] * weight[:, None, :], _NEAR_ALL)


def _share(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _fit(prior: Array, imports: Array, national: Array) -> tuple[Array, bool]:
    """Fit one product (R, U, imported and domestic); tell whether the nation's uses hold too."""
    use = prior.sum(axis=-1)
    by_province = ((0, 2), np.stack([imports, use.sum(axis=1) - imports], axis=-1))
    by_use = ((1, 2), np.stack([national, use.sum(axis=0) - national], axis=-1))
    fitted = ipf(prior, [by_use, by_province, ((0, 1), use)], stopping=_TRIES)
    if not fitted.converged:
        final = ipf(fitted.matrix, [by_province, ((0, 1), use)])
        return final.matrix[..., 0], False
    return fitted.matrix[..., 0], True
