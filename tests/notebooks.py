"""Execute every notebook from a clean kernel: ``python -m tests.notebooks``."""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"


def main() -> int:
    """Run all notebooks and return the number that failed."""
    failed = 0
    for path in sorted(FOLDER.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        try:
            NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(FOLDER)}}).execute()
        except Exception as error:
            failed += 1
            print(f"FAILED {path.name}\n{error}")
        else:
            print(f"ran {path.name}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
