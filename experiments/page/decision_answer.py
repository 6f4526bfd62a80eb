"""Compose the sentence that answers the question of the decision view: harms first, then benefits."""

from experiments.comparison.decision_outcomes import TRUST, PairedOutcome
from experiments.narrative.findings import Finding, sentence
from experiments.page.page_texts import capital
from experiments.page.standing import Span, Standing, digits_of, number
from experiments.statistics.verdicts import FEWEST

ALWAYS_BESIDE = {"homicides": "wrongful_detentions"}
"""Outcomes reported together with a possible cost; under the measure ``heavy_hand`` the cost is always reported."""
LAST = ("crimes_told",)
"""Outcomes that are neither benefit nor harm: named after the others, if there is room."""
MOST_NAMED = 2
"""Benefits named besides trust, so that the sentence stays short."""


def decision_sentence(one: Standing) -> list[Span]:
    """Return the answer that is shown under the question."""
    if one.running:
        return progress_of_worlds(one)
    if not one.moved:
        return as_today(one)
    if one.done < FEWEST:
        return [(one.say("decision.no_verdict", n=FEWEST), "bold"), *failed_worlds(one)]
    return [*harms_and_benefits(one), *failed_worlds(one)]


def progress_of_worlds(one: Standing) -> list[Span]:
    """Return the progress of the simulated worlds."""
    counts = {"n": one.done, "all": one.twins_asked}
    if not one.moved:
        return [(one.say("decision.today"), "bold"), (one.say("decision.today_few", **counts), "")]
    k = len(one.choice.chosen)
    words = one.say(f"decision.running_{'one' if k == 1 else 'many'}", k=k, **counts)
    return [(one.say("decision.running"), "bold"), (words + one.say("decision.dots"), "")]


def as_today(one: Standing) -> list[Span]:
    """Return the final level of trust without measures."""
    if not one.base:
        return failed_worlds(one)
    ends = [TRUST.headline.of(life.months) for life in one.base]
    level = number(sum(ends) / len(ends), 1)
    words = one.say("decision.today_level", level=level, years=one.years)
    return [(one.say("decision.today"), "bold"), (words, ""), *failed_worlds(one)]


def failed_worlds(one: Standing) -> list[Span]:
    """Return the number of failed worlds with the first reason; empty if none failed."""
    if not one.faults:
        return []
    counts = {"n": len(one.faults), "all": one.twins_asked, "reason": one.faults[0]}
    return [(" " + one.say("decision.failed", **counts), "h")]


def harms_and_benefits(one: Standing) -> list[Span]:
    """Return the effects of the measures: harms first, then benefits in a sentence of their own.

    Beside a harm, benefits are not coloured, and no wording trades one off against the other.
    """
    n = len(one.choice.chosen)
    begin = one.say(f"decision.with_{'one' if n == 1 else 'many'}", n=n)
    order = sorted(one.founds, key=lambda found: (not kind_of(found), found.outcome.name in LAST))
    good = [found for found in order if is_named(found) and not found.harmful][: 1 + MOST_NAMED]
    goods = [outcome_phrase(one, found) for found in good]
    harms = [outcome_phrase(one, found) for found in one.founds if found.harmful]
    spans: list[Span] = [(begin, "bold"), (" ", "")]
    if harms:
        spans += [(phrases_as_list(one, harms, first=True), "h"), (". " if goods else "", "")]
        goods[:1] = [capital(words) for words in goods[:1]]
    if goods:
        spans.append((goods[0], "" if harms else kind_of(good[0])))
        spans += [(phrases_as_list(one, goods[1:]), "")] if goods[1:] else []
    unsure = [one.say(f"of.{found.outcome.name}") for found in one.founds if found.withheld]
    if unsure:
        words = one.say("decision.unknown", of=phrases_as_list(one, unsure, first=True))
        spans.append((("; " if goods or harms else "") + words, ""))
    elif not goods and not harms:
        spans.append((one.say("decision.nothing"), ""))
    return [*spans, *outcomes_beside(one), (".", "")]


def is_named(found: PairedOutcome) -> bool:
    """Tell whether the sentence names an outcome: it rises, falls or harms, or is trust and not withheld."""
    return found.verdict in ("rises", "falls") or found.harmful or (found.outcome is TRUST and not found.withheld)


def phrases_as_list(one: Standing, phrases: list[str], first: bool = False) -> str:
    """Join phrases as in a sentence, after a comma or, for a single phrase, "and"; ``first`` omits this lead."""
    if first and len(phrases) == 1:
        return phrases[0]
    lead = "" if first else ", " if len(phrases) > 1 else one.say("decision.and")
    *others, last = phrases
    return lead + (", ".join(others) + one.say("decision.and") if others else "") + last


def outcome_phrase(one: Standing, found: PairedOutcome) -> str:
    """Return the effect on one outcome as a clause of a sentence."""
    effect = found.effect.effect
    size = one.points(effect) if found.outcome is TRUST else number(abs(effect), digits_of(effect))
    return str(sentence(Finding(found.outcome.name, found.verdict, size=size), one.language, "clause"))


def outcomes_beside(one: Standing) -> list[Span]:
    """Return the possible costs of named outcomes whose own verdict is open or nothing."""
    by_name = {found.outcome.name: found for found in one.founds}
    spans: list[Span] = []
    for name, other in ALWAYS_BESIDE.items():
        named = by_name[name].verdict in ("rises", "falls") or "heavy_hand" in dict(one.choice.chosen)
        if named and by_name[other].verdict in ("open", "nothing"):
            spans.append(("; " + outcome_phrase(one, by_name[other]), ""))
    return spans


def kind_of(found: PairedOutcome) -> str:
    """Return the kind of a span: h for a harm, b for a benefit, empty for neither."""
    return {"harm": "h", "null": ""}.get(found.colour, "b")


def telephone_summary(one: Standing) -> list[Span]:
    """Return the shortest form of the answer, for the bottom bar on telephones."""
    if one.running or not one.founds or one.done < FEWEST:
        return [(one.say("decision.done_of", n=one.done, all=one.twins_asked), "bold")]
    harms = sum(found.harmful and found.outcome.harm for found in one.founds)
    words = one.say(f"decision.bar_harm_{('none', 'one', 'many')[min(harms, 2)]}", n=harms)
    trust = one.founds[0]
    return [(outcome_phrase(one, trust), kind_of(trust)), (words, "h" if harms else "")]
