"""Write the page of the site that opens with the page of a town, from the pages on record."""

import shutil
from pathlib import Path
from typing import Any

from experiments.dev.documents.answer import SITES
from experiments.words.toml_files import toml_beside

WORDS: dict[str, Any] = toml_beside(__file__)
RECORD = Path(__file__).parents[3] / "results" / "reference"
RECORDED_IN = (RECORD / "page", RECORD / "reproduce" / "page")
"""Folders in which the page of a town may be on record; the first that has it counts."""
EXTRA = "_generated/extra"
"""Folder below `docs` whose files are copied into the site as they are."""
PLACES = {"en": "try.md", "es": "es/probar.md"}
COMMANDS = """```sh
uv run --locked confianza answer --quick --out results/quick
uv run --locked confianza answer --only pages --from results/quick --out results/page
```

<!-- no output: these commands take an hour -->"""
FRAME = """```{{raw}} html
<p><a class="sd-btn sd-btn-primary" href="{address}">{open}</a> <a href="{address}" download>{save}</a></p>
<p class="phone">{phone} <a href="{address}"><output>{file}</output></a></p>
<iframe class="town" src="{address}" title="{frame}" loading="lazy"></iframe>
<script>
for (const shown of document.querySelectorAll(".phone output")) shown.textContent = shown.parentElement.href;
</script>
```"""


def recorded_pages() -> dict[str, Path]:
    """Return the file of the page of each town that is on record, by the name of the town."""
    found = {}
    for site in SITES:
        paths = [folder / f"{site}.html" for folder in RECORDED_IN]
        if there := next((path for path in paths if path.is_file()), None):
            found[site] = there
    return found


def copy_town_pages(docs: Path) -> None:
    """Copy the pages on record to where the site takes them from, and remove those that are not on record any more."""
    folder = docs / EXTRA / "town"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for site, path in recorded_pages().items():
        shutil.copyfile(path, folder / f"{site}.html")


def try_page(language: str) -> str:
    """Return the page: the page of each town on record, or the commands that write one."""
    words = WORDS[language]
    sections = [f"# {words['title']}", words["about"].strip()]
    frames = [town_frame(site, language) for site in recorded_pages()]
    if not frames:
        frames = [words["none"].strip(), COMMANDS, f"![{words['picture']}]({words['image']})"]
    return "\n\n".join([*sections, *frames, words["next"]]) + "\n"


def town_frame(site: str, language: str) -> str:
    """Return the links to the page of a town, and the page itself in a frame."""
    words, town = WORDS[language], SITES[site]
    address = f"{'../' * PLACES[language].count('/')}town/{site}.html"
    texts = {name: words[name].format(town=town) for name in ("open", "save", "phone", "frame")}
    return FRAME.format(address=address, file=f"{site}.html", **texts)
