"""Names and docstrings that a newcomer understands: the rules of CONTRIBUTING, checked."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.simulation.registry import MONTH_SCHEDULE, SHIFT_SCHEDULE
from model.simulation.world import World

ROOT = Path(__file__).parents[2]
CHECKED = ("model", "scenarios", "confianza", "experiments")
RIDDLE = re.compile(r"(What|Who|Whose|Where|Whether|How|The same)\b")
LONGEST_SUMMARY = 110
LONGEST_SENTENCE = 40
SINGLE_WORDS = {
    *("step", "initialise", "main", "load"),
    *("constant", "derived", "kernel", "parameter", "prefetch", "fingerprint", "logistic", "apportion"),
    *("snapshot", "survey", "decay", "reader", "readers", "intervention", "names", "policies", "worlds"),
    *("philox4x32", "exp", "log", "log1p", "power"),
}
"""Public functions that may bear one word: hooks of a mechanism, verbs of Mesa and numpy, terms of the field."""
STEPS = {*SHIFT_SCHEDULE, *MONTH_SCHEDULE}
"""Steps bear the word that the schedule has for them."""
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def files(packages: tuple[str, ...] = CHECKED) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def docstrings(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, DOCUMENTED) and (doc := ast.get_docstring(node)):
            yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}", doc


def sentences(doc: str) -> list[str]:
    prose = re.split(r"\n\s*\n|\n\s*[-*>] |\n\s*\d+\. ", doc)
    told = [part for part in prose if not part.startswith("\b")]  # a table of the shell
    return [one for part in told for one in re.split(r"(?<=[.;:?])\s+", " ".join(part.split()))]


@pytest.mark.parametrize("package", [*CHECKED, "tests/support"])
def test_no_docstring_begins_with_a_riddle(package: str) -> None:
    told = [
        f"{place}: {doc[:60]}" for path in files((package,)) for place, doc in docstrings(path) if RIDDLE.match(doc)
    ]
    assert told == []


@pytest.mark.parametrize("package", CHECKED)
def test_summaries_are_one_short_sentence(package: str) -> None:
    for path in files((package,)):
        for place, doc in docstrings(path):
            summary = doc.split("\n\n")[0]
            assert len(" ".join(summary.split())) <= 2 * LONGEST_SUMMARY, place
            assert summary.rstrip().endswith((".", ":", "?")), f"{place}: end the summary with a full stop"


@pytest.mark.parametrize("package", CHECKED)
def test_no_sentence_of_a_docstring_has_more_than_forty_words(package: str) -> None:
    long = [
        f"{place}: {one[:60]}"
        for path in files((package,))
        for place, doc in docstrings(path)
        for one in sentences(doc)
        if len(one.split()) > LONGEST_SENTENCE
    ]
    assert long == []


def test_each_class_name_exists_once_in_the_project() -> None:
    homes = {
        (node.name, path)
        for path in files(CHECKED)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    found = Counter(name for name, _ in homes)
    assert {name: times for name, times in found.items() if times > 1} == {}


def test_public_functions_say_in_more_than_one_word_what_they_do() -> None:
    single = {
        (node.name, str(path.relative_to(ROOT)))
        for path in files(("model",))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and "_" not in node.name
        and node.name not in SINGLE_WORDS | STEPS | set(World._fields)
    }
    assert single == set()


@pytest.mark.parametrize(
    ("doc", "riddle"), [("Whose a folder is.", True), ("Return the owner of a folder.", False), ("However.", False)]
)
def test_a_riddle_is_told_from_a_sentence(doc: str, riddle: bool) -> None:
    assert bool(RIDDLE.match(doc)) is riddle
