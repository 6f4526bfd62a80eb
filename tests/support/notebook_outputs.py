"""Store in each notebook of the site what its cells show: `python tests/support/notebook_outputs.py [NOTEBOOK…]`."""

import os
import re
import sys
import tempfile
from pathlib import Path

import nbclient
import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "docs" / "learn"
FORMS = ("text/html", "text/plain")
"""Forms of a value; the first that it has is stored."""
TEMPORARY = re.compile(re.escape(tempfile.gettempdir()) + r"/tmp\w+")
"""A temporary folder, whose name differs from one run to the next."""
SECONDS = 1800
"""After which a cell is given up."""


def executed(path: Path) -> NotebookNode:
    """Run a notebook from its first cell to its last; return it with what the site shows of each cell."""
    book = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(
        book, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}
    ).execute()
    for cell in book.cells:
        cell.metadata.pop("execution", None)  # times
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = [shown(one) for one in cell.outputs if one.get("name") != "stderr"]
    return book


def shown(output: NotebookNode) -> NotebookNode:
    """Return an output without what differs from one run to the next."""
    if output.output_type == "stream":
        return nbformat.v4.new_output("stream", name=output.name, text=TEMPORARY.sub("…", output.text))
    form = next(one for one in FORMS if one in output.data)
    return nbformat.v4.new_output("display_data", data={form: output.data[form]})


def main(names: list[str]) -> None:
    os.chdir(ROOT)
    for path in map(Path, names or sorted(map(str, NOTEBOOKS.glob("*.ipynb")))):
        nbformat.write(executed(path), path)
        print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
