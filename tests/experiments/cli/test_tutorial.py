"""The notebooks of the documentation run from their first cell to their last, at a small scale."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]
NOTEBOOKS = ROOT / "docs" / "learn"
TUTORIAL = NOTEBOOKS / "pairs.ipynb"
RUN = """
import os, nbformat, nbclient
os.environ["CONFIANZA_TUTORIAL_QUICK"] = "1"
book = nbformat.read(%r, as_version=4)
nbclient.NotebookClient(book, timeout=300, kernel_name="python3").execute()
print("\\n".join(output.get("text", "") for cell in book.cells for output in cell.get("outputs", [])))
"""


def run_notebook(path: Path) -> str:
    """Run a notebook in a process of its own and return what its cells print."""
    done = subprocess.run(
        [sys.executable, "-c", RUN % str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_comparison_of_pairs_ends_with_equal() -> None:
    told = run_notebook(TUTORIAL)
    assert told.rstrip().endswith("equal")
    assert "kB, opens without network" in told


@pytest.mark.slow
def test_one_town_and_a_study_run() -> None:
    assert "residents" in run_notebook(NOTEBOOKS / "one_town.ipynb")
    assert "trust" in run_notebook(NOTEBOOKS / "study.ipynb")


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_is_stored_without_results_and_is_short(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in book.cells)
    assert 100 < sum(len(cell["source"].split()) for cell in book.cells) < 2500
