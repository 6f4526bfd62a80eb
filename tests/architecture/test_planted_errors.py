"""Errors that are easily made are planted in copies of the project; the check that is meant to find each finds it."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest
from test_recipes import copy_of_the_project, edit, run

CONTACTS, PROBLEMS = "model/police/contacts/rules.py", "model/problems/problems/rules.py"


@dataclass(frozen=True)
class Planted:
    """An error: the lines that it replaces, the check that reports it, and what the report says of it."""

    name: str
    file: str
    before: str
    after: str
    check: str
    report: str


PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
CHECKS = {
    "mypy": ("-m", "mypy", "-p", "model"),
    "imports": ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"),
    "bundles": (*PYTEST, "tests/model/world/test_binding.py", "-k", "says_where"),
    "events": (*PYTEST, "tests/model/trust/test_events.py", "-k", "repeats"),
    "processors": (*PYTEST, "tests/architecture/test_portable.py", "-k", "every_processor"),
    "ruff": ("-m", "ruff", "check", "--no-cache", "--output-format", "concise"),
}
"""How each check is run in a copy; all of them run in one copy before anything is planted, and find nothing."""
ERRORS = (
    Planted(
        "a misspelt constant of a table",
        CONTACTS,
        "of(TERRITORY)",
        "of(TERITORY)",
        "mypy",
        r'Name "TERITORY" is not defined; did you mean "TERRITORY"\?',
    ),
    Planted(
        "a misspelt column",
        "model/crime/crime_counts/rules.py",
        "seen_here[visit.cell] += 1",
        "seen_here[visit.cel] += 1",
        "mypy",
        r'"Visit" has no attribute "cel"; maybe "cell"\?',
    ),
    Planted(
        "a misspelt field of a bundle",
        "model/problems/problem_causes/rules.py",
        "tables.problems, tables.problem_at",
        "tables.problems, tables.problem_it",
        "mypy",
        r'"CauseTables" has no attribute "problem_it"; maybe "problem_at"',
    ),
    Planted(
        "a table bound to a field of another type",
        "model/problems/problem_causes/rules.py",
        "    problem_at: IntArray = of(PROBLEM_AT)",
        "    problem_at: FloatArray = of(PROBLEM_AT)",
        "mypy",
        r'Argument 1 to "of" has incompatible type "ArraySpec\[signedinteger.*\]"; expected "ArraySpec\[float64\]"',
    ),
    Planted(
        "two arrays swapped",
        CONTACTS,
        "of(TERRITORY)",
        "of(PROTECTED)",
        "bundles",
        r"ContactTables\.territory is bound to 'protected'",
    ),
    Planted(
        "a bundle laid out by position",
        "model/police/officers/rules.py",
        "MECHANISM = Mechanism(",
        "def lay_out(world: World) -> ConductTables:\n"
        '    """Return the tables of conduct."""\n'
        "    return ConductTables(world.plant.officers)\n\n\n"
        "MECHANISM = Mechanism(",
        "mypy",
        r'Too many positional arguments for "ConductTables"',
    ),
    Planted(
        "an import from a package above",
        "model/police/roster/rules.py",
        "from model.engine.kernels import",
        "from model.crime.deterrence.rules import step as deter\nfrom model.engine.kernels import",
        "imports",
        r"model\.police\.roster\.rules -> model\.crime\.deterrence\.rules",
    ),
    Planted(
        "a literal in an event",
        "model/gangs/extortion/rules.py",
        "MECHANISM = Mechanism(",
        "def record_payment(stage: ShiftContext, i: int) -> None:\n"
        '    """Record a payment of little weight."""\n'
        "    record_event(stage, i, PAYMENT, 0.3)\n\n\n"
        "MECHANISM = Mechanism(",
        "events",
        r"gangs/extortion/rules\.py:\d+",
    ),
    Planted(
        "a product of vectors",
        "model/crime/season/rules.py",
        "math.fsum(daily * days)",
        "(daily @ days)",
        "processors",
        r"season/rules\.py:\d+: @",
    ),
    Planted(
        "an exponential of numpy",
        "model/police/officers/rules.py",
        "exp_of_each(distance) * usual",
        "np.exp(distance) * usual",
        "processors",
        r"officers/rules\.py:\d+: np\.exp",
    ),
    Planted(
        "a seventh argument",
        "model/engine/ratios.py",
        "def ratio_or_nan(",
        "def mean_of_seven(a: float, b: float, c: float, d: float, e: float, f: float, g: float) -> float:\n"
        '    """Return the mean of seven numbers."""\n'
        "    return (a + b + c + d + e + f + g) / 7.0\n\n\n"
        "def ratio_or_nan(",
        "ruff",
        r"ratios\.py:\d+:\d+: PLR0913",
    ),
)

type Report = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def report_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Report]:
    """Return what a check says of a copy with all errors that it is meant to find, and of no others."""

    @cache
    def report(check: str) -> Report:
        tree = copy_of_the_project(tmp_path_factory.mktemp("planted") / check)
        sound = run(tree, *CHECKS[check])
        if sound.returncode != 0:
            raise RuntimeError(f"{check} finds errors before any is planted:\n{sound.stdout}{sound.stderr}")
        for one in ERRORS:
            if one.check == check:
                edit(tree, one.file, one.before, one.after)
        return run(tree, *CHECKS[check])

    return report


@pytest.mark.slow
@pytest.mark.parametrize("planted", ERRORS, ids=[one.name for one in ERRORS])
def test_a_planted_error_is_found(planted: Planted, report_of: Callable[[str], Report]) -> None:
    told = report_of(planted.check)
    assert told.returncode == 1, told.stdout + told.stderr
    assert re.search(planted.report, told.stdout), told.stdout


@pytest.mark.slow
def test_types_alone_are_wrong_in_the_places_of_the_planted_errors(report_of: Callable[[str], Report]) -> None:
    places = set(re.findall(r"^(\S+?):(\d+): error: ", report_of("mypy").stdout, re.MULTILINE))
    assert sorted(file for file, _ in places) == sorted(one.file for one in ERRORS if one.check == "mypy")
