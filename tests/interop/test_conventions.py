"""A checker of CF and ACDD finds no fault with the files; it is skipped where it is not installed.

The checker does not look into groups, so every table is checked after ``ncks`` made its group a file of its
own; the files of results have no groups. ACDD recommends a `standard_name` for every variable; the table of
CF has none for economic flows, so these are missing and nothing else may be.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import mrio

pytestmark = pytest.mark.slow

CHECKER = shutil.which("compliance-checker", path=Path(sys.executable).parent) or shutil.which(
    "compliance-checker"
)


@pytest.fixture(scope="module")
def results():
    tables = mrio.load_example("bth")
    a, b = tables["2012"], tables["2017"]
    power = mrio.Scenario("cleaner power").scale_intensity("co2", sector="Electricity and heat", factor=0.7)
    return {
        "systems": tables,
        "illustrative": mrio.load_example("illustrative"),
        "transfer": mrio.measure_transfer(a, b, block=["Beijing", "Tianjin", "Hebei"]),
        "decomposition": mrio.decompose(a, b, ["value_added", "co2"]),
        "comparison": mrio.compare(mrio.run_scenarios(b, [power])),
        "footprint": mrio.footprint(b, "co2"),
        "multipliers": mrio.multipliers(b, "co2"),
        "linkages": mrio.linkages(b),
        "carbon_price": mrio.carbon_price(b, 100),
        "structural_paths": mrio.structural_paths(b, "co2"),
    }


def groups_as_files(path, folder):
    """Return the files to check: one a group, or the file itself where it has none."""
    text = subprocess.run(["ncdump", "-h", path], capture_output=True, text=True, check=True).stdout
    names = re.findall(r"^group: \\?(.*) \{$", text, flags=re.MULTILINE)
    made = [folder / f"{path.stem}-{name}.nc" for name in names]
    for name, one in zip(names, made, strict=True):
        subprocess.run(["ncks", "-O", "-g", name, "-G", ":", path, one], check=True)
    return made or [path]


def faults(path, folder):
    """Return what the checker finds, by convention."""
    report = folder / "report.json"
    command = [CHECKER, "-t", "cf:1.11", "-t", "acdd:1.3", "-c", "strict", "-f", "json", "-o", report, path]
    subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    return json.loads(report.read_text(encoding="utf-8"))


@pytest.mark.skipif(CHECKER is None, reason="compliance-checker is not installed")
@pytest.mark.skipif(not (shutil.which("ncks") and shutil.which("ncdump")), reason="nco is not installed")
@pytest.mark.parametrize(
    "kind",
    [
        *("systems", "illustrative", "transfer", "decomposition", "comparison", "footprint", "multipliers"),
        *("linkages", "carbon_price", "structural_paths"),
    ],
)
def test_checker_finds_no_error(results, tmp_path, kind):
    path = tmp_path / f"{kind}.nc"
    results[kind].to_netcdf(path)
    for one in (path, *groups_as_files(path, tmp_path)):
        found = faults(one, tmp_path)
        for part in ("high_priorities", "medium_priorities"):
            wrong = [check for check in found["cf:1.11"][part] if check["msgs"]]
            assert not wrong, f"{one.name}: {wrong}"
        asked = {msg for check in found["acdd:1.3"]["high_priorities"] for msg in check["msgs"]}
        assert asked <= {"standard_name"}, one.name
