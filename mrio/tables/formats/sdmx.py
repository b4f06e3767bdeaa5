"""Tables as one SDMX-like CSV file with codes, a codelist file beside it, and back.

Layout
------
``tables.csv`` has one row a number other than zero, in the columns `COLUMNS` of SDMX-CSV 1.0. What is sold
or made stands in ``REF_AREA`` and ``ACTIVITY``, who buys it in ``COUNTERPART_AREA`` and
``COUNTERPART_ACTIVITY``, or the final-demand category in ``EXPENDITURE``; ``_Z`` means not applicable, ``W1``
the rest of the world.
``STO`` tells the flow: P2 intermediate use, P3_P5 final use, P1 output, B1G primary inputs, P6 exports, P52
stock changes, P7 imports, POP population, and an own code for every account. The value times ten to the power
``UNIT_MULT`` is in ``UNIT_MEASURE``. ``OBS_STATUS`` is ``E`` where the provenance of the table calls any cell
of the array estimated, where nothing is known about an array of an estimated table, and in every scenario;
else ``A``. ``MRIO_STATUS`` says which: fact, derived, estimated or not stated.

``tables.csv-codelists.csv`` explains every code: list, code, name, Chinese name, and where the code is from.
Provinces have GB/T 2260 codes, sectors those of their classification (`mrio.codes`); what has no official
code gets an own one by its position (``R04``, ``S01``, ``D01``, ``F01``).

``tables.csv-metadata.json`` is the record of `mrio.tables.formats.long`, so tables are read back as they
were. The files follow SDMX as far as a reader of tables needs it; no data structure definition is registered
anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from mrio.codes import code_table
from mrio.errors import DataError, FileError
from mrio.files import PathLike
from mrio.schema import LONG_NAMES, SYSTEM_DIMS
from mrio.tables.formats.exchange import read_pair, record_path, write_pair, write_plain_csv
from mrio.tables.formats.long import COLUMNS as LONG
from mrio.tables.formats.long import DIMS, as_tables, from_long, record, to_long
from mrio.tables.status import status_of
from mrio.tables.system import System
from mrio.tables.systems import Systems
from mrio.units import Unit, parse_unit

DATAFLOW: Final = "MRIO:IOT(1.0)"
COLUMNS: Final = (
    *("DATAFLOW", "FREQ", "TABLE_IDENTIFIER", "REF_AREA", "COUNTERPART_AREA", "STO", "ACCOUNTING_ENTRY"),
    *("ACTIVITY", "COUNTERPART_ACTIVITY", "EXPENDITURE", "PRIMARY_INPUT", "PRICES", "UNIT_MEASURE"),
    *("TIME_PERIOD", "OBS_VALUE", "UNIT_MULT", "OBS_STATUS", "MRIO_STATUS"),
)
FORMAT: Final = 1
NOTHING: Final = "_Z"
WORLD: Final = "W1"
_CODELISTS: Final = "-codelists.csv"

_LISTS: Final = {
    "REF_AREA": "AREA",
    "COUNTERPART_AREA": "AREA",
    "ACTIVITY": "ACTIVITY",
    "COUNTERPART_ACTIVITY": "ACTIVITY",
    "EXPENDITURE": "EXPENDITURE",
    "PRIMARY_INPUT": "PRIMARY_INPUT",
}
"""Codelist of each column that holds labels."""


@dataclass(frozen=True)
class Flow:
    """How an array is written: its transaction, accounting entry, and the column of each of its dims."""

    sto: str
    entry: str
    columns: Mapping[str, str]
    fixed: Mapping[str, str]


_MADE: Final = {"region": "REF_AREA", "sector": "ACTIVITY"}
_BOUGHT: Final = {
    "use_region": "COUNTERPART_AREA",
    "use_sector": "COUNTERPART_ACTIVITY",
    "demand": "EXPENDITURE",
}
_ABROAD: Final = {"REF_AREA": WORLD}

FLOWS: Final = {
    "Z": Flow("P2", "D", _MADE | _BOUGHT, {}),
    "Y": Flow("P3_P5", "D", _MADE | _BOUGHT, {}),
    "V": Flow("B1G", "B", _MADE | {"factor": "PRIMARY_INPUT"}, {}),
    "x": Flow("P1", "C", _MADE, {}),
    "exports": Flow("P6", "D", _MADE, {"COUNTERPART_AREA": WORLD}),
    "stock_change": Flow("P52", "D", _MADE, {}),
    "discrepancy": Flow("DISCREPANCY", "B", _MADE, {}),
    **{
        name: Flow("P7", "C", {"sector": "ACTIVITY"} | _BOUGHT, _ABROAD)
        for name in ("imports_Z", "imports_Y", "imports_row_Z", "imports_row_Y")
    },
    "population": Flow("POP", NOTHING, {"use_region": "REF_AREA"}, {}),
}
"""How each array of the schema is written."""

_FIXED_CODES: Final = {
    ("FREQ", "A"): ("annual", "SDMX"),
    ("AREA", WORLD): ("rest of the world", "SDMX"),
    ("ACCOUNTING_ENTRY", "C"): ("credit (resources)", "SDMX"),
    ("ACCOUNTING_ENTRY", "D"): ("debit (uses)", "SDMX"),
    ("ACCOUNTING_ENTRY", "B"): ("balance", "SDMX"),
    ("PRICES", "V"): ("current prices", "SDMX"),
    ("PRICES", "Q"): ("constant prices", "SDMX"),
    ("PRICES", "Y"): ("previous year prices", "SDMX"),
    ("OBS_STATUS", "A"): ("normal value", "SDMX"),
    ("OBS_STATUS", "E"): ("estimated value", "SDMX"),
}
_ANY: Final = ("not applicable", "SDMX")


def write_sdmx(tables: System | Mapping[str, System], path: PathLike) -> None:
    """Write tables to an SDMX-like CSV file with codes, with its codelists and record beside it.

    Parameters
    ----------
    tables
        One table, or several by name.
    path
        Where to write the table; ``<path>-codelists.csv`` and ``<path>-metadata.json`` come beside it.

    Raises
    ------
    FileError
        When a file cannot be written.

    Examples
    --------
    >>> import mrio
    >>> mrio.write_sdmx(mrio.load_example("illustrative"), "sdmx.csv")
    >>> list(mrio.read_sdmx("sdmx.csv"))
    ['0', '1']
    """
    path, own = Path(path), as_tables(tables)
    codes = _codes(own)
    frame = pd.concat(list(_frames(own, codes)), ignore_index=True)
    words = {**record(own), "mrio_sdmx_format": FORMAT, "codelists": codes}
    write_plain_csv(codelists(own), path.with_name(path.name + _CODELISTS))
    write_pair(frame, words, path)


def read_sdmx(path: PathLike) -> Systems:
    """Read tables from an SDMX-like CSV file that `write_sdmx` wrote.

    Parameters
    ----------
    path
        The table; its record lies beside it.

    Raises
    ------
    FileError
        When a file is missing or damaged, or was not written by mrio.

    Examples
    --------
    >>> import mrio
    >>> mrio.read_sdmx("sdmx.csv")  # doctest: +SKIP
    """
    path = Path(path)
    frame, words = read_pair(path, COLUMNS, "OBS_VALUE")
    try:
        if words.get("mrio_sdmx_format") != FORMAT:
            raise DataError(f"format {words.get('mrio_sdmx_format')!r}, this version reads {FORMAT}")
        long = _long(frame, words)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileError(
            "An SDMX-like table is damaged.",
            where=str(path),
            amount=f"{type(error).__name__}: {error}",
            remedy="export the tables anew",
        ) from error
    return from_long(long, words, str(path))


def is_sdmx(path: Path) -> bool:
    """Tell whether a file is an SDMX-like table with its record beside it."""
    if path.suffix.lower() != ".csv" or not path.is_file() or not record_path(path).is_file():
        return False
    with path.open("rb") as file:
        return file.readline(4096).startswith(",".join(COLUMNS[:3]).encode())


def codelists(tables: System | Mapping[str, System]) -> pd.DataFrame:
    """Return every code that the SDMX-like file of these tables uses, with its meaning.

    Returns
    -------
    DataFrame
        Columns CODELIST, CODE, NAME, NAME_ZH, SOURCE, GBT4754 and ISIC4.

    Examples
    --------
    >>> import mrio
    >>> codelists(mrio.load_example("bth")).query("CODELIST == 'AREA'")["CODE"].tolist()
    ['110000', '120000', '130000', 'R04', 'W1', '_Z']
    """
    own = as_tables(tables)
    rows = [row for name, codes in _codes(own).items() for row in _explained(name, codes, own)]
    rows += [(name, code, *words, "", "", "") for (name, code), words in (_FIXED_CODES | _units(own)).items()]
    lists = (*dict.fromkeys(_LISTS.values()), "ACCOUNTING_ENTRY", "PRICES")
    rows += [(name, NOTHING, *_ANY, "", "", "") for name in lists]
    columns = ["CODELIST", "CODE", "NAME", "SOURCE", "NAME_ZH", "GBT4754", "ISIC4"]
    frame = pd.DataFrame(rows, columns=columns).sort_values(["CODELIST"], kind="stable", ignore_index=True)
    return frame[["CODELIST", "CODE", "NAME", "NAME_ZH", "SOURCE", "GBT4754", "ISIC4"]]


def _units(tables: Mapping[str, System]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the codes of units and multipliers with their meaning and source."""
    result = {}
    for system in tables.values():
        texts = [system.unit, *(account.unit for account in system.accounts.values())]
        texts += [system.population_unit] if system.arrays.population is not None else []
        for unit in map(parse_unit, texts):
            measure, power = _measure(unit)
            result["UNIT_MEASURE", measure] = (unit.base, "ISO 4217" if unit.kind == "money" else "mrio")
            result["UNIT_MULT", str(power)] = (f"times 1e{power}", "SDMX")
    return result


def _codes(tables: Mapping[str, System]) -> dict[str, dict[str, str]]:
    """Return label or meaning of every code that depends on the tables, by codelist."""
    first = next(iter(tables.values()))
    labels = first.labels
    factors = dict.fromkeys(factor for table in tables.values() for factor in table.factors)
    names = dict.fromkeys(name for table in tables.values() for name in table.accounts)
    stos = {flow.sto: LONG_NAMES[name] for name, flow in FLOWS.items()} | {"P7": "imports"}
    for number, name in enumerate(names, start=1):
        code = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
        taken = not code or {code, f"{code}_DIRECT"} & set(stos)
        code = f"ACCOUNT_{number}" if taken else code
        stos[code], stos[f"{code}_DIRECT"] = name, f"{name}_direct"
    return {
        "AREA": _coded("R", labels.regions, code_table("region", labels.regions).get("region_code")),
        "ACTIVITY": _coded("S", labels.sectors, code_table("sector", labels.sectors).get("sector_code")),
        "EXPENDITURE": _coded("D", labels.demand, None),
        "PRIMARY_INPUT": _coded("F", tuple(factors), None),
        "STO": stos,
    }


def _coded(letter: str, labels: tuple[str, ...], official: Any) -> dict[str, str]:
    """Return the label of each code: the official one, or an own one by position."""
    width = max(2, len(str(len(labels))))
    given = official.tolist() if official is not None else [""] * len(labels)
    own = [f"{letter}{place:0{width}d}" for place in range(1, len(labels) + 1)]
    return {code or mine: label for code, mine, label in zip(given, own, labels, strict=True)}


def _explained(
    name: str, codes: Mapping[str, str], tables: Mapping[str, System]
) -> Iterator[tuple[str, str, str, str, str, str, str]]:
    """Yield the rows of one codelist: list, code, name, source, Chinese name, divisions."""
    dim = {"AREA": "region", "ACTIVITY": "sector"}.get(name, "")
    table = code_table(dim, codes.values()) if dim else pd.DataFrame()
    transactions = _STOS - {"DISCREPANCY", "POP"}
    for code, label in codes.items():
        known = {str(k).removeprefix(f"{dim}_"): str(v) for k, v in table.loc[label].items()} if dim else {}
        source = "ESA 2010" if name == "STO" and code in transactions else "mrio"
        if known.get("code"):
            source = "GB/T 2260" if name == "AREA" else "classification of the table"
        divisions = (known.get("gbt4754", ""), known.get("isic", ""))
        yield name, code, label, source, known.get("name_zh", ""), *divisions


def _frames(tables: Mapping[str, System], codes: Mapping[str, Mapping[str, str]]) -> Iterator[pd.DataFrame]:
    """Yield the rows of each array of each table."""
    for name, system in tables.items():
        long = to_long({name: system})
        for array, rows in long.groupby("array", sort=False):
            yield _coded_rows(rows, str(array), name, system, codes)


def _coded_rows(
    rows: pd.DataFrame, array: str, name: str, system: System, codes: Mapping[str, Mapping[str, str]]
) -> pd.DataFrame:
    """Return the long rows of one array in the columns of SDMX."""
    flow = _flow(array, codes["STO"])
    unit = parse_unit(rows["unit"].iloc[0])
    measure, power = _measure(unit)
    status = status_of(system, array)
    money = unit.kind == "money"
    columns: dict[str, Any] = {
        **dict.fromkeys(COLUMNS, NOTHING),
        **{"DATAFLOW": DATAFLOW, "FREQ": "A", "TABLE_IDENTIFIER": name, "TIME_PERIOD": system.period},
        **{"STO": flow.sto, "ACCOUNTING_ENTRY": flow.entry, **flow.fixed},
        **{"PRICES": _PRICES[system.basis.kind] if money else NOTHING},
        **{"UNIT_MEASURE": measure, "UNIT_MULT": power},
        **{"OBS_STATUS": "E" if status.counts_as_estimated else "A", "MRIO_STATUS": status.word},
        "OBS_VALUE": rows["value"].to_numpy(),
    }
    for dim, column in flow.columns.items():
        if dim in SYSTEM_DIMS.get(array, DIMS) and (rows[dim] != "").any():
            back = {label: code for code, label in codes[_LISTS[column]].items()}
            columns[column] = rows[dim].map(back).to_numpy()
    return pd.DataFrame(columns, columns=list(COLUMNS), index=range(len(rows)))


_PRICES: Final = {"current": "V", "constant": "Q", "previous-year": "Y"}


def _flow(array: str, stos: Mapping[str, str]) -> Flow:
    """Return how an array is written; accounts go by regions and sectors, their direct flows by region."""
    if array in FLOWS:
        return FLOWS[array]
    code = next(code for code, name in stos.items() if name == array)
    if code.endswith("_DIRECT") and code.removesuffix("_DIRECT") in stos:
        return Flow(code, NOTHING, {"use_region": "REF_AREA"}, {})
    return Flow(code, NOTHING, _MADE, {})


def _measure(unit: Unit) -> tuple[str, int]:
    """Return unit of measure and power of ten; other scales are part of the unit."""
    power = round(float(np.log10(unit.scale)))
    words = {"person": "PS", "t": "T"}.get(unit.base, unit.base.replace(" ", "_"))
    if unit.kind == "mass":
        words = "_".join(["T", *unit.base.split()[1:]])
    if not np.isclose(unit.scale, 10.0**power, rtol=1e-12, atol=0.0):
        return unit.text.replace(" ", "_"), 0
    return words, power


def _long(frame: pd.DataFrame, words: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows as the long frame of `mrio.tables.formats.long`."""
    codes = words["codelists"]
    named = {_signature(name, dims): name for name, dims in SYSTEM_DIMS.items()}
    result = []
    keys = [frame["STO"], frame["ACTIVITY"] == NOTHING, frame["COUNTERPART_ACTIVITY"] == NOTHING]
    for key, rows in frame.groupby(keys, sort=False):
        sto, unmade, unbought = key
        account = codes["STO"].get(str(sto)) if sto not in _STOS else None
        array = named.get((str(sto), bool(unmade), bool(unbought)), account)
        if array is None:
            raise DataError(f"rows of transaction {sto!r} belong to no array")
        columns = dict.fromkeys(LONG, "") | {"array": array}
        long = pd.DataFrame(columns, index=rows.index).assign(
            table=rows["TABLE_IDENTIFIER"], value=rows["OBS_VALUE"]
        )
        for dim, column in _flow(array, codes["STO"]).columns.items():
            if dim in SYSTEM_DIMS.get(array, DIMS):
                # An unknown code becomes an empty label, which is refused when the table is made.
                long[dim] = rows[column].map(codes[_LISTS[column]]).fillna("")
        result.append(long)
    return pd.concat(result, ignore_index=True)


_STOS: Final = frozenset(flow.sto for flow in FLOWS.values())


def _signature(name: str, dims: tuple[str, ...]) -> tuple[str, bool, bool]:
    """Return what tells the rows of an array: transaction, and whether seller and buyer have a sector."""
    flow = FLOWS[name]
    used = {column for dim, column in flow.columns.items() if dim in dims}
    return flow.sto, "ACTIVITY" not in used, "COUNTERPART_ACTIVITY" not in used
