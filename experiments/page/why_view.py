"""The view "Why?": contributions of causes to the effect on trust; they sum to the effect in the pairs.

Without measures it shows the contributions since the start of the world as today.
"""

from typing import Any

import numpy as np

from experiments.comparison.cause_effects import (
    FORGETTING,
    MEMORY,
    NATION,
    POPULATION,
    CauseEffect,
    PlaceAndMonth,
    cause_effects,
    causes_since_start,
    change_since_start,
    monthly_contribution,
    monthly_trust,
    start_trust,
    total_effect,
)
from experiments.comparison.headline_measures import RULE_WORDS as AGGREGATED
from experiments.page.address import AddressRequest
from experiments.page.events import events_of_scenario
from experiments.page.page_state import PageState, Span, number, signed
from experiments.page.page_texts import capitalized, has_text, page_text
from experiments.page.pair_rows import mean_trust_by_month, waiting_sentence
from experiments.statistics.paired_effects import Effect
from experiments.statistics.thresholds import threshold_rules
from experiments.statistics.verdicts import CONCLUSIVE, VERDICTS, corrected_together, direction, judge
from experiments.words import catalogue
from experiments.words.bilingual import month

MAX_CAUSES = 9
"""Most causes with a row of their own; the others are summed in one row."""
SMALLEST_SHOWN = 0.005
"""Contribution (points) below which a cause would be displayed as 0.00."""
LAST_PARTS = (*FORGETTING, MEMORY, POPULATION, NATION)
"""Parts listed below the causes: memory, population, and the national mood, a model input."""
GROSS = "lived"
"""Value of ``show`` in the address for gross contributions, with forgetting as a part of its own."""
TEXT_KEYS = (
    *("cause", "points", "net", "gross", "adds", "takes", "dots", "input", "span"),
    *("when", "where", "whole", "account", "hidden"),
)
KEY_VERDICTS = {"unsure": "open", "little": "nothing"}
"""Styles of bars without a clear direction, with their verdicts."""
COMPARISON_TEXT_KEYS = ("causes", "twins", "where_unit", "when_unit")
"""Texts with a variant for each comparison: both worlds, or the world as today with its start."""


def view_data(state: PageState, request: AddressRequest) -> dict[str, Any]:
    """Return the data of the view."""
    words = {name: state.text(f"why.{name}") for name in TEXT_KEYS}
    variant = "" if state.has_measures else "_today"
    words |= {name: state.text(f"why.{name}{variant}") for name in COMPARISON_TEXT_KEYS}
    words |= {key: getattr(VERDICTS[verdict], state.language) for key, verdict in KEY_VERDICTS.items()}
    if not state.has_verdicts:
        return {
            "title": state.text("why.title", place=""),
            "answer": waiting_sentence(state, "why.waiting", "bold"),
            "words": words,
        }
    where = PlaceAndMonth(request.place - 1 if request.place else None, request.month)
    net = request.show != GROSS
    total = total_change(state, where)
    causes = (
        cause_effects(state.pairs, where, net) if state.has_measures else causes_since_start(state.base, where, net)
    )
    return {
        "title": question_title(state, total, where),
        "answer": causes_sentence(state, causes, total, where),
        "words": words,
        "gross": not net,
        "place": request.place,
        "until": request.month,
        "crumb": place_and_time(state, where),
        "today": total.base,
        "arm": total.arm,
        "ends": end_labels(state, where),
        "rows": bar_rows(state, causes),
        "total": signed(total.effect, 2),
        "places": place_rows(state),
        "months": monthly_differences(state, where),
        "lines": mean_trust_by_month(state, where),
        "jump": strongest_mood(state, where),
    }


def total_change(state: PageState, where: PlaceAndMonth) -> Effect:
    """Return the sum of the bars: the effect on trust, or without measures its change since the start."""
    return total_effect(state.twins, where) if state.has_measures else change_since_start(state.base, where)


def end_labels(state: PageState, where: PlaceAndMonth) -> tuple[str, str]:
    """Return the labels of the start and the end of the bars."""
    if state.has_measures:
        return state.text("decision.line_a"), state.text("decision.line_b")
    last = month_name(state, where.month) if where.month else state.text("why.last_year")
    return state.text("why.at_start", month=month_name(state, 1)), state.text("why.at_end", when=last)


def question_title(state: PageState, total: Effect, where: PlaceAndMonth) -> str:
    """Return the question, with the sum of the bars."""
    title_key = {1: "rises", -1: "falls", 0: "same"}[direction(judge(total))]
    place = state.text("why.in", place=state.settlement_names[where.settlement]) if where.settlement is not None else ""
    if not state.has_measures:
        return state.text("why.title", place=place)
    until = state.text("why.until", month=month_name(state, where.month)) if where.month else ""
    return state.text(f"why.title_{title_key}", n=number(abs(total.effect), 2), place=place, until=until)


def month_name(state: PageState, number: int) -> str:
    """Return the name of a month; months are numbered from 1."""
    start = state.scenario.start
    months = 12 * start.year + start.month + number - 2
    words = month(f"{months // 12}-{months % 12 + 1:02d}-01")
    return str(getattr(words, state.language))


def place_and_time(state: PageState, where: PlaceAndMonth) -> str:
    """Return the selected place and month in words; empty for all."""
    parts = [state.settlement_names[where.settlement]] if where.settlement is not None else []
    parts += [month_name(state, where.month)] if where.month else []
    return ", ".join(parts)


def causes_sentence(state: PageState, parts: list[CauseEffect], total: Effect, where: PlaceAndMonth) -> list[Span]:
    """Return the change of trust, its strongest causes and the contribution of the national mood.

    Without measures the mood, a model input, comes first, since it is then mostly the largest part.
    """
    since = "of" if state.has_measures else "since"
    unit = state.text(f"why.{since}_{'month' if where.month else 'year'}", recent=AGGREGATED["recent"][state.language])
    verdict = getattr(VERDICTS[judge(total)], state.language)
    spans: list[Span] = [(capitalized(verdict), "bold"), (f": {signed(total.effect, 2)} {unit}. ", "")]
    causes, country = strongest_causes(state, parts), mood_sentence(state, parts)
    return [*spans, *((causes, country) if state.has_measures else (country, causes))]


def strongest_causes(state: PageState, parts: list[CauseEffect]) -> Span:
    """Return up to three causes with the largest contributions among those with a clear verdict, with sizes."""
    strongest = [part for part in parts if judge(part.effect) in CONCLUSIVE and part.name not in LAST_PARTS][:3]
    if not strongest:
        return state.text("why.none") + " ", ""
    phrases = [f"{cause_name(state, part)} ({signed(part.effect.effect, 2)})" for part in strongest]
    little = not any(judge(part.effect) in ("rises", "falls") for part in strongest)
    most = state.text("why.most" if state.has_measures else "why.most_today")
    return f"{most} {'; '.join(phrases)}{state.text('why.each_little') if little else ''}. ", ""


def mood_sentence(state: PageState, parts: list[CauseEffect]) -> Span:
    """Return the contribution of the national mood, a model input; empty without it."""
    nation = next((part for part in parts if part.name == NATION), None)
    if nation is None:
        return "", ""
    size = signed(nation.effect.effect, 2)
    if state.has_measures:
        return state.text("why.nation", n=size, today=signed(nation.today, 1)), ""
    return state.text("why.nation_today", n=size) + " ", ""


def cause_name(state: PageState, part: CauseEffect) -> str:
    """Return the name of a part within a sentence; a harmful cause is called "more" or "less" of it."""
    name = part_name(state.language, part.name)
    if (
        part.name in LAST_PARTS
        or part.today >= 0.0
        or judge(part.effect) not in CONCLUSIVE
        or set(part.signs) == {-1, 1}
    ):
        return name
    return state.text("why.less" if part.effect.effect > 0.0 else "why.more", cause=name)


def part_name(language: str, cause: str) -> str:
    """Return the name of a cause, of a sum of causes, or of another part.

    >>> part_name("es", "talk"), part_name("en", "force")
    ('pláticas', 'use of force and public violence')
    """
    if has_text(f"sum.{cause}"):
        return page_text(language, f"sum.{cause}")
    return str(catalogue.cause(cause, language))


def bar_rows(state: PageState, parts: list[CauseEffect]) -> list[dict[str, Any]]:
    """Return the bars from A to B: the largest causes, the sum of the others, then the parts in `LAST_PARTS`."""
    causes = [part for part in parts if part.name not in LAST_PARTS and part.effect.effect]
    listed = [part for part in causes if abs(part.effect.effect) >= SMALLEST_SHOWN][:MAX_CAUSES]
    rows = [cause_bar(state, part) for part in listed]
    if others := causes[len(listed) :]:
        total = sum(part.effect.effect for part in others)
        rows.append(
            {
                "title": state.text("why.others_one" if len(others) == 1 else "why.others", n=len(others)),
                "size": total,
                "shown": signed(total, 2),
                "kind": "rest",
            }
        )
    return rows + [cause_bar(state, part) for name in LAST_PARTS for part in parts if part.name == name]


def cause_bar(state: PageState, part: CauseEffect) -> dict[str, Any]:
    """Return one bar: size, interval, a mark for each pair, and certainty."""
    effect = part.effect
    verdict = judge(effect)
    kind = "sure" if direction(verdict) else "little" if verdict == "nothing" else "unsure"
    kind = "input" if part.name == NATION else kind
    return {
        "title": capitalized(cause_name(state, part)),
        "size": effect.effect,
        "low": effect.low,
        "high": effect.high,
        "marks": sorted(part.signs, reverse=True),
        "kind": kind,
        "shown": signed(effect.effect, 2) if kind != "unsure" else VERDICTS["open"].cell[state.language],
        "group": part.name in (FORGETTING[0], MEMORY, NATION),
        "note": state.text("why.memory_note") if part.name == MEMORY else "",
    }


def place_rows(state: PageState) -> list[dict[str, Any]]:
    """Return the effect on trust by settlement, the most populous first."""
    residents = state.pairs[0][0].places[0, 0]
    order = [int(place) for place in np.argsort(-residents, kind="stable")]
    effects = corrected_together([total_change(state, PlaceAndMonth(place)) for place in order])
    rows = []
    for place, effect in zip(order, effects, strict=True):
        verdict = judge(effect)
        rows.append(
            {
                "number": place + 1,
                "title": state.settlement_names[place],
                "size": effect.effect,
                "low": effect.low,
                "high": effect.high,
                "shown": signed(effect.effect, 2) if verdict in CONCLUSIVE else "",
                "said": getattr(VERDICTS[verdict], state.language),
                "sure": bool(direction(verdict)),
            }
        )
    return rows


def monthly_differences(state: PageState, where: PlaceAndMonth) -> list[float]:
    """Return the mean difference of trust by month: from the world as today, or without measures from its start."""
    before = monthly_trust if state.has_measures else start_trust
    differences = np.mean([monthly_trust(arm, where) - before(base, where) for base, arm in state.pairs], axis=0)
    return [round(float(difference), 4) for difference in differences]


def strongest_mood(state: PageState, where: PlaceAndMonth) -> dict[str, Any]:
    """Return the month with the largest effect of the national mood on trust; empty below the threshold."""
    contributions = [
        np.mean([monthly_contribution(pair[side], NATION, where) for pair in state.pairs], axis=0) for side in (0, 1)
    ]
    month_index = int(np.argmax(np.abs(contributions[0])))
    if abs(contributions[0][month_index]) < threshold_rules()["points"].delta:
        return {}
    sizes = {
        name: signed(float(contribution[month_index]), 1)
        for name, contribution in zip(("a", "b"), contributions, strict=True)
    }
    when = month_name(state, month_index + 1)
    return {
        "month": month_index,
        "title": state.text("why.jump" if state.has_measures else "why.jump_input", month=when),
        "text": state.text("why.jump_text" if state.has_measures else "why.jump_today", **sizes),
        "label": state.text("why.jump_label", size=sizes["a"]) if state.has_measures else sizes["a"],
        "events": events_after(state, where, month_index),
    }


def events_after(state: PageState, where: PlaceAndMonth, first: int) -> list[str]:
    """Return the public events of three months from a jump on, each with the effect of all events of its month."""
    contribution = np.mean([monthly_contribution(base, "public_event", where) for base, _ in state.pairs], axis=0)
    sentences = []
    for month_index, ready_event in events_of_scenario(state.scenario):
        if first <= month_index < min(first + 3, len(contribution)):
            words = {"event": ready_event.title[state.language], "month": month_name(state, month_index + 1)}
            sentences.append(state.text("why.event", size=signed(float(contribution[month_index]), 1), **words))
    return sentences
