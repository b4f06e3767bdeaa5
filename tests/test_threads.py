import os
import sys

from threadpoolctl import threadpool_info, threadpool_limits

from mrio import threads
from mrio.threads import children_with_one_thread, one_thread


def blas_threads():
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


def test_the_last_holder_gives_the_threads_back():
    with threadpool_limits(limits=2, user_api="blas"):
        before = blas_threads()
        with one_thread():
            assert blas_threads() == {1}
            with one_thread():
                assert blas_threads() == {1}
            assert blas_threads() == {1}
        assert blas_threads() == before


def test_without_threadpoolctl_nothing_is_held(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    with caplog.at_level("INFO", "mrio"), one_thread():
        assert threads._holders == 1
    assert "keeps the threads" in caplog.text


def test_children_start_with_one_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with children_with_one_thread():
        assert os.environ["OMP_NUM_THREADS"] == os.environ["MKL_NUM_THREADS"] == "1"
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ
