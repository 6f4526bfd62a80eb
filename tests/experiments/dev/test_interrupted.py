"""An examination that was interrupted writes no table of the runs that had finished."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from experiments.dev.examinations import closed_town, decisions
from experiments.execution.executor import JobResults
from experiments.validation.experiment_runs import QUICK


@pytest.mark.parametrize(
    ("module", "show"), [(decisions, decisions.show_decisions), (closed_town, closed_town.show_closed)]
)
def test_an_interruption_is_no_result(
    module: Any, show: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "run_jobs", lambda *_: JobResults(interrupted=True))
    with pytest.raises(KeyboardInterrupt):
        show(tmp_path, QUICK)
    assert not list(tmp_path.iterdir())
