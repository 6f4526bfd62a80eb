"""The tutorial runs from its first cell to its last, at a small scale."""

import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[3]
TUTORIAL = ROOT / "experiments" / "tutorial.ipynb"
RUN = """
import os, nbformat, nbclient
os.environ["CONFIANZA_TUTORIAL_QUICK"] = "1"
book = nbformat.read(%r, as_version=4)
nbclient.NotebookClient(book, timeout=300, kernel_name="python3").execute()
print("\\n".join(output.get("text", "") for cell in book.cells for output in cell.get("outputs", [])))
"""


def test_the_tutorial_runs_and_ends_with_equal():
    program = RUN % str(TUTORIAL)
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr[-2000:]
    assert told.stdout.rstrip().endswith("equal")
    assert "kB, opens without network" in told.stdout


def test_the_tutorial_is_stored_without_results_and_read_in_a_quarter_of_an_hour():
    book = nbformat.read(TUTORIAL, as_version=4)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in book.cells)
    words = sum(len(cell["source"].split()) for cell in book.cells)
    assert 400 < words < 2500
