"""List the evidence of the paper: rows that the model reproduces, and the change if its cause is removed."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from experiments.dev.documents import odd
from experiments.dev.documents.module_map import TEXTS
from experiments.dev.documents.render import wrapped
from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import ParameterGroup, group_named
from scenarios.groups import declared_groups

EVIDENCE, BUILT_IN = odd.MODEL / "docs" / "evidence.toml", odd.MODEL / "built_in.toml"
SPANISH = odd.MODEL / "docs" / "ODD.es.md"
LISTS_MARK = "<!-- De aquí en adelante lo escribe `python -m experiments.dev.documents`. -->"
LISTS = {"carried": "Carried", "number only": "A number only", "not modelled": "Not modelled"}
"""The three lists, with their headings."""
SPANISH_TITLES = {
    "number only": "**Lo que es solo un número.** Es un valor fijado; ningún agente lo realiza. De ello no sale nada "
    "que no se haya puesto.",
    "not modelled": "**Lo que no está en el modelo.**",
}
KINDS = ("definitional", "own process", "outcome")
"""Strength of a carried row: shows that a switch works, a step of the mechanism, or an outcome for residents."""
LEDGER = "ledger."
"""Prefix of a quantity that is a column of the ledger of trust."""


@dataclass(frozen=True, kw_only=True)
class EvidenceRow:
    """Row of evidence: its statement (``says``), its ``list``, and the reason for that.

    Of a carried row, ``quantity`` at ``site`` differs between two worlds given by policies and parameters: compared
    with the world of ``has``, it falls or rises (``without``) in the world of ``lacks``; ``but`` names parts of the row
    that are left out.  Of other rows, ``why`` is the reason in English and Spanish.
    """

    id: str
    says: str
    list: str
    site: str = "villa_canales"
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    quantity: str = ""
    without: str = ""
    kind: str = ""
    because: str = ""
    but: str = ""
    why: Mapping[str, str] | None = None


@cache
def evidence_rows() -> dict[str, EvidenceRow]:
    """Return the rows of evidence by their ids."""
    content = tomllib.loads(EVIDENCE.read_text(encoding="utf-8"))
    return {name: row_of(name, entries) for name, entries in content.items()}


def row_of(name: str, entries: Mapping[str, Any]) -> EvidenceRow:
    """Return one row; raise InputError if an entry is unknown or a rule is broken."""
    known = [field.name for field in fields(EvidenceRow) if field.name != "id"]
    for key in entries:
        if key not in known:
            raise InputError(f"{EVIDENCE}: row {name} has no '{key}'{suggest_nearest(key, known)}")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entries.items()}
    row = EvidenceRow(id=name, **values)
    for broken, rule in broken_rules(row):
        if broken:
            raise InputError(f"{EVIDENCE}: row {name} {rule}")
    return row


def broken_rules(row: EvidenceRow) -> tuple[tuple[bool, str], ...]:
    """Return the rules for a row: whether each is broken, and its message."""
    carried = row.list == "carried"
    return (
        (row.list not in LISTS, f"must be in one of the lists {', '.join(LISTS)}, got '{row.list}'"),
        (carried and not row.quantity, "is carried: say its quantity"),
        (carried and row.without not in ("falls", "rises"), f"needs without = falls or rises, got '{row.without}'"),
        (carried and row.has == row.lacks, "is carried: the world that lacks it must differ from the one that has it"),
        (carried and row.kind not in KINDS, f"needs kind = one of {', '.join(KINDS)}, got '{row.kind}'"),
        (carried and not row.because, "is carried: say because of what it is of its kind"),
        (carried and row.why is not None, "is carried and needs no reason"),
        (not carried and (row.why is None or set(row.why) != {"en", "es"}), "needs a reason in en and es"),
        (not carried and bool(row.quantity or row.has or row.lacks), "is not carried and names no quantity"),
    )


def groups_citing(row_id: str) -> list[type[ParameterGroup]]:
    """Return the parameter groups of the model that cite a row of evidence, mechanisms first."""
    model_groups = [group for group in declared_groups().values() if group.__module__.startswith("model.")]
    citing = [group for group in model_groups if row_id in group.evidence]
    return sorted(citing, key=lambda group: (not group.mechanism, group.name))


def rows_in_list(name: str) -> list[EvidenceRow]:
    """Return the rows of one list."""
    return [row for row in evidence_rows().values() if row.list == name]


def evidence_section() -> str:
    """Return the section of the ODD with the three lists, and the effects that policies set directly."""
    lines = ["## 8 What the paper describes, and what carries it\n", wrapped(TEXTS["evidence_head"])]
    for number, (name, title) in enumerate(LISTS.items(), start=1):
        rows = rows_in_list(name)
        lines.append(f"\n### 8.{number} {title} ({len(rows)} of {len(evidence_rows())})\n")
        for row in rows:
            lines += [wrapped(f"**{row.id}** {row.says}.", "- ", "  "), wrapped(row_explanation(row), "  ", "  ")]
    return "\n".join([*lines, f"\n### 8.{len(LISTS) + 1} Built in, not found\n", *built_in_lines()]) + "\n"


def row_explanation(row: EvidenceRow) -> str:
    """Return the comparison that shows that a row is carried, or why it is not."""
    if row.why:
        return f"Because {row.why['en']}."
    groups = ", ".join(group.name for group in groups_citing(row.id))
    world_without = " ".join(f"`{item}`" for item in row.lacks) or "the status quo"
    world_with = " ".join(f"`{item}`" for item in row.has)
    place = {"villa_canales": "Villa Canales", "totonicapan": "Totonicapán"}[row.site]
    worlds = f"{world_without} against {world_with}" if world_with else world_without
    but = f" But {row.but}." if row.but else ""
    kind = f"{row.kind.capitalize()}: {row.because}."
    return f"Carried by {groups}. `{row.quantity}` {row.without} without it ({place}: {worlds}). {kind}{but}"


def built_in_lines() -> Iterator[str]:
    """Yield the levers by which a policy sets a hazard directly, with the parameter of their strength."""
    yield wrapped(f"{TEXTS['built_in_head']}\n")
    yield ""
    for lever, effect in tomllib.loads(BUILT_IN.read_text(encoding="utf-8")).items():
        group, _, key = effect["by"].partition(".")
        about, value = group_named(group).parameter_specs()[key], getattr(group_named(group)(), key)
        strength = f"`{effect['by']}` = {value:g} (source: {about.source})"
        yield wrapped(f"`{lever}`: {effect['what']['en']}, by {strength}.", "- ", "  ")


def spanish_page(text: str) -> str:
    """Return the short ODD in Spanish with the lists of rows that are only a number or not modelled at its end."""
    before, mark, _ = text.partition(LISTS_MARK)
    assert mark, f"{SPANISH} must say where the lists begin"
    lines = [before + LISTS_MARK]
    for name, title in SPANISH_TITLES.items():
        lines += ["", wrapped(title), ""]
        lines += [wrapped(f"{row.id}: {row.why['es']}.", "- ", "  ") for row in rows_in_list(name) if row.why]
    return "\n".join(lines) + "\n"
