"""The README is true: its code runs, and its commands are the ones that are promised."""

import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[1] / "README.md"


def test_the_code_of_the_readme_runs(tmp_path, monkeypatch):
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("agg")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S):
        # The workbook of the State Information Center may not be redistributed.
        lines = [line for line in block.splitlines() if "SIC_IRIO" not in line]
        exec("\n".join(lines), names)
    plt.close("all")
    assert (tmp_path / "transfer.nc").is_file()
    assert (tmp_path / "transfer.html").is_file()


@pytest.mark.parametrize("name", ["run", "test"])
def test_the_two_commands_stand_alone(name):
    text = README.read_text(encoding="utf-8")
    command = re.search(rf"<!-- command: {name} -->\n```sh\n(.*?)\n```", text, re.S)
    assert command is not None
    assert command[1].startswith("python3 -m venv .venv")
    assert "\n" not in command[1]
