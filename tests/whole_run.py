"""Run all tests of every tier, group by group: `uv run --locked --group docs python -m tests.whole_run`.

After each group, its counts and minutes are written to `results/reference/tests.txt`, with the commit at which it was
run and the content that it tested.  A group that has passed is not run again while this content is the same.  So the
command goes on after an interruption or a failure, also in another clone.  Arguments are the groups to run, if not all.
"""

import hashlib
import os
import platform
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
RECORD = ROOT / "results" / "reference" / "tests.txt"
NOT_PASSED = "-"
"""Stands for the content of a group in the record if tests of it failed."""
TOGETHER, ALONE = ("-n", str(os.cpu_count() or 1)), ("-n", "0")
"""Slow tests on all cores; one after the other where they measure time or memory, or use all cores themselves."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "default run": (),
    "thorough": ("-m", "thorough and not slow"),
    "slow: architecture": ("-m", "slow", *TOGETHER, "--dist", "load", "tests/architecture"),
    "slow: model": ("-m", "slow", *TOGETHER, "tests/model"),
    "slow: slow reference model": ("-m", "slow", *TOGETHER, "tests/oracle"),
    "slow: bits": ("-m", "slow", *ALONE, "tests/bits"),
    "slow: mutants": ("-m", "slow", *ALONE, "tests/mutation"),
    "slow: commands": ("-m", "slow", *TOGETHER, "tests/experiments/cli"),
    "slow: maintenance": ("-m", "slow", *TOGETHER, "--dist", "load", "tests/experiments/dev"),
    "slow: runs": ("-m", "slow", *ALONE, *(f"tests/experiments/{name}" for name in ("execution", "setup", "storage"))),
    "slow: results": (
        *("-m", "slow", *TOGETHER),
        *(f"tests/experiments/{name}" for name in ("comparison", "report", "studies", "trial", "validation")),
    ),
    "slow: screens": (
        *("-m", "slow", *ALONE),
        *(f"tests/experiments/{name}" for name in ("page", "classroom", "workshop")),
    ),
}
"""Options of pytest for each group."""
NAME_WIDTH = 28
ROW = f"{{:{NAME_WIDTH}}}{{:>8}}{{:>8}}{{:>9}}{{:>9}}  {{:12}}  {{}}"
"""A line of the record."""
SHARED = ("confianza", "model", "scenarios", "experiments", "uv.lock", "pyproject.toml", "tests/conftest.py")
SHARED_TESTS = ("tests/support", "tests/oracle")
WHOLE_TREE = ("default run", "thorough", "slow: architecture")
"""Groups that test every file of the repository; the others test code, shared parts of tests and their own folders."""


@dataclass(frozen=True)
class Outcome:
    """Counts of one group, its minutes, and what was tested; a test that is expected to fail counts as skipped."""

    passed: int
    failed: int
    skipped: int
    minutes: float
    commit: str = ""
    content: str = ""


def run_group(options: tuple[str, ...], environment: Mapping[str, str], root: Path) -> Outcome:
    """Run one group with its output shown; return its counts."""
    report = root / ".cache" / "whole_run.xml"
    report.parent.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    begun = time.monotonic()
    # xunit1: the default family refuses `record_property`
    words = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", "-o", "junit_family=xunit1", *options]
    code = subprocess.run(words, cwd=root, env=environment, check=False).returncode
    minutes = (time.monotonic() - begun) / 60.0
    if not report.is_file():
        return Outcome(0, 1, 0, minutes)
    suites = ElementTree.parse(report).getroot().findall("testsuite")
    total, failed, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites for name in names)
        for names in (("tests",), ("failures", "errors"), ("skipped",))
    )
    return Outcome(total - failed - skipped, max(failed, int(code != 0)), skipped, minutes)


def content_of(name: str) -> str:
    """Return a digest of the files that a group tests, without this record and, but for `WHOLE_TREE`, without prose."""
    folders = [option for option in GROUPS[name] if option.startswith("tests/")]
    paths = () if name in WHOLE_TREE else (*SHARED, *SHARED_TESTS, *folders)
    left_out = str(RECORD.relative_to(ROOT)) if name in WHOLE_TREE else ".md"
    files = (line for line in git("ls-tree", "-r", "HEAD", *paths).splitlines() if not line.endswith(left_out))
    return hashlib.sha256("\n".join((*GROUPS[name], *files)).encode()).hexdigest()[:16]


def run_groups(
    groups: Mapping[str, tuple[str, ...]],
    contents: Mapping[str, str],
    commit: str,
    root: Path = ROOT,
    only: Sequence[str] = (),
) -> dict[str, Outcome]:
    """Run every group that has not passed with its present content, or those of ``only``; write the record.

    Returns the outcomes of the groups that were to run.
    """
    record = root / RECORD.relative_to(ROOT)
    done = read_outcomes(record)
    environment = {**os.environ, "CHROMIUM_REQUIRED": "1", "SITE_REQUIRED": "1"}
    chosen = only or [*groups]
    for name in chosen:
        passed_before = name in done and done[name].content == contents[name]
        print(f"\n== {name}{' passed before' if passed_before else ''}", flush=True)
        if not passed_before:
            outcome = run_group(groups[name], environment, root)
            done[name] = replace(outcome, commit=commit, content=NOT_PASSED if outcome.failed else contents[name])
            record.write_text(record_text({one: done[one] for one in groups if one in done}), encoding="utf-8")
    return {name: done[name] for name in chosen}


def record_text(outcomes: Mapping[str, Outcome]) -> str:
    """Return the record of a whole run."""
    lines = [f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"]
    heads = ("group", "passed", "failed", "skipped", "minutes", "commit", "content")
    lines.append(ROW.format(*heads).rstrip())
    for name, one in outcomes.items():
        numbers = (one.passed, one.failed, one.skipped, f"{one.minutes:.1f}")
        lines.append(ROW.format(name, *numbers, one.commit, one.content).rstrip())
    return "\n".join(lines) + "\n"


def read_outcomes(record: Path) -> dict[str, Outcome]:
    """Return the outcomes of a record by group; none if there is no record."""
    lines = record.read_text(encoding="utf-8").splitlines()[2:] if record.is_file() else []
    outcomes: dict[str, Outcome] = {}
    for line in lines:
        name, passed, failed, skipped, minutes, *made = line[:NAME_WIDTH].strip(), *line[NAME_WIDTH:].split()
        outcomes[name] = Outcome(int(passed), int(failed), int(skipped), float(minutes), *made)
    return outcomes


def git(*words: str) -> str:
    """Return what git says."""
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def main(only: Sequence[str]) -> int:
    """Run all groups that have not passed with their present content, or those named."""
    if unknown := [name for name in only if name not in GROUPS]:
        print(f"no group '{unknown[0]}'; the groups are: {'; '.join(GROUPS)}", file=sys.stderr)
        return 2
    if git("status", "--porcelain", "--", ".", f":!{RECORD.relative_to(ROOT)}"):
        print("there are changes that no commit has: commit them, since the record names a commit", file=sys.stderr)
        return 2
    commit = git("rev-parse", "HEAD")[:12]
    site = [sys.executable, "-m", "sphinx", "-W", "-q", "docs", "docs/_build"]
    if subprocess.run(site, cwd=ROOT, check=False).returncode:
        print("the site was not built; it needs the packages of --group docs", file=sys.stderr)
        return 2
    outcomes = run_groups(GROUPS, {name: content_of(name) for name in GROUPS}, commit, only=only)
    print(f"\n{record_text(outcomes)}")
    return int(any(one.failed for one in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
