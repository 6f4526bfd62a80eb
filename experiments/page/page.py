"""The page: controls above, the map on the left, panels on the right."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import reacton.ipyvuetify as rv
import solara
import solara.lab

from experiments.page import pair_differences, sites, visitor_limit
from experiments.page.decisions_view import DecidedPanel
from experiments.page.frame_encoding import LAYERS, ON_REQUEST
from experiments.page.guided_tour import Tour, Workshop
from experiments.page.page_parts import button, choice, field, text
from experiments.page.panels import CriteriaPanel, LeverPanel, LifePanel, TimePanel, WhyPanel
from experiments.page.player import SPEEDS
from experiments.page.practice_view import PracticePanel
from experiments.page.problems_view import ProblemsPanel
from experiments.page.views import ready
from experiments.page.visitor import Visit
from experiments.page.widgets import style

PANELS = {
    "time": TimePanel,
    "levers": LeverPanel,
    "why": WhyPanel,
    "decided": DecidedPanel,
    "practice": PracticePanel,
    "problems": ProblemsPanel,
    "life": LifePanel,
    "criteria": CriteriaPanel,
}


@solara.component
def Page() -> None:
    """One visitor's page, or why there can be none now; it opens by itself as soon as there can."""
    tried, again = solara.use_state(0)
    visit: Visit | str = solara.use_memo(lambda: visitor_limit.admitted(Visit), [tried])
    solara.Style(style())
    if isinstance(visit, str):
        Waiting(visit, lambda: again(tried + 1))
    else:
        Stay(visit)


@solara.component
def Waiting(reason: str, again: Callable[[], None]) -> None:
    """Why there is no place now; asks again from time to time."""

    def wait() -> Callable[[], None]:
        timer = threading.Timer(visitor_limit.RETRY_SECONDS, again)
        timer.start()
        return timer.cancel

    solara.use_effect(wait)
    with solara.Div(classes=["cf-page"]):
        text(reason, classes="cf-words")


@solara.component
def Stay(visit: Visit) -> None:
    """The page of a visitor who was let in."""
    solara.use_effect(visit.open, [])
    solara.Title(visit.say("page.title"))
    if visit.view.value == "decision":
        solara.Div(classes=["cd-page"], children=[visit.desk.drawing])
    else:
        Views(visit)


@solara.component
def Views(visit: Visit) -> None:
    """The map with its panels."""
    dark = visit.dark.value
    stated = visit.twins.value or visit.busy.value or visit.fault.value
    classes = ["cf-page", *(["cf-dark"] if dark else []), *(["cf-told"] if stated else [])]
    with solara.Div(classes=classes, attributes={"lang": visit.language.value}):
        Head(visit)
        Controls(visit)
        News(visit)
        with solara.Div(classes=["cf-body"]):
            with solara.Div(classes=["cf-left"]):
                Layers(visit)
                solara.Div(classes=["cf-map"], children=[visit.map])
            with solara.Div(classes=["cf-right"]):
                Panels(visit)
        text(visit.say("page.synthetic"), classes="cf-foot")
        Tour(visit)
        Workshop(visit)


@solara.component
def Head(visit: Visit) -> None:
    """Title, municipality, policies, language, light, tour and workshop."""
    language = visit.language.value

    def speak() -> None:
        visit.language.set("es" if language == "en" else "en")
        visit.refresh()

    def dim() -> None:
        visit.dark.set(not visit.dark.value)
        solara.lab.theme.dark = visit.dark.value
        visit.refresh()

    with solara.Div(classes=["cf-head"]):
        button(f"← {visit.say('decision.back')}", visit.go_back, name=visit.say("decision.back"))
        text(visit.say("page.title"), "h1", "")
        text(visit.say("page.subtitle"), "span", "cf-sub")
        towns = [(name, sites.titles(name)[language]) for name in sites.choices()]
        choice(visit.say("page.municipality"), visit.scenario.value, towns, visit.choose_scenario, "cf-pick")
        PolicyChoice(visit, "a")
        button(
            visit.say("page.twins"),
            lambda: visit.choose_twins(not visit.twins.value),
            hint=visit.say("page.twins_hint"),
            on=visit.twins.value,
        )
        if visit.twins.value:
            PolicyChoice(visit, "b")
        button(visit.say("page.tour"), lambda: visit.step.set(0))
        button(visit.say("page.workshop"), lambda: visit.guess.set({"open": True}))
        button("◐", dim, name=visit.say("page.theme"))
        button(visit.say("page.language"), speak, hint=visit.say("page.language_hint"))


@solara.component
def PolicyChoice(visit: Visit, letter: str) -> None:
    """The ready policy of one town; worlds for experiments come after all policies."""
    language = visit.language.value
    label = visit.say(f"page.policy_{letter}" if visit.twins.value else "page.policy")
    hint = visit.say("page.policy_hint")
    choice(
        label,
        visit.ready.value[letter],
        list(ready(language).items()),
        lambda name: visit.choose_ready(letter, name),
        "cf-pick",
        hint,
    )


@solara.component
def Controls(visit: Visit) -> None:
    """Play and pause, one shift, one month, restart, speed, a date, luck, and the clock."""
    playing = visit.playing.value
    waiting = visit.busy.value == "compiling"
    with solara.Div(classes=["cf-controls"]):
        word = visit.say("page.pause" if playing else "page.play")
        sign = "❚❚" if playing else "▶"
        button(f"{sign} {word}", visit.toggle, name=word, on=True, disabled=waiting)
        button(visit.say("page.one_shift"), visit.one_shift, disabled=waiting)
        button(visit.say("page.one_month"), visit.one_month, disabled=waiting)
        button(visit.say("page.restart"), visit.restart, disabled=waiting)
        speeds = [(number, visit.say(f"speed.{number}")) for number in range(len(SPEEDS))]
        choice(visit.say("page.speed"), visit.speed.value, speeds, visit.player.pace, "cf-speed")
        DateField(visit, waiting)
        SeedField(visit)
        Clock(visit)


@solara.component
def DateField(visit: Visit, waiting: bool) -> None:
    """A date to go to, once it is typed whole."""
    date, set_date = solara.use_state("")
    label = visit.say("page.jump")
    typed = field(label, date, "cf-jump", on_v_model=set_date, placeholder="2019-06-16", disabled=waiting)
    rv.use_event(typed, "keydown.enter", lambda *_: visit.jump(date))


@solara.component
def SeedField(visit: Visit) -> None:
    """The luck of both worlds."""
    hint = {"title": visit.say("page.seed_hint"), "min": "0"}
    typed = field(visit.say("page.seed"), str(visit.seed.value), "cf-seed", hint, type="number")
    rv.use_event(typed, "change", lambda *stated: visit.choose_seed(seed_of(stated[-1], visit.seed.value)))


def seed_of(word: Any, now: int) -> int:
    """Return the seed typed, or the present one if it is none.

    >>> seed_of("12", 7), seed_of("-1", 7), seed_of("", 7)
    (12, 7, 7)
    """
    return int(word) if str(word).isdigit() and int(word) < 2**31 else now


@solara.component
def Clock(visit: Visit) -> None:
    """Date, shift and trust now."""
    clock = visit.clock.value
    if not clock:
        return
    trust = " / ".join(f"{100 * value:.1f}" for value in clock["trust"])
    shift = visit.say(f"page.shift_{clock['shift']}")
    with solara.Div(classes=["cf-clock"]):
        text(f"{clock['date']} · {shift} · {visit.say('page.trust_now')} {trust}", "span", "")


@solara.component
def News(visit: Visit) -> None:
    """What is going on, what went wrong, and in what the twins differ."""
    language, busy, differs = visit.language.value, visit.busy.value, visit.clock.value.get("differs")
    if busy:
        words = {"compiling": "page.compiling", "living": "page.living", "listening": "life.listening"}[busy]
        with solara.Div(classes=["cf-busy"], attributes={"role": "status"}):
            text(visit.say(words), "span", "")
            rv.ProgressLinear(indeterminate=True, height=3)
    if visit.fault.value:
        text(visit.fault.value, "div", "cf-fault")
    if differs is not None and visit.twins.value:
        text(pair_differences.sentence(language, differs), classes="cf-words")


@solara.component
def Layers(visit: Visit) -> None:
    """Which layer the map shows, and how twins stand on it."""

    def request(on: bool) -> None:
        visit.gangs.set(on)
        visit.choose_layer("gangs" if on else "residents")

    def arrange(mode: str) -> None:
        visit.mode.set(mode)
        visit.refresh()

    layers = [(name, visit.say(f"layer.{name}")) for name in LAYERS if name not in ON_REQUEST or visit.gangs.value]
    with solara.Div(classes=["cf-layers"]):
        choice(visit.say("page.layer"), visit.layer.value, layers, visit.choose_layer, "cf-pick")
        if visit.twins.value:
            modes = {"both": "side_by_side", "difference": "difference", "a": "only_a", "b": "only_b"}
            items = [(mode, visit.say(f"page.{name}")) for mode, name in modes.items()]
            choice(visit.say("page.maps"), visit.mode.value, items, arrange, "cf-pick")
        rv.Checkbox(
            label=visit.say("page.show_gangs"),
            v_model=visit.gangs.value,
            on_v_model=request,
            dense=True,
            hide_details=True,
            class_="cf-gangs",
        )
    if visit.layer.value in ON_REQUEST:
        text(visit.say("page.gangs_note"))
    elif not LAYERS[visit.layer.value].named:
        text(visit.say("page.unnamed_note"))


@solara.component
def Panels(visit: Visit) -> None:
    """The panels as tabs."""
    tab = visit.tab.value
    with solara.Div(classes=["cf-tabs"], attributes={"role": "tablist"}):
        for name in PANELS:
            button(visit.say(f"page.tab_{name}"), partial(visit.tab.set, name), on=tab == name)
    with solara.Div(classes=["cf-panel"]).key(tab):  # another tab begins at its top
        PANELS[tab](visit)
    text(visit.say("page.keys"))
