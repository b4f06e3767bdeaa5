"""National value-added deflators: their file, their groups, and files that are damaged."""

import numpy as np
import pytest

from mrio.classification import load_classification
from mrio.errors import DataError, FileError, LabelError
from mrio.readers.china.deflators import FILE, read_deflators

GROUPS = (
    "Agriculture_AB",
    "Industry_CE",
    "Manufacturing_D",
    "Construction_F",
    "TradeHotelRestaurant_GH",
    "TransportStorageComm_I",
    "OtherServices_JP",
)


def write(folder, rows):
    """Write a file of deflators; rows by year."""
    lines = [",".join(["year", *GROUPS])]
    lines += [",".join([year, *map(str, values)]) for year, values in rows.items()]
    (folder / FILE).write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path, {"2002": [50, 60, "", 80, 90, 40, 100], "2007": [100] * 7, "2012": [200] * 7})


@pytest.mark.parametrize("classification", ["h39", "sic17", "sic8"])
def test_every_sector_has_an_index(folder, classification):
    prices = read_deflators(folder, classification)
    names = load_classification(classification).names_en
    assert tuple(prices.index["sector"].values) == names
    np.testing.assert_allclose(prices.ratio("2012", "2007", ["China"], names), 2.0, rtol=1e-14)
    assert "stand in" in prices.note


def test_sectors_across_groups_take_their_mean(folder):
    ratio = read_deflators(folder / FILE, "sic17").ratio(
        "2002", "2007", ["China"], ["TradeTransport", "Mining"]
    )
    np.testing.assert_allclose(ratio, [[0.5424 * 0.9 + 0.4576 * 0.4, 0.6]], rtol=1e-14)


def test_weights_of_a_sector_add_up_to_one():
    from mrio.readers.china.deflators import _parts

    for classification in ("h39", "sic17", "sic8"):
        for code, parts in _parts(classification).items():
            assert sum(weight for _, weight, _ in parts) == pytest.approx(1.0, abs=1e-12), code


def test_damaged_files(tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        read_deflators(tmp_path / "nothing.csv")
    with pytest.raises(DataError, match=r"2002 \| Agriculture_AB"):
        read_deflators(write(tmp_path, {"2002": ["x", 60, "", 80, 90, 40, 100], "2007": [100] * 7}))
    header = ",".join(["year", *GROUPS])
    (tmp_path / FILE).write_text(f"{header}\n2007,1,1,1,1,1,1,1\n2007,1,1,1,1,1,1,1\n")
    with pytest.raises(DataError, match="years stand twice"):
        read_deflators(tmp_path)
    (tmp_path / FILE).write_text("year,Agriculture_AB\n2002,1\n")
    with pytest.raises(FileError, match="misses columns"):
        read_deflators(tmp_path)
    with pytest.raises(LabelError, match="'nbs2007_42'"):
        read_deflators(tmp_path, "nbs2007_42")


def test_the_real_series(real_data):
    prices = read_deflators(real_data / "deflators", "sic17")
    ratio = prices.ratio("2007", "2002", ["China"], ["Agriculture", "Mining"])
    # The increases that the publication of the series states.
    np.testing.assert_allclose(ratio, [[1.385, 1.282]], atol=5e-4)
    assert prices.periods[0] == "2000"
    assert prices.periods[-1] == "2014"
