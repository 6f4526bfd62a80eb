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

from experiments.execution.start_store import LIMIT_VARIABLE, MB, limit_mb, starts_folder, stored_bytes
from experiments.storage.progress import print_note
from model.engine.errors import InputError
from model.engine.fingerprint import cache_folder, fingerprint
from scenarios.extras import install_command, missing_modules

WIDTH, NAME_WIDTH = 80, 10
GOOD, BAD = " ok ", " NO "
MEMORY_GB, DISK_GB, CACHE_GB = 1.0, 1.0, 0.3
"""Free space required: memory for a municipality and its twin, disk for a study, disk for compiled code."""
SHOWN_PACKAGES = ("mesa", "numpy", "numba", "pandas", "pyarrow")


@dataclass(frozen=True)
class CheckResult:
    """Result of one check: its name, the finding, and a remedy; "" if all is well."""

    name: str
    finding: str
    remedy: str = ""


def run_checks() -> bool:
    """Run all checks and print their results; return whether all is well."""
    results = []
    for check in (program, python, packages, cores, memory, disk, cache, starts, page, tiny_run):
        results.append(run_check(check))
        print(line(results[-1]), flush=True)
    remedies = [f"{one.name}: {one.remedy}" for one in results if one.remedy]
    print("\nWhat to do" if remedies else "\nAll is well. Next: confianza run villa_canales, or confianza view")
    for step in remedies:
        print(wrapped(f"  {step}", 4))
    return not remedies


def run_check(check: Callable[[], CheckResult]) -> CheckResult:
    """Run one check; an exception in it is a finding, too."""
    try:
        return check()
    except Exception as reason:
        finding = f"{type(reason).__name__}: {' '.join(str(reason).split())}"
        return CheckResult(check.__name__.replace("_", " "), finding, install_command())


def line(one: CheckResult) -> str:
    """Return the text of one result, wrapped if it is long."""
    head = f"{BAD if one.remedy else GOOD} {one.name:<{NAME_WIDTH}} "
    return wrapped(head + one.finding, len(head))


def wrapped(text: str, indent: int) -> str:
    """Return a text wrapped to 80 columns, with further lines indented; longer words, as addresses, stay whole."""
    indentation = indent * " "
    return textwrap.fill(text, WIDTH, subsequent_indent=indentation, break_on_hyphens=False, break_long_words=False)


def program() -> CheckResult:
    """Report version and code of the program."""
    return CheckResult("program", f"confianza {version('confianza')}, code {fingerprint()}")


def python() -> CheckResult:
    """Report version, system and prefix of Python."""
    finding = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {short_path(Path(sys.prefix))}"
    return CheckResult("python", finding, "" if sys.version_info >= (3, 12) else "install Python 3.12 or newer, or uv")


def packages() -> CheckResult:
    """Check that all packages are installed in suitable versions."""
    wrong = list(unsuitable_packages())
    if wrong:
        return CheckResult("packages", "; ".join(wrong), install_command())
    return CheckResult("packages", ", ".join(f"{name} {version(name)}" for name in SHOWN_PACKAGES))


def unsuitable_packages() -> Iterator[str]:
    """Yield each package that is missing or has an unsuitable version."""
    from packaging.requirements import Requirement

    for requirement in map(Requirement, requires("confianza") or []):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            try:
                if not requirement.specifier.contains(version(requirement.name), prereleases=True):
                    yield f"{requirement.name} {version(requirement.name)} (needs {requirement.specifier})"
            except PackageNotFoundError:
                yield f"{requirement.name} is missing"


def cores() -> CheckResult:
    """Report the number of cores, which is that of useful workers."""
    n = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return CheckResult("cores", f"{n}: use --workers {n} for many runs")


def memory() -> CheckResult:
    """Check the free memory."""
    import psutil

    system_memory = psutil.virtual_memory()
    free = system_memory.available / 2**30
    remedy = "" if free >= MEMORY_GB else f"close programs until {MEMORY_GB:g} GB are free, or use --workers 1"
    return CheckResult("memory", f"{free:.1f} of {system_memory.total / 2**30:.1f} GB free", remedy)


def disk() -> CheckResult:
    """Check that results can be written in the current folder, and the free disk space there."""
    here = Path.cwd()
    free = shutil.disk_usage(here).free / 2**30
    if not writable(here):
        return CheckResult(
            "disk", f"nothing can be written in {short_path(here)}", "go to a folder of your own, or use --out"
        )
    remedy = "" if free >= DISK_GB else f"free {DISK_GB:g} GB, or write elsewhere with --out"
    return CheckResult("disk", f"{free:.1f} GB free in {short_path(here)}", remedy)


def cache() -> CheckResult:
    """Check the folder of compiled code: whether it is writable and has free space."""
    folder = cache_folder()
    existing = next(one for one in (folder, *folder.parents) if one.is_dir())
    free = shutil.disk_usage(existing).free / 2**30
    if not writable(existing):
        finding = f"nothing can be written in {short_path(existing)}"
        return CheckResult("cache", finding, "set CONFIANZA_CACHE to a folder that can be written")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
    finding = f"{size:.0f} MB of compiled rules in {short_path(folder)}"
    return CheckResult("cache", finding, "" if free >= CACHE_GB else f"free {CACHE_GB:g} GB, or set CONFIANZA_CACHE")


def starts() -> CheckResult:
    """Report the size of the stored towns and worlds at their start, and its limit."""
    try:
        limit = limit_mb()
    except InputError as reason:
        return CheckResult("starts", str(reason), f"unset {LIMIT_VARIABLE}, or set it to a whole number of MB")
    size = f"{stored_bytes() / MB:,.0f} of at most {limit:,} MB of towns and worlds at their start"
    finding = f"{size}, in {short_path(starts_folder())}" if limit else f"nothing is stored: {LIMIT_VARIABLE} is 0"
    return CheckResult("starts", finding)


def page() -> CheckResult:
    """Report whether the packages of the page are installed."""
    if missing_modules("page"):
        return CheckResult("page", f"not installed; only `confianza view` needs it: {install_command('page')}")
    return CheckResult("page", "installed, with all its browser files: it needs no internet")


def tiny_run() -> CheckResult:
    """Compare a tiny run with its recorded figures."""
    from experiments.setup.tiny_run import compute_figures, differing_figures, read_record

    if not any(cache_folder().rglob("*.nbi")):
        print_note("confianza: compiling the rules first, which takes about a minute, once")
    recorded, begun = read_record()["figures"], time.monotonic()
    differing = differing_figures(compute_figures(), recorded)
    if not differing:
        finding = f"{len(recorded)} figures of three months as on record ({time.monotonic() - begun:.1f} s)"
        return CheckResult("tiny run", finding)
    finding = f"{len(differing)} of {len(recorded)} figures are not as on record, first: {differing[0]}"
    return CheckResult("tiny run", finding, f"{install_command()}; if it stays, report this screen")


def writable(folder: Path) -> bool:
    """Return whether a file can be created in a folder."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def short_path(path: Path) -> str:
    """Return a path with ``~`` for the home folder, cut at the left to at most 40 characters."""
    text = str(path).replace(str(Path.home()), "~", 1)
    return text if len(text) <= 40 else f"...{text[-37:]}"
