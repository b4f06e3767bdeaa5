"""The README is true: its code runs, and its commands are the ones that are promised."""

import re
from pathlib import Path

import pandas as pd
import pytest

import mrio
from mrio.numerals import short

README = Path(__file__).resolve().parents[1] / "README.md"


def test_the_code_of_the_readme_runs(tmp_path, monkeypatch):
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("agg")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S):
        # The workbook of the State Information Center may not be redistributed.
        lines = [line for line in block.splitlines() if "SIC_IRIO" not in line]
        exec("\n".join(lines), names)
    plt.close("all")
    assert (tmp_path / "transfer.nc").is_file()
    assert (tmp_path / "transfer.html").is_file()


@pytest.mark.parametrize("name", ["run", "test"])
def test_the_two_commands_stand_alone(name):
    text = README.read_text(encoding="utf-8")
    command = re.search(rf"<!-- command: {name} -->\n```sh\n(.*?)\n```", text, re.S)
    assert command is not None
    assert command[1].startswith("python3 -m venv .venv")
    assert "\n" not in command[1]


BLOCK = ["Beijing", "Tianjin", "Hebei"]


def headline(tables):
    """Return net transfer and effects, one row a region of the block and one for all."""
    t = mrio.measure_transfer(tables["2012"], tables["2017"], block=BLOCK)
    effects = {account: t.blocks(account)["total"] for account in ("value_added", "co2")}
    table = pd.DataFrame({"net": t.balance()["net"], **effects}).loc[BLOCK]
    table.loc["the three together"] = table.sum()
    internal = t.blocks("co2").loc[BLOCK, "internal"].sum()
    return pd.concat([table.stack(), pd.Series({("internal", "co2"): internal})])


def test_the_numbers_of_the_readme_are_those_of_the_tables():
    text = README.read_text(encoding="utf-8")
    found = mrio.load_example("bth-sensitivity").range(headline)

    def told(row):
        return f"{short(row['default'])} ({short(row['low'])} to {short(row['high'])})"

    for region in [*BLOCK, "the three together"]:
        cells = [told(found.loc[(region, column)]) for column in ("net", "value_added", "co2")]
        assert f"| {region} | {' | '.join(cells)} |" in text
    internal = told(found.loc[("internal", "co2")]).replace(" (", " Mt of CO2 (", 1)
    assert f"added {internal}" in text
