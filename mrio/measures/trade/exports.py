"""Gross exports split into value added that counts once and what is counted twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

import numpy as np
import pandas as pd

from mrio import plotting
from mrio.measures.measure import Measure, Sheet
from mrio.measures.partition import Groups
from mrio.measures.trade.export_terms import (
    BM,
    KWW,
    WWZ,
    Terms,
    Weights,
    bm_sink_terms,
    bm_source_terms,
    kww_terms,
    weights_of,
    wwz_terms,
)
from mrio.measures.trade.flows import Trade, trade_of, warn_unaccounted
from mrio.results import require_adding_up
from mrio.tables import System
from mrio.tables.arrays import Array

Method = Literal["kww", "wwz", "bm_source", "bm_sink"]

METHODS: Final[dict[str, tuple[str, Terms, Callable[[Trade, Weights], Array]]]] = {
    "kww": ("Koopman, Wang and Wei (2014), 9 terms by exporter", KWW, kww_terms),
    "wwz": ("Wang, Wei and Zhu (2013), 16 terms by exporting sector and importer", WWZ, wwz_terms),
    "bm_source": ("Borin and Mancini (2023), source-based, 12 terms", BM, bm_source_terms),
    "bm_sink": ("Borin and Mancini (2023), sink-based, 12 terms", BM, bm_sink_terms),
}
"""Title, terms and kernel of each method."""

CATEGORIES: Final = {
    "VAX": "domestic value added absorbed abroad",
    "REF": "domestic value added that returns (reflection)",
    "DDC": "domestic double counting",
    "FVA": "foreign value added",
    "FDC": "foreign double counting",
}
"""What the terms of every method add up to. DVA = VAX + REF; domestic content = DVA + DDC."""


def decompose_exports(
    system: System, method: Method = "bm_source", groups: Groups | None = None
) -> ExportDecomposition:
    """Split gross exports of regions, or groups of regions, into terms of value added and double counting.

    Parameters
    ----------
    system
        The table.
    method
        ``"kww"`` [1]_: 9 terms for all exports of a region; ``"wwz"`` [2]_: 16 terms by exporting sector and
        importer; ``"bm_source"`` and ``"bm_sink"`` [3]_: 12 terms by exporting sector and importer, in which
        value counts the first, or the last, time it leaves the exporter's border.
    groups
        Groups of regions that trade as one, for example ``{"BTH": ["Beijing", "Tianjin", "Hebei"]}``; trade
        inside a group is no export. Regions inside a country count like countries; abroad is one more
        destination where exports are known, and one more origin where imports are known.

    Returns
    -------
    ExportDecomposition
        Terms [money], each in one of the categories VAX, REF, DDC, FVA and FDC.

    Raises
    ------
    LabelError
        When a group names an unknown region.
    NotProductiveError
        When a group has no economic inverse of its own.
    BalanceError
        When the terms do not add up to gross exports within 1e-9.

    Warns
    -----
    DataWarning
        When columns do not balance; what they leave unaccounted counts as foreign.

    Notes
    -----
    What is sold abroad is treated as absorbed there, since the table does not hold what abroad makes of it.
    The methods agree on domestic and foreign content and differ in what of it they call double counting; the
    terms of WWZ and KWW are known to misplace some of it [3]_.

    References
    ----------
    .. [1] Koopman, R., Wang, Z. and Wei, S.-J. (2014), American Economic Review 104(2), 459-494,
       doi:10.1257/aer.104.2.459.
    .. [2] Wang, Z., Wei, S.-J. and Zhu, K. (2013), NBER Working Paper 19677, doi:10.3386/w19677.
    .. [3] Borin, A. and Mancini, M. (2023), Economic Systems Research 35(4), 586-613,
       doi:10.1080/09535314.2022.2153221.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> found = mrio.decompose_exports(table, "wwz", groups={"BTH": ["BJ", "TJ", "HE"]})
    >>> found.data.sizes["term"]
    16
    """
    if method not in METHODS:
        raise ValueError(f"method={method!r}: choose one of {', '.join(METHODS)}")
    words, names, kernel = METHODS[method]
    trade = trade_of(system, groups)
    warn_unaccounted(trade)
    terms = kernel(trade, weights_of(trade))
    exports = trade.exports
    sheet = _sheet(system, trade, names)
    if method == "kww":
        exports = trade.parts.indicator @ exports.sum(axis=1)
        dims: tuple[str, ...] = ("from_region",)
    else:
        dims = ("region", "sector", "to_region")
    sheet.put("terms", terms, ("term", *dims), system.unit, "terms of gross exports")
    sheet.put("exports", exports, dims, system.unit, "gross exports")
    scale = float(np.abs(exports).sum()) or 1.0
    gap = require_adding_up(terms.sum(axis=0), exports, scale, "terms and gross exports")
    return ExportDecomposition(
        sheet.dataset(
            system,
            f"Decomposition of gross exports, {words}",
            "the terms add up to gross exports of each exporter"
            + ("" if method == "kww" else ", sector and importer")
            + "; VAX and REF are value added, DDC and FDC are counted more than once",
            f"terms and gross exports: largest gap {gap:.1e} of all exports",
            method=method,
            groups="\n".join(trade.parts.names),
            group_of_region="\n".join(trade.parts.names[g] for g in trade.parts.of_region),
        )
    )


def _sheet(system: System, trade: Trade, terms: Terms) -> Sheet:
    """Return a sheet with the labels of terms, exporters and importers, and what each term means."""
    names, categories, meanings = zip(*terms, strict=True)
    sheet = Sheet(
        term=names,
        region=system.regions,
        sector=system.sectors,
        from_region=trade.parts.names,
        to_region=trade.destinations,
    )
    sheet.put_words("category", categories, ("term",), "category of the term")
    sheet.put_words("meaning", meanings, ("term",), "meaning of the term")
    return sheet


class ExportDecomposition(Measure):
    """Terms of gross exports. Made by `mrio.decompose_exports`."""

    kind: ClassVar[str] = "export_decomposition"
    main: ClassVar[str] = "terms"

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the exporters."""
        return tuple(str(self.data.attrs["groups"]).split("\n"))

    def terms(self, to_region: str | None = None) -> pd.DataFrame:
        """Return the terms of each exporter (rows), to one importer or to all together."""
        values = self.data["terms"]
        if "to_region" in values.dims:
            if to_region is None:
                values = values.sum("to_region")
            else:
                values = values.sel(to_region=self.known("to_region", to_region))
            table = pd.DataFrame(
                values.sum("sector").transpose("region", "term").values,
                index=str(self.data.attrs["group_of_region"]).split("\n"),
                columns=list(values["term"].values),
            )
            return table.groupby(level=0, sort=False).sum().rename_axis("exporter")
        if to_region is not None:
            raise ValueError("method 'kww' has no terms by importer; use 'wwz', 'bm_source' or 'bm_sink'")
        return pd.DataFrame(
            values.transpose("from_region", "term").values,
            index=pd.Index(self.groups, name="exporter"),
            columns=list(values["term"].values),
        )

    def categories(self, to_region: str | None = None) -> pd.DataFrame:
        """Return the categories of each exporter (rows), to one importer or to all together."""
        table = self.terms(to_region)
        category = list(map(str, self.data["category"].values))
        summed = {name: table.loc[:, [c == name for c in category]].sum(axis=1) for name in CATEGORIES}
        return pd.DataFrame(summed)

    def participation(self, to_region: str | None = None) -> pd.DataFrame:
        """Return the part of exports that crosses more than one border, for method ``"bm_source"``.

        Participation in value chains is exports less the domestic value that its importer absorbs itself
        (VAX1 and VAX2). It is backward as far as it is foreign content or counted twice, and forward in what
        the importer passes on.

        Returns
        -------
        DataFrame
            ``backward`` and ``forward`` add up to ``participation``; shares are over exports.

        Raises
        ------
        ValueError
            When the terms are those of another method.
        """
        method = str(self.data.attrs["method"])
        if method != "bm_source":
            raise ValueError(f"participation is defined on the terms of 'bm_source', not of {method!r}")
        table, unit = self.terms(to_region), self.unit("terms")
        exports = table.sum(axis=1)
        total = exports - table["VAX1"] - table["VAX2"]
        backward = table[["DDC", "FVA1", "FVA2", "FVA3", "FVA4", "FDC"]].sum(axis=1)
        parts = {"participation": total, "backward": backward, "forward": total - backward}
        money = {f"{name} [{unit}]": values for name, values in parts.items()}
        shares = {f"{name} [1]": values / exports.where(exports != 0) for name, values in parts.items()}
        return pd.DataFrame(money | shares)

    def summary(self) -> pd.DataFrame:
        """Return exports of each exporter by category, with domestic and foreign content and their shares."""
        unit = self.unit("terms")
        table = self.categories()
        exports = table.sum(axis=1)
        result = table.add_suffix(f" [{unit}]")
        result.insert(0, f"exports [{unit}]", exports)
        result[f"DVA [{unit}]"] = table["VAX"] + table["REF"]
        result[f"domestic content [{unit}]"] = table[["VAX", "REF", "DDC"]].sum(axis=1)
        result[f"foreign content [{unit}]"] = table[["FVA", "FDC"]].sum(axis=1)
        result["DVA share [1]"] = (table["VAX"] + table["REF"]) / exports.where(exports != 0)
        return result

    @property
    def plot(self) -> ExportPictures:
        """Pictures: ``plot.categories()``."""
        return ExportPictures(self)


@dataclass(frozen=True)
class ExportPictures:
    """Pictures of exports by term; every method takes ``ax=`` and returns Axes."""

    decomposition: ExportDecomposition

    def categories_data(self, to_region: str | None = None) -> pd.DataFrame:
        """Return the categories of each exporter, in words."""
        return self.decomposition.categories(to_region).rename(columns=dict(CATEGORIES))

    def categories(self, to_region: str | None = None, ax: Any | None = None) -> Any:
        """Draw the exports of each exporter, stacked by category."""
        attrs = self.decomposition.data.attrs
        title = f"Gross exports{'' if to_region is None else f' to {to_region}'}, {attrs['period']}"
        unit = self.decomposition.unit("terms")
        ax = plotting.stacked_bars(self.categories_data(to_region), unit, f"{title}, {attrs['method']}", ax)
        plotting.small_print(ax, self.decomposition.small_print)
        return ax
