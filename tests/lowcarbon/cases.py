"""Reference numbers of the methods beside the input-output model."""

import json
from pathlib import Path

CASES = Path(__file__).resolve().parents[1] / "cases"


def aux(name):
    return json.loads((CASES / "aux_examples.json").read_text(encoding="utf-8"))[name]


def seeds():
    return json.loads((CASES / "seed_checks.json").read_text(encoding="utf-8"))
