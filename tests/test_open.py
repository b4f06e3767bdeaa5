"""The page that a command leaves is opened for somebody who looks, and for nobody else."""

import sys
import webbrowser

import pytest

import mrio
from mrio.cli import main

pytest.importorskip("matplotlib").use("Agg")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that runs a command in an environment and returns the pages that were opened."""
    mrio.load_example("illustrative").to_netcdf(tmp_path / "tables.nc")
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(sys, "platform", "linux")

    def command(*words, terminal=True, **environment):
        opened.clear()
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "CI"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
        file, out = str(tmp_path / "tables.nc"), str(tmp_path / "out")
        assert main([words[0], file, "--out", out, *words[1:]]) == 0
        return list(opened)

    return command


def test_a_page_is_opened_before_a_screen_only(run, tmp_path):
    page = (tmp_path / "out" / "transfer.html").resolve().as_uri()
    assert run("report", DISPLAY=":0") == [page]
    assert run("report", WAYLAND_DISPLAY="wayland-0") == [page]
    assert run("report") == []
    assert run("report", terminal=False, DISPLAY=":0") == []
    assert run("report", DISPLAY=":0", SSH_CONNECTION="far away") == []
    assert run("report", DISPLAY=":0", CI="true") == []


def test_who_asks_decides(run, tmp_path):
    assert run("report", "--open") == [(tmp_path / "out" / "transfer.html").resolve().as_uri()]
    assert run("report", "--no-open", DISPLAY=":0") == []
    assert run("decompose", "--open") == [(tmp_path / "out" / "decomposition.html").resolve().as_uri()]


def test_the_path_is_always_said(run, capsys):
    run("transfer")
    assert "transfer.html" in capsys.readouterr().out
