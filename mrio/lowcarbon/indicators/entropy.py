r"""The entropy-weight index: indicators weighted by how much they tell the observations apart.

.. math::
   z_{ij} = \frac{x_{ij} - \min_j}{\max_j - \min_j}, \quad
   P_{ij} = \frac{z_{ij}}{\sum_i z_{ij}}, \quad
   E_j = -\frac{1}{\ln n} \sum_i P_{ij} \ln P_{ij}, \quad
   w_j = \frac{1 - E_j}{\sum_j (1 - E_j)}

with 0 ln 0 = 0, and with the complement of z for negative indicators. A constant indicator tells nothing
apart: its weight is zero.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import DataError, DataWarning, LabelError
from mrio.lowcarbon.choices import require_choice
from mrio.lowcarbon.frames import as_frame, numeric_columns, row_labels
from mrio.lowcarbon.pictures import EntropyPictures
from mrio.results import Result, require_adding_up
from mrio.tables.arrays import Array

SHIFT: Final = 1e-4
"""What the shifted variant adds to normalised indicators before shares are taken."""

Variant = Literal["plain", "shifted"]
Subsets = Literal["leave_one_out", "expanding"]


@dataclass(frozen=True)
class EntropyWeights:
    """Weights of k indicators over n observations.

    Attributes
    ----------
    normalised
        (n, k), between 0 and 1.
    shares
        (n, k), each column adding up to one; zero for constant columns.
    entropy, divergence, weights
        (k,); the weights add up to one.
    """

    normalised: Array
    shares: Array
    entropy: Array
    divergence: Array
    weights: Array


def normalise(X: Array, sign: Array) -> Array:
    """Return indicators between 0 (worst) and 1 (best), (n, k); constant columns are zero.

    Parameters
    ----------
    X
        (n, k).
    sign
        (k,), +1 where more is better, -1 where less is.
    """
    low, high = X.min(axis=0), X.max(axis=0)
    span = high - low
    above = np.where(sign > 0, X - low, high - X)
    return np.asarray(np.divide(above, span, out=np.zeros_like(X), where=span > 0))


def entropy_weights(X: Array, sign: Array, shift: float = 0.0) -> EntropyWeights:
    """Return the entropy weights of indicators.

    Parameters
    ----------
    X
        (n, k), n at least 2 and not all columns constant.
    sign
        (k,), +1 or -1.
    shift
        Added to the normalised indicators before shares are taken; zero is the definition.
    """
    z = normalise(X, sign)
    constant = np.ptp(X, axis=0) == 0
    shifted = z + shift
    total = shifted.sum(axis=0)
    shares = np.divide(shifted, total, out=np.zeros_like(z), where=~constant)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    entropy = np.where(constant, 1.0, -(shares * logs).sum(axis=0) / np.log(len(X)))
    divergence = 1.0 - entropy
    return EntropyWeights(z, shares, entropy, divergence, divergence / divergence.sum())


class EntropyIndex(Result):
    """An entropy-weighted index with its weights, ranks and contributions.

    Made by `mrio.lowcarbon.entropy_index`.
    """

    kind: ClassVar[str] = "entropy_index"

    @property
    def weights(self) -> pd.Series[float]:
        """Weights of the indicators; they add up to one."""
        return self.data["weight"].to_series()

    @property
    def ranks(self) -> pd.Series[int]:
        """Ranks of the indicators by weight, 1 being the heaviest."""
        return self.weights.rank(ascending=False, method="min").astype(int).rename("rank")

    @property
    def index(self) -> pd.Series[float]:
        """The index of each observation, between 0 and 1."""
        return self.data["index"].to_series()

    @property
    def contributions(self) -> pd.DataFrame:
        """Weight times normalised indicator, one row an observation; rows add up to the index."""
        return as_frame(self.data["contribution"], "observation", "indicator")

    def stability(self, how: Subsets = "leave_one_out") -> pd.DataFrame:
        """Return the weights again without each observation, or with the first observations only.

        Parameters
        ----------
        how
            ``"leave_one_out"``: each row leaves out the observation it is named after; ``"expanding"``: each
            row uses the observations up to the one it is named after, from the third on.

        Returns
        -------
        pandas.DataFrame
            One row a subset, one column an indicator; a subset in which all indicators are constant gives
            NaN.

        Raises
        ------
        DataError
            When there are fewer than four observations, or no such subsets.
        """
        require_choice("how", how, Subsets)
        X = self.data["value"].transpose("observation", "indicator").to_numpy()
        labels = list(map(str, self.data["observation"].values))
        if len(labels) < 4:
            raise DataError(
                "The stability of weights needs four observations.",
                amount=f"{len(labels)} given",
                remedy="give more years or regions",
            )
        sign = self.data["sign"].to_numpy()
        shift = float(self.data.attrs["shift"])
        if how == "leave_one_out":
            subsets = {label: np.delete(X, row, axis=0) for row, label in enumerate(labels)}
        else:
            subsets = {labels[last]: X[: last + 1] for last in range(2, len(labels))}
        rows = {
            label: entropy_weights(part, sign, shift).weights
            if np.ptp(part, axis=0).any()
            else np.full(len(sign), np.nan)
            for label, part in subsets.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index", columns=list(self.weights.index))

    @property
    def plot(self) -> EntropyPictures:
        """Pictures: ``plot.contributions()``."""
        return EntropyPictures(self)

    def to_dataframe(self) -> pd.DataFrame:
        """Return all numbers in long form, one row an observation and indicator."""
        names = ["value", "normalised", "weight", "contribution"]
        return self.data[names].to_dataframe().reset_index()

    def summary(self) -> pd.DataFrame:
        """Return weights and ranks with the range of each indicator."""
        values = self.data["value"]
        return pd.DataFrame(
            {
                "direction": np.where(self.data["sign"].to_numpy() > 0, "more is better", "less is better"),
                "lowest": values.min("observation").to_numpy(),
                "highest": values.max("observation").to_numpy(),
                "weight": self.weights.to_numpy(),
                "rank": self.ranks.to_numpy(),
            },
            index=self.weights.index,
        )


def entropy_index(
    table: pd.DataFrame,
    *,
    positive: Sequence[str] = (),
    negative: Sequence[str] = (),
    variant: Variant = "plain",
) -> EntropyIndex:
    """Return the entropy-weighted index of a table of indicators.

    Parameters
    ----------
    table
        Observations (years, regions, or both as a MultiIndex) in rows, indicators in columns.
    positive, negative
        Indicators of which more is better, and of which less is better. Other columns are left out.
    variant
        ``"plain"``: the definition, with 0 ln 0 = 0; ``"shifted"``: 1e-4 is added to the normalised
        indicators before shares are taken, as often found in practice, which changes the weights. The index
        itself is always made of unshifted indicators.

    Returns
    -------
    EntropyIndex
        Weights, ranks, index and contributions; all without unit [1].

    Raises
    ------
    LabelError, MissingDataError, DataError
        When columns are unknown, named twice or empty, there are fewer than two observations, or all
        indicators are constant.

    Warns
    -----
    DataWarning
        When an indicator is constant, or there are not more observations than indicators.

    References
    ----------
    Shannon 1948, A mathematical theory of communication, Bell System Technical Journal 27:379-423,
    doi:10.1002/j.1538-7305.1948.tb01338.x.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"share": [0.30, 0.34, 0.41, 0.47], "intensity": [5.1, 4.6, 4.8, 3.1]})
    >>> result = entropy_index(table, positive=["share"], negative=["intensity"])
    >>> result.weights.round(3).to_dict()
    {'share': 0.414, 'intensity': 0.586}
    """
    require_choice("variant", variant, Variant)
    names = [*positive, *negative]
    if not names:
        raise LabelError("No indicators are named.", remedy="name columns in positive= and negative=")
    X = numeric_columns(table, names, "table of indicators")
    if len(X) < 2:
        raise DataError(
            "An entropy index needs at least two observations.",
            amount=f"{len(X)} given",
            remedy="give one row a year or region",
        )
    constant = [name for name, span in zip(names, np.ptp(X, axis=0), strict=True) if span == 0]
    if len(constant) == len(names):
        raise DataError("All indicators are constant.", remedy="an index needs something that differs")
    _warn(len(X), names, constant)
    sign = np.array([1.0] * len(positive) + [-1.0] * len(negative))
    shift = {"plain": 0.0, "shifted": SHIFT}[variant]
    return EntropyIndex(
        _dataset(
            pd.DataFrame(X, row_labels(table.index), names), sign, entropy_weights(X, sign, shift), shift
        )
    )


def _warn(n: int, names: Sequence[str], constant: Sequence[str]) -> None:
    """Warn where the weights are weakly founded."""
    if constant:
        warnings.warn(
            f"Constant indicators get the weight zero: {', '.join(map(repr, constant))}.",
            DataWarning,
            stacklevel=3,
        )
    if n <= len(names):
        warnings.warn(
            f"{n} observations for {len(names)} indicators: entropy weights depend strongly on single "
            "observations; look at stability().",
            DataWarning,
            stacklevel=3,
        )


def _dataset(table: pd.DataFrame, sign: Array, weights: EntropyWeights, shift: float) -> xr.Dataset:
    """Return the Dataset of an index, and refuse it when parts do not add up."""
    contribution = weights.normalised * weights.weights
    require_adding_up(weights.weights.sum(), 1.0, 1.0, "weights add up to one")
    both = ("observation", "indicator")
    data = xr.Dataset(
        {
            "value": (both, table.to_numpy(), {"units": "as given", "long_name": "indicator"}),
            "normalised": (both, weights.normalised, {"units": "1", "long_name": "normalised indicator"}),
            "share": (both, weights.shares, {"units": "1", "long_name": "share of observation in indicator"}),
            "contribution": (both, contribution, {"units": "1", "long_name": "contribution to the index"}),
            "entropy": ("indicator", weights.entropy, {"units": "1", "long_name": "entropy"}),
            "divergence": ("indicator", weights.divergence, {"units": "1", "long_name": "1 - entropy"}),
            "weight": ("indicator", weights.weights, {"units": "1", "long_name": "weight"}),
            "sign": ("indicator", sign, {"units": "1", "long_name": "+1 more is better, -1 less is better"}),
            "index": ("observation", contribution.sum(axis=1), {"units": "1", "long_name": "index"}),
        },
        coords={"observation": list(table.index), "indicator": list(table.columns)},
    )
    variant = "as defined" if shift == 0 else f"with {shift:g} added to normalised indicators"
    data.attrs = {
        "title": f"entropy-weighted index of {table.shape[1]} indicators, {len(table)} observations",
        "shift": shift,
        "checks": f"weights add up to one; {variant}",
    }
    return data
