import warnings

import pandas as pd
import pytest
from matplotlib.text import Text

import mrio
from mrio import plotting
from mrio.plotting import fonts

CHINESE = pd.Series({"河北": 2.0, "天津": -1.0})


def test_what_is_chinese():
    assert fonts.is_chinese("Hebei 河北")
    assert fonts.is_chinese("（")
    assert not fonts.is_chinese("Ürümqi, 1e8 CNY -1")
    assert not fonts.is_chinese("")


def test_without_a_font_there_is_one_error_and_no_boxes(monkeypatch):
    monkeypatch.setattr(fonts, "_installed", lambda manager: None)
    with pytest.raises(mrio.MrioError, match="no font with Chinese characters") as caught:
        plotting.signed_bars(CHINESE, "Mt", "net")
    assert "fonts-noto-cjk" in str(caught.value)
    assert "fonts-wqy-microhei" in str(caught.value)
    assert fonts.chinese_family() is None


def test_english_pictures_need_no_such_font(monkeypatch):
    monkeypatch.setattr(fonts, "_installed", lambda manager: None)
    plotting.png_of(plotting.signed_bars(CHINESE.set_axis(["A", "B"]), "Mt", "net"))


def test_a_font_that_was_installed_since_is_found(monkeypatch):
    answers = iter([None, "Noto Sans CJK SC"])
    monkeypatch.setattr(fonts, "_installed", lambda manager: next(answers))
    assert fonts.chinese_family() == "Noto Sans CJK SC"


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plotting.signed_bars(CHINESE, "Mt", "河北的"),
        lambda: plotting.heat_map(CHINESE.to_frame("北京").rename_axis("地区"), "Mt", "t"),
        lambda: plotting.quadrants(pd.DataFrame({"x": CHINESE, "y": CHINESE}), ("Mt", "kt"), "t"),
        lambda: plotting.tile_map(CHINESE, "Mt", "t"),
    ],
)
def test_every_chinese_text_gets_a_font_that_has_it(draw):
    if fonts.chinese_family() is None:
        pytest.skip("no font with Chinese characters is installed")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of every character that becomes a box
        ax = draw()
        texts = [text for text in ax.figure.findobj(Text) if fonts.is_chinese(text.get_text())]
        assert texts
        assert all(fonts.chinese_family() in text.get_fontfamily() for text in texts)
        plotting.png_of(ax)
