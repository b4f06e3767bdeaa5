"""Tables to Parquet, CSV and Excel and back: identical, or refused."""

import json

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr
from scipy import sparse

import mrio
from mrio.errors import DataError, FileError, LabelError, UnitsError
from mrio.tables.formats.netcdf import system_to_dataset

pytest.importorskip("pyarrow")

WAYS = {
    "parquet": (mrio.write_parquet, mrio.read_parquet),
    "csv": (mrio.write_csv, mrio.read_csv),
    "xlsx": (mrio.write_excel, mrio.read_excel),
    "sdmx.csv": (mrio.write_sdmx, mrio.read_sdmx),
}


def same(first, second):
    assert list(first) == list(second)
    for name in first:
        xr.testing.assert_identical(system_to_dataset(first[name]), system_to_dataset(second[name]))


@pytest.fixture(params=["two tables", "rich", "bare", "sparse", "odd labels"])
def tables(request, worked):
    one = worked.a
    R, N = len(one.regions), len(one.sectors)
    imports = {"imports_Z": None, "imports_Y": None}
    if request.param == "two tables":
        return worked.tables
    accounts = {"co2, total": (np.ones((R, N)) / 3, "Mt", np.arange(R) / 7), "水": (-np.ones(R * N), "t")}
    changes = {
        "rich": {"discrepancy": np.linspace(-1, 1, R * N), "accounts": accounts, "scenario": "what if"},
        "bare": {**imports, "exports": None, "stock_change": None, "population": None, "accounts": {}},
        "sparse": {"Z": sparse.csr_array(one.arrays.Z)},
        "odd labels": {"regions": ["01", "=1+1", "NA", "中 国"][:R], "sectors": ["-", "1.0", 'a,"b"'][:N]},
    }[request.param]
    return mrio.Systems({"a b": one.replace(**changes)})


@pytest.mark.parametrize("kind", WAYS)
def test_round_trip(tables, tmp_path, kind):
    write, read = WAYS[kind]
    write(tables, tmp_path / f"t.{kind}")
    same(read(tmp_path / f"t.{kind}"), tables)


@pytest.mark.parametrize("kind", WAYS)
def test_accounts_in_another_order_than_the_alphabet(worked, tmp_path, kind):
    write, read = WAYS[kind]
    shape = worked.a.arrays.x.shape
    accounts = {"b": (np.full(shape, 2.0), "t"), "a": (np.full(shape, 3.0), "t"), "c": (np.ones(shape), "t")}
    tables = mrio.Systems([worked.a.replace(accounts=accounts)])
    write(tables, tmp_path / f"t.{kind}")
    same(read(tmp_path / f"t.{kind}"), tables)


@pytest.mark.parametrize("kind", WAYS)
def test_one_table_is_named_by_its_period(worked, tmp_path, kind):
    write, read = WAYS[kind]
    write(worked.a, tmp_path / f"t.{kind}")
    same(read(tmp_path / f"t.{kind}"), mrio.Systems([worked.a]))


@pytest.mark.parametrize("kind", ["parquet", "csv", "sdmx.csv"])
def test_same_content_gives_the_same_bytes(worked, tmp_path, kind):
    for name in "ab":
        WAYS[kind][0](worked.tables, tmp_path / f"{name}.{kind}")
    assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()


def test_plain_tools_read_the_numbers(worked, tmp_path):
    mrio.write_parquet(worked.a, tmp_path / "t.parquet")
    mrio.write_csv(worked.a, tmp_path / "t.csv")
    for frame in (pd.read_parquet(tmp_path / "t.parquet"), pd.read_csv(tmp_path / "t.csv")):
        Z = frame[frame["array"] == "Z"]
        np.testing.assert_allclose(Z["value"].sum(), worked.a.arrays.Z.sum(), rtol=1e-12)
    mrio.write_excel(worked.a, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True)["1 Z"]
    assert sheet["A3"].value == "region"
    assert sheet["C1"].value == worked.a.regions[0]
    assert sheet["C4"].value == worked.a.arrays.Z[0, 0]


# -- damage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", WAYS)
def test_a_missing_or_foreign_file(tmp_path, kind):
    path = tmp_path / f"t.{kind}"
    with pytest.raises(FileError):
        WAYS[kind][1](path)
    path.write_text("something else\n")
    with pytest.raises(FileError):
        WAYS[kind][1](path)


@pytest.mark.parametrize("kind", WAYS)
def test_damage_is_refused_or_harmless(worked, tmp_path, kind):
    write, read = WAYS[kind]
    path = tmp_path / f"t.{kind}"
    write(worked.tables, path)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    spoiled = [whole[: int(share * len(whole))] for share in (0.0, 0.1, 0.5, 0.9, 0.99)]
    for place in rng.integers(0, len(whole), 60):
        one = bytearray(whole)
        one[place] ^= 1 << int(rng.integers(8))
        spoiled.append(bytes(one))
    refused = 0
    for content in spoiled:
        path.write_bytes(content)
        try:
            found = read(path)
        except FileError:
            refused += 1
        else:
            # Damage that changes no content, for example to a time stamp or an unused part.
            same(found, worked.tables)
    assert refused >= 5


def test_a_changed_number_in_a_workbook(worked, tmp_path):
    path = tmp_path / "t.xlsx"
    mrio.write_excel(worked.a, path)
    book = openpyxl.load_workbook(path)
    book["1 Z"]["D5"].value += 1e-9
    book.save(path)
    with pytest.raises(FileError, match="damaged"):
        mrio.read_excel(path)


@pytest.mark.parametrize("number", [None, "one"])
def test_a_workbook_that_names_other_tables(worked, tmp_path, number):
    path = tmp_path / "t.xlsx"
    mrio.write_excel(worked.tables, path)
    book = openpyxl.load_workbook(path)
    book["About"]["A2"].value = number
    book.save(path)
    with pytest.raises(FileError, match="damaged") as caught:
        mrio.read_excel(path)
    assert "names other tables than the record" in caught.value.amount


@pytest.mark.parametrize("change", ["doubled", "unknown", "dropped", "newer"])
def test_a_changed_csv(worked, tmp_path, change):
    path = tmp_path / "t.csv"
    mrio.write_csv(worked.a, path)
    lines = path.read_text().splitlines()
    beside = tmp_path / "t.csv-metadata.json"
    if change == "newer":
        record = json.loads(beside.read_text())
        beside.write_text(json.dumps({**record, "mrio_long_format": 2}))
    new = {
        "doubled": [*lines, lines[-1]],
        "unknown": [*lines, lines[-1].replace(worked.a.regions[0], "nowhere").replace("co2", "so2")],
        "dropped": lines[:-1],
        "newer": lines,
    }[change]
    path.write_text("\n".join(new) + "\n")
    with pytest.raises(FileError):
        mrio.read_csv(path)


@pytest.mark.parametrize("kind", WAYS)
def test_tables_and_accounts_keep_their_order(worked, tmp_path, kind):
    write, read = WAYS[kind]
    flows = worked.a.accounts["co2"].values
    accounts = {
        "water": (2 * flows, "t"),
        "co2": (flows, "Mt CO2"),
        "ash": (3 * flows, "t", [1.0, 2.0, 3.0, 4.0]),
    }
    before = {
        "z": worked.a.replace(accounts=accounts),
        "b": worked.b.replace(accounts=accounts),
        "A": worked.b,
    }
    write(before, tmp_path / f"t.{kind}")
    after = read(tmp_path / f"t.{kind}")
    assert list(after) == ["z", "b", "A"]
    assert list(after["z"].accounts) == ["water", "co2", "ash"]
    for name, table in before.items():
        assert after[name].identical(table)


@pytest.mark.parametrize("kind", WAYS)
def test_what_could_not_be_read_back_is_not_written(worked, tmp_path, kind):
    write, _ = WAYS[kind]
    other = worked.b.replace(sectors=["a", "b", "c"])
    for tables, error in (
        ({"0": worked.a, "1": other}, LabelError),
        ({"0": worked.a, "1": worked.b.in_unit("1e4 CNY")}, UnitsError),
        ({"0": 3}, DataError),
        ({}, DataError),
    ):
        with pytest.raises(error):
            write(tables, tmp_path / f"t.{kind}")
    assert not list(tmp_path.iterdir())


def test_stored_zeros_of_a_sparse_table(worked, tmp_path):
    Z = sparse.csr_array(worked.a.arrays.Z)
    Z.data[::3] = 0.0
    table = worked.a.replace(Z=Z, V=worked.a.arrays.V * 1.0)
    mrio.write_excel(table, tmp_path / "t.xlsx")
    found = mrio.read_excel(tmp_path / "t.xlsx")["0"]
    np.testing.assert_array_equal(found.arrays.Z.toarray(), Z.toarray())
