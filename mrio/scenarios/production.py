"""Shocks of how things are made: technology, intensities, and sectors that stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mrio.errors import DataError, MissingDataError
from mrio.parameters import require_factor
from mrio.scenarios.draft import Draft
from mrio.scenarios.shock import Names, Shock, places, spelled, where_text


@dataclass(frozen=True)
class ScaleTechnology(Shock):
    """Producers need more or less of their inputs; what they save becomes value added."""

    factor: float
    product: Names = None
    region: Names = None
    sector: Names = None

    KIND: ClassVar[str] = "scale_technology"
    FIXED: ClassVar[str] = (
        "sourcing shares, final demand, intensities, prices; value added takes the difference"
    )
    DIMS: ClassVar[Mapping[str, str]] = {"product": "sector", "region": "region", "sector": "sector"}

    def require(self) -> None:
        """Raise unless the factor makes sense."""
        require_factor(self.factor)

    def sentence(self) -> str:
        """Return what the shock does, in words."""
        users = where_text(self.region, self.sector, "all producers")
        return f"inputs of {spelled(self.product)} {users} are multiplied by {self.factor:g}"

    def apply(self, draft: Draft) -> None:
        """Change the draft."""
        system = draft.system
        users = draft.intermediate(
            places(system, "region", self.region), places(system, "sector", self.sector)
        )
        products = places(system, "sector", self.product)
        block = np.ix_(np.arange(draft.origins), products, users.cells)
        saved = (1 - self.factor) * users.values[block].sum(axis=(0, 1))
        users.values[block] *= self.factor
        if self.product is None and draft.import_row is not None:
            saved = saved + (1 - self.factor) * draft.import_row[users.cells]
            draft.import_row[users.cells] *= self.factor
        draft.absorb(users.cells, saved)
        draft.touched()


@dataclass(frozen=True)
class Extract(Shock):
    """Sectors stop: they make, sell and buy nothing; their buyers import the product instead."""

    region: Names = None
    sector: Names = None

    KIND: ClassVar[str] = "extract"
    FIXED: ClassVar[str] = (
        "what every other buyer needs, technology, intensities, prices; imports replace what was sold, and "
        "exports and stocks of the sector end"
    )
    DIMS: ClassVar[Mapping[str, str]] = {"region": "region", "sector": "sector"}

    def require(self) -> None:
        """Raise when nothing is named."""
        if self.region is None and self.sector is None:
            raise DataError("Nothing to take out was named.", remedy="give region=, sector= or both")

    def sentence(self) -> str:
        """Return what the shock does, in words."""
        return f"production {where_text(self.region, self.sector)} stops and is imported"

    def apply(self, draft: Draft) -> None:
        """Change the draft."""
        system = draft.system
        if system.imports == "none":
            raise MissingDataError(
                "The table knows no imports, so nothing can take the place of what stops.",
                remedy="use mrio.extract, which measures the loss and leaves purchases unserved",
            )
        everyone = np.arange(draft.shape[0])
        rows = np.ix_(places(system, "region", self.region), places(system, "sector", self.sector))
        stocks = draft.outside
        stocks[:, rows[0], rows[1]] = 0.0
        inputs = draft.intermediate(everyone, np.arange(draft.shape[1]))
        for values, row in (
            (inputs.values, draft.import_row),
            (draft.final, draft.final_import_row),
        ):
            lost = values[rows[0], rows[1]]
            if draft.abroad is not None:
                values[draft.abroad, rows[1][0]] += lost.sum(axis=0)
            elif row is not None:
                row += lost.sum(axis=(0, 1)).reshape(row.shape)
            values[rows[0], rows[1]] = 0.0
        draft.touched()


@dataclass(frozen=True)
class ScaleIntensity(Shock):
    """An account flows more or less per unit of output."""

    account: str
    factor: float
    region: Names = None
    sector: Names = None
    direct: bool = False

    KIND: ClassVar[str] = "scale_intensity"
    FIXED: ClassVar[str] = "output, technology, sourcing, final demand, value added, prices"
    DIMS: ClassVar[Mapping[str, str]] = {"account": "account", "region": "region", "sector": "sector"}

    def require(self) -> None:
        """Raise unless the factor makes sense."""
        require_factor(self.factor)
        if self.direct and self.sector is not None:
            raise DataError(
                "Final users' own flows belong to no sector.", remedy="leave sector= out, or direct=True"
            )

    def sentence(self) -> str:
        """Return what the shock does, in words."""
        if self.direct:
            place_ = "" if self.region is None else f" in {spelled(self.region)}"
            return f"{self.account} of final users themselves{place_} is multiplied by {self.factor:g}"
        users = where_text(self.region, self.sector, "all producers")
        return f"{self.account} per unit of output {users} is multiplied by {self.factor:g}"

    def apply(self, draft: Draft) -> None:
        """Change the draft."""
        regions = places(draft.system, "region", self.region)
        if not self.direct:
            cells = np.ix_(regions, places(draft.system, "sector", self.sector))
            rate = draft.intensity[self.account].reshape(draft.shape).copy()
            rate[cells] *= self.factor
            draft.intensity[self.account] = rate.ravel()
            return
        own = draft.direct[self.account]
        if own is None:
            raise MissingDataError(
                f"Account {self.account!r} holds no flows of final users themselves.",
                remedy="leave direct=True out",
            )
        changed = own.copy()
        changed[regions] *= self.factor
        draft.direct[self.account] = changed
