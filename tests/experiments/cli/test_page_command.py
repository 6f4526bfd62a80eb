"""`answer --only pages` refuses folders that are no finished answer, or one of another plan, in one line."""

import json
from pathlib import Path

import pytest

from experiments.cli import app as cli
from experiments.reproduce.design import design_of
from experiments.reproduce.lock import LOCK_FILE, settings_of

pytest.importorskip("sklearn")


def refusal(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the line in which the command refuses a folder."""
    assert cli.run_program(["answer", "--only", "pages", "--from", str(folder)]) == 2
    said = capsys.readouterr().err.strip()
    assert "\n" not in said
    return said


def write_lock(folder: Path, **changes: object) -> None:
    """Write the lock of a folder of the size trial, with changes."""
    content = settings_of(design_of("trial"), "trial") | {"files": {}} | changes
    (folder / LOCK_FILE).write_text(json.dumps(content), encoding="utf-8")


def test_it_refuses_what_is_no_finished_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "has no reproduce.lock.json" in refusal(tmp_path, capsys)
    write_lock(tmp_path, size="trail")
    assert "no size 'trail'; did you mean 'trial'" in refusal(tmp_path, capsys)
    write_lock(tmp_path, draws="others")
    assert "draws is another than now" in refusal(tmp_path, capsys)
    write_lock(tmp_path)
    assert "pairs.parquet" in refusal(tmp_path, capsys)
