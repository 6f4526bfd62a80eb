"""A changed rule gives another code, a changed number other results, a changed word neither."""

import shutil
from pathlib import Path

import pytest

from experiments.words import catalogue
from model.engine.fingerprint import cache_folder, code_fingerprint, fingerprint
from model.engine.numbers import read_numbers


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the model, of which the fingerprints are taken."""
    copy = tmp_path / "model"
    shutil.copytree(catalogue.MODEL_FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    here = taken()
    monkeypatch.setattr("model.engine.fingerprint.PACKAGE", copy)
    assert taken() == here
    return copy


def taken() -> tuple[str, str]:
    """Take the fingerprints of the code and of the results anew."""
    read_numbers.cache_clear()
    code_fingerprint.cache_clear()
    fingerprint.cache_clear()
    return code_fingerprint(), fingerprint()


@pytest.fixture(autouse=True)
def taken_anew_afterwards():
    yield
    read_numbers.cache_clear()
    code_fingerprint.cache_clear()
    fingerprint.cache_clear()


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, before
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("trust/words.toml", "rumores", "lo que cuentan"),
        ("trust/numbers.toml", "temor tras un daño propio de gravedad 1", "miedo tras un daño propio"),
        ("trust/numbers.toml", "effect of harm to oneself of severity 1 on fear", "effect of own harm"),
        ("trust/numbers.toml", 'source = "B11", en = "residents whom', 'source = "B12", en = "residents whom'),
        ("trust/numbers.toml", 'en = "Campaign for precautions"', 'en = "Campaign"'),
        ("police/numbers.toml", 'en = "victim sent away"', 'en = "victim turned away"'),
    ],
)
def test_who_corrects_a_word_leaves_both_as_they_are(package: Path, file: str, before: str, after: str) -> None:
    here = taken()
    edit(package / file, before, after)
    assert taken() == here


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("trust/numbers.toml", "harm = { value = 0.8,", "harm = { value = 0.9,"),
        (
            "trust/numbers.toml",
            'range = [0, 4], off = 0.0, source = "assumed; swept"',
            'range = [0, 5], off = 0.0, source = "assumed; swept"',
        ),
        (
            "trust/numbers.toml",
            'range = [-0.5, 0.5], off = 0.0, source = "assumed; both signs swept", en = "effect of a',
            'range = [-0.5, 0.5], off = 0.1, source = "assumed; both signs swept", en = "effect of a',
        ),
        ("trust/numbers.toml", 'role = "lever", source = "B11"', 'role = "site", source = "B11"'),
        ("police/numbers.toml", "turned_away = { fair = 0.1", "turned_away = { fair = 0.2"),
    ],
)
def test_who_changes_a_number_changes_results_and_not_the_code(
    package: Path, file: str, before: str, after: str
) -> None:
    (code, results), kernels = taken(), cache_folder()
    edit(package / file, before, after)
    changed = taken()
    assert changed[0] == code
    assert changed[1] != results
    assert cache_folder() == kernels


def test_who_changes_a_rule_changes_both(package: Path) -> None:
    here, kernels = taken(), cache_folder()
    (package / "engine" / "errors.py").write_text("", encoding="utf-8")
    assert not set(taken()) & set(here)
    assert cache_folder() != kernels


def test_the_order_of_lines_and_the_package_of_a_table_change_nothing(package: Path) -> None:
    here, path = taken(), package / "trust" / "numbers.toml"
    tables = path.read_text(encoding="utf-8").split("\n\n")
    path.write_text("\n\n".join(reversed(tables)), encoding="utf-8")
    assert taken() == here


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.engine.fingerprint.PACKAGE", tmp_path)
    for folder, rule in (("crime", "A = 1"), ("fear", "A = 2")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rules.py").write_text(rule, encoding="utf-8")
    here = taken()
    (tmp_path / "fear").rename(tmp_path / "dread")
    assert not set(taken()) & set(here)
