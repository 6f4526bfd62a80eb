"""A tour of six steps for a first visit, and prepared comparisons for a workshop: guess first, then reveal."""

import datetime
from functools import partial
from typing import Any

import solara

import scenarios
from experiments.page.page_parts import button, text
from experiments.page.visitor import Visit

STEPS = 6
YEARS = 3
CLEAR = {"trust": 1.0, "told_share": 2.0}
"""By how much a measure must move, of a hundred, for the guess "clearly"."""
COMPARISONS = {
    "resources_only": "trust",
    "reporting_support": "told_share",
    "heavy_hand": "trust",
    "mopsic_full": "trust",
}
"""Ready policies set beside the status quo, with the measure that is asked for; shown are those that exist."""
ANSWERS = ("rises", "same", "falls")


@solara.component
def Tour(visit: Visit) -> None:
    """The present step of the tour, if it has been begun."""
    step = visit.step.value
    if not 0 <= step < STEPS:
        return

    def go(number: int) -> None:
        visit.step.set(number if 0 <= number < STEPS else -1)
        prepare(visit, number)

    with solara.Div(classes=["cf-card"], attributes={"role": "dialog", "aria-label": visit.say("page.tour")}):
        text(f"{step + 1}/{STEPS} · {visit.say(f'tour.{step + 1}_title')}", "h2", "")
        text(visit.say(f"tour.{step + 1}_text"), classes="")
        with solara.Div(classes=["cf-row"]):
            if step:
                button(visit.say("page.back"), lambda: go(step - 1))
            if step < STEPS - 1:
                button(visit.say("page.next"), lambda: go(step + 1), on=True)
            button(visit.say("page.close"), lambda: go(-1))


def prepare(visit: Visit, step: int) -> None:
    """Set the page so that it shows what a step speaks of."""
    if step == 1:
        visit.player.pace(0)
        visit.player.play(True)
    elif step == 2:
        visit.player.pace(1)
        visit.tab.set("criteria")
    elif step == 3:
        visit.tab.set("why")
    elif step == 4:
        visit.tab.set("levers")
    elif step == 5 and not visit.twins.value:
        visit.tab.set("time")
        visit.choose_twins(True)


@solara.component
def Workshop(visit: Visit) -> None:
    """A comparison to guess and to reveal, if the workshop is open."""
    stated = visit.guess.value
    if not stated:
        return
    with solara.Div(classes=["cf-card"], attributes={"role": "dialog", "aria-label": visit.say("page.workshop")}):
        text(visit.say("page.workshop"), "h2", "")
        if "policy" not in stated:
            Choose(visit)
        elif "answer" not in stated:
            Ask(visit, stated["policy"])
        else:
            Reveal(visit, stated)
        button(visit.say("page.close"), lambda: visit.guess.set({}))


@solara.component
def Choose(visit: Visit) -> None:
    """The comparisons that there are."""
    language = visit.language.value
    ready = scenarios.policies()
    text(visit.say("workshop.intro"), classes="")
    for policy in COMPARISONS:
        if policy in ready:
            label = ready[policy].title[language]
            button(label, partial(visit.guess.set, {"policy": policy}), block=True)


@solara.component
def Ask(visit: Visit, policy: str) -> None:
    """The question, with three answers."""
    text(visit.say(f"workshop.{policy}"), classes="")

    def answer(word: str) -> None:
        visit.guess.set({"policy": policy, "answer": word})
        compare(visit, policy)

    for word in ANSWERS:
        button(visit.say(f"workshop.{word}"), partial(answer, word), block=True)


def compare(visit: Visit, policy: str) -> None:
    """Let the status quo and a policy live for some years side by side."""
    visit.player.play(False)
    visit.choose_ready("a", "status_quo")
    visit.choose_ready("b", policy)
    if not visit.twins.value:
        visit.choose_twins(True)

    def live() -> None:
        start = visit.lanes[0].world.settings.start
        visit.go_to(datetime.date(start.year + YEARS, start.month, start.day))
        visit.guess.set(visit.guess.value | {"measured": measured(visit, COMPARISONS[policy])})

    visit.do(live, "living")


def measured(visit: Visit, measure: str) -> tuple[float, float]:
    """Return a measure of both worlds, of a hundred: trust now, or a share over the last year."""
    if measure == "trust":
        return 100.0 * visit.lanes[0].watch.trust, 100.0 * visit.lanes[1].watch.trust
    a, b = (100.0 * sum(lane.history()[measure][-12:]) / 12.0 for lane in visit.lanes[:2])
    return a, b


@solara.component
def Reveal(visit: Visit, stated: dict[str, Any]) -> None:
    """The guess beside what came out."""
    guess = visit.say(f"workshop.{stated['answer']}")
    text(visit.say("workshop.guessed", guess=guess), classes="")
    if "measured" not in stated:
        text(visit.say("page.living"), classes="cf-busy")
        return
    measure = COMPARISONS[stated["policy"]]
    a, b = stated["measured"]
    name = visit.say("chart.trust" if measure == "trust" else "chart.telling")
    text(visit.say("workshop.result", measure=name, a=f"{a:.1f}", b=f"{b:.1f}"), classes="cf-words")
    came = "same" if abs(b - a) < CLEAR[measure] else "rises" if b > a else "falls"
    text(visit.say("workshop.right" if came == stated["answer"] else "workshop.wrong"), classes="")
    text(visit.say("workshop.caution"))
