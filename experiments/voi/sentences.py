"""Sentences of `confianza answer --only value` in both languages; every number is read from a table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from experiments.narrative.messages import message
from experiments.narrative.number_format import format_number
from experiments.reproduce.runs import rows_in, rows_where
from experiments.reproduce.sentences import PERCENT, input_name, package_name, site_name
from experiments.statistics.cluster_trials import LEAST_UNITS
from experiments.voi.choice import FEWEST_WORLDS, NONE, PackageChoice
from experiments.voi.expected_value import ALL, GROUP, NUMBER, QUESTION, SURVEY, Valuation, best_shares, mean_utilities
from experiments.voi.questions import FieldStudy, number_groups, questions
from experiments.words.bilingual import BilingualText, join_as_list, join_texts

DIGITS = 2
ERRORS = 2.0
"""Standard errors that a value must exceed to be told from chance."""


def number_text(value: float) -> str:
    """Return a value in the unit of utility."""
    return format_number(value, DIGITS)


def percent_text(share: float) -> str:
    """Return a share in per cent."""
    return format_number(PERCENT * share, 0)


def option_name(option: str) -> BilingualText:
    """Return the name of a package, or of none."""
    return message("voi.option.none") if option == NONE else package_name(option)


def studies() -> Mapping[str, FieldStudy]:
    """Return all questions and groups by name."""
    return {one.name: one for one in (*questions(), *number_groups())}


def ranked(table: pd.DataFrame) -> list[Any]:
    """Return the rows of questions and groups that have a value: the largest first, those of chance last."""
    rows = table[table["kind"].isin([QUESTION, GROUP]) & (table["value"] > 0.5 * 10.0**-DIGITS)]
    return sorted(rows_in(rows), key=lambda row: (not is_told(row), -row.value))


def is_told(row: Any) -> bool:
    """Return whether a value is told from chance."""
    return bool(row.value > ERRORS * row.error)


def site_lines(valuation: Valuation, values: pd.DataFrame, costs: pd.DataFrame, top: int) -> Iterator[BilingualText]:
    """Yield the sentences on one municipality."""
    yield choice_sentence(valuation)
    yield today_sentence(valuation, values)
    if not valuation.choice.has_costs:
        everything = float(rows_where(values, kind=ALL)["value"].iloc[0])
        yield message("voi.sentence.without_costs", value=number_text(everything))
    items = ranked(values)[:top]
    yield from (item_sentence(place, row) for place, row in enumerate(items, start=1))
    if not items:
        yield message("voi.sentence.nothing")
    yield numbers_sentence(valuation, values)
    yield survey_sentence(values)
    yield peak_sentence(valuation.choice, costs)


def choice_sentence(valuation: Valuation) -> BilingualText:
    """Return the sentence that states the choice."""
    choice = valuation.choice
    weights = [
        message("voi.sentence.weight", gain=message(f"voi.gain.{gain}"), share=percent_text(weight))
        for gain, weight in choice.weights.items()
        if weight > 0.0
    ]
    costs = [
        message("voi.sentence.cost", package=package_name(package), cost=format_number(cost, DIGITS))
        for package, cost in choice.costs.items()
        if cost
    ]
    return message(
        "voi.sentence.choice", site=site_name(valuation.worlds.site), years=valuation.worlds.years,
        options=join_as_list([option_name(one) for one in choice.options]), weights=join_as_list(weights),
        costs=join_as_list(costs) if costs else message("voi.sentence.no_cost"),
    )  # fmt: skip


def today_sentence(valuation: Valuation, values: pd.DataFrame) -> BilingualText:
    """Return the sentences on what is best today, and on the expected value of knowing everything."""
    means = mean_utilities(valuation)
    best = max(means, key=lambda option: means[option])
    told = message(
        "voi.sentence.today", best=option_name(best), mean=format_number(means[best], DIGITS, "+"),
        share=percent_text(best_shares(valuation)[best]),
        value=number_text(float(rows_where(values, kind=ALL)["value"].iloc[0])),
    )  # fmt: skip
    error = "without_error" if valuation.knows_error else "with_error"
    return join_texts([told, message(f"voi.sentence.{error}", n=len(valuation.worlds.repeated))])


def item_sentence(place: int, row: Any) -> BilingualText:
    """Return the sentence on one question or group."""
    study = studies()[row.name]
    told = message(
        "voi.sentence.item", place=place, text=study.text, value=number_text(row.value), error=number_text(row.error),
        share=percent_text(row.share), measured_by=study.measured_by, people=format_number(study.people, 0),
        months=study.months,
    )  # fmt: skip
    return told if is_told(row) else told + message("voi.sentence.unsure")


def numbers_sentence(valuation: Valuation, values: pd.DataFrame) -> BilingualText:
    """Return the sentence on single numbers."""
    n, worlds = len(valuation.design.names), len(valuation.worlds.rows)
    if worlds < FEWEST_WORLDS:
        return message("voi.sentence.few_worlds", worlds=worlds, least=FEWEST_WORLDS)
    found = rows_where(values, kind=NUMBER).sort_values("value", ascending=False, kind="stable")
    if found.empty:
        return message("voi.sentence.no_number", n=n, worlds=worlds)
    names = [known_name(NUMBER, row.name) for row in rows_in(found)]
    return message("voi.sentence.numbers", n=n, names=join_as_list(names))


def known_name(kind: str, name: str) -> BilingualText:
    """Return the name of something that could be known."""
    if kind == NUMBER:
        return message("voi.known.number", name=input_name(name), dotted=name)
    return studies()[name].text if name in studies() else message(f"voi.known.{name or kind}")


def survey_sentence(values: pd.DataFrame) -> BilingualText:
    """Return the sentence on surveys by size."""
    sizes = [
        message(
            "voi.sentence.size",
            n=format_number(int(row.name), 0),
            value=number_text(row.value),
            share=percent_text(row.share),
        )
        for row in rows_in(rows_where(values, kind=SURVEY))
    ]
    return message("voi.sentence.survey", sizes=join_texts(sizes, "; "))


def peak_sentence(choice: PackageChoice, costs: pd.DataFrame) -> BilingualText:
    """Return the sentence on the costs at which information has most value."""
    rows = rows_where(costs, name=ALL)
    row = next(iter(rows_in(rows.loc[[rows["value"].idxmax()]])))
    return message(
        f"voi.sentence.{'peak' if choice.has_costs else 'peak_each'}", value=number_text(row.value),
        cost=format_number(row.cost, DIGITS), best=option_name(row.best),
    )  # fmt: skip


def study_sentence(row: Any) -> BilingualText:
    """Return the sentences on a trial, from a row of the table of studies."""
    told = message(
        "voi.sentence.study", units=row.units, persons=row.persons, icc=format_number(row.icc, DIGITS),
        seen_share=percent_text(row.share), detectable=format_number(row.detectable, 1),
        seen=format_number(row.seen, DIGITS), power=percent_text(row.power), value=number_text(row.value),
        part=percent_text(row.part), exact=number_text(row.exact),
    )  # fmt: skip
    if row.units // 2 < LEAST_UNITS:
        told += message("voi.sentence.study_exact", least_p=format_number(row.least_p, 3))
    return told + message("voi.sentence.study_assent") if row.site == "totonicapan" else told


def voi_lines(sites: Sequence[Sequence[BilingualText]], language: str) -> Iterator[str]:
    """Yield the document in one language: a title, a paragraph for each sentence, and the caution."""
    yield f"# {message('voi.title.expected_value').text(language)}\n"
    for sentences in sites:
        yield from (f"{sentence.text(language)}\n" for sentence in sentences)
    yield message("voi.sentence.caution").text(language) + "\n"
