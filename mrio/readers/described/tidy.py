"""Tidy long tables of other sources (CSV, Parquet), through a small description of their columns.

Every row holds one flow: who sells (region, sector), who buys (region, sector or category), and the value.
Rows of primary inputs carry the name of a factor as their selling sector; purchases for final use carry the
name of a category as their buying sector. That is the shape of FIGARO's flat files and of many statistical
databases.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mrio.errors import DataError, FileError, LabelError, MissingDataError, raise_together
from mrio.files import PathLike, existing
from mrio.provenance import Provenance
from mrio.readers.gaps import notice_gaps
from mrio.readers.raw.workbook import Floats
from mrio.tables import System


@dataclass(frozen=True)
class TidyLayout:
    """Columns of a long table, and what its labels mean.

    Parameters
    ----------
    demand
        Labels in column `use_sector` that are categories of final demand.
    factors
        Labels in column `sector` that are primary inputs, whatever their region says.
    region, sector, use_region, use_sector, value
        Names of the columns.
    exports, stock_change, discrepancy
        Labels in column `use_sector` that are kept apart from final demand, or None.
    empty
        What a flow without a row means; None: all must have one.

    Examples
    --------
    >>> TidyLayout(demand=("final",), factors=("value added",)).value
    'value'
    """

    demand: tuple[str, ...]
    factors: tuple[str, ...]
    region: str = "region"
    sector: str = "sector"
    use_region: str = "use_region"
    use_sector: str = "use_sector"
    value: str = "value"
    exports: str | None = None
    stock_change: str | None = None
    discrepancy: str | None = None
    empty: float | None = 0.0

    def __post_init__(self) -> None:
        texts = [name for name in ("demand", "factors") if isinstance(getattr(self, name), str)]
        if texts:
            raise LabelError(
                "A layout needs lists of labels.",
                amount=", ".join(f"{name}={getattr(self, name)!r}" for name in texts),
                remedy=f"give {texts[0]}=({getattr(self, texts[0])!r},)",
            )


_COLUMNS = ("region", "sector", "use_region", "use_sector", "value")
_APART = ("exports", "stock_change", "discrepancy")


def read_tidy(
    path: PathLike,
    layout: TidyLayout,
    *,
    unit: str,
    price_basis: str,
    period: str,
    source: str = "not stated",
) -> System:
    """Read a table from a long CSV or Parquet file of another source.

    Parameters
    ----------
    path
        The file, with a header.
    layout
        Its columns and labels.
    unit, price_basis, period, source
        What the file does not say; see `System.from_arrays`.

    Returns
    -------
    System
        Regions and sectors in the order of their first row. Primary inputs that final purchases pay, such as
        taxes on products, have no place in a table; the provenance tells their sum.

    Raises
    ------
    DataError
        When a column is missing, a value is no number, a flow stands twice, or a flow has no row where
        `layout.empty` is None.

    Warns
    -----
    DataWarning
        When rows or columns miss output by more than 1e-3 (see `mrio.readers.gaps`).

    Examples
    --------
    >>> import mrio, pathlib
    >>> head = "region,sector,use_region,use_sector,value"
    >>> rows = [head, "A,goods,A,goods,60", "A,goods,A,final,40", "A,va,A,goods,40"]
    >>> _ = pathlib.Path("tidy.csv").write_text(chr(10).join(rows))
    >>> words = {"unit": "1e8 CNY", "price_basis": "current 2017 CNY", "period": "2017"}
    >>> mrio.read_tidy("tidy.csv", mrio.TidyLayout(("final",), ("va",)), **words).x.values
    array([[100.]])
    """
    flows = _sorted_out(_checked(_load(Path(path)), layout, str(path)), layout)
    system = System.from_arrays(
        regions=flows.regions,
        sectors=flows.sectors,
        demand=layout.demand,
        factors=layout.factors,
        unit=unit,
        price_basis=price_basis,
        period=period,
        provenance=Provenance(source).with_step(
            "read from a long table", paid_on_final_demand=flows.paid_on_final_demand
        ),
        **_arrays(flows, layout),
    )
    return notice_gaps(system)


@dataclass(frozen=True, eq=False)
class _Flows:
    """Rows of a long table by what they are; producers are regions by sectors, in order of appearance.

    Attributes
    ----------
    regions, sectors
        Labels of the producers.
    intermediate, final, inputs
        Rows of Z, Y and V.
    apart
        Rows of each column that is kept apart, by its name in the table.
    paid_on_final_demand
        Sum of the primary inputs that final purchases pay, which have no place in a table.
    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    intermediate: pd.DataFrame
    final: pd.DataFrame
    inputs: pd.DataFrame
    apart: dict[str, pd.DataFrame]
    paid_on_final_demand: float


def _sorted_out(frame: pd.DataFrame, layout: TidyLayout) -> _Flows:
    """Tell rows apart by who sells and who buys."""
    is_factor = frame["sector"].isin(layout.factors)
    on_final = frame["use_sector"].isin(layout.demand)
    labels = {name: getattr(layout, name) for name in _APART if getattr(layout, name) is not None}
    producers = frame[~is_factor]
    within = ~is_factor & ~frame["use_sector"].isin(labels.values())
    return _Flows(
        regions=tuple(dict.fromkeys(producers["region"])),
        sectors=tuple(dict.fromkeys(producers["sector"])),
        intermediate=frame[within & ~on_final],
        final=frame[within & on_final],
        inputs=frame[is_factor & ~on_final],
        apart={name: producers[producers["use_sector"] == label] for name, label in labels.items()},
        paid_on_final_demand=float(frame.loc[is_factor & on_final, "value"].sum()),
    )


def _arrays(flows: _Flows, layout: TidyLayout) -> dict[str, Any]:
    """Return the arrays of a table from its rows."""
    pairs = pd.MultiIndex.from_product([flows.regions, flows.sectors])
    finals = pd.MultiIndex.from_product([flows.regions, layout.demand])
    sellers, users = (("region", "sector"), pairs), ("use_region", "use_sector")
    # Primary inputs belong to the buyer; the region of such a row says nothing.
    factors = (("sector",), pd.Index(layout.factors))
    whole = (("all",), pd.Index([""]))
    return {
        "Z": _matrix(flows.intermediate, sellers, (users, pairs), layout),
        "Y": _matrix(flows.final, sellers, (users, finals), layout),
        "V": _matrix(flows.inputs, factors, (users, pairs), layout),
        **{
            name: _matrix(rows.assign(all=""), sellers, whole, layout).ravel()
            for name, rows in flows.apart.items()
        },
    }


def _load(path: Path) -> pd.DataFrame:
    path = existing(path)
    try:
        if path.suffix.lower() == ".parquet":
            return pd.read_parquet(path)
        return _texts(path, "\t" if path.suffix.lower() in (".tsv", ".txt") else ",")
    except (OSError, ValueError, ImportError, pd.errors.ParserWarning) as error:
        raise FileError(
            "The file cannot be read as a long table.",
            where=str(path),
            amount=f"{type(error).__name__}: {error}",
            remedy="give a CSV or Parquet file with a header, each column once, and rows as long as the "
            "header; Parquet needs the package pyarrow",
        ) from error


def _texts(path: Path, separator: str) -> pd.DataFrame:
    """Return all cells of a text file; pandas would rename doubled columns, and shift or cut long rows."""
    head = pd.read_csv(path, sep=separator, dtype=str, header=None, nrows=1, encoding="utf-8-sig")
    doubled = head.iloc[0][head.iloc[0].duplicated()].tolist()
    if doubled:
        raise ValueError(f"columns stand twice: {', '.join(map(repr, doubled))}")
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        return pd.read_csv(
            path, sep=separator, dtype=str, keep_default_na=False, index_col=False, encoding="utf-8-sig"
        )


def _checked(frame: pd.DataFrame, layout: TidyLayout, place: str) -> pd.DataFrame:
    """Return the columns that matter under the names of the schema, values as numbers."""
    names = {getattr(layout, name): name for name in _COLUMNS}
    missing = [column for column in names if column not in frame.columns]
    if missing:
        raise LabelError(
            "A long table lacks columns of its layout.",
            where=place,
            amount=f"missing {', '.join(missing)}; there are {', '.join(map(str, frame.columns))}",
            remedy="name the columns in TidyLayout",
        )
    frame = frame[list(names)].rename(columns=names)
    numbers = pd.to_numeric(frame["value"], errors="coerce")
    bad = frame[~np.isfinite(numbers.to_numpy(dtype=np.float64))]
    if len(bad):
        lines = ", ".join(f"{line + 2} ({value!r})" for line, value in bad["value"].head(6).items())
        raise MissingDataError(
            "Rows of a long table hold no number.",
            where=f"{place}, lines {lines}",
            amount=f"{len(bad)} rows",
            remedy="put the published number into each row; zero where the source says zero",
            table=bad,
        )
    # float() is exact on every version of pandas, to_numeric is not.
    return frame.assign(value=[float(value) for value in frame["value"]])


def _matrix(
    frame: pd.DataFrame,
    down: tuple[tuple[str, ...], pd.Index[Any]],
    across: tuple[tuple[str, ...], pd.Index[Any]],
    layout: TidyLayout,
) -> Floats:
    """Return rows as a matrix (down, across)."""
    places = [labels.get_indexer(_keys(frame, columns)) for columns, labels in (down, across)]
    problems: list[DataError] = []
    lost = frame[(places[0] < 0) | (places[1] < 0)]
    if len(lost):
        problems.append(
            LabelError(
                "Rows of a long table name a buyer or seller that is no region, sector or category.",
                where="; ".join(" | ".join(map(str, row)) for row in lost.head(3).itertuples(index=False)),
                amount=f"{len(lost)} rows",
                remedy="name every category, factor and column kept apart in TidyLayout",
                table=lost,
            )
        )
    flat = places[0] * len(across[1]) + places[1]
    doubled = frame[pd.Series(flat).duplicated(keep=False).to_numpy()]
    if len(doubled) and not len(lost):
        problems.append(
            DataError(
                "A flow of a long table stands in more than one row.",
                where="; ".join(" | ".join(map(str, row)) for row in doubled.head(3).itertuples(index=False)),
                amount=f"{len(doubled)} rows",
                remedy="sum or remove them; nothing is summed in silence",
                table=doubled,
            )
        )
    raise_together(problems)
    result = np.full((len(down[1]), len(across[1])), np.nan if layout.empty is None else layout.empty)
    result.flat[flat] = frame["value"].to_numpy(dtype=np.float64)
    return result


def _keys(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.Index[Any]:
    if len(columns) > 1:
        return pd.MultiIndex.from_arrays([frame[column] for column in columns])
    keys: pd.Index[Any] = pd.Index(frame[columns[0]])
    return keys
