"""Format a comparison as plain text of at most 80 columns."""

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.comparison.comparison import EffectSize
from experiments.comparison.effect_verdicts import (
    LawVerdict,
    corner_laws,
    crossed_laws,
    verdict_over_laws,
    with_verdict_columns,
)
from experiments.comparison.headline_measures import BY_NAME, RULE_WORDS, Headline
from experiments.comparison.origins import origin_key
from experiments.execution.trust_accounts import KNOWN_LAW_VARIATIONS
from experiments.narrative.built_in_effects import built_in_sentence, levers_of_manifest
from experiments.narrative.draw_lines import account_lines, effect_lines, labelled_row
from experiments.narrative.effect_sentences import part_keys, part_name
from experiments.narrative.labels import headline_name
from experiments.narrative.messages import LINE_WIDTH, counted_message, figure_message, message, message_lines
from experiments.narrative.number_format import compact_number, read_optional, reported_years, with_error
from experiments.narrative.run_summary import changed_settings
from experiments.statistics.paired_effects import POWER
from experiments.statistics.power import MAX_PAIRS, SPREAD_FACTOR, NoPlan, pairs_needed, planned_spread
from experiments.statistics.verdicts import MIN_RUNS, VERDICTS, judge
from experiments.storage.manifest import read_manifest
from experiments.storage.reading import load_table
from experiments.words.bilingual import FigureTexts, join_as_list
from model.engine.errors import InputError, suggest_nearest
from model.trust.ledger import Trust
from scenarios.reading import text_of

THOUSAND, MILLION = 1e3, 1e6
NAME_WIDTH, EFFECT_NAME_WIDTH, PART_WIDTH = 25, 23, 53
ALL_ALIKE = "all alike"
PAIR_COLUMNS, FIRST_MEASURE = ["base_site", "base_arm", "site", "against"], "trust_mean"
WHY_UNPAIRED = ("sites", "code", "town", "seeds")
Rows = Any
"""Rows of a table; columns are read as attributes, whose types no checker knows."""


def comparison_lines(folder: Path, target: EffectSize | None = None, language: str = "en") -> Iterator[str]:
    """Yield a stored comparison as lines of text in a language."""
    wording = FigureTexts(language)
    manifest = read_manifest(folder)
    years = reported_years(manifest)
    effects = with_verdict_columns(load_table(folder, "effects").to_pandas(), years)
    check_rows(folder / "effects.parquet", effects)
    extra = {name: with_verdict_columns(read_optional(folder, name), years) for name in ("memory", "alone")}
    extra |= {name: read_optional(folder, name) for name in ("uncertainty", "accounts")}
    pairs: Any = effects.groupby(PAIR_COLUMNS, sort=False)
    for (base_site, base_arm, site, against), rows in pairs:
        yield from pair_heading(f"{base_site}:{base_arm}", f"{site}:{against}", rows, manifest, wording)
        yield from headline_lines(rows[rows["section"] == "headline"], wording)
        yield from built_in_lines(manifest["arms"], ((base_site, base_arm), (site, against)), wording)
        if base_site != site:
            continue
        yield from origin_lines(rows[rows["section"] == "origin"], wording)
        yield from resident_lines(rows[rows["section"].isin(("only_arm", "only_base"))], wording)
        chosen = {name: table[(table["site"] == site) & (table["against"] == against)] for name, table in extra.items()}
        yield from alone_lines(chosen["alone"], wording)
        yield from memory_lines(chosen["memory"], wording)
        yield from effect_lines(chosen["uncertainty"], wording)
        yield from account_lines(chosen["accounts"], wording)
        if target:
            yield from plan_lines(rows, target, wording)


def check_rows(file: Path, effects: Rows) -> None:
    """Raise `InputError` if a table of effects has unknown words, or a pair lacks the measure `FIRST_MEASURE`."""
    headline = effects[effects["section"] == "headline"]
    for column, known in (("why_unpaired", ("", *WHY_UNPAIRED)), ("how", tuple(RULE_WORDS))):
        for word in headline[column].unique():
            if word not in known:
                raise InputError(f"{file}: column '{column}' knows {', '.join(known)}, got '{word}'")
    opening = headline[headline["measure"] == FIRST_MEASURE]
    if not len(opening) == len(opening[PAIR_COLUMNS].drop_duplicates()) == len(effects[PAIR_COLUMNS].drop_duplicates()):
        raise InputError(f"{file} must have one row of {FIRST_MEASURE} for each pair: make the folder anew")


def built_in_lines(
    arms: Sequence[Mapping[str, Any]], sides: Sequence[tuple[str, str]], wording: FigureTexts
) -> Iterator[str]:
    """Yield the hazards that policies of both sides set as inputs."""
    levers = [lever for arm in arms if (arm["scenario"], arm["name"]) in sides for lever in levers_of_manifest(arm)]
    for lever in dict.fromkeys(levers):
        yield from textwrap.wrap(built_in_sentence(lever).text(wording.language), LINE_WIDTH)


def pair_heading(base: str, arm: str, rows: Rows, manifest: Mapping[str, Any], wording: FigureTexts) -> Iterator[str]:
    """Yield the title of a pair, its period and the heading of its table."""
    yield ""
    yield from message_lines("comparison.title", wording, arm=arm, base=base)
    paired = rows["paired"].all()
    kind = counted_message(f"comparison.{'paired' if paired else 'independent'}", wording, int(rows["n"].max()))
    days = {name: manifest[name] for name in ("begins", "until")}
    yield from message_lines("comparison.period", wording, kind=kind, **days)
    settings = {key: text_of(value) for one in manifest["arms"] for key, value in one.get("changed", {}).items()}
    yield from changed_settings(settings, wording)
    if why := rows["why_unpaired"].iloc[0]:
        reason = figure_message(f"comparison.why_unpaired.{why}", wording)
        yield from message_lines("comparison.unpaired", wording, why=reason)
    yield ""
    names = [figure_message(f"comparison.{name}", wording) for name in ("base", "effect", "interval", "rose")]
    rose = names[3] if paired else ""
    yield f"{'':<{EFFECT_NAME_WIDTH}}{names[0]:>11}{names[1]:>8}{names[2]:>17}{rose:>6}{'delta':>6}"


def headline_lines(rows: Rows, wording: FigureTexts) -> Iterator[str]:
    """Yield a line for every headline measure, then notes and the smallest detectable effects."""
    for row in rows.itertuples():
        if row.measure not in BY_NAME:
            raise InputError(f"effects: no headline measure '{row.measure}'{suggest_nearest(row.measure, BY_NAME)}")
        headline = BY_NAME[row.measure]
        rose = f"{row.rose}/{row.n}" if row.paired else ""
        yield from labelled_row(
            headline_name(row.measure, wording),
            EFFECT_NAME_WIDTH,
            f"{with_error(row.base, row.base_error, headline):>11}"
            f"{compact_number(row.effect, headline.digits, '+'):>8}"
            f"{interval_text(row.low, row.high, headline, wording):>17}{rose:>6}"
            f"{compact_number(row.delta, headline.digits):>6} {VERDICTS[judge(row)].cell[wording.language]}",
        )
    yield from message_lines("comparison.legend", wording)
    yield from rare_lines(rows, wording)
    when = RULE_WORDS[rows.loc[rows["measure"] == "trust_mean", "how"].iloc[0]][wording.language]
    yield from message_lines("comparison.units", wording, when=when)
    yield from smallest_lines(rows, wording)


def origin_lines(rows: Rows, wording: FigureTexts) -> Iterator[str]:
    """Yield the parts of the effect on trust by origin: number and quality of events."""
    if rows.empty:
        return
    known = {row["measure"]: row for _, row in rows.iterrows()}
    yield ""
    effect, span = (figure_message(f"comparison.{name}", wording) for name in ("effect", "interval"))
    yield f"{figure_message('comparison.origins', wording):<{PART_WIDTH}}{effect:>9}{span:>18}"
    for belief, group, part in part_keys():
        row = known.get(origin_key(belief, group, part))
        if row is None:  # a kind of event that an older version did not have
            continue
        span = interval_text(row["low"], row["high"], BY_NAME["trust_mean"], wording)
        name = str(getattr(part_name(group, part), wording.language))
        yield from labelled_row(f"  {name}", PART_WIDTH, f"{compact_number(row['effect'], 3, '+'):>9}{span:>18}")


def interval_text(low: float, high: float, headline: Headline, wording: FigureTexts) -> str:
    """Format an interval, with one more decimal if it would be rounded to 0."""
    if math.isnan(low):
        return "-"
    widest = max(abs(low), abs(high))
    digits = headline.digits + (round(widest, headline.digits) == 0.0 < widest)
    return figure_message(
        "comparison.span", wording, low=compact_number(low, digits, "+"), high=compact_number(high, digits, "+")
    )


def rare_lines(rows: Rows, wording: FigureTexts) -> Iterator[str]:
    """Yield rare counts as numbers of events, with the exact limits of the share of pairs that differ."""
    rare = rows[rows["events_base"].notna()]
    nowhere = rare[rare["events_base"] + rare["events_arm"] == 0.0]
    parts = [
        counted_message(
            "comparison.rare_one", wording, round(row.differ), name=headline_name(row.measure, wording),
            arm=f"{row.events_arm:,.0f}", base=f"{row.events_base:,.0f}", low=f"{row.differ_low:.0f}",
            high=f"{row.differ_high:.0f}",
        )
        for row in rare.drop(nowhere.index).itertuples()
    ]  # fmt: skip
    if parts:
        text = counted_message("comparison.rare", wording, int(rare["n"].max()), parts="; ".join(parts))
        yield from textwrap.wrap(text, LINE_WIDTH)
    if len(nowhere):
        names, most = (
            ", ".join(headline_name(name, wording) for name in nowhere["measure"]),
            nowhere["differ_high"].max(),
        )
        yield from message_lines("comparison.no_event", wording, names=names, most=f"{most:.0f}")


def smallest_lines(rows: Rows, wording: FigureTexts) -> Iterator[str]:
    """Yield the smallest detectable effects on the main measures."""
    parts = [
        f"{headline_name(row.measure, wording)} {compact_number(row.smallest, BY_NAME[row.measure].digits + 1)}"
        for row in rows.itertuples()
        if row.measure in ("trust_mean", "fear_mean", "crimes_told", "homicides") and not math.isnan(row.smallest)
    ]
    if parts:
        yield from message_lines("comparison.smallest", wording, power=f"{POWER:.0%}", parts=", ".join(parts))


def resident_lines(rows: Rows, wording: FigureTexts) -> Iterator[str]:
    """Yield the numbers of residents who act differently, averaged over pairs."""
    if rows.empty:
        return
    yield ""
    title, mean = (figure_message(f"comparison.{name}", wording) for name in ("residents", "mean_of_twins"))
    yield f"{title:<58}{mean:>22}"
    for what, sides in rows.groupby("measure", sort=False):
        digits = 1 if sides["effect"].max() < THOUSAND else 0
        cells = [
            f"{compact_number(row.effect, digits)}±{compact_number(row.error, digits)}" for row in sides.itertuples()
        ]
        yield f"  {figure_message(f'comparison.deeds.{what}', wording):<50}{cells[0]:>14}{cells[1]:>14}"


def alone_lines(rows: Rows, wording: FigureTexts) -> Iterator[str]:
    """Yield the effects over independent seeds, and the variance reduction by pairing."""
    if rows.empty:
        return
    yield ""
    names = [
        figure_message(f"comparison.{name}", wording) for name in ("alone", "effect", "interval", "variance_ratio")
    ]
    yield f"{names[0]:<{NAME_WIDTH}}{names[1]:>18}{names[2]:>20}{names[3]:>17}"
    alike = figure_message("comparison.alike", wording)
    for row in rows.itertuples():
        headline = BY_NAME[row.measure]
        effect, span = (
            with_error(row.effect, row.error, headline, "+"),
            interval_text(row.low, row.high, headline, wording),
        )
        cells = f"{effect:>18}{span:>20}{ratio_text(row.variance_ratio, alike):>17}"
        yield from labelled_row(headline_name(row.measure, wording), NAME_WIDTH, cells)
    if (rows["variance_ratio"] == math.inf).any():
        yield figure_message("comparison.alike_means", wording, alike=alike)


def ratio_text(ratio: float, alike: str = ALL_ALIKE) -> str:
    """Format the variance ratio of independent to paired runs; ``alike`` stands for no variance between pairs.

    >>> ratio_text(12.34), ratio_text(2.5e9), ratio_text(float("inf")), ratio_text(float("nan"))
    ('12.3', '2e+09', 'all alike', '-')
    """
    if math.isnan(ratio):
        return "-"
    if math.isinf(ratio):
        return alike
    return f"{ratio:,.1f}" if ratio < MILLION else f"{ratio:.0e}"


def memory_lines(grid: Rows, wording: FigureTexts) -> Iterator[str]:
    """Yield the effect on trust under every law of trust, and the verdicts over laws on all measures."""
    if grid.empty:
        return
    trust = grid[grid["measure"] == "trust_mean"]
    grid_of_trust = crossed_laws(trust)
    memories = sorted(set(grid_of_trust["memory_years"]))
    yield ""
    yield counted_message("comparison.laws", wording, int(trust["n"].max()))
    yield figure_message("comparison.laws_star", wording)
    years = (figure_message("comparison.laws_years", wording, n=f"{memory:g}") for memory in memories)
    yield f"{figure_message('comparison.laws_rows', wording):<16}" + "".join(one.rjust(12) for one in years)
    for weight, rows in grid_of_trust.groupby("asymmetry"):
        cells = rows.sort_values("memory_years", kind="stable")
        effects = "".join(effect_with_star(row).rjust(12) for row in cells.itertuples())
        yield f"{figure_message('comparison.laws_times', wording, n=f'{weight:g}'):<16}{effects}".rstrip()
    assumed = {"years": f"{Trust().memory_years:g}", "times": f"{Trust().asymmetry:g}"}
    yield figure_message("comparison.laws_columns", wording, **assumed)
    also: Rows = corner_laws(trust)
    for row in also.itertuples():
        law = KNOWN_LAW_VARIATIONS[row.also]
        yield f"{wording(law.es, law.en):<40}{effect_with_star(row).rjust(12)}".rstrip()
    verdicts: dict[str, list[str]] = {}
    for measure, rows in grid.groupby("measure", sort=False):
        verdicts.setdefault(law_sentence(verdict_over_laws(rows), wording), []).append(
            headline_name(str(measure), wording)
        )
    for text, names in verdicts.items():
        yield from textwrap.wrap(f"{text}: {', '.join(names)}", LINE_WIDTH, subsequent_indent="    ")


def law_sentence(result: LawVerdict, wording: FigureTexts) -> str:
    """Return whether an effect is known under all laws of trust, with reasons if not, as a sentence."""
    if result.known:
        return figure_message("laws.nothing" if result.none == result.cells else "laws.known", wording)
    unsure = result.open or (min(result.up, result.down) if result.sign == "open" else 0)
    true = {"turns": result.sign == "turns", "doubtful": unsure > 0, "varies": result.sign == "known" and result.varies}
    counts = {"up": result.up, "down": result.down, "open": unsure, "cells": result.cells}
    return figure_message(
        "laws.open", wording, why=join_as_list([message(f"laws.{name}", **counts) for name in true if true[name]])
    )


def effect_with_star(row: Any) -> str:
    """Return an effect on trust with its error, starred if the interval excludes 0."""
    return with_error(row.effect, row.error, BY_NAME["trust_mean"], "+") + (
        "*" if row.low > 0.0 or row.high < 0.0 else " "
    )


def plan_lines(rows: Rows, target: EffectSize, wording: FigureTexts) -> Iterator[str]:
    """Yield the number of pairs needed to detect the target effect, estimated from this comparison as a pilot."""
    row = rows[(rows["section"] == "headline") & (rows["measure"] == target.measure)]
    yield ""
    if row.empty:
        yield figure_message("comparison.no_plan", wording, measure=target.measure)
        return
    pilot = row.iloc[0]
    root = math.sqrt(float(pilot["n"]))
    errors = (float(pilot["error"]), math.hypot(pilot["base_error"], pilot["arm_error"]))
    spread, apart = (planned_spread(error * root, float(pilot["floor"])) for error in errors)
    try:
        twins, alone = (pairs_needed(one, target.size, target.power) for one in (spread, apart))
    except NoPlan as reason:
        about = {"name": headline_name(target.measure, wording), "size": f"{target.size:g}", "most": f"{MAX_PAIRS:,}"}
        yield from message_lines(f"comparison.no_plan_{reason.kind}", wording, **about)
        return
    yield from message_lines(
        "comparison.plan", wording, size=f"{target.size:g}", name=headline_name(target.measure, wording),
        power=f"{target.power:.0%}", twins=f"{twins:,}", alone=f"{alone:,}", pilot=pilot["n"],
        caution=f"{SPREAD_FACTOR:g}",
    )  # fmt: skip
    if MIN_RUNS in (twins, alone):
        yield figure_message("comparison.plan_fewest", wording, fewest=MIN_RUNS)
