"""Every page of the site exists in both languages, or says in both that it is a reference in English."""

import re
from functools import cache
from pathlib import Path

import pytest

from experiments.dev.documents import declared, site
from experiments.dev.documents.site import (
    OWN_LANGUAGES,
    ROOT,
    TRY_PAGES,
    counterpart,
    is_reference,
    is_spanish,
    language_note,
    pages,
)
from model.engine.parameters import all_parameters

DOCS = ROOT / "docs"
NO_PAGES = ("_build", "_generated", "_static", "paper", "jupyter_execute")


@cache
def page_names() -> frozenset[str]:
    """Return the names of all pages of the site, written by hand or generated."""
    written = {
        path.relative_to(DOCS).with_suffix("").as_posix()
        for path in (*DOCS.rglob("*.md"), *DOCS.rglob("*.ipynb"))
        if path.relative_to(DOCS).parts[0] not in NO_PAGES and path.name != "comses.md"
    }
    made = {place.removesuffix(".md") for place, _ in pages() if not place.startswith("_generated")}
    stale = {name for name in written if "\n" + f"docs/{name}.md" in (ROOT / ".gitignore").read_text(encoding="utf-8")}
    return frozenset((written - stale) | made)


def test_every_page_has_its_other_language_or_says_that_there_is_none() -> None:
    names = page_names()
    assert len(names) > 100
    alone = {name for name in names if counterpart(name) is None}
    assert {name for name in alone if is_spanish(name)} == set()
    assert {name for name in alone if not is_reference(name)} == {*OWN_LANGUAGES["reference"]["both"]}
    assert {counterpart(name) for name in names - alone} <= names


def test_what_is_declared_of_languages_exists() -> None:
    names = page_names()
    assert {*OWN_LANGUAGES["pages"], *OWN_LANGUAGES["pages"].values(), *OWN_LANGUAGES["reference"]["pages"]} <= names
    assert all(any(name.startswith(folder) for name in names) for folder in OWN_LANGUAGES["reference"]["folders"])


def test_the_note_of_a_page_leads_to_the_other_language_or_says_both_sentences() -> None:
    assert 'href="../es/primera_hora.html" lang="es"' in language_note("learn/first_hour", "../es/primera_hora.html")
    assert 'lang="en"' in language_note("es/primera_hora", "../learn/first_hour.html")
    only = language_note("lookup/api", "")
    assert "English only" in only
    assert '<span lang="es">Esta página' in only
    assert language_note("lookup/tables", "") == ""


def test_no_menu_entry_in_spanish_leads_to_a_page_in_english() -> None:
    settings = (DOCS / "conf.py").read_text(encoding="utf-8")
    assert "(inglés)" not in settings
    contents = re.search(r"```\{toctree\}\n:hidden:\n\n(.+?)```", (DOCS / "index.md").read_text(encoding="utf-8"), re.S)
    assert contents
    listed = re.findall(r"^(?:.+<)?([\w/]+)>?$", contents[1], re.MULTILINE)
    english = [name for name in listed if not is_spanish(name)]
    assert [name for name in english if counterpart(name) is None] == ["changelog"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_parameter_is_found_by_the_search_and_stands_on_the_page_of_its_package(language: str) -> None:
    shown = dict(declared.parameter_pages(language))
    first = declared.PARAMETER_PAGES[language]
    packages = declared.parameters_by_package()
    index = declared.search_index(packages, language, first.rpartition("/")[2])
    folder = Path(first).parent
    for name, meaning, address in index:
        page, _, row = address.partition("#")
        assert row == name
        assert f'<span id="{name}">' in shown[f"{folder}/{page.removesuffix('.html')}.md"]
        assert meaning
    model = {name for name, _, _ in all_parameters()}
    assert len(index) == len({name for name, *_ in index}) > 1000
    assert {name for name, *_ in index} <= model
    assert max(len(some) for some in packages.values()) < len(index) / 4


def test_the_site_opens_with_the_page_of_a_town_on_record_or_says_how_to_write_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "TOWN_PAGES", (tmp_path / "none", tmp_path / "record"))
    assert "confianza answer" in site.try_page("en")
    assert "iframe" not in site.try_page("es")
    (tmp_path / "record").mkdir()
    (tmp_path / "record" / "totonicapan.html").write_text("<h1>a page</h1>", encoding="utf-8")
    shown = site.try_page("es")
    assert "confianza answer" not in shown
    assert 'src="../town/totonicapan.html" title="Página de Totonicapán"' in shown
    assert 'src="town/totonicapan.html"' in site.try_page("en")
    site.copy_town_pages(tmp_path)
    assert [path.name for path in (tmp_path / site.EXTRA / "town").iterdir()] == ["totonicapan.html"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_picture_of_the_page_to_try_is_on_record(language: str) -> None:
    page = DOCS / TRY_PAGES[language]
    pictures = re.findall(r"!\[.+\]\((.+)\)", site.try_page(language))
    assert all((page.parent / picture).resolve().is_file() for picture in pictures)
    assert counterpart("try") == "es/probar"
