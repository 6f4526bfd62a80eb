"""Write the generated documents (ODD, map, dictionary, list of results): `python -m experiments.dev.documents`."""

from collections.abc import Mapping
from pathlib import Path

from experiments.dev import reference
from experiments.dev.documents import answer, column_docs, evidence, metadata, module_map, odd, short_odd, table_docs
from experiments.dev.documents.module_map import wrapped
from experiments.narrative.labels import range_label
from experiments.storage.writing import write_atomically
from model.engine.parameters import ParameterGroup, ParameterSpec, all_parameters
from scenarios.groups import declared_groups

README = Path(__file__).parents[3] / "README.md"


def parameter_lists() -> str:
    """Return the section with the parameters of every group."""
    declared_groups()
    lines = [
        "## 7 Parameters\n",
        wrapped(
            "`name` = default [unit] within its range, value when switched off, role: meaning. Source. Roles: site "
            "fact, behaviour (shared by all sites), lever (what a policy may set)."
        ),
    ]
    group = ""
    for name, value, about in all_parameters():
        prefix, _, key = name.partition(".")
        if not ParameterGroup.known[prefix].__module__.startswith(("model.", "scenarios.")):
            continue
        if prefix != group:
            group = prefix
            lines += ["", *group_heading(ParameterGroup.known[group]), ""]
        lines.append(parameter_entry(key, value, about))
    return "\n".join(lines) + "\n"


def parameter_entry(key: str, value: float, about: ParameterSpec) -> str:
    """Return the entry of one parameter."""
    off = "" if about.off is None else f", off {about.off:g}"
    what = f"{value:g} [{about.unit}] within {range_label(about.low, about.high)}{off}, {about.role}"
    return wrapped(f"`{key}` = {what}: {about.about}. Source: {about.source}.", "- ", "  ")


def group_heading(group: type[ParameterGroup]) -> list[str]:
    """Return the heading of one group: title, first sentence of its docstring, and evidence."""
    kind = "mechanism" if group.mechanism else "setting"
    evidence = f" Evidence: {', '.join(group.evidence)}." if group.evidence else ""
    doc = (group.__doc__ or "").split("\n")[0]
    return [f"### Parameters of {group.name} ({kind})", "", wrapped(f"{doc}{evidence}")]


def with_results() -> dict[Path, str]:
    """Return the documents that state recorded results; none in a copy without results."""
    if not answer.ANSWER_TABLE.is_file():
        return {}
    return {
        README: answer.with_answer(README.read_text(encoding="utf-8")),
        reference.README: reference.readme_as_it_should_be(),
    }


def released_documents() -> dict[Path, str]:
    """Return the text of the ODD and of the map, by path; git ignores both files, and releases contain them."""
    return {
        odd.ODD: "\n".join((odd.odd_page(), parameter_lists(), evidence.evidence_section())),
        module_map.MAP: "\n".join((module_map.map_page(), odd.writers_section())),
    }


def committed_documents() -> dict[Path, str]:
    """Return the current text of each generated document that is committed, by path."""
    return {
        evidence.SPANISH: evidence.spanish_page(evidence.SPANISH.read_text(encoding="utf-8")),
        **metadata.metadata_documents(),
        short_odd.SHORT: short_odd.short_page(short_odd.SHORT.read_text(encoding="utf-8")),
        table_docs.TABLES: table_docs.tables_page(),
        **with_results(),
        **{page: column_docs.column_page(language) for language, page in column_docs.PAGES.items()},
    }


def write_documents(documents: Mapping[Path, str]) -> None:
    """Write documents, with the same bytes on every system."""
    for path, text in documents.items():
        write_atomically(path, text.encode())


def main() -> None:
    """Write every generated document."""
    write_documents(released_documents() | committed_documents())
