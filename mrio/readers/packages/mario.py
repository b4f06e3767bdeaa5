"""MARIO: the folders that it exports, symmetric tables or supply and use, Parquet or text.

Layout
------
A folder ``flows`` (or itself) with one file a matrix, ``.parquet``, or ``.txt`` and ``.csv`` with commas; a
file ``metadata.json`` beside ``flows`` where it was asked for. Rows and columns of a matrix carry the levels
Region, Level and Item, in text as three header rows and three label columns with a line that names the levels
between them; rows of primary inputs and satellite accounts carry their name only.

- Symmetric tables: ``Z``, ``Y``, ``V``, ``E``; ``X`` (output), ``EY`` (accounts of final users) and ``VY``
  (primary inputs of final users). The level of sectors is ``Sector``.
- Supply and use tables: ``S`` (activities by commodities), ``U``, ``Yc``, ``Va``, ``Ea``, and ``Ya``, ``Vc``,
  ``Ec`` for what is bought of activities, or paid and emitted by commodities.
- ``units``: one row for each sector (activity, commodity), factor and account, under its level.

Coefficients, flat exports and scenarios other than the exported one are not read. Learned from exports of
MARIO 1.3 (mariopy).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from mrio.building.supply_use import Model, SupplyUse, symmetric
from mrio.errors import DataError, FileError, LabelError, MissingExtraError
from mrio.files import PathLike
from mrio.provenance import Provenance
from mrio.readers.packages.pymrio import Hints
from mrio.readers.raw.frames import Extension, Frames, Words, money_unit, system_from_frames
from mrio.readers.raw.text import TextLayout, read_numbers, read_words
from mrio.readers.raw.workbook import Floats
from mrio.tables import System
from mrio.units import parse_unit

IOT: Final = ("Z", "Y", "V", "units")
"""Files without which a folder is no symmetric table of MARIO."""

SUT: Final = ("S", "U", "Yc", "Va", "units")
"""Files without which a folder is no supply and use table of MARIO."""

_ENDINGS = (".parquet", ".txt", ".csv")
_FACTORS, _ACCOUNTS = "Factor of production", "Satellite account"
_LEVELS = ("Region", "Level", "Item")


@dataclass(frozen=True)
class MarioFolder:
    """Matrices of one export: the folder in which they lie, and their files by name."""

    place: Path
    files: dict[str, Path]

    @property
    def is_supply_use(self) -> bool:
        """Tell whether it holds supply and use tables."""
        return set(SUT) <= set(self.files)

    def matrix(self, name: str) -> pd.DataFrame:
        """Return a matrix with (Region, Item) pairs, or names, as labels."""
        pairs_down = name not in ("V", "E", "EY", "VY", "Va", "Vc", "Ea", "Ec")
        frame = _read(self.files[name], TextLayout(3 if pairs_down else 1, 3, ","))
        return frame.set_axis(_pairs(frame.index, self.files[name]), axis=0).set_axis(
            _pairs(frame.columns, self.files[name]), axis=1
        )

    def optional(self, name: str) -> pd.DataFrame | None:
        """Return a matrix, or None where it is not there."""
        return self.matrix(name) if name in self.files else None


def read_mario(path: PathLike, hints: Hints | None = None, *, model: Model = "product") -> System:
    """Read a folder that MARIO exported; MARIO itself is not needed.

    Parameters
    ----------
    path
        The folder, with or without ``flows``.
    hints
        What the folder does not say: price basis, period, source.
    model
        How supply and use tables are made symmetric: ``"product"`` (product by product, industry technology)
        or ``"industry"`` (industry by industry, fixed product sales structure); see
        `mrio.building.supply_use`. Of no effect on symmetric tables.

    Returns
    -------
    System
        Factors of production as primary inputs, satellite accounts with those of final users apart.

    Raises
    ------
    FileError
        When a file is missing, damaged, or lies outside of the folder.
    DataError
        When labels or units differ between files, a cell holds no number, or final users pay primary inputs,
        which no table here has a place for.
    MissingExtraError
        When the files are Parquet and pyarrow is not installed.

    Examples
    --------
    >>> read_mario("exported/IOT_2019")  # doctest: +SKIP
    """
    folder = open_folder(path)
    missing = [name for name in (SUT if "U" in folder.files else IOT) if name not in folder.files]
    if missing:
        raise FileError(
            "The folder is no export of MARIO with one file a matrix.",
            where=str(folder.place),
            amount=f"missing: {', '.join(missing)}",
            remedy='export flows with to_parquet(path, flat=False) or to_txt(path, flat=False, sep=",")',
        )
    units = _units(folder)
    frames, arrays = _supply_use(folder, units, model) if folder.is_supply_use else _symmetric(folder, units)
    words = _words(folder, frames.unit, hints or Hints(), model if folder.is_supply_use else None)
    return system_from_frames(frames, words, **arrays)


def open_folder(path: PathLike) -> MarioFolder:
    """Return the files of matrices in a folder or in its folder of flows.

    Raises
    ------
    FileError
        When a matrix is there twice, or a file leads out of the folder.
    """
    place = Path(path) / "flows" if (Path(path) / "flows").is_dir() else Path(path)
    names = {*IOT, *SUT, "E", "X", "EY", "VY", "Ya", "Vc", "Ea", "Ec"}
    found = [file for ending in _ENDINGS for file in sorted(place.glob(f"*{ending}")) if file.stem in names]
    files = {file.stem: file for file in found}
    outside = [file for file in found if file.resolve().parent != place.resolve()]
    if outside or len(files) < len(found):
        raise FileError(
            "Files of a MARIO folder lead out of it, or a matrix is there twice.",
            where=str(place),
            amount=", ".join(file.name for file in outside or found),
            remedy="export the table anew into an empty folder",
        )
    return MarioFolder(place, files)


def is_mario(path: Path) -> bool:
    """Tell whether a folder holds all files of a symmetric or supply and use table of MARIO."""
    if not path.is_dir():
        return False
    names = set(open_folder(path).files)
    return set(IOT) <= names or set(SUT) <= names


# -- tables -------------------------------------------------------------------------------------------------


def _symmetric(folder: MarioFolder, units: pd.Series[str]) -> tuple[Frames, dict[str, Any]]:
    """Return a symmetric table as frames."""
    Z = folder.matrix("Z")
    _require_labels(folder, {"columns of Z": (Z.columns, Z.index)})
    x, direct = folder.optional("X"), folder.optional("EY")
    _require_nothing(folder, ("VY",))
    extensions = {"factor_inputs": _extension(folder.matrix("V"), units, _FACTORS)}
    if (flows := folder.optional("E")) is not None and len(flows):
        extensions["satellite"] = _extension(flows, units, _ACCOUNTS, direct)
    if x is not None:
        _require_labels(folder, {"rows of X": (x.index, Z.index)})
    frames = Frames(
        Z.index,
        Z.to_numpy(dtype=np.float64),
        folder.matrix("Y"),
        money_unit(_of_level(units, "Sector")),
        extensions,
        None if x is None else x.to_numpy(dtype=np.float64)[:, 0],
    )
    return frames, {}


def _supply_use(folder: MarioFolder, units: pd.Series[str], model: Model) -> tuple[Frames, dict[str, Any]]:
    """Return supply and use tables as frames of a symmetric one, and its discrepancy."""
    S, U, Y = (folder.matrix(name) for name in ("S", "U", "Yc"))
    V, E = folder.matrix("Va"), folder.optional("Ea")
    E = pd.DataFrame(np.empty((0, len(S))), [], S.index) if E is None else E
    _require_nothing(folder, ("VY", "Ya", "Vc", "Ec"))
    _require_labels(
        folder,
        {
            "rows of U": (U.index, S.columns),
            "columns of U": (U.columns, S.index),
            "rows of Yc": (Y.index, S.columns),
            "columns of Va": (V.columns, S.index),
            "columns of Ea": (E.columns, S.index),
        },
    )
    found = symmetric(SupplyUse(*(part.to_numpy(dtype=np.float64) for part in (S, U, Y, V, E))), model)
    pairs, level = (S.columns, "Commodity") if model == "product" else (S.index, "Activity")
    extensions = {"factor_inputs": _extension(_frame(found.inputs, V.index, pairs), units, _FACTORS)}
    if len(E):
        accounts = _frame(found.accounts, E.index, pairs)
        extensions["satellite"] = _extension(accounts, units, _ACCOUNTS, folder.optional("EY"))
    final = _frame(found.final, pairs, Y.columns)
    frames = Frames(pairs, found.Z, final, money_unit(_of_level(units, level)), extensions)
    return frames, {"discrepancy": found.discrepancy}


def _frame(values: Floats, index: pd.Index[Any], columns: pd.Index[Any]) -> pd.DataFrame:
    return pd.DataFrame(values, index, columns, copy=False)


def _extension(
    flows: pd.DataFrame, units: pd.Series[str], level: str, direct: pd.DataFrame | None = None
) -> Extension:
    """Return rows of flows with the unit of each."""
    own = _of_level(units, level)
    unknown = [name for name in flows.index if name not in own.index]
    if unknown or (direct is not None and list(direct.index) != list(flows.index)):
        raise LabelError(
            "Rows of a MARIO folder have no unit, or other names for final users.",
            where=f"level {level!r}: {', '.join(map(repr, unknown[:6])) or 'EY and E'}",
            amount=f"{len(flows)} rows, {len(own)} units",
            remedy="export the table anew",
        )
    return Extension(flows, tuple(str(own[name]) for name in flows.index), direct)


def _of_level(units: pd.Series[str], level: str) -> pd.Series[str]:
    """Return the units of one level by item."""
    chosen = units[units.index.get_level_values(0) == level]
    return chosen.set_axis(chosen.index.get_level_values(1))


def _require_labels(folder: MarioFolder, wanted: dict[str, tuple[pd.Index[Any], pd.Index[Any]]]) -> None:
    """Raise for every side of a matrix whose labels are not those of the table."""
    wrong = [name for name, (found, expected) in wanted.items() if list(found) != list(expected)]
    if wrong:
        raise LabelError(
            "Matrices of a MARIO folder carry other labels.",
            where=str(folder.place),
            amount=", ".join(wrong),
            remedy="export the table anew; all matrices must have the same regions and items in one order",
        )


def _require_nothing(folder: MarioFolder, names: tuple[str, ...]) -> None:
    """Raise when a matrix that has no place in the table is not empty."""
    found = {name: matrix for name in names if (matrix := folder.optional(name)) is not None}
    filled = {name: float(np.abs(matrix.to_numpy()).sum()) for name, matrix in found.items()}
    filled = {name: total for name, total in filled.items() if total > 0.0}
    if filled:
        raise DataError(
            "Final users pay primary inputs, or commodities and activities change places: there is no place "
            "for such flows in a table here.",
            where=str(folder.place),
            amount=", ".join(f"{name}: {total:.6g} in all" for name, total in filled.items()),
            remedy="book them with the products they are paid on, or set them to zero",
        )


# -- words --------------------------------------------------------------------------------------------------


def _units(folder: MarioFolder) -> pd.Series[str]:
    """Return units by (level, item)."""
    path = folder.files["units"]
    frame = _read(path, TextLayout(2, 1, ","), words=True)
    if frame.index.nlevels != 2 or frame.shape[1] != 1 or not frame.index.is_unique:
        raise FileError(
            "The units of a MARIO folder are not one text for each level and item.",
            where=str(path),
            amount=f"{frame.index.nlevels} levels, {frame.shape[1]} columns",
            remedy="export the table anew with flat=False",
        )
    units = frame.iloc[:, 0].astype(str)
    needed = {"Activity", "Commodity"} if folder.is_supply_use else {"Sector"}
    missing = sorted({*needed, _FACTORS} - set(units.index.get_level_values(0)))
    if missing:
        raise FileError(
            "The units of a MARIO folder lack a level.",
            where=str(path),
            amount=f"missing: {', '.join(missing)}",
            remedy="export the table anew",
        )
    return units


def _words(folder: MarioFolder, unit: str, hints: Hints, model: Model | None) -> Words:
    """Return the words of a table: what the user says, then what the metadata say."""
    record = _metadata(folder)
    year = str(record.get("year") or "not stated")
    period, currency = hints.period or year, parse_unit(unit).base
    provenance = Provenance(hints.source or str(record.get("name") or "not stated"))
    provenance = provenance.with_step("taken over from MARIO")
    if model is not None:
        provenance = provenance.with_step("supply and use tables made symmetric", model=model)
    if hints.price_basis is None:
        provenance = provenance.with_step("price basis not stated: current prices were assumed")
    basis = hints.price_basis or (f"current {year} {currency}" if year.isdigit() else f"current {currency}")
    return Words(basis, period, provenance, factors="factor_inputs")


def _metadata(folder: MarioFolder) -> dict[str, Any]:
    """Return the record beside the flows, or nothing."""
    places = (folder.place.parent, folder.place) if folder.place.name == "flows" else (folder.place,)
    path = next((own for place in places if (own := place / "metadata.json").is_file()), None)
    if path is None:
        return {}
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    return record if isinstance(record, dict) else {}


# -- files --------------------------------------------------------------------------------------------------


def _read(path: Path, layout: TextLayout, *, words: bool = False) -> pd.DataFrame:
    """Return one file as a frame."""
    try:
        if path.suffix == ".parquet":
            return _numeric(pd.read_parquet(path), path, words)
        with path.open(encoding="utf-8", newline="") as lines:
            if path.stem == "X":
                layout = TextLayout(3, 1, ",")
            if words:
                return read_words(lines, layout, path.name)
            return read_numbers(lines, layout, path.name, square=path.stem == "Z")
    except ImportError as error:
        raise MissingExtraError(
            "Reading Parquet needs the package pyarrow.",
            remedy="install it with: pip install 'mrio[parquet]'",
        ) from error
    except DataError:
        raise
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _unreadable(path, error) from error


def _numeric(frame: pd.DataFrame, path: Path, words: bool) -> pd.DataFrame:
    """Return a frame of Parquet, whose matrices must hold numbers only."""
    other = [] if words else [str(name) for name, kind in frame.dtypes.items() if kind.kind not in "fiu"]
    if other or frame.columns.empty:
        raise FileError(
            "A matrix of a MARIO folder holds something else than numbers, or nothing.",
            where=str(path),
            amount=f"columns {', '.join(other[:4]) or 'none'}",
            remedy="export the table anew",
        )
    return frame


def _unreadable(path: Path, error: Exception) -> FileError:
    return FileError(
        "A file of a MARIO folder cannot be read.",
        where=str(path),
        amount=f"{type(error).__name__}: {error}",
        remedy="export the table anew; the file is damaged or of another layout",
    )


def _pairs(labels: pd.Index[Any], path: Path) -> pd.Index[Any]:
    """Return labels without their middle level, which tells sectors from commodities and the like."""
    if labels.nlevels == 1:
        return labels
    if labels.nlevels != len(_LEVELS):
        raise FileError(
            "Labels of a MARIO matrix are not region, level and item.",
            where=str(path),
            amount=f"{labels.nlevels} levels",
            remedy="export the table anew with flat=False",
        )
    if labels.get_level_values(1).nunique() > 1:
        raise LabelError(
            "A side of a MARIO matrix mixes levels.",
            where=str(path),
            amount=", ".join(map(repr, labels.get_level_values(1).unique())),
            remedy="export the table anew",
        )
    return pd.MultiIndex.from_arrays([labels.get_level_values(0), labels.get_level_values(2)])
