"""The forest of effects: every level of every factor against the first, as differences between twins."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from experiments.figures.rows import Found, forest_of, most_moving
from experiments.narrative.labels import called, factor_words, level_words, named
from experiments.statistics.contrasts import TOGETHER, Contrast, contrasts
from experiments.words.bilingual import Tongue

Row = tuple[str, object]


def forest(runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str], tongue: Tongue) -> Figure | None:
    """Return the forest of all measures, a block for each municipality; None where no two runs differ in one factor."""
    found = {measure: list(contrasts(runs, factors, measure)) for measure in measures}
    every = [one for own in found.values() for one in own]
    if not every:
        return None
    places, scenarios = places_of(every), list(dict.fromkeys(one.scenario for one in every))
    n = max(one.effect.n for one in every)
    under = tongue(
        f"Todo lo demás igual, medias mensuales del último año. Punto: media de {n} gemelos; raya: 95 %; hueco: no se"
        " distingue del azar.",
        f"Everything else alike, monthly means of the last year. Dot: mean of {n} twins; stroke: 95 %; hollow: cannot"
        " be told from luck.",
    )
    marks = [
        Found(scenarios.index(one.scenario), k, places[one.factor, one.level], *interval(one), one.effect.settled)
        for k, measure in enumerate(measures)
        for one in found[measure]
    ]
    names = names_of(every, places, tongue)
    bold = [line for line in names if line not in places.values()]
    told = finding(found[measures[0]], measures[0], tongue), under
    heads = [named(measure, tongue) for measure in measures]
    blocks = [called(name, tongue) for name in scenarios]
    return forest_of(tongue, told, blocks, heads, list(names.values()), marks, bold)


def interval(one: Contrast) -> tuple[float, float, float]:
    """Return lower end, mean and upper end of an effect."""
    return one.effect.low, one.effect.effect, one.effect.high


def finding(found: Sequence[Contrast], measure: str, tongue: Tongue) -> str:
    """Return which change moves the first measure most, if any is told from luck."""
    told = []
    for one in found:
        words, level = factor_words(one.factor, tongue), level_words(one.level, tongue)
        is_number = "." in one.factor
        told.append((f"{words} = {level}" if is_number else level, one.effect.effect, one.effect.settled))
    return most_moving(tongue, measure, told)


def places_of(every: Sequence[Contrast]) -> dict[Row, int]:
    """Return the line of every row, with one above each factor for its name."""
    factors = dict.fromkeys([one.factor for one in every if one.factor != TOGETHER])
    if any(one.factor == TOGETHER for one in every):
        factors[TOGETHER] = None
    places: dict[Row, int] = {}
    line = 0
    for factor in factors:
        line += 1
        for level in dict.fromkeys(one.level for one in every if one.factor == factor):
            places[factor, level] = line
            line += 1
    return places


def names_of(every: Sequence[Contrast], places: dict[Row, int], tongue: Tongue) -> dict[int, str]:
    """Return what stands in the rows, and above each factor its name and what its levels are set against."""
    lines: dict[int, str] = {}
    for one in every:
        line = places[one.factor, one.level]
        lines[line] = level_words(one.level, tongue)
        if line - 1 not in places.values():
            against = level_words(one.against, tongue)
            words = factor_words(one.factor, tongue)
            said = tongue(f"{words} (frente a: {against})", f"{words} (against: {against})")
            lines[line - 1] = words if one.factor == TOGETHER else said
    return dict(sorted(lines.items()))
