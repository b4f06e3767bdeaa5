"""The printed validation: every score of ``data/README.md``."""

from __future__ import annotations

from dataclasses import astuple, fields, replace
from pathlib import Path

from data.recipe import labels, validate
from data.recipe.accounts import Accounts, Facts, accounts
from data.recipe.assemble import build, with_trade
from data.recipe.choices import DEFAULT, SENSITIVITY, Choices
from data.recipe.systems import four_regions


def report(facts: Facts, root: Path) -> str:
    """Return all scores as text."""
    parts = [_balances(facts), _against_others(facts, root), _backcast(facts)]
    return "\n\n".join("\n".join(lines) for lines in parts)


def _balances(facts: Facts) -> list[str]:
    known: list[str] = []
    lines = ["Balances (largest relative gaps; 31 provinces, then 4 regions)"]
    lines.append(
        f"{'':22}{'rows':>9}{'columns':>9}{'nation':>9}{'controls':>9}{'value added':>13}  CO2 by region"
    )
    for year, table in build(facts, DEFAULT).items():
        small = four_regions(table)
        for name, gaps in (
            (f"{year}, provinces", validate.balance(table, facts)),
            (f"{year}, four regions", validate.balance(small, facts, labels.REGION_OF)),
        ):
            co2 = " ".join(f"{value:.1f}" for value in gaps.co2) if len(gaps.co2) <= 4 else ""
            numbers = "".join(f"{gap:9.1e}" for gap in (gaps.rows, gaps.columns, gaps.nation, gaps.controls))
            lines.append(f"{name:22}{numbers}{gaps.value_added:13.1f}  {co2}")
        r, error = validate.net_outflow(table, facts)
        known.append(f"  {year}: r {r:.2f}, WAPE {error:.2f}")
    return [*lines, "", "Net outflow of 31 provinces to each other against the balanced accounts", *known]


def _against_others(facts: Facts, root: Path) -> list[str]:
    names = [field.name for field in fields(validate.Scores)]
    header = f"{'':20}" + "".join(f"{name:>12}" for name in names)
    exponents = [f"{year}: {validate.distance_exponent(root, year, facts):.2f}" for year in (2002, 2007)]
    sic = ["2007 against the SIC table, 8 regions x 17 sectors", header]
    crem = ["", "2007 against C-REM, 30 provinces x 5 sectors", header]
    known: dict[Choices, Accounts] = {}
    errors: dict[str, float] = {}
    for name, choices in {"default": DEFAULT, **SENSITIVITY}.items():
        key = choices.without_trade()
        if key not in known:
            known[key] = accounts(facts, 2007, key)
        table = with_trade(facts, {2007: known[key]}, choices)[2007]
        for lines, compare in ((sic, validate.against_sic), (crem, validate.against_crem)):
            lines.append(f"{name:20}" + "".join(f"{value:12.3f}" for value in astuple(compare(table, root))))
        errors = validate.sector_errors(table, root) if choices == DEFAULT else errors
    sic.append("WAPE by selling sector, default: " + ", ".join(f"{k} {v:.2f}" for k, v in errors.items()))
    return [*sic, f"Distance exponent estimated on the SIC table of {', of '.join(exponents)}", *crem]


def _backcast(facts: Facts) -> list[str]:
    table = build(facts, replace(DEFAULT, beijing_2012=False))[2012]
    result = validate.backcast(table, facts)
    lines = ["Beijing 2012 made without its own table, against that table"]
    lines += [f"  intermediate uses, WAPE, {name}: {gap:.3f}" for name, gap in result.technology.items()]
    lines += [
        f"  shares of products, half sum of errors, {name}: {gap:.3f}" for name, gap in result.demand.items()
    ]
    lines.append(
        f"  net trade by product: r {result.net_trade_r:.2f}, same sign {result.net_trade_sign:.0%}, "
        f"WAPE {result.net_trade_wape:.2f}"
    )
    for name, (made, official) in (("sales to", result.gross_out), ("purchases from", result.gross_in)):
        lines.append(f"  gross {name} others [1e8 CNY]: {made:,.0f}, official {official:,.0f}")
    return lines
