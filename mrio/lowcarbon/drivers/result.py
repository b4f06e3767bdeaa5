"""The result of a STIRPAT estimation."""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np
import pandas as pd
from scipy import stats

from mrio.errors import DataError
from mrio.lowcarbon.frames import LOGGED, as_frame, logarithms, numeric_columns, row_labels
from mrio.lowcarbon.pictures import StirpatPictures
from mrio.results import Result
from mrio.tables.arrays import Array

CHOICES: Final = ("trace", "hoerl-kennard", "hoerl-kennard-baldwin", "gcv")
"""Rules by which the ridge parameter can be chosen."""


class Stirpat(Result):
    """A STIRPAT model: least squares, ridge, tests and prediction. Made by `mrio.lowcarbon.stirpat`."""

    kind: ClassVar[str] = "stirpat"

    @property
    def drivers(self) -> tuple[str, ...]:
        """Names of the drivers."""
        return tuple(map(str, self.data["driver"].values))

    @property
    def k(self) -> float:
        """Ridge parameter of the ridge fit."""
        return float(self.data.attrs["k"])

    @property
    def degrees_of_freedom(self) -> int:
        """Observations less drivers and constant."""
        return int(self.data.attrs["degrees_of_freedom"])

    @property
    def elasticities(self) -> pd.Series[float]:
        """Elasticities of the ridge fit, the unstandardised coefficients B [1]."""
        return self.ridge["B"].drop("const").rename("elasticity")

    @property
    def ols(self) -> pd.DataFrame:
        """Least squares: B, se, beta, t, p by term."""
        return self._table("least squares")

    @property
    def ridge(self) -> pd.DataFrame:
        """Ridge fit at the chosen k: B, se, beta, t, p by term."""
        return self._table("ridge")

    @property
    def fit(self) -> pd.Series[float]:
        """R2, adjusted R2, F and its p of the ridge fit."""
        names = {"R2": "r2", "adjusted R2": "adjusted_r2", "F": "F", "p of F": "p_of_F"}
        return pd.Series({name: float(self.data.attrs[key]) for name, key in names.items()})

    @property
    def vif(self) -> pd.DataFrame:
        """Variance inflation of least squares and of the ridge fit, by driver."""
        return self.data[["vif", "ridge_vif"]].to_dataframe()

    @property
    def choices(self) -> pd.Series[float]:
        """Ridge parameter by every rule."""
        return self.data["choice"].to_series().rename("k")

    @property
    def unit_roots(self) -> pd.DataFrame:
        """Augmented Dickey-Fuller tests by series; NaN where the series are too short."""
        return as_frame(self.data["unit_root"], "variable", "root_test")

    @property
    def cointegration(self) -> pd.Series[float]:
        """Engle-Granger test; NaN where the series are too short."""
        return self.data["cointegration"].to_series()

    def trace(self) -> pd.DataFrame:
        """Return standardised coefficients along k, the ridge trace."""
        return as_frame(self.data["trace_beta"], "k", "driver")

    def intervals(self, level: float = 0.95) -> pd.DataFrame:
        """Return intervals of the ridge elasticities; they leave out the bias of the ridge.

        Parameters
        ----------
        level
            Probability of the interval.

        Raises
        ------
        DataError
            When the level is not between 0 and 1.
        """
        half = self._quantile(level) * self.ridge["se"]
        B = self.ridge["B"]
        return pd.DataFrame({"low": B - half, "B": B, "high": B + half})

    def predict(self, table: pd.DataFrame, *, logged: bool = False, level: float = 0.95) -> pd.DataFrame:
        """Return predictions of the logarithm of the impact, with their error and interval.

        Parameters
        ----------
        table
            Drivers in columns; other columns are left out.
        logged
            Whether the columns are logarithms already.
        level
            Probability of the interval.

        Returns
        -------
        pandas.DataFrame
            ``log`` and its standard error ``se`` (of a new observation), ``low`` and ``high`` of the
            logarithm, and ``median``, the exponential of ``log``: the median of the impact, not its mean.

        Raises
        ------
        LabelError, MissingDataError, DataError
            When drivers are absent, empty or not above zero, or the level is not between 0 and 1.
        """
        X = numeric_columns(table, list(self.drivers), "table of drivers")
        X = X if logged else logarithms(X, self.drivers, row_labels(table.index), LOGGED)
        predicted = float(self.ridge["B"]["const"]) + X @ self.elasticities.to_numpy()
        se = np.sqrt(self._variance(X))
        half = self._quantile(level) * se
        columns = {"log": predicted, "se": se, "low": predicted - half, "high": predicted + half}
        return pd.DataFrame({**columns, "median": np.exp(predicted)}, index=row_labels(table.index))

    @property
    def residuals(self) -> pd.Series[float]:
        """Residuals of the ridge fit, in logarithms."""
        X = pd.DataFrame(self._observed(), columns=list(self.drivers))
        fitted = self.predict(X, logged=True)["log"].to_numpy()
        observed = self.data["series"].sel(variable=self.data.attrs["impact"]).to_series()
        return pd.Series(observed.to_numpy() - fitted, index=observed.index, name="residual")

    def to_dataframe(self) -> pd.DataFrame:
        """Return all coefficients in long form: estimator, term, statistic, value."""
        return self.data["coefficient"].to_series().rename("value").reset_index()

    def summary(self) -> pd.DataFrame:
        """Return elasticities of least squares and ridge with t, p and variance inflation."""
        table = pd.DataFrame(
            {
                "OLS B": self.ols["B"],
                "OLS p": self.ols["p"],
                "VIF": self.data["vif"].to_series(),
                f"ridge B (k={self.k:g})": self.ridge["B"],
                "ridge se": self.ridge["se"],
                "ridge p": self.ridge["p"],
                "ridge VIF": self.data["ridge_vif"].to_series(),
            }
        )
        return table.reindex(["const", *self.drivers])

    @property
    def plot(self) -> StirpatPictures:
        """Pictures: ``plot.trace()``."""
        return StirpatPictures(self)

    def _quantile(self, level: float) -> float:
        """Return the quantile of t that a two-sided interval of a level needs."""
        if not 0 < level < 1:
            raise DataError(
                "The level of an interval lies between 0 and 1.",
                amount=f"{level:g}",
                remedy="give 0.95 for 95 %",
            )
        return float(stats.t.ppf(0.5 + level / 2.0, self.degrees_of_freedom))

    def _table(self, estimator: str) -> pd.DataFrame:
        """Return the coefficients of one estimator, one row a term."""
        return as_frame(self.data["coefficient"].sel(estimator=estimator), "term", "statistic")

    def _observed(self) -> Array:
        """Return the logarithms of the drivers (n, m)."""
        chosen = self.data["series"].sel(variable=list(self.drivers))
        return np.asarray(chosen.transpose("observation", "variable").to_numpy())

    def _variance(self, X: Array) -> Array:
        """Return the variance of new observations at rows of drivers (n,)."""
        observed = self._observed()
        away = X - observed.mean(axis=0)
        covariance = self.data["covariance"].to_numpy()
        s2 = float(self.data.attrs["s2"])
        return np.asarray(s2 * (1.0 + 1.0 / len(observed)) + np.einsum("ni,ij,nj->n", away, covariance, away))
