"""Rows and cells of the tables of a report, with their labels."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from experiments.comparison.effect_verdicts import corner_laws, crossed_laws
from experiments.comparison.effects import GROUPS
from experiments.comparison.headline_measures import BY_NAME, Headline
from experiments.comparison.origins import origin_key
from experiments.execution.trust_accounts import KNOWN_LAW_VARIATIONS
from experiments.narrative.effect_sentences import origin_sentence, part_keys, part_name
from experiments.narrative.messages import message, messages
from experiments.narrative.number_format import Numbers
from experiments.narrative.report_reading import ArmReading, Site, emphasised
from experiments.words.bilingual import BilingualText, bilingual, join_as_list
from experiments.words.catalogue import bilingual_words, verdict
from model.measures.criteria import CRITERIA

COSTS = ("officers", "couple_shifts", "km", "officers_trained", "training_days", "joint_patrols", "army_visits")


def costs(site: Site) -> list[Headline]:
    """Return the measures of the costs of policies, without those that are zero in every arm."""
    return [BY_NAME[name] for name in COSTS if any_nonzero(rows_of(site, BY_NAME[name]))]


def nonzero_measures(site: Site) -> list[Headline]:
    """Return the measures that are not zero in every arm."""
    return [one for one in BY_NAME.values() if any_nonzero(rows_of(site, one))]


def zero_measures(site: Site) -> BilingualText | None:
    """Return the labels of the measures that are zero in every arm, or None."""
    still = [one for one in BY_NAME.values() if (rows := rows_of(site, one)) and not any_nonzero(rows)]
    return join_as_list([one.label for one in still]) if still else None


def rows_of(site: Site, headline: Headline) -> list[pd.Series]:
    """Return the effects of all arms on one measure."""
    return [row for arm in site.others if (row := site.effect(arm, headline.name)) is not None]


def any_nonzero(rows: list[pd.Series]) -> bool:
    """Return whether a measure is not zero in every arm."""
    return any(row["base"] or row["arm"] for row in rows)


def groups(site: Site) -> list[str]:
    """Return the groups of residents that have results."""
    known = set(site.effects("group")["measure"])
    return [name for name in GROUPS if f"trust_{name}" in known]


def causes(site: Site) -> list[str]:
    """Return the causes by which any policy changes trust by at least 0.0005, the largest first."""
    table = site.effects("cause")
    sizes = table.assign(size=table["effect"].abs()).groupby("measure", sort=False)["size"].max()
    moved = sizes[sizes >= 0.0005].sort_values(ascending=False, kind="stable")
    return list(moved.index)


def horizons(site: Site) -> list[tuple[BilingualText, Markup, list[Markup]]]:
    """Return label, years and effects of all policies by measure and horizon; empty for a comparison of one year."""
    rows = site.numbers.rows("horizons", site=site.name, base_site=site.name)
    if rows.empty:
        return []
    found = []
    for name, one in BY_NAME.items():
        for _, effects in rows[rows["measure"] == name].groupby("years"):
            by_arm = {row["against"]: row for _, row in effects.iterrows()}
            cells = [horizon_cell(site, by_arm.get(arm.name)) for arm in site.others]
            found.append((one.label, site.numbers.show("horizons", effects.index[0], "years"), cells))
    return found


def horizon_cell(site: Site, row: Any) -> Markup:
    """Return an effect at a horizon, or a dash if it is missing."""
    if row is None:
        return Markup("–")
    digits = BY_NAME[row["measure"]].digits
    return emphasised(row, site.numbers.show("horizons", row.name, "effect", digits, "+"))


def origin_parts(site: Site) -> list[tuple[BilingualText, str]]:
    """Return the parts of effects on trust by origin that the results have, with the keys of their rows."""
    known = {*site.effects("origin")["measure"]} if not site.effects("origin").empty else set()
    parts = [(part_name(group, part), origin_key(belief, group, part)) for belief, group, part in part_keys()]
    return [(name, key) for name, key in parts if key in known]


def origins_of(site: Site, arm: ArmReading) -> BilingualText | None:
    """Return the sentence on the origin of the effect on trust, or None without such results."""
    return origin_sentence(site.section_effects(arm, "origin"), lambda row: site.number(row, "effect", 2, "+"))


def law_grid(site: Site, arm: ArmReading | None = None) -> list[list[int]]:
    """Return the row numbers of the effects on trust by asymmetry and memory; empty if the grid was not run."""
    arm = arm or site.others[0]
    rows = crossed_laws(site.numbers.rows("memory", site=site.name, against=arm.name, measure="trust_mean"))
    if rows.empty:
        return []
    return [list(cells.sort_values("memory_years", kind="stable").index) for _, cells in rows.groupby("asymmetry")]


def other_laws(site: Site, arm: ArmReading) -> list[tuple[BilingualText, int]]:
    """Return the other trust laws that were swept, with the row number of the effect on trust."""
    rows = corner_laws(site.numbers.rows("memory", site=site.name, against=arm.name, measure="trust_mean"))
    named = [(KNOWN_LAW_VARIATIONS[str(rows.at[row, "also"])], row) for row in rows.index]
    return [(bilingual(one.es, one.en), row) for one, row in named]


def grid_effect(site: Site, cell: int) -> Markup:
    """Return an effect of the grid, in bold if the interval excludes zero."""
    row = site.numbers.tables["memory"].loc[cell]
    return emphasised(row, site.numbers.show("memory", cell, "effect", 2, "+"))


def field_study(site: Site) -> dict[str, BilingualText]:
    """Return the verdicts of the field study of 2017 and 2018 by criterion (evidence L01 to L05)."""
    keys = {name: f"field_study.{site.name}.{name}" for name in CRITERIA}
    return {name: message(key) for name, key in keys.items() if key in messages()}


def criterion(site: Site, arm: ArmReading, name: str) -> BilingualText:
    """Return the verdict word for a criterion, the share of draws (%) that give it, and the score."""
    row = site.numbers.row("criteria", site=site.name, arm=arm.name, criterion=name)
    if row is None:
        return bilingual("–", "–")
    share = site.numbers.show("criteria", row.name, row["word"], 0, scale=100.0)
    score = site.numbers.show("criteria", row.name, "score", 2)
    word = bilingual_words(verdict, row["word"])
    return bilingual("{word} {share} % ({score})", "{word} {share} % ({score})", word=word, share=share, score=score)


def unpaired_effects(numbers: Numbers) -> list[list[pd.Series]]:
    """Return the headline effects of comparisons without paired runs, one list per comparison."""
    rows = numbers.tables["effects"]
    rows = rows[(rows["why_unpaired"] != "") & (rows["section"] == "headline")]
    pairs: Any = rows.groupby(["base_site", "base_arm", "site", "against"], sort=False)
    return [[row for _, row in effects.iterrows()] for _, effects in pairs]


def arm_with_site(sites: list[Site], site: str, arm: str) -> BilingualText:
    """Return the titles of a site and an arm."""
    place = next(one for one in sites if one.name == site)
    title = next(one.title for one in place.arms if one.name == arm)
    return bilingual("{place}: {title}", "{place}: {title}", place=place.title, title=title)
