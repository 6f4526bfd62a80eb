"""Generated pages of the documentation site, and links between documents."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from experiments.dev.documents import module_map, odd, site
from experiments.dev.documents.declared import described_sources
from experiments.dev.documents.site import LINK, ROOT, pages, spanish_figures
from experiments.dev.documents.write import released_documents
from model.engine.parameters import ParameterGroup, all_parameters
from scenarios.groups import declared_groups

CODE = re.compile(r"\b[A-Z]\d\d\b")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
ELEMENTS = [
    "1 Purpose and patterns",
    "2 Entities, state variables and scales",
    "3 Process overview and scheduling",
    "4 Design concepts",
    "5 Initialization",
    "6 Input data",
    "7 Submodels",
]
"""The elements of the ODD protocol (Grimm et al. 2020)."""
WORDS_A_PAGE = 400
"""Words on a page of A4 with tables; tests of the built site print the page, too."""
MECHANISMS = {"M28", "M29"}
"""Numbers of mechanisms, which look like codes of the evidence."""


@cache
def pages_shown() -> dict[str, str]:
    """Return the generated pages of the site by their place."""
    return dict(pages())


def test_every_link_of_a_document_leads_to_a_file() -> None:
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    released = released_documents()
    generated = {ROOT / "docs" / place for place in (pages_shown().keys() | {*spanish_figures()})}
    generated |= released.keys()
    committed = {ROOT / name: (ROOT / name).read_text(encoding="utf-8") for name in listed.stdout.splitlines()}
    assert len(committed) > 50
    broken = [
        f"{path.relative_to(ROOT)}: {link[1]}"
        for path, text in (committed | released).items()
        for link in LINK.finditer(text)
        if not (target := (path.parent / link[1]).resolve()).exists() and target not in generated
    ]
    assert broken == []


def test_the_site_shows_the_documents_that_are_not_in_the_repository() -> None:
    shown, released = pages_shown(), released_documents()
    assert shown["lookup/modules.md"] == released[module_map.MAP]
    assert shown["_generated/ODD.md"] == released[odd.ODD]
    chapters = re.findall(r"^\d_\w+$", shown["understand/odd/supplement.md"], re.MULTILINE)
    assert {name[0] for name in chapters} == {*"1234568"}, "chapter 7, the parameters, is lookup/parameters.md"
    titles = {shown[f"understand/odd/{name}.md"].partition("\n")[0] for name in chapters}
    assert {"# Purpose and patterns", "# Trust", "# What the paper describes, and what carries it"} <= titles


def test_a_page_of_an_earlier_build_that_is_gone_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "pages", lambda: iter([("understand/odd/index.md", "# New\n"), ("index2.md", "# Two\n")]))
    stale, own = tmp_path / "understand" / "odd" / "9_old.md", tmp_path / "understand" / "answer.md"
    for path in (stale, own):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# Old\n", encoding="utf-8")
    site.write_pages(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*.md")) == ["answer.md", "index.md", "index2.md"]


def test_a_link_to_a_document_that_is_not_in_the_repository_leads_to_its_page() -> None:
    shown = pages_shown()
    for page, link in (
        ("do/mechanism.md", "](../lookup/modules.md)"),
        ("do/mechanism.md", "](../understand/odd/supplement.md)"),
        ("es/modelo.md", "](../understand/odd/supplement.md)"),
        ("understand/decisions/0045-files-by-idea.md", "](../../lookup/modules.md)"),
    ):
        assert link in shown[page], page


def test_the_site_shows_the_short_odd_first_with_a_link_to_each_section_of_its_supplement() -> None:
    shown = pages_shown()
    first = shown["understand/odd/index.md"]
    assert re.findall(r"^supplement$", first, re.MULTILINE) == ["supplement"]
    links = re.findall(r"^- M\d+ \[(\w+)\]\((\w+\.md)#(6\d+-[\w-]+)\)", first, re.MULTILINE)
    assert {name for name, *_ in links} == {path.stem for path in odd.sections()}
    anchors = {place: {odd.anchor(title) for title in HEADING.findall(text)} for place, text in shown.items()}
    assert [name for name, page, anchor in links if anchor not in anchors[f"understand/odd/{page}"]] == []


def test_the_short_odd_has_the_seven_elements_and_fits_fifteen_pages() -> None:
    text = odd.SHORT.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ELEMENTS
    assert 4000 < len(text.split()) < 15 * WORDS_A_PAGE


def test_no_part_of_the_short_odd_is_missing_or_written_by_hand() -> None:
    text = odd.SHORT.read_text(encoding="utf-8")
    assert re.findall(r"^<!-- (?!end)(\w+) -->$", text, re.MULTILINE) == [
        *("entities", "schedule", "choices", "submodels", "parameters")
    ]
    emptied = odd.PART.sub(r"\1\3", text)
    assert odd.short_page(emptied) == text
    assert odd.drawing("entities") in odd.FRAME.read_text(encoding="utf-8")


def test_a_decision_that_is_cited_is_on_record_or_merged_into_one_that_is() -> None:
    numbers = {path.name[:4] for path in (ROOT / "model" / "docs" / "decisions").glob("*.md")}
    merged = dict(re.findall(r"(\d{4}) in (\d{4})", pages_shown()["understand/decisions/index.md"]))
    assert len(merged) == 4
    assert set(merged).isdisjoint(numbers)
    assert {*merged.values()} <= numbers
    told = subprocess.run(
        ["git", "grep", "-hioE", r"decisions?[ /]\[?[0-9]{4}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    cited = {line[-4:] for line in told.stdout.splitlines()}
    assert len(cited) > 20
    assert cited <= numbers | {*merged}


def test_no_decision_on_record_says_that_it_was_replaced() -> None:
    for path in (ROOT / "model" / "docs" / "decisions").glob("*.md"):
        assert not re.search(r"^Replaced by", path.read_text(encoding="utf-8"), re.MULTILINE), path.name


def test_the_mechanisms_of_a_package_stand_on_a_page_of_the_site() -> None:
    chapters = {place: text for place, text in pages_shown().items() if place.startswith("understand/odd/6_")}
    told = {
        f"{place.removeprefix('understand/odd/6_').removesuffix('.md')}/{name}"
        for place, text in chapters.items()
        for name in re.findall(r"^## 6\.\d+ (\w+)", text, re.MULTILINE)
    }
    own = {f"{path.parent.name}/{path.stem}" for path in odd.sections()}
    assert len(own) > 40
    assert own <= told
    assert all(name.startswith("others/") for name in told - own)


def test_every_code_in_the_source_of_a_parameter_is_described() -> None:
    declared_groups()
    sources = [about.source for _, _, about in all_parameters()]
    evidence = [" ".join(group.evidence) for group in ParameterGroup.known.values()]
    cited = {code for text in (*sources, *evidence) for code in CODE.findall(text)} - MECHANISMS
    assert len(cited) > 200
    described = described_sources()
    assert sorted(cited - {*described}) == []
    assert [code for code, row in described.items() if not all(row)] == []


def test_both_galleries_show_the_same_figures_but_those_of_single_runs() -> None:
    figure = re.compile(r"^!\[.+\]\(.*/([a-z_]+)(?:[-.]es|\.en)?\.png\)$", re.MULTILINE)
    english, spanish = (
        figure.findall((ROOT / "docs" / page).read_text(encoding="utf-8")) for page in ("gallery.md", "es/galeria.md")
    )
    assert spanish == [name for name in english if name not in ("villa_canales", "totonicapan")]
    assert len(spanish) > 6
