"""Whether the model is compiled: told by its last kernel on the disk."""

from pathlib import Path

import pytest

from experiments.storage import progress


def test_the_model_counts_as_compiled_only_when_its_last_kernel_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "cache_folder", lambda: tmp_path)
    (tmp_path / "random_streams.keyed_uniform-1.py313.1.nbc").touch()  # compiled when it is imported
    assert not progress.compiled_before()
    (tmp_path / "driver.run_shifts-1.py313.1.nbc").touch()
    assert progress.compiled_before()
