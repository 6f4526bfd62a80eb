"""Compose the sentence that answers the question of the decision view: harms first, then benefits."""

from experiments.comparison.decision_outcomes import TRUST, PairedOutcome
from experiments.narrative.findings import Finding, sentence
from experiments.page.page_state import PageState, Span, digits_of, number
from experiments.page.page_texts import capital
from experiments.statistics.verdicts import MIN_RUNS

POSSIBLE_COSTS = {"homicides": "wrongful_detentions"}
"""Outcomes reported together with a possible cost; under the measure ``heavy_hand`` the cost is always reported."""
LAST = ("crimes_told",)
"""Outcomes that are neither benefit nor harm: named after the others, if there is room."""
MOST_NAMED = 2
"""Benefits named besides trust, so that the sentence stays short."""


def decision_sentence(state: PageState) -> list[Span]:
    """Return the answer that is shown under the question."""
    if state.running:
        return progress_of_worlds(state)
    if not state.moved:
        return level_as_today(state)
    if state.done < MIN_RUNS:
        return [(state.text("decision.no_verdict", n=MIN_RUNS), "bold"), *failed_worlds(state)]
    return [*harms_and_benefits(state), *failed_worlds(state)]


def progress_of_worlds(state: PageState) -> list[Span]:
    """Return the progress of the simulated worlds."""
    counts = {"n": state.done, "all": state.twins_asked}
    if not state.moved:
        return [(state.text("decision.today"), "bold"), (state.text("decision.today_few", **counts), "")]
    k = len(state.choice.chosen)
    words = state.text(f"decision.running_{'one' if k == 1 else 'many'}", k=k, **counts)
    return [(state.text("decision.running"), "bold"), (words + state.text("decision.dots"), "")]


def level_as_today(state: PageState) -> list[Span]:
    """Return the final level of trust without measures."""
    if not state.base:
        return failed_worlds(state)
    ends = [TRUST.headline.of(life.months) for life in state.base]
    level = number(sum(ends) / len(ends), 1)
    words = state.text("decision.today_level", level=level, years=state.years)
    return [(state.text("decision.today"), "bold"), (words, ""), *failed_worlds(state)]


def failed_worlds(state: PageState) -> list[Span]:
    """Return the number of failed worlds with the first reason; empty if none failed."""
    if not state.faults:
        return []
    counts = {"n": len(state.faults), "all": state.twins_asked, "reason": state.faults[0]}
    return [(" " + state.text("decision.failed", **counts), "h")]


def harms_and_benefits(state: PageState) -> list[Span]:
    """Return the effects of the measures: harms first, then benefits in a sentence of their own.

    Beside a harm, benefits are not coloured, and no wording trades one off against the other.
    """
    n = len(state.choice.chosen)
    begin = state.text(f"decision.with_{'one' if n == 1 else 'many'}", n=n)
    order = sorted(state.paired_outcomes, key=lambda result: (not kind_of(result), result.outcome.name in LAST))
    good = [result for result in order if is_named(result) and not result.harmful][: 1 + MOST_NAMED]
    goods = [outcome_phrase(state, result) for result in good]
    harms = [outcome_phrase(state, result) for result in state.paired_outcomes if result.harmful]
    spans: list[Span] = [(begin, "bold"), (" ", "")]
    if harms:
        spans += [(phrases_as_list(state, harms, first=True), "h"), (". " if goods else "", "")]
        goods[:1] = [capital(words) for words in goods[:1]]
    if goods:
        spans.append((goods[0], "" if harms else kind_of(good[0])))
        spans += [(phrases_as_list(state, goods[1:]), "")] if goods[1:] else []
    unsure = [state.text(f"of.{result.outcome.name}") for result in state.paired_outcomes if result.withheld]
    if unsure:
        words = state.text("decision.unknown", of=phrases_as_list(state, unsure, first=True))
        spans.append((("; " if goods or harms else "") + words, ""))
    elif not goods and not harms:
        spans.append((state.text("decision.nothing"), ""))
    return [*spans, *accompanying_costs(state), (".", "")]


def is_named(result: PairedOutcome) -> bool:
    """Tell whether the sentence names an outcome: it rises, falls or harms, or is trust and not withheld."""
    return result.verdict in ("rises", "falls") or result.harmful or (result.outcome is TRUST and not result.withheld)


def phrases_as_list(state: PageState, phrases: list[str], first: bool = False) -> str:
    """Join phrases as in a sentence, after a comma or, for a single phrase, "and"; ``first`` omits this lead."""
    if first and len(phrases) == 1:
        return phrases[0]
    lead = "" if first else ", " if len(phrases) > 1 else state.text("decision.and")
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
    for name, other in POSSIBLE_COSTS.items():
        named = by_name[name].verdict in ("rises", "falls") or "heavy_hand" in dict(state.choice.chosen)
        if named and by_name[other].verdict in ("open", "nothing"):
            spans.append(("; " + outcome_phrase(state, by_name[other]), ""))
    return spans


def kind_of(result: PairedOutcome) -> str:
    """Return the kind of a span: h for a harm, b for a benefit, empty for neither."""
    return {"harm": "h", "null": ""}.get(result.colour, "b")


def telephone_summary(state: PageState) -> list[Span]:
    """Return the shortest form of the answer, for the bottom bar on telephones."""
    if state.running or not state.paired_outcomes or state.done < MIN_RUNS:
        return [(state.text("decision.done_of", n=state.done, all=state.twins_asked), "bold")]
    harms = sum(result.harmful and result.outcome.harm for result in state.paired_outcomes)
    words = state.text(f"decision.bar_harm_{('none', 'one', 'many')[min(harms, 2)]}", n=harms)
    trust = state.paired_outcomes[0]
    return [(outcome_phrase(state, trust), kind_of(trust)), (words, "h" if harms else "")]
