"""How much memory there is, and whether a plan fits into it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mrio.errors import MemoryLimitError

_LIMIT = Path("/sys/fs/cgroup/memory.max")
_USED = Path("/sys/fs/cgroup/memory.current")
_MEMINFO = Path("/proc/meminfo")


def available_memory() -> int | None:
    """Return the memory this process can still take [byte]; None where the system does not tell."""
    found = [size for size in (_of_machine(), _of_group()) if size is not None]
    return min(found, default=None)


def _of_machine() -> int | None:
    try:
        lines = _MEMINFO.read_text().splitlines()
    except OSError:
        return None
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    text = fields.get("MemAvailable", "").split()
    return int(text[0]) * 1024 if text else None


def _of_group() -> int | None:
    """Return what the control group of this process leaves; None without a limit."""
    try:
        limit, used = _LIMIT.read_text().strip(), int(_USED.read_text())
    except (OSError, ValueError):
        return None
    return int(limit) - used if limit.isdigit() else None


def require(needed: int, plan: str, alternatives: Mapping[str, int]) -> None:
    """Raise a `MemoryLimitError` when a plan needs more bytes than there are; name what needs less.

    Parameters
    ----------
    needed
        Memory of the plan beside A [byte].
    plan
        What needs it.
    alternatives
        Memory [byte] of other ways, by name.
    """
    free = available_memory()
    if free is None or needed <= free:
        return
    ways = "; ".join(f"{name} needs {_size(size)}" for name, size in alternatives.items() if size < needed)
    raise MemoryLimitError(
        f"There is not enough memory for {plan}.",
        amount=f"{_size(needed)} needed beside A, {_size(free)} available",
        remedy=ways or "use a machine with more memory, or aggregate the table",
    )


def _size(size: int) -> str:
    return f"{size / 1e9:.3g} GB" if size >= 1e9 else f"{size / 1e6:.3g} MB"
