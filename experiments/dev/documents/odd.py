"""Assemble the ODD from its frame and the sections of the mechanisms, which are stored with their code."""

import itertools
import re
from pathlib import Path

from experiments.dev.documents.table_access import access_by_mechanism
from experiments.dev.documents.writers import access_lines

MODEL = Path(__file__).parents[3] / "model"
ODD, FRAME = MODEL / "docs" / "ODD.md", MODEL / "docs" / "frame.md"
MECHANISMS_MARK = "<!-- mechanisms -->"
SUBMODELS = "## 6 Submodels"
TITLE = re.compile(r"^# (\w+)(?: \(M(\d+)( in part)?\))?$", re.MULTILINE)
HEADING_MARK = re.compile(r"^(#+ )", re.MULTILINE)
"""Headings in the file of a mechanism; they are two levels deeper in the whole document."""
STEP = re.compile(r"^1\. (?=`)", re.MULTILINE)
HEADING = re.compile(r"^### (\w+)(.*)$", re.MULTILINE)
NOTE = (
    "<!-- Written by `python -m experiments.dev.documents`: edit frame.md, the mechanisms' NAME.md "
    "and the code instead. -->"
)


def sections() -> list[Path]:
    """Return the files with the sections of the mechanisms, in the order of the mechanisms (M1, M2, …)."""
    return sorted((path for path in MODEL.glob("*/*.md") if path.parent.name != "docs"), key=section_order)


def section_order(path: Path) -> tuple[int, bool, str]:
    """Return the sort key of a section: number of its mechanism, complete before partial ones, then the name."""
    title = TITLE.match(path.read_text(encoding="utf-8"))
    if title is None or title[2] is None:
        raise ValueError(f"{path} must begin with a title like '# fear (M22)'")
    return int(title[2]), title[3] is not None, path.stem


def odd_page() -> str:
    """Return the ODD without the lists from the code, with steps and submodels in order and numbered."""
    texts = (path.read_text(encoding="utf-8").strip() + access_of(path.stem) for path in sections())
    mechanisms = "\n\n".join(HEADING_MARK.sub(r"##\1", section) for section in texts)
    before, _, submodels = FRAME.read_text(encoding="utf-8").replace(MECHANISMS_MARK, mechanisms).partition(SUBMODELS)
    title, rest = before.split("\n", 1)
    steps = itertools.count(1)
    rest = STEP.sub(lambda _: f"{next(steps)}. ", rest)
    return f"{title}\n\n{NOTE}\n{rest}{SUBMODELS}{with_numbers(submodels)}"


def access_of(name: str) -> str:
    """Return the paragraph on what a mechanism reads and writes; empty for a section that is no mechanism's."""
    return f"\n\n{access_lines(name)}" if name in access_by_mechanism() else ""


def with_numbers(submodels: str) -> str:
    """Return the submodels with numbers in their headings, and with the link targets of all names at the end."""
    names = HEADING.findall(submodels)
    places = {name: f"6.{number} {name}{rest}" for number, (name, rest) in enumerate(names, start=1)}
    text = HEADING.sub(lambda heading: f"### {places[heading[1]]}", submodels)
    return (
        text.rstrip("\n") + "\n\n" + "\n".join(f"[{name}]: #{anchor(title)}" for name, title in places.items()) + "\n"
    )


def anchor(title: str) -> str:
    """Return the anchor that a heading gets when Markdown is rendered.

    >>> anchor("6.12 communal_authority (M14)")
    '612-communal_authority-m14'
    """
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
