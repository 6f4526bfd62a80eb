"""The built documentation site in Chromium: axe finds nothing, and every file that a page names is there."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from built_site import needs_site, served_site
from chromium import Tab, chromium, needs_chromium

pytestmark = [pytest.mark.thorough, needs_chromium, needs_site]

PAGES = (
    *("index", "es/index", "gallery", "changelog", "search"),
    *("learn/index", "learn/pairs", "do/class", "es/clase", "lookup/index", "lookup/api", "lookup/parameters"),
    *("lookup/parameters/gangs", "es/parametros", "try", "es/probar", "es/consultar", "lookup/commands"),
    *("understand/index", "understand/odd/index", "es/modelo", "understand/facts", "es/aciertos"),
    *("understand/mediation", "es/mediacion", "understand/trace", "es/que_medir", "do/upgrade"),
)
"""Pages of each kind: first pages, sections, notebooks, tables, programs, and the description in both languages."""
SIZES = [(1440, 900), (390, 844)]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served_site() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_every_file_is_there(
    browser: Any, site: str, name: str, width: int, height: int, subtests: pytest.Subtests
) -> None:
    tab = Tab(browser, f"{site}{name}.html", width, height)
    for theme in ("light", "dark"):
        with subtests.test(theme=theme):
            tab.page.evaluate("(name) => ['mode', 'theme'].forEach((key) => localStorage.setItem(key, name))", theme)
            tab.page.reload()
            found = Axe().run(tab.page).response["violations"]
            assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found] == []
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    tab.close()
    assert tab.wrong == []
