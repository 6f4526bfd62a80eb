"""Effects under all laws of trust: whether they are known, and tables that earlier versions wrote."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.comparison.criteria_effects import grade_shares, mean_scores, over_seeds
from experiments.comparison.effect_verdicts import (
    LawVerdict,
    corner_laws,
    criteria_table,
    crossed_laws,
    sign_over_laws,
    verdict_over_laws,
    verdicts_table,
    with_verdict_columns,
)
from experiments.narrative.comparison_text import law_sentence
from experiments.statistics.verdicts import ALPHA, MIN_RUNS, benjamini_hochberg
from experiments.words.bilingual import FigureTexts
from model.engine.scenario import CriterionAnchor
from model.measures.criteria import GRADES, PART_READERS

NAN = math.nan


def cells(*rows, delta=0.5):
    """Return rows of a grid of laws: effect, reach of the interval, p-value."""
    return pd.DataFrame(
        [{"effect": effect, "low": effect - reach, "high": effect + reach, "p": p, "delta": delta}
         for effect, reach, p in rows]
    )  # fmt: skip


def law(**more):
    known = {"cells": 4, "up": 4, "down": 0, "none": 0, "open": 0, "low": 1.0, "high": 3.0, "sign": "known"}
    return LawVerdict(**(known | more))


def test_a_verdict_counts_the_laws_that_leave_each_sign() -> None:
    one = verdict_over_laws(
        cells((2.0, 0.5, 0.01), (-1.5, 0.25, ALPHA), (0.25, 0.25, 0.06), (-0.25, 0.25, 0.9), (0.0, 0.5, 1.0))
    )
    assert one == LawVerdict(cells=5, up=1, down=1, none=3, open=3, low=-1.75, high=2.5, sign="open")
    assert verdict_over_laws(cells((2.0, 0.5, 0.01), (-1.5, 0.25, 0.01))).sign == "turns"
    assert verdict_over_laws(cells((0.0, 0.5, 0.01), (0.26, 0.25, 0.01), (-0.26, 0.25, 0.01))).none == 1
    assert verdict_over_laws(cells((0.0, 0.0, 0.01))).up == verdict_over_laws(cells((0.0, 0.0, 0.01))).down == 0


def test_a_size_varies_if_the_limits_of_the_intervals_are_more_than_threefold_apart() -> None:
    assert not law(low=1.0, high=3.0).varies
    assert law(low=1.0, high=3.001).varies
    assert not law(low=-3.0, high=-1.0).varies
    assert law(low=-3.001, high=-1.0).varies
    assert law(sign="open").varies


def test_an_effect_is_known_by_sign_and_size_or_as_practically_nothing() -> None:
    assert law().known
    assert not law(high=4.0).known
    assert law(sign="open", none=4).known
    assert not law(sign="open", none=3).known
    assert not law(sign="turns").known


@pytest.mark.parametrize(
    ("one", "en", "es"),
    [
        (
            law(),
            "known: same sign, and size within a factor of three, under all laws of trust",
            "se sabe: mismo signo, y tamaño dentro de un factor de tres, con toda ley de la confianza",
        ),
        (
            law(none=4),
            "known: practically nothing, whatever the law of trust",
            "se sabe: prácticamente nada, sea cual sea la ley de la confianza",
        ),
        (
            law(up=1, down=2, open=1, sign="turns"),
            "open: the sign turns (up in 1, down in 2 of 4 laws of trust)"
            " and the sign is not settled in 1 of 4 laws of trust",
            "en duda: el signo cambia (sube en 1 y baja en 2 de 4 leyes de la confianza)"
            " y el signo queda en duda en 1 de 4 leyes de la confianza",
        ),
        (
            law(up=2, down=2, sign="turns"),
            "open: the sign turns (up in 2, down in 2 of 4 laws of trust)",
            "en duda: el signo cambia (sube en 2 y baja en 2 de 4 leyes de la confianza)",
        ),
        (
            law(up=1, open=3, sign="open"),
            "open: the sign is not settled in 3 of 4 laws of trust",
            "en duda: el signo queda en duda en 3 de 4 leyes de la confianza",
        ),
        (
            law(high=4.0),
            "open: the size varies more than threefold",
            "en duda: el tamaño varía más del triple",
        ),
    ],
)
def test_a_sentence_gives_the_reasons_in_both_languages(one, en, es) -> None:
    assert law_sentence(one, FigureTexts("en")) == en
    assert law_sentence(one, FigureTexts("es")) == es


GRID = pd.DataFrame(
    [
        {"site": "x", "against": "a", "measure": measure, "memory_years": memory, "asymmetry": weight, "also": also}
        | {"effect": times * effect, "low": times * effect - 0.1, "high": times * effect + 0.1}
        | {"p": 0.001, "delta": 0.5, "n": n}
        for measure, times in (("z", 1.0), ("m", 10.0))
        for memory, weight, also, effect, n in (
            (1.0, 1.0, "", 1.0, 8),
            (1.0, 3.0, "", 1.5, 9),
            (5.0, 1.0, "", 2.0, 12),
            (5.0, 3.0, "", 2.1, 10),
            (5.0, 1.0, "harm", 7.0, 11),
        )
    ]
)


def test_laws_are_the_grid_of_memory_and_asymmetry_and_what_else_differs() -> None:
    assert list(crossed_laws(GRID).index) == [0, 1, 2, 3, 5, 6, 7, 8]
    assert list(corner_laws(GRID).index) == [4, 9]
    older = GRID.drop(columns="also")
    assert crossed_laws(older).equals(older)
    assert corner_laws(older).empty


def test_the_table_of_verdicts_has_a_row_for_each_measure_and_arm() -> None:
    grid = pd.concat([GRID, GRID.assign(against="b", effect=-GRID["effect"], p=[0.001] * 4 + [0.2] + [0.001] * 5)])
    table = verdicts_table(grid)
    assert list(table["site"]) == ["x"] * 4
    assert list(zip(table["against"], table["measure"], strict=True)) == [
        ("a", "z"),
        ("a", "m"),
        ("b", "z"),
        ("b", "m"),
    ]
    one = table.iloc[0].to_dict()
    assert one == pytest.approx(
        {"site": "x", "against": "a", "measure": "z", "known": False, "n": 12}
        | {"cells": 5, "up": 5, "down": 0, "none": 0, "open": 0, "low": 0.9, "high": 7.1, "sign": "known"}
        # along memory 1.25 and 2.05, along asymmetry 1.5 and 1.8, without the corner
        | {"span_memory": 0.8, "span_asymmetry": 0.3}
    )
    assert list(table["down"]) == [0, 0, 4, 5]
    assert list(table["sign"]) == ["known", "known", "open", "known"]
    assert table["span_memory"].to_list() == pytest.approx([0.8, 8.0, 0.8, 8.0])
    assert verdicts_table(GRID[GRID["also"] == ""].iloc[2:4])["known"].to_list() == [True]
    assert verdicts_table(pd.DataFrame()).empty


def test_what_laws_say_is_the_sign_of_the_table_or_follows_from_the_counts() -> None:
    old = {"n": MIN_RUNS, "cells": 3}
    for up, down, said in (
        (3, 0, "known"),
        (0, 3, "known"),
        (2, 0, "open"),
        (0, 2, "open"),
        (2, 1, "turns"),
        (0, 0, "open"),
    ):
        assert sign_over_laws(old | {"up": up, "down": down}) == said
        assert sign_over_laws(old | {"up": up, "down": down, "sign": "turns"}) == "turns"
        assert sign_over_laws(old | {"up": up, "down": down, "n": MIN_RUNS - 1}) is None


def old_row(measure="trust_mean", how="recent", **more):
    return {
        "site": "x",
        "measure": measure,
        "how": how,
        "base": 40.0,
        "arm": 41.0,
        "effect": 1.0,
        "error": 0.5,
        "n": 9,
    } | more


def anew(**more):
    return with_verdict_columns(pd.DataFrame([old_row(**more)]), 2.0).iloc[0]


def test_an_old_row_has_the_interval_of_its_mean_and_error() -> None:
    row, reach = anew(), stats.t.ppf(0.975, 8) * 0.5
    assert (row["low"], row["high"]) == pytest.approx((1.0 - reach, 1.0 + reach))
    assert row["p"] == row["adjusted"] == pytest.approx(2.0 * stats.t.sf(2.0, 8))
    assert (row["delta"], row["floor"], row["undefined"]) == (0.5, 0.125, 0)
    assert (row["effect"], row["error"], row["base"], row["site"]) == (1.0, 0.5, 40.0, "x")
    assert row["smallest"] == pytest.approx(sum(stats.t.ppf([0.975, 0.8], 8)) * 0.5)
    events = ["events_base", "events_arm", "differ", "differ_low", "differ_high"]
    assert row[events].isna().all()


@pytest.mark.parametrize(
    ("more", "threshold"),
    [
        ({"how": "last"}, (0.5, 0.25)),
        ({"how": "last", "section": "headline"}, (0.5, 0.25)),
        ({"measure": "crimes_occurred", "how": "year"}, (2.05, 0.5125)),
        ({"measure": "crimes_occurred", "how": "last", "base": 4.0, "arm": 5.0}, (0.5, 0.25)),
        ({"section": "group", "measure": "trust_women"}, (0.5, 0.125)),
        ({"section": "decision", "measure": "x"}, (1.0, 0.25)),
        ({"section": "only_arm", "measure": "x", "base": 0.0, "arm": 5.0}, (1.0, 0.5)),
        ({"measure": "of_another_version"}, (NAN, 0.0)),
        ({"section": "of_another_version"}, (NAN, 0.0)),
    ],
)
def test_an_old_row_is_judged_by_the_scale_of_its_section_and_measure(more, threshold) -> None:
    row = anew(**more)
    assert (row["delta"], row["floor"]) == pytest.approx(threshold, nan_ok=True)


def test_old_rows_are_corrected_by_section_or_by_site() -> None:
    rows = [
        old_row(error=error, site=site, section=section, measure="fear_mean")
        for error, site, section in (
            (0.5, "x", "headline"),
            (0.3, "y", "headline"),
            (0.4, "x", "group"),
        )
    ]
    for columns, families in ((["site"], [[0, 2], [1]]), ([], [[0, 1], [2]])):
        table = with_verdict_columns(pd.DataFrame(rows).drop(columns="section" if columns else columns), 2.0)
        for family in families:
            own = table.iloc[family]
            assert list(own["adjusted"]) == pytest.approx(list(benjamini_hochberg(own["p"])))
            assert len(family) == 1 or list(own["adjusted"]) != list(own["p"])


def test_tables_without_effects_or_with_thresholds_stay_as_they_are() -> None:
    for table in (pd.DataFrame({"other": [1.0]}), pd.DataFrame([old_row(delta=7.0)])):
        assert with_verdict_columns(table, 2.0) is table


TRACES = {"c1": 10.0, "c2": 0.0, "c3": 0.7, "accountability": 0.3}
ANCHORS = [{"part": part, "absent": 0.0, "full": 1.0, "reason": "r"} for part in PART_READERS]


def arm(name, months, anchors=ANCHORS):
    return SimpleNamespace(
        name=name, scenario="x", base={"anchors": anchors}, table=lambda table: {"measures": months}[table]
    )


def months_of(**more):
    """Return the last months of two runs: full marks of c1, none of c2, something of c3, nothing known of c4."""
    traces = TRACES | more
    return pd.DataFrame(
        [
            {"seed": seed, "month": month, "c1": 1.0, "c4": NAN}
            | {f"{part}.trace": traces.get(part.partition(".")[0], NAN) for part in PART_READERS}
            for month in (12, 11)
            for seed in (1, 2)
        ]
    )


def test_the_table_of_criteria_gives_the_word_of_most_draws() -> None:
    months = months_of()
    older = months.drop(columns=f"{ANCHORS[0]['part']}.trace")
    skipped = [arm("older", older), arm("none", months, []), arm("empty", months[:0])]
    table = criteria_table([*skipped, arm("a", months), arm("b", months_of(c2=10.0))])
    assert list(table["arm"]) == ["a"] * 4 + ["b"] * 4
    assert list(table["criterion"]) == ["c1", "c2", "c3", "accountability"] * 2
    assert set(table["site"]) == {"x"}
    assert set(table["draws"]) == {1000}
    assert list(table["word"].iloc[[0, 1, 5]]) == ["strong", "weak", "strong"]
    for row, score in ((0, 1.0), (1, 0.0), (5, 1.0)):
        assert table.iloc[row][["score", "low", "high"]].to_list() == pytest.approx([score] * 3)
    scores = mean_scores(months, [CriterionAnchor(**one) for one in ANCHORS])["c3"]
    row, given = table.iloc[2], grade_shares(scores)
    low, high = np.quantile(over_seeds(scores), (0.05, 0.95))
    assert 0.4 < low < row["score"] < high <= 1.0
    assert row[["score", "low", "high"]].to_list() == pytest.approx([over_seeds(scores).mean(), low, high])
    assert row[list(GRADES)].to_dict() == given
    assert 0.0 < given[row["word"]] == max(given.values()) < 1.0
    assert criteria_table(skipped).empty
