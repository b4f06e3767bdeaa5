"""MARIO folders made in exactly the layout of its exports; its own test tables where it is there."""

import json

import numpy as np
import pandas as pd
import pytest

import mrio
from mrio.errors import DataError, FileError, LabelError, MissingDataError, MrioError, UnitsError
from mrio.readers.packages.mario import is_mario, read_mario
from mrio.readers.packages.pymrio import Hints
from tests.compare import assert_close

pytest.importorskip("pyarrow")

REGIONS, SECTORS, ACTIVITIES = ["Reg1", "Reg2"], ["Agriculture", "Services"], ["Farms", "Offices"]
FACTORS, STRESSORS, DEMAND = ["Taxes", "Wages"], ["Employment", "CO2"], ["Households", "Investment"]
R, N, K = 2, 2, 2
n = R * N


def pairs(level, items):
    return pd.MultiIndex.from_product([REGIONS, [level], items], names=["Region", "Level", "Item"])


def names(items):
    return pd.Index(items, name="Item")


FINALS = pairs("Consumption category", DEMAND)


def arrays(seed=0):
    """Return balanced tables: a symmetric one, and supply and use."""
    rng = np.random.default_rng(seed)
    Z, Y = rng.uniform(0, 5, (n, n)), rng.uniform(5, 9, (n, R * K))
    x = Z.sum(1) + Y.sum(1)
    supply = rng.uniform(0, 3, (n, n)) * np.kron(np.eye(R), np.ones((N, N))) + np.diag(rng.uniform(30, 40, n))
    use = rng.uniform(0, 5, (n, n))
    final = rng.dirichlet(np.ones(R * K), n) * (supply.sum(0) - use.sum(1))[:, None]
    share = np.array([[0.25], [0.75]])
    return {
        "Z": Z,
        "Y": Y,
        "X": x[:, None],
        "V": share * (x - Z.sum(0)),
        "E": rng.uniform(0, 9, (2, n)),
        "EY": rng.uniform(0, 9, (2, R * K)),
        "VY": np.zeros((2, R * K)),
        "S": supply,
        "U": use,
        "Yc": final,
        "Va": share * (supply.sum(1) - use.sum(0)),
        "Ea": rng.uniform(0, 9, (2, n)),
    }


def matrices(a, *, supply_use=False):
    """Return frames with the labels that MARIO gives them."""
    if not supply_use:
        own = pairs("Sector", SECTORS)
        sides = {"Z": (own, own), "Y": (own, FINALS), "X": (own, pd.Index(["production"]))}
        sides |= {"V": (names(FACTORS), own), "E": (names(STRESSORS), own)}
    else:
        own, made = pairs("Activity", ACTIVITIES), pairs("Commodity", SECTORS)
        sides = {"S": (own, made), "U": (made, own), "Yc": (made, FINALS), "Ya": (own, FINALS)}
        sides |= {"Va": (names(FACTORS), own), "Vc": (names(FACTORS), made)}
        sides |= {"Ea": (names(STRESSORS), own), "Ec": (names(STRESSORS), made)}
    sides |= {"VY": (names(FACTORS), FINALS), "EY": (names(STRESSORS), FINALS)}
    frames = {
        name: pd.DataFrame(a.get(name, np.zeros((len(down), len(across)))), down, across)
        for name, (down, across) in sides.items()
    }
    levels = {"Activity": ACTIVITIES, "Commodity": SECTORS} if supply_use else {"Sector": SECTORS}
    rows = [(level, item, "M EUR") for level, items in levels.items() for item in reversed(items)]
    rows += [("Factor of production", item, "M EUR") for item in FACTORS]
    rows += [("Satellite account", "Employment", "1000 p"), ("Satellite account", "CO2", "kg")]
    index = pd.MultiIndex.from_tuples([row[:2] for row in rows])
    frames["units"] = pd.DataFrame({"unit": [row[2] for row in rows]}, index)
    return frames


def write(folder, frames, kind="parquet", record=None):
    flows = folder / "flows"
    flows.mkdir(parents=True)
    for name, frame in frames.items():
        if kind == "parquet":
            frame.to_parquet(flows / f"{name}.parquet")
        else:
            frame.to_csv(flows / f"{name}.{kind}")
    if record is not None:
        (folder / "metadata.json").write_text(json.dumps(record))
    return folder


KINDS = pytest.mark.parametrize("kind", ["parquet", "txt", "csv"])


@KINDS
def test_every_number_of_a_symmetric_table(tmp_path, kind):
    a = arrays()
    folder = write(tmp_path / "io", matrices(a), kind, {"year": 2019, "price": None, "name": "made up"})
    found = read_mario(folder)
    assert (found.regions, found.sectors, found.demand) == (tuple(REGIONS), tuple(SECTORS), tuple(DEMAND))
    assert (found.factors, found.unit, found.period) == (tuple(FACTORS), "million EUR", "2019")
    assert (found.price_basis, found.provenance.source) == ("current 2019 EUR", "made up")
    np.testing.assert_array_equal(found.arrays.Z, a["Z"])
    np.testing.assert_array_equal(found.arrays.Y.reshape(n, -1), a["Y"])
    np.testing.assert_array_equal(found.arrays.V.reshape(2, n), a["V"])
    assert found.account("Employment").unit == "1000 p"
    np.testing.assert_array_equal(found.account("CO2").values.ravel(), a["E"][1])
    np.testing.assert_allclose(
        found.account("CO2").direct_values, a["EY"][1].reshape(R, K).sum(1), rtol=1e-15
    )
    assert found.check()["row balance"].passed
    assert found.check()["column balance"].worst < 1e-10
    np.testing.assert_array_equal(read_mario(folder / "flows").arrays.Z, a["Z"])


@KINDS
@pytest.mark.parametrize("model", ["product", "industry"])
def test_supply_and_use(tmp_path, kind, model):
    a = arrays()
    found = read_mario(write(tmp_path / "io", matrices(a, supply_use=True), kind), model=model)
    product = model == "product"
    assert found.sectors == tuple(SECTORS if product else ACTIVITIES)
    g, q = a["S"].sum(1), a["S"].sum(0)
    Z = a["U"] @ (a["S"] / g[:, None]) if product else (a["S"] / q) @ a["U"]
    np.testing.assert_allclose(found.arrays.Z, Z, rtol=1e-12)
    np.testing.assert_allclose(found.arrays.x.ravel(), q if product else g, rtol=1e-12)
    np.testing.assert_allclose(found.arrays.V.sum(), a["Va"].sum(), rtol=1e-12)
    np.testing.assert_allclose(found.account("CO2").values.sum(), a["Ea"][1].sum(), rtol=1e-12)
    assert found.check()["column balance"].worst < 1e-10
    assert found.provenance.steps[1].details == {"model": model}


def test_what_the_user_says(tmp_path):
    found = read_mario(
        write(tmp_path / "io", matrices(arrays())),
        Hints("current 2015 EUR, basic prices", "2015", source="me"),
    )
    assert (found.period, found.price_basis, found.provenance.source) == (
        "2015",
        "current 2015 EUR, basic prices",
        "me",
    )
    assert len(found.provenance.steps) == 1


# -- damage -------------------------------------------------------------------------------------------------


def spoiled(tmp_path, kind="parquet", *, supply_use=False, **changes):
    frames = matrices(arrays(), supply_use=supply_use)
    return write(
        tmp_path / "io", {name: changes.get(name, lambda f: f)(f) for name, f in frames.items()}, kind
    )


@KINDS
def test_a_cell_that_is_no_number(tmp_path, kind):
    def damage(frame):
        frame = frame.copy()
        frame.iloc[1, 2] = np.nan
        return frame

    with pytest.raises(MissingDataError):
        read_mario(spoiled(tmp_path, kind, Z=damage))


def test_text_in_a_matrix(tmp_path):
    with pytest.raises(FileError, match="something else than numbers"):
        read_mario(spoiled(tmp_path, Y=lambda frame: frame.astype(str)))


def test_a_matrix_without_columns(tmp_path):
    with pytest.raises(FileError, match="or nothing"):
        read_mario(spoiled(tmp_path, X=lambda frame: frame.iloc[:, :0]))


@KINDS
def test_labels_that_differ(tmp_path, kind):
    def damage(frame):
        return frame.rename({"Services": "Services "}, level=2)

    with pytest.raises(LabelError):
        read_mario(spoiled(tmp_path, kind, Y=damage))
    with pytest.raises(LabelError, match="other labels"):
        read_mario(spoiled(tmp_path / "b", kind, U=damage, supply_use=True))


def test_output_that_rows_do_not_add_up_to(tmp_path):
    with pytest.raises(DataError, match="gross output"):
        read_mario(spoiled(tmp_path, X=lambda frame: frame * 1.01))


def test_primary_inputs_of_final_users_have_no_place(tmp_path):
    with pytest.raises(DataError, match="no place") as caught:
        read_mario(spoiled(tmp_path, VY=lambda frame: frame + 1.0))
    assert caught.value.amount == "VY: 8 in all"


def test_units(tmp_path):
    def without(frame):
        return frame.drop(index=("Satellite account", "CO2"))

    with pytest.raises(LabelError, match="no unit"):
        read_mario(spoiled(tmp_path, units=without))
    with pytest.raises(UnitsError, match="one unit"):
        read_mario(
            spoiled(
                tmp_path / "b", units=lambda frame: frame.replace("M EUR", "TJ").head(1).combine_first(frame)
            )
        )


@pytest.mark.parametrize("row", [("Factor of production", "Wages"), ("Satellite account", "CO2")])
def test_a_unit_without_text(tmp_path, row):
    def damage(frame):
        frame = frame.copy()
        frame.loc[row, "unit"] = ""
        return frame

    with pytest.raises(UnitsError, match="unit"):
        read_mario(spoiled(tmp_path, units=damage))


def test_missing_and_doubled_files(tmp_path):
    folder = write(tmp_path / "io", matrices(arrays()))
    matrices(arrays())["Z"].to_csv(folder / "flows" / "Z.txt")
    with pytest.raises(FileError, match="twice"):
        read_mario(folder)
    (folder / "flows" / "Z.txt").unlink()
    (folder / "flows" / "V.parquet").unlink()
    with pytest.raises(FileError, match="no export of MARIO") as caught:
        read_mario(folder)
    assert "missing: V" in caught.value.amount
    assert not is_mario(folder)


def test_a_link_that_leads_out(tmp_path):
    folder = write(tmp_path / "io", matrices(arrays()))
    (folder / "flows" / "Z.parquet").rename(tmp_path / "Z.parquet")
    (folder / "flows" / "Z.parquet").symlink_to(tmp_path / "Z.parquet")
    with pytest.raises(FileError, match="lead out"):
        read_mario(folder)


@KINDS
@pytest.mark.parametrize("name", ["Z", "Y", "V", "E", "EY", "units"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.8])
def test_a_file_cut_off(tmp_path, kind, name, share):
    folder = write(tmp_path / "io", matrices(arrays()), kind)
    path = folder / "flows" / f"{name}.{kind}"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(MrioError):
        read_mario(folder)


# -- MARIO itself -------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["parquet", "txt"])
def test_accounts_equal_those_of_mario(tmp_path, kind):
    mario = pytest.importorskip("mario")
    table = mario.load_test("IOT")
    getattr(table, f"to_{kind}")(path=str(tmp_path))
    found = read_mario(tmp_path)
    assert_close(found.arrays.Z, table.Z.to_numpy(), tolerance=1e-12)
    assert_close(found.arrays.x.reshape(-1, 1), table.X.to_numpy(), tolerance=1e-12)
    for k, name in enumerate(found.accounts):
        assert_close(
            mrio.multipliers(found, name).of("multiplier").to_numpy().ravel(),
            table.f.to_numpy()[k],
            tolerance=1e-12,
        )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("model", ["product", "industry"])
def test_symmetric_tables_equal_those_of_mario(tmp_path, model):
    mario = pytest.importorskip("mario")
    mario.load_test("SUT").to_parquet(path=str(tmp_path))
    expected = mario.load_test("SUT").to_iot({"product": "B", "industry": "D"}[model], inplace=False)
    found = read_mario(tmp_path, model=model)
    # Supply and use of its test table differ by 4e-10. MARIO takes the uses as output, here supply is output.
    assert_close(found.arrays.Z, expected.Z.to_numpy(), tolerance=1e-12 if model == "product" else 1e-9)
    assert_close(found.arrays.V.reshape(3, -1), expected.V.to_numpy(), tolerance=1e-12)
    assert_close(found.account("CO2").values.ravel(), expected.E.to_numpy()[1], tolerance=1e-12)
    assert_close(
        (found.arrays.x - found.arrays.discrepancy).reshape(-1, 1), expected.X.to_numpy(), tolerance=1e-9
    )
