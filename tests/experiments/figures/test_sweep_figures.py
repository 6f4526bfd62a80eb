"""What the figures of a sweep show: differences between twins, alike in everything else, with their errors."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D
from matplotlib.text import Text

from experiments.figures.charts import draw_main_effects
from experiments.figures.forest import draw_levels
from experiments.figures.maps import draw_effect_maps, draw_factor_pairs, draw_policy_pairs
from experiments.figures.svg import render_figure
from experiments.figures.theme import TOKENS
from experiments.figures.tornado import draw_morris, draw_tornado
from experiments.narrative.labels import factor_label
from experiments.statistics.contrasts import INTERACTION, contrasts, grid_effects
from experiments.statistics.thresholds import monthly_scale
from experiments.studies.sensitivity_indices import COLUMNS
from experiments.studies.study import STUDIES, read_study
from experiments.words.bilingual import FigureTexts

POLICIES = {"status_quo": 0.0, "a": 1.0, "b": 2.0, "a+b": 3.5}
SCALE = monthly_scale("trust_mean", "0-1")
FACTORS = ["policy", "trust.fast_days", "trust.memory_years"]


def outcome(policy, inertia, memory):
    return POLICIES[policy] * (memory - 1.0) + 0.1 * inertia


@pytest.fixture(scope="module")
def runs():
    """Make runs whose differences are known and whose noise is shared by twins."""
    noise = np.random.default_rng(1).normal(size=4)
    points = itertools.product(("here", "there"), POLICIES, (4.0, 8.0), (0.0, 1.0, 3.0), range(4))
    rows = [(*point, outcome(*point[1:4]) + noise[point[4]]) for point in points]
    return pd.DataFrame(rows, columns=["scenario", *FACTORS, "seed", "trust_mean"])


def found(runs, factors=FACTORS):
    return {(one.scenario, one.factor, one.level): one.effect for one in contrasts(runs, factors, "trust_mean", SCALE)}


def test_the_forest_shows_the_difference_that_one_change_makes(runs):
    effects = found(runs)
    mean = np.mean([-1.0, 0.0, 2.0])
    for scenario in ("here", "there"):
        assert effects[scenario, "policy", "a+b"].effect == pytest.approx(3.5 * mean)
        assert effects[scenario, "trust.fast_days", 8.0].effect == pytest.approx(0.4)
        assert effects[scenario, "trust.fast_days", 8.0].error == pytest.approx(0.0, abs=1e-12)
        assert effects[scenario, INTERACTION, "a+b"].effect == pytest.approx(0.5 * mean)


def test_runs_that_failed_are_left_out_on_both_sides(runs):
    failed = (runs["policy"] == "a") & (runs["trust.fast_days"] == 8.0) & (runs["seed"] == 2)
    assert found(runs[~failed])["here", "policy", "a"].effect == pytest.approx(
        found(runs)["here", "policy", "a"].effect
    )


def test_a_change_that_does_nothing_is_nothing_exactly(runs):
    still = runs.assign(trust_mean=runs["seed"] * 0.1)
    for effect in found(still).values():
        assert (effect.effect, effect.error, effect.p, effect.same) == (0.0, 0.0, 1.0, 4)
        assert not effect.settled


def test_the_map_shows_where_the_effect_turns(runs):
    own = runs[runs["scenario"] == "here"]
    grid = grid_effects(own, FACTORS[1:], ("trust.memory_years", "trust.fast_days"), "b", "trust_mean", SCALE)
    assert grid.effect.loc[[0.0, 1.0, 3.0], 4.0].tolist() == pytest.approx([-2.0, 0.0, 4.0])
    assert grid.settled.loc[0.0, 8.0] == 1.0


def words_of(figure):
    """Return all that stands in a figure, and its text for those who do not see it."""
    return " ".join([*(one.get_text() for one in figure.findobj(Text)), figure.get_label()]).replace("\n", " ")


@pytest.mark.parametrize("draw", [draw_levels, draw_main_effects, draw_factor_pairs, draw_policy_pairs])
def test_every_figure_is_the_same_twice_and_says_its_finding_in_both_languages(runs, draw):
    factors = FACTORS[1:] if draw is draw_main_effects else FACTORS
    drawn = {lang: draw(runs, factors, ["trust_mean"], FigureTexts(lang)) for lang in ("es", "en")}
    again = draw(runs, factors, ["trust_mean"], FigureTexts("en"))
    assert render_figure(drawn["en"], ".svg", "x") == render_figure(again, ".svg", "x")
    assert "Confianza en la policía" in drawn["es"].get_label()
    assert "Trust in the police" in drawn["en"].get_label()
    assert "trust in the police" not in words_of(drawn["es"])
    assert "confianza" not in words_of(drawn["en"])


def test_a_finding_names_the_change_that_does_most(runs):
    figure = draw_levels(runs[runs["scenario"] == "here"], FACTORS, ["trust_mean"], FigureTexts("es"))
    size = 3.0 * np.mean(list(POLICIES.values()))
    change = f"{factor_label('trust.memory_years', FigureTexts('es'))} = 3, +{size:.3g}"
    told = f"Confianza en la policía, media de habitantes: el mayor cambio viene de {change}\n"
    assert figure.get_label().startswith(told)


def test_every_parameter_of_a_ready_study_has_words_in_both_languages():
    for path in Path(STUDIES).glob("*.toml"):
        study = read_study(path)
        own = study.factors.names
        names = {name.partition(".")[0] for name in own} if study.sensitivity.by == "mechanism" else own
        assert [name for name in names if factor_label(name, FigureTexts("es")) == name] == [], path.stem


def test_what_chance_alone_can_explain_is_hollow_and_grey(runs):
    noise = runs.assign(trust_mean=np.random.default_rng(2).normal(size=len(runs)))
    figure = draw_levels(noise, ["policy"], ["trust_mean"], FigureTexts("en"))
    told = {one.effect.settled for one in contrasts(noise, ["policy"], "trust_mean", SCALE)}
    faces = {line.get_markerfacecolor() for line in figure.findobj(Line2D) if line.get_marker() == "o"}
    assert told == {False}
    assert faces == {"none"}
    assert "no change can be told from chance" in figure.get_label()


def test_maps_of_effects_count_the_cases_in_which_a_policy_rises_and_falls(runs):
    maps = draw_effect_maps(runs, FACTORS, ["trust_mean"], FigureTexts("en"))
    assert list(maps) == [f"effect_map_{k}" for k in range(1, 7)]
    assert "rises in 2 of 6 cases and falls in 2" in maps["effect_map_2"].get_label()
    assert draw_policy_pairs(runs[runs["policy"] != "a+b"], FACTORS, ["trust_mean"], FigureTexts("en")) is None
    assert draw_levels(runs[runs["policy"] == "a"], ["scenario"], ["trust_mean"], FigureTexts("en")) is None


WORDS_OF_COLOURS = {
    "en": ("Brown: worse; blue: better.", "Violet: less; green: more; neither is better."),
    "es": ("Café: peor; azul: mejor.", "Morado: menos; verde: más; ninguno es mejor."),
}


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize(
    ("measure", "more"), [("trust_mean", "better"), ("crimes_occurred", "worse"), ("crimes_told", "")]
)
def test_on_a_map_of_effects_brown_is_worse_and_blue_is_better(runs, lang, measure, more):
    own = runs[runs["scenario"] == "here"].rename(columns={"trust_mean": measure})
    figure = draw_effect_maps(own, FACTORS, [measure], FigureTexts(lang))["effect_map_2"]
    effects = grid_effects(own, FACTORS[1:], FACTORS[1:], "b", measure, SCALE).effect.to_numpy()
    (image,) = (image for axes in figure.axes for image in axes.images)
    places = (np.unravel_index(place, effects.shape) for place in (effects.argmax(), effects.argmin()))
    rises, falls = (to_hex(image.get_array()[place]) for place in places)
    assert rises == to_hex(TOKENS[more or "more"][0])
    red, _, blue = to_rgb(falls)
    assert (red < blue) == (more != "better")
    said = words_of(figure)
    assert [words in said for words in WORDS_OF_COLOURS[lang]] == [bool(more), not more]


@pytest.fixture(scope="module")
def indices():
    """Make indices of two factors, of which random variation lets one measure be ranked and the other not."""
    rows = [
        ("here", "status_quo", measure, factor, index, value, 0.1, rank, rank, 0.5, 0.2, 4, 8, 8, 0)
        for measure, ranked in (("trust_mean", True), ("homicides", False))
        for factor, value in (("hearsay", 0.4), ("trust.harm", 0.2))
        for index, rank in (("mu_star", 1 if ranked else np.nan), ("sigma", np.nan))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_a_tornado_ranks_only_where_noise_lets_it(indices):
    figure = draw_tornado(indices, "here", FigureTexts("es"))
    dots = [line for line in figure.findobj(Line2D) if line.get_marker() == "o"]
    assert [dot.get_markerfacecolor() == "none" for dot in dots] == [False, False, True, True]
    assert "depende más de rumores" in figure.get_label()
    assert "rumores" in words_of(draw_morris(indices, "here", FigureTexts("es")))
