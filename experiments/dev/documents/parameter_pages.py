"""Write the pages of the site on parameters: one for each package, and a first page that searches all of them."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from experiments.cli import listings
from experiments.dev.documents.markdown import WIDE, contents, table
from experiments.dev.documents.module_map import PACKAGES, ROOT, TEXTS, package_title
from experiments.narrative.labels import range_label
from experiments.words import catalogue
from experiments.words.bilingual import FigureTexts
from experiments.words.toml_files import toml_beside
from model.engine.parameters import ParameterGroup, ParameterSpec, all_parameters
from model.engine.plausible import plausible_range
from scenarios.groups import declared_groups
from scenarios.lever_places import lever_places

WORDS: dict[str, Any] = toml_beside(__file__)
FIRST_PAGES = {"en": "lookup/parameters", "es": "es/parametros"}
"""Page with the search, by language; those of the packages lie in a folder of the same name."""
SEARCH = """```{{raw}} html
<form role="search" class="parameter-search">
<label for="parameter-query">{search}</label>
<input id="parameter-query" type="search" autocomplete="off" spellcheck="false">
<p id="parameter-count" role="status" data-words="{found}"></p>
<ul id="parameter-found"></ul>
</form>
<script id="parameter-index" type="application/json">{index}</script>
<script src="../_static/parameter_search.js"></script>
```
"""


class DescribedParameter(NamedTuple):
    """A parameter with its full name, its default value and its description."""

    name: str
    value: float
    about: ParameterSpec


def parameter_pages(language: str) -> Iterator[tuple[str, str]]:
    """Yield the first page and the page of each package, in a language."""
    packages = parameters_by_package()
    first = FIRST_PAGES[language]
    yield f"{first}.md", first_page(packages, language)
    for package, parameters in packages.items():
        yield f"{first}/{package}.md", package_page(package, parameters, language)


def parameters_by_package() -> dict[str, list[DescribedParameter]]:
    """Return the parameters of each package that has any, those of the model from its lowest layer up."""
    groups = declared_groups()
    found: dict[str, list[DescribedParameter]] = {package: [] for package in (*PACKAGES, "scenarios")}
    for one in (DescribedParameter(*parameter) for parameter in all_parameters()):
        group = groups.get(one.name.partition(".")[0])
        if group is not None and group.__module__.startswith(("model.", "scenarios.")):
            found[package_of(group)].append(one)
    return {package: parameters for package, parameters in found.items() if parameters}


def package_of(group: type[ParameterGroup]) -> str:
    """Return the package in which a group of parameters is declared, such as "crime"."""
    top, *rest = group.__module__.split(".")
    return rest[0] if top == "model" else top


def first_page(packages: dict[str, list[DescribedParameter]], language: str) -> str:
    """Return the page that explains the columns, searches all parameters and lists the packages."""
    words, folder = WORDS[language], FIRST_PAGES[language].rpartition("/")[2]
    rows = (
        (f"[{package}]({folder}/{package}.md)", title_of(package, language), str(len(some)), str(count_levers(some)))
        for package, some in packages.items()
    )
    index = json.dumps(search_index(packages, language, folder), ensure_ascii=False, separators=(",", ":"))
    search = SEARCH.format(search=words["search"], found=words["found"], index=index.replace("<", "\\u003c"))
    list_of_packages = table(words["packages"].split(" | "), rows)
    pages = contents((f"{folder}/{package}" for package in packages), hidden=True)
    return "\n".join([f"# {words['title']}", "", search, list_of_packages, words["about"], pages])


def count_levers(parameters: Sequence[DescribedParameter]) -> int:
    """Return how many of some parameters a policy may set."""
    return sum(one.about.role == "lever" for one in parameters)


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
        return str(WORDS["packages_es"][package])
    return TEXTS["folders"]["scenarios"] if package == "scenarios" else package_title(ROOT / "model" / package)


def package_page(package: str, parameters: Sequence[DescribedParameter], language: str) -> str:
    """Return the page of one package, with a table for each group of parameters."""
    words, say = WORDS[language], FigureTexts(language)
    sections = [f"# {words['of'].format(package=package)}", "", words["back"], "", WIDE, ""]
    for name, some in groupby(parameters, key=lambda one: one.name.partition(".")[0]):
        group = ParameterGroup.known[name]
        evidence = f"{words['evidence']}: {', '.join(group.evidence)}." if group.evidence else ""
        title = listings.group_title(group, say)
        told = f"{title[:1].upper()}{title[1:].removesuffix('.')}. " if title else ""
        rows = table(words["head"].split(" | "), (parameter_row(one, language) for one in some))
        sections += [f"## {name}", "", f"{told}{evidence}", "", rows, ""]
    return "\n".join(sections)


def parameter_row(one: DescribedParameter, language: str) -> tuple[str, ...]:
    """Return the row of a parameter; its name is the target of links from the search."""
    say, about, words = FigureTexts(language), one.about, WORDS[language]
    place = lever_places().get(one.name)
    place_text = f"; {say(*listings.PLACES_OF_LEVERS[place])}" if place else ""
    unit = catalogue.unit(about.unit, "es") if language == "es" else about.unit
    return (
        f'<span id="{one.name}">`{one.name}`</span>',
        f"{meaning_of(one, language)}; *{say(*listings.ROLES[about.role])}*{place_text}",
        f"{one.value:g} {unit}",
        range_label(about.low, about.high, words["between"]) + plausible_text(one, language),
        about.source,
    )


def meaning_of(one: DescribedParameter, language: str) -> str:
    """Return the meaning of a parameter in a language."""
    return catalogue.parameter(one.name, "es") if language == "es" else one.about.about


def plausible_text(one: DescribedParameter, language: str) -> str:
    """Return the plausible values of an unmeasured parameter as text to append to its range, or ""."""
    plausible, words = plausible_range(one.value, one.about), WORDS[language]
    if not plausible:
        return ""
    factor = "" if plausible.stated else f" ({words['factor']})"
    return f"; {words['plausible']} {plausible.low:.3g} {words['between']} {plausible.high:.3g}{factor}"
