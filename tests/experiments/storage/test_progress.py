"""Whether the model is compiled: told by its last kernel on the disk."""

import os
from pathlib import Path

import pytest
from numba.core.caching import UserProvidedCacheLocator

from experiments.storage import progress


def test_the_model_counts_as_compiled_only_when_the_last_kernel_of_this_checkout_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "cache_folder", lambda: tmp_path)
    source = progress.PACKAGE / "engine" / "driver.py"
    own, other = tmp_path / progress.numba_folder(source), tmp_path / "engine_of_another_checkout"
    for folder in (own, other):
        folder.mkdir()
    (own / "random_streams.keyed_uniform-1.py313.1.nbc").touch()  # compiled when it is imported
    (other / "driver.run_shifts-1.py313.1.nbc").touch()
    assert not progress.compiled_before()
    kernel = own / "driver.run_shifts-1.py313.1.nbc"
    kernel.touch()
    assert progress.compiled_before()
    before = source.stat().st_mtime - 60.0
    os.utime(kernel, (before, before))  # a new checkout of the same code: Numba compares contents, not times
    assert progress.compiled_before()


def test_the_folder_of_kernels_is_that_of_numba() -> None:
    source = progress.PACKAGE / "engine" / "driver.py"
    assert progress.numba_folder(source) == UserProvidedCacheLocator.get_suitable_cache_subpath(str(source))
