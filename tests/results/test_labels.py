"""Other names of regions and sectors: nothing but the labels changes."""

import numpy as np
import pytest

import mrio
from mrio.classification import chinese_names


@pytest.fixture(scope="module")
def bth():
    return mrio.load_example("bth")


def test_every_label_of_the_example_has_a_chinese_name(bth):
    names = chinese_names()
    table = bth["2017"]
    new = [names[label] for label in (*table.regions, *table.sectors, "abroad")]
    assert len(set(new)) == len(new)


def test_a_transfer_in_chinese_has_the_same_numbers_and_block(bth):
    t = mrio.measure_transfer(
        bth["2012"], bth["2017"], block=["Beijing", "Tianjin", "Hebei"], accounts=["co2"]
    )
    z = t.labelled("zh")
    assert isinstance(z, mrio.Transfer)
    assert z.block == ("北京", "天津", "河北")
    assert z.origins[-1] == "国外"
    np.testing.assert_array_equal(z.balance(by="class"), t.balance(by="class"))
    np.testing.assert_array_equal(z.blocks("co2"), t.blocks("co2"))
    assert t.block == ("Beijing", "Tianjin", "Hebei")


def test_paths_keep_their_chains(bth):
    p = mrio.structural_paths(bth["2017"], "co2")
    names = chinese_names()
    expected = [[(names[r], names[s]) for r, s in chain] for chain in p.chains()]
    assert p.labelled("zh").chains() == expected


def test_a_mapping_changes_what_it_names():
    tables = mrio.load_example("illustrative")
    d = mrio.decompose(tables["0"], tables["1"], "co2")
    new = d.labelled({"BJ": "Beijing"})
    assert new.effects["region"].values.tolist()[0] == "Beijing"
    assert new.effects["sector"].values.tolist() == d.effects["sector"].values.tolist()


@pytest.mark.parametrize(
    ("names", "match"),
    [
        ("zh", "Some labels have no other name"),
        ({"Peking": "Beijing"}, "Some labels have no other name"),
        ({"BJ": "TJ"}, "same name"),
        ("fr", "no bundled names in 'fr'"),
    ],
)
def test_names_that_do_not_fit_are_refused(names, match):
    f = mrio.footprint(mrio.load_example("illustrative")["1"], "co2")
    with pytest.raises(mrio.MrioError, match=match):
        f.labelled(names)
