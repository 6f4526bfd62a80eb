"""Write the generated documents (ODD, map, dictionary, list of results): `python -m experiments.dev.documents`."""

from collections.abc import Mapping
from pathlib import Path

from experiments.dev import reference
from experiments.dev.documents import answer, declared, evidence, metadata, module_map, odd
from experiments.dev.documents.render import ROOT
from experiments.storage.writing import write_atomically

README = ROOT / "README.md"


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
        odd.ODD: "\n".join((odd.odd_page(), declared.parameter_lists(), evidence.evidence_section())),
        module_map.MAP: "\n".join((module_map.map_page(), odd.writers_section())),
    }


def committed_documents() -> dict[Path, str]:
    """Return the current text of each generated document that is committed, by path."""
    return {
        evidence.SPANISH: evidence.spanish_page(evidence.SPANISH.read_text(encoding="utf-8")),
        **metadata.metadata_documents(),
        odd.SHORT: odd.short_page(odd.SHORT.read_text(encoding="utf-8")),
        declared.RESULT_TABLES: declared.result_tables(),
        **with_results(),
        **{page: declared.column_page(language) for language, page in declared.COLUMN_PAGES.items()},
    }


def write_documents(documents: Mapping[Path, str]) -> None:
    """Write documents, with the same bytes on every system."""
    for path, text in documents.items():
        write_atomically(path, text.encode())


def main() -> None:
    """Write every generated document."""
    write_documents(released_documents() | committed_documents())
