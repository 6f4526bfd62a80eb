"""The built documentation site in a real Chromium: every page opens with all its files, by the menu and by a search."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from built_site import SITE, needs_site, served_site
from chromium import Tab, chromium, needs_chromium

pytestmark = [pytest.mark.thorough, needs_chromium, needs_site]

WORDS = {"": "trust", "es/": "confianza"}
"""A word to search for, by the address of the first page of each language."""
MARGINS = dict.fromkeys(("top", "right", "bottom", "left"), "20mm")
WIDTH_OF_A4 = 642
"""Pixels between these margins."""
WIDE = "article pre, article .pst-scrollable-table-container"
"""What scrolls sideways on a screen."""


class PageLinks(HTMLParser):
    """Anchors of a page, and the addresses to which it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors, self.addresses = {""}, set[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the anchor of an element, and where a link or a source leads."""
        given = dict(attrs)
        self.anchors.add(given.get("id") or "")
        self.addresses |= {address for name in ("href", "src") if (address := given.get(name))}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served_site() as address:
        yield address


@pytest.fixture(scope="module")
def opened() -> Iterator[Tab]:
    with chromium() as browser:
        yield Tab(browser, "about:blank")


@pytest.fixture
def tab(opened: Tab) -> Iterator[Tab]:
    """Return a tab in which nothing may go wrong; what did is told once, and of one test."""
    yield opened
    wrong = opened.wrong[:]
    opened.wrong.clear()
    assert wrong == []


def pages() -> list[str]:
    """Return the addresses of all pages within the site."""
    names = (page.relative_to(SITE) for page in SITE.rglob("*.html"))
    return sorted(name.as_posix() for name in names if name.parts[0] != "_static")


def test_every_link_within_the_site_leads_to_a_file_and_to_an_anchor_of_it() -> None:
    links = {SITE / name: PageLinks((SITE / name).read_text(encoding="utf-8")) for name in pages()}
    broken, followed = [], 0
    for page, own in links.items():
        for address in own.addresses:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = Path(f"{page.parent / unquote(parts.path)}").resolve() if parts.path else page
            target = target / "index.html" if target.is_dir() else target
            anchors = links[target].anchors if target in links else {"", parts.fragment}
            followed += 1
            if not target.exists() or unquote(parts.fragment) not in anchors:
                broken.append(f"{page.relative_to(SITE)}: {address}")
    assert followed > 1000
    assert broken == []


def test_every_page_has_a_heading_and_its_files_are_found(tab: Tab, site: str) -> None:
    assert len(pages()) > 50
    for page in pages():
        answer = tab.page.goto(site + page)
        assert answer.status in (200, 304), page
        assert tab.page.locator("h1").first.inner_text(), page
        assert tab.wrong == [], page
    tab.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("start", WORDS)
def test_a_page_is_reached_by_the_menu_and_by_a_search(tab: Tab, site: str, start: str) -> None:
    tab.page.goto(site + start)
    title = tab.page.title()
    tab.page.locator(".bd-header a.nav-link.nav-internal").first.click()
    tab.until(lambda: tab.page.title() != title)
    assert tab.page.locator("article p").first.is_visible()
    tab.page.goto(f"{site}search.html?q={WORDS[start]}", wait_until="networkidle")
    found = tab.page.locator("ul.search li a").first
    found.wait_for()
    title = tab.page.title()
    found.click()
    tab.until(lambda: tab.page.title() != title)
    tab.page.wait_for_load_state("networkidle")


def test_the_odd_prints_on_fifteen_pages_of_a4_and_nothing_is_cut_off(tab: Tab, site: str) -> None:
    tab.page.set_viewport_size({"width": WIDTH_OF_A4, "height": 970})
    tab.page.goto(f"{site}understand/odd/index.html", wait_until="networkidle")
    tab.page.emulate_media(media="print")
    assert tab.page.evaluate(f"[...document.querySelectorAll('{WIDE}')].length") > 5
    cut = f"[...document.querySelectorAll('{WIDE}')].filter((one) => one.scrollWidth > one.clientWidth).length"
    assert tab.page.evaluate(cut) == 0
    assert 8 < tab.page.pdf(format="A4", margin=MARGINS).count(b"/MediaBox") <= 15
    tab.page.emulate_media(media="screen")
