"""A scenario: a named, ordered list of shocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from mrio.errors import DataError, MrioError, raise_together
from mrio.scenarios.carbon import PriceCarbon
from mrio.scenarios.demand import Invest, ScaleDemand, ScaleExports, ShiftDemand
from mrio.scenarios.draft import Draft
from mrio.scenarios.production import Extract, ScaleIntensity, ScaleTechnology
from mrio.scenarios.shock import Names, Shock, require_names
from mrio.scenarios.sourcing import ShiftSourcing, Substitute, Uses
from mrio.tables import System

SHOCKS: dict[str, type[Shock]] = {
    kind.KIND: kind
    for kind in (
        ShiftSourcing,
        ScaleIntensity,
        ScaleTechnology,
        Substitute,
        ScaleDemand,
        ShiftDemand,
        ScaleExports,
        Invest,
        PriceCarbon,
        Extract,
    )
}
"""Every shock by its name in files."""


@dataclass(frozen=True, repr=False)
class Scenario:
    """A named, ordered list of shocks on a table; frozen, and combined by ``+``.

    Every method that is called like a shock returns a scenario with one more. Shocks apply in order, each to
    the table as the earlier ones left it. Nothing is changed in place.

    Parameters
    ----------
    name
        Name of the scenario.
    shocks
        The shocks, in order.
    levers
        For each shock, the name of the scenario it came from; the own name when left out.

    Examples
    --------
    >>> import mrio
    >>> move = mrio.Scenario("goods to HE").shift_sourcing(
    ...     "Manufacturing", from_region="TJ", to_region="HE", share=0.3)
    >>> clean = mrio.Scenario("cleaner").scale_intensity("co2", factor=0.7)
    >>> move + clean
    <Scenario 'goods to HE + cleaner'>
      1. 30 % of the purchases of Manufacturing from TJ go to HE
      2. co2 per unit of output of all producers is multiplied by 0.7
    """

    name: str
    shocks: tuple[Shock, ...] = ()
    levers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise DataError("A scenario needs a name.", amount=repr(self.name), remedy="give a text")
        object.__setattr__(self, "shocks", tuple(self.shocks))
        if not self.levers:
            object.__setattr__(self, "levers", (self.name,) * len(self.shocks))

    def __add__(self, other: Scenario) -> Scenario:
        """Return both scenarios one after the other, under both names."""
        return Scenario(f"{self.name} + {other.name}", self.shocks + other.shocks, self.levers + other.levers)

    def named(self, name: str) -> Scenario:
        """Return the same shocks under another name."""
        return replace(self, name=name)

    def with_shock(self, shock: Shock) -> Scenario:
        """Return the scenario with one more shock."""
        return Scenario(self.name, (*self.shocks, shock), (*self.levers, self.name))

    def _with(self, kind: type[Shock], **fields: Any) -> Scenario:
        with self._naming(len(self.shocks) + 1, kind.KIND):
            shock = kind(**fields)
        return self.with_shock(shock)

    # -- shocks -------------------------------------------------------------------------------------------

    def shift_sourcing(
        self,
        product: str,
        from_region: str,
        to_region: str,
        *,
        share: float | None = None,
        volume: float | None = None,
        buyers: Names = None,
        buyer_sectors: Names = None,
        categories: Names = None,
        uses: Uses = "all",
    ) -> Scenario:
        """Let buyers take a product from one region instead of another.

        Parameters
        ----------
        product
            Sector whose product moves.
        from_region, to_region
            Who loses and who gains; ``"abroad"`` where imports are known by product.
        share
            Share of what each buyer takes from the loser [1]; or `volume`.
        volume
            Money that moves, spread over buyers by what they take from the loser; at most its sales to them.
        buyers, buyer_sectors, categories
            Regions that buy, and their sectors and final-demand categories; all when left out.
        uses
            ``"all"``, ``"intermediate"`` or ``"final"``.
        """
        return self._with(
            ShiftSourcing,
            product=product,
            from_region=from_region,
            to_region=to_region,
            share=share,
            volume=volume,
            buyers=buyers,
            buyer_sectors=buyer_sectors,
            categories=categories,
            uses=uses,
        )

    def scale_intensity(
        self,
        account: str | Sequence[str],
        factor: float,
        *,
        region: Names = None,
        sector: Names = None,
        direct: bool = False,
    ) -> Scenario:
        """Multiply accounts per unit of output, or with ``direct=True`` final users' own flows."""
        names = (account,) if isinstance(account, str) else tuple(account)
        with self._naming(len(self.shocks) + 1, ScaleIntensity.KIND):
            require_names("account", names)
        scenario = self
        for name in names:
            scenario = scenario._with(
                ScaleIntensity, account=name, factor=factor, region=region, sector=sector, direct=direct
            )
        return scenario

    def scale_technology(
        self, factor: float, *, product: Names = None, region: Names = None, sector: Names = None
    ) -> Scenario:
        """Multiply the inputs of a product (all when left out) that producers need, from all origins."""
        return self._with(ScaleTechnology, factor=factor, product=product, region=region, sector=sector)

    def substitute(
        self,
        old: str,
        new: str,
        share: float,
        *,
        worth: float = 1.0,
        region: Names = None,
        sector: Names = None,
        categories: Names = None,
        uses: Uses = "intermediate",
    ) -> Scenario:
        """Replace a share of the purchases of one product by another, for `worth` of the spending."""
        return self._with(
            Substitute,
            old=old,
            new=new,
            share=share,
            worth=worth,
            region=region,
            sector=sector,
            categories=categories,
            uses=uses,
        )

    def scale_demand(
        self, factor: float, *, product: Names = None, region: Names = None, category: Names = None
    ) -> Scenario:
        """Multiply final purchases."""
        return self._with(ScaleDemand, factor=factor, product=product, region=region, category=category)

    def shift_demand(
        self,
        from_product: str,
        to_product: str,
        share: float,
        *,
        region: Names = None,
        category: Names = None,
    ) -> Scenario:
        """Move a share of final spending on one product to another; the total stays."""
        return self._with(
            ShiftDemand,
            from_product=from_product,
            to_product=to_product,
            share=share,
            region=region,
            category=category,
        )

    def scale_exports(self, factor: float, *, region: Names = None, sector: Names = None) -> Scenario:
        """Multiply exports abroad."""
        return self._with(ScaleExports, factor=factor, region=region, sector=sector)

    def invest(
        self,
        amount: float,
        region: str,
        *,
        mix: Mapping[str, float] | None = None,
        category: str | None = None,
    ) -> Scenario:
        """Add fixed capital formation of a region, by a mix of products or like what it invests already.

        A negative amount is less investment, at most what there is.
        """
        return self._with(Invest, amount=amount, region=region, mix=mix, category=category)

    def carbon_price(
        self,
        price: float,
        account: str = "co2",
        *,
        region: Names = None,
        sector: Names = None,
        elasticity: float | Mapping[str, float] | None = None,
    ) -> Scenario:
        """Price emissions by the tonne; final users answer with elasticities where these are given.

        The price is zero or more: a subsidy would let final users buy more, which is no scenario of a price.
        """
        return self._with(
            PriceCarbon, price=price, account=account, region=region, sector=sector, elasticity=elasticity
        )

    def extract(self, *, region: Names = None, sector: Names = None) -> Scenario:
        """Let sectors stop and their products be imported."""
        return self._with(Extract, region=region, sector=sector)

    # -- verbs --------------------------------------------------------------------------------------------

    def apply(self, system: System) -> System:
        """Return the table under this scenario.

        Parameters
        ----------
        system
            The table; it stays as it is.

        Returns
        -------
        System
            Balanced by rows, with the name of the scenario; its numbers are hypothetical.

        Raises
        ------
        LabelError
            When shocks name what the table does not have; all are told at once.
        DataError
            When a shock asks for more than there is, by its number and sentence.
        NotProductiveError
            When the changed table cannot be produced.
        """
        require_table(system)
        problems: list[MrioError] = []
        for number, shock in enumerate(self.shocks, start=1):
            problems += [self._told(problem, number, shock.sentence()) for problem in shock.problems(system)]
        raise_together(problems)
        draft = Draft(system)
        for number, shock in enumerate(self.shocks, start=1):
            with self._naming(number, shock.sentence()):
                shock.apply(draft)
        with self._naming(None, "all shocks together"):
            return draft.settle(self.name, {"shocks": [shock.sentence() for shock in self.shocks]})

    def assumptions(self) -> list[str]:
        """Return what each shock holds fixed, one text a shock."""
        return [f"{shock.sentence()}; fixed: {shock.FIXED}" for shock in self.shocks]

    def to_dict(self) -> dict[str, Any]:
        """Return the scenario as plain values, as JSON and YAML files hold it."""
        shocks = []
        for shock, lever in zip(self.shocks, self.levers, strict=True):
            record = shock.to_dict()
            shocks.append(record if lever == self.name else {**record, "lever": lever})
        return {"name": self.name, "shocks": shocks}

    @contextmanager
    def _naming(self, number: int | None, sentence: str) -> Iterator[None]:
        """Let every error inside name the scenario and the shock."""
        try:
            yield
        except MrioError as error:
            raise self._told(error, number, sentence) from error

    def _told(self, error: MrioError, number: int | None, sentence: str) -> MrioError:
        shock = sentence if number is None else f"shock {number} ({sentence})"
        where = f"scenario {self.name!r}, {shock}" + (f": {error.where}" if error.where else "")
        return type(error)(
            error.what, where=where, amount=error.amount, remedy=error.remedy, table=error.table
        )

    def __repr__(self) -> str:
        lines = [f"  {number}. {shock.sentence()}" for number, shock in enumerate(self.shocks, start=1)]
        return "\n".join([f"<Scenario {self.name!r}>", *(lines or ["  changes nothing"])])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<li>{escape(shock.sentence())}<br><small>fixed: {escape(shock.FIXED)}</small></li>"
            for shock in self.shocks
        )
        return f"<p><b>Scenario {escape(self.name)}</b></p><ol>{rows}</ol>"


def require_table(given: object) -> None:
    """Raise unless a scenario is applied to one table.

    Raises
    ------
    DataError
        When it is several, or something else.
    """
    if not isinstance(given, System):
        raise DataError(
            "A scenario applies to one table.",
            amount=f"got {type(given).__name__}",
            remedy='choose one: tables["2017"]',
        )
