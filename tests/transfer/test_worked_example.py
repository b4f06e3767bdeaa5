"""Transfers of the reference case at 1e-10: pairs, impacts, blocks in both schemes, own view."""

import pytest

from mrio.transfer import measure_transfer
from tests.compare import assert_close

ACCOUNTS = [("value_added", "va"), ("co2", "co2")]
PARTS = ("internal", "overall_in", "overall_out", "elsewhere")


@pytest.fixture(scope="module")
def bilateral(worked):
    return measure_transfer(worked.a, worked.b, block=worked.block, dependent=False)


@pytest.fixture(scope="module")
def nested(worked):
    return measure_transfer(worked.a, worked.b, block=worked.block, scheme="nested", dependent=False)


def test_labels(worked, bilateral):
    assert bilateral.origins == (*worked.a.regions, "abroad")
    assert bilateral.direct.dims == ("use", "from_region", "to_region", "sector")
    assert bilateral.impact("co2").dims == ("use", "region", "from_region", "to_region", "sector")
    assert list(bilateral.direct["use"].values) == ["intermediate", "final"]
    assert bilateral.direct.attrs["units"] == "1e8 CNY"
    assert bilateral.impact("co2").attrs["units"] == "Mt CO2"
    assert bilateral.impact("value_added").attrs["units"] == "1e8 CNY"


@pytest.mark.parametrize(("account", "key"), ACCOUNTS)
@pytest.mark.parametrize("use", ["intermediate", "final"])
def test_pairs(worked, bilateral, account, key, use):
    expected = worked.expected["indicators"][key]["transfer_shapley"]
    assert_close(bilateral.direct.sel(use=use), expected[f"Phi_{use}"])
    assert_close(bilateral.impact(account).sel(use=use), expected[f"Psi_region_{use}"])


@pytest.mark.parametrize(("account", "key"), ACCOUNTS)
def test_effect_by_affected_sector(worked, bilateral, account, key):
    expected = worked.expected["indicators"][key]["transfer_shapley"]
    found = bilateral.affected(account).sum(["use", "part"])
    assert_close(found.values.ravel(), expected["transfer_effect_total"])


@pytest.mark.parametrize("account", ["va", "co2"])
@pytest.mark.parametrize(("column", "key"), [("transfer_in", "in"), ("transfer_out", "out"), ("net", "net")])
def test_balance(worked, bilateral, column, key, account):
    expected = worked.expected["indicators"][account]["transfer_shapley"][key]
    found = bilateral.balance("sector")[column]
    assert list(found.index.get_level_values("region")[::3]) == list(bilateral.origins)
    assert_close(found.to_numpy().reshape(5, 3), expected)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("account", "key"), ACCOUNTS)
def test_bilateral_blocks(worked, bilateral, account, key, part):
    expected = worked.expected["indicators"][key]["transfer_shapley"]["blocks_bilateral"][part]
    assert_close(bilateral.affected(account).sel(part=part).sum("use").values.ravel(), expected["effect"])
    assert_close(bilateral.block_flows("sector")[part], expected["Phi"])
    by_product = bilateral.blocks(account, "sector")[part].to_numpy().reshape(4, 3)
    assert_close(by_product, expected["effect_by_product"])


@pytest.mark.parametrize(("account", "key"), ACCOUNTS)
def test_nested_blocks(worked, nested, account, key):
    expected = worked.expected["indicators"][key]["transfer_shapley"]["nested"]
    inside = [origin in worked.block for origin in nested.origins]
    direct, impact = nested.direct.sum("use").values, nested.impact(account).sum("use").values
    for part in ("internal", "overall"):
        flows, effects = direct.copy(), impact.copy()
        for p, first in enumerate(inside):
            for r, second in enumerate(inside):
                if (first and second) != (part == "internal"):
                    flows[p, r], effects[:, p, r] = 0.0, 0.0
        assert_close(flows, expected[part]["Phi"], what=part)
        assert_close(effects, expected[part]["Psi_region"], what=part)
    affected = nested.affected(account).sum("use")
    assert_close(affected.sel(part="internal").values.ravel(), expected["internal"]["effect"])
    rest = affected.sel(part=["overall_in", "overall_out", "elsewhere"]).sum("part")
    assert_close(rest.values.ravel(), expected["overall"]["effect"])


@pytest.mark.parametrize(("account", "key"), ACCOUNTS)
def test_own_view(worked, bilateral, account, key):
    expected = worked.expected["indicators"][key]["transfer_shapley"]["region_view"]
    columns = ["own_in", "own_out", "third_party"]
    assert_close(
        bilateral.own_view(account)[columns], [[expected[str(u)][c] for c in columns] for u in range(4)]
    )


def test_dependent_form(worked):
    t = measure_transfer(worked.a, worked.b, accounts="value_added", dependent=True)
    expected = worked.expected["va_dependent_form"]
    for use in ("intermediate", "final"):
        assert_close(t.direct.sel(use=use), expected[f"Phi_{use}"])
    impact = t.impact("value_added")
    assert_close(impact.sum("use"), expected["Psi_region"])
    national = impact.sum(["use", "region", "sector"]).values[:4, :4]
    scale = abs(impact).max().item()
    assert_close(national, expected["national_va_effect_of_transfers_between_domestic_regions"], scale)


def test_both_forms_at_once(worked):
    t = measure_transfer(worked.a, worked.b)
    expected = worked.expected["va_dependent_form"]
    assert_close(t.direct_of("value_added").sel(use="intermediate"), expected["Phi_intermediate"])
    assert_close(t.impact("value_added").sum("use"), expected["Psi_region"])
    expected = worked.expected["indicators"]["co2"]["transfer_shapley"]
    assert_close(t.direct.sel(use="intermediate"), expected["Phi_intermediate"])
    assert_close(t.direct_of("co2"), t.direct)
    assert_close(t.impact("co2").sel(use="final"), expected["Psi_region_final"])
