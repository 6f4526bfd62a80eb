"""Data dictionary: meaning, unit and role of the columns of every table, also stored in each Parquet file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pyarrow as pa

from experiments.words import catalogue
from experiments.words.toml_files import toml_beside
from model.engine.errors import InputError
from scenarios.groups import find_parameter

SCHEMA_VERSION = 3
"""Version of the format of results folders and manifests; a manifest without it is older than versions."""


POLICY_PREFIX, MECHANISM_PREFIX = "policy.", "mechanisms."
"""Prefixes of the columns for a policy of the run, and for a mechanism that is on or off."""
METADATA_PREFIX = "confianza."
DICTIONARY_KEY = b"confianza.columns"
EFFECT_TABLES = (
    *("all_effects", "criteria", "draws", "drawn", "decided", "horizons", "residents", "memory", "verdicts", "alone"),
    *("draw_effects", "uncertainty", "accounts", "contrasts"),
)
SHARED_COLUMNS = {"groups": "settlements", "cells": "settlements"} | dict.fromkeys(EFFECT_TABLES, "effects")
"""Tables that share the meaning of some columns with another table."""


@dataclass(frozen=True)
class DictionaryColumn:
    """Meaning of a column in both languages, with its unit and role.

    A key identifies the run of a row, a subject the object of the row, a factor is varied; all else is a value.
    """

    en: str
    es: str
    unit: str = ""
    role: str = "value"


@cache
def data_dictionary() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Return the meanings of tables and, by table, of their columns."""
    return toml_beside(__file__, "columns.toml")


def units() -> set[str]:
    """Return the units of all columns in ``columns.toml``."""
    return {one["unit"] for part in data_dictionary().values() for one in part.values() if "unit" in one}


@cache
def column(table: str, name: str) -> DictionaryColumn:
    """Return the meaning of a column of a table.

    >>> column("groups", "trust").unit, column("plan", "trust.fast_days").unit, column("cells", "policy.cctv").role
    ('0-1', 'days', 'factor')
    """
    if stated := stated_column(table, name):
        return DictionaryColumn(**stated)
    if name.startswith(POLICY_PREFIX):
        return policy_column(name.removeprefix(POLICY_PREFIX))
    return factor_column(name) or measure_column(name)


def unit_in(table: str, name: str) -> str:
    """Return the unit in ``columns.toml`` of a column, which is then numeric; empty if there is none.

    >>> unit_in("cells", "trust"), unit_in("cells", "settlement")
    ('0-1', '')
    """
    return stated_column(table, name).get("unit", "")


def stated_column(table: str, name: str) -> Mapping[str, str]:
    """Return the entry in ``columns.toml`` of a column; empty if there is none."""
    parts = (data_dictionary().get(part, {}) for part in (table, SHARED_COLUMNS.get(table, ""), "every"))
    return next((part[name] for part in parts if name in part), {})


def policy_column(name: str) -> DictionaryColumn:
    """Return the meaning of the column for a policy of the run."""
    return DictionaryColumn(
        f"whether the run has the policy {name}", f"si la corrida tiene la política {name}", role="factor"
    )


def factor_column(name: str) -> DictionaryColumn | None:
    """Return the meaning of the column of a varied parameter, switch or other setting; None if it is none of these."""
    if name in data_dictionary()["settings"]:
        return DictionaryColumn(**data_dictionary()["settings"][name])
    if name.startswith(MECHANISM_PREFIX):
        mechanism = name.removeprefix(MECHANISM_PREFIX)
        en, es = (catalogue.mechanism(mechanism, language) for language in catalogue.LANGUAGES)
        return DictionaryColumn(f"whether this is on: {en}", f"si esto está activo: {es}", role="factor")
    try:
        group, key = find_parameter(name)
    except InputError:
        return None
    about = group.parameter_specs().get(key)
    return (
        None if about is None else DictionaryColumn(about.about, catalogue.parameter(name, "es"), about.unit, "factor")
    )


def measure_column(name: str) -> DictionaryColumn:
    """Return the meaning of a monthly measure."""
    from model.simulation.registry import MEASURES  # imports Numba, which keys and factors do not need

    en, es = (catalogue.meaning(name, language) for language in catalogue.LANGUAGES)
    return DictionaryColumn(en, es, MEASURES[name].unit)


def with_meanings(table: pa.Table, name: str) -> pa.Table:
    """Return a table with its meaning and those of its fields in the metadata."""
    fields = [field.with_metadata(field_metadata(column(name, field.name))) for field in table.schema]
    about = {f"about_{lang}": text for lang, text in data_dictionary()["tables"][name].items()}
    table_metadata = {"table": name, "schema": str(SCHEMA_VERSION)} | about
    metadata = {f"{METADATA_PREFIX}{key}".encode(): text.encode() for key, text in table_metadata.items()}
    return pa.table(table.columns, pa.schema(fields, metadata))


def field_metadata(about: DictionaryColumn) -> dict[bytes, bytes]:
    """Return the metadata of a field for its column; an empty unit is left out."""
    entries = {"role": about.role, "unit": about.unit, "meaning_en": about.en, "meaning_es": about.es}
    return {key.encode(): text.encode() for key, text in entries.items() if text}


def with_dictionary(table: pa.Table) -> pa.Table:
    """Return a table that repeats the metadata of its fields in its own, for readers that ignore those of fields."""
    fields = {field.name: field_texts(field) for field in table.schema if field.metadata}
    dictionary = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return table.replace_schema_metadata((table.schema.metadata or {}) | {DICTIONARY_KEY: dictionary.encode()})


def field_texts(field: pa.Field) -> dict[str, str]:
    """Return the metadata of a field as text."""
    return {key.decode(): text.decode() for key, text in field.metadata.items()}
