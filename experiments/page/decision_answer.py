"""Compose the sentence on the effects in pairs of whole towns: harms first, then benefits."""

from experiments.comparison.decision_outcomes import TRUST, PairedOutcome
from experiments.comparison.policy_choice import MAX_PAIRS
from experiments.narrative.findings import Finding, sentence
from experiments.page.page_state import PageState, Span, digits_of, number
from experiments.page.page_texts import capitalized
from experiments.statistics.verdicts import MIN_RUNS

POSSIBLE_COSTS = {"homicides": "wrongful_detentions"}
"""Outcomes reported together with a possible cost; under the measure ``heavy_hand`` the cost is always reported."""
NEUTRAL_OUTCOMES = ("crimes_told",)
"""Outcomes that are neither benefit nor harm: named after the others, if there is room."""
MAX_NAMED_BENEFITS = 2
"""Benefits named besides trust, so that the sentence stays short."""


def decision_sentence(state: PageState) -> list[Span]:
    """Return the answer that is shown under the question."""
    if state.running:
        return progress_of_worlds(state)
    if not state.has_measures:
        return level_as_today(state)
    if state.n_finished < MIN_RUNS:
        return [(state.text("decision.no_verdict", n=MIN_RUNS), "bold"), *failed_worlds(state)]
    return [*harms_and_benefits(state), *failed_worlds(state)]


def progress_of_worlds(state: PageState) -> list[Span]:
    """Return the progress of the simulated worlds."""
    if not state.has_measures:
        return [(state.text("decision.today"), "bold"), (state.text("decision.today_few", **state.progress), "")]
    n_measures = len(state.choice.chosen)
    words = state.text(f"decision.running_{'one' if n_measures == 1 else 'many'}", k=n_measures, **state.progress)
    return [(state.text("decision.running"), "bold"), (words + state.text("decision.dots"), "")]


def level_as_today(state: PageState) -> list[Span]:
    """Return the final level of trust without measures."""
    if not state.base:
        return failed_worlds(state)
    levels = [TRUST.headline.of(world.months) for world in state.base]
    level = number(sum(levels) / len(levels), 1)
    words = state.text("decision.today_level", level=level, years=state.years)
    return [(state.text("decision.today"), "bold"), (words, ""), *failed_worlds(state)]


def failed_worlds(state: PageState) -> list[Span]:
    """Return the number of failed worlds with the first reason; empty if none failed."""
    if not state.faults:
        return []
    counts = {"n": len(state.faults), "all": MAX_PAIRS, "reason": state.faults[0]}
    return [(" " + state.text("decision.failed", **counts), "h")]


def harms_and_benefits(state: PageState) -> list[Span]:
    """Return the effects of the measures: harms first, then benefits in a sentence of their own.

    Beside a harm, benefits are not coloured, and no wording trades one off against the other.
    """
    n_measures = len(state.choice.chosen)
    opening = state.text(f"decision.with_{'one' if n_measures == 1 else 'many'}", n=n_measures)
    order = sorted(
        state.paired_outcomes, key=lambda result: (not span_style(result), result.outcome.name in NEUTRAL_OUTCOMES)
    )
    benefits = [result for result in order if is_named(result) and not result.harmful][: 1 + MAX_NAMED_BENEFITS]
    benefit_phrases = [outcome_phrase(state, result) for result in benefits]
    harm_phrases = [outcome_phrase(state, result) for result in state.paired_outcomes if result.harmful]
    spans: list[Span] = [(opening, "bold"), (" ", "")]
    if harm_phrases:
        spans += [(phrases_as_list(state, harm_phrases, without_lead=True), "h"), (". " if benefit_phrases else "", "")]
        benefit_phrases[:1] = [capitalized(words) for words in benefit_phrases[:1]]
    if benefit_phrases:
        spans.append((benefit_phrases[0], "" if harm_phrases else span_style(benefits[0])))
        spans += [(phrases_as_list(state, benefit_phrases[1:]), "")] if benefit_phrases[1:] else []
    unsure = [state.text(f"of.{result.outcome.name}") for result in state.paired_outcomes if result.withheld]
    if unsure:
        words = state.text("decision.unknown", of=phrases_as_list(state, unsure, without_lead=True))
        spans.append((("; " if benefit_phrases or harm_phrases else "") + words, ""))
    elif not benefit_phrases and not harm_phrases:
        spans.append((state.text("decision.nothing"), ""))
    return [*spans, *accompanying_costs(state), (".", "")]


def is_named(result: PairedOutcome) -> bool:
    """Tell whether the sentence names an outcome: it rises, falls or harms, or is trust and not withheld."""
    return result.verdict in ("rises", "falls") or result.harmful or (result.outcome is TRUST and not result.withheld)


def phrases_as_list(state: PageState, phrases: list[str], without_lead: bool = False) -> str:
    """Join phrases as in a sentence, after a comma or, for a single phrase, "and"; ``without_lead`` omits this lead."""
    if without_lead and len(phrases) == 1:
        return phrases[0]
    lead = "" if without_lead else ", " if len(phrases) > 1 else state.text("decision.and")
    *others, last = phrases
    return lead + (", ".join(others) + state.text("decision.and") if others else "") + last


def outcome_phrase(state: PageState, result: PairedOutcome) -> str:
    """Return the effect on one outcome as a clause of a sentence."""
    effect = result.effect.effect
    size = state.points(effect) if result.outcome is TRUST else number(abs(effect), digits_of(effect))
    return str(sentence(Finding(result.outcome.name, result.verdict, size=size), state.language, "clause"))


def accompanying_costs(state: PageState) -> list[Span]:
    """Return the possible costs of named outcomes whose own verdict is open or nothing."""
    by_name = {result.outcome.name: result for result in state.paired_outcomes}
    spans: list[Span] = []
    for name, cost in POSSIBLE_COSTS.items():
        is_relevant = by_name[name].verdict in ("rises", "falls") or "heavy_hand" in dict(state.choice.chosen)
        if is_relevant and by_name[cost].verdict in ("open", "nothing"):
            spans.append(("; " + outcome_phrase(state, by_name[cost]), ""))
    return spans


def span_style(result: PairedOutcome) -> str:
    """Return the kind of a span: h for a harm, b for a benefit, empty for neither."""
    return {"harm": "h", "null": ""}.get(result.colour, "b")
