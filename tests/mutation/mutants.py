"""Sample mutants of a module and report which of them its tests kill.

``python -m tests.mutation.mutants model/trust/ledger.py --seed 1`` prints how many of 50 mutants were killed and
the survivors as diffs.  `TESTS` names the tests of a module; for another one, name them with ``--tests``.  mutmut makes
the mutants and runs the tests, in a copy of the project without compilation.  It mutates no decorated function: the
module in the copy has no decorators of kernels.
"""

import argparse
import ast
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SMOKE_RUN = "tests/oracle/test_smoke.py"
"""Joins the tests of mechanisms (`tests/conftest.py`), but takes minutes without compilation."""
TOWN = "tests/mutation/small_town.py::test_a_busy_town_lives_the_same_days_in_both_models"
SCARCE_TOWN = "tests/mutation/small_town.py::test_a_town_short_of_couples_lives_the_same_days_in_both_models"
STATISTICS = ("tests/experiments/statistics",)
OVER_DRAWS = "tests/experiments/comparison/test_over_draws.py"
TESTS: dict[str, tuple[str, ...]] = {
    "model/trust/ledger.py": ("tests/model/trust/test_ledger.py", TOWN),
    "model/trust/belief_updating.py": ("tests/model/trust/test_belief_updating.py", TOWN),
    "model/crime/certainty.py": ("tests/model/crime/test_certainty_kernels.py", TOWN),
    "model/reporting/response.py": ("tests/model/reporting/test_response_kernels.py", TOWN, SCARCE_TOWN),
    "experiments/comparison/effects.py": ("tests/experiments/comparison/test_effects.py",),
    "experiments/statistics/paired_effects.py": STATISTICS,
    "experiments/statistics/verdicts.py": STATISTICS,
    "experiments/statistics/thresholds.py": STATISTICS,
    "experiments/statistics/rare_counts.py": STATISTICS,
    "experiments/statistics/power.py": STATISTICS,
    "experiments/statistics/contrasts.py": STATISTICS,
    "experiments/statistics/interactions.py": STATISTICS,
    "experiments/statistics/noise_share.py": STATISTICS,
    "experiments/comparison/effect_verdicts.py": (
        *STATISTICS,
        f"{OVER_DRAWS}::test_an_effect_is_known_only_if_draws_confirm_its_sign",
        f"{OVER_DRAWS}::test_draws_take_back_a_direction_and_nothing_else",
    ),
}
"""Tests that run for a module, in seconds without compilation."""
SAMPLE = 50
REMOVED_DECORATORS = {"kernel", "allocating_kernel", "scalar_kernel", "step", "lru_cache", "cache"}
LEFT_OUT = ("__pycache__", ".*", "results", "*.ipynb")
KILLED = ("killed", "timeout", "segfault")
"""Results by which mutmut says that a test noticed the mutant."""


@dataclass(frozen=True)
class MutantSample:
    """Mutants sampled from a module: how many exist, and the status that mutmut gives each of the sample."""

    module: str
    seed: int
    n_mutants: int
    status: dict[str, str]
    diffs: dict[str, str]
    """Diffs of those that no test killed."""

    def summary(self) -> str:
        """Return one line with the counts."""
        counts = ", ".join(f"{n} {status}" for status, n in sorted(Counter(self.status.values()).items()))
        return f"{self.module}: seed {self.seed}, {len(self.status)} of {self.n_mutants} mutants: {counts}"


def without_decorators(source: str) -> str:
    """Return the source of a module without the decorators that hide functions from mutmut.

    A step is more than its function: it is made of it in a line after the function.
    """
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        for one in getattr(node, "decorator_list", ()):
            name = one.func if isinstance(one, ast.Call) else one
            if isinstance(name, ast.Name) and name.id in REMOVED_DECORATORS:
                lines[one.lineno - 1 : one.end_lineno] = [""] * (one.end_lineno - one.lineno + 1)
                if name.id == "step":
                    lines[node.end_lineno - 1] += f"{node.name} = {ast.unparse(one)}({node.name})\n"
    return "".join(lines)


def copy_project(folder: Path, module: str, tests: Sequence[str]) -> None:
    """Copy the project to the place where mutmut keeps mutants; write the module and mutmut's settings beside it."""
    copy = folder / "mutants"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    shutil.copytree(ROOT / "results" / "reference", copy / "results" / "reference")
    (copy / module).unlink()
    (folder / module).parent.mkdir(parents=True)
    (folder / module).write_text(without_decorators((ROOT / module).read_text("utf-8")), "utf-8")
    settings = {
        "source_paths": [module],
        "pytest_add_cli_args": ["-o", "addopts=", "-p", "no:cacheprovider", "--deselect", SMOKE_RUN],
        "pytest_add_cli_args_test_selection": list(tests),
        "process_isolation": "forkserver",  # no worker inherits what a test left in a cache
        "timeout_constant": 2.0,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    (folder / "pyproject.toml").write_text("\n".join([text, "[tool.mutmut]", *lines, ""]), "utf-8")


def mutant_names(folder: Path, module: str) -> list[str]:
    """Return the names of all mutants of a module."""
    with contextlib.chdir(folder):  # mutmut reads its settings there
        from mutmut.mutation.file_mutation import mutate_file_contents
        from mutmut.utils.format_utils import get_mutant_name

        names = mutate_file_contents(module, Path(module).read_text("utf-8")).mutant_names
    return [get_mutant_name(Path(module), name) for name in names]


def mutmut(folder: Path, *arguments: str) -> str:
    """Return what a command of mutmut prints."""
    copy = folder / "mutants"
    environment = os.environ | {
        "NUMBA_DISABLE_JIT": "1",
        "PYTHONPATH": os.pathsep.join(map(str, (copy, copy / "tests", copy / "tests" / "support"))),
        "CONFIANZA_CACHE": str(folder / "cache"),
    }
    command = [str(Path(sys.executable).with_name("mutmut")), *arguments]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{run.stdout[-4000:]}{run.stderr[-4000:]}")
    return run.stdout


def sample_mutants(module: str, seed: int, size: int = SAMPLE, tests: Sequence[str] = ()) -> MutantSample:
    """Run the tests of a module, or other ``tests``, against a sample of its mutants."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve()
        copy_project(folder, module, tests or TESTS[module])
        names = mutant_names(folder, module)
        chosen = sorted(random.Random(seed).sample(names, min(size, len(names))), key=names.index)
        mutmut(folder, "run", "--max-children", "1", *chosen)
        told = (line.strip().rsplit(": ", 1) for line in mutmut(folder, "results", "--all", "true").splitlines())
        status = {name: status for name, status in told if name in chosen}
        diffs = {name: mutmut(folder, "show", name) for name, how in status.items() if how not in KILLED}
    return MutantSample(module, seed, len(names), status, diffs)


def main() -> None:
    """Print the counts and the survivors of a module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", help=f"with tests of its own: {', '.join(TESTS)}")
    parser.add_argument("--seed", type=int, default=1, help="seed of the sample")
    parser.add_argument("--size", type=int, default=SAMPLE, help="mutants to sample")
    parser.add_argument("--tests", nargs="+", default=(), help="files or tests to run, for any module")
    given = parser.parse_args()
    if given.module not in TESTS and not given.tests:
        parser.error(f"no tests are known of {given.module}. Name them with --tests.")
    sample = sample_mutants(given.module, given.seed, given.size, given.tests)
    print("\n".join([sample.summary(), *sample.diffs.values()]))


if __name__ == "__main__":
    main()
