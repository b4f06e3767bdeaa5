"""Fonts for texts in Chinese: found among the installed ones, never replaced by boxes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mrio.errors import MissingExtraError

FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "Arial Unicode MS",
)
"""Families with simplified Chinese, the preferred first."""

_FILES = ("noto*cjk*", "noto*sc*", "source*han*", "wqy*", "msyh*", "simhei*", "pingfang*", "*unicode*")


def is_chinese(text: str) -> bool:
    """Return whether a text holds Chinese characters or their punctuation.

    Examples
    --------
    >>> is_chinese("Hebei"), is_chinese("河北")
    (False, True)
    """
    return any("\u3000" <= letter <= "\u9fff" or "\uff00" <= letter <= "\uffef" for letter in text)


def cover(artist: Any) -> None:
    """Give every text of a figure, or one text, that is in Chinese a font that has its characters.

    Parameters
    ----------
    artist
        Figure, Axes or text of matplotlib.

    Raises
    ------
    MissingExtraError
        When no such font is installed.
    """
    from matplotlib.text import Text

    texts = [text for text in artist.findobj(Text) if is_chinese(text.get_text())]
    if not texts:
        return
    family = chinese_family()
    if family is None:
        raise MissingExtraError(
            "A picture holds Chinese text, and no font with Chinese characters is installed.",
            where=repr(texts[0].get_text()),
            remedy="install one, for example with: apt-get install fonts-noto-cjk (or fonts-wqy-microhei); "
            "elsewhere Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei or SimHei",
        )
    for text in texts:
        known = text.get_fontfamily()
        if family not in known:
            text.set_fontfamily([*known, family])


def chinese_family() -> str | None:
    """Return the first of `FAMILIES` that is installed, or None."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    found = _installed(fontManager)
    if found is None:
        # The list of fonts is kept between sessions and may be older than a font.
        new = [Path(name) for name in findSystemFonts()]
        for file in new:
            if any(file.match(pattern) for name in _FILES for pattern in (name, name.title())):
                fontManager.addfont(file)
        found = _installed(fontManager)
    return found


def _installed(manager: Any) -> str | None:
    """Return the first of `FAMILIES` that a font manager knows."""
    names = {entry.name for entry in manager.ttflist}
    return next((family for family in FAMILIES if family in names), None)
