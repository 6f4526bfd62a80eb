"""The tables of columns in the pages on one's own municipality, in English and Spanish."""

import re
from pathlib import Path

from scenarios.columns import ColumnText, column_texts

DOCS = Path(__file__).parents[3] / "docs"
PAGES = {"en": DOCS / "do" / "own_data.md", "es": DOCS / "es" / "datos_propios.md"}
HEADS = {
    "en": ("column", "unit", "may be", "if left out", "what"),
    "es": ("columna", "unidad", "puede ser", "si falta", "qué es"),
}
REQUIRED = {"en": "must be given", "es": "obligatoria"}
CHOSEN = {"en": "random", "es": "al azar"}
PLACE = re.compile(r"(<!-- columns: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def column_page(language: str) -> str:
    """Return a page with its tables as the code has the columns."""
    text = PAGES[language].read_text(encoding="utf-8")
    return PLACE.sub(lambda place: f"{place[1]}\n{table(place[2], language)}\n\n{place[3]}", text)


def table(name: str, language: str) -> str:
    """Return the columns of one table of a scenario file as a table in Markdown."""
    lines = [HEADS[language], ("---",) * len(HEADS[language])]
    lines += [row(column, language) for column in column_texts(name)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def row(column: ColumnText, language: str) -> tuple[str, ...]:
    """Return the cells of one column."""
    default = column.default or (CHOSEN if column.optional else REQUIRED)[language]
    return f"`{column.name}`", column.unit.get(language, ""), column.range, default, column.about[language]
