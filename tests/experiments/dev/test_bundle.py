"""Workshops without internet: the folder holds everything, and an empty environment can be filled from it alone."""

import contextlib
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from systems import needs_linux

from experiments.dev.bundle import bundle
from model.engine.errors import InputError

ROOT = Path(__file__).parents[3]
LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
ANEW = f"write it anew: the command stands at the top of {bundle.LOCK_FILE}"


def needed(name: str, extras: frozenset[str], found: set[tuple[str, frozenset[str]]]) -> None:
    """Collect what a package needs here, with what that needs."""
    for one in map(Requirement, requires(name) or []):
        wanted = one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras | {""})
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if wanted and key not in found:
            found.add(key)
            needed(*key, found)


def pins(asked: dict[str, str]) -> dict[str, str]:
    """Return what is installed where Python says this of itself: the version of each package."""
    packages = map(bundle.package_of, bundle.locked_lines(asked))
    return {one.name: str(one.specifier).removeprefix("==") for one in packages}


def test_all_that_the_program_needs_is_pinned_to_the_version_that_is_tested_here() -> None:
    found: set[tuple[str, frozenset[str]]] = set()
    needed("confianza", frozenset({"page", "maps"}), found)
    assert len(found) > 50
    assert {(name, version(name)) for name, _ in found} <= pins({}).items(), ANEW


def test_pins_are_those_of_the_lock_file() -> None:
    locked = {(one["name"], one.get("version")) for one in LOCK}
    for system in bundle.SYSTEMS.values():
        assert pins(system["asked"]).items() <= locked, ANEW


def test_everything_is_published_as_wheels() -> None:
    pinned = {name for system in bundle.SYSTEMS.values() for name in pins(system["asked"])}
    assert [one["name"] for one in LOCK if one["name"] in pinned and not one.get("wheels")] == []


@pytest.mark.parametrize("name", bundle.SYSTEMS)
def test_every_system_has_its_own_packages(name: str) -> None:
    names = pins(bundle.SYSTEMS[name]["asked"]).keys()
    assert ("colorama" in names) == (name == "windows")
    assert {"numba", "starlette", "mesa"} <= names
    assert "solara" not in names


def test_every_package_of_the_lock_file_has_its_hashes() -> None:
    known = {one["name"]: one for one in LOCK}
    for line in bundle.locked_lines():
        stated = [one["hash"] for one in known[bundle.package_of(line).name].get("wheels", ())]
        assert {f"sha256:{one}" for one in bundle.hashes_in(line)} >= set(stated)
        assert bundle.hashes_in(line), line


def write_wheel(folder: Path, name: str, version: str, content: str = "") -> Path:
    """Write a wheel of one module."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    told = f"{name}-{version}.dist-info"
    about = f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\n"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{name}.py", content)
        file.writestr(f"{told}/METADATA", about)
        file.writestr(f"{told}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{told}/RECORD", f"{name}.py,,\n{told}/METADATA,,\n{told}/WHEEL,,\n{told}/RECORD,,\n")
    return path


@pytest.mark.thorough
def test_a_wheel_that_is_changed_or_put_into_the_folder_is_not_installed(tmp_path: Path, monkeypatch) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    write_wheel(wheels, "confianza", "9.9")
    write_wheel(wheels, "mesa_maps", "1.0")
    line = "mesa-maps==1.0 --hash=sha256:" + "0" * 64
    monkeypatch.setattr(bundle, "locked_lines", lambda *_: [line])
    listed = list(bundle.requirement_lines(wheels))
    assert [bundle.package_of(one).name for one in listed] == ["confianza", "mesa-maps"]
    assert bundle.hashes_in(listed[1]) == [bundle.sha256_of((wheels / "mesa_maps-1.0-py3-none-any.whl").read_bytes())]
    (wheels / bundle.REQUIREMENTS).write_text("\n".join(listed), encoding="utf-8")
    install = [sys.executable, "-m", "pip", "install", "--no-index", "--find-links", ".", "--no-cache-dir"]
    install += ["--require-hashes", "-r", bundle.REQUIREMENTS, "--target", str(tmp_path / "there")]
    subprocess.run(install, cwd=wheels, env=outside(), check=True, capture_output=True)
    write_wheel(wheels, "mesa_maps", "1.0", "print('changed')")
    told = subprocess.run(install, cwd=wheels, env=outside(), capture_output=True, encoding="utf-8")
    assert told.returncode != 0
    assert "DO NOT MATCH THE HASHES" in told.stderr


def test_wheels_of_strangers_are_refused_before_anything_is_fetched(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(bundle, "pip", lambda *_: pytest.fail("fetched"))
    for name, number in (("stranger", "1.0"), ("starlette", pins({})["starlette"])):
        wheel = write_wheel(tmp_path, name, number)
        with pytest.raises(InputError, match=f"{wheel.name} is no wheel of the lock file; delete it or choose another"):
            bundle.bundle(tmp_path, [])
        wheel.unlink()


def test_a_folder_named_site_is_replaced_only_if_it_is_one(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(bundle, "pip", lambda *_: pytest.fail("fetched"))
    site = tmp_path / bundle.SITE
    site.mkdir()
    (site / "photographs.html").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="holds something else than wheels \\(site\\)"):
        bundle.bundle(tmp_path, [])
    (site / bundle.SITE_FILE).write_text("", encoding="utf-8")
    bundle.check_place(tmp_path)


def test_the_wheel_of_a_bundle_gets_the_odd_and_the_map_as_they_are_now(tmp_path: Path, monkeypatch) -> None:
    def pip(command: str, *_: str) -> None:
        assert command == "wheel"
        raise InputError(document.read_text(encoding="utf-8"))

    document = tmp_path / "ODD.md"
    document.write_text("an older version", encoding="utf-8")
    monkeypatch.setattr(bundle, "released_documents", lambda: {document: "the present version"})
    monkeypatch.setattr(bundle, "pip", pip)
    with pytest.raises(InputError, match="the present version"):
        bundle.bundle(tmp_path / "wheels", [])


@needs_linux
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_fetched(monkeypatch) -> None:
    monkeypatch.setattr(bundle, "pip", lambda *_: pytest.fail("fetched"))
    with pytest.raises(InputError, match="/proc/wheels: cannot be written"):
        bundle.bundle(Path("/proc/wheels"), [])


def full(*_: object, **__: object) -> None:
    """Copy on a full disk."""
    raise shutil.Error([("a", "b", "[Errno 28] No space left on device")])


@pytest.mark.parametrize(
    ("fails", "told"),
    [("", ""), ("build", "cannot be built: WARNING: no such page"), ("copy", "site: cannot be written: .* No space")],
)
def test_the_site_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch, fails: str, told: str) -> None:
    def sphinx(command, **_):
        built = Path(command[-1])
        built.mkdir()
        (built / bundle.SITE_FILE).write_text("new", encoding="utf-8")
        return subprocess.CompletedProcess(command, int(fails == "build"), "", "\nWARNING: no such page\n")

    site = tmp_path / bundle.SITE
    site.mkdir()
    for name in (bundle.SITE_FILE, "old.html"):
        (site / name).write_text("old", encoding="utf-8")
    monkeypatch.setattr(bundle.subprocess, "run", sphinx)
    if fails == "copy":
        monkeypatch.setattr(bundle.shutil, "copytree", full)
    with pytest.raises(InputError, match=told) if fails else contextlib.nullcontext():
        bundle.build_site(site, ROOT / "docs")
    assert (site / "old.html").exists() == bool(fails)
    assert list(tmp_path.iterdir()) == [site]
    assert (site / bundle.SITE_FILE).read_text(encoding="utf-8") == ("old" if fails else "new")


def outside() -> dict[str, str]:
    """Return an environment that knows of no index, no folder of wheels and no checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "PYTHON"))}
    return kept | {"PIP_CONFIG_FILE": os.devnull}


@pytest.mark.slow
def test_an_empty_environment_is_filled_from_the_folder_alone(tmp_path: Path) -> None:
    wheels, fresh = tmp_path / "wheels", tmp_path / "fresh"
    program = [sys.executable, "-c", "from experiments.cli import main; main()"]
    subprocess.run([*program, "bundle", str(wheels)], cwd=ROOT, check=True)
    installed = ["--no-index", "--find-links", ".", "--require-hashes", "-r", bundle.REQUIREMENTS]
    assert " ".join(installed) in (wheels / bundle.README).read_text(encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(fresh)], check=True)
    alone = ["unshare", "--net", "--map-root-user"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        alone = []
    folder = fresh / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "python")]
    subprocess.run([*alone, *pip, "install", "--quiet", *installed], cwd=wheels, env=outside(), check=True)
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
