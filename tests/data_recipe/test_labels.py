import numpy as np

from data.recipe import labels


def test_sizes_and_the_shipped_regions():
    assert (len(labels.PROVINCES), len(labels.CODES), len(labels.GROUPS)) == (31, 39, 9)
    assert [labels.REGIONS[r] for r in labels.REGION_OF[:3]] == ["Beijing", "Tianjin", "Hebei"]
    assert (labels.REGION_OF[3:] == 3).all()


def test_every_group_has_its_sectors():
    sizes = np.bincount(labels.GROUP_OF, minlength=9)
    assert dict(zip(labels.GROUPS, sizes, strict=True)) == {
        **dict.fromkeys(labels.GROUPS, 1),
        "va_ind": 23,
        "va_oth": 9,
    }


def test_classes_for_comparison_cover_all_sectors():
    names, member = labels.sic_sectors()
    assert (len(names), len(member), len(set(member))) == (17, 39, 17)
    names, member = labels.crem_sectors()
    assert [names[k] for k in member[[0, 1, 5, 21, 24, 25]]] == [
        "Agriculture",
        "Mining",
        "Manufacturing and construction",
        "Utilities",
        "Manufacturing and construction",
        "Services",
    ]


def test_capitals_lie_in_china():
    latitude, longitude = labels.capitals().T
    assert latitude.shape == (31,)
    assert ((latitude > 18) & (latitude < 50)).all()
    assert ((longitude > 80) & (longitude < 130)).all()
