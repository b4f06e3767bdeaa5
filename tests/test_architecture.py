"""The house rules that can be read from the sources."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
import shutil
import subprocess
import sys
from operator import attrgetter
from pathlib import Path

import pytest

import mrio

ROOT = Path(mrio.__file__).resolve().parent
MODULES = sorted(
    ".".join(("mrio", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in ROOT.rglob("*.py")
)

FLOORS = {
    "errors": 1,
    "schema": 1,
    "units": 1,
    "provenance": 1,
    "classification": 1,
    "codes": 1,
    "cf": 1,
    "bundled": 1,
    "plotting": 1,
    "numerals": 1,
    "texts": 1,
    "cells": 1,
    "parameters": 1,
    "threads": 1,
    "logmean": 1,
    "mapping": 1,
    "files": 2,
    "leontief": 2,
    "balancing": 2,
    "tables": 3,
    "results": 3,
    "building": 4,
    "measures": 4,
    "lowcarbon": 4,
    "readers": 5,
    "change": 5,
    "scenarios": 5,
    "transfer": 6,
    "ensembles": 6,
    "netcdf": 7,
    "examples": 8,
    "reading": 8,
    "report": 8,
    "cli": 9,
    "__main__": 10,
}
"""Floor of every module of the package; folders count as one."""

ALLOWED: dict[tuple[str, str], str] = {
    ("mrio.tables.systems", "mrio.change"): "chains over all tables are asked of their mapping; loaded late",
    (
        "mrio.tables.systems",
        "mrio.transfer",
    ): "chains over all tables are asked of their mapping; loaded late",
    ("mrio.results.base", "mrio.report"): "a result is asked for its page; loaded late",
    ("mrio.tables.systems", "mrio.lowcarbon"): "a door for users of tables, loaded when it is asked for",
}
"""Arrows that point up, each with its reason."""

LAZY = {
    ("mrio.netcdf", "mrio.change"): "a file names the class of its result, which is loaded when it is read",
    (
        "mrio.netcdf",
        "mrio.lowcarbon",
    ): "a file names the class of its result, which is loaded when it is read",
    ("mrio.netcdf", "mrio.transfer"): "a file names the class of its result, which is loaded when it is read",
}
"""Modules named in texts for `import_module`, each with its reason."""


def source(module: str) -> Path:
    """Return the file of a module."""
    path = ROOT.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def floor(module: str) -> int:
    """Return the floor of a module; a new module must be given one."""
    return FLOORS[module.split(".")[1]]


def imports(module: str) -> set[str]:
    """Return all modules of the package that a module imports, wherever in its source."""
    found = set()
    for node in ast.walk(ast.parse(source(module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    own = {name for name in found if name.split(".")[0] == "mrio"}
    return {name if name in MODULES else name.rpartition(".")[0] for name in own} - {"mrio"}


def named(module: str) -> set[str]:
    """Return all modules of the package that stand in a text of a module."""
    texts = {
        node.value
        for node in ast.walk(ast.parse(source(module).read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if re.fullmatch(r"mrio(\.\w+)+", text) and text in MODULES}


@pytest.mark.parametrize("module", [name for name in MODULES if name != "mrio"])
def test_arrows_point_down(module):
    for target in imports(module):
        up = floor(target) > floor(module)
        package = ".".join(target.split(".")[:2])
        assert not up or (module, package) in ALLOWED, f"{module} imports {target}, which stands above it"
    for target in named(module):
        assert floor(target) <= floor(module) or (module, target) in LAZY, f"{module} names {target}"


def test_exceptions_are_needed():
    for module, target in ALLOWED:
        assert any(name.startswith(target) for name in imports(module)), f"{module} -> {target} is not used"


def circle(arrows: set[tuple[str, str]]) -> str | None:
    """Return a place from which a chain of arrows leads back to it, or None."""
    for place in {start for start, _ in arrows}:
        seen, stack = set(), [place]
        while stack:
            here = stack.pop()
            following = {end for start, end in arrows if start == here and end != here}
            if place in following:
                return place
            stack += following - seen
            seen |= following
    return None


def test_neighbours_do_not_know_each_other_in_circles():
    arrows = {
        (name.split(".")[1], target.split(".")[1])
        for name in MODULES
        if name != "mrio"
        for target in imports(name)
        if (name, ".".join(target.split(".")[:2])) not in ALLOWED
    }
    assert circle(arrows) is None


@pytest.mark.parametrize("package", sorted({name.split(".")[1] for name in MODULES if name.count(".") > 2}))
def test_subpackages_do_not_know_each_other_in_circles(package):
    inner = [name for name in MODULES if name.startswith(f"mrio.{package}.") and name.count(".") > 2]
    arrows = {
        (name.split(".")[2], target.split(".")[2])
        for name in inner
        for target in imports(name)
        if target in inner
    }
    assert circle(arrows) is None


def test_what_all_measures_share_knows_none_of_them():
    shared = {"measure", "partition", "final_demand"}
    for name in shared:
        own = {target for target in imports(f"mrio.measures.{name}") if target.startswith("mrio.measures.")}
        assert {target.split(".")[2] for target in own} <= shared


PUBLIC = [name for name in mrio.__all__ if name != "__version__"]
LOW_CARBON = [name for name, value in vars(mrio.lowcarbon).items() if inspect.isfunction(value)]


@pytest.mark.parametrize("name", [*PUBLIC, *(f"lowcarbon.{name}" for name in LOW_CARBON)])
def test_public_names_have_a_docstring_with_an_example(name):
    value = attrgetter(name)(mrio)
    assert (value.__doc__ or "").strip()
    # A class may be shown where it is made.
    makers = [key for key, member in vars(value).items() if isinstance(member, classmethod)]
    texts = [value.__doc__, *(getattr(value, key).__doc__ or "" for key in makers)]
    assert any(">>> " in text for text in texts), f"{name} shows no example"


def test_public_names_are_listed():
    assert len(PUBLIC) == len(set(PUBLIC))
    assert set(mrio.__all__) <= set(dir(mrio))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = mrio.nothing


FORBIDDEN = {
    r"\bnp\.linalg\.inv\b|\blinalg\.inv\b": "solve, do not invert",
    r"\bpickle\b|\bjoblib\b": "files are netCDF",
    r"\bprint\(": "the library logs and prints nothing",
    r"\butils\b": "a module is a noun of the field",
}

_BLOCKS = "blocks of one region precondition the iteration"
EXCEPTED = {
    ("mrio.cli", "the library logs and prints nothing"): "the command line prints",
    ("mrio.leontief.backends.gauss_seidel", "solve, do not invert"): _BLOCKS,
    ("mrio.leontief.backends.jacobi", "solve, do not invert"): _BLOCKS,
}
"""Modules that may do what others must not, each with its reason."""


@pytest.mark.parametrize("module", MODULES)
def test_sources_hold_nothing_forbidden(module):
    tree = ast.parse(source(module).read_text(encoding="utf-8"))
    # Docstrings may show what code must not do.
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(value=0)
    code = ast.unparse(tree)
    for pattern, reason in FORBIDDEN.items():
        found = re.search(pattern, code)
        assert not found or (module, reason) in EXCEPTED, f"{module}: {reason}"


@pytest.mark.parametrize("module", MODULES)
def test_modules_say_what_they_are(module):
    tree = ast.parse(source(module).read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{module} has no docstring"


def test_examples_in_docstrings_run(tmp_path, monkeypatch):
    # Examples may write files.
    monkeypatch.chdir(tmp_path)
    ran, failed = 0, []
    for info in pkgutil.walk_packages(mrio.__path__, "mrio."):
        if info.name.endswith("__main__"):
            continue
        result = doctest.testmod(importlib.import_module(info.name), verbose=False)
        ran += result.attempted
        if result.failed:
            failed.append(info.name)
    assert not failed
    assert ran > 30


IMPORT = """
import time
start = time.perf_counter()
import mrio
seconds = time.perf_counter() - start
import sys
heavy = sorted({name.split(".")[0] for name in sys.modules} & {
    "xarray", "pandas", "matplotlib", "netCDF4", "scipy", "numpy"})
print(seconds, *heavy)
"""


def test_import_is_quick_and_loads_nothing():
    answer = subprocess.run(
        [sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True, cwd=ROOT.parent
    )
    seconds, *heavy = answer.stdout.split()
    assert float(seconds) < 0.5
    assert heavy == []
    assert answer.stderr == ""


TOP = {"pyproject.toml", "mrio", "tests", "data", "notebooks", "README.md", "LICENSE", ".gitignore", ".ci"}


def test_nothing_strange_lies_at_the_top():
    if shutil.which("git") is None or not (ROOT.parent / ".git").exists():
        pytest.skip("the sources are not those of a repository")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT.parent, capture_output=True, text=True, check=True)
    assert {line.split("/")[0] for line in listed.stdout.splitlines()} <= TOP
