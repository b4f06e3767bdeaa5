"""netCDF files: written whole or not at all, verified when read.

A file holds one or more groups, each a plain Dataset that opens alone with its coordinates. Writing goes to
a temporary file in the same folder which is then renamed, so a killed writer never leaves a half file under
the name. Each group carries a digest of its content (`content_sha256`), which is compared when it is read;
the same content gives the same digest on every machine, and the same bytes with the same netCDF library.

Behind the last byte of the netCDF-4 file stands a digest of the file itself, the seal. Every reader of netCDF
ignores it. It is compared before the file is opened, because the HDF5 library may crash on a damaged file.
A file without a seal, for example one that another program wrote anew, is judged by its content alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from mrio import cf
from mrio.codes import with_codes, without_codes
from mrio.errors import FileError, MemoryLimitError, near
from mrio.leontief.memory import available_memory

FORMAT = 2
"""Version of the file format that is written; older versions stay readable."""

KIND = "mrio_kind"
UNFINISHED = "unfinished_runs"
"""Kind of a file of runs that are still being made."""

_FORMAT_ATTR = "mrio_format"
_DIGEST_ATTR = "content_sha256"
_SEAL = b"\nmrio file sha256 "
_SEAL_LENGTH = len(_SEAL) + 64
_CHUNK = 1 << 20
_CLASSIC = b"CDF\x05"
_LARGE = 1 << 24
_DENSE = 200

PathLike = str | os.PathLike[str]


def existing(path: PathLike) -> Path:
    """Return the path of a file that exists.

    Raises
    ------
    FileError
        When there is no such file.
    """
    file = Path(path).expanduser()
    require_file(file)
    if not file.is_file():
        raise FileError("This is a folder, not a file.", where=str(path), remedy="name one file in it")
    return file


def write_groups(groups: Mapping[str, xr.Dataset], path: PathLike, kind: str, title: str) -> None:
    """Write Datasets as groups of one netCDF-4 file.

    Parameters
    ----------
    groups
        Group name to Dataset; the name ``"/"`` is the root group.
    path
        Where to write; an existing file is replaced only when the new one is complete.
    kind
        What the file holds, ``"systems"`` or the name of a result class.
    title
        Title of the file.

    Raises
    ------
    FileError
        When the folder does not exist or cannot be written.
    """
    path = Path(path).expanduser()
    own = {"Conventions": cf.CONVENTIONS, _FORMAT_ATTR: np.int32(FORMAT), KIND: kind}
    with replacing(path) as temporary:
        datasets = dict(groups)
        top = datasets.pop("/", xr.Dataset())
        root = _stamped(top, {"title": title, **own})
        root.to_netcdf(temporary, mode="w", engine="netcdf4", encoding=_encoding(root), format="NETCDF4")
        for name, dataset in datasets.items():
            group = _stamped(dataset, own)
            group.to_netcdf(temporary, mode="a", group=name, engine="netcdf4", encoding=_encoding(group))
        _seal(temporary)


def read_groups(path: PathLike) -> tuple[str, dict[str, xr.Dataset]]:
    """Read all groups of a file written by `write_groups` into memory.

    Returns
    -------
    tuple
        Kind of the file, and Datasets by group name; ``"/"`` is the root group.

    Raises
    ------
    FileError
        When the file is missing, damaged, foreign or newer than this version of the library.
    """
    path = existing(path)
    _require_unbroken_seal(path)
    if is_unfinished(path):
        raise FileError(
            "The runs in the file are not all finished.",
            where=str(path),
            remedy="make the same call with the same to= again, which goes on where it stopped; "
            "xarray.open_dataset shows the runs that are finished",
        )
    root = _load(path, None)
    version, kind = root.attrs.get(_FORMAT_ATTR), root.attrs.get(KIND)
    if version is None or kind is None:
        raise _foreign(path, f"it has no attribute {_FORMAT_ATTR!r}")
    if not str(version).isdecimal() or int(version) > FORMAT:
        raise FileError(
            "The file was written by a newer version of mrio.",
            where=str(path),
            amount=f"format {version}, this version reads up to {FORMAT}",
            remedy="update mrio",
        )
    # Tables keep a copy of what was read.
    require_memory(2 * _stored_size(path), str(path))
    groups = {name: _load(path, name) for name in _group_names(path)}
    groups["/"] = root
    for name, dataset in groups.items():
        _verify(dataset, path, name)
    return str(kind), {name: _without_own_attrs(dataset) for name, dataset in groups.items()}


def require_file(path: Path) -> None:
    """Raise unless there is a file or folder under a name, and say what stands near it.

    Raises
    ------
    FileError
        When there is none.
    """
    if path.exists():
        return
    folder = path.parent
    if not folder.is_dir():
        remedy = f"there is no folder {str(folder)!r} either; paths start at {str(Path.cwd())!r}"
    else:
        stems = {one.stem: one.name for one in sorted(folder.iterdir())}
        meant = [stems[stem] for stem in near(path.stem, stems)]
        guess = f"did you mean {' or '.join(map(repr, meant))}? " if meant else ""
        remedy = f"{guess}it was looked for in {str(folder.resolve())!r}"
    raise FileError("There is no such file.", where=str(path), remedy=remedy)


def is_unfinished(path: Path) -> bool:
    """Tell whether a file holds runs that are still being made.

    It is not opened for that: libraries of netCDF may crash on a damaged file.
    """
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    return head.startswith(_CLASSIC) and UNFINISHED.encode() in head


def require_memory(needed: int, where: str) -> None:
    """Refuse a table that is larger than memory, before it is loaded.

    Parameters
    ----------
    needed
        What loading takes [byte].
    where
        The file.

    Raises
    ------
    MemoryLimitError
        When it is more than this process can still take.
    """
    free = available_memory()
    if free is not None and needed > free:
        raise MemoryLimitError(
            "The table is larger than memory.",
            where=where,
            amount=f"{needed:,} byte needed, {free:,} byte available",
            remedy="use a machine with more memory, or read parts of the file with xarray and aggregate them",
        )


def require_plain_workbook(path: Path) -> None:
    """Refuse a workbook with a part that unpacks to far more than a sheet of numbers does.

    Parsers of XML take forever over such a part. A file that is no zip is left to its reader.

    Raises
    ------
    FileError
        When a part of more than 16 MiB is 200 times larger than what is stored of it.
    MemoryLimitError
        When a part is larger than memory.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, struct.error):
        return
    bombs = [part for part in parts if part.file_size > max(_LARGE, _DENSE * part.compress_size)]
    if bombs:
        raise FileError(
            "A part of a workbook unpacks to far more than a sheet does.",
            where=f"{path}, {bombs[0].filename}",
            amount=f"{bombs[0].file_size:,} byte out of {bombs[0].compress_size:,}",
            remedy="do not open this file; get the workbook anew from its source",
        )
    require_memory(max((part.file_size for part in parts), default=0), str(path))


def digest(dataset: xr.Dataset) -> str:
    """Return the SHA-256 of labels, numbers and attributes of a Dataset, independent of the file library."""
    result = hashlib.sha256()
    for name in sorted(map(str, dataset.variables)):
        variable = dataset.variables[name]
        values = np.asarray(variable.values)
        result.update(f"{name}{variable.dims}{values.shape}".encode())
        if values.dtype.kind in "OUS":
            result.update(json.dumps([str(v) for v in values.ravel()], ensure_ascii=False).encode())
        else:
            numbers = values.astype("<f8" if values.dtype.kind == "f" else "<i8", copy=False)
            result.update(np.ascontiguousarray(numbers).data)
        result.update(_attrs_text(variable.attrs).encode())
    result.update(_attrs_text(dataset.attrs).encode())
    return result.hexdigest()


_FILE_ATTRS = {_DIGEST_ATTR, _FORMAT_ATTR, KIND, "Conventions"}
_OWN_ATTRS = {*_FILE_ATTRS, "_FillValue", "coordinates"}


def _attrs_text(attrs: Mapping[Any, Any]) -> str:
    """Return attributes as canonical text, without those that the file layer adds."""
    plain = {
        str(key): (value.tolist() if isinstance(value, np.ndarray | np.generic) else value)
        for key, value in attrs.items()
        if key not in _OWN_ATTRS
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)


def _stamped(dataset: xr.Dataset, attrs: Mapping[str, Any]) -> xr.Dataset:
    """Return the Dataset with codes, the attributes of the file layer and the digest of its content."""
    # Labels first, as in a Dataset made of arrays; after reading, xarray has them last.
    ordered = xr.Dataset(coords=with_codes(dataset, twins=False).coords).assign(dataset.data_vars)
    described = ordered.assign_attrs({**attrs, **dataset.attrs})
    result = cf.describe(described, str(described.attrs.get("title", "")))
    return result.assign_attrs({_DIGEST_ATTR: digest(result)})


def _without_own_attrs(dataset: xr.Dataset) -> xr.Dataset:
    """Return the Dataset as it was before the file layer stamped it."""
    result = cf.plain(without_codes(dataset))
    result.attrs = {key: value for key, value in result.attrs.items() if key not in _FILE_ATTRS}
    return result


def _encoding(dataset: xr.Dataset) -> dict[str, dict[str, Any]]:
    """Compress numbers; no fill values, because NaN has no meaning in a table; write texts as characters."""
    result: dict[str, dict[str, Any]] = {}
    for name, variable in dataset.variables.items():
        if variable.dtype.kind == "f" and variable.ndim > 0:
            result[str(name)] = {"zlib": True, "complevel": 4, "shuffle": True, "_FillValue": None}
        # Not every tool reads the text type of netCDF-4 (Octave does not); arrays of characters all do.
        elif variable.dtype.kind in "OU" and any(map(str, variable.values.ravel())):
            result[str(name)] = {"dtype": "S1"}
    return result


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary file beside `path` and rename it when the block ends well.

    A link stays a link, and the file that it names is replaced.
    """
    path = path.expanduser().resolve()
    if not path.parent.is_dir():
        raise FileError("The folder does not exist.", where=str(path.parent), remedy="make the folder first")
    if path.is_dir():
        raise FileError("The path is that of a folder.", where=str(path), remedy="name a file in it")
    # A rename would replace a file that its owner has protected.
    if path.exists() and not os.access(path, os.W_OK):
        raise FileError("The file is write-protected.", where=str(path), remedy="write under another name")
    temporary = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        # mkstemp files are private; a result file gets the permissions that open() would give it.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    except (OSError, RuntimeError) as error:
        raise FileError(
            "The file cannot be written.",
            where=str(path),
            amount=f"{type(error).__name__}: {error}",
            remedy="check space and permissions of the folder, and names for signs netCDF does not allow",
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_text(path: PathLike, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all.

    Raises
    ------
    FileError
        When the file cannot be written.
    """
    with replacing(Path(path)) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _seal(path: Path) -> None:
    """Append the SHA-256 of a file to it."""
    seal = _SEAL + _file_digest(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(seal)


def _require_unbroken_seal(path: Path) -> None:
    """Raise when a file has a seal that is not that of its content."""
    length = path.stat().st_size - _SEAL_LENGTH
    if length < 0:
        return
    with path.open("rb") as file:
        file.seek(length)
        seal = file.read()
    if seal.startswith(_SEAL) and seal != _SEAL + _file_digest(path, length):
        raise FileError(
            "The file is damaged.",
            where=str(path),
            amount="the SHA-256 of its bytes differs from the one at its end",
            remedy="get the file anew; a damaged file cannot be repaired",
        )


def _file_digest(path: Path, length: int) -> bytes:
    """Return the SHA-256 of the first bytes of a file, as 64 hexadecimal digits."""
    result = hashlib.sha256()
    with path.open("rb") as file:
        while length > 0 and (chunk := file.read(min(_CHUNK, length))):
            result.update(chunk)
            length -= len(chunk)
    return result.hexdigest().encode()


def _load(path: Path, group: str | None) -> xr.Dataset:
    _require_hdf5(path)
    try:
        with xr.open_dataset(path, group=group, engine="netcdf4") as dataset:
            # How the numbers were packed is no part of the content, and would be taken up by the next write.
            return dataset.load().drop_encoding()
    except (OSError, RuntimeError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise FileError(
            "The file is damaged or is no netCDF-4 file.",
            where=f"{path}" + (f", group {group!r}" if group else ""),
            amount=f"{type(error).__name__}: {error}",
            remedy="get the file anew; a file that was cut off cannot be repaired",
        ) from error


def _require_hdf5(path: Path) -> None:
    """Raise for a file of another kind of netCDF, which no result is and which libraries may crash on."""
    with path.open("rb") as file:
        if file.read(3) == _CLASSIC[:3]:
            raise _foreign(path, "it is a classic netCDF file")


def _foreign(path: Path, reason: str) -> FileError:
    return FileError(
        "The file was not written by mrio.",
        where=str(path),
        amount=reason,
        remedy="open foreign netCDF files with xarray and hand the arrays to System.from_arrays",
    )


def _stored_size(path: Path) -> int:
    """Return the size of all arrays of a file once they are loaded [byte], without loading them."""
    import netCDF4

    def size(group: Any) -> int:
        own = sum(8 * int(np.prod(variable.shape)) for variable in group.variables.values())
        return own + sum(size(child) for child in group.groups.values())

    with netCDF4.Dataset(path) as file:
        return size(file)


def _group_names(path: Path) -> list[str]:
    import netCDF4

    with netCDF4.Dataset(path) as file:
        return list(file.groups)


def _verify(dataset: xr.Dataset, path: Path, name: str) -> None:
    stored = dataset.attrs.get(_DIGEST_ATTR)
    if stored != digest(dataset):
        raise FileError(
            "The content of a file is not what was written.",
            where=f"{path}, group {name!r}",
            amount="the SHA-256 of its arrays differs from the one stored beside them",
            remedy="get the file anew; to change numbers, read the file, change them, and write it with mrio",
        )
