"""The blocks of a report on the site: those that would be drawn with matplotlib or need torch, otherwise."""

from repro.publish.content.blocks import BLOCKS
from repro.publish.site.expected_block import expected, figure_to_reproduce
from repro.publish.site.figures_block import figures
from repro.publish.site.layers_block import layers

SITE_BLOCKS = {
    **BLOCKS,
    "architecture": layers,
    "figures": figures,
    "expected": expected,
    "figure_to_reproduce": figure_to_reproduce,
}
