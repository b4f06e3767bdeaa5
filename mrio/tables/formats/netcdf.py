r"""Tables in netCDF, one group a table, each opening alone with its coordinates: the document of the format.

Format 2
--------
Container
    netCDF-4 (HDF5). Written to a temporary file in the same folder and renamed. Behind the last byte of HDF5
    stand 82 bytes, the seal: ``\nmrio file sha256 `` and the SHA-256 of all bytes before it as 64 hexadecimal
    digits. Other programs ignore it; mrio compares it before the file is opened. A file without a seal,
    for example one that another program wrote anew, is judged by `content_sha256` alone.
Root group
    Attributes `Conventions` (CF-1.11, ACDD-1.3), `title`, `summary`, `keywords`, `history`, `mrio_format`
    (2), `mrio_kind` (``"systems"``, or the kind of a result) and `content_sha256`. A result stands in the
    root group itself, its provenance as `provenance`, or `provenance_0` and `provenance_1` for two tables.
Group ``/<name>``
    One table, under the name of its period or the one it was given.
Dims and coordinates
    ``region, sector`` sell; ``use_region, use_sector`` buy; ``demand``; ``factor``. Each is a variable of
    text, in the order of the arrays. The four dims of Z stay apart; the (n, n) matrix is a plain reshape.
    Texts are arrays of characters in UTF-8 (``char region(region, string13)``), padded with NUL.
Codes
    Auxiliary coordinates ``region_code``, ``region_name_zh``, ``sector_code``, ``sector_name_zh``,
    ``sector_gbt4754`` and ``sector_isic`` where the labels are those of a bundled classification
    (`mrio.codes`): `mrio_role` ``code``, `long_name`, and `codelist`, the standard and its edition; empty
    texts where an entry has none. ``use_region`` and ``use_sector`` have the labels of their twins, and no
    codes of their own in tables; ``from_region`` and ``to_region`` of a transfer have. They are derived
    from the labels when a file is written, and left out when mrio reads it.
Variables
    The arrays of `mrio.schema.SYSTEM_DIMS` under their symbols (`Z`, `Y`, `V`, `x`, ...), those that the
    table has; one variable an account (`mrio_role` ``account``), and one for final users' own flows
    (``<account>_direct``, role ``direct``). Float64, zlib and shuffle, no fill values: NaN has no meaning.
    A sparse Z is stored as its CSR parts `Z_data`, `Z_indices`, `Z_indptr`.
Attributes of variables
    `units` in the form of UDUNITS, `long_name` with the thing that is counted in parentheses, and
    `mrio_unit`, the unit in full (``1e8 CNY``), where `units` cannot say it: the rule is in `mrio.cf`.
    `price_basis` where the unit is money (of both periods in a result of two); `coverage_content_type`;
    `coordinates`, the names of the codes. In results the labels of dims have a `long_name`, too.
Attributes of groups
    `period`, `scenario`, `unit`, `price_basis`, `population_unit`, `title`, `source`, `history`, `comment` (a
    headline that must be shown), `content_sha256`, `provenance`, and those of the root group.
Digest
    `content_sha256` is the SHA-256 of the variables of a group in the order of their names, codes included:
    name with dims and shape, then texts as JSON or numbers as little-endian bytes, then attributes as JSON
    with sorted keys; last the attributes of the group (`mrio.files.digest`; `Conventions`, `mrio_format`,
    `mrio_kind`, `coordinates` and the digest itself stay out).
Provenance
    One JSON text: `source`, `headline`, `steps` (each `action` and `details`) and `groups` of cells (each
    `status` ``fact``, ``derived`` or ``estimated``, `source` and `note`). It holds no clock time and no path,
    so the same content gives the same bytes with the same netCDF library.
Versions
    A file of a newer format is refused; every older one stays readable, and a stored file of each is tested.
    New variables and attributes that older readers may ignore do not raise the version. Format 1 had texts of
    the type of netCDF-4, units in full in `units`, and neither codes nor `summary` and `keywords`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from scipy import sparse

from mrio.errors import FileError, LabelError
from mrio.files import PathLike, write_groups
from mrio.provenance import Provenance
from mrio.schema import SYSTEM_DIMS
from mrio.tables.account import Account
from mrio.tables.arrays import is_sparse
from mrio.tables.system import System
from mrio.tables.systems import Systems

KIND_SYSTEMS = "systems"
_ROLE = "mrio_role"


def system_to_dataset(system: System) -> xr.Dataset:
    """Return a table as one plain Dataset, all labels as coordinates, all words as attributes."""
    data: dict[str, Any] = {}
    for name in SYSTEM_DIMS:
        if name == "Z" and is_sparse(system.arrays.Z):
            data.update(_sparse_parts(system))
        elif (array := system.array(name)) is not None:
            data[name] = array
    for name, account in system.accounts.items():
        flows = xr.DataArray(account.flows)
        data[name] = flows.assign_attrs({_ROLE: "account"})
        if account.direct is not None:
            data[f"{name}_direct"] = xr.DataArray(account.direct).assign_attrs({_ROLE: "direct"})
    labels = {dim: list(system.labels.of(dim)) for dims in SYSTEM_DIMS.values() for dim in dims}
    attrs = {
        "title": f"Multi-regional input-output table {system.title}",
        "period": system.period,
        "scenario": system.scenario,
        "unit": system.unit,
        "price_basis": system.price_basis,
        "population_unit": system.population_unit,
        "source": system.provenance.source,
        "history": "; ".join(step.action for step in system.provenance.steps) or "as given",
        "provenance": system.provenance.to_json(),
    }
    if system.provenance.headline:
        attrs["comment"] = system.provenance.headline
    return xr.Dataset(data, coords=labels, attrs=attrs)


def system_from_dataset(dataset: xr.Dataset) -> System:
    """Return the table that `system_to_dataset` wrote.

    Raises
    ------
    FileError
        When a part is missing.
    """
    # xarray numbers a dim that has lost its labels, so their absence must be asked for.
    missing = [name for name in ("region", "sector", "demand", "factor", "Y", "V") if name not in dataset]
    if missing:
        raise _incomplete(", ".join(map(repr, missing)))
    try:
        attrs = {str(key): value for key, value in dataset.attrs.items()}
        arrays: dict[str, Any] = {name: dataset[name].values for name in SYSTEM_DIMS if name in dataset}
        arrays["Z"] = _matrix(dataset)
        return System.from_arrays(
            regions=_words(dataset, "region"),
            sectors=_words(dataset, "sector"),
            demand=_words(dataset, "demand"),
            factors=_words(dataset, "factor"),
            accounts=_accounts(dataset),
            unit=attrs["unit"],
            price_basis=attrs["price_basis"],
            period=attrs["period"],
            scenario=attrs["scenario"],
            population_unit=attrs["population_unit"],
            provenance=Provenance.from_json(attrs["provenance"]),
            **arrays,
        )
    except KeyError as error:
        raise _incomplete(str(error)) from error


def _incomplete(parts: str) -> FileError:
    return FileError(
        "A table in a file is not complete.",
        amount=f"missing: {parts}",
        remedy="write the file anew with mrio",
    )


def write_systems(systems: Mapping[str, System], path: PathLike) -> None:
    """Write tables to a netCDF-4 file, one group each (see `Systems.to_netcdf`).

    Raises
    ------
    LabelError, FileError
        When a name cannot be that of a group, or the file cannot be written.
    """
    bad = [name for name in systems if "/" in name or not name.strip()]
    if bad:
        raise LabelError(
            "A table cannot be written under its name: names of groups hold no '/'.",
            where=", ".join(map(repr, bad)),
            remedy="name it otherwise: Systems({...}), or replace(period=...)",
        )
    groups = {name: system_to_dataset(system) for name, system in systems.items()}
    title = "Multi-regional input-output tables " + ", ".join(systems)
    write_groups(groups, path, KIND_SYSTEMS, title)


def systems_from_groups(groups: Mapping[str, xr.Dataset]) -> Systems:
    """Return the tables that the groups of a file hold."""
    return Systems({name: system_from_dataset(group) for name, group in groups.items() if name != "/"})


def _words(dataset: xr.Dataset, dim: str) -> list[str]:
    return [str(label) for label in dataset[dim].values]


def _accounts(dataset: xr.Dataset) -> dict[str, Account]:
    result = {}
    for key, variable in dataset.data_vars.items():
        name = str(key)
        if variable.attrs.get(_ROLE) == "account":
            own = f"{name}_direct"
            direct = dataset[own].values if own in dataset else None
            result[name] = Account(variable.values, variable.attrs["units"], direct)
    return result


def _sparse_parts(system: System) -> dict[str, Any]:
    """Return the CSR parts of Z as variables."""
    Z = sparse.csr_array(system.arrays.Z)
    attrs = {"units": system.unit, "price_basis": system.price_basis, "long_name": "stored values of Z, CSR"}
    return {
        "Z_data": ("Z_entry", Z.data, attrs),
        "Z_indices": ("Z_entry", Z.indices.astype(np.int64), {"long_name": "column of each stored value"}),
        "Z_indptr": ("Z_row", Z.indptr.astype(np.int64), {"long_name": "start of each row in Z_data"}),
    }


def _matrix(dataset: xr.Dataset) -> Any:
    if "Z" in dataset:
        return dataset["Z"].values
    n = dataset.sizes["region"] * dataset.sizes["sector"]
    parts = tuple(dataset[name].values for name in ("Z_data", "Z_indices", "Z_indptr"))
    return sparse.csr_array(parts, shape=(n, n))
