"""Official codes beside labels: right where they are printed, absent where they are not certain."""

import itertools

import pytest
import xarray as xr

import mrio
from mrio.classification import CLASSIFICATIONS, classification_table
from mrio.codes import code_coordinates, code_table, with_codes, without_codes

# GB/T 2260, typed by hand from the standard: first two digits of the six.
GB2260 = {
    "Beijing": 11, "Tianjin": 12, "Hebei": 13, "Shanxi": 14, "Inner Mongolia": 15,
    "Liaoning": 21, "Jilin": 22, "Heilongjiang": 23,
    "Shanghai": 31, "Jiangsu": 32, "Zhejiang": 33, "Anhui": 34, "Fujian": 35, "Jiangxi": 36, "Shandong": 37,
    "Henan": 41, "Hubei": 42, "Hunan": 43, "Guangdong": 44, "Guangxi": 45, "Hainan": 46,
    "Chongqing": 50, "Sichuan": 51, "Guizhou": 52, "Yunnan": 53, "Tibet": 54,
    "Shaanxi": 61, "Gansu": 62, "Qinghai": 63, "Ningxia": 64, "Xinjiang": 65,
}  # fmt: skip

# GB/T 4754 editions: last division before international organisations, and numbers the edition leaves out.
EDITIONS = {"nbs2007_42": (97, {12, 38, 64}), "nbs2012_42": (95, set()), "nbs2017_42": (96, set())}

ISIC_SECTIONS = {
    "A": (1, 3), "B": (5, 9), "C": (10, 33), "D": (35, 35), "E": (36, 39), "F": (41, 43), "G": (45, 47),
    "H": (49, 53), "I": (55, 56), "J": (58, 63), "K": (64, 66), "L": (68, 68), "M": (69, 75), "N": (77, 82),
    "O": (84, 84), "P": (85, 85), "Q": (86, 88), "R": (90, 93), "S": (94, 96),
}  # fmt: skip


def divisions(text):
    """Return the numbers of a list such as "63,65-67"."""
    found = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def test_every_province_has_its_code():
    table = code_table("region", GB2260)
    assert table["region_code"].tolist() == [f"{code}0000" for code in GB2260.values()]
    back = code_table("from_region", table["region_name_zh"])
    assert back["from_region_code"].tolist() == table["region_code"].tolist()


def test_the_rest_and_abroad_have_a_name_and_no_code():
    table = code_table("to_region", ["Hebei", "Rest of China", "abroad"])
    assert table["to_region_code"].tolist() == ["130000", "", ""]
    assert table["to_region_name_zh"].tolist() == ["河北", "中国其他地区", "国外"]


@pytest.mark.parametrize(
    "labels",
    [["Jilin", "Changchun"], ["Hebei ", "Tianjin"], ["hebei"], ["A", "B"], ["Rest of China"], ["NorthCoast"]],
)
def test_one_stranger_among_the_regions_and_none_has_a_code(labels):
    assert code_coordinates("region", labels) == {}


@pytest.mark.parametrize("name", EDITIONS)
def test_sectors_share_out_every_division_of_the_national_classification(name):
    last, gaps = EDITIONS[name]
    table = classification_table(name)
    found = [number for text in table["gbt4754"] for number in divisions(text)]
    assert sorted(found) == sorted(set(range(1, last + 1)) - gaps)


def test_harmonised_sectors_are_sums_of_those_of_2017():
    of_2017, common = classification_table("nbs2017_42"), classification_table("h39")
    for row in common.to_dict("records"):
        parts = of_2017[of_2017["h39"] == row["code"]]["gbt4754"]
        assert sorted(n for text in parts for n in divisions(text)) == divisions(row["gbt4754"]), row["code"]


@pytest.mark.parametrize("name", ["h39", "nbs2012_42", "nbs2017_42"])
def test_divisions_of_isic_exist_and_belong_to_one_sector(name):
    found = []
    for part in ",".join(filter(None, classification_table(name)["isic4"])).split(","):
        first, _, last = part.partition("-")
        last = last or first
        assert first[0] == last[0]
        low, high = ISIC_SECTIONS[first[0]]
        assert low <= int(first[1:3]) <= int(last[1:3]) <= high
        found += [part] if len(first) > 3 else range(int(first[1:]), int(last[1:]) + 1)
    assert len(found) == len(set(found))
    # Divisions that several sectors share are no code of any of them.
    assert not {26, 32, 33, *range(69, 83), 95, 96} & {n for n in found if isinstance(n, int)}


def test_sectors_are_known_by_names_or_codes_in_any_order():
    for name, column in itertools.product(("h39", "nbs2007_42", "nbs2017_42"), ("name_en", "name_zh")):
        table = classification_table(name).sample(frac=1, random_state=0)
        assert code_table("sector", table[column])["sector_code"].tolist() == table["code"].tolist()
    h39 = classification_table("h39")
    assert code_table("use_sector", h39["code"])["use_sector_name_zh"].tolist() == h39["name_zh"].tolist()


@pytest.mark.parametrize("name", [name for name in CLASSIFICATIONS if name != "h39"])
def test_bare_numbers_are_no_codes(name):
    assert code_coordinates("sector", classification_table(name)["code"]) == {}


def test_codes_are_gone_after_an_aggregation_and_kept_where_labels_are():
    table = mrio.load_example("bth")["2017"]
    small = table.aggregate(
        regions={
            "Beijing": "Beijing",
            "Tianjin": "Tianjin",
            "Hebei": "Hebei",
            "Rest of China": "Rest of China",
        },
        sectors={name: "goods" if k < 21 else "services" for k, name in enumerate(table.sectors)},
    )
    dataset = small.to_dataset()
    assert dataset["region_code"].values.tolist() == ["110000", "120000", "130000", ""]
    assert "sector_code" not in dataset
    merged = table.aggregate(regions={r: "Jing-Jin" if r != "Hebei" else r for r in table.regions})
    assert "region_code" not in merged.to_dataset()


def test_tables_and_arrays_carry_codes_through_selection():
    table = mrio.load_example("bth")["2017"]
    Z = with_codes(table.Z)
    cell = Z.sel(region="Hebei", sector="Coal mining", use_region="Beijing", use_sector="Construction")
    assert cell["region_code"].item() == "130000"
    assert (cell["sector_isic"].item(), cell["use_sector_gbt4754"].item()) == ("B05", "47-50")
    assert Z.set_index(region="region_code").sel(region="130000").sum() == Z.sel(region="Hebei").sum()
    xr.testing.assert_identical(without_codes(Z), table.Z)
    xr.testing.assert_identical(with_codes(Z), Z)


def test_files_carry_codes_and_tables_come_back_without(tmp_path):
    table = mrio.load_example("bth")["2017"]
    table.to_netcdf(tmp_path / "a.nc")
    with xr.open_dataset(tmp_path / "a.nc", group="2017") as dataset:
        assert dataset["Z"].coords["region_code"].values.tolist() == ["110000", "120000", "130000", ""]
        assert dataset["sector_gbt4754"].attrs["codelist"] == "GB/T 4754-2017"
        # Buyers carry the labels of the sellers.
        assert "use_region_code" not in dataset
    t = mrio.measure_transfer(mrio.load_example("bth")["2012"], table)
    t.to_netcdf(tmp_path / "t.nc")
    with xr.open_dataset(tmp_path / "t.nc") as dataset:
        assert dataset["from_region_code"].values.tolist() == ["110000", "120000", "130000", "", ""]
    xr.testing.assert_identical(mrio.read_netcdf(tmp_path / "t.nc").data, t.data)


def test_a_variable_of_the_user_is_not_taken_for_a_code():
    data = xr.Dataset({"region_code": ("region", [1.0, 2.0])}, coords={"region": ["Beijing", "Hebei"]})
    assert with_codes(data)["region_code"].values.tolist() == [1.0, 2.0]
    assert "region_name_zh" in with_codes(data).coords
