"""Write Markdown tables and tables of contents for the documents and the site."""

from collections.abc import Iterable

WIDE = """```{raw} html
<div class="wide-page"></div>
```"""
"""Mark of a page whose tables take the whole width, by the styles of the site."""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table.

    >>> print(table(("a", "b"), [("1", "2|3")]))
    | a | b |
    | --- | --- |
    | 1 | 2\\|3 |
    """
    head = tuple(head)
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def contents_page(title: str, about: str, names: Iterable[str]) -> str:
    """Return a page with a table of contents."""
    return f"# {title}\n\n{about}\n\n{contents(names)}"


def contents(names: Iterable[str], hidden: bool = False) -> str:
    """Return a list of the pages that stand below a page of the site; if hidden, the menu alone shows it."""
    option = ":hidden:" if hidden else ":maxdepth: 1"
    return "\n".join(["```{toctree}", option, "", *names, "```", ""])
