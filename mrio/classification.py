"""Sector classifications and the concordances between them.

A classification is a list of sector codes with names. A concordance says into which sectors of another
classification each sector goes: whole into one, or split over several by weights that the user gives (value
added, where nothing better is known). Everything is read from the CSV files in ``data/classifications``,
where each file is one classification and each further column its concordance to another one.

- ``h39``: the 39 harmonised sectors, common to 2007, 2012 and 2017;
- ``nbs2007_42``, ``nbs2007_135``, ``nbs2012_42``, ``nbs2012_139``, ``nbs2017_42``, ``nbs2017_149``: the
  classifications of the national input-output tables of the year;
- ``ceads47``: sectors of the CEADs emission inventories, the last two being households;
- ``sic17``, ``sic8``: sectors of the interregional tables of the State Information Center.

Where official tables exist at both levels (42 and 135 sectors of 2007, 42 and 149 of 2017, 42 and SIC's 17 of
2007), aggregating the finer one gives the coarser one to rounding.

Three activities cannot be made comparable over time, because the 42 sectors of provincial tables do not
show them: arts and crafts are in h21 in 2007 and in h10 from 2012; office machinery is in h20 in 2007 and
in h16 from 2012; social security is in h37 in 2007 and in h39 from 2012.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mrio import bundled
from mrio.cells import as_numbers, labels_of_axes, require_one_order
from mrio.errors import DataError, LabelError, MissingDataError

CLASSIFICATIONS = (
    "h39",
    "nbs2007_42",
    "nbs2007_135",
    "nbs2012_42",
    "nbs2012_139",
    "nbs2017_42",
    "nbs2017_149",
    "ceads47",
    "sic17",
    "sic8",
)
"""Names of the bundled classifications."""

_FOLDER = "classifications"


@dataclass(frozen=True)
class Classification:
    """A list of sectors.

    Parameters
    ----------
    name
        Name of the classification, for example ``"nbs2007_42"``.
    codes
        Sector codes, in the order of the tables.
    names_en, names_zh
        Names in the same order; ``names_zh`` is empty where the source has English names only.
    """

    name: str
    codes: tuple[str, ...]
    names_en: tuple[str, ...]
    names_zh: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True)
class Concordance:
    """Into which sectors of `target` each sector of `source` goes.

    Parameters
    ----------
    source, target
        Names of the two classifications.
    source_codes, target_codes
        Codes of the S source sectors that the concordance covers, and of all T target sectors.
    members
        Which target sectors a source sector goes into, booleans, shape (S, T); at least one each.
    """

    source: str
    target: str
    source_codes: tuple[str, ...]
    target_codes: tuple[str, ...]
    members: NDArray[np.bool_]

    @property
    def splits(self) -> tuple[str, ...]:
        """Codes of the source sectors that go into several target sectors and need weights."""
        several = self.members.sum(axis=1) > 1
        return tuple(code for code, split in zip(self.source_codes, several, strict=True) if split)

    def shares(self, weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        r"""Return the share of each source sector that goes into each target sector.

        .. math:: s_{ij} = m_{ij} w_j / \sum_k m_{ik} w_k

        Parameters
        ----------
        weights
            Weights of the T target sectors, for example value added, shape (T,) or (..., T) for several
            regions at once. Needed only where `splits` is not empty.

        Returns
        -------
        numpy.ndarray
            Shares [1], shape (S, T) or (..., S, T); each row adds up to one.

        Raises
        ------
        DataError
            When weights are needed and missing, of the wrong length, negative or not finite, or all zero over
            the target sectors of a split.

        Examples
        --------
        >>> import numpy as np
        >>> trade = load_concordance("ceads47", "h39")
        >>> trade.splits
        ('44', '45')
        >>> weights = np.ones(39)
        >>> weights[25] = 3.0
        >>> trade.shares(weights)[43, [25, 27]]
        array([0.75, 0.25])
        """
        if not self.splits and weights is None:
            return self.members.astype(np.float64)
        values = self._checked(weights)
        # Sectors that are not split keep share one whatever their weight, also where it is zero.
        whole = self.members.sum(axis=1) == 1
        parts = self.members * values[..., None, :]
        parts[..., whole, :] = self.members[whole]
        total = parts.sum(axis=-1, keepdims=True)
        if (total == 0.0).any():
            raise self._no_weight(total[..., 0] == 0.0)
        return np.asarray(parts / total)

    def aggregate(
        self, values: NDArray[np.float64], *, axis: int = 0, weights: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Bring an array from source sectors to target sectors; the sum over sectors is kept.

        Parameters
        ----------
        values
            Any array with S source sectors along `axis`; flows, never shares or intensities.
        axis
            The axis of the sectors.
        weights
            Weights of the target sectors, shape (T,); see `shares`.

        Returns
        -------
        numpy.ndarray
            The array with T target sectors along `axis`.

        Raises
        ------
        DataError, MissingDataError
            When the length of the axis is not S, cells hold no finite number, or the weights cannot be used.
        LabelError
            When a frame or DataArray has its sectors in another order, by code or name.
        """
        array = as_numbers("The array", values)
        inside = -array.ndim <= axis < array.ndim
        if not inside or array.shape[axis] != len(self.source_codes):
            raise DataError(
                f"The array does not have the sectors of {self.source!r}.",
                amount=f"shape {array.shape}, {len(self.source_codes)} expected along axis {axis}",
                remedy="give all sectors of the source classification, in its order",
            )
        self._require_order(labels_of_axes(values)[axis])
        if not np.isfinite(array).all():
            raise MissingDataError(
                "The array holds NaN or infinity, which one sector would pass on to all.",
                amount=f"{int((~np.isfinite(array)).sum())} cells",
                remedy="say what the empty cells mean before they are added up",
            )
        moved = np.moveaxis(array, axis, -1) @ self.shares(weights)
        return np.asarray(np.moveaxis(moved, -1, axis))

    def _require_order(self, labels: Sequence[str] | None) -> None:
        """Raise where labels are the codes or names of the source sectors in another order."""
        if labels is None:
            return
        source = load_classification(self.source)
        position = {code: k for k, code in enumerate(source.codes)}
        covered = [position[code] for code in self.source_codes]
        for known in (source.codes, source.names_en, source.names_zh):
            wanted = [known[k] for k in covered] if known else []
            if sorted(labels) == sorted(wanted):
                require_one_order("sectors", [(self.source, wanted), ("the array", labels)])

    def _checked(self, weights: NDArray[np.float64] | None) -> NDArray[np.float64]:
        """Return usable weights, or raise."""
        if weights is None:
            raise DataError(
                f"The concordance from {self.source!r} to {self.target!r} needs weights.",
                where=f"sectors {', '.join(self.splits)} go into several sectors",
                remedy=f"give one weight for each of the {len(self.target_codes)} target sectors",
            )
        values = as_numbers("The weights", weights)
        if values.ndim == 0 or values.shape[-1] != len(self.target_codes):
            raise DataError(
                f"The weights do not have the sectors of {self.target!r}.",
                amount=f"shape {values.shape}, last axis {len(self.target_codes)} expected",
                remedy="give one weight for each target sector, in its order",
            )
        split_over = self.members[self.members.sum(axis=1) > 1].any(axis=0)
        bad = (~np.isfinite(values) | (values < 0.0)) & split_over
        if bad.any():
            cells = pd.DataFrame(np.argwhere(bad), columns=[f"axis_{k}" for k in range(values.ndim)])
            cells["weight"] = values[bad]
            raise DataError(
                "Weights of a split are negative or not finite.",
                where=f"{len(cells)} cells, sectors {self._labels(bad)}",
                remedy="give finite weights of zero or more, for example value added clipped at zero",
                table=cells,
            )
        return np.where(split_over, values, 0.0)

    def _no_weight(self, empty: NDArray[np.bool_]) -> DataError:
        """Return the error for splits whose weights are all zero."""
        sectors = [self.source_codes[k] for k in sorted(set(np.argwhere(empty)[:, -1].tolist()))]
        return DataError(
            "A sector is to be split over sectors whose weights are all zero.",
            where=f"source sectors {', '.join(sectors)} of {self.source!r}",
            amount=f"{int(empty.sum())} splits without weight",
            remedy="give weights that are positive in at least one target sector, for example those of "
            "all regions together",
        )

    def _labels(self, mask: NDArray[np.bool_]) -> str:
        """Return the target codes of the marked weights, each once."""
        return ", ".join(self.target_codes[k] for k in sorted(set(np.argwhere(mask)[:, -1].tolist())))


def load_classification(name: str) -> Classification:
    """Load a bundled classification.

    Parameters
    ----------
    name
        One of `CLASSIFICATIONS`.

    Raises
    ------
    LabelError
        When there is no such classification.

    Examples
    --------
    >>> load_classification("sic17").names_en[0]
    'Agriculture'
    """
    rows = _rows(name)
    return Classification(
        name=name,
        codes=tuple(row["code"] for row in rows),
        names_en=tuple(row["name_en"] for row in rows),
        names_zh=tuple(row["name_zh"] for row in rows) if "name_zh" in rows[0] else (),
    )


def load_concordance(source: str, target: str) -> Concordance:
    """Load a bundled concordance.

    Parameters
    ----------
    source, target
        Two of `CLASSIFICATIONS`. Households of ``ceads47`` are in no concordance: they are no sector.

    Raises
    ------
    LabelError
        When a classification or the concordance between the two is not bundled.

    Examples
    --------
    >>> int(load_concordance("nbs2007_42", "h39").members.sum())
    42
    """
    rows = _rows(source)
    codes = load_classification(target).codes
    if target not in rows[0]:
        known = ", ".join(name for name in rows[0] if name in CLASSIFICATIONS) or "none"
        raise LabelError(
            f"There is no concordance from {source!r} to {target!r}.",
            where=f"concordances of {source!r}: {known}",
            remedy="go by one of these, or give an own table",
        )
    covered = [row for row in rows if row[target]]
    members = np.array([[code in row[target].split() for code in codes] for row in covered])
    members.flags.writeable = False
    return Concordance(source, target, tuple(row["code"] for row in covered), codes, members)


def classification_table(name: str) -> pd.DataFrame:
    """Return a bundled classification with all its columns: codes, names, concordances, official codes.

    ``gbt4754`` holds divisions of the national classification of economic activities (GB/T 4754-2002 for the
    42 sectors of 2007, -2011 for those of 2012, -2017 for those of 2017 and for ``h39``), ``isic4`` the
    corresponding divisions of ISIC Rev.4 (see `mrio.codes`).

    Parameters
    ----------
    name
        One of `CLASSIFICATIONS`.

    Raises
    ------
    LabelError
        When there is no such classification.

    Examples
    --------
    >>> classification_table("h39").set_index("code").loc["h12", "gbt4754"]
    '26-29'
    """
    return pd.DataFrame(_rows(name))


def sector_classes() -> pd.DataFrame:
    """Return the 39 harmonised sectors with names, numbers in each year's 42 sectors, class and tier.

    Examples
    --------
    >>> sector_classes().loc["h14", "class"]
    'RES'
    """
    return _table("sector_classes").set_index("code")


def class_of_sector() -> dict[str, str]:
    """Return the class of each harmonised sector by its code, its English and its Chinese name.

    The allocation is a convention: agriculture, mining, labour-, resource- and technology-intensive
    manufacturing, other manufacturing, utilities, construction, and four kinds of services.

    Examples
    --------
    >>> class_of_sector()["Smelting and pressing of metals"]
    'RES'
    """
    table = sector_classes().reset_index()
    return {
        row[key]: row["class"] for row in table.to_dict("records") for key in ("code", "name_en", "name_zh")
    }


def provinces() -> pd.DataFrame:
    """Return the 31 provinces of mainland China: names, GB/T 2260 code, region of the SIC tables.

    Columns ``uniform_sheet`` and ``own_sheet`` name the sheet of a province in the two workbooks of
    provincial input-output tables of 2007 (empty for Tibet, which has none).

    Examples
    --------
    >>> provinces().loc["Hebei", "sic_region"]
    'NorthCoast'
    """
    return _table("provinces").set_index("name")


def chinese_names() -> dict[str, str]:
    """Return the Chinese name of every bundled region and sector by its English name.

    Where classifications share an English name, the 39 harmonised sectors come first, then the order of
    `CLASSIFICATIONS`.

    Examples
    --------
    >>> names = chinese_names()
    >>> names["Hebei"], names["abroad"], names["Coal mining"]
    ('河北', '国外', '煤炭采选')
    """
    tables = [_table("provinces"), _table("regions")]
    names = {row["name"]: row["name_zh"] for table in tables for row in table.to_dict("records")}
    for classification in CLASSIFICATIONS:
        for row in _rows(classification):
            if row.get("name_zh"):
                names.setdefault(row["name_en"], row["name_zh"])
    return names


def _table(name: str) -> pd.DataFrame:
    """Read one bundled file as a table of texts."""
    with bundled.path(f"{_FOLDER}/{name}.csv").open(encoding="utf-8", newline="") as file:
        return pd.DataFrame(csv.DictReader(file))


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    """Read one classification file."""
    if name not in CLASSIFICATIONS:
        raise LabelError(
            f"There is no classification {name!r}.",
            where=f"bundled: {', '.join(CLASSIFICATIONS)}",
            remedy="choose one of these",
        )
    with bundled.path(f"{_FOLDER}/{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
