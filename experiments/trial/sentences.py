"""Sentences on a diagnosed trial in both languages; every number is read from a table."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from experiments.narrative.messages import message
from experiments.narrative.number_format import format_number
from experiments.reproduce.runs import rows_in, rows_where
from experiments.reproduce.sentences import PERCENT
from experiments.trial.analysis import CONTRAST, DIRECT, PERSONS, PLACES, SPILLOVER, WHOLE
from experiments.trial.diagnosis import ALPHA, FinishedTrial, main_rows, needed_persons
from experiments.trial.survey import TRUST
from experiments.trial.units import acting_levers
from experiments.words.bilingual import BilingualText, bilingual, join_as_list, join_texts
from model.engine.scenario import Policy, Scenario
from scenarios.lever_places import SEAT, STATION, TOWN
from scenarios.policy_files import read_policy

DIGITS, POINT_DIGITS, P_DIGITS = 2, 1, 3
"""Digits of effects and of detectable effects, in points, and of p-values."""
ABLE = 0.8
"""Power from which a trial is said to find the model's effect."""
ASSENT_SITE = "totonicapan"
"""Municipality in which a lottery among cantons needs the assent of the 48 Cantones."""

type Tables = Mapping[str, pd.DataFrame]


def share_text(share: float) -> str:
    """Return a share as a number of 100."""
    return format_number(PERCENT * share, 0)


def effect_text(value: float) -> str:
    """Return an effect in points, with its sign."""
    return format_number(value, DIGITS, "+")


def p_text(p: float) -> str:
    """Return a p-value with three digits.

    >>> p_text(0.1), p_text(0.00016)
    ('0.100', '< 0.001')
    """
    return format_number(p, P_DIGITS) if p >= 10.0**-P_DIGITS else f"< {10.0**-P_DIGITS:g}"


def title_of(trial: FinishedTrial) -> BilingualText:
    """Return the title of the design."""
    stated = trial.design.title
    other = next(iter(stated.values()))
    return bilingual(stated.get("es", other), stated.get("en", other))


def policy_title(name: str) -> BilingualText:
    """Return the title of a policy."""
    title = read_policy(name).title
    return bilingual(title["es"], title["en"])


def trial_lines(trial: FinishedTrial, tables: Tables, scenario: Scenario, policy: Policy) -> list[BilingualText]:
    """Return all sentences on a trial."""
    diagnosis, each = tables["diagnosis"], message(f"trial.each.{trial.design.unit}")
    rows = main_rows(diagnosis, trial.main_estimator)
    largest = rows[rows["persons"] == rows["persons"].max()]
    return [
        design_sentence(trial, scenario, each),
        verdict_sentence(largest),
        *away_sentences(trial, policy, each),
        *exact_sentences(trial),
        *(power_sentence(row, each) for row in rows_in(rows_where(rows, inquiry=CONTRAST))),
        truth_sentence(tables["truth"], each),
        bias_sentence(largest),
        *mistake_sentences(largest),
        *needed_sentences(trial, rows, each),
        *(cost_sentence(trial, row, each) for row in rows_in(rows_where(rows, inquiry=CONTRAST))),
        *record_sentences(tables),
        *([message("trial.sentence.assent")] if scenario.name == ASSENT_SITE else []),
        message("trial.sentence.caution"),
    ]


def design_sentence(trial: FinishedTrial, scenario: Scenario, each: BilingualText) -> BilingualText:
    """Return the sentences that state the design."""
    design = trial.design
    months = join_as_list([bilingual(str(one), str(one)) for one in design.calendar.follow_up])
    names = {one.facts["account"] for one in trial.results}
    told = message(
        "trial.sentence.design", site=bilingual(scenario.title["es"], scenario.title["en"]),
        policy=policy_title(design.policy), units=trial.units, unit=message(f"trial.unit.{design.unit}"),
        treated=trial.treated, each=each, months=months, lotteries=len(trial.results),
        surveys=design.worlds.surveys,
        accounts=message(f"trial.accounts.{'one' if len(names) == 1 else 'several'}", n=len(names)),
    )  # fmt: skip
    return join_texts([told, message("trial.sentence.panel")]) if design.survey.panel else told


def verdict_sentence(largest: pd.DataFrame) -> BilingualText:
    """Return the sentence that says whether the trial is worth its interviews."""
    row = rows_in(rows_where(largest, inquiry=CONTRAST))[0]
    if not math.isfinite(row.detectable):
        return message("trial.sentence.cannot")
    return message(f"trial.sentence.{'able' if row.power >= ABLE else 'weak'}")


def away_sentences(trial: FinishedTrial, policy: Policy, each: BilingualText) -> Iterator[BilingualText]:
    """Yield a sentence for each place at which levers act that random assignment does not confine."""
    away = [one for one in acting_levers(policy, trial.design.unit) if not one.confined]
    for place in (STATION, SEAT, TOWN):
        levers = [bilingual(one.lever, one.lever) for one in away if one.acts_at == place]
        if levers:
            yield message(
                "trial.sentence.away", levers=join_as_list(levers), where=message(f"trial.sentence.away_{place}"),
                each=each,
            )  # fmt: skip


def exact_sentences(trial: FinishedTrial) -> Iterator[BilingualText]:
    """Yield the sentences on tests of few units."""
    if trial.is_exact:
        yield message("trial.sentence.exact", least_p=p_text(trial.least_p))
        if trial.least_p >= ALPHA:
            yield message("trial.sentence.impossible")


def power_sentence(row: Any, each: BilingualText) -> BilingualText:
    """Return the sentence on power with a number of persons."""
    if not math.isfinite(row.detectable):
        return message("trial.sentence.power_none", persons=row.persons, each=each)
    return message(
        "trial.sentence.power", persons=row.persons, each=each, power=share_text(row.power),
        power_error=share_text(row.power_error), false=share_text(row.false_positives),
        false_error=share_text(row.false_positives_error), detectable=format_number(row.detectable, POINT_DIGITS),
        detectable_error=format_number(row.detectable_error, POINT_DIGITS),
    )  # fmt: skip


def truth_sentence(truth: pd.DataFrame, each: BilingualText) -> BilingualText:
    """Return the sentence on the true effects on trust at the last wave: of persons, and the difference of places."""
    last = int(truth["months"].max())
    of_trust = rows_where(truth, outcome=TRUST, months=last)
    found = {row.inquiry: row for row in rows_in(rows_where(of_trust, weighting=PERSONS))}
    found |= {row.inquiry: row for row in rows_in(rows_where(of_trust, weighting=PLACES)) if row.inquiry == CONTRAST}
    numbers = {one: effect_text(found[one].value) for one in (WHOLE, DIRECT, SPILLOVER, CONTRAST)}
    numbers |= {f"{one}_error": format_number(found[one].error, DIGITS) for one in (WHOLE, DIRECT, SPILLOVER, CONTRAST)}
    return message("trial.sentence.truth", months=last, each=each, **numbers)


def bias_sentence(largest: pd.DataFrame) -> BilingualText:
    """Return the sentence on bias against each effect."""
    found = {row.inquiry: row for row in rows_in(largest)}
    numbers = {one: effect_text(row.bias) for one, row in found.items()}
    numbers |= {f"{one}_error": format_number(row.bias_error, DIGITS) for one, row in found.items()}
    return message("trial.sentence.bias", coverage=share_text(found[WHOLE].coverage), **numbers)


def mistake_sentences(largest: pd.DataFrame) -> Iterator[BilingualText]:
    """Yield the sentence on sign and size of effects that are called found, if any is."""
    row = rows_in(rows_where(largest, inquiry=WHOLE))[0]
    if math.isfinite(row.exaggeration) and row.power < ABLE:
        yield message(
            "trial.sentence.wrong_sign", wrong=share_text(row.wrong_sign), times=format_number(row.exaggeration, 1)
        )


def needed_sentences(trial: FinishedTrial, rows: pd.DataFrame, each: BilingualText) -> Iterator[BilingualText]:
    """Yield the sentence on the persons that it takes to find the model's difference."""
    of_contrast = rows_where(rows, inquiry=CONTRAST)
    needed = needed_persons(of_contrast, float(of_contrast["truth"].iloc[0]))
    if math.isinf(needed):
        yield message("trial.sentence.never", each=each)
    elif math.isfinite(needed):
        yield message(
            "trial.sentence.needed", persons=format_number(math.ceil(needed), 0), each=each,
            adults=format_number(trial.adults, 0),
        )  # fmt: skip


def cost_sentence(trial: FinishedTrial, row: Any, each: BilingualText) -> BilingualText:
    """Return the sentence on the interviews of a survey, and what they cost if the design has a price."""
    kind = "cost" if trial.design.survey.price else "answers"
    return message(
        f"trial.sentence.{kind}", persons=row.persons, each=each, answers=format_number(row.answers, 0),
        cost=format_number(row.cost, 0),
    )  # fmt: skip


def record_sentences(tables: Tables) -> Iterator[BilingualText]:
    """Yield a sentence on each record that a field researcher has, at the last wave."""
    table = tables.get("records")
    if table is None or table.empty:
        return
    last = int(table["months"].max())
    for row in rows_in(rows_where(table, months=last)):
        if row.record == "crimes" or not row.lotteries or not math.isfinite(row.error):
            continue
        yield message(
            "trial.sentence.recorded", record=message(f"trial.record.{row.record}"), months=last,
            effect=format_number(row.effect, POINT_DIGITS, "+"), error=format_number(row.error, POINT_DIGITS),
            true=format_number(row.true_contrast, POINT_DIGITS, "+"), power=share_text(row.power),
            false=share_text(row.false_positives),
        )  # fmt: skip


def report_of(trial: FinishedTrial, lines: list[BilingualText], language: str) -> str:
    """Return the report in one language: title, and a paragraph for each sentence."""
    title = message("trial.title.report", title=title_of(trial))
    return "\n".join([f"# {title.text(language)}\n", *(f"{one.text(language)}\n" for one in lines)])
