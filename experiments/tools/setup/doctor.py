"""`confianza doctor`: print one screen on the installation, a test computation, and remedies for problems."""

import os
import platform
import shutil
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from experiments.storage.progress import print_note
from model.engine.fingerprint import cache_folder, fingerprint
from scenarios.extras import missing_modules

WIDTH, LABEL = 80, 10
GOOD, BAD = " ok ", " NO "
MEMORY_GB, DISK_GB, CACHE_GB = 1.0, 1.0, 0.3
"""Free space required: memory for a municipality and its twin, disk for a study, disk for compiled code."""
SHOWN = ("mesa", "numpy", "numba", "pandas", "pyarrow")
REINSTALL = "say `uv sync --locked`, or with pip alone `python3 run.py confianza doctor`"


@dataclass(frozen=True)
class CheckResult:
    """Result of one check: its name, the finding, and a remedy; "" if all is well."""

    about: str
    told: str
    remedy: str = ""


def run_checks() -> bool:
    """Run all checks and print their results; return whether all is well."""
    found = []
    for check in (program, python, packages, cores, memory, disk, cache, page, tiny_run):
        found.append(run_check(check))
        print(line(found[-1]), flush=True)
    todo = [f"{one.about}: {one.remedy}" for one in found if one.remedy]
    print("\nWhat to do" if todo else "\nAll is well. Next: confianza run villa_canales, or confianza view")
    for step in todo:
        print(wrapped(f"  {step}", 4))
    return not todo


def run_check(check: Callable[[], CheckResult]) -> CheckResult:
    """Run one check; an exception in it is a finding, too."""
    try:
        return check()
    except Exception as reason:
        told = f"{type(reason).__name__}: {' '.join(str(reason).split())}"
        return CheckResult(check.__name__.replace("_", " "), told, REINSTALL)


def line(one: CheckResult) -> str:
    """Return the text of one result, wrapped if it is long."""
    head = f"{BAD if one.remedy else GOOD} {one.about:<{LABEL}} "
    return wrapped(head + one.told, len(head))


def wrapped(text: str, indent: int) -> str:
    """Return a text wrapped to 80 columns, with further lines indented."""
    return textwrap.fill(text, WIDTH, subsequent_indent=indent * " ", break_on_hyphens=False)


def program() -> CheckResult:
    """Report version and code of the program."""
    return CheckResult("program", f"confianza {version('confianza')}, code {fingerprint()}")


def python() -> CheckResult:
    """Report version, system and prefix of Python."""
    told = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {short(Path(sys.prefix))}"
    return CheckResult("python", told, "" if sys.version_info >= (3, 12) else "install Python 3.12 or newer, or uv")


def packages() -> CheckResult:
    """Check that all packages are installed in suitable versions."""
    wrong = list(unsuitable_packages())
    if wrong:
        return CheckResult("packages", "; ".join(wrong), REINSTALL)
    return CheckResult("packages", ", ".join(f"{name} {version(name)}" for name in SHOWN))


def unsuitable_packages() -> Iterator[str]:
    """Yield each package that is missing or has an unsuitable version."""
    from packaging.requirements import Requirement

    for one in map(Requirement, requires("confianza") or []):
        if one.marker is None or one.marker.evaluate({"extra": ""}):
            try:
                if not one.specifier.contains(version(one.name), prereleases=True):
                    yield f"{one.name} {version(one.name)} (needs {one.specifier})"
            except PackageNotFoundError:
                yield f"{one.name} is missing"


def cores() -> CheckResult:
    """Report the number of cores, which is that of useful workers."""
    n = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return CheckResult("cores", f"{n}: use --workers {n} for many runs")


def memory() -> CheckResult:
    """Check the free memory."""
    import psutil

    stated = psutil.virtual_memory()
    free = stated.available / 2**30
    remedy = "" if free >= MEMORY_GB else f"close programs until {MEMORY_GB:g} GB are free, or use --workers 1"
    return CheckResult("memory", f"{free:.1f} of {stated.total / 2**30:.1f} GB free", remedy)


def disk() -> CheckResult:
    """Check that results can be written in the current folder, and the free disk space there."""
    here = Path.cwd()
    free = shutil.disk_usage(here).free / 2**30
    if not writable(here):
        return CheckResult(
            "disk", f"nothing can be written in {short(here)}", "go to a folder of your own, or use --out"
        )
    remedy = "" if free >= DISK_GB else f"free {DISK_GB:g} GB, or write elsewhere with --out"
    return CheckResult("disk", f"{free:.1f} GB free in {short(here)}", remedy)


def cache() -> CheckResult:
    """Check the folder of compiled code: whether it is writable and has free space."""
    folder = cache_folder()
    there = next(one for one in (folder, *folder.parents) if one.is_dir())
    free = shutil.disk_usage(there).free / 2**30
    if not writable(there):
        told = f"nothing can be written in {short(there)}"
        return CheckResult("cache", told, "set CONFIANZA_CACHE to a folder that can be written")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
    told = f"{size:.0f} MB of compiled rules in {short(folder)}"
    return CheckResult("cache", told, "" if free >= CACHE_GB else f"free {CACHE_GB:g} GB, or set CONFIANZA_CACHE")


def page() -> CheckResult:
    """Report whether the packages of the page are installed."""
    if missing_modules("page"):
        return CheckResult("page", "not installed, which only `confianza view` needs: pip install 'confianza[page]'")
    return CheckResult("page", "installed, with all its browser files: it needs no internet")


def tiny_run() -> CheckResult:
    """Compare a tiny run with its recorded figures."""
    from experiments.tools.setup.tiny_run import differing_figures, figures, read_record

    if not any(cache_folder().rglob("*.nbi")):
        print_note("confianza: compiling the rules first, which takes about a minute, once")
    recorded, begun = read_record()["figures"], time.monotonic()
    apart = differing_figures(figures(), recorded)
    if not apart:
        told = f"{len(recorded)} figures of three months as on record ({time.monotonic() - begun:.1f} s)"
        return CheckResult("tiny run", told)
    told = f"{len(apart)} of {len(recorded)} figures are not as on record, first: {apart[0]}"
    return CheckResult("tiny run", told, f"{REINSTALL}; if it stays, report this screen")


def writable(folder: Path) -> bool:
    """Return whether a file can be created in a folder."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def short(path: Path) -> str:
    """Return a path with ``~`` for the home folder, cut at the left to at most 40 characters."""
    told = str(path).replace(str(Path.home()), "~", 1)
    return told if len(told) <= 40 else f"...{told[-37:]}"
