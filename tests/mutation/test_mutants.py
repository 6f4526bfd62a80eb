"""Mutants of sampled modules are killed by their tests, but for those that are recorded with a reason."""

import re
import sys

import pytest
from mutation.mutants import ROOT, TESTS, sample_mutants, without_decorators

RECORD = (ROOT / "results" / "reference" / "mutants.txt").read_text(encoding="utf-8")
SEED = 1


def recorded(module: str) -> str:
    """Return what is recorded of a module: its counts and its survivors, each with a reason."""
    return RECORD.partition(f"\n{module}: ")[2].partition("\n\n")[0]


def test_the_copy_loses_the_decorators_that_hide_functions() -> None:
    source = "@kernel\ndef one():\n    pass\n\n\n@kept\n@lru_cache(\n    maxsize=4,\n)\ndef two():\n    pass\n"
    assert without_decorators(source) == "def one():\n    pass\n\n\n@kept\ndef two():\n    pass\n"
    assert without_decorators("@step(on=1)\ndef s():\n    pass\n") == "def s():\n    pass\ns = step(on=1)(s)\n"


@pytest.mark.parametrize("module", TESTS)
def test_a_module_has_tests_and_a_record_of_its_mutants(module: str) -> None:
    assert (ROOT / module).is_file()
    assert all((ROOT / name.partition("::")[0]).exists() for name in TESTS[module])
    assert re.match(rf"seed {SEED}, \d+ of \d+ mutants: \d+ killed", recorded(module)), "record its mutants"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="mutmut forks processes")
@pytest.mark.parametrize("module", TESTS)
def test_mutants_are_killed_unless_recorded(module: str) -> None:
    sample = sample_mutants(module, SEED)
    known = recorded(module)
    assert {name: diff for name, diff in sample.diffs.items() if f" {name}\n" not in known} == {}
