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
from experiments.page.page_parts import BARE, button, choice, field, text
from experiments.page.panels import CriteriaPanel, LeverPanel, LifePanel, TimePanel, WhyPanel
from experiments.page.player import SPEEDS
from experiments.page.practice_view import PracticePanel
from experiments.page.problems_view import ProblemsPanel
from experiments.page.views import ready
from experiments.page.visitor import Visitor
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
    visitor: Visitor | str = solara.use_memo(lambda: visitor_limit.admit(Visitor), [tried])
    solara.Style(style())
    if isinstance(visitor, str):
        Waiting(visitor, lambda: again(tried + 1))
    else:
        VisitorPage(visitor)


@solara.component
def Waiting(reason: str, again: Callable[[], None]) -> None:
    """Say why there is no place now, and ask again from time to time."""

    def wait() -> Callable[[], None]:
        timer = threading.Timer(visitor_limit.RETRY_SECONDS, again)
        timer.start()
        return timer.cancel

    solara.use_effect(wait)
    with solara.Div(classes=["cf-page"]):
        text(reason, classes="cf-words")


@solara.component
def VisitorPage(visitor: Visitor) -> None:
    """The page of a visitor who was let in."""
    solara.use_effect(visitor.open, [])
    solara.Title(visitor.say("page.title"))
    if visitor.view.value == "decision":
        solara.Div(classes=["cd-page"], children=[visitor.controller.drawing])
    else:
        MapPage(visitor)


@solara.component
def MapPage(visitor: Visitor) -> None:
    """The map with its panels."""
    dark = visitor.dark.value
    stated = visitor.twins.value or visitor.busy.value or visitor.fault.value
    classes = ["cf-page", *(["cf-dark"] if dark else []), *(["cf-told"] if stated else [])]
    with solara.Div(classes=classes, attributes={"lang": visitor.language.value}):
        Head(visitor)
        Controls(visitor)
        News(visitor)
        with solara.Div(classes=["cf-body"]):
            with solara.Div(classes=["cf-left"]):
                Layers(visitor)
                solara.Div(classes=["cf-map"], children=[visitor.map])
            with solara.Div(classes=["cf-right"]):
                Panels(visitor)
        text(visitor.say("page.synthetic"), classes="cf-foot")
        Tour(visitor)
        Workshop(visitor)


@solara.component
def Head(visitor: Visitor) -> None:
    """Title, municipality, policies, language, light, tour and workshop."""
    language = visitor.language.value

    def speak() -> None:
        visitor.language.set("es" if language == "en" else "en")
        visitor.do(visitor.redraw)

    def dim() -> None:
        visitor.dark.set(not visitor.dark.value)
        solara.lab.theme.dark = visitor.dark.value
        visitor.do(visitor.redraw)

    with solara.Div(classes=["cf-head"]):
        button(f"← {visitor.say('decision.back')}", visitor.go_back, name=visitor.say("decision.back"))
        text(visitor.say("page.title"), "h1", "")
        text(visitor.say("page.subtitle"), "span", "cf-sub")
        towns = [(name, sites.load_scenario(name).title[language]) for name in sites.choices()]
        choice(visitor.say("page.municipality"), visitor.scenario.value, towns, visitor.choose_scenario, "cf-pick")
        choose_policy(visitor, "a")
        turn = partial(visitor.choose_twins, not visitor.twins.value)
        button(visitor.say("page.twins"), turn, hint=visitor.say("page.twins_hint"), on=visitor.twins.value)
        if visitor.twins.value:
            choose_policy(visitor, "b")
        button(visitor.say("page.tour"), lambda: visitor.step.set(0))
        button(visitor.say("page.workshop"), lambda: visitor.guess.set({"open": True}))
        button("◐", dim, name=visitor.say("page.theme"))
        button(visitor.say("page.language"), speak, hint=visitor.say("page.language_hint"))


def choose_policy(visitor: Visitor, letter: str) -> None:
    """Let the ready policy of one town be chosen; worlds for experiments come after all policies."""
    label = visitor.say(f"page.policy_{letter}" if visitor.twins.value else "page.policy")
    items, chosen = list(ready(visitor.language.value).items()), visitor.ready.value[letter]
    choice(label, chosen, items, partial(visitor.choose_ready, letter), "cf-pick", visitor.say("page.policy_hint"))


@solara.component
def Controls(visitor: Visitor) -> None:
    """Play and pause, one shift, one month, restart, speed, a date, luck, and the clock."""
    playing = visitor.playing.value
    waiting = visitor.busy.value == "compiling"
    with solara.Div(classes=["cf-controls"]):
        word = visitor.say("page.pause" if playing else "page.play")
        sign = "❚❚" if playing else "▶"
        button(f"{sign} {word}", visitor.toggle, name=word, on=True, disabled=waiting)
        button(visitor.say("page.one_shift"), visitor.one_shift, disabled=waiting)
        button(visitor.say("page.one_month"), visitor.one_month, disabled=waiting)
        button(visitor.say("page.restart"), visitor.restart, disabled=waiting)
        speeds = [(number, visitor.say(f"speed.{number}")) for number in range(len(SPEEDS))]
        choice(visitor.say("page.speed"), visitor.speed.value, speeds, visitor.player.set_speed, "cf-speed")
        DateField(visitor, waiting)
        hint = {"title": visitor.say("page.seed_hint"), "min": "0"}
        typed = field(visitor.say("page.seed"), str(visitor.seed.value), "cf-seed", hint, type="number")
        rv.use_event(typed, "change", lambda *stated: visitor.choose_seed(seed_of(stated[-1], visitor.seed.value)))
        Clock(visitor)


@solara.component
def DateField(visitor: Visitor, waiting: bool) -> None:
    """A date to go to, once it is typed whole."""
    date, set_date = solara.use_state("")
    label = visitor.say("page.jump")
    typed = field(label, date, "cf-jump", on_v_model=set_date, placeholder="2019-06-16", disabled=waiting)
    rv.use_event(typed, "keydown.enter", lambda *_: visitor.jump(date))


def seed_of(word: Any, now: int) -> int:
    """Return the seed typed, or the present one if it is none.

    >>> seed_of("12", 7), seed_of("-1", 7), seed_of("", 7)
    (12, 7, 7)
    """
    return int(word) if str(word).isdigit() and int(word) < 2**31 else now


@solara.component
def Clock(visitor: Visitor) -> None:
    """Date, shift and trust now."""
    clock = visitor.clock.value
    if not clock:
        return
    trust = " / ".join(f"{100 * value:.1f}" for value in clock["trust"])
    shift = visitor.say(f"page.shift_{clock['shift']}")
    with solara.Div(classes=["cf-clock"]):
        text(f"{clock['date']} · {shift} · {visitor.say('page.trust_now')} {trust}", "span", "")


@solara.component
def News(visitor: Visitor) -> None:
    """Messages: work in progress, faults, and differences of the twins."""
    language, busy, differs = visitor.language.value, visitor.busy.value, visitor.clock.value.get("differs")
    if busy:
        words = {"compiling": "page.compiling", "living": "page.living", "listening": "life.listening"}[busy]
        with solara.Div(classes=["cf-busy"], attributes={"role": "status"}):
            text(visitor.say(words), "span", "")
            rv.ProgressLinear(indeterminate=True, height=3)
    if visitor.fault.value:
        text(visitor.fault.value, "div", "cf-fault")
    if differs is not None and visitor.twins.value:
        text(pair_differences.sentence(language, differs), classes="cf-words")


@solara.component
def Layers(visitor: Visitor) -> None:
    """Let the visitor choose the layer of the map; say how twins stand on it."""

    def request(on: bool) -> None:
        visitor.gangs.set(on)
        visitor.choose_layer("gangs" if on else "residents")

    def arrange(mode: str) -> None:
        visitor.mode.set(mode)
        visitor.do(visitor.redraw)

    layers = [(name, visitor.say(f"layer.{name}")) for name in LAYERS if name not in ON_REQUEST or visitor.gangs.value]
    with solara.Div(classes=["cf-layers"]):
        choice(visitor.say("page.layer"), visitor.layer.value, layers, visitor.choose_layer, "cf-pick")
        if visitor.twins.value:
            modes = {"both": "side_by_side", "difference": "difference", "a": "only_a", "b": "only_b"}
            items = [(mode, visitor.say(f"page.{name}")) for mode, name in modes.items()]
            choice(visitor.say("page.maps"), visitor.mode.value, items, arrange, "cf-pick")
        label, shown = visitor.say("page.show_gangs"), visitor.gangs.value
        rv.Checkbox(label=label, v_model=shown, on_v_model=request, class_="cf-gangs", **BARE)
    if visitor.layer.value in ON_REQUEST:
        text(visitor.say("page.gangs_note"))
    elif not LAYERS[visitor.layer.value].named:
        text(visitor.say("page.unnamed_note"))


@solara.component
def Panels(visitor: Visitor) -> None:
    """The panels as tabs."""
    tab = visitor.tab.value
    with solara.Div(classes=["cf-tabs"], attributes={"role": "tablist"}):
        for name in PANELS:
            button(visitor.say(f"page.tab_{name}"), partial(visitor.tab.set, name), on=tab == name)
    with solara.Div(classes=["cf-panel"]).key(tab):  # another tab begins at its top
        PANELS[tab](visitor)
    text(visitor.say("page.keys"))
