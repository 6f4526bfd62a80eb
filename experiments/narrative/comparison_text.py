"""Write a comparison as plain text of at most 80 columns."""

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.comparison.breakeven import corners, crossed, sentence, verdict
from experiments.comparison.comparison_request import EffectSize
from experiments.comparison.effect_verdicts import judged_anew
from experiments.comparison.headline_measures import BY_NAME, STATED, WORDS, Headline
from experiments.comparison.origins import key_of
from experiments.execution.trust_accounts import ALSO
from experiments.narrative.messages import message
from experiments.narrative.number_format import read_optional, rounded, years_of
from experiments.narrative.origin_sentences import part_keys, part_name
from experiments.narrative.run_summary import changed
from experiments.statistics.paired_effects import POWER
from experiments.statistics.power import CAUTION, planned_spread, twins_needed
from experiments.statistics.verdicts import VERDICTS, judge
from experiments.storage.built_in_levers import put_in, told
from experiments.storage.manifest import read_manifest
from experiments.storage.reading import tables
from experiments.storage.run_spec import text_of
from model.engine.errors import InputError, suggest_nearest

WIDTH = 80
SIGNS = {
    "known": "Direction known over draws and accounts",
    "turns": "Direction depends on the account",
    "open": "Direction not known",
    "few": "Too few draws to call a direction known",
}
OVER_DRAWS = (*STATED, "fear_mean", "crimes_occurred", "homicides", "told_share", "c1", "c2", "c3", "c4")
"""Measures of the table over draws; the file has all of them."""
OVER_ACCOUNTS = ("trust_mean", "crimes_occurred", "c1", "c3")
"""Measures of the table of accounts; the file has all of them."""
THOUSANDS, MILLION = 20_000.0, 1e6
NAMES = 25
LEGEND = (
    "delta: smallest effect that matters. ▲ ▼ rises, falls; △ ▽ by less than delta; ○ practically nothing;"
    " ≈ not distinguishable from chance; … too few runs. Corrected for the number of rows."
)
ALL_ALIKE = "all alike"
DEEDS = {
    "told": "told the state of a crime",
    "complained": "filed a complaint",
    "harmed": "were harmed by a crime",
    "met": "met the police",
    "trust": "trust more (by a point or more)",
}
LOSSES = {"trust": "trust less"}
PAIR, FIRST = ["base_site", "base_arm", "site", "against"], "trust_mean"
WHY_UNPAIRED = {
    "sites": "Another site has another town, so random draws cannot be shared",
    "code": "The runs were made by different versions of the model",
    "town": "The runs do not share one town",
    "seeds": "Their seeds do not pair",
}
Rows = Any
"""Rows of a table, of which columns are read as attributes: types of these are known to no checker."""


def lines(folder: Path, target: EffectSize | None = None) -> Iterator[str]:
    """Yield the comparison in a folder, line by line."""
    stated = read_manifest(folder)
    years = years_of(stated)
    effects = judged_anew(tables(folder, "effects").to_pandas(), years)
    check_rows(folder / "effects.parquet", effects)
    extra = {name: judged_anew(read_optional(folder, name), years) for name in ("memory", "alone")}
    extra |= {name: read_optional(folder, name) for name in ("uncertainty", "accounts")}
    pairs: Any = effects.groupby(PAIR, sort=False)
    for (base_site, base_arm, site, against), rows in pairs:
        yield from heading(f"{base_site}:{base_arm}", f"{site}:{against}", rows, stated)
        yield from headline_lines(rows[rows["section"] == "headline"])
        yield from built_in_lines(stated["arms"], (base_site, base_arm), (site, against))
        if base_site != site:
            continue
        yield from origin_lines(rows[rows["section"] == "origin"])
        yield from resident_lines(rows[rows["section"].isin(("only_arm", "only_base"))])
        chosen = {name: table[(table["site"] == site) & (table["against"] == against)] for name, table in extra.items()}
        yield from alone_lines(chosen["alone"])
        yield from memory_lines(chosen["memory"])
        yield from uncertainty_lines(chosen["uncertainty"])
        yield from account_lines(chosen["accounts"])
        if target:
            yield from plan_lines(rows, target)


def check_rows(file: Path, effects: Rows) -> None:
    """Raise if a table of effects has words of its own, or a pair in it lacks the measure that opens a comparison."""
    headline = effects[effects["section"] == "headline"]
    for column, known in (("why_unpaired", ("", *WHY_UNPAIRED)), ("how", tuple(WORDS))):
        for word in headline[column].unique():
            if word not in known:
                raise InputError(f"{file}: column '{column}' knows {', '.join(known)}, got '{word}'")
    opening = headline[headline["measure"] == FIRST]
    if not len(opening) == len(opening[PAIR].drop_duplicates()) == len(effects[PAIR].drop_duplicates()):
        raise InputError(f"{file} must have one row of {FIRST} for each pair: make the folder anew")


def built_in_lines(arms: Sequence[Mapping[str, Any]], *sides: tuple[str, str]) -> Iterator[str]:
    """Yield the hazards that policies of both sides set by hand."""
    levers = [lever for arm in arms if (arm["scenario"], arm["name"]) in sides for lever in put_in(arm)]
    for line in told(dict.fromkeys(levers), "en"):
        yield from textwrap.wrap(line, WIDTH)


def heading(base: str, arm: str, rows: Rows, stated: Mapping[str, Any]) -> Iterator[str]:
    """Yield the title of a pair, its period and the head of its table."""
    yield ""
    yield from textwrap.wrap(f"{arm} against {base}", WIDTH)
    n = int(rows["n"].max())
    kind = f"{n} paired runs" if rows["paired"].all() else f"at least {n} independent runs a side"
    yield f"{stated['begins']} to {stated['until']}, {kind}; 95 % intervals; ± standard error"
    yield from changed({key: text_of(value) for one in stated["arms"] for key, value in one.get("changed", {}).items()})
    if why := rows["why_unpaired"].iloc[0]:
        reason = f"{WHY_UNPAIRED[why]}: unpaired analysis, which keeps random variation that pairs would share."
        yield from textwrap.wrap(reason, WIDTH)
    yield ""
    rose = "rose" if rows["paired"].all() else ""
    yield f"{'':<{NAMES}}{'first arm':>12}{'effect':>9}{'interval':>18}{rose:>8}{'delta':>8}"


def headline_lines(rows: Rows) -> Iterator[str]:
    """Yield a line for every headline measure, and the smallest effect that could have been seen."""
    for row in rows.itertuples():
        if row.measure not in BY_NAME:
            raise InputError(f"effects: no headline measure '{row.measure}'{suggest_nearest(row.measure, BY_NAME)}")
        headline = BY_NAME[row.measure]
        rose = f"{row.rose}/{row.n}" if row.paired else ""
        yield (
            f"{headline.en:<{NAMES}}"
            f"{with_error(row.base, row.base_error, headline):>12}"
            f"{number(row.effect, headline.digits, '+'):>9}"
            f"{interval(row.low, row.high, headline):>18}{rose:>8}"
            f"{number(row.delta, headline.digits):>6} {VERDICTS[judge(row)].sign}"
        )
    yield from textwrap.wrap(LEGEND, WIDTH)
    yield from rare_lines(rows)
    when = WORDS[rows.loc[rows["measure"] == "trust_mean", "how"].iloc[0]]["en"]
    yield from textwrap.wrap(
        f"Trust, beliefs, fear: 0-100, {when}; criteria 0-100, of the last twelve months;"
        " minutes: mean of all months; counts: a year, over the whole time.",
        WIDTH,
    )
    yield from smallest_lines(rows)


def origin_lines(rows: Rows) -> Iterator[str]:
    """Yield the parts of the effect on trust: how many events there were, and how they went."""
    if rows.empty:
        return
    known = {row["measure"]: row for _, row in rows.iterrows()}
    yield ""
    yield f"{message('origin.head').en:<50}{'effect':>9}{'interval':>18}"
    for belief, group, part in part_keys():
        row = known[key_of(belief, group, part)]
        numbers = f"{number(row['effect'], 3, '+'):>9}{interval(row['low'], row['high'], BY_NAME['trust_mean']):>18}"
        yield f"  {str(part_name(group, part).en)[:47]:<48}{numbers}"


def with_error(value: float, error: float, headline: Headline, sign: str = "") -> str:
    """Return a number with its Monte Carlo error.

    >>> with_error(1.234, 0.05, BY_NAME["trust_mean"], "+")
    '+1.23±0.05'
    """
    return f"{number(value, headline.digits, sign)}±{number(error, headline.digits)}"


def number(value: float, digits: int, sign: str = "") -> str:
    """Return a number, a dash for what is none."""
    if math.isnan(value):
        return "-"
    if abs(value) >= THOUSANDS:
        return f"{value / 1000.0:{sign},.0f}k"
    return rounded(value, digits, sign)


def interval(low: float, high: float, headline: Headline) -> str:
    """Return an interval."""
    if math.isnan(low):
        return "-"
    widest = max(abs(low), abs(high))
    digits = headline.digits + (round(widest, headline.digits) == 0.0 < widest)
    return f"{number(low, digits, '+')} to {number(high, digits, '+')}"


def rare_lines(rows: Rows) -> Iterator[str]:
    """Yield the rare counts as events, with the exact limits of the share of pairs that differ."""
    rare = rows[rows["events_base"].notna()]
    nowhere = rare[rare["events_base"] + rare["events_arm"] == 0.0]
    parts = [
        f"{BY_NAME[row.measure].en} {row.events_arm:,.0f} against {row.events_base:,.0f}, {row.differ:.0f} pairs differ"
        f" ({row.differ_low:.0f} to {row.differ_high:.0f} %)"
        for row in rare.drop(nowhere.index).itertuples()
    ]
    if parts:
        lead = (
            f"Rare counts, as events in all {rare['n'].max()} runs, with the limits of the share of pairs that differ: "
        )
        yield from textwrap.wrap(f"{lead}{'; '.join(parts)}.", WIDTH)
    if len(nowhere):
        names = ", ".join(BY_NAME[name].en for name in nowhere["measure"])
        most = nowhere["differ_high"].max()
        yield from textwrap.wrap(f"No event in any run: {names}. Up to {most:.0f} % of runs may have one.", WIDTH)


def smallest_lines(rows: Rows) -> Iterator[str]:
    """Yield the smallest effects on the main measures that these runs could have seen."""
    parts = [
        f"{BY_NAME[row.measure].en} {number(row.smallest, BY_NAME[row.measure].digits + 1)}"
        for row in rows.itertuples()
        if row.measure in ("trust_mean", "fear_mean", "crimes_told", "homicides") and not math.isnan(row.smallest)
    ]
    if parts:
        yield from textwrap.wrap(
            f"Smallest effects these runs could have seen (power {POWER:.0%}): {', '.join(parts)}.", WIDTH
        )


def resident_lines(rows: Rows) -> Iterator[str]:
    """Yield the numbers of residents who act otherwise, as a mean of the twins."""
    if rows.empty:
        return
    yield ""
    yield f"{'Residents who otherwise would not have / who no longer do':<58}{'mean of twins':>22}"
    for what, own in rows.groupby("measure", sort=False):
        label = f"{DEEDS[str(what)]} / {LOSSES.get(str(what), 'no longer did')}"
        cells = [f"{number(row.effect, 1)}±{number(row.error, 1)}" for row in own.itertuples()]
        yield f"  {label:<50}{cells[0]:>14}{cells[1]:>14}"


def alone_lines(rows: Rows) -> Iterator[str]:
    """Yield the effects by independent seeds, and by how much twins lower the variance."""
    if rows.empty:
        return
    yield ""
    yield f"{'With independent seeds':<{NAMES}}{'effect':>18}{'interval':>20}{'variance ÷ twins':>17}"
    for row in rows.itertuples():
        headline = BY_NAME[row.measure]
        ratio = many(row.variance_ratio)
        effect = with_error(row.effect, row.error, headline, "+")
        yield f"{headline.en:<{NAMES}}{effect:>18}{interval(row.low, row.high, headline):>20}{ratio:>17}"
    if (rows["variance_ratio"] == math.inf).any():
        yield f"({ALL_ALIKE}: the same effect in every pair, without random variation)"


def many(ratio: float) -> str:
    """Return by how much twins lower the variance.

    >>> many(12.34), many(2.5e9), many(float("inf")), many(float("nan"))
    ('12.3', '2e+09', 'all alike', '-')
    """
    if math.isnan(ratio):
        return "-"
    if math.isinf(ratio):
        return ALL_ALIKE
    return f"{ratio:,.1f}" if ratio < MILLION else f"{ratio:.0e}"


def memory_lines(grid: Rows) -> Iterator[str]:
    """Yield the effect on trust under every law of trust, and whether effects are known."""
    if grid.empty:
        return
    trust = grid[grid["measure"] == "trust_mean"]
    grid_of_trust = crossed(trust)
    memories = sorted(set(grid_of_trust["memory_years"]))
    yield ""
    yield f"Effect on trust (0-100), {trust['n'].max()} paired runs each; ± standard error,"
    yield "* the 95 % interval leaves one sign"
    yield f"{'bad news weighs':<16}" + "".join(f"{memory:g} years".rjust(12) for memory in memories)
    for weight, rows in grid_of_trust.groupby("asymmetry"):
        cells = rows.sort_values("memory_years")
        effects = "".join(starred(row).rjust(12) for row in cells.itertuples())
        yield (f"{f'{weight:g} times':<16}" + effects).rstrip()
    yield "(columns: half-life of the slow memory; 2 years and 3 times are a convention)"
    also: Rows = corners(trust)
    for row in also.itertuples():
        yield f"{ALSO[row.also].en:<40}{starred(row).rjust(12)}".rstrip()
    verdicts: dict[str, list[str]] = {}
    for measure, rows in grid.groupby("measure", sort=False):
        verdicts.setdefault(sentence(verdict(rows)), []).append(BY_NAME[str(measure)].en)
    for text, names in verdicts.items():
        yield from textwrap.wrap(f"{text}: {', '.join(names)}", WIDTH, subsequent_indent="    ")


def uncertainty_lines(rows: Rows) -> Iterator[str]:
    """Yield what the uncertainty of effects comes from, over draws of parameters."""
    if rows.empty:
        return
    yield ""
    yield from textwrap.wrap(
        f"Over {rows['draws'].max()} draws of assumed parameters: mean; 95 % of runs, accounts included; standard"
        " deviations from random variation, town, assumed parameters and account; share of draws above 0",
        WIDTH,
    )
    heads = zip(("random", "town", "param.", "acct.", "up"), (7, 7, 7, 6, 5), strict=True)
    yield f"{'':<{NAMES}}{'mean':>8}{'95 %':>15}" + "".join(name.rjust(width) for name, width in heads)
    shown = rows[rows["measure"].isin(OVER_DRAWS)]
    for row in shown.itertuples():
        one = BY_NAME[row.measure]
        ends = f"{number(row.low, one.digits)}..{number(row.high, one.digits)}"
        spreads = [
            number(value, max(one.digits, 1)) for value in (row.sd_random, row.sd_town, row.sd_assumed, row.sd_account)
        ]
        cells = "".join(f"{cell:>7}" for cell in spreads[:3]) + f"{spreads[3]:>6}{row.share_up:>5.0%}"
        yield f"{one.en:<{NAMES}}{number(row.mean, one.digits, '+'):>8}{ends:>15}{cells}"
    for sign, own in shown.groupby("sign", sort=False):
        names = [
            BY_NAME[row.measure].en + (f" (not under {row.against_accounts})" if row.against_accounts else "")
            for row in own.itertuples()
        ]
        yield from textwrap.wrap(f"{SIGNS[str(sign)]}: {', '.join(names)}", WIDTH, subsequent_indent="    ")


def account_lines(rows: Rows) -> Iterator[str]:
    """Yield the effects under every account, in the draws that all accounts have."""
    if rows.empty:
        return
    yield ""
    yield f"Under rival accounts, in the same {rows['draws'].max()} draws: effect ± standard error"
    known = [name for name in OVER_ACCOUNTS if name in set(rows["measure"])]
    yield f"{'':<28}" + "".join(BY_NAME[name].en[:12].rjust(13) for name in known)
    for account, own in rows.groupby("account", sort=False):
        by_measure = {row.measure: row for row in own.itertuples()}
        cells = [with_error(by_measure[one].effect, by_measure[one].error, BY_NAME[one], "+") for one in known]
        yield f"{str(account)[:27]:<28}" + "".join(cell.rjust(13) for cell in cells)


def starred(row: Any) -> str:
    """Return an effect on trust with its error, starred where the interval leaves one sign."""
    return with_error(row.effect, row.error, BY_NAME["trust_mean"], "+") + (
        "*" if row.low > 0.0 or row.high < 0.0 else " "
    )


def plan_lines(rows: Rows, target: EffectSize) -> Iterator[str]:
    """Yield the number of twins that an effect of the wanted size needs, by the spread of this pilot."""
    row = rows[(rows["section"] == "headline") & (rows["measure"] == target.measure)]
    if row.empty:
        yield f"\nThe model has no '{target.measure}' to plan for."
        return
    pilot = row.iloc[0]
    root = math.sqrt(float(pilot["n"]))
    errors = (float(pilot["error"]), math.hypot(pilot["base_error"], pilot["arm_error"]))
    spread, apart = (planned_spread(error * root, float(pilot["floor"])) for error in errors)
    yield ""
    try:
        twins, alone = (twins_needed(one, target.size, target.power) for one in (spread, apart))
    except InputError as reason:
        yield from textwrap.wrap(f"No plan for {BY_NAME[target.measure].en}: {reason}.", WIDTH)
        return
    yield from textwrap.wrap(
        f"To see an effect of {target.size:g} on {BY_NAME[target.measure].en} with a power of {target.power:.0%}:"
        f" {twins:,} paired runs (with independent seeds {alone:,} on each side). The spread is an estimate from this"
        f" pilot of {pilot['n']}, taken times {CAUTION:g}, since pilots show too little of it.",
        WIDTH,
    )
