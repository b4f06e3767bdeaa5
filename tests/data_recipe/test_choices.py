from dataclasses import asdict

from data.recipe.choices import DEFAULT, SENSITIVITY


def test_every_set_differs_from_the_default_in_its_one_subject():
    changed = {
        name: {key for key, value in asdict(choices).items() if value != asdict(DEFAULT)[key]}
        for name, choices in SENSITIVITY.items()
    }
    assert changed == {
        "proportional": {"exponent"},
        "exponent_1": {"exponent"},
        "exponent_2": {"exponent"},
        "charm": {"own_supply"},
        "geometric": {"own_supply"},
        "quantity": {"electricity", "coal"},
        "as_booked": {"electricity", "coal"},
        "first_published": {"vintage"},
        "group_value_added": {"group_output"},
    }


def test_models_of_trade_share_their_accounts():
    same = {"proportional", "exponent_1", "exponent_2", "charm", "geometric"}
    assert {name for name, c in SENSITIVITY.items() if c.without_trade() == DEFAULT} == same
