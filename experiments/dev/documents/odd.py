"""Assemble the ODD from its frame and the sections of the mechanisms, which are stored with their code."""

import itertools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from experiments.dev.documents.module_map import TEXTS, wrapped
from experiments.dev.documents.table_access import access_by_mechanism, written_places
from model.simulation.columns import TALLY
from model.simulation.registry import MECHANISMS, ROW_OF_TABLE, TABLES
from model.world.mechanism import HazardModifier, leave_factors
from model.world.shift_events import EVENT_TABLES


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


MODEL = Path(__file__).parents[3] / "model"
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
