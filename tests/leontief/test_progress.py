import logging
import sys
import types

from mrio.leontief import progress
from mrio.leontief.progress import track


def test_short_work_is_silent(caplog):
    with caplog.at_level(logging.INFO, "mrio"):
        assert list(track(range(5), 5, "work")) == [0, 1, 2, 3, 4]
    assert not caplog.text


def test_long_work_is_told_once(caplog, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", -1.0)
    with caplog.at_level(logging.INFO, "mrio"):
        assert list(track(range(5), 5, "work")) == [0, 1, 2, 3, 4]
    assert [record.message for record in caplog.records] == ["work: 0 of 5 done after 0 s"]


def test_bar_where_somebody_watches(monkeypatch):
    bars = []

    class Bar:
        def __init__(self, **given):
            self.count, self.closed = given["initial"], False
            bars.append(self)

        def update(self, step):
            self.count += step

        def close(self):
            self.closed = True

    monkeypatch.setattr(progress, "PATIENCE", -1.0)
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    monkeypatch.setitem(sys.modules, "tqdm.auto", types.SimpleNamespace(tqdm=Bar))
    list(track(range(5), 5, "work"))
    assert [(bar.count, bar.closed) for bar in bars] == [(5, True)]


def test_no_bar_without_tqdm(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", -1.0)
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert list(track(range(3), 3, "work")) == [0, 1, 2]
