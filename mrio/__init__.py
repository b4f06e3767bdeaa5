"""Inter-regional industrial transfer from multi-regional input-output tables.

A `System` holds one table, `Systems` tables by period. What to look for first:

=====================  ======================================================================================
tables                 `load_example`, `read`, `read_sheet`, `System.from_arrays`, `read_netcdf`, `assemble`
transfer               `measure_transfer`: who took which production from whom, and what that did
drivers of a change    `decompose`, `decompose_chain`
one table              `footprint`, `linkages`, `multipliers`, `extract`, `feedback`, `structural_paths`,
                       `value_added_trade`, `decompose_exports`, `carbon_price`, `price_change`
scenarios              `Scenario`, `run_scenarios`, `compare`, `sweep`, `monte_carlo`
low-carbon methods     `mrio.lowcarbon`
balancing, building    `ras`, `gras`, `kras`, `RegionalTable`, `update`
errors                 `MrioError`, with its parts ``what``, ``where``, ``amount``, ``remedy``
=====================  ======================================================================================

Every result has ``summary()``, ``to_dataframe()``, ``to_csv``, ``to_excel``, ``to_netcdf``, ``report``, all
numbers, labelled and with units, in ``data``, and, but for ensembles and sweeps, pictures under ``plot``.

Names load when they are first used, so importing the package is quick and has no side effects.

Examples
--------
>>> import mrio
>>> tables = mrio.load_example("bth")
>>> t = mrio.measure_transfer(tables["2012"], tables["2017"], block=["Beijing", "Tianjin", "Hebei"])
>>> t.balance().round().loc["Beijing", "net"].item()
-5478.0
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from mrio import lowcarbon as lowcarbon
    from mrio import scenarios as scenarios
    from mrio.balancing.balance import gras as gras
    from mrio.balancing.balance import ras as ras
    from mrio.balancing.proportional import ipf as ipf
    from mrio.balancing.reconcile import kras as kras
    from mrio.building.assemble import assemble as assemble
    from mrio.building.base_year import UpdateRule as UpdateRule
    from mrio.building.constraints import Constraints as Constraints
    from mrio.building.disaggregate import disaggregate as disaggregate
    from mrio.building.regional import RegionalTable as RegionalTable
    from mrio.building.trade_rule import TradeRule as TradeRule
    from mrio.building.update import update as update
    from mrio.change import Decomposition as Decomposition
    from mrio.change import decompose as decompose
    from mrio.change import decompose_chain as decompose_chain
    from mrio.change.prices import compare_prices as compare_prices
    from mrio.codes import with_codes as with_codes
    from mrio.ensembles import MonteCarlo as MonteCarlo
    from mrio.ensembles import Sweep as Sweep
    from mrio.ensembles import monte_carlo as monte_carlo
    from mrio.ensembles import sweep as sweep
    from mrio.errors import MrioError as MrioError
    from mrio.examples import load_example as load_example
    from mrio.leontief import Leontief as Leontief
    from mrio.measures.extraction import extract as extract
    from mrio.measures.extraction import extract_each as extract_each
    from mrio.measures.feedback import feedback as feedback
    from mrio.measures.footprint import Footprint as Footprint
    from mrio.measures.footprint import footprint as footprint
    from mrio.measures.linkages import field_of_influence as field_of_influence
    from mrio.measures.linkages import linkages as linkages
    from mrio.measures.multipliers import household_multipliers as household_multipliers
    from mrio.measures.multipliers import multipliers as multipliers
    from mrio.measures.paths import production_layers as production_layers
    from mrio.measures.paths import structural_paths as structural_paths
    from mrio.measures.prices import carbon_price as carbon_price
    from mrio.measures.prices import price_change as price_change
    from mrio.measures.trade import chain_position as chain_position
    from mrio.measures.trade import decompose_exports as decompose_exports
    from mrio.measures.trade import embodied_trade as embodied_trade
    from mrio.measures.trade import value_added_trade as value_added_trade
    from mrio.netcdf import read_netcdf as read_netcdf
    from mrio.readers.china.ceads_emissions import read_ceads_emissions as read_ceads_emissions
    from mrio.readers.china.ceads_mrio import read_ceads_mrio as read_ceads_mrio
    from mrio.readers.china.deflators import read_deflators as read_deflators
    from mrio.readers.china.ipio import read_ipio as read_ipio
    from mrio.readers.china.nbs_national import read_nbs_national as read_nbs_national
    from mrio.readers.china.nbs_provincial import read_nbs_provincial as read_nbs_provincial
    from mrio.readers.china.sic import read_sic as read_sic
    from mrio.readers.described.plain import SheetLayout as SheetLayout
    from mrio.readers.described.plain import read_sheet as read_sheet
    from mrio.readers.described.tidy import TidyLayout as TidyLayout
    from mrio.readers.described.tidy import read_tidy as read_tidy
    from mrio.readers.packages.mario import read_mario as read_mario
    from mrio.readers.packages.pymrio import from_pymrio as from_pymrio
    from mrio.readers.packages.pymrio import read_pymrio as read_pymrio
    from mrio.readers.world.eora import read_eora as read_eora
    from mrio.readers.world.exiobase import read_exiobase as read_exiobase
    from mrio.readers.world.figaro import read_figaro as read_figaro
    from mrio.readers.world.gloria import read_gloria as read_gloria
    from mrio.readers.world.icio import read_icio as read_icio
    from mrio.readers.world.wiod import read_wiod as read_wiod
    from mrio.reading import read as read
    from mrio.report import write_report as write_report
    from mrio.scenarios.attribution import attribute_scenario as attribute_scenario
    from mrio.scenarios.comparison import compare as compare
    from mrio.scenarios.records import read_scenarios as read_scenarios
    from mrio.scenarios.records import write_scenario_template as write_scenario_template
    from mrio.scenarios.records import write_scenarios as write_scenarios
    from mrio.scenarios.run import run_scenarios as run_scenarios
    from mrio.scenarios.scenario import Scenario as Scenario
    from mrio.tables import Account as Account
    from mrio.tables import Deflator as Deflator
    from mrio.tables import Ensemble as Ensemble
    from mrio.tables import System as System
    from mrio.tables import Systems as Systems
    from mrio.tables import Variants as Variants
    from mrio.tables import perturb as perturb
    from mrio.tables.formats.excel import read_excel as read_excel
    from mrio.tables.formats.excel import write_excel as write_excel
    from mrio.tables.formats.exchange import read_csv as read_csv
    from mrio.tables.formats.exchange import read_parquet as read_parquet
    from mrio.tables.formats.exchange import write_csv as write_csv
    from mrio.tables.formats.exchange import write_parquet as write_parquet
    from mrio.tables.formats.pymrio import to_pymrio as to_pymrio
    from mrio.tables.formats.sdmx import read_sdmx as read_sdmx
    from mrio.tables.formats.sdmx import write_sdmx as write_sdmx
    from mrio.transfer import Transfer as Transfer
    from mrio.transfer import aggregation_bias as aggregation_bias
    from mrio.transfer import measure_transfer as measure_transfer
    from mrio.transfer import measure_transfer_chain as measure_transfer_chain
    from mrio.transfer.indicators import carbon_per_value_added as carbon_per_value_added
    from mrio.transfer.indicators import emission_cost as emission_cost
    from mrio.transfer.indicators import quadrants as quadrants

_HOMES = {
    "Account": "mrio.tables",
    "Constraints": "mrio.building.constraints",
    "Decomposition": "mrio.change",
    "Deflator": "mrio.tables",
    "Ensemble": "mrio.tables",
    "Footprint": "mrio.measures.footprint",
    "Leontief": "mrio.leontief",
    "MonteCarlo": "mrio.ensembles",
    "MrioError": "mrio.errors",
    "RegionalTable": "mrio.building.regional",
    "Scenario": "mrio.scenarios.scenario",
    "SheetLayout": "mrio.readers.described.plain",
    "Sweep": "mrio.ensembles",
    "System": "mrio.tables",
    "Systems": "mrio.tables",
    "TidyLayout": "mrio.readers.described.tidy",
    "TradeRule": "mrio.building.trade_rule",
    "Transfer": "mrio.transfer",
    "UpdateRule": "mrio.building.base_year",
    "Variants": "mrio.tables",
    "aggregation_bias": "mrio.transfer",
    "assemble": "mrio.building.assemble",
    "attribute_scenario": "mrio.scenarios.attribution",
    "carbon_per_value_added": "mrio.transfer.indicators",
    "carbon_price": "mrio.measures.prices",
    "chain_position": "mrio.measures.trade",
    "compare": "mrio.scenarios.comparison",
    "compare_prices": "mrio.change.prices",
    "decompose": "mrio.change",
    "decompose_chain": "mrio.change",
    "decompose_exports": "mrio.measures.trade",
    "disaggregate": "mrio.building.disaggregate",
    "embodied_trade": "mrio.measures.trade",
    "emission_cost": "mrio.transfer.indicators",
    "extract": "mrio.measures.extraction",
    "extract_each": "mrio.measures.extraction",
    "feedback": "mrio.measures.feedback",
    "field_of_influence": "mrio.measures.linkages",
    "footprint": "mrio.measures.footprint",
    "from_pymrio": "mrio.readers.packages.pymrio",
    "gras": "mrio.balancing.balance",
    "household_multipliers": "mrio.measures.multipliers",
    "ipf": "mrio.balancing.proportional",
    "kras": "mrio.balancing.reconcile",
    "linkages": "mrio.measures.linkages",
    "load_example": "mrio.examples",
    "measure_transfer": "mrio.transfer",
    "measure_transfer_chain": "mrio.transfer",
    "monte_carlo": "mrio.ensembles",
    "multipliers": "mrio.measures.multipliers",
    "perturb": "mrio.tables",
    "price_change": "mrio.measures.prices",
    "production_layers": "mrio.measures.paths",
    "quadrants": "mrio.transfer.indicators",
    "ras": "mrio.balancing.balance",
    "read": "mrio.reading",
    "read_ceads_emissions": "mrio.readers.china.ceads_emissions",
    "read_ceads_mrio": "mrio.readers.china.ceads_mrio",
    "read_csv": "mrio.tables.formats.exchange",
    "read_deflators": "mrio.readers.china.deflators",
    "read_eora": "mrio.readers.world.eora",
    "read_excel": "mrio.tables.formats.excel",
    "read_exiobase": "mrio.readers.world.exiobase",
    "read_figaro": "mrio.readers.world.figaro",
    "read_gloria": "mrio.readers.world.gloria",
    "read_ipio": "mrio.readers.china.ipio",
    "read_mario": "mrio.readers.packages.mario",
    "read_icio": "mrio.readers.world.icio",
    "read_nbs_national": "mrio.readers.china.nbs_national",
    "read_nbs_provincial": "mrio.readers.china.nbs_provincial",
    "read_netcdf": "mrio.netcdf",
    "read_parquet": "mrio.tables.formats.exchange",
    "read_pymrio": "mrio.readers.packages.pymrio",
    "read_scenarios": "mrio.scenarios.records",
    "read_sdmx": "mrio.tables.formats.sdmx",
    "read_sheet": "mrio.readers.described.plain",
    "read_sic": "mrio.readers.china.sic",
    "read_tidy": "mrio.readers.described.tidy",
    "read_wiod": "mrio.readers.world.wiod",
    "run_scenarios": "mrio.scenarios.run",
    "structural_paths": "mrio.measures.paths",
    "sweep": "mrio.ensembles",
    "to_pymrio": "mrio.tables.formats.pymrio",
    "update": "mrio.building.update",
    "value_added_trade": "mrio.measures.trade",
    "with_codes": "mrio.codes",
    "write_csv": "mrio.tables.formats.exchange",
    "write_excel": "mrio.tables.formats.excel",
    "write_parquet": "mrio.tables.formats.exchange",
    "write_report": "mrio.report",
    "write_scenario_template": "mrio.scenarios.records",
    "write_scenarios": "mrio.scenarios.records",
    "write_sdmx": "mrio.tables.formats.sdmx",
}

_SUBMODULES = ("lowcarbon", "scenarios")

__all__ = [*sorted([*_HOMES, *_SUBMODULES]), "__version__"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name in _SUBMODULES:
        return import_module(f"mrio.{name}")
    if name not in _HOMES:
        from mrio.errors import near

        meant = near(name, [*_HOMES, *_SUBMODULES])
        guess = f"; did you mean {' or '.join(map(repr, meant))}?" if meant else ""
        raise AttributeError(f"module 'mrio' has no attribute {name!r}{guess}", name=name)
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
