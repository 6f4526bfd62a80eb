"""Write the tables of columns in the pages on own municipalities, in English and Spanish."""

import re
from pathlib import Path

from experiments.dev.documents.markdown import table
from scenarios.columns import ColumnText, column_texts

DOCS = Path(__file__).parents[3] / "docs"
PAGES = {"en": DOCS / "do" / "own_data.md", "es": DOCS / "es" / "datos_propios.md"}
HEADS = {
    "en": ("column", "unit", "may be", "if left out", "what"),
    "es": ("columna", "unidad", "puede ser", "si falta", "qué es"),
}
REQUIRED = {"en": "must be given", "es": "obligatoria"}
RANDOM = {"en": "random", "es": "al azar"}
TABLE_MARKS = re.compile(r"(<!-- columns: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def column_page(language: str) -> str:
    """Return a page with its tables of columns generated from the code."""
    text = PAGES[language].read_text(encoding="utf-8")

    def listed(place: re.Match[str]) -> str:
        columns = table(HEADS[language], (column_row(column, language) for column in column_texts(place[2])))
        return f"{place[1]}\n{columns}\n\n{place[3]}"

    return TABLE_MARKS.sub(listed, text)


def column_row(column: ColumnText, language: str) -> tuple[str, ...]:
    """Return the cells of one column."""
    default = column.default or (RANDOM if column.optional else REQUIRED)[language]
    return f"`{column.name}`", column.unit.get(language, ""), column.range, default, column.about[language]
