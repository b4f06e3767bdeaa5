"""Pictures of labelled tables: drawing only, on Axes that may be given; numbers come ready-made.

Colours are those of the Okabe-Ito palette, which stays distinct in common colour blindness; diverging maps
are centred on zero. No picture is wider than a printed page and no text smaller than 7 points, so what is
legible on the screen is legible in print. Text in Chinese gets a font that has its characters, or an error
that names fonts to install.
"""

from mrio.plotting.bars import (
    grouped_bars,
    largest_values,
    paired_bars,
    ranked_bars,
    signed_bars,
    stacked_bars,
    waterfall,
)
from mrio.plotting.canvas import (
    GAIN,
    LOSS,
    MARK,
    NEUTRAL,
    PALETTE,
    finish,
    new_axes,
    plain_numbers,
    png_of,
    small_print,
)
from mrio.plotting.chords import chord
from mrio.plotting.gaps import gaps
from mrio.plotting.planes import LOWER_LEFT, heat_map, name_points, plane, quadrants, slopes
from mrio.plotting.sankeys import LINKS, pair_links, sankey, sankey_page
from mrio.plotting.tiles import TILES, tile_map, tile_places

__all__ = [
    "GAIN",
    "LINKS",
    "LOSS",
    "LOWER_LEFT",
    "MARK",
    "NEUTRAL",
    "PALETTE",
    "TILES",
    "chord",
    "finish",
    "gaps",
    "grouped_bars",
    "heat_map",
    "largest_values",
    "name_points",
    "new_axes",
    "pair_links",
    "paired_bars",
    "plain_numbers",
    "plane",
    "png_of",
    "quadrants",
    "ranked_bars",
    "sankey",
    "sankey_page",
    "signed_bars",
    "slopes",
    "small_print",
    "stacked_bars",
    "tile_map",
    "tile_places",
    "waterfall",
]
