"""A tour of six steps for a first visit, and prepared comparisons for a workshop: guess first, then reveal."""

import datetime
from functools import partial
from typing import Any

import solara

import scenarios
from experiments.page.page_parts import button, text
from experiments.page.visitor import Visitor

STEPS = 6
YEARS = 3
CLEAR = {"trust": 1.0, "told_share": 2.0}
"""Least change of a measure, in points of a hundred, that counts as clear."""
COMPARISONS = {
    "resources_only": "trust",
    "reporting_support": "told_share",
    "heavy_hand": "trust",
    "mopsic_full": "trust",
}
"""Ready policies set beside the status quo, with the measure that is asked for; shown are those that exist."""
ANSWERS = ("rises", "same", "falls")


@solara.component
def Tour(visitor: Visitor) -> None:
    """The present step of the tour, if it has been begun."""
    step = visitor.step.value
    if not 0 <= step < STEPS:
        return

    def go(number: int) -> None:
        visitor.step.set(number if 0 <= number < STEPS else -1)
        prepare(visitor, number)

    with solara.Div(classes=["cf-card"], attributes={"role": "dialog", "aria-label": visitor.say("page.tour")}):
        text(f"{step + 1}/{STEPS} · {visitor.say(f'tour.{step + 1}_title')}", "h2", "")
        text(visitor.say(f"tour.{step + 1}_text"), classes="")
        with solara.Div(classes=["cf-row"]):
            if step:
                button(visitor.say("page.back"), lambda: go(step - 1))
            if step < STEPS - 1:
                button(visitor.say("page.next"), lambda: go(step + 1), on=True)
            button(visitor.say("page.close"), lambda: go(-1))


def prepare(visitor: Visitor, step: int) -> None:
    """Set the page so that it shows what a step speaks of."""
    if step == 1:
        visitor.player.set_speed(0)
        visitor.player.play(True)
    elif step == 2:
        visitor.player.set_speed(1)
        visitor.tab.set("criteria")
    elif step == 3:
        visitor.tab.set("why")
    elif step == 4:
        visitor.tab.set("levers")
    elif step == 5 and not visitor.twins.value:
        visitor.tab.set("time")
        visitor.choose_twins(True)


@solara.component
def Workshop(visitor: Visitor) -> None:
    """A comparison to guess and to reveal, if the workshop is open."""
    stated = visitor.guess.value
    if not stated:
        return
    with solara.Div(classes=["cf-card"], attributes={"role": "dialog", "aria-label": visitor.say("page.workshop")}):
        text(visitor.say("page.workshop"), "h2", "")
        with solara.Column():
            if "policy" not in stated:
                text(visitor.say("workshop.intro"), classes="")
                ready = scenarios.policies()
                for policy in filter(ready.__contains__, COMPARISONS):
                    choose = partial(visitor.guess.set, {"policy": policy})
                    button(ready[policy].title[visitor.language.value], choose, block=True)
            elif "answer" not in stated:
                text(visitor.say(f"workshop.{stated['policy']}"), classes="")
                for word in ANSWERS:
                    button(
                        visitor.say(f"workshop.{word}"), partial(compare, visitor, stated["policy"], word), block=True
                    )
            else:
                state_result(visitor, stated)
        button(visitor.say("page.close"), lambda: visitor.guess.set({}))


def compare(visitor: Visitor, policy: str, answer: str) -> None:
    """Take a guess, and simulate the status quo and a policy for some years side by side."""
    visitor.guess.set({"policy": policy, "answer": answer})
    visitor.player.play(False)
    visitor.choose_ready("a", "status_quo")
    visitor.choose_ready("b", policy)
    if not visitor.twins.value:
        visitor.choose_twins(True)

    def live() -> None:
        start = visitor.sessions[0].world.settings.start
        visitor.go_to(datetime.date(start.year + YEARS, start.month, start.day))
        if COMPARISONS[policy] == "trust":
            found = [100.0 * session.map_state.trust for session in visitor.sessions]
        else:
            found = [100.0 * sum(session.last_year(COMPARISONS[policy])) / 12.0 for session in visitor.sessions]
        visitor.guess.set(visitor.guess.value | {"measured": tuple(found)})

    visitor.do(live, "living")


def state_result(visitor: Visitor, stated: dict[str, Any]) -> None:
    """State the guess beside what came out."""
    guess = visitor.say(f"workshop.{stated['answer']}")
    text(visitor.say("workshop.guessed", guess=guess), classes="")
    if "measured" not in stated:
        text(visitor.say("page.living"), classes="cf-busy")
        return
    measure = COMPARISONS[stated["policy"]]
    a, b = stated["measured"]
    name = visitor.say("chart.trust" if measure == "trust" else "chart.telling")
    text(visitor.say("workshop.result", measure=name, a=f"{a:.1f}", b=f"{b:.1f}"), classes="cf-words")
    came = "same" if abs(b - a) < CLEAR[measure] else "rises" if b > a else "falls"
    text(visitor.say("workshop.right" if came == stated["answer"] else "workshop.wrong"), classes="")
    text(visitor.say("workshop.caution"))
