"""The notebooks of the documentation run from their first cell to their last, and show what their cells print."""

from pathlib import Path

import nbformat
import pytest
from notebook_outputs import executed

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]
NOTEBOOKS = ROOT / "docs" / "learn"


def test_the_comparison_of_pairs_ends_with_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFIANZA_TUTORIAL_QUICK", "1")
    *_, report, verified = (cell for cell in executed(NOTEBOOKS / "pairs.ipynb").cells if cell.cell_type == "code")
    assert "opens without network" in report.outputs[0].text
    assert verified.outputs[0].text == "equal\n"


@pytest.mark.parametrize("name", ["one_town", "study", pytest.param("pairs", marks=pytest.mark.slow)])
def test_a_notebook_shows_what_its_cells_print(name: str) -> None:
    path = NOTEBOOKS / f"{name}.ipynb"
    stored = nbformat.read(path, as_version=4)
    assert [cell.get("outputs") for cell in stored.cells] == [cell.get("outputs") for cell in executed(path).cells], (
        f"run: python tests/support/notebook_outputs.py docs/learn/{name}.ipynb"
    )


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_is_short_and_holds_no_times(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    assert not any(cell.get("execution_count") or "execution" in cell.metadata for cell in book.cells)
    assert 100 < sum(len(cell["source"].split()) for cell in book.cells) < 2500
