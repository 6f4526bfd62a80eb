"""Wheel and source archive, built as the guide says; the wheel is installed as by somebody who has no clone."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from test_release import pythons

from experiments.dev.documents.write import released_documents

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BIN = "Scripts" if os.name == "nt" else "bin"
SMALL = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1", "--out", "out")
UV = shutil.which("uv") or ""


def told_by(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, words)], cwd=folder, capture_output=True, encoding="utf-8", check=False)


def copy_as_in_a_clone(folder: Path) -> Path:
    """Copy the files of this checkout that git does not ignore."""
    listed = told_by(ROOT, "git", "ls-files", "--cached", "--others", "--exclude-standard")
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with wheel and source archive, made in a clone by the commands of the guide without the network."""
    commands = re.search(r"^\d\. Run `python (-m [\w.]+)`, then `uv (build)`", GUIDE, re.MULTILINE)
    assert commands, "the guide names the commands that make a release"
    tree, folder = copy_as_in_a_clone(tmp_path_factory.mktemp("clone")), tmp_path_factory.mktemp("release")
    written = told_by(tree, sys.executable, *commands[1].split())
    assert written.returncode == 0, written.stderr
    return build(tree, folder, commands[2])


def build(tree: Path, folder: Path, command: str = "build") -> Path:
    """Build wheel and source archive of a tree into a folder without the network, and return the folder."""
    made = told_by(tree, UV, command, "--offline", "--out-dir", folder) if UV else None
    if made is None or made.returncode:
        pytest.skip("no uv with what it needs to build in its cache")
    return folder


@pytest.mark.thorough
def test_a_second_build_at_another_place_and_time_has_the_same_bytes(release: Path, tmp_path: Path) -> None:
    (archive,) = release.glob("*.tar.gz")
    with tarfile.open(archive) as sources:
        sources.extractall(tmp_path / "again", filter="data")
    (tree,) = (tmp_path / "again").iterdir()
    for path in tree.rglob("*"):
        os.utime(path, (1, 2**30))
        path.chmod(path.stat().st_mode | 0o040)
    (tree / "PKG-INFO").unlink()
    for path in build(tree, tmp_path / "second").iterdir():
        first = release / path.name
        if path.suffix in (".whl", ".gz"):
            assert path.read_bytes() == first.read_bytes(), path.name


@pytest.fixture(scope="module")
def wheel(release: Path) -> Path:
    (path,) = release.glob("*.whl")
    return path


@pytest.mark.thorough
def test_wheel_and_source_archive_have_the_odd_and_the_map(release: Path, wheel: Path) -> None:
    documents = {path.relative_to(ROOT).as_posix(): text for path, text in released_documents().items()}
    with zipfile.ZipFile(wheel) as content:
        assert {name: content.read(name).decode() for name in documents} == documents
    (archive,) = release.glob("*.tar.gz")
    top = archive.name.removesuffix(".tar.gz")
    with tarfile.open(archive) as sources:
        packed = {name: sources.extractfile(f"{top}/{name}") for name in documents}
        assert {name: file.read().decode() for name, file in packed.items() if file} == documents


@pytest.mark.thorough
def test_the_wheel_has_every_file_of_numbers_and_of_words(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        packed = {name for name in content.namelist() if name.startswith(("model/", "scenarios/"))}
    data = {
        path.relative_to(ROOT).as_posix() for top in ("model", "scenarios") for path in (ROOT / top).rglob("*.toml")
    }
    assert len([name for name in data if name.endswith("/numbers.toml")]) > 12
    assert data <= packed


@pytest.mark.thorough
def test_the_wheel_leaves_out_programs_for_maintainers_and_nothing_else_imports_them(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        modules = {name: content.read(name).decode() for name in content.namelist() if name.endswith(".py")}
    assert any(name.startswith("experiments/setup/") for name in modules)
    assert [name for name in modules if name.startswith("experiments/dev/")] == []
    assert [
        name for name, text in modules.items() if re.search(r"^\s*(from|import) experiments\.dev", text, re.M)
    ] == []


@pytest.mark.slow
@pytest.mark.parametrize("python", pythons())
def test_the_wheel_runs_outside_the_clone_on_every_python_that_is_here(
    python: str, wheel: Path, tmp_path: Path
) -> None:
    env = tmp_path / "env"
    if told_by(tmp_path, UV, "venv", "--offline", "--no-project", "--python", python, env).returncode:
        pytest.skip(f"no Python {python} here")
    added = told_by(tmp_path, UV, "pip", "install", "--offline", "--python", env, wheel)
    if added.returncode:
        pytest.skip(f"not all that the core needs on Python {python} is in the cache of uv")
    where = told_by(tmp_path, env / BIN / "python", "-c", "import model; print(model.__file__)")
    assert Path(where.stdout.strip()).is_relative_to(env)
    told = told_by(tmp_path, env / BIN / "confianza", "run", "baseline", *SMALL)
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "out" / "measures.parquet").is_file()
    hinted = told_by(tmp_path, env / BIN / "confianza", "view").stderr.splitlines()[-1]
    assert hinted.endswith(f': pip install "confianza[page] @ {wheel.as_uri()}"')
