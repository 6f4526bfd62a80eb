"""Settings of the documentation site: `uv run --locked --group docs sphinx-build -W docs docs/_build`."""

from pathlib import Path

from experiments.cli.documentation_site import write_pages

DOCS = Path(__file__).parent
write_pages(DOCS)

project = "Confianza"
author = "The Confianza team"
project_copyright = author
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_design"]
exclude_patterns = ["_build", "_generated", "jupyter_execute", "paper", "comses.md"]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]
nb_execution_mode = "off"
autodoc_typehints = "signature"
napoleon_use_ivar = True  # else a property that the class names among its attributes is described twice
html_theme = "pydata_sphinx_theme"
html_title = "Confianza"
html_theme_options = {
    "navbar_align": "left",
    "show_toc_level": 2,
    "header_links_before_dropdown": 7,
    "navigation_with_keys": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
suppress_warnings = ["myst.header"]
