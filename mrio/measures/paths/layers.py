"""Production layers: how an account accumulates from the final product back through its suppliers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from mrio import plotting
from mrio.leontief.storage.matrices import Matrix
from mrio.measures.final_demand import Final, final_demand_of, in_words
from mrio.measures.measure import Measure, Sheet, all_accounts, as_table, intensities, require_accounts
from mrio.parameters import require_count
from mrio.tables import System
from mrio.tables.arrays import Array


def production_layers(
    system: System,
    accounts: str | Iterable[str] | None = None,
    *,
    depth: int = 10,
    final: Final | None = None,
) -> ProductionLayers:
    """Split the accounts that final demand causes into layers: producers, their suppliers, and so on.

    Layer d is ``f A^d y`` [1]_: layer 0 arises where the final product is made, layer 1 at its direct
    suppliers, layer 2 at theirs. What lies deeper than the last layer is ``f L A^(depth + 1) y``.

    Parameters
    ----------
    system
        The table.
    accounts
        Names of accounts, ``"output"`` among them; all when left out.
    depth
        Last layer that is told apart.
    final
        Limits of the final demand, as in `mrio.structural_paths`.

    Returns
    -------
    ProductionLayers
        Accounts by layer, region and sector where they arise, and the remainder.

    Raises
    ------
    LabelError, DataError
        When a label is unknown or `depth` negative.
    BalanceError
        When the layers and the remainder do not add up within 1e-9.

    References
    ----------
    .. [1] Lenzen, M. and Crawford, R. (2009), Environmental Science & Technology 43(21), 8251-8256,
       doi:10.1021/es902090z. Waugh, F. V. (1950), Econometrica 18(2), 142-154, doi:10.2307/1907265.

    Examples
    --------
    >>> import mrio
    >>> layers = mrio.production_layers(mrio.load_example("illustrative")["1"], "co2", depth=3)
    >>> layers.summary().index.tolist()
    ['0', '1', '2', '3', 'deeper', 'total']
    """
    require_count(depth, "depth", least=0)
    asked = intensities(system, accounts, all_accounts(system))
    y = final_demand_of(system, final)
    flows = layers(system.leontief.A, asked.per_output, y, depth)
    total = asked.per_output * np.asarray(system.leontief.solve(y))
    left = y
    for _ in range(depth + 1):
        left = system.leontief.A @ left
    remainder = asked.per_output * np.asarray(system.leontief.solve(left))
    gap = require_accounts(flows.sum(axis=1) + remainder, total, "layers with remainder, and the account")
    sheet = Sheet(account=asked.names, layer=range(depth + 1), region=system.regions, sector=system.sectors)
    base = ("region", "sector")
    text = "account by layer, by where it arises"
    sheet.put("layer_flow", flows, ("account", "layer", *base), asked.units, text)
    sheet.put("deeper", remainder, ("account", *base), asked.units, "account of all deeper layers")
    return ProductionLayers(
        sheet.dataset(
            system,
            f"Production layers of {', '.join(asked.names)}, {in_words(final)}",
            "layers and what lies deeper add up to the account that the final demand causes, by region and "
            "sector",
            f"layers and remainder against L y: largest gap {gap:.1e}",
            final=in_words(final),
        )
    )


def layers(A: Matrix, F: Array, y: Array, depth: int) -> Array:
    """Return ``f o A^d y`` for d = 0 ... depth, (m, depth + 1, n).

    Parameters
    ----------
    A
        (n, n).
    F
        Indicators per unit of output (m, n).
    y
        Final demand (n,).
    depth
        Last layer.
    """
    outputs = [y]
    for _ in range(depth):
        outputs.append(np.asarray(A @ outputs[-1]))
    return np.asarray(F[:, np.newaxis] * np.stack(outputs))


class ProductionLayers(Measure):
    """Accounts by production layer. Made by `mrio.production_layers`."""

    kind: ClassVar[str] = "production_layers"
    main: ClassVar[str] = "layer_flow"

    def summary(self) -> pd.DataFrame:
        """Return each account by layer, what lies deeper, and the total."""
        columns = {}
        for account in self.accounts:
            flow = self.of("layer_flow", account).sum(["region", "sector"]).values
            deeper = float(self.of("deeper", account).sum())
            columns[f"{account} [{self.unit('layer_flow', account)}]"] = [*flow, deeper, flow.sum() + deeper]
        names = [*map(str, self.data["layer"].values), "deeper", "total"]
        return pd.DataFrame(columns, index=pd.Index(names, name="layer"))

    def by_region(self, account: str | None = None) -> pd.DataFrame:
        """Return an account by layer (rows, the last one what lies deeper) and region where it arises."""
        table = as_table(self.of("layer_flow", account).sum("sector"), "layer", "region").rename(index=str)
        table.loc["deeper"] = self.of("deeper", account).sum("sector").values
        return table

    @property
    def plot(self) -> LayerPictures:
        """Pictures: ``plot.layers(account)``."""
        return LayerPictures(self)


@dataclass(frozen=True)
class LayerPictures:
    """Pictures of production layers; every method takes ``ax=`` and returns Axes."""

    production_layers: ProductionLayers

    def layers_data(self, account: str | None = None) -> pd.DataFrame:
        """Return an account by layer and region."""
        return self.production_layers.by_region(account)

    def layers(self, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw the layers as bars, stacked by the region where they arise."""
        result = self.production_layers
        name = account or result.accounts[0]
        title = f"{name} by production layer, {result.data.attrs['final']}, {result.data.attrs['period']}"
        ax = plotting.stacked_bars(self.layers_data(name), result.unit("layer_flow", name), title, ax)
        plotting.small_print(ax, result.small_print)
        return ax
