"""Pages of results: complete, in one file, and opened by a browser without an error."""

import re
import shutil
import subprocess
from html.parser import HTMLParser

import pandas as pd
import pytest

import mrio

pytest.importorskip("matplotlib").use("Agg")

EMPTY_TAGS = {"img", "meta", "link", "br"}


class Tags(HTMLParser):
    """Tags that are open, every tag being closed by its own end."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in EMPTY_TAGS:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def page_of(result, folder):
    """Return the page of a result, after looking that it needs nothing else and is well formed."""
    result.report(folder / "page.html")
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert not re.findall(r"(?:src|href)='(?!data:)", page)
    assert not re.findall(r"(?:src|href)=\"(?!data:)", page)
    assert "@import" not in page
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    for part in ("<h2>Checks passed</h2>", "<h2>Data</h2>", "<h2>Sources</h2>"):
        assert part in page
    assert [file.name for file in folder.iterdir()] == ["page.html"]
    return page


@pytest.fixture(scope="module")
def tables():
    return mrio.load_example("illustrative")


def made(tables, kind):
    """Return a result of a kind."""
    a, b = tables["0"], tables["1"]
    block = ["BJ", "TJ", "HE"]
    clean = mrio.Scenario("clean").scale_intensity("co2", 0.5)
    makers = {
        "transfer": lambda: mrio.measure_transfer(a, b, block=block),
        "decomposition": lambda: mrio.decompose(a, b, account=["value_added", "co2"]),
        "comparison": lambda: mrio.compare(mrio.run_scenarios(b, clean)),
        "multiplicative": lambda: mrio.decompose(a, b, "co2", form="multiplicative"),
        "demand transfer": lambda: mrio.measure_transfer(a, b, method="demand"),
        "footprint": lambda: mrio.footprint(b, ["co2", "value_added"]),
        "linkages": lambda: mrio.linkages(b),
        "extraction": lambda: mrio.extract(b, region="HE", sector="RES"),
        "extractions": lambda: mrio.extract_each(b),
        "feedback": lambda: mrio.feedback(b),
        "paths": lambda: mrio.structural_paths(b, "co2"),
        "layers": lambda: mrio.production_layers(b, "co2"),
        "value added in trade": lambda: mrio.value_added_trade(b),
        "exports": lambda: mrio.decompose_exports(b),
        "embodied trade": lambda: mrio.embodied_trade(b, "co2"),
        "position": lambda: mrio.chain_position(b),
        "multipliers": lambda: mrio.multipliers(b, "co2"),
        "carbon price": lambda: mrio.carbon_price(b, 100),
    }
    return makers[kind]()


OWN_PAGES = ("transfer", "decomposition", "comparison")
PICTURES = {
    "multiplicative": 2,
    "footprint": 5,
    "linkages": 1,
    "extraction": 1,
    "extractions": 1,
    "feedback": 2,
    "paths": 1,
    "layers": 1,
    "value added in trade": 2,
    "exports": 1,
    "embodied trade": 2,
    "position": 1,
    "carbon price": 2,
    "multipliers": 1,
}
"""How many pictures of a result leave nothing to choose."""


@pytest.mark.parametrize("kind", [*OWN_PAGES, *PICTURES, "demand transfer"])
def test_every_result_has_a_page(tables, tmp_path, kind):
    result = made(tables, kind)
    page = page_of(result, tmp_path)
    assert result.headline in page
    if kind in PICTURES:
        assert page.count("data:image/png;base64,") == PICTURES[kind]


def test_a_page_says_what_was_asked_and_from_which_data(tables, tmp_path):
    page = page_of(made(tables, "transfer"), tmp_path)
    for said in ("BJ, TJ, HE", "weights shapley", "current CNY", "made-up numbers", "impacts add up"):
        assert said in page
    assert "from_region, to_region, sector" in page


def test_names_cannot_break_a_page(tables, tmp_path):
    f = mrio.footprint(tables["1"], "co2").labelled({"BJ": "<script>alert(1)</script>"})
    assert "<script>" not in page_of(f, tmp_path)


def test_a_page_that_cannot_be_written_is_one_error(tables, tmp_path):
    with pytest.raises(mrio.MrioError, match="folder does not exist"):
        made(tables, "linkages").report(tmp_path / "nowhere" / "page.html")


def console(browser, page, folder):
    """Return what a browser without a screen writes to its console while it opens a page."""
    words = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    words += ["--disable-component-update", "--disable-sync", f"--user-data-dir={folder}"]
    words += ["--enable-logging=stderr", "--v=0", "--virtual-time-budget=3000", "--dump-dom", page.as_uri()]
    answer = subprocess.run([browser, *words], capture_output=True, text=True, timeout=120, check=True)
    assert "<body" in answer.stdout
    return [line for line in answer.stderr.splitlines() if "CONSOLE" in line], answer.stdout


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*OWN_PAGES, "footprint", "sankey"])
def test_a_browser_opens_a_page_without_errors(tables, tmp_path, kind):
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium is installed")
    page = tmp_path / "page.html"
    if kind == "sankey":
        pytest.importorskip("plotly")
        made(tables, "footprint").plot.sankey_page(page, "co2")
    else:
        made(tables, kind).report(page)
    said, drawn = console(browser, page, tmp_path / "browser")
    assert said == []
    assert kind != "sankey" or "sankey-link" in drawn


def test_the_page_of_a_transfer_begins_with_its_main_numbers(tmp_path):
    bth = mrio.load_example("bth")
    t = mrio.measure_transfer(bth["2012"], bth["2017"], block=["Beijing", "Tianjin", "Hebei"])
    unsure = {"default": -5478.0, "low": -7000.0, "high": 400.0, "lowest": "charm", "highest": "as_booked"}
    ranges = pd.DataFrame([{**unsure, "same_sign": 0.9}])
    ranges.index = pd.MultiIndex.from_tuples([("Beijing", "net [1e8 CNY]")], names=["region", None])
    mrio.write_report(t, tmp_path / "t.html", ranges)
    page = (tmp_path / "t.html").read_text(encoding="utf-8")
    net = t.balance()["net"]["Beijing"]
    assert f"net transfer of production \u2212{round(-net, -1):,.0f} 1e8 CNY" in page
    assert "(\u22127,000 to +400: its sign is not certain)" in page
    whole = t.blocks("co2").loc[list(t.block)].sum()
    assert f"effect on co2 \u2212{-whole['total']:.0f} Mt CO2: overall in +{whole['overall_in']:.1f}" in page
    assert page.index("In short") < page.index("What was asked") < page.index("<img")
    assert "single pairs of regions by product: uncertain by a factor of 4" in page
    assert "electricity and coal where head offices book them" in page


def test_labels_of_regions_stay_as_they_are(tables, tmp_path):
    t = mrio.measure_transfer(tables["0"], tables["1"], block=["BJ"]).labelled({"BJ": "north_1"})
    page = page_of(t, tmp_path)
    assert "<th>north_1</th>" in page
    assert "transfer in<br>[1e8 CNY]" in page
