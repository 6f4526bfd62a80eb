"""Assemble the ODD: its frame, the sections of the mechanisms, its short form, and the pages of the site on both."""

import importlib
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from experiments.dev.documents.module_map import PACKAGES, TEXTS, package_title
from experiments.dev.documents.render import ROOT, contents_page, markdown_table, wrapped
from experiments.dev.documents.table_access import access_by_mechanism, written_places
from experiments.words import catalogue
from model.engine.choices import CHOICES_DECLARED
from model.engine.parameters import ParameterSpec, all_parameters
from model.engine.plausible import plausible_range
from model.simulation.columns import TALLY
from model.simulation.registry import MECHANISMS, ROW_OF_TABLE, TABLES
from model.world.mechanism import HazardModifier, leave_factors
from model.world.shift_events import EVENT_TABLES
from scenarios.groups import declared_groups

MODEL = ROOT / "model"
ODD, FRAME = MODEL / "docs" / "ODD.md", MODEL / "docs" / "frame.md"
MECHANISMS_MARK = "<!-- mechanisms -->"
SUBMODELS = "## 6 Submodels"
TITLE = re.compile(r"^# (\w+)(?: \(M(\d+)( in part)?\))?$", re.MULTILINE)
HEADING_MARK = re.compile(r"^(#+ )", re.MULTILINE)
"""Headings in the file of a mechanism; they are two levels deeper in the whole document."""
STEP = re.compile(r"^1\. (?=`)", re.MULTILINE)
HEADING = re.compile(r"^### (\w+)(.*)$", re.MULTILINE)
NOTE = (
    "<!-- Written by `python -m experiments.dev.documents`: edit frame.md, the mechanisms' NAME.md "
    "and the code instead. -->"
)
SHORT = MODEL / "docs" / "ODD_SHORT.md"
PART = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->\n)", re.DOTALL)
DRAWING = re.compile(r"^```\n.*?^```$", re.MULTILINE | re.DOTALL)
CHOICE_HEAD = ("who", "decides on", "between")
PARAMETER_HEAD = ("package", "site facts", "behaviour", "levers", "all", "of these free")
ROLES = ("site", "behaviour", "lever")
CHAPTER_OF = {"entities": "## 2 ", "schedule": "## 3 "}
"""Chapter of the frame of the ODD from which a drawing comes, by the part that shows it."""
CHAPTER = re.compile(r"^## (\d) (.+)$", re.MULTILINE)
PARAMETERS_CHAPTER = "7"
WHOLE_ODD = "_generated/ODD.md"
ABOUT = f"""Every rule of the model, with a page for each chapter and for each package of mechanisms; the
[ODD](index.md) comes first. [Tables by package](../../lookup/parameters.md) take the place of the chapter on
parameters. The whole text can be read in one file: {{download}}`ODD.md <../../{WHOLE_ODD}>`."""
SHORT_CONTENTS = "\n```{toctree}\n:hidden:\n\nsupplement\n```\n"


# Who writes what


def writers() -> dict[str, list[str]]:
    """Return the mechanisms that write each column, array or new rows of a table, in the order of the registry."""
    names: dict[str, list[str]] = {}
    for table in (*(table.name for table in TABLES), *EVENT_TABLES):
        row = ROW_OF_TABLE.get(table)
        names |= {f"{table}.{column}": [] for column in (() if row is None else row.columns)}
        names |= {table: []} if row is None or table in EVENT_TABLES else {}
    for one in MECHANISMS:
        for place in written_places(one):
            names[place].append(one.name)
    return names


def access_lines(name: str) -> str:
    """Return the lines of the ODD that say what a mechanism reads and writes."""
    access, record = access_by_mechanism()[name], next(one for one in MECHANISMS if one.name == name)
    written = written_places(record)
    read = [place for place in access.reads if not (place.startswith(f"{TALLY.name}.") and place in written)]
    others = sorted({place.partition(".")[0] for place in access.parameters} - {name})
    lines = (
        ("Reads", grouped(read)),
        ("Reads parameters of", ", ".join(f"`{group}`" for group in others)),
        ("Writes", grouped(written)),
    )
    return "\n".join(wrapped(f"*{verb}* {places}.", "- ", "  ") for verb, places in lines if places)


def grouped(places: Iterable[str]) -> str:
    """Return places by table, as in "`boards` (asked, met), `cells`"."""
    columns: dict[str, list[str]] = {}
    for place in sorted(places):
        table, _, column = place.partition(".")
        columns.setdefault(table, []).extend([column] if column else [])
    return ", ".join(f"`{table}` ({', '.join(own)})" if own else f"`{table}`" for table, own in columns.items())


def writers_section() -> str:
    """Return the section of the map that lists the writers of each column."""
    by_place = writers()
    entries = [table_entry(by_place, table) for table in ROW_OF_TABLE if len(written_by(by_place, table)) > 1]
    tables_by_writers: dict[str, list[str]] = {}
    for table in dict.fromkeys(place.partition(".")[0] for place in by_place):
        names = written_by(by_place, table)
        if names and (table not in ROW_OF_TABLE or len(names) == 1):
            tables_by_writers.setdefault(", ".join(names), []).append(f"`{table}`")
    others = "; ".join(f"{', '.join(tables)}: {names}" for names, tables in tables_by_writers.items())
    entries += [wrapped(f"other tables, as a whole: {others}.", "- ", "  "), hazard_entry()]
    return "\n".join([TEXTS["writers_head"], *entries, ""])


def written_by(by_place: Mapping[str, list[str]], table: str) -> list[str]:
    """Return all mechanisms that write to a table."""
    found = {name for place, names in by_place.items() if place.partition(".")[0] == table for name in names}
    return [one.name for one in MECHANISMS if one.name in found]


def table_entry(by_place: Mapping[str, list[str]], table: str) -> str:
    """Return the writers of one table; columns with the same writers are grouped."""
    columns_by_writers: dict[tuple[str, ...], list[str]] = {}
    for place, names in by_place.items():
        table_name, _, column = place.partition(".")
        if table_name == table and names and (table != TALLY.name or len(names) > 1):
            columns_by_writers.setdefault(tuple(names), []).append(column or "new rows")
    parts = [f"{', '.join(columns)}: {', '.join(names)}" for names, columns in columns_by_writers.items()]
    prefix = "each its own; " if table == TALLY.name else ""
    return wrapped(f"`{table}` {prefix}{'; '.join(parts)}.", "- ", "  ")


def hazard_entry() -> str:
    """Return the mechanisms that change the hazard of crime, and those that guard against crimes."""
    factors = [(one.name, one.hazard) for one in MECHANISMS if one.hazard is not None]
    guards = [name for name, hazard in factors if hazard.spared]
    rates = [f"{name} ({hazard_dimensions(hazard)})" for name, hazard in factors if not hazard.spared]
    return wrapped(f"the hazard of crime: {', '.join(rates)}; guards: {', '.join(guards)}.", "- ", "  ")


def hazard_dimensions(hazard: HazardModifier) -> str:
    """Return the dimensions of a hazard factor: place, person or both."""
    named = (("place", hazard.place), ("person", hazard.person))
    return " and ".join(name for name, factor in named if factor is not leave_factors)


# The whole ODD


def sections() -> list[Path]:
    """Return the files with the sections of the mechanisms, in the order of the mechanisms (M1, M2, …)."""
    return sorted((path for path in MODEL.glob("*/*.md") if path.parent.name != "docs"), key=section_order)


def section_order(path: Path) -> tuple[int, bool, str]:
    """Return the sort key of a section: number of its mechanism, complete before partial ones, then the name."""
    title = TITLE.match(path.read_text(encoding="utf-8"))
    if title is None or title[2] is None:
        raise ValueError(f"{path} must begin with a title like '# fear (M22)'")
    return int(title[2]), title[3] is not None, path.stem


def odd_page() -> str:
    """Return the ODD without the lists from the code, with steps and submodels in order and numbered."""
    texts = (path.read_text(encoding="utf-8").strip() + access_of(path.stem) for path in sections())
    mechanisms = "\n\n".join(HEADING_MARK.sub(r"##\1", section) for section in texts)
    before, _, submodels = FRAME.read_text(encoding="utf-8").replace(MECHANISMS_MARK, mechanisms).partition(SUBMODELS)
    title, rest = before.split("\n", 1)
    steps = itertools.count(1)
    rest = STEP.sub(lambda _: f"{next(steps)}. ", rest)
    return f"{title}\n\n{NOTE}\n{rest}{SUBMODELS}{with_numbers(submodels)}"


def access_of(name: str) -> str:
    """Return the paragraph on what a mechanism reads and writes; empty for a section that is no mechanism's."""
    return f"\n\n{access_lines(name)}" if name in access_by_mechanism() else ""


def with_numbers(submodels: str) -> str:
    """Return the submodels with numbers in their headings, and with the link targets of all names at the end."""
    names = HEADING.findall(submodels)
    places = {name: f"6.{number} {name}{rest}" for number, (name, rest) in enumerate(names, start=1)}
    text = HEADING.sub(lambda heading: f"### {places[heading[1]]}", submodels)
    return (
        text.rstrip("\n") + "\n\n" + "\n".join(f"[{name}]: #{anchor(title)}" for name, title in places.items()) + "\n"
    )


def anchor(title: str) -> str:
    """Return the anchor that a heading gets when Markdown is rendered.

    >>> anchor("6.12 communal_authority (M14)")
    '612-communal_authority-m14'
    """
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


# The short ODD


def short_page(text: str, places: Mapping[str, str] | None = None) -> str:
    """Return the short ODD with its generated parts as the code has them.

    Parameters
    ----------
    text
        The document, with a pair of marks around each generated part.
    places
        Links to the sections of the supplement, by mechanism; without them, names are not linked.
    """
    parts: dict[str, Callable[[], str]] = {
        "entities": lambda: drawing("entities"),
        "schedule": lambda: drawing("schedule"),
        "choices": choice_table,
        "submodels": lambda: submodel_lists(places or {}),
        "parameters": parameter_table,
    }
    return PART.sub(lambda part: f"{part[1]}\n{parts[part[2]]()}\n\n{part[3]}", text)


def drawing(part: str) -> str:
    """Return the drawing of a chapter of the frame, such as that of the schedule."""
    chapter = FRAME.read_text(encoding="utf-8").partition(CHAPTER_OF[part])[2]
    found = DRAWING.search(chapter)
    if found is None:
        raise ValueError(f"{FRAME.name} has no drawing in the chapter '{CHAPTER_OF[part].strip()}'")
    return found[0]


def choice_table() -> str:
    """Return a table of the declared choices by agent."""
    rows: list[tuple[str, str, str]] = []
    for _, choice in sorted(CHOICES_DECLARED.items()):
        options = ", ".join(
            catalogue.find_words("options", f"{choice.name}.{option}", "en") for option in choice.options
        )
        rows.append((choice.agent, catalogue.find_words("matters", choice.name, "en"), options))
    agents = list(dict.fromkeys(agent for agent, _, _ in rows))
    ordered = sorted(rows, key=lambda row: agents.index(row[0]))
    return markdown_table(CHOICE_HEAD, ordered)


def submodel_lists(places: Mapping[str, str]) -> str:
    """Return a list of mechanisms for each package of the model that has any."""
    parts = []
    for package in PACKAGES:
        own = [path for path in sections() if path.parent.name == package]
        if own:
            title = package_title(ROOT / "model" / package)
            entries = "\n".join(submodel_entry(path, places) for path in own)
            parts.append(f"**model/{package}**: {title}.\n\n{entries}")
    return "\n\n".join(parts)


def submodel_entry(section: Path, places: Mapping[str, str]) -> str:
    """Return the entry of one mechanism: name, summary, numbers of its parameters, and what holds when it is off."""
    name = section.stem
    doc = importlib.import_module(f"model.{section.parent.name}.{name}").__doc__ or ""
    shown = f"[{name}]({places[name]})" if name in places else f"`{name}`"
    own = [(value, about) for full, value, about in group_parameters() if full.startswith(f"{name}.")]
    free = sum(is_free(value, about) for value, about in own)
    off = switched_off(doc)
    text = f"{number_of(section)} {shown} ({len(own)} parameters, {free} free): {represents(doc)}"
    return wrapped(f"{text} *Off*: {off}." if off else text, "- ", "  ")


def number_of(section: Path) -> str:
    """Return the number of a mechanism, such as M22, from the title of its section."""
    title = TITLE.match(section.read_text(encoding="utf-8"))
    return f"M{title[2]}" if title else ""


def represents(doc: str) -> str:
    """Return the summary of a mechanism without its number.

    >>> represents("M46, season: crime rises and falls.\\n\\nMore.")
    'Season: crime rises and falls.'
    """
    summary = re.sub(r"^M\d+( in part)?, | \(M\d+\)", "", " ".join(doc.split("\n\n")[0].split()))
    return summary[:1].upper() + summary[1:]


def switched_off(doc: str) -> str:
    """Return what holds where a mechanism is switched off, from its docstring; "" if it does not say so.

    >>> switched_off("M46, season.\\n\\nSwitched off, all days are alike. A note.")
    'all days are alike'
    """
    found = re.search(r"Switched off, (.+?)\.(?=\s|$)", doc, re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def group_parameters() -> Iterator[tuple[str, float, ParameterSpec]]:
    """Yield all parameters of the model and of scenarios."""
    declared_groups()
    yield from all_parameters()


def is_free(value: float, about: ParameterSpec) -> bool:
    """Return whether nobody has measured a parameter, so that studies draw it."""
    return bool(plausible_range(value, about))


def parameter_table() -> str:
    """Return the numbers of parameters by package and role."""
    packages = package_of_group()
    counts: dict[str, Counter[str]] = {}
    for name, value, about in group_parameters():
        package = packages.get(name.partition(".")[0])
        if package is not None:
            counts.setdefault(package, Counter()).update([about.role, *(["free"] if is_free(value, about) else [])])
    order = [f"model/{name}" for name in PACKAGES] + ["scenarios"]
    rows = [parameter_row(f"`{name}`", counts[name]) for name in order if name in counts]
    return markdown_table(PARAMETER_HEAD, [*rows, parameter_row("all", sum(counts.values(), Counter()))])


def parameter_row(name: str, counted: Mapping[str, int]) -> tuple[str, ...]:
    """Return a row of the table of parameters."""
    by_role = [counted.get(role, 0) for role in ROLES]
    return (name, *(f"{number:,}" for number in (*by_role, sum(by_role), counted.get("free", 0))))


def package_of_group() -> dict[str, str]:
    """Return the package in which each group of parameters is declared, as "model/crime" or "scenarios"."""
    places = {}
    for name, group in declared_groups().items():
        top, _, rest = group.__module__.partition(".")
        if top in ("model", "scenarios"):
            places[name] = f"model/{rest.partition('.')[0]}" if top == "model" else top
    return places


# Pages of the site


def supplement_pages(text: str) -> Iterator[tuple[str, str]]:
    """Yield the full ODD as one page per chapter and per package of mechanisms, and the whole as a file to download."""
    chapters, places = chapters_and_places(text)
    links = "\n".join(f"[{name}]: {place}" for name, place in places.items())
    for page, chapter in chapters.items():
        yield f"understand/odd/{page}.md", f"{chapter}\n\n{links}\n"
    yield "understand/odd/supplement.md", contents_page("Supplement of the ODD", ABOUT, chapters)
    yield WHOLE_ODD, text


def page_of_short_odd(short: str, text: str) -> str:
    """Return the short ODD with links from each mechanism to its section of the full ODD, whose text is given, too."""
    _, places = chapters_and_places(text)
    return short_page(short, places) + SHORT_CONTENTS


def chapters_and_places(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the chapters of the full ODD by page, and the link to each section on a mechanism by its name."""
    _, *parts = CHAPTER.split(text)
    texts, places = dict[str, str](), dict[str, str]()
    for number, title, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if number == PARAMETERS_CHAPTER:  # pages of their own list them
            continue
        page = f"{number}_{re.split('[:,]', title.lower())[0].replace(' ', '_')}"
        introduction, *sections = re.split(r"^### (?=6)", body, flags=re.MULTILINE)
        texts[page] = f"# {title}\n\n{raise_headings(introduction.strip())}"
        for section in sections:
            page, heading = f"6_{page_package(section.split()[1])}", section.partition("\n")[0]
            places[heading.split()[1]] = f"{page}.md#{anchor(heading)}"
            section_text = (
                section.partition("\n[daily_rhythm]: #")[0].rstrip().replace("](#4", "](4_design_concepts.md#4")
            )
            first = f"# Mechanisms: {page.removeprefix('6_')}"
            texts[page] = texts.get(page, first) + f"\n\n## {raise_headings(section_text)}"
    return texts, places


def raise_headings(text: str) -> str:
    """Return a text with its headings one level higher, as needed on a page of its own."""
    return re.sub(r"^#(##+ )", r"\1", text, flags=re.MULTILINE)


def page_package(name: str) -> str:
    """Return the package of a mechanism, or "others" for mechanisms described in the frame of the ODD."""
    return next((path.parent.name for path in sections() if path.stem == name), "others")
