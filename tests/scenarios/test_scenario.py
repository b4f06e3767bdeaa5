"""Scenarios: names, sums, files, and errors that name the shock."""

import json

import pytest

import mrio
from mrio.scenarios.scenario import SHOCKS
from tests.compare import told
from tests.scenarios.test_shocks import SHOCKS as EXAMPLES

PRODUCT = "Smelting and pressing of metals"


@pytest.fixture(scope="module")
def bth():
    return mrio.load_example("bth")["2017"]


@pytest.fixture
def steel():
    return mrio.Scenario("steel").shift_sourcing(PRODUCT, "Tianjin", "Hebei", share=0.3)


def test_a_scenario_reads_like_sentences(steel):
    clean = mrio.Scenario("clean").scale_intensity("co2", 0.7, sector="Electricity and heat")
    both = steel + clean
    assert both.name == "steel + clean"
    assert both.levers == ("steel", "clean")
    assert "2. co2 per unit of output of Electricity and heat is multiplied by 0.7" in repr(both)
    assert "changes nothing" in repr(mrio.Scenario("none"))
    assert all("fixed:" in text for text in both.assumptions())
    assert "<small>fixed: what each buyer needs" in both._repr_html_()
    assert steel.shocks[0] == both.shocks[0]


def test_every_shock_states_what_stays_fixed():
    for kind, shock in SHOCKS.items():
        assert kind == shock.KIND
        assert len(shock.FIXED) > 20
    assert set(EXAMPLES) == set(SHOCKS)


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_files_give_scenarios_back(tmp_path, suffix, steel):
    full = mrio.Scenario("all")
    for make in EXAMPLES.values():
        full = make(full)
    mixed = full.invest(3.0, "region 0", mix={"sector 0": 0.5, "sector 1": 0.5}) + steel
    path = tmp_path / f"scenarios.{suffix}"
    mrio.write_scenarios([mixed, steel], path)
    assert mrio.read_scenarios(path) == [mixed, steel]


def test_a_filled_in_template_is_read(tmp_path, bth):
    openpyxl = pytest.importorskip("openpyxl")
    path = tmp_path / "template.xlsx"
    mrio.write_scenario_template(bth, path)
    book = openpyxl.load_workbook(path)
    sheet = book["scenarios"]
    column = {cell.value: cell.column for cell in sheet[1]}
    rows = [
        {"scenario": "s", "shock": "shift_sourcing", "product": PRODUCT, "from_region": "Tianjin",
         "to_region": "Hebei", "share": 0.3, "buyers": "Hebei; Beijing"},
        {"scenario": "s", "shock": "invest", "amount": 10, "region": "Hebei",
         "mix": "Construction=0.6; Electrical machinery=0.4"},
        {"scenario": "h", "shock": "scale_intensity", "account": "co2", "factor": 0.5, "direct": "yes"},
    ]  # fmt: skip
    for number, row in enumerate(rows, start=2):
        for name, value in row.items():
            sheet.cell(number, column[name], value)
    book.save(path)
    book.close()
    first, second = mrio.read_scenarios(path)
    assert first == mrio.Scenario("s").shift_sourcing(
        PRODUCT, "Tianjin", "Hebei", share=0.3, buyers=["Hebei", "Beijing"]
    ).invest(10, "Hebei", mix={"Construction": 0.6, "Electrical machinery": 0.4})
    assert second == mrio.Scenario("h").scale_intensity("co2", 0.5, direct=True)
    assert [cell.value for cell in book["labels"]["A"]][1] == "Beijing"


def test_unknown_labels_are_told_at_once_with_near_names(bth):
    bad = mrio.Scenario("bad").shift_sourcing("Smelting of metals", "Tianjin", "Hubei", share=0.3)
    bad = bad.scale_intensity("co", 0.5)
    told(lambda: bad.apply(bth), "3 problems", PRODUCT, "'Hebei'", "'co2'", "shock 1", "shock 2", "'bad'")


def test_another_classification_is_suspected(bth):
    bad = mrio.Scenario("bad").scale_technology(0.5, sector="Q77")
    told(lambda: bad.apply(bth), "another classification", "shock 1")


@pytest.mark.parametrize(
    ("make", "parts"),
    [
        (lambda s: s.shift_sourcing(PRODUCT, "Tianjin", "Hebei", share=1.3), ("share = 1.3", "shock 1")),
        (lambda s: s.shift_sourcing(PRODUCT, "Tianjin", "Hebei"), ("share or a volume", "shift_sourcing")),
        (lambda s: s.shift_sourcing(PRODUCT, "Hebei", "Hebei", share=0.3), ("from a region to itself",)),
        (lambda s: s.scale_intensity("co2", -0.1), ("not be negative", "scale_intensity")),
        (lambda s: s.scale_demand(float("nan")), ("finite number", "scale_demand")),
        (lambda s: s.substitute("a", "a", 0.2), ("replace itself",)),
        (lambda s: s.invest(5, "Hebei", mix={"Construction": 0.5}), ("add up to one", "sum 0.5")),
        (lambda s: s.carbon_price(5, elasticity=0.2), ("must not be positive",)),
        (lambda s: s.extract(), ("Nothing to take out",)),
        (lambda s: s.scale_intensity(["co2", "co2"], 0.5), ("distinct names", "scale_intensity")),
        (lambda s: s.scale_intensity([], 0.5), ("distinct names", "scale_intensity")),
        (lambda s: s.extract(region=[]), ("list of distinct names", "extract")),
        (lambda s: s.scale_demand(0.5, region=["Hebei", "Hebei"]), ("distinct names", "scale_demand")),
        (lambda s: s.scale_demand(0.5, region=3), ("must be a name", "got 3")),
        (lambda s: s.scale_demand(0.5, region={"Hebei": 1.0}), ("no numbers by name", "scale_demand")),
        (lambda s: s.invest(5, "Hebei", mix={"Construction": "all"}), ("mix of Construction", "invest")),
        (lambda s: s.scale_intensity("co2", 0.5, sector="x", direct=True), ("belong to no sector",)),
    ],
)
def test_senseless_numbers_are_refused_when_the_shock_is_made(make, parts):
    told(lambda: make(mrio.Scenario("bad")), "scenario 'bad'", *parts)


@pytest.mark.parametrize(
    ("make", "parts"),
    [
        (lambda s: s.shift_sourcing(PRODUCT, "Tianjin", "Hebei", volume=1e7), ("more than it sells", "1 (")),
        (lambda s: s.invest(-1e6, "Hebei"), ("would be negative", "Hebei invests")),
        (lambda s: s.scale_technology(3.0), ("value added would be negative",)),
    ],
)
def test_what_cannot_be_is_refused_by_the_table(bth, make, parts):
    told(lambda: make(mrio.Scenario("bad")).apply(bth), "scenario 'bad', shock 1", *parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("- name: a\n  shocks: [", ("cannot be parsed", "line")),
        ("", ("no scenarios",)),
        ("- nome: a", ("entry 1", "cannot be read")),
        ("- name: a\n  shocks: 3", ("must be a list", "'a'")),
        ("- name: a\n  shocks: [{shift_source: {}}]", ("no shock 'shift_source'", "'shift_sourcing'")),
        ("- name: a\n  shocks: [{scale_demand: {facto: 2}}]", ("unknown: facto", "missing: factor")),
        ("- name: a\n  shocks: [{scale_demand: {factor: -2}}]", ("shock 1", "not be negative", "'a'")),
        ("- name: a\n  shocks: [5]", ("A shock cannot be read", "shock 1")),
        ("- name: a\n  name: b", ("cannot be parsed", "'name' stands twice")),
        ("- name: a\n  shocks: [{scale_demand: {factor: 2, factor: 3}}]", ("'factor' stands twice",)),
        ("- name: a\n  shocks: [{scale_demand: {factor: two}}]", ("shock 1", "no finite number", "'two'")),
        ("- name: a\n  shocks: [{scale_demand: {factor: 2, region: 3}}]", ("shock 1", "must be a name")),
        ("- name: a\n  shocks: [{scale_demand: {factor: 2, region: {a: b}}}]", ("shock 1", "by name")),
    ],
)
def test_malformed_files_give_one_clear_error(tmp_path, text, parts):
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    told(lambda: mrio.read_scenarios(path), "bad.yaml", *parts)


def test_keys_of_json_stand_once(tmp_path):
    path = tmp_path / "bad.json"
    path.write_text('{"name": "a", "shocks": [{"scale_demand": {"factor": 2, "factor": 3}}]}')
    told(lambda: mrio.read_scenarios(path), "bad.json", "'factor' stands twice")
    path.write_bytes(b"\xff\xfe\x00")
    told(lambda: mrio.read_scenarios(path), "cannot be parsed")


def test_scenarios_apply_to_one_table(bth, steel):
    told(lambda: steel.apply(mrio.load_example("bth")), "one table", "Systems")
    told(lambda: mrio.run_scenarios(mrio.load_example("bth"), steel), "one table")
    told(lambda: mrio.run_scenarios(bth, ["steel"]), "Only scenarios", "str")


@pytest.mark.parametrize(
    ("cells", "parts"),
    [
        ({"account": "co2", "factor": 0.5, "direct": "ja"}, ("row 2", "'direct'", "yes or no")),
        ({"amount": 5, "region": "Hebei", "mix": "a=0.5; a=0.5"}, ("row 2", "'mix'", "each name once")),
        ({"amount": 5, "region": "Hebei", "mix": "a: 0.5"}, ("row 2", "'mix'")),
    ],
)
def test_cells_that_cannot_be_read_are_named(tmp_path, bth, cells, parts):
    openpyxl = pytest.importorskip("openpyxl")
    path = tmp_path / "bad.xlsx"
    mrio.write_scenario_template(bth, path)
    book = openpyxl.load_workbook(path)
    sheet = book["scenarios"]
    column = {cell.value: cell.column for cell in sheet[1]}
    kind = "invest" if "amount" in cells else "scale_intensity"
    for name, value in {"scenario": "s", "shock": kind, **cells}.items():
        sheet.cell(2, column[name], value)
    book.save(path)
    book.close()
    told(lambda: mrio.read_scenarios(path), *parts)


def test_files_of_other_kinds_are_refused(tmp_path, steel):
    told(lambda: mrio.read_scenarios(tmp_path / "none.json"), "does not exist")
    (tmp_path / "a.txt").write_text("x")
    told(lambda: mrio.read_scenarios(tmp_path / "a.txt"), "this kind of file")
    told(lambda: mrio.write_scenarios(steel, tmp_path / "a.txt"), ".json or .yaml")
    (tmp_path / "a.xlsx").write_text("x")
    told(lambda: mrio.read_scenarios(tmp_path / "a.xlsx"), "cannot be read")
    (tmp_path / "a.json").write_text(json.dumps([{"name": "a", "shocks": []}]))
    assert mrio.read_scenarios(tmp_path / "a.json") == [mrio.Scenario("a")]


def test_intensities_of_several_accounts_are_a_shock_each():
    both = mrio.Scenario("cleaner").scale_intensity(["co2", "so2"], factor=0.7)
    one_by_one = mrio.Scenario("cleaner").scale_intensity("co2", 0.7).scale_intensity("so2", 0.7)
    assert both.shocks == one_by_one.shocks
