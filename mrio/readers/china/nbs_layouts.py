"""Where the workbooks of provincial input-output tables of 2007 have what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mrio.readers.china.nbs_codes import FACTORS

FACTOR_NAMES: Final = ("劳动者报酬", "生产税净额", "固定资产折旧", "营业盈余")
"""Primary inputs as the sheets name them, in the order of `FACTORS`."""

SECTOR_SPELLINGS: Final = {
    "通用、专用设备制造业": ("通用、专用设备制造业", "通用专用设备制造业"),
    "通信设备、计算机及其他电子设备制造业": (
        "通信设备、计算机及其他电子设备制造业",
        "通信设备、计算机及其它电子设备制造业",
    ),
    "批发和零售业": ("批发和零售业", "批发零售业"),
}
"""Sectors that the two workbooks spell differently."""

TRADE: Final = ("exports", "outflow", "imports", "inflow")
"""Columns of trade that provinces with totals only leave empty or fill with zeros."""


@dataclass(frozen=True)
class Layout:
    """Where a workbook has what.

    Attributes
    ----------
    columns
        Code and name of each column, by what it holds.
    rows
        Code and name of the rows below the flows.
    tolerance
        Accepted relative difference of totals.
    """

    columns: Mapping[str, tuple[str, str]]
    rows: Mapping[str, tuple[str, str]]
    tolerance: float


UNIFORM: Final = Layout(
    columns={
        "TIU": ("TIU", "中间使用合计"),
        "FU101": ("FU101", "农村居民"),
        "FU102": ("FU102", "城镇居民"),
        "THC": ("THC", "小计"),
        "FU103": ("FU103", "政府消费支出"),
        "TC": ("TC", "合计"),
        "FU201": ("FU201", "固定资本形成总额"),
        "FU202": ("FU202", "存货增加"),
        "GCF": ("GCF", "合计"),
        "ERR": ("ERR", "其他"),
        "GO": ("GO", "总产出"),
        "exports": ("FU301", "出口"),
        "outflow": ("FU302", "调出"),
        "out_total": ("OUT", "小计"),
        "imports": ("FU303", "进口"),
        "inflow": ("FU304", "调入"),
        "in_total": ("IN", "小计"),
    },
    rows={
        "TII": ("TII", "中间投入合计"),
        **{code: (code, name) for code, name in zip(FACTORS, FACTOR_NAMES, strict=True)},
        "TVA": ("TVA", "增加值合计"),
        "TI": ("TI", "总投入"),
    },
    tolerance=1e-6,
)
"""Sheets of provinces in the uniform workbook."""

NATIONAL: Final = Layout(
    columns={
        **{key: value for key, value in UNIFORM.columns.items() if key.isupper()},
        "out_total": ("EX", "出口"),
        "in_total": ("IM", "进口"),
    },
    rows=UNIFORM.rows,
    tolerance=UNIFORM.tolerance,
)
"""The sheet of the nation in the uniform workbook: exports and imports only."""

OWN: Final = Layout(
    columns={
        "TIU": ("43", "中间使用合计"),
        "FU101": ("44", "农村消费"),
        "FU102": ("45", "城镇消费"),
        "THC": ("46", "小计"),
        "FU103": ("47", "政府消费"),
        "TC": ("48", "合计"),
        "FU201": ("49", "固定资本形成总额"),
        "FU202": ("50", "存货增加"),
        "GCF": ("51", "小计"),
        "ERR": ("57", "其他"),
        "GO": ("58", "总产出"),
        "exports": ("52", "出口"),
        "outflow": ("53", "调出"),
        "imports": ("55", "进口"),
        "inflow": ("56", "调入"),
    },
    rows={key: (str(number), name) for number, (key, (_, name)) in enumerate(UNIFORM.rows.items(), start=43)},
    tolerance=1e-4,
)
"""Sheets as each province published them: columns and rows by number, no totals of trade."""
