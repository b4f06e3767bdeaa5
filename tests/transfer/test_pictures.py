"""Data of the pictures of a transfer, against its tables."""

import numpy as np
import pytest

import mrio
from mrio import plotting

pytest.importorskip("matplotlib").use("Agg")


@pytest.fixture(scope="module")
def transfer():
    tables = mrio.load_example("illustrative")
    return mrio.measure_transfer(tables["0"], tables["1"], block=["BJ", "TJ", "HE"])


def test_links_by_class_keep_what_every_region_lost_and_gained(transfer):
    balance = transfer.balance()
    links = transfer.plot.sankey_data({"RES": "heavy", "TEC": "light", "SRV": "light"})
    lost = links[links["stage"] == 2].groupby("supplier")["amount"].sum()
    gained = links[links["stage"] == 1].groupby("buyer")["amount"].sum()
    np.testing.assert_allclose(lost, balance["transfer_out"].loc[lost.index], rtol=1e-10)
    np.testing.assert_allclose(gained, balance["transfer_in"].loc[gained.index], rtol=1e-10)
    assert set(links.loc[links["stage"] == 1, "supplier"]) == {"heavy", "light"}
    through = links[links["stage"] == 2].groupby("buyer")["amount"].sum()
    np.testing.assert_allclose(
        through, links[links["stage"] == 1].groupby("supplier")["amount"].sum(), rtol=1e-10
    )


def test_links_of_two_stages_are_the_matrix(transfer):
    links = transfer.plot.sankey_data()
    matrix = transfer.plot.matrix_data()
    assert links["amount"].sum() == pytest.approx(matrix.to_numpy().sum(), rel=1e-10)
    one = links[(links["supplier"] == "BJ") & (links["buyer"] == "HE")]
    assert one["amount"].item() == pytest.approx(matrix.loc["BJ", "HE"], rel=1e-10)


def test_sectors_are_the_largest_of_a_region_gains_first(transfer):
    net = transfer.balance(by="sector")["net"].xs("HE")
    bars = transfer.plot.sectors_data("HE", most=2)
    assert len(bars) == 2
    assert bars.is_monotonic_decreasing
    assert set(bars.index) == set(net.abs().nlargest(2).index)
    effect = transfer.plot.sectors_data("HE", "co2")
    assert effect.sum() == pytest.approx(float(transfer.impact("co2").sel(region="HE").sum()), rel=1e-10)


def test_tiles_are_the_net_of_every_origin(transfer):
    np.testing.assert_allclose(transfer.plot.tiles_data(), transfer.balance()["net"], rtol=1e-10)
    total = transfer.blocks("co2")["total"]
    np.testing.assert_allclose(transfer.plot.tiles_data("co2"), total, rtol=1e-10)


@pytest.mark.parametrize(
    ("draw", "unit"),
    [
        (lambda plot: plot.sankey({"RES": "heavy", "TEC": "light", "SRV": "light"}), "1e8 CNY"),
        (lambda plot: plot.sectors("HE", "co2"), "Mt CO2"),
        (lambda plot: plot.sectors("HE"), "1e8 CNY"),
        (lambda plot: plot.tiles(), "1e8 CNY"),
        (lambda plot: plot.chord(), "1e8 CNY"),
    ],
)
def test_pictures_say_units_status_and_source(transfer, draw, unit):
    pytest.importorskip("pycirclize")
    ax = draw(transfer.plot)
    texts = [text.get_text() for text in ax.texts]
    texts += [text for one in ax.figure.axes for text in (one.get_xlabel(), one.get_ylabel())]
    assert any(f"[{unit}]" in text for text in texts)
    assert "made-up" in ax.figure.get_supxlabel()
    assert plotting.png_of(ax).startswith(b"\x89PNG")


def test_the_page_of_flows_is_one_file(transfer, tmp_path):
    pytest.importorskip("plotly")
    transfer.plot.sankey_page(tmp_path / "t.html", by=None)
    page = (tmp_path / "t.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "made-up" in page
