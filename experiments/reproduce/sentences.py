"""Write three sentences on each result, in both languages; every number is read from a table of the results."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from experiments.comparison.decision_measures import decision_measure, measures
from experiments.narrative.labels import verdict_label
from experiments.narrative.messages import message
from experiments.narrative.number_format import format_number
from experiments.reproduce.effects import CRITERIA, FEW, RARE
from experiments.reproduce.plan import ADOPTION, EVERYTHING, HEAVY_HAND, MEASURES, SITES
from experiments.reproduce.regions import OUTCOMES
from experiments.reproduce.runs import rows_in, rows_where
from experiments.reproduce.surfaces import TOGETHER
from experiments.words.bilingual import BilingualText, bilingual, join_as_list, join_texts
from experiments.words.catalogue import parameter
from scenarios import accounts, names

type Tables = Mapping[str, pd.DataFrame]
ANSWER_MEASURES = ("trust_mean", "crimes_occurred", "homicides")
SENTENCE_REMEDY_MEASURES = ("domestic_without_remedy", "women_without_remedy", "refused")
SENTENCE_HEAVY_HAND_MEASURES = ("trust_mean", "wrongful_detentions", "homicides", "crimes_occurred")
UNITS = {"0-100": "points", "%": "percent"}
PERCENT = 100.0
LIMITS = ("low", "high")
"""Limits of an effect; NaN for a single pair."""
MAX_NAMED_PARAMETERS, MAX_NAMED_LEVERS = 5, 3
"""Largest number of drawn parameters, and of levers, that are named."""


def site_name(site: str) -> BilingualText:
    """Return the name of a municipality."""
    title = names()[site]
    return bilingual(title["es"], title["en"])


def measure_name(measure: str) -> BilingualText:
    """Return the name of a measure."""
    return MEASURES[measure].label


def package_name(package: str) -> BilingualText:
    """Return the name of a package."""
    return message(f"reproduce.package.{package}")


def unit_of(measure: str) -> BilingualText:
    """Return the unit in which effects on a measure are reported."""
    return message(f"reproduce.unit.{UNITS.get(MEASURES[measure].unit, 'year')}")


def number_text(value: float, measure: str = "", sign: str = "+") -> str:
    """Return a number with the decimals of its measure, or with none; a dash for NaN."""
    if math.isnan(value):
        return "–"
    digits = MEASURES[measure].digits if measure else 0
    return format_number(value, digits, sign)


def input_name(name: str) -> BilingualText:
    """Return the name of an input of the emulators: a lever, an assumption, the account, or the unexplained part."""
    if "." in name:
        return bilingual(parameter(name, "es"), parameter(name, "en"))
    if name in ("account", "not_predicted"):
        return message(f"reproduce.input.{name}")
    title = decision_measure(name).title
    return bilingual(title["es"], title["en"])


def effect_words(row: Any) -> BilingualText:
    """Return one effect with its verdict and limits."""
    named = () if math.isnan(row.low) else LIMITS
    numbers = {name: number_text(getattr(row, name), row.measure) for name in ("effect", *named)}
    return message(
        f"reproduce.sentence.effect{'' if named else '_of_one'}", measure=measure_name(row.measure),
        verdict=verdict_label(row.verdict), unit=unit_of(row.measure), **numbers,
    )  # fmt: skip


def chance_words(row: Any) -> BilingualText:
    """Return in how many of 100 worlds an effect goes up or down by what matters, with its mean and range."""
    about = {"measure": measure_name(row.measure), "word": verdict_label(row.word)}
    if row.word == RARE:
        return message("reproduce.sentence.effect_rare", base=format_number(row.base, 1), **about)
    numbers = {name: number_text(getattr(row, name), row.measure) for name in ("effect", "band_low", "band_high")}
    if row.word == FEW:
        return message("reproduce.sentence.effect_few", unit=unit_of(row.measure), effect=numbers["effect"], **about)
    shares = {name: format_number(PERCENT * getattr(row, name), 0) for name in ("up", "down")}
    return message(
        "reproduce.sentence.chance", unit=unit_of(row.measure), delta=number_text(row.delta, row.measure, ""),
        **about, **numbers, **shares,
    )  # fmt: skip


def effects_sentence(tables: Tables, site: str, name: str, package: str, measures: Sequence[str]) -> BilingualText:
    """Return the effects of a package in a table at a site, at the horizon of `horizon_of`."""
    effects = rows_where(tables[name], site=site, arm=package)
    if effects.empty:
        return message("reproduce.sentence.no_pair", site=site_name(site))
    effects = effects[effects["years"] == horizon_of(effects)]
    rows = {row.measure: row for row in rows_in(effects)}
    sentences = [chance_words(rows[name]) for name in measures if name in rows]
    return message(
        "reproduce.sentence.answer", site=site_name(site), package=package_name(package),
        years=int(effects["years"].iloc[0]), effects=join_texts(sentences, "; "),
    )  # fmt: skip


def horizon_of(table: pd.DataFrame) -> int:
    """Return the longest horizon of a table among those with the most pairs."""
    by_years = table.groupby("years")["n"].max()
    return int(by_years[by_years == by_years.max()].index.max())


def counted(key: str, n: int, **parts: object) -> BilingualText:
    """Return a sentence about ``n`` things; of one thing its key ends in ``_of_one``."""
    return message(f"reproduce.sentence.{key}{'_of_one' if n == 1 else ''}", n=n, **parts)


def fixed(key: str) -> Callable[[Tables], BilingualText]:
    """Return the function of a sentence that is the same for all results."""
    return lambda _: message(f"reproduce.sentence.{key}")


# Result by result


def answer_meaning(tables: Tables) -> BilingualText:
    """Return the sentence on the pairs with all three factors, the drawn parameters and the accounts."""
    table = tables["answer"]
    pairs = int(rows_where(table, arm=EVERYTHING, years=horizon_of(table))["n"].max())
    return counted("pairs", pairs, numbers=int(tables["design"]["numbers"].iloc[0]), accounts=len(accounts.names()))


def r2_of(tables: Tables, measure: str) -> str:
    """Return the share (%) of variation that the emulator of the first site predicts at the longest horizon."""
    errors = rows_where(tables["errors"], site=SITES[0], measure=measure)
    return format_number(PERCENT * max(0.0, errors["r2"].iloc[-1]), 0) if len(errors) else "–"


def steps_sentence(tables: Tables, site: str) -> BilingualText:
    """Return the sentence on the levers that change trust most at their last step, and on those of MOPSIC together."""
    steps = last_horizon(rows_where(tables["steps"], site=site))
    if steps.empty:
        return message("reproduce.sentence.no_surface", site=site_name(site))
    trust = rows_where(steps, measure="trust_mean").set_index(["lever", "step"])["effect"]
    last = {lever.name: float(trust[lever.name, len(lever.steps) - 1]) for lever in measures()}
    strongest = sorted(last, key=lambda name: -abs(last[name]))[:MAX_NAMED_LEVERS]
    named = [
        message("reproduce.sentence.lever", lever=input_name(name), effect=number_text(last[name], "trust_mean"))
        for name in strongest
    ]
    crimes = float(rows_where(steps, measure="crimes_occurred", lever=TOGETHER)["effect"].iloc[0])
    return message(
        "reproduce.sentence.steps", site=site_name(site), years=int(steps["years"].iloc[0]), levers=join_as_list(named),
        trust=number_text(float(trust[TOGETHER, 0]), "trust_mean"), crimes=number_text(crimes, "crimes_occurred"),
    )  # fmt: skip


def last_horizon(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the longest horizon."""
    return table[table["years"] == table["years"].max()]


def dependence_meaning(tables: Tables) -> BilingualText:
    """Return the sentence on the interaction of the factors on trust, by site."""
    rows = rows_in(rows_where(last_horizon(tables["together"]), measure="trust_mean"))
    missing = dict.fromkeys(SITES, message("reproduce.sentence.not_run"))
    return message(
        "reproduce.sentence.dependence_together", **(missing | {row.site: effect_words(row) for row in rows})
    )


def dependence_sentence(tables: Tables, site: str) -> BilingualText:
    """Return the sentence on the two inputs that explain most of the effect on trust at a site."""
    shares = last_horizon(rows_where(tables["dependence"], site=site, measure="trust_mean"))
    if shares.empty:
        return message("reproduce.sentence.no_surface", site=site_name(site))
    rest = float(shares[shares["input"] == "not_predicted"]["total"].iloc[0])
    first, second = rows_in(shares[shares["input"] != "not_predicted"].nlargest(2, "total"))
    return message(
        "reproduce.sentence.dependence", site=site_name(site), rest=format_number(PERCENT * rest, 0),
        first=input_name(first.input), first_share=share_words(first),
        second=input_name(second.input), second_share=share_words(second),
        numbers=numbers_words(tables, site), years=int(shares["years"].iloc[0]),
    )  # fmt: skip


def share_words(row: Any) -> BilingualText:
    """Return the share of the predicted variation that an input explains, with interactions and alone."""
    total, alone = (format_number(PERCENT * max(0.0, share), 0) for share in (row.total, row.alone))
    return message("reproduce.sentence.dependence_share", total=total, alone=alone)


def numbers_words(tables: Tables, site: str) -> BilingualText | str:
    """Return the drawn parameters that correlate with the effect of everything on trust; "" if draws are too few."""
    screened = rows_where(tables["numbers"], site=site, arm=EVERYTHING, measure="trust_mean")
    if screened.empty:
        return ""
    beyond_chance = rows_in(screened[screened["beyond"] == 1].head(MAX_NAMED_PARAMETERS))
    correlations = [
        message("reproduce.sentence.number", name=input_name(row.parameter), r=format_number(row.r, 2, "+"))
        for row in beyond_chance
    ]
    return message(
        "reproduce.sentence.dependence_numbers", n=int(tables["design"]["numbers"].iloc[0]),
        null=format_number(screened["null_r"].iloc[0], 2),
        years=int(screened["years"].iloc[0]), draws=int(screened["draws"].iloc[0]),
        found=join_texts(correlations, ", ") if correlations else message("reproduce.sentence.dependence_none"),
    )  # fmt: skip


def criteria_sentence(tables: Tables, site: str) -> BilingualText:
    """Return the sentence on the four criteria at a site."""
    criteria = rows_where(tables["criteria"], site=site, arm=EVERYTHING)
    if criteria.empty:
        return message("reproduce.sentence.no_pair", site=site_name(site))
    criteria = criteria[criteria["years"] == horizon_of(criteria)]
    rows = {row.measure: row for row in rows_in(criteria)}
    verdicts = [criterion_words(name, rows.get(name)) for name in CRITERIA]
    return message(
        "reproduce.sentence.criteria", site=site_name(site), package=package_name(EVERYTHING),
        criteria=join_texts(verdicts, ", "),
    )  # fmt: skip


def criterion_words(name: str, row: Any) -> BilingualText:
    """Return one criterion under the status quo and with a package."""
    title = measure_name(name)
    if row is None or not math.isfinite(row.base):
        return message("reproduce.sentence.criterion_missing", name=title)
    numbers = {"base": number_text(row.base, name, ""), "arm": number_text(row.arm_mean, name, "")}
    return message("reproduce.sentence.criterion", name=title, word=verdict_label(row.word), **numbers)


def regions_sentence(tables: Tables, site: str) -> BilingualText:
    """Return the sentence on the regions of a site by outcome."""
    regions = rows_where(tables["regions"], site=site) if len(tables["regions"]) else tables["regions"]
    if regions.empty:
        return message("reproduce.sentence.no_region", site=site_name(site))
    measures = []
    for measure, measure_regions in regions.groupby("measure", sort=False):
        counts = {outcome: int((measure_regions["outcome"] == outcome).sum()) for outcome in OUTCOMES}
        label = measure_name(str(measure))
        measures.append(message("reproduce.sentence.region_measure", measure=label, n=len(measure_regions), **counts))
    return message("reproduce.sentence.regions", site=site_name(site), measures=join_texts(measures, "; "))


def paradox_sentence(tables: Tables, site: str) -> BilingualText:
    """Return the sentence on pairs in which complaints rise although crime falls at a site."""
    paradox = rows_where(tables["paradox"], site=site, arm=EVERYTHING)
    if paradox.empty:
        return message("reproduce.sentence.no_pair", site=site_name(site))
    row = rows_where(paradox, years=horizon_of(paradox)).iloc[0]
    pairs, other = (round(float(row[name] * row["n"])) for name in ("paradox", "other"))
    return message(
        "reproduce.sentence.paradox", site=site_name(site), package=package_name(EVERYTHING),
        pairs=pairs, n=int(row["n"]), other=other,
    )  # fmt: skip


def check_words(tables: Tables) -> BilingualText | str:
    """Return the errors in the pairs that check the emulators of the first site; "" if there are none."""
    checks = {
        name: rows_where(tables["checks"], site=SITES[0], measure=name) for name in ("trust_mean", "crimes_occurred")
    }
    if any(table.empty for table in checks.values()):
        return ""
    rows = {name: next(iter(rows_in(last_horizon(table)))) for name, table in checks.items()}
    errors = {
        f"{kind}_{name.partition('_')[0]}": number_text(getattr(row, kind), name, "")
        for name, row in rows.items()
        for kind in ("error", "expected")
    }
    trust = rows["trust_mean"]
    return counted("steps_check", trust.draws, pairs=trust.pairs, years=trust.years, **errors)


def steps_meaning(tables: Tables) -> BilingualText | None:
    """Return the sentence on the errors of the emulators of the first site, held out and checked; None without them."""
    if rows_where(tables["errors"], site=SITES[0]).empty:
        return None
    numbers = {}
    for end, measure in (("", "trust_mean"), ("_crimes", "crimes_occurred")):
        rows = last_horizon(rows_where(tables["errors"], site=SITES[0], measure=measure))
        numbers[f"error{end}"] = number_text(rows["error"].iloc[0], measure, "") if len(rows) else "–"
        numbers[f"r2{end}"] = r2_of(tables, measure)
    return message("reproduce.sentence.steps_error", **numbers, check=check_words(tables))


def loop_sentence(tables: Tables, site: str) -> BilingualText:
    """Return the sentence on the part of adoption's effect on crime that depends on the loop, at a site."""
    row = next(iter(rows_in(rows_where(tables["loop"], site=site, arm=ADOPTION, measure="crimes_occurred"))), None)
    if row is None:
        return message("reproduce.sentence.no_loop", site=site_name(site))
    values = {"uncut": row.uncut, "cut": row.cut_effect, "effect": row.effect, "low": row.low, "high": row.high}
    return counted(
        "loop", row.n, site=site_name(site), package=package_name(ADOPTION), verdict=verdict_label(row.verdict),
        **{name: number_text(value, row.measure) for name, value in values.items()},
    )  # fmt: skip


def loop_meaning(tables: Tables) -> BilingualText | None:
    """Return the sentence on the draws with and without the loop; None if there are none."""
    loop = tables["loop"]
    return counted("loop_meaning", int(loop["n"].max())) if len(loop) else None


class ResultSentences(NamedTuple):
    """Functions for the sentences of a result: one on each site, and one on its interpretation or None."""

    on_site: Callable[[Tables, str], BilingualText]
    interpretation: Callable[[Tables], BilingualText | None]


RESULTS: Mapping[str, ResultSentences] = {
    "answer": ResultSentences(
        partial(effects_sentence, name="answer", package=EVERYTHING, measures=ANSWER_MEASURES),
        answer_meaning,
    ),
    "steps": ResultSentences(steps_sentence, steps_meaning),
    "dependence": ResultSentences(dependence_sentence, dependence_meaning),
    "criteria": ResultSentences(criteria_sentence, fixed("criteria_paper")),
    "regions": ResultSentences(regions_sentence, fixed("regions_test")),
    "paradox": ResultSentences(paradox_sentence, fixed("paradox_meaning")),
    "remedy": ResultSentences(
        partial(effects_sentence, name="remedy", package=EVERYTHING, measures=SENTENCE_REMEDY_MEASURES),
        fixed("remedy_meaning"),
    ),
    "heavy_hand": ResultSentences(
        partial(effects_sentence, name="heavy_hand", package=HEAVY_HAND, measures=SENTENCE_HEAVY_HAND_MEASURES),
        fixed("heavy_hand_meaning"),
    ),
    "loop": ResultSentences(loop_sentence, loop_meaning),
}
"""Results in the order of the report; each has a table of its name, a figure and three sentences."""


def sentence_lines(tables: Tables, language: str) -> Iterator[str]:
    """Yield all results in Markdown: a title and three sentences each; two where there is nothing to interpret."""
    for name, result in RESULTS.items():
        sentences = [result.on_site(tables, site) for site in SITES]
        if interpretation := result.interpretation(tables):
            sentences.append(interpretation)
        yield f"## {getattr(message(f'reproduce.title.{name}'), language).unescape()}\n"
        yield " ".join(getattr(sentence, language).unescape() for sentence in sentences) + "\n"
