"""Draw forest plots of paired effects, by level of a factor or by change of a study."""

from collections.abc import Iterable, Sequence

import pandas as pd
from matplotlib.figure import Figure

from experiments.figures.small_multiples import ForestMark, ForestRows, draw_forest
from experiments.narrative.labels import (
    capital_meaning,
    change_words,
    factor_words,
    for_people,
    level_words,
    meaning_with_unit,
    scale_shown,
    title_words,
    with_sign,
)
from experiments.narrative.messages import said
from experiments.statistics.contrasts import TOGETHER, Contrast, contrasts
from experiments.words.bilingual import Tongue


def draw_levels(runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str], tongue: Tongue) -> Figure | None:
    """Draw the effect of every level of every factor against the first, in a block for each municipality.

    Returns None if no two runs differ in exactly one factor.
    """
    found = {measure: list(contrasts(runs, factors, measure, scale_shown(measure))) for measure in measures}
    every = [one for own in found.values() for one in own]
    if not every:
        return None
    names, scenarios = names_of(every, tongue), list(dict.fromkeys(one.scenario for one in every))
    places, marks = list(names), []
    for k, measure in enumerate(measures):
        for one in found[measure]:
            ends = one.effect.low, one.effect.effect, one.effect.high
            place = scenarios.index(one.scenario), k, places.index((one.factor, one.level))
            marks.append(ForestMark(*place, *ends, one.effect.settled))
    rows = ForestRows(
        [title_words(name, tongue) for name in scenarios],
        [meaning_with_unit(measure, tongue) for measure in measures],
        list(names.values()),
        [at for at, (_, level) in enumerate(places) if level is None],
    )
    changes = [(level_change(one, tongue), one.effect.effect, one.effect.settled) for one in found[measures[0]]]
    note = said("figure.twins.note", tongue, n=max(one.effect.n for one in every))
    return draw_forest(tongue, (largest_change(tongue, measures[0], changes), note), rows, marks)


def names_of(every: Sequence[Contrast], tongue: Tongue) -> dict[tuple[str, object], str]:
    """Return row labels by factor and level; a row with level None is a heading with factor and base level."""
    names: dict[tuple[str, object], str] = {}
    for factor in sorted(dict.fromkeys(one.factor for one in every), key=TOGETHER.__eq__):
        own = [one for one in every if one.factor == factor]
        first = level_words({one.level: one.against for one in own}[own[0].level], tongue)
        words = factor_words(factor, tongue)
        against = {"factor": words, "first": first}
        names[factor, None] = words if factor == TOGETHER else said("figure.twins.against", tongue, **against)
        names |= {(factor, one.level): level_words(one.level, tongue) for one in own}
    return names


def level_change(one: Contrast, tongue: Tongue) -> str:
    """Return the label of a level, preceded by its factor if that is a parameter."""
    level = level_words(one.level, tongue)
    return f"{factor_words(one.factor, tongue)} = {level}" if "." in one.factor else level


def draw_contrasts(table: pd.DataFrame, measures: Sequence[str], tongue: Tongue) -> Figure:
    """Draw the contrasts of a study with a panel for each measure and a row for each combination of changes."""
    changes = {one: change_words(one, tongue) for one in dict.fromkeys(table["change"])}
    scenarios = list(dict.fromkeys(table["scenario"]))
    note = said("figure.twins.contrasts", tongue, years=table["years"].iloc[0], n=table["n"].max())
    marks, sizes = [], []
    for row in table.to_dict("records"):
        low, value, high = (for_people(row["measure"]) * row[name] for name in ("low", "estimate", "high"))
        place = scenarios.index(row["scenario"]), measures.index(row["measure"]), list(changes).index(row["change"])
        marks.append(ForestMark(*place, low, value, high, row["settled"]))
        if row["measure"] == measures[0]:
            sizes.append((changes[row["change"]], value, row["settled"]))
    heads = [meaning_with_unit(measure, tongue) for measure in measures]
    rows = ForestRows([title_words(one, tongue) for one in scenarios], heads, list(changes.values()))
    return draw_forest(tongue, (largest_change(tongue, measures[0], sizes), note), rows, marks)


def largest_change(tongue: Tongue, measure: str, changes: Iterable[tuple[str, float, bool]]) -> str:
    """Return the finding on the largest change distinguishable from chance.

    ``changes`` are label, size, and whether the change is distinguishable from chance.
    """
    settled = [(words, size) for words, size, is_settled in changes if is_settled and size]
    what = capital_meaning(measure, tongue)
    if not settled:
        return said("figure.twins.none", tongue, what=what)
    words, size = max(settled, key=lambda one: abs(one[1]))
    return said("figure.twins.largest", tongue, what=what, change=words, size=with_sign(size))
