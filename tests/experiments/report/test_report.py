"""The report: every number in it stands in the results, it needs nothing else, and it is the same every time."""

import dataclasses
import html
import math
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from matplotlib.colors import to_hex
from report_reading import TABLES, Reader, strange, traced

from experiments.cli import app as cli
from experiments.comparison.effect_verdicts import crossed_laws
from experiments.comparison.effects import EVENTS
from experiments.comparison.outcome_bounds import ceiling_table
from experiments.execution.trust_accounts import Law
from experiments.figures import place_figures
from experiments.figures.by_policy import cause_finding
from experiments.figures.context_figure import CONTEXT_FIGURES, read_series
from experiments.figures.drawing import FIGURES
from experiments.figures.place_figures import MIN_EFFECT_SHOWN
from experiments.figures.report_figures import draw_site_figure, figures_in, write_figures
from experiments.figures.svg import render_figure
from experiments.figures.svg_minify import Styles, minify_svg
from experiments.figures.theme import TOKENS
from experiments.narrative.number_format import reported_years
from experiments.narrative.report_reading import INTERVAL_COLUMNS, read_sites
from experiments.report import TEMPLATE_NAMES, build
from experiments.statistics.paired_effects import two_way_error
from experiments.storage.manifest import read_manifest, read_report_manifest
from experiments.words.bilingual import FigureTexts, bilingual
from experiments.words.catalogue import cause
from model.measures.criteria import CRITERIA

pytestmark = pytest.mark.thorough

SMALL = ("--set", "population.scale=0.05", "--years", "0.25", "--replicates", "2")
TOLD = ("--set", "population.scale=0.05", "--years", "0.25", "--replicates", "8")
"""As many twins as a verdict needs."""
REFERENCE = Path(__file__).parents[2] / "support" / "compared_towns"
STUDY = """
scenarios = ["villa_canales"]
policies = [["status_quo"], ["reporting_support"]]
seeds = 2
years = 0.25
warm_up = 0
[set]
"population.scale" = 0.05
[vary]
"trust.memory_years" = { low = 0.2, high = 5.0 }
"reporting.trust" = { low = 0.0, high = 1.5 }
[design]
points = 3
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a comparison of three arms, with the corners of the grid of memory and asymmetry."""
    out = tmp_path_factory.mktemp("report") / "compared"
    words = ["compare", "status_quo", "reporting_support", "resources_only", *TOLD, "--memory", "2"]
    with pytest.MonkeyPatch.context() as quick:
        corners = [Law(memory, asymmetry) for memory in (0.5, 4.0) for asymmetry in (1.0, 5.0)]
        quick.setattr("experiments.comparison.comparison.LAWS", (*corners, Law(also="heard_0")))
        assert cli.run_program([*words, "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Return the comparison of the two policies of a sweep in which two parameters were drawn."""
    place = tmp_path_factory.mktemp("swept")
    (place / "study.toml").write_text(STUDY, encoding="utf-8")
    assert cli.run_program(["sweep", str(place / "study.toml"), "--out", str(place / "sweep")]) == 0
    assert cli.run_program(["compare", str(place / "sweep"), "--out", str(place / "compared")]) == 0
    return place


@pytest.fixture(scope="module")
def page(folder):
    return build(folder, "both").decode()


def words_of(folder, lang):
    """Return a report whose figures are left out: they take most of the time, and say nothing else."""
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("experiments.report.figure_html", lambda *_: "")
        return build(folder, lang).decode()


def test_every_number_stands_in_a_cell_of_the_results(folder, page):
    found = traced(folder, page)
    assert found["effects"] > 400
    assert min(found[name] for name in ("criteria", "verdicts", "memory", "manifest")) > 0


@pytest.mark.skipif(not (REFERENCE / "informe.html").is_file(), reason="a copy without it")
def test_the_reference_report_is_small_and_every_number_in_it_stands_in_its_tables():
    page = (REFERENCE / "informe.html").read_text(encoding="utf-8")
    found = traced(REFERENCE, page)
    assert len(page.encode()) < 1_500_000
    assert found["effects"] > 1500
    assert {arm["scenario"] for arm in read_manifest(REFERENCE)["arms"]} == {"villa_canales", "totonicapan"}
    assert strange(page) == []


def test_the_ceiling_is_shown_where_somebody_has_computed_it(folder, tmp_path, monkeypatch):
    assert "What the model could have shown" not in words_of(folder, "en") or ceiling_table().size
    columns = "site,world,en,es,twins,years,few,trust,trust_low,trust_high,crimes,crimes_low,crimes_high"
    columns += ",homicides,homicides_low,homicides_high,code"
    years = reported_years(read_manifest(folder))
    rows = [
        f"villa_canales,no_police,no police,sin policía,5,{years},False,-3,-4,-2,90,80,99,70,60,80,old",
        f"villa_canales,all_best,all best,todo lo mejor,5,{years},True,4,3,5,-50,-60,-40,-38,-50,-20,old",
        f"villa_canales,all_best,later,más tarde,5,{years + 1.0},True,9,8,9,-50,-60,-40,-38,-50,-20,old",
        f"villa_canales,closed,closed,cerrado,5,{years},True,,,,,,,,,,old",
    ]
    (tmp_path / "ceiling.csv").write_text("\n".join([columns, *rows, ""]), encoding="utf-8")
    monkeypatch.setattr("experiments.comparison.outcome_bounds.CEILING_FILE", tmp_path / "ceiling.csv")
    page = build(folder, "both").decode()
    found = traced(folder, page)
    assert found["ceiling"] >= 2 * 2 + 9 + 6 + 2
    assert strange(page) == []
    assert "Lo que el modelo podría haber mostrado" in page
    assert "of another version of the model" in page
    assert "cerrado" not in page
    assert "más tarde" not in page, "an effect is read against the ends of its own time"
    assert "too few: they say nothing" in page


def test_every_date_stands_in_the_manifest(folder, page):
    manifest, days = read_manifest(folder), Reader(page).days
    known = {manifest["begins"], manifest["until"]}
    known |= {policy["start"] for arm in manifest["arms"] for policy in arm["policies"]}
    assert {date for date, _ in days} <= known
    for date, text in days:
        year, _, number = date.split("-")
        assert text.endswith(year)
        assert str(int(number)) in text.split()


def test_no_number_comes_from_anywhere_else(page):
    assert strange(page) == []
    assert strange(page.replace("</h1>", " 37</h1>", 1)) == ["37"]


def test_the_numbers_are_those_of_the_policy_and_measure_beside_them(folder):
    effects = pq.read_table(folder / "effects.parquet").to_pandas()
    page = words_of(folder, "en")
    table = page[page.index("All numbers") :]
    row = table[table.index("<td>complaints (prosecutor)") :].partition("</tr>")[0]
    cell = int(re.search(r"effects:(\d+):effect:", row)[1])
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


def test_no_tag_is_shown_as_text(page):
    assert not re.findall(r"&lt;/?\w+", page)


def test_ids_in_a_report_are_unique(page):
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', page)) <= set(ids)


FOREIGN = {
    "es": r"\b(the|and|with|of|which|worlds?|trust|policy|police|rises|falls|twins?|crimes?|today)\b",
    "en": r"\b(las?|los|con|del|que|mundos?|(?-i:confianza)|pol[ií]tica|polic[ií]a|sube|baja|gemelos?|delitos?|hoy)\b",
}
"""Words that only the other language has."""
CODE = r"\b[a-z0-9]+_[a-z0-9_]+\b|\b[a-z]+\.[a-z]+_?[a-z]*\b|--[a-z]+|\blogits?\b|\bpopulation\b|[{}]"
"""Names of the code: of columns, parameters and options."""


def seen(page):
    """Return all words that a reader sees, also in figures, but for code that is marked as such."""
    words = re.sub(r"<(style|script|code|pre)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", words))


@pytest.mark.parametrize(
    ("lang", "said", "unsaid"), [("es", "¿Quién gana y quién no?", "Who gains"), ("en", "Who gains", "¿Quién gana")]
)
def test_a_report_in_one_language_says_nothing_in_the_other_and_no_names_of_the_code(folder, lang, said, unsaid):
    page = build(folder, lang).decode()
    assert f'<html lang="{lang}">' in page
    assert said in page
    assert unsaid not in page
    assert 'class="switch"' not in page
    assert re.findall(FOREIGN[lang], seen(page), re.IGNORECASE) == []
    assert re.findall(CODE, seen(page)) == []


@pytest.mark.parametrize("text", ["trust_mean", "trust.memory_years", "--memory", "0.5 logit", "{n}"])
def test_names_of_the_code_are_noticed(text):
    assert re.findall(CODE, seen(f"<p>De cada cien, {text} más</p>"))
    assert not re.findall(CODE, seen(f"<p>De cada cien, <code>{text}</code> 0.5 más. Se hizo.</p>"))


def test_a_word_of_the_other_language_is_noticed():
    assert re.findall(FOREIGN["es"], seen("<p>La trust sube</p>"))
    assert re.findall(FOREIGN["en"], seen("<svg><text>la confianza</text></svg>"))


def test_the_chief_cause_is_the_largest_where_it_is_told_from_chance():
    found = {("a", "bribe"): (0.9, "open"), ("a", "hearsay"): (0.2, "rises"), ("b", "bribe"): (-0.1, "falls")}
    site: Any = SimpleNamespace(
        others=["a", "b"],
        effect=lambda arm, name, _: {"effect": found.get((arm, name), (0.0, ""))[0]},
        verdict=lambda arm, name, _: found.get((arm, name), (0.0, "alike"))[1],
    )
    assert cause_finding(site, ["bribe", "hearsay"]).es == f"Lo que más mueve la confianza: {cause('hearsay', 'es')}"


@pytest.mark.parametrize(
    ("moved", "told"), [(0, "Trust moves nowhere"), (1, "almost nowhere"), (500, "moves trust in 50 %")]
)
def test_a_map_tells_no_share_that_would_be_nought(moved, told):
    gap = np.zeros((10, 100))
    gap.flat[:moved] = 2.0 * MIN_EFFECT_SHOWN
    site: Any = SimpleNamespace(others=[SimpleNamespace(title=bilingual("a", "a"))])
    assert told in place_figures.map_finding(site, [gap]).en


def test_a_chapter_has_at_most_sixty_words_and_the_figure_it_names():
    for figure, chapter in TEMPLATE_NAMES["chapters"].items():
        assert figure in FIGURES
        for language in ("es", "en"):
            assert 5 < len(chapter[language]["words"].split()) <= 60


def test_page_one_says_which_policy_raises_what_is_filed_and_not_crime(folder, tmp_path):
    found = {"crimes_occurred": (0.5, -1.0, 2.0), "complaints_filed": (30.0, 20.0, 40.0), "trust_mean": (0.5, 0.2, 0.8)}
    page = retold(folder, tmp_path / "a", found, told=drawn_too)
    assert "Apoyo a la denuncia: sube lo denunciado o registrado, no el delito" in page
    assert "«Apoyo a la denuncia» es la única que sube la confianza" in page
    assert re.search("0.5 puntos de 100", re.sub("<[^>]+>", "", page))
    row = page[page.index("<b>Apoyo a la denuncia</b>") :].partition("</tr>")[0]
    assert "La confianza subió en 8 de 8 mundos gemelos, 0.5 puntos de 100. Al año, 30 denuncias más en el MP." in row


def test_a_heavy_hand_shows_its_wrongful_detentions_beside_homicides(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "b")
    found = {"wrongful_detentions": (55.0, 40.0, 70.0), "homicides": (-9.0, -12.0, -6.0)}
    effects = pq.read_table(tmp_path / "b" / "effects.parquet").to_pandas()
    effects.loc[effects["measure"] == "homicides", "base"] = 60.0
    effects.to_parquet(tmp_path / "b" / "effects.parquet")
    page = retold(tmp_path / "b", tmp_path / "c", found)
    row = page[page.index("<b>Apoyo a la denuncia</b>") :].partition("</tr>")[0]
    assert "Al año, 55 personas detenidas sin causa. También " in row
    assert row.index("personas detenidas sin causa") < row.index("9.0 homicidios menos")
    assert 'class="h"' in row
    assert not set("▲▼△▽○≈") & set(page), "words, no signs"


def test_with_fewer_than_six_twins_nothing_is_said(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "few")
    effects = pq.read_table(tmp_path / "few" / "effects.parquet").to_pandas()
    effects.assign(n=5).to_parquet(tmp_path / "few" / "effects.parquet")
    page = re.sub("<[^>]+>", "", words_of(tmp_path / "few", "en"))
    assert "Of 5 twin worlds nothing can be said: at least eight are needed." in page
    assert "Of so few twin worlds nothing is said." in page


def test_both_languages_switch_without_script(page):
    assert page.count('type="radio"') == 2
    assert "#to-es:checked ~ .content [lang=en]" in page
    assert '<tspan lang="es">— B, con la política</tspan><tspan lang="en">— B, with the policy</tspan>' in page


def test_a_report_says_what_a_workshop_must_hear(folder, monkeypatch):
    page = words_of(folder, "es")
    for words in (
        "¿Qué política cambia la confianza en la policía en Villa Canales?",
        "mundos gemelos",
        "No predice personas ni lugares",
        "Ningún acuerdo sustituye el consentimiento",
        "Los registros que no coinciden",
        "Quién gana y quién no",
        "demasiado pocos para decir algo sobre una política",
        "La medición local que lo decidiría",
        "El menor efecto que estas corridas podían ver",
        "confianza compare status_quo reporting_support resources_only",
        "confianza verify informe.html",
    ):
        assert words in page, words
    assert not re.search("(Se sabe|No se sabe): ", page)
    monkeypatch.setattr("experiments.comparison.effect_verdicts.MIN_RUNS", 2)  # as if each law had runs enough
    assert re.search("(Se sabe|No se sabe): ", build(folder, "es").decode())


def drawn_too(folder, lang):
    """Return a report with its figures."""
    return build(folder, lang).decode()


def retold(folder, place, changes, lang="es", told=words_of):
    """Return the report of the same comparison had it found other effects of the first policy."""
    shutil.copytree(folder, place)
    effects = pq.read_table(place / "effects.parquet").to_pandas()
    for measure, (effect, low, high) in changes.items():
        rows = (effects["measure"] == measure) & (effects["against"] == "reporting_support")
        effects.loc[rows, list(INTERVAL_COLUMNS)] = effect, low, high
        effects.loc[rows, ["p", "adjusted", "delta", *EVENTS]] = 0.001, 0.001, 0.1, *[math.nan] * len(EVENTS)
        effects.loc[rows, "arm"] = effects.loc[rows, "base"] + effect
        effects.loc[rows, ["same", "rose", "fell"]] = 0, int(effect > 0) * 8, int(effect < 0) * 8
    effects.to_parquet(place / "effects.parquet")
    return re.sub(r"</?data[^>]*>", "", told(place, lang))


def test_what_could_be_taken_for_a_success_has_its_caution_beside_it(folder, tmp_path):
    found = {
        "crimes_told": (-9.0, -12.0, -6.0),
        "women_without_remedy": (3.0, 2.0, 4.0),
        "homicides": (-2.0, -3.0, -1.0),
        "wrongful_detentions": (55.0, 40.0, 70.0),
    }
    page = retold(folder, tmp_path / "a", found)
    assert "Se reporta o se denuncia menos. No es un logro" in page
    assert "A su lado, las detenciones sin causa: +55.0 por año (entre +40.0 y +70.0)" in page
    assert "Se reporta o se denuncia menos" not in retold(folder, tmp_path / "b", {"crimes_told": (-9.0, -19.0, 1.0)})


def test_books_that_move_apart_are_told_with_what_a_statistic_alone_would_say(folder, tmp_path):
    page = retold(
        folder,
        tmp_path / "a",
        {
            "crimes_occurred": (-9.0, -12.0, -6.0),
            "complaints_filed": (30.0, 20.0, 40.0),
            "crimes_recorded": (8.0, 6.0, 10.0),
        },
    )
    told = "Quien solo viera lo denunciado en el MP o lo registrado por la policía diría que la delincuencia empeoró"
    assert f"{told}; en el modelo lo que ocurrió bajó." in page
    assert "lo ocurrido bajó (−9 por año, entre −12 y −6)" in page.replace("Lo ocurrido", "lo ocurrido")


def test_who_gains_and_who_does_not_is_said_in_words(folder, tmp_path):
    changes = {"trust_women": (0.4, 0.2, 0.6), "trust_young": (-0.4, -0.6, -0.2), "trust_men": (0.0, -0.1, 0.1)}
    page = retold(folder, tmp_path / "a", changes)
    line = page[page.rindex("Quién gana y quién no") :].split("<li>")[1]
    assert "Apoyo a la denuncia" in line
    assert re.search("confían más [^;]*las mujeres", line, re.IGNORECASE)
    assert re.search("confían menos [^;]*los menores de 30", line, re.IGNORECASE)
    assert re.search("no se distingue [^;]*los hombres", line, re.IGNORECASE)


def test_no_gang_and_no_reporter_is_shown_by_place(page):
    for name in ("territory", "clique", "crimes_told_", "settlement"):
        assert f'value="{name}' not in page
    assert {about["value"].partition(":")[0] for about, _ in Reader(page).numbers} <= {*TABLES, "manifest", "ceiling"}


def test_figures_stand_alone_as_svg_and_png_with_their_command(folder, tmp_path):
    from PIL import Image

    written = write_figures(folder, tmp_path / "a", "es")
    for kind in ("svg", "png"):
        (again,) = write_figures(folder, tmp_path / f"villa_canales-maps.{kind}", "es")
        assert again.read_bytes() == (tmp_path / "a" / again.name).read_bytes()
    names = {path.name for path in written}
    assert {f"villa_canales-{name}.svg" for name in FIGURES if name != "draws"} <= names
    assert {f"{name}.png" for name in CONTEXT_FIGURES} <= names
    assert "villa_canales-poster.png" in names
    svg = (tmp_path / "a" / "villa_canales-trust.svg").read_text(encoding="utf-8")
    assert "confianza compare status_quo" in svg
    with Image.open(tmp_path / "a" / "villa_canales-trust.png") as picture:
        assert "confianza compare status_quo" in picture.info["Source"]


def test_every_figure_exists_in_both_languages(folder):
    for site, name in figures_in(read_sites(folder)):
        wording = FigureTexts("es")
        FIGURES[name][0](site, wording)
        assert wording.pairs
        assert all(es and isinstance(en, str) for es, en in wording.pairs.items())


ARMS = ("status_quo", "reporting_support", "resources_only")
COURSES = {
    "trust": {"trust_mean": (1, 100.0)},
    "outcomes": {
        "homicides": (12, 12.0),
        "told_share": (3, 100.0),
        "response_minutes_median": (3, 1.0),
        "women_without_remedy": (12, 12.0),
    },
}
"""Columns that the rows of a figure show, over how many months they are averaged, and times what."""


def stored(folder, name):
    return pq.read_table(folder / f"{name}.parquet").to_pandas()


def in_worlds(folder, arm, column, window, times):
    """Return one column of all worlds of an arm, a row for each, a column for each month."""
    table = stored(folder, f"arms/villa_canales-{arm}/measures").sort_values(["seed", "month"])
    worlds = np.array([world[column].to_numpy() for _, world in table.groupby("seed")])
    months = [np.nanmean(worlds[:, max(0, k - window + 1) : k + 1], axis=1) for k in range(worlds.shape[1])]
    return times * np.array(months).T


@pytest.mark.parametrize("name", COURSES)
def test_lines_are_the_means_of_both_worlds_and_the_band_is_how_far_twins_part(folder, name):
    axes = iter(draw_site_figure(name, read_sites(folder)[0], FigureTexts("es")).axes)
    for column, (window, times) in COURSES[name].items():
        before = in_worlds(folder, ARMS[0], column, window, times)
        for arm in ARMS[1:]:
            place = next(axes)
            after = in_worlds(folder, arm, column, window, times)
            for curve, worlds in zip(place.lines, (before, after), strict=True):
                assert curve.get_ydata() == pytest.approx(worlds.mean(axis=0), rel=1e-12)
            gaps = (after - before).min(axis=0), (after - before).max(axis=0)
            edges = {round(y, 9) for y in place.collections[0].get_paths()[0].vertices[:, 1]}
            assert edges == {round(y, 9) for gap in gaps for y in before.mean(axis=0) + gap}
    assert next(axes, None) is None


FUNNEL = ("crimes_occurred", "crimes_told", "complaints_filed", "charged", "sentenced")
PER_YEAR = 12.0 / 3.0
"""Events a year for each in the three months of these runs."""


def test_the_difference_of_each_pair_is_drawn_as_a_dot(folder):
    drawn = draw_site_figure("funnel", read_sites(folder)[0], FigureTexts("es")).axes
    before = stored(folder, f"arms/villa_canales-{ARMS[0]}/measures").groupby("seed")[list(FUNNEL)].sum() * PER_YEAR
    for arm, place in zip(ARMS[1:], drawn, strict=True):
        after = stored(folder, f"arms/villa_canales-{arm}/measures").groupby("seed")[list(FUNNEL)].sum() * PER_YEAR
        for stage, dots in zip(FUNNEL, place.patches, strict=True):
            today = before[stage].mean()
            found = dots.get_path().vertices[::2, 0]
            expected = (after - before)[stage] * (100.0 / today if today else 0.0)
            assert found == pytest.approx(expected.to_numpy()), stage
            assert found.mean() == pytest.approx(drawn_effect(folder, arm, stage))


def drawn_effect(folder, arm, measure):
    """Return the effect on a headline measure in per cent of today."""
    rows = stored(folder, "effects")
    row = rows[(rows["section"] == "headline") & (rows["against"] == arm) & (rows["measure"] == measure)].iloc[0]
    return 100.0 * row["effect"] / row["base"] if row["base"] else 0.0


def test_the_criteria_of_a_single_arm_are_drawn_as_scores(folder):
    site = read_sites(folder)[0]
    alone = dataclasses.replace(site, arms=site.arms[:1])
    scores = stored(folder, "criteria").set_index(["arm", "criterion"])["score"] * 100.0
    (place,) = draw_site_figure("criteria", alone, FigureTexts("es")).axes
    assert list(place.lines[0].get_xdata()) == list(scores[ARMS[0]])


def test_criteria_that_are_known_are_drawn_as_differences(folder):
    effects = stored(folder, "effects")
    effects = effects[(effects["section"] == "headline") & effects["measure"].isin(CRITERIA)]
    drawn = draw_site_figure("criteria", read_sites(folder)[0], FigureTexts("es")).axes
    for arm, place in zip(ARMS[1:], drawn, strict=True):
        known = effects[effects["against"] == arm]["effect"].dropna()
        assert [line.get_xdata()[0] for line in place.lines if line.get_marker() == "o"] == known.tolist()
        assert len(known) > 0


def test_maps_show_the_mean_of_each_cell_over_the_worlds_and_no_difference_too_small_to_tell(folder):
    def trust(arm):
        cells = stored(folder, f"arms/villa_canales-{arm}/cells")
        here = cells[cells["month"] == cells["month"].max()]
        return 100.0 * here.pivot_table(index="y", columns="x", values="trust", aggfunc="mean").to_numpy()

    before, *others = (trust(arm) for arm in ARMS)
    gaps = [np.where(np.abs(after - before) < MIN_EFFECT_SHOWN, np.nan, after - before) for after in others]
    places = [
        place for place in draw_site_figure("maps", read_sites(folder)[0], FigureTexts("es")).axes if place.images
    ]
    for place, values in zip(places, [before, *gaps], strict=True):
        shown = np.ma.compressed(np.ma.masked_invalid(place.images[0].get_array()))
        assert shown == pytest.approx(values[~np.isnan(values)], abs=1e-12)


@pytest.mark.parametrize(
    ("lang", "ends", "note"),
    [
        ("es", {"menos · peor", "más · mejor"}, "Café: peor; azul: mejor."),
        ("en", {"less · worse", "more · better"}, "Brown: worse; blue: better."),
    ],
)
def test_where_a_policy_changes_trust_brown_is_worse_and_blue_better_and_it_says_so(folder, lang, ends, note):
    site = read_sites(folder)[0]
    maps, memory = (draw_site_figure(name, site, FigureTexts(lang)) for name in ("maps", "memory"))
    assert ends <= {axes.get_title(loc=side) for axes in maps.axes for side in ("left", "right")}
    assert note in " ".join(text.get_text() for text in memory.texts).replace("\n", " ")
    for image in [*(axes.images[0] for axes in maps.axes if axes.images)][1:] + [
        axes.images[0] for axes in memory.axes
    ]:
        assert image.get_clim()[0] == -image.get_clim()[1]
        assert [to_hex(image.cmap(end)) for end in (0.0, 1.0)] == [
            to_hex(TOKENS[name][0]) for name in ("worse", "better")
        ]


def test_maps_lie_within_the_outline_of_their_municipality(folder):
    site = read_sites(folder)[0]
    cells = stored(folder, f"arms/villa_canales-{ARMS[0]}/cells")
    assert shapely.contains_xy(site.outline, cells["x"], cells["y"]).all()
    assert site.outline.bounds[:2] == pytest.approx((-0.5, -0.5))
    parts = shapely.get_num_geometries(site.outline)
    maps = [place for place in draw_site_figure("maps", site, FigureTexts("es")).axes if place.images]
    assert [len(place.lines) for place in maps] == [parts] * len(maps)


def test_maps_of_a_scenario_that_is_gone_have_no_outline(folder):
    site = dataclasses.replace(read_sites(folder)[0], name="gone.toml")
    assert site.outline is None
    assert all(not place.lines for place in draw_site_figure("maps", site, FigureTexts("es")).axes if place.images)


def test_the_grid_of_memory_is_that_of_the_table(folder):
    rows = stored(folder, "memory")
    rows = crossed_laws(rows[rows["measure"] == "trust_mean"]).sort_values(["against", "asymmetry", "memory_years"])
    axes = [
        place for place in draw_site_figure("memory", read_sites(folder)[0], FigureTexts("es")).axes if place.images
    ]
    for arm, place in zip(ARMS[1:], axes, strict=True):
        assert list(np.ravel(place.images[0].get_array())) == list(rows[rows["against"] == arm]["effect"])


def test_draws_are_those_of_the_table_in_order(swept):
    rows = stored(swept / "compared", "draws")
    shown = draw_site_figure("draws", read_sites(swept / "compared")[0], FigureTexts("es")).axes
    names = ("trust_mean", "fear_mean", "crimes_told", "women_without_remedy")
    there = [name for name in names if name in set(rows["measure"])]
    for name, place in zip(there, shown, strict=True):
        here = rows[rows["measure"] == name].sort_values("effect")
        assert list(place.lines[-1].get_ydata()) == list(here["effect"])
        reach = [path.vertices[:, 1].tolist() for path in place.collections[0].get_paths()]
        assert reach == here[["low", "high"]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("name", "section", "per_cent"),
    [
        ("effects", "headline", True),
        ("books", "headline", True),
        ("funnel", "headline", True),
        ("groups", "group", False),
        ("causes", "cause", False),
    ],
)
def test_effects_are_drawn_where_the_table_has_them(folder, name, section, per_cent):
    rows = stored(folder, "effects")
    rows = rows[rows["section"] == section]
    scale = (100.0 / rows["base"]).where(rows["base"] != 0.0, 0.0) if per_cent else 1.0
    known = {round(x, 9) for column in INTERVAL_COLUMNS for x in rows[column] * scale}
    for place in draw_site_figure(name, read_sites(folder)[0], FigureTexts("es")).axes:
        marks = [x for line in place.lines[1:] for x in line.get_xdata()]
        assert len(marks) >= 3 * 4
        assert {round(x, 9) for x in marks} <= known


def test_published_series_have_a_source_and_lie_in_their_range():
    years, rates = read_series("homicides.csv", "GTM", "per_100k", "World Bank")
    assert (min(years), max(years)) == (1995, 2021)
    assert 2015 not in years
    assert all(10.0 < rate < 60.0 for rate in rates)


def test_one_figure_is_written_alone_by_its_name(folder, tmp_path, capsys):
    one = tmp_path / "villa_canales-trust.svg"
    assert cli.run_program(["compare", str(folder), "--figures", str(one), "--lang", "en"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == [one.name]
    assert "--figures villa_canales-trust.svg --lang en" in one.read_text(encoding="utf-8")
    assert cli.run_program(["compare", str(folder), "--figures", str(tmp_path / "villa_canales-thrust.svg")]) == 2
    assert "did you mean 'villa_canales-trust'" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_figures_of_another_comparison_are_not_replaced_without_a_word(folder, tmp_path, capsys, kind):
    one = tmp_path / f"villa_canales-trust.{kind}"
    asked = ["compare", str(folder), "--figures", str(one)]
    assert [cli.run_program(asked), cli.run_program(asked)] == [0, 0]
    drawn = one.read_bytes()
    capsys.readouterr()
    assert (
        cli.run_program(["compare", "status_quo", "resources_only", "--years", "0.1", "--figures", str(tmp_path)]) == 2
    )
    assert "is there and not of this comparison (confianza compare " in capsys.readouterr().err
    assert one.read_bytes() == drawn
    one.write_bytes(b"a picture of somebody's own")
    assert cli.run_program(asked) == 2
    assert cli.run_program([*asked, "--fresh"]) == 0
    assert one.read_bytes() == drawn


def test_a_figure_in_a_page_says_and_draws_what_it_says_alone(folder):
    site, wording = read_sites(folder)[0], FigureTexts("es")
    whole = render_figure(draw_site_figure("outcomes", site, wording), ".svg", "outcomes", {}, None).decode()
    small = minify_svg(whole, Styles(), {})
    assert len(small) < 0.5 * len(whole)
    assert re.findall(r">([^<>]*\w[^<>]*)</text>", small) == re.findall(r">([^<>]*\w[^<>]*)</text>", whole)
    paths = [re.findall(r' d="([^"]+)"', text) for text in (whole, small)]
    straight = [pair for pair in zip(*paths, strict=True) if not re.search("[Cc]|[Mm].*[Mm]", pair[0])]
    assert len(straight) > 20
    for points, steps in straight:
        there = np.array(re.findall(r"-?[\d.]+", points), float).reshape(-1, 2)
        back = np.cumsum(np.array(re.findall(r"-?(?:\d*\.\d+|\d+)", steps), float).reshape(-1, 2), axis=0)
        assert np.abs(back - there).max() < 0.051


def test_a_policy_that_begins_later_and_a_changed_parameter_are_named(folder, tmp_path, capsys):
    later, out = tmp_path / "later", tmp_path / "dates"
    words = ["run", "villa_canales", "--policy", "resources_only@2017-02-01", "--set", "trust.memory_years=0.5"]
    assert cli.run_program([*words, *SMALL, "--out", str(later)]) == 0
    first = str(folder / "arms" / "villa_canales-status_quo")
    assert cli.run_program(["compare", first, str(later), "--out", str(out)]) == 0
    page = build(out, "es").decode()
    assert 'desde el <time datetime="2017-02-01">1 de febrero de 2017</time>' in page
    assert "<code>trust.memory_years = 0.5</code>" in page


def test_a_report_of_earlier_folders_says_what_it_can(folder, tmp_path):
    arms = [str(folder / "arms" / f"villa_canales-{name}") for name in ("status_quo", "resources_only")]
    report = tmp_path / "b.html"
    assert (
        cli.run_program(["compare", *arms, "--out", str(tmp_path / "c"), "--report", str(report), "--lang", "en"]) == 0
    )
    page = report.read_text(encoding="utf-8")
    assert "other laws of trust were not run" in page
    assert "Resources only" in page


def test_sites_side_by_side_are_told_apart_from_twins(tmp_path):
    out, report = tmp_path / "s", tmp_path / "s.html"
    words = ["compare", "villa_canales:status_quo", "totonicapan:status_quo", *SMALL, "--out", str(out)]
    assert cli.run_program([*words, "--report", str(report)]) == 0
    assert "no es entre gemelos" in report.read_text(encoding="utf-8")


def test_costs_are_told_in_quetzales_where_a_unit_has_a_price(folder, tmp_path, capsys):
    report, words = tmp_path / "priced.html", ["compare", str(folder), "--lang", "es"]
    prices = ["--price", "litres=9.5", "--price", "couple_shifts=640"]
    assert cli.run_program([*words, "--report", str(report), *prices]) == 0
    page = report.read_text(encoding="utf-8")
    rows = stored(folder, "effects")
    row = rows[(rows["measure"] == "couple_shifts") & (rows["against"] == ARMS[1])].iloc[0]
    assert f'Q <data value="effects:{row.name}:base:0*640">{row["base"] * 640:,.0f}</data>' in page
    assert "litros de combustible <code>Q 9.50</code>" in page
    assert "--lang es --price litres=9.5 --price couple_shifts=640" in page
    assert read_report_manifest(report)["prices"] == {"litres": 9.5, "couple_shifts": 640.0}
    assert traced(folder, page)["effects"] > traced(folder, words_of(folder, "es"))["effects"]
    assert strange(page) == []
    assert "<code>Q " not in words_of(folder, "es")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--price", "litre=9", "--report", "r.html"], "--price knows no cost 'litre'"),
        (["--price", "litres=-1", "--report", "r.html"], "with a price above 0, got 'litres=-1'"),
        (["--price", "litres=free", "--report", "r.html"], "with a price above 0, got 'litres=free'"),
        (["--price", "litres=9"], "add --report FILE"),
    ],
)
def test_a_price_that_is_none_is_refused_in_one_line(folder, words, said, capsys):
    assert cli.run_program(["compare", str(folder), *words]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_a_report_is_shown_again_from_its_folder(folder, tmp_path, page):
    report = tmp_path / "again.html"
    assert cli.run_program(["compare", str(folder), "--report", str(report), "--lang", "both"]) == 0
    assert report.read_text(encoding="utf-8") == page


def test_the_policies_of_a_sweep_are_twins_within_each_draw(swept):
    from experiments.storage.reading import means_of_runs

    runs = means_of_runs(swept / "sweep", ["trust_mean"])
    months = pq.read_table(swept / "compared" / "effects.parquet").to_pandas()
    row = months[(months["section"] == "headline") & (months["measure"] == "complaints_filed")].iloc[0]
    assert (row["n"], row["paired"]) == (6, True)
    draws = pq.read_table(swept / "compared" / "draws.parquet").to_pandas()
    own = draws[draws["measure"] == "complaints_filed"]
    assert sorted(own["trust.memory_years"]) == pytest.approx(sorted(set(runs["trust.memory_years"])))
    assert set(own["n"]) == {2}
    assert own["effect"].mean() == pytest.approx(row["effect"])
    drawn = pq.read_table(swept / "compared" / "drawn.parquet").to_pandas().set_index("measure")
    assert drawn.loc["complaints_filed", "draws"] == 3
    assert drawn.loc["complaints_filed", "up"] == (own["low"] > 0).sum()
    months = pq.read_table(swept / "sweep" / "measures").to_pandas()
    total = months.groupby(["policy", "trust.memory_years", "seed"], observed=True)["complaints_filed"].mean() * 12.0
    gap = (total["reporting_support"] - total["status_quo"]).unstack()
    assert row["error"] == pytest.approx(two_way_error(gap.to_numpy()))
    spread = max(row["error"], row["floor"] / np.sqrt(2.0))
    assert row["high"] - row["low"] == pytest.approx(2.0 * 12.706 * spread, rel=1e-4)


def test_the_report_of_a_sweep_says_what_parameters_do_beside_chance(swept):
    page = build(swept / "compared", "es").decode()
    assert "con otros parámetros" in page
    assert "juegos de parámetros" in page
    assert 'id="villa_canales-draws"' in page
    assert "Quién gana y quién no" not in page
    assert traced(swept / "compared", page)["drawn"] > 20


def test_a_sweep_does_not_pair_with_a_run_of_other_parameters(swept, folder, tmp_path, capsys):
    words = ["compare", str(folder / "arms" / "villa_canales-status_quo"), str(swept / "sweep")]
    code = cli.run_program([*words, "--out", str(tmp_path / "mixed")])
    told = capsys.readouterr()
    assert code == 0, told.err
    assert "seeds do not pair: unpaired analysis" in " ".join(told.out.split())


def test_a_sweep_that_kept_too_little_is_refused_in_one_line(tmp_path, capsys):
    study = tmp_path / "study.toml"
    study.write_text(STUDY.replace("seeds = 2", 'seeds = 1\nmeasures = ["fear_mean"]'), encoding="utf-8")
    assert cli.run_program(["sweep", str(study), "--out", str(tmp_path / "sweep")]) == 0
    capsys.readouterr()
    assert cli.run_program(["compare", str(tmp_path / "sweep"), "--out", str(tmp_path / "compared")]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "trust_mean" in told
