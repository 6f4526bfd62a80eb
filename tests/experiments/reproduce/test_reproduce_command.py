"""The command from runs to explorer, on a few runs of small towns; begun again it tells the same."""

import json
from pathlib import Path

import pytest

from experiments.cli import reproduce as command
from experiments.reproduce.plan import ReproduceSize, plan
from model.engine.errors import InputError

pytestmark = pytest.mark.thorough

pytest.importorskip("sklearn")
FEW = ReproduceSize(
    draws=1, points=1, loop=1, cuts=1, long=0, long_points=0, years=1, long_years=1, checks=1,
    set={"population.scale": 0.05, "calendar.warm_up": 0},
)  # fmt: skip


def test_a_few_runs_become_tables_figures_sentences_and_a_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(plan().sizes, "trial", FEW)
    monkeypatch.setattr(command, "write_figures", lambda *_: None)  # they take longest
    assert command.reproduce("trial", 1, tmp_path, fresh=False) == 0
    assert capsys.readouterr().out.startswith("## What MOPSIC, reporting support and resources do")
    lock = json.loads((tmp_path / "reproduce.lock.json").read_text(encoding="utf-8"))
    assert lock["failed"] == []
    assert lock["pairs"] == lock["planned"] == 24
    assert {"sentences.es.md", "tables/answer.csv", "explorer.html", "pairs.parquet"} <= set(lock["files"])
    before = (tmp_path / "pairs.parquet").read_bytes()
    assert command.reproduce("trial", 1, tmp_path, fresh=False, so_far=True) == 0
    assert (tmp_path / "pairs.parquet").read_bytes() == before
    with pytest.raises(InputError, match="size is another than now"):
        command.reproduce("quick", 1, tmp_path, fresh=False)
