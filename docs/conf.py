"""How Sphinx builds this site: `sphinx-build -W docs docs/_build/html`."""

from importlib.metadata import version as installed

project = "repro"
author = "the contributors of repro"
version = release = installed("repro-harness")
html_show_copyright = False

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_build", "_generate", "**/.ipynb_checkpoints"]

myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # a notebook shows the outputs that are committed in it

html_theme = "furo"
html_title = "repro"
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}
