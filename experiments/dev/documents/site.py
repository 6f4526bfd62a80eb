"""Generate pages and figures of the documentation site from the code and from the recorded results.

`docs/conf.py` calls `write_site` before each build, so that none of these can be out of date.  Each page exists in both
languages, or says that it exists in English only.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiments.cli.plot import RECORD_FIGURES, record_figure
from experiments.dev.documents import answer, corroboration, declared, mediation, module_map, odd
from experiments.dev.documents.render import RECORD, ROOT, SITES, contents_page, rendered
from experiments.dev.documents.write import released_documents
from experiments.figures.plot_command import figure_bytes
from experiments.storage.writing import write_atomically
from experiments.words.catalogue import LANGUAGES
from experiments.words.toml_files import toml_beside

LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")
PAGE_OF_DOCUMENT = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "do/mechanism.md",
    "README.md": "index.md",
    "results/reference/README.md": "lookup/results.md",
    "experiments/studies/README.md": "do/study.md",
    "experiments/words/TABLES.md": "lookup/tables.md",
    "model/docs/API.md": "lookup/python.md",
    "model/docs/GLOSSARY.md": "lookup/glossary.md",
    "model/docs/MAP.md": "lookup/modules.md",
    "model/docs/ODD.md": "understand/odd/supplement.md",
    "model/docs/ODD_SHORT.md": "understand/odd/index.md",
    "model/docs/ODD.es.md": "es/modelo.md",
    "model/docs/decisions": "understand/decisions/index.md",
}
"""Documents of the project and the page of the site on which each is shown."""
OTHER_PAGES = ("index.md", "do/study.md", "understand/odd/index.md", "understand/odd/supplement.md")
"""Pages to which links to a document lead, and which do not show its text."""
GENERATED_FOLDERS = ("understand/decisions", "understand/odd", "lookup/parameters", "es/parametros")
"""Folders of the site that hold generated pages alone."""
OWN_LANGUAGES: dict[str, Any] = toml_beside(__file__, "languages.toml")
PAGES: dict[str, str] = OWN_LANGUAGES["pages"]
SPANISH_FOLDER = "es/"
TOWN_PAGES = (RECORD / "page", answer.REPRODUCED / "page")
"""Folders in which the page of a town may be on record; the first that has it counts."""
EXTRA = "_generated/extra"
"""Folder below `docs` whose files are copied into the site as they are."""
TRY_PAGES = {"en": "try.md", "es": "es/probar.md"}
INCLUDED = {
    "answer": answer.answer_page,
    "policies": answer.policy_list,
    "accounts": answer.accounts_table,
    "results": answer.results_with_figures,
    "voi": answer.measure_first,
    "voi_list": answer.measure_list,
    "criteria": mediation.criteria_sentences,
    "posterior": answer.posterior_table,
}
"""Parts that pages written by hand include, in both languages."""
WHOLE_PAGES = {
    ("lookup/measures.md", "es/indicadores.md"): declared.measures_page,
    ("understand/facts.md", "es/cifras.md"): corroboration.facts_page,
    ("understand/mediation.md", "es/mediacion.md"): mediation.mediation_page,
    ("understand/scorecard.md", "es/aciertos.md"): corroboration.scorecard_page,
}
"""Pages that exist in English and in Spanish."""


def write_site(docs: Path) -> None:
    """Write all that is generated into the folder of the site."""
    write_pages(docs)
    write_figures(docs)
    copy_town_pages(docs)


def write_pages(docs: Path) -> None:
    """Write all generated pages below a folder of the site; remove those of an earlier build that are gone."""
    generated = dict(pages())
    for folder in GENERATED_FOLDERS:
        for path in (docs / folder).glob("*.md"):
            if f"{folder}/{path.name}" not in generated:
                path.unlink()
    for place, text in generated.items():
        path = docs / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:  # Sphinx rebuilds pages with a newer file
            path.write_text(text, encoding="utf-8")


def write_figures(docs: Path) -> None:
    """Draw the recorded tables in Spanish into a folder of the site; the recorded figures are in English."""
    for place, record in spanish_figures().items():
        path = docs / place
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, figure_bytes(record_figure(record, "es"), path))


def spanish_figures() -> dict[str, Path]:
    """Return the table of each figure drawn in Spanish, by the path of the figure on the site."""
    tables = {name: RECORD / f"{name}.csv" for name in RECORD_FIGURES}
    return {f"_generated/{name}-es.png": table for name, table in tables.items() if table.is_file()}


def pages() -> Iterator[tuple[str, str]]:
    """Yield path and text of every generated page."""
    yield "lookup/commands.md", declared.commands_page()
    yield "lookup/sources.md", declared.sources_page()
    yield "es/glosario.md", declared.spanish_glossary()
    yield "understand/trace.md", corroboration.trace_page(declared.described_sources())
    for places, page in WHOLE_PAGES.items():
        yield from ((place, page(language)) for place, language in zip(places, ("en", "es"), strict=True))
    yield from document_pages()
    for language in LANGUAGES:
        yield from declared.parameter_pages(language)
        yield TRY_PAGES[language], try_page(language)
        for name, part in INCLUDED.items():
            yield f"_generated/{name}_{language}.md", part(language)
    yield "_generated/layers.svg", module_map.layers_svg()
    yield "_generated/packages.md", module_map.package_table()
    yield from decision_pages()


def document_pages() -> Iterator[tuple[str, str]]:
    """Yield the pages that show documents of the project; the ODD and the map are composed, not read from files."""
    released = released_documents()
    yield from odd.supplement_pages(released[odd.ODD])
    page = PAGE_OF_DOCUMENT["model/docs/ODD_SHORT.md"]
    short = with_site_links(page, odd.SHORT, odd.SHORT.read_text(encoding="utf-8"))
    yield page, odd.page_of_short_odd(short, released[odd.ODD])
    for name, page in PAGE_OF_DOCUMENT.items():
        path = ROOT / name
        if page not in OTHER_PAGES and (path in released or path.is_file()):
            yield page, with_site_links(page, path, released.get(path) or path.read_text(encoding="utf-8"))


def with_site_links(page: str, source: Path, text: str) -> str:
    """Return the text of a document of the project with its links rewritten for a page of the site.

    A link to a file without a page becomes a download; a link to a folder becomes plain text.
    """
    return LINK.sub(lambda link: site_link(link, page, source), text)


def site_link(link: re.Match[str], page: str, source: Path) -> str:
    """Return the end of a Markdown link, from ``]`` on, with the target as seen from a page of the site."""
    target = (source.parent / link[1]).resolve()
    name = target.relative_to(ROOT).as_posix()
    if name.startswith("model/docs/decisions/"):
        name = f"docs/understand/{name.removeprefix('model/docs/')}"
    elif name in PAGE_OF_DOCUMENT:
        name = f"docs/{PAGE_OF_DOCUMENT[name]}"
    if target.is_dir() and not name.startswith("docs/"):
        return "]"
    return f"]({os.path.relpath(ROOT / name, (ROOT / 'docs' / page).parent)}{link[2] or ''})"


def decision_pages() -> Iterator[tuple[str, str]]:
    """Yield the decision records and their list."""
    paths = sorted((declared.DOCUMENTS / "decisions").glob("*.md"))
    for path in paths:
        page = f"understand/decisions/{path.name}"
        yield page, with_site_links(page, path, path.read_text(encoding="utf-8"))
    about = (
        "Why the model and the program are as they are, in the order in which it was decided. Those that no longer hold"
        " are merged into others: 0006 in 0041, 0021 in 0027, 0024 in 0041 and 0038 in 0045."
    )
    yield "understand/decisions/index.md", contents_page("Decisions", about, (path.stem for path in paths))


# The page of a town


def recorded_town_pages() -> dict[str, Path]:
    """Return the file of the page of each town that is on record, by the name of the town."""
    found = {}
    for site in SITES:
        if there := next((path for folder in TOWN_PAGES if (path := folder / f"{site}.html").is_file()), None):
            found[site] = there
    return found


def copy_town_pages(docs: Path) -> None:
    """Copy the pages on record to where the site takes them from, and remove those that are not on record any more."""
    folder = docs / EXTRA / "town"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for site, path in recorded_town_pages().items():
        shutil.copyfile(path, folder / f"{site}.html")


def try_page(language: str) -> str:
    """Return the page that the site opens with: the page of each town on record, or the command that writes one."""
    up = "../" * TRY_PAGES[language].count("/")
    towns = [
        {"name": SITES[site], "file": f"{site}.html", "address": f"{up}town/{site}.html"}
        for site in recorded_town_pages()
    ]
    return rendered(f"try.{language}", towns=towns)


# Languages


def is_spanish(page: str) -> bool:
    """Return whether a page of the site is in Spanish."""
    return page.startswith(SPANISH_FOLDER)


def counterpart(page: str) -> str | None:
    """Return the page in the other language, or None if there is none.

    >>> counterpart("learn/first_hour"), counterpart("es/parametros/crime"), counterpart("lookup/api")
    ('es/primera_hora', 'lookup/parameters/crime', None)
    """
    for english, spanish in (*PAGES.items(), *OWN_LANGUAGES["folders"].items()):
        here, there = (spanish, english) if is_spanish(page) else (english, spanish)
        if page == here or (here.endswith("/") and page.startswith(here)):
            return there + page.removeprefix(here)
    return None


def is_reference(page: str) -> bool:
    """Return whether a page is a reference in English only, by its name or by its folder."""
    reference = OWN_LANGUAGES["reference"]
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
    words = OWN_LANGUAGES["words"]
    if counterpart(page):
        here, there = ("es", "en") if is_spanish(page) else ("en", "es")
        return (
            f'<p class="language"><a href="{address}" lang="{there}" hreflang="{there}">{words["other"][here]}</a></p>'
        )
    if not is_reference(page):
        return ""
    english, spanish = words["only"].split(" · ")
    return f'<p class="language">{english} <span lang="es">{spanish}</span></p>'
