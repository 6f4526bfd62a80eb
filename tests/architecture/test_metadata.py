"""Addresses, persons and versions are said in one place, and a wrong Python is named as the cause."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from experiments.dev.documents import metadata

ROOT = Path(__file__).parents[2]
MISSING = "no address" + " yet"
FILLED = {"repository": "https://example.org/confianza", "contact": "confianza@example.org"}


def test_a_missing_address_is_told_in_one_place_alone() -> None:
    listed = subprocess.run(["git", "grep", "-l", MISSING], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode > 1:
        pytest.skip("not a git checkout")
    assert listed.stdout.split() == ["pyproject.toml"]


def test_what_is_filled_in_at_that_place_stands_in_every_file(monkeypatch: pytest.MonkeyPatch) -> None:
    project, own = metadata.declared()
    monkeypatch.setattr(metadata, "declared", lambda: (project, own | FILLED))
    texts = {path.name: text for path, text in metadata.metadata_documents().items()}
    assert yaml.safe_load(texts["CITATION.cff"])["repository-code"] == FILLED["repository"]
    meta, deposit = json.loads(texts["codemeta.json"]), json.loads(texts[".zenodo.json"])
    assert (meta["codeRepository"], meta["email"]) == (FILLED["repository"], FILLED["contact"])
    assert deposit["related_identifiers"][-1]["identifier"] == FILLED["repository"]
    for name in ("SECURITY.md", "CODE_OF_CONDUCT.md"):
        assert f"Contact by mail: {FILLED['contact']}." in texts[name]
        assert "pyproject.toml" not in texts[name]
    assert all(address in texts["comses.md"] for address in FILLED.values())


def test_the_address_of_the_package_is_that_of_the_repository() -> None:
    project, own = metadata.declared()
    assert list(project.get("urls", {}).values()) == [own["repository"]] * bool(own["repository"])


@pytest.mark.parametrize("path", list(metadata.metadata_documents()), ids=lambda path: path.name)
def test_metadata_are_those_of_the_project_file(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == metadata.metadata_documents()[path]


def test_an_old_python_reads_the_door_of_the_project_and_is_named_as_the_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    door = (ROOT / "confianza" / "__init__.py").read_text(encoding="utf-8")
    ast.parse(door.partition("HOME =")[0], feature_version=(3, 8))
    monkeypatch.setattr(sys, "version_info", (3, 11, 7, "final", 0))
    with pytest.raises(SystemExit, match=r"^confianza: Python 3\.12 or newer is needed; this is 3\.11$"):
        exec(compile(door, "confianza", "exec"), {})


def test_an_old_pip_is_not_sent_after_a_package_that_needs_a_newer_python() -> None:
    """Old versions of pip read what a package needs before the Python that it needs."""
    needed = {one.name: one for one in map(Requirement, metadata.declared()[0]["dependencies"])}
    marker = needed["mesa"].marker
    assert marker is not None
    assert [marker.evaluate({"python_version": version}) for version in ("3.11", "3.12", "3.14")] == [False, True, True]


def test_the_oldest_python_is_the_same_everywhere() -> None:
    project = metadata.declared()[0]
    oldest = project["requires-python"].removeprefix(">=")
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["target-version"]
    assert ruff == "py" + oldest.replace(".", "")
    for name in ("confianza/__init__.py", "run.py"):
        assert re.search(rf"\({oldest.replace('.', ', ')}\)", (ROOT / name).read_text(encoding="utf-8")), name
