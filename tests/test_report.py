"""The report: every number in it stands in the results, it needs nothing else, and it is the same every time."""

import re
from html.parser import HTMLParser

import pyarrow.parquet as pq
import pytest

from experiments import cli
from experiments.report import build, every_figure
from experiments.report.context import CONTEXT, series
from experiments.report.figures import FIGURES
from experiments.report.svg import Tongue
from experiments.results import read_manifest

SMALL = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.25", "--replicates", "2")
TABLES = ("effects", "criteria", "verdicts", "memory")
STANDING = {
    *("95 %", "80 %", "0-100", "12", "48", "0", "100", "30", "8"),
    *(f"C{number}" for number in range(1, 5)),
    *("110",),
}
"""Digits that a report may hold outside the results: names, units and scales."""
VOID = {"meta", "input", "br"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a comparison of three arms, with the corners of the grid of memory and asymmetry."""
    out = tmp_path_factory.mktemp("report") / "compared"
    words = ["compare", "status_quo", "reporting_support", "resources_only", *SMALL, "--memory", "2"]
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("experiments.comparison.MEMORY_YEARS", (0.15, 10.0))
        quick.setattr("experiments.comparison.ASYMMETRY", (1.0, 8.0))
        assert cli.code_of([*words, "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def page(folder):
    return build(folder, "both").decode()


class Reader(HTMLParser):
    """Takes the numbers with their origins out of a page, and all other words that a reader sees."""

    def __init__(self, page):
        super().__init__()
        self.open, self.numbers, self.words, self.tags = [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))
        if tag == "data":
            self.numbers.append([dict(attrs), ""])

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        inside = {tag for tag, _ in self.open}
        if "data" in inside:
            self.numbers[-1][1] += text
        elif not inside & {"svg", "style", "script", "code", "pre", "title"}:
            self.words.append(text)


def as_shown(value, form):
    """Return a value in the form that a number says it is shown in, computed apart from the report's own code."""
    shape, _, scale = form.partition("*")
    digits, sign = int(re.match(r"\d+", shape)[0]), "+" in shape
    value = round(value * float(scale or 1.0), digits)
    text = f"{abs(value):,.{digits}f}"
    return ("−" if value < 0 else "+" if sign and value > 0 else "") + text


def test_every_number_stands_in_a_cell_of_the_results(folder, page):
    tables = {name: pq.read_table(folder / f"{name}.parquet").to_pandas() for name in TABLES}
    manifest, numbers = read_manifest(folder), Reader(page).numbers
    assert len(numbers) > 800
    for about, text in numbers:
        table, _, rest = about["data-from"].partition(":")
        if table == "manifest":
            told = manifest[rest]
            assert text == str(len(told) if isinstance(told, list) else told)
            continue
        row, _, column = rest.partition(":")
        value = float(tables[table].loc[int(row), column])
        assert text == as_shown(value, about["data-form"]), about
        assert float(about["value"]) == pytest.approx(value, rel=1e-11)


def test_no_number_comes_from_anywhere_else(page):
    words = " ".join(Reader(page).words)
    for standing in sorted(STANDING, key=len, reverse=True):
        words = re.sub(rf"(?<![\w.]){re.escape(standing)}(?![\w.]\d)", "", words)
    assert re.findall(r"\S*\d\S*", words) == []


def test_the_numbers_are_those_of_the_policy_and_measure_beside_them(folder):
    effects = pq.read_table(folder / "effects.parquet").to_pandas()
    page = build(folder, "en").decode()
    table = page[page.index("All numbers") :]
    row = table[table.index("<td>complaints (prosecutor)") :].partition("</tr>")[0]
    cell = int(re.search(r"effects:(\d+):effect", row)[1])
    assert effects.loc[cell, ["site", "against", "measure"]].tolist() == [
        "villa_canales",
        "reporting_support",
        "complaints_filed",
    ]


def test_the_report_needs_no_network_no_script_and_little_room(page):
    assert len(page.encode()) < 1_000_000
    tags = Reader(page).tags
    assert {tag for tag, _ in tags} & {"link", "img", "iframe", "object", "form"} == set()
    scripts = [about for tag, about in tags if tag == "script"]
    assert [about["type"] for about in scripts] == ["application/json"]
    used = [value for _, about in tags for name, value in about.items() if name in ("href", "src", "xlink:href")]
    assert [value for value in used if not value.startswith(("#", "data:image/png"))] == []
    assert "@import" not in page
    assert "url(http" not in page


def test_the_same_results_give_the_same_bytes(folder, page):
    assert build(folder, "both") == page.encode()


def test_ids_in_a_report_are_unique(page):
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:xlink:href="|url\()#([^")]+)', page)) <= set(ids)


@pytest.mark.parametrize(
    ("lang", "said", "unsaid"), [("es", "Qué pasó", "What happened"), ("en", "What happened", "Qué pasó")]
)
def test_a_report_in_one_language_says_nothing_in_the_other(folder, lang, said, unsaid):
    page = build(folder, lang).decode()
    assert f'<html lang="{lang}">' in page
    assert said in page
    assert unsaid not in page
    assert 'class="switch"' not in page


def test_both_languages_switch_without_script(page):
    assert page.count('type="radio"') == 2
    assert "#to-es:checked ~ main .en" in page
    assert '<tspan class="es">confianza en la policía</tspan><tspan class="en">trust in the police</tspan>' in page


def test_a_report_says_what_a_workshop_must_hear(folder):
    page = build(folder, "es").decode()
    for words in (
        "mundos gemelos; ",
        "No predice personas ni lugares",
        "Los libros que no coinciden",
        "Quién gana y quién no",
        "demasiado pocos para decir algo sobre una política",
        "La medición local que lo decidiría",
        "El menor efecto que estas corridas podían ver",
        "confianza compare status_quo reporting_support resources_only",
        "confianza verify informe.html",
    ):
        assert words in page, words
    assert re.search("(Se sabe|No se sabe): ", page)


def test_no_gang_and_no_reporter_is_shown_by_place(page):
    for name in ("territory", "clique", "crimes_told_", "settlement"):
        assert f'data-from="{name}' not in page
    assert {about["data-from"].partition(":")[0] for about, _ in Reader(page).numbers} <= {*TABLES, "manifest"}


def test_figures_stand_alone_as_svg_and_png_with_their_command(folder, tmp_path):
    from PIL import Image

    from experiments.report.alone import write_figures

    written = write_figures(folder, tmp_path / "a", "es")
    again = write_figures(folder, tmp_path / "b", "es")
    assert [path.read_bytes() for path in written] == [path.read_bytes() for path in again]
    names = {path.name for path in written}
    assert {f"villa_canales-{name}.svg" for name in FIGURES} <= names
    assert {f"{name}.png" for name in CONTEXT} <= names
    svg = (tmp_path / "a" / "villa_canales-trust.svg").read_text(encoding="utf-8")
    assert "confianza compare status_quo" in svg
    with Image.open(tmp_path / "a" / "villa_canales-trust.png") as picture:
        assert "confianza compare status_quo" in picture.info["Source"]


def test_every_figure_exists_in_both_languages(folder):
    for site, name in every_figure(folder):
        tongue = Tongue("es")
        FIGURES[name][0](site, tongue)
        assert tongue.pairs
        assert all(es and isinstance(en, str) for es, en in tongue.pairs.items())


def test_published_series_have_a_source_and_lie_in_their_range():
    years, rates = series("homicides.csv", "GTM", "per_100k", "World Bank")
    assert (min(years), max(years)) == (1995, 2021)
    assert 2015 not in years
    assert all(10.0 < rate < 60.0 for rate in rates)


def test_a_report_of_earlier_folders_says_what_it_can(folder, tmp_path):
    arms = [str(folder / "arms" / f"villa_canales-{name}") for name in ("status_quo", "resources_only")]
    report = tmp_path / "b.html"
    assert cli.code_of(["compare", *arms, "--out", str(tmp_path / "c"), "--report", str(report), "--lang", "en"]) == 0
    page = report.read_text(encoding="utf-8")
    assert "The grid of memory and weight of bad news was not run" in page
    assert "Resources only" in page


def test_sites_side_by_side_are_told_apart_from_twins(tmp_path):
    out, report = tmp_path / "s", tmp_path / "s.html"
    words = ["compare", "villa_canales:status_quo", "totonicapan:status_quo", *SMALL, "--out", str(out)]
    assert cli.code_of([*words, "--report", str(report)]) == 0
    assert "no es entre gemelos" in report.read_text(encoding="utf-8")


def test_a_report_is_shown_again_from_its_folder(folder, tmp_path, page):
    report = tmp_path / "again.html"
    assert cli.code_of(["compare", str(folder), "--report", str(report), "--lang", "both"]) == 0
    assert report.read_text(encoding="utf-8") == page
