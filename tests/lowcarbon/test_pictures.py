import pandas as pd

from mrio.lowcarbon import decoupling
from mrio.lowcarbon.pictures import decoupling_picture


def test_decoupling_has_units_on_both_axes():
    index = ["2007", "2012", "2017"]
    carbon = pd.DataFrame({"A": [5.0, 6.0, 5.5], "B": [5.0, 5.0, 4.0]}, index=index)
    output = pd.DataFrame({"A": [9.0, 10.0, 12.0], "B": [9.0, 10.0, 13.0]}, index=index)
    result = decoupling(carbon, of=output, prices="constant 2007 CNY")
    ax = decoupling_picture(result)
    assert ax.get_xlabel().endswith("[%]")
    assert ax.get_ylabel().endswith("[%]")
    assert "2007 to 2017" in ax.get_title(loc="left")
    assert "2007 to 2012" in decoupling_picture(result, "2007 to 2012").get_title(loc="left")
