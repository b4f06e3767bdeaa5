"""The SDMX-like table: codes, entries, units and status, read with pandas alone."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import mrio
from mrio.errors import FileError
from mrio.provenance import CellGroup, Provenance
from mrio.tables.formats.netcdf import system_to_dataset
from mrio.tables.formats.sdmx import COLUMNS, codelists
from mrio.tables.status import status_of


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("sdmx") / "bth.csv"
    mrio.write_sdmx(mrio.load_example("bth")["2017"], path)
    lists = pd.read_csv(f"{path}-codelists.csv", dtype=str, keep_default_na=False)
    return path, pd.read_csv(path, dtype={"REF_AREA": str, "COUNTERPART_AREA": str}), lists


def test_columns_and_codes(written):
    _, frame, lists = written
    assert tuple(frame.columns) == COLUMNS
    assert set(frame["REF_AREA"]) == {"110000", "120000", "130000", "R04", "W1"}
    known = {name: set(rows["CODE"]) for name, rows in lists.groupby("CODELIST")}
    same = {"REF_AREA": "AREA", "COUNTERPART_AREA": "AREA", "COUNTERPART_ACTIVITY": "ACTIVITY"}
    words = {"DATAFLOW", "TABLE_IDENTIFIER", "TIME_PERIOD", "OBS_VALUE", "MRIO_STATUS"}
    for column in set(COLUMNS) - words:
        assert set(frame[column].astype(str)) <= known[same.get(column, column)], column
    assert not lists.duplicated(["CODELIST", "CODE"]).any()
    hebei = lists[lists["CODE"] == "130000"].iloc[0]
    assert (hebei["NAME"], hebei["NAME_ZH"], hebei["SOURCE"]) == ("Hebei", "河北", "GB/T 2260")


def test_numbers_by_codes(written):
    _, frame, _ = written
    table = mrio.load_example("bth")["2017"]
    value = frame.set_index(["STO", "REF_AREA", "COUNTERPART_AREA", "ACTIVITY", "COUNTERPART_ACTIVITY"])[
        "OBS_VALUE"
    ]
    assert value["P2", "130000", "110000", "h14", "h25"] == table.arrays.Z[2 * 39 + 13, 24]
    assert value["P1", "130000", "_Z", "h14", "_Z"] == table.arrays.x[2, 13]
    assert value["P6", "110000", "W1", "h01", "_Z"] == table.arrays.exports[0, 0]
    imports = frame[frame["STO"] == "P7"]
    total = table.arrays.imports_Z.sum() + table.arrays.imports_Y.sum()
    np.testing.assert_allclose(imports["OBS_VALUE"].sum(), total, rtol=1e-12)
    assert set(imports["REF_AREA"]) == {"W1"}
    # Uses of every product and region add up to its output.
    uses = frame[frame["STO"].isin(["P2", "P3_P5", "P6", "P52", "DISCREPANCY"])]
    sums = uses.groupby(["REF_AREA", "ACTIVITY"])["OBS_VALUE"].sum()
    np.testing.assert_allclose(
        sums,
        frame[frame["STO"] == "P1"].set_index(["REF_AREA", "ACTIVITY"])["OBS_VALUE"][sums.index],
        rtol=1e-10,
    )


def test_units_prices_and_status(written):
    _, frame, _ = written
    first = frame.drop_duplicates("STO").set_index("STO")
    assert first.loc["P2", ["UNIT_MEASURE", "UNIT_MULT", "PRICES"]].tolist() == ["CNY", 8, "V"]
    assert first.loc["CO2", ["UNIT_MEASURE", "UNIT_MULT", "PRICES"]].tolist() == ["T_CO2", 6, "_Z"]
    assert first.loc["POP", ["UNIT_MEASURE", "UNIT_MULT", "OBS_STATUS"]].tolist() == ["PS", 4, "A"]
    assert first.loc["P2", ["OBS_STATUS", "MRIO_STATUS"]].tolist() == ["E", "estimated"]
    assert first.loc["P52", ["OBS_STATUS", "MRIO_STATUS"]].tolist() == ["A", "derived"]


def test_status_is_that_of_the_weakest_group(worked):
    groups = {
        "Z of coal": CellGroup("estimated", ""),
        "Z": CellGroup("fact", ""),
        "x": CellGroup("derived", ""),
    }
    table = worked.a.replace(provenance=Provenance("s", groups=groups))
    assert [status_of(table, name).word for name in ("Z", "x", "Y")] == ["estimated", "derived", "not stated"]
    assert [status_of(table, name).counts_as_estimated for name in ("Z", "x", "Y")] == [True, False, False]
    assert status_of(table.replace(scenario="what if"), "x").counts_as_estimated
    headed = table.replace(provenance=Provenance("s", groups=groups, headline="estimated"))
    assert status_of(headed, "Y").counts_as_estimated
    whole = table.replace(provenance=Provenance("s", groups={"all": CellGroup("estimated", "")}))
    assert status_of(whole, "population").word == "estimated"


def test_odd_names_keep_codes_of_their_own(worked, tmp_path):
    flows = np.ones(worked.a.x.shape)
    names = ("co2 direct", "co2", "CO2", "水", "P1")
    accounts = {
        name: (flows * k, "3 t", np.ones(len(worked.a.regions)) * k) for k, name in enumerate(names, 1)
    }
    table = worked.a.replace(accounts=accounts)
    lists = codelists(table)
    assert not lists.duplicated(["CODELIST", "CODE"]).any()
    mrio.write_sdmx(table, tmp_path / "t.csv")
    found = mrio.read(tmp_path / "t.csv")["0"]
    xr.testing.assert_identical(system_to_dataset(found), system_to_dataset(table))
    frame = pd.read_csv(tmp_path / "t.csv")
    assert set(frame[frame["STO"] == "CO2_DIRECT"]["UNIT_MEASURE"]) == {"3_t"}


def test_constant_prices_and_rows_of_imports(worked, tmp_path):
    one = worked.a
    none = dict.fromkeys(("imports_Z", "imports_Y"))
    rows = {
        "imports_row_Z": one.arrays.imports_Z.sum(axis=0),
        "imports_row_Y": one.arrays.imports_Y.sum(axis=0),
    }
    table = one.replace(**none, **rows, price_basis="constant 2007 CNY, producer prices")
    mrio.write_sdmx(table, tmp_path / "t.csv")
    frame = pd.read_csv(tmp_path / "t.csv")
    assert set(frame[frame["STO"] == "P7"]["ACTIVITY"]) == {"_Z"}
    assert set(frame[frame["STO"] == "P1"]["PRICES"]) == {"Q"}
    xr.testing.assert_identical(
        system_to_dataset(mrio.read_sdmx(tmp_path / "t.csv")["0"]), system_to_dataset(table)
    )


@pytest.mark.parametrize("change", [("P2", "P9"), ("R01", "R77"), ("TABLE_IDENTIFIER", "TABLE")])
def test_a_changed_code_is_refused(worked, tmp_path, change):
    path = tmp_path / "t.csv"
    mrio.write_sdmx(worked.a, path)
    path.write_text(path.read_text().replace(*change, 1))
    with pytest.raises(FileError):
        mrio.read_sdmx(path)
