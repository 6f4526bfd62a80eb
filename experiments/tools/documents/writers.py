"""List the mechanisms that write each column, from their declarations; a test compares the list with runs."""

from collections.abc import Iterator, Mapping

from experiments.tools.documents.module_map import TEXTS, wrapped
from model.simulation.columns import MINDS, TALLY
from model.simulation.registry import MECHANISMS, ROW_OF_TABLE, TABLE_PLACES
from model.world.mechanism import HazardModifier, Mechanism, leave_factors


def declared_places(one: Mechanism) -> Iterator[str]:
    """Yield the tables and columns that a mechanism declares, those of residents and monthly counts included."""
    rows = [(table, ROW_OF_TABLE.get(table.name)) for table in one.tables]
    for table, row in rows:
        yield from [table.name] if row is None else [f"{table.name}.{column}" for column in row.columns]
    for table, row in ((MINDS, one.mind), (TALLY, one.counts)):
        yield from [] if row is None else [f"{table.name}.{column}" for column in row.columns]


def writers() -> dict[str, list[str]]:
    """Return the mechanisms that write each table or column, in the order of the registry."""
    names: dict[str, list[str]] = {place: [] for place in TABLE_PLACES}
    for one in MECHANISMS:
        for place in dict.fromkeys((*declared_places(one), *one.writes)):
            names[place].append(one.name)
    return names


def writers_section() -> str:
    """Return the section of the map that lists the writers of each column."""
    by_place = writers()
    entries = [table_entry(by_place, table) for table in ROW_OF_TABLE if len(written_by(by_place, table)) > 1]
    tables_by_writers: dict[str, list[str]] = {}
    for table in dict.fromkeys(place.partition(".")[0] for place in TABLE_PLACES):
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
