"""Fuzzing guided by coverage, by hand, of what opens foreign bytes: needs atheris, which no test needs.

``python -m tests.fuzz_bytes exiobase-zip -max_total_time=60`` mutates the file of a case of `tests.fuzz` that
is one file; further arguments are those of libFuzzer. Whatever is no error of the library ends the run. The
digest behind a netCDF file is cut off first, because no mutated file would get past it; what is found then is
mostly in the HDF5 library, which may hang or die on such a file. Hence the digest.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["mrio", "zipfile", "csv", "json"]):
    from mrio.errors import MrioError
    from tests import fuzz

SEAL = b"\nmrio file sha256 "


def main(name: str, arguments: list[str]) -> None:
    """Fuzz the file of a case until libFuzzer stops."""
    with tempfile.TemporaryDirectory() as place:
        whole = fuzz.Whole.made(name, Path(place))
        seeds = Path(place) / "seeds"
        seeds.mkdir()
        (seeds / "whole").write_bytes(whole.path.read_bytes().split(SEAL)[0])
        read, path = fuzz.CASES[name].read, whole.path

        def one(data: bytes) -> None:
            path.write_bytes(data)
            try:
                read(path)
            except MrioError:
                return

        atheris.Setup([sys.argv[0], *arguments, str(seeds)], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
