"""Run one side of a task in a process of its own: medians of times, peak memory, and its answer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.roofline import Work

REPEATS = 5
BUDGET = 60.0
"""Seconds after which a side is not repeated again; its median is then of fewer runs, and that is shown."""


@dataclass(frozen=True)
class Side:
    """One way to do a task.

    `run` maps the inputs to named answers. Where a side would take hours it does one in `share_of` parts of
    the work, which is shown; its answer is then the part. `work` is what it must do at least, by the number
    of sweeps; None where passes over A take little time.
    """

    run: Callable[[Any], Mapping[str, np.ndarray]]
    share_of: float = 1.0
    needs: str = ""
    work: Callable[[int], Work] | None = None


@dataclass(frozen=True)
class Task:
    """What is measured: inputs by size and side, ways to the answer, and the target of the ratio."""

    name: str
    text: str
    size: str
    target: float | None
    prepare: Callable[[str, str], Any]
    sides: Mapping[str, Side]
    against: str = "numpy"
    tolerance: float = 1e-10


@dataclass(frozen=True)
class Outcome:
    """Times [s], memory beyond the inputs [byte] and answers of one side."""

    times: list[float]
    memory: int
    share_of: float
    note: str = ""
    answers: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def sweeps(self) -> int:
        """Sweeps that the note of the answer tells."""
        found = re.search(r"sweeps (\d+)", self.note)
        return int(found[1]) if found else 0

    @property
    def median(self) -> float:
        return float(np.median(self.times)) * self.share_of


def measure(task: Task, side: str, size: str, python: str = sys.executable) -> Outcome:
    """Measure one side in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "outcome"
        command = [python, "-m", "tests.benchmarks", task.name, size, "--side", side, "--out", str(target)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ.copy())
        if done.returncode != 0:
            raise RuntimeError(f"{task.name}, {side}: {done.stderr.strip()[-2000:]}")
        record = json.loads(target.with_suffix(".json").read_text())
        with np.load(target.with_suffix(".npz")) as arrays:
            answers = {name: arrays[name] for name in arrays}
    return Outcome(record["times"], record["memory"], task.sides[side].share_of, record["note"], answers)


def run_side(task: Task, side: str, size: str, out: Path) -> None:
    """Do the work of one process: prepare, run until the budget is spent, write what was found."""
    inputs = task.prepare(size, side)
    reset_peak()
    before = resident("VmRSS")
    times: list[float] = []
    memory = 0
    while len(times) < REPEATS and sum(times) < BUDGET:
        start = time.perf_counter()
        answers = task.sides[side].run(inputs)
        times.append(time.perf_counter() - start)
        memory = max(memory, resident("VmHWM") - before)
    note = str(answers.pop("note", "")) if isinstance(answers, dict) else ""
    np.savez(out.with_suffix(".npz"), **{name: np.asarray(value) for name, value in answers.items()})
    record = {"times": times, "memory": memory, "note": note}
    out.with_suffix(".json").write_text(json.dumps(record))


def reset_peak() -> None:
    """Make the peak of this process start anew, where the system can."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def resident(field_name: str) -> int:
    """Return VmRSS (now) or VmHWM (peak) of this process [byte]."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field_name):
            return int(line.split()[1]) * 1024
    return 0


def difference(mine: Mapping[str, np.ndarray], theirs: Mapping[str, np.ndarray]) -> float:
    """Return the largest difference of answers that both sides gave, relative to the size of each array."""
    worst = 0.0
    for name in set(mine) & set(theirs):
        scale = np.abs(theirs[name]).max(initial=0.0)
        if scale > 0:
            worst = max(worst, float(np.abs(mine[name] - theirs[name]).max()) / scale)
    return worst
