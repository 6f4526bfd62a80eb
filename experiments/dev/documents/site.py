"""Generate pages and figures of the documentation site from the code and from the recorded results.

`docs/conf.py` calls `write_pages` and `write_figures` before each build, so that none of these can be out of date.
"""

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import typer

from experiments.cli.app import app
from experiments.cli.plot import RECORD_FIGURES, record_figure
from experiments.dev.documents import module_map, odd, odd_pages, short_odd, try_page
from experiments.dev.documents.answer import EVERYTHING, WORDS, WORLDS, answer_page
from experiments.dev.documents.answer_details import accounts_table
from experiments.dev.documents.criteria_sentences import criteria_sentences
from experiments.dev.documents.facts_page import facts_page
from experiments.dev.documents.markdown import contents_page, table
from experiments.dev.documents.mediation_page import mediation_page
from experiments.dev.documents.parameter_pages import parameter_pages
from experiments.dev.documents.posterior import posterior_table
from experiments.dev.documents.scorecard_page import scorecard_page
from experiments.dev.documents.trace_page import trace_page
from experiments.dev.documents.voi_page import voi_list, voi_sentence
from experiments.dev.documents.write import released_documents
from experiments.figures.plot_command import figure_bytes
from experiments.narrative.messages import message
from experiments.reproduce.sentences import RESULTS
from experiments.storage.writing import write_atomically
from experiments.words import catalogue
from model.simulation.registry import MEASURES
from scenarios.policy_files import ready_policies

ROOT = Path(__file__).parents[3]
DOCUMENTS = ROOT / "model" / "docs"
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
MEASURE_HEAD = {
    "en": ("Measures", "Monthly measures of every run, from the code. A value that does not exist is left empty."),
    "es": (
        "Indicadores",
        "Indicadores mensuales de toda corrida, según el código. Un valor que no existe queda vacío.",
    ),
}
TABLE_HEAD = {"en": ("measure", "unit", "meaning"), "es": ("indicador", "unidad", "significado")}
SOURCE_HEAD = ("code", "what it says", "source")
SOURCES_ABOUT = """What the codes in the [sources of parameters](parameters.md) stand for, in our words. The paper is
A. Matute (2021), doi [10.12924/johs2021.16020097](https://doi.org/10.12924/johs2021.16020097). "Not verified" marks a
figure that was noted without its source at hand: it gives a wide range and is never a target."""
REPRODUCED = "results/reference/reproduce"
SENTENCE_END = re.compile(r"(?<=\.) (?=[A-ZÁÉÍÓÚ])")
GLOSSARY_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|([^|]*)\|$", re.MULTILINE)
SPANISH_MEANINGS = ROOT / "experiments" / "words" / "glossary.toml"
GLOSSARY_HEAD = ("español", "inglés", "qué es aquí", "en el código")
GLOSSARY_ABOUT = (
    "Cada cosa tiene un solo término, en el código, en los documentos y en la página del navegador. El término en "
    "español es el que se usa en Guatemala. La última columna da el nombre en el código."
)


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
    return {f"_generated/{name}-es.png": ROOT / "results" / "reference" / f"{name}.csv" for name in RECORD_FIGURES}


def pages() -> Iterator[tuple[str, str]]:
    """Yield path and text of every generated page."""
    yield "lookup/commands.md", commands_page()
    yield "lookup/sources.md", sources_page()
    yield "lookup/measures.md", measures_page("en")
    yield "es/indicadores.md", measures_page("es")
    yield "es/glosario.md", spanish_glossary()
    yield "understand/facts.md", facts_page("en")
    yield "es/cifras.md", facts_page("es")
    yield "understand/mediation.md", mediation_page("en")
    yield "es/mediacion.md", mediation_page("es")
    yield "understand/scorecard.md", scorecard_page("en")
    yield "es/aciertos.md", scorecard_page("es")
    yield "understand/trace.md", trace_page(evidence_rows())
    yield from document_pages()
    for language in catalogue.LANGUAGES:
        yield from parameter_pages(language)
        yield try_page.PLACES[language], try_page.try_page(language)
        yield f"_generated/answer_{language}.md", answer_page(language)
        yield f"_generated/policies_{language}.md", policy_list(language)
        yield f"_generated/accounts_{language}.md", accounts_table(language)
        yield f"_generated/results_{language}.md", results_with_figures(language)
        yield f"_generated/voi_{language}.md", voi_sentence(language)
        yield f"_generated/voi_list_{language}.md", voi_list(language)
        yield f"_generated/criteria_{language}.md", criteria_sentences(language)
        yield f"_generated/posterior_{language}.md", posterior_table(language)
    yield "_generated/layers.svg", module_map.layers_svg()
    yield "_generated/packages.md", module_map.package_table()
    yield from decision_pages()


def document_pages() -> Iterator[tuple[str, str]]:
    """Yield the pages that show documents of the project; the ODD and the map are composed, not read from files."""
    released = released_documents()
    yield from odd_pages.supplement_pages(released[odd.ODD])
    page = PAGE_OF_DOCUMENT["model/docs/ODD_SHORT.md"]
    short = with_site_links(page, short_odd.SHORT, short_odd.SHORT.read_text(encoding="utf-8"))
    yield page, odd_pages.short_page(short, released[odd.ODD])
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


def commands_page() -> str:
    """Return the help of every command of the program."""
    program = typer.main.get_command(app)
    sections = ["# Commands", "", "What `confianza COMMAND --help` prints, from the code.", ""]
    for name, command in sorted(getattr(program, "commands").items()):  # noqa: B009
        if command.hidden:
            continue
        context = typer.Context(command, info_name=f"confianza {name}", max_content_width=88)
        sections += [f"## {name}", "", "```text", command.get_help(context).strip(), "```", ""]
    return "\n".join(sections)


def sources_page() -> str:
    """Return a table of the evidence that parameters cite, by code."""
    rows = sorted((code, *row) for code, row in evidence_rows().items())
    return "\n".join(["# Evidence", "", SOURCES_ABOUT, "", table(SOURCE_HEAD, rows), ""])


def evidence_rows() -> dict[str, tuple[str, str]]:
    """Return statement and source of each row of the evidence, by code."""
    sources = tomllib.loads((DOCUMENTS / "sources.toml").read_text(encoding="utf-8"))
    described = tomllib.loads((DOCUMENTS / "evidence.toml").read_text(encoding="utf-8"))
    paper = {code: row["says"] for code, row in described.items()} | sources["paper"]
    elsewhere = {code: (row["says"], row["from"]) for code, row in sources["elsewhere"].items()}
    return {code: (says, "the paper") for code, says in paper.items()} | elsewhere


def measures_page(language: str) -> str:
    """Return a table of all monthly measures in a language."""
    title, about = MEASURE_HEAD[language]
    rows = (
        (f"`{name}`", catalogue.unit(one.unit, language), catalogue.meaning(name, language))
        for name, one in MEASURES.items()
    )
    return "\n".join([f"# {title}", "", about, "", table(TABLE_HEAD[language], rows), ""])


def policy_list(language: str) -> str:
    """Return a list of the policies of the answer, each with its title and description."""
    policies, say = ready_policies(), WORDS[language]
    listed = [f"* **{policies[name].title[language]}.** {policies[name].about[language]}" for name in WORLDS]
    listed.insert(WORLDS.index(EVERYTHING), f"* **{say[EVERYTHING].capitalize()}.** {say['all_three']}")
    return "\n".join(listed) + "\n"


def results_with_figures(language: str) -> str:
    """Return each recorded result of `confianza reproduce`: title, sentences and figure."""
    text = (ROOT / REPRODUCED / f"sentences.{language}.md").read_text(encoding="utf-8")
    _, *parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    sections = []
    names = {getattr(message(f"reproduce.title.{name}"), language).unescape(): name for name in RESULTS}
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        if (name := names.get(title)) is None:
            continue  # a result of an earlier version, which is recorded until the next run
        sentences = "\n".join(f"* {one}" for one in SENTENCE_END.split(body.strip()))
        sections += [f"## {title}", sentences, f"![{title}](../../{REPRODUCED}/figures/{name}.{language}.png)"]
    return "\n\n".join(sections) + "\n"


def spanish_glossary() -> str:
    """Return the Spanish glossary, with the English term of each entry."""
    words = tomllib.loads(SPANISH_MEANINGS.read_text(encoding="utf-8"))
    _, *parts = re.split(r"^## (.+)$", (DOCUMENTS / "GLOSSARY.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    sections = ["# Glosario", "", GLOSSARY_ABOUT, ""]
    for title, rows in zip(parts[::2], parts[1::2], strict=True):
        _, *found = GLOSSARY_ROW.findall(rows)
        cells = ((spanish, english, words["meanings"][spanish], name.strip()) for english, spanish, _, name in found)
        sections += [f"## {words['sections'][title]}", "", table(GLOSSARY_HEAD, cells), ""]
    return "\n".join(sections)


def decision_pages() -> Iterator[tuple[str, str]]:
    """Yield the decision records and their list."""
    paths = sorted((DOCUMENTS / "decisions").glob("*.md"))
    for path in paths:
        page = f"understand/decisions/{path.name}"
        yield page, with_site_links(page, path, path.read_text(encoding="utf-8"))
    about = (
        "Why the model and the program are as they are, in the order in which it was decided. Those that no longer hold"
        " are merged into others: 0006 in 0041, 0021 in 0027, 0024 in 0041 and 0038 in 0045."
    )
    yield "understand/decisions/index.md", contents_page("Decisions", about, (path.stem for path in paths))
