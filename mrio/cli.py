"""Command line: ``python -m mrio`` or ``mrio``.

Wrong input ends with one message on standard error and exit code 2; a check that does not pass with exit
code 1. Commands that leave an HTML page open it where they run in a terminal on a computer with a screen;
``--no-open`` keeps it closed, ``--open`` opens it elsewhere.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mrio.errors import DataError, FileError, MissingExtraError, MrioError
from mrio.numerals import table_number

if TYPE_CHECKING:
    import pandas as pd

    from mrio.results import Result
    from mrio.tables import System, Systems
    from mrio.transfer import Transfer

    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]
    _Run = Callable[[argparse.Namespace], int]

METHODS = ("shapley", "polar_mean", "polar_forward", "polar_backward", "lmdi", "lmdi_mixed")


_FILE = "netCDF, Excel, CSV or a published database (default: the bundled tables of Beijing, Tianjin, Hebei)"
_IMPORTS = (
    "abroad is one of the origins (sourced), left out (domestic) or one row (default: as the tables allow)"
)
_EXPORTS = "exports as a level (default), or buyers abroad that change regions"
_SCHEME = "every pair on its own (default), or the block as one against the others first"
_METHOD = "form of the decomposition (default: shapley)"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv
        Words of the command line without the program name; those of the process when left out.

    Examples
    --------
    >>> main(["info"])  # doctest: +ELLIPSIS
    <Systems: ...
    """
    arguments = _parser().parse_args(argv)
    told: set[str] = set()

    def note(message: Warning | str, *_: object, **__: object) -> None:
        """Tell a warning once, however many tables it is about."""
        if str(message) not in told:
            told.add(str(message))
            print(f"mrio: note: {message}", file=sys.stderr)

    warnings.showwarning = note
    try:
        return int(arguments.run(arguments))
    except (MrioError, OSError, ValueError) as error:
        print(f"mrio: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    from mrio import __version__

    parser = argparse.ArgumentParser(
        prog="mrio",
        description="Inter-regional industrial transfer from multi-regional input-output tables.",
        epilog="Try: mrio transfer; then: mrio transfer FILE --from 2012 --to 2017 --block A,B. "
        "mrio COMMAND --help tells the options.",
    )
    parser.add_argument("--version", action="version", version=f"mrio {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _command(commands, "info", info, "what a file holds")
    _command(commands, "check", check, "check the accounting identities of every table")
    ask = _command(commands, "scenario", scenario, "apply scenarios to a table and compare them")
    ask.add_argument("--scenarios", required=True, type=Path, metavar="S", help="JSON, YAML or Excel file")
    ask.add_argument("--period", metavar="P", help="table to change (default: the last)")
    ask.add_argument("--account", action="append", metavar="NAME", help="account; may be repeated")
    _out(ask)
    page = _command(
        commands, "report", report, "write the HTML page of a result, or of the transfer of tables"
    )
    _out(page)
    for name, run, text in (
        ("transfer", transfer, "who took which production from whom, and what it did"),
        ("decompose", decompose, "split the change of accounts into the effects of its factors"),
    ):
        command = _command(commands, name, run, text)
        command.add_argument("--from", dest="start", metavar="P", help="earlier period (default: the first)")
        command.add_argument("--to", dest="end", metavar="P", help="later period (default: the last)")
        command.add_argument("--account", action="append", metavar="NAME", help="account; may be repeated")
        command.add_argument("--imports", choices=("sourced", "domestic", "row"), help=_IMPORTS)
        command.add_argument("--exports", choices=("level", "sourced"), default="level", help=_EXPORTS)
        _out(command)
        if name == "transfer":
            command.add_argument("--block", metavar="A,B,C", help="regions looked at as one")
            command.add_argument(
                "--scheme", choices=("bilateral", "nested"), default="bilateral", help=_SCHEME
            )
        else:
            command.add_argument("--method", choices=METHODS, default="shapley", help=_METHOD)
    return parser


def _out(command: argparse.ArgumentParser) -> None:
    """Add where results go, and whether their page is opened."""
    kept = "folder of the files that are written (default: mrio-results); files of the same name are replaced"
    command.add_argument("--out", type=Path, default=Path("mrio-results"), metavar="DIR", help=kept)
    text = "open the HTML page in a browser (default: when run in a terminal on a computer with a screen)"
    command.add_argument("--open", action=argparse.BooleanOptionalAction, default=None, help=text)


def _command(commands: _Commands, name: str, run: _Run, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("file", nargs="?", metavar="FILE", help=_FILE)
    parser.set_defaults(run=run)
    return parser


def info(arguments: argparse.Namespace) -> int:
    """Print what a file holds: tables with their totals, or a result with its numbers and their units."""
    from mrio.results import Result

    found = _result(arguments.file) or _tables(arguments.file)
    print(found)
    if isinstance(found, Result):
        for name, values in found.data.data_vars.items():
            dims = ", ".join(f"{dim} {size}" for dim, size in values.sizes.items())
            print(f"  {name} ({dims}) [{values.attrs.get('units', '')}] {values.attrs.get('long_name', '')}")
        return 0
    tables = found
    for table in tables.values():
        print(f"\n{table}\n{_text(table.summary())}")
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Print the checks of every table; exit code 1 when some did not pass."""
    reports = [table.check() for table in _tables(arguments.file).values()]
    for report in reports:
        print(report)
    return 0 if all(report.passed for report in reports) else 1


def transfer(arguments: argparse.Namespace) -> int:
    """Measure transfer, print its table, and write netCDF, CSV and an HTML page."""
    from mrio.transfer import measure_transfer

    tables = _tables(arguments.file)
    a, b = _pair(tables, arguments)
    block = _block(arguments, tables)
    _make_folder(arguments.out)
    run = partial(
        measure_transfer,
        block=block,
        accounts=arguments.account,
        scheme=arguments.scheme,
        imports=arguments.imports,
        exports=arguments.exports,
    )
    result = run(a, b)
    print(result)
    if block:
        for account in result.accounts:
            unit = result.impact(account).attrs["units"]
            print(f"\n{account} [{unit}]: effects of transfers into, out of and inside {', '.join(block)}")
            print(_text(result.blocks(account)))
    ranges = _ranges(run, a.period, b.period) if arguments.file is None else None
    written = _write(result, arguments.out, "transfer")
    _leave(written, _report(result, arguments.out / "transfer.html", ranges), arguments)
    return 0


def _ranges(run: Callable[[System, System], Transfer], start: str, end: str) -> pd.DataFrame:
    """Print and return the range of the headline over the sensitivity set of the bundled tables."""
    from mrio.examples import load_example

    variants = load_example("bth-sensitivity")
    ranges = variants.range(lambda tables: run(tables[start], tables[end]).summary().stack().dropna())
    print(f"\nRange of these numbers over {len(variants)} sets of tables built under other choices:")
    print(_text(ranges))
    return ranges


def decompose(arguments: argparse.Namespace) -> int:
    """Decompose a change, print its table, and write netCDF, CSV and an HTML page."""
    from mrio.change import decompose as run
    from mrio.change.accounts import common_accounts

    tables = _tables(arguments.file)
    a, b = _pair(tables, arguments)
    _make_folder(arguments.out)
    result = run(
        a,
        b,
        account=arguments.account or common_accounts(a, b),
        method=arguments.method,
        imports=arguments.imports,
        exports=arguments.exports,
    )
    print("\n  ".join(filter(None, [result.title, result.headline, result.prices])))
    print(_text(result.summary()))
    print(f"  {result.data.attrs['checks']}")
    written = _write(result, arguments.out, "decomposition")
    _leave(written, _report(result, arguments.out / "decomposition.html", None), arguments)
    return 0


def scenario(arguments: argparse.Namespace) -> int:
    """Apply the scenarios of a file, print how they compare, and write netCDF, CSV and an HTML page."""
    from mrio.scenarios.comparison import compare
    from mrio.scenarios.records import read_scenarios
    from mrio.scenarios.run import run_scenarios

    tables = _tables(arguments.file)
    asked = read_scenarios(arguments.scenarios)
    _make_folder(arguments.out)
    runs = run_scenarios(tables[arguments.period or list(tables)[-1]], asked)
    result = compare(runs, arguments.account)
    for one in asked:
        print(one)
    print(f"\n{result}")
    written = _write(result, arguments.out, "scenarios")
    _leave(written, _report(result, arguments.out / "scenarios.html", None), arguments)
    return 0


def report(arguments: argparse.Namespace) -> int:
    """Write the HTML page of a result in a file; of tables, that of the transfer from first to last."""
    from mrio.netcdf import read_netcdf
    from mrio.results import Result
    from mrio.transfer import measure_transfer

    found = read_netcdf(arguments.file) if str(arguments.file).endswith(".nc") else _tables(arguments.file)
    if isinstance(found, Result):
        result = found
    else:
        a, b = _pair(found, argparse.Namespace(start=None, end=None))
        block = list(a.regions[:-1]) if arguments.file is None else None
        result = measure_transfer(a, b, block=block)
    _make_folder(arguments.out)
    pages = _report(result, arguments.out / f"{result.kind}.html", None)
    _leave([], pages, arguments)
    return 0 if pages else 2


def _result(file: str | None) -> Result | None:
    """Return the result that a netCDF file holds, or nothing for every other file."""
    if file is None or Path(file).suffix.lower() not in (".nc", ".nc4", ".cdf") or not Path(file).is_file():
        return None
    from mrio.netcdf import read_netcdf
    from mrio.results import Result

    found = read_netcdf(file)
    return found if isinstance(found, Result) else None


def _tables(file: str | None) -> Systems:
    """Return the tables of a file, or the bundled example."""
    if file is None:
        from mrio.examples import load_example

        return load_example()
    from mrio.reading import read

    return read(file)


def _pair(tables: Systems, arguments: argparse.Namespace) -> tuple[System, System]:
    """Return the two tables to compare, the first and the last where none were named."""
    names = list(tables)
    start, end = arguments.start or names[0], arguments.end or names[-1]
    if len(names) < 2 or start == end:
        raise DataError(
            "A comparison needs two tables.",
            amount=f"from {start!r} to {end!r}; the file holds {', '.join(map(repr, names))}",
            remedy="name two periods with --from and --to"
            if len(names) > 1
            else "give a file that holds tables of two periods",
        )
    return tables[start], tables[end]


def _block(arguments: argparse.Namespace, tables: Systems) -> list[str] | None:
    """Return the regions of the block; the bundled example has one of its own."""
    if arguments.block:
        return [name.strip() for name in arguments.block.split(",")]
    if arguments.file is None:
        return list(next(iter(tables.values())).regions[:-1])
    return None


def _make_folder(path: Path) -> None:
    """Make the folder to write into, before the work is done for it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(
            "There can be no folder under this name.",
            where=str(path),
            amount=f"{type(error).__name__}: {error.strerror}",
            remedy="name another with --out",
        ) from error


def _write(result: Result, folder: Path, name: str) -> list[Path]:
    """Write a result as netCDF and CSV."""
    files = [folder / f"{name}.nc", folder / f"{name}.csv"]
    result.to_netcdf(files[0])
    result.to_csv(files[1])
    return files


def _report(result: Result, path: Path, ranges: pd.DataFrame | None) -> list[Path]:
    """Write the HTML page where matplotlib is installed, else say how to get it."""
    from mrio.report import write_report

    try:
        write_report(result, path, ranges)
    except MissingExtraError as error:
        print(f"no HTML page: {error.what} {error.remedy}", file=sys.stderr)
        return []
    return [path]


def _leave(files: list[Path], pages: list[Path], arguments: argparse.Namespace) -> None:
    """Say what was written, and open the page where somebody sits before a screen or asked for it."""
    print("\nwritten: " + ", ".join(str(path) for path in [*files, *pages]))
    if pages and (_somebody_looks() if arguments.open is None else arguments.open):
        import webbrowser

        webbrowser.open(pages[0].resolve().as_uri())


def _somebody_looks() -> bool:
    """Return whether output goes to a terminal on a computer with a screen of its own."""
    if not sys.stdout.isatty() or "SSH_CONNECTION" in os.environ:
        return False
    on_screen = sys.platform in ("darwin", "win32") or bool({"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ))
    return on_screen and "CI" not in os.environ


def _text(table: pd.DataFrame) -> str:
    return table.to_string(float_format=table_number)
