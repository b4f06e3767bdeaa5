"""Write data/illustrative.nc, the made-up tables that travel with the library, from their reference case.

Run from the checkout: ``python data/illustrative.py``.
"""

import json
from pathlib import Path

import numpy as np

import mrio
from mrio.provenance import CellGroup, Provenance

HERE = Path(__file__).resolve().parent
CASE = HERE.parent / "tests" / "cases" / "worked_example.json"
DEMAND = {"CONS": "consumption", "CAPF": "capital formation"}


def table(case: dict, period: str) -> mrio.System:
    """Return the table of one period of the reference case."""
    given = {name: np.array(values, dtype=float) for name, values in case["inputs"][period].items()}
    return mrio.System.from_arrays(
        regions=case["regions"],
        sectors=case["sectors"],
        demand=[DEMAND[name] for name in case["categories"]],
        Z=given["Z"],
        Y=given["F"],
        V=given["v"],
        exports=given["e"],
        stock_change=given["h"],
        imports_Z=given["MZ"],
        imports_Y=given["MF"],
        accounts={"co2": (given["c"], case["units"]["c"])},
        population=given["P"],
        population_unit="1e4 person",
        unit=case["units"]["flows"],
        price_basis="current CNY, producer prices",
        period=period,
        provenance=Provenance(
            "made-up numbers of the reference case of this library",
            groups={"all": CellGroup("estimated", "made up", "illustrative; about no real region")},
            headline="illustrative: made-up numbers, about no real region",
        ),
    )


if __name__ == "__main__":
    reference = json.loads(CASE.read_text(encoding="utf-8"))
    mrio.Systems([table(reference, "0"), table(reference, "1")]).to_netcdf(HERE / "illustrative.nc")
