"""Low-carbon methods: from fuel to emission, index, drivers, decoupling and co-control.

Everything takes plain pandas tables; `decoupling`, `indicator_frame` and the accounts of an inventory also
take the tables of this library. Statistics of other libraries (least squares, unit roots, cointegration,
ridge paths) need the extra ``econometrics``.

Subpackages: `inventory` (fuel to emission), `indicators` (regional indicators, entropy index, coupling),
`drivers` (STIRPAT), `change` (decoupling, Kaya factors, co-control), `circular` (reuse, waste, green
investment) and `papers` (what papers print, recomputed).

Examples
--------
>>> import pandas as pd
>>> from mrio import lowcarbon
>>> carbon, output = pd.Series([62.0, 44.0]), pd.Series([80.0, 320.0])
>>> lowcarbon.decoupling(carbon, of=output, prices="constant 2014 CNY").states.iloc[0, 0]
'strong decoupling'
"""

from mrio.lowcarbon.change.cocontrol import CoControl as CoControl
from mrio.lowcarbon.change.cocontrol import co_control as co_control
from mrio.lowcarbon.change.kaya import KayaDecomposition as KayaDecomposition
from mrio.lowcarbon.change.kaya import kaya_by_sector as kaya_by_sector
from mrio.lowcarbon.change.kaya import kaya_factors as kaya_factors
from mrio.lowcarbon.change.kaya import kaya_lmdi as kaya_lmdi
from mrio.lowcarbon.change.tapio import Decoupling as Decoupling
from mrio.lowcarbon.change.tapio import decoupling as decoupling
from mrio.lowcarbon.circular.investment import InvestmentDemand as InvestmentDemand
from mrio.lowcarbon.circular.investment import green_investment as green_investment
from mrio.lowcarbon.circular.reuse import Substitution as Substitution
from mrio.lowcarbon.circular.reuse import substitution_share as substitution_share
from mrio.lowcarbon.circular.reuse import substitutions as substitutions
from mrio.lowcarbon.circular.reuse import waste_accounts as waste_accounts
from mrio.lowcarbon.drivers.econometrics import adf_p_value as adf_p_value
from mrio.lowcarbon.drivers.econometrics import cointegration_test as cointegration_test
from mrio.lowcarbon.drivers.econometrics import is_stationary as is_stationary
from mrio.lowcarbon.drivers.econometrics import unit_root_tests as unit_root_tests
from mrio.lowcarbon.drivers.fit_statistics import adjusted_r2 as adjusted_r2
from mrio.lowcarbon.drivers.fit_statistics import f_p_value as f_p_value
from mrio.lowcarbon.drivers.fit_statistics import f_statistic as f_statistic
from mrio.lowcarbon.drivers.fit_statistics import t_p_value as t_p_value
from mrio.lowcarbon.drivers.panel import stirpat_panel as stirpat_panel
from mrio.lowcarbon.drivers.result import Stirpat as Stirpat
from mrio.lowcarbon.drivers.stirpat import stirpat as stirpat
from mrio.lowcarbon.indicators.coupling import CouplingCoordination as CouplingCoordination
from mrio.lowcarbon.indicators.coupling import coupling_coordination as coupling_coordination
from mrio.lowcarbon.indicators.entropy import EntropyIndex as EntropyIndex
from mrio.lowcarbon.indicators.entropy import entropy_index as entropy_index
from mrio.lowcarbon.indicators.survey import indicator_frame as indicator_frame
from mrio.lowcarbon.indicators.survey import standard_scores as standard_scores
from mrio.lowcarbon.indicators.survey import wide_indicators as wide_indicators
from mrio.lowcarbon.inventory.balance import fuel_use_from_balance as fuel_use_from_balance
from mrio.lowcarbon.inventory.balance import load_energy_balance as load_energy_balance
from mrio.lowcarbon.inventory.emissions import co2_inventory as co2_inventory
from mrio.lowcarbon.inventory.emissions import coal_equivalent as coal_equivalent
from mrio.lowcarbon.inventory.emissions import electricity_emissions as electricity_emissions
from mrio.lowcarbon.inventory.emissions import pollutant_inventory as pollutant_inventory
from mrio.lowcarbon.inventory.emissions import process_emissions as process_emissions
from mrio.lowcarbon.inventory.factors import EmissionFactors as EmissionFactors
from mrio.lowcarbon.inventory.factors import emission_factors as emission_factors
from mrio.lowcarbon.inventory.result import Inventory as Inventory
from mrio.lowcarbon.papers.printed import check_papers as check_papers
from mrio.lowcarbon.papers.series import load_series as load_series
