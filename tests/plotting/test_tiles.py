import numpy as np
import pandas as pd

from mrio import plotting
from mrio.classification import provinces
from mrio.plotting.tiles import tile_table


def test_every_province_has_one_tile():
    places = plotting.tile_places()
    names = [name for line in plotting.TILES for name in line.split() if name != "."]
    assert len(names) == len(places) == len(set(places.values()))
    assert set(places) == set(provinces().index)


def test_neighbours_lie_where_they_should():
    places = plotting.tile_places()
    rows, columns = ({name: place[axis] for name, place in places.items()} for axis in (0, 1))
    assert rows["Heilongjiang"] < rows["Beijing"] < rows["Hebei"] < rows["Guangdong"] < rows["Hainan"]
    assert columns["Xinjiang"] < columns["Sichuan"] < columns["Hubei"] < columns["Shanghai"]
    assert columns["Tianjin"] == columns["Beijing"] + 1


def test_regions_that_are_no_province_stand_below():
    table = tile_table(pd.Series({"Hebei": 2.0, "Rest of China": 1.0, "abroad": -1.0}))
    assert len(table) == 33
    assert table["value"].notna().sum() == 3
    assert (table.loc[["Rest of China", "abroad"], "row"] == len(plotting.TILES)).all()
    assert not table.duplicated(["row", "column"]).any()
    assert table.drop(index=["Rest of China", "abroad"])["row"].max() < len(plotting.TILES)


def test_chinese_names_find_their_tiles():
    english = tile_table(pd.Series({"Hebei": 2.0, "Tibet": 1.0}))
    chinese = tile_table(pd.Series({"河北": 2.0, "西藏": 1.0}))
    np.testing.assert_array_equal(english.to_numpy(), chinese.to_numpy())
    assert chinese.index.tolist() == provinces().loc[english.index, "name_zh"].tolist()


def test_a_table_of_other_regions_is_drawn_too():
    ax = plotting.tile_map(pd.Series({f"region {number}": float(number) for number in range(9)}), "1", "t")
    said = [text.get_text() for text in ax.texts]
    assert "region 8\n8.00" in said
    assert "Hebei" in said
