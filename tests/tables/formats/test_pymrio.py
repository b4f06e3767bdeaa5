"""Tables to pymrio and back, and accounts equal to those pymrio computes itself."""

import json
import pickle
import warnings

import numpy as np
import pytest
import xarray as xr

import mrio
from mrio.errors import DataWarning, FileError, LabelError, MissingDataError, UnitsError
from mrio.readers.packages.pymrio import Hints, read_pymrio
from mrio.tables.formats.netcdf import system_to_dataset
from tests.compare import assert_close

with warnings.catch_warnings():
    # Some versions of pymrio warn of their own imports.
    warnings.simplefilter("ignore")
    pymrio = pytest.importorskip("pymrio")

pytestmark = [
    pytest.mark.filterwarnings("ignore::Warning:pymrio"),
    # Its test system does not balance by columns, nor does a table without its imports.
    pytest.mark.filterwarnings("ignore:.*does not balance:mrio.errors.DataWarning"),
]


@pytest.fixture(scope="module")
def theirs():
    """Return pymrio's own test system with its accounts computed by pymrio."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pymrio.load_test().calc_all()


@pytest.fixture(scope="module")
def ours(theirs):
    with pytest.warns(DataWarning, match="does not balance"):
        return mrio.from_pymrio(theirs, price_basis="current 2000 USD, basic prices", period="2000")


def same(first, second):
    xr.testing.assert_identical(system_to_dataset(first), system_to_dataset(second))


def test_arrays_are_those_of_pymrio(theirs, ours):
    assert ours.regions == ("reg1", "reg2", "reg3", "reg4", "reg5", "reg6")
    assert ours.unit == "million USD"
    assert ours.factors == ("Value Added",)
    np.testing.assert_array_equal(ours.arrays.Z, theirs.Z.to_numpy())
    np.testing.assert_array_equal(ours.arrays.Y.reshape(48, 42), theirs.Y.to_numpy())
    assert_close(ours.arrays.x.ravel(), theirs.x.to_numpy().ravel(), tolerance=1e-12)
    np.testing.assert_array_equal(ours.arrays.population, theirs.population.to_numpy().ravel())
    np.testing.assert_array_equal(ours.arrays.V.ravel(), theirs.factor_inputs.F.to_numpy().ravel())


def test_accounts_equal_those_of_pymrio(theirs, ours):
    names = ["emission_type1 | air", "emission_type2 | water"]
    found = mrio.footprint(ours, names)
    for name in names:
        row = tuple(name.split(" | "))
        direct = theirs.emissions.F_Y.loc[[row]].T.groupby(level=0, sort=False).sum().to_numpy().ravel()
        own = {"account": name}
        assert_close(found.direct.sel(own), direct, tolerance=1e-12)
        assert_close(
            found.production.sel(own).sum("sector") + direct,
            theirs.emissions.D_pba_reg.loc[row],
            tolerance=1e-12,
        )
        bought = found.consumption.sel(own).sum(("region", "sector"))
        assert_close(bought + direct, theirs.emissions.D_cba_reg.loc[row], tolerance=1e-12)
        assert_close(found.exports.sel(own), theirs.emissions.D_exp_reg.loc[row], tolerance=1e-12)
        assert_close(found.imports.sel(own), theirs.emissions.D_imp_reg.loc[row], tolerance=1e-12)
        multiplier = mrio.multipliers(ours, name).of("multiplier").to_numpy().ravel()
        assert_close(multiplier, theirs.emissions.M.loc[row].to_numpy(), tolerance=1e-12)


def test_value_added_footprint_equals_that_of_pymrio(theirs, ours):
    bought = mrio.footprint(ours, "value_added").consumption.sum(("region", "sector"))
    assert_close(bought, theirs.factor_inputs.D_cba_reg.to_numpy().ravel(), tolerance=1e-12)


def test_round_trip_of_pymrios_test_system(ours):
    same(mrio.from_pymrio(ours.to_pymrio()), ours)


@pytest.fixture(params=["as it is", "imports as one row", "bare", "everything"])
def table(request, worked):
    one = worked.a
    R, N, K = len(one.regions), len(one.sectors), len(one.demand)
    rows = {
        "imports_row_Z": one.arrays.imports_Z.sum(axis=0),
        "imports_row_Y": one.arrays.imports_Y.sum(axis=0),
    }
    none = {"imports_Z": None, "imports_Y": None}
    changes = {
        "as it is": {},
        "imports as one row": {**none, **rows},
        "bare": {**none, "exports": None, "stock_change": None, "population": None, "accounts": {}},
        "everything": {
            "discrepancy": np.linspace(-1, 1, R * N),
            "accounts": {"co2": (np.ones((R, N)), "Mt", np.arange(R) + 0.1), "so2": (np.ones(R * N), "t")},
            "scenario": "what if",
            "provenance": mrio.load_example("illustrative")["1"].provenance.with_step("做了", share=0.1),
        },
    }
    assert K > 1
    return one.replace(**changes[request.param])


def test_round_trip(table):
    same(mrio.from_pymrio(mrio.to_pymrio(table)), table)


@pytest.mark.parametrize("kind", ["txt", "parquet"])
def test_round_trip_through_a_folder(table, tmp_path, kind):
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    # Its own default for text keeps 12 digits.
    table.to_pymrio().save_all(tmp_path / "io", table_format=kind, float_format="%.17g")
    same(read_pymrio(tmp_path / "io"), table)
    same(read_pymrio(tmp_path / "io" / "file_parameters.json"), table)


def test_output_and_accounts_in_pymrio_are_ours(table):
    io = table.to_pymrio()
    np.testing.assert_allclose(io.Z.sum(axis=1) + io.Y.sum(axis=1), table.arrays.x.ravel(), rtol=1e-12)
    if not table.accounts:
        return
    io.x = None
    io.calc_all()
    name = next(iter(table.accounts))
    extension = io.accounts if hasattr(io, "accounts") and name in io.accounts.F.index else None
    multiplier = mrio.multipliers(table, name).of("multiplier").to_numpy().ravel()
    if extension is not None:
        assert_close(multiplier, extension.M.loc[name].to_numpy(), tolerance=1e-12)


def test_their_object_is_not_changed(theirs, ours):
    assert not np.shares_memory(ours.arrays.Z, theirs.Z.to_numpy())
    assert theirs.Z.to_numpy().flags.writeable


def test_a_system_without_primary_inputs(theirs):
    io = theirs.copy()
    io.remove_extension("factor_inputs")
    with pytest.raises(MissingDataError, match="no primary inputs") as caught:
        mrio.from_pymrio(io)
    assert 'factors="residual"' in caught.value.remedy
    found = mrio.from_pymrio(io, factors="residual")
    assert found.provenance.groups["V"].status == "derived"
    inputs = theirs.Z.to_numpy().sum(axis=0)
    np.testing.assert_allclose(found.arrays.V.ravel(), theirs.x.to_numpy().ravel() - inputs, rtol=1e-10)


def test_labels_that_differ_by_a_blank(theirs):
    io = theirs.copy()
    io.Y = io.Y.rename(index={"food": "food "}, level=1)
    with pytest.raises(LabelError, match="labels of Y"):
        mrio.from_pymrio(io)


def test_units_of_more_than_one_kind(theirs):
    io = theirs.copy()
    io.unit = io.unit.copy()
    io.unit.iloc[0, 0] = "TJ"
    with pytest.raises(UnitsError, match="one unit"):
        mrio.from_pymrio(io)


def test_what_was_not_stated_is_noted(theirs):
    found = mrio.from_pymrio(theirs)
    assert found.price_basis == "current USD"
    assert "price basis not stated" in found.provenance.steps[-1].action


def test_accounts_of_producers_and_final_users_in_other_rows(theirs):
    io = theirs.copy()
    io.emissions.F_Y = io.emissions.F_Y.iloc[::-1]
    with pytest.raises(LabelError, match="rows of F_Y of emissions"):
        mrio.from_pymrio(io)


def test_imports_that_are_not_whole(worked):
    io = worked.a.to_pymrio()
    io.mrio_imports.F = io.mrio_imports.F.iloc[1:]
    io.mrio_imports.F_Y = io.mrio_imports.F_Y.iloc[1:]
    io.mrio_imports.unit = io.mrio_imports.unit.iloc[1:]
    with pytest.raises(MissingDataError, match="not whole") as caught:
        mrio.from_pymrio(io)
    assert "2 rows, 3 expected" in caught.value.amount
    io.remove_extension("mrio_imports")
    with pytest.raises(MissingDataError, match="not whole"):
        mrio.from_pymrio(io)


def test_population_of_several_rows(theirs):
    io = theirs.copy()
    io.population = io.population.iloc[:0]
    with pytest.raises(MissingDataError, match="population"):
        mrio.from_pymrio(io)


# -- folders ------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(worked, tmp_path):
    worked.a.to_pymrio().save_all(tmp_path / "io", table_format="txt")
    return tmp_path / "io"


def test_a_folder_of_pymrio_itself(theirs, ours, tmp_path):
    theirs.save_all(tmp_path / "io", table_format="txt")
    hints = Hints("current 2000 USD, basic prices", "2000")
    found = read_pymrio(tmp_path / "io", hints)
    np.testing.assert_array_equal(found.arrays.Z, ours.arrays.Z)
    assert found.account_names == ours.account_names


def parameters(folder, part, **changes):
    path = folder / "file_parameters.json"
    record = json.loads(path.read_text())
    record["files"][part].update(changes)
    path.write_text(json.dumps(record))


def test_a_pickle_is_refused(folder):
    (folder / "Z.pkl").write_bytes(pickle.dumps([1, 2]))
    parameters(folder, "Z", name="Z.pkl")
    with pytest.raises(FileError, match="format that is not read") as caught:
        read_pymrio(folder)
    assert "run code" in caught.value.remedy


@pytest.mark.parametrize("name", ["../Z.txt", "/etc/passwd", "factor_inputs/F.txt"])
def test_a_part_outside_of_the_folder(folder, name):
    parameters(folder, "Z", name=name)
    with pytest.raises(FileError, match="lies outside"):
        read_pymrio(folder)


def test_a_link_that_leads_out(folder, tmp_path):
    (tmp_path / "other.txt").write_text((folder / "Z.txt").read_text())
    (folder / "Z.txt").unlink()
    (folder / "Z.txt").symlink_to(tmp_path / "other.txt")
    with pytest.raises(FileError, match="lies outside"):
        read_pymrio(folder)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"files": {"Z": 1}}', '{"files": {}}'])
def test_damaged_parameters(folder, damage):
    (folder / "file_parameters.json").write_text(damage)
    with pytest.raises(FileError):
        read_pymrio(folder)


def test_a_cell_that_is_no_number(folder):
    path = folder / "Z.txt"
    text = path.read_text().splitlines()
    text[4] = text[4].rsplit("\t", 1)[0] + "\tn.a.x"
    path.write_text("\n".join(text) + "\n")
    with pytest.raises(mrio.MrioError):
        read_pymrio(folder)


def test_an_empty_cell(folder):
    path = folder / "Z.txt"
    text = path.read_text().splitlines()
    text[4] = text[4].rsplit("\t", 1)[0] + "\t"
    path.write_text("\n".join(text) + "\n")
    with pytest.raises(MissingDataError, match="must hold numbers") as caught:
        read_pymrio(folder)
    assert "cells N5 ('')" in caught.value.where


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_file_cut_off(folder, share):
    path = folder / "Z.txt"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(mrio.MrioError):
        read_pymrio(folder)


def test_a_folder_without_final_demand(folder):
    path = folder / "file_parameters.json"
    record = json.loads(path.read_text())
    del record["files"]["Y"]
    path.write_text(json.dumps(record))
    with pytest.raises(FileError, match="not complete"):
        read_pymrio(folder)
