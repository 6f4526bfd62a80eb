"""Write the data dictionary: columns of each table of results, with unit and meaning in both languages."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from experiments.tools.documents.module_map import TEXTS, wrapped
from experiments.words.dictionary import EFFECT_TABLES, column, dictionary_page

TABLES = Path(__file__).parents[2] / "words" / "TABLES.md"
REST = "What is not told here is as in `effects.parquet`. · Lo que aquí no se dice es como en `effects.parquet`.\n"
SHORT = {"settlements": "settlement", "groups": "group", "cells": "cell", "ledger": "ledger", "origins": "origin"}
"""Names that the model uses for the rows of its monthly tables, by file name."""


def document() -> str:
    """Return the document."""
    return "\n".join(
        [TEXTS["tables_head"], *(line for table in ("every", *dictionary_page()["tables"]) for line in part(table))]
    )


def part(table: str) -> Iterator[str]:
    """Yield the lines of one table."""
    told = dictionary_page()["tables"].get(table, {"en": "in every table of runs", "es": "en cada tabla de corridas"})
    yield f"## {'Keys · Claves' if table == 'every' else f'`{table}.parquet`'}\n"
    yield wrapped(f"{told['en']} · {told['es']}") + "\n"
    if table in EFFECT_TABLES:
        yield REST
    if lines := [entry(table, name) for name in columns(table)]:
        yield "\n".join([*lines, ""])


def columns(table: str) -> Iterable[str]:
    """Return the columns of a table except those common to all tables and the measures, which are listed elsewhere."""
    if table in SHORT:
        from model.simulation.model import HISTORY_TABLES  # imports Mesa

        return [name for name in HISTORY_TABLES[SHORT[table]].dtype.names or () if name != "month"]
    return dictionary_page().get(table, {})


def entry(table: str, name: str) -> str:
    """Return the entry of one column."""
    one = column(table, name)
    unit = f" [{one.unit}]" if one.unit else ""
    role = "" if one.role == "value" else f", {one.role}"
    return wrapped(f"`{name}`{unit}{role}: {one.en} · {one.es}", "- ", "  ")
