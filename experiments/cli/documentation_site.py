"""Pages of the documentation site that follow from the code and from results on record.

`docs/conf.py` calls `write_pages` before each build, so that none of these pages can be out of date.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import typer

from experiments.cli import listings
from experiments.cli.app import app
from experiments.tools.documents import layers, odd, withdrawn
from experiments.tools.documents.answer import answer, draws_table
from experiments.words import catalogue
from model.engine.parameters import ParameterGroup, ParameterSpec, all_parameters
from model.engine.plausible import plausible_range
from model.simulation.registry import MEASURES
from scenarios.groups import declared_groups

HOME = Path(__file__).parents[2]
DOCUMENTS = HOME / "model" / "docs"
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")
ON_SITE = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "do/mechanism.md",
    "README.md": "index.md",
    "results/reference/README.md": "lookup/results.md",
    "experiments/studies/README.md": "do/study.md",
    "experiments/words/TABLES.md": "lookup/tables.md",
    "model/docs/API.md": "lookup/python.md",
    "model/docs/GLOSSARY.md": "lookup/glossary.md",
    "model/docs/MAP.md": "lookup/modules.md",
    "model/docs/ODD.md": "understand/odd/index.md",
    "model/docs/ODD.es.md": "understand/odd_es.md",
    "model/docs/decisions": "understand/decisions/index.md",
}
"""Documents of the project and the page of the site on which each is shown."""
PART = re.compile(r"^## (\d) (.+)$", re.MULTILINE)
MEASURE_HEAD = {
    "en": ("Measures", "Monthly measures of every run, from the code. A value that does not exist is left empty."),
    "es": ("Medidas", "Medidas mensuales de toda corrida, según el código. Un valor que no existe queda vacío."),
}
TABLE_HEAD = {"en": ("measure", "unit", "meaning"), "es": ("medida", "unidad", "significado")}
PARAMETER_HEAD = ("parameter", "meaning", "default", "valid", "plausible", "role", "source")
GLOSSARY_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|([^|]*)\|$", re.MULTILINE)
SPANISH_MEANINGS = HOME / "experiments" / "words" / "glossary.toml"
GLOSSARY_HEAD = ("español", "inglés", "qué es aquí", "en el código")
GLOSSARY_ABOUT = (
    "Cada cosa tiene un solo término, en el código, en los documentos y en la página del navegador. El término en "
    "español es el que se usa en Guatemala. La última columna da el nombre en el código."
)


def write_pages(docs: Path) -> None:
    """Write all generated pages below a folder of the site."""
    for place, text in pages():
        path = docs / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:  # Sphinx reads again what is newer
            path.write_text(text, encoding="utf-8")


def pages() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of every generated page."""
    yield "lookup/commands.md", commands_page()
    yield "lookup/parameters.md", parameters_page()
    yield "lookup/measures.md", measures_page("en")
    yield "es/medidas.md", measures_page("es")
    yield "es/glosario.md", spanish_glossary()
    for name, page in ON_SITE.items():
        if page not in ("index.md", "do/study.md") and (HOME / name).is_file() and name != "model/docs/ODD.md":
            yield page, shown_on(page, HOME / name)
    for language in catalogue.LANGUAGES:
        yield f"_generated/answer_{language}.md", answer(language)
        yield f"_generated/draws_{language}.md", draws_table(language)
    yield "_generated/withdrawn.md", withdrawn.table()
    yield "_generated/layers.svg", layers.drawing()
    yield "_generated/packages.md", layers.packages()
    yield from odd_pages()
    yield from decision_pages()


def shown_on(page: str, source: Path) -> str:
    """Return a document of the project with links that hold on a page of the site.

    A link to a file without a page becomes a download; a link to a folder keeps its words alone.
    """
    text = source.read_text(encoding="utf-8")
    return LINK.sub(lambda link: site_link(link, page, source), text)


def site_link(link: re.Match[str], page: str, source: Path) -> str:
    """Return the end of a Markdown link, which leads from a page of the site to what the document links to."""
    target = (source.parent / link[1]).resolve()
    name = target.relative_to(HOME).as_posix()
    if name.startswith("model/docs/decisions/"):
        name = f"docs/understand/{name.removeprefix('model/docs/')}"
    elif name in ON_SITE:
        name = f"docs/{ON_SITE[name]}"
    if target.is_dir() and not name.startswith("docs/"):
        return "]"
    return f"]({os.path.relpath(HOME / name, (HOME / 'docs' / page).parent)}{link[2] or ''})"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table.

    >>> print(table(("a", "b"), [("1", "2|3")]))
    | a | b |
    | --- | --- |
    | 1 | 2\\|3 |
    """
    head = tuple(head)
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


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


def parameters_page() -> str:
    """Return a table of the parameters of every group of the model."""
    declared_groups()
    sections = ["# Parameters", "", "Defaults, ranges, roles and sources, from the code.", ""]
    for group, some in groupby(all_parameters(), key=lambda one: one[0].partition(".")[0]):
        known = ParameterGroup.known[group]
        rows = [
            (
                *(f"`{name.removeprefix(group + '.')}`", about.about, f"{value:g} {about.unit}"),
                *(f"{about.low:g} to {about.high:g}", plausible(value, about), about.role, about.source),
            )
            for name, value, about in some
        ]
        evidence = f" Evidence: {', '.join(known.evidence)}." if known.evidence else ""
        sections += [f"## {group}", "", listings.group_title(known, listings.Tongue("en")) + evidence, ""]
        sections += [table(PARAMETER_HEAD, rows), ""]
    return "\n".join(sections)


def plausible(value: float, about: ParameterSpec) -> str:
    """Return the plausible range of a parameter that nobody has measured; empty for all others."""
    found = plausible_range(value, about)
    return f"{found.low:.3g} to {found.high:.3g}{'' if found.stated else ' (factor of 2)'}" if found else ""


def measures_page(language: str) -> str:
    """Return a table of all monthly measures in a language."""
    title, about = MEASURE_HEAD[language]
    rows = (
        (f"`{name}`", catalogue.unit(one.unit, language), catalogue.meaning(name, language))
        for name, one in MEASURES.items()
    )
    return "\n".join([f"# {title}", "", about, "", table(TABLE_HEAD[language], rows), ""])


def spanish_glossary() -> str:
    """Return the glossary in Spanish, with the English terms beside."""
    words = tomllib.loads(SPANISH_MEANINGS.read_text(encoding="utf-8"))
    _, *parts = re.split(r"^## (.+)$", (DOCUMENTS / "GLOSSARY.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    sections = ["# Glosario", "", GLOSSARY_ABOUT, ""]
    for title, rows in zip(parts[::2], parts[1::2], strict=True):
        _, *found = GLOSSARY_ROW.findall(rows)
        cells = ((spanish, english, words["meanings"][spanish], name.strip()) for english, spanish, _, name in found)
        sections += [f"## {words['sections'][title]}", "", table(GLOSSARY_HEAD, cells), ""]
    return "\n".join(sections)


def odd_pages() -> Iterator[tuple[str, str]]:
    """Yield the ODD in parts: one page for each of its chapters and for each package of mechanisms."""
    whole, *_ = odd.odd_page().partition("\n## 7 ")
    _, *parts = PART.split(whole)
    texts, places = {}, dict[str, str]()
    for number, title, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        page = f"{number}_{re.split('[:,]', title.lower())[0].replace(' ', '_')}"
        introduction, *sections = re.split(r"^### (?=6)", body, flags=re.MULTILINE)
        texts[page] = f"# {title}\n\n{raised(introduction.strip())}"
        for section in sections:
            package = package_of(section.split()[1])
            page = f"6_{package}"
            heading = section.partition("\n")[0]
            places[heading.split()[1]] = f"{page}.md#{odd.anchor(heading)}"
            own = section.partition("\n[daily_rhythm]: #")[0].rstrip().replace("](#4", "](4_design_concepts.md#4")
            texts[page] = texts.get(page, f"# Mechanisms: {package}") + f"\n\n## {raised(own)}"
    links = "\n".join(f"[{name}]: {place}" for name, place in places.items())
    for page, text in texts.items():
        yield f"understand/odd/{page}.md", f"{text}\n\n{links}\n"
    yield "understand/odd/index.md", listing("The ODD, part by part", "", texts)


def raised(text: str) -> str:
    """Return a text with its headings one level higher; on a page of its own each begins below the title."""
    return re.sub(r"^#(##+ )", r"\1", text, flags=re.MULTILINE)


def package_of(name: str) -> str:
    """Return the package of a mechanism, or "others" for what the frame of the ODD describes."""
    return next((path.parent.parent.name for path in odd.sections() if path.parent.name == name), "others")


def listing(title: str, about: str, names: Iterable[str]) -> str:
    """Return a page that lists others."""
    return f"# {title}\n\n{about}\n\n```{{toctree}}\n:maxdepth: 1\n\n" + "\n".join(names) + "\n```\n"


def decision_pages() -> Iterator[tuple[str, str]]:
    """Yield the decision records and their list."""
    paths = sorted((DOCUMENTS / "decisions").glob("*.md"))
    for path in paths:
        page = f"understand/decisions/{path.name}"
        yield page, shown_on(page, path)
    about = "Why the model and the program are as they are, in the order in which it was decided."
    yield "understand/decisions/index.md", listing("Decisions", about, (path.stem for path in paths))
