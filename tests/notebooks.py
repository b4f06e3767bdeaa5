"""Execute every notebook from a clean kernel: ``python -m tests.notebooks``.

Notebooks are kept without outputs, except the gallery, which is kept with its pictures; ``--render`` executes
it alone and writes them anew.
"""

import base64
import io
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
GALLERY = "gallery.ipynb"
LARGEST_GALLERY = 2_000_000


def main(words=()) -> int:
    """Run all notebooks and return the number that failed."""
    if "--render" in words:
        return render()
    failed = 0
    for path in sorted(FOLDER.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        problem = wrong_outputs(path, notebook) or execution(notebook)
        failed += bool(problem)
        print(f"FAILED {path.name}\n{problem}" if problem else f"ran {path.name}")
    return failed


def render() -> int:
    """Execute the gallery and keep it with its outputs."""
    notebook = nbformat.read(FOLDER / GALLERY, as_version=4)
    problem = execution(notebook)
    if problem:
        print(f"FAILED {GALLERY}\n{problem}")
        return 1
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times, which differ from run to run
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = smaller(output.data["image/png"])
    nbformat.write(notebook, FOLDER / GALLERY)
    return 0


def smaller(picture: str) -> str:
    """Return a PNG picture, in base64, with a palette of 96 colours."""
    image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")
    buffer = io.BytesIO()
    image.quantize(96).save(buffer, format="png", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def execution(notebook) -> str:
    """Execute a notebook in place, and return what went wrong."""
    try:
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(FOLDER)}}).execute()
    except Exception as error:
        return str(error)
    return ""


def wrong_outputs(path, notebook) -> str:
    """Return what is wrong with the outputs that a notebook is kept with."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if path.name != GALLERY:
        kept = [cell for cell in cells if cell.outputs or cell.execution_count is not None]
        return f"{len(kept)} cells are kept with outputs; clear them" if kept else ""
    drawn = [cell for cell in cells if ".plot." in cell.source]
    empty = [
        cell.source for cell in drawn if not any("image/png" in out.get("data", {}) for out in cell.outputs)
    ]
    empty = [source for source in empty if "sankey_page" not in source]
    if empty:
        return f"no picture under {empty}; run python -m tests.notebooks --render"
    if any(out.get("name") == "stderr" for cell in cells for out in cell.outputs):
        return "the gallery holds warnings; mend what they tell and render it anew"
    size = path.stat().st_size
    return f"{size} bytes are more than {LARGEST_GALLERY}" if size > LARGEST_GALLERY else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
