r"""Co-control of pollutants and carbon: where measures lie in the plane, and their cross-elasticities.

.. math:: ET = \frac{\Delta P / P}{\Delta C / C}

The horizontal axis is the change of the pollutant, the vertical axis the change of carbon dioxide. With
signed changes (negative means less emission) co-benefit is the third quadrant; with reductions (positive
means less) it is the first. ET above zero alone is no co-benefit: both may rise. So the signs decide, then
ET says which of the two changes more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Literal

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from mrio.errors import DataError, LabelError, MissingDataError
from mrio.lowcarbon.choices import require_choice
from mrio.lowcarbon.frames import as_frame, numeric_columns, row_labels
from mrio.lowcarbon.pictures import CoControlPictures
from mrio.results import Result
from mrio.tables.arrays import Array

Convention = Literal["changes", "reductions"]

MEANINGS: Final = (
    "on an axis",
    "co-increase",
    "pollutant down, carbon up",
    "co-benefit",
    "pollutant up, carbon down",
)
"""Meaning of the quadrants of signed changes; position 0 is a point on an axis."""


def elasticities(relative_P: Array, relative_C: Array) -> Array:
    """Return relative changes of P over those of C, NaN where C does not change; any equal shape."""
    shape = np.broadcast_shapes(relative_P.shape, relative_C.shape)
    ratio = np.divide(relative_P, relative_C, out=np.full(shape, np.nan), where=relative_C != 0)
    # A zero over a fall is zero, not minus zero.
    return np.asarray(ratio + 0.0)


def quadrant(x: Array, y: Array) -> NDArray[np.int64]:
    """Return the quadrant 1 to 4 of points counted against the clock, 0 on an axis; any equal shape."""
    inside = (x != 0) & (y != 0)
    right_or_left = np.where(y > 0, np.where(x > 0, 1, 2), np.where(x > 0, 4, 3))
    return np.where(inside, right_or_left, 0)


class CoControl(Result):
    """Measures as points in the plane of pollutant and carbon. Made by `mrio.lowcarbon.co_control`."""

    kind: ClassVar[str] = "co_control"

    @property
    def carbon(self) -> str:
        """Name of the carbon account."""
        return str(self.data.attrs["carbon"])

    @property
    def pollutants(self) -> tuple[str, ...]:
        """Names of the pollutants."""
        return tuple(map(str, self.data["pollutant"].values))

    @property
    def relative(self) -> pd.DataFrame:
        """Signed relative changes of carbon and all pollutants, one row a measure."""
        return as_frame(self.data["relative_change"], "measure", "substance")

    @property
    def elasticity(self) -> pd.DataFrame:
        """ET of every pollutant against carbon, one row a measure; NaN where carbon does not change."""
        return as_frame(self.data["elasticity"], "measure", "pollutant")

    def quadrants(self, convention: Convention = "changes") -> pd.DataFrame:
        """Return the quadrant of every measure and pollutant; 0 is a point on an axis.

        Parameters
        ----------
        convention
            ``"changes"``: signed changes, co-benefit is 3; ``"reductions"``: positive means less emission,
            co-benefit is 1.

        Raises
        ------
        DataError
            When the convention is another one.
        """
        require_choice("convention", convention, Convention)
        table = as_frame(self.data["quadrant"], "measure", "pollutant")
        if convention == "changes":
            return table
        return table.replace({1: 3, 3: 1, 2: 4, 4: 2})

    @property
    def meanings(self) -> pd.DataFrame:
        """What the quadrants mean, in words."""
        return self.quadrants().map(lambda number: MEANINGS[number])

    def cross_elasticities(self, measure: str) -> pd.DataFrame:
        """Return relative changes of substances (rows) over those of others (columns) under one measure.

        Parameters
        ----------
        measure
            Name of the measure.

        Raises
        ------
        LabelError
            When there is no such measure.
        """
        if measure not in self.relative.index:
            raise LabelError(
                f"There is no measure {measure!r}.",
                remedy=f"measures are {', '.join(map(repr, self.relative.index))}",
            )
        changes = self.relative.loc[measure].to_numpy(dtype=float)
        names = list(self.relative.columns)
        return pd.DataFrame(elasticities(changes[:, np.newaxis], changes[np.newaxis, :]), names, names)

    def to_dataframe(self) -> pd.DataFrame:
        """Return all points in long form: measure, pollutant, relative changes, ET, quadrant, meaning."""
        relative, elasticity, quadrants = self.relative, self.elasticity, self.quadrants()
        rows = [
            {
                "measure": measure,
                "pollutant": pollutant,
                "pollutant_change": relative.loc[measure, pollutant],
                "carbon_change": relative.loc[measure, self.carbon],
                "ET": elasticity.loc[measure, pollutant],
                "quadrant": quadrants.loc[measure, pollutant],
                "meaning": MEANINGS[int(self.data["quadrant"].sel(measure=measure, pollutant=pollutant))],
            }
            for measure in relative.index
            for pollutant in self.pollutants
        ]
        return pd.DataFrame(rows)

    def summary(self) -> pd.DataFrame:
        """Return ET, quadrant and meaning of every measure and pollutant."""
        return self.to_dataframe().set_index(["measure", "pollutant"])

    @property
    def plot(self) -> CoControlPictures:
        """Pictures: ``plot.plane(pollutant)``."""
        return CoControlPictures(self)


def co_control(
    changes: pd.DataFrame,
    base: pd.Series[float] | Mapping[str, float] | pd.DataFrame,
    *,
    carbon: str = "co2",
    pollutants: Sequence[str] | None = None,
    convention: Convention = "changes",
) -> CoControl:
    """Place measures or scenarios in the plane of pollutants and carbon.

    Parameters
    ----------
    changes
        Changes of emissions, one row a measure or scenario, one column a substance.
    base
        Emissions before, by substance; or one row a measure where they differ. Same units as `changes`.
    carbon
        Column of carbon dioxide.
    pollutants
        Columns of the pollutants; all others by default.
    convention
        Whether `changes` are signed (negative means less) or reductions (positive means less).

    Returns
    -------
    CoControl
        Relative changes [1], elasticities [1], quadrants and their meaning.

    Raises
    ------
    LabelError, MissingDataError, DataError
        When columns are absent, numbers missing, or emissions before are not above zero.

    References
    ----------
    Han, Research on the collaborative mechanism and multi-scenario path of pollution reduction and carbon
    reduction in megacities, section 4.1 and equation (1), with the quadrants corrected as said above.

    Examples
    --------
    >>> import pandas as pd
    >>> changes = pd.DataFrame({"co2": [-7.0], "so2": [-20.0]}, index=["cleaner cement"])
    >>> result = co_control(changes, pd.Series({"co2": 100.0, "so2": 100.0}))
    >>> result.summary()[["ET", "meaning"]].round(3).to_numpy().tolist()
    [[2.857, 'co-benefit']]
    """
    require_choice("convention", convention, Convention)
    others = [name for name in changes.columns if name != carbon] if pollutants is None else list(pollutants)
    if not others:
        raise LabelError(
            "No pollutant is named beside carbon.",
            where=f"columns: {list(changes.columns)}",
            remedy="name columns of the changes in pollutants=",
        )
    names = [carbon, *others]
    if changes.empty:
        raise MissingDataError("There are no measures.", remedy="give one row a measure")
    change = numeric_columns(changes, names, "table of changes")
    before = _base(base, changes.index, names)
    relative = change / before * (1.0 if convention == "changes" else -1.0)
    return CoControl(_dataset(pd.DataFrame(relative, row_labels(changes.index), names)))


def _dataset(relative: pd.DataFrame) -> xr.Dataset:
    """Return the Dataset of relative changes (measure, substance), carbon in the first column."""
    carbon, *others = relative.columns
    values = relative.to_numpy()
    P, C = values[:, 1:], values[:, :1]
    both = ("measure", "pollutant")
    one = {"units": "1"}
    data = xr.Dataset(
        {
            "relative_change": (
                ("measure", "substance"),
                values,
                {**one, "long_name": "signed relative change"},
            ),
            "elasticity": (both, elasticities(P, C), {**one, "long_name": "ET, pollutant over carbon"}),
            "quadrant": (
                both,
                quadrant(P, np.broadcast_to(C, P.shape)),
                {**one, "long_name": "quadrant of changes"},
            ),
        },
        coords={"measure": list(relative.index), "substance": [carbon, *others], "pollutant": others},
    )
    data.attrs = {
        "title": f"co-control of {len(relative)} measures, {', '.join(others)} against {carbon}",
        "carbon": carbon,
        "checks": "signed changes: co-benefit is the third quadrant",
    }
    return data


def _base(
    base: pd.Series[float] | Mapping[str, float] | pd.DataFrame, index: pd.Index, names: Sequence[str]
) -> Array:
    """Return emissions before (measures, substances), checked to be above zero."""
    if isinstance(base, Mapping):
        base = pd.Series(base)
    if isinstance(base, pd.Series):
        table = pd.DataFrame([base.to_dict()] * len(index), index=index)
    else:
        if list(base.index) != list(index):
            raise LabelError(
                "Emissions before are for other measures than the changes.",
                remedy="give one row a measure in the same order, or one Series for all",
            )
        table = base
    values = numeric_columns(table, names, "emissions before")
    if values.size and values.min() <= 0:
        raise DataError(
            "Emissions before are not above zero.",
            amount=f"lowest {values.min():.6g}",
            remedy="a relative change needs something to relate to",
        )
    return values
