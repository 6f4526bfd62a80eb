"""The wheel, built and installed as somebody does who has no clone."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from test_release import pythons

ROOT = Path(__file__).parents[2]
BIN = "Scripts" if os.name == "nt" else "bin"
SMALL = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1", "--out", "out")
UV = shutil.which("uv") or ""


def told_by(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, words)], cwd=folder, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, made without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    made = told_by(ROOT, UV, "build", "--offline", "--wheel", "--out-dir", folder) if UV else None
    if made is None or made.returncode:
        pytest.skip("no uv with what it needs to build in its cache")
    (path,) = folder.glob("*.whl")
    return path


@pytest.mark.thorough
def test_the_wheel_has_every_file_of_numbers_and_of_words(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        packed = {name for name in content.namelist() if name.startswith(("model/", "scenarios/"))}
    data = {
        path.relative_to(ROOT).as_posix() for top in ("model", "scenarios") for path in (ROOT / top).rglob("*.toml")
    }
    assert len([name for name in data if name.endswith("/numbers.toml")]) > 12
    assert data <= packed


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
