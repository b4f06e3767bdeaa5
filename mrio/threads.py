"""One BLAS thread while runs are made: more of them would disturb each other and change the last bits."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

# A limit reaches only the libraries that are loaded already; that of scipy is one of them.
import scipy.linalg  # noqa: F401

_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)

_log = logging.getLogger("mrio")
_lock = threading.Lock()
_limit = ExitStack()
_holders = 0


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold BLAS at one thread; the last of all holders in this process gives the threads back.

    Needs threadpoolctl. Without it BLAS keeps its threads, and runs made in this process may differ in their
    last bits from those of other processes.
    """
    global _holders
    with _lock:
        if _holders == 0:
            _take()
        _holders += 1
    try:
        yield
    finally:
        with _lock:
            _holders -= 1
            if _holders == 0:
                _limit.close()


def _take() -> None:
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        _log.info("threadpoolctl is not installed: BLAS keeps the threads that it has")
    else:
        _limit.enter_context(threadpool_limits(limits=1))


@contextmanager
def children_with_one_thread() -> Iterator[None]:
    """Let processes that are started meanwhile load BLAS with one thread."""
    before = {name: os.environ.get(name) for name in _VARIABLES}
    os.environ.update(dict.fromkeys(_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
