"""Scenarios in files: JSON, YAML, and an Excel sheet with a template.

A file holds a list of scenarios, or one::

    - name: steel to Hebei
      shocks:
        - shift_sourcing: {product: Smelting and pressing of metals, from_region: Tianjin,
                           to_region: Hebei, share: 0.3}
        - scale_intensity: {account: co2, factor: 0.7, sector: Electricity and heat}

In a workbook, sheet ``scenarios`` has one row a shock: the name of the scenario, the name of the shock, and
one column a field. Several names in a cell are separated by semicolons; a mix is written
``name=share; name=share``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import MISSING, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mrio.errors import DataError, FileError, MissingExtraError, MrioError
from mrio.files import PathLike
from mrio.scenarios.scenario import SHOCKS, Scenario
from mrio.scenarios.shock import PAIRS, Shock, known_labels
from mrio.tables import System

SHEET = "scenarios"
WORKBOOKS = (".xlsx", ".xlsm")
TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
NUMBERS = ("share", "volume", "factor", "worth", "amount", "price")


def read_scenarios(path: PathLike) -> list[Scenario]:
    """Read scenarios from a JSON, YAML or Excel file.

    Parameters
    ----------
    path
        File ending in ``.json``, ``.yaml``, ``.yml`` or ``.xlsx``.

    Returns
    -------
    list of Scenario
        In the order of the file.

    Raises
    ------
    FileError
        When the file is missing, of another kind, or cannot be parsed.
    DataError
        When a shock is unknown, lacks a field or has one too many; the error names the shock.
    MissingExtraError
        When YAML or Excel needs a package that is not installed.

    Examples
    --------
    >>> import mrio, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "clean.json"
    >>> shock = '{"scale_intensity": {"account": "co2", "factor": 0.5}}'
    >>> _ = path.write_text('{"name": "clean", "shocks": [' + shock + "]}")
    >>> mrio.read_scenarios(path)[0].name
    'clean'
    """
    file = Path(path)
    if not file.is_file():
        raise FileError("The scenario file does not exist.", where=str(file), remedy="check the name")
    if file.suffix.lower() in WORKBOOKS:
        records = _from_sheet(file)
    elif file.suffix.lower() in (".json", ".yaml", ".yml"):
        records = _parsed(file)
    else:
        raise FileError(
            "Scenarios are not read from this kind of file.",
            where=str(file),
            remedy="use .json, .yaml, .yml or .xlsx",
        )
    return scenarios_from(records, str(file))


def write_scenarios(scenarios: Scenario | Sequence[Scenario], path: PathLike) -> None:
    """Write scenarios to a JSON or YAML file, which `mrio.read_scenarios` gives back.

    Raises
    ------
    FileError
        When the name ends in something else.

    Examples
    --------
    >>> import mrio, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "more.json"
    >>> more = mrio.Scenario("more").scale_exports(1.2)
    >>> mrio.write_scenarios(more, path)
    >>> mrio.read_scenarios(path) == [more]
    True
    """
    listed = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
    records = [scenario.to_dict() for scenario in listed]
    file = Path(path)
    if file.suffix.lower() == ".json":
        text = json.dumps(records, ensure_ascii=False, indent=2) + "\n"
    elif file.suffix.lower() in (".yaml", ".yml"):
        text = _yaml().safe_dump(records, allow_unicode=True, sort_keys=False)
    else:
        raise FileError("Scenarios are written as .json or .yaml.", where=str(file), remedy="rename the file")
    file.write_text(text, encoding="utf-8")


def scenarios_from(records: Any, source: str) -> list[Scenario]:
    """Return scenarios from plain values, as files hold them.

    Parameters
    ----------
    records
        One mapping with ``name`` and ``shocks``, or a list of them, or ``{"scenarios": [...]}``.
    source
        How errors name the file.

    Raises
    ------
    FileError, DataError
        When they are no scenarios.
    """
    if isinstance(records, dict) and "scenarios" in records:
        records = records["scenarios"]
    listed = [records] if isinstance(records, dict) else records
    if not isinstance(listed, list) or not listed:
        raise FileError(
            "The file holds no scenarios.", where=source, remedy="write a list of name: and shocks: entries"
        )
    result = []
    for number, record in enumerate(listed, start=1):
        if not isinstance(record, dict) or set(record) - {"name", "shocks"} or "name" not in record:
            raise FileError(
                "A scenario cannot be read.",
                where=f"entry {number} of {source}",
                amount=repr(record)[:120],
                remedy="an entry has name: and shocks: and nothing else",
            )
        result.append(_scenario(record, source))
    return result


def _scenario(record: dict[str, Any], source: str) -> Scenario:
    name, shocks = str(record["name"]), record.get("shocks") or []
    if not isinstance(shocks, list):
        raise FileError(
            "The shocks of a scenario must be a list.",
            where=f"scenario {name!r} in {source}",
            remedy="write one '- shock: {...}' a line",
        )
    made, levers = [], []
    for number, entry in enumerate(shocks, start=1):
        place = f"scenario {name!r}, shock {number} in {source}"
        lever = name
        if isinstance(entry, dict) and "lever" in entry:
            entry = dict(entry)
            lever = str(entry.pop("lever"))
        made.append(shock_from(entry, place))
        levers.append(lever)
    return Scenario(name, tuple(made), tuple(levers))


def shock_from(entry: Any, place: str) -> Shock:
    """Return a shock from ``{kind: {field: value, ...}}``.

    Raises
    ------
    DataError
        When the kind or a field is unknown, a field is missing, or a number makes no sense.
    """
    if not isinstance(entry, dict) or len(entry) != 1:
        raise DataError(
            "A shock cannot be read.",
            where=place,
            amount=repr(entry)[:120],
            remedy="write {name of the shock: {field: value, ...}}",
        )
    kind, given = next(iter(entry.items()))
    if kind not in SHOCKS:
        near = get_close_matches(str(kind), SHOCKS, n=2)
        raise DataError(
            f"There is no shock {kind!r}.",
            where=place,
            remedy=f"did you mean {' or '.join(map(repr, near))}?"
            if near
            else f"known are {', '.join(SHOCKS)}",
        )
    given = {} if given is None else given
    known = {field.name: field for field in fields(SHOCKS[kind])}
    needed = {name for name, field in known.items() if field.default is MISSING}
    if not isinstance(given, dict) or set(given) - set(known) or needed - set(given):
        unknown = sorted(set(given) - set(known)) if isinstance(given, dict) else [repr(given)]
        raise DataError(
            f"The fields of {kind!r} are not right.",
            where=place,
            amount=f"unknown: {', '.join(map(str, unknown)) or 'none'}; "
            f"missing: {', '.join(sorted(needed - set(given))) or 'none'}",
            remedy=f"fields are {', '.join(known)}",
        )
    try:
        return SHOCKS[kind](**given)
    except MrioError as error:
        where = f"{place} ({kind})" + (f": {error.where}" if error.where else "")
        raise type(error)(error.what, where=where, amount=error.amount, remedy=error.remedy) from error


def _parsed(file: Path) -> Any:
    """Return the plain values of a JSON or YAML file."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        if file.suffix.lower() == ".json":
            return json.loads(text, object_pairs_hook=_distinct)
        return _yaml().load(text, _loader())
    except MissingExtraError:
        raise
    except Exception as error:
        raise FileError(
            "The scenario file cannot be parsed.",
            where=str(file),
            amount=" ".join(str(error).split()),
            remedy="mend the line named; indentation and brackets matter",
        ) from error


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return pairs as a mapping; of a key that stands twice, JSON would keep the last in silence."""
    keys = [key for key, _ in pairs]
    doubled = sorted({key for key in keys if keys.count(key) > 1})
    if doubled:
        raise ValueError(f"{', '.join(map(repr, doubled))} stands twice in one entry")
    return dict(pairs)


def _loader() -> Any:
    """Return the safe loader of YAML, which refuses keys that stand twice, too."""

    class Loader(_yaml().SafeLoader):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            _distinct([(str(key.value), None) for key, _ in node.value])
            plain: dict[Any, Any] = super().construct_mapping(node, deep)
            return plain

    return Loader


def _yaml() -> Any:
    try:
        import yaml
    except ImportError as error:
        raise MissingExtraError(
            "Scenarios in YAML need PyYAML.", remedy="pip install 'mrio[yaml]', or use JSON"
        ) from error
    return yaml


# -- workbooks ----------------------------------------------------------------------------------------------


def columns() -> list[str]:
    """Return all fields of all shocks, in order of first use."""
    return list(dict.fromkeys(field.name for kind in SHOCKS.values() for field in fields(kind)))


def write_scenario_template(system: System, path: PathLike) -> None:
    """Write an Excel sheet to fill in: one row a shock, with the labels of the table and what fields mean.

    Parameters
    ----------
    system
        Table whose labels are listed.
    path
        File to write, ``.xlsx``.

    Raises
    ------
    MissingExtraError
        When openpyxl is not installed.

    Examples
    --------
    >>> import mrio, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "template.xlsx"
    >>> mrio.write_scenario_template(mrio.load_example("illustrative")["1"], path)
    >>> path.exists()
    True
    """
    try:
        from openpyxl import Workbook
        from openpyxl.styles import Font
        from openpyxl.worksheet.datavalidation import DataValidation
    except ImportError as error:
        raise MissingExtraError(
            "The template needs openpyxl.", remedy="install it with: pip install 'mrio[excel]'"
        ) from error
    if Path(path).suffix.lower() not in WORKBOOKS:
        raise FileError("The template is a workbook.", where=str(path), remedy="let the name end in .xlsx")
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append(["scenario", "shock", *columns()])
    choice = DataValidation(type="list", formula1='"' + ",".join(SHOCKS) + '"', allow_blank=True)
    sheet.add_data_validation(choice)
    choice.add("B2:B500")
    sheet.freeze_panes = "C2"
    help_ = book.create_sheet("shocks")
    help_.append(["shock", "fields that must be given", "fields that may be given", "what stays fixed"])
    for kind in SHOCKS.values():
        needed = [f.name for f in fields(kind) if f.default is MISSING]
        free = [f.name for f in fields(kind) if f.default is not MISSING]
        help_.append([kind.KIND, ", ".join(needed), ", ".join(free), kind.FIXED])
    labels = book.create_sheet("labels")
    for column, dim in enumerate(("origin", "sector", "demand", "account"), start=1):
        title = {"origin": "region"}.get(dim, dim)
        for row, label in enumerate((title, *known_labels(system, dim)), start=1):
            labels.cell(row=row, column=column, value=label)
    for page in book.worksheets:
        for cell in page[1]:
            cell.font = Font(bold=True)
            page.column_dimensions[cell.column_letter].width = max(12, len(str(cell.value)) + 4)
    book.save(path)


def _from_sheet(file: Path) -> list[dict[str, Any]]:
    """Return the scenarios of a filled-in template as plain values."""
    rows = _sheet_rows(file)
    header = [str(cell).strip() for cell in rows[0]] if rows else []
    unknown = [name for name in header if name and name not in ("scenario", "shock", *columns())]
    if header[:2] != ["scenario", "shock"] or unknown:
        raise FileError(
            "The sheet of scenarios has other columns than the template.",
            where=f"sheet {SHEET!r} of {file}",
            amount=f"unknown columns: {', '.join(unknown) or 'none'}",
            remedy="write a fresh template with mrio.write_scenario_template",
        )
    found: dict[str, list[Any]] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = dict(zip(header, row, strict=False))
        name, kind = (str(cells.get(key, "")).strip() for key in ("scenario", "shock"))
        filled = {k: v for k, v in cells.items() if k and k not in ("scenario", "shock") and v != ""}
        if not name and not kind and not filled:
            continue
        if not name:
            raise FileError(
                "A row names no scenario.",
                where=f"row {number} of sheet {SHEET!r} of {file}",
                remedy="fill in column 'scenario'",
            )
        shocks = found.setdefault(name, [])
        if kind:
            place = f"row {number} of sheet {SHEET!r} of {file}"
            shocks.append({kind: {key: _cell(key, value, place) for key, value in filled.items()}})
    return [{"name": name, "shocks": shocks} for name, shocks in found.items()]


def _sheet_rows(file: Path) -> list[list[Any]]:
    try:
        from python_calamine import load_workbook
    except ImportError as error:
        raise MissingExtraError(
            "Workbooks need python-calamine.", remedy="install it with: pip install 'mrio[excel]'"
        ) from error
    try:
        return list(load_workbook(str(file)).get_sheet_by_name(SHEET).to_python(skip_empty_area=False))
    except Exception as error:
        raise FileError(
            "The workbook of scenarios cannot be read.",
            where=str(file),
            amount=str(error),
            remedy=f"it must be an .xlsx file with a sheet {SHEET!r}",
        ) from error


def _cell(name: str, value: Any, place: str) -> Any:
    """Return what a cell means: a number, a name, several names, or pairs of name and number."""
    if name in NUMBERS or isinstance(value, int | float):
        return value
    text = str(value).strip()
    if name == "direct" and text.lower() not in TRUTH:
        raise DataError("Column 'direct' cannot be read.", where=place, amount=repr(text), remedy="yes or no")
    if name == "direct":
        return TRUTH[text.lower()]
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if name in PAIRS:
        try:
            pairs = (part.rsplit("=", 1) for part in parts)
            return _distinct([(label.strip(), float(number)) for label, number in pairs])
        except ValueError as error:
            raise DataError(
                f"Column {name!r} cannot be read.",
                where=place,
                amount=repr(text),
                remedy="write name=0.6; name=0.4, each name once",
            ) from error
    return parts if len(parts) > 1 else text
