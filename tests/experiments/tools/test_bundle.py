"""Workshops without internet: the folder holds everything, and an empty environment can be filled from it alone."""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from experiments.tools.setup import bundle

ROOT = Path(__file__).parents[3]
LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
ANEW = f"write it anew: the command stands at the top of {bundle.PINS}"


def needed(name: str, extras: frozenset[str], found: set[tuple[str, frozenset[str]]]) -> None:
    """Collect what a package needs here, with what that needs."""
    for one in map(Requirement, requires(name) or []):
        wanted = one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras | {""})
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if wanted and key not in found:
            found.add(key)
            needed(*key, found)


def test_all_that_the_program_needs_is_pinned_to_the_version_that_is_tested_here() -> None:
    found: set[tuple[str, frozenset[str]]] = set()
    needed("confianza", frozenset({"page", "maps"}), found)
    assert len(found) > 60
    pins = set(bundle.pins({}))
    assert {f"{name}=={version(name)}" for name, _ in found} <= pins, ANEW


def test_pins_are_those_of_the_lock_file() -> None:
    locked = {f"{one['name']}=={one['version']}" for one in LOCK}
    for name in bundle.SYSTEMS:
        assert set(bundle.pins(bundle.SYSTEMS[name]["asked"])) <= locked, ANEW


def test_only_what_is_published_as_source_alone_is_built() -> None:
    pinned = {bundle.named(pin) for name in bundle.SYSTEMS for pin in bundle.pins(bundle.SYSTEMS[name]["asked"])}
    assert {one["name"] for one in LOCK if one["name"] in pinned and not one.get("wheels")} == set(bundle.BUILT)


@pytest.mark.parametrize("name", bundle.SYSTEMS)
def test_every_system_has_its_own_packages(name: str) -> None:
    names = {bundle.named(pin) for pin in bundle.pins(bundle.SYSTEMS[name]["asked"])}
    assert ("colorama" in names) == (name == "windows")
    assert ("pexpect" in names) == (name != "windows")
    assert {"numba", "solara-assets", "mesa"} <= names


def outside() -> dict[str, str]:
    """Return an environment that knows of no index, no folder of wheels and no checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "PYTHON"))}
    return kept | {"PIP_CONFIG_FILE": os.devnull}


@pytest.mark.slow
def test_an_empty_environment_is_filled_from_the_folder_alone(tmp_path: Path) -> None:
    wheels, fresh = tmp_path / "wheels", tmp_path / "fresh"
    program = [sys.executable, "-c", "from experiments.cli import main; main()"]
    subprocess.run([*program, "bundle", str(wheels)], cwd=ROOT, check=True)
    assert "--no-index --find-links . confianza" in (wheels / bundle.README).read_text(encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(fresh)], check=True)
    alone = ["unshare", "--net", "--map-root-user"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        alone = []
    folder = fresh / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "python")]
    install = [*pip, "install", "--quiet", "--no-index", "--find-links", ".", "confianza"]
    subprocess.run([*alone, *install], cwd=wheels, env=outside(), check=True)
    for words in (
        ["doctor"],
        ["run", "villa_canales", "--set", "population.scale=0.05", "--years", "0.25"],
    ):
        told = subprocess.run(
            [*alone, str(folder / "confianza"), *words],
            cwd=tmp_path,
            env=outside(),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert told.returncode == 0, told.stdout + told.stderr
    assert (tmp_path / "results").is_dir()
