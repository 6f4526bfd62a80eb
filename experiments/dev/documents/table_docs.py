"""Write the data dictionary: columns of each table of results, with unit and meaning in both languages."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from experiments.dev.documents.module_map import TEXTS, wrapped
from experiments.words.dictionary import EFFECT_TABLES, column, data_dictionary

TABLES = Path(__file__).parents[2] / "words" / "TABLES.md"
NOTE = "What is not told here is as in `effects.parquet`. · Lo que aquí no se dice es como en `effects.parquet`.\n"
ROWS = {"settlements": "settlement", "groups": "group", "cells": "cell", "ledger": "ledger", "origins": "origin"}
"""Names that the model uses for the rows of its monthly tables, by file name."""


def tables_page() -> str:
    """Return the document."""
    tables = ("every", *data_dictionary()["tables"])
    return "\n".join([TEXTS["tables_head"], *(line for table in tables for line in table_lines(table))])


def table_lines(table: str) -> Iterator[str]:
    """Yield the lines of one table."""
    texts = data_dictionary()["tables"].get(table, {"en": "in every table of runs", "es": "en cada tabla de corridas"})
    yield f"## {'Keys · Claves' if table == 'every' else f'`{table}.parquet`'}\n"
    yield wrapped(f"{texts['en']} · {texts['es']}") + "\n"
    if table in EFFECT_TABLES:
        yield NOTE
    if lines := [column_entry(table, name) for name in listed_columns(table)]:
        yield "\n".join([*lines, ""])


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
