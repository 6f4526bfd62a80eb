"""Collect the wheels that a workshop without internet installs: `python -m experiments.dev bundle FOLDER`.

Packages are fetched by the hashes of the lock file.  A requirements file in the folder states the hash of each wheel;
pip installs no others.  If Sphinx is installed, the documentation site is built into the folder as well.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from experiments.dev.documents.write import released_documents, write_documents
from experiments.storage.disk_space import check_disk_space
from experiments.storage.progress import print_note
from experiments.storage.run_identity import sha256_of
from experiments.storage.writing import check_own_files, convert_write_errors, make_folder, write_all
from experiments.words.toml_files import toml_beside
from model.engine.errors import InputError, suggest_nearest

ROOT = Path(__file__).parents[3]
LOCK_FILE = Path(__file__).with_name("workshop.txt")
README, REQUIREMENTS = "LEAME.txt", "requirements.txt"
README_BEGINS = "Confianza sin internet"
HASH_OPTION = "--hash=sha256:"
PROGRAM = "confianza"
BYTES_PER_SYSTEM = 250e6
"""Bytes of the wheels of one system, about."""
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
SITE = "site"
"""Name of the site's folder, next to the wheels."""
BUILDERS = ("sphinx", "myst_nb", "sphinx_design", "pydata_sphinx_theme")
SITE_FILE = "objects.inv"
"""File that every site built by Sphinx contains."""
BUILD_COMMAND = "uv run --locked --group docs python -m experiments.dev bundle"
SYSTEMS: dict[str, dict[str, Any]] = toml_beside(__file__, "systems.toml")


def bundle(folder: Path, names: list[str]) -> None:
    """Fill a folder with wheels for some systems, or for this machine alone."""
    for name in names:
        if name not in SYSTEMS:
            raise InputError(f"--for knows {', '.join(SYSTEMS)}, got '{name}'{suggest_nearest(name, SYSTEMS)}")
    check_place(folder)
    make_folder(folder)
    check_disk_space({"bundle": (folder, BYTES_PER_SYSTEM)})
    for path in folder.glob("*.whl"):
        if package_of_wheel(path) == PROGRAM:
            path.unlink()  # it is built again below
    target = str(folder)
    print_note("confianza: making the wheel of the program")
    write_documents(released_documents())  # git ignores them, and older ones may be left in the checkout
    pip("wheel", "--no-deps", "--wheel-dir", target, str(ROOT))
    for name in names or [""]:
        print_note(f"confianza: fetching what it needs on {name or 'this machine'} (some hundred MB)")
        environment, words = (SYSTEMS[name]["asked"], platform_options(name)) if name else ({}, [])
        pip_hashed(locked_lines(environment), "download", "--no-deps", "--only-binary=:all:", "--dest", target, *words)
    template = Path(__file__).with_name(README).read_text(encoding="utf-8")
    systems = ", ".join(names) or f"{sys.platform}, this kind of machine"
    requirements = "\n".join(requirement_lines(folder)).encode() + b"\n"
    readme = template.format(python=PYTHON, systems=systems)
    write_all({folder / REQUIREMENTS: requirements, folder / README: readme.encode()})
    wheels = list(folder.glob("*.whl"))
    size = sum(path.stat().st_size for path in wheels) / 2**20
    print(f"{len(wheels)} wheels, {size:.0f} MB, in {folder}: {README} there says how they are installed")
    if can_build():
        print_note("confianza: building the documentation site")
        build_site(folder / SITE, ROOT / "docs")
        print(f"The documentation, without internet: {folder / SITE / 'index.html'}")
    else:
        print(f"Without the documentation; to add it: {BUILD_COMMAND} {folder}")
    print(f"SHA-256 of {REQUIREMENTS}, to compare where the folder has been in other hands: {sha256_of(requirements)}")


def check_place(folder: Path) -> None:
    """Raise InputError if this is no checkout, or the folder contains files other than those of a bundle."""
    if not (ROOT / "pyproject.toml").is_file():
        raise InputError("bundle makes the wheel of a checkout of the project: call it in one")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"bundle: {folder} is a file, not a folder")
    written = (README, REQUIREMENTS)
    others = (path for path in folder.glob("*") if path.suffix != ".whl" and path.name not in written)
    foreign = sorted(path.name for path in others if not is_site(path))
    if foreign:
        raise InputError(f"bundle: {folder} holds something else than wheels ({foreign[0]}); choose another folder")
    check_own_files(folder, {README: README_BEGINS}, {REQUIREMENTS: README})
    known = {one for line in locked_lines() for one in hashes_in(line)}
    for path in sorted(folder.glob("*.whl")):
        if package_of_wheel(path) != PROGRAM and sha256_of(path.read_bytes()) not in known:
            raise InputError(f"bundle: {path} is no wheel of the lock file; delete it or choose another folder")


def locked_lines(environment: dict[str, str] | None = None) -> list[str]:
    """Return the packages of the lock file with their hashes, one per line.

    ``environment`` are the markers of the target system; None stands for every system.
    """
    text = LOCK_FILE.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [line for line in lines if environment is None or is_needed(package_of(line), environment)]


def package_of(line: str) -> Requirement:
    """Return the requirement in a line of the lock file."""
    return Requirement(line.partition(HASH_OPTION)[0])


def is_needed(one: Requirement, environment: dict[str, str]) -> bool:
    """Return whether a package is needed on a system with these environment markers."""
    return one.marker is None or one.marker.evaluate(environment)


def hashes_in(line: str) -> list[str]:
    """Return the hashes of a line.

    >>> hashes_in("a==1 --hash=sha256:12 --hash=sha256:34")
    ['12', '34']
    """
    return [word.strip() for word in line.split(HASH_OPTION)[1:]]


def requirement_lines(folder: Path) -> Iterator[str]:
    """Yield the lines of a requirements file for the wheels of a folder, with their hashes."""
    wheels_by_package: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.whl")):
        wheels_by_package.setdefault(package_of_wheel(path), []).append(path)
    program = [f"{PROGRAM}=={parse_wheel_filename(path.name)[1]}" for path in wheels_by_package.get(PROGRAM, ())]
    for line in [*program, *locked_lines()]:
        if wheels := wheels_by_package.get(canonicalize_name(package_of(line).name)):
            hashes = (HASH_OPTION + sha256_of(path.read_bytes()) for path in wheels)
            yield " ".join([line.partition(HASH_OPTION)[0].strip(), *hashes])


def package_of_wheel(wheel: Path) -> str:
    """Return the package name of a wheel; empty if its file name is not valid."""
    try:
        return parse_wheel_filename(wheel.name)[0]
    except InvalidWheelFilename:
        return ""


def platform_options(name: str) -> list[str]:
    """Return the options by which pip fetches packages for another system."""
    platforms = [word for tag in SYSTEMS[name]["tags"] for word in ("--platform", tag)]
    return ["--python-version", PYTHON, "--implementation", "cp", *platforms]


def pip_hashed(lines: Sequence[str], *words: str) -> None:
    """Run pip for packages with hashes, and require that each file has one of its hashes."""
    with tempfile.TemporaryDirectory() as place:
        listed = Path(place) / REQUIREMENTS
        listed.write_text("\n".join(lines), encoding="utf-8")
        pip(*words, "--require-hashes", "-r", str(listed))


def pip(*words: str) -> None:
    """Run pip; raise InputError with its error message if it fails."""
    finished = subprocess.run(
        [sys.executable, "-m", "pip", *words, "--quiet", "--disable-pip-version-check"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if finished.returncode:
        messages = [line for line in finished.stderr.splitlines() if line.strip()]
        why = next((line for line in messages if line.startswith("ERROR")), messages[-1] if messages else "no message")
        raise InputError(f"bundle: pip {words[0]} failed, is there internet? It says: {why}")


# The documentation site, for use and search without internet


def can_build() -> bool:
    """Return whether the packages that build the site are installed."""
    return all(find_spec(name) for name in BUILDERS)


def is_site(path: Path) -> bool:
    """Return whether a path is the folder of a site built earlier."""
    return path.name == SITE and (path / SITE_FILE).is_file()


def build_site(folder: Path, docs: Path) -> None:
    """Build the site into a folder and replace an earlier one there.

    Raises
    ------
    InputError
        If Sphinx fails or warns, with the last line that it prints.
    """
    with tempfile.TemporaryDirectory() as temporary:
        built, doctrees = Path(temporary) / SITE, Path(temporary) / "doctrees"
        command = [sys.executable, "-m", "sphinx", "-W", "-q", "-d", str(doctrees), str(docs), str(built)]
        finished = subprocess.run(
            command, cwd=docs.parent, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
        if finished.returncode:
            lines = [line for line in finished.stderr.splitlines() if line.strip()]
            raise InputError(f"bundle: the documentation site cannot be built: {lines[-1] if lines else 'no message'}")
        with convert_write_errors(folder), tempfile.TemporaryDirectory(dir=folder.parent) as beside_folder:
            copied = shutil.copytree(built, Path(beside_folder) / SITE)
            if folder.exists():
                shutil.rmtree(folder)
            copied.rename(folder)
