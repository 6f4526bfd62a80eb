"""Tables of `reproduce` on pairs of which the effects are known."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from known_pairs import SIZE, known_pairs

from experiments.comparison.decision_measures import measures
from experiments.emulation.coefficients import coefficients_of
from experiments.reproduce import effects
from experiments.reproduce.costs import cost_of_gains, costs_table
from experiments.reproduce.design import CHECKS, ReproduceDesign
from experiments.reproduce.lever_steps import shares_of
from experiments.reproduce.plan import HEAVY_HAND, plan
from experiments.reproduce.regions import regions_table
from experiments.reproduce.sentences import RESULTS, chance_words, check_words, numbers_words, sentence_lines
from experiments.reproduce.surfaces import (
    TOGETHER,
    Surface,
    averaged_surface,
    check_errors,
    checks_table,
    fitted_surface,
    fitted_surfaces,
    input_names,
    lever_pairs,
    points_of_surface,
    steps_table,
)
from experiments.reproduce.tables import loop_table, screening_table, tables_of
from experiments.words.bilingual import BilingualText
from model.engine.errors import InputError
from model.police.minutes import MINUTE_USES
from scenarios import accounts

pytest.importorskip("sklearn")


@pytest.fixture(scope="module")
def surface(design: ReproduceDesign, pairs: pd.DataFrame) -> Surface:
    own = pairs[(pairs["site"] == "villa_canales") & (pairs["measure"] == "trust_mean")]
    points = points_of_surface(lever_pairs(own))
    assert points is not None
    return fitted_surface(design, points)


def row_of(table: pd.DataFrame, **where: object) -> pd.Series:
    for column, value in where.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_effects_and_verdicts_are_those_of_the_pairs(design: ReproduceDesign, pairs: pd.DataFrame) -> None:
    table = effects.effects_table(effects.main_pairs(pairs), design.plan.reported, effects.EQUAL)
    adoption = row_of(table, site="villa_canales", arm="adoption", measure="trust_mean")
    assert (adoption["effect"], adoption["n"]) == (pytest.approx(2.0, abs=0.05), 16)
    assert adoption["band_low"] < adoption["effect"] < adoption["band_high"]
    assert (adoption["word"], adoption["up"], adoption["down"]) == ("rises", 1.0, 0.0)
    assert adoption["low"] < 2.0 < adoption["high"]
    assert row_of(table, site="totonicapan", arm=HEAVY_HAND, measure="trust_mean")["word"] == "falls"
    assert row_of(table, site="totonicapan", arm="resources", measure="trust_mean")["word"] == "nothing"


def test_an_account_without_weight_counts_for_nothing(pairs: pd.DataFrame) -> None:
    rows = pairs[(pairs["measure"] == "trust_mean") & (pairs["arm"] == "adoption") & (pairs["site"] == "villa_canales")]
    rows = effects.main_pairs(rows)
    other = rows["account"] == "performance_only"
    rows = rows.assign(arm_value=rows["arm_value"].where(~other, rows["base"] - 5.0))
    equal = effects.world_row(rows, "trust_mean", 1, effects.EQUAL)
    weighted = effects.world_row(rows, "trust_mean", 1, {**effects.EQUAL, "performance_only": 0.0})
    assert (weighted["up"], weighted["word"]) == (1.0, "rises")
    assert equal["down"] == pytest.approx(other.mean())
    assert weighted["effect"] == pytest.approx(2.0, abs=0.05)
    assert equal["effect"] == pytest.approx(2.0 - 7.0 * other.mean(), abs=0.05)
    assert weighted["band_low"] > 1.8 > equal["band_low"]


def test_parts_that_add_up_do_nothing_beyond_their_sum(design: ReproduceDesign, pairs: pd.DataFrame) -> None:
    table = effects.together_table(design.plan, pairs)
    assert row_of(table, site="villa_canales", measure="trust_mean")["verdict"] == "nothing"


def test_the_paradox_is_more_complaints_with_less_crime(pairs: pd.DataFrame) -> None:
    table = effects.paradox_table(pairs)
    assert row_of(table, site="villa_canales", arm="reporting")["paradox"] == 1.0
    assert row_of(table, site="villa_canales", arm="reporting")["other"] == 0.0


def test_the_loop_carries_what_its_cut_takes_away(design: ReproduceDesign, pairs: pd.DataFrame) -> None:
    row = row_of(loop_table(design.plan, pairs), site="villa_canales", arm="everything", measure="crimes_occurred")
    assert (row["uncut"], row["cut_effect"]) == (pytest.approx(-100.0, abs=0.5), pytest.approx(-50.0, abs=0.5))
    assert (row["share"], row["verdict"]) == (pytest.approx(50.0, abs=1.0), "falls")


@pytest.mark.thorough
def test_a_surface_predicts_steps_that_it_has_not_seen(design: ReproduceDesign, surface: Surface) -> None:
    steps = ({}, {"visits": 1}, {"visits": 3, "reporting": 3})
    shares = np.array([list(shares_of(one).values()) for one in steps])
    effects_of_steps = averaged_surface(design, surface).mean(shares)
    assert effects_of_steps == pytest.approx([0.0, 2.0 / 3.0, 2.0], abs=0.15)
    assert surface.errors.r2 > 0.95


@pytest.mark.thorough
def test_each_step_of_each_lever_is_told_beside_those_of_mopsic_together(
    design: ReproduceDesign, surface: Surface
) -> None:
    table = steps_table(design, {("villa_canales", 1, "trust_mean"): surface})
    assert len(table) == sum(len(lever.steps) for lever in measures()) + 1
    assert row_of(table, lever="visits", step=3)["effect"] == pytest.approx(2.0, abs=0.15)
    assert row_of(table, lever="training", step=3)["effect"] == pytest.approx(0.0, abs=0.15)
    assert row_of(table, lever=TOGETHER)["effect"] == pytest.approx(2.0, abs=0.15)


def test_surfaces_are_checked_on_pairs_that_they_have_not_seen(
    checked_design: ReproduceDesign, checked_pairs: pd.DataFrame
) -> None:
    own = checked_pairs[(checked_pairs["site"] == "villa_canales") & (checked_pairs["measure"] == "trust_mean")]
    checks = own[own["kind"] == CHECKS]
    points = points_of_surface(lever_pairs(own))
    assert points is not None
    surface = fitted_surface(checked_design, points)
    assert not set(checks["draw"]) & set(surface.points["draw"])
    check = check_errors(checked_design, surface, checks)
    assert check is not None
    assert (check.draws, check.pairs) == (4, 12)
    assert (check.bias, check.error) == (pytest.approx(0.0, abs=0.15), pytest.approx(check.expected, abs=0.15))
    shifted = checks.assign(arm_value=checks["arm_value"] + 5.0)
    wrong = check_errors(checked_design, surface, shifted)
    assert wrong is not None
    assert (wrong.within, wrong.bias) == (0.0, pytest.approx(check.bias + 5.0))
    told = replace(surface, check=wrong)
    assert (surface.error, told.error) == (surface.errors.error, wrong.error)  # what is shown is the larger error
    assert row_of(checks_table({("villa_canales", 1, "trust_mean"): told}), years=1)["bias"] == wrong.bias


@pytest.mark.thorough
def test_two_processes_fit_the_same_surfaces_as_one(design: ReproduceDesign, pairs: pd.DataFrame) -> None:
    few = pairs[pairs["measure"].isin(("trust_mean", "c1")) & (pairs["site"] == "villa_canales")]
    alone, shared = (fitted_surfaces(design, few, workers) for workers in (1, 2))
    assert list(alone) == list(shared) == [("villa_canales", 1, "trust_mean"), ("villa_canales", 1, "c1")]
    assert [one.errors for one in alone.values()] == [one.errors for one in shared.values()]


def test_a_drawn_number_that_moves_an_effect_is_found_among_all(design: ReproduceDesign) -> None:
    wide = ReproduceDesign(design.plan, replace(design.size, draws=120))
    place = wide.names.index(name := "trust.memory_years")
    rng, names = np.random.default_rng(7), list(accounts.names())
    own = {"site": "villa_canales", "kind": "draws", "years": 1, "measure": "trust_mean", "base": 0.0}
    rows = []
    for draw in range(120):
        group = draw % len(names)
        for arm in ("adoption", "resources"):
            value = 10.0 * group + rng.normal() + 4.0 * wide.cube[draw, place] * (arm == "adoption")
            sides = {"base_per": 1.0, "arm_per": 1.0, "arm_value": value}
            rows.append(own | sides | {"draw": draw, "account": names[group], "arm": arm})
    table = screening_table(wide, pd.DataFrame(rows))
    adoption = table[table["arm"] == "adoption"]
    assert list(adoption[adoption["beyond"] == 1]["parameter"]) == [name]  # although accounts move the effect more
    assert adoption["r"].iloc[0] > 0.6
    assert adoption["predicted"].iloc[0] > 0.3
    assert table[table["arm"] == "resources"]["beyond"].sum() == 0


def test_the_numbers_that_an_effect_goes_with_are_told_with_the_line_of_chance() -> None:
    row = {
        "site": "villa_canales",
        "arm": "everything",
        "measure": "trust_mean",
        "draws": 90,
        "null_r": 0.31,
        "years": 3,
    }
    numbers = pd.DataFrame(
        [
            row | {"parameter": "trust.fast", "r": 0.42, "beyond": 1},
            row | {"parameter": "hearsay.weight", "r": 0.2, "beyond": 0},
        ]
    )
    told = numbers_words({"numbers": numbers, "design": pd.DataFrame({"numbers": [822]})}, "villa_canales")
    assert isinstance(told, BilingualText)
    assert all(
        part in told.en
        for part in (
            "822",
            "effect of year 3",
            "by more than 0.31, the most that chance gives among them in 90 draws",
            "(+0.42)",
        )
    )
    assert "+0.20" not in told.en
    none = numbers_words({"numbers": numbers.iloc[1:], "design": pd.DataFrame({"numbers": [822]})}, "villa_canales")
    assert isinstance(none, BilingualText)
    assert none.en.endswith(": none")


def told_of(design: ReproduceDesign, pairs: pd.DataFrame, blocks: int) -> dict[str, str]:
    """Return the sentences in both languages on the first blocks of a design, as `--so-far` tells them; no emulator."""
    keys = ["site", "kind", "draw", "account"]
    finished = pairs.merge(pairs[keys].drop_duplicates().head(blocks), on=keys)
    tables = tables_of(design, finished, {})
    return {language: "\n".join(sentence_lines(tables, language)) for language in ("en", "es")}


@pytest.mark.parametrize("blocks", [1, *(pytest.param(n, marks=pytest.mark.thorough) for n in (3, 6, 10))])
def test_of_the_first_pairs_sentences_have_no_gaps(design: ReproduceDesign, pairs: pd.DataFrame, blocks: int) -> None:
    for told in told_of(design, pairs, blocks).values():
        assert "–" not in told
        assert re.search(r"\b[01] (draws|pairs of worlds|sorteos|new draws)\b", told) is None
        assert told.count("## ") == len(RESULTS)


def test_of_one_block_it_is_said_which_site_has_no_pair_and_of_one_draw_that_it_is_the_same(
    design: ReproduceDesign, pairs: pd.DataFrame
) -> None:
    told = told_of(design, pairs, 1)
    assert told["en"].count("Totonicapán: no pair of runs has finished yet.") == 5
    assert "Totonicapán, aún no se corrió." in told["es"]
    told = told_of(design, pairs, 6)
    assert "This is the same draw, with the same town and random numbers" in told["en"]
    assert "Es el mismo sorteo, con el mismo pueblo" in told["es"]
    more = told_of(design, pairs, 16)
    assert "These are the same 2 draws" in more["en"]
    assert "trust in the police: too few paired runs, +2" in more["en"]
    all_told = told_of(design, pairs, len(design.blocks))
    assert "in 100 of 100 worlds it rises by at least 0.50 points of 100" in all_told["en"]


def test_of_few_homicides_nothing_is_said() -> None:
    row = {"site": "totonicapan", "arm": "everything", "years": 3, "measure": "homicides", "n": 360, "base": 2.4}
    row |= {"effect": -0.9, "low": -1.0, "high": -0.8, "band_low": -2.0, "band_high": 0.1, "delta": 0.5}
    row |= {"up": 0.02, "nothing": 0.2, "down": 0.78, "word": "falls_or_nothing"}
    few, many = (chance_words(SimpleNamespace(**row | change)).en for change in ({"word": "rare"}, {"base": 59.0}))
    assert effects.word_of_row(row) == "rare"
    assert effects.word_of_row(row | {"base": 59.0}) == "falls_or_nothing"
    assert few == "homicides: too few cases to say anything (about 2.4 a year)"
    assert many.startswith("homicides: falls or hardly changes; in 2 of 100 worlds it rises by at least 0.5 a year")
    assert "in 78 it falls by as much (mean −0.9; nine of ten, −2.0 to +0.1)" in many


def test_the_error_in_new_draws_is_told_beside_the_expected_one() -> None:
    row = {"site": "villa_canales", "years": 3, "draws": 9, "pairs": 18, "bias": 0.0, "within": 1.0}
    trust = row | {"measure": "trust_mean", "error": 0.31, "expected": 0.24}
    crimes = row | {"measure": "crimes_occurred", "error": 402.0, "expected": 334.0}
    told = check_words({"checks": pd.DataFrame([trust, crimes])})
    assert isinstance(told, BilingualText)
    assert told.en == "; in 18 pairs of 9 new draws it was, in year 3, 0.31 and 402 (expected: 0.24 and 334)"
    assert "0.31 y 402 (esperado: 0.24 y 334)" in told.es
    assert check_words({"checks": pd.DataFrame([trust])}) == ""


def test_coefficients_predict_what_the_emulator_does(design: ReproduceDesign, surface: Surface) -> None:
    points = np.random.default_rng(2).random((20, len(input_names(design))))
    inputs = dict(zip(input_names(design), points.T, strict=True))
    assert coefficients_of(surface.emulator).mean(points) == pytest.approx(surface.emulator.predict(inputs).mean)


def test_a_group_is_predicted_without_any_of_its_results(surface: Surface) -> None:
    from experiments.emulation.emulator import Emulator, predict_left_out, spread_of

    groups = list(surface.points["draw"])
    rows = np.array([group == groups[0] for group in groups])
    one = surface.emulator
    spread = spread_of(one.values)
    kernel, noise = one.process.kernel_, 1e-8 + one.noise / spread**2
    standard = (one.values - one.values.mean()) / spread
    weights = np.linalg.solve(kernel(one.points[~rows]) + np.diag(noise[~rows]), standard[~rows])
    refitted = one.values.mean() + spread * kernel(one.points[rows], one.points[~rows]) @ weights
    assert isinstance(one, Emulator)
    assert predict_left_out(one, groups).mean[rows] == pytest.approx(refitted, abs=1e-6)


def test_a_surface_refuses_steps_outside_what_was_run(surface: Surface) -> None:
    inputs = dict.fromkeys(surface.emulator.names, 0.5)
    with pytest.raises(InputError, match=r"visits must lie in \[0, 1\]"):
        surface.emulator.predict(inputs | {"visits": 1.2})


def test_regions_are_judged_on_draws_on_which_they_were_not_found() -> None:
    design = ReproduceDesign(plan(), replace(SIZE, draws=48))  # few draws leave most regions open
    table = regions_table(design, known_pairs(design))
    trust = table[(table["site"] == "villa_canales") & (table["measure"] == "trust_mean")]
    assert all("visits" in rule for rule in trust["rule"])
    assert set(trust["outcome"]) <= {"works", "nothing", "open"}
    assert "works" in set(trust["outcome"])
    assert trust["n"].max() <= 24  # half of the draws
    crime = table[(table["site"] == "villa_canales") & (table["measure"] == "crimes_occurred")]
    assert "works" in set(crime["outcome"])


def test_hours_by_use_add_up_and_a_gain_has_a_cost_only_where_it_is_sure(
    design: ReproduceDesign, pairs: pd.DataFrame
) -> None:
    shifted = pairs.copy()
    hours = {"hours_visits": 300.0, "hours_patrol": -250.0, "hours_brief": -50.0}
    uses = [f"hours_{use}" for use in MINUTE_USES]
    by_use = shifted["measure"].isin(uses)
    shifted.loc[by_use, "arm_value"] = shifted["base"] + shifted["measure"].map(hours).fillna(0.0)
    shifted.loc[shifted["measure"] == "hours_all", "arm_value"] = shifted["base"]
    table = costs_table(design.plan, shifted, effects.EQUAL)
    for _, rows in table.groupby(["site", "arm", "years"]):
        by_name = rows.set_index("measure")["effect"]
        assert by_name[uses].sum() == pytest.approx(by_name["hours_all"], abs=1e-9)
    gains = cost_of_gains(shifted, effects.EQUAL)
    adoption = gains[gains["arm"] == "adoption"]
    assert list(adoption["gain"]) == ["point_of_trust"] * 2  # at both sites; crimes do not fall
    assert adoption["hours"].iloc[0] == pytest.approx(12.0 * 300.0 / 2.0, rel=0.05)
    assert set(gains[gains["arm"] == "reporting"]["gain"]) == {"hundred_crimes_fewer"}
    assert not len(gains[gains["arm"] == HEAVY_HAND])
