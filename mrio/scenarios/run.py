"""Run several scenarios on one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mrio.errors import DataError, LabelError
from mrio.leontief.progress import track
from mrio.scenarios.scenario import APPLIES, Scenario
from mrio.tables import System, Systems
from mrio.tables.systems import require_table

BASELINE = "baseline"


class Runs(Systems):
    """Tables by scenario, the untouched one first under ``"baseline"``.

    Attributes
    ----------
    scenarios
        What was applied, by name.
    """

    def __init__(self, tables: Mapping[str, System], scenarios: Mapping[str, Scenario]) -> None:
        super().__init__(tables)
        self.scenarios = dict(scenarios)


def run_scenarios(system: System, scenarios: Scenario | Iterable[Scenario]) -> Runs:
    """Apply scenarios to a table, each to the table itself.

    Parameters
    ----------
    system
        The table.
    scenarios
        One scenario or several, with distinct names.

    Returns
    -------
    Runs
        Tables by name of scenario, ``"baseline"`` first.

    Raises
    ------
    LabelError
        When two scenarios share a name, one is called ``"baseline"``, or a label is unknown.
    DataError, NotProductiveError
        When a scenario cannot be applied; the error names the shock.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> more = mrio.Scenario("more exports").scale_exports(1.2)
    >>> list(mrio.run_scenarios(table, [more]))
    ['baseline', 'more exports']
    """
    listed = [scenarios] if isinstance(scenarios, Scenario | str) else list(scenarios)
    require_table(system, APPLIES)
    other = [type(one).__name__ for one in listed if not isinstance(one, Scenario)]
    if other:
        raise DataError(
            "Only scenarios can be run.",
            amount=f"got {', '.join(other)}",
            remedy="give mrio.Scenario objects; mrio.read_scenarios(path) reads them from a file",
        )
    names = [BASELINE, *(scenario.name for scenario in listed)]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise LabelError(
            "Two runs have one name.",
            where=", ".join(map(repr, doubled)),
            remedy="rename one: scenario.named('another name'); 'baseline' is the table itself",
        )
    tables = {BASELINE: system}
    for scenario in track(listed, len(listed), "scenarios"):
        tables[scenario.name] = scenario.apply(system)
    return Runs(tables, {scenario.name: scenario for scenario in listed})
