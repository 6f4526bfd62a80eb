"""Settings of the documentation site: `uv run --locked --group docs sphinx-build -W docs docs/_build`."""

import gettext
import re
import unicodedata
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from sphinx.search.en import SearchEnglish

from experiments.dev.documents.site import EXTRA, PAGES, counterpart, is_spanish, language_note, write_site

DOCS = Path(__file__).parent
write_site(DOCS)

project = "Confianza"
author = "The Confianza team"
project_copyright = author
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_design"]
exclude_patterns = ["_build", "_generated", "jupyter_execute", "paper", "comses.md"]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]
highlight_language = "text"  # drawings and what commands print have no other
nb_execution_mode = "off"
autodoc_typehints = "signature"
toc_object_entries_show_parents = "hide"
napoleon_use_ivar = True  # else a property that the class names among its attributes is described twice
html_theme = "pydata_sphinx_theme"
html_context = {"default_mode": "auto"}
html_title = "Confianza"
html_theme_options = {
    "navbar_align": "left",
    "show_toc_level": 2,
    "header_links_before_dropdown": 8,
    "navigation_with_keys": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {"try": [], "gallery": [], "changelog": []}  # they have no pages below them
html_static_path = ["_static"]
html_extra_path = [EXTRA]
html_search_scorer = str(DOCS / "search_order.js")
html_css_files = ["site.css"]
html_copy_source = False
suppress_warnings = ["myst.header"]

OWN_SPANISH = {
    "Section Navigation": "En esta sección",
    "Try it now": "Pruébelo ahora",
    "Learn": "Aprender",
    "Do": "Hacer",
    "Look up": "Consultar",
    "Understand": "Entender",
    "Gallery": "Galería",
    "Changelog": "Cambios",
    "Español": "Inicio",
    "Show or hide the pages below": "Mostrar u ocultar las páginas de abajo",
}
EMPTY_HEADING = re.compile(r"<th\b[^>]*>(<p></p>)?</th>")
LINK_TEXT = re.compile(r"(?<=>)\s*([^<>]+?)\s*(?=</a>)")
LINK_TARGET = re.compile(r'(?<=href=")(?:\.\./)+([\w/]+)\.html(?=")')
TITLE_END = "</h1>"
SPANISH_SECTIONS = PAGES | {"changelog": PAGES["do/upgrade"]}
"""Spanish page to which an entry of the menu leads; the changelog is in English, and what one has to do is in both."""


class SearchWithoutAccents(SearchEnglish):
    """Index of the words of both languages, in which a word with an accent is found without it, too."""

    def split(self, input: str) -> list[str]:
        """Return the words of a text; one with an accent stands there twice."""
        words = super().split(input)
        return words + [plain for plain in map(without_accents, words) if plain not in words]


def without_accents(word: str) -> str:
    """Return a word without its accents, as many write it when they search."""
    return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))


class Spanish(gettext.NullTranslations):
    """Words of this site in Spanish; all others are those of the theme and of Sphinx."""

    def gettext(self, message: str) -> str:
        """Return a text in Spanish."""
        return OWN_SPANISH.get(message) or super().gettext(message)


SPANISH = Spanish()
for package in ("pydata_sphinx_theme", "sphinx"):
    SPANISH.add_fallback(gettext.translation("sphinx", str(files(package) / "locale"), ["es"]))


def with_spanish_links(header: Callable[..., str], address: Callable[[str], str]) -> Callable[..., str]:
    """Return a function that writes the links of the header in Spanish; each leads to the Spanish page."""

    def spanish(**options: Any) -> str:
        html = LINK_TEXT.sub(lambda text: OWN_SPANISH.get(text[1], text[1]), header(**options))
        return LINK_TARGET.sub(lambda link: address(SPANISH_SECTIONS.get(link[1], link[1])), html)

    return spanish


def with_language_note(page: str, body: str, address: Callable[[str], str]) -> str:
    """Return the body of a page with a line below its title: the other language, or that there is none."""
    there = counterpart(page)
    note = language_note(page, address(there) if there else "")
    before, end, after = body.partition(TITLE_END)
    return f"{before}{end}{note}{after}" if end else body


def with_named_switches(sidebar: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return a function that writes the sidebar with a name for each switch of pages below, for screen readers."""

    def named(*words: Any, **options: Any) -> Any:
        return str(sidebar(*words, **options)).replace("<summary>", f'<summary aria-label="{name}">')

    return named


def set_language(app: Any, page: str, _template: str, context: dict[str, Any], _tree: Any) -> None:
    """Mark Spanish pages as Spanish for browsers and screen readers; show the theme's own words in Spanish there."""
    spanish, address = is_spanish(page), context["pathto"]
    app.builder.templates.environment.install_gettext_translations(SPANISH if spanish else app.translator)
    if spanish:
        header = with_spanish_links(context["generate_header_nav_html"], address)
        context.update(language="es", theme_search_bar_text="Buscar", generate_header_nav_html=header)
    name = "Show or hide the pages below"
    switches = with_named_switches(context["generate_toctree_html"], OWN_SPANISH[name] if spanish else name)
    body = with_language_note(page, EMPTY_HEADING.sub("<td></td>", context.get("body", "")), address)
    context.update(generate_toctree_html=switches, body=body, favicon_url="data:,")  # there is no picture to ask for


def write_styles(app: Any, error: Exception | None) -> None:
    """Write the styles of Sphinx into the theme's file: axe looks for what a style imports beside the page."""
    if error is None:
        styles = Path(app.outdir) / "_static"
        (styles / "styles/theme.css").write_bytes((styles / "basic.css").read_bytes())


def setup(app: Any) -> None:
    """Connect what is done before a page is written, after the theme has made its header."""
    app.add_search_language(SearchWithoutAccents)
    app.connect("html-page-context", set_language, priority=900)
    app.connect("build-finished", write_styles)
