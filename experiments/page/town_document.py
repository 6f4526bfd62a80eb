"""Document that opens at the address of the page: the page of a town, with the worlds that were run of each."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from experiments.page import sites
from experiments.reproduce.design import design_of
from experiments.storage.progress import print_note
from experiments.storage.reading import reference_file
from experiments.town_page.town_data import bare_town, page_data, page_facts
from experiments.town_page.town_page import data_in, town_page
from experiments.words.console import console_text

PAGE_FOLDERS = (Path("results", "page"), Path("results", "answer", "page"), Path("results", "reproduce", "page"))
"""Folders in which the pages of towns are looked for, before those on record."""
RECORD = "page"
BARE_COMMAND = "confianza view"


def page_files(site: str) -> Iterator[Path]:
    """Yield the files in which the page of a town may be, in the order in which they are tried."""
    name = f"{site}.html"
    for folder in sites.start_options.answers:
        yield from (folder / name, folder / RECORD / name)
    yield from (folder / name for folder in PAGE_FOLDERS)
    yield reference_file("town_page", f"{RECORD}/{name}")


def page_on_file(site: str) -> Mapping[str, Any]:
    """Return the data of the first page of a town that this version can show; empty if there is none."""
    for file in page_files(site):
        if not (re.fullmatch(r"\w+", site) and file.is_file()):
            continue
        found = data_in(file.read_text(encoding="utf-8"))
        if is_of_this_version(found, site):
            return found
        print_note(console_text("page.older_file", file=file))
    return {}


def is_of_this_version(found: Mapping[str, Any], site: str) -> bool:
    """Tell whether the data of a file are of the levers, measures and parameters of this version."""
    facts, known = page_facts(), set(design_of("quick").names)
    names = [town.get("name") for town in found.get("towns", [])]
    return (
        all(found.get(key) == json.loads(json.dumps(fact)) for key, fact in facts.items())
        and names == [site]
        and found["towns"][0].keys() == bare_town(site).keys()
        and bool(found["unknowns"])
        and known.issuperset(found["unknowns"])
    )


@cache
def served_data() -> dict[str, Any]:
    """Return the data of the page with all its towns; those with other unknowns than the first are shown bare."""
    found = {site: page_on_file(site) for site in sites.site_names()}
    first: Mapping[str, Any] = next(filter(None, found.values()), {})
    unknowns = first.get("unknowns", [])
    towns = [one["towns"][0] if one and one["unknowns"] == unknowns else bare_town(site) for site, one in found.items()]
    return page_data(unknowns, towns, first.get("command", BARE_COMMAND)) | {"served": True}


@cache
def document(language: str) -> str:
    """Return the document of the page, which opens in a language."""
    return town_page(served_data(), language=language)


@cache
def document_of(site: str) -> str:
    """Return the page of one town as one file, without the check."""
    data = served_data()
    towns = [town for town in data["towns"] if town["name"] == site]
    return town_page(page_data(data["unknowns"], towns, data["command"]))
