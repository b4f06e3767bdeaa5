"""Read any netCDF file that the library wrote: tables or results."""

from __future__ import annotations

from importlib import import_module

from mrio.errors import FileError
from mrio.files import PathLike, read_groups
from mrio.results import Result
from mrio.tables import Systems
from mrio.tables.formats.netcdf import KIND_SYSTEMS, systems_from_groups

RESULTS = {
    "comparison": ("mrio.scenarios.comparison", "Comparison"),
    "sweep": ("mrio.ensembles", "Sweep"),
    "monte_carlo": ("mrio.ensembles", "MonteCarlo"),
    "scenario_attribution": ("mrio.scenarios.attribution", "ScenarioAttribution"),
    "household_multipliers": ("mrio.measures.multipliers", "HouseholdMultipliers"),
    "price_change": ("mrio.measures.prices", "PriceChange"),
    "carbon_price": ("mrio.measures.prices", "CarbonPrice"),
    "footprint": ("mrio.measures.footprint", "Footprint"),
    "multipliers": ("mrio.measures.multipliers", "Multipliers"),
    "chain_position": ("mrio.measures.trade", "ChainPosition"),
    "embodied_trade": ("mrio.measures.trade", "EmbodiedTrade"),
    "value_added_trade": ("mrio.measures.trade", "ValueAddedTrade"),
    "export_decomposition": ("mrio.measures.trade", "ExportDecomposition"),
    "structural_paths": ("mrio.measures.paths", "StructuralPaths"),
    "production_layers": ("mrio.measures.paths", "ProductionLayers"),
    "feedback": ("mrio.measures.feedback", "Feedback"),
    "extraction": ("mrio.measures.extraction", "Extraction"),
    "extractions": ("mrio.measures.extraction", "Extractions"),
    "field_of_influence": ("mrio.measures.linkages", "FieldOfInfluence"),
    "linkages": ("mrio.measures.linkages", "Linkages"),
    "decomposition": ("mrio.change", "Decomposition"),
    "decomposition_draws": ("mrio.change", "DecompositionDraws"),
    "decomposition_chain": ("mrio.change", "DecompositionChain"),
    "multiplicative_decomposition": ("mrio.change", "MultiplicativeDecomposition"),
    "co_control": ("mrio.lowcarbon", "CoControl"),
    "coupling_coordination": ("mrio.lowcarbon", "CouplingCoordination"),
    "decoupling": ("mrio.lowcarbon", "Decoupling"),
    "entropy_index": ("mrio.lowcarbon", "EntropyIndex"),
    "inventory": ("mrio.lowcarbon", "Inventory"),
    "kaya_decomposition": ("mrio.lowcarbon", "KayaDecomposition"),
    "stirpat": ("mrio.lowcarbon", "Stirpat"),
    "transfer": ("mrio.transfer", "Transfer"),
    "transfer_draws": ("mrio.transfer", "TransferDraws"),
    "transfer_chain": ("mrio.transfer", "TransferChain"),
    "aggregation_bias": ("mrio.transfer", "AggregationBias"),
    "demand_transfer": ("mrio.transfer", "DemandTransfer"),
    "no_transfer": ("mrio.transfer", "NoTransfer"),
    "counterfactual_transfer": ("mrio.transfer", "CounterfactualTransfer"),
}
"""Home of each result class by the kind written in its files."""


def read_netcdf(path: PathLike) -> Systems | Result:
    """Read tables or a result from a netCDF-4 file that mrio wrote.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Systems or Result
        What was written, with its provenance.

    Raises
    ------
    FileError
        When the file is missing, damaged, foreign, or from a newer version.

    Examples
    --------
    >>> import mrio, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "tables.nc"
    >>> mrio.load_example("illustrative").to_netcdf(path)
    >>> list(mrio.read_netcdf(path))
    ['0', '1']
    """
    kind, groups = read_groups(path)
    if kind == KIND_SYSTEMS:
        return systems_from_groups(groups)
    if kind not in RESULTS:
        raise FileError(
            "The file holds something this version of mrio does not know.",
            where=str(path),
            amount=f"kind {kind!r}",
            remedy="update mrio, or open the file with xarray",
        )
    module, name = RESULTS[kind]
    result: Result = getattr(import_module(module), name).from_dataset(groups["/"])
    return result
