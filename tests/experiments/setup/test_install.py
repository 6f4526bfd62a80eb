"""What is installed: the core without extras, one line where an extra is missing, one door with a name of its own."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from experiments.cli import app as cli
from experiments.setup import doctor
from model.engine.errors import InputError
from scenarios import extras
from scenarios.extras import EXTRAS

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]
STATED: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OPTIONAL: dict[str, list[str]] = STATED["project"]["optional-dependencies"]
HIDING = """
import importlib.util
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in NAMES:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
seen = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name in NAMES else seen(name, package)
sys.meta_path.insert(0, Hidden())
from confianza import main
main()
"""


def without(extras: list[str], folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as if the modules of some extras were not installed."""
    names = {name for extra in extras for name in EXTRAS[extra]}
    code = HIDING.replace("NAMES", repr(names))
    return started(folder, "-c", code, *words)


def started(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=os.environ | env, capture_output=True, encoding="utf-8", check=False
    )


def test_every_extra_is_one_that_can_be_installed_and_a_clone_has_all() -> None:
    assert set(OPTIONAL) == {*EXTRAS, "all"}
    assert Requirement(OPTIONAL["all"][0]).extras == set(EXTRAS)
    assert "confianza[all]" in STATED["dependency-groups"]["dev"]
    core = {Requirement(line).name for line in STATED["project"]["dependencies"]}
    for extra in EXTRAS:
        assert core & {Requirement(line).name for line in OPTIONAL[extra]} <= {"mesa"}


@pytest.mark.parametrize(
    ("hidden", "extra", "words"),
    [
        ("page", "page", ["view"]),
        ("page", "mesa", ["view", "--mesa"]),
        ("dask", "dask", ["sweep", "STUDY", "--dask", "localhost:1"]),
    ],
)
def test_a_command_that_lacks_an_extra_says_so_in_one_line(
    hidden: str, extra: str, words: list[str], tmp_path: Path
) -> None:
    study = tmp_path / "small.toml"
    study.write_text('scenarios = ["baseline"]\nseeds = 1\nyears = 0.1\nwarm_up = 0\n', encoding="utf-8")
    told = without([hidden], tmp_path, *[str(study) if word == "STUDY" else word for word in words])
    assert told.returncode == 2, told.stderr
    assert f"in {ROOT}, uv sync --locked --extra {extra}, or" in told.stderr.splitlines()[-1]
    assert "Traceback" not in told.stderr


def test_an_outline_that_needs_gdal_names_the_extra_and_one_in_geojson_needs_none(tmp_path: Path) -> None:
    (tmp_path / "town.gpkg").write_bytes(b"SQLite format 3\0")
    (tmp_path / "town.toml").write_text('extends = "baseline"\n[territory]\noutline = "town.gpkg"\n', encoding="utf-8")
    told = without(["maps"], tmp_path, "list", "parameters", "trust", "--scenario", "town.toml")
    assert told.returncode == 2, told.stderr
    assert told.stderr.count("\n") == 1
    assert "town.gpkg" in told.stderr
    assert f"in {ROOT}, uv sync --locked --extra maps, or" in told.stderr


class Installed:
    """The record of an installation that says where the program came from."""

    version = "1.2.3"

    def __init__(self, origin: dict[str, Any] | None) -> None:
        self.origin = origin

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return None if self.origin is None else json.dumps(self.origin)


WHEEL = "confianza-1.2.3-py3-none-any.whl"
REPOSITORY = {"url": "https://example.org/c.git", "vcs_info": {"vcs": "git", "commit_id": "a1b2"}}


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ({"url": "file:///HERE/my%20wheels/" + WHEEL}, f"file:///HERE/my%20wheels/{WHEEL}"),
        ({"url": "https://example.org/" + WHEEL}, f"https://example.org/{WHEEL}"),
        (REPOSITORY, "git+https://example.org/c.git@a1b2"),
        ({"url": "file:///HERE/gone/" + WHEEL}, f"file:///FOLDER/{WHEEL}"),
        (None, f"file:///FOLDER/{WHEEL}"),
    ],
)
def test_without_a_clone_hints_name_the_wheel_that_was_installed_and_never_an_index(
    origin: dict[str, Any] | None, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def placed(text: str) -> str:
        return text.replace("file:///HERE", tmp_path.as_uri())

    (tmp_path / "my wheels").mkdir()
    (tmp_path / "my wheels" / WHEEL).touch()
    origin = origin and json.loads(placed(json.dumps(origin)))
    monkeypatch.setattr(extras, "ROOT", tmp_path)
    monkeypatch.setattr(extras, "distribution", lambda _: Installed(origin))
    monkeypatch.setattr(doctor, "missing_modules", lambda _: ["starlette"])
    monkeypatch.setattr(extras, "missing_modules", lambda _: ["starlette"])
    command = f'pip install "confianza[page] @ {placed(told)}"'
    assert Requirement(command.split('"')[1]).extras == {"page"}
    with pytest.raises(InputError, match=re.escape(command)):
        extras.require_extra("page", "view")
    assert command in doctor.page().finding
    assert f'pip install "confianza @ {placed(told)}"' in doctor.run_check(broken).remedy


def broken() -> doctor.CheckResult:
    raise ImportError("no module named 'mesa'")


def test_the_core_computes_compares_sweeps_and_reports_without_any_extra(tmp_path: Path) -> None:
    small = ["--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.1"]
    told = without(
        [*EXTRAS],
        tmp_path,
        "compare",
        "status_quo",
        "resources_only",
        *small,
        "--replicates",
        "2",
        "--report",
        "a.html",
    )
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "a.html").stat().st_size > 10_000


@pytest.mark.parametrize("name", ["model", "scenarios", "experiments"])
@pytest.mark.parametrize("words", [("-m", "confianza", "list", "policies"), ("-c", "import confianza; confianza.load")])
def test_a_file_that_bears_a_name_of_ours_is_told_in_one_line(
    name: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / f"{name}.py").write_text("mine = 1\n", encoding="utf-8")
    told = started(tmp_path, *words)
    last = told.stderr.splitlines()[-1]
    assert told.returncode == (2 if "-m" in words else 1)
    assert f"'{name}' must be Confianza's own, got {tmp_path.resolve() / name}.py: rename" in last
    assert words[0] == "-c" or told.stderr.count("\n") == 1


def test_a_name_that_the_user_imported_first_is_told_too(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("mine = 1\n", encoding="utf-8")
    code = "import model, sys; sys.path.pop(0); from confianza import TrustModel"
    assert "'model' must be Confianza's own" in started(tmp_path, "-c", code).stderr.splitlines()[-1]


def test_the_door_gives_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    code = "import confianza as c; print(*(getattr(c, name).__name__ for name in c.__all__)); c.nothing"
    told = started(tmp_path, "-c", code)
    assert told.stdout.split() == ["InputError", "TrustModel", "bounds", "build", "load", "main", "read"]
    assert told.stderr.splitlines()[-1] == "AttributeError: module 'confianza' has no attribute 'nothing'"


def test_the_program_enters_by_the_door() -> None:
    assert STATED["project"]["scripts"] == {"confianza": "confianza:main"}
    assert STATED["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"][0] == "confianza"
    assert cli.app.info.name == "confianza"


def test_nothing_forbids_to_hand_the_project_on() -> None:
    assert not [line for line in STATED["project"]["classifiers"] if line.startswith("Private")]
