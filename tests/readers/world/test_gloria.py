"""GLORIA, on small folders and zips made in exactly its layout (no published file is used)."""

import zipfile

import numpy as np
import openpyxl
import pytest

from mrio.errors import (
    DataError,
    DataWarning,
    FileError,
    LabelError,
    MemoryLimitError,
    MissingDataError,
    MrioError,
)
from mrio.readers.world.gloria import is_gloria, read_gloria
from tests.readers.sheets import write as write_book

REGIONS, SECTORS = ["AFG", "CHN", "XAM"], ["Growing wheat", "Petroleum/coke"]
FACTORS = ["Compensation of employees D.1", "Net operating surplus B.2n"]
DEMAND = ["Household final consumption P.3h", "Changes in inventories P.52"]
SATELLITES = [
    ("Emissions", "'co2_total'", "kilotonnes"),
    ("Material", "'Wheat'", "tonnes"),
    ("Land use", "'Wheat'", "thousand hectares"),
]
R, N, M, K = 3, 2, 2, 2
n = R * N
STEM = "20220511_120secMother_AllCountries_002_{}-Results_2019_057_Markup001(full).csv"


def arrays(seed=0):
    """Return balanced supply and use tables; industries make products of other industries on the side."""
    rng = np.random.default_rng(seed)
    own = np.kron(np.eye(R), np.ones((N, N)))
    supply = rng.uniform(1, 4, (n, n)) * own + np.diag(rng.uniform(20, 40, n))
    use, q = rng.uniform(0, 2, (n, n)), supply.sum(axis=0)
    Y = rng.dirichlet(np.ones(R * K), n) * (q - use.sum(axis=1))[:, None]
    V = rng.dirichlet(np.ones(M), n).T * (supply.sum(axis=1) - use.sum(axis=0))
    flows = {"TQ": rng.uniform(0, 1, (3, n)), "YQ": rng.uniform(0, 1, (3, R * K))}
    return {"S": supply, "U": use, "Y": Y, "V": V, **flows}


def blocks(a):
    """Lay the arrays out as the published files do: industries and products of a region side by side."""
    industry = np.array([r * 2 * N + k for r in range(R) for k in range(N)])
    product = industry + N
    T, Y, V = np.zeros((2 * n, 2 * n)), np.zeros((2 * n, R * K)), np.zeros((R * M, 2 * n))
    T[np.ix_(industry, product)], T[np.ix_(product, industry)] = a["S"], a["U"]
    Y[product] = a["Y"]
    for k in range(n):
        V[k // N * M : (k // N + 1) * M, industry[k]] = a["V"][:, k]
    TQ = np.zeros((3, 2 * n))
    TQ[:, industry] = a["TQ"]
    return {"T": T, "Y": Y, "V": V, "TQ": TQ, "YQ": a["YQ"]}


def readme(path):
    number = list(range(1, 9))
    return write_book(
        path,
        {
            "Regions": [
                ["Lfd_Nr", "Region_acronyms", "Region_names"],
                *([k, r, r] for k, r in enumerate(REGIONS, 1)),
            ],
            "Sectors": [["Lfd_Nr", "Sector_names"], *([k, s] for k, s in enumerate(SECTORS, 1))],
            "Value added and final demand": [
                ["Lfd_Nr", "Value_added_names", "Final_demand_names"],
                *([k, v, y] for k, v, y in zip(number, FACTORS, DEMAND, strict=False)),
            ],
            "Satellites": [
                ["Lfd_Nr", "Sat_head_indicator", "Sat_indicator", "Sat_unit"],
                *([k, *row] for k, row in enumerate(SATELLITES, 1)),
            ],
        },
    )


def write(folder, a, names=("T", "Y", "V", "TQ", "YQ")):
    folder.mkdir(parents=True, exist_ok=True)
    readme(folder / "GLORIA_ReadMe_057.xlsx")
    for block, values in blocks(a).items():
        if block in names:
            lines = [",".join("0" if v == 0 else repr(float(v)) for v in row) for row in values]
            (folder / STEM.format(block)).write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "GLORIA_MRIOs_57_2019", arrays())


def test_every_number_is_in_its_place(folder):
    a, found = arrays(), read_gloria(folder)
    assert (found.regions, found.sectors) == (tuple(REGIONS), tuple(SECTORS))
    assert (found.factors, found.demand) == (tuple(FACTORS), (DEMAND[0],))
    assert (found.unit, found.period) == ("thousand USD", "2019")
    assert found.price_basis == "current 2019 USD, basic prices"
    assert "release 057" in found.provenance.source
    q, g = a["S"].sum(axis=0), a["S"].sum(axis=1)
    mix = a["S"] / g[:, None]
    np.testing.assert_allclose(found.arrays.Z, a["U"] @ mix, rtol=1e-12)
    np.testing.assert_allclose(found.arrays.x.ravel(), q, rtol=1e-12)
    np.testing.assert_allclose(found.arrays.V.reshape(M, n), a["V"] @ mix, rtol=1e-12)
    Y = a["Y"].reshape(n, R, K)
    np.testing.assert_allclose(found.arrays.Y.reshape(n, R), Y[:, :, 0], rtol=1e-14)
    np.testing.assert_allclose(found.arrays.stock_change.ravel(), Y[:, :, 1].sum(axis=1), rtol=1e-14)
    np.testing.assert_allclose(found.arrays.discrepancy, 0, atol=1e-10)
    co2 = found.account("co2_total")
    assert (co2.unit, set(found.accounts)) == (
        "kilotonnes",
        {"co2_total", "Material: Wheat", "Land use: Wheat"},
    )
    np.testing.assert_allclose(co2.values.ravel(), a["TQ"][0] @ mix, rtol=1e-12)
    np.testing.assert_allclose(co2.direct_values, a["YQ"][0].reshape(R, K).sum(axis=1), rtol=1e-14)
    assert found.check()["row balance"].passed
    assert found.check()["column balance"].worst < 1e-10


def test_industry_by_industry(folder):
    a, found = arrays(), read_gloria(folder, model="industry")
    shares = a["S"] / a["S"].sum(axis=0)
    np.testing.assert_allclose(found.arrays.Z, shares @ a["U"], rtol=1e-12)
    np.testing.assert_allclose(found.arrays.V.reshape(M, n), a["V"], rtol=1e-14)
    np.testing.assert_allclose(found.account("co2_total").values.ravel(), a["TQ"][0], rtol=1e-14)
    assert found.check()["column balance"].worst < 1e-10


def test_uses_that_miss_supply_are_kept_as_discrepancy(tmp_path):
    a = arrays()
    a["Y"] = a["Y"] * 1.01
    with pytest.warns(DataWarning, match="does not balance"):
        found = read_gloria(write(tmp_path / "io", a))
    np.testing.assert_allclose(found.arrays.discrepancy.ravel(), -a["Y"].sum(axis=1) / 101, rtol=1e-9)


def test_a_zip_with_the_labels_beside_it(folder, tmp_path):
    path = tmp_path / "GLORIA_MRIOs_57_2019.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.glob("*.csv")):
            archive.write(file, "GLORIA_MRIOs_57_2019/" + file.name)
    assert is_gloria(path)
    with pytest.raises(FileError, match="labels of GLORIA"):
        read_gloria(path)
    book = readme(tmp_path / "GLORIA_ReadMe_057.xlsx")
    expected = read_gloria(folder).arrays.Z
    np.testing.assert_array_equal(read_gloria(path).arrays.Z, expected)
    np.testing.assert_array_equal(read_gloria(path, labels=book).arrays.Z, expected)


def test_accounts_of_the_same_name_are_told_apart(folder, monkeypatch):
    monkeypatch.setattr(
        "tests.readers.world.test_gloria.SATELLITES", [SATELLITES[0], SATELLITES[1], SATELLITES[1]]
    )
    readme(folder / "GLORIA_ReadMe_057.xlsx")
    found = read_gloria(folder)
    assert list(found.accounts) == ["co2_total", "Material: Wheat [2]", "Material: Wheat [3]"]
    np.testing.assert_allclose(found.account("Material: Wheat [3]").values.sum(), arrays()["TQ"][2].sum())


def test_accounts_that_are_asked_for(folder):
    found = read_gloria(folder, accounts=("Land use: Wheat", "co2_total"))
    assert list(found.accounts) == ["Land use: Wheat", "co2_total"]
    np.testing.assert_allclose(found.account("Land use: Wheat").values.sum(), arrays()["TQ"][2].sum())
    assert not read_gloria(folder, accounts=()).accounts
    with pytest.raises(LabelError, match="not there"):
        read_gloria(folder, accounts=("Wheat",))
    for block in ("TQ", "YQ"):
        (folder / STEM.format(block)).unlink()
    assert not read_gloria(folder).accounts
    with pytest.raises(LabelError, match="not there"):
        read_gloria(folder, accounts=("co2_total",))


def test_columns_that_miss_their_output_are_told(tmp_path):
    a = arrays()
    a["V"] = a["V"] * 0.9
    with pytest.warns(DataWarning, match="sum of the column") as caught:
        read_gloria(write(tmp_path / "io", a))
    assert len(caught[0].message.table) == n


# -- damage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", ["T", "Y", "V", "TQ", "YQ"])
@pytest.mark.parametrize("share", [0.0, 0.4, 0.8])
def test_a_file_cut_off(folder, block, share):
    path = folder / STEM.format(block)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(MrioError):
        read_gloria(folder)


@pytest.mark.parametrize("block", ["T", "Y", "V", "TQ", "YQ"])
def test_a_row_too_many(folder, block):
    path = folder / STEM.format(block)
    whole = path.read_text()
    path.write_text(whole + whole.splitlines()[0] + "\n")
    with pytest.raises(FileError, match="number of rows"):
        read_gloria(folder)


@pytest.mark.parametrize("block", ["T", "V", "TQ", "Y"])
def test_numbers_where_the_layout_has_none(folder, block):
    path = folder / STEM.format(block)
    rows = [line.split(",") for line in path.read_text().splitlines()]
    # Industries to industries, a product's factors and emissions, what final users buy of industries.
    row, column = {"T": (0, 0), "V": (0, N), "TQ": (0, N), "Y": (0, 0)}[block]
    rows[row][column] = "3.5"
    path.write_text("\n".join(map(",".join, rows)) + "\n")
    with pytest.raises(DataError, match="layout of GLORIA has none") as caught:
        read_gloria(folder)
    assert "3.5" in caught.value.amount


def test_primary_inputs_of_another_region(folder):
    path = folder / STEM.format("V")
    rows = [line.split(",") for line in path.read_text().splitlines()]
    rows[0], rows[M] = rows[M], rows[0]
    path.write_text("\n".join(map(",".join, rows)) + "\n")
    with pytest.raises(DataError, match="layout of GLORIA has none"):
        read_gloria(folder)


@pytest.mark.parametrize("text", ["", "n.a.", "nan", "inf"])
def test_a_cell_that_is_no_number(folder, text):
    path = folder / STEM.format("T")
    rows = [line.split(",") for line in path.read_text().splitlines()]
    rows[N][1] = text
    path.write_text("\n".join(map(",".join, rows)) + "\n")
    with pytest.raises(MissingDataError):
        read_gloria(folder)


def test_two_years_in_one_folder(folder):
    for block in ("T", "Y", "V"):
        other = STEM.format(block).replace("2019", "2020")
        (folder / other).write_text((folder / STEM.format(block)).read_text())
    with pytest.raises(FileError, match="one table") as caught:
        read_gloria(folder)
    assert "2019 of release 057, 2020 of release 057" in caught.value.amount
    assert read_gloria(folder, period="2020").period == "2020"


def test_labels_with_gaps(folder):
    write_book(
        folder / "GLORIA_ReadMe_057.xlsx", {"Value added and final demand": [["a"]], "Satellites": [["b"]]}
    )
    with pytest.raises(LabelError, match="no column"):
        read_gloria(folder)


def test_a_table_larger_than_memory_is_refused_before_it_is_read(folder, monkeypatch):
    monkeypatch.setattr("mrio.files.available_memory", lambda: 100)
    with pytest.raises(MemoryLimitError):
        read_gloria(folder)


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "what"),
    [
        ("Regions", 1, 1, -1e3, "The column 'Region_acronyms' of labels holds numbers."),
        ("Sectors", 2, 1, 2012, "The column 'Sector_names' of labels holds numbers."),
        (
            "Value added and final demand",
            2,
            2,
            "1,5",
            "Changes in inventories are not one category of final demand.",
        ),
    ],
)
def test_labels_that_are_none(folder, sheet, row, column, value, what):
    path = folder / "GLORIA_ReadMe_057.xlsx"
    book = openpyxl.load_workbook(path)
    book[sheet].cell(row + 1, column + 1, value)
    book.save(path)
    with pytest.raises(LabelError) as caught:
        read_gloria(folder)
    assert caught.value.what == what
