import numpy as np
import pytest

from mrio.errors import LabelError, NotProductiveError
from mrio.tables import System

NAMES = [
    "row balance",
    "column balance",
    "sum of value added",
    "non-negative output",
    "non-negative value added",
    "non-negative flows",
    "productive A",
    "discrepancy",
]


def test_a_good_table_passes_all(worked):
    report = worked.a.check()
    assert [check.name for check in report.checks] == NAMES
    assert report.to_dataframe().index.tolist() == NAMES
    failed = [check.name for check in report.checks if not check.passed]
    assert failed == []
    assert report.passed
    assert "all passed" in repr(report)


def test_columns_that_do_not_balance(table):
    table["V"][2, 1] *= 1.5
    s = System.from_arrays(**table)
    check = s.check()["column balance"]
    gap = table["V"][2, 1] / 3 / s.arrays.x[2, 1]
    assert not check.passed
    assert check.worst == pytest.approx(gap, rel=1e-9)
    assert check.cells.iloc[0].tolist() == ["HE", "TEC", pytest.approx(gap, rel=1e-9)]
    assert not s.check()["sum of value added"].passed
    assert "HE | TEC" in repr(s.check())
    assert "HE | TEC" in s.check()._repr_html_()


def test_negative_cells_are_named(table):
    table["V"][0, 0] = -5.0
    table["Y"][1, 2, 3, 1] = -7.0
    table["Z"][0, 1, 2, 0] = -9.0
    report = System.from_arrays(**table).check()
    assert report["non-negative value added"].cells.to_numpy().tolist() == [["BJ", "RES", -5.0]]
    assert report["non-negative flows"].cells.to_numpy().tolist() == [
        ["BJ", "TEC", "HE", "RES", -9.0],
        ["TJ", "SRV", "RC", "CAPF", -7.0],
    ]


def test_the_discrepancy_column_is_named_with_its_worst_rows(table):
    column = np.zeros((4, 3))
    column[3, 2], column[0, 1] = 5e4, -200.0
    s = System.from_arrays(**{**table, "discrepancy": column})
    check = s.check()["discrepancy"]
    share = column / s.arrays.x
    assert not check.passed
    assert "column 'discrepancy'" in check.note
    assert "5 of 8 passed, to note: column balance, sum of value added, discrepancy" in repr(s.check())
    assert (
        "5 of 8 passed, to note: column balance, sum of value added, discrepancy" in s.check()._repr_html_()
    )
    assert check.worst == pytest.approx(np.abs(share).max(), rel=1e-12)
    assert check.cells.iloc[0]["region"] == ["BJ", "RC"][int(abs(share[3, 2]) > abs(share[0, 1]))]
    assert s.replace(discrepancy=None).check()["discrepancy"].note == "no discrepancy column"


def test_worst_cells_come_first(table):
    table["V"] *= np.linspace(1.0, 2.0, 12).reshape(4, 3)
    cells = System.from_arrays(**table).check()["column balance"].cells
    sizes = cells["value"].abs().tolist()
    assert sizes == sorted(sizes, reverse=True)
    assert len(cells) == 11


def unproductive(table):
    """Return a table in which HE | TEC buys more of itself than it makes."""
    own = table["Z"][2, 1, 2, 1]
    x = System.from_arrays(**table).arrays.x[2, 1]
    table["Z"][2, 1, 2, 1] = 3 * x
    table["stock_change"][2, 1] -= 3 * x - own
    return System.from_arrays(**table)


def test_a_table_that_is_not_productive_is_reported_and_not_raised(table):
    s = unproductive(table)
    check = s.check()["productive A"]
    assert not check.passed
    radius = np.abs(np.linalg.eigvals(s.A.values.reshape(12, 12))).max()
    assert check.worst == pytest.approx(radius, rel=1e-10)
    assert check.cells.iloc[0]["column"] == "HE | TEC"
    assert "HE | TEC" in repr(s.check())


def test_a_table_that_is_not_productive_cannot_be_solved(table):
    with pytest.raises(NotProductiveError) as caught:
        _ = unproductive(table).leontief
    error = caught.value
    assert error.what == "The table is not productive: I - A has no economic inverse."
    assert "HE | TEC" in error.where
    assert "spectral radius" in error.amount
    assert "merge them" in error.remedy
    assert error.table.iloc[0]["column"] == "HE | TEC"


@pytest.fixture(scope="module")
def degenerate(real_data):
    """Return the real table of 30 provinces and 16 sectors in which one sector buys all it makes."""
    with np.load(real_data / "crem_2007" / "crem2007_30x16.npz") as f:
        V = np.concatenate([f["va"], f["trade_tax_margin_z"][np.newaxis], f["net_tax"][np.newaxis]])
        return System.from_arrays(
            regions=[str(name) for name in f["regions"]],
            sectors=[str(name) for name in f["sectors"]],
            demand=[str(name) for name in f["fd_categories"]],
            factors=[*map(str, f["va_categories"]), "trade taxes and margins", "net taxes"],
            Z=f["Z"],
            Y=f["F"],
            V=V,
            # Supply of trade margins is sold like exports: outside of the purchases of the regions.
            exports=f["export"] + f["margin"],
            imports_row_Z=f["import_z"],
            imports_row_Y=f["import_f"],
            x=f["x"],
            unit="billion USD",
            price_basis="current 2007 USD",
            period="2007",
        )


def test_a_real_singular_table_is_named(degenerate):
    with pytest.raises(NotProductiveError) as caught:
        _ = degenerate.leontief
    error = caught.value
    assert error.table.iloc[0]["column"] == "Qinghai | GasDistribution"
    assert error.table.iloc[0]["own_input"] == pytest.approx(1.0, abs=1e-12)
    assert "Qinghai | GasDistribution: inputs 1" in error.where
    assert error.amount == "spectral radius 1, must be below 1"


def test_a_real_singular_table_is_reported(degenerate):
    report = degenerate.check()
    failed = [check.name for check in report.checks if not check.passed]
    assert failed == ["non-negative value added", "productive A"]
    assert report["productive A"].worst == pytest.approx(1.0, abs=1e-12)
    assert "Qinghai | GasDistribution" in repr(report)
    # 13 sectors have no output but rounding: they are empty and allowed.
    x = degenerate.arrays.x
    assert int((np.abs(x) < 1e-12 * x.mean()).sum()) == 13


def test_negative_imports_are_named(table):
    table["imports_Z"][0, 0, 0] = -5.0
    check = System.from_arrays(**table).check()["non-negative flows"]
    assert not check.passed
    assert check.cells["region"].tolist() == ["abroad"]


def test_a_check_that_does_not_exist(worked):
    with pytest.raises(LabelError, match="There is no check 'rows'") as caught:
        worked.a.check()["rows"]
    assert "'row balance'" in caught.value.remedy
