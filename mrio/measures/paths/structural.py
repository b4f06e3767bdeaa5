"""Structural paths: the supply chains through which final demand causes an account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from mrio import plotting
from mrio.errors import DataError
from mrio.files import PathLike, write_text
from mrio.leontief import Leontief
from mrio.leontief.storage.matrices import Matrix, is_nonnegative
from mrio.measures.final_demand import Final, final_demand_of, in_words, limits_of, mask
from mrio.measures.measure import Intensities, Measure, Sheet, intensities
from mrio.measures.paths.layers import layers
from mrio.measures.paths.search import DEEPEST, Largest, Wanted, largest_paths
from mrio.parameters import require_count, require_share
from mrio.results import require_adding_up
from mrio.schema import VALUE_ADDED
from mrio.tables import System
from mrio.tables.arrays import Array

_SLACK = 1e-9
_SHOWN_LAYERS = 12


def structural_paths(
    system: System,
    account: str = VALUE_ADDED,
    *,
    also: str | Iterable[str] = (),
    top: int | None = 100,
    threshold: float | None = None,
    max_depth: int | None = None,
    final: Final | None = None,
    origin: Final | None = None,
) -> StructuralPaths:
    """Find the supply chains that contribute most to an account.

    The footprint of final demand is the sum over all paths, ``f_i y_i + f_i A_ij y_j + f_i A_ij A_jk y_k +
    ...`` [1]_. All paths above the smallest one returned are found: a branch is cut only where all its longer
    paths together, ``(m_i - f_i) p`` with the multipliers m and the flow p, are below it. Coverage is exact.

    Parameters
    ----------
    system
        The table.
    account
        Name of the account by which paths are ranked, or ``"output"``.
    also
        Names of other accounts to report along the same paths.
    top
        Number of paths; None for all above `threshold`.
    threshold
        Smallest contribution as a share of the whole [1].
    max_depth
        Largest number of suppliers before the final product; unlimited when left out.
    final
        Limits of the final demand: ``use_region``, ``demand`` (``"exports"``, ``"stock_change"`` and
        ``"discrepancy"`` among the categories), and ``region`` and ``sector`` of the product.
    origin
        Limits of where the account arises: ``region``, ``sector``.

    Returns
    -------
    StructuralPaths
        Paths with their contributions [account], largest first, and how much of each layer they cover.

    Raises
    ------
    LabelError, DataError
        When a label is unknown, a limit makes no sense (`threshold` lies between 0 and 1), or neither `top`
        nor `threshold` limits the search.
    NotProductiveError
        When A has negative coefficients so large that ``I - |A|`` has no inverse, which the bound needs.

    References
    ----------
    .. [1] Defourny, J. and Thorbecke, E. (1984), The Economic Journal 94(373), 111-136,
       doi:10.2307/2232220. Peters, G. P. and Hertwich, E. G. (2006), Economic Systems Research 18(2),
       155-181, doi:10.1080/09535310600653008.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> found = mrio.structural_paths(table, "co2", top=10, final={"use_region": "BJ"})
    >>> len(found.summary())
    10
    """
    _require_end(top, threshold, max_depth)
    asked = intensities(system, (account, *([also] if isinstance(also, str) else also)), ())
    place = limits_of("Where the account arises", origin, ("region", "sector"))
    rows = mask("region", place.get("region"), system.regions)[:, np.newaxis]
    f = asked.per_output[0] * (rows * mask("sector", place.get("sector"), system.sectors)).ravel()
    y = final_demand_of(system, final)
    total = float(f @ np.asarray(system.leontief.solve(y)))
    smallest = np.nextafter((threshold or 0.0) * abs(total), 0)
    wanted = Wanted(top, max(float(smallest), 0.0), DEEPEST if max_depth is None else max_depth)
    A = system.leontief.A
    found = largest_paths(A, f, path_bound(system.leontief, f) * (1 + _SLACK), y, wanted)
    return _result(system, asked, found, (f, y, total), (final, origin))


def _require_end(top: int | None, threshold: float | None, max_depth: int | None) -> None:
    """Raise unless the limits of a search make sense and end it."""
    if top is not None:
        require_count(top, "top")
    if threshold is not None:
        require_share(threshold, "threshold")
    if max_depth is not None:
        require_count(max_depth, "max_depth", least=0)
    if top is None and not threshold:
        raise DataError(
            "The search for paths has no end.",
            amount=f"top={top}, threshold={threshold}",
            remedy="give top=100 or threshold=1e-4",
        )


def path_bound(op: Leontief, f: Array) -> Array:
    """Return ``|f|' (I - |A|)^-1``, what no path through a unit of output can exceed, (n,)."""
    if is_nonnegative(op.A):
        return np.asarray(op.solve_left(np.abs(f)))
    return np.asarray(Leontief(abs(op.A), blocks=op.blocks).solve_left(np.abs(f)))


def _result(
    system: System,
    asked: Intensities,
    found: Largest,
    numbers: tuple[Array, Array, float],
    limits: tuple[Final | None, Final | None],
) -> StructuralPaths:
    """Put paths on labels, with what they cover of each layer."""
    f, y, total = numbers
    name, unit = asked.names[0], asked.units[0]
    chains = [found.tree.path(int(node)) for node in found.nodes]
    again = np.array([_contribution(system.leontief.A, f, y, chain) for chain in chains])
    gap = require_adding_up(again, found.contributions, abs(total) or 1.0, "paths rebuilt from A")
    listed = float(found.contributions.sum())
    share = f", {listed / total:.2%} of the whole" if total else ""
    return StructuralPaths(
        _sheet(system, asked, found, chains, (f, y)).dataset(
            system,
            f"Structural paths of {name}, {in_words(limits[0])}",
            "all paths of all depths add up to the account caused by the final demand; the paths listed are "
            "a part of it, and the rest is known exactly",
            f"listed {listed:.6g} of {total:.6g} {unit}{share}; no path that is missing is larger than "
            f"{found.cut:.3g} {unit}; contributions rebuilt from A: gap {gap:.1e}",
            account=name,
            total=total,
            cut=found.cut,
            final=in_words(limits[0]),
            origin=in_words(limits[1]) if limits[1] else "all regions and sectors",
        )
    )


def _sheet(
    system: System,
    asked: Intensities,
    found: Largest,
    chains: Sequence[Sequence[int]],
    numbers: tuple[Array, Array],
) -> Sheet:
    """Put paths, their stages and what they cover of each layer on labels."""
    f, y = numbers
    name, unit = asked.names[0], asked.units[0]
    depth = np.array([len(chain) - 1 for chain in chains], dtype=np.intp)
    deepest = max(int(depth.max(initial=0)), _SHOWN_LAYERS)
    ranks, steps = range(1, len(chains) + 1), range(deepest + 1)
    sheet = Sheet(account=asked.names, path=ranks, layer=steps, stage=steps)
    carried = asked.per_output[:, found.tree.sector[found.nodes]] * found.tree.flow[found.nodes]
    sheet.put("carried", carried, ("account", "path"), asked.units, "every account along the path")
    sheet.put("contribution", found.contributions, ("path",), unit, f"{name} along the path")
    sheet.put("depth", depth, ("path",), "1", "suppliers before the final product")
    text = "region and sector from the final product (stage 0) to where the account arises"
    for word, labels in (("region", system.regions), ("sector", system.sectors)):
        places = _stages(chains, deepest + 1, len(system.sectors), labels, word)
        sheet.put_words(f"stage_{word}", places, ("path", "stage"), text)
    layer = layers(system.leontief.A, f[np.newaxis], y, deepest).sum(axis=2)[0]
    covered = np.bincount(depth, weights=found.contributions, minlength=deepest + 1)
    sheet.put("layer_total", layer, ("layer",), unit, f"{name} of all paths of this depth")
    sheet.put("layer_found", covered, ("layer",), unit, f"{name} of the paths found")
    return sheet


def _contribution(A: Matrix, f: Array, y: Array, chain: Sequence[int]) -> float:
    """Return the contribution of one path from its rows, final product first."""
    flow = float(y[chain[0]])
    for buyer, supplier in pairwise(chain):
        flow *= float(A[supplier, buyer])
    return float(f[chain[-1]]) * flow


def _stages(
    chains: Sequence[Sequence[int]], stages: int, n_sectors: int, labels: Sequence[str], word: str
) -> np.ndarray:
    """Return the label of every stage of every path, empty after its end, (k, stages)."""
    result = np.full((len(chains), stages), "", dtype=object)
    for row, chain in enumerate(chains):
        for stage, place in enumerate(chain):
            region, sector = divmod(place, n_sectors)
            result[row, stage] = labels[region if word == "region" else sector]
    return result


class StructuralPaths(Measure):
    """Supply chains with their contributions. Made by `mrio.structural_paths`."""

    kind: ClassVar[str] = "structural_paths"
    main: ClassVar[str] = "contribution"

    @property
    def total(self) -> float:
        """The account caused by the final demand along all paths [unit of the account]."""
        return float(self.data.attrs["total"])

    @property
    def coverage(self) -> float:
        """Share of the paths listed in the total [1]."""
        return float(self.data["contribution"].sum()) / self.total if self.total else 0.0

    @property
    def cut(self) -> float:
        """No path that is missing contributes more than this [unit of the account]."""
        return float(self.data.attrs["cut"])

    def chains(self) -> list[list[tuple[str, str]]]:
        """Return the region and sector of each stage of each path, final product first."""
        regions, sectors = (self.data[f"stage_{word}"].values for word in ("region", "sector"))
        return [
            [(str(r), str(s)) for r, s in zip(*rows, strict=True) if str(s)]
            for rows in zip(regions, sectors, strict=True)
        ]

    def summary(self) -> pd.DataFrame:
        """Return one row a path: the chain from where the account arises to the final product, its size."""
        unit = self.unit("contribution")
        size = self.data["contribution"].values
        share = size / self.total if self.total else np.zeros_like(size)
        words = [" > ".join(f"{r} {s}" for r, s in reversed(chain)) for chain in self.chains()]
        columns = {
            "path": words,
            "depth": self.data["depth"].values.astype(int),
            f"contribution [{unit}]": size,
            "share [1]": share,
            "cumulative share [1]": np.cumsum(share),
        }
        for other in self.accounts[1:]:
            columns[f"{other} [{self.unit('carried', other)}]"] = self.of("carried", other).values
        return pd.DataFrame(columns, index=pd.Index(self.data["path"].values, name="rank"))

    def by_layer(self) -> pd.DataFrame:
        """Return how much of each layer (depth) the paths cover; the last row is what lies deeper."""
        unit = self.unit("contribution")
        table = pd.DataFrame(
            {
                f"found [{unit}]": self.data["layer_found"].values,
                f"all paths [{unit}]": self.data["layer_total"].values,
            },
            index=pd.Index([str(depth) for depth in self.data["layer"].values], name="depth"),
        )
        table.loc["deeper"] = [0.0, self.total - float(self.data["layer_total"].sum())]
        return table

    @property
    def plot(self) -> PathPictures:
        """Pictures: ``plot.sankey()``."""
        return PathPictures(self)


@dataclass(frozen=True)
class PathPictures:
    """Pictures of structural paths; every method takes ``ax=`` and returns Axes."""

    paths: StructuralPaths

    def sankey_data(self, top: int = 20) -> pd.DataFrame:
        """Return the links of the largest paths: stage and label of supplier and buyer, and the amount.

        Stages count from the final demand (0); paths that share a supplier at a stage share its node.
        """
        require_count(top, "top")
        rows = []
        sizes = self.paths.data["contribution"].values[:top]
        for chain, size in zip(self.paths.chains(), sizes, strict=False):
            names = ["final demand", *(f"{r} {s}" for r, s in chain)]
            rows += [
                (stage + 1, names[stage + 1], stage, names[stage], abs(float(size)))
                for stage in range(len(names) - 1)
            ]
        frame = pd.DataFrame(rows, columns=list(plotting.LINKS))
        return frame.groupby(list(plotting.LINKS[:-1]), as_index=False, sort=False).sum()

    def sankey(self, top: int = 20, ax: Any | None = None) -> Any:
        """Draw the largest paths as flows from suppliers (left) to final demand (right)."""
        links = self.sankey_data(top)
        stages = [*(f"stage {stage}" for stage in range(int(links["stage"].max()), 0, -1)), "final demand"]
        ax = plotting.sankey(links, self.paths.unit("contribution"), self._title(top), stages, ax)
        plotting.small_print(ax, self.paths.small_print)
        return ax

    def sankey_page(self, path: PathLike, top: int = 20) -> None:
        """Write the largest paths as one HTML page to point at; needs the extra ``sankey``."""
        unit = self.paths.unit("contribution")
        page = plotting.sankey_page(self.sankey_data(top), unit, self._title(top), self.paths.small_print)
        write_text(path, page)

    def _title(self, top: int) -> str:
        attrs = self.paths.data.attrs
        return f"{attrs['account']} along the {top} largest paths, {attrs['final']}, {attrs['period']}"
