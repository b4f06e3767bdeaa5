import pandas as pd
import pytest

from mrio.errors import DataError, LabelError, UnitsError
from mrio.lowcarbon import fuel_use_from_balance, load_energy_balance


def test_fuel_use_from_an_energy_balance():
    rows = {
        "final consumption": 100.0,
        "agriculture": 5.0,
        "industry": 60.0,
        "industry, non-energy use": 10.0,
        "rural households": 15.0,
        "thermal power": 40.0,
        "heating supply": 2.0,
    }
    balance = pd.DataFrame({"flow": list(rows), "value": list(rows.values())})
    balance = balance.assign(region="Hebei", year=2014, fuel="coal", unit="1e4 t")
    use = fuel_use_from_balance(balance).set_index("sector")["value"]
    expected = {"agriculture": 5, "industry": 50, "services": 20, "rural households": 15}
    assert use.to_dict() == {**expected, "power and heat": 42}
    with pytest.raises(LabelError, match="'coking'"):
        fuel_use_from_balance(balance.replace("agriculture", "coking"))
    with pytest.raises(DataError, match="negative"):
        fuel_use_from_balance(balance.replace(100.0, 50.0))
    mixed = balance.assign(unit=["1e4 t"] * 6 + ["t"])
    with pytest.raises(UnitsError, match="several units"):
        fuel_use_from_balance(mixed)


def test_energy_balance_closes_by_fuel():
    balance = load_energy_balance()
    assert set(balance["region"]) == {"Beijing", "Tianjin", "Hebei"}
    assert "Yearbook" in balance.attrs["source"]
    wide = balance.pivot(index=["region", "fuel"], columns="flow", values="value").fillna(0.0)
    users = ["agriculture", "industry", "construction", "urban households", "rural households"]
    assert (wide["final consumption"] - wide[users].sum(axis=1) > -0.03).all()
    assert (wide["industry"] >= wide["industry, non-energy use"] - 1e-9).all()
