"""List the mechanisms that write each column, and what each reads and writes, from the syntax of the rules."""

from collections.abc import Iterable, Mapping

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
