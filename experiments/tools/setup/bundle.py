"""`confianza bundle FOLDER`: everything that a workshop without internet installs, as wheels in one folder."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from experiments.storage.progress import say
from model.engine.errors import InputError, suggest_nearest

ROOT = Path(__file__).parents[3]
PINS = Path(__file__).with_name("workshop.txt")
README = "LEAME.txt"
BUILT = ("solara-assets",)
"""What is published as source alone: it holds no compiled code, and its wheel is made here for every system."""
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


SYSTEMS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("systems.toml").read_text(encoding="utf-8"))


def bundle(folder: Path, names: list[str]) -> None:
    """Fill a folder with wheels for some systems, or for this machine alone."""
    for name in names:
        if name not in SYSTEMS:
            raise InputError(f"--for knows {', '.join(SYSTEMS)}, got '{name}'{suggest_nearest(name, SYSTEMS)}")
    check_place(folder)
    folder.mkdir(parents=True, exist_ok=True)
    where = str(folder)
    say("confianza: making the wheel of the program")
    pip("wheel", "--no-deps", "--wheel-dir", where, str(ROOT), *(one for one in pins({}) if named(one) in BUILT))
    for name in names or [""]:
        say(f"confianza: fetching what it needs on {name or 'this machine'} (some hundred MB)")
        asked, words = (SYSTEMS[name]["asked"], tags(name)) if name else ({}, [])
        wanted = [one for one in pins(asked) if named(one) not in BUILT]
        pip("download", "--no-deps", "--only-binary=:all:", "--dest", where, *words, *wanted)
    told = Path(__file__).with_name(README).read_text(encoding="utf-8")
    systems = ", ".join(names) or f"{sys.platform}, this kind of machine"
    (folder / README).write_text(told.format(python=PYTHON, systems=systems), encoding="utf-8")
    wheels = list(folder.glob("*.whl"))
    size = sum(path.stat().st_size for path in wheels) / 2**20
    print(f"{len(wheels)} wheels, {size:.0f} MB, in {folder}: {README} there says how they are installed")


def check_place(folder: Path) -> None:
    """Raise if there is nothing to make a wheel of, or the folder holds something else."""
    if not (ROOT / "pyproject.toml").is_file():
        raise InputError("bundle makes the wheel of a checkout of the project: call it in one")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"bundle: {folder} is a file, not a folder")
    foreign = [path.name for path in folder.glob("*") if path.suffix != ".whl" and path.name != README]
    if foreign:
        raise InputError(f"bundle: {folder} holds something else than wheels ({foreign[0]}); choose another folder")


def pins(asked: dict[str, str]) -> list[str]:
    """Return what is installed where Python says this of itself, each in the version of the lock file."""
    lines = PINS.read_text(encoding="utf-8").splitlines()
    stated = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return [f"{one.name}{one.specifier}" for one in stated if one.marker is None or one.marker.evaluate(asked)]


def named(pin: str) -> str:
    """Return the name of a package from its pin.

    >>> named("solara-assets==1.58.2")
    'solara-assets'
    """
    return pin.partition("==")[0]


def tags(name: str) -> list[str]:
    """Return the words that let pip fetch for another system than this."""
    platforms = [word for tag in SYSTEMS[name]["tags"] for word in ("--platform", tag)]
    return ["--python-version", PYTHON, "--implementation", "cp", *platforms]


def pip(*words: str) -> None:
    """Let pip work, or raise with what it says last."""
    told = subprocess.run(
        [sys.executable, "-m", "pip", *words, "--quiet", "--disable-pip-version-check"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if told.returncode:
        faults = [line for line in told.stderr.splitlines() if line.strip()]
        why = next((line for line in faults if line.startswith("ERROR")), faults[-1] if faults else "no message")
        raise InputError(f"bundle: pip {words[0]} failed, is there internet? It says: {why}")
