"""An examination that was interrupted writes no table of the runs that had finished."""

from pathlib import Path

import pytest

from experiments.dev.examinations import decisions
from experiments.execution.executor import JobResults
from experiments.validation.experiment_runs import QUICK


def test_an_interruption_is_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "run_jobs", lambda *_: JobResults(interrupted=True))
    with pytest.raises(KeyboardInterrupt):
        decisions.show_decisions(tmp_path, QUICK)
    assert not list(tmp_path.iterdir())
