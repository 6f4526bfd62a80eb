"""Write the tables and drawings of the short ODD, which readers meet before its supplement, from the code."""

import importlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from experiments.dev.documents import odd
from experiments.dev.documents.markdown import table
from experiments.dev.documents.module_map import PACKAGES, ROOT, package_title, wrapped
from experiments.words import catalogue
from model.engine.choices import CHOICES_DECLARED
from model.engine.parameters import ParameterSpec, all_parameters
from model.engine.plausible import plausible_range
from scenarios.groups import declared_groups

SHORT = odd.MODEL / "docs" / "ODD_SHORT.md"
PART = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->\n)", re.DOTALL)
DRAWING = re.compile(r"^```\n.*?^```$", re.MULTILINE | re.DOTALL)
CHOICE_HEAD = ("who", "decides on", "between")
PARAMETER_HEAD = ("package", "site facts", "behaviour", "levers", "all", "of these free")
ROLES = ("site", "behaviour", "lever")
CHAPTER_OF = {"entities": "## 2 ", "schedule": "## 3 "}
"""Chapter of the frame of the ODD from which a drawing comes, by the part that shows it."""


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
    chapter = odd.FRAME.read_text(encoding="utf-8").partition(CHAPTER_OF[part])[2]
    found = DRAWING.search(chapter)
    if found is None:
        raise ValueError(f"{odd.FRAME.name} has no drawing in the chapter '{CHAPTER_OF[part].strip()}'")
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
    return table(CHOICE_HEAD, ordered)


def submodel_lists(places: Mapping[str, str]) -> str:
    """Return a list of mechanisms for each package of the model that has any."""
    parts = []
    for package in PACKAGES:
        sections = [path for path in odd.sections() if path.parent.name == package]
        if sections:
            title = package_title(ROOT / "model" / package)
            entries = "\n".join(submodel_entry(path, places) for path in sections)
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
    title = odd.TITLE.match(section.read_text(encoding="utf-8"))
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
    return table(PARAMETER_HEAD, [*rows, parameter_row("all", sum(counts.values(), Counter()))])


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
