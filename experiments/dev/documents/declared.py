"""Write what the code declares: parameters, columns, tables of results, measures, sources, commands and terms."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import typer

from experiments.cli import listings
from experiments.cli.app import app
from experiments.dev.documents.module_map import PACKAGES, TEXTS, package_title
from experiments.dev.documents.render import ROOT, contents, markdown_table, rendered, wrapped
from experiments.narrative.labels import range_label
from experiments.words import catalogue
from experiments.words.bilingual import FigureTexts
from experiments.words.dictionary import EFFECT_TABLES, column, data_dictionary
from experiments.words.toml_files import toml_beside
from model.engine.parameters import ParameterGroup, ParameterSpec, all_parameters
from model.engine.plausible import plausible_range
from model.simulation.registry import MEASURES
from scenarios.columns import ColumnText, column_texts
from scenarios.groups import declared_groups
from scenarios.lever_places import lever_places

DOCUMENTS = ROOT / "model" / "docs"
PACKAGES_ES: dict[str, str] = toml_beside(__file__, "texts.toml")["packages_es"]
PARAMETER_PAGES = {"en": "lookup/parameters", "es": "es/parametros"}
"""Page with the search, by language; those of the packages lie in a folder of the same name."""
BETWEEN = {"en": "to", "es": "a"}


class DescribedParameter(NamedTuple):
    """A parameter with its full name, its default value and its description."""

    name: str
    value: float
    about: ParameterSpec


def described_parameters() -> Iterator[tuple[type[ParameterGroup], DescribedParameter]]:
    """Yield the parameters of the model and of scenarios, each with its group."""
    groups = declared_groups()
    for one in (DescribedParameter(*parameter) for parameter in all_parameters()):
        group = groups.get(one.name.partition(".")[0])
        if group is not None and group.__module__.startswith(("model.", "scenarios.")):
            yield group, one


# Pages on parameters


def parameter_pages(language: str) -> Iterator[tuple[str, str]]:
    """Yield the first page and the page of each package, in a language."""
    packages, first = parameters_by_package(), PARAMETER_PAGES[language]
    yield f"{first}.md", first_page(packages, language)
    for package, parameters in packages.items():
        groups = [
            group_data(ParameterGroup.known[name], list(some), language)
            for name, some in groupby(parameters, key=lambda one: one.name.partition(".")[0])
        ]
        yield f"{first}/{package}.md", rendered(f"parameter_package.{language}", package=package, groups=groups)


def parameters_by_package() -> dict[str, list[DescribedParameter]]:
    """Return the parameters of each package that has any, those of the model from its lowest layer up."""
    found: dict[str, list[DescribedParameter]] = {package: [] for package in (*PACKAGES, "scenarios")}
    for group, one in described_parameters():
        found[package_of(group)].append(one)
    return {package: parameters for package, parameters in found.items() if parameters}


def package_of(group: type[ParameterGroup]) -> str:
    """Return the package in which a group of parameters is declared, such as "crime"."""
    top, *rest = group.__module__.split(".")
    return rest[0] if top == "model" else top


def first_page(packages: dict[str, list[DescribedParameter]], language: str) -> str:
    """Return the page that explains the columns, searches all parameters and lists the packages."""
    folder = PARAMETER_PAGES[language].rpartition("/")[2]
    index = json.dumps(search_index(packages, language, folder), ensure_ascii=False, separators=(",", ":"))
    listed = [
        {
            "name": package,
            "title": title_of(package, language),
            "parameters": len(some),
            "levers": sum(one.about.role == "lever" for one in some),
        }
        for package, some in packages.items()
    ]
    return rendered(
        f"parameters.{language}",
        index=index.replace("<", "\\u003c"),
        packages=listed,
        folder=folder,
        contents=contents((f"{folder}/{package}" for package in packages), hidden=True),
    )


def search_index(
    packages: dict[str, list[DescribedParameter]], language: str, folder: str
) -> list[tuple[str, str, str]]:
    """Return name, meaning and address of every parameter."""
    return [
        (one.name, meaning_of(one, language), f"{folder}/{package}.html#{one.name}")
        for package, parameters in packages.items()
        for one in parameters
    ]


def title_of(package: str, language: str) -> str:
    """Return what a package holds, in a language."""
    if language == "es":
        return PACKAGES_ES[package]
    return str(TEXTS["folders"]["scenarios"]) if package == "scenarios" else package_title(ROOT / "model" / package)


def group_data(group: type[ParameterGroup], parameters: Sequence[DescribedParameter], language: str) -> dict[str, Any]:
    """Return what a page shows of a group of parameters."""
    title = listings.group_title(group, FigureTexts(language))
    return {
        "name": group.name,
        "title": f"{title[:1].upper()}{title[1:].removesuffix('.')}. " if title else "",
        "evidence": ", ".join(group.evidence),
        "parameters": [parameter_data(one, language) for one in parameters],
    }


def parameter_data(one: DescribedParameter, language: str) -> dict[str, Any]:
    """Return what a page shows of a parameter."""
    say, about = FigureTexts(language), one.about
    place, plausible = lever_places().get(one.name), plausible_range(one.value, about)
    ends = {end: f"{getattr(plausible, end):.3g}" for end in ("low", "high")} if plausible else {}
    data = {
        "name": one.name,
        "meaning": meaning_of(one, language),
        "role": say(*listings.ROLES[about.role]),
        "place": f"; {say(*listings.PLACES_OF_LEVERS[place])}" if place else "",
        "value": f"{one.value:g} {catalogue.unit(about.unit, 'es') if language == 'es' else about.unit}",
        "range": range_label(about.low, about.high, BETWEEN[language]),
        "source": about.source,
    }
    cells = {name: text.replace("|", "\\|") for name, text in data.items()}
    return cells | {"plausible": ends | {"stated": plausible.stated} if plausible else None}


def meaning_of(one: DescribedParameter, language: str) -> str:
    """Return the meaning of a parameter in a language."""
    return catalogue.parameter(one.name, "es") if language == "es" else one.about.about


# Parameters in the ODD


def parameter_lists() -> str:
    """Return the section of the ODD with the parameters of every group."""
    lines = [
        "## 7 Parameters\n",
        wrapped(
            "`name` = default [unit] within its range, value when switched off, role: meaning. Source. Roles: site "
            "fact, behaviour (shared by all sites), lever (what a policy may set)."
        ),
    ]
    for group, some in groupby(described_parameters(), key=lambda one: one[0]):
        lines += ["", *group_heading(group), "", *(parameter_entry(one) for _, one in some)]
    return "\n".join(lines) + "\n"


def parameter_entry(one: DescribedParameter) -> str:
    """Return the entry of one parameter."""
    about = one.about
    off = "" if about.off is None else f", off {about.off:g}"
    what = f"{one.value:g} [{about.unit}] within {range_label(about.low, about.high)}{off}, {about.role}"
    return wrapped(f"`{one.name.partition('.')[2]}` = {what}: {about.about}. Source: {about.source}.", "- ", "  ")


def group_heading(group: type[ParameterGroup]) -> list[str]:
    """Return the heading of one group: title, first sentence of its docstring, and evidence."""
    kind = "mechanism" if group.mechanism else "setting"
    evidence = f" Evidence: {', '.join(group.evidence)}." if group.evidence else ""
    doc = (group.__doc__ or "").split("\n")[0]
    return [f"### Parameters of {group.name} ({kind})", "", wrapped(f"{doc}{evidence}")]


# Columns of files on own municipalities, and of tables of results

COLUMN_PAGES = {"en": ROOT / "docs" / "do" / "own_data.md", "es": ROOT / "docs" / "es" / "datos_propios.md"}
COLUMN_HEADS = {
    "en": ("column", "unit", "may be", "if left out", "what"),
    "es": ("columna", "unidad", "puede ser", "si falta", "qué es"),
}
REQUIRED = {"en": "must be given", "es": "obligatoria"}
RANDOM = {"en": "random", "es": "al azar"}
COLUMN_MARKS = re.compile(r"(<!-- columns: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
RESULT_TABLES = ROOT / "experiments" / "words" / "TABLES.md"
ROWS = {"settlements": "settlement", "groups": "group", "cells": "cell", "ledger": "ledger", "origins": "origin"}
"""Names that the model uses for the rows of its monthly tables, by file name."""


def column_page(language: str) -> str:
    """Return a page with its tables of columns generated from the code."""
    text = COLUMN_PAGES[language].read_text(encoding="utf-8")

    def listed(place: re.Match[str]) -> str:
        rows = (column_row(one, language) for one in column_texts(place[2]))
        return f"{place[1]}\n{markdown_table(COLUMN_HEADS[language], rows)}\n\n{place[3]}"

    return COLUMN_MARKS.sub(listed, text)


def column_row(one: ColumnText, language: str) -> tuple[str, ...]:
    """Return the cells of one column."""
    default = one.default or (RANDOM if one.optional else REQUIRED)[language]
    return f"`{one.name}`", one.unit.get(language, ""), one.range, default, one.about[language]


def result_tables() -> str:
    """Return the document on the columns of the tables of results."""
    every = {"en": "in every table of runs", "es": "en cada tabla de corridas"}
    shown = []
    for name in ("every", *data_dictionary()["tables"]):
        about = data_dictionary()["tables"].get(name, every)
        shown.append(
            {
                "title": "Keys · Claves" if name == "every" else f"`{name}.parquet`",
                "about": wrapped(f"{about['en']} · {about['es']}"),
                "as_effects": name in EFFECT_TABLES,
                "columns": [column_entry(name, one) for one in listed_columns(name)],
            }
        )
    return rendered("tables", tables=shown)


def listed_columns(table: str) -> Iterable[str]:
    """Return the columns of a table except those common to all tables and the measures, which are listed elsewhere."""
    if table in ROWS:
        from model.simulation.model import HISTORY_TABLES  # imports Mesa

        return [name for name in HISTORY_TABLES[ROWS[table]].dtype.names or () if name != "month"]
    return data_dictionary().get(table, {})


def column_entry(table: str, name: str) -> str:
    """Return the entry of one column."""
    entry = column(table, name)
    unit = f" [{entry.unit}]" if entry.unit else ""
    role = "" if entry.role == "value" else f", {entry.role}"
    return wrapped(f"`{name}`{unit}{role}: {entry.en} · {entry.es}", "- ", "  ")


# Measures, sources, commands and terms

GLOSSARY_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|([^|]*)\|$", re.MULTILINE)
SPANISH_MEANINGS = ROOT / "experiments" / "words" / "glossary.toml"


def measures_page(language: str) -> str:
    """Return a table of all monthly measures in a language."""
    measures = [
        (name, catalogue.unit(one.unit, language), catalogue.meaning(name, language)) for name, one in MEASURES.items()
    ]
    return rendered(f"measures.{language}", measures=measures)


def sources_page() -> str:
    """Return a table of the evidence that parameters cite, by code."""
    return rendered("sources.en", rows=sorted((code, *row) for code, row in described_sources().items()))


def described_sources() -> dict[str, tuple[str, str]]:
    """Return statement and source of each row of the evidence, by code."""
    sources = tomllib.loads((DOCUMENTS / "sources.toml").read_text(encoding="utf-8"))
    described = tomllib.loads((DOCUMENTS / "evidence.toml").read_text(encoding="utf-8"))
    paper = {code: row["says"] for code, row in described.items()} | sources["paper"]
    elsewhere = {code: (row["says"], row["from"]) for code, row in sources["elsewhere"].items()}
    return {code: (says, "the paper") for code, says in paper.items()} | elsewhere


def commands_page() -> str:
    """Return the help of every command of the program."""
    program, shown = typer.main.get_command(app), []
    for name, command in sorted(getattr(program, "commands").items()):  # noqa: B009
        if not command.hidden:
            context = typer.Context(command, info_name=f"confianza {name}", max_content_width=88)
            shown.append((name, command.get_help(context).strip()))
    return rendered("commands.en", commands=shown)


def spanish_glossary() -> str:
    """Return the Spanish glossary, with the English term of each entry."""
    words = tomllib.loads(SPANISH_MEANINGS.read_text(encoding="utf-8"))
    _, *parts = re.split(r"^## (.+)$", (DOCUMENTS / "GLOSSARY.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    sections = []
    for title, rows in zip(parts[::2], parts[1::2], strict=True):
        _, *found = GLOSSARY_ROW.findall(rows)
        cells = [(spanish, english, words["meanings"][spanish], name.strip()) for english, spanish, _, name in found]
        sections.append((words["sections"][title], cells))
    return rendered("glossary.es", sections=sections)
