"""Results as CSV and Excel, read with pandas alone."""

from importlib import import_module

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr

import mrio
from mrio.errors import FileError
from mrio.netcdf import RESULTS
from mrio.results import Result

MAKERS = {
    "transfer": lambda w: mrio.measure_transfer(w.a, w.b),
    "decomposition": lambda w: mrio.decompose(w.a, w.b, ["value_added", "co2"]),
    "comparison": lambda w: mrio.compare(
        mrio.run_scenarios(w.a, [mrio.Scenario("=1+1").scale_intensity("co2", factor=2)])
    ),
    "footprint": lambda w: mrio.footprint(w.a, "co2"),
    "linkages": lambda w: mrio.linkages(w.a),
}


@pytest.mark.parametrize("kind", MAKERS)
def test_csv_and_workbook_hold_the_numbers(worked, tmp_path, kind):
    result = MAKERS[kind](worked)
    frame = result.to_dataframe()
    result.to_csv(tmp_path / "r.csv")
    result.to_excel(tmp_path / "r.xlsx")
    read = {
        "csv": pd.read_csv(tmp_path / "r.csv", keep_default_na=False, dtype={"period": str}),
        "xlsx": pd.read_excel(tmp_path / "r.xlsx", "numbers", engine="openpyxl"),
    }
    for found in read.values():
        assert list(found.columns) == [str(column) for column in frame.columns]
        for column in frame.select_dtypes("number"):
            np.testing.assert_allclose(
                found[column].to_numpy(float), frame[column].to_numpy(float), rtol=1e-15
            )
        for column in frame.columns.difference(frame.select_dtypes("number").columns):
            assert found[column].astype(str).tolist() == frame[column].astype(str).tolist()
    about = pd.read_excel(tmp_path / "r.xlsx", "About", engine="openpyxl").set_index("word")["text"]
    assert about["title"] == result.title
    assert len(pd.read_excel(tmp_path / "r.xlsx", "summary", engine="openpyxl")) == len(result.summary())


def test_a_text_is_no_formula(worked, tmp_path):
    MAKERS["comparison"](worked).to_excel(tmp_path / "r.xlsx")
    for sheet in openpyxl.load_workbook(tmp_path / "r.xlsx"):
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


class Long(Result):
    def summary(self):
        return pd.DataFrame({"v": [1.0]})

    def to_dataframe(self):
        return pd.DataFrame({"v": np.zeros(1_048_576)})


def test_more_numbers_than_a_sheet_has_rows(tmp_path):
    with pytest.raises(FileError, match="more numbers than an Excel sheet") as caught:
        Long(xr.Dataset(attrs={"title": "t"})).to_excel(tmp_path / "r.xlsx")
    assert "to_csv" in caught.value.remedy
    assert not list(tmp_path.iterdir())


def test_every_result_gives_a_frame():
    for module, name in RESULTS.values():
        assert getattr(import_module(module), name).to_dataframe is not Result.to_dataframe
