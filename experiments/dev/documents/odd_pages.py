"""Write the pages of the site on the ODD: the short one first, and its supplement by chapter and by package."""

import re
from collections.abc import Iterator

from experiments.dev.documents import odd, short_odd
from experiments.dev.documents.markdown import contents_page

CHAPTER = re.compile(r"^## (\d) (.+)$", re.MULTILINE)
PARAMETERS_CHAPTER = "7"
WHOLE_ODD = "_generated/ODD.md"
ABOUT = f"""Every rule of the model, with a page for each chapter and for each package of mechanisms; the
[ODD](index.md) comes first. [Tables by package](../../lookup/parameters.md) take the place of the chapter on
parameters. The whole text can be read in one file: {{download}}`ODD.md <../../{WHOLE_ODD}>`."""
SHORT_CONTENTS = "\n```{toctree}\n:hidden:\n\nsupplement\n```\n"


def supplement_pages(text: str) -> Iterator[tuple[str, str]]:
    """Yield the full ODD as one page per chapter and per package of mechanisms, and the whole as a file to download."""
    chapters, places = chapters_and_places(text)
    links = "\n".join(f"[{name}]: {place}" for name, place in places.items())
    for page, chapter in chapters.items():
        yield f"understand/odd/{page}.md", f"{chapter}\n\n{links}\n"
    yield "understand/odd/supplement.md", contents_page("Supplement of the ODD", ABOUT, chapters)
    yield WHOLE_ODD, text


def short_page(short: str, text: str) -> str:
    """Return the short ODD with links from each mechanism to its section of the full ODD, whose text is given, too."""
    _, places = chapters_and_places(text)
    return short_odd.short_page(short, places) + SHORT_CONTENTS


def chapters_and_places(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the chapters of the full ODD by page, and the link to each section on a mechanism by its name."""
    _, *parts = CHAPTER.split(text)
    texts, places = dict[str, str](), dict[str, str]()
    for number, title, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if number == PARAMETERS_CHAPTER:  # pages of their own list them
            continue
        page = f"{number}_{re.split('[:,]', title.lower())[0].replace(' ', '_')}"
        introduction, *sections = re.split(r"^### (?=6)", body, flags=re.MULTILINE)
        texts[page] = f"# {title}\n\n{raise_headings(introduction.strip())}"
        for section in sections:
            page, heading = f"6_{package_of(section.split()[1])}", section.partition("\n")[0]
            places[heading.split()[1]] = f"{page}.md#{odd.anchor(heading)}"
            section_text = (
                section.partition("\n[daily_rhythm]: #")[0].rstrip().replace("](#4", "](4_design_concepts.md#4")
            )
            first = f"# Mechanisms: {page.removeprefix('6_')}"
            texts[page] = texts.get(page, first) + f"\n\n## {raise_headings(section_text)}"
    return texts, places


def raise_headings(text: str) -> str:
    """Return a text with its headings one level higher, as needed on a page of its own."""
    return re.sub(r"^#(##+ )", r"\1", text, flags=re.MULTILINE)


def package_of(name: str) -> str:
    """Return the package of a mechanism, or "others" for mechanisms described in the frame of the ODD."""
    return next((path.parent.name for path in odd.sections() if path.stem == name), "others")
