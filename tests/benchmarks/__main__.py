"""``python -m tests.benchmarks [task] [size]``: every task side by side in one run.

Without a task all are listed; ``all`` runs all at their own size. A size is a name (tiny, bth, provinces,
countries, exiobase) or regions x sectors, like 31x42; ``--only`` leaves out sides beside mrio. Each side runs
in a process of its own; times are medians of five runs, ratios carry the range from the least to the most
favourable pair of runs.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

from tests.benchmarks import (
    array_tasks,
    ensemble_tasks,
    measures_tasks,
    operator_tasks,
    table_tasks,
    trade_tasks,
)
from tests.benchmarks.measure import Outcome, Task, difference, measure, run_side
from tests.benchmarks.roofline import Machine, Work, machine
from tests.benchmarks.sizes import rows

MODULES = (operator_tasks, array_tasks, table_tasks, measures_tasks, trade_tasks, ensemble_tasks)
TASKS = {task.name: task for module in MODULES for task in module.TASKS}


def main() -> int:
    arguments = _arguments()
    if arguments.side is not None:
        run_side(TASKS[arguments.task], arguments.side, arguments.size, Path(arguments.out))
        return 0
    if arguments.task is None:
        for task in TASKS.values():
            print(f"{task.name:18} {task.text} ({task.size})")
        return 0
    chosen = list(TASKS.values()) if arguments.task == "all" else [TASKS[arguments.task]]
    limits = machine()
    print(limits)
    for task in chosen:
        print(report(task, arguments.size or task.size, limits, arguments.only), flush=True)
    return 0


def report(task: Task, size: str, limits: Machine, only: list[str] | None = None) -> str:
    """Measure the sides of a task, all by default, and put them into words."""
    wanted = [name for name, side in task.sides.items() if _there(side.needs)]
    outcomes = {
        name: measure(task, name, size) for name in wanted if name == "mrio" or only is None or name in only
    }
    mine = outcomes["mrio"]
    lines = [f"\n{task.text} ({task.name}, {size})"]
    for name, outcome in outcomes.items():
        lines.append(f"  {name:12} {_seconds(outcome)}, {outcome.memory / 1e6:8.0f} MB beyond the input")
        if outcome.note:
            lines.append(f"  {'':12} {outcome.note}")
        if name != "mrio":
            lines.append(f"  {'':12} {_ratio(task, size, (name, outcome), mine)}")
        work = task.sides[name].work
        if work is not None and outcome.sweeps:
            both = outcome, outcomes.get(task.against)
            lines.append(f"  {'':12} {_roofline(work(outcome.sweeps), size, limits, both)}")
    return "\n".join(lines)


def _roofline(work: Work, size: str, limits: Machine, outcomes: tuple[Outcome, Outcome | None]) -> str:
    own, against = outcomes
    least = limits.least(work, 8.0 * rows(size) ** 2)
    text = f"roofline {least:.4f} s, {work}: it takes {own.median / least:.2f} times that"
    return text + (f", a ratio of {against.median / least:.0f} is what that allows" if against else "")


def _ratio(task: Task, size: str, other: tuple[str, Outcome], mine: Outcome) -> str:
    name, theirs = other
    ratio = theirs.median / mine.median
    least = min(theirs.times) * theirs.share_of / max(mine.times)
    most = max(theirs.times) * theirs.share_of / min(mine.times)
    gap = difference(mine.answers, theirs.answers)
    text = f"{ratio:.1f} times the time of mrio ({least:.1f} to {most:.1f}), answers differ by {gap:.1e}"
    if task.target is not None and name == task.against and size == task.size:
        text += f", target {task.target:g}: {'met' if ratio >= task.target else 'not met'}"
    return text + ("" if gap <= task.tolerance else f" ABOVE {task.tolerance:.0e}")


def _seconds(outcome: Outcome) -> str:
    part = f" (from 1/{outcome.share_of:.0f} of the work)" if outcome.share_of != 1 else ""
    return f"{outcome.median:10.4f} s, median of {len(outcome.times)}{part}"


def _there(module: str) -> bool:
    return not module or importlib.util.find_spec(module) is not None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("task", nargs="?", choices=[*TASKS, "all"])
    parser.add_argument("size", nargs="?")
    parser.add_argument("--only", nargs="*", metavar="SIDE", help="sides beside mrio; none if none is named")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    parser.add_argument("--out", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
