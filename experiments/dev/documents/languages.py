"""Find the page of the site in the other language, and the pages that exist in English only and say so."""

from typing import Any

from experiments.words.toml_files import toml_beside

LANGUAGES: dict[str, Any] = toml_beside(__file__)
PAGES: dict[str, str] = LANGUAGES["pages"]
SPANISH_FOLDER = "es/"


def is_spanish(page: str) -> bool:
    """Return whether a page of the site is in Spanish."""
    return page.startswith(SPANISH_FOLDER)


def counterpart(page: str) -> str | None:
    """Return the page in the other language, or None if there is none.

    >>> counterpart("learn/first_hour"), counterpart("es/parametros/crime"), counterpart("lookup/api")
    ('es/primera_hora', 'lookup/parameters/crime', None)
    """
    for english, spanish in (*PAGES.items(), *LANGUAGES["folders"].items()):
        here, there = (spanish, english) if is_spanish(page) else (english, spanish)
        if page == here or (here.endswith("/") and page.startswith(here)):
            return there + page.removeprefix(here)
    return None


def is_reference(page: str) -> bool:
    """Return whether a page is a reference in English only, by its name or by its folder."""
    reference = LANGUAGES["reference"]
    return counterpart(page) is None and (page in reference["pages"] or page.startswith(tuple(reference["folders"])))


def language_note(page: str, address: str) -> str:
    """Return the line of HTML below the title: a link to the other language, or that there is none.

    Parameters
    ----------
    page
        Name of the page in the site, without its suffix.
    address
        Address of the page in the other language as seen from this one; it is not used where there is none.
    """
    words = LANGUAGES["words"]
    if counterpart(page):
        here, there = ("es", "en") if is_spanish(page) else ("en", "es")
        return (
            f'<p class="language"><a href="{address}" lang="{there}" hreflang="{there}">{words["other"][here]}</a></p>'
        )
    if not is_reference(page):
        return ""
    english, spanish = words["only"].split(" · ")
    return f'<p class="language">{english} <span lang="es">{spanish}</span></p>'
