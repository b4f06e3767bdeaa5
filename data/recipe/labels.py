"""Names of provinces, sectors, industry groups and final-demand categories, and who belongs where."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from mrio.classification import load_classification, load_concordance, provinces

Index = npt.NDArray[np.intp]

TABLES: Final = Path(__file__).parent / "tables"

_H39 = load_classification("h39")
_GROUPS = pd.read_csv(TABLES / "groups.csv")

YEARS: Final = (2007, 2012, 2017)
PROVINCES: Final[tuple[str, ...]] = tuple(provinces().index)
CODES: Final = _H39.codes
SECTORS: Final = _H39.names_en
GROUPS: Final = ("va_agr", "va_ind", "va_con", "va_whr", "va_trp", "va_acc", "va_fin", "va_rst", "va_oth")
"""The nine industry groups of the regional accounts, as the control files call them."""
DEMAND: Final = ("Rural households", "Urban households", "Government", "Fixed capital formation")
DEMAND_ITEMS: Final = ("hsh_rural", "hsh_urban", "gov", "fixed_capital")
"""The same categories as the control files call them."""
DEMAND_CODES: Final = ("FU101", "FU102", "FU103", "FU201")
"""The same categories as the input-output tables call them."""

BLOCK: Final = ("Beijing", "Tianjin", "Hebei")
REST: Final = "Rest of China"
REGIONS: Final = (*BLOCK, REST)
BEIJING: Final = PROVINCES.index("Beijing")
TIBET: Final = PROVINCES.index("Tibet")
GOODS: Final = 22
"""Sectors h01 to h22: products that customs record in full in all three years."""


def positions(members: Sequence[object], labels: Sequence[object]) -> Index:
    """Return the place of each member in `labels`; a stranger raises KeyError."""
    place = {label: at for at, label in enumerate(labels)}
    return np.array([place[member] for member in members], dtype=np.intp)


def sector_of(classification: str) -> Index:
    """Return the common sector of each sector of a classification (S,); none of them is split."""
    return load_concordance(classification, "h39").members.argmax(axis=1)


GROUP_OF: Final = positions(list(_GROUPS["group"]), GROUPS)
"""Group of each sector (N,)."""

REGION_OF: Final = positions([name if name in BLOCK else REST for name in PROVINCES], REGIONS)
"""Shipped region of each province (R,)."""


def crem_sectors() -> tuple[tuple[str, ...], Index]:
    """Return the five sectors at which C-REM is compared, and the one of each common sector (N,)."""
    names = tuple(dict.fromkeys(_GROUPS["crem5"]))
    return names, positions(list(_GROUPS["crem5"]), names)


def sic_sectors() -> tuple[tuple[str, ...], Index]:
    """Return the 17 sectors of the State Information Center, and the one of each common sector (N,)."""
    concordance = load_concordance("h39", "sic17")
    return load_classification("sic17").names_en, concordance.members.argmax(axis=1)


def sic_regions(names: Sequence[str]) -> Index:
    """Return which of the regions `names` of the State Information Center each province is in (R,)."""
    return positions(list(provinces()["sic_region"]), names)


def capitals() -> npt.NDArray[np.float64]:
    """Return latitude and longitude of the provincial capitals (R, 2) [degree]."""
    table = pd.read_csv(TABLES / "capitals.csv").set_index("name").loc[list(PROVINCES)]
    return table.to_numpy(dtype=np.float64)
