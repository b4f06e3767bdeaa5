"""pymrio: its ``IOSystem`` objects, and the folders it saves (``file_parameters.json``, txt or parquet).

Layout of a folder
------------------
``file_parameters.json`` names the file of each part with its number of index columns and header rows:
``Z``, ``Y``, ``x``, ``unit``, ``population``; A, L and other results are not read. Every extension is a
folder of its own with ``F``, ``F_Y`` and ``unit``, and a file of the same name. Files are tab-separated text
or parquet; pickles are refused, because reading one runs whatever it holds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mrio.errors import FileError, MissingDataError, MrioError, raise_together
from mrio.files import PathLike
from mrio.provenance import Provenance
from mrio.readers.raw.frames import (
    Extension,
    Frames,
    Words,
    grid,
    label_problems,
    money_unit,
    system_from_frames,
)
from mrio.readers.raw.text import TextLayout, read_numbers, read_words
from mrio.readers.raw.workbook import Floats
from mrio.tables import System
from mrio.tables.formats.pymrio import IMPORTS, MARK, OUTSIDE, OWN_CATEGORY
from mrio.units import parse_unit

PARAMETERS = "file_parameters.json"
METADATA = "metadata.json"


@dataclass(frozen=True)
class Hints:
    """What the user says of a pymrio table: all may be left out.

    Parameters
    ----------
    price_basis
        For example ``"current 2015 EUR, basic prices"``; current prices in the currency of the table when
        left out, which is noted in the provenance.
    period
        Name of the period; ``"not stated"`` when left out and the table says none.
    factors
        Extension with the primary inputs, or ``"residual"`` for output less inputs; one of the usual names
        (``factor_inputs``, ``value_added``) when left out.
    source
        Who published the numbers.
    """

    price_basis: str | None = None
    period: str | None = None
    factors: str | None = None
    source: str | None = None


def from_pymrio(
    io: Any,
    *,
    price_basis: str | None = None,
    period: str | None = None,
    factors: str | None = None,
    source: str | None = None,
) -> System:
    """Take over a table from pymrio.

    Parameters
    ----------
    io
        A ``pymrio.IOSystem`` with Z and Y; it is not changed, and nothing computed there is used.
    price_basis, period, factors, source
        See `Hints`.

    Returns
    -------
    System
        Categories of final demand as they are in pymrio, also those called export; each row of an extension
        as an account, rows of the primary inputs as factors. What `mrio.to_pymrio` made comes back as it was.

    Raises
    ------
    DataError
        When Z, Y, units or primary inputs are missing, labels differ between parts, or a number is none.

    Examples
    --------
    >>> import pymrio  # doctest: +SKIP
    >>> mrio.from_pymrio(pymrio.load_test(), price_basis="current USD")  # doctest: +SKIP
    """
    missing = [name for name in ("Z", "Y", "unit") if getattr(io, name, None) is None]
    if missing:
        raise MissingDataError(
            "The pymrio system is not complete.",
            amount=f"missing: {', '.join(missing)}",
            remedy="give a system with Z, Y and unit; one with A only can be completed by its calc_system()",
        )
    extensions = {str(name): getattr(io, name) for name in io.get_extensions(data=False)}
    frames = Frames(
        pairs=io.Z.index,
        Z=_square(io.Z),
        Y=io.Y,
        unit=money_unit(io.unit.iloc[:, 0]),
        extensions={name: _extension(name, e.F, e.F_Y, e.unit) for name, e in extensions.items()},
        population=_population(getattr(io, "population", None), io.Z.index),
        x=_output(getattr(io, "x", None)),
    )
    text = str(io.meta.description) if getattr(io, "meta", None) is not None else ""
    return _system(frames, text, Hints(price_basis, period, factors, source or _name(io)))


def read_pymrio(path: PathLike, hints: Hints | None = None) -> System:
    """Read a folder that pymrio saved; pymrio itself is not needed.

    Parameters
    ----------
    path
        The folder, or its ``file_parameters.json``.
    hints
        What the folder does not say.

    Raises
    ------
    FileError
        When a file is missing, damaged, a pickle, or lies outside of the folder.
    DataError
        See `from_pymrio`.

    Examples
    --------
    >>> read_pymrio("exported/2017")  # doctest: +SKIP
    """
    folder = Path(path).parent if Path(path).name == PARAMETERS else Path(path)
    parts = _read_parts(folder, ("Z", "Y", "x", "unit", "population"))
    missing = [name for name in ("Z", "Y", "unit") if name not in parts]
    if missing:
        raise FileError(
            "The pymrio folder is not complete.",
            where=str(folder),
            amount=f"missing: {', '.join(missing)}",
            remedy="save the whole system with its save_all(folder)",
        )
    extensions = {}
    for own in sorted(found.parent for found in folder.glob(f"*/{PARAMETERS}")):
        kept = _read_parts(own, ("F", "F_Y", "unit"))
        if "F" in kept:
            extensions[own.name] = _extension(own.name, kept["F"], kept.get("F_Y"), kept.get("unit"))
    frames = Frames(
        pairs=parts["Z"].index,
        Z=_square(parts["Z"]),
        Y=parts["Y"],
        unit=money_unit(parts["unit"].iloc[:, 0]),
        extensions=extensions,
        population=_population(parts.get("population"), parts["Z"].index),
        x=_output(parts.get("x")),
    )
    record = _json(folder / METADATA) if (folder / METADATA).is_file() else {}
    hints = hints or Hints()
    named = replace(hints, source=hints.source or str(record.get("name") or "not stated"))
    return _system(frames, str(record.get("description", "")), named)


def _system(frames: Frames, description: str, hints: Hints) -> System:
    """Return the table of frames; what mrio wrote into the description comes back as it was."""
    record = _own_record(description)
    currency = parse_unit(frames.unit).base
    if record is not None:
        words = Words(
            price_basis=record["price_basis"],
            period=record["period"],
            scenario=record["scenario"],
            population_unit=record["population_unit"],
            provenance=Provenance.from_json(json.dumps(record["provenance"])),
            factors=hints.factors,
        )
        return _own_system(frames, words, record["imports"])
    provenance = Provenance(hints.source or "not stated").with_step("taken over from pymrio")
    if hints.price_basis is None:
        provenance = provenance.with_step("price basis not stated: current prices were assumed")
    words = Words(
        price_basis=hints.price_basis or f"current {currency}",
        period=hints.period or "not stated",
        provenance=provenance,
        factors=hints.factors,
    )
    return system_from_frames(frames, words)


def _own_record(description: str) -> dict[str, Any] | None:
    """Return the record that `mrio.to_pymrio` left, or None."""
    try:
        record = json.loads(description)[MARK]
    except (ValueError, KeyError, TypeError):
        return None
    return record if isinstance(record, dict) else None


def _own_system(frames: Frames, words: Words, imports: str) -> System:
    """Undo the layout of `mrio.to_pymrio`."""
    regions, sectors = grid(frames.pairs, "rows of Z")
    _, categories = grid(frames.Y.columns, "columns of Y")
    raise_together(label_problems(frames, regions))
    shape = (len(regions), len(sectors), len(regions), len(categories))
    Y = frames.Y.to_numpy(dtype=np.float64).reshape(shape)
    own = np.arange(len(regions))
    extra = {
        name: Y[own, :, own, categories.index(OWN_CATEGORY + name)]
        for name in OUTSIDE
        if OWN_CATEGORY + name in categories
    }
    K = len(categories) - len(extra)
    arrays: dict[str, Any] = {"Y": Y[..., :K], "demand": categories[:K], **extra}
    extensions = dict(frames.extensions)
    if imports != "none":
        by_product = imports == "product"
        found = _imports(extensions.pop(IMPORTS, None), len(sectors) if by_product else 1)
        inputs = found[0].reshape(-1, *shape[:2])
        final = found[1].reshape(len(inputs), len(regions), -1)[..., :K]
        arrays["imports_Z" if by_product else "imports_row_Z"] = inputs if by_product else inputs[0]
        arrays["imports_Y" if by_product else "imports_row_Y"] = final if by_product else final[0]
    return system_from_frames(replace(frames, extensions=extensions), words, **arrays)


def _imports(extension: Extension | None, rows: int) -> tuple[Floats, Floats]:
    """Return imports of producers and of final users, one row a product or one in all."""
    if extension is None or extension.F_Y is None or len(extension.F) != rows:
        raise MissingDataError(
            "The imports that the description of a pymrio system tells of are not whole.",
            where=f"extension {IMPORTS!r}",
            amount=f"{0 if extension is None else len(extension.F)} rows, {rows} expected",
            remedy="save the system anew with mrio.to_pymrio",
        )
    return extension.F.to_numpy(dtype=np.float64), extension.F_Y.to_numpy(dtype=np.float64)


def _square(Z: pd.DataFrame) -> Any:
    """Return the numbers of Z, whose rows and columns must carry the same labels."""
    if list(Z.index) != list(Z.columns):
        raise FileError(
            "Rows and columns of Z carry other labels.",
            amount=f"{len(Z.index)} rows and {len(Z.columns)} columns",
            remedy="give a symmetric table: the same regions and sectors in rows and columns",
        )
    return Z.to_numpy(dtype=np.float64)


def _output(x: pd.DataFrame | None) -> Any:
    return None if x is None else x.to_numpy(dtype=np.float64)[:, 0]


def _population(frame: pd.DataFrame | None, pairs: pd.Index[Any]) -> Any:
    """Return population in the order of the regions, or None."""
    if frame is None:
        return None
    regions = list(dict.fromkeys(pairs.get_level_values(0)))
    if sorted(map(str, frame.columns)) != sorted(map(str, regions)):
        return None
    if len(frame) != 1:
        raise MissingDataError(
            "The population of a pymrio system is not one row.",
            amount=f"{len(frame)} rows",
            remedy="give one row with a number for each region, or none at all",
        )
    return frame[regions].to_numpy(dtype=np.float64)[0]


def _extension(name: str, F: Any, F_Y: Any, unit: Any) -> Extension:
    """Return an extension, which must have its flows and units."""
    if F is None or unit is None or len(unit) != len(F):
        raise MissingDataError(
            f"The extension {name!r} has no flows F, or not one unit a row.",
            remedy="calculate F and give units, or remove the extension",
        )
    return Extension(F, tuple(map(str, unit.iloc[:, 0])), F_Y)


def _name(io: Any) -> str:
    meta = getattr(io, "meta", None)
    return str(getattr(meta, "name", None) or getattr(io, "name", None) or "not stated")


# -- files --------------------------------------------------------------------------------------------------


def _read_parts(folder: Path, names: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """Return those parts of a folder that its parameters name."""
    listed = _json(folder / PARAMETERS).get("files")
    if not isinstance(listed, dict):
        raise FileError(
            "The file does not list the parts of a pymrio folder.",
            where=str(folder / PARAMETERS),
            amount="no mapping under 'files'",
            remedy="save the system anew with pymrio",
        )
    return {name: _read_frame(folder, listed[name]) for name in names if name in listed}


def _json(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileError(
            "The file cannot be read as JSON.",
            where=str(path),
            amount=f"{type(error).__name__}: {error}",
            remedy="get the folder anew; it is damaged or no pymrio folder",
        ) from error
    return record if isinstance(record, dict) else {}


def _read_frame(folder: Path, entry: Any) -> pd.DataFrame:
    """Read one part, which must lie in its folder."""
    try:
        path = (folder / entry["name"]).resolve()
        index, header = int(entry["nr_index_col"]), int(entry["nr_header"])
    except (KeyError, TypeError, ValueError) as error:
        raise FileError(
            "A part of a pymrio folder is not described.",
            where=str(folder / PARAMETERS),
            amount=repr(entry)[:200],
            remedy="save the system anew with pymrio",
        ) from error
    if path.parent != folder.resolve():
        raise FileError(
            "A part of a pymrio folder lies outside of it.",
            where=str(folder / PARAMETERS),
            amount=repr(entry["name"]),
            remedy="do not use this folder; its files must lie beside the list",
        )
    try:
        return _by_suffix(path, index, header)
    except MrioError:
        raise
    except (OSError, ValueError, ImportError, IndexError, TypeError) as error:
        raise FileError(
            "A part of a pymrio folder cannot be read.",
            where=str(path),
            amount=f"{type(error).__name__}: {error}",
            remedy="get the folder anew; parquet files need the package pyarrow",
        ) from error


def _by_suffix(path: Path, index: int, header: int) -> pd.DataFrame:
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        frame = pd.read_parquet(path)
        other = [str(name) for name, kind in frame.dtypes.items() if kind.kind not in "fiu"]
        if (other and path.stem != "unit") or frame.columns.empty:
            raise ValueError(f"no numbers in columns {', '.join(other[:4]) or 'at all'}")
        return frame
    if suffix in (".txt", ".tsv", ".csv"):
        layout = TextLayout(index, header, "," if suffix == ".csv" else "\t")
        with path.open(encoding="utf-8", newline="") as lines:
            if path.stem == "unit":
                return read_words(lines, layout, path.name)
            return read_numbers(lines, layout, path.name, square=path.stem == "Z")
    raise FileError(
        "A part of a pymrio folder is of a format that is not read.",
        where=str(path),
        amount=f"{path.suffix!r}; read are .txt, .tsv, .csv and .parquet",
        remedy='save it with table_format="txt" or "parquet"; pickles run code when they are read',
    )
