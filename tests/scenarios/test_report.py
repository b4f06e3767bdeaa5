"""Pages of a comparison and a decomposition, and the commands that write them."""

import pytest

import mrio
from mrio.cli import main

pytest.importorskip("matplotlib").use("Agg")


@pytest.fixture(scope="module")
def tables():
    return mrio.load_example("illustrative")


def test_the_page_of_a_comparison_says_what_is_fixed(tables, tmp_path):
    clean = mrio.Scenario("<clean>").scale_intensity("co2", 0.5)
    result = mrio.compare(mrio.run_scenarios(tables["1"], clean))
    mrio.write_report(result, tmp_path / "c.html")
    page = (tmp_path / "c.html").read_text(encoding="utf-8")
    assert "co2 per unit of output of all producers is multiplied by 0.5; fixed: output" in page
    assert "&lt;clean&gt;" in page
    assert "<clean>" not in page
    assert page.count("data:image/png;base64,") == 4
    assert "hypothetical scenarios" in page
    assert "<h2>Checks passed</h2>" in page
    assert "<h2>Sources</h2>" in page


def test_the_page_of_a_decomposition_has_a_waterfall_an_account(tables, tmp_path):
    d = mrio.decompose(tables["0"], tables["1"], account=["value_added", "co2"])
    mrio.write_report(d, tmp_path / "d.html")
    page = (tmp_path / "d.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 4
    assert "intermediate_sourcing" in page


def test_commands_run_scenarios_and_write_pages(tables, tmp_path, capsys):
    file, asked = tmp_path / "tables.nc", tmp_path / "s.json"
    tables.to_netcdf(file)
    mrio.write_scenarios(mrio.Scenario("more").scale_exports(1.2), asked)
    out = tmp_path / "out"
    assert main(["scenario", str(file), "--scenarios", str(asked), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "exports abroad of all products are multiplied by 1.2" in said
    assert {path.name for path in out.iterdir()} == {"scenarios.nc", "scenarios.csv", "scenarios.html"}
    assert main(["report", str(out / "scenarios.nc"), "--out", str(out)]) == 0
    assert (out / "comparison.html").exists()
    assert main(["report", str(file), "--out", str(out)]) == 0
    assert (out / "transfer.html").exists()
    asked.write_text('[{"name": "a", "shocks": [{"scale_exports": {"factor": -1}}]}]')
    assert main(["scenario", str(file), "--scenarios", str(asked), "--out", str(out)]) == 2
    assert "shock 1" in capsys.readouterr().err
