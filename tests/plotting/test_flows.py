"""Chord and Sankey diagrams: what they are made of, and that the pages need no network."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest

import mrio
from mrio import plotting
from mrio.plotting.chords import chord_table
from mrio.plotting.sankeys import node_boxes, node_table

FLOWS = pd.DataFrame([[0.0, 2.0, 3.0], [1.0, 0.0, 0.0]], index=["A", "B"], columns=["A", "B", "abroad"])


def test_chords_have_every_end_once():
    table = chord_table(FLOWS)
    assert table.index.tolist() == table.columns.tolist() == ["A", "B", "abroad"]
    assert table.to_numpy().tolist() == [[0, 2, 3], [1, 0, 0], [0, 0, 0]]
    idle = FLOWS.reindex(["A", "B", "idle"]).fillna(0.0)
    assert "idle" not in chord_table(idle).index


def test_chords_refuse_what_they_cannot_show():
    with pytest.raises(mrio.MrioError, match="negative"):
        chord_table(-FLOWS)
    with pytest.raises(mrio.MrioError, match="Nothing flows"):
        chord_table(0 * FLOWS)


def test_a_chord_diagram_names_what_leaves_and_arrives():
    pytest.importorskip("pycirclize")
    ax = plotting.chord(FLOWS, "Mt", "t")
    said = [text.get_text() for text in ax.texts]
    assert "A\nout 5.00, in 1.00" in said
    assert "abroad\nout 0, in 3.00" in said


def test_links_of_pairs_keep_all_flows():
    links = plotting.pair_links(FLOWS)
    assert list(links.columns) == list(plotting.LINKS)
    back = links.pivot(index="supplier", columns="buyer", values="amount").reindex_like(FLOWS).fillna(0.0)
    pd.testing.assert_frame_equal(back, FLOWS, check_names=False)
    assert plotting.pair_links(0 * FLOWS).empty


def test_nodes_are_as_high_as_what_passes_and_do_not_overlap():
    links = plotting.pair_links(FLOWS)
    boxes = node_boxes(links, 6.0)
    assert boxes[1, "A"] == (0.0, pytest.approx(5 / 6))
    assert boxes[0, "abroad"] == (0.0, pytest.approx(3 / 6))
    for stage in (0, 1):
        own = sorted(box for (at, _), box in boxes.items() if at == stage)
        assert all(low + height < following for (low, height), (following, _) in itertools.pairwise(own))
    nodes = node_table(links)
    assert len(nodes) == len(boxes) == 5
    assert nodes.groupby("label")["colour"].nunique().max() == 1


def test_a_picture_of_nothing_is_empty():
    assert len(plotting.sankey(plotting.pair_links(0 * FLOWS), "Mt", "t").patches) == 0


def test_a_page_holds_everything_it_needs():
    pytest.importorskip("plotly")
    page = plotting.sankey_page(plotting.pair_links(FLOWS), "Mt", "A <title>", "source: made up")
    assert "A &lt;title&gt;" in page
    assert "A <title>" not in page
    assert "[Mt]; source: made up" in page
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=['\"]?http", page)
    assert len(page) > 1e6
    values = re.search(r'"value":\[([\d.,]+)\]', page)
    assert values
    np.testing.assert_allclose([float(value) for value in values[1].split(",")], [2, 3, 1])
