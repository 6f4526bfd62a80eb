"""Writes the documents that are generated, `model/ODD.md` and `model/MAP.md`: `python -m experiments.documents`."""

import tomllib
from pathlib import Path
from typing import Any

from experiments.documents import module_map, odd, writers
from experiments.documents.module_map import wrapped
from model.parameters import Group, Number, every_number
from model.register import ORDER
from scenarios.groups import declare_all

EVIDENCE = odd.MODEL / "evidence.toml"


def parameter_lists() -> str:
    """Return the section with the parameters of every group."""
    declare_all()
    lines = [
        "## 7 Parameters\n",
        wrapped(
            "`name` = default [unit] within its range, value when switched off, role: meaning. Source. Roles: site "
            "fact, behaviour (shared by all sites), lever (what a policy may set)."
        ),
    ]
    group = ""
    for name, value, about in every_number():
        prefix, _, key = name.partition(".")
        if not Group.known[prefix].__module__.startswith("model."):
            continue
        if prefix != group:
            group = prefix
            lines += ["", *heading(Group.known[group]), ""]
        lines.append(parameter(key, value, about))
    return "\n".join(lines) + "\n"


def parameter(key: str, value: float, about: Number) -> str:
    """Return the entry of one parameter."""
    off = "" if about.off is None else f", off {about.off:g}"
    what = f"{value:g} [{about.unit}] within {about.low:g} to {about.high:g}{off}, {about.role}"
    return wrapped(f"`{key}` = {what}: {about.about}. Source: {about.source}.", "- ", "  ")


def evidence_rows() -> dict[str, dict[str, str]]:
    """Return the paper's mechanisms by evidence id: what it ``says``, a ``test``, or ``why`` it is not modelled."""
    rows: dict[str, Any] = tomllib.loads(EVIDENCE.read_text(encoding="utf-8"))
    return {key: row if isinstance(row, dict) else {"says": row} for key, row in rows.items()}


def carriers(evidence: str) -> list[type[Group]]:
    """Return the groups of the model that rest on a row of evidence, mechanisms before settings."""
    own = [group for group in declare_all().values() if group.__module__.startswith("model.")]
    found = [group for group in own if evidence in group.evidence]
    return sorted(found, key=lambda group: (not group.mechanism, group.name))


def guard_of(groups: list[type[Group]], row: dict[str, str]) -> str:
    """Return the test that would fail without a row of evidence."""
    if "test" in row:
        return row["test"]
    shown = [one.group for one in ORDER if one.knockout is not None]
    known = [group.name for group in groups if group in shown]
    return f"knock-out of {known[0]}" if known else ""


def evidence_list() -> str:
    """Return the section that names for each mechanism of the paper what carries it, or why nothing does."""
    lines = [
        "## 8 What the paper describes, and what carries it\n",
        "From `model/evidence.toml` and the `evidence` of the groups in the code: what the paper says; what carries it",
        "here; the test that would fail without it.\n",
    ]
    for key, row in evidence_rows().items():
        groups = carriers(key)
        by = ", ".join(group.name for group in groups)
        stated = (
            f"Carried by {by}; {guard_of(groups, row)}." if "why" not in row else f"Not modelled, because {row['why']}."
        )
        lines += [wrapped(f"**{key}** {row['says']}.", "- ", "  "), wrapped(stated, "  ", "  ")]
    return "\n".join(lines) + "\n"


def heading(group: type[Group]) -> list[str]:
    """Return title, sentence and evidence of one group."""
    kind = "mechanism" if group.mechanism else "setting"
    evidence = f" Evidence: {', '.join(group.evidence)}." if group.evidence else ""
    doc = (group.__doc__ or "").split("\n")[0]
    return [f"### Parameters of {group.name} ({kind})", "", wrapped(f"{doc}{evidence}")]


def written() -> dict[Path, str]:
    """Return the generated documents by path, as they should be."""
    return {
        odd.ODD: "\n".join((odd.stated(), parameter_lists(), evidence_list())),
        module_map.MAP: "\n".join((module_map.stated(), writers.stated())),
    }


def main() -> None:
    """Write every generated document."""
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")
