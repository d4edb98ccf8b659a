"""How Sphinx builds this site: `sphinx-build -W --keep-going docs docs/_build/html`."""

import sys
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent / "_generate")]

import api
import cli
import mathml
import rooms

project = "repro"
author = "the contributors of repro"
version = release = installed("repro-harness")
html_show_copyright = False

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_build", "_generate", "**/.ipynb_checkpoints"]
smartquotes = False  # would turn the two hyphens of an option into a dash

myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # a notebook shows the outputs that are committed in it

nitpicky = True  # a name that is nowhere described is a warning, except where a signature names it; see below
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88

html_math_renderer = "mathml"
html_theme = "furo"
html_title = "repro"
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}
html_static_path = ["_static"]
html_css_files = ["site.css"]

GENERATED = {
    "commands": cli.page,
    "rooms": rooms.rooms_page,
    "modules": rooms.modules_page,
    "values": api.values_page,
}
"""What stands in a page in place of the line `<!-- generated: NAME -->`."""


def fill_in(app: Any, docname: str, source: list[str]) -> None:
    """Put what is generated from the code where a page asks for it."""
    for name, make in GENERATED.items():
        line = f"<!-- generated: {name} -->"
        if line in source[0]:
            source[0] = source[0].replace(line, make())
            app.env.note_reread()  # the code may have changed since


def name_in_a_signature(app: Any, env: Any, node: Any, text: Any) -> Any:
    """Types of other packages, and ours that have no entry, stay plain text on the pages that autodoc fills."""
    generated = str(node.get("refdoc", "")).startswith("reference/api/")
    return text if generated and node.get("refdomain") == "py" else None


def setup(app: Any) -> None:
    """Connect what is above with the events of Sphinx."""
    app.add_html_math_renderer("mathml", (mathml.inline_formula, None), (mathml.formula_block, None))
    app.connect("source-read", fill_in)
    app.connect("missing-reference", name_in_a_signature)
