"""What the machine can do at most: bytes read a second, multiplications a second."""

from __future__ import annotations

import os
import platform
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Work:
    """What an answer cannot do without: passes over A (n, n).

    `looks` read it without much arithmetic, `products` multiply it with so many `columns`, `written` are
    matrices made of another one: read, fetched and written. `made` are passes in which coefficients are made
    of flows and rates before they are used, on all cores.
    """

    looks: float
    products: float
    columns: int = 1
    written: int = 0
    made: float = 0.0

    def __str__(self) -> str:
        columns = "one column" if self.columns == 1 else f"{self.columns} columns"
        made = f", {self.written} matrices written" if self.written else ""
        made += f", made {self.made:g} times on the way" if self.made else ""
        return f"A looked at {self.looks:g} times, {self.products:g} products with {columns}{made}"


@dataclass(frozen=True)
class Machine:
    """Limits measured with numpy as it is installed here."""

    name: str
    bandwidth: float
    flops: float

    def reading(self, size: float) -> float:
        """Return the least time [s] in which so many bytes are read."""
        return size / self.bandwidth

    def computing(self, operations: float) -> float:
        """Return the least time [s] for so many float64 operations."""
        return operations / self.flops

    def least(self, work: Work, size: float) -> float:
        """Return the least time [s] for work on a matrix of so many bytes, with the BLAS of numpy."""
        read = self.reading(size)
        product = read if work.columns == 1 else size * _product(work.columns)
        made = work.made * size * _making() if work.made else 0.0
        return (work.looks + 3 * work.written) * read + work.products * product + made

    def __str__(self) -> str:
        return (
            f"{self.name}; reads {self.bandwidth / 1e9:.0f} GB/s, multiplies {self.flops / 1e9:.0f} GFLOP/s"
        )


def machine(n: int = 6000) -> Machine:
    """Measure this machine: a product with one vector reads, a product of two matrices computes."""
    A, v = np.ones((n, n)), np.ones(n)
    B = np.ones((2000, 2000))
    bandwidth = A.nbytes / _best(lambda: A @ v)
    return Machine(_name(), bandwidth, 2 * 2000**3 / _best(lambda: B @ B))


def _product(columns: int, n: int = 6000) -> float:
    """Return the time [s] a byte of A in a product with columns, given in the faster way: as rows."""
    A, V = np.ones((n, n)), np.ones((columns, n))
    return _best(lambda: V @ A.T) / A.nbytes


def _making(n: int = 6000, height: int = 50, width: int = 2000) -> float:
    """Return the time [s] a byte of flows in which they are multiplied by rates, into the cache."""
    flows, rates = np.ones((n, n)), np.ones((height, width))

    def part(first: int, stop: int) -> None:
        tile = np.empty((height, width))
        for top in range(first, stop, height):
            for left in range(0, n, width):
                np.multiply(flows[top : top + height, left : left + width], rates, out=tile)

    cores = os.cpu_count() or 1
    bounds = [n // height * core // cores * height for core in range(cores + 1)]
    with ThreadPoolExecutor(cores) as pool:
        return _best(lambda: list(pool.map(part, bounds[:-1], bounds[1:]))) / flows.nbytes


def _best(work: object, repeats: int = 7) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def _name() -> str:
    model = ""
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "all")
    cores = f"{os.cpu_count()} cores, BLAS threads {threads}"
    return f"{model or platform.machine()}, {cores}, numpy {np.__version__}"
