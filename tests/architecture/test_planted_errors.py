"""Errors that are easily made are planted in copies of the project; the check that is meant to find each finds it."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest
from test_recipes import copy_of_the_project, edit, run

CONTACTS, PROBLEMS = "model/police/contacts.py", "model/problems/problems.py"


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
    "events": (*PYTEST, "tests/model/trust/test_events.py", "-k", "repeats"),
    "processors": (*PYTEST, "tests/architecture/test_portable.py", "-k", "every_processor"),
    "import": ("-c", "import sys; sys.stderr = sys.stdout; import model.simulation.registry"),
    "world": ("-c", "import sys; sys.stderr = sys.stdout; import model.simulation.registry"),
    "source": ("-c", "import sys; sys.stderr = sys.stdout; import model.simulation.registry"),
    "ruff": ("-m", "ruff", "check", "--no-cache", "--output-format", "concise"),
}
"""How each check is run in a copy; all of them run in one copy before anything is planted, and find nothing."""
ERRORS = (
    Planted(
        "a misspelt table",
        CONTACTS,
        "bought = w.held_by[cell]",
        "bought = w.hold_by[cell]",
        "mypy",
        r'"World" has no attribute "hold_by"',
    ),
    Planted(
        "a misspelt column",
        "model/crime/crime_counts.py",
        "seen_here[visit.cell] += 1",
        "seen_here[visit.cel] += 1",
        "mypy",
        r'"Visit" has no attribute "cel"; maybe "cell"\?',
    ),
    Planted(
        "a misspelt term of a choice",
        "model/community/deliberation.py",
        "terms[HEAR_CASE, CaseTerm.LOAD]",
        "terms[HEAR_CASE, CaseTerm.LOED]",
        "mypy",
        r'"type\[CaseTerm\]" has no attribute "LOED"',
    ),
    Planted(
        "a misspelt parameter",
        "model/police/pressure.py",
        "p.then_prosecutor",
        "p.then_prosecuter",
        "mypy",
        r'"Pressure" has no attribute "then_prosecuter"; maybe "then_prosecutor"\?',
    ),
    Planted(
        "a rule that writes a parameter",
        "model/police/pressure.py",
        "    row.refused = 1\n",
        "    row.refused = 1\n    p.weight = 0.0\n",
        "mypy",
        r'Property "weight" defined in "Pressure" is read-only',
    ),
    Planted(
        "a number of another type",
        "model/trust/numbers.toml",
        "harm = { value = 0.8,",
        "harm = { value = 1,",
        "import",
        r"trust.numbers\.toml \[fear\] harm: value must be of the declared type float, got 1",
    ),
    Planted(
        "a misspelt group of parameters",
        "model/problems/problem_causes.py",
        "p, chief = w.p.problems[w.facilities[f].settlement]",
        "p, chief = w.p.problem[w.facilities[f].settlement]",
        "mypy",
        r'"Parameters" has no attribute "problem"; maybe "problems"',
    ),
    Planted(
        "a table declared with another type",
        "model/simulation/world.py",
        "    problem_at: IntArray\n",
        "    problem_at: FloatArray\n",
        "world",
        r"World lacks the fields problem_at: IntArray",
    ),
    Planted(
        "a field without a source",
        "model/simulation/world.py",
        "    guard: GuardNumbers\n",
        "    guard: GuardNumbers\n    lanterns: IntArray\n",
        "source",
        r"World\.lanterns has no source",
    ),
    Planted(
        "an import from a package above",
        "model/police/roster.py",
        "from model.engine.kernels import",
        "from model.crime.deterrence import is_deterred\nfrom model.engine.kernels import",
        "imports",
        r"model\.police\.roster -> model\.crime\.deterrence",
    ),
    Planted(
        "a literal in an event",
        "model/gangs/extortion.py",
        "MECHANISM = Mechanism(",
        "def record_payment(w: World, i: int) -> None:\n"
        '    """Record a payment of little weight."""\n'
        "    record_event(w, i, PAYMENT, 0.3)\n\n\n"
        "MECHANISM = Mechanism(",
        "events",
        r"gangs/extortion\.py:\d+",
    ),
    Planted(
        "a product of vectors",
        "model/crime/season.py",
        "math.fsum(daily * days)",
        "(daily @ days)",
        "processors",
        r"season\.py:\d+: @",
    ),
    Planted(
        "an exponential of numpy",
        "model/police/officers.py",
        "exp_of_each(distance) * usual",
        "np.exp(distance) * usual",
        "processors",
        r"officers\.py:\d+: np\.exp",
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
