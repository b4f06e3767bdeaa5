"""A progress bar for work that takes more than two seconds, where somebody watches."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

Item = TypeVar("Item")

_log = logging.getLogger("mrio")

PATIENCE = 2.0
"""Seconds without a word."""


def track(items: Iterable[Item], total: int, text: str) -> Iterator[Item]:
    """Yield the items; once two seconds have passed, show how far the work is.

    In a terminal or notebook with tqdm installed that is a bar, elsewhere one line in the log.
    """
    start = time.monotonic()
    bar: Any = None
    told = False
    try:
        for done, item in enumerate(items):
            if not told and time.monotonic() - start > PATIENCE:
                told = True
                _log.info("%s: %d of %d done after %.0f s", text, done, total, time.monotonic() - start)
                bar = _bar(done, total, text)
            yield item
            if bar is not None:
                bar.update(1)
    finally:
        if bar is not None:
            bar.close()


def _bar(done: int, total: int, text: str) -> Any:
    """Return a bar, or None where nobody would see it or tqdm is not installed."""
    if not (sys.stderr.isatty() or "ipykernel" in sys.modules):
        return None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm(initial=done, total=total, desc=text, leave=False)
